"""Where do the rows of a large export wait? In Parquet files on disk, in buckets of chats.

So memory holds one bucket at a time, however many chats there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import polars as pl

from sim.importers import raw

PENDING = 100_000
"""Rows that wait in memory."""
BUCKET_BYTES = 32 << 20
"""Of an export, for each bucket."""
MOST_BUCKETS = 256


class Spill:
    """Rows by table and bucket."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self.n = min(max(-(-size // BUCKET_BYTES), 1), MOST_BUCKETS)
        self._rows: defaultdict[tuple[str, int], list[tuple[Any, ...]]] = defaultdict(list)
        self._files: defaultdict[tuple[str, int], list[Path]] = defaultdict(list)
        self._pending = 0

    def bucket(self, name: str) -> int:
        """Bucket of a chat."""
        return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big") % self.n

    def add(self, table: str, bucket: int, row: tuple[Any, ...]) -> None:
        """Add a row; what waits is written to disk before it is too much."""
        self._rows[table, bucket].append(row)
        self._pending += 1
        if self._pending >= PENDING:
            self.flush()

    def flush(self) -> None:
        """Write all rows that wait."""
        for (table, bucket), rows in self._rows.items():
            files = self._files[table, bucket]
            folder, name = self.folder, f"{table}.{bucket}.{len(files)}.parquet"
            _frame(table, rows).write_parquet(folder / name, compression="lz4")
            files.append(folder / name)
        self._rows.clear()
        self._pending = 0

    def read(self, table: str, bucket: int) -> pl.DataFrame:
        """Rows of a bucket, in the order in which they came."""
        parts = [pl.read_parquet(file) for file in self._files[table, bucket]]
        parts.append(_frame(table, self._rows[table, bucket]))
        return pl.concat(parts)

    def buckets(self) -> Iterator[int]:
        """All buckets."""
        return iter(range(self.n))


def _frame(table: str, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=raw.schema_of(table), orient="row")
