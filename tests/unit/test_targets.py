"""Is a promise kept? Targets of any figures, of the centre, its queues and its groups, worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.draws.record import Draws
from sim.engines import simulate
from sim.kpis.definitions import BY_NAME, KPIS, Peak, Quantile, Ratio
from sim.kpis.loops import By
from sim.kpis.measure import bound_of, measure, measure_all
from sim.kpis.targets import Bound, Where, bounds, in_order, named, title, verdicts
from sim.scenario.figures import FIGURES, NAMED, TARGETS
from sim.scenario.scenario import Scenario
from sim.scenario.targets import GroupTargets, QueueTargets, Targets, Variant
from tests.worlds import by_work, fixed, group, queue, run, world, worlds

EARLY, LATE = [0.0, 10.0, 70.0], [0.0, 10.0, 20.0]
"""One agent, 100 s a chat, and 40 s of patience: served, gone after 40 s, served after 30 s; and with all
three at once, served and twice gone."""


def two_lines(centre: dict[str, Any], first: dict[str, Any], second: dict[str, Any]) -> Scenario:
    """Two queues, each with an agent of its own."""
    queues = [
        queue(EARLY, by_work(100), "a", patience=fixed(40), targets=first),
        queue(LATE, by_work(100), "b", patience=fixed(40), targets=second),
    ]
    groups = [group(1, "ga", ("a",)), group(1, "gb", ("b",), targets={"max_occupancy": 0.5})]
    return world(queues, groups, targets=centre)


def test_a_target_may_bind_every_key_figure():
    """The scenario's own list of figures is that of the key figures, in their order."""
    assert list(FIGURES) == [kpi.name for kpi in KPIS]
    for kpi in KPIS:
        by = kpi.form.breakdowns
        known = FIGURES[kpi.name]
        assert known == (kpi.unit, kpi.better, By.QUEUE in by, By.GROUP in by), kpi.name


def test_every_figure_has_two_targets_but_for_those_with_older_names():
    """`max_missed` is a share, as it always was: the count of those missed has no target."""
    assert set(NAMED.items()) <= set(TARGETS.items())
    assert TARGETS["max_missed"].figure == "missed_rate"
    assert {"min_missed", "missed"}.isdisjoint(TARGETS)
    for name in set(FIGURES) - {"missed"}:
        assert (TARGETS[f"min_{name}"].figure, TARGETS[f"min_{name}"].side) == (name, "at least")
        assert (TARGETS[f"max_{name}"].figure, TARGETS[f"max_{name}"].side) == (name, "at most")


def test_targets_are_those_of_the_centre_then_of_queues_then_of_groups():
    """In the order of figures, whatever the order in the file; each knows its place and its name."""
    centre = two_lines(
        {"max_asa_s": 20, "service_level": 0.8, "max_occupancy": 0.9},
        {},
        {"service_level": 0.7, "threshold_s": 60},
    )
    found = bounds(centre)

    assert [(bound.place, bound.kpi, bound.value) for bound in found] == [
        ("targets.service_level", "service_level", 0.8),
        ("targets.max_asa_s", "asa_s", 20.0),
        ("targets.max_occupancy", "occupancy", 0.9),
        ("queues.b.targets.service_level", "service_level", 0.7),
        ("groups.gb.targets.max_occupancy", "occupancy", 0.5),
    ]
    assert [named(bound, centre) for bound in found] == [
        "Service level in each queue's time",
        "ASA",
        "Occupancy",
        "Service level in 60 s, b",
        "Occupancy, gb",
    ]
    assert title(found[3], centre) == "Service level in 60 s"
    assert found[3].where == Where(By.QUEUE, 1, "b")
    assert in_order(reversed([*found, *found])) == list(found)
    assert len({*found, *bounds(centre)}) == len(found), "bounds can be told apart, and hashed"


@pytest.mark.parametrize(
    ("threshold_s", "short_s", "usual", "offered", "lenient", "answered"),
    [
        (20, None, 1 / 3, 1 / 3, 1 / 3, 1 / 2),
        (40, None, 2 / 2, 2 / 3, 3 / 3, 2 / 2),
        (20, 40, 1 / 2, 1 / 3, 1 / 3, 1 / 2),
        (40, 0, 2 / 3, 2 / 3, 3 / 3, 2 / 2),
    ],
)
def test_service_levels_differ_in_who_gives_up_early(
    threshold_s: float, short_s: float | None, usual: float, offered: float, lenient: float, answered: float
):
    """Of three chats one is served at once, one after 30 s, and one gives up after 40 s."""
    own = {} if short_s is None else {"short_abandon_s": short_s}
    centre = world(
        [queue(EARLY, by_work(100), patience=fixed(40))], targets={"threshold_s": threshold_s} | own
    )
    log = run(centre)
    for kpis in (measure(log, centre), measure(log, centre.targets)):
        found = [kpis[variant.figure] for variant in Variant]
        assert found == pytest.approx([usual, offered, lenient, answered])


