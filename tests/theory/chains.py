"""What does theory say? Closed forms, independent of the simulator and of `sim.theory`.

Rates are per minute and times in minutes; the figures that they give bear the simulator's names and are in
seconds, as there. The chains that tests rely on stand in :mod:`sim.theory.chains`.
"""

from __future__ import annotations

from sim.theory.chains.pool import Figures


def repair(jobs: int, compose: float, think: float) -> Figures:
    """One agent who always holds *jobs* chats: the machine-repair model, by mean value analysis.

    Reiser and Lavenberg, J. ACM 27 (1980) 313-322.
    """
    inbox = response = rate = 0.0
    for k in range(1, jobs + 1):
        response = compose * (1 + inbox)
        rate = k / (response + think)
        inbox = rate * response
    return {"response_s": 60 * response, "attention": rate * compose}


def erlang_b(agents: int, load: float) -> float:
    """Probability of being blocked with no waiting room (Erlang 1917), by the usual recursion."""
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """Probability of waiting in a line that nobody leaves."""
    blocked = erlang_b(agents, load)
    return blocked / (1 - load / agents * (1 - blocked))


def shared_loss(arrival: float, aht: tuple[float, ...]) -> float:
    """Probability of being blocked by one agent who shares their attention, whatever the law of the work.

    Each chat is worked on at the speed aht[1] / aht[j]: a symmetric queue (Kelly, *Reversibility and
    Stochastic Networks*, 1979, section 3.3), whose distribution depends on the work by its mean alone.
    """
    weights = [1.0]
    for load, minutes in enumerate(aht, start=1):
        weights.append(weights[-1] * arrival * minutes / load)
    return weights[-1] / sum(weights)


def limited_sharing(arrival: float, work: float, slots: int) -> Figures:
    """One agent who shares their attention evenly over up to *slots* chats; the others wait (Avi-Itzhak and Halfin 1988).

    With exponential work the number in the system is that of M/M/1, whatever the number of slots.
    """
    busy = arrival * work
    wait = busy**slots * work / (1 - busy)
    return {
        "wait_probability": busy**slots,
        "wait_s": 60 * wait,
        "duration_s": 60 * (work / (1 - busy) - wait),
        "occupancy": busy,
    }
