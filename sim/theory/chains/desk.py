"""One agent who answers messages, one at a time, from several chats: exact.

Rates are per minute and times in minutes, as the literature has them; the figures bear the simulator's names
and are in seconds, as there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.theory.chains.pool import Figures, State
from sim.theory.markov import explore


@dataclass(frozen=True, slots=True)
class Desk:
    """One agent with slots, by turns; a state is (messages in their inbox, customers thinking, waiting).

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
        """Moves of a customer who waits for *waiting* others and one more freed slot, until they are done."""
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
        empty: State = (0, 0, 0)
        chain = explore(self.moves, empty)
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
