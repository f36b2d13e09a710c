"""What happens? The specification: SimPy, one readable process per chat, the rules cited by number.

No cleverness here: where this engine and a faster one disagree, this one is right.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from itertools import islice, repeat
from math import floor
from typing import TypeAlias

import numpy as np
import simpy

from sim.draws.record import Draws, DrawsBatch
from sim.engines.happened import Happened, log_batch
from sim.engines.reference_parts import ACCEPTED, Agent, Choose, Clock, Entry, tiers
from sim.engines.reference_state import enter, told
from sim.engines.state import CentreState
from sim.errors import StudyError
from sim.log.batch import LogBatch
from sim.log.chatlog import ChatLog
from sim.rules import After, Estimate, From, Order, Outcome, Policy, Stage
from sim.scenario.demand import ByWork
from sim.scenario.duty import DutyPlan, duty_plan
from sim.scenario.scenario import Scenario
from sim.scenario.troubles import outages, slowdowns

Process: TypeAlias = Generator[simpy.Event, object, None]
Service: TypeAlias = Generator[simpy.Event, object, bool]


class State:
    """The state of the centre, and its processes."""

    def __init__(
        self,
        scenario: Scenario,
        draws: Draws,
        team: DutyPlan,
        policy: Choose | None = None,
        begin: CentreState | None = None,
    ) -> None:
        self.scenario, self.draws, self.duty_plan, self.policy = scenario, draws, team, policy
        self.env = Clock() if begin is None else Clock(begin.now_s)
        self.openings, self.closes = scenario.opening_spans, scenario.closes
        n_queues = len(scenario.queues)
        self.agents = [
            Agent(number, int(group), int(slots), n_queues)
            for number, (group, slots) in enumerate(zip(team.group, team.slots, strict=True))
        ]
        names = [queue.name for queue in scenario.queues]
        self.skills = [sorted(names.index(name) for name in group.queues) for group in scenario.groups]
        self.tiers = [tiers(scenario, queue) for queue in scenario.queues]
        self.waiting: list[dict[int, simpy.Event]] = [{} for _ in range(n_queues)]
        """Of each queue: its waiting chats in order of arrival, each with the event it waits for."""
        self.on_its_way: dict[int, tuple[Agent, simpy.Event]] = {}
        """Of each chat on its way: the agent chosen for it, and the event it waits for (R40)."""
        self.done: dict[int, simpy.Event] = {}
        """Of each chat that is worked on: the event that its work is done."""
        self.stage: dict[int, Entry] = {}
        """Of each chat whose stage ends by itself: which stage, and when that will be (R48)."""
        self.chosen_last = [-1] * n_queues
        """Of each queue: the agent whom round robin chose last."""
        self.last_wait_s = [0.0] * n_queues
        """Of each queue: how long the chat accepted last had waited (R25)."""
        self.outages, self.slowdowns = outages(scenario), slowdowns(scenario)
        self.is_down = False
        """Whether there is an outage (R37)."""
        self.log = Happened.nothing_yet(draws, team)
        if begin is not None:
            enter(self, begin)

    def run(self, until_s: float | None = None) -> None:
        """Let everything happen until nothing more can (R5), or before an instant."""
        for span in range(len(self.duty_plan.agent)):
            self.env.process(self.duty(span))
        for outage in range(len(self.outages)):
            self.env.process(self.fail(outage))
        self.env.process(self.door())
        self.env.run(until_s)

    # Customers

    def door(self) -> Process:
        """Customers arrive at their drawn times (R1)."""
        for row, arrival_s in enumerate(self.draws.arrival_s[: self.draws.n_customers].tolist()):
            if arrival_s >= self.env.now:  # R49
                yield self.env.at(arrival_s, Order.ARRIVAL, row)
                self.env.process(self.chat(row))

    def come_again(self, row: int, arrival_s: float) -> Process:
        """Let the customer of a chat make their next attempt (R27 to R29)."""
        assert self.draws.chains is not None
        attempt = int(self.draws.chains.next_row[row])
        if arrival_s < self.scenario.horizon_s:
            self.log.arrival_s[attempt] = arrival_s
            yield from self.arrive(attempt)

    def arrive(self, row: int) -> Process:
        """Let a further attempt arrive at its time."""
        yield self.env.at(float(self.log.arrival_s[row]), Order.ARRIVAL, row)
        self.env.process(self.chat(row))

    def chat(self, row: int) -> Process:
        """One chat, from its arrival to its outcome."""
        q = int(self.draws.queue[row])
        queue = self.scenario.queues[q]
        if not self.is_open():  # R2
            self.leave(row, Outcome.OFFLINE)
            return
        chosen = self.route(row, q)
        if chosen is not None and not self.scenario.platform.accept_s:  # R3
            self.take(chosen)
            self.accept(row, chosen)
        elif chosen is None and queue.capacity is not None and len(self.waiting[q]) >= queue.capacity:
            self.leave(row, Outcome.BLOCKED)
            return
        elif chosen is None and self.balks(row, q):  # R26
            self.log.balked[row] = True
            self.leave(row, Outcome.BLOCKED)
            return
        else:
            yield from self.wait_first(row, chosen, ACCEPTED)
            return
        yield from self.be_served(row, ACCEPTED)

    def wait_first(self, row: int, chosen: Agent | None, entry: Entry) -> Process:
        """A chat that is not accepted at once, to its outcome."""
        gave_up = yield from self.wait(row, chosen, entry)
        if isinstance(gave_up, Outcome):
            self.leave(row, gave_up)
        else:
            yield from self.be_served(row, ACCEPTED)

    def be_served(self, row: int, entry: Entry) -> Process:
        """Service of a chat that an agent has accepted, to the end of its slot."""
        agent = self.agents[self.log.agent[row]]
        if entry.stage is Stage.WRAP_UP:
            holds_attention = self.wrap_up_attends(row)
        else:
            is_by_turns = self.scenario.queues[self.draws.queue[row]].by_turns
            serve = self.converse if is_by_turns else self.be_worked_on
            holds_attention = yield from serve(row, agent, entry)
        if self.log.outcome[row] == Outcome.UNFINISHED:
            if entry.stage is not Stage.WRAP_UP:
                self.end_conversation(row)
                wrap_up_s = self.time_of(agent, float(self.draws.wrap_up_s[row]))
                entry = Entry(Stage.WRAP_UP, self.end_of(wrap_up_s))
            yield self.end_of_stage(row, entry)  # R16, R18
            self.log.outcome[row] = Outcome.SERVED
        elif np.isnan(self.log.ended_s[row]):
            self.log.ended_s[row] = self.env.now  # R24
        self.log.released_s[row] = self.env.now
        self.free_slot(agent)
        if holds_attention:
            self.attend_next(agent)

    def wrap_up_attends(self, row: int) -> bool:
        """Whether the wrap-up of a chat holds its agent's attention (R16)."""
        queue = self.scenario.queues[self.draws.queue[row]]
        return queue.by_turns and bool(queue.wrap_up_attention)

    def end_of_stage(self, row: int, entry: Entry) -> simpy.Event:
        """Give the event that ends a chat's stage at a time known beforehand."""
        self.stage[row], order = entry, entry.stage.end
        assert order is not None
        return self.env.at(entry.until_s, order, row)

    def end_conversation(self, row: int) -> None:
        """Note the end of a conversation, and whether it resolved what the customer came for (R28)."""
        self.log.ended_s[row] = self.env.now
        quality, draws = self.scenario.quality, self.draws
        if quality is None or draws.opinions is None:
            return
        n_replies = max(int(draws.turn_offset[row + 1] - draws.turn_offset[row]), 1)
        others = int(self.log.open_chats[row]) / n_replies - 1
        resolution = quality.resolution - quality.multitasking * others
        self.log.resolved[row] = draws.opinions.resolve_u[row] < resolution
        if not self.log.resolved[row] and draws.chains is not None and draws.chains.returns[row]:
            self.env.process(self.come_again(row, self.env.now + float(draws.chains.return_delay_s[row])))

    def is_open(self) -> bool:
        """Whether chats may arrive now (R2)."""
        return any(open_s <= self.env.now < close_s for open_s, close_s in self.openings)

    def next_opening_s(self) -> float:
        """When the centre, closed now, opens; infinite if it does not."""
        return min((open_s for open_s, _ in self.openings if open_s > self.env.now), default=float("inf"))

    def leave(self, row: int, outcome: Outcome) -> None:
        """End a chat that no agent has accepted."""
        self.log.ended_s[row] = self.env.now
        if self.log.outcome[row] == Outcome.UNFINISHED:
            self.end(row, outcome)

    def end(self, row: int, outcome: Outcome) -> None:
        """Note how a chat went wrong; the customer may try again (R27)."""
        self.log.outcome[row] = outcome
        retry, chains = self.scenario.queues[self.draws.queue[row]].retry, self.draws.chains
        if retry is None or chains is None or not chains.retries[row]:
            return
        if self.way_of(row, outcome) in retry.after:
            waits = outcome is Outcome.OFFLINE and retry.offline_from is From.OPENING
            from_s = self.next_opening_s() if waits else self.env.now
            self.env.process(self.come_again(row, from_s + float(chains.retry_delay_s[row])))

    def way_of(self, row: int, outcome: Outcome) -> After:
        """In which of the ways after which customers retry a chat went wrong (R27)."""
        is_unanswered = outcome is Outcome.LEFT and np.isnan(self.log.reply_s[self.draws.turn_offset[row]])
        return After.UNANSWERED if is_unanswered else After(outcome.name.lower())

    def balks(self, row: int, q: int) -> bool:
        """Whether a customer who would have to wait does not join, given an estimate (R25, R26)."""
        balking, line = self.scenario.queues[q].balking, self.waiting[q]
        if balking is None:
            return False
        estimate_s = self.last_wait_s[q]
        if balking.estimate is Estimate.HEAD:
            estimate_s = max(
                (self.env.now - self.log.arrival_s[head] for head in islice(line, 1)), default=0.0
            )
        self.log.estimate_s[row] = estimate_s
        share = balking.share(len(line) if balking.places is not None else float(estimate_s))
        return bool(self.draws.balk_u[row] < share)

    def wait(self, row: int, chosen: Agent | None, entry: Entry) -> Generator[simpy.Event, object, object]:
        """Wait in line, or until the chat is with the agent chosen for it (R40).

        Returns None when one has accepted, or the outcome of having given up (R4, R41).
        """
        q, decided = int(self.draws.queue[row]), self.env.event()
        if chosen is None:
            self.log.queued[row] = True
            self.waiting[q][row] = decided
        else:
            if entry.stage is not Stage.COMING:
                entry = self.send_to(row, chosen)
            self.be_on_the_way(row, chosen, decided, entry)

        def overflow() -> None:
            if self.stop_waiting(row, q):
                decided.succeed(Outcome.OVERFLOWED)

        def abandon() -> None:
            if not self.is_waiting(row, q):
                return
            if self.is_silent(row):  # R20
                self.log.gone_s[row] = self.env.now
                self.end(row, Outcome.SILENT)
            else:
                self.stop_waiting(row, q)
                decided.succeed(Outcome.ABANDONED)

        arrival_s, max_wait_s = float(self.log.arrival_s[row]), self.scenario.queues[q].max_wait_s
        if max_wait_s is not None:
            self.env.call(arrival_s + max_wait_s, Order.OVERFLOW, row, overflow)
        self.env.call(arrival_s + float(self.draws.patience_s[row]), Order.PATIENCE, row, abandon)
        return (yield decided)

    def is_waiting(self, row: int, q: int) -> bool:
        """Whether a chat has not been accepted yet: in line, or on its way."""
        return row in self.waiting[q] or row in self.on_its_way

    def stop_waiting(self, row: int, q: int) -> bool:
        """Take a chat out of the line, or stop it on its way and free the slot (R41); say if it waited."""
        if row in self.on_its_way:
            agent, _ = self.on_its_way.pop(row)
            self.free_slot(agent)
            return True
        return self.waiting[q].pop(row, None) is not None

    def is_silent(self, row: int) -> bool:
        """Whether the customer of a chat would leave without a signal."""
        return self.scenario.queues[self.draws.queue[row]].silence is not None and bool(
            self.draws.silent[row]
        )

    def is_gone(self, row: int) -> bool:
        """Whether the customer of a chat has left without a signal (R20, R22)."""
        return not np.isnan(self.log.gone_s[row])

    # Routing

    def route(self, row: int, q: int) -> Agent | None:
        """Choose the agent who takes an arriving chat, if one may (R7, R37)."""
        if self.is_down:
            return None
        for tier in self.tiers[q]:
            free = [agent for agent in self.agents if agent.group in tier and agent.may_take]
            if free:
                return self.choose(free, row, q)
        return None

    def choose(self, free: list[Agent], row: int, q: int) -> Agent:
        """Choose among agents in order of number, by the routing policy (R7), or one of the user's own."""
        if self.policy is not None:
            chosen = self.policy(free, self.scenario.queues[q].name, self.env.now)
            if chosen not in free:
                raise StudyError(f"policy: must choose one of the agents it is given, got {chosen!r}")
            return chosen
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

    def take(self, agent: Agent) -> None:
        """Let an agent who is chosen for a chat hold a slot for it."""
        self.advance(agent)
        agent.n_open += 1
        agent.idle_since = self.env.now  # R8

    def send_to(self, row: int, agent: Agent) -> Entry:
        """Send a chat on its way to the agent who is chosen for it (R40)."""
        self.take(agent)
        self.announce_finish(agent)
        return Entry(Stage.COMING, self.end_of(self.scenario.platform.accept_s))

    def be_on_the_way(self, row: int, agent: Agent, decided: simpy.Event, entry: Entry) -> None:
        """Let a chat arrive at the agent who holds a slot for it, unless it stops on the way (R40, R41)."""
        self.on_its_way[row] = agent, decided

        def arrive() -> None:
            if row in self.on_its_way:
                del self.on_its_way[row]
                self.advance(agent)
                self.accept(row, agent)
                decided.succeed()

        self.stage[row] = entry
        self.env.call(entry.until_s, Order.ACCEPT, row, arrive)

    def accept(self, row: int, agent: Agent) -> None:
        """Give a chat to an agent who holds a slot for it."""
        q = int(self.draws.queue[row])
        self.log.agent[row] = agent.number
        self.log.accepted_s[row] = self.env.now
        self.last_wait_s[q] = self.env.now - float(self.log.arrival_s[row])
        if not self.scenario.queues[q].by_turns and not self.is_gone(row):
            agent.work[row] = agent.clock_s[q] + self.time_of(agent, float(self.draws.work_s[row]))  # R17
            self.log.open_chats[row] = agent.n_open
            self.done[row] = self.env.event()
        self.announce_finish(agent)

    def free_slot(self, agent: Agent) -> None:
        """Free a slot of an agent; they fill it if they may (R9)."""
        self.advance(agent)
        agent.n_open -= 1
        agent.idle_since = self.env.now  # R8
        self.announce_finish(agent)
        self.fill_slots(agent)
        if agent.is_leaving and agent.n_open == 0:  # R11, R12: the end of an overrun
            self.log.out_s[agent.span] = self.env.now
            agent.on_duty = False

    def fill_slots(self, agent: Agent) -> None:
        """Give an agent the waiting chats that they may take, in order (R9, R37)."""
        while agent.may_take and not self.is_down:
            heads = [
                (self.scenario.queues[q].priority, self.log.arrival_s[row], row, q)
                for q in self.skills[agent.group]
                for row in islice(self.waiting[q], 1)
            ]
            if not heads:
                return
            *_, row, q = min(heads)
            decided = self.waiting[q].pop(row)
            if self.scenario.platform.accept_s:
                self.be_on_the_way(row, agent, decided, self.send_to(row, agent))
            else:
                self.take(agent)
                self.accept(row, agent)
                decided.succeed()

    # Duty

    def duty(self, span: int) -> Process:
        """One span of an agent's duty (R11, R12)."""
        agent = self.agents[self.duty_plan.agent[span]]
        on_s, off_s = float(self.duty_plan.on_s[span]), float(self.duty_plan.off_s[span])
        if on_s >= self.env.now:  # R49
            yield self.env.at(on_s, Order.LOG_ON, span)
            if agent.n_open > 0:
                self.log.out_s[agent.span] = self.env.now
            agent.span = span
            agent.on_duty, agent.is_leaving = True, False
            agent.idle_since = self.env.now  # R8
            self.fill_slots(agent)  # R10
        if self.env.now <= off_s < float("inf"):
            yield self.env.at(off_s, Order.LOG_OFF, span)
            agent.is_leaving = True
            agent.on_duty = bool(self.duty_plan.stays[span]) and agent.n_open > 0

    # Outages (R37)

    def fail(self, outage: int) -> Process:
        """Let nobody answer for the time of an outage; then the backlog."""
        begins_s, over_s = self.outages[outage]
        if over_s < self.env.now:  # R49
            return
        if begins_s >= self.env.now:
            yield self.env.at(begins_s, Order.FAILURE, outage)
        self.is_down = True
        yield self.env.at(over_s, Order.RECOVERY, outage)
        self.is_down = False
        for agent in self.agents:
            self.fill_slots(agent)
            if agent.inbox and not agent.is_attending:
                agent.is_attending = True
                self.attend_next(agent)

    def end_of(self, takes_s: float, from_s: float | None = None) -> float:
        """When something ends that is begun now, or at a time, and takes so long: outages come on top."""
        begun_s = self.env.now if from_s is None else from_s
        end_s = begun_s + takes_s
        for begins_s, over_s in self.outages:
            if begun_s < over_s and begins_s < end_s:
                end_s += over_s - max(begins_s, begun_s)
        return end_s

    # Attention: service by turns

    def converse(self, row: int, agent: Agent, entry: Entry) -> Service:
        """Message and reply in turn, to the last reply (R13 to R15) unless somebody has enough (R20 to R23).

        Returns whether the chat still holds its agent's attention.
        """
        queue, draws = self.scenario.queues[self.draws.queue[row]], self.draws
        turns = range(draws.turn_offset[row], draws.turn_offset[row + 1])
        for turn in turns[entry.turn :]:
            comes = (
                turn == turns[0] or entry.stage > Stage.QUIET or (yield from self.be_away(row, turn, entry))
            )
            if not comes:  # R23
                return False
            is_heard = entry.stage > Stage.INBOX or (yield from self.be_heard(row, turn, agent, entry))
            if not is_heard:  # R21
                return False
            if entry.stage <= Stage.COMPOSING:
                yield from self.compose(row, turn, agent, entry)
                is_gone = self.is_gone(row)
                if self.log.outcome[row] == Outcome.LEFT and not is_gone:  # R21: in vain
                    return True
                if turn == turns[-1] and not is_gone:  # R16
                    break
                self.attend_next(agent)
            if self.is_gone(row):
                yield from self.notice(row, entry)
                return False
            entry = ACCEPTED
        if not queue.wrap_up_attention:  # R16
            self.attend_next(agent)
        return bool(queue.wrap_up_attention)

    def be_away(self, row: int, turn: int, entry: Entry) -> Service:
        """Let a customer write their next message (R15, R42), or be quiet for too long (R23); say which."""
        if entry.stage < Stage.WRITING:
            deliver_s = self.scenario.platform.deliver_s
            away_s = deliver_s + float(self.draws.customer_s[turn - 1]) + deliver_s
            timeout_s = self.scenario.queues[self.draws.queue[row]].idle_timeout_s
            entry = Entry(Stage.WRITING, self.env.now + away_s)
            if timeout_s is not None and away_s > timeout_s:
                entry = Entry(Stage.QUIET, self.env.now + timeout_s)
        yield self.end_of_stage(row, entry)
        if entry.stage is Stage.QUIET:
            self.end(row, Outcome.TIMED_OUT)
        return entry.stage is Stage.WRITING

    def be_heard(
        self, row: int, turn: int, agent: Agent, entry: Entry
    ) -> Generator[simpy.Event, object, bool]:
        """Put a message in the inbox until it is taken up (R13), or its customer leaves (R21); say which."""
        taken_up = self.env.event()
        if entry.stage is Stage.INBOX:
            agent.inbox[row] = taken_up
        else:
            is_first = turn == self.draws.turn_offset[row]
            self.log.message_s[turn] = self.env.now - (0.0 if is_first else self.scenario.platform.deliver_s)
            self.attention(row, agent, taken_up)
        self.be_patient(row, turn, agent, entry)
        return (yield taken_up) is not Outcome.LEFT

    def compose(self, row: int, turn: int, agent: Agent, entry: Entry) -> Process:
        """Compose one reply (R14, R30)."""
        if entry.stage is Stage.COMPOSING:
            self.be_patient(row, turn, agent, entry)
        else:
            self.log.start_s[turn] = self.env.now
            compose_s = self.time_of(agent, float(self.draws.agent_s[turn]))
            if agent.n_open > 1:
                compose_s *= 1 + self.scenario.groups[agent.group].switching
            self.log.open_chats[row] += agent.n_open
            entry = Entry(Stage.COMPOSING, self.end_of(compose_s))
        yield self.end_of_stage(row, entry)
        self.log.reply_s[turn] = self.env.now + self.scenario.platform.deliver_s  # R43

    def be_patient(self, row: int, turn: int, agent: Agent, entry: Entry) -> None:
        """Let the customer leave who waits too long for the reply to this turn (R21, R22)."""
        if self.scenario.queues[self.draws.queue[row]].reply_patience is None or self.is_gone(row):
            return

        def leave() -> None:
            if not np.isnan(self.log.reply_s[turn]):
                return
            self.end(row, Outcome.LEFT)
            if self.is_silent(row):
                self.log.gone_s[row] = self.env.now
                return
            self.log.ended_s[row] = self.env.now
            if row in agent.inbox:
                agent.inbox.pop(row).succeed(Outcome.LEFT)

        time_s = float(self.log.message_s[turn]) + float(self.draws.reply_patience_s[turn])
        if entry.stage < Stage.INBOX:
            time_s = max(time_s, self.env.now)  # R43
        self.env.call(time_s, Order.REPLY_PATIENCE, row, leave)

    def notice(self, row: int, entry: Entry) -> Process:
        """Hold the slot until the agent notices that the customer is gone (R20, R22, R23)."""
        if entry.stage is not Stage.UNNOTICED:
            hold_s = float(self.draws.detect_s[row])
            idle_timeout_s = self.scenario.queues[self.draws.queue[row]].idle_timeout_s
            if idle_timeout_s is not None:
                hold_s = min(hold_s, idle_timeout_s)
            entry = Entry(Stage.UNNOTICED, self.env.now + hold_s)
        yield self.end_of_stage(row, entry)

    def time_of(self, agent: Agent, drawn_s: float) -> float:
        """Time that something takes an agent who begins it now: at their speed (R30, R36)."""
        takes_s = drawn_s / self.speed_of(agent)
        for begins_s, over_s, factor in self.slowdowns:
            if begins_s <= self.env.now < over_s:
                takes_s *= factor
        return takes_s

    def speed_of(self, agent: Agent) -> float:
        """Speed of an agent on their day, which a shift over midnight does not end before itself (R30)."""
        today = int(np.searchsorted(self.duty_plan.day_s[agent.number], self.env.now, side="right")) - 1
        return float(self.duty_plan.speed[agent.number, today])

    def attention(self, row: int, agent: Agent, taken_up: simpy.Event) -> None:
        """Let an agent take up the message of a chat that has just come in, now or in its turn."""
        if agent.is_attending or self.is_down:  # R37
            agent.inbox[row] = taken_up
        else:
            agent.is_attending = True
            taken_up.succeed()

    def attend_next(self, agent: Agent) -> None:
        """Let an agent turn to the next message in their inbox (R37)."""
        if agent.inbox and not self.is_down:
            agent.inbox.pop(next(iter(agent.inbox))).succeed()
        else:
            agent.is_attending = False

    # Sharing: service by work

    def be_worked_on(self, row: int, agent: Agent, entry: Entry) -> Service:
        """Wait until the chat's work is done (R17), or that its customer is gone is noticed (R20)."""
        if row in agent.work:
            yield self.done[row]
        else:
            yield from self.notice(row, entry)
        return False

    def advance(self, agent: Agent) -> None:
        """Bring an agent's clocks to now, before the number of their chats changes (R17, R37)."""
        still_s = 0.0
        for begins_s, over_s in self.outages:
            still_s += max(0.0, min(over_s, self.env.now) - max(begins_s, agent.since_s))
        if agent.n_open > 0:
            for q in self.skills[agent.group]:
                agent.clock_s[q] += (self.env.now - agent.since_s - still_s) * self.speed(agent, q)
        agent.since_s = self.env.now

    def speed(self, agent: Agent, q: int) -> float:
        """Speed at which an agent works on each chat of a queue now (R17)."""
        service = self.scenario.queues[q].service
        return service.speed(agent.n_open) if isinstance(service, ByWork) else 1.0

    def announce_finish(self, agent: Agent) -> None:
        """Announce which of an agent's chats will be done first, if nothing changes before (R17).

        Their clocks have just been brought to now, or, as a run begins, to where they stood (R49).
        """
        agent.retimings += 1
        if not agent.work:
            return
        retiming, finishes = agent.retimings, []
        for row, mark_s in agent.work.items():
            q = int(self.draws.queue[row])
            rest_s = max(0.0, mark_s - agent.clock_s[q])
            finishes.append((self.end_of(rest_s / self.speed(agent, q), agent.since_s), row))
        time_s, first = min(finishes)

        def finish() -> None:
            if agent.retimings == retiming:
                self.advance(agent)
                del agent.work[first]
                self.announce_finish(agent)
                self.done.pop(first).succeed()

        self.env.call(time_s, Order.FINISH, first, finish)


