"""What is a case of the trust table? A centre, what is known of it, and what is looked at.

What is looked at is a ratio of two sums, of which every replication gives a pair. Nearly all are key figures
as the product measures them, so measuring is on trial as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.kpis.definitions import BY_NAME
from sim.kpis.loops import By
from sim.kpis.measure import Kpis
from sim.log.chatlog import ChatLog
from sim.scenario.scenario import Scenario

Pair = tuple[float, float]
"""What a replication adds above and below the line."""
OfKpis = Callable[[Kpis], Pair]
OfLog = Callable[[ChatLog], Pair]
Known = Mapping[str, float]
"""Exact figures by name."""


@dataclass(frozen=True, slots=True)
class Check:
    """One figure of a case: a row of the table."""

    name: str
    """Name of the exact value among what is known; a key figure's, if nothing else is *seen*."""
    title: str = ""
    """How it is called, where not as the key figure."""
    unit: str = ""
    published: str = ""
    """The figure as it is printed where it was published, with its interval if it has one."""
    why: str = ""
    """Why the exact value is not the published one, where it isn't."""
    seen: OfKpis | None = None
    of_log: OfLog | None = None
    """Used instead of *seen* where no key figure will do."""

    def heading(self) -> str:
        """How it is called."""
        return self.title or BY_NAME[self.name].title

    def in_unit(self) -> str:
        """Its unit."""
        return self.unit or BY_NAME[self.name].unit


@dataclass(frozen=True, slots=True)
class Case:
    """A centre whose figures are known."""

    name: str
    source: str
    """Who published it, or what gives the exact values."""
    scenario: Scenario
    known: Callable[[], Known]
    """Solves for the exact figures."""
    checks: tuple[Check, ...]
    replications: int
    is_published: bool = False


def key_figure(name: str, by: By = By.OVERALL, cell: int = 0) -> OfKpis:
    """A key figure of the whole run, or of one cell of a breakdown."""
    kpi = BY_NAME[name]

    def pair(kpis: Kpis) -> Pair:
        top, bottom = kpis.sums(kpi, by)
        return float(top[cell]), float(bottom[cell])

    return pair


def a_run(name: str, by: By = By.OVERALL, cell: int = 0) -> OfKpis:
    """What a key figure adds up above its line in a run."""
    figure = key_figure(name, by, cell)
    return lambda kpis: (figure(kpis)[0], 1.0)


def over(top: str, bottom: str, by: By = By.OVERALL, cell: int = 0) -> OfKpis:
    """What one key figure adds up above its line, over what another does."""
    above, below = key_figure(top, by, cell), key_figure(bottom, by, cell)
    return lambda kpis: (above(kpis)[0], below(kpis)[0])


def checks(*names: str, **published: str) -> tuple[Check, ...]:
    """Key figures, with those that were *published*."""
    return tuple(Check(name, published=published.get(name, "")) for name in (*names, *published))
