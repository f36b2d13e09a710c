"""Do volumes say what they hold, and is a forecast as far off as it says?"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import os
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import nbinom

from sim.errors import SimError, StudyError
from sim.history.history import read_history
from sim.history.profile import assumed, profile_of, spread
from sim.history.series import Series
from sim.report.forecast import forecast_csv
from sim.report.forecast import result as told_ahead
from sim.report.volumes import result as told
from sim.scenario.files import parse
from sim.studies.volumes.backtest import backtest
from sim.studies.volumes.dispersion import Dispersion, Spread, dispersion
from sim.studies.volumes.forecast import Settings, forecast_of, last_means, quantile
from sim.studies.volumes.outlook import forecast
from sim.studies.volumes.pattern import counts, odd_days, trend
from sim.studies.volumes.study import volumes
from tests.commands import sim
from tests.history import exports
from tests.results import holds

BANK = Path(os.environ.get("SIM_BANK_LOGS", "no such folder"))
"""Where january.txt.gz and february.txt.gz lie, if anywhere."""
MONDAY = dt.date(2026, 3, 2)


def series(offered: np.ndarray, first: dt.date = MONDAY, minutes: int = 60) -> Series:
    """History of one queue, of what came by day and interval."""
    offered = np.asarray(offered, dtype=np.float64)
    nothing = np.full_like(offered, np.nan)
    return Series(
        "",
        first,
        minutes,
        offered,
        nothing,
        nothing,
        nothing,
        np.ones_like(offered),
        np.zeros(offered.shape, bool),
    )


def drawn(weeks: int, day_cv: float, interval_cv: float, seed: int, level: float = 60.0) -> np.ndarray:
    """Counts with a factor a day and one an interval."""
    rng = np.random.default_rng(seed)
    mean = (
        level
        * np.array([1.2, 1.0, 1.0, 1.0, 0.9, 0.5, 0.4])[np.arange(7 * weeks) % 7][:, None]
        * np.linspace(0.5, 1.5, 12)
    )
    for cv, shape in ((day_cv, (7 * weeks, 1)), (interval_cv, mean.shape)):
        if cv:
            mean = mean * rng.gamma(cv**-2, cv**2, shape)
    return rng.poisson(mean)


# Spread


@pytest.mark.parametrize(("day_cv", "interval_cv"), [(0.0, 0.0), (0.15, 0.0), (0.0, 0.12), (0.15, 0.10)])
def test_spreads_are_those_that_were_drawn(day_cv: float, interval_cv: float):
    """Over 16 histories of ten weeks, within four standard errors; all other spreads are further away."""
    found = [
        dispersion(drawn(10, day_cv, interval_cv, seed), np.arange(70) % 7, sure=False) for seed in range(24)
    ]
    days, intervals = (
        np.array([getattr(each, name).value ** 2 for each in found if each]) for name in ("day", "interval")
    )

    assert found[0] is not None
    for values, cv in ((days, day_cv), (intervals, interval_cv)):
        if cv:
            assert abs(values.mean() - cv**2) < 4 * values.std() / 4
            assert abs(values.mean() - 4 * cv**2) > 4 * values.std() / 4
        else:
            assert values.mean() < 0.03**2
    alpha = np.mean([each.alpha.value for each in found if each])
    assert alpha == pytest.approx((1 + day_cv**2) * (1 + interval_cv**2) - 1, rel=0.25, abs=5e-4)


def test_chance_alone_is_called_chance_and_nothing_else_is():
    """P-values of Poisson histories are even, small counts and all; with factors none is above 5 %."""
    few = [dispersion(drawn(6, 0, 0, seed, level=1.5), np.arange(42) % 7, sure=False) for seed in range(60)]
    small = np.array([each.p for each in few if each])
    busy = [dispersion(drawn(6, 0.15, 0, seed), np.arange(42) % 7, sure=False) for seed in range(10)]

    assert 0.35 < small.mean() < 0.65
    assert 0 < (small < 0.2).sum() < 26
    assert all(each is not None and each.p < 1e-3 for each in busy)


def test_missing_days_read_as_zeros_would_ruin_the_spread():
    found = drawn(8, 0.1, 0.1, 1).astype(np.float64)
    weekdays = np.arange(56) % 7
    missing, zeros = found.copy(), found.copy()
    missing[[10, 24]], zeros[[10, 24]] = np.nan, 0.0
    whole, without, ruined = (dispersion(each, weekdays, sure=False) for each in (found, missing, zeros))

    assert whole is not None
    assert without is not None
    assert ruined is not None
    assert without.index == pytest.approx(whole.index, rel=0.2)
    assert ruined.index > 2 * whole.index


def test_of_what_is_seen_once_no_spread_is_known():
    assert dispersion(np.ones((7, 4)), np.arange(7)) is None


def test_growth_is_found_and_its_absence_too():
    grown = drawn(12, 0.05, 0.05, 3, 200.0) * 1.03 ** (np.arange(84) // 7)[:, None]
    steady = trend(drawn(12, 0.05, 0.05, 3, 200.0).astype(np.float64), np.arange(84) % 7)
    found = trend(np.round(grown), np.arange(84) % 7)

    assert found is not None
    assert steady is not None
    assert found.low < 0.03 < found.high
    assert found.is_sure
    assert not steady.is_sure
    assert trend(np.ones((14, 3)), np.arange(14) % 7) is None


def test_a_day_unlike_the_others_is_named():
    came = drawn(8, 0.05, 0.0, 5).astype(np.float64)
    came[17] *= 2
    history = series(came)

    assert [odd.day for odd in odd_days(history, counts(history))] == [MONDAY + dt.timedelta(days=17)]


# Totals


def test_totals_keep_their_sums_when_they_are_spread(tmp_path: Path):
    (tmp_path / "months.csv").write_text(exports.VERINT)
    (month, _) = read_history([tmp_path / "months.csv"]).series
    made = spread(month, assumed())

    assert made.total == pytest.approx(89_000)
    assert (made.first, made.days) == (dt.date(2026, 1, 1), 31 + 28 + 31)
    assert np.nansum(made.offered[:31]) == pytest.approx(30_000)
    assert made.aht_s == pytest.approx(month.aht_s)
    assert not made.is_counts
    mine = profile_of(series(np.tile(np.arange(24.0), (14, 1))), "mine.csv")
    days = spread(month, mine).offered
    assert days[0] / days[0].sum() == pytest.approx(np.arange(24.0) / 276)


def test_an_assumed_profile_is_called_so(tmp_path: Path):
    (tmp_path / "months.csv").write_text(exports.VERINT)
    (tmp_path / "hours.csv").write_text(exports.daily(14, lambda day, hour: hour))

    assert "ASSUMED" in str(told(volumes(tmp_path / "months.csv")))
    by_mine = " ".join(
        str(told(volumes(tmp_path / "months.csv", profile_from=(tmp_path / "hours.csv",)))).split()
    )
    assert "ASSUMED" not in by_mine
    assert "hours.csv (14 days)" in by_mine
    with pytest.raises(StudyError, match="by interval already"):
        volumes(tmp_path / "hours.csv", profile_from=(tmp_path / "hours.csv",))


# Forecasts


def test_the_forecast_is_the_mean_of_the_last_weeks_that_are_known():
    came = np.arange(42.0)[:, None] * np.ones(3)
    came[35, 1] = np.nan
    mean, age, weeks = last_means(came, np.arange(42) % 7, np.array([0, 1]), 3)

    assert mean[0].tolist() == [(35 + 28 + 21) / 3, (28 + 21 + 14) / 3, (35 + 28 + 21) / 3]
    assert mean[1].tolist() == [29.0] * 3
    assert age[0].tolist() == [2.0, 3.0, 2.0]
    assert weeks[0].tolist() == [3.0, 3.0, 3.0]


def test_a_trend_goes_on_from_the_middle_of_the_weeks_it_was_seen_in():
    steady = 100 * 1.02 ** (np.arange(70) // 7)[:, None] * np.ones((1, 4))
    made = forecast_of(series(steady), 14, Settings(weeks=4, trend=True))

    assert made.growth == pytest.approx(0.02, abs=1e-3)
    assert made.mean[0] == pytest.approx(100 * 1.02**10, rel=2e-3)
    assert made.mean[7] == pytest.approx(100 * 1.02**11, rel=2e-3)


def test_holidays_are_left_out_and_come_with_the_factor_that_they_had(tmp_path: Path):
    """Germany's 1 May 2026 is a Friday; 14 and 25 May are to come."""

    def chats(day: int, hour: int) -> int:
        return 20 if MONDAY + dt.timedelta(days=day) == dt.date(2026, 5, 1) else 100

    (tmp_path / "hours.csv").write_text(exports.daily(65, chats))
    made = forecast(tmp_path / "hours.csv", country="DE", ahead=28)
    (ahead,) = made.forecasts

    assert ahead.holiday_factor is not None
    assert set(ahead.holidays) == {dt.date(2026, 5, 14), dt.date(2026, 5, 25)}
    after = (dt.date(2026, 5, 14) - ahead.first).days
    assert ahead.mean[after, 10] == pytest.approx(100 * ahead.holiday_factor)
    assert ahead.mean[after + 1, 10] == 100, "the first of May does not count"
    assert any("as on past holidays" in said for said in told_ahead(made).words)


