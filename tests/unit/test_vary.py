"""Scenarios with another value somewhere: paths, ranges, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ScenarioError, VaryError
from sim.scenario.files import load
from sim.scenario.heads import apportioned
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, differences, read_vary, values_at, varied

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def shop() -> Scenario:
    return load(SCENARIOS / "web_shop.toml")


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_without_a_change_a_scenario_stays_what_it_is(path: Path):
    scenario = load(path)

    assert varied(scenario, []) == scenario
    assert differences(scenario, scenario) == []


def test_values_of_a_path():
    assert read_vary("groups.0.agents=6:16").values == tuple(range(6, 17))
    assert read_vary("groups.0.agents = 6:16:5").values == (6, 11, 16)
    assert read_vary("a.b*=0.8:1.4:0.1").values == (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4)
    assert read_vary("a+=-1:1").values == (-1, 0, 1)
    assert read_vary("a=3").values == (3,)
    assert read_vary("a=1, 2.5,least_loaded").values == (1, 2.5, "least_loaded")
    assert read_vary('a="08:00","24:00"').values == ("08:00", "24:00")
    assert read_vary('a={ law = "fixed", mean_s = 60 }').values == ({"law": "fixed", "mean_s": 60},)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("groups.0.agents", "must be PATH=VALUES"),
        ("=3", "must be PATH=VALUES"),
        ("a=", "needs values, got none"),
        ("a=16:6", "the range is empty: must not fall, got 16:6"),
        ("a=1:2:0", "the step must be above 0, got 1:2:0"),
        ("a=0:1:0.000001", "at most 1,000 values, got 1,000,001"),
        ("a={ law = fixed }", "must be values that TOML can read"),
    ],
)
def test_what_is_no_range_is_refused(text: str, words: str):
    with pytest.raises(VaryError, match=words):
        read_vary(text)


def test_paths_lead_by_number_by_name_and_to_all(shop: Scenario):
    assert values_at(shop, "groups.0.concurrency") == values_at(shop, "groups.Tier 1.concurrency") == [3]
    assert values_at(shop, "groups.0.shifts.*.agents") == [4, 4, 4]

    more = varied(
        shop, [Change("groups.*.shifts.*.agents", "+=", 2), Change("queues.orders.capacity", "=", 9)]
    )

    assert [shift.agents for shift in more.groups[0].shifts or ()] == [6, 6, 6]
    assert more.queues[0].capacity == 9


def test_lists_are_changed_item_by_item_and_whole_numbers_stay_whole(shop: Scenario):
    busier = varied(shop, [Change("queues.0.arrivals.per_hour", "*=", 1.1)])
    fewer = varied(shop, [Change("groups.0.shifts.*.agents", "*=", 0.6)])

    per_hour = shop.queues[0].arrivals.per_hour
    assert isinstance(per_hour, tuple)
    assert busier.queues[0].arrivals.per_hour == tuple(rate * 1.1 for rate in per_hour)
    assert [shift.agents for shift in fewer.groups[0].shifts or ()] == [2, 2, 2]


def test_agents_of_a_group_with_shifts_scale_them(shop: Scenario):
    """To the total asked for, set or reckoned; breaks and times stay, shifts left without agents go."""
    nine = varied(shop, [Change("groups.0.agents", "=", 10)]).groups[0]

    assert [shift.agents for shift in nine.shifts or ()] == [4, 3, 3]
    assert nine.agents is None
    before = shop.groups[0].shifts or ()
    for change, total in (
        (Change("groups.0.agents", "*=", 2), 24),
        (Change("groups.*.agents", "+=", -11), 1),
    ):
        shifts = varied(shop, [change]).groups[0].shifts or ()
        assert sum(shift.agents for shift in shifts) == total
        assert [(shift.start, shift.breaks) for shift in shifts] == [
            (shift.start, shift.breaks) for shift in before[: len(shifts)]
        ]
    assert varied(shop, [Change("groups.0.agents", "=", 0)]).groups[0].agents == 0
    with pytest.raises(ScenarioError, match=r"groups\.0\.agents: must be at least 0, got -1"):
        varied(shop, [Change("groups.0.agents", "+=", -13)])
    nonsense = Change("groups.0.shifts", "=", [{"agents": "x"}, 3])
    assert varied(shop, [nonsense, Change("groups.0.agents", "=", 2)]).groups[0].agents == 2


def test_agents_of_a_group_with_staffing_are_its_peak(shop: Scenario):
    """The shape stays, and nowhere is nobody where somebody was."""
    staffed = varied(shop, [Change("groups.0.staffing", "=", [0, 1, 5, 20, 10, 0] * 4)])

    assert varied(staffed, [Change("groups.0.agents", "=", 6)]).groups[0].staffing == (0, 1, 2, 6, 3, 0) * 4
    assert varied(staffed, [Change("groups.0.agents", "*=", 1)]) == staffed


@given(parts=st.lists(st.integers(0, 30), min_size=1, max_size=6).filter(any), total=st.integers(1, 200))
def test_heads_are_apportioned_by_largest_remainders(parts: list[int], total: int):
    """Every part gets its share, rounded down or up, and together they are the total."""
    given_ = apportioned(total, parts)

    assert sum(given_) == total
    assert all(abs(n * sum(parts) - total * part) < sum(parts) for n, part in zip(given_, parts, strict=True))
    assert apportioned(sum(parts), parts) == parts


def test_setting_what_can_stand_once_takes_the_other_away(shop: Scenario):
    """Staffing takes shifts away, and a rate a profile's file; multiplying takes nothing away."""
    staffed = varied(shop, [Change("groups.0.staffing", "=", [7] * 24)])

    assert (staffed.groups[0].n_agents, staffed.groups[0].shifts) == (7, None)
    exact = varied(shop, [Change("queues.0.arrivals", "=", {"times_s": [1.0, 2.0]})])
    assert varied(exact, [Change("queues.0.arrivals.per_hour", "=", 9)]).queues[0].arrivals.times_s is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("groups.0.agnets", "=", 1), "groups.0 has no 'agnets'; did you mean 'agents'"),
        (Change("group.0.agents", "=", 1), "a scenario has no 'group'; did you mean 'groups'"),
        (Change("groups.1.agents", "=", 1), "groups has no '1'; known: 0 to 0"),
        (Change("groups.Tier1.agents", "=", 1), "groups has no 'Tier1'; did you mean 'Tier 1'"),
        (Change("queues.0.balking.places", "=", 1), "this scenario has no queues.0.balking"),
        (Change("days.x", "=", 1), "days is 1 and holds nothing"),
        (Change("queues.0.capacity", "*=", 2), "needs numbers, and None stands there"),
        (Change("queues.0.patience.law", "*=", 2), "needs numbers, and lognormal stands there"),
    ],
)
def test_paths_that_lead_nowhere_are_refused_with_the_nearest_name(
    shop: Scenario, change: Change, words: str
):
    with pytest.raises(VaryError, match=words):
        varied(shop, [change])


