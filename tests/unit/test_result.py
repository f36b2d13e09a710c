"""One shape for what every study answers: read back from its JSON it says, shows and draws the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import ResultError, UnknownNameError
from sim.report import run, sensitivity, staffing
from sim.report.data import document, read_result, to_json
from sim.report.result import Column, Head, Quantity, Result, Table
from sim.report.text import plain
from sim.studies.staffing.choice import Per, Step
from sim.studies.staffing.staff import Level
from tests.conftest import ROOT
from tests.results import holds


@pytest.fixture(scope="module")
def shop() -> sim.Scenario:
    return sim.load(ROOT / "scenarios" / "web_shop.toml")


@pytest.fixture(scope="module")
def a_run(shop: sim.Scenario) -> Result:
    """Four days of the web shop, with everything that a run may be asked for."""
    estimates = sim.replicate(shop, seed=1, replications=20).estimates
    return run.result(shop, estimates, 1, by=["interval"], theory=True, controls=True)


def test_a_run_is_the_same_when_read_back(a_run: Result, tmp_path: Path):
    """Words, tables, pictures, frames, and its document fits the schema."""
    again = holds(a_run, tmp_path)

    assert again["service_level"] == a_run.found.figure("service_level")
    assert {"day", "agents", "waits", "gantt"} == set(again.pictures())


@pytest.mark.parametrize("name", ["two_languages", "roster", "unresolved"])
def test_so_are_runs_of_other_scenarios(name: str, tmp_path: Path):
    """Several queues and groups, shifts, returns; of one replication and of three."""
    scenario = sim.load(ROOT / "scenarios" / f"{name}.toml")
    for n in (1, 3):
        holds(run.result(scenario, sim.replicate(scenario, replications=n).estimates, 1), tmp_path)


def small(**more: object) -> sim.Scenario:
    """Four hours of one queue, with targets that may be missed."""
    usual = {
        "hours": sim.OpeningHours(open="08:00", close="12:00"),
        "queues": [sim.Queue(name="q", arrivals=40, patience=90, service=sim.ByWork(work_s=300))],
        "groups": [sim.Group(name="g", queues=["q"], agents=3, concurrency=2)],
        "targets": sim.Targets(service_level=0.8, max_missed=0.1),
    }
    return sim.Scenario(**usual | more)  # type: ignore[arg-type]


def own_targets(scenario: sim.Scenario) -> sim.Scenario:
    """The same, with targets of its queue and of its group."""
    changes = {"queues.0.targets": {"max_wait_p90_s": 60}, "groups.0.targets": {"max_occupancy": 0.8}}
    return sim.vary(scenario, changes)


def test_so_is_the_choice_of_a_plan(tmp_path: Path):
    """Of a figure in seconds and of a share; decided, and not."""
    plans = {"three": small(), "four": sim.vary(small(), {"groups.0.agents": 4})}
    for figure, most in (("frt_s", 1000), ("service_level", 10)):
        answer = sim.best(plans, figure, first=5, most_runs=most, workers=1)
        assert holds(answer, tmp_path).facts["best"] == answer.found.ranked[0].plan.name


def teams(days: int = 1, **more: Any) -> sim.Scenario:
    """Two teams in a short day; some are planned away, and some don't come."""
    chats = sim.ByTurns(turns=4, agent_s=40, customer_s=50)
    busy = {"patience": 120, "service": chats}
    return sim.Scenario(
        name="Two [teams]",
        days=days,
        interval_min=60,
        hours=sim.OpeningHours(open="09:00", close="13:00"),
        targets=sim.Targets(threshold_s=30, service_level=0.8, max_missed=0.1, max_response_s=60),
        queues=[sim.Queue(name="help", arrivals=40, **busy), sim.Queue(name="shop", arrivals=20, **busy)],
        groups=[
            sim.Group(name="Desk", queues=["help"], agents=1, shrinkage={"training": 0.1}, absence=0.05),
            sim.Group(name="All", queues=["shop", "help"], agents=1, concurrency=2),
        ],
        **more,
    )


