"""Which commands are there? The command `sim` and its families, put together.

Heavy modules are imported inside the commands, so that help and errors answer at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from sim.cli import (
    backtest,
    best,
    bid,
    calibrate,
    capacity,
    compare,
    desk,
    export,
    import_,
    intraday,
    kpis,
    load,
    publish,
    report,
    roster,
    run,
    scenario,
    sensitivity,
    staff,
    stress,
    sweep,
    theory,
    trust,
    volumes,
)
from sim.cli.help import Command, Family, examples

LOOK, PLAN = "Look: how good is it?", "Plan: how many, when, and what if?"
PROVE, PREPARE = "Prove: is it right?", "Prepare: a scenario of your own"
SHOP = "scenarios/web_shop.toml"

COMMANDS: tuple[tuple[str, Callable[..., None], tuple[str, ...]], ...] = (
    (LOOK, run.run, (f"sim run {SHOP}", f"sim run {SHOP} --by interval --by queue --out results")),
    (LOOK, desk.desk, (desk.EXAMPLE, "sim desk")),
    (LOOK, report.report, report.EXAMPLES),
    (PLAN, staff.staff, (f"sim staff {SHOP}", f"sim staff {SHOP} --confidence 0.9 --write mine.toml")),
    (PLAN, roster.roster, ("sim roster scenarios/roster.toml --lengths 8,6,4 --write mine.toml",)),
    (PLAN, publish.publish, publish.EXAMPLES),
    (PLAN, capacity.capacity, capacity.EXAMPLES),
    (PLAN, bid.bid, bid.EXAMPLES),
    (PLAN, intraday.intraday, intraday.EXAMPLES),
    (PLAN, sweep.sweep, sweep.EXAMPLES),
    (PLAN, compare.compare, (f"sim compare {SHOP} mine.toml",)),
    (PLAN, best.best, ("sim best a.toml b.toml c.toml", f"sim best {SHOP} --vary groups.0.concurrency=2:6")),
    (PLAN, sensitivity.sensitivity, (f"sim sensitivity {SHOP} --vary groups.0.agents+=-1,1",)),
    (PLAN, stress.stress, (f"sim stress {SHOP}", f"sim stress {SHOP} --json")),
    (PLAN, load.load, (f"sim load {SHOP} --target loopback", load.EXAMPLE)),
    (PROVE, trust.trust, ("sim trust --out results",)),
    (
        PREPARE,
        scenario.new,
        (
            "sim new mine.toml --ask",
            "sim new mine.toml --volumes history.csv",
            "sim new --averages averages.toml",
        ),
    ),
    (PREPARE, volumes.volumes, ("sim volumes history.csv --zone Europe/Berlin",)),
    (PREPARE, volumes.forecast, ("sim forecast history.csv -o forecast.csv",)),
    (
        PREPARE,
        calibrate.calibrate,
        ("sim calibrate centre.log -o mine.toml", "sim calibrate --averages averages.toml -o mine.toml"),
    ),
    (PREPARE, backtest.backtest, ("sim backtest centre.log --split 2026-03-16",)),
    (PREPARE, import_.import_, import_.EXAMPLES),
    (PREPARE, export.export, export.EXAMPLES),
    (PREPARE, scenario.check, ("sim check mine.toml",)),
    (PREPARE, scenario.schema, ("sim schema > scenario.schema.json",)),
    (PREPARE, kpis.kpis, ("sim kpis", "sim kpis centre.log --by weekday --by agent")),
)
"""Commands in the order in which help shows them: under which heading, and what one may type."""

EXIT_CODES = """
Exit codes: 0 fine · 2 a problem in the input · 99 a target missed under --check
            130 interrupted, finished work kept · 1 a fault of ours"""

app = typer.Typer(
    cls=Family,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    epilog=f"{examples(f'sim run {SHOP}', 'sim run --help')}\n{EXIT_CODES}",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _panel, _command, _examples in COMMANDS:
    name = _command.__name__.rstrip("_")
    app.command(name, cls=Command, rich_help_panel=_panel, epilog=examples(*_examples))(_command)
    if _command is trust.trust:
        app.add_typer(theory.app, name="theory", rich_help_panel=PROVE)


def _version(*, wanted: bool) -> None:
    if wanted:
        from sim import __version__  # noqa: PLC0415  as above

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _sim(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda value: _version(wanted=value),
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Simulate a live-chat contact centre: staffing, concurrency, waiting and missed chats."""
