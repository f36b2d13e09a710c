"""Memory does not grow with an export: five times the chats take hardly more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds import SCALE

FEW = int(20_000 * SCALE)
MEASURED = """
import resource, sys
from pathlib import Path
from sim.importers.load import convert
import polars as pl
out = Path(sys.argv[2])
out.mkdir()
convert(sys.argv[1], out)
n = [pl.scan_parquet(out / f"{name}.parquet").select(pl.len()).collect().item() for name in ("chats", "messages")]
print(*n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def export(file: Path, n: int) -> None:
    """A Zendesk export of *n* chats of five messages each."""
    with file.open("w") as out:
        out.write('{"chats": [\n')
        for k in range(n):
            clock = f"2026-{1 + k % 12:02}-{1 + k // 12 % 28:02}T{8 + k % 10:02}:{k % 60:02}"
            said = [
                {"type": "chat.msg", "timestamp": f"{clock}:{5 + m:02}Z", "msg": f"words of message {m}", "msg_id": str(m),
                 "nick": f"agent:{k % 50}" if m % 2 else f"visitor:v{k}"}
                for m in range(5)
            ]  # fmt: skip
            record = {
                "id": f"c{k}", "type": "chat", "timestamp": f"{clock}:00Z", "end_timestamp": f"{clock}:50Z",
                "visitor": {"id": f"v{k}"}, "session": {}, "started_by": "visitor", "missed": False,
                "history": [{"type": "chat.memberjoin", "timestamp": f"{clock}:03Z", "nick": f"agent:{k % 50}"}, *said],
            }  # fmt: skip
            out.write(json.dumps(record) + (",\n" if k < n - 1 else "\n"))
        out.write("]}\n")


def megabytes(folder: Path, n: int) -> float:
    """Most memory that an import of *n* chats takes, in a process of its own."""
    export(folder / f"{n}.json", n)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, folder / f"{n}.json", folder / f"{n}.log"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    chats, messages, kilobytes = map(int, done.stdout.split())
    assert (chats, messages) == (n, 5 * n)
    return kilobytes / 1024


@pytest.mark.nightly
def test_memory_does_not_grow_with_the_export(tmp_path: Path):
    """Beyond a bucket of 32 MB of it, which the smaller of the two does not fill and the larger does."""
    few, many = megabytes(tmp_path, FEW), megabytes(tmp_path, 5 * FEW)
    print(f"\n{FEW:,} chats {few:,.0f} MB, {5 * FEW:,} chats {many:,.0f} MB")
    assert many < 1.7 * few
