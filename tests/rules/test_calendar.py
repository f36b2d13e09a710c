"""Worked by hand: opening hours and shifts by weekday, by date and over midnight (R2, R11, R12, R27, R30 to R32)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tomlkit

import sim
from sim.draws.record import Draws
from sim.draws.sampling import draw
from sim.engines import simulate
from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.scenario.duty import People, duty_plan
from sim.scenario.scenario import Scenario
from tests.parity.test_parity import assert_same
from tests.worlds import by_turns, by_work, fixed, group, queue, world

DAY, HOUR = 86_400, 3_600
MONDAY = dt.date(2026, 3, 2)
NIGHT = {"start": "22:00", "end": "06:00"}
INF = float("inf")


def run(scenario: Scenario, people: People | None = None) -> ChatLog:
    """One run by the kernel, which is held against the reference."""
    draws: Draws = draw(scenario, 1)
    if people is not None:
        draws = replace(draws, people=people)
    log = simulate(scenario, draws, "kernel")
    assert_same(simulate(scenario, draws, "reference"), log)
    return log


def people(
    absent: list[list[bool]], late_s: list[list[float]], eve: tuple[list[bool], list[float]] = ([], [])
) -> People:
    """Agents of speed 1: a row each, in it a day each, and what holds for the eve."""
    return People(
        speed=np.ones(len(absent)),
        absent=np.array(absent),
        late_s=np.array(late_s, dtype=np.float64),
        absent_on_eve=np.array(eve[0], dtype=np.bool_),
        late_on_eve_s=np.array(eve[1], dtype=np.float64),
    )


def outcomes(log: ChatLog) -> list[str]:
    """Outcomes by name."""
    return [Outcome(k).name.lower() for k in log.chat.outcome]


def spans(scenario: Scenario) -> list[tuple[int, float, float]]:
    """Agent, log-in and log-off of each span, in hours since the first midnight."""
    plan = duty_plan(scenario)
    hours = plan.on_s / HOUR, plan.off_s / HOUR
    return list(zip(plan.agent.tolist(), *(each.tolist() for each in hours), strict=True))


def staffed(*shifts: dict[str, Any], days: int = 7, **more: Any) -> Scenario:
    """A centre with these shifts, and one chat that comes at once."""
    return world([queue([0], by_work(10))], [group(shifts=list(shifts))], days=days, **more)


# R2: when chats may arrive


@pytest.mark.parametrize(
    ("hours", "open_spans"),
    [
        ({"open": "08:00", "close": "20:00"}, [(8, 20), (32, 44), (56, 68)]),
        ({"open": "22:00", "close": "06:00"}, [(0, 6), (22, 30), (46, 54), (70, 78)]),
        ({"mon": {"open": "08:00", "close": "10:00"}, "wed": {"open": "23:00", "close": "01:00"}},
         [(8, 10), (71, 73)]),
        ({"open": "08:00", "close": "20:00", "tue": "closed"}, [(8, 20), (56, 68)]),
        ({"open": "00:00", "close": "24:00", "tue": "closed"}, [(0, 24), (48, 72)]),
        ({"open": "00:00", "close": "24:00", "wed": {"open": "00:00", "close": "12:00"}}, [(0, 60)]),
        ({"open": "00:00", "close": "24:00"}, [(0, INF)]),
        ({"open": "08:00", "close": "20:00", "dates": {"2026-03-03": "closed"}}, [(8, 20), (56, 68)]),
        ({"tue": "closed", "dates": {"2026-03-03": {"open": "09:00", "close": "10:00"}}}, [(33, 34)]),
        ({"open": "22:00", "close": "06:00", "sun": "closed"}, [(22, 30), (46, 54), (70, 78)]),
    ],
    ids=lambda each: "" if isinstance(each, dict) else str(each),
)  # fmt: skip
def test_r2_hours_of_a_date_go_before_those_of_its_weekday_and_these_before_every_days(
    hours: dict[str, Any], open_spans: list[tuple[float, float]]
):
    """Three days from a Monday on, in hours; the last night is that of the eve, a Sunday, where it reaches over."""
    scenario = world([queue([0], by_work(10))], days=3, hours=hours)

    assert [(on / HOUR, off / HOUR) for on, off in scenario.opening_spans] == open_spans


def test_r2_who_comes_between_closing_and_opening_is_offline():
    """Open from 22:00 to 06:00, the eve's night too: closed are 06:00 and 21:59:59, and open 05:59:59 and 22:00."""
    times_s = [6 * HOUR - 1, 6 * HOUR, 22 * HOUR - 1, 22 * HOUR, DAY, DAY + 6 * HOUR]
    hours = {"open": "22:00", "close": "06:00"}
    log = run(world([queue(times_s, by_work(0))], days=2, hours=hours))

    assert outcomes(log) == ["served", "offline", "offline", "served", "served", "offline"]


