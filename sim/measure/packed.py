"""How are figures kept in files? As bytes, and back to the last bit: no pickles, which could run code."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sim.measure.figures import KPIS, Quantile
from sim.measure.kpis import Kpis
from sim.measure.tables import By, Value
from sim.measure.totals import Sample

_QUANTILES = {kpi.name: kpi.form.value for kpi in KPIS if isinstance(kpi.form, Quantile)}
_FAST = 1
"""Level of compression: tables are full of zeros."""


def pack(runs: Sequence[Kpis]) -> bytes:
    """Bytes of the figures of some *runs* of one centre."""
    arrays: dict[str, Any] = {"runs": np.array(len(runs))}
    for by in By:
        arrays[f"table.{by}"] = np.stack([run.tables[by] for run in runs])
    for value in Value:
        samples = [run.samples[_name(value)] for run in runs]
        arrays[f"{value}.edges"] = np.cumsum([0, *(len(sample.values) for sample in samples)])
        arrays[f"{value}.values"] = np.concatenate([sample.values for sample in samples])
        for by in samples[0].cells:
            arrays[f"{value}.cells.{by}"] = np.concatenate([sample.cells[by] for sample in samples])
        arrays[f"{value}.intervals"] = np.array(samples[0].n_intervals)
    file = io.BytesIO()
    np.savez(file, **arrays)
    return zlib.compress(file.getvalue(), _FAST)


def unpack(data: bytes) -> list[Kpis]:
    """Figures of the runs that were packed into *data*."""
    with np.load(io.BytesIO(zlib.decompress(data)), allow_pickle=False) as arrays:
        columns = dict(arrays)
    samples = {value: _samples(columns, value) for value in Value}
    return [
        Kpis(
            sizes={by: columns[f"table.{by}"].shape[1] for by in By},
            tables={by: columns[f"table.{by}"][run] for by in By},
            samples={name: samples[value][run] for name, value in _QUANTILES.items()},
        )
        for run in range(int(columns["runs"]))
    ]


def _name(value: Value) -> str:
    """A figure whose quantile is taken of a value."""
    return next(name for name, its_value in _QUANTILES.items() if its_value == value)


def _samples(columns: dict[str, Any], value: Value) -> list[Sample]:
    prefix = f"{value}.cells."
    cells = {
        By(name.removeprefix(prefix)): column for name, column in columns.items() if name.startswith(prefix)
    }
    values, n_intervals = columns[f"{value}.values"], int(columns[f"{value}.intervals"])
    return [
        Sample(values[a:b], {by: column[a:b] for by, column in cells.items()}, n_intervals)
        for a, b in pairwise(columns[f"{value}.edges"].tolist())
    ]
