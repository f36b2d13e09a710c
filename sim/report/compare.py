"""How does a comparison read? Verdicts in words, a table of differences, data, and a forest plot."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from math import floor, log10
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from sim import __version__
from sim.kpis.definitions import BY_NAME, KPIS
from sim.kpis.estimate import Figure as Measured
from sim.kpis.targets import in_order
from sim.report.documents import figure_document, target_document
from sim.report.plots import style
from sim.report.plots.style import DARK, FAINT, GREY, INK, RED, styled
from sim.report.tables import (
    ALIKE,
    FEW_SIGN,
    PIPED_WIDTH,
    UNSURE,
    Row,
    below,
    caveats,
    narrowed,
    number,
    verdict_mark,
)
from sim.scenario.units import clock_text
from sim.studies.compare import Comparison, Contrast, Difference, Part, Plan, Seen
from sim.studies.paired import ALPHA, Paired

DRAWN = (
    "service_level", "missed_rate", "response_s", "asa_s", "wait_p90_s", "frt_s", "response_p90_s", "aht_s",
    "occupancy", "attention", "agent_hours", "paid_hours", "resolution", "csat", "conversion",
)  # fmt: skip
"""Figures of the forest plot, as far as they differ or have a target."""
METHOD = (
    "Differences are taken between the same customers; intervals are each figure's own, 95 %. Verdicts are "
    f"given together, by Holm's procedure over all figures, at {100 * ALPHA:.0f} %. In brackets: the "
    "figure's own interval leaves out zero, which among so many may be chance. Counts are better or worse "
    "only where as many customers came. Runs saved: how many times more runs it would take without common "
    "random numbers."
)
_SECTIONS = {"satisfaction": "Satisfaction (assumed)"}
"""Titles of sections that are not their name."""
_WORDS = {Seen.NONE: "none seen", Seen.UNKNOWN: "–"}
"""Verdicts of the table that are not as they are called."""
_MOST_CHANGES = 20
"""More differences of the files are counted, not listed."""
_DUST = 1e-9
"""Smaller differences are shown as none."""
_LONGEST = 40
"""Letters of a value in the list of differences."""


def table(found: Comparison, width: int = PIPED_WIDTH, *, everything: bool = False) -> RenderableType:
    """What is compared, and how each differs from the baseline; as far as it can, within a *width*."""
    runs = "1 replication" if found.replications == 1 else f"{found.replications} replications"
    parts: list[RenderableType] = [
        _filled(f"{plan.label}  {plan.name}{' (baseline)' * (plan is found.baseline)}", width, style="bold")
        for plan in found.plans
    ]
    parts.append(_filled(f"{runs} each, seed {found.seed}, the same customers", width))
    for contrast in found.contrasts:
        parts.append(_changes(contrast, width))
        parts += [_filled(f"Note: {note}.", width) for note in contrast.notes]
        parts.append(_listed(found, contrast, width, everything=everything))
        parts += [_filled(line, width) for line in words(found, contrast)]
    shown = [name for name in BY_NAME if everything or _is_shown(found, name)]
    changes = [(BY_NAME[name], each.differences[name].by) for each in found.contrasts for name in shown]
    marked = [(kpi, _as_figure(by)) for kpi, by in changes if by.value is not None and not by.same]
    unsure = any(verdict.met is not None and not verdict.sure for p in found.plans for verdict in p.verdicts)
    notes = below([*caveats(found.replications, marked), *([UNSURE] if unsure else [])], width)
    return Group(*parts, *notes, _filled(METHOD, width, style="dim"))


def _as_figure(by: Paired) -> Measured:
    """A difference with its interval and its mark, as figures have them."""
    return Measured(by.value, by.low, by.high, by.few_days, by.value, by.value, by.value)


def words(found: Comparison, contrast: Contrast) -> list[str]:
    """Verdicts on the figures with targets, or on the usual ones if there are none, in sentences."""
    label = contrast.plan.label
    said = [
        f"{BY_NAME[name].title}: {verdict_text(contrast.differences[name], label)}."
        for name in _bound(found) or ["service_level", "missed_rate", "asa_s"]
        if contrast.differences[name].by.value is not None
    ]
    said += [
        f"{_name(part)}: {verdict_text(each, label)}."
        for part, each in contrast.parts.items()
        if each.by.value is not None
    ]
    last = "; ".join([*_promise_words(found.baseline, contrast.plan), *_cost_words(found, contrast)])
    return [*said, f"{last}."] if last else said


def _promise_words(baseline: Plan, plan: Plan) -> list[str]:
    """Who of the two keeps what it promises; nothing if one of them promises nothing."""
    if baseline.keeps is None or plan.keeps is None:
        return []
    a, b = baseline.label, plan.label
    doubted = [each.label for each in (baseline, plan) if not each.sure]
    doubt = f" ({' and '.join(doubted)} not for sure)" if doubted else ""
    if baseline.keeps == plan.keeps:
        return [("Both keep the promise" if plan.keeps else "Neither keeps the promise") + doubt]
    kept, broken = (b, a) if plan.keeps else (a, b)
    return [f"{kept} keeps the promise, {broken} does not{doubt}"]


def _cost_words(found: Comparison, contrast: Contrast) -> list[str]:
    """How many paid hours more or fewer; nothing of scenarios of different lengths."""
    one, other, hours = found.baseline.scenario, contrast.plan.scenario, contrast.differences["paid_hours"]
    if one.days != other.days or hours.by.value is None or not found.baseline.figures["paid_hours"].value:
        return []
    if hours.seen is Seen.SAME:
        return ["the paid hours are the same"]
    if hours.seen is Seen.NONE:
        return ["no difference in paid hours is seen"]
    span = "" if one.days == 1 else f" in {one.days} days"
    doubt = ", though not for sure" if hours.seen in {Seen.UNSURE, Seen.UNKNOWN} else ""
    size = number(abs(hours.by.value), "h").removesuffix(".0").removesuffix(".00")
    more = "fewer" if hours.by.value < 0 else "more"
    return [f"{contrast.plan.label} needs {size} paid hours {more}{span}{doubt}"]


def verdict_text(difference: Difference, label: str) -> str:
    """Verdict with its size: ``B is better by 2.13 points, +3 % (95 %: +1.30 … +2.90 points)``."""
    kpi, by = BY_NAME[difference.kpi], difference.by
    assert by.value is not None
    if difference.seen is Seen.SAME:
        return "the same in every replication"
    if by.steady:
        return f"{label} is {difference.way} by {_size(abs(by.value), kpi.unit)} in every replication"
    if by.low is None or by.high is None:
        return f"{label} − A is {signed(by.value, kpi.unit)}; so few replications say no more"
    span = f"{signed(by.low, kpi.unit, bare=True)} … {signed(by.high, kpi.unit)}"
    if difference.seen is Seen.NONE:
        return f"no difference seen; {label} − A is between {span.replace(' … ', ' and ')}"
    doubt = ", though not for sure" if difference.seen is Seen.UNSURE else ""
    relative = (
        "" if difference.relative is None else f", {signed(100 * difference.relative, '', bare=True)} %"
    )
    return f"{label} is {difference.way} by {_size(abs(by.value), kpi.unit)}{relative} (95 %: {span}){doubt}"


def signed(value: float, unit: str, *, bare: bool = False) -> str:
    """Text of a difference with its sign: shares in points; *bare*: without the unit.

    >>> signed(0.0213, "share"), signed(-12.34, "s"), signed(3.0, "h", bare=True)
    ('+2.13 points', '−12.3 s', '+3.00')
    >>> signed(-0.00212, "chats"), signed(-1e-12, "s")
    ('−0.002 chats', '0.00 s')
    """
    sign = "−" if value < 0 else "+"
    text = _size(abs(value), unit, bare=bare)
    return f"{sign}{text}" if re.search("[1-9]", text) else text


def document(found: Comparison) -> dict[str, Any]:
    """The same as data: the same scenarios, seed and version give the same bytes."""
    return {
        "seed": found.seed,
        "replications": found.replications,
        "version": __version__,
        "interrupted": found.interrupted,
        "method": "paired differences, Student's t without its skewness (Hall); verdicts by Holm's procedure "
        "over all figures",
        "alpha": ALPHA,
        "scenarios": [_plan(plan) for plan in found.plans],
        "comparisons": [_contrast(found, contrast) for contrast in found.contrasts],
    }


def frame(found: Comparison) -> pl.DataFrame:
    """One row a figure and scenario: both values, their difference with its interval, and the verdict."""
    rows = [
        {"scenario": contrast.plan.label, "kpi": name, **_difference(difference)}
        for contrast in found.contrasts
        for name, difference in contrast.differences.items()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


@styled
def forest(found: Comparison) -> Figure:
    """Each figure's difference from the baseline as a share of it, with its interval, a panel a scenario."""
    names = [name for name in DRAWN if any(_is_drawn(found, contrast, name) for contrast in found.contrasts)]
    n = len(found.contrasts)
    name = found.baseline.scenario.name
    subject = f"differences from A, {found.replications} replications, the same customers"
    figure = style.canvas(name, subject, 1.3 + n * (0.55 + 0.27 * max(len(names), 1)))
    panels = figure.subplots(n, 1, squeeze=False)[:, 0]
    for axes, contrast in zip(panels, found.contrasts, strict=True):
        _draw_forest(axes, contrast, names)
    panels[-1].set_xlabel("difference from the baseline, as a share of it, with its 95 % interval")
    figure.legend(handles=_handles(found, names), loc="outside lower left", ncols=3)
    return figure


