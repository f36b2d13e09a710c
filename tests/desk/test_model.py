"""The page finds what the commands find: the same figures and intervals, as given and with sliders moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.report.page.desk import FIGURES, desk_data
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.parity.node import Node, node

DAYS = 4
WEB_SHOP = ROOT / "scenarios" / "web_shop.toml"


@pytest.fixture(scope="module")
def browser() -> Iterator[Node]:
    with node() as process:
        yield process


def assert_found_alike(
    browser: Node, scenario: Scenario, changed: Scenario, settings: Mapping[str, Any]
) -> None:
    """The page of *scenario* with these settings says what a run of the *changed* one says."""
    question = {"ask": "desk", "desk": desk_data(scenario, 3, DAYS), "settings": settings}
    found = browser.ask(question)
    kpis = sim.run(changed, seed=3, replications=DAYS)
    for name in FIGURES:
        expected = kpis[name]
        if expected.value is not None:
            assert (found[name]["unseen"] > 0) == expected.few_days, name
        for end in ("value", "low", "high", "p10", "p90"):
            value = getattr(expected, end)
            unit_bound = 1.0 if not name.endswith("_s") else float("inf")
            shown = found[name][end]
            if shown is not None and end in {"low", "high"}:
                shown = min(max(shown, 0.0), unit_bound)
            assert shown == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), (name, end)


SOME = ("web_shop", "two_languages", "night_desk", "silent_customers", "unresolved", "new_hires")
"""Several groups, nights, people who differ, customers who leave in silence or come again."""


@pytest.mark.parametrize("name", SOME)
def test_figures_are_those_of_a_run(browser: Node, name: str):
    scenario = sim.load(ROOT / "scenarios" / f"{name}.toml")
    assert_found_alike(browser, scenario, scenario, {})


@pytest.mark.nightly
def test_figures_are_those_of_a_run_of_every_scenario(browser: Node, scenario_file: Path):
    scenario = sim.load(scenario_file)
    assert_found_alike(browser, scenario, scenario, {})


@pytest.mark.parametrize(
    ("settings", "changes"),
    [
        ({"agents": [10]}, {"groups.0.agents": 10}),
        ({"slots": 1}, {"groups.0.concurrency": 4}),
        ({"slots": -1}, {"groups.0.concurrency": 2}),
        ({"patience": 0.5}, {"queues.0.patience.mean_s": 90.0}),
        ({"reply": 1.5}, {"queues.0.service.agent_s.mean_s": 60.0}),
    ],
)
def test_a_moved_slider_is_a_changed_scenario(
    browser: Node, settings: dict[str, Any], changes: dict[str, Any]
):
    scenario = sim.load(WEB_SHOP)
    assert_found_alike(browser, scenario, sim.vary(scenario, changes), settings)


def test_more_demand_is_more_of_the_same_customers(browser: Node):
    scenario = sim.load(WEB_SHOP)
    rates = scenario.queues[0].arrivals.per_hour
    assert isinstance(rates, tuple)
    more = sim.vary(scenario, {"queues.0.arrivals.per_hour": tuple(1.25 * rate for rate in rates)})
    assert_found_alike(browser, scenario, more, {"demand": 1.25})


def test_a_group_without_agents_stands_at_none(browser: Node):
    """Its slider begins there, and the page simulates."""
    scenario = sim.vary(sim.load(ROOT / "scenarios" / "concurrency.toml"), {"groups.0.agents": 2})
    nobody = scenario.groups[0].model_copy(update={"name": "nobody", "agents": 0})
    scenario = scenario.model_copy(update={"groups": (*scenario.groups, nobody)})
    assert [group["counts"][0] for group in desk_data(scenario, 3, DAYS)["groups"]] == [1, 0]
    assert_found_alike(browser, scenario, scenario, {})
