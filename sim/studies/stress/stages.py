"""How does a centre bear a course of load, stage by stage? Thresholds, and figures over time.

All stages are parts of the same days, each measured by itself: who arrives in it, and what passes in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sim.draws.memory import refuse_too_large
from sim.errors import StudyError, ThresholdError
from sim.kpis.definitions import BY_NAME, Ratio
from sim.kpis.estimate import Estimates, Quantity, ratios_over_days
from sim.kpis.loops import By
from sim.kpis.measure import Kpis, bound_of
from sim.kpis.targets import Bound, Verdict, Where, bounds, verdict_on
from sim.kpis.timeline import Window
from sim.runs.executor import Executor, Progress, executing
from sim.runs.replicate import FEWEST, usual_replications
from sim.scenario.scenario import Scenario, under_stress
from sim.scenario.thresholds import Over, Threshold, read_threshold
from sim.studies.stress.choice import Profile
from sim.studies.stress.events import Aftermath, aftermath, events, without
from sim.studies.stress.load import Span, staged
from sim.studies.stress.profiles import Course, course
from sim.studies.stress.soak import Backlog, backlog

STEPS_MIN = (1, 5, 10, 15, 30, 60)
MOST_STEPS = 300
"""Figures over time go in the shortest steps that are no more than so many."""


@dataclass(frozen=True, slots=True)
class Check:
    """A threshold that is judged over something."""

    bound: Bound
    text: str
    """As it was written; empty for a target of the scenario."""
    over: Over

    @property
    def name(self) -> str:
        """What it is called among others."""
        return self.text or self.bound.key


@dataclass(frozen=True, slots=True)
class Checked:
    """A threshold, and what became of it in one stage, in the run, or in its worst interval."""

    check: Check
    stage: int | None
    """Number of the stage; None for the run and its intervals."""
    verdict: Verdict
    at_s: float | None = None
    """Start of the worst interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """Days of a course of load."""

    scenario: Scenario
    """As it was played, its incidents in force; but for the stages."""
    profile: Profile
    stages: tuple[Span, ...]
    """Those that were judged: without what comes after an abort."""
    checks: tuple[Checked, ...]
    of_stages: tuple[Estimates, ...]
    """Figures of each stage."""
    run: Estimates
    over_time: Estimates
    """Figures by steps."""
    steps: Window
    seed: int
    aborted: bool = False
    """Whether load ended with the last stage, which surely broke a threshold."""
    after: tuple[Aftermath, ...] = ()
    """Of each burst and incident: what it did, beside days without."""
    backlog: Backlog | None = None
    """Of a soak: whether its queue grows from day to day."""
    interrupted: bool = False

    def __repr__(self) -> str:
        return f"<{self.profile} of {self.scenario.name!r}: {len(self.stages)} stages, {self.n} replications>"

    @property
    def n(self) -> int:
        """Replications."""
        return self.run.n


