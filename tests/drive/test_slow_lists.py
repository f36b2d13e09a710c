"""A healthy server that is slow, or fails or refuses once: each waiting chat has one place, and one agent asks for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import count

import pytest

import sim
from sim.drive.adapters.base import Desk, Waiting
from sim.drive.adapters.loopback import Loopback
from sim.drive.record import Event, Kind, Who
from sim.drive.run import Driven, Options, drive
from sim.drive.schedule import Day
from sim.kpis.measure import measure
from sim.scenario.scenario import Scenario
from tests.drive.faulty import Polled
from tests.worlds import by_turns, group, queue, world

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")

SHIFT = {"agents": 1, "start": "00:01", "end": "01:00"}


def two_skills(*arrivals: float, late: bool = False) -> Scenario:
    """Agents of two lists, and one who comes later."""
    groups = [group(1, "a"), group(1, "b", ("q", "r"))]
    groups += [group(name="late", shifts=[SHIFT])] if late else []
    queues = [queue(list(arrivals), by_turns(20, 30, 2, 5)), queue([], by_turns(20, 30, 2, 5), "r")]
    return world(queues, groups)


def run(scenario: Scenario, server: Loopback) -> Driven:
    return drive(Day.of(scenario), server, Options(virtual=True))


def of(driven: Driven, kind: Kind) -> list[Event]:
    """What agents have seen."""
    return [event for event in driven.record.events if event.kind is kind and event.who is Who.AGENT]


class Asked(Polled):
    """Counts how often each chat is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = Counter[str]()

    async def assign(self, chat: str, agent: int) -> bool:
        self.asked[chat] += 1
        return await super().assign(chat, agent)


def test_a_chat_that_is_being_taken_is_offered_to_nobody_else():
    """A list of before comes after one of afterwards, and the answer to who takes it last of all."""

    class Late(Asked):
        async def listed(self, desk: Desk) -> list[Waiting]:
            rows, now_s = await super().listed(desk), asyncio.get_running_loop().time()
            await asyncio.sleep(3 if desk.number == 0 and 59 <= now_s < 60 else 0)
            return rows

        async def assign(self, chat: str, agent: int) -> bool:
            took = await super().assign(chat, agent)
            await asyncio.sleep(4)
            return took

    server = Late()
    driven = run(two_skills(58.5, late=True), server)

    assert server.asked == {"room-0": 1}
    assert len(of(driven, Kind.WAITING)) == len(of(driven, Kind.GONE)) == 1
    assert measure(driven.log, driven.day.scenario)["served"] == 1


def test_a_list_of_before_a_chat_came_takes_it_out_of_no_line():
    """Each second list says what was true one and a half seconds ago."""

    class Late(Asked):
        def __init__(self) -> None:
            super().__init__()
            self._n = count()

        async def listed(self, desk: Desk) -> list[Waiting]:
            is_stale = next(self._n) % 2 == 0
            await asyncio.sleep(0 if is_stale else 1)
            rows = await super().listed(desk)
            await asyncio.sleep(1.5 if is_stale else 0)
            return rows

    server = Late()
    driven = run(two_skills(*(10.7 * k for k in range(40))), server)

    assert len(of(driven, Kind.REFUSED)) == 0
    for kind in (Kind.WAITING, Kind.GONE):
        assert set(Counter(event.chat for event in of(driven, kind)).values()) == {1}
    assigned = [event.row for event in of(driven, Kind.ASSIGNED)]
    assert assigned == sorted(assigned) == list(range(40))


@pytest.mark.parametrize("told", [Polled, Loopback])
def test_a_chat_that_the_server_failed_to_give_is_asked_for_again(told: type[Loopback]):
    """A second later, and before whoever came later."""

    class Fails(told):  # type: ignore[misc,valid-type]
        n = 0

        async def assign(self, chat: str, agent: int) -> bool:
            self.n += 1
            if self.n == 1:
                raise sim.LoadError("500 Internal Server Error")
            return bool(await super().assign(chat, agent))

    driven = run(two_skills(10, 10.5, 10.6, 10.7), Fails())

    assert driven.causes == {"assign: 500 Internal Server Error": 1}
    assert measure(driven.log, driven.day.scenario)["served"] == 4
    rows = [event.row for event in of(driven, Kind.ASSIGNED)]
    assert sorted(rows) == [0, 1, 2, 3]
    assert rows.index(0) < rows.index(3)


def test_a_chat_that_the_server_refused_and_lists_once_more_is_asked_for_again():
    """As one that somebody else has let go of; until then nobody asks."""

    class Refuses(Asked):
        async def assign(self, chat: str, agent: int) -> bool:
            took = self.asked[chat] > 0
            self.asked[chat] += 1
            return took and await Polled.assign(self, chat, agent)

    server = Refuses()
    driven = run(two_skills(10.5), server)

    assert server.asked == {"room-0": 2}
    assert [round(event.at_s) for event in of(driven, Kind.WAITING)] == [11, 12]
    assert measure(driven.log, driven.day.scenario)["served"] == 1
