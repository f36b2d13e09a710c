"""How may load run? The usual shapes of load tests, made to the measure of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.errors import StudyError
from sim.scenario.scenario import Scenario
from sim.scenario.stress import Stage
from sim.studies.stress.choice import RAMP, SMOKE, SMOKE_MIN, SOAK_DAYS, SPIKE, SPIKE_MIN, STRESS, Profile
from sim.studies.stress.load import Span, closing_s, lengthened, opening_s, spans


@dataclass(frozen=True, slots=True)
class Course:
    """A scenario, and how demand goes in it."""

    scenario: Scenario
    """As it was given, but with as many days as it takes."""
    stages: tuple[Span, ...]
    ends_s: float | None = None
    """Nobody comes from then on; None: demand goes on as usual."""


def usual_profile(scenario: Scenario, fail_if: Sequence[str]) -> Profile:
    """Profile of a *scenario* where none is asked for."""
    given = scenario.stress
    if given is not None and given.stages:
        return Profile.STAGES
    if fail_if or (given is not None and (given.fail_if or given.incidents)):
        return Profile.AVERAGE
    return Profile.BREAKPOINT


def course(scenario: Scenario, profile: Profile) -> Course:
    """Give the stages of a *profile* for a *scenario*, from its opening on.

    Raises
    ------
    StudyError
        If it has no stages of its own where they are asked for.
    """
    if profile is Profile.SOAK:
        return _soak(lengthened(scenario, SOAK_DAYS))
    start_s = opening_s(scenario)
    open_min = (closing_s(scenario) - start_s) / 60
    if profile is Profile.STAGES:
        given = scenario.stress
        if given is None or not given.stages:
            raise StudyError("stress: has no [[stress.stages]]; add some, or choose another --profile")
        if given.start is not None:
            start_s = scenario.calendar.local.moment_s(given.start)
        return Course(scenario, spans(given.stages, start_s))
    stages = tuple(spans(_stages(profile, open_min), start_s))
    return Course(scenario, stages, stages[-1].end_s if profile is Profile.SMOKE else None)


def told_of(profile: Profile, stages: Sequence[Span]) -> str:
    """What a *profile* is for the scenario into whose *stages* it was made, in a few words.

    >>> spike = Span("spike", 100.0, 200.0, 4.0, 4.0)
    >>> told_of(Profile.SPIKE, [spike])
    '4 times the demand for 1 min 40 s, and what follows'
    """
    lengths = {span.name: _length_text(span.end_s - span.start_s) for span in stages}
    match profile:
        case Profile.SMOKE if "smoke" in lengths:
            return f"the first {lengths['smoke']} at {SMOKE:g} times the demand, and no more"
        case Profile.SPIKE if "spike" in lengths:
            return f"{SPIKE:g} times the demand for {lengths['spike']}, and what follows"
        case _:
            return profile.told


def _length_text(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return " ".join([f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest or not minutes))


def _stages(profile: Profile, open_min: float) -> Sequence[Stage]:
    """Stages of a profile for a centre that is open so long."""
    if profile is Profile.SMOKE:
        return [Stage(name="smoke", minutes=min(SMOKE_MIN, open_min), factor=SMOKE)]
    if profile is Profile.RAMP:
        length = open_min / len(RAMP)
        return [
            Stage(name=f"to \u00d7\u00a0{factor:g}", minutes=length, factor=factor, ramp="linear")
            for factor in RAMP
        ]
    if profile is Profile.STRESS:
        return [
            Stage(name="up", minutes=open_min / 6, factor=STRESS, ramp="linear"),
            Stage(name="hold", minutes=open_min * 4 / 6, factor=STRESS),
            Stage(name="down", minutes=open_min / 6, factor=1.0, ramp="linear"),
        ]
    if profile is Profile.SPIKE:
        burst = min(SPIKE_MIN, open_min / 3)
        return [
            Stage(name="before", minutes=open_min / 3, factor=1.0),
            Stage(name="spike", minutes=burst, factor=SPIKE),
            Stage(name="after", minutes=open_min * 2 / 3 - burst, factor=1.0),
        ]
    return [Stage(name="average", minutes=open_min, factor=1.0)]


def _soak(scenario: Scenario) -> Course:
    """Days of today's demand, a stage each."""
    start_s = opening_s(scenario)
    calendar, local = scenario.calendar, scenario.calendar.local
    days = [
        Span(
            f"{calendar.date(day):%a %Y-%m-%d}",
            max(start_s, local.midnight(day)), local.midnight(day + 1), 1.0, 1.0,
        )
        for day in range(calendar.day_of(start_s), scenario.days)
    ]  # fmt: skip
    return Course(scenario, tuple(days))