def test_a_band_is_the_negative_binomial_s():
    mean = np.array([[0.0, 5.0, 80.0, np.nan]])

    assert quantile(mean, 0.04, 0.95)[0, 1:3].tolist() == [
        nbinom.ppf(0.95, 25, 1 / (1 + 0.04 * m)) for m in (5.0, 80.0)
    ]
    assert quantile(mean, 0.0, 0.95)[0].tolist()[:3] == [0.0, 9.0, 95.0]
    assert np.isnan(quantile(mean, 0.04, 0.95)[0, 3])


def test_looking_back_is_worked_by_hand():
    """Two weeks of 10, a third of 16: the mean is 4 off, the last week 6; asked in the third, of the fourth."""
    came = np.repeat([10.0, 10.0, 16.0, 12.0], 7)[:, None]
    back = backtest(series(came), 7, Settings(weeks=3), [21])

    assert back is not None
    assert back.scores["mean"].wmape == pytest.approx(0.0)
    assert back.scores["naive"].wmape == pytest.approx(4 / 12)
    assert (back.wins, back.origins, back.cells) == (1, 1, 7)


def test_one_past_day_is_not_called_a_victory(tmp_path: Path):
    """Four weeks leave few days to look back from, ten weeks enough."""
    said = {}
    for weeks in (5, 12):
        came = drawn(weeks, 0.2, 0.1, 2)
        (tmp_path / "hours.csv").write_text(
            exports.daily(7 * weeks, lambda day, hour, came=came: came[day, hour - 8])
        )
        said[weeks] = " ".join(told_ahead(forecast(tmp_path / "hours.csv")).words)

    assert "It beats that naive forecast: nearer" not in said[5]
    assert "nearer 1 of 1 time" in said[5]
    assert "It beats that naive forecast: nearer" in said[12]


