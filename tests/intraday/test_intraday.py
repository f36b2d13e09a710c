"""The rest of a day, from what has come: its band, the chance of the promise, and what helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import sim
from sim.draws.given import beyond, share_up_to
from sim.draws.sampling import draw_all
from sim.draws.taken import exactly
from sim.engines import simulate_all, state_at
from sim.errors import StudyError
from sim.report.intraday import result
from sim.scenario.actuals import Day, load_actuals
from sim.scenario.distributions import Exponential, GeometricCount, Lognormal
from sim.scenario.duty import duty_plan
from sim.studies.intraday.begin import with_chats
from sim.studies.intraday.moves import hours_more, moves, spans_of, with_logged_in, with_spans, with_spare
from sim.studies.intraday.study import Intraday, band, intraday, now_of
from sim.studies.intraday.volume import one_day, posterior
from tests.commands import sim as command_of
from tests.conftest import ROOT
from tests.intraday.centres import NOW_S, centres, rest_of, told
from tests.results import holds

ELEVEN_S = 11 * 3600.0
SHOP = ROOT / "scenarios" / "web_shop.toml"
EXAMPLE = ROOT / "scenarios" / "intraday" / "web_shop_at_11.toml"


def test_what_is_left_of_a_time_is_its_law_beyond_what_has_passed():
    """An exponential has no memory, nor a geometric count; a lognormal against the tail of its own quantiles."""
    u = (np.arange(20_000) + 0.5) / 20_000
    assert beyond(Exponential(mean_s=100), 60.0, u).mean() == pytest.approx(160, rel=1e-3)
    assert beyond(GeometricCount(mean=6), 3.0, u).mean() == pytest.approx(9, rel=1e-3)
    law = Lognormal(mean_s=180, cv=1.2)
    tail = law.quantile(u)[law.quantile(u) > 60]
    assert beyond(law, 60.0, u).mean() == pytest.approx(tail.mean(), rel=1e-3)
    assert share_up_to(law, 60.0) == pytest.approx(1 - len(tail) / len(u), abs=1e-4)


def test_the_factor_of_a_day_is_gamma_given_what_came():
    """By hand: shape 25 + 130 and rate 25 + 100; with a spread between intervals it moves by less."""
    forecast, came = np.array([40.0, 60.0]), np.array([50, 80])
    found = posterior(0.2, 0.0, forecast, came)
    assert (found.mean, found.cv) == pytest.approx((155 / 125, 155**-0.5))
    assert posterior(0.0, 0.3, forecast, came).mean == 1.0
    finer = posterior(0.2, 1e-3, forecast, came)
    assert (finer.mean, finer.cv) == pytest.approx((found.mean, found.cv), rel=1e-3)
    wider = posterior(0.2, 0.5, forecast, came)
    assert 1 < wider.mean < found.mean
    assert wider.cv > found.cv


def test_bands_are_order_statistics():
    assert (band(np.arange(19.0)).low, band(np.arange(19.0)).high) == pytest.approx((1.0, 17.0))
    assert np.isnan(band(np.arange(5.0)).low)


def test_so_many_come_in_each_interval_as_are_told():
    """Of those who were drawn, with all that is reserved for them; who stays is the same customer."""
    for scenario in centres().values():
        day, _ = told(scenario, sim.draw(scenario, seed=3), with_chats=False)
        busier = sim.vary(scenario, {"queues.*.arrivals.per_hour": 80.0})
        drawn = sim.draw(busier, seed=3)
        kept = exactly(drawn, day.offered, scenario.interval_s)
        n = kept.n_customers
        early = kept.arrival_s[:n] < NOW_S
        for q in range(len(scenario.queues)):
            mine = early & (kept.queue[:n] == q)
            cells = (kept.arrival_s[:n][mine] // scenario.interval_s).astype(int)
            assert np.bincount(cells, minlength=3).tolist() == day.offered[q].tolist()
        assert (np.diff(kept.arrival_s[:n]) >= 0).all()
        late = drawn.arrival_s[: drawn.n_customers] >= NOW_S
        assert late.sum() == (~early).sum()
        if kept.chains is not None:
            follows = kept.chains.next_row >= 0
            assert (
                kept.chains.customer[kept.chains.next_row[follows]] == kept.chains.customer[follows]
            ).all()


@pytest.mark.parametrize("name", ["shifts", "works", "silent"])
def test_chats_of_this_moment_take_the_place_of_simulated_ones(name: str):
    """Those told at their stages, both engines go on with them, and nothing before now is theirs."""
    scenario = centres()[name]
    days = (told(scenario, sim.draw(scenario, seed=5, replication=r), with_chats=True)[0] for r in range(40))
    day = next(day for day in days if len(day.chats or ()) > 1)
    draws = sim.draw(scenario, seed=9)
    state = state_at(scenario, draws, NOW_S)
    assert day.chats
    ours, begin = with_chats(scenario, draws, state, day.chats)
    assert len(begin.chat) == len(day.chats)
    assert begin.agent.tolist() == [chat.agent for chat in day.chats]
    assert (np.diff(ours.arrival_s[: ours.n_customers]) >= 0).all()
    assert np.nanmin(np.append(begin.until_s, NOW_S)) >= NOW_S
    logs = [simulate_all(scenario, [ours], engine, begin=[begin])[0] for engine in ("reference", "kernel")]
    for column in ("arrival_s", "outcome", "agent", "accepted_s", "ended_s", "released_s"):
        np.testing.assert_array_equal(*(getattr(log.chat, column) for log in logs))
    held = begin.chat[begin.agent >= 0]
    if ours.chains is None:
        assert (logs[0].chat.released_s[held] >= NOW_S).all()


def test_moves_change_the_plan_from_now_on_and_cost_what_they_last():
    scenario = sim.load(SHOP)
    planned = duty_plan(scenario)
    plan = with_spare(planned, scenario)
    assert len(plan.group) == len(planned.group) + 1
    assert spans_of(with_spans(plan, spans_of(plan))) == spans_of(plan)
    hours = {
        move.title: hours_more(plan, move.change(plan))
        for move in moves(plan, scenario, ELEVEN_S, 20 * 3600.0)
    }
    assert hours == pytest.approx(
        {
            "Tier 1: one of those until 16:00 stays an hour": 1.0,
            "Tier 1: one of those until 17:00 stays an hour": 1.0,
            "Tier 1: one more, 11:30 to 15:30": 4.0,
            "Tier 1: the break at 12:00 at 11:00": 0.0,
            "Tier 1: the break at 12:00 at 13:00": 0.0,
            "Tier 1: the break at 12:45 at 11:45": 0.0,
            "Tier 1: the break at 12:45 at 13:45": 0.0,
            "Tier 1: the break at 16:30 at 15:30": 0.0,
            "Tier 1: the break at 16:30 at 17:30": 0.0,
            "Tier 1: one more chat at once": 0.0,
            "Tier 1: one of those until 16:00 goes now": -4.5,
        }
    )
    for move in moves(plan, scenario, ELEVEN_S, 20 * 3600.0):
        past = [
            [(agent, on, min(off, ELEVEN_S)) for agent, on, off, _ in spans_of(each) if on < ELEVEN_S]
            for each in (plan, move.change(plan))
        ]
        assert past[0] == past[1]
    seven = with_logged_in(plan, np.array([7]), ELEVEN_S, 20 * 3600.0)
    assert hours_more(plan, seven) == pytest.approx(-5.5)  # the last of them: 11:00 to 17:00, less a break


@pytest.fixture(scope="module")
def at_eleven() -> Intraday:
    scenario = sim.load(SHOP)
    return intraday(scenario, load_actuals(EXAMPLE, scenario, ELEVEN_S), replications=40)


def test_a_busy_morning_makes_a_busy_afternoon(at_eleven: Intraday, tmp_path: Path):
    """229 came where 180 were forecast; and what is told stays as it was told, in every way."""
    found = at_eleven
    now = found.now
    assert (found.offered[:, :now] == found.offered[0, :now]).all()
    assert found.offered[0, 16:22].tolist() == [24, 28, 37, 41, 47, 52]
    assert found.missed[0, 16:21].tolist() == [0, 1, 1, 2, 3]
    assert 1.1 < found.factors[0].mean < 229 / 180
    assert found.rest(found.offered).value > 1.1 * found.forecast[now:].sum()
    assert found.assumed == ()
    kinds = {each.move.kind: each for each in found.moves}
    assert set(kinds) == {"overtime", "call_in", "break", "one_more_chat", "send_home"}
    call, home = kinds["call_in"].missed, kinds["send_home"].missed
    assert call.high is not None
    assert call.high < 0
    assert home.low is not None
    assert home.low > 0
    ranks = [each.chance.value or 0.0 for each in found.moves]
    assert ranks[0] == max(
        ranks[0], *[r for r, each in zip(ranks, found.moves, strict=True) if each.hours == 1.0]
    )
    answer = holds(result(found), tmp_path)
    assert "chats are to come where 580 were forecast" in " ".join(answer.words)
    assert set(answer.pictures()) == {"day", "moves"}
    again = intraday(found.centre, found.day, replications=40, with_moves=False)
    np.testing.assert_array_equal(again.missed, found.missed)


def test_what_is_not_told_is_assumed_and_said(at_eleven: Intraday):
    day = at_eleven.day
    nan = np.full(day.offered.shape, np.nan)
    less = Day(day.now_s, day.offered, nan, nan, nan, np.array([-1]), None)
    found = intraday(at_eleven.centre, less, replications=9, with_moves=False)
    assert len(found.assumed) == 4
    assert "Not told, and assumed as simulated: who is logged in." in result(found).words
    nothing = sim.vary(at_eleven.centre, {f"targets.{key}": None for key in ("service_level", "max_missed")})
    nothing = sim.vary(nothing, {"targets.max_response_s": None})
    promised_nothing = intraday(nothing, less, replications=9, with_moves=False)
    assert promised_nothing.chances == ()
    assert "promise" not in " ".join(result(promised_nothing).words)
    quiet = replace(less, offered=np.where(day.offered > 0, 10, 0))
    fewer = intraday(at_eleven.centre, quiet, replications=9, with_moves=False)
    assert fewer.rest(fewer.offered).value < 0.85 * fewer.forecast[fewer.now :].sum()


def test_a_day_of_a_week_has_its_own_forecast_and_others_are_refused():
    week = sim.load(ROOT / "scenarios" / "week.toml")
    saturday = week.calendar.date(5)
    day = one_day(week, saturday)
    assert (day.days, day.start) == (1, saturday)
    with pytest.raises(StudyError, match="is no day of the scenario"):
        one_day(week, week.calendar.date(week.days))
    with pytest.raises(StudyError, match="must be the start of a planning interval of"):
        now_of(week, "11:07")
    with pytest.raises(StudyError, match="must be a clock time"):
        now_of(week, "noon")


def covered(n_days: int, *, with_chats: bool) -> np.ndarray:  # type: ignore[type-arg]
    """Days of the three centres on which the band holds what came: chats, missed, mean wait.

    Of chats its ends count half. Missed chats and waits are often 0, which is an end of the band and in it. The
    days are drawn by other seeds than the ways in which they may go on.
    """
    held = np.zeros(3)
    for k, scenario in enumerate(centres().values()):
        for r in range(k, n_days, 3):
            day, log = told(scenario, sim.draw(scenario, seed=77, replication=r), with_chats=with_chats)
            found = intraday(scenario, day, seed=1000 + r, replications=19, with_moves=False)
            bands = found.rest(found.offered), found.rest(found.missed), band(found.wait_s)
            for place, (ends, came) in enumerate(zip(bands, rest_of(log, scenario), strict=True)):
                held[place] += ends.low <= came <= ends.high
            held[0] -= (rest_of(log, scenario)[0] in (bands[0].low, bands[0].high)) / 2
    return held


def test_bands_hold_four_days_of_five():
    """Sixty days in three centres, within the bounds of chance: one in ten thousand on a new seed."""
    low, high = stats.binom.interval(1 - 1e-4, 60, 0.8)
    held = covered(60, with_chats=False)
    assert (held >= low).all(), held
    assert held[0] <= high, held


@pytest.mark.nightly
@pytest.mark.parametrize("with_chats", [False, True])
def test_bands_hold_four_of_five_of_a_thousand_days(with_chats: bool):
    """Of the chats to come; missed chats and waits at least nearly so."""
    shares = covered(999, with_chats=with_chats) / 999
    assert 0.77 <= shares[0] <= 0.83, shares
    assert (shares[1:] >= 0.75).all(), shares


def test_the_command_answers(tmp_path: Path):
    command = ["intraday", str(SHOP), "--now", "11:00", "--actuals", str(EXAMPLE), "-n", "9", "--no-moves"]
    said = command_of(*command)
    assert said.returncode == 0
    assert "The day keeps its promise with a chance of" in " ".join(said.stdout.split())
    bad = command_of(*command[:3], "11:10", *command[4:])
    assert bad.returncode == 2
    assert "--now: must be the start of a planning interval of 30 minutes" in bad.stderr


def test_draws_of_many_are_those_of_one_after_the_other():
    """States and draws are a replication's own: more ways leave the first ones as they are."""
    scenario = centres()["shifts"]
    day, _ = told(scenario, sim.draw(scenario, seed=3), with_chats=True)
    few = intraday(scenario, day, replications=9, with_moves=False)
    many = intraday(scenario, day, replications=30, with_moves=False)
    np.testing.assert_array_equal(few.missed, many.missed[:9])
    assert len(draw_all(scenario, 1, [0])) == 1
