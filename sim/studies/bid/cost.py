"""What does a month cost? Amounts by kind, in decimals that nobody rounds before they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sim.scenario.bid_cost import Cost
from sim.studies.bid.hours import DayHours
from sim.studies.bid.people import Team, teams_for

NAUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class MonthCost:
    """What a month costs."""

    parts: dict[str, Decimal]
    """By kind, in the order in which they add up; without what each chat costs."""
    per_chat: Decimal
    """Of each chat offered, its overhead included."""
    duty_h: Decimal
    """Hours on duty that trained people would take."""
    paid_h: Decimal
    """Hours that are paid: with what is lost, and what new people take longer."""
    people: Decimal
    """Full-time equivalents."""
    hires: Decimal

    @property
    def fixed(self) -> Decimal:
        """All that does not depend on chats."""
        return sum(self.parts.values(), NAUGHT)

    def total(self, chats: Decimal) -> Decimal:
        """Cost of the month with so many *chats* offered."""
        return self.fixed + self.per_chat * chats


@dataclass(frozen=True, slots=True)
class Month:
    """The hours of a month: those of its days, for trained people."""

    duty_h: Decimal
    paid_h: Decimal
    wages: Decimal
    lost: dict[str, Decimal]

    @classmethod
    def of(cls, days: Sequence[DayHours]) -> Month:
        """A month of some *days*."""
        causes = dict.fromkeys(cause for day in days for cause in day.lost)
        return cls(
            sum((day.duty_h for day in days), NAUGHT),
            sum((day.paid_h for day in days), NAUGHT),
            sum((day.wages for day in days), NAUGHT),
            {cause: sum((day.lost.get(cause, NAUGHT) for day in days), NAUGHT) for cause in causes},
        )


def month_costs(cost: Cost, months: Sequence[Month], contract_h: Decimal) -> tuple[MonthCost, ...]:
    """Cost of each month of a contract, a full-time equivalent being *contract_h* paid hours a month."""
    needed = [month.paid_h / contract_h for month in months]
    staff = teams_for(cost, needed)
    return tuple(
        _month(cost, month, team, people, dearer(cost.inflation_per_year, k), is_first=k == 0)
        for k, (month, team, people) in enumerate(zip(months, staff, needed, strict=True))
    )


def dearer(a_year: Decimal, month: int) -> Decimal:
    """How many times as dear something is in a *month* from 0: it rises with each 13th."""
    return (1 + a_year) ** (month // 12)


def _month(
    cost: Cost, month: Month, team: Team, needed: Decimal, times: Decimal, *, is_first: bool
) -> MonthCost:
    paid_wages = month.wages + sum(month.lost.values(), NAUGHT)
    learning = paid_wages * (team.people / needed - 1) if needed else NAUGHT
    wages = paid_wages + learning
    paid_h = month.paid_h * (team.people / needed if needed else 1)
    hour = wages * (1 + cost.on_cost_share) / paid_h if paid_h else NAUGHT
    parts = {"wages": month.wages}
    parts |= {f"shrinkage: {cause}": amount for cause, amount in month.lost.items()}
    parts |= {
        "learning": learning,
        "on-cost": wages * cost.on_cost_share,
        "recruiting": team.hires * cost.recruiting_per_hire,
        "training": team.hires * (cost.training_per_hire + hour * Decimal(repr(cost.training_h_per_hire))),
        "supervisors": _supervisors(cost, team.people),
        "seats": team.people * cost.seats_per_agent * cost.seat_per_month,
        "licences": team.people * cost.licence_per_agent_month,
        "fixed": cost.fixed_per_month,
    }
    parts["overhead"] = sum(parts.values(), NAUGHT) * cost.overhead_share
    parts["set-up"] = cost.setup if is_first else NAUGHT
    return MonthCost(
        {name: amount * times for name, amount in parts.items()},
        cost.platform_per_chat * (1 + cost.overhead_share) * times,
        month.duty_h, paid_h, team.people, team.hires,
    )  # fmt: skip


def _supervisors(cost: Cost, people: Decimal) -> Decimal:
    if cost.span_agents_per_supervisor is None:
        return NAUGHT
    return people / Decimal(repr(cost.span_agents_per_supervisor)) * cost.supervisor_per_month
