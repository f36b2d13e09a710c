"""Exports of the tests, imported and measured."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sim
from sim.importers.folder import Recorded
from tests.conftest import ROOT

EXPORTS = ROOT / "tests" / "importers" / "exports"


def imported(*files: str | Path, **options: Any) -> Recorded:
    """Log of some files, by name those of this folder; identities are kept unless it is said otherwise."""
    with TemporaryDirectory() as folder:
        sim.import_log(
            [EXPORTS / file for file in files], Path(folder) / "x.log", **({"keep_text": True} | options)
        )
        return sim.read_log(Path(folder) / "x.log")


def written(folder: Path, name: str, *records: Mapping[str, Any]) -> Path:
    """A file of JSON lines."""
    file = folder / name
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


def figures(log: Recorded, names: Sequence[str]) -> dict[str, float | None]:
    """Key figures of the whole log, rounded as they were worked out by hand."""
    found = sim.measure_log(log)
    return {name: None if (value := found[name].value) is None else round(value, 4) for name in names}


def outcomes(log: Recorded) -> dict[str, str]:
    """What became of each chat."""
    return dict(log.chats.select("chat_id", "outcome").cast({"outcome": str}).rows())
