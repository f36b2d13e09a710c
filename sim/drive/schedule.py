"""Which day is played? One replication of a scenario: who comes and who works, drawn before anything happens.

Nothing is drawn while it is played, so the simulated twin of the very same day stands beside it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arrays import Floats
from sim.draws.record import Draws
from sim.draws.sampling import draw
from sim.drive.adapters.base import Desk
from sim.engines import simulate
from sim.errors import LoadError
from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.scenario.demand import Queue
from sim.scenario.duty import DutyPlan, duty_plan
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.scenario.units import plural

BEFORE_S = 60.0
"""A day goes on so long before somebody comes or logs in."""
PLAYED: dict[type[Record], frozenset[str]] = {
    Scenario: frozenset({
        *("name", "start", "days", "interval_min", "warm_up_h", "hours", "holidays"),
        "fte_hours_per_week", "targets", "zone", "capacity", "bid", "people", "roster",
        *("queues", "groups", "routing", "quality", "stress", "platform"),
    }),
    Queue: frozenset({
        *("name", "priority", "prefer", "max_wait_s", "arrivals", "patience", "service", "reply_patience"),
        *("idle_timeout_s", "retry", "max_attempts", "attempts_keep", "targets", "zone"),
    }),
    Group: frozenset({
        *("name", "queues", "concurrency", "switching", "agents", "staffing", "staffing_by_day"),
        "shifts", "patterns",
        *("seniority", "speed", "ramp", "absence", "late_s", "shrinkage", "targets", "zone"),
    }),
}  # fmt: skip
"""What can be played, or needs no playing: of each record its keys. What else is set is refused."""
REASONS = {
    "capacity": "nobody but the server could turn customers away",
    "balking": "no server announces the wait",
    "silence": "nobody could tell a silent customer from a slow one",
    "return": "a server does not say what is resolved",
}
"""Why some keys can't be played."""


@dataclass(frozen=True, slots=True)
class Span:
    """A span of an agent's duty."""

    row: int
    """Among those of all agents."""
    on_s: float
    off_s: float


