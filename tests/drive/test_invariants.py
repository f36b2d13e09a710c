"""Each law of chat servers: broken by a record made for it, named with its chats; the healthy record passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.drive.adapters.base import Desk
from sim.drive.invariants import LAWS, Centre, Failure, Invariant, check
from sim.drive.record import Event, Kind, Who
from sim.rules import Policy

GRACE_S = 5.0
DESKS = (Desk(0, 2, ("help",)), Desk(1, 2, ("help",)))

Record = list[Event]


def centre(*, routes: bool = False, policy: Policy = Policy.LEAST_LOADED) -> Centre:
    return Centre(DESKS, policy, routes, GRACE_S, dict.fromkeys(range(100), "help"))


def event(at_s: float, kind: Kind, who: Who, row: int = -1, agent: int = -1, message: str = "") -> Event:
    return Event(at_s, kind, who, row, f"chat-{row}" if row >= 0 else "", agent, message)


def talk(row: int, at_s: float, agent: int, turns: int = 2, wait_s: float = 0.5) -> Record:
    """A chat from its opening to its close: a message and its reply each 20 seconds."""
    taken_s = at_s + wait_s
    told = [
        event(at_s, Kind.OPENED, Who.CUSTOMER, row),
        event(at_s + 0.2, Kind.WAITING, Who.AGENT, row, agent),
        event(taken_s, Kind.ASSIGNED, Who.AGENT, row, agent),
        event(taken_s + 0.1, Kind.GONE, Who.AGENT, row, agent),
    ]
    for turn in range(turns):
        asked_s = at_s if turn == 0 else taken_s + 20 * turn
        told += [
            event(asked_s, Kind.SENT, Who.CUSTOMER, row, message=f"c{row}.{turn}"),
            event(max(asked_s, taken_s) + 0.3, Kind.SEEN, Who.AGENT, row, agent, f"c{row}.{turn}"),
            event(max(asked_s, taken_s) + 10, Kind.SENT, Who.AGENT, row, agent, f"a{row}.{turn}"),
            event(max(asked_s, taken_s) + 10.3, Kind.SEEN, Who.CUSTOMER, row, message=f"a{row}.{turn}"),
        ]
    return [*told, event(taken_s + 20 * turns, Kind.CLOSED, Who.AGENT, row, agent)]


def healthy() -> Record:
    """Five chats over four slots; the last waits until one is free, and one of them leaves the line."""
    told = [event(0, Kind.LOGGED_IN, Who.AGENT, agent=k) for k in (0, 1)]
    told += [
        *talk(0, 10, 0, turns=4),
        *talk(1, 12, 1, turns=4),
        *talk(2, 20, 0, turns=4),
        *talk(3, 22, 1, turns=4),
    ]
    told += talk(4, 30, 0, wait_s=61)  # the slot of chat 0 is free from 90.5 on
    told += [
        event(40, Kind.OPENED, Who.CUSTOMER, 5), event(40.2, Kind.WAITING, Who.AGENT, 5, 0),
        event(70, Kind.LEFT, Who.CUSTOMER, 5), event(72, Kind.GONE, Who.AGENT, 5, 0),
    ]  # fmt: skip
    told += [event(400, Kind.LOGGED_OUT, Who.AGENT, agent=k) for k in (0, 1)]
    return sorted(told, key=lambda each: each.at_s)


def test_a_healthy_record_breaks_no_law():
    assert check(healthy(), centre()) == []
    assert check(healthy(), centre(routes=True)) == []
    assert check([], centre()) == []


def without(record: Record, kind: Kind, row: int, message: str = "") -> Record:
    return [
        each for each in record
        if not (each.kind is kind and each.row == row and message in {"", each.message})
    ]  # fmt: skip


def over_cap() -> Record:
    """The server gives agent 0 a third chat."""
    return [*healthy(), event(50, Kind.ASSIGNED, Who.AGENT, 4, 0)]


def taken_twice() -> Record:
    """Two successes: agent 1, who has a slot free again, is given what agent 0 holds."""
    return [*healthy(), event(95, Kind.ASSIGNED, Who.AGENT, 4, 1)]


def slot_idle() -> Record:
    """The chat that waits for the slot that is free from 90.5 on gets it half a minute later."""
    return [each for each in healthy() if each.row != 4] + talk(4, 30, 0, wait_s=90)


def message_lost() -> Record:
    return without(healthy(), Kind.SEEN, 1, "c1.2")


def reply_lost() -> Record:
    return without(healthy(), Kind.SEEN, 1, "a1.2")


def message_twice() -> Record:
    return [*healthy(), event(60, Kind.SEEN, Who.AGENT, 1, 1, "c1.1")]


def message_disordered() -> Record:
    """The first question is shown after the second."""
    return [
        each._replace(at_s=35) if each.kind is Kind.SEEN and each.message == "c1.0" else each
        for each in healthy()
    ]


def chat_vanished() -> Record:
    """The chat that waits drops off the list while it does."""
    return [*healthy(), event(45, Kind.GONE, Who.AGENT, 4, 0)]


def never_listed() -> Record:
    return without(healthy(), Kind.WAITING, 4)


def chat_came_back() -> Record:
    return [*healthy(), event(200, Kind.WAITING, Who.AGENT, 2, 0)]


def close_untold() -> Record:
    """The connection of chat 0's customer breaks, and is there again after their chat was closed at 90.5."""
    away = [event(85, Kind.DROPPED, Who.CUSTOMER, 0), event(95, Kind.BACK, Who.CUSTOMER, 0)]
    return sorted([*healthy(), *away], key=lambda each: each.at_s)


