"""Who takes which chat? The routing rules (R3, R6 to R10) over desks, as servers and drivers need them.

It only decides. Whoever asks says what became of it: a slot is taken when an agent is chosen, and freed when
the chat is over, or was not to be had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import floor

from sim.drive.adapters.base import Desk
from sim.rules import Policy


@dataclass(slots=True)
class Seat:
    """An agent as routing sees them."""

    desk: Desk
    on_duty: bool = False
    n_open: int = 0
    idle_since: float = 0.0

    @property
    def number(self) -> int:
        """Number of the agent."""
        return self.desk.number

    @property
    def may_take(self) -> bool:
        """On duty with a free slot (R6)."""
        return self.on_duty and self.n_open < self.desk.slots

    def take(self, now_s: float) -> None:
        """Fill a slot (R8)."""
        self.n_open += 1
        self.idle_since = now_s

    def free(self, now_s: float) -> None:
        """Free a slot (R8)."""
        self.n_open -= 1
        self.idle_since = now_s


@dataclass(frozen=True, slots=True)
class Call:
    """A chat as routing sees it."""

    chat: str
    queue: str
    arrival_s: float
    row: int
    """Among chats of one instant the lower comes first."""
    u: float = 0.0
    """Uniform that chooses under random routing (R7)."""


class Floor:
    """The desks, and the chats that wait, in a line a queue."""

    def __init__(
        self, desks: Iterable[Desk], policy: Policy, priorities: dict[str, int], now: Callable[[], float]
    ) -> None:
        self.seats = [Seat(desk) for desk in desks]
        self._by_queue = {
            queue: [seat for seat in self.seats if queue in seat.desk.queues] for queue in priorities
        }
        self._policy, self._priorities, self._now = policy, priorities, now
        self._chosen_last = dict.fromkeys(priorities, -1)
        self._lines: dict[str, dict[str, Call]] = {queue: {} for queue in priorities}

    @property
    def n_waiting(self) -> int:
        """Chats in all lines."""
        return sum(map(len, self._lines.values()))

    def is_waiting(self, call: Call) -> bool:
        """Whether a chat is in its line."""
        return call.chat in self._lines[call.queue]

    def arrive(self, call: Call) -> Seat | None:
        """Give who takes an arriving chat, their slot taken (R3, R7); if there is nobody, it waits."""
        for free in _tiers(self._by_queue[call.queue], call.queue):
            if free:
                seat = self._choose(free, call)
                seat.take(self._now())
                return seat
        self._queue_up(call)
        return None

    def next_for(self, seat: Seat) -> Call | None:
        """Give the waiting chat that an agent takes (R9), if they may: out of the line, their slot taken."""
        if not seat.may_take:
            return None
        heads = [
            (self._priorities[queue], *_place(call), call)
            for queue in seat.desk.queues
            if (call := next(iter(self._lines[queue].values()), None)) is not None
        ]
        if not heads:
            return None
        *_, call = min(heads, key=lambda head: head[:3])
        del self._lines[call.queue][call.chat]
        seat.take(self._now())
        return call

    def leave(self, call: Call) -> bool:
        """Take a chat out of its line; False if it is not in it."""
        return self._lines[call.queue].pop(call.chat, None) is not None

    def _queue_up(self, call: Call) -> None:
        """Put a chat into its line, in order of arrival: one that comes back has its old place."""
        line = self._lines[call.queue]
        last = next(reversed(line.values()), call)
        line[call.chat] = call
        if _place(call) < _place(last):
            self._lines[call.queue] = {each.chat: each for each in sorted(line.values(), key=_place)}

    def _choose(self, free: Sequence[Seat], call: Call) -> Seat:
        """Choose among agents in order of number (R7)."""
        match self._policy:
            case Policy.LEAST_LOADED:
                return min(free, key=lambda seat: (seat.n_open, seat.idle_since, seat.number))
            case Policy.MOST_LOADED:
                return min(free, key=lambda seat: (-seat.n_open, seat.idle_since, seat.number))
            case Policy.LONGEST_IDLE:
                return min(free, key=lambda seat: (seat.idle_since, seat.number))
            case Policy.ROUND_ROBIN:
                later = [seat for seat in free if seat.number > self._chosen_last[call.queue]]
                chosen = (later or free)[0]
                self._chosen_last[call.queue] = chosen.number
                return chosen
            case Policy.RANDOM:
                return free[floor(call.u * len(free))]


def _place(call: Call) -> tuple[float, int]:
    """Who comes first in a line."""
    return call.arrival_s, call.row


def _tiers(seats: Sequence[Seat], queue: str) -> list[list[Seat]]:
    """Those who may take a chat of a *queue*, tier by tier, each in order of number."""
    tiers: dict[int, list[Seat]] = {}
    for seat in seats:
        if seat.may_take:
            tiers.setdefault(seat.desk.prefer[seat.desk.queues.index(queue)], []).append(seat)
    return [tiers[tier] for tier in sorted(tiers)]
