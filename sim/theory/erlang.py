"""What do Erlang's formulas say? Teams of agents with one chat each: loss, delay, impatience, a finite room.

Erlang B (1917) is a team before which nobody waits, Erlang C a line that nobody leaves, Erlang A one with
impatience (Palm 1937; Garnett, Mandelbaum and Reiman, Manufacturing & Service Oper. Management 4 (2002)
208-227). They are one function here, :func:`erlang`, that differs by patience and room.

SciPy has the pieces, not the formulas: `special.pdtr` and `gammaincc` are the sums, but underflow for a large
team with too much load; `hyperu`, of which 1 / B is a value (Jagerman, Bell System Technical J. 53 (1974)
525-551), is right, but takes milliseconds for 100,000 agents: time in proportion to their number.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike

from sim.arrays import Floats
from sim.scenario.distributions import Distribution
from sim.theory.inputs import amount, positive, whole
from sim.theory.line import Line, Team
from sim.theory.waiting import wait_line

_DEEP = 100.0
"""From here on, in the exponent, a tail is taken from a continued fraction."""


def erlang(
    agents: ArrayLike,
    per_s: ArrayLike,
    aht_s: ArrayLike,
    patience: Distribution | ArrayLike | None = None,
    room: ArrayLike | None = None,
) -> Line:
    """Line of a team whose agents hold one chat each, of exponential length with mean *aht_s*.

    *patience* is a law, the mean in seconds of exponential patience, or None: nobody leaves. *room* is the
    number of chats that may wait, or None: no limit. Without either it is Erlang C, with patience Erlang A
    (M/M/n+G), with a room of 0 Erlang B.

    >>> line = erlang(14, per_s=4 / 60, aht_s=180, patience=60)
    >>> f"{line.abandoned:.5f}"
    '0.07433'

    Raises
    ------
    TheoryError
        If agents are not whole or fewer than 1, or a rate or a duration is negative.
    """
    rate = amount(per_s, "per_s")
    return wait_line(rate, one_chat_each(agents, rate, aht_s), patience, room)


def one_chat_each(agents: ArrayLike, per_s: ArrayLike, aht_s: ArrayLike) -> Team:
    """Team whose agents hold one chat each."""
    n, rate, aht = np.broadcast_arrays(
        whole(agents, "agents", 1), amount(per_s, "per_s"), positive(aht_s, "aht_s")
    )
    load = rate * aht
    loss = erlang_b(n, load)
    # Chats carried without waiting are those while all agents are busy, and the rest.
    some_free = 1 - loss
    rest = np.maximum(load * some_free - n * loss, 0.0)
    taken = np.divide(rest, some_free, out=np.zeros(n.shape), where=some_free > 0)
    return Team(n, n, n / aht, loss, taken, taken)


def erlang_b(agents: ArrayLike, load: ArrayLike) -> Floats:
    """Probability of being blocked by *agents* with an offered *load* in erlangs (Erlang B).

    The Poisson probability over its distribution function, where neither underflows; else a continued
    fraction.

    >>> f"{erlang_b(15, 10.0):.7f}"
    '0.0364969'
    """
    n, a = np.broadcast_arrays(whole(agents, "agents"), amount(load, "load"))
    some = np.maximum(n, 1.0)
    apart = (a - some) / some
    with np.errstate(divide="ignore", invalid="ignore", under="ignore"):
        exponent = np.where(a > 0, some * (apart - np.log1p(apart)), np.inf)
        chance = np.exp(-exponent - _stirling(some)) / np.sqrt(2 * np.pi * some)
        deep = (a > some) & (exponent > _DEEP)
        blocked = np.asarray(chance / np.where(deep, 1.0, scipy.special.gammaincc(some + 1, a)))
    if np.any(deep):
        blocked[deep] = 1 / _overloaded(some[deep], a[deep])
    return np.asarray(np.where(n == 0, 1.0, np.minimum(blocked, 1.0)))


def erlang_c(agents: ArrayLike, load: ArrayLike) -> Floats:
    """Probability of waiting for *agents* with an offered *load* in erlangs, if nobody leaves (Erlang C).

    A load of as many erlangs as agents, or more, is never worked off: everybody waits.

    >>> f"{erlang_c(14, 10.0):.7f}"
    '0.1741319'
    """
    n, a = np.broadcast_arrays(whole(agents, "agents"), amount(load, "load"))
    loss = erlang_b(n, a)
    stable = a < n
    return np.asarray(np.where(stable, n * loss / np.where(stable, n - a * (1 - loss), 1.0), 1.0))


def _stirling(n: Floats) -> Floats:
    """Error of Stirling's formula in log n!, for n of at least 1."""
    series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * n**2)) / n**2) / n**2) / n
    small = np.minimum(n, 16.0)
    exact = scipy.special.gammaln(small + 1) - (small + 0.5) * np.log(small) + small - np.log(2 * np.pi) / 2
    return np.asarray(np.where(n < 16, exact, series))


def _overloaded(n: Floats, load: Floats) -> Floats:
    """1 / B for a load well above n: Legendre's continued fraction of the incomplete gamma function.

    By the modified Lentz method (Press et al., *Numerical Recipes*, 3rd ed., sections 5.2 and 6.2).
    """
    b = load - n
    c = np.full(b.shape, 1e300)
    d = 1 / b
    h = d
    for i in range(1, 1000):
        an = i * (n + 1 - i)
        b = b + 2.0
        d = 1 / (an * d + b)
        c = b + an / c
        h = h * (d * c)
        if np.all(np.abs(d * c - 1) < 1e-15):
            break
    return np.asarray(load * h)
