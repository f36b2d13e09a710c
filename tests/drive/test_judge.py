"""Predicted beside measured: a healthy server is not accused, a slow or wrong one is called different."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.draws.late import Delays, late
from sim.drive.judge import JUDGED, Judgement, Verdict, judge

REPLAYS = 40
DELAYS = Delays(accept_s=1.0, deliver_s=0.5)


def centre(**targets: float) -> sim.Scenario:
    """A small busy team for twenty minutes: half of the chats wait."""
    return sim.Scenario(
        name="Twenty minutes",
        interval_min=5,
        hours=sim.OpeningHours(open="09:00", close="09:20"),
        targets=sim.Targets(threshold_s=30, **targets),
        queues=[
            sim.Queue(
                name="help",
                arrivals=90,
                patience=240,
                service=sim.ByTurns(turns=4, agent_s=40, customer_s=50, wrap_up_s=10),
            )
        ],
        groups=[sim.Group(name="desk", queues=["help"], agents=3, concurrency=3)],
    )


def days(scenario: sim.Scenario, n: int) -> list[sim.Draws]:
    return [sim.draw(scenario, seed=3, replication=r) for r in range(n)]


def driven(
    scenario: sim.Scenario, draws: list[sim.Draws], delays: Delays, other: int = 1000
) -> list[sim.ChatLog]:
    """Logs as of a server that is late by *delays*, other ones than those of any replay."""
    return [sim.simulate(scenario, list(late(day, delays, other))[-1]) for day in draws]


def judged(
    scenario: sim.Scenario, draws: list[sim.Draws], logs: list[sim.ChatLog], **more: object
) -> Judgement:
    return judge(scenario, draws, logs, DELAYS, replays=REPLAYS, **more)  # type: ignore[arg-type]


def test_where_nobody_waits_what_is_less_than_twice_the_blur_is_no_difference():
    """Well staffed, and half as slow again as its median: delays are known by their medians alone."""
    scenario = sim.vary(centre(), {"groups.0.agents": 40})
    draws = days(scenario, 1)
    (twin,) = driven(scenario, draws, Delays(accept_s=0.0, deliver_s=0.0))
    chat = twin.chat
    held = chat.accepted_s - chat.arrival_s + 1.5 * DELAYS.accept_s
    late_by = replace(twin, chat=replace(chat, accepted_s=chat.arrival_s + held))

    assert not {"wait_s", "asa_s", "wait_p90_s"} & set(judged(scenario, draws, [late_by]).differs)


@pytest.mark.parametrize("n", [1, 3])
def test_a_healthy_server_is_as_predicted(n: int):
    """With one day and with several; every figure that is judged has its verdict, and holds its ends."""
    scenario = centre()
    draws = days(scenario, n)
    found = judged(scenario, draws, driven(scenario, draws, DELAYS))

    assert found.differs == ()
    assert found.critical >= 3
    told = {name for name, each in found.figures.items() if each.verdict is Verdict.AS_PREDICTED}
    assert told >= {"offered", "abandoned", "service_level", "wait_s", "frt_s", "response_s", "occupancy"}
    assert told <= set(JUDGED)
    for name in ("missed_rate", "asa_s", "frt_s", "response_s"):
        each = found.figures[name]
        for part in (each.predicted, each.measured, each.difference):
            assert part.low <= part.value <= part.high, name
        assert each.difference.value == pytest.approx(each.measured.value - each.predicted.value)


def test_without_any_delay_a_figure_is_equal_or_differs():
    """As in virtual time: nothing is blurred, and one chat too many is one too many."""
    scenario = centre()
    draws = days(scenario, 1)
    twin = sim.simulate(scenario, draws[0])
    waits_s = twin.chat.accepted_s.copy()
    waits_s[np.flatnonzero(~np.isnan(waits_s))[5]] += 1e-3
    late_once = replace(twin, chat=replace(twin.chat, accepted_s=waits_s))

    same = judge(scenario, draws, [twin], Delays())
    assert same.differs == ()
    assert {each.blur for name, each in same.figures.items() if name in JUDGED and each.blur} == set()
    assert "asa_s" in judge(scenario, draws, [late_once], Delays()).differs


def test_one_chat_that_is_held_up_is_no_verdict_and_six_are():
    """The first on a server that has just begun, in an empty centre, where nothing else varies."""
    scenario = sim.vary(centre(), {"groups.0.agents": 200})
    draws = days(scenario, 1)
    twin = sim.simulate(scenario, draws[0])
    taken = np.flatnonzero(~np.isnan(twin.chat.accepted_s))

    def differ(n: int, longest_s: float) -> set[str]:
        waits_s = twin.chat.accepted_s.copy()
        waits_s[taken[:n]] += 2.0
        slow = replace(twin, chat=replace(twin.chat, accepted_s=waits_s))
        delays = Delays(accept_s=0.002, deliver_s=0.002, longest_s=longest_s)
        return {"wait_s", "asa_s"} & set(judge(scenario, draws, [slow], delays, replays=REPLAYS).differs)

    assert differ(1, 2.0) == set()
    assert differ(6, 2.0) == differ(1, 0.0) == {"wait_s", "asa_s"}


def test_a_slow_server_is_called_different_in_what_it_does_slowly():
    """Messages that take half a minute; chats that nobody takes for two."""
    scenario = centre()
    draws = days(scenario, 1)

    slow = judged(scenario, draws, driven(scenario, draws, Delays(1.0, 30.0)))
    assert {"duration_s", "aht_s"} <= set(slow.differs)
    assert slow.figures["duration_s"].difference.low > 0
    starved = judged(scenario, draws, driven(scenario, draws, Delays(120.0, 0.5)))
    assert {"asa_s", "wait_s"} <= set(starved.differs)
    assert "offered" not in starved.differs


def test_a_figure_whose_blur_is_much_of_its_threshold_is_not_judged():
    """At 5 % of the service level's seconds, and of a target in seconds; others still are."""
    scenario = centre(max_response_s=60, max_asa_s=30)
    draws = days(scenario, 1)
    logs = driven(scenario, draws, Delays(120.0, 30.0))

    clear = judge(scenario, draws, logs, Delays(1.4, 0.1), replays=REPLAYS)
    assert Verdict.BLURRED not in {each.verdict for each in clear.figures.values()}
    dim = judge(scenario, draws, logs, Delays(1.6, 1.5), replays=REPLAYS)
    blurred = {name for name, each in dim.figures.items() if each.verdict is Verdict.BLURRED}
    assert blurred == {"service_level", "asa_s", "response_s"}
    assert dim.figures["duration_s"].verdict is Verdict.DIFFERS
    assert dim.figures["service_level"].measured.value is not None


