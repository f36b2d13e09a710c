"""Do the averages contradict each other, and which one more would help most? From the slopes of a fit.

What one more average would tell is answered to first order: nothing more is simulated for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp, sqrt

import numpy as np

from sim.arrays import Floats
from sim.scenario.averages import Averages
from sim.studies.averages.fit import Fit, misfit, noise_of, refitted
from sim.studies.averages.guess import first_guess
from sim.studies.averages.model import PRIORS
from sim.studies.averages.questions import NORMAL, Answer
from sim.studies.averages.readings import READINGS, Reading, given_as, noise, slope, transformed
from sim.studies.averages.simulated import Bench, Told

TOO_FAR = 2.0
"""Of χ² over the number of averages: beyond this they contradict each other."""
LEFT_OUT = 3
"""Averages that it is tried to do without."""
LIKELIER = 1.0
"""To be read otherwise is so much likelier than to be wrong: χ² for each average."""
OFF = 0.10
"""Hours on duty that are further off than this from what the other averages say are doubted."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """An average without which, or read otherwise, the others agree."""

    name: str
    reading: str
    """How it would have to be read; empty: it fits in no way that is known."""
    misfit: float
    """χ² that is left then."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What one more average would do for an answer."""

    name: str
    words: str
    low: float
    high: float


def suspects(fit: Fit, bench: Bench) -> list[Suspect]:
    """Averages that the others contradict; none where all agree. The likeliest explanation comes first.

    Each other reading of an average is tried, and to leave each out: the most likely ones are fitted anew.
    """
    n = len(fit.told.names)
    if fit.misfit <= TOO_FAR * n:
        return []
    tried = [(name, reading) for name in fit.told.names for reading in _others(fit, name)]
    left_out = sorted((_misfit_without(fit, k), name) for k, name in enumerate(fit.told.names))
    tried += [(name, "") for _, name in left_out[:LEFT_OUT]]
    found = [Suspect(name, reading, _misfit_if(fit, bench, name, reading)) for name, reading in tried]
    found.sort(key=lambda each: each.misfit + (0 if each.reading else LIKELIER * n))
    good = [each for each in found if each.misfit <= TOO_FAR * n]
    return good or found[:1]


def _others(fit: Fit, name: str) -> list[str]:
    """Readings of an average that are not the one it was given with."""
    now = given_as(name, fit.told.given[name])
    return [reading for reading in READINGS[name] if reading != now]


def _misfit_without(fit: Fit, k: int) -> float:
    """χ² once average *k* is left out and the numbers have moved along their slopes."""
    keep = [j for j in range(len(fit.told.names)) if j != k]
    apart, jacobian = fit.apart[keep], fit.jacobian[keep]
    inverse, weight = np.linalg.inv(fit.noise[np.ix_(keep, keep)]), np.diag(fit.model.spread**-2)
    pull = jacobian.T @ inverse @ apart - weight @ (fit.x - fit.model.prior)
    left = apart - jacobian @ np.linalg.solve(jacobian.T @ inverse @ jacobian + weight, pull)
    return float(left @ inverse @ left)


def _misfit_if(fit: Fit, bench: Bench, name: str, reading: str) -> float:
    """χ² once an average is read otherwise, or left out where *reading* is empty, and all is fitted anew."""
    given = dict(fit.told.given)
    jacobian = fit.jacobian.copy()
    if reading:
        given[name] = given[name].model_copy(update={"reading": reading})
        jacobian[fit.told.names.index(name)] = _row(fit, name, READINGS[name][reading])
    else:
        jacobian = np.delete(jacobian, fit.told.names.index(name), axis=0)
        del given[name]
    told = Told(given)
    x = first_guess(fit.model, without=name)
    other = replace(fit, told=told, jacobian=jacobian, x=x, noise=_noise(fit, told, name, reading))
    _, estimates = refitted(other, fit.model, bench, rounds=4)
    return misfit(told.wanted() - told.found(estimates), other.noise)


