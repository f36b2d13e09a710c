"""The second notebook: more agents, fewer missed; and the fewest that keep the promise are the package's."""

from __future__ import annotations

import sim
from sim.scenario.vary import Change, read_vary, varied
from sim.studies.sweep import sweep
from tests.conftest import ROOT
from tests.notebooks.conftest import Run

NAME = "02_staffing_and_waiting"


def missed(shown, k: int) -> float:
    """Share missed at a point of its sweep."""
    return shown["found"].points[k].figures["missed_rate"].value


def test_it_shows_what_the_package_finds(draw: Run):
    """Untouched, it is a sweep of the web shop with a team from eight to eight."""
    shown = draw(NAME)

    shift = {"agents": 7, "start": "08:00", "end": "20:00"}
    changes = [Change("groups.0.shifts", "=", [shift]), Change("targets.max_response_s", "=", None)]
    centre = varied(sim.load(ROOT / "scenarios" / "web_shop.toml"), changes)
    points = sweep(centre, [read_vary("groups.0.shifts.0.agents=2:16")], seed=1, replications=20).points
    kept = [point.values[0] for point in points if point.keeps]
    assert shown["fewest"].values == (min(kept),)
    assert shown["chosen"].figures == points[5].figures
    assert shown["chosen"].figures["missed_rate"] == sim.replicate(centre, replications=20).estimates.figure(
        "missed_rate"
    )
    assert len(shown["trade_off"].png) > 10_000


def test_one_agent_more_misses_fewer_and_one_fewer_breaks_the_promise(run: Run):
    """The curve falls from 60 % to nothing, and the point before the fewest keeps not all."""
    shown = run(NAME, demand=100, chats=3, target=80, agents=4)
    points = shown["found"].points
    curve = [missed(shown, k) for k in range(len(points))]

    assert curve == sorted(curve, reverse=True)
    assert curve[0] > 0.5
    assert curve[-1] < 0.001
    assert shown["chosen"].values == (4,)
    before = points[points.index(shown["fewest"]) - 1]
    assert shown["fewest"].keeps
    assert not before.keeps


def test_each_slider_moves_the_fewest_agents_the_right_way(run: Run):
    """More demand or a better promise needs more agents; more chats at once or less demand, fewer."""

    def fewest(**setting: float) -> int:
        settings = {"demand": 100, "chats": 3, "target": 80, "agents": 7} | setting
        return run(NAME, **settings)["fewest"].values[0]

    usual = fewest()

    assert fewest(demand=150) > usual
    assert fewest(target=99) > usual
    assert fewest(demand=60) < usual
    assert fewest(chats=5) < usual


def test_no_team_may_be_large_enough(run: Run):
    """One chat at once and half as many customers again: it says that 16 agents are too few."""
    shown = run(NAME, demand=150, chats=1, target=80, agents=16)

    assert shown["fewest"] is None
    assert "more than 16" in shown["headline"]
