"""How did each part of the day go? Its latencies, what failed in it, and its figures beside those
predicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.drive.invariants import GRACE_S, Centre, Failure, Invariant
from sim.drive.latency import Latencies
from sim.drive.options import Part
from sim.drive.record import Kind
from sim.drive.run import Driven
from sim.drive.until import until
from sim.kpis.estimate import Estimates
from sim.kpis.measure import measure_all
from sim.kpis.timeline import Window


@dataclass(frozen=True, eq=False)
class PartDriven:
    """A part of the driven days."""

    part: Part
    latencies: Latencies
    counts: Mapping[str, float | None]
    """What was counted in it, by the names of limits."""
    predicted: Estimates
    measured: Estimates


def parts_of(days: Sequence[Driven], failures: Iterable[Failure]) -> tuple[PartDriven, ...]:
    """Give the parts of driven *days*, in whose course laws were broken as the *failures* say.

    Where a part broke a limit, at which the days were to end, those after it are left out.
    """
    told = list(failures)
    last = days[-1].last_part
    n = len(days[0].options.parts) if last is None else last + 1
    return tuple(part_of(days, told, k) for k in range(n))


def part_of(days: Sequence[Driven], failures: Sequence[Failure], k: int) -> PartDriven:
    """Give the *k*-th part of driven *days*; of one that was broken off, what had happened by then."""
    part = days[0].options.parts[k]
    latencies, window = Latencies(), Window(part.start_s, part.end_s)
    for day in days:
        latencies.add(day.of_parts[k])
    scenario = days[0].day.scenario
    predicted, measured = (
        Estimates(measure_all(logs, scenario, window=window))
        for logs in (
            [until(day.day.twin, day.until_s) for day in days],
            [until(day.log, day.until_s) for day in days],
        )
    )
    events = [
        event.kind for day in days for event in day.record.events if part.start_s <= event.at_s < part.end_s
    ]
    mine = [failure for failure in failures if part.start_s <= failure.at_s < part.end_s]
    counts = counts_of(events.count(Kind.FAILED), events.count(Kind.SKIPPED), mine, predicted, measured)
    return PartDriven(part, latencies, counts, predicted, measured)


def counts_of(
    errors: int, skipped: int, failures: Iterable[Failure], predicted: Estimates, measured: Estimates
) -> dict[str, float | None]:
    """What is limited beside times and key figures, by name."""
    lost = sum(failure.name is Invariant.MESSAGE_LOST for failure in failures)
    missed, expected = (each.figure("missed_rate").value for each in (measured, predicted))
    more = None if missed is None else max(missed - (expected or 0.0), 0.0)
    return {"errors": float(errors), "skipped": float(skipped), "lost": float(lost), "unanswered": more}


def centre_of(day: Driven) -> Centre:
    """What checks must know of a day."""
    scenario, draws = day.day.scenario, day.day.draws
    speed = 1.0 if day.options.virtual else day.options.speed
    names = [queue.name for queue in scenario.queues]
    off_s = {
        str(span.row): span.off_s
        for desk in day.day.desks
        if not day.day.stays(desk.number)
        for span in day.day.spans(desk.number)
    }
    return Centre(
        day.day.desks,
        scenario.routing.policy,
        day.routes,
        speed * (GRACE_S + 2 * (day.poll_s or 0.0)),
        {row: names[q] for row, q in enumerate(draws.queue.tolist())},
        off_s,
    )
