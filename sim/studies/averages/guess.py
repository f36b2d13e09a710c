"""Where does the search begin? A first guess by identities, and by the machine-repair model of attention."""

from __future__ import annotations

from math import log

import numpy as np
from scipy.optimize import brentq

from sim.arrays import Floats
from sim.scenario.averages import Averages, Seen, Shown
from sim.scenario.averages_shown import average_of_interval
from sim.studies.averages.model import LEAST_TURNS, OF, PRIORS, Model
from sim.theory.attention import Attention, saturated

_LEAST_S, _MOST_S = 0.5, 3_600.0


def first_guess(model: Model, without: Seen | None = None) -> Floats:
    """Give logarithms of numbers that reproduce the averages about, as far as formulas tell them.

    *without* an average that is not believed.
    """
    numbers = dict(zip(model.names, np.exp(model.prior), strict=True))
    found: dict[str, list[float]] = {name: [] for name in model.names}
    for queue in range(len(model.base.lines)):
        shown = _believed(model.base, queue, without)
        own = _guessed(shown, model.base.slots_of(queue), model.of_queue(numbers, queue))
        for base, value in own.items():
            of_queue = f"{base}{OF}{model.base.lines[queue].name}"
            found[of_queue if of_queue in found else base].append(value)
    for name, values in found.items():
        if values and name not in model.known:
            numbers[name] = float(np.exp(np.mean(np.log(values))))  # shared: in between
    return np.log([numbers[name] for name in model.names])


def _believed(centre: Averages, queue: int, without: Seen | None) -> Shown:
    """What is known of the chats of a queue; by interval, its mean over chats."""
    shown = dict(centre.shown(queue))
    for name, values in centre.by_interval.items():
        if shown[name] is None:
            chats = np.array(centre.chats_by(len(values)))
            known = np.isfinite(values) & (chats > 0)
            if known.any():
                mean = float(np.average(np.array(values)[known], weights=chats[known]))
                shown[name] = average_of_interval(name, mean, None, 1.0)
    if without is not None and without.by in {"overall", "queue"} and without.cell in {0, queue}:
        shown[without.name] = None
    return Shown.model_construct(**shown)


def _guessed(shown: Shown, slots: int, numbers: dict[str, float]) -> dict[str, float]:
    """Numbers of a queue, as far as its averages tell them."""
    found = dict(numbers)
    if shown.turns is not None and "turns" in found:
        found["turns"] = max(shown.turns, LEAST_TURNS)
    if shown.wrap_up_s is not None and "wrap_up_s" in found:
        found["wrap_up_s"] = max(shown.wrap_up_s.value, _LEAST_S)
    if shown.missed_rate is not None and shown.missed_rate.value > 0 and shown.asa_s is not None:
        wait_s = max(shown.asa_s.value, 1.0)
        found["patience_s"] = float(np.clip(wait_s / shown.missed_rate.value, 20.0, 3_600.0))
    if "turns" in found:
        found |= _times(shown, slots, found)
    return found


def _times(shown: Shown, slots: int, numbers: dict[str, float]) -> dict[str, float]:
    """An agent's and a customer's time for a turn."""
    turns, wrap_up_s = numbers["turns"], numbers.get("wrap_up_s", 0.0)
    usual = PRIORS["customer_s"].usual / PRIORS["agent_s"].usual
    held = shown.concurrency.value if shown.concurrency is not None else 0.75 * slots
    held = float(np.clip(1.1 * held, 1.0, slots))
    duration_s = shown.duration_s
    if duration_s is not None and shown.wrap_up_s is None and shown.aht_s is not None:
        duration_s -= wrap_up_s if shown.aht_s.reading == "wrap-up" else 0.0
    if shown.response_s is not None:
        response_s = shown.response_s.value
        customer_s = response_s * usual
        if duration_s is not None:
            customer_s = max((duration_s - turns * response_s) / max(turns - 1, 0.1), 1.0)
        agent_s = solved(lambda s: mean_reply_s(s, customer_s, turns, wrap_up_s, held) - response_s)
        return {"agent_s": agent_s, "customer_s": customer_s}
    if shown.focus_aht_s is not None:
        agent_s = max((shown.focus_aht_s.value - wrap_up_s) / turns, 1.0)
        if duration_s is None:
            return {"agent_s": agent_s, "customer_s": agent_s * usual}
        reply_s = mean_reply_s(agent_s, agent_s * usual, turns, wrap_up_s, held)
        return {
            "agent_s": agent_s,
            "customer_s": max((duration_s - turns * reply_s) / max(turns - 1, 0.1), 1.0),
        }
    if duration_s is None:
        return {}
    agent_s = solved(
        lambda s: (
            turns * mean_reply_s(s, s * usual, turns, wrap_up_s, held) + (turns - 1) * s * usual - duration_s
        )
    )
    return {"agent_s": agent_s, "customer_s": agent_s * usual}


def mean_reply_s(agent_s: float, customer_s: float, turns: float, wrap_up_s: float, held: float) -> float:
    """Mean response of an agent who always holds so many chats, which need not be a whole number."""
    attention = Attention(agent_s, customer_s, turns, wrap_up_s)
    below = int(held)
    reply_s = saturated(attention, below + 1).reply_s
    return float(reply_s[below - 1] + (held - below) * (reply_s[below] - reply_s[below - 1]))


def solved(lack: object) -> float:
    """Root of an increasing function of a time, or the nearest end of what is likely."""
    assert callable(lack)
    if lack(_LEAST_S) >= 0:
        return _LEAST_S
    if lack(_MOST_S) <= 0:
        return _MOST_S
    return float(np.exp(brentq(lambda z: lack(np.exp(z)), log(_LEAST_S), log(_MOST_S), xtol=1e-4)))
