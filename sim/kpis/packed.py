"""How are figures kept in files? As bytes, and back to the last bit: no pickles, which could run code."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kpis.loops import END, By, Value
from sim.kpis.measure import Kpis, bound_of, kpis_of
from sim.kpis.samples import Samples, together
from sim.kpis.sparse import SparseTables
from sim.kpis.totals import Totals

_FAST = 1
"""Level of compression: tables are full of zeros."""
_TASTE, _WORTH_IT = 1 << 14, 0.8
"""An array is compressed if so many bytes of it shrink to that share: times between replies hardly do."""


def pack(runs: Sequence[Kpis]) -> bytes:
    """Bytes of the figures of some *runs* of one centre, at least one."""
    arrays: dict[str, NDArray[Any]] = {}
    for by in By:
        arrays[f"table.{by}"] = np.stack([run.tables[by] for run in runs])
    bound = bound_of(runs)
    if bound.size:
        arrays["bound"] = bound
    for value in Value:
        samples = together([run.of.samples[value][run.run] for run in runs])
        arrays[f"{value}.edges"] = samples.edges
        arrays[f"{value}.values"] = samples.values
        for by, cells in samples.cells.items():
            arrays[f"{value}.cells.{by}"] = cells
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compresslevel=_FAST) as archive:
        for name, array in arrays.items():
            _put(archive, f"{name}.npy", array)
    return file.getvalue()


def unpack(data: bytes) -> list[Kpis]:
    """Figures of the runs that were packed into *data*."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return _runs(dict(arrays))


def unpack_checked(data: bytes, n: int, sizes: Mapping[By, int], n_bounds: int, most: float) -> list[Kpis]:
    """Figures of *n* runs with so many cells and bounds, if *data* are: anybody may have written them.

    Raises
    ------
    ValueError
        If they are not, or would take more than *most* bytes.
    """
    try:
        columns = _columns(data, most)
        are_right = all(_are_tables_of(columns[f"table.{by}"], n, sizes[by]) for by in By)
        bound = columns.get("bound", np.empty((n, 0, 2, sizes[By.INTERVAL])))
        are_right &= bound.dtype == np.float64 and bound.shape == (n, n_bounds, 2, sizes[By.INTERVAL])
        runs = (
            _runs(columns) if are_right and all(_are_samples_of(columns, v, n, sizes) for v in Value) else []
        )
    except Exception as error:  # what readers of archives raise is not a list that one could keep
        raise ValueError(f"no figures of such runs: {error}") from None
    if not runs:
        raise ValueError("figures of other runs")
    return runs


def _columns(data: bytes, most: float) -> dict[str, NDArray[Any]]:
    """Arrays in an archive, none of which is unpacked if they take more than *most* bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > most:
            return {}
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


def _are_tables_of(table: NDArray[Any], n: int, n_cells: int) -> bool:
    return table.dtype == np.float64 and table.shape == (n, n_cells, END + 1)


def _are_samples_of(
    columns: Mapping[str, NDArray[Any]], value: Value, n: int, sizes: Mapping[By, int]
) -> bool:
    values, edges, cells = (getattr(_samples(columns, value), name) for name in ("values", "edges", "cells"))
    return bool(
        values.dtype == np.float64
        and values.ndim == 1
        and edges.dtype == np.int64
        and edges.shape == (n, sizes[By.INTERVAL] + 1)
        and edges[0, 0] == 0
        and edges[-1, -1] == len(values)
        and (np.diff(edges) >= 0).all()
        and (edges[1:, 0] == edges[:-1, -1]).all()
        and cells.keys() == {by for by in (By.QUEUE, By.GROUP) if sizes[by] > 1}
        and all(_are_cells(cells[by], len(values), sizes[by]) for by in cells)
    )


def _are_cells(cells: NDArray[Any], n: int, size: int) -> bool:
    return (
        cells.shape == (n,)
        and cells.dtype.kind in "iu"
        and np.can_cast(cells.dtype, np.int64)
        and (not n or (0 <= cells.min() <= cells.max() < size))
    )


def _runs(columns: Mapping[str, NDArray[Any]]) -> list[Kpis]:
    tables = {by: SparseTables.of(columns[f"table.{by}"]) for by in By}
    sizes = {by: table.n_cells for by, table in tables.items()}
    samples = {value: _samples(columns, value) for value in Value}
    n = len(tables[By.OVERALL])
    bound = columns.get("bound", np.empty((n, 0, 2, sizes[By.INTERVAL])))
    return kpis_of(Totals(n, sizes, tables, samples, bound))


def _put(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    """Write an array as numpy does, the date aside: the same figures are the same bytes."""
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=False)
    data = file.getvalue()
    taste = data[len(data) // 2 :][:_TASTE]
    shrinks = len(zlib.compress(taste, _FAST)) < _WORTH_IT * len(taste)
    entry = zipfile.ZipInfo(name)
    archive.writestr(entry, data, zipfile.ZIP_DEFLATED if shrinks else zipfile.ZIP_STORED, _FAST)


def _samples(columns: Mapping[str, NDArray[Any]], value: Value) -> Samples:
    prefix = f"{value}.cells."
    cells = {By(name.removeprefix(prefix)): columns[name] for name in columns if name.startswith(prefix)}
    return Samples(columns[f"{value}.values"], columns[f"{value}.edges"], cells)
