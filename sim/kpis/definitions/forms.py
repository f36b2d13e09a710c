"""What is a key figure made of? A ratio of two sums; or a percentile; or a highest value."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sim.kpis.loops import By, Column, Value

ALL = frozenset(By)


@dataclass(frozen=True, slots=True)
class Sum:
    """A column of the totals, as one side of a ratio."""

    column: Column
    breakdowns: frozenset[By]
    """Breakdowns in which it means something. What has no cells of its own there, such as measured time in a
    queue, has that of the whole run."""


def chats(column: Column) -> Sum:
    """Sum over all chats that arrived, who belong to no group."""
    return Sum(column, ALL - {By.GROUP})


def handled(column: Column) -> Sum:
    """Sum over the chats that an agent accepted."""
    return Sum(column, ALL)


def duty(column: Column) -> Sum:
    """Sum over agents' time."""
    return Sum(column, ALL - {By.QUEUE})


def queues(column: Column) -> Sum:
    """Sum over waiting time."""
    return Sum(column, ALL - {By.GROUP})


WINDOW = Sum(Column.WINDOW_S, ALL)
"""Measured time."""
DAYS = Sum(Column.DAYS, ALL - {By.INTERVAL})
RUNS = Sum(Column.RUNS, ALL)
"""One for each replication, in each cell: the figure is a count a run."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure that is one sum over another."""

    top: Sum
    bottom: Sum
    squares: Sum | None = None
    """Where each row counts one below the line: what the rows add above it, squared and added up. With it a
    single run has an interval too."""

    @property
    def breakdowns(self) -> frozenset[By]:
        """Breakdowns in which both sums can be told apart."""
        return self.top.breakdowns & self.bottom.breakdowns


@dataclass(frozen=True, slots=True)
class Quantile:
    """A figure that is a quantile of the values pooled from all runs, interpolated linearly."""

    value: Value
    share: float
    breakdowns: frozenset[By] = ALL


@dataclass(frozen=True, slots=True)
class Peak:
    """A figure that is the highest value of a run; over several runs, the mean of theirs."""

    highest: Sum

    @property
    def breakdowns(self) -> frozenset[By]:
        """Breakdowns in which the values can be told apart."""
        return self.highest.breakdowns


USUAL = "Common usage of the field."
"""Where a definition comes from that has no author."""
Section = Literal["volume", "waiting", "conversation", "agents", "customers", "satisfaction"]
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Shown:
    """How the usual tables show a figure."""

    head: str = ""
    """Head of its column, in tables of breakdowns and plans."""
    across: Collection[By] = ()
    """Breakdowns whose tables have that column."""
    idle: tuple[str, float] | None = None
    """It says nothing, and is left out, where the figure of this name has this value."""
    usual: bool = True
    """Whether it stands in the short table of a run."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure: what it is called, what it means, and how it is made."""

    name: str
    title: str
    unit: str
    better: Better
    section: Section
    form: Ratio | Quantile | Peak
    definition: str
    source: str = USUAL
    """Where the definition comes from."""
    shown: Shown = Shown(usual=False)