@pytest.mark.parametrize(
    ("days", "asked"),
    [(1, {"confidence": 0.5}), (2, {"step": Step.HOUR}), (1, {"per": Per.DAY, "step": Step.DAY})],
)
def test_a_staffing_is_the_same_when_read_back(days: int, asked: dict[str, Any], tmp_path: Path):
    """With other shares of days and without; each interval judged, or the day alone."""
    result = sim.staff(teams(days), replications=20, **asked)
    again = holds(result, tmp_path)

    assert list(again.pictures()) == [
        "requirement",
        "service",
        *(["levels"] if "confidence" in asked else []),
    ]
    *targets, days_kept = again.judged
    assert result.found.kept == again.kept == all(each.met for each in targets)
    assert [each.worst is None for each in targets] == [asked.get("per") is Per.DAY] * 3
    assert (days_kept.bound, days_kept.quantity.value) == (asked.get("confidence"), result.found.days_kept)
    total = sum(row["agents.Desk"] + row["agents.All"] for row in again.table("staffing").rows)
    assert total == again.facts["agent_hours"] == result.found.hours
    more = replace(result.found, levels=[Level(0.99, total + 8, result.found.plan + 1, 1.0)])
    by_level = staffing.result(more).table("staffing_by_level").rows
    assert sum(row["agents.Desk"] + row["agents.All"] for row in by_level) == total + 2 * 4


def test_a_roster_is_the_same_when_read_back(tmp_path: Path):
    """Shifts with their breaks, of several groups, at a price."""
    pause = sim.BreakWindow(minutes=15, earliest_h=1, latest_h=1.5)
    patterns = (sim.Pattern(lengths_h=[3.0], grid_min=60, cost_per_hour=12.5, breaks=[pause]),
                sim.Pattern(lengths_h=[1.0, 2.0], grid_min=60, cost_per_hour=15, breaks=[]))  # fmt: skip
    result = sim.roster(teams(), patterns=patterns, replications=20, rounds=2)
    again = holds(result, tmp_path)

    assert list(again.pictures()) == ["coverage", "shifts", "service"]
    found, shifts = result.found, again.table("shifts").rows
    assert sum(row["cost"] for row in shifts) == pytest.approx(again.facts["cost"])
    assert [row["agents"] for row in shifts] == [planned.agents for planned in found.shifts]
    breaks = [len(planned.candidate.shift.breaks) for planned in found.shifts]
    assert [
        sum(row["shift"] == k for row in again.table("breaks").rows) for k in range(1, len(breaks) + 1)
    ] == breaks
    assert sum(breaks) > 0
    on_duty = sum(row["on_duty.Desk"] + row["on_duty.All"] for row in again.table("coverage").rows)
    assert on_duty == pytest.approx(again.facts["paid_hours"])


@pytest.mark.parametrize(
    ("varies", "pictures"),
    [
        ({"groups.0.agents": [2, 4, 6]}, {"trade_offs", "staffing"}),
        ({"groups.0.concurrency": [1, 2, 3], "groups.0.agents": [3, 5]}, {"heat", "staffing"}),
        ({"queues.0.arrivals.per_hour": [20.5, 40], "groups.0.concurrency": [1, 2]}, {"heat"}),
        ({"routing.policy": ["random", "least_loaded"]}, {"trade_offs"}),
        ({"targets.service_level": [0.5, 0.9]}, {"trade_offs"}),
    ],
)
def test_so_is_a_sweep(varies: dict[str, list[object]], pictures: set[str], tmp_path: Path):
    """Of one variable and two; of numbers and words, of what is decided and of what is not."""
    both = sim.Targets(min_occupancy=0.5, max_occupancy=0.9, max_asa_s=20)
    for scenario in (small(), small(targets=sim.Targets()), own_targets(small(targets=both))):
        for n in (1, 5):
            again = holds(sim.sweep(scenario, varies, replications=n, workers=1), tmp_path)
            assert set(again.pictures()) == pictures


@pytest.mark.parametrize("n", [1, 2, 20])
def test_so_is_a_comparison(n: int, tmp_path: Path):
    """With itself and with others, by paths long and many; where targets differ, and where there are none."""
    more = small(
        groups=[sim.Group(name="a team", queues=["q"], agents=5)], targets=sim.Targets(max_missed=0.02)
    )
    more = sim.vary(more, {"queues.0.arrivals.per_hour": [40.0] * 24})
    for others in ((small(),), (own_targets(more),), (more, small(targets=sim.Targets()))):
        again = holds(sim.compare([small(), *others], replications=n, workers=1), tmp_path)
        assert list(again.table("plans").frame()["label"]) == ["A", "B", "C"][: 1 + len(others)]
        assert list(again.pictures()) == ["differences"]


