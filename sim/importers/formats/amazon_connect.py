"""What does an Amazon Connect export say? Contact records, and transcripts of chats.

A transfer makes a new contact; all with one initial contact are a chat. The contact's disconnection is not
the agent's end: that is when their wrap-up begins. Records are delivered again, and the latest counts.
"""

from __future__ import annotations

from sim.importers.formats.base import Format, Kind, Record, letters, listed, needed, said, table
from sim.importers.out import Out
from sim.importers.raw import Chat, Leg, Message
from sim.importers.values import seconds, text

_ENDS = {
    "CUSTOMER_DISCONNECT": "customer", "AGENT_DISCONNECT": "agent", "IDLE_DISCONNECT": "idle",
    "THIRD_PARTY_DISCONNECT": "agent",
}  # fmt: skip
_ROLES = {
    "CUSTOMER": "customer",
    "AGENT": "agent",
    "SYSTEM": "system",
    "CUSTOM_BOT": "bot",
    "SUPERVISOR": "system",
}
_INTERACTIVE = "message.interactive"


def _contact(record: Record, out: Out) -> None:
    contact, moment = needed(text(record["ContactId"]), "ContactId"), out.clock.moment
    chat = Chat(
        text(record.get("InitialContactId")) or contact, part=contact, channel=text(record.get("Channel"))
    )
    out.add(chat)
    chat.stamp = moment(record.get("LastUpdateTimestamp"))
    if chat.channel is None or chat.channel.upper() != "CHAT":
        chat.drop = "other_channel"
        return
    queue, agent = table(record.get("Queue") or None), table(record.get("Agent") or None)
    chat.initiated_by = "agent" if text(record.get("InitiationMethod")) == "OUTBOUND" else "customer"
    chat.requested_at = needed(moment(record["InitiationTimestamp"]), "InitiationTimestamp")
    chat.queued_at = moment(queue.get("EnqueueTimestamp"))
    chat.queue = text(queue.get("Name")) or text(queue.get("ARN"))
    chat.ended_at = moment(record.get("DisconnectTimestamp"))
    chat.closed = chat.ended_at is not None
    reason = text(record.get("DisconnectReason"))
    chat.ended_by = (_ENDS.get(reason, "system") if reason else None) if chat.closed else None
    chat.n_transfers = int(text(record.get("PreviousContactId")) is not None)
    chat.customer_id = text(table(record.get("CustomerEndpoint") or None).get("Address"))
    chat.accepted_at = moment(agent.get("ConnectedToAgentTimestamp"))
    metrics = table(table(record.get("ChatMetrics") or None).get("ChatContactMetrics") or None)
    metrics = metrics or table(table(record.get("ChatMetrics") or None).get("ContactMetrics") or None)
    chat.first_reply_at = moment(metrics.get("AgentFirstResponseTimestamp"))
    if chat.accepted_at is not None:
        _held(chat, record, agent, out)
    elif chat.closed and chat.queued_at is None:
        chat.outcome = "contained"
    elif chat.closed and chat.ended_by == "customer":
        chat.gone_at, chat.gone_by = moment(queue.get("DequeueTimestamp")) or chat.ended_at, "left"


def _held(chat: Chat, record: Record, agent: Record, out: Out) -> None:
    """When the agent was done: the contact may go on without them."""
    assert chat.accepted_at is not None
    who = needed(text(agent.get("Username")) or text(agent.get("ARN")), "Agent.Username")
    chat.agent_id = who
    moment = out.clock.moment
    wrap_up, wrapped = (moment(agent.get(f"AfterContactWork{end}Timestamp")) for end in ("Start", "End"))
    talked = seconds(agent.get("AgentInteractionDuration"))
    if wrap_up is not None:
        chat.ended_at = wrap_up if chat.closed else None
    elif chat.closed and talked is not None:
        chat.ended_at = chat.accepted_at + talked + (seconds(agent.get("CustomerHoldDuration")) or 0)
    if chat.closed and chat.ended_at is not None:
        lasted = seconds(agent.get("AfterContactWorkDuration")) or 0
        chat.wrapup_end_at = wrapped if wrapped is not None else chat.ended_at + lasted
    moved = text(record.get("NextContactId")) is not None or record.get("TransferCompletedTimestamp")
    out.add(
        Leg(
            chat.chat_id, who, accepted_at=chat.accepted_at, released_at=chat.ended_at,
            wrapup_end_at=chat.wrapup_end_at, result="transferred_out" if moved else "accepted",
        )
    )  # fmt: skip


def _transcript(record: Record, out: Out) -> None:
    contact = needed(text(record["ContactId"]), "ContactId")
    for item in listed(record["Transcript"]):
        kind, form = str(item.get("Type")), str(item.get("ContentType"))
        if kind not in {"MESSAGE", "ATTACHMENT"}:
            if kind != "EVENT":
                out.count("unknown_events", kind)
            continue
        role = _ROLES.get(str(item.get("ParticipantRole")))
        if role is None:
            out.count("unknown_values", f"ParticipantRole {item.get('ParticipantRole')!r}")
            role = "system"
        is_card = _INTERACTIVE in form and "response" not in form
        out.add(
            Message(
                contact, needed(out.clock.moment(item.get("AbsoluteTime")), "AbsoluteTime"), role,
                text(item.get("Id")), text(item.get("ParticipantId")),
                kind="file" if kind == "ATTACHMENT" else "template" if is_card else "text",
                n_chars=letters(item.get("Content")), text=said(item.get("Content")),
            )
        )  # fmt: skip


AMAZON_CONNECT = Format(
    "amazon_connect",
    "Amazon Connect",
    (
        Kind("contact record", frozenset({"ContactId", "Channel", "InitiationTimestamp"}), _contact),
        Kind("transcript", frozenset({"ContactId", "Transcript"}), _transcript),
    ),
    resolution_s=1.0,
)
