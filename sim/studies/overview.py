"""What does whoever decides want to know? A scenario's figures, one agent fewer, what would change it.

Every change is simulated alone, on the same customers (common random numbers), so that differences are known
far better than values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sim.engines import Engine
from sim.errors import ScenarioError, StudyError, VaryError
from sim.kpis.estimate import Estimates
from sim.runs.executor import Executor, Progress, executing
from sim.runs.replicate import replicate
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, varied, vary
from sim.studies.bid.contract import Contract
from sim.studies.bid.cost import month_costs
from sim.studies.compare import MOST_SCENARIOS, Contrast, compare
from sim.studies.inputs import usual_inputs

MOST_GROUPS = 5
"""Groups that are tried with an agent more and one fewer: the first ones."""
Kind = Literal["fewer", "more", "input"]


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a month of a bid costs, the mean over its months."""

    currency: str
    parts: dict[str, Decimal]
    """By kind, in the order in which they add up."""
    months: int
    """How many the bid has."""
    chats: Decimal
    """Expected in a month."""

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum(self.parts.values(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Tried:
    """One change, and what it does."""

    kind: Kind
    what: str
    """Group, or input."""
    label: str
    """The change: ``−1``, ``+10 %``."""
    contrast: Contrast
    amounts: Amounts | None
    """What it then costs; None where no cost is given."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A scenario as it is, and with each of some changes."""

    scenario: Scenario
    estimates: Estimates
    amounts: Amounts | None
    """None where the scenario gives no cost."""
    tried: tuple[Tried, ...]
    seed: int
    replications: int
    interrupted: bool
    remarks: tuple[str, ...]
    """What was left out, and why."""


@dataclass(frozen=True, slots=True)
class _Trial:
    kind: Kind
    what: str
    label: str
    scenario: Scenario


def overview(
    scenario: Scenario,
    *,
    seed: int = 1,
    replications: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Overview:
    """Simulate a *scenario* as it is, with an agent fewer and one more, and with its inputs changed.

    Each as often as *replications* say, `usual_replications` if omitted. Ctrl-C ends it with what all have
    done, if that is anything.

    Raises
    ------
    StudyError
        If somebody works at a time for which there is no wage.
    """
    remarks: list[str] = []
    trials = [*_teams(scenario, remarks), *_inputs(scenario, remarks)]
    if len(trials) >= MOST_SCENARIOS:
        raise StudyError(f"overview: {len(trials)} changes are more than can be compared")
    amounts = amounts_of(scenario)
    with executing(workers, given=executor) as ours:
        base = replicate(scenario, seed, replications, Engine.KERNEL, progress=progress, executor=ours)
        found = None
        if trials and not base.interrupted:
            scenarios = [scenario, *(trial.scenario for trial in trials)]
            found = compare(
                scenarios, seed=seed, replications=base.estimates.n, progress=progress, executor=ours
            )
    contrasts = found.contrasts if found is not None else ()
    tried = tuple(
        Tried(trial.kind, trial.what, trial.label, contrast, amounts_of(trial.scenario))
        for trial, contrast in zip(trials, contrasts, strict=False)
    )
    interrupted = base.interrupted or (found is not None and found.interrupted)
    return Overview(
        scenario, base.estimates, amounts, tried, seed, base.estimates.n, interrupted, tuple(remarks)
    )


def _teams(scenario: Scenario, remarks: list[str]) -> Iterator[_Trial]:
    """An agent fewer and one more in each group."""
    groups = scenario.groups[:MOST_GROUPS]
    if len(scenario.groups) > MOST_GROUPS:
        remarks.append(f"One agent fewer: tried in the first {MOST_GROUPS} of {len(scenario.groups)} groups")
    kinds: tuple[tuple[Kind, str, int], ...] = (("fewer", "−1", -1), ("more", "+1", 1))
    for g, group in enumerate(groups):
        for kind, label, more in kinds:
            try:
                other = vary(scenario, {f"groups.{g}.agents": group.n_agents + more})
            except (ScenarioError, VaryError) as error:
                law = error.problems[0].law if isinstance(error, ScenarioError) else str(error)
                remarks.append(f"{group.name} with {group.n_agents + more} agents is left out: {law}")
            else:
                yield _Trial(kind, group.name, label, other)


def _inputs(scenario: Scenario, remarks: list[str]) -> Iterator[_Trial]:
    """Each input that may be off, less and more."""
    usual = usual_inputs(scenario)
    remarks += usual.remarks
    for each in usual.inputs:
        for side in each.sides:
            changes: tuple[Change, ...] = side.changes
            yield _Trial("input", each.title, side.label, varied(scenario, changes))


def amounts_of(scenario: Scenario) -> Amounts | None:
    """Cost of a month by a scenario's `[bid]`, the mean over its months; None where it has none.

    Chats are as many as are expected: what depends on them is part of it.

    Raises
    ------
    StudyError
        If somebody works at a time for which there is no wage, or nobody is expected on any day.
    """
    if scenario.bid is None:
        return None
    contract = Contract.of(scenario)
    costs = month_costs(scenario.bid.cost, contract.hours(), contract.contract_h)
    by_level = contract.expected().sum(axis=1)
    chats = [Decimal(repr(float(by_level[level]))) for level in contract.level_of]
    n = Decimal(len(costs))
    parts = {name: sum((cost.parts[name] for cost in costs), Decimal(0)) / n for name in costs[0].parts}
    each = sum((cost.per_chat * come for cost, come in zip(costs, chats, strict=True)), Decimal(0)) / n
    parts["platform"] = each
    known = {name: amount for name, amount in parts.items() if amount}
    return Amounts(scenario.bid.currency, known, len(costs), sum(chats, Decimal(0)) / n)