def test_bands_hold_what_they_say_of_histories_that_were_drawn():
    """Nine intervals in ten, where one of chance alone holds far fewer."""
    held = [backtest(series(drawn(12, 0.15, 0.1, seed)), 14, Settings()) for seed in range(6)]
    bands = np.array([each.scores["mean"].band for each in held if each], dtype=np.float64)
    chance = np.array([each.scores["mean"].poisson for each in held if each], dtype=np.float64)

    assert 0.87 < bands.mean() < 0.93
    assert chance.mean() < 0.75


def test_a_band_counts_that_a_mean_of_few_weeks_is_itself_off():
    """Variance (m + α m²) (1 + 1/k): with α = 0 and one week twice that of chance, with many weeks chance's own."""
    flat = np.full((70, 1), 100.0)
    nothing = Spread(0.0)
    by_chance = Dispersion(60, 50, 1.0, 0.5, nothing, nothing, None, 0.0)
    of_one, of_four = (forecast_of(series(flat), 1, Settings(weeks=k), by_chance) for k in (1, 4))
    for made, k in ((of_one, 1), (of_four, 4)):
        assert made.spread[0, 0] * 100**2 + 100 == pytest.approx(100 * (1 + 1 / k))
        assert made.day_band[1][0] > made.mean[0, 0]
    assert of_one.band[1][0, 0] > of_four.band[1][0, 0]