def _noise(fit: Fit, told: Told, name: str, reading: str) -> Floats:
    """Covariance of the averages that are left, or read otherwise."""
    if reading:
        return noise_of(told, fit.estimates, fit.model.base.days, fit.estimates.n)
    keep = [k for k, each in enumerate(fit.told.names) if each != name]
    return fit.noise[np.ix_(keep, keep)]


def _row(fit: Fit, name: str, reading: Reading) -> Floats:
    """Slopes of a reading by the numbers."""
    here = transformed(name, reading.value(fit.unmoved))
    steps = [PRIORS[each].step for each in fit.model.names]
    there = [transformed(name, reading.value(each)) for each in fit.moved]
    return np.asarray(np.nan_to_num((np.array(there) - here) / np.array(steps)))


def worth(fit: Fit, answer: Answer, days: int) -> list[Worth]:
    """What each average that is not known would do for an answer, the best first."""
    if answer.agents is None:
        return []
    own = answer.variance - float(answer.gradient @ fit.covariance @ answer.gradient)
    found = []
    for name in READINGS:
        if name in fit.told.given or not _is_new(name, fit):
            continue
        usual = next(iter(READINGS[name].values()))
        value = usual.value(fit.estimates)
        if not np.isfinite(value) or value <= 0:
            continue
        row = _row(fit, name, usual)
        said = usual.of_days(fit.estimates)
        spread = float(np.nanvar(said, ddof=1)) * (1 / days + 1 / len(said))
        error = slope(name, value) ** 2 * (spread + noise(name, value, _usual_step(value)))
        gain = fit.covariance @ row
        covariance = fit.covariance - np.outer(gain, gain) / (row @ gain + error)
        reach = NORMAL * sqrt(max(float(answer.gradient @ covariance @ answer.gradient) + own, 0.0))
        found.append(Worth(name, usual.words, answer.agents * exp(-reach), answer.agents * exp(reach)))
    return sorted(found, key=lambda each: each.high - each.low)


def _is_new(name: str, fit: Fit) -> bool:
    """Whether an average says what those that are known don't say in other words."""
    alike = ({"turns_per_chat", "messages_per_chat"}, {"occupancy", "slot_utilisation"}, {"asa_s", "wait_s"})
    return not any(name in pair and pair & set(fit.told.given) for pair in alike)


def _usual_step(value: float) -> float:
    """Last digit with which such a value is usually shown."""
    return 1.0 if value >= 20 else 0.1 if value >= 1 else 0.001


def hours_off(centre: Averages) -> float | None:
    """Agents on duty that chats, AHT, concurrency and occupancy speak of, over those said to be; or None.

    Little's law: chats handled × AHT = hours on duty × occupancy × concurrency.
    """
    shown = centre.averages
    if shown.aht_s is None or shown.concurrency is None or centre.agent_hours_a_day <= 0:
        return None
    aht_s = shown.aht_s.value
    if shown.aht_s.reading == "conversation":
        if shown.wrap_up_s is None:
            return None
        aht_s += shown.wrap_up_s.value
    held = shown.concurrency.value
    if shown.concurrency.reading == "busy":
        if shown.occupancy is None or shown.occupancy.reading != "time":
            return None
        held *= shown.occupancy.value
    missed = shown.missed_rate.value if shown.missed_rate is not None else 0.0
    chat_hours = centre.chats_a_day * (1 - missed) * aht_s / 3_600
    return chat_hours / max(held * centre.agent_hours_a_day, 1e-9)


def likely_slips(centre: Averages) -> Iterator[str]:
    """Averages that are plausible, but only in other units or by another definition."""
    shown = centre.averages
    if shown.aht_s is not None and 0 < shown.aht_s.value < 60:
        yield f"AHT is {shown.aht_s.value:g} s: is it in minutes?"
    if shown.response_s is not None and 0 < shown.response_s.value < 3:
        yield f"Response is {shown.response_s.value:g} s: is it in minutes, or are greetings counted?"
    if shown.asa_s is not None and shown.missed_rate is not None and shown.missed_rate.value > 0:
        wait_s = shown.asa_s.value / shown.missed_rate.value
        if wait_s > 7_200:
            yield f"ASA ÷ missed share is {wait_s:,.0f} s of patience: are missed chats those of offered?"
