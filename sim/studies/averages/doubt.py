"""Do the averages contradict each other, and which one more would help most? From the slopes of a fit.

What one more average would tell is answered to first order: nothing more is simulated for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp, sqrt

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Estimates
from sim.scenario.averages import Seen
from sim.scenario.averages_laws import OF_MESSAGES, is_of_queues, place_of
from sim.studies.averages.fit import SLOPES, Fit, misfit, noise_of, refitted
from sim.studies.averages.guess import first_guess
from sim.studies.averages.model import prior_of
from sim.studies.averages.questions import NORMAL, Answer
from sim.studies.averages.readings import READINGS, Reading, given_as, noise, slope, transformed
from sim.studies.averages.simulated import Bench, Told

TOO_FAR = 2.0
"""Of χ² over the number of averages: beyond this they contradict each other."""
LEFT_OUT = 3
"""Averages that it is tried to do without ..."""
REREAD = 4
"""... and that it is tried to read otherwise."""
LOOKED_AT = 4
"""Explanations that are fitted on all days: those that are likeliest on some of them."""
LIKELIER = 1.0
"""To be read otherwise is so much likelier than to be wrong: χ² for each average."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """An average without which, or read otherwise, the others agree."""

    seen: Seen
    reading: str
    """How it would have to be read; empty: it fits in no way that is known."""
    misfit: float
    """χ² that is left then."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What one more average would do for an answer."""

    seen: Seen
    words: str
    low: float
    high: float


def suspects(fit: Fit, bench: Bench) -> list[Suspect]:
    """Averages that the others contradict; none where all agree. The likeliest explanation comes first.

    Averages without which the others agree best, along the slopes, are left out and read otherwise: that is
    fitted anew on some of the days, and on all of them where it explains most.
    """
    n = len(fit.told.names)
    if fit.misfit <= TOO_FAR * n:
        return []
    doubted = [
        seen for _, seen in sorted((_misfit_without(fit, k), seen) for k, seen in enumerate(fit.told.names))
    ]
    tried = [(seen, reading) for seen in doubted[:REREAD] for reading in _others(fit, seen)]
    tried += [(seen, "") for seen in doubted[:LEFT_OUT]]

    def rank(misfit: float, reading: str) -> float:
        return misfit + (0 if reading else LIKELIER * n)

    few = bench.part(SLOPES)
    screened = []
    for seen, reading in tried:
        other = _otherwise(fit, few, seen, reading)
        x, estimates = refitted(other, fit.model, few, rounds=4)
        screened.append((rank(_misfit(other, estimates), reading), seen, reading, x))
    screened.sort(key=lambda each: each[:3])
    found = []
    for _, seen, reading, x in screened[:LOOKED_AT]:
        other = _otherwise(fit, bench, seen, reading)
        _, estimates = refitted(other, fit.model, bench, rounds=1, start=x)
        found.append(Suspect(seen, reading, _misfit(other, estimates)))
    found.sort(key=lambda each: rank(each.misfit, each.reading))
    good = [each for each in found if each.misfit <= TOO_FAR * n]
    return good or found[:1]


def _others(fit: Fit, seen: Seen) -> list[str]:
    """Readings of an average that are not the one it was given with; of intervals they are not tried."""
    now = given_as(seen.name, fit.told.given[seen])
    return [reading for reading in READINGS[seen.name] if reading != now and seen.by != "interval"]


def _misfit_without(fit: Fit, k: int) -> float:
    """χ² once average *k* is left out and the numbers have moved along their slopes."""
    keep = [j for j in range(len(fit.told.names)) if j != k]
    apart, jacobian = fit.apart[keep], fit.jacobian[keep]
    inverse, weight = np.linalg.inv(fit.noise[np.ix_(keep, keep)]), np.diag(fit.model.spread**-2)
    pull = jacobian.T @ inverse @ apart - weight @ (fit.x - fit.model.prior)
    left = apart - jacobian @ np.linalg.solve(jacobian.T @ inverse @ jacobian + weight, pull)
    return float(left @ inverse @ left)


