"""Is the server as the simulation predicts? Figures of the driven days beside those of their simulated twins.

The twin of a driven day has the very same customers, so the difference of the two is not the luck of the day.
What is left is *blur*: a message takes its time, and a chat that is taken a moment later reorders those that
follow. How much of that is to be expected of a healthy server is simulated: the same days are lived through
again and again with delays such as were measured (`sim.draws.late`). A figure differs if it is farther from
its prediction than its blur and so many standard errors, as many as keep the probability that any figure of a
healthy server is called different at 1 %: the quantile of the largest of all figures' deviations over the
replays (Westfall and Young, *Resampling-Based Multiple Testing*, 1993, single-step maxT), but at least three.
The standard error is that of the replays, or that of the paired differences if it is larger and there are
enough days to tell; and never less than what one chat makes, also one that is as late as the latest.

Verdicts belong to figures, never to single chats. There is none where the blur is more than 5 % of a
threshold, and none at all where the driver itself was late or could not offer the load.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from math import inf, log1p

import numpy as np

from sim.arrays import Floats
from sim.draws.late import Delays, late
from sim.draws.record import Draws
from sim.drive.until import until
from sim.engines import simulate_all
from sim.kpis.definitions import BY_NAME, KPIS, Peak, Quantile, Ratio
from sim.kpis.estimate import Estimates, Quantity
from sim.kpis.intervals import NORMAL, skewed_t
from sim.kpis.loops import By
from sim.kpis.measure import Kpis, kpis_of, measure_all, ratio
from sim.kpis.targets import bounds
from sim.kpis.totals import Times, totals
from sim.log.chatlog import ChatLog
from sim.scenario.scenario import Scenario

ALPHA = 0.01
"""Probability that any figure of a healthy server is called different."""
LEAST_ERRORS = 3.0
"""A figure differs only beyond so many standard errors, whatever the replays say."""
UNKNOWN = 1 / 3
"""Of a figure's blur: an error that it always has, as delays are known by their medians alone."""
REPLAYS = 400
"""How often each day is lived through again with delays."""
ENOUGH = 3
"""Days from which the spread of their differences is known."""
MOST_BLUR = 0.05
"""A figure is not judged where its blur is more than this share of its threshold or target."""
_BATCH = 50
"""Replays that are simulated together."""
_DUST = 1e-9

_WAITS = (
    *("service_level", "service_level_offered", "service_level_lenient", "service_level_answered"),
    *("wait_s", "asa_s", "wait_p50_s", "wait_p80_s", "wait_p90_s", "wait_p95_s", "wait_max_s"),
)
"""Figures that only the taking of chats blurs; other times, messages too."""
JUDGED = (
    *("offered", "served", "abandoned", "left", "timed_out", "overflowed", "missed_rate", "abandonment"),
    *("service_level", "wait_s", "asa_s", "wait_p90_s", "queue_length"),
    *("frt_s", "frt_p90_s", "frt_agent_s", "response_s", "response_p90_s", "messages_per_chat"),
    *("duration_s", "aht_s", "occupancy", "slot_utilisation", "concurrency", "chats_per_agent_hour"),
)
"""Figures that are judged together: those that a server has a hand in."""
ON_TIMERS = ("timed_out",)
"""Figures that a server's own timers make: judged at speed 1 alone, since those don't scale."""