def test_laws_hold_for_what_results(shop: Scenario):
    with pytest.raises(ScenarioError) as refused:
        varied(shop, [Change("groups.0.concurrency", "=", 0), Change("queues.0.patience.mean_s", "=", -1)])

    texts = [str(problem) for problem in refused.value.problems]
    assert texts == [
        "groups.0.concurrency=0, queues.0.patience.mean_s=-1: queues.0.patience.mean_s: must be above 0, got -1",
        "groups.0.concurrency=0, queues.0.patience.mean_s=-1: groups.0.concurrency: must be at least 1, got 0",
    ]


def test_differences_name_the_paths(shop: Scenario):
    other = varied(shop, [Change("groups.0.concurrency", "=", 2), Change("queues.0.capacity", "=", 40)])

    found: dict[str, Any] = {path: values for path, *values in differences(shop, other)}
    assert found == {"queues.0.capacity": [None, 40], "groups.0.concurrency": [3, 2]}
    staffed = varied(shop, [Change("groups.0.staffing", "=", [7] * 24)])
    assert {path for path, *_ in differences(shop, staffed)} == {"groups.0.staffing", "groups.0.shifts"}


def test_volumes_from_a_file_are_varied_by_interval():
    """Who tries it by the hour is told."""
    import sim

    shop = sim.Scenario(
        queues=[
            sim.Queue(
                name="q", arrivals=sim.Arrivals(per_interval=(5.0,) * 48), service=sim.ByWork(work_s=300)
            )
        ],
        groups=[sim.Group(name="g", queues=["q"], agents=3)],
    )
    with pytest.raises(
        VaryError, match=r"volumes come from a file here; vary queues\.\*\.arrivals\.per_interval instead"
    ):
        varied(shop, read_vary("queues.*.arrivals.per_hour*=0.8").changes())
    louder = varied(shop, read_vary("queues.*.arrivals.per_interval*=2").changes())
    assert louder.queues[0].arrivals.per_interval == (10.0,) * 48