def test_r2_a_holiday_is_closed_unless_it_is_named():
    """New Year's Day and Epiphany in Bavaria: the second is named by the hours, and opens."""
    dates = {"2027-01-06": {"open": "09:00", "close": "10:00"}}
    hours = {"open": "08:00", "close": "20:00", "dates": dates}
    start = dt.date(2027, 1, 1)
    scenario = world(
        [queue([0], by_work(0))],
        days=6,
        start=start,
        hours=hours,
        holidays={"country": "DE", "region": "BY"},
    )

    expected = [(24 * day + 8, 24 * day + 20) for day in range(1, 5)] + [(24 * 5 + 9, 24 * 5 + 10)]
    assert [(on / HOUR, off / HOUR) for on, off in scenario.opening_spans] == expected


def test_holidays_that_are_open_change_how_many_come():
    """24 chats a day: half of them on New Year's Day, and of the named date a quarter; the others are as they were."""
    arrivals = {"per_hour": 1.0, "by_date": {"2027-01-03": 0.25}}
    holidays = {"country": "DE", "closed": False, "factor": 0.5}
    start = dt.date(2027, 1, 1)
    scenario = world([queue(arrivals, by_work(0))], days=3, start=start, holidays=holidays)
    edges_s, expected = sim.draws.profile.demand(scenario)[0]

    assert not scenario.closes
    assert np.bincount((edges_s[:-1] // DAY).astype(int), expected).tolist() == [12, 24, 6]


# R11: shifts


def test_r11_the_agent_of_a_night_is_the_same_after_midnight():
    """One agent, 22:00 to 06:00: busy from 23:50 for 30 minutes, they take the chat of 00:05 at 00:20."""
    times_s = [DAY - 600, DAY + 300]
    log = run(world([queue(times_s, by_work(1800))], [group(shifts=[NIGHT | {"agents": 1}])], days=2))

    assert log.chat.accepted_s.tolist() == [DAY - 600, DAY + 1200]
    assert log.chat.agent.tolist() == [0, 0]


def test_r11_a_night_that_began_on_the_eve_is_on_duty_from_time_zero_and_the_last_goes_on():
    """Two nights: until 06:00, 22:00 to 06:00, and from 22:00 to 06:00 after the horizon."""
    assert spans(staffed(NIGHT | {"agents": 2}, days=2)) == [
        (agent, *span) for agent in (0, 1) for span in ((0, 6), (22, 30), (46, 54))
    ]


def test_r11_breaks_of_a_night_are_on_its_day():
    """Breaks at 23:00 and at 02:00: that of the eve's night after midnight counts, too."""
    breaks = [{"start": "02:00", "minutes": 60}, {"start": "23:00", "minutes": 30}]
    found = spans(staffed(NIGHT | {"agents": 1, "breaks": breaks}, days=1))

    assert found == [(0, 0, 2), (0, 3, 6), (0, 22, 23), (0, 23.5, 26), (0, 27, 30)]


@pytest.mark.parametrize(
    ("shift", "days"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"days": ["mon", "sat"]}, [0, 5]),
        ({"days": ["sun"]}, [6]),
        ({"dates": ["2026-03-05", "2026-03-07"]}, [3, 5]),
        ({"days": ["mon"], "dates": ["2026-03-06"]}, [0, 4]),
        ({"days": ["thu", "fri"]}, [4]),
    ],
)
def test_r11_on_a_closed_day_begin_only_the_shifts_that_name_it(shift: dict[str, Any], days: list[int]):
    """Saturdays and Sundays are closed; Thursday 5 March in the last case only, as a date."""
    hours: dict[str, Any] = {"open": "08:00", "close": "20:00", "sat": "closed", "sun": "closed"}
    if shift.get("days") == ["thu", "fri"]:
        hours["dates"] = {"2026-03-05": "closed"}
    found = spans(staffed({"agents": 1, "start": "09:00", "end": "10:00"} | shift, hours=hours))

    assert [on for _, on, _ in found] == [24 * day + 9 for day in days]