def test_names_in_the_documents_of_choices_sweeps_and_comparisons_stay():
    """Later versions may add some; none goes."""
    more = sim.vary(small(), {"groups.0.agents": 4})
    choice = document(sim.best({"a": small(), "b": more}, "frt_s", first=5, most_runs=10, workers=1))
    assert {
        "figure", "unit", "better", "best", "decided", "not_simulated", "confidence", "within", "first_stage",
        "had_none_been_given_up", "fixed_number", "saved", "plans",
    } <= set(choice)  # fmt: skip
    names = {"plan", "value", "low", "high", "to_the_best", "replications", "given_up", "verdict"}
    assert names <= set(choice["plans"][0])

    varies = {"groups.0.concurrency": [1, 2], "groups.0.agents": [3, 5]}
    swept = document(sim.sweep(small(), varies, replications=3, workers=1))
    assert {
        "days", "chats", "vary", "best_of", "changes_paid_hours", "cheapest", "cheapest_for_sure", "remarks",
        "points", "frontier", "one_more_chat", "worse_from",
    } <= set(swept)  # fmt: skip
    assert {"path", "operator", "values", "title", "decided"} <= set(swept["vary"][0])
    names = {"service_level", "asa_s", "paid_hours", "paid_h_a_day", "keeps_all_targets", "sure"}
    assert names | set(varies) <= set(swept["points"][0])
    assert {"keeps_all", "sure"} | set(varies) <= set(swept["frontier"][0])
    names = {"from", "to", "kpi", "value", "low", "high", "unit", "p", "seen"}
    assert names <= set(swept["one_more_chat"][0])

    compared = document(sim.compare([small(), more], replications=3, workers=1))
    assert {"method", "alpha", "plans", "changed", "differences"} <= set(compared)
    assert {"name", "keeps_all_targets", "sure"} <= set(compared["plans"]["A"])
    assert {"scenario", "path", "baseline", "value"} <= set(compared["changed"][0])
    assert {
        "scenario", "kpi", "where", "title", "unit", "better", "baseline", "other", "difference", "relative",
        "p", "seen", "verdict", "runs_saved",
    } <= set(compared["differences"][0])  # fmt: skip


@pytest.mark.parametrize("most_missed", [0.1, 0.01, 1.0], ids=["later", "already", "never"])
def test_break_points_are_the_same_when_read_back(most_missed: float, tmp_path: Path):
    """Above today's demand, below it, and none at all."""
    centre = small(targets=sim.Targets(max_missed=most_missed))
    again = holds(sim.stress(centre, most=100, workers=1), tmp_path)

    assert set(again.pictures()) == {"break_points"}
    (row,) = again.table("break_points").rows
    assert (row["lower"], row["upper"]) == (row["load"].low, row["load"].high)


@pytest.mark.parametrize("profile", ["smoke", "spike", "soak"])
def test_so_is_a_course_of_load(profile: str, tmp_path: Path):
    """With thresholds of all kinds, and with targets instead; of few days, and of many."""
    limits = ["missed_rate > 10%", "q.asa_s > 5 over run", "g.occupancy < 50% over interval"]
    for n, fail_if in ((2, ()), (20, limits))[: 1 + (profile == "spike")]:
        answer = sim.stress(small(), profile, fail_if=fail_if, replications=n, workers=1)
        again = holds(answer, tmp_path)
        assert next(iter(again.pictures())) == "over_time"
        assert len(again.table("stages").rows) == len(answer.found.stages)


def test_a_reader_of_twenty_lines_shows_any_result(a_run: Result):
    """What a program that knows nothing of us can do with the document alone."""
    written = json.loads(to_json(document(a_run)))
    lines = [written["scenario"] or written["study"], *written["words"]]
    for name, told in written["tables"].items():
        lines.append(told["title"])
        columns = [column["name"] for column in told["columns"] if column.get("shown", True)]
        rows = written[name]
        if isinstance(rows, dict):
            rows = [{told["key"]: label, **row} for label, row in rows.items()]
        for row in rows:
            cells = [row[column] for column in columns]
            lines.append(" | ".join(str(c["value"] if isinstance(c, dict) else c) for c in cells))

    assert "Web shop, a weekday" in lines
    assert sum(line.startswith("ASA | ") for line in lines) >= 1
    assert len(lines) > 150


