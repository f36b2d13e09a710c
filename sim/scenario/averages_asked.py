"""What is a planner asked, in which order, and what is the trap in each question?

First what nothing can be said without, then the averages in the order in which they help most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sim.scenario.averages_shown import WAYS

Kind = Literal["text", "count", "number", "seconds", "share", "hours", "volumes", "agents", "times"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, whose answer stands at a place in the file of averages."""

    key: str
    """Dotted place: ``averages.response_s``."""
    title: str
    means: str
    """What it is, in a sentence."""
    kind: Kind
    shown: str = ""
    """Where common platforms show it."""
    trap: str = ""
    usual: str = ""
    """Answer where nothing is typed; none: it is not known, and left out."""
    without: str = "not known"
    """What it is then."""
    is_needed: bool = False
    """Whether nothing can be said without it."""

    @property
    def name(self) -> str:
        """The average's name, or the last part of the place."""
        return self.key.rpartition(".")[2]

    @property
    def ways(self) -> Mapping[str, str]:
        """Readings that the platform may have, each with the key that says so; the first is the usual one."""
        return WAYS.get(self.name, {}) if self.key.startswith("averages.") else {}


QUESTIONS = (
    Asked("name", "Name of the centre", "It stands above tables and pictures.", "text", usual="My chat "
        "centre"),
    Asked(
        "hours", "Opening hours", "From and until when chats may come, such as 8-20, 08:00-20:30 or "
        "22-6.", "hours",
        trap="A night desk closes on the next morning.", without="it never closes",
    ),
    Asked(
        "days", "Days behind the averages", "So many days do the averages below cover.", "count", usual="20",
        trap="All averages should be of the same days; the more days, the narrower the answer.",
    ),
    Asked(
        "slots", "Chats at once", "The most chats that an agent may hold at the same time.", "count",
        shown="The chat limit or capacity in the settings of agents, groups or routing profiles.",
        trap="The limit, not the number that they hold on average.", is_needed=True,
    ),
    Asked(
        "offered", "Chats offered", "A file with a row for each interval (better many days than one), or "
        "chats an "
        "hour: one number, or 24, 48 or 96 numbers from midnight on.", "volumes",
        shown="The interval report of queues: offered, entered, or requested chats.",
        trap="Those who left before being answered count, those who came while it was closed don't. Of an "
        "export in UTC, of several channels or queues, say more: history.csv --zone Europe/Berlin --media "
        "chat --queue orders (also --mapping, --dates, --decimals, --missing).", is_needed=True,
    ),
    Asked(
        "agents", "Agents on duty", "At the same time: one number for all opening hours, 24, 48 or 96 "
        "numbers from "
        "midnight on, or a file with a row for each interval.", "agents",
        shown="The schedule of your planning tool, or better the log of who was on line.",
        trap="People on duty at a time: not hours, and not all who are employed.", is_needed=True,
    ),
    Asked(
        "averages.response_s", "Response time", "From a customer's message to the agent's reply, over all "
        "replies: the "
        "one average that tells most.", "seconds",
        shown="Called average response time (Zendesk, LiveChat, Salesforce, Dynamics 365, Amazon "
        "Connect); the average "
        "of tAgentResponseTime in Genesys Cloud.",
        trap="Not the first response, which has the wait in the queue in it; without greetings and canned "
        "replies.",
    ),
    Asked(
        "averages.aht_s", "Handling time (AHT)", "From accepting a chat to being done with it, by the "
        "clock.", "seconds",
        shown="Average handle time, with after-contact work (Amazon Connect, Genesys Cloud); chat "
        "duration (Zendesk, "
        "Salesforce), which is without the wrap-up.",
        trap="Planning tools often show it divided by the chats held at once; focus time is not it either.",
    ),
    Asked(
        "averages.turns_per_chat", "Replies per chat", "How often the agent answers in a chat.", "number",
        shown="Agent messages ÷ chats; exchanges (Dynamics 365); response turns (Amazon Connect).",
        trap="Three messages in a row are one reply. Enter: you know the messages of both sides instead.",
    ),
    Asked(
        "averages.messages_per_chat", "Messages per chat", "Of both sides together.", "number",
        shown="Message counts of chats or transcripts: agent's and visitor's added up.",
        trap="People send several in a row, which is asked next.",
    ),
    Asked(
        "averages.wrap_up_s", "Wrap-up", "Work after the conversation, before the slot is free; 0 if "
        "there is none.",
        "seconds", shown="After-contact work (Amazon Connect, Genesys Cloud), wrap (Dynamics 365).",
        trap="A chat that is closed at once has none: type 0.",
    ),
    Asked(
        "averages.missed_rate", "Missed chats", "Share of chats offered that no person answered, such as "
        "5.7 %.", "share",
        shown="Abandoned ÷ offered (Genesys Cloud); missed (Zendesk, LiveChat), to which LiveChat's "
        "left_queue is added.",
        trap="Of all offered, or only of those who had to wait? Some tools leave out who left soon.",
    ),
    Asked(
        "averages.asa_s", "Speed of answer (ASA)", "Mean wait in the queue of those accepted, zeros "
        "included.", "seconds",
        shown="Average speed of answer (Genesys Cloud, Dynamics 365); average queue answer time (Amazon "
        "Connect).",
        trap="Some tools show the wait of those who waited (Amazon Connect), or until the first reply "
        "(Zendesk).",
    ),
    Asked(
        "averages.service_level", "Service level", "Share of chats accepted in time, such as 88 %.", "share",
        shown="Service level in every queue report.",
        trap="What becomes of those who left early is counted in four ways.",
    ),
    Asked(
        "threshold_s", "... within", "The time that the service level is for.", "seconds", usual="30 s",
        trap="In seconds unless you type a unit.",
    ),
    Asked(
        "averages.concurrency", "Chats held", "Chats that an agent holds at once, on average.", "number",
        shown="Concurrency (Zendesk, eGain); chats × AHT ÷ time with chats.",
        trap="While they have any (then it is at least 1), or over all time on duty?",
    ),
    Asked(
        "averages.occupancy", "Occupancy", "Share of time on duty with at least one chat.", "share",
        shown="Occupancy (Genesys Cloud, Amazon Connect: time with a contact ÷ time on duty).",
        trap="Where it is of slots or of capacity, say so next.",
    ),
    Asked(
        "averages.focus_aht_s", "Focus time", "An agent's own time for a chat: reading, writing, wrapping "
        "up.", "seconds",
        shown="Focus time (Dynamics 365, eGain). Most platforms have none.",
        trap="Less than AHT. It tells best what one more chat at once would do.",
    ),
    Asked(
        "targets.service_level", "Promised service level", "Share of chats to be accepted in time, such "
        "as 80 %.", "share",
        trap="If nothing is promised at all, the agents for 80 % are looked for.", without="none",
    ),
    Asked("targets.max_missed", "Promised: missed at most", "Such as 5 %.", "share", without="none"),
    Asked(
        "targets.max_response_s", "Promised: response at most", "Mean time to a reply.", "seconds",
        trap="With more chats at once every one of them is answered later.", without="none",
    ),
)  # fmt: skip
"""Questions in their order."""
READINGS_SAID = {
    "wrap-up": "the wrap-up is in it", "conversation": "without the wrap-up",
    "all": "over all replies", "after the first": "without the first reply", "replies": "over all replies",
    "chats": "mean of the chats' own means", "offered": "of all offered", "queued": "of those who waited",
    "answered": "of all accepted", "waited": "of those who waited",
    "busy": "while they hold any", "on duty": "over all time on duty", "time": "of time on duty",
    "slots": "of slots on duty", "attention": "time spent writing and wrapping up",
}  # fmt: skip
"""Readings in words."""
LEVELS_SAID = {
    "usual": "who left early is not counted", "offered": "who left counts as late",
    "lenient": "who left early counts as in time", "answered": "of those accepted alone",
}  # fmt: skip
"""Readings of the service level in words."""


def said(name: str, reading: str) -> str:
    """Say a reading of an average in words."""
    return (LEVELS_SAID if name == "service_level" else READINGS_SAID)[reading]
