"""What does a real log answer with? Its key figures, by interval, queue, group, agent, day and weekday."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import StudyError, short
from sim.importers.folder import Recorded, read_log
from sim.importers.measured import chat_log, days_without_status
from sim.importers.tally import DROPS
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.kpis.measure import measure_all
from sim.log.chatlog import Centre, ChatLog
from sim.report.intervals import table as intervals
from sim.report.result import Head, Result, Table
from sim.report.run import breakdown, by_weekday, kpis
from sim.report.waits import table as waits
from sim.scenario.local_time import Cells, LocalTime
from sim.scenario.targets import Targets
from sim.scenario.units import plural
from sim.scenario.words import did_you_mean

BREAKDOWNS = ("interval", "queue", "group", "agent", "day", "weekday")
MANY_DAYS = 31
"""Of more days there are no pictures, and tables by interval only if they are asked for."""
SHOWN_DAYS = 3


@dataclass(frozen=True, slots=True)
class _Named:
    name: str


@dataclass(frozen=True, slots=True)
class _View:
    """A centre as breakdowns see it."""

    centre: Centre

    @property
    def name(self) -> str:
        return self.centre.name

    @property
    def start(self) -> dt.date:
        return self.centre.start

    @property
    def days(self) -> int:
        return self.centre.days

    @property
    def local(self) -> LocalTime:
        return self.centre.local

    @property
    def cells(self) -> Cells:
        return self.centre.cells

    @property
    def queues(self) -> list[_Named]:
        return [_Named(name) for name in self.centre.queues]

    @property
    def groups(self) -> list[_Named]:
        return [_Named(name or "(unknown)") for name in self.centre.groups]


def measure_log(
    log: Recorded | str | Path,
    *,
    threshold_s: float = 30.0,
    interval_min: int = 30,
    by: Collection[str] | str = (),
    everything: bool = False,
) -> Result:
    """Key figures of an imported *log*, or of one in a folder, as of a simulated one.

    Service levels look at *threshold_s*. Shown are those broken down *by* what is asked for; tables of all
    are there anyway, but for intervals of more than a month. What the platform did not record has no figure.

    Raises
    ------
    LogError
        If the folder is no imported log.
    StudyError
        For a breakdown that there is not.
    """
    asked = [by] if isinstance(by, str) else list(by)
    for each in asked:
        if each not in BREAKDOWNS:
            hint = did_you_mean(each, list(BREAKDOWNS)) or f"; there are {', '.join(BREAKDOWNS)}"
            raise StudyError(f"by: no breakdown is called {short(each)!r}{hint}")
    if 1440 % interval_min:
        raise StudyError(f"interval_min: must divide a day, is {interval_min}")
    found = log if isinstance(log, Recorded) else read_log(log)
    targets = Targets(threshold_s=threshold_s)
    chats = chat_log(found, interval_min=interval_min)
    estimates = Estimates(measure_all([chats], targets))
    tables = (
        kpis(estimates, everything=everything, recorded=True),
        *_broken_down(found, chats, estimates, targets, asked, everything=everything),
    )
    centre = chats.centre
    facts = {
        "start": str(centre.start), "days": centre.days, "interval_s": centre.interval_s,
        "threshold_s": threshold_s, "zone": found.fact("zone", "UTC"), "platform": found.fact("platform"),
        "null_because": _unknown(estimates, chats, found),
    }  # fmt: skip
    head = Head("kpis", (centre.name,), basis(centre, found), None, None, title=centre.name)
    return Result(head, (), (*_words(found, centre),), tables, facts, estimates)


def _broken_down(
    log: Recorded,
    chats: ChatLog,
    estimates: Estimates,
    targets: Targets,
    asked: Collection[str],
    *,
    everything: bool,
) -> Iterator[Table]:
    view = _View(chats.centre)
    for part in (By.QUEUE, By.GROUP, By.INTERVAL, By.DAY):
        if part is not By.INTERVAL or chats.centre.days <= MANY_DAYS or part in asked:
            yield breakdown(view, estimates, part, everything=everything, is_shown=part in asked)
    of_agents = chat_log(log, interval_min=round(chats.centre.interval_s / 60), by_agent=True)
    found = Estimates(measure_all([of_agents], targets))
    table = breakdown(
        _View(of_agents.centre), found, By.GROUP, everything=everything, is_shown="agent" in asked
    )
    first, *others = table.columns
    rows = [{"agent": row["group"], **{k: v for k, v in row.items() if k != "group"}} for row in table.rows]
    yield replace(
        table, name="by_agent", title="By agent", key="agent", rows=rows,
        columns=(replace(first, name="agent", title="Agent"), *others),
        notes=("A chat counts for the agent who took it first; agents' time is that of all they held.",),
    )  # fmt: skip
    yield replace(by_weekday(view, estimates, everything=everything), is_shown="weekday" in asked)
    if chats.centre.days <= MANY_DAYS:
        yield intervals(view, estimates, everything=everything)
        yield waits(chats.centre.days, targets.threshold_s, estimates)


def basis(centre: Centre, log: Recorded) -> str:
    """Say how many chats of which days it is, and whose export."""
    last = centre.start + dt.timedelta(days=centre.days - 1)
    when = f"{centre.start}" if centre.days == 1 else f"{centre.start} to {last}"
    source = log.fact("platform")
    return (
        f"{plural(len(log.chats), 'chat')} of {plural(centre.days, 'day')}, {when}, {log.fact('zone', 'UTC')}"
        + (f", from {source}" if source else "")
    )


def _words(log: Recorded, centre: Centre) -> Iterator[str]:
    """Say what was left out on import, and what figures can't know."""
    counts = log.counts()
    dropped = [f"{n:,} {name}" for name, n in counts.items() if name in DROPS and n]
    if dropped:
        yield f"Not counted, by the import report: {', '.join(dropped)}."
    if n := counts.get("missing_days"):
        yield (
            f"{plural(n, 'day')} of {centre.days} without any chat: figures a day count them; "
            "where they were not exported, they are too low."
        )
    if days := days_without_status(log):
        yield (
            f"Agents' status is not recorded on {len(days)} of the {plural(centre.days, 'day')} (the first: "
            f"{', '.join(map(str, days[:SHOWN_DAYS]))}), and yet they had chats: their time is not known."
        )


