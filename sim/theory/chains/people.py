"""Agents with a slot each: queues of different priority, skills, agents of different speed. In seconds."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from sim.theory.chains.model import Figures, Step


@dataclass(frozen=True)
class Priorities:
    """Agents with a slot each and two queues, the first of which is served first, without interruption.

    A state is (agents with a chat of the first queue, of the second; waiting in the first, in the second). A
    freed agent takes who waits in the first queue if anybody does (R9); customers of each queue have a
    patience and a work of their own.
    """

    agents: int
    arrival: tuple[float, float]
    work: tuple[float, float]
    patience: tuple[float, float]
    capacity: int
    first: int = 0
    """The queue that is served first."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return (0, 0, 0, 0)

    def steps(self, state: tuple[int, int, int, int]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        busy, lines = state[:2], state[2:]
        for q, rate in enumerate(self.arrival):
            if sum(busy) < self.agents:
                yield (*_moved(busy, q, 1), *lines), rate, ""
            elif lines[q] < self.capacity:
                yield (*busy, *_moved(lines, q, 1)), rate, ""
            else:
                yield state, rate, f"blocked {q}"
            if lines[q]:
                yield (*busy, *_moved(lines, q, -1)), lines[q] / self.patience[q], f"abandoned {q}"
            if busy[q]:
                yield self._filled(_moved(busy, q, -1), lines), busy[q] / self.work[q], f"served {q}"

    def _filled(self, busy: tuple[int, ...], lines: tuple[int, ...]) -> tuple[int, ...]:
        for q in (self.first, 1 - self.first):
            if lines[q]:
                return (*_moved(busy, q, 1), *_moved(lines, q, -1))
        return (*busy, *lines)

    def levels(self, state: tuple[int, int, int, int]) -> Figures:
        """Give what is averaged over time."""
        offered = {f"offered {q}": rate for q, rate in enumerate(self.arrival)}
        return offered | {"waiting 0": state[2], "waiting 1": state[3], "held": state[0] + state[1]}


@dataclass(frozen=True)
class Speeds:
    """Agents with a slot each who differ in speed, by work with a wrap-up; who is idle longest comes first.

    A state is (the agents who are idle, the one idle longest first; those who work; those in wrap-up;
    number waiting). Work and wrap-up end at their rate times the agent's speed (R30); an agent who ends is
    the last of the idle ones, or takes who waits (R7 to R9).
    """

    arrival: float
    speeds: tuple[float, ...]
    work: float
    wrap_up: float
    patience: float
    capacity: int
    lowest: bool = False
    """Wrong: a chat goes to the idle agent with the lowest number."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return (tuple(range(len(self.speeds))), (), (), 0)

    def steps(self, state: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        idle, working, wrapping, waiting = state
        if idle:
            taker = min(idle) if self.lowest else idle[0]
            rest = tuple(agent for agent in idle if agent != taker)
            yield (rest, _with(working, taker), wrapping, waiting), self.arrival, ""
        elif waiting < self.capacity:
            yield (idle, working, wrapping, waiting + 1), self.arrival, ""
        else:
            yield state, self.arrival, "blocked"
        yield (idle, working, wrapping, max(waiting - 1, 0)), waiting / self.patience, "abandoned"
        for agent in working:
            after = (idle, _without(working, agent), _with(wrapping, agent), waiting)
            yield after, self.speeds[agent] / self.work, f"served by {agent}"
        for agent in wrapping:
            rest = _without(wrapping, agent)
            if waiting:
                after = (idle, _with(working, agent), rest, waiting - 1)
            else:
                after = ((*idle, agent), working, rest, 0)
            yield after, self.speeds[agent] / self.wrap_up, ""

    def levels(self, state: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int]) -> Figures:
        """Give what is averaged over time."""
        idle, _, wrapping, waiting = state
        busy = {f"busy {agent}": float(agent not in idle) for agent in range(len(self.speeds))}
        return busy | {"offered": self.arrival, "waiting": waiting, "wrapping": len(wrapping)}


def _with(agents: tuple[int, ...], agent: int) -> tuple[int, ...]:
    return tuple(sorted((*agents, agent)))


def _without(agents: tuple[int, ...], agent: int) -> tuple[int, ...]:
    return tuple(other for other in agents if other != agent)


@dataclass(frozen=True)
class Skills:
    """Specialists who serve the first queue, and others who serve both; a slot each, by work.

    A state is (specialists busy; others busy with a chat of the first queue, of the second; waiting in the
    first, in the second). The first queue prefers specialists; the others take the second queue first.
    """

    specialists: int
    others: int
    arrival: tuple[float, float]
    work: tuple[float, float]
    patience: tuple[float, float]
    capacity: int

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return (0, 0, 0, 0, 0)

    def steps(self, state: tuple[int, int, int, int, int]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        yield from self._arrive(state)
        special, first, second, *lines = state
        for q in (0, 1):
            yield _moved(state, 3 + q, -(lines[q] > 0)), lines[q] / self.patience[q], f"abandoned {q}"
        if special:
            after = _moved(state, 3, -1) if lines[0] else _moved(state, 0, -1)
            yield after, special / self.work[0], "served 0"
        for q, busy in enumerate((first, second)):
            if busy:
                yield self._filled(_moved(state, 1 + q, -1)), busy / self.work[q], f"served {q}"

    def _arrive(self, state: tuple[int, ...]) -> Iterator[Step]:
        special, first, second, *lines = state
        for q, rate in enumerate(self.arrival):
            if q == 0 and special < self.specialists:
                yield _moved(state, 0, 1), rate, ""
            elif first + second < self.others:
                yield _moved(state, 1 + q, 1), rate, ""
            elif lines[q] < self.capacity:
                yield _moved(state, 3 + q, 1), rate, ""
            else:
                yield state, rate, f"blocked {q}"

    @staticmethod
    def _filled(state: tuple[int, ...]) -> tuple[int, ...]:
        """State once one of the others has taken who waits, the second queue first."""
        for q in (1, 0):
            if state[3 + q]:
                return _moved(_moved(state, 3 + q, -1), 1 + q, 1)
        return state

    def levels(self, state: tuple[int, int, int, int, int]) -> Figures:
        """Give what is averaged over time."""
        offered = {f"offered {q}": rate for q, rate in enumerate(self.arrival)}
        return offered | {
            "waiting 0": state[3],
            "waiting 1": state[4],
            "busy 0": state[0],
            "busy 1": state[1] + state[2],
        }


def _moved(counts: tuple[int, ...], k: int, by: int) -> tuple[int, ...]:
    return (*counts[:k], counts[k] + by, *counts[k + 1 :])
