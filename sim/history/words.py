"""Which columns does a header name? Words that tools use for the start, queue, medium, contacts and times."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

OFFERED = (
    "offered", "chats offered", "offered chats", "contacts offered", "offered contacts", "calls offered",
    "offered calls", "interactions offered", "total offered", "actual contacts received",
    "contacts received", "chats received", "calls received", "received", "incoming contact volume",
    "actual offered", "actual volume", "nco", "chats", "chat volume", "contact volume", "call volume",
    "volume", "contacts", "calls", "arrivals", "conversations", "interactions", "requests", "tasks",
    "forecast offered", "forecast",
)  # fmt: skip
"""Names of the column of contacts that came, the surest first."""
HANDLED = (
    "interactions handled", "contacts handled", "chats handled", "calls handled", "actual contacts handled",
    "handled", "chats answered", "calls answered", "contacts answered", "answered", "accepted",
    "chats accepted", "nch",
)  # fmt: skip
ABANDONED = (
    "abandoned", "chats abandoned", "calls abandoned", "contacts abandoned", "abandons", "abandoned contacts",
    "interactions abandoned", "lost",
)  # fmt: skip
TOTAL_TIME = (
    "total handle time", "total handle time seconds", "total handling time", "handle time total",
    "sum of handle time", "handle s", "handle seconds total",
)  # fmt: skip
"""Names of the handling time of all contacts of an interval together."""
MEAN_TIME = (
    "aht", "aht s", "aht sec", "aht seconds", "actual aht", "average handle time", "avg handle time",
    "average handling time", "avg handling time", "average handle time seconds", "mean handle time",
    "mean handling time", "handling time mean",
)  # fmt: skip
SOME_TIME = ("handle time", "handling time", "handle time seconds", "handle time s", "handletime")
"""Names that may be either: the numbers decide."""
QUEUE = (
    "queue", "queue name", "skill", "skill name", "skill group", "ct name", "contact type", "planning group",
    "workload", "line of business", "lob", "service", "service group", "campaign", "warteschlange",
)  # fmt: skip
MEDIA = ("media type", "media", "medium", "channel", "channel type", "contact channel", "kanal")
LENGTH = ("interval duration", "interval length", "interval minutes", "duration minutes")
END = re.compile(r"\b(end|ends|until|to|bis|finish)\b")
"""In the names of columns that say when an interval ends."""
ZONE = ("tz", "time zone", "timezone", "zone")
TOTALS = {"total", "totals", "subtotal", "subtotals", "grand", "sum", "sums", "overall", "gesamt", "summe"}
"""First words of a row of totals."""
_FIRST = {letter for word in TOTALS for letter in (word[0], word[0].upper())} | {"(", "[", "*", "-", "_", " "}

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name as names are compared: capitals, blanks, dashes, brackets and camels' humps are all one.

    >>> folded("QueueName"), folded("Total Handle Time (Seconds)"), folded("actual_contactsReceived")
    ('queue name', 'total handle time seconds', 'actual contacts received')
    """
    return re.sub(r"[\W_]+", " ", _CAMEL.sub(" ", name).casefold()).strip()


def first_of(names: Iterable[str], header: list[str], free: Iterable[int]) -> int | None:
    """Place of the first of some *names* in a folded *header*, among the *free* places; None for none.

    CTNAME has no humps that tell its words: blanks do not count.
    """
    places = set(free)
    for name in names:
        for k, head in enumerate(header):
            if head.replace(" ", "") == name.replace(" ", "") and k in places:
                return k
    return None


def is_any(name: str, names: Iterable[str]) -> bool:
    """Whether a column's name is one of some *names*."""
    return first_of(names, [folded(name)], (0,)) is not None


def is_total(cell: str) -> bool:
    """Whether a cell says that its row is one of totals."""
    return cell[:1] in _FIRST and folded(cell).split(" ")[0] in TOTALS
