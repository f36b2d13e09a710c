"""`sim staff`: how few agents keep the promise, when, and how sure is that?"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    Cluster,
    Exit,
    Force,
    Json,
    Out,
    Resume,
    ScenarioPath,
    Seed,
    Svg,
    Wide,
    Workers,
    Xlsx,
    give,
    handles_errors,
    refuse_outputs,
    stderr,
)
from sim.cli.numbers import real, whole
from sim.cli.progress import progress
from sim.studies.staffing.choice import Over, Per, Step

if TYPE_CHECKING:
    from sim.runs.executor import Executor, Progress
    from sim.scenario.scenario import Scenario
    from sim.studies.staffing.headcount import HeadCount
    from sim.studies.staffing.roster import Roster
    from sim.studies.staffing.staff import Staffing
    from sim.studies.staffing.week import WeekStaffing

Confidence = Annotated[
    float | None,
    typer.Option(
        parser=real(0.01, 0.9999),
        metavar="SHARE",
        help="Keep all targets on this share of days as well, such as 0.9.",
        show_default=False,
    ),
]
PerSpan = Annotated[
    Per,
    typer.Option("--per", help="Keep the targets in every planning interval, or only over the whole day."),
]
FteHours = Annotated[
    float | None,
    typer.Option(
        "--fte-hours-per-week",
        parser=real(1, 168),
        metavar="H",
        help="Paid hours of a full-time agent's week, instead of fte_hours_per_week in SCENARIO [40].",
        show_default=False,
    ),
]


OverSpan = Annotated[
    Over,
    typer.Option(
        "--confidence-over",
        help="Where days differ: each day keeps all targets on --confidence of its days, or all days of "
        "a week together in that share of weeks.",
    ),
]
People = Annotated[
    int | None,
    typer.Option(
        "--head-count",
        parser=whole(1),
        metavar="PEOPLE",
        help="Turn it round: what can so many full-time people promise, and who is on duty when?",
        show_default=False,
    ),
]


@handles_errors
def staff(
    scenario: ScenarioPath,
    confidence: Confidence = None,
    over: OverSpan = Over.DAY,
    per: PerSpan = Per.INTERVAL,
    head_count: People = None,
    step: Annotated[
        Step, typer.Option(help="Shortest time for which staffing stays the same.")
    ] = Step.INTERVAL,
    seed: Seed = 1,
    replications: Annotated[
        int,
        typer.Option(
            "--replications",
            "-n",
            parser=whole(20),
            metavar="N",
            help="New days on which the staffing is checked.",
        ),
    ] = 400,
    fte_hours_per_week: FteHours = None,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write",
            "-o",
            metavar="FILE",
            help="Write SCENARIO with this staffing to a new file.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Find the fewest agents, interval by interval, that keep all of SCENARIO's targets, and say why.

    The staffing that stands in SCENARIO is ignored. A search by simulation takes at most 80 times the
    replications asked for. If SCENARIO has days that differ, or nights, each weekday (or date) has agents of
    its own that keep the targets on that day; at most 20 days are then simulated for each day asked for.
    Exits with 99 if no staffing was found that keeps the targets on days that the search did not see, and
    from which nobody can be spared. Ctrl-C gives the best found so far (of days that differ: nothing).
    """
    from sim.output import refuse_target  # noqa: PLC0415
    from sim.report.staffing import result  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.scenario.write import write as write_scenario  # noqa: PLC0415
    from sim.studies.staffing.staff import MOST_WORK  # noqa: PLC0415
    from sim.studies.staffing.staff import staff as search  # noqa: PLC0415
    from sim.studies.staffing.weekdays import is_uneven  # noqa: PLC0415

    centre = load(scenario)
    if write is not None:
        refuse_target(write, force=force)
    refuse_outputs(out, xlsx, force=force)
    began = monotonic()
    if head_count is not None or is_uneven(centre):
        asked = {"per": per, "step": step, "confidence": confidence, "over": over, "seed": seed}
        with (
            progress("Days simulated, at most") as bar,
            executing(workers, cluster, resume) as ours,
        ):
            of_week = _of_week(
                centre, head_count, fte_hours_per_week, asked | {"replications": replications}, bar, ours
            )
        if write is not None:
            comment = f"Staffing by sim staff, seed {seed}, {replications} replications."
            _write_week(scenario, of_week, write, comment, force=force)
        _give_week(
            of_week, fte_hours_per_week, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force
        )
        stderr(f"simulated {of_week.simulated:,} days, in {monotonic() - began:.0f} s")
        _leave_if_week_missed(of_week)
        return
    with (
        progress("Replications searched, at most", MOST_WORK * replications) as bar,
        executing(workers, cluster, resume) as ours,
    ):
        found = search(
            centre,
            per=per,
            step=step,
            confidence=confidence,
            seed=seed,
            replications=replications,
            progress=bar,
            executor=ours,
        )
    took_s = monotonic() - began
    if write is not None:
        comment = (
            f"Staffing by sim staff, seed {seed}, {replications} days; {found.hours:,.1f} agent hours a day"
            f"{'' if found.is_whole else '; interrupted, the best found until then'}."
        )
        write_scenario(scenario, found.scenario.groups, write, comment=comment, force=force)
        stderr(f"staffing written to {write}")
    give(result(found, fte_hours_per_week), json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    stderr(
        f"searched {found.simulated:,} replications, {found.simulated / replications:.1f} × the"
        f" {replications:,} asked for; about {found.chats:,.0f} chats, in {took_s:.0f} s"
    )
    leave_if_missed(found, "one agent fewer may do")
    if not found.settled:
        stderr("one agent fewer may do where it says 'enough': the search had no days left to try")
        raise typer.Exit(Exit.MISSED)


def _of_week(
    centre: Scenario,
    people: int | None,
    contract_h: float | None,
    asked: dict[str, Any],
    bar: Progress,
    ours: Executor,
) -> WeekStaffing | HeadCount:
    """Staff days that differ, or see what so many people can promise."""
    from sim.studies.staffing.headcount import head_count  # noqa: PLC0415
    from sim.studies.staffing.week import staff_week  # noqa: PLC0415

    if people is None:
        return staff_week(centre, **asked, progress=bar, executor=ours)
    return head_count(centre, people, contract_h=contract_h, **asked, progress=bar, executor=ours)


def _write_week(
    source: Path, found: WeekStaffing | HeadCount, target: Path, comment: str, *, force: bool
) -> None:
    """Write the staffing by weekday and date."""
    from sim.scenario.write import write  # noqa: PLC0415
    from sim.studies.staffing.headcount import HeadCount  # noqa: PLC0415

    reached = found.reached if isinstance(found, HeadCount) else found
    write(source, reached.scenario.groups, target, comment=comment, force=force)
    stderr(f"staffing written to {target}")


def _give_week(found: WeekStaffing | HeadCount, contract_h: float | None, **options: Any) -> None:
    """Show the answer."""
    from sim.report.staffing_week import head_count_result, result  # noqa: PLC0415
    from sim.studies.staffing.headcount import HeadCount  # noqa: PLC0415

    give(head_count_result(found) if isinstance(found, HeadCount) else result(found, contract_h), **options)


def _leave_if_week_missed(found: WeekStaffing | HeadCount) -> None:
    """Say so, and end the command, if a day misses its targets, or somebody may be spared."""
    from sim.studies.staffing.headcount import HeadCount  # noqa: PLC0415

    reached = found.reached if isinstance(found, HeadCount) else found
    if not reached.kept:
        stderr("the targets are not kept on every day that the search did not see")
        raise typer.Exit(Exit.MISSED)
    if not reached.settled:
        stderr("one agent fewer may do in some places: the search had no days left to try")
        raise typer.Exit(Exit.MISSED)


def leave_if_missed(found: Staffing | Roster, better: str) -> None:
    """Say so, and end the command, if a search was interrupted, so that *better* may be true, or missed."""
    if not found.is_whole:
        stderr(f"interrupted: this is the best found so far, and {better}")
    if not found.kept:
        days = (
            "days that the search did not see" if found.is_whole else "the few days on which it was checked"
        )
        stderr(f"the targets are not kept on {days}")
    if not found.is_whole:
        raise typer.Exit(Exit.INTERRUPTED)
    if not found.kept:
        raise typer.Exit(Exit.MISSED)
