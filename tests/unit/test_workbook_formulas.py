"""Workbooks as a controller checks them: recalculated by LibreOffice, and with a number changed.

LibreOffice is started once, for all of them.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

import sim
from sim.report.data import document
from sim.report.result import Result
from sim.report.workbook.write import workbook
from tests.history.exports import daily
from tests.worlds import by_turns, group, queue, world

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here"),
]
BUSY = [0.0] * 9 + [20.0, 40.0, 30.0] + [0.0] * 12
FIRST = 3 + 8
"""Row of 08:00 on the first day of the forecast: before that nobody is known to come."""
SHRINKAGE = {"holidays": 0.1, "training": 0.05}
TARGETS = {"threshold_s": 30, "service_level": 0.8, "max_missed": 0.1}


def chats(name: str = "q", **arrivals: Any) -> dict[str, Any]:
    """A queue of short conversations with customers who wait for two minutes."""
    patience = {"law": "exponential", "mean_s": 120.0}
    return queue({"per_hour": BUSY} | arrivals, by_turns(40, 50, 4), name, patience=patience)


def small(*queues: dict[str, Any], team: dict[str, Any] | None = None, **more: Any) -> sim.Scenario:
    """Three hours of chats, and a team of which some are on holiday and some are absent."""
    usual = {"interval_min": 60, "hours": {"open": "09:00", "close": "12:00"}, "targets": TARGETS}
    groups = [team or group(2, shrinkage=SHRINKAGE, absence=0.05)]
    return world([*queues] or [chats()], groups, **usual | {"fte_hours_per_week": 30.0} | more)


def staffed() -> Result:
    """Two groups, each with its own shrinkage."""
    team = [
        group(1, "A", shrinkage=SHRINKAGE),
        group(1, "B", ("p", "q"), shrinkage={"leave": 0.2}),
    ]
    hours = {"open": "09:00", "close": "12:00"}
    both = world([chats(), chats("p")], team, interval_min=60, hours=hours, targets=TARGETS)
    return sim.staff(both, replications=20, workers=1)


def week() -> Result:
    """A busy Monday, and a night from Saturday to Sunday, on which clocks change."""
    hours = {"open": "09:00", "close": "12:00", "sat": {"open": "23:00", "close": "05:00"}, "sun": "closed"}
    busy = chats(per_hour=[20.0] * 24, weekday=[2, 1, 1, 1, 1, 1, 1])
    uneven = small(busy, hours=hours, days=7, start="2026-03-23", zone="Europe/Berlin")
    return sim.staff_week(uneven, replications=20, workers=1)


def months() -> Result:
    """Half a year of growth, leavers and two classes, with what both cost."""
    plan = {
        "months": 6, "people": 3, "growth": 0.1, "attrition": 0.15, "ramp": [0.5, 0.75], "cost_per_hour": 21.37,
        "cost_per_hire": 1234.56, "classes": [{"month": 2, "people": 2}, {"month": 4, "people": 1}],
    }  # fmt: skip
    return sim.capacity(small(capacity=plan), replications=20, workers=1)


def shifts() -> Result:
    """Shifts of two lengths at two rates."""
    patterns = [
        {"lengths_h": [hours], "earliest": "09:00", "latest": "12:00", "grid_min": 60, "cost_per_hour": cost}
        for hours, cost in ((3.0, 20.5), (2.0, 23.25))
    ]
    team = group(2, shrinkage=SHRINKAGE, patterns=patterns)
    return sim.roster(small(team=team), replications=20, workers=1)


def ahead(folder: Path) -> Result:
    """A week ahead of eight weeks, of a queue whose name some functions of spreadsheets take for a pattern."""
    header, *rows = daily(56, lambda day, hour: 10 + (5 * day + 3 * hour) % 7).splitlines()
    named = [f"{header},queue", *(f"{row},>1*" for row in rows)]
    (folder / "history.csv").write_text("\n".join(named), encoding="utf-8")
    return sim.forecast(folder / "history.csv", ahead=7)


def offered() -> Result:
    """Two agents with work, a bonus that is a share of the charges, and a malus in a sum."""
    clauses = [
        {"name": "Fast", "kind": "bonus", "promise": ["service_level >= 10%"], "share_of_charges": 0.02},
        {"name": "Pace", "promise": ["chats_per_agent_hour >= 99"], "amount": 500},
    ]
    cost = {"wage_per_hour": 12.37, "on_cost_share": 0.21, "platform_per_chat": 0.05, "overhead_share": 0.07}
    prices = [{"kind": "chat", "per_chat": "2.10"}]
    asked = {"currency": "EUR", "cost": cost, "prices": prices, "clauses": clauses, "days_per_month": 5}
    return sim.bid(small(bid=asked), months=5, is_brief=True, workers=1)


@dataclass(frozen=True)
class Case:
    """A workbook, and a number of it that is changed."""

    result: Result
    sheet: str
    label: str
    """Words of the row, or the name of the cell, that is changed ..."""
    value: float
    """... to this."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """All workbooks that compute."""
    return {
        "staff": Case(staffed(), "numbers", "Contract hours a week", 20.0),
        "week": Case(week(), "numbers", "Planned shrinkage: holidays", 0.25),
        "months": Case(months(), "numbers", "Cost of a person hired", 2000.0),
        "shifts": Case(shifts(), "shifts", "A3", 7),
        "forecast": Case(ahead(tmp_path_factory.mktemp("history")), "by_interval", f"D{FIRST}", 1000.0),
        "bid": Case(offered(), "numbers", "Price", 12.5),
        "run": Case(sim.run(small(), replications=3, workers=1), "hours", "C4", 0.55),
    }


@pytest.fixture(scope="module")
def recalculated(
    cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Workbook]:
    """What LibreOffice makes of the formulas alone, without the values that we have written."""
    folder = tmp_path_factory.mktemp("books")
    for name, case in cases.items():
        book = load_workbook(BytesIO(workbook(case.result)))
        book.save(folder / f"{name}.xlsx")  # formulas, and no values
        sheet = book[case.sheet]
        rows = {row[0].value: row[1] for row in sheet.iter_rows(max_col=2)}
        (rows[case.label] if case.label in rows else sheet[case.label]).value = case.value
        book.save(folder / f"{name}-changed.xlsx")
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    subprocess.run(
        ["soffice", "--headless", home, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", folder / "out",
         *sorted(folder.glob("*.xlsx"))],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return cache(lambda name: load_workbook(folder / "out" / f"{name}.xlsx", data_only=True))


def formulas(result: Result) -> dict[tuple[str, str], float]:
    """All cells that compute, with the values that we have written."""
    content = workbook(result)
    book, values = load_workbook(BytesIO(content)), load_workbook(BytesIO(content), data_only=True)
    return {
        (sheet.title, cell.coordinate): values[sheet.title][cell.coordinate].value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def numbers(book: Workbook) -> dict[str, float]:
    """The sheet of numbers, by their names."""
    return {row[0].value: row[1].value for row in book["numbers"].iter_rows(min_row=3)}  # type: ignore[misc]


LEAST = {"staff": 6, "week": 60, "months": 60, "shifts": 10, "forecast": 8, "bid": 24, "run": 3}
"""Cells that compute, at least."""


@pytest.mark.parametrize("name", list(LEAST))
def test_recalculated_all_is_what_was_written(name: str, cases: dict[str, Case], recalculated: Any):
    """And what was written is what the result has in JSON: to the cent and the hour."""
    book, written = recalculated(name), formulas(cases[name].result)

    assert len(written) >= LEAST[name]
    for (sheet, cell), value in written.items():
        assert book[sheet][cell].value == pytest.approx(value, rel=1e-9, abs=1e-9), (sheet, cell)


def test_the_numbers_are_those_of_the_json(cases: dict[str, Case], recalculated: Any):
    """Recalculated hours, full-time equivalents, people and costs."""
    for name, label, fact in (
        ("staff", "Agent hours on duty a day", "agent_hours"),
        ("staff", "Paid hours a day, with planned shrinkage", "paid_hours"),
        ("staff", "FTE", "fte"),
        ("staff", "People to employ", "heads"),
        ("week", "Agent hours a week, planned", "agent_hours"),
        ("week", "Paid hours a week", "paid_hours"),
        ("week", "FTE", "fte"),
        ("week", "People to employ", "heads"),
        ("shifts", "Paid hours a day", "paid_hours"),
        ("shifts", "Paid hours a day, with planned shrinkage", "paid_hours_with_shrinkage"),
        ("shifts", "Cost a day", "cost"),
        ("shifts", "People to employ", "heads"),
        ("months", "Hired in all months", "hired"),
    ):
        fact_value = document(cases[name].result)[fact]
        assert numbers(recalculated(name))[label] == pytest.approx(fact_value, abs=0.005), (name, label)
    assert numbers(recalculated("bid"))["Margin"] == pytest.approx(
        document(cases["bid"].result)["mean_margin"]
    )
    cost = sum(row["cost"] for row in document(cases["months"].result)["months"])
    assert numbers(recalculated("months"))["Cost of all months"] == pytest.approx(cost, abs=0.005)


def test_a_number_that_is_changed_moves_what_depends_on_it(cases: dict[str, Case], recalculated: Any):
    """Contract hours, a share of shrinkage, a cost, agents of a shift, an interval, a step of the waterfall."""
    facts = {name: case.result.facts for name, case in cases.items()}
    found = {name: numbers(recalculated(f"{name}-changed")) for name in LEAST if name != "run"}

    fte = facts["staff"]["fte"] * facts["staff"]["fte_hours_per_week"] / 20
    assert found["staff"]["FTE"] == pytest.approx(fte)
    assert found["staff"]["People to employ"] == max(ceil(fte), 9)

    paid = facts["week"]["agent_hours"] / 0.75 / 0.95
    assert found["week"]["Paid hours a week"] == pytest.approx(paid)
    assert found["week"]["FTE"] == pytest.approx(paid / 30)
    interval = recalculated("week-changed")["shrinkage"]
    names = [cell.value for cell in interval[2]]
    first = dict(zip(names, [cell.value for cell in interval[3]], strict=True))
    assert first["Holidays, h"] == pytest.approx(0.25 * first["Paid, h"])

    before = sum(row["cost"] for row in cases["months"].result.table("months").rows)
    assert found["months"]["Cost of all months"] == pytest.approx(before + 3 * (2000 - 1234.56))

    offer = facts["bid"]
    charged = 12.5 / 2.10 * offer["mean_charges"]
    received = 1.02 * charged - 12 * 500
    assert found["bid"]["Margin"] == pytest.approx(1 - offer["mean_cost"] / received, abs=1e-6)
    left = recalculated("bid-changed")["contract"]["B6"].value
    assert left == pytest.approx(received - offer["mean_cost"], abs=0.02)

    shift = cases["shifts"].result.table("shifts").rows[0]
    more = (7 - shift["agents"]) * shift["paid_hours_each"]
    rate = shift["cost"] / shift["paid_hours"]
    assert found["shifts"]["Paid hours a day"] == pytest.approx(facts["shifts"]["paid_hours"] + more)
    assert found["shifts"]["Cost a day"] == pytest.approx(facts["shifts"]["cost"] + more * rate)

    days = cases["forecast"].result.table("by_day").rows
    more = 1000 - cases["forecast"].result.table("by_interval").rows[FIRST - 3]["chats"]
    changed = recalculated("forecast-changed")["by_day"]["D3"].value
    assert changed == pytest.approx(days[0]["chats"] + more)
    (total,) = found["forecast"].values()
    assert total == pytest.approx(sum(row["chats"] for row in days) + more)

    steps = [row["hours"] for row in cases["run"].result.table("hours").rows]
    hours = recalculated("run-changed")["hours"]
    assert [hours.cell(3 + k, 4).value for k in range(len(steps))] == pytest.approx(
        [steps[0], *(0.45 / 0.9 * each for each in steps[1:])]
    )
