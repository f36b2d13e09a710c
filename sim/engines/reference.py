"""What happens? The specification: SimPy, one readable process per chat, the rules cited by number.

No cleverness here: where this engine and a faster one disagree, this one is right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from heapq import heappush
from itertools import islice
from math import floor
from typing import TypeAlias

import numpy as np
import simpy
from simpy.events import EventPriority

from sim.draws.record import Draws
from sim.log.chatlog import ChatLog, Chats, Duty, Turns, chat_log
from sim.world.demand import ByWork, Queue
from sim.world.rota import Rota, rota
from sim.world.rules import NO_AGENT, Order, Outcome, Policy
from sim.world.scenario import Scenario
from sim.world.units import DAY_S

Process: TypeAlias = Generator[simpy.Event, object, None]


class Clock(simpy.Environment):
    """SimPy's environment with events at exact times, ordered within an instant by the rule book."""

    def __init__(self) -> None:
        super().__init__(initial_time=0.0)
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


class Agent:
    """One agent: on duty or not, the chats in his slots, and what has his attention."""

    def __init__(self, number: int, group: int, slots: int, n_queues: int) -> None:
        self.number, self.group, self.slots = number, group, slots
        self.on_duty = False
        self.span = -1
        """Span of duty that began last."""
        self.n_open = 0
        self.idle_since = 0.0
        self.is_attending = False
        self.inbox: deque[simpy.Event] = deque()
        """Messages that wait for his attention, each the event that its chat waits for."""
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


