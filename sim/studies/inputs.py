"""What is not known for certain? The inputs of a scenario, and how far off each may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.errors import ScenarioError, VaryError
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, Vary, varied

MOST_EFFECTS = 10
"""Values of one input."""


@dataclass(frozen=True, slots=True)
class Side:
    """One change of an input: how it is called, and what it changes in the scenario."""

    label: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """What is not known for certain, and how far off it may be."""

    title: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Inputs to vary, and a remark for each that the scenario does not have."""

    inputs: list[Input] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spans:
    """How far the usual inputs may be off; 0 leaves one out."""

    forecast: float = 0.10
    """Of the volume of every queue, relative."""
    handling: float = 0.10
    """Of the agents' and the customers' times and the wrap-up (by work: the work), relative."""
    patience: float = 0.25
    """Of the patience in the queue; and of that with replies, an input of its own; relative."""
    absence: float = 0.05
    """Of the unplanned absence of every group, in shares of its agents."""
    concurrency: int = 1
    """Of the chats that an agent may hold."""


class _Usual(NamedTuple):
    """An input that scenarios usually have."""

    title: str
    span: float
    shown: Callable[[float], str]
    changes: Callable[[Scenario, float], Iterator[Change]]
    """Changes of a scenario by a span, up or down; none if it does not have the input."""
    missing: str = ""
    """Why there may be none, where one would wonder."""


def usual_inputs(scenario: Scenario, spans: Spans | None = None) -> Inputs:
    """The forecast, handling times, patience, absence and chats at once, as far as the *scenario* has them.

    Each is less or more by its span. What the scenario does not have, or its laws forbid, is left out with a
    remark.
    """
    found, how_far = Inputs(), spans or Spans()
    for usual in _usual(how_far):
        tried = list(_sides(scenario, usual))
        sides = [side for side in tried if _is_allowed(scenario, usual, side, found.remarks)]
        if sides:
            found.inputs.append(Input(usual.title, tuple(sides)))
        elif usual.missing and not tried:
            found.remarks.append(f"{usual.title} is left out: {usual.missing}")
    exact = [queue.name for queue in scenario.queues if queue.arrivals.times_s is not None]
    if 0 < len(exact) < len(scenario.queues) and how_far.forecast:
        found.remarks.append(f"Forecast volume: the exact arrival times of {', '.join(exact)} stay")
    return found


def _usual(spans: Spans) -> Iterator[_Usual]:
    all_exact, no_law = "all arrivals are at exact times", "no queue has a law of patience"
    usual = (
        _Usual("Forecast volume", spans.forecast, _per_cent, _volume, all_exact),
        _Usual("Handling time", spans.handling, _per_cent, _handling),
        _Usual("Patience", spans.patience, _per_cent, _patience, no_law),
        _Usual("Patience with replies", spans.patience, _per_cent, _reply_patience),
        _Usual("Absence", spans.absence, _points, _absence),
        _Usual("Chats at once", spans.concurrency, _signed, _concurrency),
    )
    yield from (each for each in usual if each.span)


def _sides(scenario: Scenario, usual: _Usual) -> Iterator[Side]:
    for span in (-usual.span, usual.span):
        changes = tuple(usual.changes(scenario, span))
        if changes:
            yield Side(usual.shown(span), changes)


def _is_allowed(scenario: Scenario, usual: _Usual, side: Side, remarks: list[str]) -> bool:
    """Whether a scenario's laws allow a change; if not, a remark says which forbids it."""
    try:
        varied(scenario, side.changes)
    except ScenarioError as error:
        remarks.append(f"{usual.title} {side.label} is left out: {error.problems[0].law}")
        return False
    return True


def input_of(vary: Vary) -> Input:
    """Input that takes the values of a *vary*, an effect each.

    Raises
    ------
    VaryError
        If they are more than `MOST_EFFECTS`.
    """
    if len(vary.values) > MOST_EFFECTS:
        law = f"at most {MOST_EFFECTS} values for one input (`sim sweep` draws curves)"
        raise VaryError(f"vary: {vary.path}: {law}, got {len(vary.values):,}")
    return Input(vary.path, tuple(Side(_value(change), (change,)) for change in vary.changes()))


def volume(scenario: Scenario, factor: float, queues: Iterable[int] | None = None) -> Iterator[Change]:
    """Changes that make *factor* times as many chats come to the *queues* (all); exact times stay."""
    for q in range(len(scenario.queues)) if queues is None else queues:
        arrivals = scenario.queues[q].arrivals
        if arrivals.times_s is None:
            key = "per_hour" if arrivals.per_hour is not None else "per_interval"
            yield Change(f"queues.{q}.arrivals.{key}", "*=", factor)


def _volume(scenario: Scenario, span: float) -> Iterator[Change]:
    return volume(scenario, 1 + span)


def _handling(scenario: Scenario, span: float) -> Iterator[Change]:
    for q, queue in enumerate(scenario.queues):
        for name in ("agent_s", "customer_s", "work_s", "wrap_up_s"):
            law = getattr(queue.service, name, None)
            yield from _scaled(f"queues.{q}.service.{name}", law, 1 + span)


def _patience(scenario: Scenario, span: float) -> Iterator[Change]:
    for q, queue in enumerate(scenario.queues):
        yield from _scaled(f"queues.{q}.patience", queue.patience, 1 + span)


def _reply_patience(scenario: Scenario, span: float) -> Iterator[Change]:
    for q, queue in enumerate(scenario.queues):
        yield from _scaled(f"queues.{q}.reply_patience", queue.reply_patience, 1 + span)


def _scaled(path: str, law: Record | None, factor: float) -> Iterator[Change]:
    """Changes that make all durations of a *law* longer by a *factor*: each of its keys by its unit."""
    for key, value in law.model_dump().items() if law is not None else ():
        if value is not None and key.endswith("_per_s"):
            yield Change(f"{path}.{key}", "*=", 1 / factor)
        elif value is not None and key.endswith("_s"):
            yield Change(f"{path}.{key}", "*=", factor)


def _absence(scenario: Scenario, span: float) -> Iterator[Change]:
    for g, group in enumerate(scenario.groups):
        share = min(max(group.absence + span, 0.0), 1.0)
        if share != group.absence:
            yield Change(f"groups.{g}.absence", "=", share)


def _concurrency(scenario: Scenario, span: float) -> Iterator[Change]:
    for g, group in enumerate(scenario.groups):
        places = [(f"groups.{g}", group.concurrency)]
        for k, level in enumerate(group.seniority):
            places.append((f"groups.{g}.seniority.{k}", level.concurrency))
        for path, slots in places:
            if slots + span >= 1:
                yield Change(f"{path}.concurrency", "=", int(slots + span))


def _per_cent(span: float) -> str:
    return f"{_signed(100 * span)} %"


def _points(span: float) -> str:
    return f"{_signed(100 * span)} points"


def _signed(value: float) -> str:
    return f"{value:+.6g}".replace("-", "−")


def _value(change: Change) -> str:
    value = change.value
    if change.operator == "+=" and isinstance(value, int | float):
        return _signed(value)
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"× {shown}" if change.operator == "*=" else shown
