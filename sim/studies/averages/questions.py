"""How many agents does the centre need, and how sure is that, as only averages are known?

A question has an answer for every centre that the averages allow; the band is where 90 % of them lie. Agents
are counted as the planner counts those on duty: of so many a share is truly there, which the averages tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Estimates
from sim.kpis.targets import Bound, bounds
from sim.studies.averages.fit import SLOPES, Fit, refitted
from sim.studies.averages.model import SWITCHING, Centre, Model, prior_of
from sim.studies.averages.simulated import Bench
from sim.studies.averages.switching import Mixture

NORMAL = 1.6449
"""Of the normal distribution: 90 % lie within so many standard deviations."""
BAND = (0.05, 0.95)
"""Quantiles at the ends of a band."""
MOST_TIMES = 4.0
"""Agents are looked for up to so many times those of today."""
COARSE = 2
"""Agents are looked for on one of so many of the days, until they are ..."""
CLOSE = 0.06
"""... as sure as this (of the logarithm); then on all days ..."""
NEAR = 0.02
"""... so much to either side: in between, the margin is as good as straight."""
ASIDE = 0.05
"""Of the logarithm of agents: the margin's slope is taken over twice this."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the agents that keep the targets, with so much demand and so many more slots."""

    words: str
    demand: float = 1.0
    more: int = 0
    """Chats that every agent may hold at once besides those of today."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Agents at the peak, not a whole number, and the band in which 90 % of possible centres lie.

    Agents are their (geometric) mean, counted as the planner counts those on duty.
    """

    question: Question
    agents: float | None
    """None where no number keeps the targets."""
    low: float | None
    high: float | None
    variance: float
    """Of the logarithm."""
    gradient: Floats
    """Of the logarithm of agents by those of the numbers."""


def asked(slots: Sequence[int]) -> list[Question]:
    """Give the questions that planners ask first, of groups with so many *slots*."""
    more = f"{slots[0] + 1} chats at once" if len(set(slots)) == 1 else "one more chat at once"
    return [Question("as today"), Question("demand + 20 %", demand=1.2), Question(more, more=1)]


def answered(fit: Fit, bench: Bench, questions: Sequence[Question]) -> Iterator[Answer]:
    """Answer questions about the centre of a *fit*; its turns' law and switching costs are not known."""
    if not questions:
        return
    fixed = replace(fit.model, turns_law="fixed")
    switched = replace(fit.model, switching=SWITCHING)
    models = () if fit.model.base.by_work else (fixed, switched)
    few = bench.part(SLOPES)
    others = [(model, refitted(fit, model, few, rounds=4, alike=True)[0]) for model in models]
    start: float | None = None
    for question in questions:
        answer = _answer(fit, bench, question, others, start)
        if start is None and answer.agents is not None:
            start = log(answer.agents)
        yield answer


def _answer(
    fit: Fit, bench: Bench, question: Question, others: Sequence[tuple[Model, Floats]], start: float | None
) -> Answer:
    asker = _Asker(fit, bench, question)
    found = asker.needed(start)
    if found is None:
        return Answer(question, None, None, None, float("nan"), np.zeros(len(fit.x)))
    base, margins = found
    gradient, slope, away = asker.around(base, others)
    of_turns, of_switching = away or (0.0, 0.0)
    variance = float(gradient @ fit.error @ gradient) + of_turns**2 / 12
    variance += asker.of_days(gradient, margins / slope)
    said = Mixture.of(base - asker.available(fit.model, fit.x), of_switching, variance)
    low, high = (exp(each) for each in said.quantiles(BAND))
    return Answer(question, exp(said.mean), low, high, said.variance, gradient)


