"""`sim publish`: a roster as calendars for its people, and as a CSV for other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Force, handles_errors, stdout
from sim.cli.volumes import Zone
from sim.errors import printable

EXAMPLES = (
    "sim publish roster -o calendars",
    "sim publish roster/result.json -o calendars --zone Europe/Berlin",
)
Roster = Annotated[
    Path,
    typer.Argument(
        metavar="ROSTER",
        help="What sim roster wrote: the folder of --out, or its result.json.",
        show_default=False,
    ),
]
Target = Annotated[
    Path,
    typer.Option(
        "-o", "--output", metavar="DIR", help="Write the files into this folder.", show_default=False
    ),
]


@handles_errors
def publish(roster: Roster, output: Target, zone: Zone = None, force: Force = False) -> None:
    """Write a roster as a calendar (.ics) for each of its people, and as a CSV of shifts.

    Times are by the clocks of the roster's zone, or of --zone; without any, by the clocks on the wall.
    """
    from sim.report.data import read_result  # noqa: PLC0415
    from sim.report.folder import refuse_existing  # noqa: PLC0415
    from sim.report.publish import SHIFTS  # noqa: PLC0415
    from sim.report.publish import publish as write  # noqa: PLC0415
    from sim.scenario.units import plural  # noqa: PLC0415

    refuse_existing(output, force=force)
    files = write(read_result(roster), output, zone=zone, force=force)
    stdout(f"{printable(str(output))}: {plural(len(files) - 1, 'calendar')}, and {SHIFTS}")
