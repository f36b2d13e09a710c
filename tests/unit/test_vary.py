"""Scenarios with another value somewhere: paths, ranges, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError, VaryError
from sim.world.files import load
from sim.world.scenario import Scenario
from sim.world.vary import Change, differences, read_vary, values_at, varied

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


def test_setting_agents_takes_the_shifts_away(shop: Scenario):
    """And a rate takes a profile's file away; multiplying takes nothing away."""
    constant = varied(shop, [Change("groups.0.agents", "=", 7)])

    assert (constant.groups[0].agents, constant.groups[0].shifts) == (7, None)
    assert varied(constant, [Change("groups.0.agents", "*=", 2)]).groups[0].agents == 14
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
    constant = varied(shop, [Change("groups.0.agents", "=", 7)])
    assert {path for path, *_ in differences(shop, constant)} == {"groups.0.agents", "groups.0.shifts"}
