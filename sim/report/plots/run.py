"""What does a day look like? Pictures of estimates and of one run, as matplotlib figures.

Where there are replications a curve has two bands, and the legend tells them apart: the 95 % interval of the
mean says how sure the mean is, and 10–90 % of days says how days vary. Steps are means of a planning
interval; chats are counted, and their waits shown, where they arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from sim.arrays import Floats
from sim.kpis.estimate import Estimates
from sim.kpis.intervals import skewed_t
from sim.kpis.loops import By
from sim.kpis.measure import ratio
from sim.log.chatlog import ChatLog
from sim.report.plots import style
from sim.report.plots.gantt import gantt
from sim.report.plots.style import DARK, FAINT, INK, MID, ORANGE, PALE, RED, Band, styled
from sim.scenario.scenario import Scenario
from sim.scenario.units import clock_text


@styled
def day(estimates: Estimates, scenario: Scenario) -> Figure:
    """Arrivals, queue and waits over the day, as far as anything happens in it."""
    figure = style.canvas(scenario.name, f"demand and waiting, {_basis(estimates, scenario)}", 8.2)
    offered, queue, waits = figure.subplots(3, 1, sharex=True)
    first, last = _active(_values(estimates, "offered") + _values(estimates, "queue_length"))
    _draw_offered(offered, estimates, scenario, first, last)
    _draw_queue(queue, estimates, scenario, first, last)
    _draw_waits(waits, estimates, scenario, first, last)
    style.clock((offered, queue, waits), scenario, first * scenario.interval_s, last * scenario.interval_s)
    return figure


@styled
def agents(estimates: Estimates, scenario: Scenario) -> Figure:
    """Agents on duty and what they do, and open chats against slots, over the day."""
    figure = style.canvas(scenario.name, f"agents, {_basis(estimates, scenario)}", 6.2)
    team, slots = figure.subplots(2, 1, sharex=True)
    duty, busy = _number(estimates, "agents").value, _number(estimates, "occupancy").value
    doings = busy + (duty - duty.min())
    first, last = _active(np.where(doings > 0.02 * doings.max(), doings, 0.0))
    _draw_team(team, estimates, scenario, first, last)
    _draw_slots(slots, estimates, scenario, first, last)
    style.clock((team, slots), scenario, first * scenario.interval_s, last * scenario.interval_s)
    return figure


@styled
def waits(estimates: Estimates, scenario: Scenario) -> Figure:
    """Share of the accepted chats that waits longer than a time, for every time."""
    figure = style.canvas(scenario.name, f"waits, {_basis(estimates, scenario)}", 4.6)
    axes = figure.subplots()
    samples = [np.sort(run.samples["wait_p50_s"].values) for run in estimates.runs]
    pooled = np.sort(np.concatenate(samples))
    nearly_all_s = float(np.quantile(pooled, 0.995)) if len(pooled) else 0.0
    end_s = max(2 * scenario.targets.threshold_s, 10.0, nearly_all_s)
    unit_s, unit = style.duration_unit(end_s)
    axes.set(xlabel=f"time t after arrival [{unit}]", ylabel="wait longer than t", xlim=(0, end_s / unit_s))
    if len(pooled):
        at_s = np.linspace(0.0, end_s, 400)
        top = _draw_survival(axes, samples, at_s, unit_s, _days(scenario))
        top = max(top, _draw_promise(axes, estimates, scenario, unit_s))
        text = _waits_title(pooled, estimates.n * scenario.days)
    else:
        top, text = 1.0, "Waits of the accepted chats"
        style.remark(axes, "no chat was accepted")
    axes.set_ylim(0, min(1.0, max(1.1 * top, 0.05)))
    style.heading(axes, text, columns=2)
    right = axes.secondary_yaxis("right", functions=(_complement, _complement))
    right.set_ylabel("accepted within t")
    right.spines["right"].set_visible(True)
    style.shares(axes.yaxis)
    style.shares(right.yaxis)
    return figure


def run_figures(scenario: Scenario, estimates: Estimates, log: ChatLog) -> dict[str, Figure]:
    """All pictures of a run by name; *log* is that of the replication whose chats are shown one by one."""
    return {
        "day": day(estimates, scenario),
        "agents": agents(estimates, scenario),
        "waits": waits(estimates, scenario),
        "gantt": gantt(log, scenario),
    }


@styled
def save(
    figures: Mapping[str, Figure], folder: Path, *, svg: bool = False, told: Callable[[], None] | None = None
) -> list[Path]:
    """Write each figure as PNG, and as SVG if that is wanted, under its name, and be *told* of each.

    The same picture is the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=150, metadata={"Software": None})
        if svg:
            paths.append(folder / f"{name}.svg")
            figure.savefig(paths[-1], metadata={"Date": None, "Creator": None})
        if told is not None:
            told()
    return paths


