"""How long do customers wait who never leave, or whose room is finite? Lines in closed form.

With *q* ahead of them, somebody of endless patience waits for q + 1 slots, freed at the rate D, while each of
those ahead leaves at the rate θ: a sum of exponentials of rates D, D + θ, …, D + qθ. Hence e^(−θ × wait) has
the beta law of the smallest of spacings, with parameters D / θ and q + 1 (Rényi's representation; Feller, *An
Introduction to Probability Theory and Its Applications*, volume 2, 2nd ed., section I.6). Without impatience
it is gamma.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import scipy
from numpy.typing import ArrayLike

from sim.arrays import Flags, Floats
from sim.errors import TheoryError
from sim.scenario.distributions import Distribution, Exponential
from sim.scenario.record import Record
from sim.theory.inputs import amount, whole
from sim.theory.line import Line, Team
from sim.theory.patience import Impatient, exponential, patience_of

MOST_ROOM = 1_000_000
"""Largest finite waiting room."""
MOST_PLACES = 10_000_000
"""Most places in finite rooms that are looked at together."""


def wait_line(
    per_s: Floats, team: Team, patience: Distribution | ArrayLike | None = None, room: ArrayLike | None = None
) -> Line:
    """Line of arrivals *per_s* before a *team*.

    *patience* is a law, or the mean in seconds of exponential patience, or None: nobody leaves. *room* is the
    number of chats that may wait, or None: no limit. Arrays are broadcast.

    Raises
    ------
    TheoryError
        If the patience is negative, the room not a whole number, or finite with a law that is not
        exponential.
    """
    if room is not None:
        places, theta = whole(room, "room", 0, MOST_ROOM), _leaving(patience)
        shape = np.broadcast_shapes(per_s.shape, team.loss.shape, places.shape, theta.shape)
        if np.max(places, initial=0) * np.prod(shape) > MOST_PLACES:
            most = f"must have at most {MOST_PLACES:,} places in all lines together"
            raise TheoryError(f"room: {most}, got {np.max(places):g} in each of {np.prod(shape):g}")
        per_s, team = _spread(per_s, team, shape)
        return Room(per_s, team, np.broadcast_to(theta, shape), np.broadcast_to(places, shape))
    if patience is None:
        return Endless(*_spread(per_s, team, np.broadcast_shapes(per_s.shape, team.loss.shape)))
    if isinstance(patience, Record):
        law = patience_of(patience)
        shape = np.broadcast_shapes(per_s.shape, team.loss.shape)
        return Impatient(*_spread(per_s, team, shape), lambda _: law)
    mean = amount(patience, "patience_s")
    shape = np.broadcast_shapes(per_s.shape, team.loss.shape, mean.shape)
    means = np.broadcast_to(mean, shape).ravel()
    return Impatient(*_spread(per_s, team, shape), lambda rows: exponential(means[rows]))


def _spread(per_s: Floats, team: Team, shape: tuple[int, ...]) -> tuple[Floats, Team]:
    spread = (np.broadcast_to(getattr(team, field.name), shape) for field in fields(team))
    return np.broadcast_to(per_s, shape), Team(*spread)


def _leaving(patience: Distribution | ArrayLike | None) -> Floats:
    """Rate at which somebody in the line leaves."""
    if patience is None:
        return np.asarray(0.0)
    if isinstance(patience, Record):
        if not isinstance(patience, Exponential) or patience.zero:
            raise TheoryError("room: a finite room takes exponential patience only")
        return np.asarray(1 / patience.mean_s)
    mean = amount(patience, "patience_s")
    with np.errstate(divide="ignore"):
        return np.asarray(1 / mean)


class Endless(Line):
    """A line without end that nobody leaves: Erlang's. Overloaded, its waits are infinite."""

    def __init__(self, per_s: Floats, team: Team) -> None:
        """Line of arrivals *per_s* before a *team*."""
        self.per_s, self.team = per_s, team
        self._is_stable: Flags = per_s < team.drain_per_s
        self._spare = np.where(self._is_stable, team.drain_per_s - per_s, 0.0)
        zero = np.zeros(per_s.shape)
        self.blocked = self.abandoned = self.left_s = zero
        # P(all taken) = B / (B + (1 − B) (1 − ρ)), of which Erlang's C is the best known case.
        idle = (1 - team.loss) * (self._spare / team.drain_per_s)
        self.delayed = np.where(
            self._is_stable, team.loss / np.where(self._is_stable, team.loss + idle, 1.0), 1.0
        )
        never = np.full(per_s.shape, np.inf)
        self.wait_s = np.divide(self.delayed, self._spare, out=never, where=self._is_stable)
        self.virtual_s = self.wait_s

    def accepted_within(self, t_s: ArrayLike) -> Floats:
        """Share of those entered who are accepted within *t_s*."""
        return np.asarray(1 - self.delayed * np.exp(-self._spare * amount(t_s, "t_s")))

    def left_within(self, t_s: ArrayLike) -> Floats:
        """Nobody leaves."""
        return np.zeros(np.broadcast_shapes(self.per_s.shape, np.shape(t_s)))

    def virtual_within(self, t_s: ArrayLike) -> Floats:
        """Probability that the virtual wait, which is everybody's, is at most *t_s*."""
        return self.accepted_within(t_s)


