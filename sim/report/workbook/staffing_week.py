"""What does a controller check in a week? The waterfall from agents to paid hours, as formulas."""

from __future__ import annotations

from typing import Any

from sim.report.result import Result
from sim.report.workbook.book import Book
from sim.report.workbook.formula import Formula, added, most, rounded_up
from sim.report.workbook.staffing import contract_hours, gross, shares


def complete(result: Result, book: Book) -> None:
    """From the agents of each interval to the week's paid hours, FTE and people: the whole waterfall."""
    facts = result.facts
    contract = contract_hours(book, facts)
    _live_intervals(book, facts)
    _live_days(book)
    _live_week(book, contract)
    _numbers_of_agents(book)
    if not book.has("hours", "paid_h"):
        return
    last = book.length("hours") - 1
    for label, column, name in (
        ("Agent hours a week, planned", "planned_h", "agent_hours"),
        ("Paid hours a week", "paid_h", "paid_hours"),
        ("FTE", "fte", "fte"),
    ):
        book.sum_up(label, book.cell("hours", column, last), facts[name], "" if name == "fte" else "h")
    fte = book.cell("hours", "fte", last)
    peak = book.span("days_of_week", "most_agents").most()
    book.sum_up("People to employ", most(rounded_up(fte), peak), facts["heads"])


def _live_intervals(book: Book, facts: Any) -> None:
    """Hours of an interval: planned ones from the agents, those paid from the shares of shrinkage."""
    groups = facts["groups"]
    taken = shares(book, facts, groups[0]) if len(groups) == 1 else {}
    needs = {_at(book, "requirement", k): k for k in range(book.length("requirement"))}
    for row in range(book.length("shrinkage")):

        def cell(column: str, row: int = row) -> Formula:
            return book.cell("shrinkage", column, row)

        need = needs.get(_at(book, "shrinkage", row))
        if need is not None:
            agents = added([book.cell("requirement", f"agents.{group}", need) for group in groups])
            span = cell("end_s") - cell("start_s")
            book.live("shrinkage", "planned_h", row, agents * span * 24)
        lost = [cell(name) for name in ("absent_h", "late_h") if book.has("shrinkage", name)]
        book.live("shrinkage", "on_duty_h", row, cell("planned_h") - added(lost))
        if len(groups) > 1:
            causes = [cell(name) for name in _causes(book, "shrinkage")]
            book.live("shrinkage", "paid_h", row, added([cell("planned_h"), *causes]))
            continue
        book.live("shrinkage", "paid_h", row, gross(cell("planned_h"), taken))
        left = cell("paid_h")
        for cause, share in taken.items():
            book.live("shrinkage", f"shrinkage.{cause}", row, left * share)
            left = left * (1 - share)


def _at(book: Book, table: str, row: int) -> tuple[Any, Any]:
    """Day and beginning of a row."""
    return book.words(table, "day")[row], book.cell(table, "start_s", row).value


def _causes(book: Book, table: str) -> list[str]:
    return [name for name in book.columns(table) if name.startswith("shrinkage.")]


def _live_days(book: Book) -> None:
    """Chats, hours and most agents of each kind of day, from its intervals."""
    for row, day in enumerate(book.words("days_of_week", "day")):
        cell = book.cell("days_of_week", "day", row)
        of_day = (book.span("shrinkage", "day"), cell, day)
        book.live("days_of_week", "agent_hours", row, book.span("shrinkage", "planned_h").where(of_day))
        of_day = (book.span("requirement", "day"), cell, day)
        book.live("days_of_week", "chats", row, book.span("requirement", "chats").where(of_day))


def _live_week(book: Book, contract: Formula) -> None:
    """Hours of a kind of day, as often as it is in a week, and those of the week; FTE by the contract."""
    last = book.length("hours") - 1
    times = dict(zip(book.words("days_of_week", "day"), range(book.length("days_of_week")), strict=True))
    for name in book.columns("hours"):
        if not name.endswith("_h") and not name.startswith("shrinkage."):
            continue
        for row, day in enumerate(book.words("hours", "day")[:last]):
            cell = book.cell("hours", "day", row)
            of_day = (book.span("shrinkage", "day"), cell, day)
            often = book.cell("days_of_week", "a_week", times[day])
            book.live("hours", name, row, book.span("shrinkage", name).where(of_day) * often)
        book.live("hours", name, last, book.span("hours", name, slice(0, last)).total())
    for row in range(last + 1):
        book.live("hours", "fte", row, book.cell("hours", "paid_h", row) / contract)


def _numbers_of_agents(book: Book) -> None:
    """Agents by time and day are words, for those of several groups stand in one cell; of one they count."""
    if book.has("agents"):
        for name in book.columns("agents"):
            if name.startswith("agents."):
                book.count("agents", name)
