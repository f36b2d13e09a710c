"""How does a line go through a rush? Exactly, from moment to moment, and as large teams do.

Customers come at a rate that is constant in pieces, and are served and lose patience as in Erlang A:
M(t)/M/n+M. Its course is exact by uniformisation (:mod:`.markov`). Of large teams it is nearly that of a
fluid, which flows in at the same rate: Mandelbaum, Massey and Reiman, *Strong approximations for Markovian
service networks*, Queueing Systems 30 (1998) 149-201; Whitt, *Fluid models for multiserver queues with
abandonments*, Operations Research 54 (2006) 37-54; Liu and Whitt, *The G(t)/GI/s(t)+GI many-server fluid
queue*, Queueing Systems 71 (2012) 405-444.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, exp, inf, isinf, log, sqrt

import numpy as np

from sim.arrays import Floats
from sim.errors import TheoryError
from sim.theory.inputs import amount, positive, whole
from sim.theory.markov import Chain, Moves, explore

NEVER = 1e-12
"""What is less probable is as good as never."""


@dataclass(frozen=True)
class Rush:
    """A team and the customers who come to it, piece by piece.

    Raises
    ------
    TheoryError
        If a number breaks its law.
    """

    pieces: tuple[tuple[float, float], ...]
    """Length of each piece in seconds, and customers a second in it."""
    agents: int
    aht_s: float
    """Mean handling time; exponential."""
    patience_s: float = inf
    """Mean patience; exponential, or endless."""

    def __post_init__(self) -> None:
        if not self.pieces:
            raise TheoryError("pieces: must be at least one")
        positive([length_s for length_s, _ in self.pieces], "length_s")
        amount([per_s for _, per_s in self.pieces], "per_s")
        whole(self.agents, "agents", least=1)
        positive(self.aht_s, "aht_s")
        positive(self.patience_s, "patience_s", may_be_endless=True)

    def leaving(self, chats: float) -> float:
        """Rate at which customers are served or leave, a second, while there are so many."""
        return min(chats, self.agents) / self.aht_s + max(chats - self.agents, 0) / self.patience_s

    def moves(self, per_s: float, most: int) -> Moves[int]:
        """Moves between numbers of customers, up to *most*: who comes then is lost."""

        def moves(chats: int) -> Iterator[tuple[int, float]]:
            yield chats + 1, per_s if chats < most else 0.0
            yield chats - 1, self.leaving(chats)

        return moves

    def chain(self, per_s: float, most: int) -> Chain[int]:
        """Chain of the number of customers while they come at one rate; its states are 0, 1, … *most*."""
        chain = explore(self.moves(per_s, most), *range(most + 1))
        assert chain.states == tuple(range(most + 1))
        return chain


@dataclass(frozen=True, eq=False)
class Course:
    """Where a team is in the course of a rush."""

    rush: Rush
    times_s: Floats
    """Since the beginning, which is the first of them."""
    chances: Floats
    """Probabilities of 0, 1, … customers at each time, shape (n_times, n_states)."""

    @cached_property
    def waiting(self) -> Floats:
        """Mean number of customers who wait, at each time."""
        line = np.maximum(np.arange(self.chances.shape[1]) - self.rush.agents, 0)
        return np.asarray(self.chances @ line, dtype=np.float64)

    def within(self, t_s: float) -> Floats:
        """Share of those who come at each time that is accepted within *t_s*."""
        n_waiting = self.chances.shape[1] - self.rush.agents
        at_once = self.chances[:, : self.rush.agents].sum(axis=1)
        later = self.chances[:, self.rush.agents :] @ _accepted(self.rush, n_waiting, t_s)
        return np.asarray(at_once + later, dtype=np.float64)


def course(rush: Rush, step_s: float = 60.0, start: Floats | None = None) -> Course:
    """Course of a *rush*, at the ends of pieces and at most every *step_s* in between.

    *start* has the probabilities of 0, 1, … customers at the beginning; omitted: those of the long run at the
    first piece's rate.

    Raises
    ------
    TheoryError
        If there is no long run at that rate.
    """
    most = _room(rush, 0 if start is None else len(start))
    while True:
        found = _course(rush, step_s, start, most)
        if found.chances[:, -1].max() < NEVER:
            return found
        most *= 2


def _course(rush: Rush, step_s: float, start: Floats | None, most: int) -> Course:
    now, t_s = _begin(rush, start, most), 0.0
    times_s, chances = [t_s], [now]
    for length_s, per_s in rush.pieces:
        chain, n = rush.chain(per_s, most), ceil(length_s / step_s)
        for k in range(1, n + 1):
            now = chain.transient(now, length_s / n)
            times_s.append(t_s + k * length_s / n)
            chances.append(now)
        t_s += length_s
    return Course(rush, np.array(times_s), np.array(chances))


def longest(rush: Rush, start: Floats | None = None) -> Floats:
    """Probabilities that never more than 0, 1, 2, … customers wait in a *rush*, up to one as good as sure.

    A chain in which it ends when more wait is never left then. *start* is as in `course`.
    """
    most = _room(rush, 0 if start is None else len(start))
    begin, chances = _begin(rush, start, most), [0.0]
    while chances[-1] < 1 - 1e-9:
        end = rush.agents + len(chances)  # one more than may ever be there
        now = np.append(begin[:end], begin[end:].sum())
        for length_s, per_s in rush.pieces:
            now = _stopped(rush, per_s, end).transient(now, length_s)
        chances.append(float(now[:end].sum()))
    return np.array(chances[1:])


def mean_longest(rush: Rush, start: Floats | None = None) -> float:
    """Mean of the longest line in the course of a *rush*: the tail's probabilities added up."""
    return float((1 - longest(rush, start)).sum())


