"""What does theory say? Exact answers from Markov chains and closed forms, independent of the simulator.

Rates are per minute and times in minutes; the figures that they give bear the simulator's names and are in
seconds, as there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import comb
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.theory.markov import Chain, explore, through
from sim.world.units import Floats

State = tuple[int, ...]
Moves = Callable[[State], Iterable[tuple[State, float]]]
"""States that may follow a state, each with its rate."""
Figures = dict[str, float]
"""Key figures by name."""

NODES, SHARES = (1 + np.polynomial.legendre.leggauss(4)[0]) / 2, np.polynomial.legendre.leggauss(4)[1] / 2
"""Places and weights of quadrature over an interval from 0 to 1."""
ACCEPTED, LEFT = -1, -2
"""Numbers ahead of a customer who waits no longer."""


@dataclass(frozen=True)
class Line:
    """The waiting line while all slots are full: they free at rate *drain*, each customer leaves at *leave*.

    A customer who joins waits for those ahead and for one more freed slot; who comes later is nothing to him.
    Arrays have a value for each number ahead, from 0.
    """

    drain: float
    leave: float
    size: int

    def _moves(self, ahead: int) -> Iterator[tuple[int, float]]:
        if ahead >= 0:
            yield (ahead - 1 if ahead else ACCEPTED), self.drain + ahead * self.leave
            yield LEFT, self.leave

    @cached_property
    def _chain(self) -> Chain[int]:
        return explore(self._moves, *range(self.size), ACCEPTED, LEFT)

    def served_within(self, minutes: float) -> Floats:
        """Probability that a customer is accepted within some *minutes*."""
        return self._chain.expected(self._chain.at(ACCEPTED), minutes)[:-2]

    def left_within(self, minutes: float) -> Floats:
        """Probability that a customer has left within some *minutes*."""
        return self._chain.expected(self._chain.at(LEFT), minutes)[:-2]

    def served(self) -> Floats:
        """Probability that a customer is accepted in the end."""
        return self._chain.absorbed(self._chain.at(ACCEPTED))[:-2]

    def served_wait(self) -> Floats:
        """Mean wait × whether accepted."""
        accepted = self._chain.absorbed(self._chain.at(ACCEPTED))
        return self._chain.absorbed(np.zeros(len(accepted)), accepted)[:-2]


@dataclass(frozen=True, slots=True)
class Pool:
    """Agents with slots, service by work: Poisson arrivals, exponential work and patience, one line.

    A state is the number of agents with 0, 1, …, K chats, then the number of customers waiting. An agent with
    j chats finishes them at rate j / aht[j]; open chats are never moved (Cui and Tezcan, Math. Oper. Res. 41
    (2016) 775-807, have this model; with one slot it is Erlang's, with impatience Palm's).
    """

    arrival: float
    agents: int
    aht: tuple[float, ...]
    """Mean handling time with 1, 2, …, K chats open."""
    patience: float | None = None
    policy: str = "least_loaded"
    lines: int = 150
    """Most who may wait."""

    @property
    def slots(self) -> int:
        """Slots of an agent."""
        return len(self.aht)

    @property
    def leave(self) -> float:
        """Rate at which a waiting customer leaves."""
        return 0.0 if self.patience is None else 1 / self.patience

    @property
    def empty(self) -> State:
        """Nobody there."""
        return (self.agents, *[0] * (self.slots + 1))

    def moves(self, state: State) -> Iterator[tuple[State, float]]:
        """States that may follow a state, with their rates."""
        waiting = state[-1]
        if state[-2] < self.agents:
            for share, load in self._choices(state):
                yield _moved(state, load, load + 1), self.arrival * share
        elif waiting < self.lines:
            yield (*state[:-1], waiting + 1), self.arrival
        for load in range(1, self.slots + 1):
            after = (*state[:-1], waiting - 1) if waiting else _moved(state, load, load - 1)
            yield after, state[load] * load / self.aht[load - 1]
        yield (*state[:-1], max(waiting - 1, 0)), waiting * self.leave

    def _choices(self, state: State) -> Iterator[tuple[float, int]]:
        """Loads of the agents who may take an arriving chat, each with its share."""
        free = [load for load in range(self.slots) if state[load]]
        if self.policy == "random":
            yield from ((state[load] / sum(state[k] for k in free), load) for load in free)
        else:
            yield 1.0, min(free) if self.policy == "least_loaded" else max(free)

    def chain(self) -> Chain[State]:
        """The chain from the empty centre."""
        return explore(self.moves, self.empty)

    def figures(self, threshold: float = 1 / 3) -> Figures:
        """Key figures in the long run; service levels look at a *threshold* in minutes."""
        chain = self.chain()
        states, weight = np.array(chain.states), chain.stationary
        figures = self._measured(states, weight, threshold)
        waiting, chats = float(weight @ states[:, -1]), float(weight @ self._chats(states))
        entered = self.arrival * (1 - figures["blocked_rate"])
        accepted = self.arrival * (1 - figures["missed_rate"])
        little = {
            "wait_s": 60 * waiting / entered,
            "duration_s": 60 * chats / accepted,
            "queue_length": waiting,
        }
        return figures | little

    def day(self, minutes: float, threshold: float = 1 / 3) -> Figures:
        """Key figures of those who arrive in a day of some *minutes* that begins empty, and drains in the end."""
        chain = self.chain()
        _, spent = chain.path(chain.at(self.empty), minutes)
        return self._measured(np.array(chain.states), spent / minutes, threshold)

    def _chats(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(states[:, :-1] @ np.arange(self.slots + 1))

    def _measured(self, states: NDArray[np.int64], weight: Floats, threshold: float) -> Figures:
        """Key figures of a centre that spends the share *weight* of its time in each of the *states*."""
        idle, full, waiting = states[:, 0], states[:, -2] == self.agents, states[:, -1]
        blocked = float(weight[waiting == self.lines].sum())
        joins = full & (waiting < self.lines)
        ahead, joining = waiting[joins], weight[joins] / (1 - blocked)
        line = Line(self.agents * self.slots / self.aht[-1], self.leave, int(waiting.max()) + 1)

        def of_joiners(values: Floats) -> float:
            return float(joining @ values[ahead])

        at_once = 1.0 - float(joining.sum())
        accepted = at_once + of_joiners(line.served())
        in_time = at_once + of_joiners(line.served_within(threshold))
        left_in_time = of_joiners(line.left_within(threshold))
        chats, busy = float(weight @ self._chats(states)), self.agents - float(weight @ idle)
        return {
            "blocked_rate": blocked,
            "missed_rate": 1 - accepted * (1 - blocked),
            "abandonment": (1 - accepted) * (1 - blocked),
            "wait_probability": 1 - at_once,
            "asa_s": 60 * of_joiners(line.served_wait()) / accepted,
            "service_level": in_time / (1 - left_in_time),
            "service_level_offered": in_time,
            "service_level_lenient": in_time + left_in_time,
            "service_level_answered": in_time / accepted,
            "occupancy": busy / self.agents,
            "slot_utilisation": chats / (self.agents * self.slots),
            "concurrency": chats / busy,
        }


@dataclass(frozen=True, slots=True)
class Staffing:
    """A day staffed by the hour: Poisson arrivals, exponential calls and patience, some leave rather than wait.

    A state is the number of customers with or before the agents on duty, then the number of agents who have
    gone off duty and finish a call. Agents leave *by number*, busy or not, as in the simulator; or else one
    who finishes a call leaves while more are busy than on duty, as in L'Ecuyer's example for SSJ.
    """

    agents: tuple[int, ...]
    per_hour: tuple[float, ...]
    call_h: float
    patience_h: float
    balk: float
    """Share of those who would have to wait who leave at once."""
    by_number: bool = True
    size: int = 50
    """Most customers in the chain."""

    def late(self, busyness: float, hours: float) -> float:
        """Expected calls in a day with arrivals × *busyness* that wait longer than some *hours*, lost or not."""
        days = [*zip(self.agents, self.per_hour, strict=True), (self.agents[-1], 0.0)]
        weights: dict[State, float] = {(0, 0): 1.0}
        found = 0.0
        for hour, ((on_duty, rate), (after, _)) in enumerate(pairwise(days)):
            moves = self._moves(on_duty, busyness * rate)
            parts = [1 - hours, *np.diff(hours * NODES, prepend=0.0), hours * NODES[0]]
            stages = through(weights, [(part, moves) for part in parts], lambda k, state, h=hour: (
                self._changed(h, state) if k == 0 else [(state, 1.0)]))  # fmt: skip
            joining = busyness * rate * (1 - self.balk)
            found += joining * self._still(
                stages[0].chain, stages[0].occupied_s, on_duty, on_duty, hours, 0.0
            )
            for stage, node, share in zip(stages[2:], NODES, SHARES, strict=True):
                beyond = hours * node
                found += joining * hours * share * self._still(
                    stage.chain, stage.start, on_duty, after, hours - beyond, beyond)  # fmt: skip
            last = stages[-1]
            weights = dict(zip(last.chain.states, last.end.tolist(), strict=True))
        return found

    def _still(
        self, chain: Chain[State], weights: Floats, before: int, after: int, hours: float, beyond: float
    ) -> float:
        """Weight of those who join a line and still wait some *hours* later and *beyond*, with other agents."""
        waits = {
            (present - before, leaving): float(weight)
            for (present, leaving), weight in zip(chain.states, weights, strict=True)
            if present >= before
        }

        def changed(k: int, state: State) -> Iterator[tuple[State, float]]:
            ahead, leaving = state
            if k == 0 or ahead < 0:
                yield state, 1.0
            elif after < before:
                yield (ahead, before - after), 1.0
            else:
                yield (max(ahead - (after - before), ACCEPTED), leaving), 1.0

        stages = through(waits, [(hours, self._ahead(before)), (beyond, self._ahead(after))], changed)
        last = stages[-1]
        return float(last.end @ last.chain.values(lambda state: state[0] >= 0))

    def _ahead(self, on_duty: int) -> Moves:
        def moves(state: State) -> Iterator[tuple[State, float]]:
            ahead, leaving = state
            if ahead < 0:
                return
            if leaving and not self.by_number:
                yield (ahead, leaving - 1), (on_duty + leaving) / self.call_h
            else:
                yield (ahead - 1, leaving), on_duty / self.call_h
            yield (ahead - 1, leaving), ahead / self.patience_h
            yield (ACCEPTED, leaving), 1 / self.patience_h

        return moves

    def lost_and_waited(self, busyness: float) -> Floats:
        """Expected lost calls and hours of waiting in a day with arrivals × *busyness*, emptying it included."""
        hours = [*zip(self.agents, self.per_hour, strict=True), (self.agents[-1], 0.0)]
        moves = [(1.0, self._moves(on_duty, busyness * rate)) for on_duty, rate in hours]
        result = np.zeros(2)
        for (on_duty, rate), stage in zip(hours, through({(0, 0): 1.0}, moves, self._changed), strict=True):
            present = np.array(stage.chain.states)[:, 0]
            waited = float(stage.occupied_s @ np.maximum(present - on_duty, 0))
            balked = self.balk * busyness * rate * float(stage.occupied_s[present >= on_duty].sum())
            result += [balked + waited / self.patience_h, waited]
        return result

    def mean(self, shape: float, nodes: int = 3) -> Floats:
        """The same over days whose busyness is gamma with mean 1 and this *shape*: Gauss-Laguerre quadrature."""
        return self.over_days(self.lost_and_waited, shape, nodes)

    def over_days(self, of_day: Callable[[float], ArrayLike], shape: float, nodes: int) -> Floats:
        """Mean of anything of a day over days whose busyness is gamma with mean 1 and this *shape*.

        Gauss-Laguerre quadrature by its matrix: SciPy's overflows with large shapes.
        """
        k = np.arange(nodes)
        beside = np.sqrt(k[1:] * (k[1:] + shape - 1))
        places, vectors = np.linalg.eigh(np.diag(2 * k + shape) + np.diag(beside, 1) + np.diag(beside, -1))
        days = [of_day(place / shape) for place in places]
        return np.asarray(vectors[0] ** 2 @ np.array(days))

    def _moves(self, on_duty: int, rate: float) -> Moves:
        def moves(state: State) -> Iterator[tuple[State, float]]:
            present, leaving = state
            if present < self.size:
                yield (present + 1, leaving), rate * (1 - self.balk * (present >= on_duty))
            yield (max(present - 1, 0), leaving), max(present - on_duty, 0) / self.patience_h
            busy = min(present, on_duty)
            if self.by_number:
                yield (max(present - 1, 0), leaving), busy / self.call_h
                yield (present, max(leaving - 1, 0)), leaving / self.call_h
            elif leaving:
                yield (present, leaving - 1), (busy + leaving) / self.call_h
            else:
                yield (max(present - 1, 0), 0), busy / self.call_h

        return moves

    def _changed(self, hour: int, state: State) -> Iterator[tuple[State, float]]:
        """What a state becomes when the number on duty changes; busy agents are any of them, alike."""
        before, after = (0, *self.agents, self.agents[-1])[hour : hour + 2]
        present, _ = state
        gone, busy = max(before - after, 0), min(present, before)
        if not gone:
            yield state, 1.0
            return
        # Who left earlier and is still busy has finished within the hour, but for a share too small to matter.
        for more in range(min(gone, busy) + 1):
            if self.by_number:
                share = comb(gone, more) * comb(after, busy - more) / comb(before, busy)
            else:
                share = float(more == max(busy - after, 0))
            yield (present - more, more), share


def _moved(state: State, load: int, after: int) -> State:
    """The state when an agent with *load* chats has *after*."""
    counts = list(state)
    counts[load] -= 1
    counts[after] += 1
    return tuple(counts)


@dataclass(frozen=True, slots=True)
class Desk:
    """One agent with slots, service by turns; a state is (messages in his inbox, customers thinking, waiting).

    Exponential composing, thinking and patience, a geometric number of turns, first come first served over
    messages; a chat comes in with its message.
    """

    arrival: float
    slots: int
    compose: float
    think: float
    mean_turns: float
    patience: float
    lines: int = 60

    ACCEPTED: ClassVar[State] = (1, -1, 0)
    LEFT: ClassVar[State] = (-1, -1, 0)
    """What becomes of a customer who waits."""

    def moves(self, state: State) -> Iterator[tuple[State, float]]:
        """States that may follow a state, with their rates."""
        inbox, thinking, waiting = state
        if inbox + thinking < self.slots:
            yield (inbox + 1, thinking, waiting), self.arrival
        elif waiting < self.lines:
            yield (inbox, thinking, waiting + 1), self.arrival
        ended = (inbox, thinking, waiting - 1) if waiting else (inbox - 1, thinking, 0)
        yield from self._work(inbox, thinking, waiting, ended)

    def _work(self, inbox: int, thinking: int, waiting: int, ended: State) -> Iterator[tuple[State, float]]:
        if inbox:
            ends = 1 / (self.compose * self.mean_turns)
            yield ended, ends
            yield (inbox - 1, thinking + 1, waiting), 1 / self.compose - ends
        yield (inbox + 1, max(thinking - 1, 0), waiting), thinking / self.think
        yield (inbox, thinking, max(waiting - 1, 0)), waiting / self.patience

    def _ahead(self, state: State) -> Iterator[tuple[State, float]]:
        """Moves of a customer who waits for *waiting* others and one more freed slot, until he is done."""
        if state not in (self.ACCEPTED, self.LEFT):
            inbox, thinking, waiting = state
            yield from self._work(
                inbox, thinking, waiting, (inbox, thinking, waiting - 1) if waiting else self.ACCEPTED
            )
            yield self.LEFT, 1 / self.patience

    def _joiners(self, minutes: float, joining: dict[State, float]) -> tuple[float, float, float]:
        """Of those who wait: shares accepted in the end and within some *minutes*; mean wait × acceptance."""
        fate = explore(self._ahead, *joining, self.ACCEPTED, self.LEFT)
        start, accepted = fate.at(joining), fate.at(self.ACCEPTED)
        served = fate.absorbed(accepted)
        in_time = start @ fate.expected(accepted, minutes)
        return float(start @ served), float(in_time), float(start @ fate.absorbed(0 * served, served))

    def figures(self, threshold: float = 1 / 3) -> Figures:
        """Key figures in the long run; the service level looks at a *threshold* in minutes."""
        chain = explore(self.moves, (0, 0, 0))
        weight = chain.stationary
        inbox, thinking, waiting = np.array(chain.states).T
        joins = (inbox + thinking == self.slots) & (waiting < self.lines)
        joining = {chain.states[k]: float(weight[k]) for k in np.flatnonzero(joins)}
        at_once = float(weight[inbox + thinking < self.slots].sum())
        served, in_time, wait = self._joiners(threshold, joining)
        replies = float(weight[inbox > 0].sum()) / self.compose
        chats = float(weight @ (inbox + thinking))
        return {
            "abandonment": 1 - at_once - served,
            "wait_probability": 1 - at_once,
            "wait_s": 60 * float(weight @ waiting) / self.arrival,
            "asa_s": 60 * wait / (at_once + served),
            "service_level_offered": at_once + in_time,
            "response_s": 60 * float(weight @ inbox) / replies,
            "duration_s": 60 * chats / (self.arrival * (at_once + served)),
            "attention": float(weight[inbox > 0].sum()),
            "occupancy": float(weight[inbox + thinking > 0].sum()),
            "slot_utilisation": chats / self.slots,
            "turns_per_chat": self.mean_turns,
        }


def repair(jobs: int, compose: float, think: float) -> Figures:
    """One agent who always holds *jobs* chats: the machine-repair model, by mean value analysis.

    Reiser and Lavenberg, J. ACM 27 (1980) 313-322.
    """
    inbox = response = rate = 0.0
    for k in range(1, jobs + 1):
        response = compose * (1 + inbox)
        rate = k / (response + think)
        inbox = rate * response
    return {"response_s": 60 * response, "attention": rate * compose}


def erlang_b(agents: int, load: float) -> float:
    """Probability of being blocked with no waiting room (Erlang 1917), by the usual recursion."""
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """Probability of waiting in a line that nobody leaves."""
    blocked = erlang_b(agents, load)
    return blocked / (1 - load / agents * (1 - blocked))


def shared_loss(arrival: float, aht: tuple[float, ...]) -> float:
    """Probability of being blocked by one agent who shares himself, whatever the law of the work.

    Each chat is worked on at the speed aht[1] / aht[j]: a symmetric queue (Kelly, *Reversibility and
    Stochastic Networks*, 1979, section 3.3), whose distribution depends on the work by its mean alone.
    """
    weights = [1.0]
    for load, minutes in enumerate(aht, start=1):
        weights.append(weights[-1] * arrival * minutes / load)
    return weights[-1] / sum(weights)


def limited_sharing(arrival: float, work: float, slots: int) -> Figures:
    """One agent who shares himself evenly over up to *slots* chats; the others wait (Avi-Itzhak and Halfin 1988).

    With exponential work the number in the system is that of M/M/1, whatever the number of slots.
    """
    busy = arrival * work
    wait = busy**slots * work / (1 - busy)
    return {
        "wait_probability": busy**slots,
        "wait_s": 60 * wait,
        "duration_s": 60 * (work / (1 - busy) - wait),
        "occupancy": busy,
    }
