"""What does a burst or an incident do, and how long does it take until it is over?

Beside the days with it stand the same days without it alone: the same customers, as far as they come to both,
and all else that goes wrong. How long it takes is read off two curves. The mean over replications of each
target's figure, step by step: the target is kept again in the first step whose figure keeps it, and for sure
in the first whose whole interval does. And the queue of each day by itself, until it is no longer than usual:
half of the days are back by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil, floor, inf, isfinite

import numpy as np

from sim.arrays import Floats, Ints
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, Quantity, mean_of
from sim.kpis.intervals import NORMAL
from sim.kpis.loops import By
from sim.kpis.targets import Bound
from sim.kpis.timeline import Window
from sim.scenario.scenario import Scenario
from sim.studies.paired import Paired, difference
from sim.studies.stress.load import Span

COMPARED = (
    "offered",
    "missed",
    "missed_rate",
    "service_level",
    "queue_length_max",
    "wait_max_s",
    "response_s",
)
"""Figures that are compared with days without it."""
NO_QUEUE = 1.0
"""A queue no longer than so many chats is taken for none."""


@dataclass(frozen=True, slots=True)
class Event:
    """A burst of demand, or an incident."""

    name: str
    start_s: float
    """In seconds since the first midnight."""
    end_s: float
    until_s: float
    """What follows is looked at until the next one begins, or the days end."""
    stages: tuple[int, ...] = ()
    """Numbers of the stages that it is."""
    incidents: tuple[int, ...] = ()
    """Or numbers of the incidents that it is: several if they are alike and happen together."""

    @property
    def windows(self) -> tuple[Window, Window]:
        """The event itself, and all that is looked at."""
        return Window(self.start_s, self.end_s), Window(self.start_s, self.until_s)


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long after its end a target is kept again; of no interest where nobody comes any more."""

    bound: Bound
    minutes: Quantity
    """0 where it was kept all along; None where it is not kept again while it is looked at. Its high end
    alone is None where it is not surely kept again."""
    was_missed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Aftermath:
    """What an event did."""

    event: Event
    within: Estimates
    """Figures of those who came while it lasted ..."""
    after: Estimates
    """... and of all who came until the next one."""
    peak: Quantity
    """Most chats in the queue at once, until it is back to the usual on each day ..."""
    wait: Quantity
    """... and the longest wait of who came until then, in seconds."""
    worst: Quantity
    """Mean queue of the step in which it is longest, found on other days ..."""
    worst_s: float
    """... which begins here."""
    recoveries: tuple[Recovery, ...]
    line: Quantity
    """Minutes after its end until the queue is no longer than usual: the median of the days."""
    never: int
    """Days on which it is longer as long as it is looked at."""
    cost: dict[str, tuple[Quantity, Paired]]
    """By figure: what it is without the event, and what the event adds."""


def events(scenario: Scenario, stages: Sequence[Span]) -> tuple[Event, ...]:
    """Give the incidents in force, and the times of more demand, of one stage or several, in order."""
    found: dict[tuple[float, float, str], tuple[tuple[int, ...], tuple[int, ...]]] = {}
    for k, incident in enumerate(scenario.incidents):
        key = (*incident.span_s(scenario.calendar.local), incident.kind.replace("_", " "))
        found[key] = (), (*found.get(key, ((), ()))[1], k)
    for is_more, some in groupby(enumerate(stages), key=lambda pair: pair[1].factor > 1):
        (_, first), *others = together = list(some)
        if is_more:
            last = others[-1][1] if others else first
            name = f"{first.name} to {last.name}" if others else first.name
            found[first.start_s, last.end_s, name] = tuple(k for k, _ in together), ()
    return tuple(
        Event(name, max(start_s, 0.0), min(end_s, scenario.horizon_s), _until(found, end_s, scenario), *which)
        for (start_s, end_s, name), which in sorted(found.items())
    )


def _until(found: Iterable[tuple[float, float, str]], end_s: float, scenario: Scenario) -> float:
    """When the next one begins."""
    return min((other for other, _, _ in found if other >= end_s), default=scenario.horizon_s)


def without(event: Event, scenario: Scenario, stages: Sequence[Span]) -> tuple[Scenario, tuple[Span, ...]]:
    """Give a *scenario* and its *stages* without an event alone: demand is as usual where it was more."""
    usual = tuple(
        replace(span, before=1.0, factor=1.0) if k in event.stages else span for k, span in enumerate(stages)
    )
    stress = scenario.stress
    if stress is None or not event.incidents:
        return scenario, usual
    others = tuple(each for k, each in enumerate(stress.incidents) if k not in event.incidents)
    return scenario.model_copy(update={"stress": stress.model_copy(update={"incidents": others})}), usual


