"""What does a controller check in a requirement? Hours, shrinkage on top of them, and people, as formulas."""

from __future__ import annotations

from typing import Any

from sim.report.result import Result
from sim.report.workbook import waterfall
from sim.report.workbook.book import Book
from sim.report.workbook.formula import Formula, added, hours_of, most, most_at_once, rounded_up


def complete(result: Result, book: Book) -> None:
    """Hours from the agents of the requirement; paid hours, FTE and people from these."""
    waterfall.complete(result, book)
    facts, groups = result.facts, result.facts["groups"]
    contract, days = contract_hours(book, facts), book.put_in("Days a week", facts["days_per_week"])
    on_duty = {group: _hours(book, "requirement", group) for group in groups}
    total = book.sum_up("Agent hours on duty a day", added(list(on_duty.values())), facts["agent_hours"], "h")
    if total is None:
        return
    paid = added([gross(hours, shares(book, facts, group)) for group, hours in on_duty.items()])
    spans = [book.span("requirement", f"agents.{group}") for group in groups]
    people(book, facts, paid, most_at_once(spans), contract, days)


def people(
    book: Book, facts: Any, paid: Formula, peak: Formula | None, contract: Formula, days: Formula
) -> None:
    """Paid hours of a day, full-time equivalents of a week, and people to employ."""
    paid_h = facts.get("paid_hours_with_shrinkage", facts["paid_hours"])
    hours = book.sum_up("Paid hours a day, with planned shrinkage", paid, paid_h, "h")
    if hours is None:
        return
    fte = book.sum_up("FTE", hours * days / contract, facts["fte"])
    if fte is not None:
        whole = rounded_up(fte)
        book.sum_up("People to employ", whole if peak is None else most(whole, peak), facts["heads"])


def gross(hours: Formula, shares: dict[str, Formula]) -> Formula:
    """Paid hours of which these are left, when each cause takes its share of what those before it leave."""
    for share in shares.values():
        hours = hours / (1 - share)
    return hours


def contract_hours(book: Book, facts: Any) -> Formula:
    """Paid hours of a week of a full-time agent, as a number that may be changed."""
    return book.put_in("Contract hours a week", facts["fte_hours_per_week"], "h")


def shares(book: Book, facts: Any, group: str) -> dict[str, Formula]:
    """Planned shrinkage of a *group* by cause, as numbers that may be changed."""
    of = f", {group}" if len(facts["groups"]) > 1 else ""
    return {
        cause: book.put_in(f"Planned shrinkage: {cause}{of}", share, "share")
        for cause, share in facts.get("planned_shrinkage", {}).get(group, {}).items()
    }


def _hours(book: Book, table: str, group: str) -> Formula:
    start, end = book.span(table, "start_s"), book.span(table, "end_s")
    return hours_of(book.span(table, f"agents.{group}"), start, end)
