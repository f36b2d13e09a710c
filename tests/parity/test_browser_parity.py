"""The third engine, in JavaScript, obeys the same rule book: equal to the reference to the last bit.

Random worlds of the normal run are those of `test_parity`, which has all engines in the same ones.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

import sim
from sim.draws.record import Draws
from sim.engines import simulate
from sim.rules import Order, Outcome
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.parity.node import Node, node
from tests.parity.test_parity import assert_same
from tests.worlds import SCALE, worlds


@pytest.fixture(scope="module")
def browser() -> Iterator[Node]:
    with node() as process:
        yield process


def test_the_numbers_of_the_rules_are_the_same(browser: Node):
    rules = browser.ask({"ask": "rules"})
    assert rules["Order"] == {order.name: int(order) for order in Order}
    assert rules["Outcome"] == {outcome.name: int(outcome) for outcome in Outcome}


@pytest.mark.nightly
@settings(max_examples=2000 * SCALE)
@given(world=worlds(most_days=3, calendar=True))
def test_the_browser_agrees_on_many_worlds(browser: Node, world: tuple[Scenario, Draws]):
    """Small whole times, every feature mixed with every other, on up to three days."""
    assert_same(simulate(*world, engine="reference"), browser.simulate(*world))


def test_the_browser_agrees_on_every_scenario(browser: Node, scenario_file: Path):
    """Real-valued times, whole days."""
    scenario = sim.load(scenario_file)
    draws = sim.draw(scenario, seed=1)
    assert_same(simulate(scenario, draws, "kernel"), browser.simulate(scenario, draws))


FAULTS = {
    "R9 ties": ("line.js", "return row < other;", "return row > other;"),
    "R15 and Order": ("rules.js", "REPLY_PATIENCE: 19,\n  ARRIVAL: 20", "REPLY_PATIENCE: 20,\n  ARRIVAL: 19"),
    "R6 cap": ("routing.js", "c.agents.n_open[agent] < c.agents.slots[agent]", "c.agents.n_open[agent] <= c.agents.slots[agent]"),
    "R9 priority": ("line.js", "return sooner < 0", "return sooner > 0"),
    "R11 break": ("slots.js", "c.agents.leaving[agent] = 1;", "c.agents.leaving[agent] = 0;"),
    "R23 time-out": ("endings.js", "if (away_s > c.queues.idle_timeout_s[q])", "if (away_s > 1e9)"),
    "R27 retry": ("endings.js", "from_s + c.chats.chains.retry_delay_s[row]", "now + c.chats.chains.retry_delay_s[row]"),
    "R30 speed": ("pace.js", "if (now < c.agents.day_s[agent][today]) today--;", ""),
    "R7 preference": ("routing.js", "for (const tier of c.groups.tiers[q])", "for (const tier of c.groups.tiers[q].toReversed())"),
    "R14 switching": ("inbox.js", "if (n_open > 1)", "if (n_open > 2)"),
    "R17 speed": ("work.js", "c.queues.speed[q][c.agents.n_open[agent]]", "c.queues.speed[q][1]"),
    "R41 on the way": ("endings.js", "!c.chats.waiting[row] && !c.chats.coming[row]", "!c.chats.waiting[row]"),
    "R37 outage": ("inbox.js", "&& !c.is_down", ""),
}  # fmt: skip
"""By the rule that it breaks: a fault of the browser's engine, as a line of a file and what it is then."""


@pytest.mark.nightly
@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_in_the_browser_is_caught(rule: str, tmp_path: Path):
    """Each of them makes some of the random worlds differ: worlds without the rule could not tell."""
    file, right, wrong = FAULTS[rule]
    shutil.copytree(ROOT / "sim" / "engines" / "browser", tmp_path / "sim" / "engines" / "browser")
    broken = tmp_path / "sim" / "engines" / "browser" / file
    assert broken.read_text().count(right) == 1, f"{file} has no longer one {right!r}"
    broken.write_text(broken.read_text().replace(right, wrong))
    (tmp_path / "tests" / "parity").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "parity" / "answers.mjs", tmp_path / "tests" / "parity")

    with node(tmp_path) as faulty:

        @settings(max_examples=1000, database=None, derandomize=True, phases=[Phase.generate])
        @given(world=worlds(most_days=2, calendar=True))
        def agrees(world: tuple[Scenario, Draws]) -> None:
            assert_same(simulate(*world, engine="reference"), faulty.simulate(*world))

        with pytest.raises(AssertionError):
            agrees()


def test_nothing_is_drawn_by_the_browser_itself():
    for file in (ROOT / "sim" / "engines" / "browser").glob("*.js"):
        assert "Math.random" not in file.read_text(), file.name
