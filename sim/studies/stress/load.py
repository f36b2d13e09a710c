"""What is more load? The same centre with more demand, all along or in stages, or with fewer agents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil

from sim.errors import StudyError
from sim.scenario.demand import Spike
from sim.scenario.heads import apportioned
from sim.scenario.scenario import Scenario
from sim.scenario.stress import Stage
from sim.scenario.units import DAY_S
from sim.scenario.vary import Change, varied

STEP_S = 60.0
"""A ramp goes in steps so long."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stage in time."""

    name: str
    start_s: float
    """In seconds since the first midnight."""
    end_s: float
    before: float
    """Factor of the demand at its beginning ..."""
    factor: float
    """... and at its end."""

    @property
    def mean(self) -> float:
        """Mean factor of the demand."""
        return (self.before + self.factor) / 2

    def steps(self) -> Iterator[tuple[float, float, float]]:
        """Start, end and mean factor of the pieces in which demand goes."""
        if self.before == self.factor:
            yield self.start_s, self.end_s, self.factor
            return
        n = ceil((self.end_s - self.start_s) / STEP_S)
        length_s, rise = (self.end_s - self.start_s) / n, (self.factor - self.before) / n
        for k in range(n):
            at_s = self.start_s + k * length_s
            yield at_s, at_s + length_s, self.before + (k + 0.5) * rise


def spans(stages: Sequence[Stage], start_s: float) -> tuple[Span, ...]:
    """Give *stages* in time, the first of which begins at *start_s*; demand ramps from the usual.

    >>> up, down = Stage(minutes=5, factor=3, ramp="linear"), Stage(minutes=5, factor=2)
    >>> [span.before for span in spans([up, down], 0)]
    [1.0, 2.0]
    """
    edges = accumulate((stage.minutes * 60 for stage in stages), initial=start_s)
    before = [1.0, *(stage.factor for stage in stages)]
    return tuple(
        Span(
            stage.name or f"stage {k + 1}", *ends, before[k] if stage.ramp == "linear" else stage.factor,
            stage.factor,
        )
        for k, (stage, ends) in enumerate(zip(stages, pairwise(edges), strict=True))
    )  # fmt: skip


def staged(scenario: Scenario, stages: Sequence[Span], *, until_s: float | None = None) -> Scenario:
    """Give a *scenario* into which more or fewer chats come in some *stages*; from *until_s* on nobody.

    A ramp goes up or down minute by minute.

    Raises
    ------
    StudyError
        If chats come at exact times, of which nobody knows what more of them would be.
    """
    moment = scenario.calendar.local.moment
    pieces = [step for span in stages for step in span.steps()]
    if until_s is not None and until_s < scenario.horizon_s:
        pieces.append((until_s, scenario.horizon_s, 0.0))
    spikes = tuple(
        Spike(start=moment(start_s), minutes=(end_s - start_s) / 60, factor=factor)
        for start_s, end_s, factor in pieces
        if factor != 1
    )
    if not spikes:
        return scenario
    _refuse_exact_times(scenario)
    queues = []
    for queue in scenario.queues:
        arrivals = queue.arrivals.model_copy(update={"spikes": queue.arrivals.spikes + spikes})
        queues.append(queue.model_copy(update={"arrivals": arrivals}))
    return scenario.model_copy(update={"queues": tuple(queues)})


def ordinary(scenario: Scenario) -> Scenario:
    """Give a *scenario* without its stages and incidents."""
    return scenario if scenario.stress is None else scenario.model_copy(update={"stress": None})


