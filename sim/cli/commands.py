"""Which commands are there? The command `sim` and its families, put together.

Heavy modules are imported inside the commands, so that help and errors answer at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli import best, compare, kpis, roster, run, scenario, sensitivity, staff, sweep, theory, trust

EXIT_CODES = """
Exit codes: 0 fine · 2 a problem in the input · 99 a target missed under --check · 130 interrupted,
finished work kept · 1 a fault of ours.
"""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(run.run)
app.command()(sensitivity.sensitivity)
app.command()(best.best)
app.command()(kpis.kpis)
app.command()(compare.compare)
app.command()(sweep.sweep)
app.command()(staff.staff)
app.command()(roster.roster)
app.command()(trust.trust)
app.command()(scenario.check)
app.command()(scenario.new)
app.command()(scenario.schema)
app.add_typer(theory.app, name="theory")


def _version(*, wanted: bool) -> None:
    if wanted:
        from sim import __version__  # noqa: PLC0415  as above

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _sim(
    version: Annotated[
        bool, typer.Option("--version", callback=lambda value: _version(wanted=value), is_eager=True)
    ] = False,
) -> None:
    """Simulate a live-chat contact centre: staffing, concurrency, waiting and missed chats."""
