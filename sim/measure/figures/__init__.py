"""Which key figures are there, and what does each of them mean? A table of records, a file a section.

Every figure is a ratio of two sums, so intervals, queues, days and replications add up exactly. Percentiles
and highest values are the exceptions. Names and definitions follow the usage of the field; where platforms
disagree, each variant is a figure of its own and never a switch.
"""

from __future__ import annotations

from sim.measure.figures.agents import AGENTS
from sim.measure.figures.conversation import CONVERSATION
from sim.measure.figures.customers import CUSTOMER
from sim.measure.figures.forms import Kpi, Peak, Quantile, Ratio
from sim.measure.figures.satisfaction import SATISFACTION
from sim.measure.figures.volume import VOLUME
from sim.measure.figures.waiting import WAITING

__all__ = ["BY_NAME", "KPIS", "RATIOS", "Kpi", "Peak", "Quantile", "Ratio"]

KPIS: tuple[Kpi, ...] = VOLUME + WAITING + CONVERSATION + AGENTS + CUSTOMER + SATISFACTION
"""All key figures, in the order in which they are shown."""

BY_NAME = {kpi.name: kpi for kpi in KPIS}
RATIOS = tuple(kpi for kpi in KPIS if isinstance(kpi.form, Ratio))
