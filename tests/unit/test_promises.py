"""Is every target judged alike, whoever asks? Runs, sweeps, choices, comparisons, searches, risks and checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import StudyError
from sim.kpis.targets import Verdict, bounds, named, verdicts
from sim.report.risk import result
from sim.runs.executor import Executor, executing
from sim.runs.replicate import replicate
from sim.scenario.figures import FIGURES, TARGETS
from sim.scenario.scenario import Scenario
from sim.scenario.vary import vary
from sim.studies.compare import Part, compare
from sim.studies.doubts import doubts
from sim.studies.risk import risk
from sim.studies.selection import Plan, best
from sim.studies.staffing.promise import promised
from sim.studies.staffing.staff import Staffing, staff
from sim.studies.sweep import sweep
from tests.commands import sim as command
from tests.worlds import by_work, fixed, group, queue, world

HOURS = {"open": "09:00", "close": "12:00"}
EXPONENTIAL = {"law": "exponential"}


def two_languages(**targets: dict[str, Any]) -> Scenario:
    """English and French, a team each, from nine until noon; targets of the centre, en, fr, Tier 1 and Tier 2."""

    def line(name: str, per_hour: float) -> dict[str, Any]:
        return {
            "name": name,
            "arrivals": {"per_hour": per_hour},
            "patience": EXPONENTIAL | {"mean_s": 240.0},
            "service": {"work_s": EXPONENTIAL | {"mean_s": 300.0}},
            "targets": targets.get(name, {}),
        }

    def team(name: str, language: str, agents: int) -> dict[str, Any]:
        return {"name": name, "queues": [language], "agents": agents, "targets": targets.get(name, {})}

    return Scenario.model_validate(
        {
            "interval_min": 60,
            "hours": HOURS,
            "targets": targets.get("centre", {}),
            "queues": [line("en", 40.0), line("fr", 12.0)],
            "groups": [team("Tier1", "en", 5), team("Tier2", "fr", 2)],
        }
    )


@pytest.fixture(scope="module")
def us():
    with executing(2) as executor:
        yield executor


def told(found: Any) -> list[tuple[str, float | None, bool | None, bool]]:
    """Verdicts, to be compared."""
    return [(v.bound.place, v.figure.value, v.met, v.sure) for v in found]


@st.composite
def tables(draw: st.DrawFn, part: str | None) -> dict[str, Any]:
    """Some targets of the centre, a queue or a group, of figures of any form."""
    keys = [key for key, target in TARGETS.items() if part is None or getattr(FIGURES[target.figure], part)]
    chosen = draw(st.lists(st.sampled_from(keys), max_size=5, unique_by=lambda key: TARGETS[key].figure))
    return {
        key: draw(st.floats(1, 1) if "csat_score" in key or "ces" in key else st.floats(0.01, 1))
        for key in chosen
    }


@pytest.mark.slow
@settings(max_examples=8)
@given(tables(None), tables("queue"), tables("queue"), tables("group"))
def test_a_target_is_judged_alike_by_all_who_judge(
    centre: dict[str, Any], first: dict[str, Any], second: dict[str, Any], team: dict[str, Any]
):
    """By a run, by each point of a sweep, of each plan that is chosen from, and of each that is compared."""
    scenario = two_languages(centre=centre, en=first, fr=second, Tier1=team)
    other = vary(scenario, {"groups.0.agents": 6})
    alone, more = (told(verdicts(replicate(s, 1, 6).estimates, s)) for s in (scenario, other))
    swept = sweep(scenario, {"groups.0.agents": [5, 6]}, seed=1, replications=6)
    compared = compare([scenario, other], seed=1, replications=6)
    chosen = best([Plan("five", scenario), Plan("six", other)], "asa_s", first=6, seed=1, most_runs=12)

    assert len(alone) == sum(map(len, (centre, first, second, team)))
    assert [told(point.verdicts) for point in swept.points] == [alone, more]
    assert [told(plan.verdicts) for plan in compared.plans] == [alone, more]
    assert {each.plan.name: told(each.verdicts) for each in chosen.ranked} == {"five": alone, "six": more}


@pytest.fixture(scope="module")
def staffed(us: Executor) -> Staffing:
    """Each language with a level of its own, a percentile for both, and a group that is not to be too busy."""
    scenario = two_languages(
        centre={"max_wait_p90_s": 120},
        en={"service_level": 0.8, "threshold_s": 30},
        fr={"service_level": 0.5, "threshold_s": 60, "max_asa_s": 60},
        Tier1={"max_occupancy": 0.9},
    )
    return staff(scenario, replications=60, executor=us)


def test_staffing_keeps_the_targets_of_each_queue_and_group(staffed: Staffing):
    """On days that the search did not see; as a run judges them, and as the study's own figures are."""
    judged = verdicts(staffed.estimates, staffed.scenario)

    assert staffed.kept
    assert all(verdict.met for verdict in judged)
    assert len(judged) == len(staffed.promise.bounds) == 5
    for verdict, value in zip(judged, staffed.day, strict=True):
        assert verdict.bound.target == value.bound.target
        assert value.kept
        if value.bound.within is None:
            assert value.value == pytest.approx(verdict.figure.value)


