"""Where does the search begin? A first guess by identities, and by the machine-repair model of attention."""

from __future__ import annotations

from math import log

import numpy as np
from scipy.optimize import brentq

from sim.arrays import Floats
from sim.scenario.averages import Averages, Shown
from sim.studies.averages.model import LEAST_TURNS, PRIORS, Model
from sim.theory.attention import Attention, saturated

_LEAST_S, _MOST_S = 0.5, 3_600.0


def first_guess(model: Model, without: str = "") -> Floats:
    """Give logarithms of numbers that reproduce the averages about, as far as formulas tell them.

    *without* an average that is not believed.
    """
    centre, known = model.base, dict(zip(model.names, np.exp(model.prior), strict=True))
    if without:
        believed = Shown.model_construct(**dict(centre.averages) | {without: None})
        centre = Averages.model_construct(**dict(centre) | {"averages": believed})
    numbers = dict(known)
    shown = centre.averages
    if centre.turns is not None:
        numbers["turns"] = max(centre.turns, LEAST_TURNS)
    if shown.wrap_up_s is not None and "wrap_up_s" in numbers:
        numbers["wrap_up_s"] = shown.wrap_up_s.value
    if shown.missed_rate is not None and shown.missed_rate.value > 0 and shown.asa_s is not None:
        wait_s = max(shown.asa_s.value, 1.0)
        numbers["patience_s"] = float(np.clip(wait_s / shown.missed_rate.value, 20.0, 3_600.0))
    numbers |= _times(centre, numbers)
    for name in centre.known_numbers:
        if name in numbers:
            numbers[name] = known[name]
    return np.log([numbers[name] for name in model.names])


def _times(centre: Averages, numbers: dict[str, float]) -> dict[str, float]:
    """An agent's and a customer's time for a turn."""
    shown, turns, wrap_up_s = centre.averages, numbers["turns"], numbers.get("wrap_up_s", 0.0)
    usual = PRIORS["customer_s"].usual / PRIORS["agent_s"].usual
    held = shown.concurrency.value if shown.concurrency is not None else 0.75 * centre.slots
    held = float(np.clip(1.1 * held, 1.0, centre.slots))
    duration_s = centre.duration_s
    if duration_s is not None and shown.wrap_up_s is None and shown.aht_s is not None:
        duration_s -= wrap_up_s if shown.aht_s.reading == "wrap-up" else 0.0
    if shown.response_s is not None:
        response_s = shown.response_s.value
        customer_s = response_s * usual
        if duration_s is not None:
            customer_s = max((duration_s - turns * response_s) / max(turns - 1, 0.1), 1.0)
        agent_s = _solved(lambda s: _reply_s(s, customer_s, turns, wrap_up_s, held) - response_s)
        return {"agent_s": agent_s, "customer_s": customer_s}
    if shown.focus_aht_s is not None:
        agent_s = max((shown.focus_aht_s.value - wrap_up_s) / turns, 1.0)
        if duration_s is None:
            return {"agent_s": agent_s, "customer_s": agent_s * usual}
        reply_s = _reply_s(agent_s, agent_s * usual, turns, wrap_up_s, held)
        return {
            "agent_s": agent_s,
            "customer_s": max((duration_s - turns * reply_s) / max(turns - 1, 0.1), 1.0),
        }
    if duration_s is None:
        return {}
    agent_s = _solved(
        lambda s: (
            turns * _reply_s(s, s * usual, turns, wrap_up_s, held) + (turns - 1) * s * usual - duration_s
        )
    )
    return {"agent_s": agent_s, "customer_s": agent_s * usual}


def _reply_s(agent_s: float, customer_s: float, turns: float, wrap_up_s: float, held: float) -> float:
    """Mean response of an agent who always holds so many chats, which need not be a whole number."""
    attention = Attention(agent_s, customer_s, turns, wrap_up_s)
    below = int(held)
    reply_s = saturated(attention, below + 1).reply_s
    return float(reply_s[below - 1] + (held - below) * (reply_s[below] - reply_s[below - 1]))


def _solved(lack: object) -> float:
    """Root of an increasing function of a time, or the nearest end of what is likely."""
    assert callable(lack)
    if lack(_LEAST_S) >= 0:
        return _LEAST_S
    if lack(_MOST_S) <= 0:
        return _MOST_S
    return float(np.exp(brentq(lambda z: lack(np.exp(z)), log(_LEAST_S), log(_MOST_S), xtol=1e-4)))
