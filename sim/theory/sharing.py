"""How good is a team whose agents hold several chats? Chat without simulation.

Speed is a matter of how many chats an agent holds: `aht_s[j - 1]` is the mean handling time of a chat whose
agent always holds *j* of them, as in a scenario by work; :func:`sim.theory.attention.saturated` gives it for
chats by turns. Chats are spread evenly over agents and stay so, which nobody does who can't hand chats over:
the *balanced chain* is more hopeful than any routing can be (in the exact cases of the tests by 1 to 3 % of
the abandonment with least loaded routing, by 3 to 11 % with most loaded).

It is a birth-death chain, hence exact for exponential work where there is one agent, and one who can't let
anybody wait is so for any law of the work. Where chats don't slow each other down it is exact for several
agents too, but for occupancy and concurrency: those depend on which agents hold the chats, and so on
routing. Koole, *Call Center Optimization* (2013), and his package's *Erlang Chat* have this model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Floats, Ints
from sim.errors import TheoryError
from sim.scenario.distributions import Distribution
from sim.theory.attention import Attention, Saturated, saturated
from sim.theory.inputs import amount, positive, whole
from sim.theory.inverse import Goal, agents_for
from sim.theory.line import Figures, Line, Team
from sim.theory.waiting import wait_line

MOST_CHATS = 10_000_000
"""Slots of the largest team that is looked at."""


def sharing(
    agents: ArrayLike,
    per_s: ArrayLike,
    aht_s: ArrayLike,
    patience: Distribution | ArrayLike | None = None,
    room: ArrayLike | None = None,
) -> Line:
    """Line of a team whose agents hold up to as many chats as *aht_s* has handling times.

    With one handling time it is :func:`sim.theory.erlang.erlang`, which says what *patience* and *room* are.

    Raises
    ------
    TheoryError
        If agents are not whole or fewer than 1, or a rate or a duration is negative.
    """
    rate = amount(per_s, "per_s")
    return wait_line(rate, balanced(agents, rate, aht_s), patience, room)


def balanced(agents: ArrayLike, per_s: ArrayLike, aht_s: ArrayLike) -> Team:
    """Team whose chats are spread evenly over its agents."""
    aht = np.atleast_1d(positive(aht_s, "aht_s"))
    if aht.ndim != 1:
        raise TheoryError(f"aht_s: must be a list of handling times, got {aht.ndim} axes")
    if not len(aht):
        raise TheoryError("aht_s: must have a handling time, got none")
    n, rate = np.broadcast_arrays(whole(agents, "agents", 1), amount(per_s, "per_s"))
    slots = n * len(aht)
    whole(slots, "slots of the team", 1, MOST_CHATS)
    parts = [_filled(int(k), float(r), aht) for k, r in zip(n.flat, rate.flat, strict=True)]
    loss = np.array([part[0] for part in parts]).reshape(n.shape)
    shares = np.array([part[1] for part in parts]).reshape(*n.shape, -1)
    return Team(
        n, slots, slots / aht[-1], loss, n * (shares @ np.arange(len(aht) + 1)), n * (1 - shares[..., 0])
    )


def _filled(agents: int, rate: float, aht: Floats) -> tuple[float, Floats]:
    """Loss, and the shares of agents with 0, 1, …, K chats while a slot is free."""
    taken = np.arange(agents * len(aht) + 1)
    each, more = np.divmod(taken, agents)
    per_agent = np.arange(len(aht) + 1) / np.concatenate([[1.0], aht])
    freed = (agents - more) * per_agent[each] + more * per_agent[np.minimum(each + 1, len(aht))]
    with np.errstate(divide="ignore"):
        logs = np.concatenate([[0.0], np.cumsum(np.log(rate / freed[1:]))])
    weight = np.exp(logs - logs.max())
    free = weight[:-1] / (weight[:-1].sum() or 1.0)
    shares = np.zeros(len(aht) + 1)
    np.add.at(shares, each[:-1], free * (agents - more[:-1]) / agents)
    np.add.at(shares, each[:-1] + 1, free * more[:-1] / agents)
    return float(weight[-1] / weight.sum()), shares


def agent_loads(line: Line, agents: int, aht_s: ArrayLike) -> Floats:
    """Shares of the agents with 0, 1, …, K chats in the long run, of one line of :func:`sharing`."""
    aht = np.atleast_1d(positive(aht_s, "aht_s"))
    shares = _filled(int(whole(agents, "agents", 1)), float(line.per_s), aht)[1]
    full = float(line.blocked + (1 - line.blocked) * line.delayed)
    return np.asarray((1 - full) * shares + full * np.eye(len(aht) + 1)[-1])


def shared_loss(per_s: ArrayLike, aht_s: ArrayLike) -> Floats:
    """Share of chats turned away by one agent whose slots are all taken, for any law of the work.

    A symmetric queue: its distribution depends on the work by the mean alone (Kelly, *Reversibility and
    Stochastic Networks*, 1979, section 3.3).
    """
    return balanced(1, per_s, aht_s).loss


def limited_sharing(
    per_s: ArrayLike, work_s: float, slots: int, patience: Distribution | ArrayLike | None = None
) -> Line:
    """Line before one agent who shares their attention evenly over up to *slots* chats of exponential work.

    Avi-Itzhak and Halfin, *Expected response times in a non-symmetric time sharing queue*, ITC 12 (1988).
    """
    return sharing(1, per_s, positive(work_s, "work_s") * np.arange(1, slots + 1), patience)


@dataclass(frozen=True, slots=True)
class Sojourn:
    """Time in the centre of one agent who shares their attention evenly over all chats, however many."""

    mean_s: Floats
    """Whatever the law of the work."""
    slowdown: Floats
    """Mean time of a chat ÷ its work, the same for short and long ones."""
    variance_s2: Floats
    """If the work is exponential."""


def processor_sharing(per_s: ArrayLike, work_s: ArrayLike) -> Sojourn:
    """M/G/1 processor sharing; overloaded, times are infinite.

    Kleinrock, *Queueing Systems*, volume 2, section 4.4; variance: Coffman, Muntz and Trotter, J. ACM 17
    (1970) 123-130.
    """
    rate, work = np.broadcast_arrays(amount(per_s, "per_s"), positive(work_s, "work_s"))
    busy = rate * work
    stable = busy < 1
    spare = np.where(stable, 1 - busy, 1.0)
    slowdown = np.where(stable, 1 / spare, np.inf)
    variance = (2 + busy) / (2 - np.minimum(busy, 1)) * (work * slowdown) ** 2
    return Sojourn(work * slowdown, slowdown, variance)


# Questions


def chat_service_level(
    agents: ArrayLike,
    per_s: ArrayLike,
    aht_s: ArrayLike,
    threshold_s: ArrayLike,
    patience: Distribution | ArrayLike | None = None,
) -> Floats:
    """Accepted within the threshold ÷ (entered − left within it)."""
    return sharing(agents, per_s, aht_s, patience).figures(threshold_s).service_level


def chat_agents(
    per_s: ArrayLike, aht_s: ArrayLike, goal: Goal, patience: Distribution | ArrayLike | None = None
) -> Ints:
    """Fewest agents that keep a *goal*.

    Raises
    ------
    TheoryError
        If no team keeps it.
    """
    return agents_for(lambda agents: sharing(agents, per_s, aht_s, patience), per_s, goal)


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A number of slots, and what it gives."""

    slots: int
    figures: Figures
    response_s: float
    """Mean time from a message to its reply."""