@pytest.mark.parametrize("variant", list(Variant))
def test_the_variant_says_which_service_level_is_bound(variant: Variant):
    """That of a queue, or else the centre's."""
    own = {"service_level_variant": str(variant), "service_level": 0.6}
    centre = two_lines(
        own, {"service_level": 0.6}, {"service_level": 0.6, "service_level_variant": "offered"}
    )
    found = [bound.kpi for bound in bounds(centre) if bound.target == "service_level"]

    assert found == [variant.figure, variant.figure, "service_level_offered"]


def test_each_queue_is_judged_by_its_own_threshold():
    """Of queue a two of three are served within 30 s, of b one of three; the centre adds them up."""
    centre = two_lines({"threshold_s": 20}, {"threshold_s": 30}, {"short_abandon_s": 40})
    kpis = measure(run(centre), centre)

    assert centre.thresholds_s == (30, 20)
    assert centre.short_abandons_s == (30, 40)
    assert kpis.values("service_level_offered", By.QUEUE).tolist() == pytest.approx([2 / 3, 1 / 3])
    assert kpis["service_level_offered"] == pytest.approx(3 / 6)
    assert kpis.values("service_level", By.QUEUE).tolist() == pytest.approx([2 / 3, 1 / 1])
    assert measure(run(centre), centre.targets)["service_level_offered"] == pytest.approx(2 / 6)


def test_verdicts_look_at_the_queue_or_group_that_is_bound():
    """One agent of gb is busy for 100 s of the day; a figure that does not exist is neither kept nor missed."""
    centre = two_lines(
        {"max_wait_max_s": 30, "max_abandoned": 2, "min_csat": 0.1},
        {"max_missed": 0.3, "max_asa_s": 15},
        {"max_missed": 0.6, "max_wait_p90_s": 0},
    )
    estimates = sim.replicate(centre, replications=3).estimates
    found = {
        verdict.bound.place: (verdict.met, verdict.figure.value) for verdict in verdicts(estimates, centre)
    }

    assert found == {
        "targets.max_abandoned": (False, 3.0),
        "targets.max_wait_max_s": (True, 30.0),
        "targets.min_csat": (None, None),
        "queues.a.targets.max_missed": (False, pytest.approx(1 / 3)),
        "queues.a.targets.max_asa_s": (True, 15.0),
        "queues.b.targets.max_missed": (False, pytest.approx(2 / 3)),
        "queues.b.targets.max_wait_p90_s": (True, 0.0),
        "groups.gb.targets.max_occupancy": (True, pytest.approx(100 / 86_400)),
    }


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        (Targets, {"max_ocupancy": 0.8}, "Targets: max_ocupancy: unknown key; did you mean 'max_occupancy'?"),
        (Targets, {"csat": 0.8}, "Targets: csat: unknown key; did you mean 'min_csat'?"),
        (Targets, {"asa_s": 9}, "Targets: asa_s: unknown key; did you mean 'max_asa_s'?"),
        (Targets, {"max_occupancy": 85}, "Targets: max_occupancy: must be at most 1, got 85"),
        (Targets, {"max_asa_s": "20"}, "Targets: max_asa_s: must be a number, got '20'"),
        (Targets, {"min_csat_score": 0.8}, "Targets: min_csat_score: must be at least 1, got 0.8"),
        (
            Targets,
            {"min_occupancy": 0.9, "max_occupancy": 0.8},
            "Targets: max_occupancy: must be at least min_occupancy, which is 0.9, got 0.8",
        ),
        (
            Targets,
            {"service_level": 0.9, "max_service_level": 0.8},
            "Targets: max_service_level: must be at least service_level, which is 0.9, got 0.8",
        ),
        (
            Targets,
            {"max_missed": 0.1, "max_missed_rate": 0.2},
            "Targets: max_missed_rate: binds what max_missed binds, got 0.2; give one of them",
        ),
        (
            Targets,
            {"service_level_variant": "answered", "short_abandon_s": 5},
            "Targets: short_abandon_s: is for the usual service level: the variant 'answered' knows no short",
        ),
        (
            QueueTargets,
            {"max_occupancy": 0.8},
            "occupancy is not known of a queue by itself: bind it for the centre or a group",
        ),
        (
            GroupTargets,
            {"service_level": 0.8},
            "service_level is not known of a group by itself: bind it for the centre or a queue",
        ),
    ],
)
def test_what_is_wrong_with_a_target_is_said(kind: type[Targets], given: dict[str, Any], told: str):
    """Slips, values that a figure can't have, contradictions, and figures that a queue or group has not."""
    with pytest.raises(sim.ScenarioError) as caught:
        kind(**given)
    assert told in str(caught.value)


