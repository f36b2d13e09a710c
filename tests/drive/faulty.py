"""Servers of ours that break one law each, and are right in all else."""

from __future__ import annotations

import asyncio
from itertools import count

from sim.drive.adapters.base import Desk, Message, Seen, Told, Waiting, What
from sim.drive.adapters.loopback import Loopback, Room, _Stage
from sim.drive.floor import Call
from sim.rules import Policy


class Overfills(Loopback):
    """Gives all chats to the first agent, whatever they hold."""

    def __init__(self) -> None:
        super().__init__(routes=True)

    async def open(self, queue: str, text: str, told: Told) -> str:
        await self.arrived()
        number = len(self._rooms)
        call = Call(f"room-{number}", queue, asyncio.get_running_loop().time(), number)
        self._rooms[call.chat] = room = Room(call, told, [text])
        self._give(room, 0)
        await self.answered()
        return call.chat


class GivesTwice(Loopback):
    """Says yes to whoever wants a chat."""

    async def assign(self, chat: str, agent: int) -> bool:
        await super().assign(chat, agent)
        return True


class LeavesSlotsIdle(Loopback):
    """Gives chats to agents when they come, and never when a slot is freed."""

    def __init__(self) -> None:
        super().__init__(routes=True)

    def _fill(self, agent: int) -> None:
        pass


class Loses(Loopback):
    """Takes each seventh message, and shows it to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self._posted = count(1)

    def _tell_both(self, room: Room, seen: Seen) -> None:
        if seen.what is not What.MESSAGE or next(self._posted) % 7:
            super()._tell_both(room, seen)


class Repeats(Loopback):
    """Shows each seventh message twice."""

    def __init__(self) -> None:
        super().__init__()
        self._posted = count(1)

    def _tell_both(self, room: Room, seen: Seen) -> None:
        super()._tell_both(room, seen)
        if seen.what is What.MESSAGE and next(self._posted) % 7 == 0:
            super()._tell_both(room, seen)


class Disorders(Loopback):
    """Shows a customer's third message before the second, if it comes within two minutes."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Seen] = {}

    def _tell_both(self, room: Room, seen: Seen) -> None:
        message = Message.of(seen.text)
        turn = None if message is None or message.by_agent else message.turn
        if turn == 1:
            self._kept[seen.chat] = seen
            asyncio.get_running_loop().call_later(120, self._release, room)
            return
        super()._tell_both(room, seen)
        if turn == 2:
            self._release(room)

    def _release(self, room: Room) -> None:
        if kept := self._kept.pop(room.call.chat, None):
            super()._tell_both(room, kept)


class Polled(Loopback):
    """Right in all; agents must ask for the list each second, as nobody tells them what waits."""

    poll_s = 1.0

    def _tell_agents(self, seen: Seen, queue: str) -> None:
        pass


class Forgets(Polled):
    """Lists five waiting chats, as a page does that has no second one."""

    MOST = 5

    async def listed(self, desk: Desk) -> list[Waiting]:
        return (await super().listed(desk))[-self.MOST :]


class Reopens(Loopback):
    """Puts each fifth chat that is closed into the list again, a minute later."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = count(1)

    async def close(self, chat: str) -> None:
        was_open = self._rooms[chat].stage is _Stage.ASSIGNED
        await super().close(chat)
        if was_open and next(self._closed) % 5 == 0:
            queue = self._rooms[chat].call.queue
            seen = Seen(What.WAITING, chat, queue=queue)
            asyncio.get_running_loop().call_later(60, self._tell_agents, seen, queue)


class FillsUp(Loopback):
    """Gives chats to who has the most already."""

    def __init__(self) -> None:
        super().__init__(routes=True, policy=Policy.MOST_LOADED)


class ForgetsTheMissed(Loopback):
    """Tells whoever comes back nothing of what they have missed."""

    async def returned(self, told: Told) -> None:
        told._unread.clear()
        await super().returned(told)


class RepeatsTheMissed(Loopback):
    """Tells whoever comes back all that they have missed, and then again."""

    async def returned(self, told: Told) -> None:
        told._unread.extend(list(told._unread))
        await super().returned(told)


class LosesSubscriptions(Loopback):
    """Takes back whoever comes, and tells them nothing ever after."""

    async def returned(self, told: Told) -> None:
        await self.arrived()


class ClosesInSilence(Loopback):
    """Tells no customer who is away that their chat is closed, not even when they are back."""

    def _tell_both(self, room: Room, seen: Seen) -> None:
        if seen.what is What.CLOSED and room.customer._is_held:
            self._agents[room.agent].told.put(seen)
        else:
            super()._tell_both(room, seen)


class WaitsForSlowReaders(Loopback):
    """Does nothing for a second whenever it tells somebody something who does not read."""

    def _tell_both(self, room: Room, seen: Seen) -> None:
        super()._tell_both(room, seen)
        if room.customer._is_held or self._agents[room.agent].told._is_held:
            self.stall(1.0)


class Saturates(Loopback):
    """Answers one request after the other, and takes its time for each: more than it can bear makes a line."""

    def __init__(self, each_s: float) -> None:
        super().__init__()
        self._each_s = each_s
        self._free_s = 0.0

    async def arrived(self) -> None:
        now_s = asyncio.get_running_loop().time()
        self._free_s = max(self._free_s, now_s) + self._each_s
        await asyncio.sleep(self._free_s - now_s)
        await super().arrived()