def _unknown(estimates: Estimates, chats: ChatLog, log: Recorded) -> dict[str, str]:
    """Why figures of the usual table that a simulated log has are not there."""
    reasons = {
        "agents": "no log of agents' status was exported",
        "accepted_s": "the platform does not record when an agent accepts",
        "csat": "no ratings were exported",
        "queued": "the platform does not record whether a slot was free",
    }
    if days_without_status(log):
        reasons["agents"] = "agents' status is not recorded on all days on which they had chats"
    why = {name: reason for name, reason in reasons.items() if name in chats.lacks}
    of = {
        "agents": ("occupancy", "slot_utilisation", "agent_hours", "chats_per_agent_hour"),
        "accepted_s": ("service_level", "asa_s", "duration_s", "aht_s", "frt_agent_s", "wait_p90_s"),
        "csat": ("csat", "survey_response", "surveys"),
        "queued": ("wait_probability", "queue_length", "queue_length_max"),
    }
    found = {
        name: why[lack]
        for lack, names in of.items()
        for name in names
        if lack in why and name in BY_NAME and estimates.figure(name).value is None
    }
    for name in ("frt_s", "response_s", "messages_per_chat", "turns_per_chat"):
        if estimates.figure(name).value is None and not len(log.messages):
            found[name] = "no messages were exported"
    for name in ("duration_s", "aht_s"):
        if log.fact("durations", "yes") == "no":
            found[name] = "conversations are opened again: their end is not that of the work"
    return found
