"""Comparisons: paired differences are right, verdicts point the right way, and equals are equal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME, KPIS
from sim.kpis.targets import verdicts
from sim.report.compare import result, verdict_text
from sim.report.data import document, to_json
from sim.report.numbers import signed
from sim.report.plots.compare import drawn
from sim.report.text import plain
from sim.runs.replicate import replicate
from sim.scenario.scenario import Scenario
from sim.scenario.targets import Targets
from sim.scenario.vary import Change, varied
from sim.studies import compare as study
from sim.studies.compare import Comparison, Seen, compare
from sim.studies.paired import Paired, holm, paired
from sim.theory.erlang import erlang
from tests.agree import Evidence, assert_agrees
from tests.worlds import by_turns, fixed, group, queue, world

pytestmark = pytest.mark.slow

A, B = np.sin(np.arange(40.0)), np.sin(np.arange(40.0)) + 0.3 * np.cos(7 * np.arange(40.0)) + 0.1
"""Two columns of numbers that move together."""


@pytest.fixture(scope="module")
def shop() -> Scenario:
    """A day of so many chats that two agents are too few."""
    return world(
        [queue(40, by_turns(30, 60, 3) | {"agent_s": 30}, patience=fixed(90))],
        [group(2, concurrency=2)],
        targets={"service_level": 0.8, "max_response_s": 60},
        quality={"resolution": 0.8},
    )


@pytest.fixture(scope="module")
def found(shop: Scenario) -> Comparison:
    """One agent more, and one agent less."""
    more, fewer = (varied(shop, [Change("groups.0.agents", "=", n)]) for n in (3, 1))
    return compare([shop, more, fewer], replications=40)


def text(comparison: Comparison, *, everything: bool = False) -> str:
    """Table as it is printed."""
    return plain(result(comparison, everything=everything), 130)


def test_a_paired_difference_is_that_of_the_t_test_without_its_skewness():
    """Close to scipy's, as these hardly lean; NaN in either is left out of both."""
    both = paired(np.append(A, [np.nan, 5.0]), np.append(B, [1.0, np.nan]))
    reference = stats.ttest_rel(B, A)
    ends = reference.confidence_interval(0.95)

    assert both.value == pytest.approx(np.mean(B - A))
    assert (both.low, both.high) == pytest.approx((ends.low, ends.high), rel=0.01)
    assert both.p == pytest.approx(reference.pvalue, rel=0.1)
    assert paired(B, A).p == pytest.approx(both.p)
    assert both.saved == pytest.approx((A.var(ddof=1) + B.var(ddof=1)) / (B - A).var(ddof=1))


def test_a_difference_that_never_varies_is_sure():
    """One hour more on every day is one hour more; no difference at all is none; one value says no more."""
    hour = paired(A, A + 1.0)

    assert hour.value == pytest.approx(1.0)
    assert (hour.low, hour.high, hour.p, hour.saved, hour.same) == (None, None, 0.0, None, False)
    assert (paired(A, A).value, paired(A, A).p, paired(A, A).same) == (0.0, 1.0, True)
    assert (paired(A[:2], B[:2]).low, paired(A[:2], B[:2]).p) == (None, 1.0)
    assert (paired(A[:1], B[:1]).low, paired(A[:1], B[:1]).p) == (None, 1.0)
    assert paired(A[:0], B[:0]).value is None


def test_a_difference_so_sure_that_its_probability_is_rounded_to_nothing_has_its_interval(found: Comparison):
    """Hours that differ from day to day by minutes are not the same on every day."""
    varies = np.tile([9.5, 9.45, 9.55, 9.65], 20)
    sure, steady = paired(0 * varies, varies), paired(A, A + 9.5)

    def shown(by: Paired) -> tuple[str, str]:
        contrast = found.contrasts[0]
        hours = replace(contrast.differences["agent_hours"], by=by)
        one = replace(contrast, differences={**contrast.differences, "agent_hours": hours})
        (line,) = (
            line for line in text(replace(found, contrasts=(one,))).splitlines() if "Hours on duty" in line
        )
        return line, verdict_text(hours, "B")

    assert (sure.p, steady.p) == (0.0, 0.0)
    assert (sure.steady, steady.steady) == (False, True)
    assert ["all alike" in shown(by)[0] for by in (sure, steady)] == [False, True]
    assert ["in every replication" in shown(by)[1] for by in (sure, steady)] == [False, True]


def test_holm_refuses_no_more_than_it_may():
    """Against statistics worked by hand: bounds α/m, α/(m − 1), … until one is not below its own."""
    assert holm([0.2, 0.016, 0.011, 0.04]) == [False, True, True, False]
    assert holm([0.2, 0.0130, 0.0126, 0.04]) == [False, False, False, False]
    assert holm([]) == []


