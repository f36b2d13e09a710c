"""How does a result read on a terminal? Targets, sentences and tables, as far as they fit.

No number and no name is ever cut: where a table is too wide, it does without its least important columns, or
goes on below itself.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Column as Ruled
from rich.table import Table as Grid
from rich.text import Text

from sim.kpis.estimate import Quantity
from sim.report.numbers import (
    HARD,
    UNSURE,
    digits,
    heading,
    interval,
    number,
    reach,
    sign,
    signed,
    target_text,
    time_of_day,
    with_unit,
)
from sim.report.result import PER_ROW, Column, Judged, Result, Row, Table

PIPED_WIDTH = 110
"""Letters a line where nobody says how wide it is."""
_BOUNDLESS = 100_000
"""Letters a line on which every table has the width it needs."""
_LATE, _LATER = 90, 91
"""Places of the band of days, and after it of the 95 % interval, in the order in which columns go."""


class Terminal:
    """Where tables are shown: stdout, in colour and as wide as it is, or as text for a file or a pipe.

    If *wide*, tables have all their columns, however many lines of the terminal that makes; sentences don't.
    """

    def __init__(self, *, wide: bool = False) -> None:
        self._console = Console()
        is_bound = self._console.is_terminal or "COLUMNS" in os.environ
        self.sentence = self._console.width if is_bound else PIPED_WIDTH
        """Letters a line of sentences."""
        self.width = _BOUNDLESS if wide else self.sentence
        """Letters a line of tables."""

    def text(self, parts: Iterable[RenderableType]) -> str:
        """Text of tables, one below the other, each as wide as it needs."""
        return _printed(parts, is_terminal=self._console.is_terminal, no_color=self._console.no_color)


def _printed(parts: Iterable[RenderableType], *, is_terminal: bool, no_color: bool) -> str:
    """Text of parts on a page without edges. Names are text, whatever brackets and colons they have."""
    page = Console(
        file=StringIO(), width=_BOUNDLESS, force_terminal=is_terminal, no_color=no_color,
        markup=False, emoji=False, highlight=False,
    )  # fmt: skip
    with page.capture() as captured:
        for part in parts:
            page.print(part)
    return captured.get().rstrip("\n")


def text(result: Result, *, wide: bool = False, tables: Collection[str] = ()) -> str:
    """A *result* as a terminal shows it; *tables*: names of some that are not shown unless asked for."""
    terminal = Terminal(wide=wide)
    return terminal.text(parts(result, terminal.width, terminal.sentence, tables))


def plain(result: Result, width: int = PIPED_WIDTH, tables: Collection[str] = ()) -> str:
    """A *result* as text without colours, within a *width*."""
    return _printed(parts(result, width, width, tables), is_terminal=False, no_color=True)


def parts(
    result: Result, width: int, sentence: int, tables: Collection[str] = ()
) -> Iterator[RenderableType]:
    """Title and basis, the answer, targets, tables, and the other sentences."""
    yield filled(result.title, sentence, style="bold")
    for line in filter(None, result.head.basis.split("\n")):
        yield Text(textwrap.fill(line, sentence).replace(HARD, " "))
    first, *others = result.words or ("",)
    if first:
        yield filled(first, sentence)
    if result.judged:
        yield _targets(result.judged, width)
        unsure = any(each.met is not None and not each.sure for each in result.judged)
        yield from below([UNSURE] if unsure else [], sentence)
    for table in result.tables:
        if table.is_shown or table.name in tables:
            yield from grids(table, width)
            yield from below(table.notes, sentence)
    for line in others:
        yield filled(line, sentence)


def filled(line: str, width: int, *, style: str = "") -> Text:
    """A sentence on as many lines as it takes."""
    return Text(textwrap.fill(line, width, subsequent_indent="  ", break_on_hyphens=False), style=style)


def below(notes: Iterable[str], width: int) -> list[Text]:
    """Notes below a table."""
    return [
        Text(textwrap.fill(note, width, initial_indent="  ", subsequent_indent="  "), style="dim")
        for note in notes
    ]


def mark(met: bool | None, *, sure: bool = True) -> Text:
    """Mark of a target: met or missed, in brackets where it is not sure; – where it could not be judged."""
    if met is None:
        return Text("–")
    found = Text("✓", style="bold blue") if met else Text("✗", style="bold yellow")
    return found if sure else Text.assemble("(", found, ")")


# Tables


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column of text."""

    head: str
    cell: Callable[[Row], str | Text]
    right: bool = False
    spare: int = 0
    fold: bool = False
    """Whether words may go on below themselves."""
    breaks: bool = False
    """Whether what is in brackets may stand on a line of its own."""