def _days(scenario: Scenario) -> str:
    return "days" if scenario.days == 1 else "replications"


def _basis(estimates: Estimates, scenario: Scenario) -> str:
    """What a picture rests on."""
    if estimates.n == 1:
        return "one replication, so without bands"
    if scenario.days > 1:
        return f"{estimates.n} replications of {scenario.days} days"
    return f"{estimates.n} simulated days"


def _values(estimates: Estimates, name: str) -> Floats:
    return np.nan_to_num(estimates.values(name, By.INTERVAL))


def _band(estimates: Estimates, name: str) -> Band:
    figures = estimates.figures(name, By.INTERVAL)
    sides = ("value", "low", "high", "p10", "p90")
    return Band(*(np.array([getattr(f, side) for f in figures], dtype=np.float64) for side in sides))


def _number(estimates: Estimates, name: str, below: bool = False) -> Band:
    """Mean number at a time, from the time that a ratio of agents' time adds up above or *below* the line.

    Occupancy gives agents with a chat, attention those composing, slot utilisation open chats and slots.
    """
    time_s, window_s = estimates.sums(name, By.INTERVAL)[below], estimates.sums("agents", By.INTERVAL)[1]
    numbers = np.nan_to_num(ratio(time_s, window_s))
    mean = numbers.mean(axis=0)
    low, high = skewed_t(numbers)
    p10, p90 = np.quantile(numbers, [0.1, 0.9], axis=0)
    return Band(mean, np.maximum(low, 0.0), high, p10, p90)


def _active(doings: Floats) -> tuple[int, int]:
    """First interval in which anything happens, and the one after the last; all if nothing does."""
    active = np.flatnonzero(doings > 0)
    return (int(active[0]), int(active[-1]) + 1) if len(active) else (0, len(doings))


def _edges(scenario: Scenario, first: int, last: int) -> Floats:
    return np.asarray(np.arange(first, last + 1) * scenario.interval_s, dtype=np.float64)


def _per_interval(scenario: Scenario) -> str:
    return "hour" if scenario.interval_min == 60 else f"{scenario.interval_min} min"


def _draw_offered(axes: Axes, estimates: Estimates, scenario: Scenario, first: int, last: int) -> None:
    """Bars of the chats offered in each interval, by what became of them."""
    edges_s = _edges(scenario, first, last)
    below = np.zeros(last - first)
    served, answered, contained, missed = (
        np.nan_to_num(_values(estimates, name)[first:last])
        for name in ("served", "answered", "contained", "missed")
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
            scenario.interval_s,
            below,
            align="edge",
            color=colour,
            edgecolor="white",
            linewidth=0.6 if last - first <= 100 else 0.0,
            hatch=hatch,
            label=label,
        )
        below = below + number
    if estimates.n > 1:
        band = _band(estimates, "offered")
        middles_s = edges_s[:-1] + scenario.interval_s / 2
        low, high = band.p10[first:last], band.p90[first:last]
        axes.vlines(
            middles_s,
            low,
            high,
            color=INK,
            linewidth=1.0 if last - first <= 100 else 0.5,
            label=f"offered, 10–90 % of {_days(scenario)}",
        )
    axes.set_ylim(0, None if below.any() else 1)
    style.counts(axes.yaxis)
    axes.set_ylabel(f"chats per {_per_interval(scenario)}")
    style.heading(axes, _offered_title(estimates, scenario))