def test_a_forecast_becomes_the_arrivals_of_a_scenario(tmp_path: Path):
    (tmp_path / "hours.csv").write_text(exports.daily(35, lambda day, hour: 10 + hour + day % 7))
    made = told_ahead(forecast(tmp_path / "hours.csv", ahead=7))
    (tmp_path / "forecast.csv").write_text(forecast_csv(made))
    scenario = parse(
        'name = "x"\nstart = 2026-04-06\ndays = 7\ninterval_min = 60\n[[queues]]\nname = "chats"\n'
        '[queues.arrivals]\nfile = "forecast.csv"\n[queues.service]\nwork_s = { law = "fixed", mean_s = 60.0 }\n'
        '[[groups]]\nname = "a"\nqueues = ["chats"]\nagents = 1\nconcurrency = 1\n',
        folder=tmp_path,
    )

    per_interval = scenario.queues[0].arrivals.per_interval
    assert per_interval is not None
    assert per_interval[8] == 18
    assert sum(per_interval) == sum(10 + hour + day for day in range(7) for hour in range(8, 20))


def test_results_hold(tmp_path: Path):
    """All that holds of every result, of two queues with gaps and handling times."""
    rng = np.random.default_rng(1)
    rows = [
        (MONDAY + dt.timedelta(days=day), f"{hour:02d}:00", queue, rng.poisson(30), 300 + hour)
        for day in range(42) for hour in range(8, 12) for queue in ("orders", "billing")
        if day not in {9, 10} and day % 7 != 6
    ]  # fmt: skip
    (tmp_path / "hours.csv").write_text(exports.csv_of(rows, "date,time,queue,offered,aht"))

    answer = told(volumes(tmp_path / "hours.csv", country="DE"))
    assert list(holds(answer, tmp_path).pictures()) == ["week", "days"]
    assert answer.table("queues").rows[0]["missing_days"] == 2, "Sundays are closed, not missing"
    ahead = told_ahead(forecast(tmp_path / "hours.csv"))
    assert list(holds(ahead, tmp_path).pictures()) == ["intervals", "days", "backtest"]
    assert "mean handling time" in str(answer)
    assert "days differ" in str(answer) or "chance alone" in str(answer)


# Commands


def test_commands_answer_and_write(tmp_path: Path):
    (tmp_path / "hours.csv").write_text(exports.daily(28, lambda day, hour: 10 + (day * 7 + hour) % 13))
    looked = sim("volumes", tmp_path / "hours.csv", "--json")
    ahead = sim("forecast", tmp_path / "hours.csv", "-o", tmp_path / "forecast.csv", "--ahead", "7")

    assert looked.returncode == 0, looked.stderr
    assert json.loads(looked.stdout)["queues"][0]["chats"] > 0
    assert ahead.returncode == 0, ahead.stderr
    assert "beats the naive" in " ".join(ahead.stdout.split())
    assert (
        (tmp_path / "forecast.csv")
        .read_text()
        .startswith("queue,start,chats,low,high\nchats,2026-03-30 08:00,")
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--zone", "Europe/Berln"], "there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?"),
        (["--zone", "berlin"], "did you mean 'Europe/Berlin'?"),
        (["--missing", "0"], 'missing: must be "unknown" or "zero"'),
        (["--dates", "year"], 'dates: must be "day first" or "month first"'),
        (["--without", "monday"], "--without: needs a date such as 2026-03-02"),
        (["--region", "BY"], "region: needs a country"),
        (["--country", "XX"], "no country that is known has this code"),
        (["--mapping", "none.toml"], "none.toml: can't be read"),
        (["--queue", "orders"], "Chats"),
    ],
)
def test_a_slip_is_told_in_a_sentence(tmp_path: Path, words: list[str], said: str):
    (tmp_path / "hours.csv").write_text(exports.daily(14, lambda day, hour: 10))
    done = sim("volumes", tmp_path / "hours.csv", *words)

    assert said in (done.stdout if done.returncode == 0 else done.stderr)
    assert "Traceback" not in done.stderr


