"""What is the reference engine made of? Its clock, its agents, and the stages at which chats are entered."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import NamedTuple, TypeAlias

import simpy
from simpy.events import EventPriority

from sim.rules import Order, Stage
from sim.scenario.demand import Queue
from sim.scenario.scenario import Scenario

Choose: TypeAlias = "Callable[[list[Agent], str, float], Agent]"
"""A routing policy of one's own: chooses among agents with a free slot, in order of number; for a chat of a
queue, by name, at a time in seconds."""


class Clock(simpy.Environment):
    """SimPy's environment with events at exact times, ordered within an instant by the rule book."""

    def __init__(self, now_s: float = 0.0) -> None:
        super().__init__(initial_time=now_s)
        self.n_events = 0

    def at(self, time_s: float, order: Order, row: int) -> simpy.Event:
        """Give the event of *row* at *time_s*, placed among its contemporaries by `Order`."""
        event = simpy.Event(self)
        event._ok, event._value = True, None
        # NOTE: not `schedule(delay=time_s - now)`: now + (time_s - now) is not always time_s.
        place = EventPriority(order * 10**9 + row)
        heappush(self._queue, (time_s, place, next(self._eid), event))
        self.n_events += 1
        return event

    def call(self, time_s: float, order: Order, row: int, happen: Callable[[], None]) -> None:
        """Let something of *row* happen at *time_s*, unless that is never or before this run began (R49)."""
        if self.now <= time_s < float("inf"):
            callbacks = self.at(time_s, order, row).callbacks
            assert callbacks is not None
            callbacks.append(lambda _: happen())


class Entry(NamedTuple):
    """Where the process of a chat is entered: the stage, when that ends by itself, and the turn (R48)."""

    stage: Stage
    until_s: float = float("nan")
    turn: int = 0


ACCEPTED = Entry(Stage.WAITING)
"""A chat whose service has not begun."""


class Agent:
    """One agent: on duty or not, the chats in their slots, and what has their attention."""

    def __init__(self, number: int, group: int, slots: int, n_queues: int) -> None:
        self.number, self.group, self.slots = number, group, slots
        self.on_duty = False
        self.is_leaving = False
        """Logged off; if on duty still, as constant agents after closing, until they hold no chat (R12)."""
        self.span = -1
        """Span of duty that began last."""
        self.n_open = 0
        self.idle_since = 0.0
        self.is_attending = False
        self.inbox: dict[int, simpy.Event] = {}
        """Chats whose messages wait for their attention, in order, each with the event that it waits for."""
        self.work: dict[int, float] = {}
        """Finish marks of the chats that are worked on (R17)."""
        self.clock_s = [0.0] * n_queues
        self.since_s = 0.0
        self.retimings = 0
        """Counts changes of speed: a finish announced before the last of them is void."""

    @property
    def may_take(self) -> bool:
        """On duty with a free slot (R6); skills are looked at where agents are looked for."""
        return self.on_duty and self.n_open < self.slots


def tiers(scenario: Scenario, queue: Queue) -> list[list[int]]:
    """Groups that may take a chat of a *queue*, tier by tier (R7)."""
    names = [group.name for group in scenario.groups]
    preferred = [[names.index(name)] for name in queue.prefer]
    others = [
        g
        for g, group in enumerate(scenario.groups)
        if queue.name in group.queues and group.name not in queue.prefer
    ]
    return [*preferred, others] if others else preferred