class Desk:
    """The state of the centre, and its processes."""

    def __init__(self, scenario: Scenario, draws: Draws, team: Rota) -> None:
        self.scenario, self.draws, self.rota = scenario, draws, team
        self.env = Clock()
        n_queues, n_chats, n_turns = len(scenario.queues), draws.n_chats, draws.n_turns
        self.agents = [
            Agent(number, int(group), int(slots), n_queues)
            for number, (group, slots) in enumerate(zip(team.group, team.slots, strict=True))
        ]
        names = [queue.name for queue in scenario.queues]
        self.skills = [sorted(names.index(name) for name in group.queues) for group in scenario.groups]
        self.tiers = [tiers(scenario, queue) for queue in scenario.queues]
        self.waiting: list[dict[int, simpy.Event]] = [{} for _ in range(n_queues)]
        """Of each queue: its waiting chats in order of arrival, each with the event it waits for."""
        self.done: dict[int, simpy.Event] = {}
        """Of each chat that is worked on: the event that its work is done."""
        self.chosen_last = [-1] * n_queues
        """Of each queue: the agent whom round robin chose last."""
        self.outcome = np.full(n_chats, Outcome.UNFINISHED, dtype=np.int64)
        self.agent = np.full(n_chats, NO_AGENT, dtype=np.int64)
        self.queued = np.zeros(n_chats, dtype=np.bool_)
        self.accepted_s, self.ended_s, self.released_s = (np.full(n_chats, np.nan) for _ in range(3))
        self.message_s, self.start_s, self.reply_s = (np.full(n_turns, np.nan) for _ in range(3))
        self.out_s = team.off_s.copy()

    def run(self) -> None:
        """Let everything happen until nothing more can (R5)."""
        for span in range(len(self.rota.agent)):
            self.env.process(self.duty(span))
        self.env.process(self.door())
        self.env.run()

    # Customers

    def door(self) -> Process:
        """Chats arrive at their drawn times (R1)."""
        for row, arrival_s in enumerate(self.draws.arrival_s.tolist()):
            yield self.env.at(arrival_s, Order.ARRIVAL, row)
            self.env.process(self.chat(row))

    def chat(self, row: int) -> Process:
        """One chat, from its arrival to its outcome."""
        q = int(self.draws.queue[row])
        queue = self.scenario.queues[q]
        if not self.is_open():  # R2
            self.leave(row, Outcome.OFFLINE)
            return
        chosen = self.route(row, q)
        if chosen is not None:  # R3
            self.accept(row, chosen)
        elif queue.capacity is not None and len(self.waiting[q]) >= queue.capacity:
            self.leave(row, Outcome.BLOCKED)
            return
        else:
            gave_up = yield from self.wait(row, q)
            if isinstance(gave_up, Outcome):
                self.leave(row, gave_up)
                return
        agent = self.agents[self.agent[row]]
        yield from self.converse(row, agent) if queue.by_turns else self.be_worked_on(row)
        self.ended_s[row] = self.env.now
        yield self.env.at(self.env.now + float(self.draws.wrap_up_s[row]), Order.WRAP_UP, row)  # R16, R18
        self.outcome[row] = Outcome.SERVED
        self.released_s[row] = self.env.now
        self.free_slot(agent)
        if queue.wrap_up_attention:
            self.attend_next(agent)

    def is_open(self) -> bool:
        """Whether chats may arrive now (R2)."""
        hours = self.scenario.hours
        return hours is None or hours.open <= self.env.now % DAY_S < hours.close

    def leave(self, row: int, outcome: Outcome) -> None:
        """End a chat that no agent has accepted."""
        self.outcome[row] = outcome
        self.ended_s[row] = self.env.now

    def wait(self, row: int, q: int) -> Generator[simpy.Event, object, object]:
        """Wait for an agent; return None when one has accepted, or the outcome of having given up (R4)."""
        self.queued[row] = True
        self.waiting[q][row] = decided = self.env.event()
        arrival_s = self.env.now

        def give_up_at(time_s: float, order: Order, outcome: Outcome) -> None:
            def give_up(_: simpy.Event) -> None:
                if row in self.waiting[q]:
                    del self.waiting[q][row]
                    decided.succeed(outcome)

            if time_s < float("inf"):
                callbacks = self.env.at(time_s, order, row).callbacks
                assert callbacks is not None
                callbacks.append(give_up)

        max_wait_s = self.scenario.queues[q].max_wait_s
        if max_wait_s is not None:
            give_up_at(arrival_s + max_wait_s, Order.OVERFLOW, Outcome.OVERFLOWED)
        give_up_at(arrival_s + float(self.draws.patience_s[row]), Order.PATIENCE, Outcome.ABANDONED)
        return (yield decided)

    # Routing

    def route(self, row: int, q: int) -> Agent | None:
        """Choose the agent who takes an arriving chat, if one may (R7)."""
        for tier in self.tiers[q]:
            free = [agent for agent in self.agents if agent.group in tier and agent.may_take]
            if free:
                return self.choose(free, row, q)
        return None

    def choose(self, free: list[Agent], row: int, q: int) -> Agent:
        """Choose among agents in order of number, by the routing policy (R7)."""
        match self.scenario.routing.policy:
            case Policy.LEAST_LOADED:
                return min(free, key=lambda agent: (agent.n_open, agent.idle_since, agent.number))
            case Policy.MOST_LOADED:
                return min(free, key=lambda agent: (-agent.n_open, agent.idle_since, agent.number))
            case Policy.LONGEST_IDLE:
                return min(free, key=lambda agent: (agent.idle_since, agent.number))
            case Policy.ROUND_ROBIN:
                later = [agent for agent in free if agent.number > self.chosen_last[q]]
                chosen = (later or free)[0]
                self.chosen_last[q] = chosen.number
                return chosen
            case Policy.RANDOM:
                return free[floor(float(self.draws.route_u[row]) * len(free))]

    def accept(self, row: int, agent: Agent) -> None:
        """Give a chat to an agent."""
        q = int(self.draws.queue[row])
        self.advance(agent)
        agent.n_open += 1
        agent.idle_since = self.env.now  # R8
        self.agent[row] = agent.number
        self.accepted_s[row] = self.env.now
        if not self.scenario.queues[q].by_turns:
            agent.work[row] = agent.clock_s[q] + float(self.draws.work_s[row])  # R17
            self.done[row] = self.env.event()
        self.announce_finish(agent)

    def free_slot(self, agent: Agent) -> None:
        """Free a slot of an agent; he fills it if he may (R9)."""
        self.advance(agent)
        agent.n_open -= 1
        agent.idle_since = self.env.now  # R8
        self.announce_finish(agent)
        self.fill_slots(agent)
        if not agent.on_duty and agent.n_open == 0:  # R11: the end of an overrun
            self.out_s[agent.span] = self.env.now

    def fill_slots(self, agent: Agent) -> None:
        """Give an agent the waiting chats that he may take, in order (R9)."""
        while agent.may_take:
            heads = [
                (self.scenario.queues[q].priority, self.draws.arrival_s[row], row, q)
                for q in self.skills[agent.group]
                for row in islice(self.waiting[q], 1)
            ]
            if not heads:
                return
            *_, row, q = min(heads)
            decided = self.waiting[q].pop(row)
            self.accept(row, agent)
            decided.succeed()

    # Duty

    def duty(self, span: int) -> Process:
        """One span of an agent's duty (R11)."""
        agent = self.agents[self.rota.agent[span]]
        yield self.env.at(float(self.rota.on_s[span]), Order.LOG_ON, span)
        if agent.n_open > 0:
            self.out_s[agent.span] = self.env.now
        agent.span = span
        agent.on_duty = True
        agent.idle_since = self.env.now  # R8
        self.fill_slots(agent)  # R10
        off_s = float(self.rota.off_s[span])
        if off_s < float("inf"):
            yield self.env.at(off_s, Order.LOG_OFF, span)
            agent.on_duty = False

    # Attention: service by turns

    def converse(self, row: int, agent: Agent) -> Process:
        """Message and reply in turn, until the last reply (R13 to R15)."""
        switching = self.scenario.groups[agent.group].switching
        turns = range(self.draws.turn_offset[row], self.draws.turn_offset[row + 1])
        for turn in turns:
            self.message_s[turn] = self.env.now
            yield self.attention(agent)  # R13
            self.start_s[turn] = self.env.now
            compose_s = float(self.draws.agent_s[turn])
            if agent.n_open > 1:  # R14
                compose_s *= 1 + switching
            yield self.env.at(self.env.now + compose_s, Order.REPLY, row)
            self.reply_s[turn] = self.env.now
            if turn != turns[-1]:
                self.attend_next(agent)
                yield self.env.at(
                    self.env.now + float(self.draws.customer_s[turn]), Order.MESSAGE, row
                )  # R15
        if not self.scenario.queues[self.draws.queue[row]].wrap_up_attention:  # R16
            self.attend_next(agent)

    def attention(self, agent: Agent) -> simpy.Event:
        """Give the event that an agent takes up the message just come in."""
        taken_up = self.env.event()
        if agent.is_attending:
            agent.inbox.append(taken_up)
        else:
            agent.is_attending = True
            taken_up.succeed()
        return taken_up

    def attend_next(self, agent: Agent) -> None:
        """Let an agent turn to the next message in his inbox."""
        if agent.inbox:
            agent.inbox.popleft().succeed()
        else:
            agent.is_attending = False

    # Sharing: service by work

    def be_worked_on(self, row: int) -> Process:
        """Wait until the chat's work is done (R17)."""
        yield self.done[row]

    def advance(self, agent: Agent) -> None:
        """Bring an agent's clocks to now, before the number of his chats changes (R17)."""
        if agent.n_open > 0:
            for q in self.skills[agent.group]:
                agent.clock_s[q] += (self.env.now - agent.since_s) * self.speed(agent, q)
        agent.since_s = self.env.now

    def speed(self, agent: Agent, q: int) -> float:
        """Speed at which an agent works on each chat of a queue now (R17)."""
        service = self.scenario.queues[q].service
        return service.speed(agent.n_open) if isinstance(service, ByWork) else 1.0

    def announce_finish(self, agent: Agent) -> None:
        """Announce which of an agent's chats will be done first, if nothing changes before (R17)."""
        agent.retimings += 1
        if not agent.work:
            return
        retiming, finishes = agent.retimings, []
        for row, mark_s in agent.work.items():
            q = int(self.draws.queue[row])
            rest_s = max(0.0, mark_s - agent.clock_s[q])
            finishes.append((self.env.now + rest_s / self.speed(agent, q), row))
        time_s, first = min(finishes)

        def finish(_: simpy.Event) -> None:
            if agent.retimings == retiming:
                self.advance(agent)
                del agent.work[first]
                self.announce_finish(agent)
                self.done.pop(first).succeed()

        callbacks = self.env.at(time_s, Order.FINISH, first).callbacks
        assert callbacks is not None
        callbacks.append(finish)


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


def simulate(scenario: Scenario, draws: Draws) -> ChatLog:
    """Run the centre of *scenario* with the customers of *draws*."""
    team = rota(scenario)
    desk = Desk(scenario, draws, team)
    desk.run()
    chats = Chats(
        queue=draws.queue,
        number=draws.number,
        arrival_s=draws.arrival_s,
        patience_s=draws.patience_s,
        outcome=desk.outcome,
        agent=desk.agent,
        queued=desk.queued,
        accepted_s=desk.accepted_s,
        ended_s=desk.ended_s,
        released_s=desk.released_s,
    )
    turns = Turns(draws.turn_offset, desk.message_s, desk.start_s, desk.reply_s)
    duty = Duty(team.agent, team.on_s, team.off_s, desk.out_s)
    return chat_log(scenario, team, chats, turns, duty, desk.env.n_events)