def test_one_agent_fewer_breaks_a_target_of_whom_it_serves(staffed: Staffing):
    """What binds English does not bind French: each team is as large as its own queue asks for."""
    broken = {(fewer.group, fewer.breaks) for need in staffed.needs for fewer in need.fewer if fewer.breaks}
    places = {
        team: {"centre" if b.where is None else b.where.name for g, b in broken if g == team and b}
        for team in ("Tier1", "Tier2")
    }

    assert places["Tier1"] <= {"centre", "en", "Tier1"}
    assert places["Tier2"] <= {"centre", "fr"}
    assert "fr" in places["Tier2"]


def test_a_percentile_is_searched_for_as_a_share_of_waits_within_it(staffed: Staffing):
    """At least 90 % wait no longer than 120 s: so the 90th percentile is no longer."""
    bound, day = staffed.promise.bounds[0], staffed.day[0]
    value = staffed.estimates.figure("wait_p90_s").value

    assert (bound.side, bound.value, bound.within) == ("at least", 0.9, 120.0)
    assert named(bound, staffed.scenario) == "Wait within 120 s"
    assert value is not None
    assert value <= 120
    assert day.value is not None
    assert day.value >= 0.9


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        (
            {"centre": {"min_occupancy": 0.5}},
            "targets.min_occupancy: can't be searched for, as more agents make it worse: leave it out",
        ),
        (
            {"en": {"max_wait_max_s": 600}},
            "queues.en.targets.max_wait_max_s: can't be searched for, as highest values don't add up over days",
        ),
        (
            {"centre": {"max_abandoned": 9}},
            "targets.max_abandoned: can't be searched for, as it counts over a whole run",
        ),
        (
            {"Tier2": {"max_messages_per_chat": 9}},
            "groups.Tier2.targets.max_messages_per_chat: can't be searched for, as more agents don't move it one way",
        ),
        ({"centre": {"min_chats_per_agent_hour": 9}}, "as more agents make it worse"),
    ],
)
def test_what_can_not_be_searched_for_is_refused_by_name(targets: dict[str, Any], words: str):
    """And never left aside, for the plan found would not keep it."""
    with pytest.raises(StudyError) as caught:
        promised(two_languages(**targets))
    assert words in str(caught.value)


def test_a_difference_of_what_a_queue_promises_is_judged_too():
    """Where both scenarios have a queue of that name; in the same procedure as all figures."""
    one = two_languages(en={"max_asa_s": 30}, fr={"max_asa_s": 30})
    renamed = vary(one, {"queues.fr.name": "french", "groups.1.queues": ["french"], "groups.0.agents": 4})
    (contrast,) = compare([one, renamed], seed=1, replications=20).contrasts

    assert list(contrast.parts) == [Part("asa_s", "queue", "en")]
    (difference,) = contrast.parts.values()
    assert difference.way == "worse"
    assert difference.baseline is not None
    assert difference.by.value == pytest.approx((difference.value or 0) - difference.baseline)


def test_the_risk_of_a_target_is_that_of_its_queue_and_period():
    """Every day one of queue b's two chats waits 40 s in vain; a day's highest wait is also a week's."""
    scenario = world(
        [
            queue([0.0], by_work(100), "a", targets={"max_missed": 0.1}),
            queue([0.0, 10.0], by_work(100), "b", patience=fixed(40), targets={"max_missed": 0.4}),
        ],
        [group(1, "ga", ("a",)), group(1, "gb", ("b",))],
        targets={"max_abandoned": 1, "max_wait_max_s": 0, "max_queue_length_max": 0, "max_wait_p95_s": 0},
    )
    found = risk(scenario, months=5)

    for period in found.periods:
        assert {chance.target: chance.value for chance in period.chances} == {
            "max_abandoned": 0.0,
            "max_wait_p95_s": 0.0,
            "max_wait_max_s": 0.0,
            "max_queue_length_max": 1.0,
            "queues.a.targets.max_missed": 0.0,
            "queues.b.targets.max_missed": 1.0,
            "any": 1.0,
        }