def grids(table: Table, width: int) -> Iterator[Grid]:
    """A table for a terminal; several, one below the other, where it wraps and is wider than a *width*."""
    rows = list(_rows(table))
    if not table.wraps:
        yield _narrowed(table.title, _columns(table), rows, width)
        return
    first, *rest = [_Written.of(column, rows) for column in _columns(table)]
    title = table.title
    while rest or title == table.title:
        n = len(rest)
        while n > 1 and _width([first, *rest[:n]], rows) > width:
            n -= 1
        yield _grid(title, [first, *rest[:n]], rows)
        rest, title = rest[n:], f"{table.title}, continued"


def _rows(table: Table) -> Iterator[Row | str | None]:
    """Rows of a table with headings of sections, and None where a line is drawn."""
    before: Row = {}
    for row in table.shown_rows:
        if table.section and row[table.section] != before.get(table.section):
            yield None
            yield str(row[table.section])
        elif table.divide and before and row[table.divide] != before[table.divide]:
            yield None
        yield {**row, table.divide: ""} if _repeats(table, row, before) else row
        before = row


def _repeats(table: Table, row: Row, before: Row) -> bool:
    """Whether a row says again what the one before it says of what divides them."""
    is_words = isinstance(row.get(table.divide), str)
    return is_words and bool(before) and row[table.divide] == before[table.divide]


def _columns(table: Table) -> list[_Shown]:
    """Columns of text of a table: a quantity makes up to three, and a unit may stand between them.

    Where a unit comes after words, it stands in brackets behind them.
    """
    shown = [column for column in table.columns if column.is_shown and column.name != table.section]
    names = [column.name for column in shown]
    found: list[_Shown] = []
    for place, column in enumerate(shown):
        if column.name != "unit":
            beside = names[place + 1 : place + 2] == ["unit"]
            indent = "  " * (place == 0 and bool(table.section))
            found += _texts(column, indent, beside=beside, bare="unit" in names[:place])
        elif place and shown[place - 1].unit != PER_ROW:
            found[-1] = _with_unit(found[-1])
    return found


def _with_unit(column: _Shown) -> _Shown:
    """A column of words, with the unit of their row in brackets behind them."""

    def cell(row: Row) -> str:
        unit = sign(row["unit"])
        return f"{column.cell(row)} [{unit}]" if unit else str(column.cell(row))

    return replace(column, cell=cell)


def _texts(column: Column, indent: str, *, beside: bool, bare: bool) -> list[_Shown]:
    """Columns of text of a column.

    Its cells are *bare* where a column before it has their unit. Where one stands right *beside* them, shares
    keep their sign, and other units stand there.
    """
    name, head, spare = column.name, column.title, column.spare
    if column.form in {"text", "setting", "clock", "flag"}:
        writers: dict[str, Callable[[Any, str], str]] = {"clock": time_of_day, "flag": _flag}
        write = writers.get(column.form, _words)
        right, fold = column.form == "setting", column.look == "span"
        return [_Shown(head, lambda row: indent + write(row[name], name), right, spare, fold, breaks=fold)]
    is_difference = column.form == "difference"

    def unit(row: Row) -> str:
        return str(row["unit"]) if column.unit == PER_ROW else column.unit

    def value(row: Row) -> str | Text:
        has_sign = column.unit == PER_ROW and not bare and (not beside or unit(row) == "share")
        return _value(row[name], unit(row), column, has_sign=has_sign)

    head = head if column.unit == PER_ROW else heading(head, sign(column.unit, is_difference=is_difference))
    texts = [_Shown(head, value, right=True, spare=spare, breaks=column.look == "span")]
    if beside:
        texts.append(_Shown("", lambda row: "" if row["unit"] == "share" else str(row["unit"])))
    if column.look in {"interval", "spread"}:
        texts.append(
            _Shown(
                "95 % interval",
                lambda row: interval(row[name], unit(row), is_difference=is_difference) if row[name] else "",
                right=True,
                spare=_LATER,
            )
        )
    if column.look == "spread":
        texts.append(
            _Shown(
                "10–90 % of replications", lambda row: _spread(row[name], unit(row)), right=True, spare=_LATE
            )
        )
    return texts