def test_contacts_that_are_neither_handled_nor_abandoned_are_told(tmp_path: Path):
    """Of 100 offered 90 and 5 are accounted for; with one more interval that says nothing of them it is so, too."""
    file = tmp_path / "history.csv"
    rows = ["start,offered,handled,abandoned", "2026-03-02 08:00,60,55,2", "2026-03-02 09:00,40,35,3"]
    file.write_text("\n".join([*rows, "2026-03-02 10:00,70,,"]) + "\n")
    said = read_history([file]).account.remarks
    file.write_text("\n".join([rows[0], "2026-03-02 08:00,60,55,5", "2026-03-02 09:00,40,37,2"]) + "\n")

    assert (
        "90 handled and 5 abandoned are 95 of 100 offered: are those who left soon, or were passed on, "
        in " ".join(said)
    )
    assert not any("abandoned are" in words for words in read_history([file]).account.remarks)


def test_too_short_a_history_is_told(tmp_path: Path):
    (tmp_path / "hours.csv").write_text(exports.daily(3, lambda day, hour: 10))
    done = sim("forecast", tmp_path / "hours.csv")

    assert done.returncode == 2
    assert "a forecast needs a week of history at least, and chats has 3 days" in done.stderr


@pytest.mark.parametrize("name", ["GENESYS", "NICE", "VERINT", "CALABRIO", "TELEOPTI", "AMAZON", "GENERIC"])
def test_whatever_becomes_of_a_file_it_is_read_or_told(tmp_path: Path, name: str):
    """Letters lost, doubled, swapped and strange ones put in: a result or a SimError."""
    rng = np.random.default_rng(7)
    data = getattr(exports, name).encode()
    read = 0
    for _ in range(25):
        made = bytearray(data)
        for _ in range(rng.integers(1, 6)):
            at = int(rng.integers(len(made)))
            match rng.integers(5):
                case 0:
                    del made[at : at + int(rng.integers(1, 30))]
                case 1:
                    made[at:at] = made[at : at + int(rng.integers(1, 60))]
                case 2:
                    made[at] = int(rng.integers(256))
                case 3:
                    made[at:at] = bytes(rng.choice(list(b';,|"\n\t0-:.+ZT'), 3).tolist())
                case _:
                    made[at : at + 4] = b"9999"
            if not made:
                made = bytearray(b"x")
        (tmp_path / "history.csv").write_bytes(bytes(made))
        try:
            str(told(volumes(tmp_path / "history.csv")))
            read += 1
        except SimError:
            pass
    assert read < 25


# A bank's calls


@cache
def bank() -> Series:
    """Calls of the bank by hour, those that were no phantoms, by the time of their entry."""
    seen: Counter[tuple[dt.date, int]] = Counter()
    for month in ("january", "february"):
        with gzip.open(BANK / f"{month}.txt.gz", "rt", encoding="latin-1") as file:
            rows = csv.reader(file, delimiter="\t")
            next(rows)
            for row in rows:
                cells = [cell.strip() for cell in row]
                if cells[5].startswith("99") and cells[12] != "PHANTOM":
                    day = dt.date(1900 + int(cells[5][:2]), int(cells[5][2:4]), int(cells[5][4:6]))
                    seen[day, int(cells[6].split(":")[0])] += 1
    days = {day for day, _ in seen}
    first = min(days)
    offered = np.full(((max(days) - first).days + 1, 24), np.nan)
    for day in days:
        offered[(day - first).days] = [seen[day, hour] for hour in range(24)]
    return series(offered, first)