def _offered_title(estimates: Estimates, scenario: Scenario) -> str:
    offered, missed = estimates.figure("offered").value, estimates.figure("missed_rate").value
    offline = estimates.figure("offline").value or 0.0
    if not offered:
        return (
            f"No chats are offered; {offline:,.0f} come while closed" if offline else "No chats are offered"
        )
    text = f"{offered:,.0f} chats offered"
    if scenario.days > 1:
        text += f" in {scenario.days} days"
    elif estimates.n > 1:
        text += " a day"
    if missed is None:
        return text
    text += f", {style.percent(missed)} of them missed"
    completion = estimates.figure("completion").value or 0.0
    lost = 1 - missed - completion
    if lost > 5e-4:
        text += f", {style.percent(lost)} left or timed out"
    return f"{text}; {offline:,.0f} more come while closed" if offline >= 0.5 else text


def _draw_queue(axes: Axes, estimates: Estimates, scenario: Scenario, first: int, last: int) -> None:
    """Number waiting in each interval, with both bands."""
    band = _cut(_band(estimates, "queue_length"), first, last)
    edges_s = _edges(scenario, first, last)
    value = np.nan_to_num(band.value)
    axes.set_ylabel("chats waiting")
    if not value.any():
        axes.set_ylim(0, 1)
        style.counts(axes.yaxis)
        style.heading(axes, "Nobody waits")
        return
    style.steps(axes, band, edges_s, "mean", _days(scenario), estimates.n)
    axes.set_ylim(bottom=0)
    longest = int(value.argmax())
    at = f"{clock_text(edges_s[longest])}–{clock_text(edges_s[longest + 1])}"
    when = at if scenario.days == 1 else f"{style.date_text(scenario, edges_s[longest])}, {at}"
    style.heading(axes, f"The queue is longest {when}: {value[longest]:.1f} chats wait, on average")


def _draw_waits(axes: Axes, estimates: Estimates, scenario: Scenario, first: int, last: int) -> None:
    """Percentiles of the waits of the accepted, by interval of arrival, and the threshold."""
    targets = scenario.targets
    middle = 90 if (targets.service_level or 0) > 0.85 else 80
    names = {share: f"wait_p{share}_s" for share in (50, middle, 95)}
    lines = {share: estimates.values(name, By.INTERVAL)[first:last] for share, name in names.items()}
    threshold_s = targets.threshold_s
    unit_s, unit = style.duration_unit(max(np.nan_to_num(lines[95]).max(), threshold_s))
    middles_s = _edges(scenario, first, last)[:-1] + scenario.interval_s / 2
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
    level = estimates.figure("service_level").value
    if estimates.figure("asa_s").value is None:
        text = "No chat was accepted, so there are no waits"
    else:
        text = "Wait of the accepted chats by time of arrival"
        text += f"; service level {style.percent(level)}" if level is not None else ""
    style.heading(axes, text)


def _cut(band: Band, first: int, last: int) -> Band:
    sides = (band.value, band.low, band.high, band.p10, band.p90)
    return Band(*(side[first:last] for side in sides))


def _draw_team(axes: Axes, estimates: Estimates, scenario: Scenario, first: int, last: int) -> None:
    """Agents on duty, those of them with a chat, and those giving their attention, one within the other."""
    edges_s = _edges(scenario, first, last)
    duty = _number(estimates, "agents").value[first:last]
    busy = _number(estimates, "occupancy").value[first:last]
    attention = _number(estimates, "attention").value[first:last]
    attentive = _number(estimates, "attention", below=True).value.any()
    axes.stairs(duty, edges_s, fill=True, color=FAINT)
    axes.stairs(busy, edges_s, fill=True, color=MID, label="with at least one chat")
    if attentive:
        label = "composing or wrapping up"
        axes.stairs(attention, edges_s, fill=True, facecolor=DARK, edgecolor="white", label=label)
    axes.stairs(duty, edges_s, color=INK, linewidth=1.6, baseline=None, label="on duty")
    axes.set_ylim(0, 1.08 * duty.max() if duty.any() else 1)
    style.counts(axes.yaxis)
    axes.set_ylabel("agents")
    style.heading(axes, _team_title(estimates))


def _team_title(estimates: Estimates) -> str:
    occupancy, attention = estimates.figure("occupancy").value, estimates.figure("attention").value
    if occupancy is None:
        return "No agent is on duty"
    text = f"Agents hold a chat {style.percent(occupancy)} of their time"
    return text if attention is None else f"{text} and compose or wrap up {style.percent(attention)}"


