"""Connections break on purpose and come back: a healthy server loses nothing by it, and faulty ones are caught."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import pytest

import sim
from sim.drive.adapters.base import Server
from sim.drive.adapters.loopback import Loopback
from sim.drive.invariants import Invariant
from sim.drive.latency import Verb
from sim.drive.options import Trouble
from sim.drive.record import Kind, Who
from sim.drive.run import Ending
from sim.drive.trial import Loaded, load_test
from tests.drive import faulty
from tests.drive.test_faulty_servers import centre

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")

CHURN = Trouble(churn_s=60.0)
STORM = Trouble(storm_s=900.0)
SLOW = Trouble(slow_share=0.3)


def loaded(server: Callable[[], Server], trouble: Trouble) -> Loaded:
    return load_test(centre(), server=server, trouble=trouble, replays=1, probes=False)


healthy = cache(partial(loaded, Loopback))
"""What comes of a healthy server, of which several tests ask."""


@pytest.mark.parametrize("trouble", [CHURN, STORM, SLOW])
def test_a_healthy_server_loses_nothing(trouble: Trouble):
    """All chats come to their end, no law is broken; figures are not judged, for it is the driver that is late."""
    found = healthy(trouble)
    events = found.days[0].record.events
    kinds = [event.kind for event in events]

    assert found.failures == ()
    assert found.errors == 0
    assert found.judgement.doubts == ("connections were broken, or read slowly, on purpose",)
    assert kinds.count(Kind.DROPPED) == kinds.count(Kind.BACK) == found.latencies[Verb.RECONNECT].n
    assert found.judgement.measured.figure("unfinished").value == 0
    assert found.latencies[Verb.DELIVER].percentile_s(99) < 1e-3


def test_each_connection_breaks_once_in_so_long_and_everybodys_at_another_time():
    """Agents of half an hour 30 times each, at churn of a minute; customers at phases of their own."""
    events = healthy(CHURN).days[0].record.events
    dropped = [event for event in events if event.kind is Kind.DROPPED]
    agents = [event for event in dropped if event.who is Who.AGENT]

    assert {sum(event.agent == number for event in agents) for number in range(3)} <= set(range(28, 60))
    phases = {round(event.at_s % 60) for event in dropped}
    assert len(phases) > 20


def test_in_a_storm_all_break_at_once_and_come_back_at_once():
    events = healthy(STORM).days[0].record.events
    dropped, back = ([each for each in events if each.kind is kind] for kind in (Kind.DROPPED, Kind.BACK))

    assert len(dropped) > 6
    assert {event.at_s for event in dropped} == {900.0}
    assert {event.at_s for event in back} == {902.0}


def test_what_happens_to_connections_is_the_same_each_time():
    one, other = (each(CHURN).days[0].record.events for each in (healthy, partial(loaded, Loopback)))
    assert one == other


@pytest.mark.parametrize(
    ("server", "trouble"),
    [
        (faulty.ForgetsTheMissed, CHURN),
        (faulty.LosesSubscriptions, CHURN),
        (faulty.LosesSubscriptions, STORM),
    ],
)
def test_a_server_that_forgets_who_comes_back_or_what_they_missed_is_caught(
    server: Callable[[], Server], trouble: Trouble
):
    """By the messages that never arrived."""
    found = loaded(server, trouble)
    lost = [each.failure for each in found.failures if each.failure.name is Invariant.MESSAGE_LOST]
    assert lost
    assert all(chat.startswith("room-") for failure in lost for chat in failure.chats)
    assert found.counts["lost"] == len(lost)


def test_a_server_that_repeats_what_was_missed_is_caught():
    found = loaded(faulty.RepeatsTheMissed, CHURN)
    assert Invariant.MESSAGE_TWICE in {each.failure.name for each in found.failures}


def test_a_server_that_closes_chats_of_those_away_in_silence_is_caught_and_keeps_nobody_waiting():
    """As django-supchat does with its guests."""
    found = loaded(faulty.ClosesInSilence, Trouble(churn_s=15.0))
    untold = [each.failure for each in found.failures]
    assert {failure.name for failure in untold} == {Invariant.CLOSE_UNTOLD}
    assert len({failure.chats for failure in untold}) == len(untold)
    assert found.days[0].ending is Ending.DONE


def test_a_server_that_waits_for_slow_readers_shows_in_what_the_others_are_shown():
    """Their messages come late: times to deliver are those of clients that read at once."""
    found = loaded(faulty.WaitsForSlowReaders, SLOW)
    assert found.latencies[Verb.DELIVER].percentile_s(95) > 0.2


def test_a_result_says_what_was_done_to_connections():
    result = sim.load_test(centre(), trouble=STORM, replays=1, fail_if=["reconnect_p99_ms > 100"])
    words = " ".join(result.words)
    assert "on purpose, each for 2 s of the clock, and came back" in words
    assert [each.met for each in result.judged] == [True]
    assert "reconnect" in {row["verb"] for row in result.table("latencies").rows}
    plain = sim.load_test(centre(), replays=1)
    assert "reconnect" not in {row["verb"] for row in plain.table("latencies").rows}


def test_what_cannot_be_is_refused():
    with pytest.raises(sim.LoadError, match=r"--storm: 12:00 is not within the driven day, from 00:00 to 0"):
        loaded(Loopback, Trouble(storm_s=43_200.0))
    with pytest.raises(sim.LoadError, match="a timeline is played by clients that are always there"):
        load_test(centre(), mode="timeline", trouble=CHURN, replays=1)

    class Fleeting(Loopback):
        comes_back = False

    with pytest.raises(sim.LoadError, match="the adapter loopback has no way to come back to a chat"):
        loaded(Fleeting, CHURN)
