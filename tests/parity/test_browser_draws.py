"""The browser draws the same customers as Python does: the same uniforms, and quantiles to a few last digits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

import sim
from sim.draws.record import Draws
from sim.draws.streams import Stream, Streams
from sim.engines.browser import demand_of
from sim.scenario.distributions import CountDistribution, Distribution
from sim.scenario.scenario import Scenario
from tests.parity.node import Node, node, read
from tests.worlds import SCALE, scenarios

LAWS: list[dict[str, Any]] = [
    {"law": "exponential", "mean_s": 120.0, "zero": 0.2},
    {"law": "fixed", "mean_s": 30.0},
    {"law": "uniform", "low_s": 10.0, "high_s": 40.0},
    {"law": "uniform", "mean_s": 60.0, "cv": 0.3},
    {"law": "erlang", "mean_s": 120.0, "shape": 3},
    *({"law": "gamma", "mean_s": 100.0, "cv": cv} for cv in (0.02, 0.1, 0.3, 0.8, 1.5, 3.0)),
    {"law": "lognormal", "mean_s": 120.0, "cv": 1.1},
    {"law": "weibull", "mean_s": 200.0, "shape": 0.7},
    {"law": "hyperexponential", "weights": [0.7, 0.3], "means_s": [40.0, 300.0]},
    {"law": "empirical", "values_s": [30.0, 10.0, 20.0], "weights": [1.0, 2.0, 3.0]},
    {"law": "piecewise_hazard", "edges_s": [0.0, 60.0, 200.0], "hazard_per_s": [0.01, 0.0, 0.003]},
]
COUNTS: list[dict[str, Any]] = [
    {"law": "geometric", "mean": 6.0},
    {"law": "geometric", "mean": 1.0},
    {"law": "fixed", "mean": 4},
    {"law": "poisson", "mean": 5.5},
    {"law": "poisson", "mean": 1.0},
    {"law": "poisson", "mean": 2000.0},
    {"law": "empirical", "values": [9, 3], "weights": [1.0, 3.0]},
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Node]:
    with node() as process:
        yield process


@pytest.fixture(scope="module")
def uniforms() -> np.ndarray[Any, np.dtype[np.float64]]:
    middle = Streams(7, [0]).uniforms(0, Stream.PATIENCE, np.array([0, 2000]))
    return np.concatenate([[0.0, 2.0**-53, 1e-9, 1e-4, 0.075, 0.925, 1 - 1e-9, 1 - 2.0**-53], middle])


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32 + 5, 2**40 + 123])
def test_uniforms_are_the_same_bit_for_bit(browser: Node, seed: int):
    for replication, place, stream in ((0, 0, 2), (3, 1, 1005), (2**31, 2, 2_000_002)):
        question = {"ask": "uniforms", "seed": seed, "replication": replication, "place": place}
        found = browser.columns(question | {"stream": stream, "n": 500})["u"]
        expected = Streams(seed, [replication]).uniforms(place, stream, np.array([0, 500]))
        np.testing.assert_array_equal(found, expected)


def test_streams_have_the_same_names(browser: Node):
    streams = browser.ask({"ask": "rules"})["Stream"]
    assert streams == {name: number for name, number in Stream.__members__.items() if name in streams}
    assert {"DAY", "LATE_ON_EVE"} <= set(streams)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_quantiles_of_durations_agree(browser: Node, law: dict[str, Any], uniforms: Any):
    """But where a quantile is so far out that it is not known to so many digits: there both say nearly the same."""
    expected = TypeAdapter(Distribution).validate_python(law).sample(uniforms)
    found = browser.columns({"ask": "law", "law": law, "counts": False, "u": uniforms.tolist()})["x"]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("law", COUNTS, ids=str)
def test_quantiles_of_counts_are_the_same(browser: Node, law: dict[str, Any], uniforms: Any):
    """At probabilities within a trillionth of 0 or 1, sums of a thousand shares differ in their last digit."""
    u = uniforms[(uniforms > 1e-12) & (uniforms < 1 - 1e-12)]
    expected = TypeAdapter(CountDistribution).validate_python(law).sample(u)
    found = browser.columns({"ask": "law", "law": law, "counts": True, "u": u.tolist()})["x"]
    np.testing.assert_array_equal(found, expected)


def assert_drawn_alike(browser: Node, scenario: Scenario, seed: int, replication: int) -> None:
    """Whole numbers and flags are equal, and times agree within 1e-12."""
    question = {"ask": "draw", "demand": demand_of(scenario), "seed": seed, "replication": replication}
    found = browser.ask(question)
    draws = sim.draw(scenario, seed, replication)
    assert found["n_customers"] == draws.n_customers
    assert (found["chains"] is None) == (draws.chains is None)
    columns = {name: read(column) for name, column in (found["columns"] | (found["chains"] or {})).items()}
    for name, column in columns.items():
        holder: Any = next(
            (each for each in (draws, draws.chains, draws.opinions) if hasattr(each, name)), None
        )
        expected = np.empty(0) if holder is None else np.asarray(getattr(holder, name))
        assert column.shape == expected.shape, name
        if expected.dtype == np.float64:
            np.testing.assert_allclose(column, expected, rtol=1e-12, err_msg=name)
        else:
            np.testing.assert_array_equal(column, expected, err_msg=name)
    assert set(Draws.__slots__) - set(columns) == {
        *("seed", "replication", "number", "chains", "opinions", "people")
    }


def test_customers_of_every_scenario_are_the_same(browser: Node, scenario_file: Path):
    assert_drawn_alike(browser, sim.load(scenario_file), 2**33 + 1, 2)


@settings(max_examples=60 * SCALE)
@given(scenario=scenarios(), seed=st.integers(0, 2**40))
def test_customers_of_random_scenarios_are_the_same(browser: Node, scenario: Scenario, seed: int):
    assert_drawn_alike(browser, scenario, seed, 1)
