"""What does an overview answer with? A run's result, and what changes do and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sim.draws.busyness import expected_volumes
from sim.kpis.definitions import BY_NAME
from sim.kpis.targets import Bound, Verdict, bounds, title
from sim.report.naming import where_of
from sim.report.result import PER_ROW, Column, Result, Table, answering, change, judged
from sim.report.run import result as run_result
from sim.scenario.demand import ByTurns
from sim.scenario.money import cents
from sim.scenario.scenario import Scenario
from sim.studies.compare import Contrast, Part
from sim.studies.overview import Overview, Tried
from sim.studies.overview import overview as look_over

FIGURES = ("service_level", "missed_rate", "asa_s", "response_s")
"""Figures that changes are told of where no target binds any."""
METHOD = "Each change alone, on the same customers; differences are paired, replication by replication."


def result(found: Overview) -> Result:
    """Result of an overview: that of the run, with what changes do and what it costs."""
    scenario = found.scenario
    run = run_result(scenario, found.estimates, found.seed, interrupted=found.interrupted)
    tables = (
        *(_costs(found) if found.amounts is not None else ()),
        agent_fewer(found),
        changes(found),
        assumptions(scenario),
    )
    facts = {**run.facts, "left_out": list(found.remarks), "currency": _currency(found)}
    if found.amounts is not None:
        amounts = found.amounts
        facts |= {
            "month_cost": float(cents(amounts.total)), "contract_months": amounts.months,
            "month_chats": float(amounts.chats),
        }  # fmt: skip
    return Result(
        replace(run.head, study="overview"),
        run.judged,
        (*run.words, *found.remarks),
        (*run.tables, *(table for table in tables if table.rows)),
        facts,
        found,
    )


def _currency(found: Overview) -> str | None:
    return None if found.amounts is None else found.amounts.currency


def agent_fewer(found: Overview) -> Table:
    """A row a group and promised figure: as it is, with one agent fewer, and the difference."""
    rows = [row for tried in found.tried if tried.kind == "fewer" for row in _fewer(found, tried)]
    columns = (
        Column("group", "In group", look="span"),
        Column("kpi", is_shown=False),
        Column("title", "Figure", look="span"),
        Column("now", "As it is", PER_ROW, "quantity", spare=1),
        Column("fewer", "One agent fewer", PER_ROW, "judged"),
        Column("difference", "Difference", PER_ROW, "difference", "interval"),
        Column("unit"),
    )
    return Table("agent_fewer", "One agent fewer", columns, rows, notes=(METHOD,), divide="group")


def _fewer(found: Overview, tried: Tried) -> Iterator[dict[str, Any]]:
    plan = tried.contrast.plan
    for key, verdict, titled in _judged_of(tried.contrast, plan.scenario):
        now = _now(found, key)
        their = _value(tried.contrast, key, verdict, titled, plan.scenario)
        by = _difference(tried.contrast, key)
        kpi = key.kpi if isinstance(key, Part) else key
        yield {
            "group": tried.what, "kpi": kpi, "title": titled, "now": now, "fewer": their,
            "difference": by, "unit": BY_NAME[kpi].unit,
        }  # fmt: skip


def _judged_of(contrast: Contrast, scenario: Scenario) -> Iterator[tuple[str | Part, Verdict | None, str]]:
    """What is told of a change: what targets bind, or else the usual figures; with verdict and title."""
    told = [verdict for verdict in contrast.plan.verdicts if verdict.bound.within is None]
    for verdict in told:
        bound = verdict.bound
        yield _key(bound), verdict, _named(bound, scenario)
    if not told:
        for name in FIGURES:
            if contrast.plan.figures[name].value is not None:
                yield name, None, BY_NAME[name].title


def _key(bound: Bound) -> str | Part:
    return bound.kpi if bound.where is None else Part(bound.kpi, bound.by, bound.where.name)


def _named(bound: Bound, scenario: Scenario) -> str:
    where = where_of(bound)
    return f"{title(bound, scenario)}, {where}" if where else title(bound, scenario)


def _now(found: Overview, key: str | Part) -> Any:
    if isinstance(key, str):
        return found.estimates.figure(key)
    bound = next(each for each in bounds(found.scenario) if _key(each) == key)
    return bound.figure(found.estimates)


def _value(
    contrast: Contrast, key: str | Part, verdict: Verdict | None, titled: str, scenario: Scenario
) -> Any:
    if verdict is not None:
        return judged(verdict, scenario)
    assert isinstance(key, str)
    return contrast.plan.figures[key]


def _difference(contrast: Contrast, key: str | Part) -> Any:
    known = contrast.parts.get(key) if isinstance(key, Part) else contrast.differences.get(key)
    return None if known is None else change(known.by)


def changes(found: Overview) -> Table:
    """A row a change: what it does to each promised figure, and whether all targets are then kept."""
    columns = [
        Column("kind", is_shown=False),
        Column("what", "Change", look="span"),
        Column("label", "", form="setting"),
        Column("kept", "Promise kept", form="flag"),
    ]
    rows: list[dict[str, Any]] = []
    named: dict[str, Column] = {}
    for tried in found.tried:
        plan = tried.contrast.plan
        row: dict[str, Any] = {
            "kind": tried.kind, "what": tried.what, "label": tried.label, "kept": plan.keeps,
        }  # fmt: skip
        for key, verdict, titled in _judged_of(tried.contrast, plan.scenario):
            kpi = key.kpi if isinstance(key, Part) else key
            name = kpi if isinstance(key, str) else f"{kpi}_{len(named)}_{key.name}"
            name = next((each for each, column in named.items() if column.title == titled), name)
            named.setdefault(
                name, Column(name, titled, BY_NAME[kpi].unit, "judged", "misses", spare=len(named))
            )
            row[name] = _value(tried.contrast, key, verdict, titled, plan.scenario)
        rows.append(row)
    for row in rows:
        for name in named:
            row.setdefault(name, None)
    return Table(
        "changes", "What would change it", (*columns, *named.values()), rows, divide="what", notes=(METHOD,)
    )


def _costs(found: Overview) -> Iterator[Table]:
    """What a month costs as planned, and with one agent fewer in each group."""
    assert found.amounts is not None
    others = [each for each in found.tried if each.kind == "fewer" and each.amounts is not None]
    currency = found.amounts.currency
    rows = []
    for part in dict.fromkeys(
        part for each in (found.amounts, *(other.amounts for other in others)) if each for part in each.parts
    ):
        row: dict[str, Any] = {"part": part, "now": float(found.amounts.parts.get(part, 0))}
        for k, other in enumerate(others):
            assert other.amounts is not None
            row[f"fewer_{k}"] = float(other.amounts.parts.get(part, 0))
        rows.append(row)
    total: dict[str, Any] = {"part": "total", "now": float(found.amounts.total)}
    total |= {f"fewer_{k}": float(other.amounts.total) for k, other in enumerate(others) if other.amounts}
    columns = (
        Column("part", "Cost a month"),
        Column("now", "As it is", currency, "number"),
        *(
            Column(f"fewer_{k}", f"One agent fewer, {other.what}", currency, "number")
            for k, other in enumerate(others)
        ),
    )
    note = (
        "The mean over the months of the bid, by the cost in [bid], with as many chats as are expected. "
        "sim bid simulates the months, and has prices and clauses."
    )
    yield Table("cost", "Cost", columns, [*rows, total], notes=(note,))


def assumptions(scenario: Scenario) -> Table:
    """What the scenario takes as given: demand, patience, service and teams, a row a number."""
    volumes = expected_volumes(scenario).sum(axis=1)
    rows: list[dict[str, Any]] = []

    def add(where: str, what: str, value: float | None, unit: str) -> None:
        if value is not None:
            rows.append({"where": where, "title": what, "value": float(value), "unit": unit})

    for queue, volume in zip(scenario.queues, volumes, strict=True):
        add(queue.name, "Chats expected", float(volume), "chats")
        add(queue.name, "Patience, mean", queue.patience.mean if queue.patience is not None else None, "s")
        service = queue.service
        if isinstance(service, ByTurns):
            add(queue.name, "Turns of a chat, mean", service.turns.mean, "turns")
            add(queue.name, "Agent's time a reply, mean", service.agent_s.mean, "s")
            add(queue.name, "Customer's time a message, mean", service.customer_s.mean, "s")
        else:
            add(queue.name, "Work of a chat, mean", service.work_s.mean, "s")
        wrap_up = service.wrap_up_s
        add(queue.name, "Wrap-up, mean", wrap_up.mean if wrap_up is not None else None, "s")
    for group in scenario.groups:
        add(group.name, "Agents", group.n_agents, "agents")
        add(group.name, "Chats at once, most", group.most_slots, "chats")
        add(group.name, "Absence", group.absence or None, "share")
    columns = (
        Column("where", "Queue or group", look="span"),
        Column("title", "Assumed", look="span"),
        Column("value", "Value", PER_ROW, "number"),
        Column("unit"),
    )
    return Table("assumptions", "What is assumed", columns, rows, divide="where")


overview = answering(look_over, result)
"""As `sim.studies.overview.overview`, with a `Result`."""