def test_a_scenario_is_the_same_as_itself(shop: Scenario):
    """Every difference is zero, and said to be none."""
    itself = compare([shop, shop], replications=4).contrasts[0]

    for name, each in itself.differences.items():
        assert each.by.value in {0.0, None}, name
        assert each.seen in {Seen.SAME, Seen.UNKNOWN}, name
    assert itself.differences["service_level"].seen is Seen.SAME
    assert itself.changed == ()
    assert itself.notes == ()


def test_the_figures_are_those_of_the_scenarios_alone(shop: Scenario, found: Comparison):
    """As `replicate` has them, percentiles too; and the differences are of these."""
    alone = replicate(found.contrasts[0].plan.scenario, replications=40).estimates

    for kpi in KPIS:
        assert found.contrasts[0].plan.figures[kpi.name] == alone.figure(kpi.name)
        each = found.contrasts[0].differences[kpi.name]
        assert each.value == alone.figure(kpi.name).value
        if each.by.value is not None and each.baseline is not None and each.value is not None:
            assert each.by.value == pytest.approx(each.value - each.baseline, abs=1e-9, rel=1e-6), kpi.name
    assert found.contrasts[0].plan.verdicts == tuple(verdicts(alone, shop))


def test_verdicts_point_both_ways(found: Comparison):
    """More agents: better service, more hours; fewer: the other way; what agents can't change is the same."""
    more, fewer = found.contrasts
    for name, seen, other in (
        ("service_level", Seen.BETTER, Seen.WORSE),
        ("missed_rate", Seen.BETTER, Seen.WORSE),
        ("wait_s", Seen.BETTER, Seen.WORSE),
        ("occupancy", Seen.LOWER, Seen.HIGHER),
        ("paid_hours", Seen.HIGHER, Seen.LOWER),
        ("offered", Seen.SAME, Seen.SAME),
    ):
        assert more.differences[name].seen is seen, name
        assert fewer.differences[name].seen is other, name
    assert more.changed == (("groups.0.agents", 2, 3),)


def test_the_other_way_round_is_the_opposite(shop: Scenario, found: Comparison):
    """Exchanged, a difference changes its sign and nothing else."""
    back = compare([found.contrasts[0].plan.scenario, shop], replications=40).contrasts[0]
    for name in ("service_level", "missed_rate", "asa_s", "agent_hours"):
        there, again = found.contrasts[0].differences[name].by, back.differences[name].by
        assert there.value is not None
        assert again.value == pytest.approx(-there.value)
        assert again.p == pytest.approx(there.p)


def test_pairing_saves_runs(found: Comparison):
    """The same customers come to both, so their differences vary less than two samples' would."""
    for contrast in found.contrasts:
        for name in ("service_level", "missed_rate", "served", "occupancy"):
            saved = contrast.differences[name].by.saved
            assert saved is not None, name
            assert saved > 1.2, name


def erlang_a(agents: int) -> Scenario:
    """Three days of a queue of which everything is known."""
    return world([queue(240, {"work_s": 60}, patience=120)], [group(agents)], days=2, warm_up_h=1)


def test_differences_are_those_of_the_formula():
    """Erlang A with 4 and 5 agents; a formula with an agent too many is found out."""
    contrast = compare([erlang_a(4), erlang_a(5)], replications=60).contrasts[0]
    four, five, six = (erlang(n, 240 / 3600, 60, 120.0).figures(0.0) for n in (4, 5, 6))
    for name, sees in (("abandonment", 0.05), ("wait_s", 0.05), ("occupancy", 0.05)):
        by = contrast.differences[name].by
        assert by.value is not None
        assert by.high is not None
        error = (by.high - by.value) / stats.t.ppf(0.975, 59)
        evidence = Evidence(by.value, error, 60)
        assert_agrees(evidence, float(getattr(five, name) - getattr(four, name)), sees=sees)
        with pytest.raises(AssertionError):
            assert_agrees(evidence, float(getattr(six, name) - getattr(four, name)), sees=sees)


def test_other_queues_and_measures_are_noted(shop: Scenario):
    """Figures over all queues are compared all the same."""
    data = shop.model_dump(by_alias=True)
    second = dict(data["queues"][0], name="more")
    data["queues"] = [*data["queues"], second]
    data["groups"] = [dict(data["groups"][0], queues=["q", "more"])]
    data["targets"] = {"threshold_s": 20.0, "service_level": 0.9}
    data["days"] = 2
    contrast = compare([shop, Scenario.model_validate(data)], replications=5).contrasts[0]

    assert contrast.differences["missed_rate"].seen is Seen.WORSE
    told = " ".join(contrast.notes)
    for words in ("30 s here and 20 s there", "targets differ", "1 and 2 days", "queues differ"):
        assert words in told, words
    assert ("queues.1", None) in {(path, first) for path, first, _ in contrast.changed}