def test_with_doubts_nothing_is_judged_and_all_is_shown():
    scenario = centre()
    draws = days(scenario, 1)
    found = judged(scenario, draws, driven(scenario, draws, Delays(120, 30)), doubts=["the driver was late"])

    assert not found.is_judged
    assert found.differs == ()
    assert found.doubts == ("the driver was late",)
    assert found.figures["asa_s"].measured.value > found.figures["asa_s"].predicted.value


def test_a_server_is_failed_on_its_timers_only_at_its_own_speed():
    """Who is closed by an idle time-out, at speed 1 and at 10."""
    scenario = sim.vary(centre(), {"queues.help.idle_timeout_s": 60})
    draws = days(scenario, 1)
    logs = [sim.simulate(scenario, draws[0])]

    assert judged(scenario, draws, logs).figures["timed_out"].verdict is Verdict.AS_PREDICTED
    assert judged(scenario, draws, logs, speed=10.0).figures["timed_out"].verdict is Verdict.NOT_JUDGED


@pytest.mark.nightly
def test_healthy_servers_are_rarely_accused():
    """Of 200 days of healthy servers at most 6 have any figure that differs: 1 % is 2, and more than 6 is below 1 %."""
    scenario, accused = centre(), []
    for day in range(200):
        draws = [sim.draw(scenario, seed=9, replication=day)]
        accused += [judge(scenario, draws, driven(scenario, draws, DELAYS), DELAYS, replays=200).differs]

    assert sum(map(bool, accused)) <= 6
