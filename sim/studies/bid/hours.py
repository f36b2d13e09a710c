"""Which hours are paid, and at which wage? The planned duty of a scenario, day by day.

Who is absent is paid. What agents stay longer to finish chats in hand is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np

from sim.arrays import Floats
from sim.errors import StudyError
from sim.scenario.bid_cost import Cost, DayName, Wage
from sim.scenario.duty import DutyPlan, duty_plan
from sim.scenario.hours import Calendar, Weekday
from sim.scenario.scenario import Scenario
from sim.scenario.units import HOUR_S, clock_text, end_text

MOST_TOLD = 10
"""So many hours without a wage are told."""


@dataclass(frozen=True, slots=True)
class DayHours:
    """Hours of one day of a scenario."""

    duty_h: Decimal
    """On duty, as planned."""
    wages: Decimal
    """Of the hours on duty alone."""
    lost: dict[str, Decimal]
    """Wages of the paid hours that are lost, by cause of shrinkage."""
    paid_h: Decimal
    """On duty and lost."""


def day_names(calendar: Calendar, day: int) -> set[DayName]:
    """What a day is called: its weekday, and a holiday if it is one."""
    date = calendar.date(day)
    names = {DayName(Weekday.of(date).value)}
    return names | {DayName.HOLIDAY} if calendar.holiday(date) else names


def hours_by_day(scenario: Scenario, cost: Cost) -> list[DayHours]:
    """Hours and wages of each day of a *scenario*.

    Raises
    ------
    StudyError
        If somebody works at a time for which there is no wage; names all such times.
    """
    plan, calendar = duty_plan(scenario), scenario.calendar
    found, missing = [], list[str]()
    for day in range(scenario.days):
        pieces = list(_pieces(plan, calendar, day, cost))
        missing += _without_wage(scenario, day, cost, pieces)
        found.append(_day(scenario, cost, pieces))
    if missing:
        more = f"\nand {len(missing) - MOST_TOLD} more" if len(missing) > MOST_TOLD else ""
        raise StudyError("\n".join(missing[:MOST_TOLD]) + more)
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a day in which wages don't change."""

    start_s: float
    """By the clock."""
    end_s: float
    hours: Floats
    """On duty, of each group."""
    names: set[DayName]


def _pieces(plan: DutyPlan, calendar: Calendar, day: int, cost: Cost) -> Iterator[_Piece]:
    local, names = calendar.local, day_names(calendar, day)
    clocks = sorted({0.0, 86_400.0, *(time for wage in cost.wages for time in (wage.start, wage.end))})
    group, n = plan.group[plan.agent], int(plan.group.max(initial=-1)) + 1
    for start_s, end_s in pairwise(clocks):
        from_s, until_s = local.at(day, start_s), local.at(day, end_s)
        there = np.minimum(plan.off_s, until_s) - np.maximum(plan.on_s, from_s)
        hours = np.bincount(group, np.maximum(there, 0.0), n) / HOUR_S
        if hours.any():
            yield _Piece(start_s, end_s, hours, names)


def wage_of(cost: Cost, group: str, names: set[DayName], clock_s: float) -> Decimal | None:
    """Wage of an hour of a *group* on a day of such *names*: of the first entry that fits, or the usual."""
    for wage in cost.wages:
        if _fits(wage, group, names, clock_s):
            if wage.wage_per_hour is not None:
                return wage.wage_per_hour
            assert wage.premium_share is not None
            assert cost.wage_per_hour is not None
            return cost.wage_per_hour * (1 + wage.premium_share)
    return cost.wage_per_hour


def _fits(wage: Wage, group: str, names: set[DayName], clock_s: float) -> bool:
    is_day = not wage.days or bool(names & set(wage.days))
    return is_day and wage.start <= clock_s < wage.end and (not wage.groups or group in wage.groups)


def _without_wage(scenario: Scenario, day: int, cost: Cost, pieces: Sequence[_Piece]) -> Iterator[str]:
    for piece in pieces:
        for g, hours in enumerate(piece.hours):
            name = scenario.groups[g].name
            if hours and wage_of(cost, name, piece.names, piece.start_s) is None:
                when = f"{scenario.calendar.date(day):%a %Y-%m-%d} {clock_text(piece.start_s)}"
                yield (
                    f"bid.cost.wages: no wage for {when} to {end_text(piece.end_s)}, in which {name!r} works "
                    f"{hours:g} h: add an entry, or wage_per_hour"
                )


def _day(scenario: Scenario, cost: Cost, pieces: Sequence[_Piece]) -> DayHours:
    duty_h = paid_h = wages = Decimal(0)
    lost: dict[str, Decimal] = {}
    for piece in pieces:
        for g, value in enumerate(piece.hours):
            group = scenario.groups[g]
            wage = wage_of(cost, group.name, piece.names, piece.start_s) or Decimal(0)
            hours = Decimal(repr(float(value)))
            more = hours * grossed_up(group.shrinkage) - hours
            duty_h, paid_h, wages = duty_h + hours, paid_h + hours + more, wages + hours * wage
            for cause, share in split(more * wage, group.shrinkage).items():
                lost[cause] = lost.get(cause, Decimal(0)) + share
    return DayHours(duty_h, wages, lost, paid_h)


def grossed_up(shrinkage: dict[str, float]) -> Decimal:
    """Paid hours for an hour on duty: 1 over what all causes leave."""
    left = Decimal(1)
    for share in shrinkage.values():
        left *= 1 - Decimal(repr(share))
    return 1 / left


def split(amount: Decimal, shrinkage: dict[str, float]) -> dict[str, Decimal]:
    """An *amount* by cause, in proportion to their shares."""
    shares = {cause: Decimal(repr(share)) for cause, share in shrinkage.items() if share}
    total = sum(shares.values())
    return {cause: amount * share / total for cause, share in shares.items()}
