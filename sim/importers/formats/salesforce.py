"""What does a Salesforce export say? Rows of LiveChatTranscript, with what was said in one; and AgentWork.

Messages are offsets from the text's own start, with its zone, and speakers are names in it: the agent's is
given above, everybody else is the customer. Where both have one name nobody knows who spoke.
"""

from __future__ import annotations

import datetime as dt
import html
import re

from sim.importers.formats.base import Format, Kind, Record, needed
from sim.importers.out import Out
from sim.importers.raw import Chat, Leg, Message
from sim.importers.values import SECOND, flag, seconds, text

_ENDS = {"visitor": "customer", "chasitor": "customer", "agent": "agent", "system": "system"}
_STARTED = re.compile(
    r"Chat Started:\s*\w+,\s*(\w+ \d{1,2}, \d{4}),?\s*(\d{1,2}:\d\d:\d\d)\s*\(([+-]\d{4})\)", re.ASCII
)
_AGENT = re.compile(r"<p[^>]*>\s*Agent\s+(.+?)\s*</p>")
_ITEM = re.compile(r"\(\s*((?:\d+h\s*)?(?:\d+m\s*)?\d+s)\s*\)\s*([^:<]{1,200}?):\s?(.*)", re.DOTALL)
_CUT = re.compile(r"\(\s*((?:\d+h\s*)?(?:\d+m\s*)?\d+s)\s*\)\s*[^:]*$")
_OFFSET = re.compile(r"(\d+)([hms])")
_UNITS = {"h": 3600, "m": 60, "s": 1}
MOST_LETTERS = 131_072
"""A longer text is cut off by the platform."""
_PLAIN = {"request": "requesttime", "start": "starttime", "end": "endtime"}


def renamed(record: Record) -> Record:
    """A record whose columns are named alike, whether fields' names or a report's labels."""
    found: Record = {}
    for name, value in record.items():
        plain = re.sub(r"[^a-z0-9.]", "", str(name).lower())
        found.setdefault(_PLAIN.get(plain, plain), value)
    return found


def _transcript(record: Record, out: Out) -> None:
    moment = out.clock.moment
    chat_id = needed(text(record.get("id")) or text(record.get("chatkey")), "Id")
    chat = Chat(
        chat_id, stamp=moment(record.get("lastmodifieddate")), channel="chat", initiated_by="customer"
    )
    out.add(chat)
    if flag(record.get("isdeleted")):
        chat.drop = "deleted"
        return
    chat.requested_at = needed(moment(record["requesttime"]), "RequestTime")
    chat.accepted_at = moment(record.get("starttime"))
    chat.ended_at = moment(record.get("endtime"))
    status = (text(record.get("status")) or "").lower().replace(" ", "")
    chat.closed = status not in {"inprogress", "waiting"} if status else chat.ended_at is not None
    chat.queue = next(
        (name for key in ("livechatbutton.name", "livechatbuttonid", "skill.name", "skillid")
         if (name := text(record.get(key)))), None,
    )  # fmt: skip
    who = text(record.get("ownerid")) or text(record.get("owner.name"))
    chat.customer_id = text(record.get("livechatvisitorid")) or text(record.get("contactid"))
    ended_by = (text(record.get("endedby")) or "").lower()
    chat.ended_by = _ENDS.get(ended_by) if ended_by else None
    if ended_by and chat.ended_by is None:
        out.count("unknown_values", f"EndedBy {ended_by!r}")
    waited = seconds(record.get("abandoned"))
    if chat.accepted_at is None:
        if status == "blocked":
            chat.outcome = "blocked"
        elif waited:
            chat.gone_at, chat.gone_by = chat.requested_at + waited, "left"
        elif chat.ended_by == "customer":
            chat.gone_at, chat.gone_by = chat.ended_at, "left"
    else:
        chat.agent_id = who
    if "body" in record:
        chat.has_messages = _said(chat, str(record["body"] or ""), out)


def _said(chat: Chat, body: str, out: Out) -> bool | None:
    """Read what was said; None where nobody knows who, or when."""
    if not body.strip():
        return None if chat.accepted_at is not None else True
    started, agents = _STARTED.search(body), {html.unescape(name) for name in _AGENT.findall(body)}
    if started is None:
        out.count("unknown_values", "Body without a start that can be read")
        return None
    day, clock, zone = started.groups()
    try:
        begun = dt.datetime.strptime(f"{day} {clock} {zone}", "%B %d, %Y %H:%M:%S %z")
    except ValueError:
        out.count("unknown_values", f"start {day!r}: months are read in English")
        return None
    start = out.clock.local(begun)
    items = [
        item
        for item in re.split(r"<br\s*/?>", re.sub(r"<p[^>]*>.*?</p>", "<br>", body, flags=re.DOTALL))
        if item.strip()
    ]
    found = [match for item in items if (match := _ITEM.match(item.strip())) is not None]
    speakers = {html.unescape(match[2]).strip() for match in found}
    if agents and len(speakers) == 1 and speakers <= agents and len(found) > 1:
        out.count("unknown_values", "one name for both who speak")
        return None
    last = items[-1].strip() if items else ""
    chat.truncated = len(body) >= MOST_LETTERS or (_ITEM.match(last) is None and _CUT.match(last) is not None)
    for match in found:
        name, said = html.unescape(match[2]).strip(), html.unescape(match[3]).strip()
        role = "agent" if name in agents else "customer"
        at = start + SECOND * sum(int(n) * _UNITS[unit] for n, unit in _OFFSET.findall(match[1]))
        out.add(
            Message(
                chat.chat_id, at, role, author_id=chat.agent_id if role == "agent" else chat.customer_id,
                n_chars=len(said), text=said,
            )
        )  # fmt: skip
    return True


def _work(record: Record, out: Out) -> None:
    """One assignment of a chat to an agent."""
    moment = out.clock.moment
    chat_id, agent = (
        needed(text(record["workitemid"]), "WorkItemId"),
        needed(text(record["userid"]), "UserId"),
    )
    accepted, closed = moment(record.get("acceptdatetime")), moment(record.get("closedatetime"))
    status = (text(record.get("status")) or "").lower()
    result = "declined" if "decline" in status else "timed_out" if accepted is None else "accepted"
    if "transfer" in status and accepted is not None:
        result = "transferred_out"
    wrap_up = seconds(record.get("aftercontactworkactualtime", record.get("actualacwtime")))
    out.add(
        Leg(
            chat_id, agent, moment(record.get("assigneddatetime", record.get("requestdatetime"))),
            accepted, closed,
            None if closed is None or wrap_up is None else closed + wrap_up, result,
        )
    )  # fmt: skip


SALESFORCE = Format(
    "salesforce",
    "Salesforce",
    (
        Kind("LiveChatTranscript", frozenset({"requesttime", "starttime", "endtime", "status"}), _transcript),
        Kind("AgentWork", frozenset({"workitemid", "userid", "acceptdatetime"}), _work),
    ),
    resolution_s=1.0,
    renamed=renamed,
)
