"""How do figures read on a terminal? Tables for a planner: figure, value, how sure, target met or not.

No number and no name is ever cut: where a table is too wide, it does without its least important columns, or
goes on below itself.
"""

from __future__ import annotations

import datetime as dt
import os
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import StringIO
from math import isnan

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from sim.kpis.definitions import BY_NAME, KPIS, Kpi, Peak, Quantile, Ratio
from sim.kpis.estimate import Estimates, Figure
from sim.kpis.intervals import FEW, unseen
from sim.kpis.loops import By
from sim.kpis.targets import Bound, Verdict, named, verdicts
from sim.kpis.waterfall import waterfall
from sim.scenario.figures import TARGETS
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S, clock_text
from sim.studies.promises import why_never

SECTIONS = {"satisfaction": "Satisfaction (assumed)"}
"""Titles of sections that are not their name."""
ASSUMED = "Satisfaction is what the model in the scenario's [quality] gives: an assumption, nothing measured."

ACROSS = {by: tuple(kpi.name for kpi in KPIS if by in kpi.shown.across) for by in By}
"""Columns of each breakdown."""
ENOUGH_FOR_MEANS, ENOUGH_FOR_PERCENTILES = 20, 100
"""Replications from which on intervals without a mark hold."""
Row = Sequence[str | Text]
PIPED_WIDTH = 110
"""Letters a line where nobody says how wide it is."""
_SAME_SEED = " (the same seed gives the same result)"
_MOST_DECIMALS = 9
"""Of a figure that is hardly off its target."""
_BOUNDLESS = 100_000
"""Letters a line on which every table has the width it needs."""


class Terminal:
    """Where tables are shown: stdout, in colour and as wide as it is, or as text for a file or a pipe.

    If *wide*, tables have all their columns, however many lines of the terminal that makes; sentences don't.
    """

    def __init__(self, *, wide: bool = False) -> None:
        self._console = Console()
        is_bound = self._console.is_terminal or "COLUMNS" in os.environ
        self._sentence = self._console.width if is_bound else PIPED_WIDTH
        self.width = _BOUNDLESS if wide else self._sentence
        """Letters a line."""

    def text(self, parts: Iterable[RenderableType]) -> str:
        """Text of tables, one below the other, each as wide as it needs."""
        page = Console(
            file=StringIO(),
            width=_BOUNDLESS,
            force_terminal=self._console.is_terminal,
            no_color=self._console.no_color,
            # Names are text and nothing else, whatever brackets and colons they have.
            markup=False,
            emoji=False,
            highlight=False,
        )
        with page.capture() as captured:
            for part in _single(parts):
                is_bound = self.width == _BOUNDLESS and isinstance(part, Text)
                page.print(part, width=self._sentence if is_bound else None)
        return captured.get().rstrip("\n")


