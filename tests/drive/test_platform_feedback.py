"""Delays that were measured, fed back into the scenario: the prediction is then as late as the server."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

import sim
from sim.drive.adapters.loopback import Loopback
from sim.drive.run import Driven, Options, drive
from sim.drive.schedule import Day
from sim.drive.trial import Loaded, load_test
from sim.report.load import snippet
from tests.drive.test_judge import centre

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")

DELAY_S = 0.5
NAMED = ("wait_s", "service_level", "frt_s", "response_s", "duration_s", "aht_s")


def slow() -> Loopback:
    """Each request takes half a second: twice that until an agent has a chat, once until a message is there."""
    return Loopback(delay_s=DELAY_S)


def on(scenario: sim.Scenario, platform: sim.Platform) -> sim.Scenario:
    return scenario.model_copy(update={"platform": platform})


def biases(found: Loaded) -> dict[str, tuple[float, float]]:
    """Mean of the paired differences of the days, and its standard error, of each figure that is named."""
    told = {}
    for name in NAMED:
        differences = [
            measured - predicted
            for day in found.days
            if (measured := sim.measure(day.log, day.day.scenario)[name]) is not None
            and (predicted := sim.measure(day.day.twin, day.day.scenario)[name]) is not None
        ]
        error = float(np.std(differences, ddof=1) / np.sqrt(len(differences)))
        told[name] = float(np.mean(differences)), error
    return told


def days_on(scenario: sim.Scenario) -> Loaded:
    return load_test(scenario, server=slow, replications=6, replays=1, probes=False)


def test_the_bias_of_a_prediction_without_delays_is_gone_with_those_measured():
    """Within one standard error of before; and some figures were off by more than two of them."""
    before = days_on(centre())
    bias, platform = biases(before), before.platform

    assert platform.accept_s == pytest.approx(2 * DELAY_S, rel=1e-3)
    assert platform.deliver_s == pytest.approx(DELAY_S, rel=1e-3)
    assert max(abs(mean / error) for mean, error in bias.values() if error) > 2
    after = biases(days_on(on(centre(), platform)))
    for name, (mean, _) in after.items():
        _, error = bias[name]
        assert abs(mean) < error, name
        assert abs(mean) < 0.05 * abs(bias[name][0]) + 1e-3, name


def assert_as_late_as_the_twin(run: Driven) -> None:
    """Chat by chat and message by message, but for how numbers round."""
    log, twin = run.log, run.day.twin
    np.testing.assert_array_equal(log.chat.outcome, twin.chat.outcome)
    np.testing.assert_array_equal(log.chat.agent, twin.chat.agent)
    for name in ("accepted_s", "ended_s", "released_s"):
        np.testing.assert_allclose(getattr(log.chat, name), getattr(twin.chat, name), atol=1e-6, err_msg=name)
    for name in ("message_s", "start_s", "reply_s"):
        ours, theirs = (getattr(each.turn, name) for each in (log, twin))
        ours, theirs = ours[~np.isnan(ours)], theirs[~np.isnan(theirs)]
        np.testing.assert_allclose(ours, theirs, atol=1e-6, err_msg=name)


def test_a_day_on_a_slow_server_is_the_twin_of_a_platform_as_slow():
    """Where nobody loses patience each chat goes as R40 to R43 say: a server that obeys them was found."""
    patient = sim.vary(centre(), {"queues.help.patience.mean_s": 1e6, "queues.help.arrivals.per_hour": 60})
    platform = sim.Platform(accept_s=2 * DELAY_S, deliver_s=DELAY_S)

    assert_as_late_as_the_twin(drive(Day.of(on(patient, platform), seed=2), slow(), Options(virtual=True)))
    with pytest.raises(AssertionError):
        assert_as_late_as_the_twin(drive(Day.of(patient, seed=2), slow(), Options(virtual=True)))


def test_delays_that_the_scenario_has_blur_nothing():
    """A threshold that they would blur is judged."""
    blurred = load_test(centre(), server=lambda: Loopback(delay_s=1.0), replays=40, probes=False)
    known = on(centre(), blurred.platform)
    clear = load_test(known, server=lambda: Loopback(delay_s=1.0), replays=40, probes=False)

    assert str(blurred.judgement.figures["service_level"].verdict) == "too blurred to tell"
    assert str(clear.judgement.figures["service_level"].verdict) == "as predicted"
    assert clear.judgement.differs == ()


def test_a_server_quicker_than_the_scenario_s_platform_is_no_longer_as_predicted():
    """The clients don't play the scenario's delays: the server has its own."""
    found = load_test(on(centre(), sim.Platform(accept_s=20.0, deliver_s=10.0)), replays=1, probes=False)

    assert {"asa_s", "response_s", "duration_s"} <= set(found.judgement.differs)
    assert found.platform == sim.Platform()


def test_the_delays_are_told_as_the_scenario_takes_them():
    """In words, in the document, and as TOML."""
    result = sim.load_test(centre(), server=slow, replays=1, probes=False)
    measured = result.found.platform
    rows = {row["name"]: row["measured"] for row in result.table("platform").rows}

    assert rows == {"accept_s": measured.accept_s, "deliver_s": measured.deliver_s}
    assert any("[platform] accept_s = 1, deliver_s = 0.5 (means" in sentence for sentence in result.words)
    assert sim.Platform(**tomllib.loads(snippet(result.found))["platform"]) == measured
