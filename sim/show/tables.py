"""How do figures read on a terminal? Tables for a planner: figure, value, how sure, target met or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.measure.estimate import Estimates, Figure
from sim.measure.figures import BY_NAME, KPIS, Kpi
from sim.measure.promise import Verdict, verdicts
from sim.measure.tables import By
from sim.world.scenario import Scenario
from sim.world.units import DAY_S, clock_text

COMPACT = (
    "offered", "served", "abandoned", "silent", "left", "timed_out", "blocked", "offline", "overflowed",
    "contained", "unfinished", "missed", "missed_rate", "abandonment",
    "service_level", "wait_probability", "wait_s", "asa_s", "wait_p90_s", "queue_length", "queue_length_max",
    "frt_s", "response_s", "response_p90_s", "messages_per_chat", "duration_s", "aht_s", "focus_aht_s",
    "agent_hours", "occupancy", "slot_utilisation", "attention", "concurrency", "chats_per_agent_hour",
    "overrun_s",
)  # fmt: skip
"""Figures of the short table; counts of outcomes that never happen are left out."""

ACROSS = {
    By.INTERVAL: (
        "offered", "missed_rate", "service_level", "asa_s", "wait_p90_s", "queue_length",
        "response_s", "agents", "occupancy", "attention",
    ),
    By.DAY: (
        "offered", "missed_rate", "service_level", "asa_s", "wait_p90_s", "queue_length", "response_s",
        "agent_hours", "occupancy", "attention",
    ),
    By.QUEUE: (
        "offered", "missed_rate", "abandonment", "service_level", "asa_s", "wait_p90_s", "queue_length",
        "frt_s", "response_s", "aht_s",
    ),
    By.GROUP: (
        "agent_hours", "asa_s", "response_s", "aht_s", "occupancy", "slot_utilisation", "attention",
        "concurrency", "chats_per_agent_hour", "overrun_s",
    ),
}  # fmt: skip
"""Columns of each breakdown."""

SHORT = {
    "offered": "offered", "missed_rate": "missed", "abandonment": "aband.", "service_level": "SL",
    "asa_s": "ASA", "wait_p90_s": "wait p90", "queue_length": "queue", "frt_s": "FRT", "response_s": "reply",
    "aht_s": "AHT", "agents": "agents", "agent_hours": "hours", "occupancy": "occup.",
    "slot_utilisation": "slots", "attention": "attent.", "concurrency": "conc.",
    "chats_per_agent_hour": "chats/h", "overrun_s": "overrun",
}  # fmt: skip
"""Column heads."""


def number(value: float | None, unit: str) -> str:
    """Text of a figure: shares as per cent, the rest with as many digits as can be read.

    >>> number(0.8765, "share"), number(1234.5, "chats"), number(3.14159, "s"), number(None, "s")
    ('87.7 %', '1,234', '3.14', '–')
    """
    if value is None:
        return "–"
    if unit == "share":
        return f"{100 * value:.1f} %"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def with_unit(kpi: Kpi, value: float | None) -> str:
    """Text of a figure with its unit."""
    text = number(value, kpi.unit)
    return text if value is None or kpi.unit == "share" else f"{text} {kpi.unit}"


def interval(figure: Figure, unit: str) -> str:
    """Text of a 95 % interval."""
    if figure.low is None or figure.high is None:
        return ""
    return f"{number(figure.low, unit)} … {number(figure.high, unit)}"


def summary(
    scenario: Scenario, estimates: Estimates, seed: int, *, everything: bool = False
) -> RenderableType:
    """Targets first, then the figures in sections."""
    days = "1 day" if scenario.days == 1 else f"{scenario.days} days"
    runs = "1 replication" if estimates.n == 1 else f"{estimates.n} replications"
    head = Text(f"{scenario.name}\n", style="bold")
    head.append(f"{days}, {runs}, seed {seed} (the same seed gives the same result)", style="not bold")
    parts: list[RenderableType] = [head]
    promise = verdicts(estimates, scenario.targets)
    if promise:
        parts.append(_targets(promise, scenario.targets.threshold_s))
    parts.append(_figures(estimates, everything=everything))
    return Group(*parts)


def _targets(promise: list[Verdict], threshold_s: float) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="Targets", title_justify="left", title_style="bold")
    for name in ("", "Figure", "Target"):
        table.add_column(name)
    table.add_column("Value", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("")
    for verdict in promise:
        kpi = BY_NAME[verdict.kpi]
        title = f"{kpi.title} in {threshold_s:g} s" if kpi.name == "service_level" else kpi.title
        table.add_row(
            _mark(verdict),
            title,
            f"{verdict.side} {with_unit(kpi, verdict.bound)}",
            number(verdict.figure.value, kpi.unit),
            interval(verdict.figure, kpi.unit),
            _remark(verdict),
        )
    return table


def _mark(verdict: Verdict) -> Text:
    if verdict.met is None:
        return Text("–")
    return Text("✓", style="bold blue") if verdict.met else Text("✗", style="bold yellow")


def _remark(verdict: Verdict) -> str:
    if verdict.met is None:
        return "not measured in this scenario"
    said = "met" if verdict.met else "missed"
    if verdict.figure.low is None:
        return f"{said} (one replication: no interval)"
    return said if verdict.sure else f"{said}, but not for sure"


def _figures(estimates: Estimates, *, everything: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="Key figures", title_justify="left", title_style="bold")
    table.add_column("Figure")
    table.add_column("Value", justify="right")
    table.add_column("")
    table.add_column("95 % interval", justify="right")
    table.add_column("10–90 % of runs", justify="right")
    section = None
    for kpi, figure in _shown(estimates, everything=everything):
        if kpi.section != section:
            section = kpi.section
            table.add_section()
            table.add_row(Text(section.capitalize(), style="bold"))
        spread = f"{number(figure.p10, kpi.unit)} … {number(figure.p90, kpi.unit)}" if estimates.n > 1 else ""
        unit = "" if kpi.unit == "share" else kpi.unit
        table.add_row(
            f"  {kpi.title}", number(figure.value, kpi.unit), unit, interval(figure, kpi.unit), spread
        )
    return table


def _shown(estimates: Estimates, *, everything: bool) -> Iterator[tuple[Kpi, Figure]]:
    for kpi in KPIS:
        figure = estimates.figure(kpi.name)
        is_empty = figure.value is None or (kpi.section == "volume" and figure.value == 0)
        if everything or (kpi.name in COMPACT and not (is_empty and kpi.name != "missed_rate")):
            yield kpi, figure


def breakdown(scenario: Scenario, estimates: Estimates, by: By) -> Table:
    """One row a cell of a breakdown; intervals and days in which nothing happens are left out."""
    table = Table(box=box.SIMPLE_HEAD, title=f"By {by}", title_justify="left", title_style="bold")
    table.add_column(by.capitalize())
    names = [name for name in ACROSS[by] if estimates.figure(name).value is not None]
    for name in names:
        unit = BY_NAME[name].unit
        table.add_column(f"{SHORT[name]}\n{'%' if unit == 'share' else unit}", justify="right")
    columns = {name: estimates.values(name, by) for name in names}
    for cell, label in enumerate(labels(scenario, by)):
        row = [None if columns[name][cell] != columns[name][cell] else columns[name][cell] for name in names]
        if any(row) or by in {By.QUEUE, By.GROUP}:
            texts = [number(value, BY_NAME[name].unit) for name, value in zip(names, row, strict=True)]
            table.add_row(label, *(text.removesuffix(" %") for text in texts))
    return table


def labels(scenario: Scenario, by: By) -> list[str]:
    """Names of the cells of a breakdown."""
    match by:
        case By.OVERALL:
            return [scenario.name]
        case By.QUEUE:
            return [queue.name for queue in scenario.queues]
        case By.GROUP:
            return [group.name for group in scenario.groups]
        case By.DAY:
            return [day_text(scenario, day) for day in range(scenario.days)]
        case By.INTERVAL:
            starts = [k * scenario.interval_s for k in range(scenario.days * scenario.intervals_per_day)]
            if scenario.days == 1:
                return [clock_text(start) for start in starts]
            return [f"{day_text(scenario, int(start // DAY_S))} {clock_text(start)}" for start in starts]


def day_text(scenario: Scenario, day: int) -> str:
    """Weekday and date of a day of the scenario."""
    return f"{scenario.start + dt.timedelta(days=day):%a %Y-%m-%d}"
