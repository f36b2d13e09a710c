"""Who comes, with what patience and what needs? Columns drawn before anything happens."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.world.rota import People
from sim.world.units import Flags, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Who comes again: columns of chats (R27 to R29)."""

    customer: Ints
    """Row of the customer's first attempt."""
    attempt: Ints
    """1 for the first, 2 for the next, …"""
    next_row: Ints
    """Row reserved for the next attempt; −1 if this is the last one drawn."""
    retries: Flags
    """Whether the customer tries again if this attempt is missed."""
    returns: Flags
    """Whether he comes again if this attempt does not resolve it."""
    retry_delay_s: Floats
    return_delay_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """Uniforms from which resolution and satisfaction are read: columns of chats."""

    resolve_u: Floats
    csat_u: Floats
    nps_u: Floats
    ces_u: Floats
    survey_u: Floats
    conversion_u: Floats


def _nothing() -> Floats:
    return np.empty(0)


def _no_flags() -> Flags:
    return np.empty(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """The chats of one replication, a row each: first attempts in order of arrival, then of queue and number.

    After them come the rows reserved for further attempts, in order of attempt, queue and number, which may
    happen or not. Columns of chats have shape (n_chats,). Columns of turns are flat: the turns of chat i are
    the rows ``turn_offset[i]`` to ``turn_offset[i + 1]``. Columns of what no queue or group has are empty or
    None. Engines read, and never draw.
    """

    seed: int
    replication: int
    queue: Ints
    """Queue of each chat."""
    number: Ints
    """Number within its queue: the same customer, whatever the other queues and the staffing."""
    arrival_s: Floats
    """NaN for a reserved row."""
    patience_s: Floats
    """Longest time in the queue; infinite where the queue has no patience law."""
    work_s: Floats
    """Work brought (service by work); NaN by turns."""
    wrap_up_s: Floats
    route_u: Floats
    """Uniform that chooses among free agents under random routing (R7); 0 under the other policies."""
    turn_offset: Ints
    """Shape (n_chats + 1,)."""
    agent_s: Floats
    """Composing time of each turn's reply, before any switching."""
    customer_s: Floats
    """Time from each turn's reply to the customer's next message; that of the last turn is not used."""

    reply_patience_s: Floats = field(default_factory=_nothing)
    """Of each turn: longest time from message to reply; infinite where the queue has no such law."""
    silent: Flags = field(default_factory=_no_flags)
    """Of each chat: whether its customer would leave without a signal."""
    detect_s: Floats = field(default_factory=_nothing)
    """Of each chat: time until its agent notices that the customer is gone."""
    balk_u: Floats = field(default_factory=_nothing)
    """Of each chat: uniform that decides whether its customer joins."""
    chains: Chains | None = None
    opinions: Opinions | None = None
    people: People | None = None

    @property
    def n_chats(self) -> int:
        """Chats, the rows reserved for further attempts included."""
        return len(self.arrival_s)

    @property
    def n_customers(self) -> int:
        """First attempts: the chats whose arrival is drawn."""
        return self.n_chats if self.chains is None else int((self.chains.attempt == 1).sum())

    @property
    def n_turns(self) -> int:
        """Turns of all chats."""
        return len(self.agent_s)
