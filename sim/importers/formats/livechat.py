"""What does a LiveChat export say? Archives, one thread a chat; and who left the queue.

A thread begins when it enters the queue; its acceptance is that plus the time in queues, which after a
transfer is no longer that of the first. A welcome in an agent's name is no reply.
"""

from __future__ import annotations

from sim.importers.formats.base import Format, Kind, Record, letters, listed, needed, said, table
from sim.importers.out import Out
from sim.importers.raw import Chat, Leg, Message
from sim.importers.values import flag, number, seconds, text, whole

_ENDS = {
    "manual_archived_customer": "customer",
    "archived_customer_disconnected": "customer",
    "manual_archived_agent": "agent",
    "routing.archived_inactive": "idle",
    "system_archived": "system",
}
"""Who ended it, by the system's message; all other `routing.archived_…` are the system's doing."""
_KNOWN = (
    "routing.",
    "agent_",
    "customer_",
    "rating.",
    "transcript_",
    "chat_transferred",
    "tag",
    "followed",
    "unfollowed",
)
"""How messages of the system begin that are known."""


def _archive(record: Record, out: Out) -> None:
    thread = table(record["thread"])
    thread_id = needed(text(thread["id"]), "thread.id")
    moment = out.clock.moment
    start = needed(moment(thread["created_at"]), "thread.created_at")
    people = {str(user["id"]): str(user.get("type")) for user in listed(record.get("users")) if "id" in user}
    chat = Chat(thread_id, channel="chat", requested_at=start, has_messages=True)
    out.add(chat)
    chat.initiated_by = "customer"
    groups = (
        table(record.get("access")).get("group_ids") or table(thread.get("access")).get("group_ids") or []
    )
    chat.queue = f"group {groups[0]}" if groups else None
    chat.customer_id = next((name for name, kind in people.items() if kind == "customer"), None)
    chat.closed = flag(thread.get("active")) is not True
    routing = _properties(record, thread, "routing")
    if flag(routing.get("offline_message")):
        chat.outcome = "offline"
    events = [(needed(moment(event.get("created_at")), "created_at"), event)
              for event in listed(thread.get("events"))]  # fmt: skip
    events.sort(key=lambda pair: pair[0])
    agents = _events(chat, events, people, out)
    _accept(chat, thread, people, agents, is_unassigned=bool(flag(routing.get("unassigned"))))
    _legs(chat, events, agents, out)
    _rate(chat, _properties(record, thread, "rating"), out)
    if chat.closed and chat.ended_at is None and events:
        chat.ended_at = events[-1][0]
    if chat.accepted_at is None and chat.ended_by == "customer":
        chat.gone_at = chat.ended_at


def _properties(record: Record, thread: Record, name: str) -> Record:
    return table(table(record.get("properties")).get(name)) | table(table(thread.get("properties")).get(name))


def _events(chat: Chat, events: list[tuple[int, Record]], people: dict[str, str], out: Out) -> list[str]:
    """Read what was said and done; give the agents in the order in which they spoke."""
    agents: list[str] = []
    for at, event in events:
        kind, author = str(event.get("type")), str(event.get("author_id") or "")
        if kind == "system_message":
            what = str(event.get("system_message_type"))
            if "archived" not in what and not what.startswith(_KNOWN):
                out.count("unknown_events", f"system message {what!r}")
            _done(chat, at, what)
            continue
        if kind not in {"message", "file", "rich_message", "form", "filled_form"}:
            if kind not in {"system", "custom"}:
                out.count("unknown_events", kind)
            continue
        role = {"customer": "customer", "agent": "agent"}.get(people.get(author, ""), "system")
        lc2 = table(table(event.get("properties")).get("lc2"))
        shape = {"message": "text", "file": "file", "rich_message": "template"}.get(kind, "form")
        if flag(lc2.get("welcome_message")):
            shape = "welcome"
        visible = event.get("visibility", "all") != "agents"
        if role == "agent" and visible and shape in {"text", "file"} and author not in agents:
            agents.append(author)
        out.add(
            Message(
                chat.chat_id, at, role, text(event.get("id")), author or None, visible, shape,
                letters(event.get("text")), said(event.get("text")),
            )
        )  # fmt: skip
    return agents


