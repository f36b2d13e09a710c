"""How are figures kept in files? As bytes, and back to the last bit: no pickles, which could run code."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
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


Shape = tuple[int, Mapping[By, int]]
"""Runs, and cells of each breakdown."""


def pack(runs: Sequence[Kpis]) -> bytes:
    """Bytes of the figures of some *runs* of one centre, at least one, in one window or in several."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compresslevel=_FAST) as archive:
        for k, (_, alike) in enumerate(groupby(runs, key=lambda run: run.sizes)):
            for name, array in _arrays(list(alike)).items():
                _put(archive, f"{k}.{name}.npy", array)
    return file.getvalue()


def _arrays(runs: Sequence[Kpis]) -> dict[str, NDArray[Any]]:
    """Arrays of runs that have the same cells, by name."""
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
    return arrays


def unpack(data: bytes) -> list[Kpis]:
    """Figures of the runs that were packed into *data*."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return [run for columns in _pieces(dict(arrays)) for run in _runs(columns)]


def _pieces(columns: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, NDArray[Any]]]:
    """Arrays of each piece, by name."""
    for k in range(sum(name.endswith(f".table.{By.OVERALL}") for name in columns)):
        prefix = f"{k}."
        yield {name.removeprefix(prefix): array for name, array in columns.items() if name.startswith(prefix)}


def unpack_checked(data: bytes, shapes: Sequence[Shape], n_bounds: int, most: float) -> list[Kpis]:
    """Figures of runs with such *shapes* and so many bounds, if *data* are: anybody may have written them.

    Raises
    ------
    ValueError
        If they are not, or would take more than *most* bytes.
    """
    try:
        alike = groupby(shapes, key=itemgetter(1))
        wanted = [(sum(n for n, _ in some), sizes) for sizes, some in alike]
        found = list(zip(_pieces(_columns(data, most)), wanted, strict=True))
        are_right = all(_are_of(columns, n, sizes, n_bounds) for columns, (n, sizes) in found)
        runs = [run for columns, _ in found for run in _runs(columns)] if are_right else []
    except Exception as error:  # what readers of archives raise is not a list that one could keep
        raise ValueError(f"no figures of such runs: {error}") from None
    if not runs:
        raise ValueError("figures of other runs")
    return runs


def _are_of(columns: Mapping[str, NDArray[Any]], n: int, sizes: Mapping[By, int], n_bounds: int) -> bool:
    """Whether arrays are those of *n* runs."""
    bound = columns.get("bound", np.empty((n, 0, 2, sizes[By.INTERVAL])))
    return (
        all(_are_tables_of(columns[f"table.{by}"], n, sizes[by]) for by in By)
        and bound.dtype == np.float64
        and bound.shape == (n, n_bounds, 2, sizes[By.INTERVAL])
        and all(_are_samples_of(columns, value, n, sizes) for value in Value)
    )


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