def test_r11_the_shifts_of_a_crew_are_worked_by_the_same_agents():
    """Early on Monday, late on Tuesday by the two of a crew; the other shift has an agent of its own."""
    early = {"agents": 2, "start": "06:00", "end": "14:00", "days": ["mon"], "crew": "A"}
    other = {"agents": 1, "start": "08:00", "end": "16:00", "days": ["wed"]}
    late = {"agents": 2, "start": "14:00", "end": "22:00", "days": ["tue"], "crew": "A"}

    assert spans(staffed(early, other, late)) == [
        (0, 6, 14), (0, 38, 46), (1, 6, 14), (1, 38, 46), (2, 56, 64),
    ]  # fmt: skip


# R12: constant agents and staffing per interval


def test_r12_constant_agents_log_in_at_each_opening_over_midnight():
    """Open 22:00 to 06:00: a chat of 05:59 that lasts two minutes is overrun, and that of the evening is taken."""
    hours, times_s = {"open": "22:00", "close": "06:00"}, [6 * HOUR - 60, 6 * HOUR, 22 * HOUR]
    log = run(world([queue(times_s, by_work(120))], hours=hours))

    assert outcomes(log) == ["served", "offline", "served"]
    assert (log.duty.on_s / HOUR).tolist() == [0, 22]
    assert log.duty.off_s.tolist() == [6 * HOUR, 30 * HOUR]
    assert log.duty.out_s.tolist() == [6 * HOUR + 60, 30 * HOUR]


def test_r12_staffing_of_a_date_goes_before_that_of_its_weekday_and_this_before_every_days():
    """Hour 0 of seven days with 1, 2 on Tuesdays, 3 on the Thursday's date, nobody on the closed Sunday."""

    def hour(agents: int) -> list[int]:
        return [agents] + [0] * 23

    by_day = {"tue": hour(2), "thu": hour(2), "dates": {"2026-03-05": hour(3)}}
    hours = {"open": "00:00", "close": "24:00", "sun": "closed"}
    groups = [group(staffing=hour(1), staffing_by_day=by_day)]
    found = spans(world([queue([0], by_work(10))], groups, days=7, hours=hours))

    assert len(found) == 1 + 2 + 1 + 3 + 1 + 1
    assert [sum(on == 24 * day for _, on, _ in found) for day in range(7)] == [1, 2, 1, 3, 1, 1, 0]


@pytest.mark.parametrize(
    ("staffing", "found"),
    [
        ([1] * 6 + [0] * 16 + [1] * 2, [(0, 6), (22, 30), (46, 54)]),
        ([1] * 24, [(0, 48)]),
        ([0] * 8 + [1] * 16, [(8, 24), (32, 48)]),
    ],
)
def test_r12_a_night_that_is_staffed_goes_on_over_the_last_midnight(
    staffing: list[int], found: list[tuple[int, int]]
):
    """As a shift does; round the clock, and until midnight, it ends with the days."""
    scenario = world([queue([0], by_work(10))], [group(staffing=staffing)], days=2)

    assert [(on, off) for _, on, off in spans(scenario)] == found


# R27: the next opening