# The table


def _bound(found: Comparison) -> list[str]:
    """Figures with a target in any of the scenarios."""
    every = in_order(verdict.bound for plan in found.plans for verdict in plan.verdicts)
    return list(dict.fromkeys(bound.kpi for bound in every if bound.where is None))


def _listed(found: Comparison, contrast: Contrast, width: int, *, everything: bool) -> RenderableType:
    label = contrast.plan.label
    columns = [
        Column("Figure"),
        Column("A", justify="right"),
        Column(label, justify="right"),
        Column(f"{label} − A", justify="right"),
        Column("95 % interval", justify="right"),
        Column("Verdict"),
        Column("Runs\nsaved", justify="right"),
    ]
    bound = _bound(found)
    shown = [kpi.name for kpi in KPIS if everything or _is_shown(found, kpi.name)]
    promised: list[str | Part] = [*bound, *contrast.parts]
    rows: list[Row | None] = [[Text("Targets", style="bold")]] if promised else []
    rows += [_row(found.baseline, contrast, key, marked=True) for key in promised]
    section = None
    for name in (name for name in shown if name not in bound):
        if BY_NAME[name].section != section:
            section = BY_NAME[name].section
            rows += [None, [Text(_SECTIONS.get(section, section.capitalize()), style="bold")]]
        rows.append(_row(found.baseline, contrast, name, marked=False))
    return narrowed(f"{label} against A", columns, rows, width, spare=(6, 4))


