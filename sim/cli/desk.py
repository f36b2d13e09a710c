"""`sim desk`: a page in which a room sees the team work and moves the sliders."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Force, Seed, handles_errors, stdout
from sim.cli.numbers import whole
from sim.errors import printable

MOST_DAYS = 200
EXAMPLE = "sim desk scenarios/web_shop.toml -o desk.html"


@handles_errors
def desk(
    scenario: Annotated[
        Path | None,
        typer.Argument(
            metavar="SCENARIO", help="Scenario file (TOML). If omitted, the starter's.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The page to write. If omitted, one in a temporary folder, which is opened.",
            show_default=False,
        ),
    ] = None,
    days: Annotated[
        int,
        typer.Option(
            "--days",
            parser=whole(3, MOST_DAYS),
            metavar="N",
            help="Days, or replications, that the page simulates at each move of a slider.",
        ),
    ] = 20,
    seed: Seed = 1,
    lesson: Annotated[
        str | None,
        typer.Option(
            "--lesson",
            metavar="NAME",
            help="Begin with a lesson: power_of_one, pooling, chats_at_once, patience, spike or penalty.",
            show_default=False,
        ),
    ] = None,
    challenge: Annotated[
        bool,
        typer.Option(
            "--challenge",
            help="Also a day to staff oneself, against a plan of sim staff, which is searched first.",
        ),
    ] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the page in a browser.")] = False,
    force: Force = False,
) -> None:
    """Write SCENARIO as one HTML file that simulates by itself: the team at work, sliders, answers at once.

    It needs no network and nothing installed: send it, or open it on a projector.
    """
    from importlib.resources import files  # noqa: PLC0415

    from sim.cli.progress import progress  # noqa: PLC0415
    from sim.output import refuse_target, write_text  # noqa: PLC0415
    from sim.report.page.desk import desk_page  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415

    if output is not None:
        refuse_target(output, force=force)
    centre = load(str(files("sim.scenario").joinpath("starter.toml")) if scenario is None else scenario)
    with progress("Replications searched, at most") as bar:
        page = desk_page(centre, seed=seed, days=days, lesson=lesson, challenge=challenge, progress=bar)
    if output is None:
        name = "desk" if scenario is None else scenario.stem
        output = Path(tempfile.mkdtemp(prefix="sim-desk-")) / f"{name}.html"
    else:
        no_open = True
    write_text(output, page, force=force)
    stdout(f"wrote {printable(str(output))} ({len(page.encode()) / 1000:,.0f} kB): open it in a browser")
    if not no_open:
        webbrowser.open(output.resolve().as_uri())
