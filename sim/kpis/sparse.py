"""How are tables of totals kept? Without the cells and the columns that say the same everywhere.

Half of a day's intervals are closed, and a third of the columns are of what the centre does not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class SparseTables:
    """Tables of some runs of one centre: ``tables[run]`` is a whole one, shape (n_cells, n_columns)."""

    usual: Floats
    """What each column has, shape (n_columns,) ..."""
    n_cells: int
    cells: Ints
    """... but in these cells ..."""
    place: Sequence[int]
    """... of those columns that have a place in `kept`; -1 for others."""
    kept: Floats
    """Shape (n_columns kept, n_runs, n_cells kept): figures are made of columns."""

    @classmethod
    def of(cls, tables: Floats) -> SparseTables:
        """Keep *tables*, shape (n_runs, n_cells, n_columns), to the last bit."""
        usual = tables[-1, -1].copy()  # mostly a closed one: an interval late in the evening
        differs = (tables.view(np.int64) != usual.view(np.int64)).any(axis=0)
        cells, columns = np.flatnonzero(differs.any(axis=1)), differs.any(axis=0)
        kept = np.moveaxis(tables[:, cells][..., columns], -1, 0)
        place = np.where(columns, np.cumsum(columns) - 1, -1).tolist()
        return cls(usual, tables.shape[1], cells, place, np.ascontiguousarray(kept))

    @classmethod
    def whole(cls, tables: Floats) -> SparseTables:
        """Keep *tables* as they are: where a few sums are wanted and nothing is kept for long."""
        n_cells, n_columns = tables.shape[1:]
        return cls(tables[-1, -1], n_cells, np.arange(n_cells), range(n_columns), np.moveaxis(tables, -1, 0))

    def __len__(self) -> int:
        """Runs."""
        return int(self.kept.shape[1])

    def __getitem__(self, run: int) -> Floats:
        table = np.tile(self.usual, (self.n_cells, 1))
        columns = [column for column, place in enumerate(self.place) if place >= 0]
        table[self.cells[:, None], columns] = self.kept[:, run].T
        return table

    def column(self, column: int, runs: slice = slice(None)) -> Floats:
        """Column of the tables of *runs*, shape (n_runs, n_cells)."""
        found = np.empty((len(range(len(self))[runs]), self.n_cells))
        self.put(column, runs, found)
        return found

    def put(self, column: int, runs: slice, found: Floats) -> None:
        """Put a column of the tables of *runs* into *found*, shape (n_runs, n_cells)."""
        found[:] = self.usual[column]
        if self.place[column] >= 0:
            found[:, self.cells] = self.kept[self.place[column], runs]
