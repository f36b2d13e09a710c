"""What does a chat cost, whatever the size, and where does the time go? Rows of the table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np

from sim.draws.sampling import draw, draw_all
from sim.engines import simulate, simulate_all
from sim.kpis.measure import measure, measure_all
from sim.log.chatlog import ChatLog
from sim.runs.replicate import replicate
from sim.scenario.scenario import Scenario
from tests.benchmarks import systems
from tests.benchmarks.comparisons import assert_near
from tests.benchmarks.timing import Row, Timed, interleaved, ratio

ROOT = Path(__file__).resolve().parents[2]


def growing_teams(team_days: dict[int, int], rounds: int) -> Iterator[Row]:
    """Cost of a chat in centres of more and more agents who have as much to do; days for each number of them."""
    scenarios = {
        f"{agents:,} agents": systems.by_turns(agents, systems.ORDINARY_PER_AGENT_H * agents, days)
        for agents, days in team_days.items()
    }
    yield from _costs(scenarios, rounds)


def longer_runs(days: tuple[int, ...], rounds: int) -> Iterator[Row]:
    """Cost of a chat in longer and longer runs of 40 agents, ten thousand chats a day."""
    scenarios = {f"a run of {10_000 * n:,}, 40 agents": systems.by_turns(40, 10_000 / 24, n) for n in days}
    yield from _costs(scenarios, rounds)


def _costs(scenarios: dict[str, Scenario], rounds: int) -> Iterator[Row]:
    """Cost of simulating a chat in each scenario, against the first."""
    days = [draw(scenario, 1) for scenario in scenarios.values()]
    tasks = [
        lambda _, scenario=scenario, day=day: simulate(scenario, day, "kernel").n_events
        for scenario, day in zip(scenarios.values(), days, strict=True)
    ]
    n_events = [
        events_by_turns(simulate(scenario, day, "kernel"))
        for scenario, day in zip(scenarios.values(), days, strict=True)
    ]
    timed = interleaved(rounds, *tasks)
    assert [set(runs.results) for runs in timed] == [{n} for n in n_events]
    costs = [runs.each(day.n_chats) for runs, day in zip(timed, days, strict=True)]
    for name, day, runs, cost in zip(scenarios, days, timed, costs, strict=True):
        yield Row(
            f"simulating a chat by turns, {name}",
            f"{day.n_chats:,} chats",
            f"{1e6 * runs.median_s / day.n_chats:.2f} µs a chat",
            ratio(cost, costs[0], "the cost") if cost is not costs[0] else "1",
        )


def events_by_turns(log: ChatLog) -> int:
    """Events of a centre by turns with constant agents, counted from what happened.

    Log-ins, arrivals, the ends of the patience of those who waited, replies, and after each reply the next message or
    the wrap-up.
    """
    replies = np.sum(~np.isnan(log.turn.reply_s))
    return int(len(log.duty.agent) + len(log.chat.outcome) + log.chat.queued.sum() + 2 * replies)


def threads(scenario: Scenario, replications: int, rounds: int) -> Row:
    """A study by one thread and by two: draw, simulate, measure."""
    chats = sum(draw(scenario, 1, replication).n_chats for replication in range(replications))

    def study(workers: int) -> float:
        result = replicate(scenario, 1, replications, "kernel", workers=workers)
        offered = result.estimates.figure("offered").value
        assert offered is not None
        return offered * replications

    assert [round(study(workers)) for workers in (1, 2)] == [chats, chats]
    one, two = interleaved(rounds, lambda _: study(1), lambda _: study(2))
    return Row(
        "one thread and two, a study of `web_shop.toml`",
        f"{replications} replications, {chats:,} chats",
        f"{1e3 * one.median_s:,.0f} and {1e3 * two.median_s:,.0f} ms",
        ratio(one.seconds, two.seconds, "as fast"),
    )


def by_work(days: int, rounds: int) -> Row:
    """What a call takes of M/M/20+M: drawn, simulated and measured, in one batch."""
    scenario = systems.one_at_a_time()
    drawing, simulating, measuring, chats = _parts(scenario, days, rounds)
    per_call = [1e6 * part.median_s / chats for part in (simulating, drawing, measuring)]
    together = [
        sum(parts) for parts in zip(*(part.seconds for part in (drawing, simulating, measuring)), strict=True)
    ]
    return Row(
        "a call by work, M/M/20+M: simulated; drawn; measured",
        f"a batch of {days} days, {chats:,} calls",
        " and ".join(f"{us:.2f}" for us in per_call) + " µs a call",
        ratio(together, simulating.seconds, "the cost of simulating, in all"),
    )


def shares(scenario: Scenario, days: int, rounds: int) -> Row:
    """What drawing, simulating and measuring take of a day, in one batch as a study does it."""
    drawing, simulating, measuring, chats = _parts(scenario, days, rounds)
    per_day = [1e3 * part.median_s / days for part in (drawing, simulating, measuring)]
    together = [one + other for one, other in zip(drawing.seconds, measuring.seconds, strict=True)]
    return Row(
        "drawing, simulating and measuring `web_shop.toml`",
        f"a batch of {days} replications, {chats:,} chats",
        " and ".join(f"{ms:.2f}" for ms in per_day) + " ms a day",
        ratio(together, simulating.seconds, "the cost of simulating, to draw and measure"),
    )


def _parts(scenario: Scenario, days: int, rounds: int) -> tuple[Timed, Timed, Timed, int]:
    """What drawing, simulating and measuring take of a batch, and its chats."""
    draws = draw_all(scenario, 1, range(days))
    logs = simulate_all(scenario, draws)
    assert [kpis["offered"] for kpis in measure_all(logs, scenario.targets)] == [d.n_chats for d in draws]
    drawing, simulating, measuring = interleaved(
        rounds,
        lambda _: draw_all(scenario, 1, range(days)),
        lambda _: simulate_all(scenario, draws),
        lambda _: measure_all(logs, scenario.targets),
    )
    return drawing, simulating, measuring, sum(day.n_chats for day in draws)


def big_day(agents: int, chats: int) -> Row:
    """A large centre's day, once, in a process of its own, with its peak memory."""
    program = f"from tests.benchmarks import costs; costs.print_big_day({agents}, {chats})"
    day = json.loads(_python("-c", program))
    return Row(
        f"a day of {agents:,} agents by turns: draw, simulate, measure",
        f"{day['chats']:,} chats, {day['events']:,} events",
        " and ".join(f"{seconds:.1f}" for seconds in day["seconds"]) + " s",
        f"peak memory **{day['peak_gib']:.2f} GiB**" if day["peak_gib"] else "",
    )