needs_bank = pytest.mark.skipif(
    not (BANK / "january.txt.gz").exists(),
    reason="the bank's calls are no part of this project: SIM_BANK_LOGS names their folder",
)


@needs_bank
def test_the_bank_s_days_vary_as_was_measured_elsewhere():
    """χ²/df 4.95 on 595 working hours; 10.3 if two missing days are read as zeros; NB2 α 0.041 by likelihood.

    By moments, with k / (k − 1) for the means that were estimated, α is 0.046.
    """
    found, weekdays = counts(bank()), np.asarray(bank().weekdays)
    spikes = {dt.date(1999, 1, 3), dt.date(1999, 1, 10), dt.date(1999, 2, 3), dt.date(1999, 2, 14)}
    rows = np.isin(weekdays, [6, 0, 1, 2, 3]) & np.array(
        [bank().date(day) not in spikes for day in range(bank().days)]
    )
    hours = found[rows][:, 7:]
    measured = dispersion(hours, weekdays[rows])
    ruined = dispersion(np.nan_to_num(hours), weekdays[rows], sure=False)

    assert [str(day) for day in bank().missing_days] == ["1999-01-11", "1999-01-12"]
    assert measured is not None
    assert ruined is not None
    assert measured.cells == 595
    assert measured.index == pytest.approx(4.95, abs=0.005)
    assert measured.p < 1e-6
    assert ruined.index == pytest.approx(10.3, abs=0.05)
    assert measured.alpha.value == pytest.approx(0.0456, abs=5e-4)


@needs_bank
def test_the_bank_s_forecast_is_as_far_off_as_was_measured_elsewhere():
    """Two weeks from 15 February: 18.6 % an hour, a week ago 33.6 %; Poisson's band 77 %, NB2's 92 % of hours."""
    origin = (dt.date(1999, 2, 15) - bank().first).days
    back = backtest(bank(), 14, Settings(), [origin])
    made, came = forecast_of(bank().tail(origin), 14, Settings()), counts(bank())[origin : origin + 14]

    def holds_of(alpha: float) -> float:
        low, high = quantile(made.mean, alpha, 0.05), quantile(made.mean, alpha, 0.95)
        return float(((came >= low) & (came <= high)).mean())

    assert back is not None
    assert back.scores["mean"].wmape == pytest.approx(0.186, abs=5e-4)
    assert back.scores["mean"].wmape_day == pytest.approx(0.089, abs=5e-4)
    assert back.scores["naive"].wmape == pytest.approx(0.336, abs=5e-4)
    assert holds_of(0.0) == pytest.approx(0.774, abs=5e-4)
    assert holds_of(0.041) == pytest.approx(0.92, abs=5e-4)
    assert back.scores["mean"].band == pytest.approx(0.958, abs=0.005), (
        "with all that was known then, spikes too"
    )


@pytest.mark.parametrize("gaps", [[], [(3, None)], [(3, None), (10, 2), (17, 0)]])
def test_covariances_are_those_of_all_pairs_of_intervals(gaps: list[tuple[int, int | None]]):
    """Against the definition, pair by pair, with days and single intervals that nobody knows."""
    found = drawn(4, 0.2, 0.1, 9)[:, :4].astype(np.float64)
    for day, slot in gaps:
        found[day, slice(None) if slot is None else slot] = np.nan
    weekdays, top, bottom = np.arange(28) % 7, 0.0, 0.0
    for weekday in range(7):
        rows = found[weekdays == weekday]
        mean = np.nanmean(rows, axis=0)
        for s in range(4):
            for t in range(4):
                both = ~np.isnan(rows[:, s]) & ~np.isnan(rows[:, t])
                n = both.sum()
                if s != t and n > 1:
                    top += ((rows[both, s] - mean[s]) * (rows[both, t] - mean[t])).sum() * n / (n - 1)
                    bottom += n * mean[s] * mean[t]
    measured = dispersion(found, weekdays, sure=False)

    assert measured is not None
    assert measured.day.value == pytest.approx(max(top / bottom, 0.0) ** 0.5)
