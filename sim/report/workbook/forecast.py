"""What does a controller check in a forecast? Days from their intervals, and totals."""

from __future__ import annotations

from sim.report.result import Result
from sim.report.workbook.book import Book


def complete(result: Result, book: Book) -> None:
    """Chats of a day as the sum of its intervals; those of all days, by queue."""
    if not (book.has("by_day") and book.has("by_interval")):
        return
    queues, days = book.words("by_day", "queue"), book.words("by_day", "day")
    for row, (queue, day) in enumerate(zip(queues, days, strict=True)):
        of_day = (
            (book.span("by_interval", "queue"), book.cell("by_day", "queue", row), queue),
            (book.span("by_interval", "day"), book.cell("by_day", "day", row), day),
        )
        book.live("by_day", "chats", row, book.span("by_interval", "chats").where(*of_day))
    for queue in dict.fromkeys(queues):
        rows = [k for k, name in enumerate(queues) if name == queue]
        span = book.span("by_day", "chats", slice(rows[0], rows[-1] + 1))
        known = [value for value in span.values if isinstance(value, int | float)]
        book.sum_up(f"Chats of {queue} on {len(rows)} days", span.total(), sum(known), "chats")