def test_what_it_has_not_is_told_with_what_is_near(a_run: Result):
    """Figures, tables and pictures by a wrong name."""
    with pytest.raises(UnknownNameError, match="asa_s"):
        a_run["asa"]
    with pytest.raises(UnknownNameError, match="by_queue"):
        a_run.frame(by="que")
    with pytest.raises(UnknownNameError, match="gantt"):
        a_run.plot("gant")


def test_frames_have_figures_by_name(a_run: Result, shop: sim.Scenario):
    """With their ends, at full precision; the night is there too."""
    by_queue, by_interval = a_run.frame(by="queue"), a_run.frame(by="interval")

    figure = a_run.found.figures("asa_s", "queue")[0]
    assert by_queue.row(0, named=True)["asa_s_high"] == figure.high
    assert len(by_interval) == shop.intervals_per_day
    assert a_run.frame("kpis").filter(kpi="asa_s")["value"][0] == a_run["asa_s"].value


def test_saved_it_is_a_folder_that_is_read_back(a_run: Result, tmp_path: Path):
    """result.json and a page with the pictures beside it; never over what is there already."""
    a_run.save(tmp_path / "out")

    assert read_result(tmp_path / "out") == a_run
    page = (tmp_path / "out" / "result.html").read_text(encoding="utf-8")
    assert "<td" in page
    assert 'src="day.png"' in page
    assert (tmp_path / "out" / "day.png").exists()
    with pytest.raises(sim.OutputError, match="exists"):
        a_run.save(tmp_path / "out")


def test_what_is_no_result_is_refused(tmp_path: Path, a_run: Result):
    """With its place and what is wrong, and no traceback of ours."""
    file = tmp_path / "x.json"
    with pytest.raises(ResultError, match="can't be read"):
        read_result(file)
    for text, why in (
        ("{", "not JSON"),
        ("[]", "no result"),
        ('{"format": 7}', "of 7"),
        ('{"format": 1}', "damaged"),
    ):
        file.write_text(text)
        with pytest.raises(ResultError, match=why):
            read_result(file)
    lacking = document(a_run)
    del lacking["kpis"]
    file.write_text(json.dumps(lacking))
    with pytest.raises(ResultError, match="kpis"):
        read_result(file)


def test_numbers_without_end_and_without_value_come_back(tmp_path: Path):
    """∞ and – on the terminal; neither is in JSON."""
    quantity = Quantity(float("inf"), None, None, False, None, None, None)
    columns = (
        Column("n", form="number"),
        Column("wait_s", "Wait", "s", "number"),
        Column("q", "Q", "s", "quantity"),
    )
    rows = [{"n": 1, "wait_s": float("inf"), "q": quantity}, {"n": 2, "wait_s": None, "q": None}]
    result = Result(Head("theory", (), "M/M/1"), tables=(Table("results", "Results", columns, rows),))
    again = holds(result, tmp_path)

    assert again.table("results").rows[0]["wait_s"] == float("inf")
    assert "∞" in plain(result)
    assert "–" in plain(result)


def test_names_are_text_in_pages_too(a_run: Result):
    """No name is markup."""
    head = replace(a_run.head, scenarios=("<script>alert(1)</script>",))
    page = replace(a_run, head=head)._repr_html_()

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_sensitivity_is_the_same_when_read_back(shop: sim.Scenario, tmp_path: Path):
    """Its tornado too; alone, and with the risk beside it."""
    found = sim.sensitivity(shop, replications=4)
    holds(found, tmp_path)
    risk = sim.risk(shop, months=5, forecast_cv=0.1)
    holds(risk, tmp_path)
    both = holds(sensitivity.result(found.found, risk.found, ["A remark"]), tmp_path)

    assert both.words[0] == found.words[0]
    assert both.words[-1] == "A remark"
    assert set(both.pictures()) == {"tornado", "risk"}
