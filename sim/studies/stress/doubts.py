"""Does a scenario's stress stress anything? Stages and incidents that change nothing, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.incidents import AgentsOut, Burst, Incident, Outage, SlowSystem
from sim.scenario.scenario import Scenario
from sim.studies.stress.load import opening_s, spans

CLOSED = "the centre is closed all that time, so it touches nobody but those who are still there"


def doubts_of_stress(scenario: Scenario) -> Iterator[str]:
    """Sentences on the stages and incidents of a *scenario*: those of size 0, and those while it is
    closed.
    """
    stress = scenario.stress
    if stress is None:
        return
    for incident in stress.incidents:
        if nothing := _nothing_of(incident):
            yield f"{incident.told}: changes nothing, {nothing}"
        elif isinstance(incident, SlowSystem | Outage) and _is_closed(
            scenario, *incident.span_s(scenario.calendar.local)
        ):  # of the others `doubts` says who is not there, and who comes in vain
            yield f"{incident.told}: {CLOSED}"
    yield from _of_stages(scenario)


def _nothing_of(incident: Incident) -> str:
    """Why an incident is of size 0; empty if it is not."""
    match incident:
        case AgentsOut(agents=0):
            return "it takes nobody away"
        case Burst(customers=0):
            return "nobody comes"
        case SlowSystem(factor=1.0):
            return "nothing takes longer"
        case _:
            return ""


def _is_closed(scenario: Scenario, start_s: float, end_s: float) -> bool:
    """Whether the centre is closed all that time."""
    return not any(on_s < end_s and off_s > start_s for on_s, off_s in scenario.opening_spans)


def _of_stages(scenario: Scenario) -> Iterator[str]:
    stress = scenario.stress
    assert stress is not None
    if not stress.stages:
        return
    if all(stage.factor == 1 for stage in stress.stages):
        yield "stages: demand is as usual in all of them, so they change nothing"
    start_s = opening_s(scenario)
    if stress.start is not None:
        start_s = scenario.calendar.local.moment_s(stress.start)
    for span in spans(stress.stages, start_s):
        if _is_closed(scenario, span.start_s, span.end_s) and not span.before == span.factor == 1:
            times = f"{scenario.calendar.local.text(span.start_s)}, {(span.end_s - span.start_s) / 60:g} min"
            yield f"{span.name}, {times}: {CLOSED}"
