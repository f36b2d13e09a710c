"""Which tables are drawn beside themselves in a workbook? Those over the day, the week or months."""

from __future__ import annotations

from sim.report.result import Result, Table
from sim.report.workbook.book import Book

_DRAWN: dict[tuple[str, str], tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    ("run", "by_interval"): (
        "start",
        (("Chats by interval", ("offered",)), ("Agents and queue", ("agents", "queue_length"))),
    ),
    ("run", "by_weekday"): ("weekday", (("Service level by weekday", ("service_level",)),)),
    ("staff", "requirement"): ("start_s", (("Agents", ("agents.*",)), ("Chats", ("chats",)))),
    ("staff_week", "agents"): ("start_s", (("Agents by time and day", ("agents.*",)),)),
    ("head_count", "agents"): ("start_s", (("Agents by time and day", ("agents.*",)),)),
    ("roster", "coverage"): ("start_s", (("Agents needed and on duty", ("needed.*", "on_duty.*")),)),
    ("capacity", "months"): (
        "month",
        (("FTE needed, people and what they are worth", ("required_fte", "people", "productive")),),
    ),
    ("forecast", "by_day"): ("day", (("Chats expected, with their band", ("chats", "low", "high")),)),
}
"""By study and table: the column along which it is drawn, and each chart's title and columns."""


def draw(book: Book, result: Result) -> None:
    """Draw the tables of a *result* that have charts."""
    for table in result.tables:
        along, charts = _DRAWN.get((result.head.study, table.name), ("", ()))
        for title, wanted in charts:
            if book.has(table.name, along):
                book.chart(table.name, along, _columns(table, wanted), title=title)


def _columns(table: Table, wanted: tuple[str, ...]) -> list[str]:
    """Columns by name; ``agents.*`` are all that begin so."""
    return [
        column.name
        for pattern in wanted
        for column in table.columns
        if column.name == pattern or (pattern.endswith("*") and column.name.startswith(pattern[:-1]))
    ]
