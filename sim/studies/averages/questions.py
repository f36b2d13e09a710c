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
from sim.studies.averages.fit import Fit, refitted
from sim.studies.averages.model import SWITCHING, Centre, Model, prior_of
from sim.studies.averages.simulated import Bench

NORMAL = 1.6449
"""Of the normal distribution: 90 % lie within so many standard deviations."""
MOST_TIMES = 4.0
"""Agents are looked for up to so many times those of today."""
CLOSE = 0.03
"""Of the logarithm of agents: in between, the margin is as good as straight."""
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

    They are those whom the planner counts as on duty.
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
    models = (fit.model,) * 2 if fit.model.base.by_work else (fixed, switched)
    others = [(model, fit.x if model is fit.model else refitted(fit, model, bench)[0]) for model in models]
    yield from (_answer(fit, bench, question, others) for question in questions)


def _answer(fit: Fit, bench: Bench, question: Question, others: Sequence[tuple[Model, Floats]]) -> Answer:
    asker = _Asker(fit, bench, question)
    base = asker.needed()
    if base is None:
        return Answer(question, None, None, None, float("nan"), np.zeros(len(fit.x)))
    gradient, of_days, (fixed, switched) = asker.around(base, others)
    # Half of what switching does: it is there or not.
    centre = base - asker.available(fit.model, fit.x) + switched / 2
    variance = float(gradient @ fit.covariance @ gradient) + of_days + (fixed**2 + switched**2) / 12
    reach = NORMAL * float(np.sqrt(variance))
    return Answer(question, exp(centre), exp(centre - reach), exp(centre + reach), variance, gradient)


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

    def margins(self, centres: Sequence[Centre], agents: Sequence[float]) -> list[float]:
        """Margins of centres that have so many agents (logarithms)."""
        return [_margin(each, self.centre) for each in self.estimates(centres, agents)]

    def estimates(
        self, centres: Sequence[Centre], agents: Sequence[float], bench: Bench | None = None
    ) -> list[Estimates]:
        """Figures of centres that have so many agents (logarithms)."""
        staffed = [centre.with_total(max(exp(n), 1.0)) for centre, n in zip(centres, agents, strict=True)]
        return (bench or self.bench).measured(staffed, in_search=True)

    def needed(self) -> float | None:
        """Logarithm of the fewest agents that keep the targets, by regula falsi; None if none do."""
        start = log(max(self.centre.total * self.question.demand, 1.0))
        least, most = 0.0, start + log(MOST_TIMES)
        low, high = max(start - 0.2, least), start + 0.2
        at_low, at_high = self.margins([self.centre] * 2, [low, high])
        while at_low > 0 and low > least:
            high, at_high, low = low, at_low, max(low - 0.4, least)
            (at_low,) = self.margins([self.centre], [low])
        while at_high < 0 and high < most:
            low, at_low, high = high, at_high, min(high + 0.4, most)
            (at_high,) = self.margins([self.centre], [high])
        if at_high < 0:
            return None
        while at_low < 0 < at_high and high - low > CLOSE:
            share = min(max(-at_low / (at_high - at_low), 0.2), 0.8)
            point = low + (high - low) * share
            (at_point,) = self.margins([self.centre], [point])
            if at_point < 0:
                low, at_low = point, at_point
            else:
                high, at_high = point, at_point
        return high if at_low >= 0 else low + (high - low) * -at_low / max(at_high - at_low, 1e-12)

    def around(
        self, base: float, others: Sequence[tuple[Model, Floats]]
    ) -> tuple[Floats, float, list[float]]:
        """By how much the answer moves with each number, with the days, and in other centres.

        It is what moves the margin, over the margin's slope in agents.
        """
        fit = self.fit
        steps = np.array([prior_of(name).step for name in fit.model.names])
        moved = [self.of(fit.model, fit.x + step) for step in np.diag(steps)]
        moved += [self.of(model, x) for model, x in others]
        agents = [base - ASIDE, base + ASIDE, *[base] * (len(moved) + 1)]
        found = self.estimates([self.centre] * 3 + moved, agents, self.bench.half())
        few, many, here, *there = (_margin(each, self.centre) for each in found)
        slope = max((many - few) / (2 * ASIDE), 1e-3)
        answers = -(np.array(there) - here) / slope
        answers[fit.model.names.index("available")] -= steps[fit.model.names.index("available")]
        for k, (model, x) in enumerate(others, len(steps)):
            answers[k] -= self.available(model, x) - self.available(fit.model, fit.x)
        of_days = (_error(found[2], self.centre) / slope) ** 2 / 2  # the answer is of twice as many
        return answers[: len(steps)] / steps, of_days, [float(each) for each in answers[len(steps) :]]


def _margin(estimates: Estimates, centre: Centre) -> float:
    """By how much the targets are kept, that of the target that is kept worst: below 0 one is missed."""
    return min(_of(bound, estimates) for bound in bounds(centre.scenario))


def _of(bound: Bound, estimates: Estimates) -> float:
    return float(bound.margin(estimates.values(bound.kpi, bound.by))[bound.cell])


def _error(estimates: Estimates, centre: Centre) -> float:
    """Standard error of the margin, as the simulated days vary."""
    worst = min(bounds(centre.scenario), key=lambda bound: _of(bound, estimates))
    said = estimates.pseudo_values(worst.kpi)[:, 0] / max(abs(worst.value), 1e-9)
    return float(np.nanstd(said, ddof=1) / np.sqrt(estimates.n))
