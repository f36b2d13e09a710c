"""What does a bid answer with? Sentences for who sells it, and tables for who checks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from sim.kpis.estimate import Quantity
from sim.report.numbers import number, percent, signed, with_unit
from sim.report.result import Column, Head, Result, Row, Table, answering
from sim.scenario.bid_price import Price
from sim.scenario.money import cents
from sim.scenario.units import plural
from sim.studies.bid.outcome import Likely, totals
from sim.studies.bid.study import BidFound, Rung
from sim.studies.bid.study import bid as study
from sim.studies.bid.wording import Found

PER = {
    "hour": ("per_hour", "a production hour"), "fte": ("per_fte_month", "an FTE and month"),
    "chat": ("per_chat", "a chat"), "minute": ("per_minute", "a minute handled"),
    "outcome": ("per_outcome", "a conversion"), "anchored": ("per_month", "a month for the baseline"),
}  # fmt: skip
"""Of each kind of price: its amount, and for what it is."""


def result(found: BidFound) -> Result:
    """Result of a bid."""
    bid, levels = found.bid, len(found.base.contract.levels)
    text = (
        f"{plural(bid.months, 'month')} of {plural(found.base.contract.month_days, 'open day')}; "
        f"{plural(found.months, 'month')} simulated of {plural(levels, 'level')} of demand and staffing, "
        f"which make {len(found.base.taken):,} contracts, seed {found.seed}"
    )
    head = Head("bid", (found.scenario.name,), text, found.seed, found.months)
    tables = (
        _contract(found), _months(found), _cost(found), _clauses(found), _forms(found), _agents(found),
        _models(found), _swings(found),
    )  # fmt: skip
    return Result(head, (), tuple(_words(found)), tables, _facts(found), found)


def amount_of(price: Price) -> Decimal:
    """The amount that a price model goes by."""
    amount: Decimal = getattr(price, PER[price.kind][0])
    return amount


def price_text(price: Price, currency: str, factor: float = 1.0) -> str:
    """A price in words: ``4.20 EUR a chat``."""
    amount = amount_of(price) * Decimal(repr(factor))
    return f"{_money(amount, currency)} {PER[price.kind][1]}"


def _money(amount: Decimal, currency: str) -> str:
    return f"{cents(amount):,.2f} {currency}".replace("-", "−")


def _words(found: BidFound) -> Iterator[str]:
    bid, outcome, currency = found.bid, found.outcome, found.bid.currency
    left, price = outcome.mean(outcome.results), bid.prices[0]
    charged, service = outcome.mean(outcome.charged), outcome.mean(outcome.service)
    yield (
        f"At {price_text(price, currency)}, a contract of {plural(bid.months, 'month')} is charged "
        f"{_money(charged, currency)} and costs {_money(outcome.mean(outcome.cost), currency)}; "
        f"bonus and malus come to {_money(service, currency)}: {_money(abs(left), currency)} "
        f"{'is left' if left >= 0 else 'is lost'}, on average."
    )
    yield from _margin_words(found)
    yield from _price_words(found)
    yield from _clause_words(found)
    yield from _learning_words(found)


def _margin_words(found: BidFound) -> Iterator[str]:
    margins, bid = found.outcome.margins, found.bid
    p10, p90 = (float(each) for each in np.quantile(margins, [0.1, 0.9]))
    reached = float((margins >= float(bid.margin_share)).mean())
    lost = float((margins < 0).mean())
    verb = "is" if reached >= bid.confidence else "is not"
    yield (
        f"The wanted margin of {percent(float(bid.margin_share))} {verb} reached as surely as wanted: in "
        f"{percent(reached)} of contracts, wanted {percent(bid.confidence)}. Of ten contracts eight have a "
        f"margin of {number(p10, 'share')} to {number(p90, 'share')}; a loss is made in {percent(lost)}."
    )


def _price_words(found: BidFound) -> Iterator[str]:
    bid, wanted, price = found.bid, found.wanted, found.bid.prices[0]
    sure = f"a margin of {percent(float(bid.margin_share))} with {percent(bid.confidence)}"
    if wanted.factor is None:
        yield f"No price reaches {sure}: the best that any can is {number(wanted.best, 'share')}."
    else:
        way = f"{100 * (wanted.factor - 1):+.1f} %".replace("-", "−")
        yield f"{price_text(price, bid.currency, wanted.factor)} reaches {sure} ({way})."
    if found.sure_margin < float(bid.margin_share):
        yield (
            f"The offered price can't: as surely as that it reaches a margin of "
            f"{number(found.sure_margin, 'share')}."
        )
    if found.break_even is not None:
        yield f"Nothing is left at {price_text(price, bid.currency, found.break_even)} (break-even)."
    edge = _break_even_rungs(found.rungs)
    if edge is not None:
        yield (
            f"At the offered price nothing is left with agents {percent(edge[0])} occupied, who hold "
            f"{edge[1]:.2f} chats on average; as offered it is {percent(_own(found.rungs).occupancy)} and "
            f"{_own(found.rungs).concurrency:.2f}."
        )


def _own(rungs: Sequence[Rung]) -> Rung:
    return next(rung for rung in rungs if not rung.added)


def _break_even_rungs(rungs: Sequence[Rung]) -> tuple[float, float] | None:
    """Occupancy and chats held between two numbers of agents at which nothing is left; None outside all."""
    left = [float(rung.outcome.mean(rung.outcome.results)) for rung in rungs]
    for k in range(len(rungs) - 1):
        if left[k] * left[k + 1] < 0:
            part = left[k] / (left[k] - left[k + 1])
            low, high = rungs[k], rungs[k + 1]
            return (
                low.occupancy + part * (high.occupancy - low.occupancy),
                low.concurrency + part * (high.concurrency - low.concurrency),
            )
    return None


def _clause_words(found: BidFound) -> Iterator[str]:
    currency, charged = found.bid.currency, found.outcome.mean(found.outcome.charged)
    for each in sorted(found.clauses, key=lambda one: -one.worth):
        own, clause = each.own, each.clause
        what = "is due" if clause.kind == "malus" else "is earned"
        text = (
            f"{clause.name!r} {what} in {percent(own.due.value)} of its {clause.window}s and comes to "
            f"{_money(Decimal(repr(own.amount.value)), currency)} a contract"
        )
        step = each.bought_off
        if clause.kind == "malus" and own.amount.value < 0:
            most = max(one.added for one in each.steps)
            if step is None and most > 0:
                text += f"; {plural(most, 'agent')} more {'does' if most == 1 else 'do'} not buy it off"
            elif step is not None and step.added:
                buys = "buys" if step.added == 1 else "buy"
                text += (
                    f"; {plural(step.added, 'agent')} more {buys} it off, for {_money(step.cost, currency)}"
                )
        yield f"{text}."
        if each.together is not None and each.correlation is not None:
            both, product = each.together
            yield (
                f"Its conditions are all kept in {percent(both)} of the {clause.window}s, which is not the "
                f"{percent(product)} of their product: they go together (correlation {each.correlation:.2f})."
            )
    dearest = max(found.clauses, key=lambda one: one.worth, default=None)
    if dearest is not None and dearest.worth > 0 and charged:
        yield (
            f"The clause to negotiate away is {dearest.clause.name!r}: without it "
            f"{_money(dearest.worth, currency)} more is left, which is worth a price "
            f"{number(float(dearest.worth / charged), 'share')} lower."
        )


def _learning_words(found: BidFound) -> Iterator[str]:
    costs = found.base.costs
    first, last = costs[0], costs[-1]
    if first.paid_h != last.paid_h:
        yield (
            f"The first month takes {with_unit('h', float(first.paid_h))} paid, the last "
            f"{with_unit('h', float(last.paid_h))}."
        )


def _facts(found: BidFound) -> dict[str, Any]:
    bid, outcome = found.bid, found.outcome
    price = float(amount_of(bid.prices[0]))
    received = outcome.mean(outcome.charged) + outcome.mean(outcome.service)
    return {
        "amounts": ["charges", "cost", "service", "left"],
        "mean_margin": float(outcome.mean(outcome.results) / received) if received else None,
        "service_share": found.service_share,
        "production_h": float(sum((cost.duty_h for cost in found.base.costs), Decimal(0))),
        "currency": bid.currency,
        "contract_months": bid.months,
        "days_per_month": found.base.contract.month_days,
        "price": price,
        "price_kind": bid.prices[0].kind,
        "mean_charges": float(cents(outcome.mean(outcome.charged))),
        "mean_cost": float(cents(outcome.mean(outcome.cost))),
        "mean_service": float(cents(outcome.mean(outcome.service))),
        "mean_left": float(cents(outcome.mean(outcome.results))),
        "wanted_margin": float(bid.margin_share),
        "confidence": bid.confidence,
        "wanted_price": found.wanted.factor and found.wanted.factor * price,
        "best_margin": found.wanted.best,
        "sure_margin": found.sure_margin,
        "break_even_price": found.break_even and found.break_even * price,
        "probability_of_loss": float((outcome.margins < 0).mean()),
        "probability_of_margin": float((outcome.margins >= float(bid.margin_share)).mean()),
    }  # fmt: skip


def _quantity(found: Likely) -> Quantity:
    return Quantity(found.value, found.low, found.high, False, None, None, None)


def _amounts(name: str, title: str, found: BidFound, **more: Any) -> Column:
    return Column(name, title, found.bid.currency, "number", **more)


def _contract(found: BidFound) -> Table:
    """What a contract comes to: mean, and between which values eight of ten lie."""
    outcome, currency = found.outcome, found.bid.currency
    rows: list[Row] = []
    for name, title, table in (
        ("charges", "Charges", outcome.charged), ("cost", "Cost", outcome.cost),
        ("service", "Bonus and malus", outcome.service), ("left", "What is left", outcome.results),
    ):  # fmt: skip
        values = totals(table)
        p10, p90 = (float(each) for each in np.quantile(values, [0.1, 0.9]))
        mean = float(outcome.mean(table))
        rows.append({"what": name, "title": title, "amount": mean, "p10": p10, "p90": p90})
    columns = (
        Column("what", is_shown=False), Column("title", f"A contract of {plural(found.bid.months, 'month')}"),
        Column("amount", "Mean", currency, "number"), Column("p10", "1 in 10 below", currency, "number"),
        Column("p90", "1 in 10 above", currency, "number"),
    )  # fmt: skip
    return Table("contract", "What it comes to", columns, rows)


def _months(found: BidFound) -> Table:
    """A row a month: chats, hours, people, money."""
    outcome, base = found.outcome, found.base
    rows: list[Row] = []
    for k, cost in enumerate(base.costs):
        sums = {
            name: [row[k] for row in table]
            for name, table in (
                ("charges", outcome.charged), ("cost", outcome.cost), ("service", outcome.service),
                ("left", outcome.results),
            )
        }  # fmt: skip
        left = np.array([float(each) for each in sums["left"]])
        p10, p90 = (float(each) for each in np.quantile(left, [0.1, 0.9]))
        chats = sum((each.offered for each in base.volumes[k]), Decimal(0)) / len(base.volumes[k])
        rows.append(
            {"month": k + 1, "chats": float(chats), "duty_h": float(cost.duty_h),
             "paid_h": float(cost.paid_h),
             "people": float(cost.people), "hires": float(cost.hires), "left_p10": p10, "left_p90": p90}
            | {name: float(sum(each, Decimal(0)) / len(each)) for name, each in sums.items()}
        )  # fmt: skip
    columns = (
        Column("month", "Month", form="setting"), Column("chats", "Chats", "chats", "number", spare=6),
        Column("duty_h", "On duty", "h", "number", spare=5), Column("paid_h", "Paid", "h", "number"),
        Column("people", "FTE", "", "number", spare=3), Column("hires", "Hired", "", "number", spare=4),
        _amounts("charges", "Charges", found), _amounts("service", "Bonus, malus", found),
        _amounts("cost", "Cost", found), _amounts("left", "Left", found),
        _amounts("left_p10", "1 in 10 below", found, spare=1),
        _amounts("left_p90", "1 in 10 above", found, spare=2),
    )  # fmt: skip
    notes = ("On duty: as planned. Paid: with what is lost to shrinkage, and what new people take longer.",)
    return Table("months", "Month by month", columns, rows, notes=notes, wraps=True)


def _cost(found: BidFound) -> Table:
    """A row a kind of cost: over the contract, and of a production hour."""
    costs, currency = found.base.costs, found.bid.currency
    hours = sum((cost.duty_h for cost in costs), Decimal(0))
    parts = {name: sum((cost.parts[name] for cost in costs), Decimal(0)) for name in costs[0].parts}
    total = found.outcome.mean(found.outcome.cost)
    parts["platform"] = total - sum(parts.values(), Decimal(0))
    rows: list[Row] = [
        {"kind": name, "amount": float(amount), "an_hour": float(amount / hours) if hours else None,
         "share": float(amount / total) if total else None}
        for name, amount in [*parts.items(), ("all", total)]
        if cents(amount)
    ]  # fmt: skip
    columns = (
        Column("kind", "Cost"), Column("amount", "Contract", currency, "number"),
        Column("an_hour", "A production hour", currency, "number"),
        Column("share", "Share", "share", "number"),
    )  # fmt: skip
    return Table("cost", "What it costs", columns, rows)


def _clauses(found: BidFound) -> Table:
    """A row a clause."""
    rows: list[Row] = []
    for each in found.clauses:
        step = each.bought_off
        rows.append(
            {
                "clause": each.clause.name, "kind": each.clause.kind, "window": each.clause.window,
                "promise": f" {'and' if each.clause.kept_if == 'all' else 'or'} ".join(each.clause.promise),
                "due": _quantity(each.own.due), "ever": _quantity(each.own.ever),
                "amount": _quantity(each.own.amount), "worth": float(cents(each.worth)),
                "agents": None if step is None else step.added,
                "agents_cost": None if step is None else float(cents(step.cost)),
                "correlation": each.correlation,
                "all_kept": each.together and each.together[0], "product": each.together and each.together[1],
            }
        )  # fmt: skip
    columns = (
        Column("clause", "Clause"), Column("kind", "", spare=4), Column("window", "Window", spare=3),
        Column("promise", "Promise", look="span", spare=9), Column("due", "Due", "share", "quantity", "span"),
        Column("ever", "Ever in a contract", "share", "quantity", spare=5),
        Column("amount", "Comes to", found.bid.currency, "quantity"),
        _amounts("worth", "More left without it", found, spare=2),
        Column("agents", "Agents that buy it off", form="number", spare=6),
        _amounts("agents_cost", "They cost", found, spare=7),
        *(Column(name, form="number", is_shown=False) for name in ("correlation", "all_kept", "product")),
    )  # fmt: skip
    notes = ("Due: of its windows. Comes to: over a contract, of itself, before the sum at risk.",)
    return Table("clauses", "Clauses", columns, rows, notes=notes, is_shown=bool(rows), wraps=True)


def _forms(found: BidFound) -> Table:
    """A row a form of a clause: what does this sentence cost?"""
    rows: list[Row] = [
        {"clause": each.clause.name, "form": form.label, "is_own": form.is_own, "due": _quantity(form.due),
         "ever": _quantity(form.ever), "amount": _quantity(form.amount)}
        for each in found.clauses
        for form in each.forms
    ]  # fmt: skip
    columns = (
        Column("clause", "Clause"), Column("form", "Form", look="span"),
        Column("is_own", form="flag", is_shown=False), Column("due", "Due", "share", "quantity", "span"),
        Column("ever", "Ever in a contract", "share", "quantity", spare=1),
        Column("amount", "Comes to", found.bid.currency, "quantity"),
    )  # fmt: skip
    notes = ("Each form alone, on the same months. Sums over another window are in proportion to its days.",)
    return Table(
        "forms",
        "What does this sentence cost?",
        columns,
        rows,
        divide="clause",
        notes=notes,
        is_shown=bool(rows),
    )


def _agents(found: BidFound) -> Table:
    """A row a number of agents: cost, service and what is left, on the same customers."""
    rows: list[Row] = []
    for rung in found.rungs:
        out = rung.outcome
        received = out.mean(out.charged) + out.mean(out.service)
        rows.append(
            {"added": rung.added, "occupancy": rung.occupancy, "concurrency": rung.concurrency,
             "cost": float(cents(out.mean(out.cost))), "service": float(cents(out.mean(out.service))),
             "left": float(cents(out.mean(out.results))),
             "margin": float(out.mean(out.results) / received) if received else None}
            | {f"due_{k}": _quantity(step.due) for k, step in enumerate(_steps(found.clauses, rung.added))}
        )  # fmt: skip
    columns = (
        Column("added", "Agents more", form="setting"),
        Column("occupancy", "Occupancy", "share", "number", spare=1),
        Column("concurrency", "Chats held", "chats", "number", spare=2), _amounts("cost", "Cost", found),
        _amounts("service", "Bonus, malus", found), _amounts("left", "Left", found),
        Column("margin", "Margin", "share", "number"),
        *(
            Column(f"due_{k}", f"{each.clause.name} due", "share", "quantity", spare=3 + k)
            for k, each in enumerate(found.clauses)
        ),
    )  # fmt: skip
    return Table("agents", "With more agents, and fewer", columns, rows, is_shown=len(rows) > 1)


def _steps(clauses: Sequence[Found], added: int) -> list[Any]:
    return [next(step for step in each.steps if step.added == added) for each in clauses]


def _models(found: BidFound) -> Table:
    """A row a price model, on the same months."""
    rows: list[Row] = []
    for each in found.models:
        margins = each.margins
        p10, p50, p90 = (float(value) for value in np.quantile(margins, [0.1, 0.5, 0.9]))
        rows.append(
            {
                "model": each.name, "price": price_text(each.price, found.bid.currency),
                "origin": "offered" if each.is_offered else "charges as much" if each.is_fair else "compared",
                "charges": float(cents(each.charges)), "left": float(cents(each.result)),
                "p10": p10, "p50": p50, "p90": p90, "loss": float((margins < 0).mean()),
            }
        )  # fmt: skip
    columns = (
        Column("model", "Model"), Column("price", "Price", look="span"), Column("origin", "", spare=2),
        _amounts("charges", "Charges", found, spare=1), _amounts("left", "Left", found),
        Column("p10", "Margin, 1 in 10 below", "share", "number"),
        Column("p50", "Median", "share", "number", spare=3),
        Column("p90", "1 in 10 above", "share", "number"), Column("loss", "Loss", "share", "number"),
    )  # fmt: skip
    notes = ("Charges as much: its price was made so that it charges what the offered one does, on average.",)
    return Table("models", "Price models on the same months", columns, rows, notes=notes)


def _swings(found: BidFound) -> Table:
    """A row a change of an input, the widest first."""
    widest: dict[str, float] = {}
    for each in found.swings:
        widest[each.title] = max(widest.get(each.title, 0.0), abs(each.change))
    order = sorted(found.swings, key=lambda each: (-widest[each.title], each.title))
    rows: list[Row] = [
        {"input": each.title, "change": each.label, "margin": each.margin, "by": each.change,
         "points": signed(each.change, "share")}
        for each in order
    ]  # fmt: skip
    columns = (
        Column("input", "Input"), Column("change", "Change"), Column("margin", "Margin", "share", "number"),
        Column("by", unit="share", form="number", is_shown=False), Column("points", "Difference"),
    )  # fmt: skip
    notes = ("One input at a time, with the agents as they are; those of the centre on fewer months.",)
    return Table(
        "swings", "What moves the margin", columns, rows, divide="input", notes=notes, is_shown=bool(rows)
    )


bid = answering(study, result)
"""`sim.bid`: the study, with a `Result` for its answer."""
