"""What does a controller check in a plan over months? Each month from the one before it, as formulas."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from typing import Any

from sim.report.result import Result
from sim.report.workbook.book import Book
from sim.report.workbook.formula import Formula, added, most, rounded_down

MORE = {"months": ("net_fte",)}
"""Columns that people are not shown, and formulas need."""
TABLE = "months"
_DAYS_A_MONTH = 365.25 / 12


def complete(result: Result, book: Book) -> None:
    """Demand grows, people come, learn and leave, and cost, from month to month."""
    if not book.has(TABLE):
        return
    facts, rows = result.facts, range(book.length(TABLE))
    _live_demand(book, facts)
    _live_people(book, facts)
    _live_cost(book, facts)
    for row in rows:
        required, there = book.cell(TABLE, "required_fte", row), book.cell(TABLE, "productive", row)
        book.live(TABLE, "short", row, most(required - there, 0))
    if book.has("hires"):
        for row, begin in enumerate(book.words("hires", "begin")):
            of_month = (book.span(TABLE, "month"), book.cell("hires", "begin", row), begin)
            book.live("hires", "people", row, book.span(TABLE, "hired").where(of_month))


def _live_demand(book: Book, facts: Any) -> None:
    """Chats from growth, work from chats, and paid people for those on duty."""
    growth = None
    if facts.get("growth") is not None:
        growth = book.put_in("Growth of chats from month to month", facts["growth"], "share")
    week = book.put_in("Chats a week at × 1", facts["chats_a_week"], "chats")
    first = book.cell(TABLE, "net_fte", 0) / book.cell(TABLE, "required_fte", 0)
    lost = None
    if first.value is not None:
        lost = book.put_in("Planned shrinkage of paid hours", 1 - first.value, "share")
    for row, month in enumerate(book.words(TABLE, "month")):
        factor, volume = book.cell(TABLE, "factor", row), book.cell(TABLE, "volume", row)
        if row and growth is not None:
            book.live(TABLE, "factor", row, book.cell(TABLE, "factor", row - 1) * (1 + growth))
        book.live(TABLE, "volume", row, week * factor * _days(month) / 7)
        book.live(TABLE, "workload_h", row, volume * book.cell(TABLE, "aht_s", row) / 3600)
        if lost is not None:
            book.live(TABLE, "required_fte", row, book.cell(TABLE, "net_fte", row) / (1 - lost))


def _days(month: str) -> int:
    when = dt.datetime.strptime(month, "%b %Y")
    return monthrange(when.year, when.month)[1]


def _live_people(book: Book, facts: Any) -> None:
    """People and what they are worth, from those before, those hired and those who left."""
    before = book.put_in("People when the first month begins", facts["people"])
    attrition = book.put_in("Share of people who leave in a month", facts["attrition"], "share")
    worth = [
        book.put_in(f"Worth of a person in month {k} from hire", value, "share")
        for k, value in enumerate(facts["worth"], start=1)
    ]
    for row in range(book.length(TABLE)):
        hired = [book.cell(TABLE, "hired", k) for k in range(row, -1, -1)]
        there = (
            before if row == 0 else book.cell(TABLE, "people", row - 1) - book.cell(TABLE, "leavers", row - 1)
        )
        book.live(TABLE, "people", row, there + hired[0])
        learning = hired[: facts["training_months"]]
        book.live(TABLE, "in_training", row, added(learning))
        book.live(TABLE, "in_ramp", row, added(hired[len(learning) : len(worth)]))
        productive = book.cell(TABLE, "people", row)
        for n, value in zip(hired, worth, strict=False):
            productive = productive - n * (1 - value)
        book.live(TABLE, "productive", row, productive)
        until = book.span(TABLE, "people", slice(0, row + 1)).total()
        gone = book.span(TABLE, "leavers", slice(0, row)).total() if row else Formula("0", 0.0)
        book.live(TABLE, "leavers", row, rounded_down(attrition * until + 0.5) - gone)


def _live_cost(book: Book, facts: Any) -> None:
    """Hours paid and people hired, and their sums over all months."""
    contract = book.put_in("Contract hours a week", facts["fte_hours_per_week"], "h")
    hour = book.put_in("Cost of a paid hour", facts["cost_per_hour"], "cost")
    hire = book.put_in("Cost of a person hired", facts["cost_per_hire"], "cost")
    weeks = book.put_in("Weeks a month", _DAYS_A_MONTH / 7)
    for row in range(book.length(TABLE)):
        people, hired = book.cell(TABLE, "people", row), book.cell(TABLE, "hired", row)
        book.live(TABLE, "cost", row, people * contract * weeks * hour + hired * hire)
    for label, column, unit in (("Cost of all months", "cost", "cost"), ("Hired in all months", "hired", "")):
        span = book.span(TABLE, column)
        book.sum_up(label, span.total(), sum(v for v in span.values if isinstance(v, int | float)), unit)