@dataclass(frozen=True, eq=False)
class Day:
    """One replication of a scenario, as it is played."""

    scenario: Scenario
    draws: Draws
    team: DutyPlan

    @classmethod
    def of(cls, scenario: Scenario, seed: int = 1, replication: int = 0) -> Day:
        """Draw it, without what customers think of it, which no server knows."""
        scenario = scenario.model_copy(update={"quality": None}) if scenario.quality else scenario
        draws = draw(scenario, seed, replication)
        return cls(scenario, draws, duty_plan(scenario, draws.people))

    def __repr__(self) -> str:
        chats = plural(self.draws.n_customers, "customer")
        return f"<Day of {self.scenario.name!r}, replication {self.draws.replication}: {chats}>"

    @cached_property
    def twin(self) -> ChatLog:
        """The same day, simulated."""
        return simulate(self.scenario, self.draws)

    @cached_property
    def opened_s(self) -> Floats:
        """When chats are opened in the twin, in order; who finds the centre closed opens none (R2)."""
        chat = self.twin.chat
        return np.sort(chat.arrival_s[chat.outcome != Outcome.OFFLINE])

    @cached_property
    def start_s(self) -> float:
        """The first log-in or the first chat, whichever is earlier."""
        firsts = [*self.opened_s[:1].tolist(), *self.team.on_s.tolist()]
        return float(min(firsts, default=0.0))

    @cached_property
    def end_s(self) -> float:
        """When the last chat is over in the twin, and its agent free."""
        chat = self.twin.chat
        over_s = np.concatenate([chat.ended_s, chat.released_s])[np.tile(chat.outcome != Outcome.OFFLINE, 2)]
        times = np.concatenate([self.opened_s, over_s])
        return float(np.max(times, where=np.isfinite(times), initial=self.start_s))

    @cached_property
    def _quiet(self) -> list[tuple[float, float]]:
        """Spans between start and end in which the twin has nobody in it, neither customers nor agents."""
        chat, duty = self.twin.chat, self.twin.duty
        came = chat.outcome != Outcome.OFFLINE
        over_s = np.fmax(chat.ended_s, chat.released_s)[came]
        over_s = np.where(np.isnan(over_s), self.end_s, over_s)
        out_s = np.where(np.isnan(duty.out_s), duty.off_s, duty.out_s)
        starts = np.concatenate([chat.arrival_s[came], duty.on_s])
        ends = np.concatenate([over_s, out_s])
        order = np.argsort(starts, kind="stable")
        until = np.maximum.accumulate(ends[order])
        pairs = zip(until[:-1].tolist(), starts[order][1:].tolist(), strict=True)
        return [(end_s, next_s) for end_s, next_s in pairs if next_s > end_s]

    def gaps(self, later_s: float) -> list[tuple[float, float]]:
        """Spans that need not be waited for: nights, from *later_s* after the last has gone until shortly
        before.

        The server has so long to be done with what is late.
        """
        found = ((end_s + later_s, next_s - BEFORE_S) for end_s, next_s in self._quiet)
        return [(start_s, end_s) for start_s, end_s in found if end_s > start_s and end_s < self.end_s]

    @cached_property
    def desks(self) -> list[Desk]:
        """The agents, in order of number."""
        return [
            self._desk(number, int(group), int(slots))
            for number, (group, slots) in enumerate(zip(self.team.group, self.team.slots, strict=True))
        ]

    def _desk(self, number: int, g: int, slots: int) -> Desk:
        group = self.scenario.groups[g]
        queues = [queue for queue in self.scenario.queues if queue.name in group.queues]
        tiers = [
            queue.prefer.index(group.name) if group.name in queue.prefer else len(queue.prefer)
            for queue in queues
        ]
        return Desk(number, slots, tuple(queue.name for queue in queues), tuple(tiers))

    def queue(self, row: int) -> Queue:
        """Queue of a chat."""
        queue: Queue = self.scenario.queues[self.draws.queue[row]]
        return queue

    def turns(self, row: int) -> range:
        """Rows of the turns of a chat."""
        return range(self._offsets[row], self._offsets[row + 1])

    @cached_property
    def _offsets(self) -> list[int]:
        """As a list, of which single ones are had fast."""
        offsets: list[int] = self.draws.turn_offset.tolist()
        return offsets

    def spans(self, agent: int) -> list[Span]:
        """Spans of an agent's duty, in order of time."""
        rows = np.flatnonzero(self.team.agent == agent).tolist()
        return [Span(row, float(self.team.on_s[row]), float(self.team.off_s[row])) for row in rows]

    def speed(self, agent: int, time_s: float) -> float:
        """Speed of an agent at a time (R30)."""
        day_s, speed = self._speeds[agent]
        return speed[bisect_right(day_s, time_s) - 1]

    @cached_property
    def _speeds(self) -> list[tuple[list[float], list[float]]]:
        """Of each agent the days' beginnings and speeds."""
        return list(zip(self.team.day_s.tolist(), self.team.speed.tolist(), strict=True))

    def stays(self, agent: int) -> bool:
        """Whether an agent clears what waits after closing (R12)."""
        group = self.scenario.groups[self.team.group[agent]]
        return group.agents is not None and self.scenario.closes

    @cached_property
    def _openings(self) -> list[tuple[float, float]]:
        """From and until when it is open: each customer asks, and the calendar takes its time."""
        return self.scenario.opening_spans

    def is_open(self, time_s: float) -> bool:
        """Whether customers find the centre open (R2)."""
        return any(on_s <= time_s < off_s for on_s, off_s in self._openings)

    def next_opening_s(self, time_s: float) -> float:
        """When the centre, closed at *time_s*, opens."""
        return min((on_s for on_s, _ in self._openings if on_s > time_s), default=float("inf"))


def refuse_unplayable(scenario: Scenario, adapter: str) -> None:
    """Refuse a scenario with features that can't be played on a real server.

    Raises
    ------
    LoadError
        With a line for each of them.
    """
    told = [f"  {line}" for line in _unplayable(scenario)]
    if told:
        raise LoadError("\n".join([f"{scenario.name!r} can't be played on {adapter}:", *told]))


def _unplayable(scenario: Scenario) -> Iterator[str]:
    yield from _further("", scenario)
    if scenario.incidents:
        yield "stress.in_force: incidents happen to simulated centres alone"
    for q, queue in enumerate(scenario.queues):
        yield from _further(f"queues.{q}.", queue)
        if not queue.by_turns:
            yield f"queues.{q}.service: {queue.name!r} is served by work, and has no messages to send"
    for g, group in enumerate(scenario.groups):
        yield from _further(f"groups.{g}.", group)


def _further(place: str, record: Record) -> Iterator[str]:
    """Features of a record that nobody plays: keys that are set, and not among those that are."""
    for name, field in type(record).model_fields.items():
        if name in PLAYED[type(record)] or getattr(record, name) == field.get_default(
            call_default_factory=True
        ):
            continue
        key = field.alias or name
        yield f"{place}{key}: {REASONS.get(key, 'the driver does not play it')}"


def arrivals_within(times_s: Floats, width_s: float) -> int:
    """Most arrivals within any *width_s* seconds.

    >>> arrivals_within(np.array([0.0, 1.0, 1.5, 9.0]), 1.0)
    2
    """
    ends = np.searchsorted(times_s, times_s + width_s, side="left")
    return int(np.max(ends - np.arange(len(times_s)), initial=0))