class Room(Line):
    """A line with a finite *room*, that each leaves at the rate *theta* (0: nobody does). It is always
    stable.

    Arrays of places have an axis more than the parameters, of the number already waiting.
    """

    def __init__(self, per_s: Floats, team: Team, theta: Floats, room: Floats) -> None:
        """Line of arrivals *per_s* before a *team*."""
        self.per_s, self.team = per_s, team
        self._theta, self._drain = theta[..., None], team.drain_per_s[..., None]
        self._ahead = np.arange(float(room.max(initial=0)) + 1)
        weight, free = self._weights(room[..., None])
        blocked = np.where(self._ahead == room[..., None], weight, 0.0).sum(axis=-1)
        total = weight.sum(axis=-1) + free
        self.blocked = blocked / total
        entered = total - blocked
        joins = np.where(self._ahead < room[..., None], weight, 0.0)
        nobody = np.zeros(joins.shape)
        self._joins = np.divide(joins, entered[..., None], out=nobody, where=entered[..., None] > 0)
        """Share of those entered who find so many ahead."""
        self.delayed = self._joins.sum(axis=-1)
        self._moments()

    def _weights(self, room: Floats) -> tuple[Floats, Floats]:
        """Weight of each number waiting while all slots are taken, and of a free slot: birth and death."""
        with np.errstate(divide="ignore"):
            step = np.log(self.per_s)[..., None] - np.log(self._drain + self._ahead[1:] * self._theta)
        logs = np.concatenate([np.zeros((*self.per_s.shape, 1)), np.cumsum(step, axis=-1)], axis=-1)
        logs = np.where(self._ahead <= room, logs, -np.inf)
        top = logs.max(axis=-1)
        loss = self.team.loss
        return loss[..., None] * np.exp(logs - top[..., None]), (1 - loss) * np.exp(-top)

    def _moments(self) -> None:
        ahead, theta = self._ahead, self._theta
        leaving = self._drain + (ahead + 1) * theta
        accepted = self._drain / leaving
        wait = (ahead + 1) / leaving
        accepted_wait = accepted * np.cumsum(1 / leaving, axis=-1)
        virtual = np.cumsum(1 / (self._drain + ahead * theta), axis=-1)
        self.abandoned = (self._joins * (1 - accepted)).sum(axis=-1)
        self.wait_s = (self._joins * wait).sum(axis=-1)
        self.left_s = (self._joins * (wait - accepted_wait)).sum(axis=-1)
        self.virtual_s = (self._joins * virtual).sum(axis=-1)

    def accepted_within(self, t_s: ArrayLike) -> Floats:
        """Share of those entered who are accepted within *t_s*."""
        t = amount(t_s, "t_s")[..., None]
        stays = self._drain / (self._drain + (self._ahead + 1) * self._theta)
        return self._of_entered(stays * self._freed_within(t, 1.0), at_once=1.0)

    def left_within(self, t_s: ArrayLike) -> Floats:
        """Share of those entered who leave within *t_s*."""
        t = amount(t_s, "t_s")[..., None]
        stays = self._drain / (self._drain + (self._ahead + 1) * self._theta)
        waits_on = (1 - self._freed_within(t, 0.0)) * np.exp(-self._theta * t)
        return self._of_entered(1 - waits_on - stays * self._freed_within(t, 1.0), at_once=0.0)

    def virtual_within(self, t_s: ArrayLike) -> Floats:
        """Probability that the virtual wait is at most *t_s*."""
        return self._of_entered(self._freed_within(amount(t_s, "t_s")[..., None], 0.0), at_once=1.0)

    def _freed_within(self, t: Floats, more: float) -> Floats:
        """Probability that a slot is freed for whoever has so many ahead, with *more* leaving besides."""
        patient = self._theta == 0
        theta = np.where(patient, 1.0, self._theta)
        freed = scipy.special.betainc(self._ahead + 1, self._drain / theta + more, -np.expm1(-theta * t))
        return np.asarray(np.where(patient, scipy.special.gammainc(self._ahead + 1, self._drain * t), freed))

    def _of_entered(self, of_delayed: Floats, at_once: float) -> Floats:
        return np.asarray((1 - self.delayed) * at_once + (self._joins * of_delayed).sum(axis=-1))
