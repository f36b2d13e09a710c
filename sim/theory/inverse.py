"""How many agents keep a promise, and what load does a team carry? The formulas backwards.

Figures are monotone in agents and in load, so the answers are found by halving; they are exact, not rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from sim.arrays import Flags, Floats, Ints
from sim.errors import TheoryError
from sim.theory.erlang import erlang_b, erlang_c
from sim.theory.inputs import MOST_AGENTS, amount, inner_share, positive, whole
from sim.theory.line import Figures, Line

HIGHER_IS_BETTER = frozenset(
    name for name in Figures.__dataclass_fields__ if name.startswith("service_level")
)
"""Figures that a goal bounds from below."""
BOUNDED = HIGHER_IS_BETTER | {
    "abandonment", "blocked_rate", "missed_rate", "wait_probability", "occupancy", "slot_utilisation",
    "wait_s", "asa_s", "virtual_wait_s", "queue_length",
}  # fmt: skip
"""Figures that fall or rise with the team, so that a goal may bound them."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound of a figure: at least for service levels, at most for the others.

    Raises
    ------
    TheoryError
        If there is no such figure, or a share is not between 0 and 1, or any other figure not above 0.
    """

    figure: str
    bound: float
    threshold_s: float = 0.0
    """What service levels look at."""

    def __post_init__(self) -> None:
        if self.figure not in BOUNDED:
            raise TheoryError(f"goal: must be one of {', '.join(sorted(BOUNDED))}, got {self.figure}")
        if self.figure.endswith("_s") or self.figure == "queue_length":
            positive(self.bound, self.figure)
        else:
            inner_share(self.bound, self.figure)
        amount(self.threshold_s, "threshold_s")

    def kept(self, line: Line) -> Flags:
        """Whether a line keeps it; one where nobody comes does."""
        value = getattr(line.figures(self.threshold_s), self.figure)
        better = value >= self.bound if self.figure in HIGHER_IS_BETTER else value <= self.bound
        return np.asarray(better | (line.per_s == 0))


def agents_for(line_of: Callable[[Floats], Line], per_s: ArrayLike, goal: Goal) -> Ints:
    """Fewest agents whose line keeps a *goal*; 0 where nobody comes.

    *line_of* gives the line of a number of agents, of the shape of *per_s*.

    >>> from sim.theory.erlang import erlang
    >>> goal = Goal("service_level", 0.8, threshold_s=20)
    >>> int(agents_for(lambda n: erlang(n, 1 / 60, 300), 1 / 60, goal))
    8

    Raises
    ------
    TheoryError
        If no team of up to ten million keeps it.
    """
    rate = amount(per_s, "per_s")
    return np.where(rate > 0, fewest(lambda n: goal.kept(line_of(n)), rate.shape), 0)


def carried_per_s(line_of: Callable[[Floats], Line], goal: Goal, most_per_s: ArrayLike) -> Floats:
    """Highest rate of arrivals whose line keeps a *goal*; at most *most_per_s*.

    *line_of* gives the line of a rate, of the shape of *most_per_s*.
    """
    most = positive(most_per_s, "most_per_s")
    return largest(lambda rate: goal.kept(line_of(rate)), most)


def agents_for_loss(load: ArrayLike, target: ArrayLike) -> Ints:
    """Fewest agents that block at most a share *target* of an offered *load* in erlangs."""
    a, bound = np.broadcast_arrays(amount(load, "load"), inner_share(target, "target"))
    return fewest(lambda n: erlang_b(n, a) <= bound, a.shape, least=0)


def load_for_loss(agents: ArrayLike, target: ArrayLike) -> Floats:
    """Offered load in erlangs of which *agents* block a share *target*."""
    n, bound = np.broadcast_arrays(whole(agents, "agents", 1), inner_share(target, "target"))
    return largest(lambda a: erlang_b(n, a) <= bound, (n + 1) / (1 - bound))


def agents_for_delay(load: ArrayLike, target: ArrayLike) -> Ints:
    """Fewest agents with whom a share *target* of a *load* in erlangs waits, or less, if nobody leaves."""
    a, bound = np.broadcast_arrays(amount(load, "load"), inner_share(target, "target"))
    return fewest(lambda n: erlang_c(n, a) <= bound, a.shape, least=0)


def load_for_delay(agents: ArrayLike, target: ArrayLike) -> Floats:
    """Offered load in erlangs of which a share *target* waits for *agents*, if nobody leaves."""
    n, bound = np.broadcast_arrays(whole(agents, "agents", 1), inner_share(target, "target"))
    return largest(lambda a: erlang_c(n, a) <= bound, n)


def fewest(enough: Callable[[Floats], Flags], shape: tuple[int, ...], least: int = 1) -> Ints:
    """Smallest whole numbers that are *enough*, given that all larger ones are.

    Raises
    ------
    TheoryError
        If ten million are not enough.
    """
    high = np.full(shape, float(least))
    low = high - 1
    while np.any(short := ~enough(high)):
        if np.any(high[short] >= MOST_AGENTS):
            raise TheoryError(f"agents: {MOST_AGENTS:,} must be enough, and are not")
        low = np.where(short, high, low)
        high = np.where(short, np.minimum(2 * high + 1, MOST_AGENTS), high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        middle = np.where(high - low > 1, middle, high)
        is_enough = enough(middle)
        low, high = np.where(is_enough, low, middle), np.where(is_enough, middle, high)
    return np.asarray(high, dtype=np.int64)


def largest(fits: Callable[[Floats], Flags], most: Floats) -> Floats:
    """Largest numbers up to *most* that fit, given that all smaller ones do; 0 where none does."""
    low, high = np.zeros(most.shape), np.array(most, dtype=np.float64)
    low = np.where(fits(high), high, low)
    for _ in range(1100):  # down to the smallest number there is, for tiny teams and tinier targets
        middle = (low + high) / 2
        if np.all((middle == low) | (middle == high)):
            break
        is_fine = fits(middle)
        low, high = np.where(is_fine, middle, low), np.where(is_fine, high, middle)
    return low


# Square-root staffing: Halfin and Whitt, Operations Research 29 (1981) 567-588


def square_root_agents(load: ArrayLike, beta: ArrayLike) -> Ints:
    """Load in erlangs and *beta* times its root, rounded up: β = 1 is the planners' rule of thumb.

    >>> square_root_agents([5, 10, 25, 50, 100], 1)
    array([  8,  14,  30,  58, 110])
    """
    a = amount(load, "load")
    agents = a + np.asarray(beta, dtype=np.float64) * np.sqrt(a)
    return np.asarray(np.ceil(np.maximum(agents - 1e-9, 0)), dtype=np.int64)


def limit_delay(beta: ArrayLike) -> Floats:
    """Probability of waiting in the limit of large teams with load + β √load agents (their proposition 1).

    >>> f"{limit_delay(1.0):.5f}"
    '0.22336'
    """
    b = positive(beta, "beta")
    return np.asarray(1 / (1 + b * _inverse_hazard(-b)))


def limit_delay_impatient(beta: ArrayLike, patience_ratio: ArrayLike) -> Floats:
    """The same with exponential patience of mean *patience_ratio* × handling time; β may be negative.

    Garnett, Mandelbaum and Reiman, Manufacturing & Service Oper. Management 4 (2002) 208-227.
    """
    b = np.asarray(beta, dtype=np.float64)
    root = np.sqrt(positive(patience_ratio, "patience_ratio"))
    return np.asarray(1 / (1 + _inverse_hazard(-b) / (root * _inverse_hazard(b * root))))


def beta_for(delay: ArrayLike) -> Floats:
    """β with which a share *delay* waits in the limit: the inverse of :func:`limit_delay`."""
    target = inner_share(delay, "delay")
    low, high = np.full(target.shape, 1e-300), np.full(target.shape, 40.0)
    for _ in range(80):
        middle = (low + high) / 2
        too_many = limit_delay(middle) > target
        low, high = np.where(too_many, middle, low), np.where(too_many, high, middle)
    return np.asarray(high)


def _inverse_hazard(x: Floats) -> Floats:
    """Tail of the normal law over its density, (1 − Φ(x)) / φ(x)."""
    return np.asarray(np.sqrt(np.pi / 2) * scipy.special.erfcx(x / np.sqrt(2)))
