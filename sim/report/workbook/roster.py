"""What does a controller check in a roster? Paid hours and cost of its shifts, and who is spare."""

from __future__ import annotations

from typing import Any

from sim.report.result import Result
from sim.report.workbook.book import Book
from sim.report.workbook.formula import Formula, added
from sim.report.workbook.staffing import contract_hours, gross, people, shares


def complete(result: Result, book: Book) -> None:
    """Hours and cost of each shift, their sums, shrinkage on top, and people; hours of named people."""
    _live_people(book)
    if not book.has("shifts", "paid_hours_each"):
        return
    facts = result.facts
    rates: dict[float, Formula] = {}
    for row in range(book.length("shifts")):
        agents, each = book.cell("shifts", "agents", row), book.cell("shifts", "paid_hours_each", row)
        book.live("shifts", "paid_hours", row, agents * each)
        paid = book.cell("shifts", "paid_hours", row)
        if book.has("shifts", "cost") and paid.value:
            rate = round((book.cell("shifts", "cost", row).value or 0.0) / paid.value, 9)
            if rate not in rates:
                rates[rate] = book.put_in(f"Cost of an hour, {_ordinal(len(rates))}", rate, "cost")
            book.live("shifts", "cost", row, paid * rates[rate])
    if book.has("coverage"):
        _live_coverage(book, facts["groups"])
    book.sum_up("Paid hours a day", book.span("shifts", "paid_hours").total(), facts["paid_hours"], "h")
    if book.has("shifts", "cost"):
        book.sum_up("Cost a day", book.span("shifts", "cost").total(), facts["cost"], "cost")
    contract = contract_hours(book, facts)
    days = book.put_in("Days a week", facts["days_per_week"])
    people(book, facts, _gross(book, facts), None, contract, days)


def _live_people(book: Book) -> None:
    """Paid hours of each person, from their rows in the roster."""
    if not (
        book.has("roster", "person") and book.has("roster", "paid_hours") and book.has("people", "person")
    ):
        return
    names, hours = book.span("roster", "person"), book.span("roster", "paid_hours")
    for column in ("paid_hours", "hours"):
        for row, name in enumerate(book.words("people", "person")) if book.has("people", column) else ():
            of_person = (names, book.cell("people", "person", row), str(name))
            book.live("people", column, row, hours.where(of_person))


def _ordinal(n: int) -> str:
    return f"rate {n + 1}"


def _gross(book: Book, facts: Any) -> Formula:
    """Paid hours with planned shrinkage on top, group by group."""
    parts = []
    for group in facts["groups"]:
        hours = book.span("shifts", "paid_hours")
        if len(facts["groups"]) == 1:
            found = hours.total()
        else:
            rows = [row for row, name in enumerate(book.words("shifts", "group")) if name == group]
            first = book.cell("shifts", "group", rows[0]) if rows else None
            found = Formula("0", 0.0)
            if first is not None:
                found = hours.where((book.span("shifts", "group"), first, group))
        parts.append(gross(found, shares(book, facts, group)))
    return added(parts)


def _live_coverage(book: Book, groups: list[str]) -> None:
    """Who is spare: on duty, less those needed."""
    for row in range(book.length("coverage")):
        for group in groups:
            on_duty = book.cell("coverage", f"on_duty.{group}", row)
            book.live(
                "coverage", f"spare.{group}", row, on_duty - book.cell("coverage", f"needed.{group}", row)
            )