def lengthened(scenario: Scenario, days: int) -> Scenario:
    """Give a *scenario* of at least so many *days*; what is expected by interval comes again and again.

    Raises
    ------
    StudyError
        If chats come at exact times, or by a forecast that would be repeated over a change of the clocks.
    """
    if scenario.days >= days:
        return scenario
    _refuse_exact_times(scenario)
    calendar, forecasts = scenario.calendar, [queue.arrivals.per_interval for queue in scenario.queues]
    if any(each is not None for each in forecasts) and (changing := calendar.local.changes(days)):
        law = "a forecast can't be repeated over a change of the clocks, as on"
        law = f"{law} {calendar.date(changing[0])}"
        raise StudyError(f"zone: {law}: give the scenario {days} days, or leave the zone out")
    queues = []
    for queue in scenario.queues:
        expected = queue.arrivals.per_interval
        if expected is not None:
            again = (expected * ceil(days / scenario.days))[: days * scenario.intervals_per_day]
            arrivals = queue.arrivals.model_copy(update={"per_interval": again})
            queue = queue.model_copy(update={"arrivals": arrivals})  # noqa: PLW2901
        queues.append(queue)
    return scenario.model_copy(update={"days": days, "queues": tuple(queues)})


def opening_s(scenario: Scenario) -> float:
    """When the centre first opens, the warm-up being over, in seconds since the first midnight."""
    if not scenario.closes:
        return scenario.warm_up_s
    return next(
        (on_s for on_s, _ in scenario.opening_spans if on_s >= scenario.warm_up_s), scenario.warm_up_s
    )


def closing_s(scenario: Scenario) -> float:
    """When it closes after that; a day later if it never does, or with the scenario."""
    start_s = opening_s(scenario)
    ends = (min(off_s, start_s + DAY_S) for on_s, off_s in scenario.opening_spans if on_s <= start_s < off_s)
    return min(next(ends, start_s + DAY_S), scenario.horizon_s)


def with_demand(scenario: Scenario, factor: float) -> Scenario:
    """Give a *scenario* into which so many times as many chats come, at the same times of the day.

    Raises
    ------
    StudyError
        If chats come at exact times, of which nobody knows what more of them would be.
    """
    _refuse_exact_times(scenario)
    changes = []
    for q, queue in enumerate(scenario.queues):
        key = "per_hour" if queue.arrivals.per_hour is not None else "per_interval"
        changes.append(Change(f"queues.{q}.arrivals.{key}", "*=", factor))
    return scenario if factor == 1 else varied(scenario, changes)


def _refuse_exact_times(scenario: Scenario) -> None:
    for queue in scenario.queues:
        if queue.arrivals.times_s is not None:
            raise StudyError(
                f"stress: {queue.name!r} has exact arrival times (times_s), and these can't be made more; "
                "give per_hour or a forecast file"
            )


def with_team(scenario: Scenario, factor: float) -> Scenario:
    """Give a *scenario* with so many times as many agents in each group, rounded up.

    Raises
    ------
    ScenarioError
        If its agents differ, and there are no longer enough of them for that.
    """
    changes = [
        Change(f"groups.{g}.agents", "=", max(ceil(group.n_agents * factor - 1e-9), 1))
        for g, group in enumerate(scenario.groups)
    ]
    return scenario if factor == 1 else varied(scenario, changes)


def most_fewer(scenario: Scenario) -> int:
    """Agents that can be taken away so that every group keeps one."""
    return sum(_spare(scenario))


def with_fewer(scenario: Scenario, fewer: int) -> Scenario:
    """Give a *scenario* with so many *fewer* agents, or more if below 0; every group keeps one.

    Groups lose by their share of the agents, and shifts and staffing scale.

    Raises
    ------
    ScenarioError
        If its agents differ, and there are no longer enough of them for that.
    """
    spare = _spare(scenario)
    left = apportioned(sum(spare) - fewer, spare if any(spare) else [1] * len(spare))
    return varied(scenario, [Change(f"groups.{g}.agents", "=", 1 + n) for g, n in enumerate(left)])


def _spare(scenario: Scenario) -> list[int]:
    """Agents of each group beyond one."""
    return [max(group.n_agents - 1, 0) for group in scenario.groups]
