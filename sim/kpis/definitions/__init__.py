"""Which key figures are there, and what does each of them mean? A table of records, a file a section.

Every figure is a ratio of two sums, so intervals, queues, days and replications add up exactly. Percentiles
and highest values are the exceptions. Names and definitions follow the usage of the field; where platforms
disagree, each variant is a figure of its own and never a switch.
"""

from __future__ import annotations

from difflib import get_close_matches

from sim.errors import UnknownNameError
from sim.kpis.definitions.agents import AGENTS
from sim.kpis.definitions.conversation import CONVERSATION
from sim.kpis.definitions.customers import CUSTOMER
from sim.kpis.definitions.forms import Kpi, Peak, Quantile, Ratio
from sim.kpis.definitions.satisfaction import SATISFACTION
from sim.kpis.definitions.volume import VOLUME
from sim.kpis.definitions.waiting import WAITING

__all__ = ["BY_NAME", "KPIS", "RATIOS", "Kpi", "Peak", "Quantile", "Ratio"]

KPIS: tuple[Kpi, ...] = VOLUME + WAITING + CONVERSATION + AGENTS + CUSTOMER + SATISFACTION
"""All key figures, in the order in which they are shown."""

RATIOS = tuple(kpi for kpi in KPIS if isinstance(kpi.form, Ratio))


class _ByName(dict[str, Kpi]):
    """Key figures by name; one that there is not is told with what may have been meant."""

    def __missing__(self, name: str) -> Kpi:
        called = {kpi.title.lower(): kpi.name for kpi in KPIS} | {known: known for known in self}
        near = get_close_matches(str(name).lower(), called, n=1, cutoff=0.6)
        hint = f"did you mean {called[near[0]]!r}?" if near else "`sim kpis` has all of them"
        raise UnknownNameError(f"no key figure is called {name!r}; {hint}")


BY_NAME = _ByName((kpi.name, kpi) for kpi in KPIS)
"""Raises an `UnknownNameError` for a name that no figure has."""