def test_r27_the_delay_of_who_found_it_closed_counts_from_the_next_opening():
    """Closed on Tuesday: 7:00 on Tuesday comes again 60 s after Wednesday's opening; Wednesday's evening never."""
    hours = {"open": "08:00", "close": "20:00", "tue": "closed"}
    retry = {"probability": 1.0, "delay_s": fixed(60), "after": ["offline"]}
    times_s = [DAY + 7 * HOUR, 2 * DAY + 21 * HOUR]
    log = run(world([queue(times_s, by_work(0), retry=retry)], days=3, hours=hours))

    assert log.chat.arrival_s.tolist() == [DAY + 7 * HOUR, 2 * DAY + 8 * HOUR + 60, 2 * DAY + 21 * HOUR]
    assert outcomes(log) == ["offline", "served", "offline"]


# R30 to R32: whose day it is


def test_r30_the_speed_of_a_night_is_that_of_the_day_on_which_it_began():
    """Half speed on the first day: chats of 10 s take 20 until 06:00 of the second, and 10 in its evening."""
    ramp = {"new_hires": 1, "speed": 0.5, "days": 1}
    times_s = [60, DAY - 60, DAY + 60, DAY + 6 * HOUR - 1, DAY + 22 * HOUR, 2 * DAY - 1]
    log = run(
        world(
            [queue(times_s, by_turns(10, 5, 1))], [group(shifts=[NIGHT | {"agents": 1}], ramp=ramp)], days=2
        )
    )

    assert (log.turn.reply_s - log.turn.start_s).tolist() == [20, 20, 20, 20, 10, 10]
    assert log.team.speed_at(np.array([0, 0]), np.array([DAY + 60.0, DAY + 6.0 * HOUR])).tolist() == [0.5, 1]


@pytest.mark.parametrize(
    "duty",
    [{"shifts": [NIGHT | {"agents": 1}]}, {"staffing": [1] * 6 + [0] * 16 + [1] * 2}, {"agents": 1}],
    ids=["shifts", "staffing", "constant"],
)
def test_r31_r32_a_night_is_lost_as_a_whole_and_late_at_its_log_in(duty: dict[str, Any]):
    """Three days: late by 3 h on the eve, absent on the first day, late by 60 s on the second, punctual on the last."""
    hours = {"open": "22:00", "close": "06:00"}
    scenario = world(
        [queue([0], by_work(1))], [group(absence=0.5, late_s=fixed(1), **duty)], days=3, hours=hours
    )
    log = run(scenario, people([[True, False, False]], [[5, 60, 0]], ([False], [3 * HOUR])))

    assert log.duty.on_s.tolist() == [HOUR, 46 * HOUR + 60, 70 * HOUR]
    assert log.duty.off_s.tolist() == [6 * HOUR, 54 * HOUR, 78 * HOUR]
    lost = zip(log.lost.on_s.tolist(), log.lost.off_s.tolist(), log.lost.late.tolist(), strict=True)
    assert list(lost) == [(0, HOUR, True), (22 * HOUR, 30 * HOUR, False), (46 * HOUR, 46 * HOUR + 60, True)]


def test_r31_who_was_absent_on_the_eve_is_not_there_in_its_night():
    """The night that began on the eve is lost from time zero on."""
    scenario = world([queue([0], by_work(1))], [group(absence=0.5, shifts=[NIGHT | {"agents": 1}])])
    log = run(scenario, people([[False]], [[0]], ([True], [0])))

    assert log.duty.on_s.tolist() == [22 * HOUR]
    assert (log.lost.on_s.tolist(), log.lost.off_s.tolist()) == ([0], [6 * HOUR])


def test_r32_who_goes_on_from_one_shift_to_the_next_is_not_late():
    """A crew's night until 06:00 and its day from 06:00 on: late by 60 s for the night, and not for the day."""
    day = {"agents": 1, "start": "06:00", "end": "10:00", "days": ["tue"], "crew": "A"}
    night = NIGHT | {"agents": 1, "days": ["mon"], "crew": "A"}
    scenario = world([queue([0], by_work(1))], [group(shifts=[day, night], late_s=fixed(60))], days=2)
    log = run(scenario)

    assert log.duty.on_s.tolist() == [22 * HOUR + 60]
    assert log.duty.off_s.tolist() == [34 * HOUR]


