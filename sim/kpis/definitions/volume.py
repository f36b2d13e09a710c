"""Which chats came, and what became of them? Figures of volume."""

from __future__ import annotations

from sim.kpis.definitions.forms import DAYS, RUNS, USUAL, Kpi, Ratio, Shown, chats
from sim.kpis.definitions.sources import SILENT, amazon, genesys, zendesk
from sim.kpis.loops import By, Column
from sim.rules import Outcome

ARRIVALS = chats(Column.ARRIVALS)
OFFERED = chats(Column.OFFERED)
MISSED = chats(Column.MISSED)
SUCCESSFUL = chats(Column.SUCCESSFUL)
SUCCESS = (
    "Successful conversations were served and resolved; without a model of resolution ([quality]), served"
)


_SOURCES = {Outcome.ABANDONED: amazon("contacts abandoned"), Outcome.SILENT: SILENT}


def _count(outcome: Outcome) -> Kpi:
    name, form = outcome.name.lower(), Ratio(chats(Column[outcome.name]), RUNS)
    is_offline = outcome is Outcome.OFFLINE
    shown = Shown("offline", {By.INTERVAL, By.DAY, By.QUEUE}, ("offline", 0)) if is_offline else Shown()
    source = _SOURCES.get(outcome, USUAL)
    return Kpi(
        name, outcome.title, "chats", outcome.better, "volume", form, outcome.definition, source, shown
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
        shown=Shown(idle=("offline", 0)),
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
        shown=Shown("offered", across={By.INTERVAL, By.DAY, By.QUEUE}),
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
        shown=Shown(),
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
        shown=Shown("missed", across={By.INTERVAL, By.DAY, By.QUEUE}),
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
        shown=Shown("aband.", across={By.QUEUE}),
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
        shown=Shown(idle=("silent", 0)),
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
        shown=Shown("served", across={By.INTERVAL, By.DAY, By.QUEUE}, usual=False),
    ),
    Kpi(
        "successful",
        "Successful",
        "chats",
        "higher",
        "volume",
        Ratio(SUCCESSFUL, RUNS),
        f"{SUCCESS}.",
        shown=Shown(),
    ),
    Kpi(
        "success_rate",
        "Success rate",
        "share",
        "higher",
        "volume",
        Ratio(SUCCESSFUL, OFFERED),
        f"Successful ÷ offered. {SUCCESS}.",
        shown=Shown(),
    ),
)
