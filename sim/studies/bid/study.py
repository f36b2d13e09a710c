"""What does an offer earn, how sure is that, and what does each sentence of its contract cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sim.errors import StudyError
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.bid import Bid
from sim.scenario.bid_cost import Cost
from sim.scenario.scenario import Scenario
from sim.studies.bid.case import Case, case
from sim.studies.bid.contract import Contract
from sim.studies.bid.outcome import Outcome
from sim.studies.bid.prices import Model, Reached, break_even, models, price_for, service_share, sure_margin
from sim.studies.bid.swings import Swing, centre_swings, money_swings, wage_swings
from sim.studies.bid.wording import Found, found_of

LADDER = (-1, 1, 2, 3)
"""Agents beyond those of the bid with which its months are simulated as well."""
FEWEST_MONTHS = 5
"""From fewer nobody could tell how sure it is."""


@dataclass(frozen=True, slots=True)
class Rung:
    """The bid with agents more or fewer."""

    added: int
    occupancy: float
    concurrency: float
    case: Case
    outcome: Outcome


@dataclass(frozen=True, slots=True, eq=False)
class BidFound:
    """What an offer comes to."""

    scenario: Scenario
    base: Case
    outcome: Outcome
    clauses: tuple[Found, ...]
    rungs: tuple[Rung, ...]
    """By agents added, the bid's own among them."""
    wanted: Reached
    """The price for the wanted margin."""
    break_even: float | None
    """Times the price at which nothing is left; None if there is none."""
    service_share: float
    """How much bonus and malus change with each amount of charges, between the price and twice as much."""
    sure_margin: float
    """Margin that the offered price reaches as surely as wanted."""
    models: tuple[Model, ...]
    swings: tuple[Swing, ...]
    seed: int
    months: int
    """Simulated, of each level of demand and staffing."""

    def __repr__(self) -> str:
        left = self.outcome.mean(self.outcome.results)
        return f"<BidFound of {self.scenario.name!r}: {left:,.2f} {self.bid.currency} left of a contract>"

    @property
    def bid(self) -> Bid:
        """The bid."""
        return self.base.contract.bid


def bid(
    scenario: Scenario,
    *,
    months: int = 60,
    agents: Sequence[int] = LADDER,
    is_brief: bool = False,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> BidFound:
    """Judge the bid of a *scenario* on simulated months.

    *months* are simulated of each level of demand and staffing that the contract has, with the bid's agents
    and so many more or fewer *agents*. A brief answer leaves out these, and what moves the margin. An
    *executor* that is given simulates, else *workers* threads.

    Raises
    ------
    StudyError
        If the scenario has no bid, too few months are asked for, or a wage is missing.
    """
    if months < FEWEST_MONTHS:
        raise StudyError(f"bid: needs at least {FEWEST_MONTHS} months, got {months}")
    contract = Contract.of(scenario)
    with executing(workers, given=executor) as ours:
        base = case(contract, months, ours, seed, progress)
        outcome = base.outcome()
        wanted = () if is_brief else agents
        rungs = [_rung(0, base, outcome)]
        for added in wanted:
            if added and scenario.groups[0].n_agents + added >= 1:
                other = case(Contract.of(scenario, added), months, ours, seed, progress)
                rungs.append(_rung(added, other, other.outcome()))
        rungs.sort(key=lambda rung: rung.added)
        swings = [] if is_brief else list(money_swings(base, outcome))
        if not is_brief:
            swings += wage_swings(base, outcome, partial(_with_cost, base))
            swings += centre_swings(contract, months, ours, seed, progress)
    asked = contract.bid
    return BidFound(
        scenario=scenario,
        base=base,
        outcome=outcome,
        clauses=found_of(base, outcome, [(rung.added, rung.case, rung.outcome) for rung in rungs]),
        rungs=tuple(rungs),
        wanted=price_for(base, outcome, float(asked.margin_share), asked.confidence),
        break_even=break_even(base, outcome),
        service_share=service_share(base, outcome),
        sure_margin=sure_margin(outcome, asked.confidence),
        models=tuple(models(base, outcome)),
        swings=tuple(swings),
        seed=seed,
        months=months,
    )


def _rung(added: int, found: Case, outcome: Outcome) -> Rung:
    return Rung(added, found.occupancy, found.concurrency, found, outcome)


def _with_cost(base: Case, cost: Cost) -> Outcome:
    """What contracts come to at another cost, other wages included."""
    asked = base.contract.bid.model_copy(update={"cost": cost})
    scenario = base.contract.scenario.model_copy(update={"bid": asked})
    contract = replace(base.contract, scenario=scenario, bid=asked)
    hours = contract.hours()
    return replace(base, hours=hours, contract=contract).outcome(cost=cost)