def concurrencies(
    agents: int,
    per_s: float,
    attention: Attention,
    threshold_s: float,
    patience: Distribution | float | None = None,
    most: int = 10,
) -> list[Concurrency]:
    """Figures with 1, 2, …, *most* slots an agent, for chats by turns."""
    agent = saturated(attention, most)
    found = []
    for slots in range(1, most + 1):
        aht_s = agent.aht_s[:slots]
        line = sharing(agents, per_s, aht_s, patience)
        reply_s = response_s(agent_loads(line, agents, aht_s), agent)
        found.append(Concurrency(slots, line.figures(threshold_s), reply_s))
    return found


def response_s(loads: Floats, agent: Saturated) -> float:
    """Mean time to reply of agents of whom the shares *loads* hold 0, 1, … chats.

    Messages in their inboxes over replies a second, as if each had always held as many.
    """
    slots = len(loads) - 1
    replies = loads[1:] * agent.chats_per_s[:slots]
    if not replies.any():
        return float(agent.reply_s[0])
    return float(replies @ agent.reply_s[:slots] / replies.sum())


def best_concurrency(
    agents: int,
    per_s: float,
    attention: Attention,
    threshold_s: float,
    patience: Distribution | float | None = None,
    max_response_s: float = np.inf,
    most: int = 10,
) -> Concurrency:
    """Slots an agent with the highest service level, among those with replies in time; the fewest of equals.

    Raises
    ------
    TheoryError
        If replies are late with a single chat.
    """
    return best_of(concurrencies(agents, per_s, attention, threshold_s, patience, most), max_response_s)


def best_of(options: Sequence[Concurrency], max_response_s: float = np.inf) -> Concurrency:
    """The best of :func:`concurrencies`, as :func:`best_concurrency` says."""
    fine = [option for option in options if option.response_s <= max_response_s]
    if not fine:
        quickest = min(option.response_s for option in options)
        raise TheoryError(f"max_response_s: must be at least {quickest:g}, got {max_response_s:g}")
    return max(fine, key=lambda option: round(float(option.figures.service_level), 9))


def factors(times_faster: Sequence[float], aht_s: float) -> Floats:
    """Handling times from the planners' *concurrency factors*: how many times as fast an agent is with 1, 2,
    … chats.

    >>> factors([1, 1.7, 2.5], 360).round(1)
    array([360. , 423.5, 432. ])
    """
    speed = positive(times_faster, "times_faster")
    return np.asarray(np.arange(1, len(speed) + 1) / speed * positive(aht_s, "aht_s"))
