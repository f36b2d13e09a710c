"""What does a day look like? Pictures of a run, drawn from the tables of its result, as matplotlib figures.

Where there are replications a curve has two bands, and the legend tells them apart: the 95 % interval of the
mean says how sure the mean is, and 10–90 % of days says how days vary. Steps are means of a planning
interval; chats are counted, and their waits shown, where they arrive.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from sim.arrays import Floats
from sim.report.numbers import duration_unit, percent
from sim.report.plots import style
from sim.report.plots.gantt import gantt
from sim.report.plots.stacked import Stacked
from sim.report.plots.style import DARK, FAINT, INK, MID, ORANGE, PALE, RED, Band, styled
from sim.report.result import Result
from sim.scenario.units import HOUR_S


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Pictures of a run by name."""
    drawn = {"day": day, "agents": agents, "waits": waits, "gantt": gantt}
    return {name: partial(draw, result) for name, draw in drawn.items()}


class _Day:
    """The time axis of a result, and its columns along it."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.name = result.title
        self.is_recorded = result.head.replications is None
        # days of a log have 24 hours: its chats go by the clock on the wall
        self.local = style.clocks({**result.facts, "zone": None} if self.is_recorded else result.facts)
        self.days: int = result.facts["days"]
        self.interval_s: float = result.facts["interval_s"]
        self.threshold_s: float = result.facts["threshold_s"]
        self.n: int = result.head.replications or 1
        self.day_words = "days" if self.days == 1 else "replications"

    @property
    def basis(self) -> str:
        """What a picture rests on."""
        if self.is_recorded:
            return "one day, as recorded" if self.days == 1 else f"{self.days} days, as recorded"
        if self.n == 1:
            return "one replication, so without bands"
        if self.days > 1:
            return f"{self.n} replications of {self.days} days"
        return f"{self.n} simulated days"

    def figure(self, name: str) -> float | None:
        """Figure over all days."""
        return self.result[name].value

    def promised(self, target: str) -> float | None:
        """Bound of a target of the centre; None if there is none."""
        return next(
            (each.bound for each in self.result.judged if each.target == target and not each.where), None
        )

    def values(self, name: str) -> Floats:
        """Figure in each interval; NaN where there is none."""
        return np.array([row[name] for row in self.result.table("by_interval").rows], dtype=np.float64)

    def band(self, name: str) -> Band:
        """Figure in each interval, with its bands."""
        cells = [row[name] for row in self.result.table("intervals").rows]
        sides = ("value", "low", "high", "p10", "p90")
        return Band(*(np.array([getattr(cell, side) for cell in cells], dtype=np.float64) for side in sides))

    def edges(self, first: int, last: int) -> Floats:
        """Edges of intervals."""
        return np.asarray(np.arange(first, last + 1) * self.interval_s, dtype=np.float64)


@styled
def day(result: Result) -> Figure:
    """Arrivals, queue (where it is known) and waits over the day, as far as anything happens in it."""
    axis = _Day(result)
    has_queue = axis.figure("queue_length") is not None or not axis.is_recorded
    figure = style.canvas(
        axis.name, f"demand and waiting, {axis.basis}", 8.2 if has_queue else 5.8, Stacked()
    )
    offered, *between, waits = figure.subplots(3 if has_queue else 2, 1, sharex=True)
    first, last = _active(np.nan_to_num(axis.values("offered")) + np.nan_to_num(axis.values("queue_length")))
    _draw_offered(offered, axis, first, last)
    for queue in between:
        _draw_queue(queue, axis, first, last)
    _draw_waits(waits, axis, first, last)
    style.clock((offered, *between, waits), axis.local, first * axis.interval_s, last * axis.interval_s)
    return figure


@styled
def agents(result: Result) -> Figure:
    """Agents on duty and what they do, and open chats against slots, over the day."""
    axis = _Day(result)
    figure = style.canvas(axis.name, f"agents, {axis.basis}", 6.2, Stacked())
    team, slots = figure.subplots(2, 1, sharex=True)
    duty, busy = np.nan_to_num(axis.values("agents")), axis.band("busy_agents").value
    doings = busy + (duty - duty.min())
    first, last = _active(np.where(doings > 0.02 * doings.max(), doings, 0.0))
    _draw_team(team, axis, first, last)
    _draw_slots(slots, axis, first, last)
    style.clock((team, slots), axis.local, first * axis.interval_s, last * axis.interval_s)
    return figure


@styled
def waits(result: Result) -> Figure:
    """Share of the accepted chats that waits longer than a time, for every time."""
    axis, table = _Day(result), result.table("waits")
    figure = style.canvas(axis.name, f"waits, {axis.basis}", 4.6, Stacked())
    axes = figure.subplots()
    end_s = table.rows[-1]["after_s"] if table.rows else max(2 * axis.threshold_s, 10.0)
    unit_s, unit = duration_unit(end_s)
    axes.set(xlabel=f"time t after arrival [{unit}]", ylabel="wait longer than t", xlim=(0, end_s / unit_s))
    top = 1.0
    if table.rows:
        top = max(_draw_survival(axes, axis, unit_s), _draw_promise(axes, axis, unit_s))
    else:
        style.remark(axes, "no chat was accepted")
    axes.set_ylim(0, min(1.0, max(1.1 * top, 0.05)))
    style.heading(axes, table.title, columns=2)
    right = axes.secondary_yaxis("right", functions=(_complement, _complement))
    right.set_ylabel("accepted within t")
    right.spines["right"].set_visible(True)
    style.shares(axes.yaxis)
    style.shares(right.yaxis)
    return figure


def _active(doings: Floats) -> tuple[int, int]:
    """First interval in which anything happens, and the one after the last; all if nothing does."""
    active = np.flatnonzero(doings > 0)
    return (int(active[0]), int(active[-1]) + 1) if len(active) else (0, len(doings))


def _per_interval(interval_s: float) -> str:
    return "hour" if interval_s == HOUR_S else f"{interval_s / 60:g} min"


def _draw_offered(axes: Axes, axis: _Day, first: int, last: int) -> None:
    """Bars of the chats offered in each interval, by what became of them."""
    edges_s = axis.edges(first, last)
    below = np.zeros(last - first)
    served, answered, contained, missed = (
        np.nan_to_num(axis.values(name)[first:last]) for name in ("served", "answered", "contained", "missed")
    )
    lost = np.round(answered - served, 9)
    for number, label, colour, hatch in (
        (served, "served to the end" if lost.any() else "answered", MID, None),
        (lost, "answered, then left or timed out", ORANGE, "\\\\\\\\"),
        (contained, "contained by the bot", PALE, ".."),
        (missed, "missed", RED, "////"),
    ):
        if number is not served and not number.any():
            continue
        axes.bar(
            edges_s[:-1],
            number,
            axis.interval_s,
            below,
            align="edge",
            color=colour,
            edgecolor="white",
            linewidth=0.6 if last - first <= 100 else 0.0,
            hatch=hatch,
            label=label,
        )
        below = below + number
    if axis.n > 1:
        band = axis.band("offered")
        middles_s = edges_s[:-1] + axis.interval_s / 2
        low, high = band.p10[first:last], band.p90[first:last]
        axes.vlines(
            middles_s,
            low,
            high,
            color=INK,
            linewidth=1.0 if last - first <= 100 else 0.5,
            label=f"offered, 10–90 % of {axis.day_words}",
        )
    axes.set_ylim(0, None if below.any() else 1)
    style.counts(axes.yaxis)
    axes.set_ylabel(f"chats per {_per_interval(axis.interval_s)}")
    style.heading(axes, _offered_title(axis))


def _offered_title(axis: _Day) -> str:
    offered, missed = axis.figure("offered"), axis.figure("missed_rate")
    offline = axis.figure("offline") or 0.0
    if not offered:
        return (
            f"No chats are offered; {offline:,.0f} come while closed" if offline else "No chats are offered"
        )
    text = f"{offered:,.0f} chats offered"
    if axis.days > 1:
        text += f" in {axis.days} days"
    elif axis.n > 1:
        text += " a day"
    if missed is None:
        return text
    text += f", {percent(missed)} of them missed"
    completion = axis.figure("completion") or 0.0
    lost = 1 - missed - completion
    if lost > 5e-4:
        text += f", {percent(lost)} left or timed out"
    return f"{text}; {offline:,.0f} more come while closed" if offline >= 0.5 else text


def _draw_queue(axes: Axes, axis: _Day, first: int, last: int) -> None:
    """Number waiting in each interval, with both bands."""
    band = _cut(axis.band("queue_length"), first, last)
    edges_s = axis.edges(first, last)
    value = np.nan_to_num(band.value)
    axes.set_ylabel("chats waiting")
    if not value.any():
        axes.set_ylim(0, 1)
        style.counts(axes.yaxis)
        style.heading(axes, "Nobody waits")
        return
    style.steps(axes, band, edges_s, "mean", axis.day_words, axis.n)
    axes.set_ylim(bottom=0)
    longest = int(value.argmax())
    at = f"{axis.local.text(edges_s[longest])}–{axis.local.text(edges_s[longest + 1])}"
    when = at if axis.days == 1 else f"{style.date_text(axis.local, edges_s[longest])}, {at}"
    style.heading(axes, f"The queue is longest {when}: {value[longest]:.1f} chats wait, on average")


def _draw_waits(axes: Axes, axis: _Day, first: int, last: int) -> None:
    """Percentiles of the waits of the accepted, by interval of arrival, and the threshold."""
    promised = axis.promised("service_level")
    middle = 90 if (promised or 0) > 0.85 else 80
    names = {share: f"wait_p{share}_s" for share in (50, middle, 95)}
    lines = {share: axis.values(name)[first:last] for share, name in names.items()}
    threshold_s = axis.threshold_s
    unit_s, unit = duration_unit(max(np.nan_to_num(lines[95]).max(), threshold_s))
    middles_s = axis.edges(first, last)[:-1] + axis.interval_s / 2
    dashes = ((50, MID, "-", "o"), (middle, DARK, "-", "s"), (95, INK, "--", "^"))
    for share, colour, dash, marker in dashes:
        axes.plot(
            middles_s,
            lines[share] / unit_s,
            dash,
            color=colour,
            marker=marker,
            linewidth=style.line_width(last - first),
            markersize=3.5 if last - first <= 60 else 0,
            label=f"{share} % wait less",
            clip_on=False,
        )
    label = f"threshold {threshold_s:g} s"
    axes.axhline(threshold_s / unit_s, color=RED, linewidth=1.3, linestyle=":", label=label)
    top = max(np.nan_to_num(lines[95]).max(), 1.3 * threshold_s, 1.0)
    axes.set_ylim(0, 1.06 * top / unit_s)
    axes.set_ylabel(f"wait [{unit}]")
    level = axis.figure("service_level")
    if axis.figure("asa_s") is None:
        text = "Nobody knows of waits" if axis.is_recorded else "No chat was accepted, so there are no waits"
    else:
        text = "Wait of the accepted chats by time of arrival"
        text += f"; service level {percent(level)}" if level is not None else ""
    style.heading(axes, text)


def _cut(band: Band, first: int, last: int) -> Band:
    sides = (band.value, band.low, band.high, band.p10, band.p90)
    return Band(*(side[first:last] for side in sides))


def _draw_team(axes: Axes, axis: _Day, first: int, last: int) -> None:
    """Agents on duty, those of them with a chat, and those giving their attention, one within the other."""
    edges_s = axis.edges(first, last)
    duty = np.nan_to_num(axis.values("agents"))[first:last]
    busy = axis.band("busy_agents").value[first:last]
    attention = axis.band("composing_agents").value[first:last]
    attentive = axis.figure("attention") is not None
    axes.stairs(duty, edges_s, fill=True, color=FAINT)
    axes.stairs(busy, edges_s, fill=True, color=MID, label="with at least one chat")
    if attentive:
        label = "composing or wrapping up"
        axes.stairs(attention, edges_s, fill=True, facecolor=DARK, edgecolor="white", label=label)
    axes.stairs(duty, edges_s, color=INK, linewidth=1.6, baseline=None, label="on duty")
    axes.set_ylim(0, 1.08 * duty.max() if duty.any() else 1)
    style.counts(axes.yaxis)
    axes.set_ylabel("agents")
    style.heading(axes, _team_title(axis))


def _team_title(axis: _Day) -> str:
    occupancy, attention = axis.figure("occupancy"), axis.figure("attention")
    if occupancy is None:
        return "No agent is on duty"
    text = f"Agents hold a chat {percent(occupancy)} of their time"
    return text if attention is None else f"{text} and compose or wrap up {percent(attention)}"


def _draw_slots(axes: Axes, axis: _Day, first: int, last: int) -> None:
    """Open chats, with both bands, against the slots on duty."""
    edges_s = axis.edges(first, last)
    slots = axis.band("slots").value[first:last]
    chats = _cut(axis.band("open_chats"), first, last)
    used, held = axis.figure("slot_utilisation"), axis.figure("concurrency")
    axes.set_ylabel("chats")
    if used is None and axis.is_recorded:  # nobody recorded slots
        style.steps(axes, chats, edges_s, "open chats, mean", axis.day_words, axis.n)
        axes.set_ylim(0, 1.08 * np.nan_to_num(chats.value).max() or 1)
        style.heading(axes, "Open chats" if held is None else f"A busy agent holds {held:.1f} chats")
        return
    axes.stairs(slots, edges_s, fill=True, color=FAINT)
    style.steps(axes, chats, edges_s, "open chats, mean", axis.day_words, axis.n)
    axes.stairs(
        slots, edges_s, color=INK, linewidth=1.6, linestyle="--", baseline=None, label="slots on duty"
    )
    axes.set_ylim(0, 1.08 * slots.max() if slots.any() else 1)
    text = "No slots on duty" if used is None else f"{percent(used)} of the slots on duty hold a chat"
    text += "" if held is None else f"; a busy agent holds {held:.1f} chats"
    style.heading(axes, text)


def _complement(share: ArrayLike) -> ArrayLike:
    return 1 - np.asarray(share)


def _draw_survival(axes: Axes, axis: _Day, unit_s: float) -> float:
    """Draw the share of waits longer than each time, with the band of days, and return its top."""
    rows = axis.result.table("waits").rows
    at = np.array([row["after_s"] for row in rows]) / unit_s
    curve, low, high = (
        np.array([getattr(row["longer"], side) for row in rows], dtype=np.float64)
        for side in ("value", "p10", "p90")
    )
    top = float(curve[0])
    if not np.isnan(high).all():
        label = f"10–90 % of {axis.day_words}"
        axes.fill_between(at, low, high, color=PALE, linewidth=0, label=label)
        top = max(top, float(high[0]))
    axes.plot(at, curve, color=DARK, label="of the accepted chats", clip_on=False)
    return top


def _draw_promise(axes: Axes, axis: _Day, unit_s: float) -> float:
    """Draw threshold, service level with its interval and what was promised, and return their top.

    The service level lies above the curve because it counts those who left the queue after the threshold.
    """
    level, promised = axis.result["service_level"], axis.promised("service_level")
    at, missing = axis.threshold_s / unit_s, []
    axes.axvline(at, color=RED, linewidth=1.3, linestyle=":", label=f"threshold {axis.threshold_s:g} s")
    if level.value is not None:
        label = f"service level {percent(level.value)} (counts those who left as well)"
        axes.plot([at], [1 - level.value], "D", color=RED, markersize=6, label=label, clip_on=False)
        missing.append(1 - level.value)
    if level.low is not None and level.high is not None:
        label = "95 % interval of the service level"
        axes.vlines(at, 1 - level.high, 1 - level.low, color=RED, linewidth=3, label=label)
        missing.append(1 - level.low)
    if promised is not None:
        label = f"promised service level {percent(promised)}"
        axes.plot([0, at], [1 - promised] * 2, color=INK, linestyle="--", label=label)
        missing.append(1 - promised)
    return max(missing, default=0.0)
