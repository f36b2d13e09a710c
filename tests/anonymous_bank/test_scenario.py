"""The bank's scenario holds what was derived from the log, and nothing that was fitted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.draws.profile import demand, expected_total
from tests.conftest import ROOT

DERIVED = json.loads((Path(__file__).parent / "derived.json").read_text())


def numbers(node: object) -> list[float]:
    """All numbers in a JSON document."""
    if isinstance(node, dict):
        return [number for child in node.values() for number in numbers(child)]
    if isinstance(node, list):
        return [number for child in node for number in numbers(child)]
    return [float(node)] if isinstance(node, int | float) else []


def test_rates_laws_and_staffing_stand_in_the_derived_figures():
    """Every rate, hazard, mean and variation of the scenario is one of the derived numbers, up to its rounding."""
    scenario = sim.load(ROOT / "scenarios" / "anonymous_bank.toml")
    known = sorted(numbers(DERIVED))

    def is_derived(value: float) -> bool:
        rounding = max(0.0051 * value, 0.0051 if value > 0.05 else 0.0)
        return any(abs(number - value) <= rounding for number in known)

    for queue in scenario.queues:
        data = queue.model_dump()
        used = [*data["arrivals"]["per_hour"], *data["patience"]["hazard_per_s"]]
        used += [data["service"]["work_s"]["mean_s"], data["service"]["work_s"]["cv"]]
        assert [value for value in used if value and not is_derived(value)] == [], queue.name


def test_the_scenario_brings_as_many_calls_a_day_as_were_measured():
    """Expected calls of all types from 7:00 on, within half a per cent."""
    scenario = sim.load(ROOT / "scenarios" / "anonymous_bank.toml")
    expected = sum(expected_total(scenario, q) for q in range(len(scenario.queues)))

    assert expected == pytest.approx(1389, rel=0.005)


def test_the_spike_is_a_day_of_the_same_bank():
    """Who comes, how patiently, what they need and who serves them; stages and an outage are all that is new."""
    usual, spike = (
        sim.load(ROOT / "scenarios" / f"{name}.toml") for name in ("anonymous_bank", "bank_spike")
    )

    assert (spike.queues, spike.groups, spike.targets) == (usual.queues, usual.groups, usual.targets)
    assert spike.stress is not None
    for stage, calls in zip(spike.stress.stages[1:], (281, 202, 118), strict=True):
        begun = sum(each.minutes for each in spike.stress.stages[: spike.stress.stages.index(stage)])
        start_s = 12 * 3600 + 60 * begun
        expected = sum(
            float(
                np.diff(
                    np.interp([start_s, start_s + 60 * stage.minutes], edges_s, np.cumsum([0.0, *chats]))
                )[0]
            )
            for edges_s, chats in demand(usual)
        )
        assert stage.factor * expected == pytest.approx(calls, rel=0.04)
