"""What becomes of those who find every slot taken? The common part of all waiting lines.

Chats arrive as a Poisson process at a team (:class:`Team`). While a slot is free nobody waits; while none is,
slots are freed at a constant rate and the line is served in order. Whatever the team does while slots are
free enters by one number alone, its `loss`, so one line serves Erlang's formulas and those for chat alike.

*Virtual* is the wait of somebody with endless patience; *entered* are those who were not blocked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Floats
from sim.theory.inputs import amount


@dataclass(frozen=True, slots=True)
class Team:
    """Slots that are filled before anybody waits; arrays of one shape."""

    agents: Floats
    slots: Floats
    """Slots of all agents together."""
    drain_per_s: Floats
    """Rate at which slots are freed while all are taken."""
    loss: Floats
    """Probability that all are taken, if nobody could wait."""
    taken: Floats
    """Mean number of slots taken while one is free."""
    busy: Floats
    """Mean number of agents with a chat while a slot is free."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Key figures in the long run, named as in :mod:`sim.kpis.definitions`; NaN has a denominator of zero.

    Shares are of all offered, those of waits and service levels of all who were not blocked.
    """

    blocked_rate: Floats
    abandonment: Floats
    missed_rate: Floats
    wait_probability: Floats
    service_level: Floats
    """Accepted within the threshold ÷ (entered − left within it)."""
    service_level_offered: Floats
    """Accepted within the threshold ÷ entered."""
    service_level_lenient: Floats
    """Accepted or left within the threshold ÷ entered."""
    service_level_answered: Floats
    """Accepted within the threshold ÷ accepted."""
    service_level_virtual: Floats
    """Probability that somebody with endless patience is accepted within the threshold."""
    wait_s: Floats
    """Mean over all who entered, however it ended."""
    asa_s: Floats
    """Mean over those accepted."""
    abandoned_wait_s: Floats
    """Mean over those who left."""
    virtual_wait_s: Floats
    queue_length: Floats
    occupancy: Floats
    """Share of agents who hold a chat."""
    slot_utilisation: Floats
    """Share of slots that are taken."""
    concurrency: Floats
    """Mean chats of an agent who holds one."""


class Line(ABC):
    """A waiting line before a team. All arrays have the shape of its parameters, broadcast together."""

    per_s: Floats
    """Arrivals a second."""
    team: Team
    blocked: Floats
    """Share of those offered who find the line full."""
    delayed: Floats
    """Share of those entered who find every slot taken."""
    abandoned: Floats
    """Share of those entered who leave."""
    wait_s: Floats
    """Mean wait of those entered."""
    left_s: Floats
    """Mean of those entered of the wait, counted where it ended by leaving."""
    virtual_s: Floats
    """Mean virtual wait."""

    @abstractmethod
    def accepted_within(self, t_s: ArrayLike) -> Floats:
        """Share of those entered who are accepted within *t_s*."""

    @abstractmethod
    def left_within(self, t_s: ArrayLike) -> Floats:
        """Share of those entered who leave within *t_s*."""

    @abstractmethod
    def virtual_within(self, t_s: ArrayLike) -> Floats:
        """Probability that the virtual wait is at most *t_s*."""

    def waited_within(self, t_s: ArrayLike) -> Floats:
        """Share of those entered whose wait, however it ends, is at most *t_s*."""
        return self.accepted_within(t_s) + self.left_within(t_s)

    def accepted_wait_within(self, t_s: ArrayLike) -> Floats:
        """Share of those accepted who waited at most *t_s*."""
        return over(self.accepted_within(t_s), 1 - self.abandoned)

    def percentile_s(self, share: float) -> Floats:
        """Percentile of the wait of those accepted: `wait_p90_s` for a *share* of 0.9."""
        return percentile_s(self.accepted_wait_within, share)

    def figures(self, threshold_s: ArrayLike) -> Figures:
        """Key figures; service levels look at a threshold.

        Raises
        ------
        TheoryError
            If the threshold is negative.
        """
        threshold = amount(threshold_s, "threshold_s")
        in_time, gone = self.accepted_within(threshold), self.left_within(threshold)
        accepted = 1 - self.abandoned
        entered = 1 - self.blocked
        full = self.blocked + entered * self.delayed
        taken = full * self.team.slots + (1 - full) * self.team.taken
        busy = full * self.team.agents + (1 - full) * self.team.busy
        return Figures(
            self.blocked,
            entered * self.abandoned,
            self.blocked + entered * self.abandoned,
            self.delayed,
            over(in_time, 1 - gone),
            in_time,
            in_time + gone,
            over(in_time, accepted),
            self.virtual_within(threshold),
            self.wait_s,
            over(self.wait_s - self.left_s, accepted),
            over(self.left_s, self.abandoned),
            self.virtual_s,
            self.per_s * entered * self.wait_s,
            busy / self.team.agents,
            taken / self.team.slots,
            over(taken, busy),
        )


def over(top: ArrayLike, bottom: ArrayLike) -> Floats:
    """A ratio; NaN where its denominator is zero."""
    above, below = np.broadcast_arrays(
        np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    )
    none = np.full(above.shape, np.nan)
    return np.asarray(np.divide(above, below, out=none, where=below > 0), dtype=np.float64)


def percentile_s(within: Callable[[Floats], Floats], share: float) -> Floats:
    """Smallest wait that *within* gives at least a *share*, to ten digits; infinite if none does.

    *within* is a distribution function of waits, such as the methods of a :class:`Line`.
    """
    at_once = np.asarray(within(np.asarray(0.0)))
    high = np.ones(at_once.shape)
    for _ in range(80):  # 10²⁴ seconds
        short = within(high) < share
        if not np.any(short):
            break
        high = np.where(short, 2 * high, high)
    low = np.where(high > 1, high / 2, 0.0)
    for _ in range(36):  # ten digits
        middle = (low + high) / 2
        short = within(middle) < share
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    ends = np.where(within(2 * high) < share, np.inf, high)
    return np.asarray(np.where(at_once >= share, 0.0, ends), dtype=np.float64)
