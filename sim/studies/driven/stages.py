"""How does a real server bear a course of load, stage by stage? The profiles of `sim stress`, driven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.drive.adapters import Target
from sim.drive.limits import OF_SERVERS
from sim.drive.options import Part
from sim.drive.trial import Loaded, load_test
from sim.scenario.scenario import Scenario
from sim.studies.stress.choice import Profile
from sim.studies.stress.load import Span, ordinary, staged
from sim.studies.stress.profiles import course, told_of


@dataclass(frozen=True, eq=False)
class LoadedStages:
    """A server under a course of load."""

    profile: Profile
    stages: tuple[Span, ...]
    """Those that were judged: without what comes after an abort."""
    loaded: Loaded
    """Its parts are the stages."""
    is_usual: bool
    """Whether the limits are the usual ones of a server, as none were given."""
    told: str
    """What the profile is for this scenario, in a few words."""
    has_incidents: bool
    """Whether the scenario has incidents, which are not played."""


def load_stages(
    scenario: Scenario,
    target: str | Target = "loopback",
    profile: Profile = Profile.AVERAGE,
    *,
    fail_if: Sequence[str] = (),
    **how: Any,
) -> LoadedStages:
    """Drive the server at a *target* through the stages of a *profile*, made to the measure of a *scenario*.

    Limits (*fail_if*) are judged over each stage; without any they are those of a server. *how* is that of
    `load_test`, which may end with the first stage that surely breaks one. Demand alone goes in stages: the
    team is the scenario's.

    Raises
    ------
    LoadError
        As `load_test` does.
    StudyError
        If the scenario has no stages of its own where they are asked for, or chats come at exact times.
    """
    played = course(scenario, profile)
    centre = staged(ordinary(played.scenario), played.stages, until_s=played.ends_s)
    parts = [Part(span.name, span.start_s, span.end_s) for span in played.stages]
    limits = fail_if or OF_SERVERS
    loaded = load_test(centre, target, fail_if=limits, parts=parts, **how)
    told = told_of(profile, played.stages)
    has_incidents = scenario.stress is not None and bool(scenario.stress.incidents)
    return LoadedStages(profile, played.stages[: len(loaded.parts)], loaded, not fail_if, told, has_incidents)
