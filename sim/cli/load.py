"""`sim load`: does a real chat server keep the figures that the simulation predicts?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    Exit,
    Force,
    Json,
    Out,
    ScenarioPath,
    Seed,
    Svg,
    Wide,
    give,
    handles_errors,
    stderr,
    stdout,
)
from sim.cli.numbers import real, whole

if TYPE_CHECKING:
    from sim.drive.play import Live
    from sim.drive.trial import Show


EXAMPLE = "sim load mine.toml --target supchat+http://127.0.0.1:8000 --speed 10 --fail-if 'errors > 0'"


class Way(StrEnum):
    """How a day is played."""

    REACTIVE = "reactive"
    TIMELINE = "timeline"


class Tool(StrEnum):
    """For which tool a schedule is written."""

    LOCUST = "locust"
    K6 = "k6"
    JSONL = "jsonl"


TargetName = Annotated[
    str,
    typer.Option(
        "--target",
        metavar="ADAPTER+URL",
        help="The server: supchat+http://…, stapel+http://…, json-ws+ws://…, or loopback, our own.",
    ),
]
Speed = Annotated[
    float | None,
    typer.Option(
        parser=real(0.01, 10_000),
        metavar="TIMES",
        help="So many times as fast as it is: 1 if omitted, when the loopback answers at once.",
        show_default=False,
    ),
]
Played = Annotated[
    Way,
    typer.Option(
        "--mode",
        help="reactive: everybody reacts to the server. timeline: they do what they did in the simulation.",
    ),
]
Days = Annotated[
    int,
    typer.Option(
        "--replications",
        "-n",
        parser=whole(1, 1_000),
        metavar="N",
        help="Days that are driven, each another.",
    ),
]
Template = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="How to speak to the server (json-ws), as TOML.", show_default=False),
]
FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="LIMIT",
        help="Exit with 99 if this is so, as 'deliver_p99_ms > 500', 'errors > 0', 'missed_rate > 10%'; "
        "may be repeated.",
        show_default=False,
    ),
]
MaxRate = Annotated[
    float,
    typer.Option(
        "--max-rate",
        parser=real(0.01, 1e6),
        metavar="N",
        help="Most chats that may be opened within a second of the clock.",
    ),
]
MaxInFlight = Annotated[
    int | None,
    typer.Option(
        "--max-in-flight",
        parser=whole(1),
        metavar="N",
        help="Most chats open at once: customers beyond that are not sent, and counted.",
        show_default=False,
    ),
]
Processes = Annotated[
    int,
    typer.Option("--workers", parser=whole(1, 64), metavar="N", help="Processes that play the customers."),
]
MayLoad = Annotated[
    str | None,
    typer.Option(
        "--i-may-load",
        metavar="HOST",
        help="Name of the server's machine, if it is not this one: only with its owner's leave.",
        show_default=False,
    ),
]
Export = Annotated[
    Tool | None,
    typer.Option(
        "--export", help="Write the same schedule for another tool, and drive nothing.", show_default=False
    ),
]
To = Annotated[
    Path | None,
    typer.Option(
        "-o", metavar="FILE", help="With --export: where to; stdout if omitted.", show_default=False
    ),
]


@handles_errors
def load(
    scenario: ScenarioPath,
    target: TargetName = "loopback",
    speed: Speed = None,
    mode: Played = Way.REACTIVE,
    replications: Days = 1,
    seed: Seed = 1,
    template: Template = None,
    fail_if: FailIf = None,
    max_rate: MaxRate = 20.0,
    max_in_flight: MaxInFlight = None,
    workers: Processes = 1,
    may_load: MayLoad = None,
    export: Export = None,
    to: To = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Play the customers and agents of SCENARIO on a real chat server, and hold it against the simulation.

    Exits with 99 if a figure differs from what is predicted, a law that no server may break is broken, or a
    limit is missed. Accounts and keys are taken from the environment, see the guide to load tests.
    """
    from sim.scenario.files import load as read  # noqa: PLC0415

    centre = read(scenario, stderr)
    if export is not None:
        _export(centre, export, seed, speed or 1.0, to, force=force)
        return
    from sim.report.folder import refuse_existing  # noqa: PLC0415
    from sim.report.load import load_test  # noqa: PLC0415

    if out is not None:
        refuse_existing(out, force=force)
    with _live(replications) as show:
        answer = load_test(
            centre,
            target,
            speed=speed,
            mode=str(mode),
            replications=replications,
            seed=seed,
            template=template,
            fail_if=fail_if or (),
            max_rate=max_rate,
            max_in_flight=max_in_flight,
            workers=workers,
            may_load=may_load,
            announce=lambda wall_s: stderr(lasting(replications, wall_s, speed or 1.0)),
            show=show,
        )
    give(answer, json=json, wide=wide, out=out, svg=svg, force=force)
    if answer.head.interrupted:
        stderr("interrupted: what was measured until then is shown, and nothing of it is judged")
        raise typer.Exit(Exit.INTERRUPTED)
    if answer.found.gone:
        raise typer.Exit(Exit.INPUT)
    if answer.found.is_missed:
        raise typer.Exit(Exit.MISSED)


def _export(centre: Any, tool: Tool, seed: int, speed: float, to: Path | None, *, force: bool) -> None:
    from sim.drive.export import export  # noqa: PLC0415
    from sim.drive.schedule import Day, refuse_unplayable  # noqa: PLC0415
    from sim.output import refuse_target, write_text  # noqa: PLC0415

    if to is not None:
        refuse_target(to, force=force)
    refuse_unplayable(centre, str(tool))
    text = export(Day.of(centre, seed), tool, speed)
    if to is None:
        stdout(text.rstrip("\n"))
    else:
        write_text(to, text, force=force)
        stderr(f"written to {to}")


def lasting(days: int, wall_s: float, speed: float) -> str:
    """How long a run will take in real time."""
    hours, minutes = divmod(round(wall_s / 60), 60)
    how_long = f"{hours} h {minutes} min" if hours else f"{minutes} min" if wall_s > 90 else f"{wall_s:.0f} s"
    what = f"{days:,} days take" if days > 1 else "the day takes"
    return f"at speed {speed:g} {what} about {how_long} of real time"


@contextmanager
def _live(days: int) -> Iterator[Show | None]:
    """Show on a terminal how a run stands; nothing without one."""
    from rich.console import Console  # noqa: PLC0415
    from rich.live import Live as Screen  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Screen(console=console, transient=True, refresh_per_second=4) as screen:

        def show(replication: int, now: Live) -> None:
            screen.update(standing(replication, days, now))

        yield show


def standing(replication: int, days: int, now: Live) -> str:
    """How a run stands, in a line or two."""
    from sim.scenario.units import DAY_S, clock_text  # noqa: PLC0415

    which = f"Day {replication + 1} of {days}, " if days > 1 else ""
    skipped = f" · not sent {now.skipped:,}" if now.skipped else ""
    late = "" if now.deliver_p99_s is None else f" · deliver p99 {1000 * now.deliver_p99_s:,.0f} ms"
    return (
        f"{which}{clock_text(now.now_s % DAY_S)}   offered {now.offered:,} · in queue {now.waiting:,} · "
        f"open {now.open:,} · over {now.over:,}{skipped} · errors {now.failures:,}{late}"
    )
