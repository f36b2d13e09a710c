"""How is a real log's demand simulated again? Its arrivals, to the second, in a scenario of the same days."""

from __future__ import annotations

import datetime as dt

import polars as pl

from sim.errors import LogError
from sim.importers.folder import Recorded
from sim.scenario.scenario import Scenario
from sim.scenario.vary import vary
from sim.scenario.words import did_you_mean


def replayed(scenario: Scenario, log: Recorded) -> Scenario:
    """Give a *scenario* with the days and the arrivals of a *log* instead of its own.

    A scenario of one queue gets all chats; of several, each those of its name. Times are by the clocks of the
    scenario's zone, or by those of the log's where it has none. Patience, service and staffing stay.

    Raises
    ------
    LogError
        If the log has a queue that the scenario has not.
    ScenarioError
        If the scenario can't last for the days of the log.
    """
    zone = scenario.zone or log.fact("zone", "UTC")
    rows = log.chats.select(
        "queue", "requested_at", pl.col("requested_at").dt.convert_time_zone(zone).alias("local")
    ).sort("requested_at")
    first, last = rows["local"].dt.date().min(), rows["local"].dt.date().max()
    assert isinstance(first, dt.date)
    assert isinstance(last, dt.date)
    names = [queue.name for queue in scenario.queues]
    if len(names) > 1:
        _refuse_others(rows["queue"].unique(maintain_order=True).to_list(), names)
    changes: dict[str, object] = {"start": first, "days": (last - first).days + 1}
    times_s = _times_s(scenario, rows, first)
    for q, name in enumerate(names):
        mine = times_s if len(names) == 1 else times_s.filter(rows["queue"] == name)
        changes[f"queues.{q}.arrivals"] = {"times_s": sorted(mine.to_list())}
    return vary(scenario, changes)


def _times_s(scenario: Scenario, rows: pl.DataFrame, first: dt.date) -> pl.Series:
    """Seconds since the first midnight: real ones where the scenario has a zone, else by the clock."""
    if scenario.zone is not None:
        local = scenario.local._replace(start=first)
        begins = round(local.moment(0.0).timestamp() * 1e6)
        return ((rows["requested_at"].dt.epoch("us") - begins) / 1e6).alias("s")
    midnight = dt.datetime.combine(first, dt.time())
    return ((rows["local"].dt.replace_time_zone(None) - midnight).dt.total_microseconds() / 1e6).alias("s")


def _refuse_others(found: list[str | None], names: list[str]) -> None:
    others = [name for name in found if name not in names]
    if not others:
        return
    if None in others:
        raise LogError("--arrivals: some chats of the log have no queue, and the scenario has several")
    hint = did_you_mean(str(others[0]), names) or f"; it has {', '.join(names)}"
    raise LogError(f"--arrivals: the scenario has no queue {others[0]!r}, as the log has{hint}")