def _done(chat: Chat, at: int, kind: str) -> None:
    """Take in a message of the system."""
    if kind == "chat_transferred":
        chat.n_transfers = (chat.n_transfers or 0) + 1
    elif "archived" in kind and chat.closed:
        chat.ended_at, chat.ended_by = at, _ENDS.get(kind, "system")
        chat.gone_by = {
            "manual_archived_customer": "left",
            "archived_customer_disconnected": "disconnected",
        }.get(kind)
        chat.gone_at = at if chat.gone_by else None


def _accept(
    chat: Chat, thread: Record, people: dict[str, str], agents: list[str], *, is_unassigned: bool
) -> None:
    """Find out who took it, and when."""
    there = [str(name) for name in thread.get("user_ids") or () if people.get(str(name)) == "agent"]
    chat.agent_id = agents[0] if agents else there[0] if there else None
    queued = seconds(thread.get("queues_duration")) or 0
    if chat.agent_id is None or (is_unassigned and not agents) or chat.outcome is not None:
        chat.agent_id = None if chat.outcome is not None else chat.agent_id
        return
    if not (chat.n_transfers and queued):
        assert chat.requested_at is not None
        chat.accepted_at = chat.requested_at + queued


def _legs(chat: Chat, events: list[tuple[int, Record]], agents: list[str], out: Out) -> None:
    """Who held it, where it was handed from each agent who spoke to the next."""
    handed = [at for at, event in events if event.get("system_message_type") == "chat_transferred"]
    if not handed or len(agents) != len(handed) + 1:
        return  # of one agent the chat itself says it; who held it else is not recorded
    ends = [*handed, chat.ended_at]
    for k, agent in enumerate(agents):
        out.add(
            Leg(
                chat.chat_id, agent, accepted_at=chat.accepted_at if k == 0 else handed[k - 1],
                released_at=ends[k], result="transferred_out" if k < len(handed) else "accepted",
            )
        )  # fmt: skip


def _rate(chat: Chat, rating: Record, out: Out) -> None:
    score = number(rating.get("score"))
    if score is None:
        return
    if score not in {0, 1}:
        out.count("bad_ratings", f"score {score:g}")
        return
    chat.rating, chat.rating_scale = score, "binary"


def _leavers(record: Record, out: Out) -> None:
    """Those who left the queue, by chat, and how many left no record."""
    people = table(record.get("records")) if "records" in record else record
    for name, each in people.items():
        if not isinstance(each, dict) or "queue" not in each:
            continue
        queue = table(each["queue"])
        start = needed(out.clock.moment(queue.get("start_date")), "queue.start_date")
        waited = needed(seconds(queue.get("duration")), "queue.duration")
        out.add(
            Chat(
                f"left:{name}:{start}", channel="chat", initiated_by="customer", requested_at=start,
                ended_at=start + waited, gone_at=start + waited, gone_by="left", closed=True,
                ended_by="customer", has_messages=True,
                queue=None if queue.get("group") is None else f"group {queue['group']}",
                customer_id=text(table(each.get("visitor")).get("id")),
            )
        )  # fmt: skip
    if unseen := whole(table(record.get("summary")).get("left_without_details")):
        out.count("left_without_details", n=unseen)


def _has_leavers(record: Record) -> bool:
    people = record.get("records", record)
    first = (
        next((each for each in people.values() if isinstance(each, dict)), {})
        if isinstance(people, dict)
        else {}
    )
    return "queue" in first and "visitor" in first


LIVECHAT = Format(
    "livechat",
    "LiveChat",
    (
        Kind("archive", frozenset({"id", "users", "thread"}), _archive),
        Kind("queue leavers", frozenset(), _leavers, _has_leavers),
    ),
    refused={
        frozenset({"started_timestamp", "ended_timestamp"}): "is of LiveChat's API 2, which had other names: "
        "export with API 3 (list_archives)"
    },
)