@pytest.mark.parametrize(
    "duty", [{"shifts": [NIGHT | {"agents": 5}]}, {"staffing": [5] * 6 + [0] * 16 + [5] * 2}], ids=["shifts", "staffing"]
)  # fmt: skip
def test_thirty_nights_of_log_ins_600_s_late_lose_what_they_do_by_hand(duty: dict[str, Any]):
    """Of 8 hours 600 s are 2.1 %: of 30 times 8 hours within the days, 30 times 600 s."""
    scenario = world([queue([0], by_work(1))], [group(late_s=fixed(600), **duty)], days=30)
    kpis = sim.measure(run(scenario), scenario)

    assert kpis["agent_hours"] == pytest.approx(5 * (30 * 8 - 30 / 6))
    assert kpis["lateness"] == pytest.approx(30 * 600 / (30 * 8 * 3600))


def test_thirty_nights_of_absence_lose_what_is_drawn():
    """All are absent, on the eve, too: nobody is there. And a fifth of 2,000 agents is, by 3 standard errors."""
    nights = [NIGHT | {"agents": 2000}]
    nobody, some = (
        world([queue([0], by_work(1))], [group(shifts=nights, absence=share)], days=30)
        for share in (1.0, 0.2)
    )

    assert len(duty_plan(nobody, draw(nobody, 1).people).agent) == 0
    plan = duty_plan(some, draw(some, 1).people)
    lost_s = np.minimum(plan.lost_off_s, 30 * DAY) - plan.lost_on_s
    shares = 0.2 * 0.8 / (2000 * 30)
    assert lost_s.sum() / (2000 * 30 * 8 * HOUR) == pytest.approx(0.2, abs=3 * shares**0.5)


# Laws of the calendar


def test_a_week_by_weekday_is_seven_single_days():
    """Exact arrivals of a week with other hours, shifts and staffing each day, and each day by itself."""
    hours = {"open": "08:00", "close": "20:00", "sat": {"open": "10:00", "close": "14:00"}, "sun": "closed"}
    shifts = [
        {"agents": 1, "start": "08:00", "end": "16:00", "days": ["mon", "tue", "wed"]},
        {"agents": 1, "start": "10:00", "end": "20:00", "days": ["wed", "thu", "fri", "sat"]},
    ]
    by_day = {"sat": [0] * 10 + [2] * 4 + [0] * 10, "mon": [0] * 24}
    groups = [group(name="a", shifts=shifts), group(name="b", staffing=[0] * 12 + [1] * 6 + [0] * 6,
              staffing_by_day=by_day)]  # fmt: skip
    rng = np.random.default_rng(1)
    times_s = np.sort(rng.integers(0, 7 * 24 * 60, 700) * 60.0)
    week = run(
        world([queue(times_s.tolist(), by_work(600), patience=fixed(900))], groups, days=7, hours=hours)
    )

    for day in range(7):
        mine = (times_s >= day * DAY) & (times_s < (day + 1) * DAY)
        queues = [queue((times_s[mine] - day * DAY).tolist(), by_work(600), patience=fixed(900))]
        alone = run(world(queues, groups, start=MONDAY + dt.timedelta(day), hours=hours))
        assert outcomes(alone) == np.array(outcomes(week))[mine].tolist()
        np.testing.assert_array_equal(alone.chat.accepted_s, week.chat.accepted_s[mine] - day * DAY)
        np.testing.assert_array_equal(alone.chat.released_s, week.chat.released_s[mine] - day * DAY)


