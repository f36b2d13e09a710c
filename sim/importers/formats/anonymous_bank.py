"""What does the log of the Technion's "Anonymous Bank" say? A row a telephone call, of 1999.

Collected by Ilan Guedj and Avi Mandelbaum, who allow its free use and are to be acknowledged. A call goes
through a voice menu, may queue, and is answered, hung up, or a phantom of the log, which is no demand.
"""

from __future__ import annotations

import datetime as dt
import re

from sim.importers.formats.base import Format, Kind, Record, needed
from sim.importers.out import Out
from sim.importers.raw import Chat
from sim.importers.sources import Layout
from sim.importers.values import SECOND, UnreadableError, text, whole

COLUMNS = (
    "vru+line", "call_id", "customer_id", "priority", "type", "date", "vru_entry", "vru_exit", "vru_time",
    "q_start", "q_exit", "q_time", "outcome", "ser_start", "ser_exit", "ser_time", "server",
)  # fmt: skip
_TYPES = {"PE": "PS", "AA": "PS"}
"""The regular service in English, and two strays."""
_CLOCK = re.compile(r"(\d{1,2}):(\d\d):(\d\d)$")
_HALF_DAY_S = 43_200


def _call(record: Record, out: Out) -> None:
    cells = {name.strip(): str(value).strip() for name, value in record.items() if isinstance(name, str)}
    day, outcome = cells["date"], cells["outcome"]
    if cells["call_id"] == "call_id":
        return  # the head of another month
    if not re.fullmatch(r"99\d{4}", day) or outcome not in {"AGENT", "HANG", "PHANTOM"}:
        raise UnreadableError(f"date {day!r}, outcome {outcome!r}: is no call")
    date = dt.datetime.strptime(f"19{day}", "%Y%m%d")
    chat = Chat(
        f"{day}:{cells['vru+line']}:{cells['call_id']}", channel="phone", initiated_by="customer", closed=True
    )
    out.add(chat)
    if outcome == "PHANTOM":
        chat.drop = "no_demand"
        return
    entry_s = needed(_seconds(cells["vru_entry"], is_known=True), "vru_entry")

    def at(cell: str) -> int | None:
        clock_s = _seconds(cell)
        if clock_s is None:
            return None
        past_midnight = clock_s < entry_s - _HALF_DAY_S
        return out.clock.local(date + dt.timedelta(days=int(past_midnight), seconds=clock_s))

    chat.requested_at = out.clock.local(date + dt.timedelta(seconds=entry_s))
    chat.queue = _TYPES.get(cells["type"], cells["type"])
    chat.customer_id = None if cells["customer_id"] in {"0", "0.0"} else text(cells["customer_id"])
    waited = whole(cells["q_time"]) or 0
    if waited > 0:
        chat.queued_at = at(cells["q_start"])
    first = chat.queued_at if waited > 0 else at(cells["ser_start"]) if outcome == "AGENT" else None
    if first is not None and chat.requested_at is not None and first < chat.requested_at:
        chat.requested_at = first  # of some the menu's time is negative
    if outcome == "AGENT":
        chat.accepted_at, chat.ended_at = at(cells["ser_start"]), at(cells["ser_exit"])
        chat.queued_at = chat.queued_at if waited > 0 else chat.accepted_at
        chat.wrapup_end_at = chat.ended_at
        chat.agent_id = None if cells["server"] == "NO_SERVER" else text(cells["server"])
        chat.outcome, chat.sure = "served", True
    elif waited > 0 and chat.queued_at is not None:
        chat.gone_at, chat.gone_by, chat.ended_by = chat.queued_at + waited * SECOND, "left", "customer"
        chat.ended_at = chat.gone_at
    else:
        chat.outcome, chat.ended_by = "contained", "customer"  # hung up within the menu
        chat.ended_at = at(cells["vru_exit"])


def _seconds(clock: str, *, is_known: bool = False) -> int | None:
    """Seconds since midnight; where it is not *known* that there is a time, midnight itself is none."""
    found = _CLOCK.match(clock)
    if found is None or (clock == "0:00:00" and not is_known):
        return None
    hours, minutes, rest = map(int, found.groups())
    return hours * 3600 + minutes * 60 + rest


ANONYMOUS_BANK = Format(
    "anonymous_bank",
    "the Anonymous Bank",
    (Kind("call", frozenset({"call_id", "vru_entry", "q_start", "ser_start"}), _call),),
    resolution_s=1.0,
    zone="Asia/Jerusalem",
    layout=Layout(delimiter="\t", encoding="latin-1"),
)
