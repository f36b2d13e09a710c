"""`sim load`: does a real chat server keep the figures that the simulation predicts?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.choices import names_of, one_of
from sim.cli.common import (
    Exit,
    Force,
    Json,
    Out,
    ScenarioPath,
    Seed,
    Svg,
    Wide,
    Xlsx,
    give,
    handles_errors,
    refuse_outputs,
    stderr,
    stdout,
)
from sim.cli.numbers import real, whole
from sim.errors import LoadError
from sim.studies.stress.choice import Profile

if TYPE_CHECKING:
    from sim.drive.options import Trouble
    from sim.drive.play import Live
    from sim.scenario.local_time import LocalTime


EXAMPLE = "sim load mine.toml --target supchat+http://127.0.0.1:8000 --speed 10 --fail-if 'errors > 0'"


USUAL_RATE = 20.0


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
        parser=one_of(Way, "mode"),
        metavar=names_of(Way),
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
How = Annotated[
    Profile | None,
    typer.Option(
        "--profile",
        parser=one_of(Profile, "profile"),
        metavar=names_of(Profile),
        help="How load runs, as in sim stress: ramp, spike, soak, …, judged stage by stage; breakpoint: "
        "ever more "
        "customers and agents, a day each, until a limit is missed. If omitted, the day as it is.",
        show_default=False,
    ),
]
UpTo = Annotated[
    float | None,
    typer.Option(
        "--up-to", parser=real(1.0, 1000), metavar="TIMES",
        help="Highest load of a breakpoint: 5 if omitted.", show_default=False,
    ),
]  # fmt: skip
SameTeam = Annotated[
    bool, typer.Option("--same-team", help="Breakpoint: more customers, and the team as it is.")
]
Abort = Annotated[
    bool,
    typer.Option(
        "--abort-on-fail", help="End the load with the first stage of a profile that surely misses a limit."
    ),
]
Churn = Annotated[
    float | None,
    typer.Option(
        "--churn", parser=real(0.01, 10_000), metavar="MINUTES",
        help="Break each connection once in so many simulated minutes; it comes back two seconds later.",
        show_default=False,
    ),
]  # fmt: skip
Storm = Annotated[
    str | None,
    typer.Option(
        "--storm", metavar="HH:MM", help="Break all connections at this time; all come back at once.",
        show_default=False,
    ),
]  # fmt: skip
Slow = Annotated[
    float,
    typer.Option(
        "--slow", parser=real(0, 100), metavar="PERCENT", help="Share of the clients that read slowly.",
    ),
]  # fmt: skip
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
        "--export",
        parser=one_of(Tool, "tool"),
        metavar=names_of(Tool),
        help="Write the same schedule for another tool, and drive nothing.",
        show_default=False,
    ),
]
To = Annotated[
    Path | None,
    typer.Option(
        "-o", metavar="FILE", help="With --export: where to; stdout if omitted.", show_default=False
    ),
]
PlatformFile = Annotated[
    Path | None,
    typer.Option(
        "--platform",
        metavar="FILE",
        help="Write the delays that were measured, as the table platform of the scenario.",
        show_default=False,
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
    profile: How = None,
    up_to: UpTo = None,
    same_team: SameTeam = False,
    abort_on_fail: Abort = False,
    churn: Churn = None,
    storm: Storm = None,
    slow: Slow = 0.0,
    template: Template = None,
    fail_if: FailIf = None,
    max_rate: MaxRate = USUAL_RATE,
    max_in_flight: MaxInFlight = None,
    workers: Processes = 1,
    may_load: MayLoad = None,
    export: Export = None,
    to: To = None,
    platform: PlatformFile = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
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
        _refuse_unused(
            {
                "-n": replications != 1,
                "--profile": profile,
                "--fail-if": fail_if,
                "--mode": mode is not Way.REACTIVE,
                "--churn": churn,
                "--storm": storm,
                "--slow": slow,
                "--workers": workers != 1,
                "--json": json,
                "--out": out,
                "--template": template,
                "--max-in-flight": max_in_flight,
                "--up-to": up_to,
                "--same-team": same_team,
                "--abort-on-fail": abort_on_fail,
                "--svg": svg,
                "--wide": wide,
                "--i-may-load": may_load,
                "--target": target != "loopback",
                "--max-rate": max_rate != USUAL_RATE,
                "--platform": platform,
            }
        )
        _export(centre, export, seed, speed or 1.0, to, force=force)
        return
    from sim.report.driving import load_test  # noqa: PLC0415

    if to is not None:
        raise LoadError("-o: is for --export alone; --out FOLDER keeps a result")
    refuse_outputs(out, xlsx, force=force)
    if platform is not None:
        _refuse_platform(platform, profile, force=force)
    with _live(replications, centre.calendar.local) as show:
        answer = load_test(
            centre,
            target,
            speed=speed,
            profile=profile,
            up_to=up_to,
            same_team=same_team,
            abort_on_fail=abort_on_fail,
            trouble=_trouble(churn, storm, slow, centre.calendar.local),
            mode=str(mode),
            replications=replications,
            seed=seed,
            template=template,
            fail_if=fail_if or (),
            max_rate=max_rate,
            max_in_flight=max_in_flight,
            workers=workers,
            may_load=may_load,
            announce=lambda factor, wall_s: stderr(lasting(replications, wall_s, speed or 1.0, factor)),
            show=show,
        )
    if platform is not None:
        _write_platform(platform, answer, force=force)
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    if answer.head.interrupted:
        stderr(interrupted_text(answer.facts["doubts"], answer.head.replications or 0, replications))
        raise typer.Exit(Exit.INTERRUPTED)
    if answer.found.is_missed:
        raise typer.Exit(Exit.MISSED)


def interrupted_text(doubts: Any, days: int, wanted: int) -> str:
    """What Ctrl-C has left."""
    if doubts:
        return "interrupted: what was measured until then is shown, and nothing of it is judged"
    return f"interrupted: {days:,} of {wanted:,} days were whole, and are shown and judged"


def _refuse_unused(given: dict[str, Any]) -> None:
    """Refuse options that would change nothing of what is exported."""
    unused = [name for name, value in given.items() if value]
    if unused:
        raise LoadError(
            f"--export: writes the schedule of one day and drives nothing, so {', '.join(unused)} would be "
            "ignored; "
            "--seed, --speed, -o and --force are what it takes"
        )


def _trouble(churn_min: float | None, storm: str | None, slow: float, local: LocalTime) -> Trouble:
    """What happens to connections on purpose."""
    from sim.drive.options import Trouble  # noqa: PLC0415

    at_s = None if storm is None else storm_s(storm, local)
    return Trouble(None if churn_min is None else churn_min * 60, at_s, slow_share=slow / 100)


def storm_s(text: str, local: LocalTime) -> float:
    """When a time of the first day is, or a date and time, as *local* clocks show it."""
    try:
        moment = dt.datetime.combine(local.start, dt.time.fromisoformat(text))
    except ValueError:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            raise LoadError(f"--storm: {text!r} is no time of the day: write 09:30") from None
    if doubt := local.moment_doubt(moment):
        raise LoadError(f"--storm: {doubt}")
    if moment.tzinfo is not None and local.zone is None:
        raise LoadError(
            f"--storm: {text!r} has an offset from UTC, and the scenario has no zone: write 09:30"
        )
    return local.moment_s(moment)


def _refuse_platform(target: Path, profile: Any, *, force: bool) -> None:
    """Refuse beforehand what delays can't be written of, or to."""
    from sim.output import refuse_target  # noqa: PLC0415

    if profile is not None:
        raise LoadError("--platform: is for a run without --profile, as delays differ with the load")
    refuse_target(target, force=force)


