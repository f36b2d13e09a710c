"""How is a figure drawn with a panel for each queue? What pictures of volumes and of forecasts share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.result import Result, Row

MOST = 4
"""Queues that are drawn; the tables have all."""


def rows_of(result: Result, table: str, queue: str) -> list[Row]:
    """Rows of a table that are of a queue."""
    return [row for row in result.table(table).rows if row["queue"] == queue]


def numbers_of(rows: Sequence[Row], name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A column of numbers, shape (n_rows,); NaN where there is none."""
    return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)


def panels(
    title: str, result: Result, queues: Sequence[str], height: float = 2.3
) -> tuple[Figure, list[tuple[Axes, str]]]:
    """Give a figure with a panel for each queue, one below the other, so many inches high."""
    figure = style.canvas(title, result.title, 1.2 + height * len(queues))
    every = figure.subplots(len(queues), 1, squeeze=False)[:, 0]
    return figure, list(zip(every, queues, strict=True))
