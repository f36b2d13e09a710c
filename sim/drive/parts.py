"""How did each part of the day go? Its latencies, what failed in it, and its figures beside those
predicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.drive.invariants import Failure, Invariant
from sim.drive.latency import Latencies
from sim.drive.options import Part
from sim.drive.record import Kind
from sim.drive.run import Driven
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
    """Give the parts of driven *days*, in whose course laws were broken as the *failures* say."""
    told = list(failures)
    return tuple(_part(days, told, k, part) for k, part in enumerate(days[0].options.parts))


def _part(days: Sequence[Driven], failures: Sequence[Failure], k: int, part: Part) -> PartDriven:
    latencies, window = Latencies(), Window(part.start_s, part.end_s)
    for day in days:
        latencies.add(day.of_parts[k])
    scenario = days[0].day.scenario
    predicted, measured = (
        Estimates(measure_all(logs, scenario, window=window))
        for logs in ([day.day.twin for day in days], [day.log for day in days])
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