def _write_platform(target: Path, answer: Any, *, force: bool) -> None:
    """Write the delays that were measured as TOML."""
    from sim.output import write_text  # noqa: PLC0415
    from sim.report.load import snippet  # noqa: PLC0415

    write_text(target, snippet(answer.found), force=force)
    stderr(f"written to {target}: [platform] for the scenario's file")


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


def lasting(days: int, wall_s: float, speed: float, factor: float = 1.0) -> str:
    """How long a run will take in real time, at a *factor* of the load."""
    hours, minutes = divmod(round(wall_s / 60), 60)
    how_long = f"{hours} h {minutes} min" if hours else f"{minutes} min" if wall_s > 90 else f"{wall_s:.0f} s"
    what = f"{days:,} days take" if days > 1 else "the day takes"
    load = "" if factor == 1 else f"\u00d7 {factor:g} of the load: "
    return f"{load}at speed {speed:g} {what} about {how_long} of real time"


@contextmanager
def _live(days: int, local: LocalTime) -> Iterator[Callable[[float, int, Live], None] | None]:
    """Show on a terminal how a run stands; nothing without one."""
    from rich.console import Console  # noqa: PLC0415
    from rich.live import Live as Screen  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Screen(console=console, transient=True, refresh_per_second=4) as screen:

        def show(factor: float, replication: int, now: Live) -> None:
            load = "" if factor == 1 else f"\u00d7 {factor:g}, "
            screen.update(load + standing(replication, days, now, local))

        yield show


def standing(replication: int, days: int, now: Live, local: LocalTime) -> str:
    """How a run stands, in a line or two."""
    which = f"Day {replication + 1} of {days}, " if days > 1 else ""
    skipped = f" · not sent {now.skipped:,}" if now.skipped else ""
    late = "" if now.deliver_p99_s is None else f" · deliver p99 {1000 * now.deliver_p99_s:,.0f} ms"
    return (
        f"{which}{local.text(now.now_s)}   offered {now.offered:,} · in queue {now.waiting:,} · "
        f"open {now.open:,} · over {now.over:,}{skipped} · errors {now.failures:,}{late}"
    )
