"""Which chats came, and what became of them? Figures of volume."""

from __future__ import annotations

from sim.measure.figures.forms import DAYS, RUNS, USUAL, Better, Kpi, Ratio, chats
from sim.measure.figures.sources import SILENT, amazon, genesys, zendesk
from sim.measure.tables import Column
from sim.world.rules import Outcome

ARRIVALS = chats(Column.ARRIVALS)
OFFERED = chats(Column.OFFERED)
MISSED = chats(Column.MISSED)
SUCCESSFUL = chats(Column.SUCCESSFUL)
SUCCESS = (
    "Successful conversations were served and resolved; without a model of resolution ([quality]), served"
)


def _outcome_count(outcome: Outcome, title: str, better: Better, definition: str, source: str = USUAL) -> Kpi:
    form = Ratio(chats(Column[outcome.name]), RUNS)
    return Kpi(outcome.name.lower(), title, "chats", better, "volume", form, definition, source)


VOLUME: tuple[Kpi, ...] = (
    Kpi(
        "arrivals",
        "Arrivals",
        "chats",
        "neither",
        "volume",
        Ratio(ARRIVALS, RUNS),
        "All chats that arrived, also while the centre was closed: offered + offline.",
    ),
    Kpi(
        "offered",
        "Chats offered",
        "chats",
        "neither",
        "volume",
        Ratio(OFFERED, RUNS),
        "Chats that arrived while the centre was open: what missed and every rate are shares of.",
        genesys("offered, answered or not"),
    ),
    Kpi(
        "daily_chats",
        "Chats a day",
        "chats/day",
        "neither",
        "volume",
        Ratio(OFFERED, DAYS),
        "Chats offered ÷ measured days.",
    ),
    _outcome_count(Outcome.SERVED, "Served", "higher", "Answered, and the conversation came to its end."),
    _outcome_count(
        Outcome.ABANDONED,
        "Abandoned",
        "lower",
        "Left the queue before an agent accepted; known to the centre.",
        amazon("contacts abandoned"),
    ),
    _outcome_count(Outcome.SILENT, "Silently abandoned", "lower", "Left the queue without a signal.", SILENT),
    _outcome_count(Outcome.LEFT, "Left during the chat", "lower", "Left after acceptance."),
    _outcome_count(
        Outcome.TIMED_OUT,
        "Timed out",
        "neither",
        "Closed because the customer was quiet; each would have gone on.",
    ),
    _outcome_count(Outcome.BLOCKED, "Blocked", "lower", "Arrived when the queue was full, or balked."),
    _outcome_count(
        Outcome.OFFLINE,
        "Offline",
        "neither",
        "Arrived outside the opening hours: not offered, and not missed.",
    ),
    _outcome_count(Outcome.OVERFLOWED, "Overflowed", "lower", "Waited the maximum and was sent to a form."),
    _outcome_count(Outcome.CONTAINED, "Contained", "higher", "Solved before an agent was needed."),
    _outcome_count(
        Outcome.UNFINISHED, "Unfinished", "lower", "Still waiting when nothing more could happen."
    ),
    Kpi(
        "answered",
        "Answered",
        "chats",
        "higher",
        "volume",
        Ratio(chats(Column.ANSWERED), RUNS),
        "Got a first human reply while they were still there; by work, were accepted then.",
    ),
    Kpi(
        "missed",
        "Missed",
        "chats",
        "lower",
        "volume",
        Ratio(MISSED, RUNS),
        "Offered − answered − contained.",
        zendesk("missed chats"),
    ),
    Kpi(
        "missed_rate",
        "Missed share",
        "share",
        "lower",
        "volume",
        Ratio(MISSED, OFFERED),
        "Missed ÷ offered.",
        zendesk("missed chats ÷ chats"),
    ),
    Kpi(
        "abandonment",
        "Abandonment",
        "share",
        "lower",
        "volume",
        Ratio(chats(Column.GAVE_UP), OFFERED),
        "(Abandoned + silently abandoned) ÷ offered: the truth.",
        SILENT,
    ),
    Kpi(
        "known_abandonment",
        "Known abandonment",
        "share",
        "lower",
        "volume",
        Ratio(chats(Column.ABANDONED), OFFERED),
        "Abandoned ÷ offered: what a platform sees.",
        SILENT,
    ),
    Kpi(
        "completion",
        "Completion",
        "share",
        "higher",
        "volume",
        Ratio(chats(Column.SERVED), OFFERED),
        "Served ÷ offered.",
        zendesk("served chats ÷ chats"),
    ),
    Kpi(
        "successful",
        "Successful",
        "chats",
        "higher",
        "volume",
        Ratio(SUCCESSFUL, RUNS),
        f"{SUCCESS}.",
    ),
    Kpi(
        "success_rate",
        "Success rate",
        "share",
        "higher",
        "volume",
        Ratio(SUCCESSFUL, OFFERED),
        f"Successful ÷ offered. {SUCCESS}.",
    ),
)