class Verdict(StrEnum):
    """What is said of a figure."""

    AS_PREDICTED = "as predicted"
    DIFFERS = "differs"
    BLURRED = "too blurred to tell"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as it was predicted and as it was measured."""

    kpi: str
    predicted: Quantity
    measured: Quantity
    difference: Quantity
    """Measured − predicted."""
    blur: float | None
    """How far a healthy server may be off because everything takes its time, in the figure's unit."""
    errors: float | None
    """Standard errors beyond the blur; infinite where nothing varies. None if it is not judged."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """Predicted beside measured, and one verdict over all figures."""

    figures: Mapping[str, Compared]
    """Every key figure that either knows, in the order in which they are shown."""
    critical: float
    """Standard errors beyond which a figure differs."""
    delays: Delays
    replays: int
    doubts: tuple[str, ...]
    """Why nothing is judged, in sentences; empty if it is."""
    measured: Estimates
    """Of the driven days, to be looked up further ..."""
    predicted: Estimates
    """... and of their twins."""

    @property
    def differs(self) -> tuple[str, ...]:
        """Names of the figures that differ."""
        return tuple(name for name, each in self.figures.items() if each.verdict is Verdict.DIFFERS)

    @property
    def is_judged(self) -> bool:
        """Whether any figure has a verdict."""
        told = (Verdict.DIFFERS, Verdict.AS_PREDICTED)
        return any(each.verdict in told for each in self.figures.values())


def judge(
    scenario: Scenario,
    draws: Sequence[Draws],
    measured: Sequence[ChatLog],
    delays: Delays,
    *,
    speed: float = 1.0,
    doubts: Sequence[str] = (),
    replays: int = REPLAYS,
    until_s: float = inf,
) -> Judgement:
    """Hold *measured* logs against the simulated twins of the same days, those of the *draws*.

    *delays* of the server and the driver are in simulated seconds; those that the scenario has itself (R39)
    are in the prediction, and blur nothing. With *doubts* nothing is judged. Of the last day, what had
    happened by *until_s* is compared.
    """
    replays = replays if delays else 1
    known = Delays(scenario.platform.accept_s, scenario.platform.deliver_s)
    beyond = delays.beyond(known) if delays else delays
    *before, last = simulate_all(scenario, draws)
    twins = [*before, until(last, until_s)]
    measured = [*measured[:-1], until(measured[-1], until_s)]
    expected = Estimates(measure_all(twins, scenario))
    seen = Estimates(measure_all(measured, scenario))
    again = _replayed(scenario, draws, delays, known if delays else delays, replays, until_s)
    scales = {
        name: _scale(name, scenario, expected, seen, again, delays, beyond, twins)
        for name in JUDGED
        if name not in ON_TIMERS or speed == 1
    }
    blurred = {name for name in scales if _is_blurred(name, scenario, beyond)}
    told = [name for name in scales if name not in blurred]
    largest = np.max([scales[name].errors(again[name]) for name in told], axis=0) if told else np.zeros(1)
    critical = max(LEAST_ERRORS, float(np.quantile(largest, 1 - ALPHA, method="higher")))
    figures = {}
    for kpi in KPIS:
        one, other = expected.figure(kpi.name), seen.figure(kpi.name)
        if one.value is None and other.value is None:
            continue
        scale = scales.get(kpi.name)
        errors = None if scale is None or doubts else float(scale.errors(np.array([_value(other)]))[0])
        verdict = _verdict(kpi.name, errors, critical, blurred)
        spread = again.get(kpi.name)
        figures[kpi.name] = Compared(
            kpi.name,
            _with_ends(one, spread, around=False),
            _with_ends(other, spread, around=True),
            _difference(kpi.name, expected, seen, spread),
            None if scale is None else scale.blur,
            errors,
            verdict,
        )
    return Judgement(figures, critical, delays, replays, tuple(doubts), seen, expected)


def _verdict(name: str, errors: float | None, critical: float, blurred: set[str]) -> Verdict:
    if errors is None or np.isnan(errors):
        return Verdict.NOT_JUDGED
    if name in blurred:
        return Verdict.BLURRED
    return Verdict.DIFFERS if errors > critical else Verdict.AS_PREDICTED


def _value(quantity: Quantity) -> float:
    return float("nan") if quantity.value is None else quantity.value


def _replayed(
    scenario: Scenario, draws: Sequence[Draws], delays: Delays, known: Delays, replays: int, until_s: float
) -> dict[str, Floats]:
    """Each figure, pooled over the days, the last *until_s*, in each replay: shape (replays,) each.

    Of several days only those percentiles are pooled that are judged: each takes all values of its replay.
    """
    days: list[list[Kpis]] = []
    for day in draws:
        runs: list[Kpis] = []
        lived = late(day, delays, replays, known)
        while some := list(islice(lived, _BATCH)):
            logs = simulate_all(scenario, some)
            runs += measure_all(_ended(logs, until_s) if day is draws[-1] else logs, scenario)
        days.append(runs)
    every, shape = Estimates([run for runs in days for run in runs]), (len(days), replays)
    found: dict[str, Floats] = {}
    for kpi in KPIS:
        if isinstance(kpi.form, Ratio):
            top, bottom = (part.reshape(shape).sum(axis=0) for part in every.sums(kpi.name, By.OVERALL))
            found[kpi.name] = ratio(top, bottom)
        elif isinstance(kpi.form, Peak) or len(days) == 1:
            found[kpi.name] = every.own_values(kpi.name).reshape(shape).mean(axis=0)
        elif kpi.name in JUDGED:
            pooled = (Estimates(together) for together in zip(*days, strict=True))
            found[kpi.name] = np.array([each.values(kpi.name, By.OVERALL)[0] for each in pooled])
    return found


def _ended(logs: Iterable[ChatLog], until_s: float) -> Iterable[ChatLog]:
    """What of some logs had happened by then."""
    return logs if until_s == inf else [until(log, until_s) for log in logs]


@dataclass(frozen=True, slots=True)
class _Scale:
    """By what a figure's deviation is measured."""

    predicted: float
    blur: float
    error: float

    def errors(self, values: Floats) -> Floats:
        """Standard errors of each of some *values* beyond the blur."""
        beyond = np.abs(values - self.predicted) - self.blur
        beyond = np.where(beyond > _DUST * max(1.0, abs(self.predicted)), beyond, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(beyond == 0, 0.0, beyond / self.error)


def _scale(
    name: str,
    scenario: Scenario,
    expected: Estimates,
    seen: Estimates,
    again: Mapping[str, Floats],
    delays: Delays,
    beyond: Delays,
    twins: Sequence[ChatLog],
) -> _Scale:
    predicted, values = _value(expected.figure(name)), again[name]
    blur = abs(float(np.nanmean(values)) - predicted) if np.isfinite(values).any() else 0.0
    if BY_NAME[name].unit == "s":
        blur = max(blur, _blur_s(name, beyond))
    elif name in _WAITS:
        blur = max(blur, _moved(name, scenario, expected, twins, beyond.accept_s))
    error = float(np.nanstd(values, ddof=1)) if len(values) > 1 and np.isfinite(values).any() else 0.0
    if delays:
        error = max(error, _one_chat(name, expected))
        if BY_NAME[name].unit == "s":
            error = max(error, UNKNOWN * _blur_s(name, delays), _one_late_chat(name, expected, delays))
    paired = _paired(name, expected, seen)
    if len(paired) >= ENOUGH:
        error = max(error, float(np.std(paired, ddof=1) / np.sqrt(len(paired))))
    return _Scale(predicted, blur, error)


def _blur_s(name: str, delays: Delays) -> float:
    """Seconds by which one wait or one reply is late; in a high percentile, that percentile of the delay.

    A delay is exponential, as in the replays.
    """
    mean_s = delays.accept_s if name in _WAITS else delays.accept_s + delays.deliver_s
    form = BY_NAME[name].form
    return mean_s * max(1.0, -log1p(-form.share)) if isinstance(form, Quantile) else mean_s


def _moved(
    name: str, scenario: Scenario, expected: Estimates, twins: Sequence[ChatLog], by_s: float
) -> float:
    """How far a service level moves if every wait is so much longer, or shorter."""
    value, moved = _value(expected.figure(name)), 0.0
    for shift_s in (-by_s, by_s):
        times = Times(
            tuple(max(each + shift_s, 0.0) for each in scenario.thresholds_s), scenario.short_abandons_s
        )
        other = Estimates(kpis_of(totals(twins, times))).values(name, By.OVERALL)[0]
        moved = max(moved, abs(float(other) - value))
    return moved


def _one_chat(name: str, expected: Estimates) -> float:
    """What one chat more or less makes of a figure: nothing is told apart more finely."""
    kpi = BY_NAME[name]
    if kpi.unit == "chats" and kpi.section == "volume":
        return 1.0 / expected.n
    if kpi.unit == "share" and isinstance(kpi.form, Ratio) and kpi.section in {"volume", "waiting"}:
        _, below = expected.sums(name, By.OVERALL)
        return 1.0 / max(float(below.sum()), 1.0)
    offered, _ = expected.sums("offered", By.OVERALL)
    return abs(_value(expected.figure(name))) / max(float(offered.sum()), 1.0)


def _one_late_chat(name: str, expected: Estimates, delays: Delays) -> float:
    """What the one chat that was held up longest, such as the first, makes of a mean of all, in seconds."""
    if not isinstance(BY_NAME[name].form, Ratio):
        return 0.0
    offered, _ = expected.sums("offered", By.OVERALL)
    return delays.longest_s / max(float(offered.sum()), 1.0)


def _is_blurred(name: str, scenario: Scenario, delays: Delays) -> bool:
    """Whether the blur is too large a part of what the figure is held against."""
    if name.startswith("service_level"):
        return delays.accept_s > MOST_BLUR * min(scenario.thresholds_s)
    held = [bound.value for bound in bounds(scenario) if bound.kpi == name and BY_NAME[name].unit == "s"]
    return bool(held) and _blur_s(name, delays) > MOST_BLUR * min(held)


def _paired(name: str, expected: Estimates, seen: Estimates) -> Floats:
    """Difference of each day; NaN, of a day that has none, left out."""
    before, after = (each.pseudo_values(name, By.OVERALL)[:, 0] for each in (expected, seen))
    found = after - before
    return np.asarray(found[np.isfinite(found)])


def _difference(name: str, expected: Estimates, seen: Estimates, spread: Floats | None) -> Quantity:
    """Measured − predicted, with its 95 % interval: of the days, or where they are few of the replays."""
    one, other = expected.figure(name).value, seen.figure(name).value
    if one is None or other is None:
        return Quantity(None, None, None, False, None, None, None)
    value, days = other - one, _paired(name, expected, seen)
    if len(days) >= ENOUGH:
        low, high = (float(end[0]) for end in skewed_t(days[:, None]))
        if np.isfinite(low) and np.isfinite(high):
            return Quantity(value, low, high, False, value, None, None)
        return Quantity(value, value, value, False, value, None, None)
    half = NORMAL * _spread_of(spread)
    return Quantity(value, value - half, value + half, False, value, None, None)


def _with_ends(figure: Quantity, spread: Floats | None, *, around: bool) -> Quantity:
    """A figure with its interval: of days as `sim run` has it; where they are few, that of the replays."""
    if figure.value is None or figure.low is not None or spread is None or not np.isfinite(spread).any():
        return figure
    if around:
        half = NORMAL * _spread_of(spread)
        low, high = figure.value - half, figure.value + half
    else:
        low, high = (float(end) for end in np.nanquantile(spread, [0.025, 0.975]))
        low, high = min(low, figure.value), max(high, figure.value)
    return Quantity(figure.value, low, high, figure.few_days, figure.mean_of_runs, figure.p10, figure.p90)


def _spread_of(values: Floats | None) -> float:
    if values is None:
        return 0.0
    known = values[np.isfinite(values)]
    return float(np.std(known, ddof=1)) if len(known) > 1 else 0.0
