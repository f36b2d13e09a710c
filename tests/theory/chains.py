"""What does theory say? Exact answers from Markov chains and closed forms, independent of the simulator.

Rates are per minute and times in minutes; the figures that they give bear the simulator's names and are in
seconds, as there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

Floats = NDArray[np.float64]
State = tuple[int, ...]
Moves = Callable[[State], Iterable[tuple[float, State]]]
"""Rates out of a state, each with the state it leads to."""
Figures = dict[str, float]
"""Key figures by name."""


def generator(start: State, moves: Moves) -> tuple[list[State], Floats]:
    """States that can be reached from *start*, and the generator matrix between them."""
    place, todo = {start: 0}, deque([start])
    entries: list[tuple[int, int, float]] = []
    while todo:
        state = todo.popleft()
        for rate, after in moves(state):
            if rate == 0.0:
                continue
            if after not in place:
                place[after] = len(place)
                todo.append(after)
            entries.append((place[state], place[after], rate))
    matrix = np.zeros((len(place), len(place)))
    for row, column, rate in entries:
        matrix[row, column] += rate
        matrix[row, row] -= rate
    return list(place), matrix


def stationary(matrix: Floats) -> Floats:
    """Stationary distribution of a *generator* matrix."""
    system = matrix.T.copy()
    system[-1] = 1.0
    return np.linalg.solve(system, np.eye(len(matrix))[-1])


def occupied(matrix: Floats, start: Floats, minutes: float) -> tuple[Floats, Floats]:
    """Time spent in each state within some *minutes*, from a distribution *start*, and the one at the end.

    Both at once, by the exponential of the generator bordered by the identity.
    """
    n = len(matrix)
    bordered = np.zeros((2 * n, 2 * n))
    bordered[:n, :n], bordered[:n, n:] = matrix, np.eye(n)
    both = np.concatenate([start, np.zeros(n)]) @ expm(bordered * minutes)
    return both[n:], both[:n]


@dataclass(frozen=True, slots=True)
class Line:
    """The waiting line while all slots are full: they free at rate *drain*, each customer leaves at *leave*.

    A customer who joins waits for those ahead and for one more freed slot; who comes later is nothing to him.
    Arrays have a value for each number ahead, from 0.
    """

    drain: float
    leave: float
    size: int

    def served_within(self, minutes: float) -> Floats:
        """Probability that a customer is accepted within some *minutes*."""
        return self._absorbed(self._to_service(), minutes)

    def left_within(self, minutes: float) -> Floats:
        """Probability that a customer has left within some *minutes*."""
        return self._absorbed(np.full(self.size, self.leave), minutes)

    def served(self) -> Floats:
        """Probability that a customer is accepted in the end."""
        return np.asarray(np.linalg.solve(-self._transient(), self._to_service()), dtype=np.float64)

    def served_wait(self) -> Floats:
        """Mean wait × whether accepted."""
        return np.asarray(np.linalg.solve(-self._transient(), self.served()), dtype=np.float64)

    def _to_service(self) -> Floats:
        return np.asarray(self.drain * np.eye(self.size)[0], dtype=np.float64)

    def _transient(self) -> Floats:
        ahead = np.arange(self.size)
        down = np.where(ahead > 0, self.drain + ahead * self.leave, 0.0)
        stay = -(self.drain + ahead * self.leave + self.leave)
        return np.asarray(np.diag(stay) + np.diag(down[1:], -1), dtype=np.float64)

    def _absorbed(self, into: Floats, minutes: float) -> Floats:
        matrix = np.zeros((self.size + 1, self.size + 1))
        matrix[:-1, :-1], matrix[:-1, -1] = self._transient(), into
        return np.asarray(expm(matrix * minutes)[:-1, -1], dtype=np.float64)


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

    def moves(self, state: State) -> Iterator[tuple[float, State]]:
        """Rates out of a state."""
        waiting = state[-1]
        if state[-2] < self.agents:
            for share, load in self._choices(state):
                yield self.arrival * share, _moved(state, load, load + 1)
        elif waiting < self.lines:
            yield self.arrival, (*state[:-1], waiting + 1)
        for load in range(1, self.slots + 1):
            after = (*state[:-1], waiting - 1) if waiting else _moved(state, load, load - 1)
            yield state[load] * load / self.aht[load - 1], after
        yield waiting * self.leave, (*state[:-1], max(waiting - 1, 0))

    def _choices(self, state: State) -> Iterator[tuple[float, int]]:
        """Loads of the agents who may take an arriving chat, each with its share."""
        free = [load for load in range(self.slots) if state[load]]
        if self.policy == "random":
            yield from ((state[load] / sum(state[k] for k in free), load) for load in free)
        else:
            yield 1.0, min(free) if self.policy == "least_loaded" else max(free)

    def chain(self) -> tuple[NDArray[np.int64], Floats]:
        """States as rows, and the generator."""
        states, matrix = generator(self.empty, self.moves)
        return np.array(states), matrix

    def figures(self, threshold: float = 1 / 3) -> Figures:
        """Key figures in the long run; service levels look at a *threshold* in minutes."""
        states, matrix = self.chain()
        weight = stationary(matrix)
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
        states, matrix = self.chain()
        weight, _ = occupied(matrix, np.eye(len(matrix))[0], minutes)
        return self._measured(states, weight / minutes, threshold)

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

    def lost_and_waited(self, busyness: float) -> Floats:
        """Expected lost calls and hours of waiting in a day with arrivals × *busyness*, emptying it included."""
        weights: dict[State, float] = {(0, 0): 1.0}
        result, before = np.zeros(2), 0
        closing = ((self.agents[-1], 0.0),)
        for on_duty, rate in (*zip(self.agents, self.per_hour, strict=True), *closing):
            weights = self._changed(weights, before, on_duty)
            states, matrix = generator((0, 2), self._moves(on_duty, busyness * rate))
            start = np.array([weights.get(state, 0.0) for state in states])
            hours, end = occupied(matrix, start, 1.0)
            present = np.array(states)[:, 0]
            waited = float(hours @ np.maximum(present - on_duty, 0))
            balked = self.balk * busyness * rate * float(hours[present >= on_duty].sum())
            result += [balked + waited / self.patience_h, waited]
            weights, before = dict(zip(states, end.tolist(), strict=True)), on_duty
        return result

    def mean(self, shape: float, nodes: int = 3) -> Floats:
        """The same over days whose busyness is gamma with mean 1 and this *shape*: Gauss-Laguerre quadrature."""
        k = np.arange(nodes)
        beside = np.sqrt(k[1:] * (k[1:] + shape - 1))
        places, vectors = np.linalg.eigh(np.diag(2 * k + shape) + np.diag(beside, 1) + np.diag(beside, -1))
        days = [self.lost_and_waited(place / shape) for place in places]
        return np.asarray(vectors[0] ** 2 @ np.array(days))

    def _moves(self, on_duty: int, rate: float) -> Moves:
        def moves(state: State) -> Iterator[tuple[float, State]]:
            present, leaving = state
            if present < self.size:
                yield rate * (1 - self.balk * (present >= on_duty)), (present + 1, leaving)
            yield max(present - on_duty, 0) / self.patience_h, (max(present - 1, 0), leaving)
            busy = min(present, on_duty)
            if self.by_number:
                yield busy / self.call_h, (max(present - 1, 0), leaving)
                yield leaving / self.call_h, (present, max(leaving - 1, 0))
            elif leaving:
                yield (busy + leaving) / self.call_h, (present, leaving - 1)
            else:
                yield busy / self.call_h, (max(present - 1, 0), 0)

        return moves

    def _changed(self, weights: dict[State, float], before: int, after: int) -> dict[State, float]:
        """Distribution over states when the number on duty changes; busy agents are any of them, alike."""
        gone = before - after
        if gone <= 0:
            return weights
        changed: dict[State, float] = {}
        for (present, _), weight in weights.items():
            busy = min(present, before)
            for leaving in range(min(gone, busy) + 1):
                if self.by_number:
                    share = comb(gone, leaving) * comb(after, busy - leaving) / comb(before, busy)
                else:
                    share = float(leaving == max(busy - after, 0))
                state = (present - leaving, leaving)
                changed[state] = changed.get(state, 0.0) + weight * share
        return changed


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

    def moves(self, state: State) -> Iterator[tuple[float, State]]:
        """Rates out of a state."""
        inbox, thinking, waiting = state
        if inbox + thinking < self.slots:
            yield self.arrival, (inbox + 1, thinking, waiting)
        elif waiting < self.lines:
            yield self.arrival, (inbox, thinking, waiting + 1)
        if inbox:
            ends = 1 / (self.compose * self.mean_turns)
            yield ends, (inbox, thinking, waiting - 1) if waiting else (inbox - 1, thinking, 0)
            yield 1 / self.compose - ends, (inbox - 1, thinking + 1, waiting)
        if thinking:
            yield thinking / self.think, (inbox + 1, thinking - 1, waiting)
        if waiting:
            yield waiting / self.patience, (inbox, thinking, waiting - 1)

    def _ahead(self, state: State) -> Iterator[tuple[float, State]]:
        """Rates out of the state of a customer who waits for *waiting* others and one more freed slot.

        (1, -1, 0) means that he is accepted, (-1, -1, 0) that he has left.
        """
        inbox, thinking, waiting = state
        if thinking < 0:
            return
        if inbox:
            ends = 1 / (self.compose * self.mean_turns)
            yield ends, (inbox, thinking, waiting - 1) if waiting else (1, -1, 0)
            yield 1 / self.compose - ends, (inbox - 1, thinking + 1, waiting)
        if thinking:
            yield thinking / self.think, (inbox + 1, thinking - 1, waiting)
        yield 1 / self.patience, (-1, -1, 0)
        if waiting:
            yield waiting / self.patience, (inbox, thinking, waiting - 1)

    def _joiners(self, minutes: float, states: list[State], weight: Floats) -> tuple[float, float, float]:
        """Of those who wait: shares accepted in the end and within some *minutes*; mean wait × acceptance."""
        seen, matrix = generator((0, self.slots, self.lines - 1), self._ahead)
        place = {state: k for k, state in enumerate(seen)}
        start = np.zeros(len(seen))
        for (inbox, thinking, waiting), share in zip(states, weight.tolist(), strict=True):
            if inbox + thinking == self.slots and waiting < self.lines:
                start[place[inbox, thinking, waiting]] += share
        accepted, gone = place[1, -1, 0], place[-1, -1, 0]
        inner = np.delete(np.arange(len(seen)), [accepted, gone])
        leaves = -matrix[np.ix_(inner, inner)]
        served = np.linalg.solve(leaves, matrix[inner, accepted])
        in_time = float((start @ expm(matrix * minutes))[accepted])
        return float(start[inner] @ served), in_time, float(start[inner] @ np.linalg.solve(leaves, served))

    def figures(self, threshold: float = 1 / 3) -> Figures:
        """Key figures in the long run; the service level looks at a *threshold* in minutes."""
        states, matrix = generator((0, 0, 0), self.moves)
        weight = stationary(matrix)
        inbox, thinking, waiting = np.array(states).T
        at_once = float(weight[inbox + thinking < self.slots].sum())
        served, in_time, wait = self._joiners(threshold, states, weight)
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
