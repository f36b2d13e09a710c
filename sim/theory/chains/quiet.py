"""Customers who fall silent within the chat, by turns, and nobody waits: idle timeouts. Times in seconds."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from math import exp

from sim.theory.chains.model import Figures, Step
from sim.theory.erlang import erlang_b


@dataclass(frozen=True)
class Idle:
    """One agent with slots and no waiting room, by turns, who closes a chat after a time of quiet.

    A chain can't hold a fixed timeout T, but need not. A customer who is quiet is one of two kinds: with
    probability p = exp(-T / think) they would think longer than T, and their chat is closed after exactly T;
    else they write again after a time of mean think - T p / (1 - p). A reply of exponential time, first come
    first served, and quiet times beside each other, with arrivals that are lost when all slots are full,
    are a network of the kind in which the law of a quiet time matters by its mean alone (Baskett, Chandy,
    Muntz and Palacios, J. ACM 22 (1975) 248-260). So any other law with these means gives the same figures:
    here that of some exponential *stages*, and a test says that their number is nothing to them.

    A state is (messages in the inbox, customers in each stage of quiet before they write, and before the
    end).
    """

    arrival: float
    slots: int
    compose: float
    think: float
    mean_turns: float
    timeout: float
    stages: int = 1
    for_all: bool = False
    """Wrong: a chat that is closed has been quiet for as long as one that goes on."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return (0, (0,) * self.stages, (0,) * self.stages)

    @property
    def closed(self) -> float:
        """Share of quiet times that are too long."""
        return exp(-self.timeout / self.think)

    @property
    def quiet(self) -> float:
        """Mean quiet time of a customer who writes again."""
        return self.think - self.timeout * self.closed / (1 - self.closed)

    def steps(self, state: tuple[int, tuple[int, ...], tuple[int, ...]]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        inbox, quiet, lost = state
        if inbox + sum(quiet) + sum(lost) < self.slots:
            yield (inbox + 1, quiet, lost), self.arrival, ""
        else:
            yield state, self.arrival, "blocked"
        if inbox:
            goes_on = (1 - 1 / self.mean_turns) / self.compose
            yield (inbox - 1, quiet, lost), 1 / self.compose - goes_on, "served"
            yield (inbox - 1, _moved(quiet, 0, 1), lost), goes_on * (1 - self.closed), "reply"
            yield (inbox - 1, quiet, _moved(lost, 0, 1)), goes_on * self.closed, "reply"
        for k in range(self.stages):
            is_last = k == self.stages - 1
            if quiet[k]:
                after = _moved(quiet, k, -1)
                after = after if is_last else _moved(after, k + 1, 1)
                yield (inbox + is_last, after, lost), quiet[k] * self.stages / self.quiet, ""
            if lost[k]:
                after = _moved(lost, k, -1)
                after = after if is_last else _moved(after, k + 1, 1)
                mean = self.quiet if self.for_all else self.timeout
                yield (inbox, quiet, after), lost[k] * self.stages / mean, "timed_out" * is_last

    def levels(self, state: tuple[int, tuple[int, ...], tuple[int, ...]]) -> Figures:
        """Give what is averaged over time."""
        inbox, quiet, lost = state
        return {"offered": self.arrival, "held": inbox + sum(quiet) + sum(lost), "composing": inbox > 0}


@dataclass(frozen=True)
class OneChat:
    """Agents with a slot each and no waiting room, by turns, with everything that may end a chat.

    Nobody waits, so a chat is by itself: a reply of mean `compose` is too late with probability compose /
    (compose + reply_patience), and the customer has left (R21): silently for a share of them, whose slot is
    then held for min(detection, timeout), of mean detect * (1 - exp(-timeout / detect)) (R22, R23). Else it
    is the last with probability 1 / mean_turns, and a wrap-up follows; else the customer is quiet for
    min(their time, timeout), and the chat is closed with probability exp(-timeout / think). The number of
    replies is geometric. What is lost follows Erlang B, whatever the law of the holding time (Sevastyanov
    1957).
    """

    arrival: float
    agents: int
    compose: float
    think: float
    mean_turns: float
    reply_patience: float
    timeout: float
    share: float
    detect: float
    wrap_up: float
    cut: bool = True
    """Wrong if not: who is gone is not closed by the idle timeout."""

    def figures(self) -> Figures:
        """Rates and time averages."""
        late = self.compose / (self.compose + self.reply_patience)
        quiet = (1 - late) * (1 - 1 / self.mean_turns)
        closed = exp(-self.timeout / self.think)
        replies = 1 / (1 - quiet * (1 - closed))
        hold = self.detect * (1 - exp(-self.timeout / self.detect) if self.cut else 1.0)
        wrap_up = (1 - late) / self.mean_turns * self.wrap_up
        spent = self.compose + quiet * self.think * (1 - closed) + late * self.share * hold + wrap_up
        held = replies * spent
        blocked = float(erlang_b(self.agents, self.arrival * held))
        accepted = self.arrival * (1 - blocked)
        return {
            "time": 1.0,
            "offered": self.arrival,
            "blocked": self.arrival * blocked,
            "served": accepted * replies * (1 - late) / self.mean_turns,
            "left": accepted * replies * late,
            "timed_out": accepted * replies * quiet * closed,
            "held": accepted * held,
            "replies": accepted * replies,
        }


def _moved(counts: tuple[int, ...], k: int, by: int) -> tuple[int, ...]:
    return (*counts[:k], counts[k] + by, *counts[k + 1 :])