def print_big_day(agents: int, chats: int) -> None:
    """Draw, simulate and measure a day of so many *agents* and, on average, *chats*; print the figures as JSON."""
    small = systems.by_turns(1, 1.0)
    simulate(small, draw(small, 1), "kernel")  # the engine is compiled, or loaded
    scenario = systems.by_turns(agents, chats / 24)
    marks = [time.perf_counter()]
    draws = draw(scenario, 1)
    marks.append(time.perf_counter())
    log = simulate(scenario, draws, "kernel")
    marks.append(time.perf_counter())
    kpis = measure(log, scenario.targets)
    marks.append(time.perf_counter())
    peak_gib = _peak_gib()
    assert_near(draws.n_chats, chats)
    assert kpis["offered"] == draws.n_chats
    assert log.n_events == events_by_turns(log)
    figures = {
        "chats": draws.n_chats,
        "events": log.n_events,
        "seconds": [after - before for before, after in pairwise(marks)],
        "peak_gib": peak_gib,
    }
    print(json.dumps(figures))


def _peak_gib() -> float | None:
    """Largest memory that this process has held; None where the system does not tell."""
    if find_spec("resource") is None:
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak / (2**30 if sys.platform == "darwin" else 2**20))


def start(rounds: int) -> Row:
    """Starting the command line, against the least that it needs."""
    assert "Simulate a live-chat contact centre" in _python("-m", "sim", "--help")
    ours, typer = interleaved(
        rounds, lambda _: _python("-m", "sim", "--help"), lambda _: _python("-c", "import typer")
    )
    return Row(
        '`sim --help` and `python -c "import typer"`',
        f"{rounds} starts each",
        f"{1e3 * ours.median_s:,.0f} and {1e3 * typer.median_s:,.0f} ms",
        ratio(ours.seconds, typer.seconds, "as long"),
    )


def _python(*arguments: str) -> str:
    """What another Python prints."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, check=True, env=environment
    )
    return done.stdout