@pytest.mark.parametrize("service", [by_work(600), by_turns(40, 60, 4, 20)], ids=["work", "turns"])
def test_a_night_is_the_same_hours_of_a_day_to_the_last_bit(service: dict[str, Any]):
    """22:00 to 06:00 with breaks, and the same 12 hours earlier: every time is 12 hours earlier."""
    rng = np.random.default_rng(2)
    evening = np.sort(rng.integers(22 * 60, 31 * 60, 300) * 60.0)
    night = {"start": "22:00", "end": "06:00", "breaks": [{"start": "23:45", "minutes": 30}]}
    day = {"start": "10:00", "end": "18:00", "breaks": [{"start": "11:45", "minutes": 30}]}
    both = []
    for times_s, shift, hours in (
        (evening, night, {"open": "22:00", "close": "07:00"}),
        (evening - DAY / 2, day, {"open": "10:00", "close": "19:00"}),
    ):
        groups = [group(shifts=[shift | {"agents": 2}], concurrency=2, late_s=fixed(90))]
        both.append(
            run(world([queue(times_s.tolist(), service, patience=fixed(300))], groups, days=2, hours=hours))
        )
    late, early = both

    assert "abandoned" in outcomes(late)
    np.testing.assert_array_equal(late.chat.outcome, early.chat.outcome)
    for name in ("accepted_s", "ended_s", "released_s"):
        np.testing.assert_array_equal(getattr(late.chat, name), getattr(early.chat, name) + DAY / 2)


def test_a_date_that_is_closed_moves_nobody_else():
    """A random week with and without a closed Wednesday: all who come on other days are as they were."""
    arrivals = {"per_hour": 20.0, "busyness_cv": 0.3}
    hours = {"open": "08:00", "close": "20:00"}
    closed = hours | {"dates": {"2026-03-04": "closed"}}
    patience = {"law": "exponential", "mean_s": 60.0}
    week, other = (
        run(world([queue(arrivals, by_work(300), patience=patience)], [group(2)], days=7, hours=each))
        for each in (hours, closed)
    )
    on_wednesday = week.chat.arrival_s // DAY == 2

    np.testing.assert_array_equal(week.chat.arrival_s, other.chat.arrival_s)
    assert set(other.chat.outcome[on_wednesday]) == {Outcome.OFFLINE}
    for name in ("outcome", "accepted_s", "ended_s", "agent"):
        columns = (getattr(log.chat, name)[~on_wednesday] for log in (week, other))
        np.testing.assert_array_equal(*columns)


# Bad input

