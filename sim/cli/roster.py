"""`sim roster`: which shifts keep the promise, at the least cost?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from sim.cli.staff import Confidence, FteHours, PerSpan, leave_if_missed
from sim.studies.staffing.choice import Per

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.scenario.team import Pattern

Lengths = Annotated[
    str | None,
    typer.Option(
        metavar="H,H,…",
        help="Lengths of shifts in hours, such as 8,6,4, instead of the patterns in SCENARIO. "
        "Shifts of 6 h and more have a break around their middle.",
        show_default=False,
    ),
]
Grid = Annotated[
    int | None,
    typer.Option(
        parser=whole(1, 1_440),
        metavar="MIN",
        help="A shift may begin every so many minutes [30].",
        show_default=False,
    ),
]
Break = Annotated[
    float | None,
    typer.Option(
        "--break",
        parser=real(0, 1_440),
        metavar="MIN",
        help="Length of the unpaid break, 0 for none [30].",
        show_default=False,
    ),
]
Rounds = Annotated[
    int,
    typer.Option(
        parser=whole(1, 10_000),
        metavar="N",
        help="Rosters that are simulated and cut off, at most, to find a cheaper one.",
    ),
]
Write = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write SCENARIO with these shifts to a new file.", show_default=False),
]
Weeks = Annotated[
    int | None,
    typer.Option(
        parser=whole(1, 52),
        metavar="N",
        help="Roster the people of SCENARIO for so many weeks, by its rules for rosters.",
        show_default=False,
    ),
]
Seconds = Annotated[
    float,
    typer.Option(
        parser=real(1, 86_400),
        metavar="S",
        help="With --weeks: for solving, in all. What was found by then is taken, with its gap.",
    ),
]
CheckRoster = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="With --weeks: check this roster (the result.json of --out) by SCENARIO's rules alone.",
        show_default=False,
    ),
]


@handles_errors
def roster(
    scenario: ScenarioPath,
    lengths: Lengths = None,
    grid: Grid = None,
    pause: Break = None,
    confidence: Confidence = None,
    per: PerSpan = Per.INTERVAL,
    seed: Seed = 1,
    replications: Annotated[
        int,
        typer.Option(
            "--replications",
            "-n",
            parser=whole(20),
            metavar="N",
            help="New days on which the shifts are checked.",
        ),
    ] = 200,
    rounds: Rounds = 12,
    weeks: Weeks = None,
    seconds: Seconds = 150,
    check_roster: CheckRoster = None,
    fte_hours_per_week: FteHours = None,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    write: Write = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Find the cheapest shifts that keep all of SCENARIO's targets.

    Shifts are those that the patterns of its groups allow, or standard ones of 8 hours; staffing that stands
    in SCENARIO is ignored. An integer programme chooses, the roster is simulated, and where it falls short a
    cut is added and it is solved again. Exits with 99 if no roster was found that keeps the targets on days
    that the search did not see. Ctrl-C gives the best one found so far.

    With --weeks, people by name are given shifts that keep the scenario's rules: rest, hours, days off.
    """
    from sim.output import refuse_target, write_text  # noqa: PLC0415
    from sim.report.people_roster import result as people_result  # noqa: PLC0415
    from sim.report.roster import result  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.scenario.write import (  # noqa: PLC0415
        read,
        written,
        written_weeks,
    )
    from sim.scenario.write import write as write_scenario  # noqa: PLC0415
    from sim.studies.rostering.roster import roster_people  # noqa: PLC0415
    from sim.studies.staffing.roster import roster as plan  # noqa: PLC0415

    centre = load(scenario)
    if check_roster is not None:
        leave_if_broken(centre, check_roster, weeks)
        return
    if weeks is not None:
        refuse_days_options(lengths, grid, pause)
        if write is not None:
            refuse_target(write, force=force)
        refuse_outputs(out, xlsx, force=force)
        with progress("Days simulated") as bar, executing(workers, cluster, resume) as ours:
            named = roster_people(
                centre, weeks=weeks, per=per, confidence=confidence, seed=seed, replications=replications,
                seconds=seconds, progress=bar, executor=ours,
            )  # fmt: skip
        if write is not None:
            text = written_weeks(read(scenario), named.scenario, scenario.parent, write.parent)
            write_text(write, text, force=force)
            stderr(f"shifts written to {write}")
        give(people_result(named), json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
        if not named.kept:
            stderr("the targets are not kept on weeks that the search did not see: more people may do")
            raise typer.Exit(Exit.MISSED)
        return
    patterns = _patterns(centre, lengths, grid, pause)
    if write is not None:
        refuse_target(write, force=force)
    refuse_outputs(out, xlsx, force=force)
    with (
        progress("Replications searched for the requirement") as bar,
        executing(workers, cluster, resume) as ours,
    ):
        found = plan(
            centre,
            patterns=patterns,
            per=per,
            confidence=confidence,
            seed=seed,
            replications=replications,
            rounds=rounds,
            progress=bar,
            executor=ours,
        )
    comment = f"by sim roster --seed {seed}: {found.paid_h:,.1f} paid hours a day"
    if write is not None:
        write_scenario(scenario, found.scenario.groups, write, comment=comment, force=force)
        stderr(f"shifts written to {write}")

    def staffed(folder: Path) -> None:
        text = written(read(scenario), found.scenario.groups, scenario.parent, out, comment)
        (folder / "scenario.toml").write_text(text, encoding="utf-8", newline="\n")

    answer = result(found, fte_hours_per_week)
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force, more=staffed)
    leave_if_missed(found, "cheaper shifts may do")