class _Asker:
    """Asks for the agents that one question takes."""

    def __init__(self, fit: Fit, bench: Bench, question: Question) -> None:
        self.fit, self.bench, self.question = fit, bench, question
        self.centre = self.of(fit.model, fit.x)

    def of(self, model: Model, x: Floats) -> Centre:
        return model.centre(x, demand=self.question.demand, more=self.question.more)

    @staticmethod
    def available(model: Model, x: Floats) -> float:
        """Logarithm of the agents truly on duty over those said to be."""
        return float(x[model.names.index("available")])

    def margins(self, agents: Sequence[float]) -> list[float]:
        """Margins of the centre with so many agents (logarithms), on some of the days."""
        found = self.estimates([self.centre] * len(agents), agents, self.bench.part(COARSE))
        return [_margin(each, self.centre) for each in found]

    @staticmethod
    def estimates(centres: Sequence[Centre], agents: Sequence[float], bench: Bench) -> list[Estimates]:
        """Figures of centres that have so many agents (logarithms)."""
        staffed = [centre.with_total(max(exp(n), 1.0)) for centre, n in zip(centres, agents, strict=True)]
        return bench.measured(staffed, in_search=True)

    def needed(self, start: float | None) -> tuple[float, Floats] | None:
        """Logarithm of the fewest agents that keep the targets, and what each day says of the margin there.

        They are looked for about those of today, or from *start* on; None if no number keeps the targets.
        """
        base = self.about(start)
        if base is None:
            return None
        for _ in range(2):
            pair = self.estimates([self.centre] * 2, [base - NEAR, base + NEAR], self.bench)
            few, many = (_margin(each, self.centre) for each in pair)
            off = (few + many) / 2 / max((many - few) / (2 * NEAR), 1e-3)
            base -= float(np.clip(off, -3 * NEAR, 3 * NEAR))
            if abs(off) <= 2 * NEAR:
                break
        return max(base, 0.0), np.mean([_of_days(each, self.centre) for each in pair], axis=0)

    def about(self, start: float | None) -> float | None:
        """About the logarithm of the fewest agents, by regula falsi on some of the days; None if none do."""
        today = log(max(self.centre.total * self.question.demand, 1.0))
        least, most = 0.0, today + log(MOST_TIMES)
        reach = 0.2 if start is None else 0.1
        middle = today if start is None else start + log(self.question.demand) - 0.1 * self.question.more
        low, high = max(middle - reach, least), max(middle, least) + reach
        at_low, at_high = self.margins([low, high])
        while at_low > 0 and low > least:
            high, at_high, low = low, at_low, max(low - 0.4, least)
            (at_low,) = self.margins([low])
        while at_high < 0 and high < most:
            low, at_low, high = high, at_high, min(high + 0.4, most)
            (at_high,) = self.margins([high])
        if at_high < 0:
            return None
        while at_low < 0 < at_high and high - low > CLOSE:
            share = min(max(-at_low / (at_high - at_low), 0.2), 0.8)
            point = low + (high - low) * share
            (at_point,) = self.margins([point])
            if at_point < 0:
                low, at_low = point, at_point
            else:
                high, at_high = point, at_point
        return low if at_low >= 0 else low + (high - low) * -at_low / max(at_high - at_low, 1e-12)

    def around(
        self, base: float, others: Sequence[tuple[Model, Floats]]
    ) -> tuple[Floats, float, list[float]]:
        """By how much the answer moves with each number, the margin's slope in agents, and other centres.

        An answer moves by what moves the margin, over the margin's slope in agents.
        """
        fit = self.fit
        steps = np.array([prior_of(name).step for name in fit.model.names])
        moved = [self.of(fit.model, fit.x + step) for step in np.diag(steps)]
        moved += [self.of(model, x) for model, x in others]
        agents = [base - ASIDE, base + ASIDE, *[base] * (len(moved) + 1)]
        found = self.estimates([self.centre] * 3 + moved, agents, self.bench.part(SLOPES))
        few, many, here, *there = (_margin(each, self.centre) for each in found)
        slope = max((many - few) / (2 * ASIDE), 1e-3)
        answers = -(np.array(there) - here) / slope
        answers[fit.model.names.index("available")] -= steps[fit.model.names.index("available")]
        for k, (model, x) in enumerate(others, len(steps)):
            answers[k] -= self.available(model, x) - self.available(fit.model, fit.x)
        return answers[: len(steps)] / steps, slope, [float(each) for each in answers[len(steps) :]]

    def of_days(self, gradient: Floats, margins: Floats) -> float:
        """Variance of the answer, as its simulated days are some of many.

        They are those of the fit: where they are worse than usual, both more agents are asked for and the
        numbers are taken for better, which mostly cancels. *margins* are what each day says, in agents.
        """
        fit = self.fit
        numbers = gradient @ fit.gain @ fit.told.of_days(fit.estimates)
        said = -margins - numbers
        return float(np.nanvar(said, ddof=1) / len(said))


def _margin(estimates: Estimates, centre: Centre) -> float:
    """By how much the targets are kept, that of the target that is kept worst: below 0 one is missed."""
    return min(_of(bound, estimates) for bound in bounds(centre.scenario))


def _of(bound: Bound, estimates: Estimates) -> float:
    return float(bound.margin(estimates.values(bound.kpi, bound.by))[bound.cell])


def _of_days(estimates: Estimates, centre: Centre) -> Floats:
    """What each day says of the margin, shape (n_days,)."""
    worst = min(bounds(centre.scenario), key=lambda bound: _of(bound, estimates))
    return np.asarray(worst.margin(estimates.pseudo_values(worst.kpi, worst.by)[:, worst.cell]))
