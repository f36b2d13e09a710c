"""How does a result leave as data, and come back? One JSON envelope, frames, and CSV for spreadsheets.

The envelope is version 1, and the same for every study: the head's keys, ``words``, ``targets``, the study's
own numbers, and its tables. Each table stands under its name, as a list of rows, or as an object where its
rows have names; what its columns are called and in which unit they are stands in ``tables``. Names and shapes
never change; later versions add keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from math import isfinite, isinf
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from sim.errors import ResultError
from sim.kpis.estimate import Quantity
from sim.report.numbers import number, sign, time_of_day
from sim.report.result import PER_ROW, Column, Form, Head, Judged, Result, Table

if TYPE_CHECKING:
    import polars as pl

FORMAT = 1
"""Version of the envelope."""
FILE = "result.json"
"""Its name in a folder."""
ENDLESS = "inf"
"""A number without end, such as the wait in a line that grows for ever: JSON has none."""
FLAT = "value"
"""A quantity of this name lies flat in its row: ``value``, ``low``, ``high`` … are the row's own keys."""
_QUANTITY = tuple(field.name for field in fields(Quantity))
_JUDGED = tuple(field.name for field in fields(Judged) if field.name != "quantity")
_COLUMN = {"is_shown": "shown"}
"""Names of fields that are others in JSON."""
_HEAD = ("study", "title", "scenario", "scenarios", "seed", "replications", "version", "interrupted", "basis")
_OWN = ("format", *_HEAD, "words", "targets", "tables")
"""Keys of the envelope itself."""


def to_json(document: Any) -> str:
    """Text of a document."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


def document(result: Result) -> dict[str, Any]:
    """Document of a result: the same question and version give the same bytes."""
    head = result.head
    names = {"scenario": head.scenarios[0] if head.scenarios else None, "scenarios": list(head.scenarios)}
    own = {name: names.get(name, getattr(head, name, None)) for name in _HEAD}
    tables = {table.name: _rows(table) for table in result.tables}
    if twice := (set(result.facts) & {*_OWN, *tables}) | ({*_OWN} & {*tables}):
        raise ValueError(f"{head.study}: a fact or table is called as another part of a result: {twice}")
    return {
        "format": FORMAT,
        **own,
        "words": list(result.words),
        "targets": [_judged(each) for each in result.judged],
        **{name: _plain(fact) for name, fact in result.facts.items()},
        **tables,
        "tables": {table.name: _described(table) for table in result.tables},
    }


def _rows(table: Table) -> list[Any] | dict[str, Any]:
    """Rows of a table, or an object of them by the column that names them."""
    rows = [{k: v for column in table.columns for k, v in _cells(row, column)} for row in table.rows]
    if not table.key:
        return rows
    return {row.pop(table.key): row for row in rows}


def _cells(row: Mapping[str, Any], column: Column) -> Iterator[tuple[str, Any]]:
    """What a column puts into a row: one key, or those of a quantity that lies flat."""
    cell = row.get(column.name)
    if isinstance(cell, Quantity) and column.name == FLAT:
        yield from _quantity(cell).items()
    elif isinstance(cell, Quantity):
        yield column.name, _quantity(cell)
    elif isinstance(cell, Judged):
        yield column.name, _judged(cell)
    else:
        yield column.name, _plain(cell)


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {name: _plain(getattr(quantity, name)) for name in _QUANTITY}


def _judged(judged: Judged) -> dict[str, Any]:
    return {name: _plain(getattr(judged, name)) for name in _JUDGED} | _quantity(judged.quantity)


def _described(table: Table) -> dict[str, Any]:
    """What a table and its columns are called, and how they are shown; without what is as usual."""
    own = _unusual(table, Table("", "", (), ()), {"name", "rows", "columns"})
    columns = [{"name": column.name, **_unusual(column, Column(""), {"name"})} for column in table.columns]
    return {**own, "columns": columns}


def _unusual(record: Any, usual: Any, but: set[str]) -> dict[str, Any]:
    values = {field.name: getattr(record, field.name) for field in fields(record) if field.name not in but}
    return {
        _COLUMN.get(name, name): list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value != getattr(usual, name) or name == "title"
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it: NaN is null, what has no end is ``inf``."""
    match value:
        case np.generic() | np.ndarray():
            return _plain(value.tolist())
        case float():
            return value if isfinite(value) else ENDLESS if isinf(value) else None
        case Quantity():
            return _quantity(value)
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


# And back


def read_result(path: str | Path) -> Result:
    """Result of a file that ``--json`` or `Result.save` wrote, or of the folder that it is in.

    It says, shows and draws what the one that was written does; only its `found`, the study's own record, is
    gone.

    Raises
    ------
    ResultError
        If there is none, or it is no result that this version can read.
    """
    file = Path(path)
    file = file / FILE if file.is_dir() else file
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultError(f"{file}: can't be read: {error.strerror}") from None
    except ValueError:  # no JSON, or no text at all
        raise ResultError(f"{file}: is not JSON") from None
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        known = written.get("format") if isinstance(written, dict) else None
        raise ResultError(
            f"{file}: is no result of format {FORMAT}{f', but of {known}' * (known is not None)}"
        )
    try:
        return _result(written)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultError(f"{file}: is a damaged result: {type(error).__name__} at {error}") from None