def test_successful_is_not_judged_where_only_one_scenario_says_what_is_resolved(shop: Scenario):
    """In the other every served chat counts, which is no success of its plan."""
    plain = Scenario.model_validate(shop.model_dump(exclude_unset=True) | {"quality": None})
    both, one = (compare([before, shop], replications=5).contrasts[0] for before in (shop, plain))

    assert {one.differences[name].way for name in ("successful", "success_rate")} == {Seen.LOWER}
    assert any("only one of them has [quality]" in note for note in one.notes)
    assert not any("[quality]" in note for note in both.notes)


def test_ctrl_c_keeps_what_all_have_done(shop: Scenario, monkeypatch: pytest.MonkeyPatch):
    """Stopped after some turns it says what as many replications would; before the first, it stops."""
    monkeypatch.setattr(study, "_A_TURN", 4)
    more = varied(shop, [Change("groups.0.agents", "=", 3)])

    def stop(done: int, _: int) -> None:
        if done > after:
            raise KeyboardInterrupt

    after = 5
    found = compare([shop, more], replications=20, workers=1, progress=stop)
    assert found.interrupted
    assert found.replications in {4, 8}
    assert replace(found, interrupted=False) == compare([shop, more], replications=found.replications)
    after = 0
    with pytest.raises(KeyboardInterrupt):
        compare([shop, more], replications=20, workers=1, progress=stop)


def test_one_result_on_any_number_of_workers(shop: Scenario):
    """To the last digit."""
    more = varied(shop, [Change("groups.0.agents", "=", 3)])
    documents = [document(result(compare([shop, more], replications=30, workers=n))) for n in (1, 3)]

    assert to_json(documents[0]) == to_json(documents[1])


def test_too_few_scenarios_and_too_many(shop: Scenario):
    """A baseline and another one at least; A to Z."""
    for n in (0, 1, 27):
        with pytest.raises(StudyError, match=f"got {n} scenario"):
            compare([shop] * n)


def test_the_table_says_what_is_better_and_by_how_much(found: Comparison):
    """Targets first, verdicts with sizes, what pairing saves, where the files differ, how it is judged."""
    told = text(found)

    assert told.index("Targets") < told.index("Volume")
    assert "groups.0.agents" in told
    assert "Service level: B is better by" in told
    assert "Service level: C is worse by" in told
    assert "Holm" in told
    assert "×" in told
    assert "Wait, abandoned" not in told
    assert len(text(found, everything=True)) > len(told)


def test_the_document_and_the_frame_have_every_figure(found: Comparison):
    """Of both scenarios."""
    told, frame = document(result(found)), result(found).frame("differences")

    assert list(told["plans"]) == ["A", "B", "C"]
    for label in "BC":
        assert {row["kpi"] for row in told["differences"] if row["scenario"] == label} == set(BY_NAME)
    assert len(frame) == 2 * len(KPIS)
    assert set(frame["seen"]) >= {"better", "worse", "higher", "lower"}


def test_one_replication_has_no_verdicts(shop: Scenario):
    """The difference is told, and that one replication says no more."""
    more = varied(shop, [Change("groups.0.agents", "=", 3)])
    found = compare([shop, more], replications=1)

    assert {each.seen for each in found.contrasts[0].differences.values()} == {Seen.UNKNOWN}
    assert "so few replications say no more" in text(found)
    result(found).plot("differences")


def test_the_forest_has_a_panel_a_scenario_and_names_its_verdicts(found: Comparison):
    """Each row at the share of the baseline that the table says."""
    figure = result(found).plot()

    assert [axes.get_title(loc="left")[:2] for axes in figure.axes] == ["B:", "C:"]
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert rows[:2] == ["Service level", "Missed share"]
    drawn = [line for line in figure.axes[0].lines if line.get_marker() in {"o", "X", "D", "s", "<", ">"}]
    relative = found.contrasts[0].differences["missed_rate"].relative
    assert relative is not None
    at = {float(line.get_ydata()[0]): float(line.get_xdata()[0]) for line in drawn}  # type: ignore[index]
    assert at[1.0] == pytest.approx(relative)
    labels = {text.get_text() for text in figure.legends[0].get_texts()}
    assert {"better", "worse", "higher or lower"} <= labels


