"""How fast does an agent answer who holds several chats? The machine-repair model of attention.

An agent who always holds K chats is a repairman with K machines: a message waits for the replies before it,
then for its own, and the customer's thinking is the time until the machine breaks again. Lewis and Beshears
(US patent 8,064,589, 2011) inflate handling times by it. Mean value analysis gives it in K steps (Reiser and
Lavenberg, J. ACM 27 (1980) 313-322): a message finds the inbox of the same agent with a chat less.

Exact if replies are exponential, whatever the thinking is (Baskett, Chandy, Muntz and Palacios, J. ACM 22
(1975) 248-260); a wrap-up that takes attention makes it an approximation. With other replies of the same mean
and a smaller spread agents are faster than it says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Floats
from sim.theory.inputs import amount, positive, whole

MOST_SLOTS = 1_000
"""Most chats an agent may hold."""


@dataclass(frozen=True, slots=True)
class Repair:
    """An agent who always holds a number of chats; a value for each number, from 1."""

    reply_s: Floats
    """Mean time from a message to its reply."""
    attention: Floats
    """Share of their time that they attend to something."""
    replies_per_s: Floats
    slowdown: Floats
    """Mean time between a chat's messages, over that of a chat alone."""


def machine_repair(slots: ArrayLike, agent_s: float, customer_s: float) -> Repair:
    """Agent who always holds 1, 2, …, *slots* chats whose customers think after every reply.

    >>> machine_repair(3, 30, 60).reply_s
    array([30., 40., 54.])

    Raises
    ------
    TheoryError
        If slots are not whole or a time is negative, or replies take none.
    """
    compose, think = float(positive(agent_s, "agent_s")), float(amount(customer_s, "customer_s"))
    k, reply = _residence(slots, compose, think)
    cycle = reply + think
    return Repair(reply, k / cycle * compose, k / cycle, cycle / (compose + think))


def _residence(slots: ArrayLike, demand: float, think: float) -> tuple[Floats, Floats]:
    """Numbers of chats from 1, and with each the mean time that one spends in the inbox in a cycle."""
    most = int(whole(slots, "slots", 1, MOST_SLOTS))
    times, inbox = np.empty(most), 0.0
    for k in range(1, most + 1):
        times[k - 1] = demand * (1 + inbox)
        inbox = k * times[k - 1] / (times[k - 1] + think)
    return np.arange(1.0, most + 1), times


@dataclass(frozen=True, slots=True)
class Attention:
    """What a chat by turns takes, in means: the scenario's `service` and a group's `switching`.

    Raises
    ------
    TheoryError
        If a time is negative, replies take none, or a chat has less than one turn.
    """

    agent_s: float
    """Attention for one reply."""
    customer_s: float
    """Reading, thinking and typing between a reply and the next message."""
    turns: float
    """Replies in a chat."""
    wrap_up_s: float = 0.0
    switching: float = 0.0
    """How much longer a reply takes with more than one chat open."""
    wrap_up_attention: bool = True
    """Whether the wrap-up takes attention, or only the slot."""

    def __post_init__(self) -> None:
        positive(self.agent_s, "agent_s")
        for name in ("customer_s", "wrap_up_s", "switching"):
            amount(getattr(self, name), name)
        amount(self.turns, "turns", least=1.0)


@dataclass(frozen=True, slots=True)
class Saturated:
    """An agent whose slots are always full, as somebody always waits; a value for 1, 2, … slots."""

    reply_s: Floats
    """Mean time from a message to its reply."""
    attention: Floats
    """Share of their time that they compose or wrap up."""
    chats_per_s: Floats
    """Capacity: chats that they complete a second."""
    aht_s: Floats
    """Handling time: from the acceptance to the end of the wrap-up."""
    slowdown: Floats
    """Handling time over that of a chat alone."""


def saturated(attention: Attention, slots: ArrayLike) -> Saturated:
    """Agent with 1, 2, …, *slots* chats, each followed by the next.

    Raises
    ------
    TheoryError
        If slots are not a whole number from 1 to 1,000.
    """
    most = int(whole(slots, "slots", 1, MOST_SLOTS))
    alone = _saturated(attention, 1, attention.agent_s)
    busy = _saturated(attention, most, attention.agent_s * (1 + attention.switching))
    values = [np.concatenate([one[:1], more[1:]]) for one, more in zip(alone, busy, strict=True)]
    reply_s, share, capacity, aht_s = values
    return Saturated(reply_s, share, capacity, aht_s, aht_s / aht_s[0])


def _saturated(attention: Attention, slots: int, agent_s: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Reply times, attention, capacity and handling times, all replies taking *agent_s*."""
    wrap_up = attention.wrap_up_s if attention.wrap_up_attention else 0.0
    beside = attention.wrap_up_s - wrap_up
    demand = attention.turns * agent_s + wrap_up
    think = (attention.turns - 1) * attention.customer_s + beside
    k, inside = _residence(slots, demand, think)
    capacity = k / (inside + think)
    # The wrap-up follows the last reply at once, so only replies wait for attention.
    return (inside - wrap_up) / attention.turns, capacity * demand, capacity, k / capacity