def _result(written: dict[str, Any]) -> Result:
    tables = tuple(_table(name, told, written[name]) for name, told in written["tables"].items())
    head = {name: written[name] for name in _HEAD if name != "scenario"}
    head["scenarios"] = tuple(head["scenarios"])
    facts = {
        name: fact for name, fact in written.items() if name not in _OWN and name not in written["tables"]
    }
    judged = tuple(_read_judged(each) for each in written["targets"])
    return Result(Head(**head), judged, tuple(written["words"]), tables, facts)


def _table(name: str, told: dict[str, Any], rows: Any) -> Table:
    """Table of its description and its rows."""
    back = {short: long for long, short in _COLUMN.items()}
    columns = tuple(Column(**{back.get(k, k): v for k, v in column.items()}) for column in told["columns"])
    key = told.get("key", "")
    if key:
        rows = [{key: label, **row} for label, row in rows.items()]
    own = {back.get(k, k): v for k, v in told.items() if k != "columns"}
    own["notes"] = tuple(own.get("notes", ()))
    return Table(name, columns=columns, rows=[_row(row, columns) for row in rows], **own)


def _row(row: dict[str, Any], columns: tuple[Column, ...]) -> dict[str, Any]:
    found = {}
    for column in columns:
        is_flat = column.name == FLAT and column.form in {"quantity", "difference"}
        cell = row if is_flat else row[column.name]
        found[column.name] = _READ.get(column.form, _read_words)(cell) if cell is not None else None
    return found


def _read_words(cell: Any) -> Any:
    return cell


def _read_number(cell: Any) -> Any:
    return float("inf") if cell == ENDLESS else cell


def _read_quantity(cell: dict[str, Any]) -> Quantity:
    return Quantity(**{name: _read_number(cell[name]) for name in _QUANTITY})


def _read_judged(cell: dict[str, Any]) -> Judged:
    return Judged(quantity=_read_quantity(cell), **{name: cell[name] for name in _JUDGED})


def _read_held(cell: dict[str, Any]) -> Judged | Quantity:
    """What a column of judged figures has: a quantity alone where there is no target."""
    return _read_judged(cell) if "target" in cell else _read_quantity(cell)


_READ: dict[str, Callable[[Any], Any]] = {
    "quantity": _read_quantity,
    "difference": _read_quantity,
    "judged": _read_held,
    "number": _read_number,
}
"""How cells are read back, by the form of their column; all others stay."""


# Frames and spreadsheets


def frame(table: Table) -> pl.DataFrame:
    """All rows and columns of a *table*, at full precision; a quantity has one for its value and each end."""
    import polars as pl  # noqa: PLC0415  heavy

    found = {
        name: _series(name, [cell(row) for row in table.rows], column.form)
        for column in table.columns
        for name, _, cell in flat(column)
    }
    return pl.DataFrame(found)


def _series(name: str, cells: list[Any], form: Form = "text") -> pl.Series:
    """Column of a frame: of numbers where all are, or would be if there were any; else of words."""
    import polars as pl  # noqa: PLC0415  heavy

    known = [cell for cell in cells if cell is not None]
    if not known and not name.endswith("_met"):
        return pl.Series(name, cells, dtype=pl.String if form == "text" else pl.Float64)
    if any(isinstance(cell, str) for cell in known) or any(isinstance(cell, list | dict) for cell in known):
        return pl.Series(name, [None if cell is None else _word(cell) for cell in cells], dtype=pl.String)
    if all(isinstance(cell, bool) for cell in known):
        return pl.Series(name, cells, dtype=pl.Boolean)
    if all(isinstance(cell, int) for cell in known):
        return pl.Series(name, cells, dtype=pl.Int64)
    return pl.Series(name, [None if cell is None else float(cell) for cell in cells], dtype=pl.Float64)


def _word(cell: Any) -> str:
    return cell if isinstance(cell, str) else json.dumps(_plain(cell), ensure_ascii=False)


def flat(column: Column) -> Iterator[tuple[str, str, Callable[[Mapping[str, Any]], Any]]]:
    """Names, what they are in words, and values of the flat columns of a column."""
    if column.form not in {"quantity", "difference", "judged"}:
        yield column.name, "", partial(_cell, column.name)
        return
    for end in ("value", "low", "high", "p10", "p90"):
        name = column.name if end == "value" else end if column.name == FLAT else f"{column.name}_{end}"
        yield name, "" if end == "value" else f" {end}", partial(_end, column.name, end)
    if column.form == "judged":
        yield f"{column.name}_met", " met", partial(_met, column.name)


