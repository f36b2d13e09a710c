"""What matters most? One input after the other is changed, and a figure is compared with what it was.

All scenarios see the same customers (common random numbers), so a change is judged by the paired differences
of the replications: their mean has an interval that is far shorter than that of either figure. One input is
changed at a time; what two changes do together is a question for a sweep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.draws.memory import refuse_too_large
from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME, Kpi
from sim.kpis.estimate import Estimates, Quantity
from sim.kpis.measure import Kpis
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural
from sim.scenario.vary import varied
from sim.studies.inputs import Input, Side, usual_inputs
from sim.studies.paired import Paired, difference


@dataclass(frozen=True, slots=True)
class Effect:
    """What one change does to the figure."""

    side: Side
    figure: Quantity
    difference: Paired
    """To the scenario as it is, replication by replication."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An input and the effects of its changes."""

    title: str
    effects: tuple[Effect, ...]

    @property
    def swing(self) -> float:
        """From the lowest value of the figure to its highest, the scenario as it is included."""
        differences = [0.0, *(effect.difference.value or 0.0 for effect in self.effects)]
        return max(differences) - min(differences)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The inputs in order of what they matter to one figure: the widest swing first."""

    scenario: Scenario
    kpi: Kpi
    base: Quantity
    """The scenario as it is."""
    bars: tuple[Bar, ...]
    seed: int
    replications: int
    unseen: tuple[str, ...] = ()
    """Inputs that were not simulated yet when the user stopped."""

    def __repr__(self) -> str:
        widest = f", the widest {self.bars[0].title!r}" if self.bars else ""
        return f"<Sensitivity of {self.kpi.name}: {plural(len(self.bars), 'input')}{widest}>"


def sensitivity(
    scenario: Scenario,
    figure: str = "service_level",
    inputs: Sequence[Input] | None = None,
    *,
    seed: int = 1,
    replications: int = 100,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Sensitivity:
    """Simulate a *scenario* as it is and with each change of the *inputs*, and compare one *figure*.

    Inputs are the usual ones if omitted. Ctrl-C ends it with those that are done, if any is. An *executor*
    that is given simulates, else *workers* threads.

    Raises
    ------
    StudyError
        If there is no such figure, or the scenario has none, or nothing is to be varied.
    ScenarioError
        If a change breaks a law of scenarios.
    """
    kpi = BY_NAME[figure]
    if inputs is None:
        inputs = usual_inputs(scenario).inputs
    if not inputs:
        raise StudyError("sensitivity: nothing to vary in this scenario: add inputs by --vary PATH=VALUES")
    scenarios = [scenario, *(varied(scenario, side.changes) for each in inputs for side in each.sides)]
    for changed in scenarios:
        refuse_too_large(changed, replications, keeps_logs=False)
    with executing(workers, given=executor) as ours:
        base, bars = _bars(ours.replications(scenarios, seed, range(replications), progress), inputs, kpi)
    unseen = tuple(each.title for each in inputs[len(bars) :])
    order = sorted(bars, key=lambda bar: -bar.swing)
    return Sensitivity(scenario, kpi, base.figure(figure), tuple(order), seed, replications, unseen)


def _bars(runs: Iterator[list[Kpis]], inputs: Sequence[Input], kpi: Kpi) -> tuple[Estimates, list[Bar]]:
    """The scenario as it is, and what each of the *inputs* does to a figure, as far as that is done."""
    base, bars = Estimates(next(runs)), list[Bar]()
    if base.figure(kpi.name).value is None:
        raise StudyError(f"sensitivity: this scenario has no {kpi.name} ({kpi.title})")
    try:
        for each in inputs:
            effects = tuple(_effect(side, base, Estimates(next(runs)), kpi.name) for side in each.sides)
            bars.append(Bar(each.title, effects))
    except KeyboardInterrupt:
        if not bars:
            raise
    return base, bars


def _effect(side: Side, base: Estimates, changed: Estimates, figure: str) -> Effect:
    return Effect(side, changed.figure(figure), difference(figure, base, changed))