def _stopped(rush: Rush, per_s: float, end: int) -> Chain[int]:
    """Chain of the number of customers that stays at its *end*."""
    moves = rush.moves(per_s, end)
    return explore(lambda chats: moves(chats) if chats < end else (), *range(end + 1))


def _begin(rush: Rush, start: Floats | None, most: int) -> Floats:
    if start is None:
        begin = rush.chain(rush.pieces[0][1], most).stationary
        if begin[-1] > 1e-9:
            raise TheoryError("start: there is no long run at the first piece's rate, so say where it begins")
        return begin
    return np.append(np.asarray(start, dtype=np.float64), np.zeros(most + 1 - len(start)))


def _room(rush: Rush, least: int) -> int:
    """Number of customers that is hardly ever reached: the fluid's, and many deviations more."""
    ends_s = np.cumsum([length_s for length_s, _ in rush.pieces])
    high = max(fluid(rush, ends_s, _balance(rush)).max(), rush.agents, _balance(rush), least)
    return int(high + 12 * sqrt(high) + 60)


def _accepted(rush: Rush, n: int, t_s: float) -> Floats:
    """Chance of a customer to be accepted within *t_s* who finds 0, 1, … n - 1 waiting, and no agent free.

    With all agents busy, those before them leave the line at a rate that only their number decides.
    """

    def fate(ahead: int) -> Iterator[tuple[int, float]]:
        if ahead < 0:  # accepted, or gone
            return
        yield (ahead - 1 if ahead else ACCEPTED), rush.agents / rush.aht_s + ahead / rush.patience_s
        yield GONE, 1 / rush.patience_s

    chain = explore(fate, *range(n), ACCEPTED, GONE)
    return chain.expected(chain.values(lambda state: float(state == ACCEPTED)), t_s)[:n]


ACCEPTED, GONE = -1, -2
"""Ends of a customer's wait."""


def fluid(rush: Rush, times_s: Floats, start: float) -> Floats:
    """Customers there at some *times_s*, rising, of a fluid that begins at *start*.

    With x there it changes at the rate λ − min(x, n) / AHT − max(x − n, 0) / patience, which is linear below
    and above n: so it is a sum of exponentials between the times at which it passes n, and no step errs.
    """
    ends_s = np.cumsum([length_s for length_s, _ in rush.pieces])
    marks = np.unique(np.concatenate([[0.0], ends_s, np.asarray(times_s, dtype=np.float64)]))
    levels, x = [start], start
    for begin_s, end_s in pairwise(marks.tolist()):
        piece = min(int(np.searchsorted(ends_s, begin_s, side="right")), len(rush.pieces) - 1)
        x = _flow(rush, rush.pieces[piece][1], x, end_s - begin_s)
        levels.append(x)
    return np.asarray(np.interp(times_s, marks, levels), dtype=np.float64)


def _flow(rush: Rush, per_s: float, x: float, left_s: float) -> float:
    """Level after *left_s* at one rate, from *x* on."""
    n, spare = float(rush.agents), per_s - rush.agents / rush.aht_s
    is_above = x > n or (x == n and spare > 0)
    slope = per_s - rush.leaving(x)
    fade_s = rush.patience_s if is_above else rush.aht_s
    heads_for_n = (x > n and spare < 0) or (x < n and spare > 0)
    pass_s = _time_to(n - x, slope, fade_s) if heads_for_n else inf
    if pass_s < left_s:
        return _flow(rush, per_s, n, left_s - pass_s)
    return x + _change(slope, fade_s, left_s)


def _change(slope: float, fade_s: float, t_s: float) -> float:
    """Change after *t_s* of what changes at a *slope* that fades away."""
    return slope * t_s if isinf(fade_s) else slope * fade_s * (1 - exp(-t_s / fade_s))


def _time_to(change: float, slope: float, fade_s: float) -> float:
    """When it has changed so much."""
    if isinf(fade_s):
        return change / slope
    rest = 1 - change / (slope * fade_s)
    return inf if rest <= 0 else -fade_s * log(rest)


def _balance(rush: Rush) -> float:
    """Level at which a fluid at the first piece's rate stays; that of all agents busy if it never does."""
    per_s, full = rush.pieces[0][1], rush.agents / rush.aht_s
    if per_s <= full:
        return per_s * rush.aht_s
    return rush.agents + (0.0 if isinf(rush.patience_s) else (per_s - full) * rush.patience_s)