def _name(key: str | Part) -> str:
    """Title of a figure, with the queue or group that it is of."""
    return f"{BY_NAME[key.kpi].title}, {key.name}" if isinstance(key, Part) else BY_NAME[key].title


def _row(baseline: Plan, contrast: Contrast, key: str | Part, *, marked: bool) -> Row:
    difference = contrast.parts[key] if isinstance(key, Part) else contrast.differences[key]
    kpi, by = BY_NAME[difference.kpi], difference.by
    span = "" if by.low is None or by.high is None else _span(by.low, by.high, kpi.unit)
    span = ALIKE if by.steady else span + FEW_SIGN * (bool(span) and by.few_days)
    return [
        f"  {_name(key)} [{'%' if kpi.unit == 'share' else kpi.unit}]",
        _value(baseline, key, difference.baseline, marked=marked),
        _value(contrast.plan, key, difference.value, marked=marked),
        "–" if by.value is None else signed(by.value, kpi.unit, bare=True),
        span,
        _verdict(difference),
        "–" if by.saved is None else f"× {number(by.saved, '')}",
    ]


def _span(low: float, high: float, unit: str) -> str:
    return f"{signed(low, unit, bare=True)} … {signed(high, unit, bare=True)}"


def _value(plan: Plan, key: str | Part, value: float | None, *, marked: bool) -> Text:
    unit = BY_NAME[key.kpi if isinstance(key, Part) else key].unit
    for verdict in plan.verdicts if marked else ():
        where = verdict.bound.where
        mine = verdict.bound.kpi if where is None else Part(verdict.bound.kpi, where.by, where.name)
        if mine == key and verdict.met is not None:
            text = number(value, unit, verdict.bound.value).removesuffix(" %")
            return Text.assemble(text, " ", verdict_mark(verdict))
    return Text(number(value, unit).removesuffix(" %"))


