"""A whole day on a server with one fault: the law that it breaks is named with its chats. The healthy one passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sim
from sim.drive.adapters.base import Server
from sim.drive.adapters.loopback import Loopback
from sim.drive.invariants import Invariant
from sim.drive.trial import Loaded, load_test
from tests.drive import faulty

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")


def centre() -> sim.Scenario:
    """Half an hour of three agents with two slots each: most chats wait."""
    return sim.Scenario(
        name="Half an hour",
        hours=sim.OpeningHours(open="00:00", close="00:30"),
        queues=[
            sim.Queue(
                name="help",
                arrivals=[160, *[0] * 23],
                patience=400,
                service=sim.ByTurns(turns=4, agent_s=20, customer_s=40, wrap_up_s=30),
            )
        ],
        groups=[sim.Group(name="desk", queues=["help"], agents=3, concurrency=2)],
    )


def loaded(server: Callable[[], Server], mode: str = "reactive") -> Loaded:
    return load_test(centre(), server=server, mode=mode, replays=1)


@pytest.mark.parametrize("mode", ["reactive", "timeline"])
def test_a_healthy_server_breaks_no_law(mode: str):
    found = loaded(Loopback, mode)

    assert found.failures == ()
    assert found.judgement.differs == ()
    assert not found.is_missed


def test_a_healthy_server_that_routes_breaks_none_either():
    found = loaded(lambda: Loopback(routes=True))

    assert found.failures == ()
    assert not found.is_missed


@pytest.mark.parametrize(
    ("server", "name", "mode"),
    [
        (faulty.Overfills, Invariant.OVER_CAP, "reactive"),
        (faulty.GivesTwice, Invariant.TAKEN_TWICE, "reactive"),
        (faulty.LeavesSlotsIdle, Invariant.SLOT_IDLE, "reactive"),
        (faulty.Loses, Invariant.MESSAGE_LOST, "reactive"),
        (faulty.Repeats, Invariant.MESSAGE_TWICE, "reactive"),
        (faulty.Disorders, Invariant.MESSAGE_DISORDERED, "timeline"),
        (faulty.Forgets, Invariant.CHAT_VANISHED, "reactive"),
        (faulty.Reopens, Invariant.CHAT_CAME_BACK, "reactive"),
        (faulty.FillsUp, Invariant.NOT_SPREAD, "reactive"),
    ],
)
def test_a_server_with_a_fault_is_caught_by_its_law(server: Callable[[], Server], name: Invariant, mode: str):
    """With chats that the server has named, at a time of the day; what follows from it may be told too."""
    found = loaded(server, mode)
    told = [each.failure for each in found.failures if each.failure.name is name]

    assert told
    assert all(chat.startswith("room-") for failure in told for chat in failure.chats)
    assert all(failure.chats for failure in told)
    assert found.is_missed
    also = {each.failure.name for each in found.failures} - {name}
    assert also <= {Invariant.NOT_SPREAD, Invariant.SLOT_IDLE}
