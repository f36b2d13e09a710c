"""What says a document? Page 1 the answer, then the day and the reasons, at last what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sim.kpis.definitions import BY_NAME
from sim.report.documents import grids
from sim.report.documents.answers import answers, basis
from sim.report.documents.content import Block, Document, Grid, Logo, Part, Words
from sim.report.documents.local import Local
from sim.report.documents.pictures import has_day, pictures
from sim.report.documents.texts import Language
from sim.report.result import Result, Table

MOST_ROWS = 56
"""Rows of the tables that a document has besides its targets and the day: two to four pages are read."""
_TITLE_ROWS = 4
"""Rows that a table's title, head and notes take."""
MOST_ASSUMED = 44
"""Rows of what is assumed, on the last page."""
MOST_WORDS = 2_400
"""Letters of a study's own sentences."""
_OWN = {"kpis", "agent_fewer", "changes", "assumptions", "cost"}
"""Tables that have a place of their own, or that are too long for a document."""
MOST_DEFINED = 14
"""Figures that are defined."""


def document(
    result: Result, *, language: Language = Language.ENGLISH, company: str = "", logo: Logo | None = None
) -> Document:
    """Make a document of the *result* of any study, in a *language*, with who sends it."""
    local = Local(language)
    parts = [
        Part(local.say("answer"), tuple(_answer(result, local))),
        *_part(_second(result), _day(result, local), local),
        *_part("tables", _tables(result, local), local),
        Part(local.say("last"), tuple(_last(result, local))),
    ]
    made_by = local.say("made_by", version=result.head.version, study=result.head.study)
    page = local.say("page", n="{n}", of="{of}")
    return Document(language, result.title, _subtitle(result, local), company, logo, parts, made_by, page)


def _second(result: Result) -> str:
    """What the second part is called."""
    if not has_day(result):
        return "pictures"
    return "day" if result.facts.get("days") == 1 else "days"


def _part(name: str, blocks: Iterator[Block], local: Local) -> list[Part]:
    """A part, if there is anything in it."""
    found = tuple(blocks)
    return [Part(local.say(name), found)] if found else []


def _subtitle(result: Result, local: Local) -> str:
    start, days = result.facts.get("start"), result.facts.get("days")
    if not isinstance(start, str) or not isinstance(days, int):
        return local.say("report")
    return f"{local.say('report')} · {local.date(dt.date.fromisoformat(start))} · {local.days(days)}"


def _answer(result: Result, local: Local) -> Iterator[Block]:
    has_own = not result.has("changes")
    if has_own and not result.judged:  # what the study found is the answer
        yield from _words(result, local)
    yield from answers(result, local)
    found = grids.targets(result, local)
    if found is not None:
        yield found
    if result.has("cost") and result.head.study == "overview":
        yield grids.cost(result, local)
    if has_own and result.judged:
        yield from _words(result, local)


def _words(result: Result, local: Local) -> Iterator[Block]:
    """What the study says of itself, in English."""
    said, room = [], MOST_WORDS
    for sentence in result.words:
        room -= len(sentence)
        if room < 0:
            break
        said.append(sentence)
    yield from _english(said, local)


def _english(said: Iterable[str], local: Local) -> Iterator[Block]:
    """Sentences in English, and in another language a word about that."""
    found = [sentence for sentence in said if sentence]
    if found and local.language is not Language.ENGLISH:
        yield Words(local.say("in_english"), look="note")
    for sentence in found:
        yield Words(sentence, is_english=True)


def _day(result: Result, local: Local) -> Iterator[Block]:
    yield from pictures(result, local)
    if result.has("agent_fewer"):
        yield from grids.grids(result.table("agent_fewer"), local)


def _tables(result: Result, local: Local) -> Iterator[Block]:
    if result.has("changes"):
        yield from grids.changes(result, local)
    room, left_out = MOST_ROWS, list[str]()
    day = grids.day(result, local)
    if day is not None:
        yield day
        room -= len(day.rows)
    found = [
        (table.title, list(grids.grids(table, local))) for table in result.tables if _is_here(table, result)
    ]
    heights = [sum(_height(each) for each in grid) for _, grid in found]
    fits = set[int]()
    for k in sorted(range(len(found)), key=heights.__getitem__):  # many short ones say more than a long one
        if heights[k] <= room:
            room -= heights[k]
            fits.add(k)
    for k, (title, grid) in enumerate(found):
        if k in fits:
            yield from grid
        else:
            left_out.append(title)
    if left_out:
        yield Words(local.say("left_out", list="; ".join(left_out)), look="note")


def _is_here(table: Table, result: Result) -> bool:
    """Whether a table stands among a document's tables, if there is room."""
    is_placed = table.name in _OWN and (table.name == "kpis" or result.head.study == "overview")
    return table.is_shown and not is_placed and bool(table.shown_rows)


def _height(grid: Grid) -> int:
    """Rows that a table takes on a page, with its title."""
    lines = sum(max(cell.count("\n") + 1 for cell in row) for row in grid.rows)
    return lines + _TITLE_ROWS


def _last(result: Result, local: Local) -> Iterator[Block]:
    head = result.head
    if head.seed is not None:
        yield Words(f"{local.say('seed')}: {head.seed}. {local.say('same_again')}")
    yield Words(local.say("made_by", version=head.version, study=head.study))
    if head.interrupted:
        yield Words(local.say("interrupted"))
    if any(each.quantity.low is not None for each in result.judged):
        yield Words(local.say("interval_means"))
    if result.has("changes"):
        yield Words(basis(result, local))
    else:
        yield from _english(head.basis.split("\n"), local)
    if result.has("assumptions"):
        yield from grids.grids(_short(result.table("assumptions")), local)
        yield Words(local.say("assumed"))
    defined = _definitions(result, local)
    if defined.rows:
        yield defined
    if result.has("changes"):
        for remark in result.facts.get("left_out", ()):
            yield Words(str(remark), is_english=True, look="note")


def _short(table: Table) -> Table:
    """The first rows of a table, as many as there is room for."""
    return replace(table, rows=table.rows[:MOST_ASSUMED])


def _definitions(result: Result, local: Local) -> Grid:
    """What the figures mean, as the project defines them."""
    names: Sequence[str] = [
        *(each.kpi for each in result.judged),
        *(grids.OF_DAY if grids.day(result, local) is not None else ()),
    ]
    known = [name for name in dict.fromkeys(names) if name in BY_NAME][:MOST_DEFINED]
    rows = tuple((local.name(BY_NAME[name].title), BY_NAME[name].definition) for name in known)
    heads = (local.name("Figure"), local.say("definitions"))
    return Grid(local.say("definitions"), heads, (False, False), rows, is_english=True)
