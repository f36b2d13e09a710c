"""Logs that lack something: what they can't tell is assumed and said, or refused in a sentence."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

import sim
from sim.importers.canonical import schema_of
from sim.importers.folder import Recorded
from sim.report.fitted import scenario_of
from sim.studies.fitted.calibrate import fit
from tests.fitted.simulated import recorded
from tests.fitted.test_a_month import centre, known


@cache
def fortnight(*, duty: bool = True, messages: bool = True) -> Recorded:
    truth = centre(days=12)
    return recorded(sim.simulate(truth, sim.draw(truth, seed=4, replication=0)), duty=duty, messages=messages)


def cut(log: Recorded, chosen: pl.Expr) -> Recorded:
    """A part of a log."""
    chats = log.chats.filter(chosen)
    rest = {
        name: getattr(log, name).join(chats.select("chat_id"), on="chat_id", how="semi")
        for name in ("messages", "legs")
    }
    return Recorded(log.name, chats, duty=log.duty, report=log.report, **rest)


def test_without_messages_it_is_by_work():
    """Handling times are all there is; they are those of the chats, and it is said that nothing else was told."""
    found = fit(fortnight(messages=False))
    service = found.scenario.queues[0].service

    assert isinstance(service, sim.ByWork)
    handled = pl.col("ended_at") - pl.col("accepted_at")
    mean_s = fortnight().chats.select(handled.dt.total_microseconds().mean() / 1e6).item()
    assert service.work_s.mean == pytest.approx(mean_s, rel=0.03)
    assert "no messages being recorded" in known(found, "queues.0.service.work_s.mean_s").source


def test_where_everybody_gave_up_service_and_agents_are_assumed():
    """Nobody was ever answered: patience is told, the rest is as usual, and each is on the list."""
    log = fortnight()
    everybody = log.chats.with_columns(
        pl.lit("abandoned").cast(schema_of("chats")["outcome"]).alias("outcome"),
        *(pl.lit(None).cast(schema_of("chats")[name]).alias(name) for name in
          ("accepted_at", "first_reply_at", "wrapup_end_at", "agent_id")),
        (pl.col("requested_at") + pl.duration(seconds=90)).alias("ended_at"),
        (pl.col("requested_at") + pl.duration(seconds=60 + pl.int_range(pl.len()) % 61)).alias("gone_at"),
    )  # fmt: skip
    gone = Recorded(
        "gone.log", everybody, log.messages.clear(), log.legs.clear(), log.duty.clear(), log.report
    )
    result = sim.calibrate_log(gone)
    rows = {row["number"]: row["why"] for row in result.table("assumed").rows}

    assert "groups.0.agents" in rows
    assert "queues.0.service.agent_s.mean_s" in rows
    assert result.found.fitted.queues[0].patience.gave_up == len(log.chats)
    sim.parse(scenario_of(result.found))


def test_a_log_without_duty_and_acceptance_still_gives_a_scenario():
    """As of a platform that records messages alone: waits are not known, agents from their messages."""
    log = fortnight()
    kind = schema_of("chats")["accepted_at"]
    blind = Recorded(
        "blind.log",
        log.chats.with_columns(pl.lit(None).cast(kind).alias("accepted_at")),
        log.messages, log.legs.with_columns(pl.lit(None).cast(kind).alias("accepted_at")),
        log.duty.clear(), log.report,
    )  # fmt: skip
    found = fit(blind)

    assert found.teams
    assert known(found, "groups.0.staffing_by_day").how == "inferred"
    assert known(found, "queues.0.service.agent_s.mean_s").value == pytest.approx(45, rel=0.1)
    assert found.scenario.queues[0].patience is not None


def test_too_little_is_refused_and_little_is_taken():
    """One chat, an interval that there is not; a single day takes the others of its week for alike."""
    log = fortnight()
    with pytest.raises(sim.StudyError, match="has 1 chat that came while the centre was open"):
        fit(cut(log, pl.col("chat_id") == "5"))
    with pytest.raises(sim.StudyError, match="interval_min: must be 15, 30 or 60, is 20"):
        fit(log, interval_min=20)
    day = fit(cut(log, pl.col("requested_at").dt.date() == pl.date(2026, 3, 3)))
    busy = day.scenario.queues[0].arrivals
    assert busy.busyness_cv == 0
    assert known(day, "queues.0.arrivals.busyness_cv").how == "assumed"