def aftermath(
    event: Event,
    parts: tuple[Estimates, Estimates],
    ordinary: Estimates,
    over_time: Estimates,
    usual: Estimates,
    steps: Window,
    curves: Sequence[tuple[Bound, Sequence[Quantity]]],
) -> Aftermath:
    """Give what an *event* did.

    *parts* are its windows' figures, *ordinary* those of the longer one on days without it; *over_time* and
    *usual* have figures by step with and without it, and *curves* the figure of each target by step.
    """
    length_s = (steps.end_s - steps.start_s) / steps.n
    first, end, last = (
        round_((at - steps.start_s) / length_s)
        for round_, at in ((floor, event.start_s), (ceil, event.end_s), (ceil, event.until_s))
    )
    queues = over_time.own_values("queue_length", By.INTERVAL)
    limit = np.maximum(usual.values("queue_length", By.INTERVAL), NO_QUEUE)
    back = _back(queues, limit, end, last)
    half = int(np.sort(back)[(len(back) - 1) // 2])
    worst, queue = _worst(queues, first, max(half, first + 1))
    minutes = [((steps.start_s + k * length_s) - event.end_s) / 60 for k in range(last)]
    recoveries = tuple(
        _recovery(bound, curve, minutes, first, end, over_time.n)
        for bound, curve in curves
        if any(quantity.value is not None for quantity in curve[end:last])
    )
    later = np.array([*(max(each, 0.0) for each in minutes), inf])[back]
    within, after = parts
    peak, wait = (
        _highest(name, over_time, after, first, back) for name in ("queue_length_max", "wait_max_s")
    )
    cost = {
        name: (ordinary.figure(name), difference(name, ordinary, after))
        for name in COMPARED
        if after.figure(name).value is not None
    }
    return Aftermath(
        event, within, after, peak, wait, queue, steps.start_s + worst * length_s, recoveries, _median(later),
        int(np.isinf(later).sum()), cost,
    )  # fmt: skip


def _worst(queues: Floats, first: int, last: int) -> tuple[int, Quantity]:
    """Step whose mean queue is longest, found on every second day, and how long it is on the other days.

    On the same days it would be too long: of steps alike, the one that luck favours is found.
    """
    found_on, judged_on = (queues[::2], queues[1::2]) if len(queues) > 1 else (queues, queues)
    worst = first + int(found_on[:, first:last].mean(axis=0).argmax())
    return worst, mean_of(judged_on[:, worst].tolist())


def _recovery(
    bound: Bound, curve: Sequence[Quantity], minutes: Sequence[float], first: int, end: int, n: int
) -> Recovery:
    """When a target is kept again: the first step from the end on that keeps it.

    What is missed only later is missed by something else, such as a break of the agents.
    """
    unit = BY_NAME[bound.kpi].unit
    known = [(curve[k].value, curve[k].certain(unit, n)) for k in range(end, len(minutes))]
    at_end = next((value for value, _ in known if value is not None), None)
    while_it_lasts = (bound.keeps(curve[k].value) for k in range(first, end))
    if bound.keeps(at_end) is not False and False not in while_it_lasts:
        return Recovery(bound, Quantity(0.0, None, None, False, None, None, None), was_missed=False)

    def back(keeps: Sequence[bool]) -> float | None:
        """Minutes until the first step that is kept by the figure, or by its better or its worse end."""
        return next((max(minutes[end + k], 0.0) for k, is_kept in enumerate(keeps) if is_kept), None)

    value = back([bound.keeps(value) is True for value, _ in known])
    low = back([ends is None or any(bound.keeps(end) for end in ends) for _, ends in known])
    high = back([ends is not None and all(bound.keeps(end) for end in ends) for _, ends in known])
    return Recovery(bound, Quantity(value, low, high, False, None, None, None), was_missed=True)


def _back(queues: Floats, limit: Floats, end: int, last: int) -> Ints:
    """First step from the *end* on in which each day's queue is within its limit, shape (n_days,).

    It is the *last* where none is.
    """
    fine = queues[:, end:last] <= limit[end:last]
    found = np.column_stack((fine, np.ones(len(queues), dtype=bool)))
    return np.asarray(min(end, last) + found.argmax(axis=1))


def _highest(name: str, over_time: Estimates, after: Estimates, first: int, back: Ints) -> Quantity:
    """Mean of a peak over days, each looked at in the steps until its queue is back.

    A step that begins before the event adds nothing beyond what the days have *after* its beginning.
    """
    values = over_time.own_values(name, By.INTERVAL)
    steps = np.arange(values.shape[1])
    seen = (steps >= first) & (steps < np.maximum(back, first + 1)[:, None])
    highest = np.where(seen & ~np.isnan(values), values, -inf).max(axis=1)
    known = np.fmin(highest, after.own_values(name)[:, 0])
    return mean_of(known[np.isfinite(known)].tolist())


def _median(values: Floats) -> Quantity:
    """Median of values that may be infinite, with the 95 % interval between two of them.

    The values of a sample lie below the true median like heads of a coin, so the interval goes from the one
    to the other of two ranks (David and Nagaraja, *Order Statistics*, 3rd ed., section 7.1).

    >>> found = _median(np.arange(1.0, 101.0))
    >>> found.low, found.value, found.high
    (40.0, 50.0, 61.0)
    """
    ordered, n = np.sort(values), len(values)
    rank = floor((n - NORMAL * n**0.5) / 2)
    value = float(ordered[(n - 1) // 2])
    low, high = (float(ordered[rank - 1]), float(ordered[n - rank])) if rank > 0 else (None, None)
    tenth, ninetieth = (float(ordered[min(int(share * n), n - 1)]) for share in (0.1, 0.9))
    return Quantity(
        _known(value), None if low is None else _known(low), None if high is None else _known(high), False,
        None, _known(tenth), _known(ninetieth),
    )  # fmt: skip


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
