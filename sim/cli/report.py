"""`sim report`: an answer that can be sent, as a page, a PDF or a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.choices import one_of
from sim.cli.common import Exit, Force, Seed, UsualReplications, Workers, handles_errors, stderr, stdout
from sim.errors import printable

if TYPE_CHECKING:
    from sim.report.result import Result

EXAMPLES = (
    "sim report scenarios/web_shop.toml -o report.html -o report.pdf",
    "sim report results -o report.pdf --language de --company 'Köhler GmbH'",
)
RESULT = ".json"


@handles_errors
def report(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RESULT|FOLDER|SCENARIO",
            help="A result.json, a folder that --out wrote, or a scenario file, which is simulated.",
            show_default=False,
        ),
    ],
    output: Annotated[
        list[Path],
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The report to write: .html, .pdf or .xlsx; may be repeated.",
            show_default=False,
        ),
    ],
    language: Annotated[
        str, typer.Option("--language", metavar="en|de|fr|es", help="Language of pages and PDFs.")
    ] = "en",
    company: Annotated[str, typer.Option("--company", metavar="NAME", help="Who sends it.")] = "",
    logo: Annotated[
        Path | None,
        typer.Option("--logo", metavar="FILE", help="Their logo, PNG or SVG.", show_default=False),
    ] = None,
    seed: Seed = 1,
    replications: UsualReplications = None,
    workers: Workers = None,
    force: Force = False,
) -> None:
    """Write RESULT as a report that can be sent: promise, certainty, cost, what binds, one agent fewer.

    Of a SCENARIO, all that a report says is simulated first.
    """
    from sim.report.documents.texts import Language  # noqa: PLC0415
    from sim.report.documents.write import read_logo, refuse_document, save  # noqa: PLC0415

    chosen = one_of(Language, "language")(language)
    for file in output:
        refuse_document(file, force=force)
    picture = None if logo is None else read_logo(logo)
    is_scenario = source.suffix.lower() != RESULT and not source.is_dir()
    if is_scenario:
        result = _simulated(source, seed, replications, workers)
    else:
        from sim.report.data import read_result  # noqa: PLC0415

        result = read_result(source)
    for file in output:
        save(result, file, language=chosen, company=company, logo=picture, force=force)
        stdout(f"wrote {printable(str(file))} ({file.stat().st_size / 1000:,.0f} kB)")
    if result.head.interrupted and is_scenario:
        stderr("interrupted: the report has what was simulated until then")
        raise typer.Exit(Exit.INTERRUPTED)


def _simulated(scenario: Path, seed: int, replications: int | None, workers: int | None) -> Result:
    """All that a report says of a scenario, simulated."""
    from sim.cli.progress import progress  # noqa: PLC0415
    from sim.report.overview import overview  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415

    centre = load(scenario, stderr)
    with progress() as show:
        return overview(centre, seed=seed, replications=replications, workers=workers, progress=show)
