"""What does a result answer? Promise, certainty, cost, what binds, one agent fewer, what would change it.

Each is made of the result's numbers alone, so it is there in each language; what a result does not know is
said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.report.documents.content import Answer
from sim.report.documents.local import Local
from sim.report.plots import style
from sim.report.result import Judged, Result, Row
from sim.scenario.units import clock_text

UNJUDGED = "missed_rate"
"""Figure that changes are told of where nothing is judged."""
MOST_LISTED = 6
"""Names in a sentence."""


def answers(result: Result, local: Local) -> tuple[Answer, ...]:
    """Give the questions that everybody has, with what a *result* says."""
    told = {
        "promise": _promise, "sure": _sure, "cost": _cost, "binds": _binds, "fewer": _fewer,
        "change": _change,
    }  # fmt: skip
    return tuple(
        Answer(local.say(f"q_{name}"), tuple(answer(result, local)) or (local.say("not_simulated"),))
        for name, answer in told.items()
    )


def known(result: Result) -> list[Judged]:
    """Targets that could be judged."""
    return [each for each in result.judged if each.met is not None and each.bound is not None]


def tightest(result: Result) -> Judged | None:
    """The target that is missed by most, or kept by least; None where nothing is judged.

    Relative to its bound; of a share that is to be high, to what the bound leaves to 100 %.
    """
    return max(known(result), key=_used, default=None)


def _used(each: Judged) -> float:
    """How much of what a target allows is used up: above 1 it is missed."""
    value, bound = each.quantity.value, each.bound
    if each.worst is not None:
        value = each.worst
    if value is None or bound is None:
        return 0.0
    if each.side == "at most":
        return value / bound if bound else float(value > 0) * 2
    if each.unit == "share" and bound < 1:
        return (1 - value) / (1 - bound)
    return bound / value if value > 0 else float("inf")


def _promise(result: Result, local: Local) -> Iterator[str]:
    found = known(result)
    missed = [each for each in found if not each.met]
    asked = [each for each in result.judged if each.bound is not None]
    if not found:
        yield local.say("no_promise")
    elif missed:
        yield local.say("no", missed=len(missed), all=len(found))
    else:
        yield local.say("yes", met=len(found), all=len(found))
    for each in missed[:MOST_LISTED]:
        yield _against(each, local, "missed")
    if len(asked) > len(found):
        yield local.say("unmeasured", n=_listed([local.title(each) for each in asked if each.met is None]))


def _against(each: Judged, local: Local, key: str) -> str:
    """What was found of a target, and what was asked for."""
    value = each.worst if each.worst is not None else each.quantity.value
    shown = local.number(value, each.unit, each.bound)
    return local.say(key, figure=local.title(each), value=shown, bound=local.bound(each))


def _sure(result: Result, local: Local) -> Iterator[str]:
    found = known(result)
    unsure = [each for each in found if not each.sure]
    if unsure:
        yield local.say("unsure", list=_listed([_between(each, local) for each in unsure]))
    else:
        yield local.say("sure" if found else "not_judged_sure")
    if told := basis(result, local):
        yield told
    if result.head.interrupted:
        yield local.say("interrupted")


def basis(result: Result, local: Local) -> str:
    """How many replications of how many days, and the seed; empty where a result rests on something else."""
    head = result.head
    if head.replications is None or "days" not in result.facts or head.seed is None:
        return ""
    days = local.days(int(result.facts["days"]))
    return local.say("basis", n=local.numbers(f"{head.replications:,}"), days=days, seed=head.seed)


def _between(each: Judged, local: Local) -> str:
    low, high = each.quantity.low, each.quantity.high
    title = local.title(each)
    if low is None:
        return local.say("no_interval", figure=title)
    return local.say(
        "between", figure=title, low=local.number(low, each.unit), high=local.number(high, each.unit)
    ) if high is not None else f"{title} ≥ {local.number(low, each.unit)}"  # fmt: skip


def _cost(result: Result, local: Local) -> Iterator[str]:
    facts, currency = result.facts, result.facts.get("currency")
    days = local.days(int(facts["days"])) if isinstance(facts.get("days"), int) else ""
    months, cost = facts.get("contract_months"), facts.get("month_cost")
    if result.head.study == "bid" and months:
        cost = float(facts["mean_cost"]) / months
    if cost is not None and months:
        yield local.say("cost", amount=local.money(float(cost), currency), n=months)
        if facts.get("month_chats"):
            chat = float(cost) / float(facts["month_chats"])
            yield local.say("cost_chat", amount=local.money(chat, currency))
    else:
        yield local.say("no_cost" if result.head.study not in COSTED else "own_cost")
    duty, paid = _figure(result, "agent_hours"), _figure(result, "paid_hours")
    if duty is not None and days:
        key = "hours" if paid is not None else "hours_alone"
        hours, paid_h = (local.numbers(f"{each:,.1f}") if each is not None else "" for each in (duty, paid))
        yield local.say(key, hours=hours, paid=paid_h, days=days)


COSTED = frozenset({"best", "capacity", "compare", "roster", "sweep"})
"""Studies whose own sentences and tables may say what it costs."""


def _figure(result: Result, name: str) -> float | None:
    """Value of a figure of the centre, if the result has it."""
    if not result.has("kpis"):
        return None
    cells = {row["kpi"]: row["value"] for row in result.table("kpis").rows}
    cell = cells.get(name)
    return cell.value if isinstance(cell, Quantity) else None


def _binds(result: Result, local: Local) -> Iterator[str]:
    each = tightest(result)
    if each is None:
        yield local.say("nothing_binds")
        return
    yield _against(each, local, "binds")
    if each.where or not result.has("by_interval"):
        return
    table = result.table("by_interval")
    rows = [row for row in table.shown_rows if row.get(each.kpi) is not None and "start" in row]
    if rows:
        worst = (min if each.side == "at least" else max)(rows, key=lambda row: float(row[each.kpi]))
        shown = local.number(float(worst[each.kpi]), each.unit, each.bound)
        yield local.say("worst", time=_moment(worst, result, local), value=shown)


def _moment(row: Row, result: Result, local: Local) -> str:
    """When an interval begins; of several days on which."""
    if result.facts.get("days") == 1 or "start" not in result.facts:
        return str(row["start"])
    clocks = style.clocks(result.facts)
    start_s = float(row["start_s"])
    return f"{local.date(clocks.date(start_s), 'EEE d MMM')} {clock_text(clocks.place(start_s)[1])}"


def _fewer(result: Result, local: Local) -> Iterator[str]:
    if result.has("agent_fewer"):
        rows = result.table("agent_fewer").rows
        for group in dict.fromkeys(str(row["group"]) for row in rows):
            yield from _fewer_in(result, local, group, [row for row in rows if row["group"] == group])
        return
    if result.has("one_fewer") and any("needed" in row for row in result.table("one_fewer").rows):
        needed = [bool(row["needed"]) for row in result.table("one_fewer").rows]
        yield local.say("fewer_intervals", n=sum(needed), all=len(needed))
        return
    yield local.say("not_simulated")


def _fewer_in(result: Result, local: Local, group: str, rows: Sequence[Row]) -> Iterator[str]:
    """What one agent fewer in a group does to the figure that then binds, and what is then missed."""
    row = max(rows, key=lambda row: _used(row["fewer"]) if isinstance(row["fewer"], Judged) else 0.0)
    fewer = row["fewer"]
    quantity = fewer.quantity if isinstance(fewer, Judged) else fewer
    bound = fewer.bound if isinstance(fewer, Judged) else None
    yield local.say(
        "fewer",
        group=group,
        figure=_titled(row["title"], local),
        value=local.number(quantity.value, row["unit"], bound),
        now=local.number(row["now"].value, row["unit"], bound),
    )
    judged = [each["fewer"] for each in rows if isinstance(each["fewer"], Judged)]
    missed = [each for each in judged if each.met is False]
    if missed:
        yield local.say("then_missed", list=_listed([_stated(each, local) for each in missed]))
    elif judged:
        yield local.say("then_kept")
    k = list(dict.fromkeys(str(row["group"]) for row in result.table("agent_fewer").rows)).index(group)
    if result.has("cost") and result.table("cost").rows:
        total = result.table("cost").rows[-1]
        if f"fewer_{k}" in total:
            saved = float(total["now"]) - float(total[f"fewer_{k}"])
            yield local.say("then_saved", amount=local.money(saved, result.facts.get("currency")))


def _titled(title: str, local: Local) -> str:
    """Title of a figure, which may have the name of a queue or group behind a comma."""
    if local.knows(title):
        return local.name(title)
    figure, comma, where = title.partition(", ")
    return f"{local.name(figure)}{comma}{where}"


def _stated(each: Judged, local: Local) -> str:
    return f"{local.title(each)} {local.number(each.quantity.value, each.unit, each.bound)}"


def change_name(row: Row, local: Local) -> str:
    """A change in words: the group whose agents are more or fewer, or the input, and by how much."""
    what = (
        local.say("agents_of", group=row["what"]) if row["kind"] != "input" else local.name(str(row["what"]))
    )
    return f"{what} {local.cell(str(row['label']))}"


def _change(result: Result, local: Local) -> Iterator[str]:
    if not result.has("changes"):
        yield from _moved(result, local)
        return
    rows = result.table("changes").rows
    kept = result.kept
    if kept is not None:
        other = [row for row in rows if row["kept"] is (not kept)]
        key = "would_break" if kept else "would_keep"
        yield (
            local.say(key, list=_listed([change_name(row, local) for row in other]))
            if other
            else local.say("none_changes")
        )
    each = tightest(result)
    if each is None or not each.where:
        yield from _moves_most(result, each, rows, local)


def _moves_most(result: Result, each: Judged | None, rows: Sequence[Row], local: Local) -> Iterator[str]:
    """The change that moves the figure that binds most; where nothing is judged, the missed share."""
    kpi = UNJUDGED if each is None else each.kpi
    value = _figure(result, kpi)
    moved = [(row, found) for row in rows if (found := _value_of(row.get(kpi))) is not None]
    if not moved or value is None:
        return
    row, found = max(moved, key=lambda both: abs(both[1] - value))
    what = change_name({**row, "label": ""}, local).rstrip()
    title, unit = (BY_NAME[kpi].title, BY_NAME[kpi].unit) if each is None else (each.title, each.unit)
    shown = local.number(found, unit, None if each is None else each.bound)
    label = local.cell(str(row["label"]))
    yield local.say("moves", what=what, label=label, figure=local.name(title), value=shown)


def _value_of(cell: object) -> float | None:
    """Value of a figure, whether it is judged or not."""
    quantity = cell.quantity if isinstance(cell, Judged) else cell
    return quantity.value if isinstance(quantity, Quantity) else None


def _moved(result: Result, local: Local) -> Iterator[str]:
    """Which input moves a sensitivity's figure most; of other studies nothing is known."""
    if result.head.study != "sensitivity" or not result.table("inputs").rows:
        yield local.say("not_simulated")
        return
    rows = result.table("inputs").rows
    row = max(rows, key=lambda row: abs(row["difference"].value or 0.0))
    figure = _titled(str(result.facts["figure_title"]), local)
    shown = local.number(row["figure"].value, str(result.facts["unit"]))
    yield local.say(
        "moves",
        what=local.name(str(row["input"])),
        label=local.cell(str(row["change"])),
        figure=figure,
        value=shown,
    )


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence, as many as fit."""
    return "; ".join([*names[:MOST_LISTED], *(["…"] if len(names) > MOST_LISTED else [])])
