"""`sim check`, `sim new`, `sim schema`: scenario files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import Force, ScenarioPath, Seed, Workers, handles_errors, stderr, stdout
from sim.cli.volumes import (
    Country,
    Dates,
    DecimalMark,
    MappingFile,
    Media,
    Missing,
    ProfileFrom,
    QueueNames,
    Region,
    Without,
    Zone,
    asked,
    scenario_from,
)
from sim.errors import printable

if TYPE_CHECKING:
    from sim.studies.volumes.study import Reading


@handles_errors
def check(scenario: ScenarioPath) -> None:
    """Find every problem in a scenario file and the forecast files that it names; warn of likely slips.

    Of several days it shows the week: opening hours, chats expected, and agents planned.
    """
    from sim.draws.profile import expected_overall  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.scenario.scenario import under_stress  # noqa: PLC0415
    from sim.studies.doubts import doubts  # noqa: PLC0415
    from sim.studies.stress.doubts import doubts_of_stress  # noqa: PLC0415
    from sim.studies.week import grid, holidays, week  # noqa: PLC0415

    centre = load(scenario, stderr)
    chats = expected_overall(centre)
    counts = {
        "day": centre.days,
        "queue": len(centre.queues),
        "group": len(centre.groups),
        "agent": centre.n_agents,
    }
    held = ", ".join(f"{n:,} {name}{'s' if n != 1 else ''}" for name, n in counts.items())
    stressed = under_stress(centre)
    warnings = list(doubts(centre))
    if stressed is not centre:
        warnings += [f"under stress: {words}" for words in doubts(stressed) if words not in warnings]
    mine = doubts_of_stress(centre)
    warnings += [words if centre.incidents else f"under stress: {words}" for words in mine]
    verdict = "can be run, with warnings" if warnings else "fine"
    stdout(f"{printable(str(scenario))}: {verdict}. {centre.name}: {held}, {chats:,.1f} chats expected.")
    for incident in stressed.incidents:
        stdout(f"{'always' if centre.incidents else 'under stress'}: {incident.told}")
    for line in holidays(centre):
        stdout(line)
    if centre.days > 1:
        for line in grid(week(centre)):
            stdout(line)
    for words in warnings:
        stderr(f"warning: {words}")


@handles_errors
def new(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The file to write; with --ask mine.toml.", show_default=False),
    ] = None,
    averages: Annotated[
        bool,
        typer.Option("--averages", help="Write averages to fill in, for sim calibrate, instead."),
    ] = False,
    questions: Annotated[
        bool,
        typer.Option("--ask", help="Ask what you know of your centre, and write the scenario that fits it."),
    ] = False,
    excel: Annotated[
        bool,
        typer.Option(
            "--excel", help="Write a workbook to fill in (.xlsx), which all commands read, instead."
        ),
    ] = False,
    workbook: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.xlsx", help="The filled-in workbook, to be written as TOML.", show_default=False
        ),
    ] = None,
    volumes: Annotated[
        list[Path] | None,
        typer.Option(
            "--volumes",
            metavar="FILE",
            help="Interval history of which to make the scenario: arrivals, spread, hours; may be repeated.",
            show_default=False,
        ),
    ] = None,
    bid: Annotated[
        Path | None,
        typer.Option(
            "--bid",
            metavar="RFP",
            help="A client's request, of which to make the scenario; written to be filled in if not there.",
            show_default=False,
        ),
    ] = None,
    zone: Zone = None,
    media: Media = None,
    queue: QueueNames = None,
    mapping: MappingFile = None,
    dates: Dates = None,
    decimals: DecimalMark = None,
    missing: Missing = "unknown",
    profile_from: ProfileFrom = None,
    country: Country = None,
    region: Region = None,
    without: Without = None,
    seed: Seed = 1,
    workers: Workers = None,
    force: Force = False,
) -> None:
    """Write a commented scenario to start from; one of volumes, answers or a request; or averages to fill in.

    With --bid a client's request for proposal becomes a scenario with the agents that it needs. What the
    request leaves open is assumed, and told with what it is worth: the first are the questions to ask.
    """
    reading = asked(
        zone=zone, media=media, queue=queue, mapping=mapping, dates=dates, decimals=decimals, missing=missing,
        profile_from=profile_from, country=country, region=region, without=without,
    )  # fmt: skip
    if bid is not None and (averages or questions or volumes):
        raise typer.BadParameter("give --bid alone: the request has all that is known")
    if volumes and (averages or questions):
        raise typer.BadParameter("give --volumes alone: averages, and answers of --ask, may name them too")
    ways = {
        "--excel": excel, "--workbook": workbook, "--averages": averages, "--ask": questions,
        "--volumes": volumes,
    }  # fmt: skip
    if (excel or workbook) and len(given := [name for name, is_given in ways.items() if is_given]) > 1:
        raise typer.BadParameter(f"give one of {' and '.join(given)}")
    if not volumes and reading != asked():
        raise typer.BadParameter("--zone and its like say how --volumes are to be read, and there are none")
    if questions:
        if averages:
            raise typer.BadParameter("give --ask or --averages, not both: --ask writes averages, too")
        from sim.cli.ask import ask  # noqa: PLC0415

        ask(file or Path("mine.toml"), seed=seed, workers=workers, force=force)
        return
    if file is None:
        raise typer.BadParameter("name the file to write, such as mine.toml")
    if bid is not None:
        from sim.cli.bid_of_request import from_request  # noqa: PLC0415

        from_request(file, bid, seed=seed, workers=workers, force=force)
        return
    if volumes:
        _of_volumes(file, volumes, reading, force=force)
        return
    if excel or workbook:
        _of_workbook(file, workbook, force=force)
        return
    from importlib.resources import files  # noqa: PLC0415

    from sim.output import write_text  # noqa: PLC0415

    name = "averages.toml" if averages else "starter.toml"
    text = files("sim.scenario").joinpath(name).read_text(encoding="utf-8")
    write_text(file, text, force=force)
    shown = printable(str(file))
    if averages:
        stdout(f"{shown}: written. Fill it in, then: sim calibrate --averages {shown} -o mine.toml")
    else:
        stdout(f"{shown}: written. Next: sim check {shown}, then sim run {shown}")


def _of_volumes(file: Path, volumes: list[Path], reading: Reading, *, force: bool) -> None:
    """Write the scenario that volumes make."""
    from sim.output import refuse_target, write_text  # noqa: PLC0415

    refuse_target(file, force=force)
    write_text(file, scenario_from(volumes, file, reading), force=force)
    shown = printable(str(file))
    stdout(f"{shown}: written, each number with where it is from. Next: sim check {shown}")


def _of_workbook(file: Path, workbook: Path | None, *, force: bool) -> None:
    """Write a workbook to fill in, or the scenario that a *workbook* says."""
    from sim.output import refuse_target, write_bytes, write_text  # noqa: PLC0415

    shown = printable(str(file))
    refuse_target(file, force=force)
    if workbook is None:
        from sim.scenario.excel.template import template  # noqa: PLC0415

        if file.suffix.lower() != ".xlsx":
            raise typer.BadParameter(f"a workbook's name must end in .xlsx, got {shown}")
        write_bytes(file, template(), force=force)
        stdout(f"{shown}: written. Fill it in, then: sim check {shown}, sim run {shown}")
        return
    from sim.scenario.files import load, scenario_text  # noqa: PLC0415

    load(workbook, stderr)
    write_text(file, scenario_text(workbook), force=force)
    stdout(f"{shown}: written. Next: sim check {shown}")


@handles_errors
def schema(
    result: Annotated[
        bool, typer.Option("--result", help="Of what the other commands print with --json instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of a scenario file, with which editors complete it."""
    if result:
        from sim.report.data import schema as result_schema  # noqa: PLC0415

        stdout(json.dumps(result_schema(), indent=2))
        return
    from sim.scenario.files import schema as scenario_schema  # noqa: PLC0415

    stdout(json.dumps(scenario_schema(), indent=2))