def _otherwise(fit: Fit, bench: Bench, seen: Seen, reading: str) -> Fit:
    """Where a fit on the *bench* begins once an average is read otherwise, or left out: no reading."""
    given = dict(fit.told.given)
    jacobian = fit.jacobian.copy()
    if reading:
        given[seen] = given[seen].model_copy(update={"reading": reading})
        jacobian[fit.told.names.index(seen)] = _row(fit, seen, READINGS[seen.name][reading])
    else:
        jacobian = np.delete(jacobian, fit.told.names.index(seen), axis=0)
        del given[seen]
    told = Told(given)
    noise = noise_of(told, fit.estimates, fit.days, bench.days)
    return replace(fit, told=told, jacobian=jacobian, x=first_guess(fit.model, without=seen), noise=noise)


def _misfit(fit: Fit, estimates: Estimates) -> float:
    """χ² of the averages of a fit where its numbers make other estimates."""
    return misfit(fit.told.wanted() - fit.told.found(estimates), fit.noise)


def _row(fit: Fit, seen: Seen, reading: Reading) -> Floats:
    """Slopes of a reading by the numbers."""
    here = transformed(seen.name, reading.value(fit.unmoved, seen.by, seen.cell))
    steps = [prior_of(each).step for each in fit.model.names]
    there = [transformed(seen.name, reading.value(each, seen.by, seen.cell)) for each in fit.moved]
    return np.asarray(np.nan_to_num((np.array(there) - here) / np.array(steps)))


def worth(fit: Fit, answer: Answer, days: int) -> list[Worth]:
    """What each average that is not known would do for an answer, the best first."""
    if answer.agents is None:
        return []
    gradient = answer.gradient
    now, of_numbers = (float(gradient @ each @ gradient) for each in (fit.covariance, fit.error))
    own = answer.variance - of_numbers
    found = []
    for seen in _not_known(fit):
        usual = next(iter(READINGS[seen.name].values()))
        value = usual.value(fit.estimates, seen.by, seen.cell)
        if not np.isfinite(value) or value <= 0:
            continue
        row = _row(fit, seen, usual)
        said = usual.of_days(fit.estimates, seen.by, seen.cell)
        spread = float(np.nanvar(said, ddof=1)) * (1 / days + 1 / len(said))
        error = slope(seen.name, value) ** 2 * (spread + noise(seen.name, value, _usual_step(value)))
        gain = fit.covariance @ row
        covariance = fit.covariance - np.outer(gain, gain) / (row @ gain + error)
        less = float(gradient @ covariance @ gradient) / max(now, 1e-12)
        reach = NORMAL * sqrt(max(less * of_numbers + own, 0.0))
        words = f"{usual.words}{place_of(fit.model.base, seen)}"
        found.append(Worth(seen, words, answer.agents * exp(-reach), answer.agents * exp(reach)))
    return sorted(found, key=lambda each: each.high - each.low)


def _not_known(fit: Fit) -> Iterator[Seen]:
    """Averages that might be known as well, of each queue by itself where there are several."""
    centre = fit.model.base
    known = {seen.name for seen in fit.told.given}
    alike = ({"turns_per_chat", "messages_per_chat"}, {"occupancy", "slot_utilisation"}, {"asa_s", "wait_s"})
    for name in READINGS:
        if centre.by_work and name in OF_MESSAGES:
            continue
        if centre.queues is None or not is_of_queues(name):
            places = [Seen(name)] if name not in known else []
        else:
            places = [
                Seen(name, "queue", q) for q in range(len(centre.queues)) if Seen(name) not in fit.told.given
            ]
        for seen in places:
            other = next((pair for pair in alike if name in pair), {name})
            if not any(
                seen._replace(name=each) in fit.told.given or Seen(each) in fit.told.given for each in other
            ):
                yield seen


def _usual_step(value: float) -> float:
    """Last digit with which such a value is usually shown."""
    return 1.0 if value >= 20 else 0.1 if value >= 1 else 0.001
