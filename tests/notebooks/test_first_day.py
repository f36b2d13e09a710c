"""The first notebook gives what the package gives, and its sliders do what they say."""

from __future__ import annotations

import pytest

import sim
from sim.kpis.estimate import Quantity
from tests.conftest import ROOT
from tests.notebooks.conftest import Run

SCENARIO = ROOT / "scenarios" / "web_shop.toml"


def width(figure: Quantity) -> float:
    """Length of the 95 % interval."""
    assert figure.low is not None
    assert figure.high is not None
    return figure.high - figure.low


def test_it_shows_the_default_day_as_the_package_does(draw: Run):
    """Untouched, it is the web shop with 20 days and seed 1."""
    shown = draw("01_first_day")

    estimates = sim.replicate(sim.load(SCENARIO), seed=1, replications=20).estimates
    assert shown["estimates"].n == 20
    for name in ("offered", "missed_rate", "service_level", "response_s"):
        assert shown["estimates"].figure(name) == estimates.figure(name)
    missed, offered = estimates.figure("missed_rate").value, estimates.figure("offered").value
    assert f"{offered:,.0f} chats offered a day, {100 * missed:.1f} % of them missed" in shown["day"].alt


@pytest.mark.parametrize("kept", [True, False])
def test_promises_are_kept_while_demand_is_low_and_broken_when_it_is_high(run: Run, kept: bool):
    """At half the forecast all three are kept, at one and a half times none is."""
    shown = run("01_first_day", demand=50 if kept else 150, days=20, seed=1)

    assert [promise.met for promise in shown["promises"]] == [kept] * 3


def test_more_days_make_it_surer_and_another_seed_gives_other_days(run: Run):
    """Nine times the days: a third of the interval, about."""
    few, many = (run("01_first_day", demand=100, days=days, seed=2)["estimates"] for days in (20, 180))
    others = run("01_first_day", demand=100, days=20, seed=3)["estimates"]

    assert 0.2 < width(many.figure("missed_rate")) / width(few.figure("missed_rate")) < 0.5
    assert few.figure("offered") != others.figure("offered")
