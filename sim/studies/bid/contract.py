"""How do simulated months make a contract? Days, levels of demand and staffing, and which month comes when.

All months of a contract have as many open days, those of the scenario in turn. Months with one demand and
staffing are of one level, for which a pool of months is simulated; a contract takes one of it for each of its
months. So two months of one level are alike in distribution, and few simulated months make many contracts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.draws.busyness import expected_volumes
from sim.draws.contract import contract_scores
from sim.errors import StudyError
from sim.scenario.bid import Bid
from sim.scenario.bid_clauses import MONTHS, Window
from sim.scenario.incidents import Outage, SlowSystem
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, varied
from sim.studies.bid.cost import Month
from sim.studies.bid.hours import hours_by_day
from sim.studies.inputs import volume
from sim.studies.risk import MONTH_WEEKS

LEAST_CONTRACTS = 500
"""Contracts that are made of the simulated months, at least."""


class Level(NamedTuple):
    """What months have in common."""

    factor: float
    """Chats, times the scenario's."""
    added: int
    """Agents of the first group beyond the scenario's."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Months of a bid, and what they are made of."""

    scenario: Scenario
    bid: Bid
    open_days: Ints
    """Days of the scenario on which somebody is expected."""
    week_days: int
    """Open days of a week."""
    month_days: int
    """Open days of a month."""
    levels: tuple[Level, ...]
    level_of: tuple[int, ...]
    """Level of each month."""

    @classmethod
    def of(cls, scenario: Scenario, added: int = 0) -> Contract:
        """The contract of a *scenario* with a bid, with so many agents more or fewer in all months.

        Raises
        ------
        StudyError
            If there is no bid, or nobody is expected, or exact times would have to be more or fewer.
        """
        bid = scenario.bid
        if bid is None:
            raise StudyError("bid: the scenario has no [bid]: say what it costs and what it is sold for")
        open_days = np.flatnonzero(expected_volumes(scenario).sum(axis=0) > 0)
        if not len(open_days):
            raise StudyError("bid: nobody is expected on any day")
        more = bid.agents_added or (0,) * bid.months
        each = [Level(factor, n + added) for factor, n in zip(bid.factors, more, strict=True)]
        levels = tuple(dict.fromkeys(each))
        exact = [queue.name for queue in scenario.queues if queue.arrivals.times_s is not None]
        if exact and (bid.forecast_cv or any(level.factor != 1 for level in levels)):
            law = f"the exact arrival times of {', '.join(exact)} can't be made more or fewer"
            raise StudyError(f"bid: {law}: leave out growth, volume and forecast_cv, or give per_hour")
        week = max(1, round(7 * len(open_days) / scenario.days))
        return cls(
            scenario, bid, open_days, week, bid.days_per_month or round(week * MONTH_WEEKS), levels,
            tuple(levels.index(level) for level in each),
        )  # fmt: skip

    @property
    def months(self) -> int:
        """How many there are."""
        return len(self.level_of)

    @property
    def days(self) -> Ints:
        """Day of the scenario that each day of a month is."""
        return self.open_days[np.arange(self.month_days) % len(self.open_days)]

    @property
    def contract_h(self) -> Decimal:
        """Paid hours of a full-time equivalent in a month."""
        weeks = Decimal(self.month_days) / self.week_days
        return Decimal(repr(self.scenario.fte_hours_per_week)) * weeks

    def window_days(self, window: Window) -> int:
        """Open days of a window."""
        if window == "day":
            return 1
        return self.week_days if window == "week" else MONTHS[window] * self.month_days

    def at(self, level: Level) -> Scenario:
        """Centre of a level, without the bid."""
        plain = self.scenario.model_copy(update={"bid": None})
        changes = tuple(volume(plain, level.factor)) if level.factor != 1 else ()
        if level.added:
            changes += (Change("groups.0.agents", "+=", level.added),)
        return varied(plain, changes) if changes else plain

    def hours(self) -> list[Month]:
        """Hours of each month, for trained people."""
        cost = self.bid.cost
        by_level = [hours_by_day(self.at(level), cost) for level in self.levels]
        return [Month.of([by_level[level][day] for day in self.days]) for level in self.level_of]

    def expected(self) -> Floats:
        """Chats forecast for each day of a month of each level, shape (n_levels, month_days)."""
        by_day = expected_volumes(self.scenario.model_copy(update={"bid": None})).sum(axis=0)[self.days]
        return np.array([by_day * level.factor for level in self.levels])

    def out_of_order(self) -> Flags:
        """Days of a month on which an outage or a slow system is, shape (month_days,)."""
        edges_s = self.scenario.calendar.local.midnights(self.scenario.days)
        found = np.zeros(self.scenario.days, dtype=np.bool_)
        for incident in self.scenario.incidents:
            if isinstance(incident, Outage | SlowSystem):
                start_s, end_s = incident.span_s(self.scenario.calendar.local)
                found |= (edges_s[:-1] < end_s) & (edges_s[1:] > start_s)
        return np.asarray(found[self.days])


def contracts(contract: Contract, seed: int, pool: int) -> Ints:
    """Which of *pool* simulated months each month of many contracts is, shape (n_contracts, months).

    Each is taken as often as any other in every place (a Latin hypercube); months are in order of their
    forecast's error, whose ranks within a contract agree as the bid says (a Gaussian copula).
    """
    n = pool * -(-LEAST_CONTRACTS // pool)
    months = contract.months
    scores = contract_scores(seed, n, months + 1)
    rho = contract.bid.forecast_correlation
    mixed = rho**0.5 * scores[:, :1] + (1 - rho) ** 0.5 * scores[:, 1:]
    ranks = np.argsort(np.argsort(mixed, axis=0, kind="stable"), axis=0, kind="stable")
    return np.asarray(ranks // (n // pool), dtype=np.int64)


def in_months(values: Floats, contract: Contract, taken: Ints) -> Floats:
    """Pick what months of a pool have, shape (n_levels, pool, …): (n_contracts, months, …)."""
    return np.asarray(values[np.array(contract.level_of), taken])