def test_counts_are_judged_only_where_demand_is_equal(shop: Scenario, found: Comparison):
    """Twice as many come: more are served and missed, and neither is better; shares still are."""
    fewer = found.contrasts[1].differences
    twice = compare([shop, varied(shop, [Change("queues.0.arrivals.per_hour", "*=", 2.0)])], replications=40)
    there = twice.contrasts[0].differences

    assert (fewer["served"].seen, fewer["missed"].seen) == (Seen.WORSE, Seen.WORSE)
    assert (there["answered"].seen, there["missed"].seen) == (Seen.HIGHER, Seen.HIGHER)
    assert there["missed_rate"].seen is Seen.WORSE
    assert "Missed" in text(twice)
    assert "higher" in text(twice)


def test_it_ends_with_what_a_planner_wants(shop: Scenario):
    """Who keeps the promise, and the paid hours it takes; each not sure is named."""

    def last(*agents: int, targets: object = None, days: int = 1, n: int = 40) -> str:
        scenarios = [varied(shop, [Change("groups.0.agents", "=", k)]) for k in agents]
        if targets is not None:
            scenarios = [scenario.model_copy(update={"targets": targets}) for scenario in scenarios]
        if days > 1:
            scenarios[1:] = [scenario.model_copy(update={"days": days}) for scenario in scenarios[1:]]
        comparison = compare(scenarios, replications=n)
        return next(line for line in result(comparison).words if "promise" in line or "hours" in line)

    assert last(2, 1) == ("A keeps the promise, B does not (A not for sure); B needs 24 paid hours fewer.")
    assert last(1, 5) == "B keeps the promise, A does not; B needs 96 paid hours more."
    assert last(6, 5) == "Both A and B keep the promise; B needs 24 paid hours fewer."
    assert last(6, 6) == "Both A and B keep the promise; the paid hours are the same."
    assert last(6, 5, n=1) == (
        "Both A and B keep the promise (A and B not for sure); B needs 24 paid hours fewer, though not for sure."
    )
    assert last(6, 5, targets=Targets(threshold_s=30)) == "B needs 24 paid hours fewer."
    assert last(6, 5, days=2).startswith("Both A and B keep the promise")
    assert "hours" not in last(6, 5, days=2)


def test_two_scenarios_of_which_one_has_the_other_s_percentiles(shop: Scenario, found: Comparison):
    """A percentile is the pooled one, and its difference that of the pooled ones: as `sim run` has them."""
    plan = found.contrasts[0].plan
    ours, theirs = (replicate(s, replications=40).estimates for s in (shop, plan.scenario))
    each = found.contrasts[0].differences["wait_p90_s"]

    assert each.baseline == ours.figure("wait_p90_s").value
    assert each.value == theirs.figure("wait_p90_s").value
    assert each.by.value == pytest.approx(each.value - each.baseline)  # type: ignore[operator]
    daily = (theirs.own_values("wait_p90_s") - ours.own_values("wait_p90_s")).mean()
    assert abs(daily - each.by.value) > 0.3  # type: ignore[operator]


def test_targets_that_are_not_sure_have_their_mark_in_brackets(found: Comparison):
    """As `run` shows them, and the brackets are explained; a figure next to its target shows its side."""
    baseline = found.baseline
    verdict = next(each for each in baseline.verdicts if each.bound.kpi == "response_s")
    near = replace(verdict, figure=replace(verdict.figure, value=60.0004), met=False, sure=False)
    plan = replace(baseline, verdicts=(near,))
    contrast = found.contrasts[0]
    difference = replace(contrast.differences["response_s"], baseline=60.0004)
    contrast = replace(contrast, differences=contrast.differences | {"response_s": difference})
    told = text(replace(found, baseline=plan, contrasts=(contrast,)))

    assert "60.0004 (✗)" in told
    assert "In brackets: met or missed, but not for sure." in told


def test_a_small_difference_is_not_nothing():
    """It has a digit, or no sign."""
    assert signed(-0.000_02, "share") == "−0.002 points"
    assert signed(0.000_4, "s", bare=True) == "+0.0004"
    assert signed(-1e-12, "s", bare=True) == "0.00"


def test_an_interval_that_goes_past_the_edge_of_the_picture_ends_in_an_arrow(found: Comparison):
    """On its side alone; one that ends within has none."""
    contrast = found.contrasts[0]
    name = "service_level"
    difference = contrast.differences[name]
    base = difference.baseline
    assert base

    def arrows(high: float) -> list[str]:
        by = replace(difference.by, value=0.5 * base, low=0.1 * base, high=high * base)
        differences = contrast.differences | {name: replace(difference, by=by)}
        answer = result(replace(found, contrasts=(replace(contrast, differences=differences),)))
        figure, row = answer.plot(), drawn(answer).index(name)
        lines = [line for line in figure.axes[0].lines if list(line.get_ydata()) == [row]]
        return [str(line.get_marker()) for line in lines if line.get_marker() in {"<", ">"}]

    assert arrows(100.0) == [">"]
    assert arrows(0.9) == []
