"""How do tables stand in a document? As on a terminal, in its language, as far as a page has room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.table import Table as Rich
from rich.text import Text

from sim.kpis.definitions import BY_NAME
from sim.report.documents.answers import change_name
from sim.report.documents.content import Grid, Words
from sim.report.documents.local import Local
from sim.report.numbers import interval
from sim.report.plots.style import clocks
from sim.report.result import Column, Judged, Result, Row, Table
from sim.report.text import grids as terminal_grids

PAGE_LETTERS = 118
"""Letters in a line of a page: wider tables do without their least important columns."""
OF_DAY = (
    "offered", "missed_rate", "service_level", "asa_s", "response_s", "agents", "occupancy",
)  # fmt: skip
"""Figures of the day's table, besides those that targets bind."""
MOST_OF_DAY = 48
"""Rows of the day's table; days that are longer are told day by day."""


def grids(table: Table, local: Local) -> Iterator[Grid]:
    """A *table* as people are shown it, in a language; more than one where it goes on below itself."""
    for rich in terminal_grids(table, PAGE_LETTERS):
        yield _grid(rich, local, table)


def _grid(rich: Rich, local: Local, table: Table) -> Grid:
    heads = [str(column.header) for column in rich.columns]
    right = tuple(column.justify == "right" for column in rich.columns)
    cells = [[_plain(cell) for cell in column.cells] for column in rich.columns]
    rows: list[tuple[str, ...]] = []
    for k in range(rich.row_count):
        row = [column[k] for column in cells]
        if len(row) > 1 and row[0].strip() and not any(row[1:]):
            rows.append((_word(row[0].strip(), local),))
        else:
            rows.append(
                tuple(
                    local.cell(cell) if at_right else _word(cell, local)
                    for cell, at_right in zip(row, right, strict=True)
                )
            )
    title = str(rich.title)
    known = [line for head in heads for line in head.split("\n") if line]
    is_english = not all(local.knows(each) for each in (title, *known))
    notes = _notes(table, local)
    return Grid(
        local.name(title), tuple(_head(head, local) for head in heads), right, tuple(rows), notes, is_english
    )


def _notes(table: Table, local: Local) -> tuple[Words, ...]:
    return tuple(Words(local.name(note), not local.knows(note), "note") for note in table.notes)


def _plain(cell: object) -> str:
    return cell.plain.rstrip() if isinstance(cell, Text) else str(cell).rstrip()


def _word(cell: str, local: Local) -> str:
    """Words of a cell: those of our own tables in this language, names as they are."""
    words = cell.lstrip()
    ours, blank, theirs = words.partition(" ")
    told = f"{local.name(ours)}{blank}{theirs}" if ours == "after" else local.name(words)
    return cell[: len(cell) - len(words)] + told


def _head(head: str, local: Local) -> str:
    return "\n".join(local.name(line) for line in head.split("\n"))


def targets(result: Result, local: Local) -> Grid | None:
    """The targets and what became of them; None where there is none."""
    found = [each for each in result.judged if each.bound is not None]
    if not found:
        return None
    has_worst = any(each.worst is not None for each in found)
    heads = [
        "", "Figure", "Target", "Value", "95 % interval", *(["Worst interval"] * has_worst), "Verdict",
    ]  # fmt: skip
    rows = tuple(tuple(_target(each, local, has_worst=has_worst)) for each in found)
    right = (False, False, False, True, True, *([True] * has_worst), False)
    return Grid(local.name("Targets"), tuple(local.name(head) if head else "" for head in heads), right, rows)


def _target(each: Judged, local: Local, *, has_worst: bool) -> Iterator[str]:
    yield "–" if each.met is None else "✓" if each.met else "✗"
    yield local.title(each)
    yield local.bound(each)
    yield local.number(each.quantity.value, each.unit, each.bound)
    yield local.numbers(interval(each.quantity, each.unit))
    if has_worst:
        yield "" if each.worst is None else local.number(each.worst, each.unit, each.bound)
    if each.met is None:
        yield local.say("unknown")
        return
    said = local.say("met" if each.met else "not_met")
    yield said if each.sure else local.say("not_sure", said=said)


def day(result: Result, local: Local) -> Grid | None:
    """Figures by interval; where there are many, by day. None where the result has neither."""
    for name in ("by_interval", "by_day"):
        if not result.has(name):
            continue
        table = result.table(name)
        if "start" not in {column.name for column in table.columns}:  # another study's table of that name
            continue
        rows = table.shown_rows
        if 0 < len(rows) <= MOST_OF_DAY:
            return next(grids(_day(table, rows, result, local), local))
    return None


def _day(table: Table, rows: list[Row], result: Result, local: Local) -> Table:
    """The day's table with its usual figures, and what targets bind, each with its whole name."""
    bound = [each.kpi for each in result.judged if not each.where]
    there = {column.name for column in table.columns}
    names = [name for name in dict.fromkeys((*OF_DAY, *bound)) if name in there and name in BY_NAME]
    known = [name for name in names if any(row.get(name) is not None for row in rows)]
    is_day = table.name == "by_day"
    first = next(column for column in table.columns if column.name == "start")
    figures = [
        Column(name, BY_NAME[name].title, BY_NAME[name].unit, "number", spare=k + 1)
        for k, name in enumerate(known)
    ]
    if is_day and "start" in result.facts:
        dates = clocks(result.facts)
        rows = [{**row, "start": local.date(dates.date(float(row["start_s"])), "EEE d MMM")} for row in rows]
    title = "By day" if is_day else "By interval"
    return replace(table, title=title, columns=(first, *figures), rows=rows, wraps=False)


def cost(result: Result, local: Local) -> Grid:
    """What it costs, in money as the language writes it."""
    table, currency = result.table("cost"), result.facts.get("currency")
    columns = table.columns
    heads = tuple(_cost_name(column.title, ", ", local) for column in columns)
    rows = tuple(
        (
            _cost_name(str(row["part"]), ": ", local),
            *(local.money(float(row[column.name]), currency) for column in columns[1:]),
        )
        for row in table.rows
    )
    notes = _notes(table, local)
    return Grid(local.name("Cost"), heads, (False, *([True] * (len(columns) - 1))), rows, notes)


def changes(result: Result, local: Local) -> Iterator[Grid]:
    """What changes do; of a group's agents it is said that they are agents."""
    table = result.table("changes")
    rows = [{**row, "what": change_name({**row, "label": ""}, local).rstrip()} for row in table.rows]
    yield from grids(replace(table, rows=rows), local)


def _cost_name(words: str, between: str, local: Local) -> str:
    """A name of ours, and behind it one of the scenario's."""
    ours, sign, theirs = words.partition(between)
    return f"{local.name(ours)}{sign}{theirs}"
