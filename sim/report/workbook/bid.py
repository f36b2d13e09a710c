"""What does a controller check in a bid? Change the price, or a part of the cost, and see what is left."""

from __future__ import annotations

from sim.report.result import Result
from sim.report.workbook.book import Book
from sim.report.workbook.formula import Formula


def complete(result: Result, book: Book) -> None:
    """Charges from the price, bonus and malus from the charges, cost from its parts, and what is left."""
    if not (book.has("contract") and book.has("cost")):
        return
    _live_cost(book, result.facts["production_h"])
    _live_contract(book, result)
    for row in range(book.length("months")):
        charged, service, cost = (book.cell("months", name, row) for name in ("charges", "service", "cost"))
        book.live("months", "left", row, charged + service - cost)


def _live_cost(book: Book, hours: float) -> None:
    """Each kind of cost an hour and as a share, and their sum."""
    last = book.length("cost") - 1
    per = book.put_in("Production hours of a contract", hours, "h")
    total = book.cell("cost", "amount", last)
    book.live("cost", "amount", last, book.span("cost", "amount", slice(0, last)).total())
    for row in range(last + 1):
        amount = book.cell("cost", "amount", row)
        if hours:
            book.live("cost", "an_hour", row, amount / per)
        book.live("cost", "share", row, amount / total)


def _live_contract(book: Book, result: Result) -> None:
    facts, currency = result.facts, result.facts["currency"]
    rows = {name: row for row, name in enumerate(facts["amounts"])}

    def cell(name: str) -> Formula:
        return book.cell("contract", "amount", rows[name])

    def live(name: str, formula: Formula) -> None:
        book.live("contract", "amount", rows[name], formula)

    charged, service = (cell(name).value or 0.0 for name in ("charges", "service"))
    if facts["price"] and charged:
        price = book.put_in("Price", facts["price"], currency)
        each = book.put_in("Charges for 1.00 of the price", charged / facts["price"], currency)
        live("charges", price * each)
        share = book.put_in("Bonus and malus that go by the charges", facts["service_share"], "share")
        sums = book.put_in("Bonus and malus in sums", service - facts["service_share"] * charged, currency)
        live("service", cell("charges") * share + sums)
    live("cost", book.cell("cost", "amount", book.length("cost") - 1))
    live("left", cell("charges") + cell("service") - cell("cost"))
    margin = cell("left") / (cell("charges") + cell("service"))
    book.sum_up("Margin", margin, facts["mean_margin"], "share")