def _verdict(difference: Difference) -> Text:
    seen = difference.seen
    if seen is Seen.UNSURE:
        return Text(f"({difference.way})")
    looks = {Seen.BETTER: "bold blue", Seen.WORSE: "bold yellow"}
    return Text(_WORDS.get(seen, str(seen)), looks.get(seen, ""))


def _is_shown(found: Comparison, name: str) -> bool:
    """Whether a figure is usual, and says something in any of the scenarios."""
    shown = BY_NAME[name].shown
    if not shown.usual:
        return False
    sign, idle = shown.idle or (name, None)
    plans = [plan for plan in found.plans if plan.figures[name].value is not None]
    plans = [plan for plan in plans if idle is None or plan.figures[sign].value != idle]
    return any(BY_NAME[name].section != "volume" or plan.figures[name].value for plan in plans)


def _size(value: float, unit: str, *, bare: bool = False) -> str:
    if unit == "share":
        text = f"{100 * value:.1f}" if value >= 0.0995 else _small(100 * value)
        return text if bare else f"{text} points"
    text = number(value, unit) if value >= 1 else _small(value)
    return text if bare else f"{text} {unit}"


def _small(value: float) -> str:
    """A number with two decimals, or with one digit if those are naught and it is not."""
    return f"{value:.2f}" if value >= 0.005 or value < _DUST else f"{value:.{-floor(log10(value))}f}"


def _changes(contrast: Contrast, width: int) -> RenderableType:
    """Where the files differ."""
    values = (Column(label, overflow="fold") for label in ("A", contrast.plan.label))
    columns = [Column("Path", no_wrap=True), *values]
    rows: list[Row | None] = [
        [path, _brief(path, first), _brief(path, second)]
        for path, first, second in contrast.changed[:_MOST_CHANGES]
    ]
    more = len(contrast.changed) - _MOST_CHANGES
    if more > 0:
        rows.append([f"… and {more} more", "", ""])
    if not rows:
        return Text(f"{contrast.plan.label} and A are the same scenario.")
    return narrowed(f"Where {contrast.plan.label} is another scenario", columns, rows, width, spare=())


def _brief(path: str, value: Any) -> str:
    """Value at a path, cut if it is long: clock times as such, tables and items by their names."""
    if isinstance(value, float) and path.rsplit(".", 1)[-1] in {"open", "close", "start", "end"}:
        return clock_text(value)
    if isinstance(value, dict):
        value = value.get("name") or value.get("law") or ", ".join(value)
    text = "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _filled(text: str, width: int, *, style: str = "") -> Text:
    return Text(textwrap.fill(text, width, subsequent_indent="  "), style=style)


# Data


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "label": plan.label,
        "name": plan.name,
        "targets": [target_document(verdict) for verdict in plan.verdicts],
        "kpis": {name: figure_document(name, figure) for name, figure in plan.figures.items()},
    }


def _contrast(found: Comparison, contrast: Contrast) -> dict[str, Any]:
    return {
        "label": contrast.plan.label,
        "baseline": found.baseline.label,
        "changed": [
            {"path": path, "baseline": _plain(first), "value": _plain(second)}
            for path, first, second in contrast.changed
        ],
        "notes": list(contrast.notes),
        "words": words(found, contrast),
        "differences": {name: _difference(each) for name, each in contrast.differences.items()},
    } | ({"parts": [_part(*item) for item in contrast.parts.items()]} if contrast.parts else {})


def _part(part: Part, difference: Difference) -> dict[str, Any]:
    return {"kpi": part.kpi, str(part.by): part.name} | _difference(difference)


