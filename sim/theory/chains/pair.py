"""Two agents with several chats, told apart, by work: who took the last chat decides who takes the next one.

Times in seconds. A state is (chats of either agent; who is next; number waiting).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from sim.theory.chains.model import Figures, Step

State = tuple[int, int, int, int]


@dataclass(frozen=True)
class Pair:
    """Two agents with slots, by work, routed by `longest_idle` or in turn (`round_robin`).

    Idle is who took or ended a chat less recently (R8), so what must be known is who did last. In turn the
    next one is whom the rule did not choose last: chats taken from the line do not count (R7).
    """

    arrival: float
    aht: tuple[float, ...]
    patience: float
    capacity: int
    policy: str = "longest_idle"

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there: the first agent is next."""
        return (0, 0, 0, 0)

    def steps(self, state: State) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        held, first, waiting = state[:2], state[2], state[3]
        free = [agent for agent in (first, 1 - first) if held[agent] < len(self.aht)]
        if free:
            yield self._after(state, free[0], 1, 1 - free[0], 0), self.arrival, ""
        elif waiting < self.capacity:
            yield (*state[:3], waiting + 1), self.arrival, ""
        else:
            yield state, self.arrival, "blocked"
        yield (*state[:3], max(waiting - 1, 0)), waiting / self.patience, "abandoned"
        for agent in (0, 1):
            if held[agent]:
                then = 1 - agent if self.policy == "longest_idle" else first
                refilled = 1 if waiting else 0
                after = self._after(state, agent, refilled - 1, then, -refilled)
                yield after, held[agent] / self.aht[held[agent] - 1], f"served by {agent}"

    @staticmethod
    def _after(state: State, agent: int, chats: int, first: int, waiting: int) -> State:
        """State with more *chats* of an *agent*, another one next, and more *waiting*."""
        mine = [state[0], state[1]]
        mine[agent] += chats
        return (mine[0], mine[1], first, state[3] + waiting)

    def levels(self, state: State) -> Figures:
        """Give what is averaged over time."""
        held = state[:2]
        return {
            "offered": self.arrival,
            "waiting": state[3],
            "held": sum(held),
            "busy": sum(chats > 0 for chats in held),
        }
