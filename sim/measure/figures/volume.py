"""Which chats came, and what became of them? Figures of volume."""

from __future__ import annotations

from sim.measure.figures.forms import DAYS, RUNS, USUAL, Kpi, Ratio, chats
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


_SOURCES = {Outcome.ABANDONED: amazon("contacts abandoned"), Outcome.SILENT: SILENT}


def _count(outcome: Outcome) -> Kpi:
    form, source = Ratio(chats(Column[outcome.name]), RUNS), _SOURCES.get(outcome, USUAL)
    return Kpi(
        outcome.name.lower(),
        outcome.title,
        "chats",
        outcome.better,
        "volume",
        form,
        outcome.definition,
        source,
    )


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
    *(_count(outcome) for outcome in Outcome),
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