def _difference(difference: Difference) -> dict[str, Any]:
    by = difference.by
    return {
        "unit": BY_NAME[difference.kpi].unit,
        "better": BY_NAME[difference.kpi].better,
        "baseline": difference.baseline,
        "value": difference.value,
        "difference": by.value,
        "low": by.low,
        "high": by.high,
        "few_days": by.few_days,
        "relative": difference.relative,
        "p": by.p,
        "seen": str(difference.seen),
        "runs_saved": by.saved,
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, Iterable) else str(value)


# The picture

_LOOKS: dict[Seen, tuple[str, str, str]] = {
    Seen.BETTER: ("o", DARK, DARK),
    Seen.WORSE: ("X", RED, RED),
    Seen.HIGHER: ("D", GREY, GREY),
    Seen.LOWER: ("D", GREY, GREY),
    Seen.UNSURE: ("s", INK, "white"),
    Seen.NONE: ("o", INK, "white"),
    Seen.SAME: ("|", INK, INK),
    Seen.UNKNOWN: ("|", GREY, GREY),
}
"""Marker, colour and filling of each verdict."""
_WIDEST = 1.5
"""Differences of more than about so many times the baseline, and intervals that go further, end in arrows."""


def _is_drawn(found: Comparison, contrast: Contrast, name: str) -> bool:
    difference = contrast.differences[name]
    wanted = name in _bound(found) or difference.seen is not Seen.SAME
    return wanted and difference.by.value is not None


def _draw_forest(axes: Axes, contrast: Contrast, names: Sequence[str]) -> None:
    sizes = [abs(_ends(contrast.differences[name])[1]) for name in names]
    edge = 1.25 * min(max(sizes, default=0.0), _WIDEST) or 0.1
    for row, name in enumerate(names):
        difference = contrast.differences[name]
        if row % 2 == 0:
            axes.axhspan(row - 0.5, row + 0.5, color=FAINT, linewidth=0, zorder=0)
        if difference.by.value is None:
            continue
        text = signed(difference.by.value, BY_NAME[name].unit)
        axes.text(1.02, row, text, transform=axes.get_yaxis_transform(), va="center", fontsize=9)
        if difference.relative is None:
            continue
        marker, colour, face = _LOOKS[difference.seen]
        low, _, high = _ends(difference)
        axes.plot([max(low, -edge), min(high, edge)], [row, row], color=colour, linewidth=2)
        for end, beyond in ((-edge, low < -edge), (edge, high > edge)):
            if beyond:  # the interval goes on
                axes.plot([end], [row], "<" if end < 0 else ">", color=colour, markersize=5, clip_on=False)
        if abs(difference.relative) > edge:
            marker = ">" if difference.relative > 0 else "<"
        at = min(max(difference.relative, -edge), edge)
        axes.plot(
            [at], [row], marker, color=colour, markerfacecolor=face, markersize=7, clip_on=False, zorder=3
        )
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set(xlim=(-edge, edge), ylim=(len(names) - 0.5, -0.5))
    axes.set_yticks(range(len(names)), [BY_NAME[name].title for name in names])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    style.shares(axes.xaxis)
    axes.set_title(f"{contrast.plan.label}: {contrast.plan.name}")


def _ends(difference: Difference) -> tuple[float, float, float]:
    """Low end, difference and high end, as shares of the baseline; none where that is zero."""
    by = difference.by
    if not difference.baseline or by.value is None:
        return (0.0, 0.0, 0.0)
    size = abs(difference.baseline)
    low = by.value if by.low is None else by.low
    high = by.value if by.high is None else by.high
    return low / size, by.value / size, high / size


def _handles(found: Comparison, names: Sequence[str]) -> list[Any]:
    """Legend of the verdicts that occur."""
    seen = {contrast.differences[name].seen for contrast in found.contrasts for name in names}
    labels = {Seen.HIGHER: "higher or lower", Seen.LOWER: "higher or lower"}
    handles: dict[str, Any] = {}
    for verdict, (marker, colour, face) in _LOOKS.items():
        if verdict in seen:
            label = labels.get(verdict, str(verdict))
            look: dict[str, Any] = {"color": colour, "markerfacecolor": face, "linewidth": 2, "markersize": 7}
            handles[label] = Line2D([], [], marker=marker, label=label, **look)
    return list(handles.values())
