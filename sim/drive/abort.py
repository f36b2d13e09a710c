"""When is it sure that a part of the day has broken a limit? Asked while the day goes on, to end it then.

At its end a part breaks what no answer can mend that is still to come: what is counted only grows, and a
percentile is too long even if all that is on its way takes no time. Anything else, key figures above all, is
sure once all chats of the part are over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sim.drive.invariants import message_lost
from sim.drive.latency import Latencies, Times
from sim.drive.limits import GROWING, TIMES, Limit, checked
from sim.drive.parts import centre_of, part_of
from sim.drive.play import Pending
from sim.drive.record import Kind
from sim.drive.run import Driven


@dataclass(frozen=True, slots=True)
class Abort:
    """Ends a day with the first part that surely breaks a limit: a `Guard`."""

    limits: Sequence[Limit]
    before: Sequence[Driven]
    """Days that were driven already: parts are judged over all of them."""

    def at_end(self, part: int, so_far: Driven, pending: Pending) -> bool:
        """At its end, whatever becomes of what is *pending*."""
        days = [*self.before, so_far]
        latencies = Latencies()
        for day in days:
            latencies.add(day.of_parts[part])
        return any(
            _is_too_long(limit, latencies, pending) or _is_too_many(limit, days, part)
            for limit in self._judged
        )

    def when_over(self, part: int, so_far: Driven) -> bool:
        """Once all its chats are over."""
        lost = message_lost(sorted(so_far.record.events, key=lambda event: event.at_s), centre_of(so_far))
        found = part_of([*self.before, so_far], list(lost), part)
        scenario = so_far.day.scenario
        return any(
            checked(limit, scenario, found.latencies, found.counts, found.measured).met is False
            for limit in self._judged
        )

    @property
    def _judged(self) -> list[Limit]:
        return [limit for limit in self.limits if limit.over == "stage"]


def _is_too_long(limit: Limit, latencies: Latencies, pending: Pending) -> bool:
    if limit.figure not in TIMES or limit.side != "at most":
        return False
    verb, percent = TIMES[limit.figure]
    return 1000 * at_best_s(latencies[verb], percent, pending[verb]) > limit.bound


def _is_too_many(limit: Limit, days: Sequence[Driven], part: int) -> bool:
    if limit.figure not in GROWING or limit.side != "at most":
        return False
    span = days[-1].options.parts[part]
    kind = {"errors": Kind.FAILED, "skipped": Kind.SKIPPED}[limit.figure]
    n = sum(
        event.kind is kind and span.start_s <= event.at_s < span.end_s
        for day in days
        for event in day.record.events
    )
    return n > limit.bound


def at_best_s(times: Times, percent: float, pending: int) -> float:
    """A percentile if so many more that are *pending* take no time at all; 0 where that is all there is."""
    rank = ceil(percent / 100 * (times.n + pending)) - pending
    return times.percentile_s(100 * rank / times.n) if rank > 0 else 0.0
