"""What is asked of a real server? One day as it is, a course of load, or more and more until it breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sim.drive.adapters import Target
from sim.drive.trial import load_test as drive_and_judge
from sim.errors import LoadError
from sim.report.load import result
from sim.report.load_break import result as result_of_break
from sim.report.load_stages import result as result_of_stages
from sim.report.result import Result
from sim.report.stress import profile_named
from sim.scenario.scenario import Scenario
from sim.studies.driven.breakpoint import HIGHEST, find_break
from sim.studies.driven.stages import load_stages
from sim.studies.stress.choice import Profile


def load_test(
    scenario: Scenario,
    target: str | Target = "loopback",
    *,
    profile: Profile | str | None = None,
    fail_if: Sequence[str] | str = (),
    up_to: float | None = None,
    same_team: bool = False,
    abort_on_fail: bool = False,
    announce: Callable[[float, float], None] | None = None,
    show: Callable[[float, int, Any], None] | None = None,
    **how: Any,
) -> Result:
    """Play the customers and agents of a *scenario* on the server at a *target*, and judge it.

    Without a *profile* its days are played as they are. With one, demand goes in stages as in `sim.stress`,
    and the limits (*fail_if*) are judged over each; or, with ``breakpoint``, ever more customers and agents
    come (customers alone for the *same team*), *up_to* so many times as many, until a limit is missed.
    Without limits a profile has those of a server (`sim.drive.limits.OF_SERVERS`). With *abort_on_fail* a
    course of stages ends with the first that surely breaks one. *announce* and *show* are
    told the factor of the load before what `sim.drive.trial.load_test` tells them, which also says *how* else
    it may go: ``speed``, ``replications``, ``seed``, ``trouble`` and others.

    Raises
    ------
    LoadError
        If the scenario can't be played, the machine may not be loaded, or the server does not answer.
    StudyError
        If there are no stages where they are asked for, or chats come at exact times and demand is to change.
    """
    limits = [fail_if] if isinstance(fail_if, str) else list(fail_if)
    which = None if profile is None else profile_named(profile)
    if which is not Profile.BREAKPOINT and (up_to is not None or same_team):
        raise LoadError("--up-to and --same-team: are for --profile breakpoint alone")
    if abort_on_fail and which in {None, Profile.BREAKPOINT}:
        raise LoadError("--abort-on-fail: is for a --profile that goes in stages, such as ramp or stages")
    if which is Profile.BREAKPOINT:
        return result_of_break(
            find_break(
                scenario,
                target,
                fail_if=limits,
                highest=up_to or HIGHEST,
                same_team=same_team,
                announce=announce,
                show=show,
                **how,
            )
        )
    told: dict[str, Any] = {
        "announce": None if announce is None else lambda wall_s: announce(1.0, wall_s),
        "show": None if show is None else lambda replication, live: show(1.0, replication, live),
    }
    if which is None:
        return result(drive_and_judge(scenario, target, fail_if=limits, **told, **how))
    return result_of_stages(
        load_stages(scenario, target, which, fail_if=limits, abort_on_fail=abort_on_fail, **told, **how)
    )
