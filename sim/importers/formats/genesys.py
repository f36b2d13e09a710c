"""What does a Genesys Cloud export say? Conversations' participants, sessions, segments; and agents' states.

The wait is the segment of the acd, within which an agent is alerted: never both. Messages are not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.importers.formats.base import Format, Kind, Record, listed, needed
from sim.importers.out import Out
from sim.importers.raw import Chat, Leg, Span
from sim.importers.values import text

CHANNELS = frozenset({"chat", "message", "webmessaging", "webchat"})
_TALK = frozenset({"interact", "hold", "contacting", "dialing", "sharing"})
_ENDS = {
    "client": "customer",
    "endpoint": "customer",
    "timeout": "idle",
    "system": "system",
    "error": "system",
}
_STATES = {
    "IDLE": "available", "INTERACTING": "available", "COMMUNICATING": "available",
    "NOT_RESPONDING": "away", "OFF_QUEUE": "away", "OFFLINE": "offline",
}  # fmt: skip


def _conversation(record: Record, out: Out) -> None:
    chat_id, moment = needed(text(record["conversationId"]), "conversationId"), out.clock.moment
    chat = Chat(chat_id, requested_at=needed(moment(record["conversationStart"]), "conversationStart"))
    out.add(chat)
    people = listed(record["participants"])
    media = [
        text(session.get("mediaType")) for person in people for session in listed(person.get("sessions"))
    ]
    chat.channel = next((each for each in media if each in CHANNELS), media[0] if media else None)
    if chat.channel not in CHANNELS:
        chat.drop = "other_channel"
        return
    ended = moment(record.get("conversationEnd"))
    chat.closed, chat.initiated_by = ended is not None, "customer"
    if text(record.get("originatingDirection")) == "outbound":
        chat.initiated_by = "agent"
    acd_end = _queue(chat, people, out)
    legs = [leg for person in people if (leg := _leg(chat, person, out)) is not None]
    held = sorted((leg for leg in legs if leg.accepted_at is not None), key=lambda leg: leg.accepted_at or 0)
    for leg in legs:
        out.add(leg)
    _ended(chat, people)
    chat.ended_at = ended
    if held:
        chat.accepted_at, chat.agent_id = held[0].accepted_at, held[0].agent_id
        if chat.closed:
            chat.ended_at = max((leg.released_at for leg in held if leg.released_at), default=ended)
            chat.wrapup_end_at = max((leg.wrapup_end_at or leg.released_at or 0) for leg in held) or None
    elif chat.closed and chat.queued_at is None:
        chat.outcome = "contained"
    elif chat.closed and chat.ended_by not in {"system", "idle"}:
        chat.gone_at, chat.gone_by = acd_end, "left"
        chat.ended_at = acd_end or ended


def _segments(person: Record) -> Iterator[Record]:
    for session in listed(person.get("sessions")):
        yield from listed(session.get("segments"))


def _queue(chat: Chat, people: list[Record], out: Out) -> int | None:
    """When it entered a queue, which, and when it was last in one."""
    last = None
    for person in people:
        if person.get("purpose") != "acd":
            continue
        for segment in _segments(person):
            start, end = (out.clock.moment(segment.get(key)) for key in ("segmentStart", "segmentEnd"))
            if start is not None and (chat.queued_at is None or start < chat.queued_at):
                chat.queued_at, chat.queue = start, text(segment.get("queueId")) or chat.queue
            last = max(last or 0, end or 0) or None
    return last


def _leg(chat: Chat, person: Record, out: Out) -> Leg | None:
    """What an agent did in it: an alert that was not answered is an offer that nobody took."""
    agent = text(person.get("userId")) or text(person.get("participantId"))
    if person.get("purpose") not in {"agent", "user"} or agent is None:
        return None
    leg = Leg(chat.chat_id, agent, result="timed_out")
    is_open = False
    for segment in _segments(person):
        kind = segment.get("segmentType")
        start, end = (out.clock.moment(segment.get(key)) for key in ("segmentStart", "segmentEnd"))
        if kind == "alert":
            leg.offered_at = start if leg.offered_at is None else leg.offered_at
        elif kind in _TALK and start is not None:
            if leg.accepted_at is None or start < leg.accepted_at:
                leg.accepted_at = start
            leg.result = "transferred_out" if segment.get("disconnectType") == "transfer" else "accepted"
            is_open |= end is None
            leg.released_at = None if is_open else max(leg.released_at or 0, end or 0)
        elif kind == "wrapup":
            leg.wrapup_end_at = end
    if leg.accepted_at is not None and leg.wrapup_end_at is None:
        leg.wrapup_end_at = leg.released_at
    chat.n_transfers = (chat.n_transfers or 0) + (leg.result == "transferred_out")
    return leg if leg.accepted_at is not None or leg.offered_at is not None else None


def _ended(chat: Chat, people: list[Record]) -> None:
    """Find out who ended it: the side whose own client did."""
    for person in people:
        kinds = [text(segment.get("disconnectType")) for segment in _segments(person)]
        last = next((kind for kind in reversed(kinds) if kind), None)
        if person.get("purpose") in {"customer", "external"} and last in _ENDS:
            chat.ended_by = _ENDS[last]
        elif person.get("purpose") == "agent" and last in {"client", "endpoint"} and chat.ended_by is None:
            chat.ended_by = "agent"


def _states(record: Record, out: Out) -> None:
    agent = needed(text(record["userId"]), "userId")
    for state in listed(record["routingStatus"]):
        status = _STATES.get(str(state.get("routingStatus")))
        if status is None:
            out.count("unknown_values", f"routingStatus {state.get('routingStatus')!r}")
            continue
        start = needed(out.clock.moment(state.get("startTime")), "startTime")
        out.add(Span(agent, start, out.clock.moment(state.get("endTime")), status))


GENESYS = Format(
    "genesys",
    "Genesys Cloud",
    (
        Kind(
            "conversation", frozenset({"conversationId", "conversationStart", "participants"}), _conversation
        ),
        Kind("agent's states", frozenset({"userId", "routingStatus"}), _states),
    ),
    resolution_s=0.001,
)
