"""Two engines, one rule book: equal to the last bit, on every column."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.draws.profile import expected_total
from sim.draws.record import Draws
from sim.draws.sampling import draw_all
from sim.engines import simulate, simulate_all
from sim.kpis.measure import measure_all
from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.parity.node import Node, node
from tests.worlds import SCALE, scenarios, worlds


def assert_same(first: ChatLog, second: ChatLog) -> None:
    """Every column of both logs is array-equal, and as many events happened."""
    for record in ("chat", "turn", "duty", "team", "lost"):
        for name in getattr(first, record).__slots__:
            columns = (getattr(getattr(log, record), name) for log in (first, second))
            np.testing.assert_array_equal(*columns, err_msg=f"{record}.{name}")
    assert first.centre == second.centre
    assert first.n_events == second.n_events


@pytest.mark.nightly
@settings(max_examples=3000 * SCALE)
@given(worlds(most_days=3, calendar=True))
def test_engines_agree_on_many_nights_weekdays_and_dates(world: tuple[Scenario, Draws]):
    """As below, ten times as many, and on up to three days."""
    assert_same(simulate(*world, engine="reference"), simulate(*world, engine="kernel"))


@pytest.fixture(scope="module")
def browser_if_any() -> Iterator[Node | None]:
    """The browser's engine, where there is a Node to run it."""
    if shutil.which("node") is None:
        yield None
        return
    with node() as process:
        yield process


@pytest.mark.slow
@settings(max_examples=300 * SCALE)
@given(world=worlds(most_days=2, calendar=True))
def test_engines_agree_on_worlds_full_of_ties(browser_if_any: Node | None, world: tuple[Scenario, Draws]):
    """Small whole times, every feature mixed with every other; all engines in the same worlds."""
    meant = simulate(*world, engine="reference")
    assert_same(meant, simulate(*world, engine="kernel"))
    if browser_if_any is not None:
        assert_same(meant, browser_if_any.simulate(*world))


@settings(max_examples=100 * SCALE)
@given(scenarios(), st.integers(0, 2**40))
def test_engines_agree_on_whole_random_scenarios(scenario: Scenario, seed: int):
    """Any mixture of features and real-valued times, drawn by the sampler; what is measured adds up."""
    draws = sim.draw(scenario, seed)
    log = simulate(scenario, draws, engine="kernel")
    assert_same(simulate(scenario, draws, engine="reference"), log)
    kpis = sim.measure(log, scenario.targets)
    outcomes = [kpis[outcome.name.lower()] for outcome in Outcome]

    assert sum(outcomes) == kpis["arrivals"] == len(log.chat.arrival_s)
    assert kpis["customers"] == draws.n_customers


MANY = 20_000
"""Chats from which on the first hours of a scenario do: the next ones are like them."""


def of_its_first_hours(scenario: Scenario) -> Scenario:
    """The scenario, whose customers come in the first three hours alone where they are very many."""
    if sum(expected_total(scenario, q) for q in range(len(scenario.queues))) < MANY:
        return scenario
    rates = {
        f"queues.{q}.arrivals.per_hour": [queue.arrivals.per_hour] * 3 + [0.0] * 21
        for q, queue in enumerate(scenario.queues)
    }
    return sim.vary(scenario, rates)


