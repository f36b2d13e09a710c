"""What does a file say about a server that speaks JSON over WebSockets? Its steps, and what it tells.

Texts of a template may hold names, as in ``{chat}``; `NAMES` says which each step knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from sim.drive.adapters.base import What
from sim.drive.adapters.pattern import ENVIRONMENT, names
from sim.errors import LoadError, Problem
from sim.scenario.record import Record
from sim.scenario.source import read_bytes
from sim.scenario.toml import read_toml
from sim.scenario.toml_positions import Places, places
from sim.scenario.words import did_you_mean, dotted, problems

NAMES = {
    "customer": {
        "": ("key",),
        "auth": ("ask",),
        "open": ("ask", "queue", "text", "id"),
        "send": ("ask", "queue", "chat", "text", "id"),
        "leave": ("ask", "queue", "chat"),
    },
    "agent": {
        "": ("number", "slots", "queues"),
        "auth": ("ask",),
        "log_in": ("ask",),
        "log_out": ("ask",),
        "waiting": ("ask",),
        "assign": ("ask", "chat"),
        "send": ("ask", "chat", "text", "id"),
        "close": ("ask", "chat"),
    },
}
"""Names that each side knows throughout, in its path and headers too, and those that its steps know besides.

Who a customer is (`key`); an agent's number from 0, how many chats they may hold and whose queues they take;
the number of what is asked on this connection; the chat and its queue; a message's text and its identity,
which is in the text, too. Each may also name variables of the environment, ``{env:CHAT_TOKEN}``.
"""
TOLD = ("chat", "text", "queue")
"""What may be found in a frame that tells something."""

Pattern = dict[str, Any]


class Step(Record):
    """One thing that a client asks for."""

    send: Pattern
    """The frame that is sent."""
    match: Pattern | None = None
    """The frame that says that it is done; without, it is done when it is sent."""
    refused: Pattern | None = None
    """The frame that says that it is refused."""


class Listing(Step):
    """Asking for the chats that wait; `match` finds ``{rows}``."""

    row: Pattern
    """Of each: a chat that waits, with ``{chat}``, perhaps ``{queue}``. What does not fit does not wait."""


class Telling(Record):
    """A frame that tells a client something."""

    what: What
    match: Pattern


class Reply(Record):
    """A frame that wants an answer, whoever gets it, as a question whether one is still there."""

    match: Pattern
    send: Pattern


class Connection(Record):
    """How somebody is connected."""

    path: str = ""
    """Added to the address."""
    headers: dict[str, str] = Field(default_factory=dict)
    auth: Step | None = None
    """First of all."""
    told: tuple[Telling, ...] = ()
    replies: tuple[Reply, ...] = ()
    send: Step
    """A message."""

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Every step that there is, with its name."""
        for name in type(self).names():
            if isinstance(step := getattr(self, name), Step):
                yield name, step


class CustomerSide(Connection):
    """A customer's client."""

    open: Step
    """A chat with its first message; `match` finds ``{chat}``."""
    leave: Step | None = None
    """Without it, a customer leaves by going away."""


class AgentSide(Connection):
    """An agent's client."""

    log_in: Step | None = None
    log_out: Step | None = None
    waiting: Listing | None = None
    assign: Step | None = None
    close: Step


class Template(Record):
    """All that is to be known of a server."""

    routes: bool = False
    """Whether the server itself assigns chats; if not, agents take them."""
    poll_s: float | None = Field(None, ge=0.05, le=60)
    """How often the list of waiting chats is asked for; without, agents are told of them."""
    customer: CustomerSide
    agent: AgentSide


def read_template(path: Path) -> Template:
    """Read a template.

    Raises
    ------
    LoadError
        With everything that is wrong with it.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
        data, where = read_toml(text), places(text)
    except OSError as error:
        raise LoadError(f"{path}: can't be read: {error.strerror}") from None
    except ValueError as error:
        raise LoadError(f"{path}: not a template: {error}") from None
    try:
        template = Template.model_validate(data)
    except ValidationError as error:
        found = list(problems(error, data, str(path), lambda _detail, _place: "", where))
    else:
        found = list(_problems(template, str(path), where))
        if not found:
            return template
    raise LoadError("\n".join(map(str, found)))


def _problems(template: Template, file: str, where: Places) -> Iterator[Problem]:
    """What is wrong between the parts of a template."""
    for place, law, hint in _broken(template):
        line, column = where.of(place)
        yield Problem(file, dotted(place), law, "", hint, line, column)


def _broken(template: Template) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Places, laws and hints."""
    for side, connection in (("customer", template.customer), ("agent", template.agent)):
        own = NAMES[side][""]
        for key in ("path", "headers"):
            yield from (((side, key), *lack) for lack in _unknown(getattr(connection, key), own))
        for name, step in connection.steps():
            known = (*own, *NAMES[side][name])
            yield from (((side, name, "send"), *lack) for lack in _unknown(step.send, known))
            if step.refused is not None and step.match is None:
                yield (side, name), "needs match, as it has refused", ""
        for number, reply in enumerate(connection.replies):
            known = (*own, *names(reply.match))
            yield from (((side, "replies", number, "send"), *lack) for lack in _unknown(reply.send, known))
        for number, telling in enumerate(connection.told):
            yield from (((side, "told", number, "match"), *lack) for lack in _lacking(telling, side))
    if "chat" not in names(template.customer.open.match):
        yield ("customer", "open"), "match must find {chat}", ""
    yield from _ways_of_taking(template)


def _ways_of_taking(template: Template) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Agents must learn of chats that wait, and take them; or of those that the server gives them."""
    told = {telling.what for telling in template.agent.told}
    agent = template.agent
    if template.routes:
        if What.ASSIGNED not in told:
            yield ("agent",), "must be told when a chat is assigned, as routes is true", ""
        return
    if agent.assign is None:
        yield ("agent",), "needs assign, as routes is false", ""
    if template.poll_s is None and not {What.WAITING, What.GONE} <= told:
        yield ("agent",), "must be told of waiting and gone chats, or ask for them", "give poll_s and waiting"
    if template.poll_s is not None and agent.waiting is None:
        yield ("agent",), "needs waiting, as there is a poll_s", ""
    if agent.waiting is not None:
        if "rows" not in names(agent.waiting.match):
            yield ("agent", "waiting"), "match must find {rows}", ""
        if "chat" not in names(agent.waiting.row):
            yield ("agent", "waiting", "row"), "must find {chat}", ""


def _lacking(telling: Telling, side: str) -> Iterator[tuple[str, str]]:
    """What a frame that tells something lacks, or has too much."""
    found = set(names(telling.match))
    needed = {"text"} if telling.what is What.MESSAGE else set()
    if side == "agent":
        needed.add("chat")
    for name in sorted(needed - found):
        yield f"must find {{{name}}}", ""
    yield from _unknown(telling.match, TOLD)


def _unknown(pattern: Any, known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Names of a pattern that nobody knows, each with a hint."""
    for name in sorted(set(names(pattern))):
        if name not in known and not name.startswith(ENVIRONMENT):
            near = did_you_mean(name, list(known)).removeprefix("; ")
            yield f"there is no name {{{name}}} here", near or f"there are {', '.join(sorted(known))}"