FAULTS: tuple[tuple[Callable[[], Record], Failure], ...] = (
    (over_cap, Failure(Invariant.OVER_CAP, ("chat-0", "chat-2", "chat-4"), 50)),
    (taken_twice, Failure(Invariant.TAKEN_TWICE, ("chat-4",), 95)),
    (slot_idle, Failure(Invariant.SLOT_IDLE, ("chat-4",), 90.5)),
    (message_lost, Failure(Invariant.MESSAGE_LOST, ("chat-1",), 52.5)),
    (reply_lost, Failure(Invariant.MESSAGE_LOST, ("chat-1",), 62.5)),
    (message_twice, Failure(Invariant.MESSAGE_TWICE, ("chat-1",), 60)),
    (message_disordered, Failure(Invariant.MESSAGE_DISORDERED, ("chat-1",), 35)),
    (chat_vanished, Failure(Invariant.CHAT_VANISHED, ("chat-4",), 45)),
    (never_listed, Failure(Invariant.CHAT_VANISHED, ("chat-4",), 30)),
    (close_untold, Failure(Invariant.CLOSE_UNTOLD, ("chat-0",), 90.5)),
    (chat_came_back, Failure(Invariant.CHAT_CAME_BACK, ("chat-2",), 200)),
)


@pytest.mark.parametrize(("fault", "failure"), FAULTS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_broken_law_is_named_with_its_chats_and_nothing_else_is(
    fault: Callable[[], Record], failure: Failure
):
    assert check(fault(), centre()) == [failure]


@pytest.mark.parametrize("policy", [Policy.LEAST_LOADED, Policy.LONGEST_IDLE, Policy.ROUND_ROBIN])
def test_a_server_that_routes_all_to_one_agent_does_not_spread_them(policy: Policy):
    """And one that takes them by turns does; a driver that takes them itself is not asked."""
    here = [event(0, Kind.LOGGED_IN, Who.AGENT, agent=k) for k in (0, 1)]

    def day(agent: Callable[[int], int]) -> Record:
        chats = [talk(row, 10 + 30 * row, agent(row), turns=1) for row in range(8)]
        return sorted([*here, *(each for chat in chats for each in chat)], key=lambda each: each.at_s)

    if policy is not Policy.LEAST_LOADED:  # of two who hold nothing it may take either
        (failure,) = check(day(lambda _: 0), centre(routes=True, policy=policy))
        assert failure.name is Invariant.NOT_SPREAD
        assert set(failure.chats) <= {f"chat-{row}" for row in range(1, 8)}
        assert len(failure.chats) >= 6
    assert check(day(lambda row: row % 2), centre(routes=True, policy=policy)) == []
    assert check(day(lambda _: 0), centre(policy=policy)) == []


def test_a_server_that_fills_one_agent_first_is_not_least_loaded():
    """Each second chat goes to who has one already, while the other is idle."""
    told = [event(0, Kind.LOGGED_IN, Who.AGENT, agent=k) for k in (0, 1)]
    for pair in range(4):
        for k in (0, 1):
            told += talk(2 * pair + k, 100 * pair + 10 + 10 * k, 0, turns=2)
    told.sort(key=lambda each: each.at_s)
    (failure,) = check(told, centre(routes=True))

    assert failure == Failure(Invariant.NOT_SPREAD, ("chat-1", "chat-3", "chat-5", "chat-7"), 20.5)
    assert check(told, centre(routes=True, policy=Policy.MOST_LOADED)) == []


def test_what_is_on_its_way_is_no_failure():
    """A message just before the end, a list that is looked at later, a slot that is filled a moment later."""
    late = [event(398, Kind.SENT, Who.CUSTOMER, 9, message="c9.0"), event(396, Kind.OPENED, Who.CUSTOMER, 9)]
    slow = [each for each in healthy() if each.row != 4] + talk(4, 30, 0, wait_s=64)

    assert check([*healthy(), *late], centre()) == []
    assert check(slow, centre()) == []


def test_who_leaves_at_the_instant_at_which_their_chat_is_opened_does_not_wait():
    """The server took so long that their patience was over."""
    told = [event(60, Kind.OPENED, Who.CUSTOMER, 9), event(60, Kind.LEFT, Who.CUSTOMER, 9)]

    assert check([*healthy(), *told], centre()) == []


def test_every_law_has_a_fault_and_words():
    broken = {failure.name for _, failure in FAULTS} | {Invariant.NOT_SPREAD}

    assert broken | {Invariant.STOPPED} == set(Invariant)  # which the end of a run tells, and no record
    assert len(LAWS) + 1 == len(Invariant)
    assert len({each.words for each in Invariant}) == len(Invariant)