def run_stages(
    scenario: Scenario,
    profile: Profile,
    *,
    fail_if: Sequence[str] = (),
    abort_on_fail: bool = False,
    seed: int = 1,
    replications: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Staged:
    """Put a *scenario* through the stages of a *profile*, its incidents in force.

    Thresholds are those of *fail_if* and of the scenario; if there is none, its targets are, over each stage.
    With *abort_on_fail* load ends with the first stage that surely breaks one.

    Raises
    ------
    StudyError
        If a threshold can't be read or judged, or chats come at exact times and demand is to change.
    """
    checks = _checks(scenario, fail_if)
    played = _begun(course(under_stress(scenario), profile))
    n = replications or (FEWEST if profile is Profile.SMOKE else usual_replications([played.scenario]))
    with executing(workers, given=executor) as ours:
        simulate = partial(
            _simulated, checks=checks, profile=profile, seed=seed, executor=ours, progress=progress
        )
        if abort_on_fail:
            for k in _suspects(simulate(played, n=min(n, FEWEST))):
                found = simulate(_until(played, k), n=n)
                if found.interrupted or k in _surely_broken(found):
                    return replace(found, aborted=not found.interrupted)
        return simulate(played, n=n)


def _until(played: Course, k: int) -> Course:
    """Give a course that ends with stage *k*: nobody comes afterwards, and no incident begins."""
    stages = played.stages[: k + 1]
    return _begun(Course(played.scenario, stages, stages[-1].end_s))


def _begun(played: Course) -> Course:
    """Give a course without the incidents that would begin when nobody comes any more."""
    scenario, end_s = played.scenario, played.ends_s
    stress = scenario.stress
    if stress is None or end_s is None:
        return played
    begun = tuple(each for each in stress.incidents if each.span_s(scenario.calendar.local)[0] < end_s)
    if len(begun) == len(stress.incidents):
        return played
    scenario = scenario.model_copy(update={"stress": stress.model_copy(update={"incidents": begun})})
    return replace(played, scenario=scenario)


def _simulated(
    played: Course,
    n: int,
    checks: Sequence[Check],
    profile: Profile,
    seed: int,
    executor: Executor,
    progress: Progress | None,
) -> Staged:
    """Simulate the days, and judge them."""
    scenario = staged(played.scenario, played.stages, until_s=played.ends_s)
    refuse_too_large(scenario, n)
    steps = over_time(scenario)
    happened = events(scenario, played.stages)
    windows = [None, steps, *(Window(span.start_s, span.end_s) for span in played.stages)]
    windows += [window for event in happened for window in event.windows]
    told = tuple(bound for bound in _bound(checks, scenario) if bound.where is not None)
    parts, interrupted = measured(executor, scenario, seed, n, windows, told, progress)
    run, over, *others = parts
    of_stages, of_events = others[: len(played.stages)], others[len(played.stages) :]
    judged = tuple(_judged(checks, run, of_stages, scenario, told))
    after: list[Aftermath] = []
    curves = [(bound, by_step(bound, over, told)) for bound in _curves(checks, scenario)]
    for k, event in enumerate(() if interrupted else happened):
        calm = staged(*without(event, played.scenario, played.stages), until_s=played.ends_s)
        again = [steps, event.windows[1]]
        (usual, lacking), interrupted = measured(executor, calm, seed, n, again, told, progress)
        if interrupted:
            after = []
            break
        both = of_events[2 * k], of_events[2 * k + 1]
        after.append(aftermath(event, both, lacking, over, usual, steps, curves))
    return Staged(
        played.scenario, profile, played.stages, judged, tuple(of_stages), run, over, steps, seed,
        after=tuple(after), backlog=backlog(scenario, run) if profile is Profile.SOAK else None,
        interrupted=interrupted,
    )  # fmt: skip


def _bound(checks: Sequence[Check], scenario: Scenario) -> Iterator[Bound]:
    """What is judged, and the targets, each once."""
    yield from dict.fromkeys([*(check.bound for check in checks), *bounds(scenario)])


def _curves(checks: Sequence[Check], scenario: Scenario) -> list[Bound]:
    """Targets, or what is judged over stages without any, that are known step by step."""
    wanted = bounds(scenario) or tuple(check.bound for check in checks if check.over == "stage")
    known = [bound for bound in wanted if By.INTERVAL in BY_NAME[bound.kpi].form.breakdowns]
    return [bound for bound in known if bound.where is None or isinstance(BY_NAME[bound.kpi].form, Ratio)]


def measured(
    executor: Executor,
    scenario: Scenario,
    seed: int,
    n: int,
    windows: Sequence[Window | None],
    told: tuple[Bound, ...] = (),
    progress: Progress | None = None,
) -> tuple[list[Estimates], bool]:
    """Figures of *n* replications in each window, and whether Ctrl-C left fewer of them."""
    parts: list[list[Kpis]] = [[] for _ in windows]
    interrupted = False
    try:
        for some in executor.windows(scenario, seed, range(n), windows, told, progress):
            for of_window, runs in zip(parts, some, strict=True):
                of_window.extend(runs)
    except KeyboardInterrupt:
        if not parts[0]:
            raise
        interrupted = True
    return [Estimates(runs) for runs in parts], interrupted


def over_time(scenario: Scenario) -> Window:
    """Give the steps in which figures over time are measured: no longer than planning intervals."""
    length = next(
        (each for each in STEPS_MIN if scenario.days * 1440 <= each * MOST_STEPS), scenario.interval_min
    )
    n = round(scenario.horizon_s / 60) // min(length, scenario.interval_min)
    return Window(0.0, scenario.horizon_s, n)


def _checks(scenario: Scenario, fail_if: Sequence[str]) -> list[Check]:
    """Thresholds that are given, those of the scenario, or its targets."""
    given = [] if scenario.stress is None else list(scenario.stress.fail_if)
    queues, groups = ([each.name for each in some] for some in (scenario.queues, scenario.groups))
    found: dict[str, Check] = {}
    for text in [*given, *fail_if]:
        try:
            threshold = read_threshold(text, queues, groups)
        except ThresholdError as error:
            raise StudyError(f"stress: {text!r} {error}") from None
        found.setdefault(threshold.text, _check(threshold, queues, groups))
    return list(found.values()) or [Check(bound, "", "stage") for bound in bounds(scenario)]


def _check(threshold: Threshold, queues: Sequence[str], groups: Sequence[str]) -> Check:
    where = None
    if threshold.kind:
        names = queues if threshold.kind == "queue" else groups
        where = Where(By(threshold.kind), names.index(threshold.name), threshold.name)
    bound = Bound(threshold.text, threshold.figure, threshold.side, threshold.value, where)
    form = BY_NAME[threshold.figure].form
    if threshold.over == "interval":
        if By.INTERVAL not in form.breakdowns:
            raise StudyError(
                f"stress: {threshold.text!r}: {threshold.figure} is not known of a planning interval; "
                "judge it over stage or over run"
            )
        if where is not None and not isinstance(form, Ratio):
            raise StudyError(
                f"stress: {threshold.text!r}: of one queue or group {threshold.figure} is not known by "
                "interval; judge it over stage or over run"
            )
    return Check(bound, threshold.text, threshold.over)


def _judged(
    checks: Sequence[Check],
    run: Estimates,
    of_stages: Sequence[Estimates],
    scenario: Scenario,
    places: Sequence[Bound],
) -> Iterator[Checked]:
    for check in checks:
        bound = check.bound
        match check.over:
            case "stage":
                for k, estimates in enumerate(of_stages):
                    yield Checked(check, k, verdict_on(bound, bound.figure(estimates), estimates.n))
            case "run":
                yield Checked(check, None, verdict_on(bound, bound.figure(run), run.n))
            case "interval":
                figures = by_step(bound, run, places)
                worst = _worst(bound, figures)
                at_s = float(scenario.cells.edges_s[worst])
                yield Checked(check, None, verdict_on(bound, figures[worst], run.n), at_s)


def by_step(bound: Bound, estimates: Estimates, places: Sequence[Bound]) -> list[Quantity]:
    """Figure that a *bound* binds in each interval; *places* are those that were added up by interval."""
    kpi = BY_NAME[bound.kpi]
    if bound.where is None:
        return estimates.figures(bound.kpi, By.INTERVAL)
    sums = bound_of(estimates.runs)[:, places.index(bound)]
    return ratios_over_days(sums[:, 0], sums[:, 1], [kpi] * sums.shape[2])


def _worst(bound: Bound, figures: Sequence[Quantity]) -> int:
    """Cell that misses a bound most, or is nearest to it."""
    values = np.array([np.nan if each.value is None else each.value for each in figures])
    missing = values - bound.value if bound.side == "at most" else bound.value - values
    return 0 if np.isnan(values).all() else int(np.nanargmax(missing))


def _suspects(found: Staged) -> list[int]:
    """Stages that break a threshold on cheap days, in order."""
    broken = (each.stage for each in found.checks if each.verdict.met is False)
    return sorted({stage for stage in broken if stage is not None})


def _surely_broken(found: Staged) -> set[int]:
    """Stages that surely break a threshold."""
    return {
        each.stage
        for each in found.checks
        if each.stage is not None and each.verdict.met is False and each.verdict.sure
    }