def _flag(cell: bool | None, _: str) -> str:
    return mark(cell).plain


def _words(cell: Any, _: str) -> str:
    """A cell of words; a number among them as it is."""
    if cell is None:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _value(cell: Any, unit: str, column: Column, *, has_sign: bool) -> str | Text:
    """A cell of numbers, with its unit where that stands in cells."""
    if cell is None:
        return "–"
    if isinstance(cell, Judged):
        return _verdict(cell, unit, column, has_sign=has_sign)
    if isinstance(cell, Quantity):
        return _quantity(cell, unit, column, has_sign=has_sign)
    if isinstance(cell, int):
        return f"{cell:,}"
    if column.look == "digits":
        return f"{digits(cell, unit)}{' %' * (unit == 'share')}"
    return _number(cell, unit, has_sign=has_sign)


def _quantity(
    cell: Quantity, unit: str, column: Column, beside: float | None = None, *, has_sign: bool
) -> str:
    """A quantity, and in the same cell how sure it is if the column looks so."""
    if column.form == "difference":
        return "–" if cell.value is None else signed(cell.value, unit, bare=not has_sign)
    words = _number(cell.value, unit, beside, has_sign=has_sign)
    if column.look == "reach":
        return f"{words} {reach(cell, unit)}".rstrip()
    if column.look != "span" or cell.low is None:
        return words
    ends = interval(cell, unit)
    return f"{words} ({ends if has_sign else ends.replace(' %', '')})"


def _verdict(cell: Judged, unit: str, column: Column, *, has_sign: bool) -> Text:
    """A quantity that has a target, and its mark."""
    beside = None if column.look == "reach" else cell.bound
    words = _quantity(cell.quantity, unit, column, beside, has_sign=has_sign)
    if column.look == "misses":
        return Text.assemble(words, " ", mark(cell.met)) if cell.met is False else Text(words)
    if cell.bound is None or cell.met is None:
        return Text(words if cell.bound is None else f"{words}  – ")
    return Text.assemble(words, " " * (1 + cell.sure), mark(cell.met, sure=cell.sure), " " * cell.sure)


def _number(value: float | None, unit: str, beside: float | None = None, *, has_sign: bool) -> str:
    return with_unit(unit, value, beside) if has_sign else number(value, unit, beside).removesuffix(" %")


def _spread(cell: Quantity | None, unit: str) -> str:
    """Text of the band in which 80 % of the replications lie."""
    if cell is None or cell.p10 is None or cell.p90 is None:
        return ""
    return f"{number(cell.p10, unit)} … {number(cell.p90, unit)}"


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    """A column whose cells are written: once, however many columns have to go for a table to fit."""

    column: _Shown
    cells: tuple[Text, ...]
    """One for each row that is no heading."""
    width: int
    """Letters of the widest line."""

    @classmethod
    def of(cls, column: _Shown, rows: Sequence[Row | str | None]) -> _Written:
        """Write the cells of a column."""
        cells = tuple(_styled(column.cell(row)) for row in rows if isinstance(row, Mapping))
        return cls(column, cells, _widest([column.head, *(cell.plain for cell in cells)]))


def _widest(texts: Iterable[str]) -> int:
    """Letters of the widest line of some texts."""
    return max((cell_len(line) for text in texts for line in text.splitlines()), default=0)


