"""`sim sensitivity`: what matters most, and how likely the promise is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    Cluster,
    Exit,
    Force,
    Json,
    Out,
    Replications,
    Resume,
    ScenarioPath,
    Seed,
    Svg,
    Wide,
    Workers,
    Xlsx,
    give,
    handles_errors,
    refuse_outputs,
    stderr,
)
from sim.cli.numbers import real, whole
from sim.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.runs.executor import Executor, Progress
    from sim.scenario.scenario import Scenario
    from sim.studies.inputs import Inputs, Spans
    from sim.studies.risk import Risk

KpiName = Annotated[
    str, typer.Option("--figure", metavar="NAME", help="Key figure that is looked at (`sim kpis`).")
]
Varied = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=VALUES",
        help="A further input: a field by its path, and its values, such as groups.0.agents+=-1,1; may be "
        "repeated.",
        show_default=False,
    ),
]
Forecast = Annotated[
    float,
    typer.Option(
        parser=real(0, 0.9),
        metavar="SHARE",
        help="How far off the forecast may be, relative: ± in the tornado, and the standard deviation of a "
        "month's volume in the risk.",
    ),
]
Handling = Annotated[
    float, typer.Option(parser=real(0, 0.9), metavar="SHARE", help="± of all handling times, relative.")
]
Patience = Annotated[
    float, typer.Option(parser=real(0, 0.9), metavar="SHARE", help="± of customers' patience, relative.")
]
Absence = Annotated[
    float, typer.Option(parser=real(0, 0.9), metavar="SHARE", help="± of absence, in shares of the agents.")
]
Concurrency = Annotated[
    int, typer.Option(parser=whole(0, 100), metavar="N", help="± of the chats an agent may hold.")
]
Months = Annotated[
    int,
    typer.Option(
        parser=whole(0, 100_000), metavar="N", help="Months simulated for the risk; 0 leaves it out."
    ),
]
WeekDays = Annotated[
    int | None,
    typer.Option(
        parser=whole(1, 7),
        metavar="N",
        help="Open days a week; if omitted, as in the scenario's days.",
        show_default=False,
    ),
]


@handles_errors
def sensitivity(
    scenario: ScenarioPath,
    figure: KpiName = "service_level",
    forecast: Forecast = 0.10,
    handling: Handling = 0.10,
    patience: Patience = 0.25,
    absence: Absence = 0.05,
    concurrency: Concurrency = 1,
    vary: Varied = None,
    months: Months = 50,
    week_days: WeekDays = None,
    seed: Seed = 1,
    replications: Replications = 100,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Change one input of SCENARIO at a time: what moves a figure most, and how likely is the promise missed?

    An input's ± of 0 leaves it out.
    """
    from sim.kpis.definitions import BY_NAME  # noqa: PLC0415
    from sim.report.sensitivity import result  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.studies.inputs import Spans  # noqa: PLC0415
    from sim.studies.sensitivity import sensitivity as changed  # noqa: PLC0415

    centre, _ = load(scenario), BY_NAME[figure]
    refuse_outputs(out, xlsx, force=force)
    inputs = _inputs(centre, Spans(forecast, handling, patience, absence, concurrency), vary or [])
    look, risk = _risk(centre, figure, seed, months, forecast, week_days, inputs.remarks), None
    with executing(workers, cluster, resume) as executor:
        with progress() as bar:
            found = changed(
                centre,
                figure,
                inputs.inputs,
                executor=executor,
                seed=seed,
                replications=replications,
                progress=bar,
            )
        is_whole = not found.unseen
        if is_whole and look is not None:
            try:
                with progress("Days", months) as bar:
                    risk = look(executor, bar)
            except KeyboardInterrupt:
                is_whole = False
    if not is_whole and look is not None:
        inputs.remarks.append("Risk is left out: interrupted")
    answer = result(found, risk, inputs.remarks, interrupted=not is_whole)
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    if not is_whole:
        stderr("interrupted: this is what is known so far")
        raise typer.Exit(Exit.INTERRUPTED)


def _inputs(centre: Scenario, spans: Spans, vary: list[str]) -> Inputs:
    """Usual inputs of a scenario, and those that the user adds."""
    from sim.scenario.vary import read_vary, varied  # noqa: PLC0415
    from sim.studies.inputs import input_of, usual_inputs  # noqa: PLC0415
    from sim.studies.sweep import scalings  # noqa: PLC0415

    found = usual_inputs(centre, spans)
    for added in (input_of(read_vary(text)) for text in vary):
        found.inputs.append(added)
        found.remarks.extend(scalings(centre, [varied(centre, side.changes) for side in added.sides]))
    return found


def _risk(
    centre: Scenario,
    figure: str,
    seed: int,
    months: int,
    forecast_cv: float,
    week_days: int | None,
    remarks: list[str],
) -> Callable[[Executor, Progress], Risk] | None:
    """How to simulate the risk of the promise; None, with a remark, where nothing is promised."""
    from sim.kpis.targets import bounds  # noqa: PLC0415
    from sim.studies.risk import refuse, risk  # noqa: PLC0415

    if not months:
        return None
    if not bounds(centre):
        remarks.append("Risk is left out: the scenario promises nothing in its [targets]")
        return None
    if all(queue.arrivals.times_s is not None for queue in centre.queues):
        forecast_cv = 0.0
    refuse(centre, months, forecast_cv)
    return lambda executor, bar: risk(
        centre,
        figure,
        executor=executor,
        seed=seed,
        months=months,
        forecast_cv=forecast_cv,
        week_days=week_days,
        progress=bar,
    )
