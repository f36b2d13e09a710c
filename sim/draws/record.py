"""Who comes, with what patience and what needs? Columns drawn before anything happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.arrays import Flags, Floats, Ints, cut, firsts, stacked
from sim.scenario.duty import People
from sim.scenario.units import plural


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
    """Whether they come again if this attempt does not resolve it."""
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

    def __repr__(self) -> str:
        chats = plural(self.n_customers, "customer")
        return f"<Draws of seed {self.seed}, replication {self.replication}: {chats}>"

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


OF_CHATS = (
    *("queue", "number", "arrival_s", "patience_s", "work_s", "wrap_up_s", "route_u"),
    *("silent", "detect_s", "balk_u"),
)
OF_TURNS = ("agent_s", "customer_s", "reply_patience_s")


@dataclass(frozen=True, slots=True, eq=False)
class DrawsBatch:
    """Draws of several replications, one below the other; each can be cut out.

    Engines take them as they are: to cut columns and put them together again would be Python's work, with its
    lock, a column and a replication at a time.
    """

    together: Draws
    """The rows of all. Offsets of turns count through all, rows of chats that chains tell from the first of
    their replication. Replication and people are those of the first, if any: all of them stand below."""
    replications: Sequence[int]
    first_chat: Ints
    """Shape (n_replications + 1): the r-th has the chats ``first_chat[r]`` to ``first_chat[r + 1]``."""
    people: Sequence[People | None]
    """Of each replication."""

    @classmethod
    def of(cls, draws: Iterable[Draws]) -> DrawsBatch:
        """Put *draws* of one scenario one below the other, where they are not yet."""
        if isinstance(draws, DrawsBatch):
            return draws
        draws = list(draws)
        return cls(
            together=draws[0] if len(draws) == 1 else _stacked(draws),
            replications=[each.replication for each in draws],
            first_chat=firsts(each.n_chats for each in draws),
            people=[each.people for each in draws],
        )

    @property
    def n_customers(self) -> Ints:
        """First attempts in each replication, see `Draws.n_customers`."""
        chains = self.together.chains
        if chains is None:
            return np.diff(self.first_chat)
        return np.diff(np.concatenate([[0], np.cumsum(chains.attempt == 1)])[self.first_chat])

    def __len__(self) -> int:
        """Count the replications."""
        return len(self.replications)

    def __iter__(self) -> Iterator[Draws]:
        """Cut out one after the other."""
        return (self[r] for r in range(len(self)))

    def __getitem__(self, r: int) -> Draws:
        """Cut out the r-th."""
        every, (first, end) = self.together, self.first_chat[r : r + 2].tolist()
        offset = every.turn_offset[first : end + 1]
        chats, turns = slice(first, end), slice(offset[0], offset[-1])
        return Draws(
            seed=every.seed,
            replication=self.replications[r],
            turn_offset=offset - offset[0],
            chains=None if every.chains is None else cut(every.chains, chats),
            opinions=None if every.opinions is None else cut(every.opinions, chats),
            people=self.people[r],
            **{name: getattr(every, name)[chats] for name in OF_CHATS},
            **{name: getattr(every, name)[turns] for name in OF_TURNS},
        )


def _stacked(draws: Sequence[Draws]) -> Draws:
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(each, name) for each in draws]) for name in (*OF_CHATS, *OF_TURNS)
    }
    first_turn = firsts(each.n_turns for each in draws)
    offsets = [each.turn_offset[:-1] + first for each, first in zip(draws, first_turn, strict=False)]
    chains = [each.chains for each in draws if each.chains is not None]
    opinions = [each.opinions for each in draws if each.opinions is not None]
    return Draws(
        seed=draws[0].seed,
        replication=draws[0].replication,
        turn_offset=np.concatenate([*offsets, first_turn[-1:]]),
        chains=stacked(chains) if chains else None,
        opinions=stacked(opinions) if opinions else None,
        **columns,
    )
