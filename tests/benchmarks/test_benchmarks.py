"""How fast is each part? Run with `pytest tests/benchmarks`; each benchmark asserts what it timed.

`pytest tests/benchmarks --benchmark-autosave`, later `--benchmark-compare`, tells a change of ours from noise.
Comparisons with other tools are in `table.py`.
"""

from __future__ import annotations

import subprocess
import sys
from time import process_time
from typing import Any

import pytest

from sim.draws.sampling import draw
from sim.engines import simulate
from sim.kpis.measure import measure
from sim.runs.replicate import replicate
from sim.scenario.files import load
from sim.scenario.scenario import Scenario
from sim.studies.averages.calibrate import calibrate
from tests.benchmarks import comparisons, systems
from tests.conftest import ROOT
from tests.true_centres import averages_of, true_centres

pytest.importorskip("pytest_benchmark", reason="benchmarks need pytest-benchmark")

CHATS, EVENTS = 774, 10047
"""Of the web shop's day with seed 1."""
ERROR_OF_A_DAY = 0.064
"""Standard deviation of a day's abandonment in M/M/20+M over its mean: of 200 days of ours."""


@pytest.fixture(scope="module")
def web_shop() -> Scenario:
    """The web shop's day."""
    return load(ROOT / "scenarios" / "web_shop.toml")


@pytest.mark.benchmark(group="engine")
@pytest.mark.parametrize("engine", ["kernel", "reference"])
def test_engine(benchmark: Any, web_shop: Scenario, engine: str) -> None:
    """Simulating a web shop's day, drawn beforehand."""
    draws = draw(web_shop, seed=1)
    simulate(web_shop, draws, engine)

    log = benchmark(simulate, web_shop, draws, engine)

    assert log.n_events == EVENTS


@pytest.mark.benchmark(group="day")
def test_drawing(benchmark: Any, web_shop: Scenario) -> None:
    """Drawing the customers of a web shop's day."""
    draws = benchmark(draw, web_shop, seed=1)

    assert draws.n_chats == CHATS


@pytest.mark.benchmark(group="day")
def test_measuring(benchmark: Any, web_shop: Scenario) -> None:
    """Measuring a web shop's day."""
    log = simulate(web_shop, draw(web_shop, seed=1), "kernel")

    kpis = benchmark(measure, log, web_shop.targets)

    assert kpis["offered"] == CHATS


@pytest.mark.benchmark(group="study")
@pytest.mark.parametrize("workers", [1, 2])
def test_study(benchmark: Any, web_shop: Scenario, workers: int) -> None:
    """Twenty replications of a web shop's day, by one thread and by two."""
    draws = [draw(web_shop, 1, replication) for replication in range(20)]

    result = benchmark(replicate, web_shop, 1, 20, "kernel", workers=workers)

    assert result.estimates.figure("offered").value == sum(d.n_chats for d in draws) / 20


@pytest.mark.benchmark(group="import")
@pytest.mark.parametrize(
    "arguments",
    [["-c", "import typer"], ["-m", "sim", "--help"], ["-m", "sim", "check", "scenarios/web_shop.toml"]],
    ids=["typer alone", "sim --help", "sim check"],
)
def test_import(benchmark: Any, arguments: list[str]) -> None:
    """Starting the command line, against the least that it needs."""
    command = [sys.executable, *arguments]

    done = benchmark.pedantic(
        subprocess.run, [command], {"cwd": ROOT, "capture_output": True}, rounds=5, warmup_rounds=1
    )

    assert done.returncode == 0


@pytest.mark.parametrize("tool", [*comparisons.TOOLS, "ours"])
def test_all_tools_simulate_one_chat_at_a_time(tool: str) -> None:
    """Each against the Erlang A formula, within four standard errors."""
    if tool == "ours":
        runs = [systems.run(systems.one_at_a_time(), seed) for seed in range(40)]
    else:
        pytest.importorskip(tool)
        runs = [comparisons.TOOLS[tool](seed) for seed in range(2)]

    error = ERROR_OF_A_DAY / len(runs) ** 0.5
    assert systems.pooled(runs).abandonment == pytest.approx(systems.erlang_a_abandonment(), rel=4 * error)


def test_plain_simpy_simulates_the_same_web_shop() -> None:
    """Ten days of plain SimPy, with a standard error of 5 %, against a hundred of ours, with 1.5 %."""
    agents = 24
    per_hour = systems.BUSY_PER_AGENT_H * agents

    theirs = systems.by_turns_in_simpy(1, agents, per_hour, days=10)
    ours = systems.run(systems.by_turns(agents, per_hour, days=100), seed=1)

    assert theirs.abandonment == pytest.approx(ours.abandonment, rel=0.15)


@pytest.mark.benchmark(group="study")
def test_fit_to_averages(benchmark: Any) -> None:
    """From nine averages to a scenario and the answers to three questions, in ten seconds of processor time."""
    averages = averages_of(true_centres()["plain"])
    calibrate(averages, questions=[], days=4)
    begun = process_time()

    found = benchmark.pedantic(calibrate, args=(averages,), rounds=1)

    assert process_time() - begun < 10
    assert len(found.answers) == 3
    assert found.days * averages.chats_a_day >= 36_000