def simulate_all(
    scenario: Scenario,
    draws: Iterable[Draws],
    begin: Sequence[CentreState] = (),
    duty: Sequence[DutyPlan] = (),
) -> LogBatch:
    """Run the centre of *scenario* with the customers of each of the *draws*, see `sim.engines`."""
    every = zip(draws, begin or repeat(None), duty or repeat(None), strict=False)
    return LogBatch.of([simulate(scenario, each, begin=state, team=team) for each, state, team in every])


def simulate(
    scenario: Scenario,
    draws: Draws,
    policy: Choose | None = None,
    *,
    begin: CentreState | None = None,
    team: DutyPlan | None = None,
) -> ChatLog:
    """Run the centre of *scenario* with the customers of *draws*, routed by one's own *policy* if given."""
    team = team or duty_plan(scenario, draws.people)
    desk = State(scenario, draws, team, policy, begin)
    desk.run()
    return log_batch(scenario, DrawsBatch.of([draws]), [team], desk.log, np.array([desk.env.n_events]))[0]


def state_at(scenario: Scenario, draws: Draws, now_s: float, duty: DutyPlan | None = None) -> CentreState:
    """Run the centre up to an instant, and tell what holds then (R48)."""
    desk = State(scenario, draws, duty or duty_plan(scenario, draws.people))
    desk.run(now_s)
    return told(desk)
