"""`sim volumes`, `sim forecast`: what interval history says of demand, and of what is to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import Force, Json, Out, Svg, Wide, Xlsx, give, handles_errors, refuse_outputs, stderr
from sim.cli.numbers import whole
from sim.cli.progress import progress
from sim.errors import StudyError, printable

if TYPE_CHECKING:
    from sim.studies.volumes.study import Reading

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="Interval history (CSV, text or .xlsx): a row each interval, day or month.",
        show_default=False,
    ),
]
Zone = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE",
        help="Time zone of the centre, such as Europe/Berlin: for times of UTC, and where clocks change.",
        show_default=False,
    ),
]
Media = Annotated[
    list[str] | None,
    typer.Option(
        "--media",
        metavar="KIND",
        help="Kind of contact that is read, where a file has several, such as chat; may be repeated.",
        show_default=False,
    ),
]
QueueNames = Annotated[
    list[str] | None,
    typer.Option("--queue", metavar="NAME", help="Only this queue; may be repeated.", show_default=False),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help="A TOML file that says which column is what, where the file's header does not.",
        show_default=False,
    ),
]
Dates = Annotated[
    str | None,
    typer.Option(
        metavar="ORDER",
        help='"day first" or "month first", where the dates don\'t show it.',
        show_default=False,
    ),
]
DecimalMark = Annotated[
    str | None,
    typer.Option(
        "--decimals",
        metavar="MARK",
        help='"comma" or "point", where the numbers don\'t show it.',
        show_default=False,
    ),
]
Missing = Annotated[
    str,
    typer.Option(
        metavar="MEANING",
        help='What an interval without a row is, on a day that has rows: "unknown", or "zero" where the tool '
        "leaves quiet ones out.",
    ),
]
ProfileFrom = Annotated[
    list[Path] | None,
    typer.Option(
        "--profile-from",
        metavar="FILE",
        help="History by interval, by whose profile totals of days and months are spread; else one assumed.",
        show_default=False,
    ),
]
Country = Annotated[
    str | None,
    typer.Option(
        metavar="CODE",
        help="Country whose public holidays are no usual days, such as DE.",
        show_default=False,
    ),
]
Region = Annotated[
    str | None,
    typer.Option(
        metavar="CODE", help="Part of it that has holidays of its own, such as BY.", show_default=False
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without", metavar="DATE", help="A day that is no usual one; may be repeated.", show_default=False
    ),
]


def asked(
    *, zone: str | None = None, media: Sequence[str] | None = None, queue: Sequence[str] | None = None,
    mapping: Path | None = None, dates: str | None = None, decimals: str | None = None,
    missing: str = "unknown", profile_from: Sequence[Path] | None = None,
    country: str | None = None, region: str | None = None, without: Sequence[str] | None = None,
) -> Reading:  # fmt: skip
    """What the options ask of a study, by its own names.

    Raises
    ------
    StudyError
        If a date is none.
    """
    days = frozenset(date_of(text) for text in without or ())
    return {
        "zone": zone, "media": tuple(media or ()), "queues": tuple(queue or ()), "mapping": mapping,
        "dates": dates, "decimals": decimals, "missing": missing, "profile_from": tuple(profile_from or ()),
        "country": country, "region": region, "without": days,
    }  # fmt: skip


def date_of(text: str, option: str = "--without") -> dt.date:
    """Date that an option names; raises `StudyError` where it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"{option}: needs a date such as 2026-03-02, got {printable(repr(text))}") from None


def tell_age(last: dt.date) -> None:
    """Warn of a history that ended long ago, or ends in the future."""
    from sim.history.history import age_told  # noqa: PLC0415

    if told := age_told(last):
        stderr(f"warning: {told}")


def scenario_from(files: Sequence[Path], target: Path, reading: Reading) -> str:
    """Text of the scenario that some volumes make, named after the file that it is written to."""
    from sim.report.volumes import read_words  # noqa: PLC0415
    from sim.report.volumes_scenario import scenario_text  # noqa: PLC0415
    from sim.studies.volumes.draft import draft  # noqa: PLC0415
    from sim.studies.volumes.study import volumes as look_at  # noqa: PLC0415

    found = look_at(files, **reading)
    for said in read_words(found.history.account):
        stderr(said)
    tell_age(max(each.series.last for each in found.queues))
    return scenario_text(draft(found, printable(target.stem)), found)


@handles_errors
def volumes(
    files: Files,
    zone: Zone = None,
    media: Media = None,
    queue: QueueNames = None,
    mapping: MappingFile = None,
    dates: Dates = None,
    decimals: DecimalMark = None,
    missing: Missing = "unknown",
    profile_from: ProfileFrom = None,
    country: Country = None,
    region: Region = None,
    without: Without = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Say what interval history tells of demand: a usual week, how much days vary, AHT, growth, odd days.

    Exports of Genesys Cloud, NICE IEX, Verint, Calabrio (Teleopti) and Amazon Connect are known; others are
    read by the words of their header, or by a mapping. What is missing is told, and never counted as zero.
    """
    from sim.report.volumes import result  # noqa: PLC0415
    from sim.studies.volumes.study import volumes as look_at  # noqa: PLC0415

    refuse_outputs(out, xlsx, force=force)
    found = look_at(
        files,
        **asked(
            zone=zone, media=media, queue=queue, mapping=mapping, dates=dates, decimals=decimals,
            missing=missing, profile_from=profile_from, country=country, region=region, without=without,
        ),
    )  # fmt: skip
    tell_age(max(each.series.last for each in found.queues))
    give(result(found), json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)


@handles_errors
def forecast(
    files: Files,
    weeks: Annotated[int, typer.Option(parser=whole(1, 52), metavar="N", help="Weeks whose mean it is.")] = 4,
    ahead: Annotated[
        int, typer.Option(parser=whole(1, 366), metavar="DAYS", help="Days that are forecast.")
    ] = 14,
    trend: Annotated[
        bool,
        typer.Option("--trend", help="Let growth from week to week go on; the backtest says if it helps."),
    ] = False,
    zone: Zone = None,
    media: Media = None,
    queue: QueueNames = None,
    mapping: MappingFile = None,
    dates: Dates = None,
    decimals: DecimalMark = None,
    missing: Missing = "unknown",
    profile_from: ProfileFrom = None,
    country: Country = None,
    region: Region = None,
    without: Without = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write the forecast to a new CSV file, which `file` of a queue's arrivals can name.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Forecast the days after a history, with a band, and say how far off that would have been in the past.

    It is the mean of the last weeks by weekday and interval; the band is as wide as days were measured to
    vary. Made again on past days, it is compared with what came, and with the same day a week before.
    """
    from sim.output import refuse_target, write_text  # noqa: PLC0415
    from sim.report.forecast import forecast_csv, result  # noqa: PLC0415
    from sim.studies.volumes.outlook import forecast as look_ahead  # noqa: PLC0415

    if output is not None:
        refuse_target(output, force=force)
    refuse_outputs(out, xlsx, force=force)
    options = asked(
        zone=zone, media=media, queue=queue, mapping=mapping, dates=dates, decimals=decimals, missing=missing,
        profile_from=profile_from, country=country, region=region, without=without,
    )  # fmt: skip
    with progress("Past days looked at") as bar:
        found = look_ahead(files, weeks=weeks, ahead=ahead, trend=trend, progress=bar, **options)
    tell_age(max(each.series.last for each in found.volumes.queues))
    answer = result(found)
    if output is not None:
        write_text(output, forecast_csv(answer), force=force)
        stderr(f'forecast written to {printable(str(output))}: name it in [queues.arrivals] as file = "..."')
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