def _grid(title: str, written: Sequence[_Written], rows: Sequence[Row | str | None]) -> Grid:
    """Table of text; None begins a new section, and a string is its heading."""
    columns = [each.column for each in written]
    folds = any(column.fold for column in columns)
    heads = [
        Ruled(
            column.head,
            justify="right" if column.right else "left",
            overflow="fold" if column.fold else "ellipsis",
            no_wrap=folds and not column.fold,
        )
        for column in columns
    ]
    grid = Grid(*heads, box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    place = 0
    for row in rows:
        if row is None:
            grid.add_section()
        elif isinstance(row, str):
            grid.add_row(Text(row, style="bold"))
        else:
            grid.add_row(*(each.cells[place] for each in written))
            place += 1
    return grid


def _styled(cell: str | Text) -> Text:
    """Text with its marks in colour."""
    if isinstance(cell, Text):
        return cell
    found = Text(cell)
    for sign_, style in (("✓", "bold blue"), ("✗", "bold yellow")):
        if sign_ in cell:
            found.highlight_words([sign_], style)
    return found


def _width(written: Sequence[_Written], rows: Sequence[Row | str | None]) -> int:
    """Letters that a table needs: cells with a blank on each side, and one between, before and after columns.

    Headings stand in the first column.
    """
    if not written:
        return 0
    first = max(written[0].width, _widest(row for row in rows if isinstance(row, str)))
    return first + sum(each.width for each in written[1:]) + 3 * len(written) + 1


def _narrowed(title: str, columns: list[_Shown], rows: Sequence[Row | str | None], width: int) -> Grid:
    """Table without as many of its spare columns as must go for it to fit into a *width*, and which they are.

    Before any goes, brackets may stand on lines of their own; after all have gone, cells of columns that may
    be folded go on below themselves.
    """
    kept, gone = [_Written.of(column, rows) for column in columns], list[_Shown]()
    if any(column.breaks for column in columns) and _width(kept, rows) > width:
        kept = [_Written.of(_broken(each.column), rows) if each.column.breaks else each for each in kept]
    while _width(kept, rows) > width and (spare := [each for each in kept if each.column.spare]):
        least = min(spare, key=lambda each: each.column.spare)
        gone.append(least.column)
        kept.remove(least)
    grid = _grid(title, kept, rows)
    if names := [column.head.replace("\n", " ") for column in gone if column.head]:
        hint = f"  {' and '.join(names)}: on a wider terminal, or --wide"
        hint = hint if len(hint) <= width else "  More: on a wider terminal, or --wide"
        grid.caption = Text(hint, no_wrap=True, overflow="ignore")
        grid.caption_justify = "left"
    if any(each.column.fold for each in kept) and not any(each.column.spare for each in kept):
        grid.width = min(width, _width(kept, rows))
    return grid


def _broken(column: _Shown) -> _Shown:
    """A column whose brackets stand on a line of their own."""
    return replace(column, cell=lambda row: str(column.cell(row)).replace("  (", "\n(").replace(" (", "\n("))


def _targets(judged: Sequence[Judged], width: int) -> Grid:
    """Every target: its mark, what was found, and what that means."""
    has_worst = any(each.worst is not None for each in judged)
    columns = [
        _Shown(
            "", lambda row: mark(row["of"].met, sure=row["of"].sure) if row["of"].bound is not None else ""
        ),
        _Shown("Figure", lambda row: _title(row["of"])),
        _Shown("Target", lambda row: _bound(row["of"])),
        _Shown("Value", lambda row: _found(row["of"], row["of"].quantity.value), right=True),
        _Shown(
            "95 % interval", lambda row: interval(row["of"].quantity, row["of"].unit), right=True, spare=2
        ),
    ]
    if has_worst:
        columns.append(_Shown("Worst interval", lambda row: _worst(row["of"]), right=True, spare=3))
    columns.append(_Shown("Verdict", lambda row: remark(row["of"]), spare=1))
    return _narrowed("Targets", columns, [{"of": each} for each in judged], width)


def _title(each: Judged) -> str:
    return f"{each.title}, {each.where}" if each.where else each.title


def _bound(each: Judged) -> str:
    return "" if each.bound is None else target_text(each.unit, each.bound, each.side)


def _found(each: Judged, value: float | None) -> str:
    return (
        ""
        if value is None and each.worst is None and each.bound is None
        else with_unit(each.unit, value, each.bound)
    )


def _worst(each: Judged) -> str:
    return "" if each.worst is None else with_unit(each.unit, each.worst, each.bound)


def remark(each: Judged) -> str:
    """What a verdict means, and how sure it is."""
    if each.bound is None:
        return ""
    if each.met is None:
        return "not measured in this scenario" if each.quantity.value is None else "not judged"
    said = "met" if each.met else "missed"
    if each.sure:
        return said
    if each.quantity.alike:
        return f"{said} in all replications, but they are few"
    return f"{said} (no interval)" if each.quantity.low is None else f"{said}, not for sure"