def _patterns(
    centre: Scenario, lengths: str | None, grid: int | None, pause: float | None
) -> tuple[Pattern, ...] | None:
    """Patterns of the command line, if it has any."""
    from sim.errors import StudyError, short  # noqa: PLC0415
    from sim.studies.staffing.patterns import BREAK_MIN, GRID_MIN, LENGTH_H, standard  # noqa: PLC0415

    if lengths is None and grid is None and pause is None:
        return None
    try:
        hours = tuple(float(part) for part in lengths.split(",")) if lengths is not None else (LENGTH_H,)
    except ValueError:
        raise StudyError(f"--lengths: must be hours such as 8,6,4, got {short(lengths or '')!r}") from None
    return standard(centre, hours, grid or GRID_MIN, BREAK_MIN if pause is None else pause)


def refuse_days_options(lengths: str | None, grid: int | None, pause: float | None) -> None:
    """Refuse options that shape the shifts of a day, where people are rostered for weeks."""
    from sim.errors import StudyError  # noqa: PLC0415

    given = [
        name
        for name, value in (("--lengths", lengths), ("--grid", grid), ("--break", pause))
        if value is not None
    ]
    if given:
        raise StudyError(
            f"{', '.join(given)}: with --weeks, shifts come from the patterns of the scenario's groups"
        )


def leave_if_broken(centre: Scenario, file: Path, weeks: int | None) -> None:
    """Check a roster from a file, and leave with 99 if it breaks rules."""
    from sim.cli.common import stdout  # noqa: PLC0415
    from sim.errors import StudyError, printable  # noqa: PLC0415
    from sim.report.data import read_result  # noqa: PLC0415
    from sim.scenario.units import plural  # noqa: PLC0415
    from sim.studies.rostering.check import check  # noqa: PLC0415

    if weeks is None:
        raise StudyError("--check-roster: needs --weeks, the weeks of the roster")
    found = read_result(file)
    broken = check(found.table("roster").rows, centre, weeks)
    for each in broken:
        stdout(printable(str(each)))
    stdout("no rule is broken" if not broken else f"{plural(len(broken), 'rule')} broken")
    if broken:
        raise typer.Exit(Exit.MISSED)