def _cell(name: str, row: Mapping[str, Any]) -> Any:
    return row.get(name)


def _end(name: str, end: str, row: Mapping[str, Any]) -> Any:
    cell = row.get(name)
    quantity = cell.quantity if isinstance(cell, Judged) else cell
    return None if quantity is None else getattr(quantity, end)


def _met(name: str, row: Mapping[str, Any]) -> bool | None:
    cell = row.get(name)
    return cell.met if isinstance(cell, Judged) else None


def spreadsheet(table: Table) -> pl.DataFrame:
    """Rows and columns of a *table* that people are shown, named and rounded as they see them.

    Units stand in the heads, times of day are written as such; ends in which nothing stands are left out.
    """
    import polars as pl  # noqa: PLC0415  heavy

    columns: dict[str, pl.Series] = {}
    for column in table.columns:
        if not column.is_shown and column.name != table.section:
            continue
        for _, more, cell in flat(column):
            cells = [_rounded(cell(row), column, row) for row in table.shown_rows]
            if more and all(each is None for each in cells):
                continue
            title = head(column, more)
            title = title if title not in columns else f"{title}, {column.name}"
            columns[title] = _series(title, cells)
    return pl.DataFrame(columns)


def head(column: Column, more: str) -> str:
    """Head of a column in a spreadsheet: its title, what *more* it is, and its unit."""
    title = " ".join((column.title or column.name).split())
    unit = (
        ""
        if column.unit in {"", PER_ROW} or more == " met"
        else sign(column.unit, is_difference=column.form == "difference")
    )
    return f"{title}{more}" + ("" if not unit or unit in title.lower().split() else f", {unit}")


def _rounded(cell: Any, column: Column, row: Mapping[str, Any]) -> Any:
    """A cell as the tables round it; a share in per cent."""
    if column.form == "clock":
        return time_of_day(cell, column.name)
    if column.name == "unit":
        return sign(cell)
    if isinstance(cell, bool) or column.form in {"text", "setting", "flag"} or not isinstance(cell, float):
        return cell
    return rounded(cell, str(row.get("unit", "")) if column.unit == PER_ROW else column.unit)


def rounded(value: float | None, unit: str) -> float | None:
    """A *value* as the tables round it; a share in per cent.

    >>> rounded(0.8768, "share"), rounded(3.14159, "s"), rounded(1234.5, "chats"), rounded(None, "s")
    (87.7, 3.14, 1234.0, None)
    """
    if value is None or isinf(value):
        return value
    return float(number(value, unit).removesuffix(" %").replace(",", ""))


# Its schema

_ENDS = {name: {"type": ["number", "null"]} for name in _QUANTITY if name != "few_days"}
_NUMBERS = {**_ENDS, "few_days": {"type": "boolean"}}


def schema() -> dict[str, Any]:
    """JSON Schema of the document of any result of any command."""
    text, names = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    column = {
        "type": "object",
        "required": ["name", "title"],
        "properties": {
            "name": text, "title": text, "unit": text, "look": text,
            "form": {"enum": list(get_args(Form))},
            "shown": {"type": "boolean"}, "spare": {"type": "integer"},
        },
        "additionalProperties": False,
    }  # fmt: skip
    table = {
        "type": "object",
        "required": ["title", "columns"],
        "properties": {"title": text, "notes": names, "columns": {"type": "array", "items": column}},
    }
    target = {
        "type": "object",
        "required": [*_ENDS, "target", "kpi", "title", "unit", "side", "bound", "met", "sure"],
        "properties": {
            **_NUMBERS, "target": text, "kpi": text, "title": text, "unit": text, "where": text,
            "side": {"enum": ["at least", "at most"]}, "bound": {"type": ["number", "null"]},
            "met": {"type": ["boolean", "null"]}, "sure": {"type": "boolean"},
            "worst": {"type": ["number", "null"]},
        },
    }  # fmt: skip
    kpi = {
        "type": "object",
        "required": ["value", "low", "high", "unit"],
        "properties": {**_NUMBERS, "unit": text},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A result of sim",
        "description": "Every key of `tables` is a key of the document as well, and holds the table's rows.",
        "type": "object",
        "required": ["format", *_HEAD, "words", "targets", "tables"],
        "properties": {
            "format": {"const": FORMAT},
            "study": text,
            "title": text,
            "scenario": {"type": ["string", "null"]},
            "scenarios": names,
            "seed": {"type": ["integer", "null"]},
            "replications": {"type": ["integer", "null"]},
            "version": text,
            "interrupted": {"type": "boolean"},
            "basis": text,
            "words": names,
            "targets": {"type": "array", "items": target},
            "tables": {"type": "object", "additionalProperties": table},
            "kpis": {"type": "object", "additionalProperties": kpi},
        },
    }  # fmt: skip