def _draw_slots(axes: Axes, estimates: Estimates, scenario: Scenario, first: int, last: int) -> None:
    """Open chats, with both bands, against the slots on duty."""
    edges_s = _edges(scenario, first, last)
    slots = _number(estimates, "slot_utilisation", below=True).value[first:last]
    chats = _cut(_number(estimates, "slot_utilisation"), first, last)
    axes.stairs(slots, edges_s, fill=True, color=FAINT)
    style.steps(axes, chats, edges_s, "open chats, mean", _days(scenario), estimates.n)
    axes.stairs(
        slots, edges_s, color=INK, linewidth=1.6, linestyle="--", baseline=None, label="slots on duty"
    )
    axes.set_ylim(0, 1.08 * slots.max() if slots.any() else 1)
    axes.set_ylabel("chats")
    used, held = estimates.figure("slot_utilisation").value, estimates.figure("concurrency").value
    text = "No slots on duty" if used is None else f"{style.percent(used)} of the slots on duty hold a chat"
    text += "" if held is None else f"; a busy agent holds {held:.1f} chats"
    style.heading(axes, text)


def _complement(share: ArrayLike) -> ArrayLike:
    return 1 - np.asarray(share)


def _longer(sorted_s: Floats, at_s: Floats) -> Floats:
    """Share of the sorted waits that are longer than each of *at_s*."""
    return np.asarray(1 - np.searchsorted(sorted_s, at_s, side="right") / len(sorted_s), dtype=np.float64)


def _waits_title(sorted_s: Floats, n_days: int) -> str:
    at_once = float(np.mean(sorted_s <= 0))
    if at_once == 1:
        return "No accepted chat had to wait"
    unit_s, unit = style.duration_unit(sorted_s[-1])
    text = f"{style.percent(at_once)} of the accepted chats need not wait"
    longest = "the longest wait" if n_days == 1 else f"the longest wait in {n_days} days"
    return f"{text}; {longest} is {sorted_s[-1] / unit_s:.0f} {unit}"


def _draw_survival(axes: Axes, samples: list[Floats], at_s: Floats, unit_s: float, days: str) -> float:
    """Draw the share of waits longer than each of *at_s*, with the band of days, and return its top."""
    curve = _longer(np.sort(np.concatenate(samples)), at_s)
    top = float(curve[0])
    if len(samples) > 1:
        curves = np.array([_longer(sample, at_s) for sample in samples if len(sample)])
        low, high = np.quantile(curves, [0.1, 0.9], axis=0)
        axes.fill_between(at_s / unit_s, low, high, color=PALE, linewidth=0, label=f"10–90 % of {days}")
        top = max(top, float(high[0]))
    axes.plot(at_s / unit_s, curve, color=DARK, label="of the accepted chats", clip_on=False)
    return top


def _draw_promise(axes: Axes, estimates: Estimates, scenario: Scenario, unit_s: float) -> float:
    """Draw threshold, service level with its interval and what was promised, and return their top.

    The service level lies above the curve because it counts those who left the queue after the threshold.
    """
    targets, level = scenario.targets, estimates.figure("service_level")
    at, missing = targets.threshold_s / unit_s, []
    axes.axvline(at, color=RED, linewidth=1.3, linestyle=":", label=f"threshold {targets.threshold_s:g} s")
    if level.value is not None:
        label = f"service level {style.percent(level.value)} (counts those who left as well)"
        axes.plot([at], [1 - level.value], "D", color=RED, markersize=6, label=label, clip_on=False)
        missing.append(1 - level.value)
    if level.low is not None and level.high is not None:
        label = "95 % interval of the service level"
        axes.vlines(at, 1 - level.high, 1 - level.low, color=RED, linewidth=3, label=label)
        missing.append(1 - level.low)
    if targets.service_level is not None:
        label = f"promised service level {style.percent(targets.service_level)}"
        axes.plot([0, at], [1 - targets.service_level] * 2, color=INK, linestyle="--", label=label)
        missing.append(1 - targets.service_level)
    return max(missing, default=0.0)
