"""The third notebook: one more chat helps, then hurts, and theory's chain agrees on how many are best."""

from __future__ import annotations

import pytest

import sim
from sim.scenario.vary import Change, varied
from sim.studies import caps
from sim.theory.applies import formula_for
from sim.theory.attention import Attention
from sim.theory.sharing import best_concurrency
from tests.conftest import ROOT
from tests.notebooks.conftest import Run

NAME = "03_concurrency"
USUAL = {"demand": 60, "agents": 6, "switching": 18, "response": 85}


def test_it_shows_what_the_package_finds(draw: Run):
    """Untouched, its third point is the scenario of the file as it stands."""
    shown = draw(NAME)

    file = sim.load(ROOT / "scenarios" / "concurrency.toml")
    estimates = sim.replicate(file, seed=1, replications=15).estimates
    for name in ("missed_rate", "frt_s", "response_s", "attention"):
        assert shown["found"].points[2].figures[name] == estimates.figure(name)
    assert shown["simulated"][2].missed_rate == estimates.figure("missed_rate").value
    assert len(shown["trade_off"].png) > 10_000


def test_more_chats_miss_fewer_and_answer_later(run: Run):
    """Missed falls, response and attention rise, and the first response has its best in between."""
    points = run(NAME, **USUAL)["found"].points
    missed, response, attention, first = (
        [point.figures[name].value for point in points]
        for name in ("missed_rate", "response_s", "attention", "frt_s")
    )

    assert missed == sorted(missed, reverse=True)
    assert response == sorted(response)
    assert attention == sorted(attention)
    assert first.index(min(first)) == 1


@pytest.mark.parametrize(("demand", "chats"), [(55, 6), (60, 3), (70, 2), (120, 2)])
def test_the_busier_the_fewer_chats_at_once_and_the_chain_agrees(run: Run, demand: int, chats: int):
    """The best number that it names falls with the load."""
    shown = run(NAME, **USUAL | {"demand": demand})

    assert shown["best"].chats == chats
    assert shown["best_by_theory"].chats == chats
    assert shown["parts"][0].startswith(f"<strong>Best number of chats: {chats}</strong>")


def test_no_number_is_best_where_one_chat_is_too_slow(run: Run):
    """A reply takes 40 seconds of attention, so none can be promised within 30."""
    shown = run(NAME, **USUAL | {"response": 30})

    assert shown["best"] is None
    assert shown["best_by_theory"] is None


def test_its_rule_is_the_one_of_theory():
    """`sim.theory.sharing.best_concurrency` gives what `caps.best` picks of the chain's caps."""
    file = sim.load(ROOT / "scenarios" / "concurrency.toml")
    service, queue = file.queues[0].service, file.queues[0]
    attention = Attention(
        service.agent_s.mean, service.customer_s.mean, service.turns.mean, service.wrap_up_s.mean, 0.18
    )
    chain = []
    for chats in range(1, 7):
        formula = formula_for(varied(file, [Change("groups.0.concurrency", "=", chats)]))
        level, missed = formula.figures.service_level, formula.figures.missed_rate
        chain.append(caps.Cap(chats, float(level), float(missed), formula.response_s))

    for promised_s in (50, 70, 85, 100):
        told = best_concurrency(6, 60 / 3600, attention, 30, queue.patience, promised_s, most=6)
        assert caps.best(chain, promised_s).chats == told.slots
