"""`sim import`: a platform's export as a log that can be measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Force, Json, Wide, give, handles_errors, stderr
from sim.cli.progress import progress

EXAMPLES = (
    "sim import export.json -o centre.log",
    "sim import chats.csv messages.csv --mapping columns.toml --zone Europe/Berlin -o centre.log",
)
Exports = Annotated[
    list[Path], typer.Argument(metavar="EXPORT", help="Files or folders of one export.", show_default=False)
]
Platform = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="NAME", help="Whose export it is; recognised if omitted.", show_default=False
    ),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="What the columns of any other table are (TOML).", show_default=False),
]
Zone = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE",
        help="Zone of local times, whose days are counted, like Europe/Berlin; UTC if omitted.",
        show_default=False,
    ),
]
Target = Annotated[
    Path,
    typer.Option("-o", "--output", metavar="DIR", help="Write the log into this folder.", show_default=False),
]
Key = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Hash identities with what is in this file: the same key gives the same names. "
        "If omitted, with a random key that is thrown away.",
        show_default=False,
    ),
]


@handles_errors
def import_(
    exports: Exports,
    output: Target,
    platform: Platform = None,
    mapping: MappingFile = None,
    zone: Zone = None,
    key: Key = None,
    keep_text: Annotated[
        bool, typer.Option("--keep-text", help="Keep texts, names and identities as they are.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first record that is not as it should be.")
    ] = False,
    json: Json = False,
    wide: Wide = False,
    force: Force = False,
) -> None:
    """Read the chats of a platform's export into a folder, and say what was dropped or not understood.

    No text and no name is kept, and identities are hashed. Times that a platform did not record stay unknown.
    """
    from sim.errors import printable  # noqa: PLC0415
    from sim.report.imported import import_log  # noqa: PLC0415

    with progress("Bytes read") as bar:
        found = import_log(
            exports, output, platform=platform, mapping=mapping, zone=zone, key=key, keep_text=keep_text,
            strict=strict, force=force, progress=bar,
        )  # fmt: skip
    stderr(f"log written to {printable(str(output))}: sim kpis {printable(str(output))}")
    give(found, json=json, wide=wide)
