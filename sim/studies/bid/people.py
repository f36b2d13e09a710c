"""Who has learnt the work in each month? Cohorts of people in a ramp, and those who replace who leaves.

People are counted in full-time equivalents, parts included: a mean over teams like this one. Leavers are a
share of every cohort; who is hired has been trained, and begins with the month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from sim.scenario.bid_cost import Cost


class Team(NamedTuple):
    """A team in one month, for one full-time equivalent of trained people that is needed."""

    people: Decimal
    """Full-time equivalents: more than one while people learn."""
    hires: Decimal
    """Who begin with the month."""


def teams(cost: Cost, months: int) -> tuple[Team, ...]:
    """Team of each of the *months*, for one trained person needed in all of them."""
    return teams_for(cost, [Decimal(1)] * months)


def teams_for(cost: Cost, needed: Sequence[Decimal]) -> tuple[Team, ...]:
    """Team of each month, of which so many trained full-time equivalents are *needed*.

    A cohort is worth what its month of the ramp says. Who is not needed any more goes elsewhere, at no cost.
    """
    return tuple(_teams(cost, needed))


def _teams(cost: Cost, needed: Sequence[Decimal]) -> Iterator[Team]:
    worth = [*(Decimal(repr(each)) for each in cost.ramp), Decimal(1)]
    stays = 1 - Decimal(repr(cost.attrition_per_month))
    cohorts = [Decimal(0)] * len(worth)
    for k, wanted in enumerate(needed):
        if k == 0 and not cost.begins_new:
            cohorts[-1] = wanted
        elif k:
            aged = [Decimal(0), *(n * stays for n in cohorts[:-1])]
            aged[-1] += cohorts[-1] * stays
            cohorts = aged
        there = sum((n * each for n, each in zip(cohorts, worth, strict=True)), Decimal(0))
        hires = max((wanted - there) / worth[0], Decimal(0))
        if there > wanted:
            cohorts = [n * wanted / there for n in cohorts]
        cohorts[0] += hires
        yield Team(sum(cohorts, Decimal(0)), hires)
