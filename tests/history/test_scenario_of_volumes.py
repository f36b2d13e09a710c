"""Is the scenario that volumes make theirs, and does each of its numbers say where it is from?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from sim.draws.sampling import draw
from sim.report.volumes_scenario import scenario_text
from sim.scenario.files import load, parse
from sim.scenario.scenario import Scenario
from sim.studies.volumes.draft import draft, opening
from sim.studies.volumes.study import volumes
from sim.theory.attention import machine_repair
from tests.commands import sim
from tests.history import exports

WEEK = np.array([[0.0] * 8 + [30.0 + 10 * day + hour for hour in range(12)] + [0.0] * 4 for day in range(7)])
"""Chats an hour of a made-up centre that is closed on Sundays."""
WEEK[6] = 0.0


def written(folder: Path, text: str, name: str = "mine") -> tuple[str, Scenario]:
    (folder / "history.csv").write_text(text)
    found = volumes(folder / "history.csv")
    made = scenario_text(draft(found, name), found)
    return made, parse(made)


def history_of(scenario: Scenario, seed: int) -> str:
    """Interval history of a scenario's customers, an hour a row."""
    arrivals = draw(scenario, seed=seed, replication=0).arrival_s
    counts = np.bincount((arrivals // 3600).astype(np.int64), minlength=scenario.days * 24)
    return exports.csv_of(
        (f"{scenario.start + dt.timedelta(days=int(k // 24))} {k % 24:02d}:00", n)
        for k, n in enumerate(counts)
    )


def test_a_scenario_s_own_history_gives_it_back(tmp_path: Path):
    """Rates within five standard errors, both spreads in their intervals, hours and days to the minute."""
    true = parse(
        f"""name = "true"
start = 2026-03-02
days = 112
interval_min = 60
[[queues]]
name = "q"
arrivals = {{ per_hour = {WEEK.ravel().tolist()}, busyness_cv = 0.15, interval_cv = 0.1 }}
service = {{ work_s = {{ law = "fixed", mean_s = 60.0 }} }}
[[groups]]
name = "g"
queues = ["q"]
agents = 1
concurrency = 1
"""
    )
    text, made = written(tmp_path, history_of(true, 4))
    arrivals = made.queues[0].arrivals
    rates = np.array(arrivals.per_hour).reshape(7, 24)
    error = np.sqrt((WEEK + (1.15**2 * 1.1**2 - 1) * WEEK**2 + 0.25) / 16)

    assert (made.start, made.days, made.interval_min) == (dt.date(2026, 6, 22), 7, 60)
    assert made.hours is not None
    assert made.hours.on(made.start) == (8 * 3600, 20 * 3600)
    assert made.hours.on(dt.date(2026, 6, 28)) is None
    assert (np.abs(rates - WEEK) < 5 * error).all()
    assert arrivals.busyness_cv == pytest.approx(0.15, abs=0.04)
    assert arrivals.interval_cv == pytest.approx(0.10, abs=0.02)
    assert 'sun = "closed"                   # nobody came' in text
    assert "busyness_cv = 0.1" in text
    assert "# measured (95 %:" in text
    assert "# mon, 16 days" in text


def test_handling_times_and_queues_are_the_files(tmp_path: Path):
    """By the machine-repair model a chat takes what was measured while its agent holds two."""
    rows = [
        (f"2026-03-{day:02d} {hour:02d}:00", queue, chats, aht)
        for day in range(2, 16)
        for hour in range(24)
        for queue, chats, aht in (('orders "A"', 20, 412), ("billing", 7, 733))
    ]
    text, made = written(
        tmp_path,
        exports.csv_of(rows, "start,queue,offered,aht")
        .replace('"A"', '""A""')
        .replace("orders", '"orders')
        .replace('A""', 'A"""'),
    )

    assert [queue.name for queue in made.queues] == ['orders "A"', "billing"]
    assert made.hours is None, "it never closes"
    for queue, aht in zip(made.queues, (412, 733), strict=True):
        service = queue.service
        reply = machine_repair(3, service.agent_s.mean_s, service.customer_s.mean_s).reply_s[1]
        assert 6 * reply + 5 * service.customer_s.mean_s + service.wrap_up_s.mean_s == pytest.approx(
            aht, rel=2e-3
        )
    assert made.groups[0].queues == ('orders "A"', "billing")
    assert made.groups[0].agents == int(np.ceil((20 * 412 + 7 * 733) / 3600 / 2 * 1.15))
    assert "a chat takes 412 s by the clock" in text
    assert "assumed: all serve all" in text


def test_a_short_history_says_what_it_assumes(tmp_path: Path):
    text, made = written(tmp_path, exports.daily(2, lambda day, hour: 10 + 2 * day))
    rates = np.array(made.queues[0].arrivals.per_hour).reshape(7, 24)

    assert rates[:, 10].tolist() == [10, 12, 11, 11, 11, 11, 11]
    assert "# wed, assumed: as the others" in text
    assert "# busyness_cv = 0.15" in text
    assert "not known from these volumes" in text


def test_totals_say_by_which_profile_they_were_spread(tmp_path: Path):
    text, made = written(tmp_path, exports.VERINT)

    assert "totals, spread by a profile" in text
    assert "ASSUMED profile" in text
    assert [queue.name for queue in made.queues] == ["orders", "billing"]


def test_holidays_come_with_the_chats_that_they_had(tmp_path: Path):
    """Good Friday and Easter Monday 2026 are 3 and 6 April, the first of May a Friday."""
    quiet = {dt.date(2026, 4, 3), dt.date(2026, 4, 6), dt.date(2026, 5, 1)}
    (tmp_path / "history.csv").write_text(
        exports.daily(
            65, lambda day, hour: 25 if dt.date(2026, 3, 2) + dt.timedelta(days=day) in quiet else 100
        )
    )
    found = volumes(tmp_path / "history.csv", country="DE", region="BY")
    made = parse(scenario_text(draft(found, "mine"), found))

    assert made.holidays is not None
    assert (made.holidays.country, made.holidays.region, made.holidays.closed) == ("DE", "BY", False)
    assert made.holidays.factor == 0.25
    assert set(np.array(made.queues[0].arrivals.per_hour)) == {0.0, 100.0}


@pytest.mark.parametrize(
    ("busy", "hours"),
    [
        ([range(24)] * 7, None),
        ([range(8, 20)] * 7, ((8, 20),) * 7),
        ([range(8, 20)] * 5 + [range(10, 14), []], ((8, 20),) * 5 + ((10, 14), None)),
        ([[*range(2), *range(6, 24)]] * 7, ((6, 2),) * 7),
        ([[*range(2), *range(3, 24)]] * 7, None),
        ([range(24)] * 6 + [[]], ((0, 24),) * 6 + (None,)),
    ],
)
def test_hours_are_those_in_which_anybody_came(
    busy: list[range], hours: tuple[tuple[int, int] | None, ...] | None
):
    rates = np.zeros((7, 24))
    for day, slots in enumerate(busy):
        rates[day, list(slots)] = 1.0
    wanted = None if hours is None else tuple(each and (each[0] * 3600.0, each[1] * 3600.0) for each in hours)

    assert opening(rates) == wanted


def test_the_command_writes_what_can_be_run(tmp_path: Path):
    (tmp_path / "history.csv").write_text(exports.daily(28, lambda day, hour: 3 + (day + hour) % 3))
    mine = tmp_path / "mine.toml"
    done = sim("new", mine, "--volumes", tmp_path / "history.csv")

    assert done.returncode == 0, done.stderr
    assert "336 rows read, 336 kept" in done.stderr
    assert load(mine).name == "mine"
    assert sim("check", mine).returncode == 0
    again = sim("new", mine, "--volumes", tmp_path / "history.csv")
    assert again.returncode == 2
    assert "exists; add --force" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--zone", "Europe/Berlin"], "say how --volumes are"),
        (["--averages", "--volumes", "history.csv"], "give --volumes alone"),
        (["--volumes", "history.csv"], "history.csv: can't be read"),
        (["--volumes", "zeros.csv"], "the volumes are all 0"),
    ],
)
def test_a_slip_of_new_is_told(tmp_path: Path, words: list[str], said: str):
    (tmp_path / "zeros.csv").write_text(exports.daily(14, lambda day, hour: 0))
    named = [str(tmp_path / word) if word.endswith(".csv") else word for word in words]
    done = sim("new", tmp_path / "mine.toml", *named)

    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert not (tmp_path / "mine.toml").exists()