def test_problems_with_targets_are_told_all_at_once_with_their_places():
    """Line and column, also within a queue's and a group's table, and what may have been meant."""
    text = """
[targets]
max_ocupancy = 0.8
[[queues]]
name = "q"
arrivals = { per_hour = 60 }
service = { work_s = { law = "fixed", mean_s = 60 } }
targets = { min_csat = 80, max_occupancy = 0.9 }
[[groups]]
name = "g"
queues = ["q"]
agents = 3
[groups.targets]
min_occupancy = 0.9
max_occupancy = 0.8
"""
    with pytest.raises(sim.ScenarioError) as caught:
        sim.parse(text)

    assert str(caught.value).splitlines() == [
        "<scenario>:3:1: targets.max_ocupancy: unknown key; did you mean 'max_occupancy'?",
        "<scenario>:8:24: queues.0.targets.min_csat: must be at most 1, got 80; write 0.80",
        "<scenario>:8:44: queues.0.targets.max_occupancy: occupancy is not known of a queue by itself: bind it "
        "for the centre or a group, got 0.9",
        "<scenario>:15:17: groups.0.targets.max_occupancy: must be at least min_occupancy, which is 0.9, got 0.8",
    ]


def test_targets_are_changed_by_path_and_copied():
    """Also one that was not set, and of a queue; None takes one away, and equals are equal."""
    centre = two_lines({"service_level": 0.8}, {}, {})
    changed = sim.vary(centre, {"targets.max_asa_s": 20, "queues.b.targets.min_csat": 0.8})

    assert [bound.place for bound in bounds(changed)] == [
        "targets.service_level",
        "targets.max_asa_s",
        "queues.b.targets.min_csat",
        "groups.gb.targets.max_occupancy",
    ]
    assert changed.targets.model_copy(update={"max_asa_s": None}) == centre.targets
    assert Targets(max_asa_s=None) == Targets()
    assert repr(QueueTargets(max_asa_s=20.0)) == "QueueTargets(max_asa_s=20.0)"
    with pytest.raises(sim.VaryError, match="targets has no 'max_asa'; did you mean 'max_asa_s'"):
        sim.vary(centre, {"targets.max_asa": 20})


def everything_bound(scenario: Scenario, value: float) -> list[Bound]:
    """Every figure, of the centre, of each queue and of each group."""
    found = [Bound("", kpi.name, "at most", value) for kpi in KPIS]
    for by, some in ((By.QUEUE, scenario.queues), (By.GROUP, scenario.groups)):
        found += [
            Bound("", kpi.name, "at most", value, Where(by, k, each.name))
            for k, each in enumerate(some)
            for kpi in KPIS
            if by in kpi.form.breakdowns
        ]
    return found


@pytest.mark.slow
@given(worlds(most_days=2), st.integers(0, 10))
def test_what_is_bound_adds_up_over_intervals(drawn: tuple[Scenario, Draws], value: int):
    """To the figure of the centre, queue or group; highest values are the highest, and percentiles count."""
    log, some = simulate(*drawn), everything_bound(drawn[0], float(value))
    (kpis,) = measure_all([log], drawn[0], bounds=some)
    for bound, (top, bottom) in zip(some, bound_of([kpis])[0], strict=True):
        figure = kpis.values(bound.kpi, bound.by)[bound.cell]
        match BY_NAME[bound.kpi].form:
            case Ratio():
                found = np.nan if bottom.sum() == 0 else top.sum() / bottom.sum()
                np.testing.assert_allclose(found, figure, 1e-9, 1e-9, err_msg=bound.place)
            case Peak():
                found = top[bottom > 0].max() if bottom.any() else np.nan
                np.testing.assert_equal(found, figure)
            case Quantile(share=share):
                n, place = bottom.sum(), max(bottom.sum() - 1, 0) * share
                assert top.sum() >= int(place) + 1 or not figure <= value
                assert top.sum() < int(place) + 2 or figure <= value
                assert n == 0 or not np.isnan(figure)


@pytest.mark.slow
@given(worlds())
def test_a_search_adds_up_the_same_sums_of_chats(drawn: tuple[Scenario, Draws]):
    """Without agents' time and without percentiles, which it leaves out where nothing bound asks for them."""
    log = simulate(*drawn)
    some = [bound for bound in everything_bound(drawn[0], 1.0) if isinstance(BY_NAME[bound.kpi].form, Ratio)]
    whole, few = (
        bound_of(measure_all([log], drawn[0], of_chats=of_chats, bounds=some)) for of_chats in (False, True)
    )
    known = ~np.isnan(few)

    assert np.array_equal(whole[known], few[known])
    assert known.all(axis=(0, 2, 3)).any()