HOURS = {"open": "08:00", "close": "20:00"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hours": HOURS | {"sunn": "closed"}}, "hours.sunn: unknown key; did you mean 'sun'?"),
        ({"hours": HOURS | {"sun": "shut"}}, "hours.sun: must be 'closed', or a table, got 'shut'"),
        ({"hours": HOURS | {"sun": {"open": "08:00", "close": "08:00"}}},
         'hours.sun.close: the centre must close after it opens, got \'08:00\'; for all day write open = 00:00:00'),
        ({"hours": {"dates": {}}}, "hours: says no hours"),
        ({"hours": {"sun": "closed"}},
         "hours: closes every day, got no day that opens; write hours of the others, such as open = 00:00:00"),
        ({"hours": HOURS | {"saturday": "closed"}}, "hours.saturday: unknown key; did you mean 'sat'?"),
        ({"shifts": [NIGHT | {"agents": 1, "days": []}]}, "groups.0.shifts.0.days: names no day"),
        ({"shifts": [NIGHT | {"agents": 1, "days": ["saturday"]}]}, "got 'saturday'; did you mean 'sat'?"),
        ({"shifts": [NIGHT | {"agents": 1, "not_on": ["2026-04-20"]}]},
         "groups.0.shifts.0.not_on.0: must be one of the scenario's days"),
        ({"holidays": {"country": "Germany"}}, "got 'Germany'; did you mean 'DE'?"),
        ({"holidays": {"country": "united kingdm"}}, "did you mean 'GB'?"),
        ({"hours": {"open": "08:00"}}, "hours.close: is missing"),
        ({"hours": {"open": "10:00", "close": "09:00", "tue": {"open": "08:00", "close": "20:00"}}},
         "hours.close: hours must end before the next ones begin, which open at 08:00: those of Mon 2026-03-02 last"),
        ({"hours": HOURS | {"dates": {"2026-04-01": "closed"}}},
         "hours.dates.2026-04-01: must be one of the scenario's days, 2026-03-02 to 2026-03-08"),
        ({"hours": HOURS | {"dates": {"christmas": "closed"}}},
         "hours.dates.christmas: must be a date such as 2026-03-02"),
        ({"holidays": {"country": "GER"}}, "holidays.country: no country that is known has this code, got 'GER'"),
        ({"holidays": {"country": "DE", "region": "BA"}},
         "holidays.region: no region of DE has this code, got 'BA'"),
        ({"shifts": [NIGHT | {"agents": 1, "days": ["mon", "fry"]}]},
         "groups.0.shifts.0.days.1: must be one of 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun', got 'fry'; did you mean 'fri'?"),
        ({"shifts": [NIGHT | {"agents": 1, "days": ["mon", "mon"]}]},
         "groups.0.shifts.0.days.1: names a day twice, got 'mon'"),
        ({"shifts": [NIGHT | {"agents": 1, "dates": ["2026-03-01"]}]}, ""),
        ({"shifts": [{"agents": 1, "start": "08:00", "end": "16:00", "dates": ["2026-03-01"]}]},
         "groups.0.shifts.0.dates.0: must be one of the scenario's days"),
        ({"shifts": [{"agents": 1, "start": "08:00", "end": "08:00"}]},
         "groups.0.shifts.0.end: a shift must end after it starts, got '08:00'; one of 24 hours is written as two"),
        ({"shifts": [NIGHT | {"agents": 1, "breaks": [{"start": "06:00", "minutes": 10}]}]},
         "groups.0.shifts.0.breaks.0: a break must lie within its shift, got 06:00"),
        ({"shifts": [NIGHT | {"agents": 1, "breaks": [{"start": "23:50", "minutes": 20},
                                                      {"start": "00:00", "minutes": 10}]}]},
         "groups.0.shifts.0.breaks.1: breaks must not overlap, got 00:00"),
        ({"shifts": [NIGHT | {"agents": 1, "crew": "A"},
                     {"agents": 1, "start": "05:00", "end": "08:00", "crew": "A"}]},
         "groups.0.shifts.1: shifts of a crew must not overlap: its other one lasts until 06:00 when this one begins"),
        ({"shifts": [NIGHT | {"agents": 1, "crew": "A"},
                     {"agents": 2, "start": "07:00", "end": "08:00", "crew": "A"}]},
         "groups.0.shifts.1.agents: the crew 'A' has 1 agents in its other shift, got 2"),
        ({"staffing_by_day": {"mon": [1] * 24, "tue": [1] * 48}},
         "groups.0.staffing_by_day.tue: all staffing of a group has as many numbers, here 24, got 48 numbers"),
        ({"staffing_by_day": {"mon": [1] * 5}},
         "groups.0.staffing_by_day.mon: staffing has one number for each of a day's 48 intervals"),
        ({"staffing_by_day": {"dates": {"2026-05-01": [1] * 24}}},
         "groups.0.staffing_by_day.dates.2026-05-01: must be one of the scenario's days"),
        ({"arrivals": {"per_hour": 1.0, "by_date": {"2026-05-01": 2.0}}},
         "queues.0.arrivals.by_date.2026-05-01: must be one of the scenario's days"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place_and_what_to_write(change: dict[str, Any], said: str):
    """A week from Monday 2 March 2026 on."""
    of_group = {key: change.pop(key) for key in ("shifts", "staffing_by_day") if key in change}
    data: dict[str, Any] = {
        "queues": [queue(change.pop("arrivals", {"per_hour": 1.0}), by_work(60))],
        "groups": [{"name": "g", "queues": ["q"]} | (of_group or {"agents": 1})],
        "days": 7,
    }
    try:
        sim.parse(tomlkit.dumps(data | change))
        found = ""
    except sim.ScenarioError as error:
        found = str(error)

    assert found == said == "" or (said and said in found), found