@pytest.mark.parametrize("seed", range(1, 3 + SCALE // 10))
def test_engines_agree_on_every_scenario(scenario_file: Path, seed: int):
    """Real-valued times, whole days."""
    scenario = of_its_first_hours(sim.load(scenario_file))
    draws = sim.draw(scenario, seed=seed)
    assert draws.n_customers > 100
    assert_same(simulate(scenario, draws, "reference"), simulate(scenario, draws, "kernel"))


@pytest.mark.nightly
def test_engines_agree_on_a_day_of_very_many_chats():
    scenario = sim.load(ROOT / "scenarios" / "erlang_a.toml")
    draws = sim.draw(scenario, seed=1)
    assert draws.n_customers > MANY
    assert_same(simulate(scenario, draws, "reference"), simulate(scenario, draws, "kernel"))


@pytest.mark.parametrize("policy", ["least_loaded", "most_loaded", "longest_idle", "round_robin", "random"])
def test_engines_agree_on_a_large_team_under_each_policy(policy: str):
    """Sixty agents in three groups with overlapping skills, busy enough to queue."""
    data = sim.load(ROOT / "scenarios" / "two_languages.toml").model_dump()
    data["routing"]["policy"] = policy
    for queue in data["queues"]:
        queue["arrivals"]["per_hour"] = [5 * rate for rate in queue["arrivals"]["per_hour"]]
    for group in data["groups"]:
        group["shifts"][0]["agents"] *= 6
    scenario = Scenario.model_validate(data)
    draws = sim.draw(scenario, seed=1)
    assert_same(simulate(scenario, draws, "reference"), simulate(scenario, draws, "kernel"))


def test_engines_agree_on_what_is_announced_far_ahead():
    """Three thousand customers within a minute and replies of hours: beyond the last page of the calendar, and back."""
    long = {"law": "lognormal", "mean_s": 300, "cv": 3}
    service = {"turns": {"law": "geometric", "mean": 3}, "agent_s": long, "customer_s": long}
    arrivals = {"times_s": np.linspace(0, 50, 3000).tolist()}
    scenario = Scenario.model_validate(
        {
            "queues": [{"name": "rush", "arrivals": arrivals, "patience": long, "service": service}],
            "groups": [{"name": "team", "queues": ["rush"], "concurrency": 3, "agents": 500}],
        }
    )
    draws = sim.draw(scenario, seed=1)
    assert_same(simulate(scenario, draws, "reference"), simulate(scenario, draws, "kernel"))


def morning(scenario: Scenario) -> Scenario:
    """The scenario, to which nobody comes after noon."""
    rates = {}
    for q, queue in enumerate(scenario.queues):
        whole = queue.arrivals.per_hour
        assert isinstance(whole, tuple)
        rates[f"queues.{q}.arrivals.per_hour"] = [*whole[: len(whole) // 2], *[0.0] * (len(whole) // 2)]
    return sim.vary(scenario, rates)


def digests(engine: str) -> str:
    """Fingerprints of the figures that an engine finds in two runs of four scenarios, of two days at most."""
    told = []
    for name in ("anonymous_bank", "new_hires", "unresolved", "web_shop"):
        scenario = sim.load(ROOT / "scenarios" / f"{name}.toml")
        scenario = scenario.model_copy(update={"days": min(scenario.days, 2)})
        logs = simulate_all(scenario, draw_all(scenario, 1, range(2)), engine)
        runs = measure_all(logs, scenario.targets)
        sums = b"".join(table.tobytes() for run in runs for table in run.tables.values())
        values = b"".join(sample.values.tobytes() for run in runs for sample in run.samples.values())
        told.append(f"{name} {hashlib.sha256(sums + values).hexdigest()}")
    return "\n".join(told)


UNCOMPILED = """
import warnings
warnings.simplefilter("error")
import sim
from tests.parity.test_parity import assert_same, digests, morning
scenario = morning(sim.load("scenarios/two_languages.toml"))
draws = sim.draw(scenario, seed=1)
assert draws.n_customers > 200
assert_same(sim.simulate(scenario, draws, "reference"), sim.simulate(scenario, draws, "kernel"))
print(digests("reference"))
"""


@pytest.mark.slow
def test_without_the_compiler_all_is_the_same():
    """The kernel as plain Python, for debugging and coverage, says what the reference does.

    And what is drawn, simulated by the reference and measured is what the compiled functions find, to the last
    bit and without a warning: a first answer is not another one.
    """
    env = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", UNCOMPILED]
    result = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT, env=env)

    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{digests('kernel')}\n"