def test_the_risk_of_a_count_is_in_proportion_to_open_days_and_of_a_percentile_in_its_queue():
    """On the first of two days three are served, one of b after 30 s; nobody comes on the second."""
    scenario = world(
        [
            queue([0.0], by_work(100), "a", targets={"max_wait_p90_s": 20}),
            queue([0.0, 70.0], by_work(100), "b", targets={"max_wait_p90_s": 20}),
        ],
        [group(1, "ga", ("a",)), group(1, "gb", ("b",))],
        targets={"max_served": 3},
        days=2,
    )
    found = risk(scenario, months=5)
    day, *_ = found.periods

    assert {chance.target: chance.value for chance in day.chances} == {
        "max_served": 0.0,
        "queues.a.targets.max_wait_p90_s": 0.0,
        "queues.b.targets.max_wait_p90_s": 1.0,
        "any": 1.0,
    }
    titles = [row["title"] for row in result(found).tables[0].rows]
    assert titles[1] == "Wait, 90th percentile, a (≤ 20.0 s)"


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({"centre": {"min_csat": 0.8}}, "targets.min_csat: is never measured: the scenario has no [quality]"),
        (
            {"en": {"max_response_s": 60}},
            "queues.en.targets.max_response_s: is never measured: no queue is served by turns",
        ),
        (
            {"fr": {"max_estimate_error_s": 60}},
            "queues.fr.targets.max_estimate_error_s: is never measured: no queue announces waits",
        ),
        ({"centre": {"min_asa_s": 5}}, "targets.min_asa_s: of asa_s lower is better: was max_asa_s meant?"),
        (
            {"fr": {"max_service_level": 0.9}},
            "of service_level higher is better: was min_service_level meant?",
        ),
    ],
)
def test_targets_that_can_not_be_meant_are_doubted(targets: dict[str, Any], words: str):
    """Figures that there are not, and bounds on the good side; none else is."""
    assert any(words in doubt for doubt in doubts(two_languages(**targets)))
    fine = {"centre": {"max_occupancy": 0.9, "min_occupancy": 0.1, "max_asa_s": 20}}
    assert not [doubt for doubt in doubts(two_languages(**fine)) if "targets." in doubt]


def test_on_the_command_line_a_missed_target_of_a_queue_is_an_exit_code(tmp_path: Path):
    """99 from `run --check`, its name in the table; 2 from `staff`, which can't search for it."""
    path = tmp_path / "two.toml"
    path.write_text(
        """
[hours]
open = 09:00:00
close = 10:00:00
[[queues]]
name = "en"
arrivals = { per_hour = 60 }
service = { work_s = { law = "exponential", mean_s = 300 } }
targets = { max_wait_max_s = 1, min_csat = 0.5 }
[[groups]]
name = "Tier 1"
queues = ["en"]
agents = 6
"""
    )
    checked, staffed = command("run", path, "-n", "20", "--check"), command("staff", path, "-n", "20")

    assert checked.returncode == 99
    assert "Wait, longest, en" in checked.stdout
    assert "queues.en.targets.min_csat can't be measured: the scenario has no [quality]" in checked.stderr
    assert staffed.returncode == 2
    assert "queues.en.targets.max_wait_max_s: can't be searched for" in staffed.stderr
    assert command("check", path).returncode == 0


def test_verdicts_have_bounds_that_tell_all_of_them_apart():
    """The same target of the centre and of two queues: three bounds, by place."""
    scenario = two_languages(centre={"max_asa_s": 9}, en={"max_asa_s": 9}, fr={"max_asa_s": 9})
    found: list[Verdict] = verdicts(replicate(scenario, 1, 3).estimates, scenario)

    assert len({verdict.bound for verdict in found}) == len(bounds(scenario)) == 3
    values = [verdict.figure.value for verdict in found]
    assert min(values[1:]) <= values[0] <= max(values[1:])  # type: ignore[type-var, operator]