def _single(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """Parts, and parts of groups of them, one by one."""
    for part in parts:
        if isinstance(part, Group):
            yield from _single(part.renderables)
        else:
            yield part


def number(value: float | None, unit: str, beside: float | None = None) -> str:
    """Text of a figure: shares as per cent, the rest with as many digits as can be read.

    Where a figure stands *beside* another, its target, it has as many as show on which side of it it is.

    >>> number(0.8768, "share"), number(1234.5, "chats"), number(3.14159, "s"), number(None, "s")
    ('87.7 %', '1,234', '3.14', '–')
    >>> number(0.0502, "share", 0.05), number(60.004, "s", 60.0), number(60.0, "s", 60.0)
    ('5.02 %', '60.004', '60.0')
    """
    if value is None:
        return "–"
    if unit == "share":
        return f"{_digits(100 * value, 1, None if beside is None else 100 * beside)} %"
    return _digits(value, 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2, beside)


def _digits(value: float, decimals: int, beside: float | None) -> str:
    """A number with so many decimals, or as many more as show on which side of another it is."""
    if beside is None:
        return f"{value:,.{decimals}f}"
    other = round(beside, _MOST_DECIMALS)  # a share in per cent may have dust at its end
    for more in range(decimals, _MOST_DECIMALS):
        rounded = round(value, more)
        if (rounded < other, rounded > other) == (value < beside, value > beside):
            return f"{value:,.{more}f}"
    return f"{value:,.{decimals}f}"


def target_text(bound: Bound) -> str:
    """Text of a target, none of whose digits is rounded off: ``≤ 5.25 %``."""
    return f"{SIGNS[bound.side]} {with_unit(bound.counted, bound.value, bound.value)}"


def with_unit(kpi: Kpi, value: float | None, beside: float | None = None) -> str:
    """Text of a figure with its unit; *beside* its target with the digits that it takes."""
    text = number(value, kpi.unit, beside)
    return text if value is None or kpi.unit == "share" else f"{text} {kpi.unit}"


UNSURE = "In brackets: met or missed, but not for sure."
"""What brackets around the mark of a target mean."""
FEW_SIGN = " *"
"""Mark of an interval that fewer than five replications carry."""
ALIKE = "all alike"
"""In place of an interval, where all replications say the same."""


def interval(figure: Figure, unit: str) -> str:
    """Text of a 95 % interval, with its mark; of its lower end where there is no upper."""
    if figure.alike:
        return ALIKE
    if figure.low is None:
        return ""
    ends = (
        f"≥ {number(figure.low, unit)}"
        if figure.high is None
        else f"{number(figure.low, unit)} … {number(figure.high, unit)}"
    )
    return ends + FEW_SIGN * figure.few_days


def caveats(n: int, figures: Iterable[tuple[Kpi, Figure]]) -> list[str]:
    """What the marks of some *figures* over *n* replications mean, and what so few of them can't tell."""
    if n < 2:
        return []
    if n == 2:
        return ["Two replications give no interval: it takes three, and for most figures a hundred."]
    some, told = list(figures), []
    if any(figure.few_days and not figure.alike for _, figure in some):
        carried = f"fewer than {FEW} of {n:,} replications carry this figure, all others being alike"
        told.append(
            f"*: {carried if n >= FEW else f'{n} replications are fewer than {FEW}'}. The "
            "interval may be far too short, for worse ones may come: more replications (-n) tell."
        )
    if any(figure.alike for _, figure in some):
        told.append(
            f"{ALIKE.capitalize()}: the same in each of {n:,} replications, which says no more than that "
            f"fewer than {100 * unseen(n):.2g} % of all differ."
        )
    if any(figure.high is None and figure.low is not None for _, figure in some):
        told.append("≥: so few replications set no upper limit.")
    if n < ENOUGH_FOR_PERCENTILES:
        if n < ENOUGH_FOR_MEANS:
            told.append(
                f"{n:,} replications are few: intervals hold less often than 95 times in 100. Those with no "
                f"mark do from {ENOUGH_FOR_MEANS} on; of percentiles, from {ENOUGH_FOR_PERCENTILES}."
            )
        elif any(isinstance(kpi.form, Quantile) for kpi, _ in some):
            told.append(
                f"From {n:,} replications, intervals of percentiles hold about 90 times in 100; from "
                f"{ENOUGH_FOR_PERCENTILES} on, 95 times."
            )
    return told


def summary(
    scenario: Scenario, estimates: Estimates, seed: int, width: int = PIPED_WIDTH, *, everything: bool = False
) -> RenderableType:
    """Targets first, then the figures in sections; as far as it can, within a *width*."""
    days = "1 day" if scenario.days == 1 else f"{scenario.days} days"
    runs = "1 replication" if estimates.n == 1 else f"{estimates.n} replications"
    head = Text(scenario.name, style="bold")
    basis = Text(f"{days}, {runs}, seed {seed}")
    if len(basis) + len(_SAME_SEED) <= width:
        basis.append(_SAME_SEED)
    parts: list[RenderableType] = [head, basis]
    promise = verdicts(estimates, scenario)
    if promise:
        parts.append(_targets(promise, scenario, width))
    shown = list(_shown(estimates, everything=everything))
    parts.append(_figures(shown, estimates.n, width))
    bound = [(BY_NAME[verdict.bound.kpi], verdict.figure) for verdict in promise]
    unsure = any(verdict.met is not None and not verdict.sure for verdict in promise)
    notes = [UNSURE] if unsure else []
    notes += [ASSUMED] if any(kpi.section == "satisfaction" for kpi, _ in shown) else []
    return Group(*parts, *below([*caveats(estimates.n, bound + shown), *notes], width))


def hours(scenario: Scenario, estimates: Estimates) -> RenderableType | None:
    """From paid hours to hours on duty: what each cause takes, group by group; None if none does."""
    rows: list[Row | None] = []
    for name, steps in waterfall(scenario, estimates):
        if len(steps) > 2:
            rows += [None, [Text(name, style="bold")]]
            rows += [
                [
                    f"  {step.title}",
                    "" if step.share is None else number(step.share, "share"),
                    number(step.hours, "h"),
                ]
                for step in steps
            ]
    columns = [Column(""), Column("Share", justify="right"), Column("h", justify="right")]
    return _table("From paid hours to hours on duty", columns, rows) if rows else None


def figures_known(width: int) -> RenderableType:
    """All key figures: name, unit, which way is better, definition and source."""
    columns = [Column("Name", no_wrap=True), Column("Unit"), Column("Better"), Column("Definition", ratio=1)]
    rows: list[Row | None] = []
    section = None
    for kpi in KPIS:
        if kpi.section != section:
            section = kpi.section
            rows += [None, [Text(section.capitalize(), style="bold")]]
        told = f"{kpi.title}: {kpi.definition} [{kpi.source.split(', http')[0]}]"
        rows.append([kpi.name, kpi.unit, "" if kpi.better == "neither" else kpi.better, Text(told)])
    table = _table("Key figures", columns, rows)
    table.width = width
    return table


MADE = {
    Ratio: "One sum over another: both add up over intervals, queues, days and replications.",
    Quantile: "A percentile of the values of all replications together.",
    Peak: "The highest value of a replication; over several, the mean of theirs.",
}
"""How figures of each form are made."""


def figure_known(kpi: Kpi, width: int) -> RenderableType:
    """One key figure: name, unit, which way is better, definition, source and how it is made."""
    better = {"higher": "higher is better", "lower": "lower is better"}.get(kpi.better)
    head = Text(kpi.title, style="bold")
    head.append(f"  {', '.join(part for part in (kpi.name, kpi.unit, better) if part)}", style="not bold")
    parts = [str(by) for by in By if by in kpi.form.breakdowns - {By.OVERALL}]
    keys = " and ".join(key for key, target in TARGETS.items() if target.figure == kpi.name)
    said = [kpi.definition, f"Source: {kpi.source}", MADE[type(kpi.form)], f"By: {', '.join(parts)}."]
    said += [f"As a target: {keys}."] if keys else []
    return Group(
        head,
        *(
            Text(
                textwrap.fill(
                    line, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
                )
            )
            for line in said
        ),
        Text(),
    )


def _table(title: str, columns: Sequence[str | Column], rows: Iterable[Row | None]) -> Table:
    """Table of *rows*; None begins a new section."""
    table = Table(*columns, box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    for row in rows:
        if row is None:
            table.add_section()
        else:
            table.add_row(*row)
    return table


def _width(table: Table) -> int:
    """Letters that a table needs."""
    return Console(width=_BOUNDLESS, markup=False, emoji=False).measure(table).maximum


def narrowed(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row | None],
    width: int,
    spare: Sequence[int],
    fold: str = "",
) -> Table:
    """Table without as many of its *spare* columns, by place, as must go for it to fit into a *width*.

    Before any goes, what is in brackets behind *fold* goes on a line of its own, if that is given; after all
    have gone, cells of columns that may be folded go on below themselves.
    """
    kept = list(range(len(columns)))
    if fold and _width(_table(title, [replace(column, _cells=[]) for column in columns], rows)) > width:
        rows = [
            row and [cell.replace(fold, "\n(") if isinstance(cell, str) else cell for cell in row]
            for row in rows
        ]
    while True:
        cells = [row and [row[k] for k in kept if k < len(row)] for row in rows]
        # A column belongs to one table, so each table gets copies.
        table = _table(title, [replace(columns[k], _cells=[]) for k in kept], cells)
        gone = [
            str(columns[k].header).replace("\n", " ") for k in spare if k not in kept and columns[k].header
        ]
        if gone:
            hint = f"  {' and '.join(gone)}: on a wider terminal, or --wide"
            hint = hint if len(hint) <= width else "  More: on a wider terminal, or --wide"
            table.caption = Text(hint, no_wrap=True, overflow="ignore")
            table.caption_justify = "left"
        dropped = next((k for k in spare if k in kept), None)
        if dropped is None and any(column.overflow == "fold" for column in table.columns):
            table.width = min(width, _width(table))
        if dropped is None or _width(table) <= width:
            return table
        kept.remove(dropped)


SIGNS = {"at least": "≥", "at most": "≤"}
"""How the sides of targets read."""


def _targets(promise: list[Verdict], scenario: Scenario, width: int) -> Table:
    columns = [
        Column(""),
        Column("Figure"),
        Column("Target"),
        Column("Value", justify="right"),
        Column("95 % interval", justify="right"),
        Column("Verdict"),
    ]
    rows: list[Row | None] = []
    for verdict in promise:
        bound, kpi = verdict.bound, BY_NAME[verdict.bound.kpi]
        rows.append(
            [
                verdict_mark(verdict),
                named(bound, scenario),
                target_text(bound),
                with_unit(kpi, verdict.figure.value, bound.value),
                interval(verdict.figure, kpi.unit),
                _remark(verdict),
            ]
        )
    return narrowed("Targets", columns, rows, width, spare=(5, 4))


def unmeasured(scenario: Scenario, promise: Iterable[Verdict]) -> list[str]:
    """Say of each target without a figure why there is none."""
    return [
        f"{verdict.bound.key} can't be measured: {why_never(scenario, verdict.bound)}"
        for verdict in promise
        if verdict.met is None
    ]


def verdict_mark(verdict: Verdict) -> Text:
    """Mark of a target, in brackets where it is not sure."""
    if verdict.met is None:
        return Text("–")
    mark = mark_of(kept=verdict.met)
    return mark if verdict.sure else Text.assemble("(", mark, ")")


def mark_of(*, kept: bool) -> Text:
    """Mark of what is as it should be, or not."""
    return Text("✓", style="bold blue") if kept else Text("✗", style="bold yellow")


def _remark(verdict: Verdict) -> str:
    if verdict.met is None:
        return "not measured in this scenario"
    said = "met" if verdict.met else "missed"
    if verdict.sure:
        return said
    if verdict.figure.alike:
        return f"{said} in all replications, but they are few"
    return f"{said} (no interval)" if verdict.figure.low is None else f"{said}, not for sure"


def below(notes: Iterable[str], width: int) -> list[Text]:
    """Notes below a table."""
    return [
        Text(textwrap.fill(note, width, initial_indent="  ", subsequent_indent="  "), style="dim")
        for note in notes
    ]


def _figures(shown: Iterable[tuple[Kpi, Figure]], n: int, width: int) -> Table:
    columns = [
        Column("Figure"),
        Column("Value", justify="right"),
        Column(""),
        Column("95 % interval", justify="right"),
        Column("10–90 % of replications", justify="right"),
    ]
    rows: list[Row | None] = []
    section = None
    for kpi, figure in shown:
        if kpi.section != section:
            section = kpi.section
            rows += [None, [Text(SECTIONS.get(section, section.capitalize()), style="bold")]]
        spread = f"{number(figure.p10, kpi.unit)} … {number(figure.p90, kpi.unit)}" if n > 1 else ""
        unit = "" if kpi.unit == "share" else kpi.unit
        value = number(figure.value, kpi.unit)
        rows.append([f"  {kpi.title}", value, unit, interval(figure, kpi.unit), spread])
    return narrowed("Key figures", columns, rows, width, spare=(4, 3))


def _shown(estimates: Estimates, *, everything: bool) -> Iterator[tuple[Kpi, Figure]]:
    for kpi in KPIS:
        figure = estimates.figure(kpi.name)
        is_empty = figure.value is None or (kpi.section == "volume" and figure.value == 0)
        is_empty = is_empty or _is_idle(estimates, kpi.name)
        if everything or (kpi.shown.usual and not (is_empty and kpi.name not in {"offered", "missed_rate"})):
            yield kpi, figure


def _is_idle(estimates: Estimates, name: str) -> bool:
    """Whether a figure says nothing in this scenario."""
    if name == "completion":  # then it is what missed leaves
        return estimates.figure("served").value == estimates.figure("answered").value
    if name in {"successful", "success_rate"}:  # there is no model of resolution
        return estimates.figure("resolution").value is None
    idle = BY_NAME[name].shown.idle
    return idle is not None and estimates.figure(idle[0]).value == idle[1]


def breakdown(scenario: Scenario, estimates: Estimates, by: By, width: int = PIPED_WIDTH) -> RenderableType:
    """One row a cell of a breakdown; intervals and days in which nothing happens are left out.

    What does not fit beside each other in a *width* stands in several tables, one below the other.
    """
    known = [name for name in ACROSS[by] if estimates.figure(name).value is not None]
    names = [name for name in known if not _is_idle(estimates, name)]
    values = {name: estimates.values(name, by) for name in names}
    shown = [
        cell
        for cell in range(len(labels(scenario, by)))
        if by in {By.QUEUE, By.GROUP} or any(column[cell] > 0 for column in values.values())
    ]
    names_of_cells = [Text(labels(scenario, by)[cell]) for cell in shown]

    def table(some: Sequence[str]) -> Table:
        columns = [Column(by.capitalize()), *(column_of(name) for name in some)]
        cells = [[_cell(name, values[name][cell]) for name in some] for cell in shown]
        rows: list[Row] = [[label, *row] for label, row in zip(names_of_cells, cells, strict=True)]
        title = f"By {by}" if not tables else f"By {by}, continued"
        return _table(title, columns, rows)

    tables: list[Table] = []
    rest = names
    while rest or not tables:
        n = len(rest)
        while n > 1 and _width(table(rest[:n])) > width:
            n -= 1
        tables.append(table(rest[:n]))
        rest = rest[n:]
    return Group(*tables)


def column_of(name: str) -> Column:
    """Column of a figure: its short head and its unit."""
    kpi = BY_NAME[name]
    return Column(f"{kpi.shown.head}\n{'%' if kpi.unit == 'share' else kpi.unit}", justify="right")


def _cell(name: str, value: float) -> str:
    return number(None if isnan(value) else value, BY_NAME[name].unit).removesuffix(" %")


def labels(scenario: Scenario, by: By) -> list[str]:
    """Names of the cells of a breakdown."""
    match by:
        case By.OVERALL:
            return [scenario.name]
        case By.QUEUE:
            return [queue.name for queue in scenario.queues]
        case By.GROUP:
            return [group.name for group in scenario.groups]
        case By.DAY:
            return [day_text(scenario, day) for day in range(scenario.days)]
        case By.INTERVAL:
            starts = [k * scenario.interval_s for k in range(scenario.days * scenario.intervals_per_day)]
            if scenario.days == 1:
                return [clock_text(start) for start in starts]
            return [f"{day_text(scenario, int(start // DAY_S))} {clock_text(start)}" for start in starts]


def day_text(scenario: Scenario, day: int) -> str:
    """Weekday and date of a day of the scenario."""
    return f"{scenario.start + dt.timedelta(days=day):%a %Y-%m-%d}"
