"""Of which values are percentiles taken? Those of some runs, each with the cells that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Flags, Floats, Ints, firsts
from sim.kpis.loops import By

Cells = Mapping[By, NDArray[np.integer]]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Values of some runs: run after run, and in each run interval after interval.

    So to know its interval takes a number for each interval, and none for each value.
    """

    values: Floats
    edges: Ints
    """Shape (n_runs, n_intervals + 1): those of interval k of run r stand at ``edges[r, k]`` to
    ``edges[r, k + 1]``."""
    cells: Cells
    """Queue and group of each value, where there are several."""

    @classmethod
    def of(cls, values: Floats, interval: Ints, n_runs: int, n_intervals: int, cells: Cells) -> Samples:
        """Put *values* in order of their *interval*, which is numbered through all runs."""
        if (interval[1:] < interval[:-1]).any():
            order = np.argsort(interval, kind="stable")
            values, interval = values[order], interval[order]
            cells = {by: its[order] for by, its in cells.items()}
        ends = np.searchsorted(interval, np.arange(1, n_runs * n_intervals + 1)).reshape(n_runs, n_intervals)
        begins = np.concatenate([[0], ends[:-1, -1]])[:, None]
        return cls(values, np.hstack([begins, ends]), cells)

    @classmethod
    def of_one(cls, values: Floats, cells: Cells | None = None) -> Samples:
        """Give the *values* of one run of a single interval."""
        return cls(values, np.array([[0, len(values)]]), cells or {})

    def __len__(self) -> int:
        """Runs."""
        return len(self.edges)

    def __getitem__(self, run: int) -> Samples:
        return self.of_runs(slice(run, run + 1))

    def of_runs(self, some: slice) -> Samples:
        """Those of *some* runs."""
        edges = self.edges[some]
        first, end = (int(edges[0, 0]), int(edges[-1, -1])) if len(edges) else (0, 0)
        its = {by: cells[first:end] for by, cells in self.cells.items()}
        return Samples(self.values[first:end], edges - first, its)

    def of_cell(self, by: By, size: int, cell: int) -> list[Floats]:
        """Values in a cell of a breakdown with *size* cells, in one or several pieces."""
        if self._are_apart(by, size):
            return [self.values[self.cells[by] == cell]]
        if size == 1:
            return [self.values]
        edges = self.edges_of(by, size)[:, cell : cell + 2].tolist()
        return [self.values[first:end] for first, end in edges if first < end]

    def cell(self, by: By, size: int) -> Ints:
        """Cell of each value in a breakdown with *size* cells, numbered through all runs."""
        if self._are_apart(by, size):
            run = np.repeat(np.arange(len(self)), self.edges[:, -1] - self.edges[:, 0])
            return np.asarray(run * size + self.cells[by])
        return np.repeat(np.arange(len(self) * size), np.diff(self.edges_of(by, size)).ravel())

    def count(self, by: By, size: int, counts: Flags | None = None) -> Ints:
        """Values in each cell of each run, or those that *counts* says, shape (n_runs, size)."""
        if self._are_apart(by, size):
            cell = self.cell(by, size) if counts is None else self.cell(by, size)[counts]
            return np.bincount(cell, minlength=len(self) * size).reshape(-1, size)
        edges = self.edges_of(by, size)
        return np.diff(edges if counts is None else np.append(0, np.cumsum(counts))[edges])

    def by_cell(self, by: By, size: int) -> tuple[Floats, Ints]:
        """Copy of the values, cell after cell, and where those of each begin and end."""
        edges = firsts(self.count(by, size).ravel().tolist())
        if self._are_apart(by, size):
            return self.values[np.argsort(self.cell(by, size), kind="stable")], edges
        return self.values.copy(), edges

    def _are_apart(self, by: By, size: int) -> bool:
        """Whether values of one cell stand between those of others."""
        return by in self.cells and size > 1

    def edges_of(self, by: By, size: int) -> Ints:
        """Where the values of each interval, of each day, or of each run begin and end."""
        n_intervals = self.edges.shape[1] - 1
        return self.edges[:, :: n_intervals // size if by in {By.INTERVAL, By.DAY} else n_intervals]


def together(samples: Sequence[Samples]) -> Samples:
    """Put *samples* of some runs of one centre together."""
    first = firsts(len(each.values) for each in samples)
    return Samples(
        np.concatenate([each.values for each in samples]),
        np.concatenate([each.edges + start for each, start in zip(samples, first[:-1], strict=True)]),
        {by: np.concatenate([each.cells[by] for each in samples]) for by in samples[0].cells},
    )
