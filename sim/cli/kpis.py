"""`sim kpis`: how good was a real day, which key figures are there, and what is one of them?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import Force, Json, Out, Svg, Wide, Xlsx, give, handles_errors, refuse_outputs, stderr
from sim.cli.numbers import real, whole

if TYPE_CHECKING:
    from sim.report.result import Result

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[LOG|FIGURE]",
        help="A log that sim import has made: to be measured. Or figures to explain, by name. "
        "Omitted: all figures, in a list.",
    ),
]
List = Annotated[bool, typer.Option("--list", hidden=True)]
Breakdowns = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        metavar="interval|queue|group|agent|day|weekday",
        help="Also show figures of a log by these; may be repeated.",
        show_default=False,
    ),
]
USUAL_THRESHOLD_S = 30.0
Threshold = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        parser=real(0),
        metavar="SECONDS",
        help="Acceptable wait, which service levels look at; 30 if omitted.",
        show_default=False,
    ),
]
Definitions = Annotated[
    str | None,
    typer.Option(
        "--definitions",
        metavar="VENDOR|all",
        help="Measure a log, or a simulated SCENARIO, by the definitions of livechat, zendesk, intercom, "
        "amazon_connect, genesys, dynamics, chatwoot, asapp or salesforce, or by all nine.",
        show_default=False,
    ),
]
Interval = Annotated[
    int,
    typer.Option(
        "--interval", parser=whole(1, 1_440), metavar="MINUTES", help="Interval of the table by interval."
    ),
]


@handles_errors
def kpis(
    names: Names = None,
    by: Breakdowns = None,
    threshold: Threshold = None,
    interval: Interval = 30,
    everything: Annotated[
        bool, typer.Option("--all", help="Show all figures of a log, not only the usual.")
    ] = False,
    definitions: Definitions = None,
    listed: List = False,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Measure an imported log; or say what the key figures are: definition, unit and source.

    For example: sim kpis centre.log --by weekday · sim kpis centre.log --definitions all · sim kpis asa_s
    """
    if names and _is_place(names[0]):
        from sim.report.measured import measure_log  # noqa: PLC0415

        refuse_outputs(out, xlsx, force=force)
        if len(names) > 1:
            raise typer.BadParameter(f"one log at a time; {names[1]!r} is another word")
        if definitions is not None:
            if by or everything:
                raise typer.BadParameter(
                    "--definitions gives figures of the whole log: leave out --by and --all"
                )
            give(
                _by_definitions(names[0], definitions, threshold),
                json=json,
                wide=wide,
                out=out,
                xlsx=xlsx,
                svg=svg,
                force=force,
            )
            return
        measured = measure_log(
            names[0],
            threshold_s=USUAL_THRESHOLD_S if threshold is None else threshold,
            interval_min=interval,
            by=by or (),
            everything=everything,
        )
        give(measured, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
        return
    for option, is_given in (
        ("--by", by), ("--all", everything), ("--out", out), ("--xlsx", xlsx),
        ("--definitions", definitions),
    ):  # fmt: skip
        if is_given:
            raise typer.BadParameter(f"{option} is for a log: name one, as in `sim kpis centre.log`")
    from sim.kpis.definitions import BY_NAME  # noqa: PLC0415

    found = [BY_NAME[name] for name in names or ()]
    from sim.report.known import result  # noqa: PLC0415

    give(result(found), json=json)


def _by_definitions(place: str, vendor: str, threshold_s: float | None) -> Result:
    """Figures of a log, or of a simulated scenario, by a vendor's definitions."""
    from sim.report.vendors import by_definitions, by_definitions_simulated  # noqa: PLC0415

    if not place.endswith(".toml"):
        return by_definitions(
            place, vendor, threshold_s=USUAL_THRESHOLD_S if threshold_s is None else threshold_s
        )
    from sim.scenario.files import load  # noqa: PLC0415

    if threshold_s is not None:
        raise typer.BadParameter("--threshold is for a log: the scenario says its own, threshold_s")
    return by_definitions_simulated(load(Path(place), stderr), vendor)


def _is_place(word: str) -> bool:
    """Whether a word names a folder, and no figure."""
    return "/" in word or word.endswith(".log") or Path(word).exists()
