"""How much faster is the kernel than other programs of the same centre? Rows of the table."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from sim.draws.sampling import draw
from sim.engines import simulate
from sim.scenario.scenario import Scenario
from tests.benchmarks import systems
from tests.benchmarks.timing import Row, interleaved, rate, ratio

TOOLS = {"ciw": systems.one_at_a_time_in_ciw, "salabim": systems.one_at_a_time_in_salabim}

Program = Callable[[int], systems.Counts]
"""A run with a seed."""


def kernel_and_reference(scenario: Scenario, days: int, rounds: int) -> Row:
    """Both engines with the same customers; simulation only."""
    draws = [draw(scenario, 1, replication) for replication in range(days)]

    def events(engine: str) -> int:
        return sum(simulate(scenario, day, engine).n_events for day in draws)

    n = events("kernel")
    assert n == events("reference")
    kernel, reference = interleaved(rounds, lambda _: events("kernel"), lambda _: events("reference"))
    assert {n} == {*kernel.results, *reference.results}
    return Row(
        "kernel and reference, simulating `web_shop.toml`",
        f"{days} replications, {n:,} events",
        f"{rate(kernel.each(n))} and {rate(reference.each(n))} events a second",
        ratio(reference.seconds, kernel.seconds, "as fast"),
    )


def one_at_a_time(tool: str, hours: int, rounds: int) -> Row:
    """The kernel and another tool on the system that all can run."""
    what = f"kernel and {tool} on M/M/20+M, drawing included"
    if find_spec(tool) is None:
        return Row(what, "", "not installed")
    scenario, run = systems.one_at_a_time(hours), TOOLS[tool]
    return _contest(
        what,
        lambda seed: systems.run(scenario, seed),
        lambda seed: run(seed, hours),
        expected=60 * hours * systems.ARRIVALS_PER_MIN,
        rounds=rounds,
    )


def plain_simpy(agents: int, rounds: int) -> Row:
    """The kernel and a hand-written SimPy program on a busy web shop's day by turns."""
    per_hour = systems.BUSY_PER_AGENT_H * agents
    scenario = systems.by_turns(agents, per_hour)
    return _contest(
        f"kernel and plain SimPy on a day by turns, {agents} agents, drawing included",
        lambda seed: systems.run(scenario, seed),
        lambda seed: systems.by_turns_in_simpy(seed, agents, per_hour),
        expected=24 * per_hour,
        rounds=rounds,
    )


def _contest(what: str, ours: Program, theirs: Program, expected: float, rounds: int) -> Row:
    """Chats a second of two programs of one centre; every round has a seed of its own."""
    for run in (ours, theirs):
        assert_near(run(1).chats, expected)
    timed = interleaved(rounds, lambda round_: ours(2 + round_), lambda round_: theirs(2 + round_))
    for result in [*timed[0].results, *timed[1].results]:
        assert_near(result.chats, expected)
    our_share, their_share = (systems.pooled(runs.results).abandonment for runs in timed)
    _assert_alike(our_share, their_share, expected * rounds)
    us, them = ([s / r.chats for s, r in zip(runs.seconds, runs.results, strict=True)] for runs in timed)
    return Row(
        what,
        f"{expected:,.0f} chats, {our_share:.1%} and {their_share:.1%} abandon",
        f"{rate(us)} and {rate(them)} chats a second",
        ratio(them, us, "as fast"),
    )


def assert_near(chats: int, expected: float) -> None:
    """Check that a Poisson number is one: within six standard deviations, and the few that the end cuts off."""
    assert abs(chats - expected) < 6 * expected**0.5 + 100, f"{chats} chats where {expected:.0f} are expected"


def _assert_alike(ours: float, theirs: float, chats: float) -> None:
    """Check roughly that both programs have the same abandonment: `test_benchmarks.py` does it closely.

    Customers abandon in bursts: a day's share has up to ten times the variance that independent chats would give it.
    """
    error = (10 * 2 * max(ours, theirs) / chats) ** 0.5
    assert abs(ours - theirs) < 4 * error, f"not the same centre: {ours:.2%} and {theirs:.2%} abandon"
