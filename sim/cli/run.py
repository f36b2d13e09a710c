"""`sim run`: key figures of a scenario, with intervals."""

from __future__ import annotations

from enum import StrEnum
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
    UsualReplications,
    Wide,
    Workers,
    Xlsx,
    give,
    handles_errors,
    refuse_outputs,
    stderr,
    stdout,
)
from sim.cli.first import first_days, how_to_see_all
from sim.cli.hints import after_run
from sim.cli.numbers import TINY, real
from sim.cli.progress import progress
from sim.engines.choice import Engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from sim.kpis.targets import Verdict
    from sim.log.chatlog import ChatLog
    from sim.scenario.scenario import Scenario

AT_ONCE = 20
"""Logs of which tables are made at once: it takes hardly longer than of one."""


class Breakdown(StrEnum):
    """By what figures may be broken down."""

    INTERVAL = "interval"
    QUEUE = "queue"
    GROUP = "group"
    DAY = "day"
    WEEKDAY = "weekday"


By = Annotated[
    list[Breakdown] | None,
    typer.Option(
        "--by",
        case_sensitive=False,
        metavar="interval|queue|group|day|weekday",
        help="Also by interval, queue, group, day or weekday; may be repeated.",
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Show every figure, not only the usual ones.")]
Precision = Annotated[
    float | None,
    typer.Option(
        help="Add replications until the 95 % interval of each figure with a target is at most this far on "
        "either side: 0.02 is 2 points of a share, or 2 % of any other figure. Starts with --replications, "
        "stops at 10,000.",
        parser=real(TINY, 1),
        metavar="SHARE",
        show_default=False,
    ),
]
Theory = Annotated[
    bool, typer.Option("--theory", help="Also what the formula that fits says, and why it differs.")
]
Controls = Annotated[
    bool,
    typer.Option("--controls", help="Also figures adjusted for how many came, which makes them surer."),
]
Csv = Annotated[
    bool,
    typer.Option("--csv", help="With --out: messages as CSV too, a large file."),
]
Replay = Annotated[
    Path | None,
    typer.Option(
        "--arrivals",
        metavar="LOG",
        help="Let those come who came in this log (of sim import), on its days, instead of the scenario's.",
        show_default=False,
    ),
]
Check = Annotated[bool, typer.Option("--check", help="Exit with 99 if a target is missed.")]


@handles_errors
def run(
    context: typer.Context,
    scenario: ScenarioPath,
    seed: Seed = 1,
    replications: UsualReplications = None,
    engine: Annotated[Engine, typer.Option(help="Simulation engine.")] = Engine.KERNEL,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    precision: Precision = None,
    by: By = None,
    everything: All = False,
    theory: Theory = False,
    controls: Controls = False,
    json: Json = False,
    wide: Wide = False,
    check: Check = False,
    arrivals: Replay = None,
    out: Out = None,
    xlsx: Xlsx = None,
    csv: Csv = False,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Simulate SCENARIO and print its key figures with 95 % intervals."""
    from sim.scenario.files import load  # noqa: PLC0415

    centre = load(scenario, stderr)
    if arrivals is not None:
        from sim.importers.folder import read_log  # noqa: PLC0415
        from sim.importers.replay import replayed  # noqa: PLC0415

        centre = replayed(centre, read_log(arrivals))
    refuse_outputs(out, xlsx, force=force)
    if out is not None and resume is not None:
        from sim.errors import StudyError  # noqa: PLC0415

        law = "keeps figures, and --out writes every chat: give --resume or --out, not both"
        raise StudyError(f"{resume}: {law}")
    first = first_days(context, centre)  # before anything is imported that needs the compiler
    from sim.kpis.loops import By  # noqa: PLC0415
    from sim.kpis.targets import verdicts  # noqa: PLC0415
    from sim.report.run import result as run_result  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.runs.replicate import FEWEST, replicate  # noqa: PLC0415
    from sim.studies.doubts import never_settles  # noqa: PLC0415
    from sim.studies.promises import why_never  # noqa: PLC0415

    if first is not None:
        replications, engine, workers = first, Engine.REFERENCE, 1
    _say_if_few(replications, engine)
    keep = _Keeper(FEWEST if replications is None else None)
    with executing(workers, cluster, resume) as executor, progress() as show:
        each = keep if out is not None else None
        result = replicate(centre, seed, replications, engine, None, precision, each, show, executor)
    answer = run_result(
        centre,
        result.estimates,
        seed,
        engine,
        by=[By(str(name)) for name in by or [] if name is not Breakdown.WEEKDAY],
        weekdays=Breakdown.WEEKDAY in (by or []),
        everything=everything,
        theory=theory,
        controls=controls,
        interrupted=result.interrupted,
        log=keep.first,
        pictures=json or out is not None,
    )
    few = ""
    if out is not None and result.estimates.n > keep.n:
        few = f"; chats, messages and agents of the first {FEWEST} replications alone (with -n, of all)"

    def records(folder: Path) -> None:
        _write(folder, keep, csv=csv)

    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force, more=records, few=few)
    never = never_settles(centre)
    if never is not None:
        stderr(f"warning: {never}")
    if result.interrupted:
        stderr(f"interrupted after {result.estimates.n} of {result.wanted} replications")
        raise typer.Exit(Exit.INTERRUPTED)
    if not result.precise:
        stderr(f"warning: the precision was not reached in {result.estimates.n:,} replications")
    promise = verdicts(result.estimates, centre)
    if not json and not check:
        n = result.estimates.n
        stdout(_what_next(scenario, centre, promise, n, is_first=first is not None, wide=wide))
    if check:
        for bound in (verdict.bound for verdict in promise if verdict.met is None):
            stderr(f"warning: {bound.key} can't be measured: {why_never(centre, bound)}")
        if any(verdict.met is False for verdict in promise):
            raise typer.Exit(Exit.MISSED)


def _what_next(
    path: Path, centre: Scenario, promise: Sequence[Verdict], n: int, *, is_first: bool, wide: bool
) -> str:
    """Last lines of a run: what one may type now."""
    from sim.report.text import Terminal  # noqa: PLC0415
    from sim.runs.replicate import usual_replications  # noqa: PLC0415

    if is_first:
        return how_to_see_all(path, centre, n, usual_replications([centre]))
    return after_run(path, centre, promise, n, Terminal(wide=wide).width)


def _say_if_few(replications: int | None, engine: Engine) -> None:
    """Say that fewer replications are simulated than usual."""
    from sim.runs.replicate import FEWEST  # noqa: PLC0415

    if replications is None and engine is Engine.REFERENCE:
        stderr(f"{FEWEST} replications, for the reference engine is slow: -n says how many")


class _Keeper:
    """Keeps what `--out` needs: tables of the first *most* logs, or of all; the first log for pictures."""

    def __init__(self, most: int | None) -> None:
        self.most, self.n = most, 0
        """Logs that are written at most, and so far."""
        self.first: ChatLog | None = None
        self._tables: list[dict[str, pl.DataFrame]] = []
        self._logs: list[ChatLog] = []

    def __call__(self, replication: int, log: ChatLog) -> None:
        self.first = self.first or log
        if self.most is None or replication < self.most:
            self._logs.append(log)
            self.n += 1
            if len(self._logs) == AT_ONCE:
                self._read()

    def tables(self) -> list[dict[str, pl.DataFrame]]:
        """Tables of the logs, some runs in each."""
        if self._logs:
            self._read()
        return self._tables

    def _read(self) -> None:
        from sim.log.export import frames  # noqa: PLC0415

        self._tables.append(frames(self._logs, self.n - len(self._logs)))
        self._logs = []


def _write(folder: Path, keep: _Keeper, *, csv: bool) -> None:
    """Write chats, messages, legs and agents into a *folder*."""
    from sim.log import export  # noqa: PLC0415
    from sim.log.schema import TABLES  # noqa: PLC0415

    tables = keep.tables()
    with progress("Files", len(TABLES)) as show:
        for done, name in enumerate(TABLES, start=1):
            export.write(name, tables, folder, csv=csv or name != "messages")
            show(done, len(TABLES))
