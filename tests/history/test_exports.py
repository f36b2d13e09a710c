"""Is the export of each tool read as it is meant, with the traps that it has?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from sim.errors import ScenarioError
from sim.history.account import How
from sim.history.history import History, read_history
from sim.history.mapping import load_mapping
from sim.scenario.cells import DateOrder
from sim.studies.volumes.study import a_day, volumes
from tests.history import exports


def read(
    folder: Path, text: str | bytes, mapping: str | None = None, name: str = "history.csv", **how: object
) -> History:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    known = None
    if mapping is not None:
        (folder / "mapping.toml").write_text(mapping)
        known = load_mapping(folder / "mapping.toml")
    return read_history([file], How(**how), known)  # type: ignore[arg-type]


def refused(folder: Path, text: str | bytes, mapping: str | None = None, **how: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(folder, text, mapping, **how)
    return str(caught.value)


def known(history: History, k: int = 0, what: str = "offered") -> dict[str, float]:
    """Numbers of a queue by day and clock time, where there are any."""
    series = history.series[k]
    figures = getattr(series, what)
    found = {}
    for day, slot in np.argwhere(~np.isnan(figures)):
        minutes = int(slot) * series.interval_min
        found[f"{series.date(int(day))} {minutes // 60:02d}:{minutes % 60:02d}"] = float(figures[day, slot])
    return found


def test_genesys_adds_up_skills_and_languages_of_one_medium(tmp_path: Path):
    history = read(tmp_path, exports.GENESYS, media=("chat",), zone="Europe/Berlin")
    (series,) = history.series

    assert series.queue == "orders"
    assert history.interval_min == 15
    assert known(history) == {"2026-03-02 09:00": 8, "2026-03-02 09:15": 0, "2026-03-02 09:30": 7}
    assert series.aht_s == pytest.approx(5500 / 15)
    account = history.account
    assert account.rows == 6 == account.kept + sum(left.n for left in account.left_out.values())
    assert account.left_out["of other media"].contacts == 11
    assert account.left_out["that stood there already"].places == [f"{tmp_path / 'history.csv'}:7"]


def test_mixed_media_are_refused_with_their_numbers_and_the_way_out(tmp_path: Path):
    told = refused(tmp_path, exports.GENESYS)

    assert "kinds of contact must not be mixed" in told
    assert "chat (5 rows), voice (1 rows)" in told
    assert "--media chat" in told


def test_times_of_utc_are_said_where_no_zone_is(tmp_path: Path):
    history = read(tmp_path, exports.GENESYS, media=("chat",))

    assert next(iter(known(history))) == "2026-03-02 08:00"
    assert any("times are UTC" in said and "--zone" in said for said in history.account.remarks)


def test_nice_has_the_hour_twice_that_came_twice(tmp_path: Path):
    history = read(tmp_path, exports.NICE)
    (series,) = history.series

    assert history.zone == "Europe/Berlin"
    assert known(history)["2026-10-25 02:00"] == 10
    assert known(history)["2026-10-25 02:30"] == 8
    assert series.passes[-1].sum() == 50
    assert not series.unsure.any()
    assert series.total == 8 + 6 + 5 + 4 + 3 + 7 + 12
    assert known(history, what="handle_s")["2026-10-25 02:30"] == 5 * 320 + 2 * 290


def test_verint_has_months(tmp_path: Path):
    history = read(tmp_path, exports.VERINT)
    orders, billing = history.series

    assert (orders.kind, billing.kind) == ("months", "months")
    assert known(history) == {"2026-01-01 00:00": 30000, "2026-02-01 00:00": 28000, "2026-03-01 00:00": 31000}
    assert orders.aht_s == pytest.approx((30000 * 180 + 28000 * 190 + 31000 * 185) / 89000)
    assert not history.account.remarks, "months have no missing days"


def test_verint_may_have_days(tmp_path: Path):
    history = read(tmp_path, "".join(f"orders,01-{day:02d}-2026,{500 + day},242\n" for day in range(1, 12)))

    assert history.series[0].kind == "days"
    assert history.series[0].first == dt.date(2026, 1, 1)
    assert history.series[0].days == 11


def test_calabrio_adds_up_what_stands_in_two_columns(tmp_path: Path):
    history = read(tmp_path, exports.CALABRIO)

    assert [series.queue for series in history.series] == ["orders", "billing"]
    assert known(history) == {"2026-03-02 08:00": 10, "2026-03-02 08:15": 12}
    assert known(history, 1) == {"2026-03-02 08:00": 3, "2026-03-02 08:15": 0}
    assert history.series[0].aht_s == pytest.approx((2880 + 3200) / 19)
    assert known(history, what="abandoned") == {"2026-03-02 08:00": 1, "2026-03-02 08:15": 2}


@pytest.mark.parametrize(
    "header", ["", "skillname,startdatetime,enddatetime,tasks,tasktime,aftertasktime,agents\n"]
)
def test_teleopti_has_a_header_or_none(tmp_path: Path, header: str):
    history = read(tmp_path, header + exports.TELEOPTI)

    assert history.interval_min == 30
    assert known(history) == {"2026-03-02 08:00": 17, "2026-03-02 08:30": 18.5, "2026-03-02 23:30": 2}
    assert not history.series[0].is_counts
    assert history.series[0].aht_s == pytest.approx(200)


def test_eleveo_is_read_by_a_mapping(tmp_path: Path):
    history = read(tmp_path, exports.ELEVEO, exports.ELEVEO_MAPPING, zone="Europe/Prague")

    assert known(history) == {"2026-03-02 08:00": 4, "2026-03-02 08:15": 0, "2026-03-02 08:30": 6}
    assert history.series[0].aht_s == pytest.approx((4 * 310 + 6 * 295.5) / 10)


def test_without_a_mapping_it_is_said_what_is_needed(tmp_path: Path):
    told = refused(tmp_path, exports.ELEVEO)

    assert "history.csv:1: the first line must name the columns" in told
    assert "needs a mapping with header = false" in told


def test_amazon_says_its_lengths(tmp_path: Path):
    history = read(tmp_path, exports.AMAZON, media=("CHAT",), zone="America/New_York")

    assert history.interval_min == 30
    assert known(history) == {"2026-03-02 03:00": 10, "2026-03-02 03:30": 12}
    assert history.series[0].aht_s == pytest.approx((300.5 * 9 + 290 * 12) / 21)
    daily = exports.AMAZON.replace("30mins", "daily").replace("T08:30", "T08:00").replace("02T08", "02T00")
    days = read(
        tmp_path,
        daily.replace("2026-03-02T00:00:00Z,daily,12", "2026-03-03T00:00:00Z,daily,12"),
        media=("chat",),
    )
    assert days.series[0].kind == "days"


def test_a_spreadsheet_is_read_by_its_words(tmp_path: Path):
    history = read(tmp_path, exports.GENERIC.encode("cp1252"))
    (series,) = history.series

    assert series.queue == "Bestellung"
    assert history.interval_min == 30
    assert known(history) == {"2026-03-13 08:00": 1012.5, "2026-03-13 08:30": 7}
    assert series.aht_s == pytest.approx((900 * 310 + 7 * 290) / 907)
    assert history.account.left_out["without a volume, which is not 0"].n == 1
    assert history.account.left_out["of totals"].contacts == pytest.approx(1019.5)
    assert any("semicolons, cp1252, decimal commas" in said for said in history.account.understood)


def test_a_workbook_is_read_like_a_file(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Interval Start", "Queue", "Offered", "Handle Time"])
    for k in range(4):
        sheet.append(
            [
                dt.datetime(2026, 3, 2, 8, 30 * (k % 2)) + dt.timedelta(hours=k // 2),
                "orders",
                10 + k,
                300 * (10 + k),
            ]
        )
    book.save(tmp_path / "history.xlsx")
    history = read_history([tmp_path / "history.xlsx"])

    assert known(history) == {
        f"2026-03-02 {hour:02d}:{half}0": 10 + 2 * (hour - 8) + (half == 3)
        for hour in (8, 9)
        for half in (0, 3)
    }
    assert history.series[0].aht_s == pytest.approx(300), "they vary with the contacts, so they are sums"


def test_handling_times_that_do_not_vary_with_contacts_are_means(tmp_path: Path):
    text = exports.csv_of(
        ((f"2026-03-02 {hour:02d}:00", hour * hour, 300 + hour) for hour in range(8, 16)),
        "start,chats,handle time",
    )

    assert read(tmp_path, text).series[0].aht_s == pytest.approx(
        sum(h * h * (300 + h) for h in range(8, 16)) / sum(h * h for h in range(8, 16))
    )


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", dt.date(2026, 3, 29), 23),
        ("Europe/Berlin", dt.date(2026, 10, 25), 25),
        ("America/New_York", dt.date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), 24.5),
        ("Asia/Kathmandu", dt.date(2026, 4, 5), 24),
    ],
)
def test_volumes_are_conserved_over_clock_changes(tmp_path: Path, zone: str, day: dt.date, hours: float):
    """Every contact is on the day and in the interval of the clock, whose passes are as many as hours came."""
    rows = list(exports.utc_rows(zone, day - dt.timedelta(days=1), 3, 15))
    history = read(tmp_path, exports.csv_of(rows), zone=zone)
    (series,) = history.series

    assert series.total == sum(chats for _, chats in rows)
    assert series.days == 3
    assert series.passes[1].sum() == 4 * hours
    assert np.isnan(series.offered[1]).sum() == (series.passes[1] == 0).sum()
    assert series.passes[0].sum() == series.passes[2].sum() == 96


def test_an_hour_that_came_twice_has_half_of_its_contacts_on_a_usual_day(tmp_path: Path):
    """Also where no other day of its weekday is there; the hour that did not come in spring is not known."""
    for day, hours in ((dt.date(2026, 10, 25), 24), (dt.date(2026, 3, 29), 23)):
        rows = [(when, 10) for when, _ in exports.utc_rows("Europe/Berlin", day, 1, 60)]
        (tmp_path / "day.csv").write_text(exports.csv_of(rows))
        (queue,) = volumes(tmp_path / "day.csv", zone="Europe/Berlin").queues

        assert a_day(queue.pattern)[6] == 10 * hours
        assert np.isnan(queue.pattern.mean[6]).sum() == 24 - hours


def test_a_local_file_with_one_row_for_the_hour_that_came_twice_is_not_trusted_in_rates(tmp_path: Path):
    rows = [(f"2026-10-{day} {hour:02d}:00", 10) for day in (24, 25, 26) for hour in range(24)]
    history = read(tmp_path, exports.csv_of(rows), zone="Europe/Berlin")
    (series,) = history.series

    assert series.total == 720
    assert np.argwhere(series.unsure).tolist() == [[1, 2]]
    assert any("2026-10-25 02:00 came twice and has one row" in said for said in history.account.remarks)


def test_contacts_in_an_hour_that_did_not_come_are_refused_and_zeros_are_counted(tmp_path: Path):
    rows = [(f"2026-03-29 {hour:02d}:00", 0 if hour == 2 else 10) for hour in range(24)]
    history = read(tmp_path, exports.csv_of(rows), zone="Europe/Berlin")

    assert history.account.left_out["of an hour that clocks were put forward over"].n == 1
    assert history.series[0].passes.sum() == 23
    told = refused(
        tmp_path, exports.csv_of([("2026-03-29 02:00", 10), ("2026-03-29 03:00", 10)]), zone="Europe/Berlin"
    )
    assert "history.csv:2: 2026-03-29 02:00 did not come in Europe/Berlin" in told
    assert "another zone, or UTC?" in told


def test_rows_for_one_interval_that_differ_are_refused(tmp_path: Path):
    told = refused(
        tmp_path,
        exports.csv_of([("2026-03-02 08:00", 10), ("2026-03-02 08:30", 1), ("2026-03-02 08:00", 12)]),
    )

    assert "history.csv:4: an interval must have one row, got 2026-03-02 08:00: 10 contacts at" in told
    assert "10 contacts at" in told
    assert "history.csv:2, and 12 here" in told
    night = refused(
        tmp_path,
        exports.csv_of([("2026-10-25 02:00", 10), ("2026-10-25 02:30", 1), ("2026-10-25 02:00", 12)]),
    )
    assert "--zone Europe/Berlin" in night


def test_dates_that_follow_each_other_in_one_order_show_it(tmp_path: Path):
    rows = [(f"{day:02d}/02/2026 {hour:02d}:00", 5) for day in range(1, 9) for hour in (8, 9)]
    history = read(tmp_path, exports.csv_of(rows))

    assert history.series[0].first == dt.date(2026, 2, 1)
    assert history.series[0].days == 8
    assert any("the days follow each other" in said for said in history.account.understood)


def test_dates_that_may_be_read_in_two_ways_are_refused_with_both(tmp_path: Path):
    text = exports.csv_of([("02/03/2026 08:00", 5), ("02/03/2026 09:00", 5)])
    told = refused(tmp_path, text)

    assert "which is 2 March 2026 or 3 February 2026" in told
    assert read(tmp_path, text, dates=DateOrder.MONTH_FIRST).series[0].first == dt.date(2026, 2, 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("start,chats\n2026-03-02 08:00,-3\n", "history.csv:2: chats: a volume must be a number, 0 or more"),
        ("start,chats\n2026-03-02 08:00,many\n", "got 'many'"),
        ("start,chats\n2026-02-30 08:00,3\n2026-03-02 08:00,3\n", "history.csv:2: start: must be a date and time"),
        ("start,chats\n2026-03-02 08:00,1.012\n2026-03-02 09:00,2.500\n", "which is 1.012 or 1,012"),
        ("start,chats\n13/02/2026,3\n02/13/2026,3\n", "dates must all have the day first, or all the month"),
        ("when,what\nnow,3\nthen,4\n", "no column holds dates and times"),
        ("start,chats\n2026-03-02 08:07,3\n2026-03-02 08:22,3\n", "rows must begin on quarters, halves or whole hours"),
        ("time,chats\n08:00,3\n09:00,3\n", "history needs dates"),
        ("start,a,b\n2026-03-02 08:00,3,4\n", "no column has a name such as offered, chats offered"),
        ("start,chats\n1026-03-02 08:00,3\n2026-03-02 08:00,3\n", "rows must lie within 10 years"),
        ("month,chats\nJanuary,900\nFebruary,800\n", "months need their year: January 2026"),
        ("time,Mon,Tue,Wed\n08:00,1,2,3\n", "and are named after weekdays"),
        ("start,chats\n45000.5,3\n45001.5,3\n", "a spreadsheet's serial numbers must be formatted as dates"),
        ("start,chats\n", "holds no row below its header"),
        ("", "holds no table"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, text: str, told: str):
    assert told in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("[columns]\nstart = 1\nofered = 2\n", "mapping.toml:3:1: columns.ofered: unknown key; did you mean 'offered'?"),
        ("[columns]\noffered = 2\n", "name the column start, or date"),
        ("[columns]\nstart = 1\noffered = \"Chats\"\n", "did you mean 'chats'?"),
        ("[columns]\nstart = 1\noffered = 9\n", "a row has 2 columns, got offered = 9"),
        ("header = false\n[columns]\nstart = 1\noffered = \"chats\"\n", "told by their numbers"),
        ("[columns]\nstart = 1\noffered = 2\nhandle_s = 2\naht_s = 2\n", "is said already by handle_s"),
        ("dates = \"day\"\n[columns]\nstart = 1\noffered = 2\n", "mapping.toml:1:9: dates: must be one of"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_none_is_told_with_its_place(tmp_path: Path, mapping: str, told: str):
    text = exports.csv_of([("2026-03-02 08:00", 10)], "when,Chats_x" if "Chats" in mapping else "when,chats")
    found = refused(tmp_path, text, mapping)

    assert told.replace("'chats'", "'Chats_x'") in found if "Chats" in mapping else told in found


def test_a_mapping_keeps_rows_and_adds_up_what_it_names(tmp_path: Path):
    text = "when|kind|lang|n|mins\n" + "".join(
        f"2026-03-02 {hour:02d}:00|{kind}|{lang}|{n}|5.5\n"
        for hour in (8, 9)
        for kind, lang, n in (("chat", "en", 3), ("chat", "de", 2), ("mail", "en", 50))
    )
    mapping = """\
delimiter = "|"
durations = "min"
add = ["lang"]
keep = { kind = "chat" }
[columns]
start = "when"
offered = "n"
aht_s = "mins"
"""
    history = read(tmp_path, text, mapping)

    assert known(history) == {"2026-03-02 08:00": 5, "2026-03-02 09:00": 5}
    assert history.series[0].aht_s == pytest.approx(330)
    assert history.account.left_out["that the mapping does not keep"].contacts == 100


def test_files_of_different_lengths_are_laid_on_the_longest(tmp_path: Path):
    (tmp_path / "quarters.csv").write_text(
        exports.csv_of(
            [(f"2026-03-02 08:{minute:02d}", 5) for minute in (0, 15, 30, 45)] + [("2026-03-02 09:00", 7)]
        )
    )
    (tmp_path / "hours.csv").write_text(exports.csv_of([("2026-03-03 08:00", 21), ("2026-03-03 09:00", 22)]))
    history = read_history([tmp_path / "quarters.csv", tmp_path / "hours.csv"])

    assert history.interval_min == 60
    assert known(history) == {"2026-03-02 08:00": 20, "2026-03-03 08:00": 21, "2026-03-03 09:00": 22}
    left = history.account.left_out["of intervals of 60 minutes that lack a part"]
    assert (left.n, history.account.kept, history.account.rows) == (1, 6, 7)


def test_missing_is_not_zero_unless_it_is_said(tmp_path: Path):
    text = exports.daily(14, lambda day, hour: 9).replace("2026-03-10 12:00,9\n", "")
    text = "".join(line for line in text.splitlines(keepends=True) if "2026-03-04" not in line)
    history = read(tmp_path, text)
    (series,) = history.series

    assert series.missing_days == [dt.date(2026, 3, 4)]
    assert any("1 day of 14 without any row (Wed 2026-03-04)" in said for said in history.account.remarks)
    assert any(
        "1 interval without a row" in said and "2026-03-10 12:00" in said for said in history.account.remarks
    )
    assert any("--missing zero" in said for said in history.account.remarks)
    filled = read(tmp_path, text, fills=True).series[0]
    assert filled.offered[8, 12] == 0
    assert np.isnan(filled.offered[2]).all(), "a day without any row stays unknown"


@pytest.mark.parametrize(
    "text",
    [
        "Date,Queue,08:00,08:30,Total\n2026-03-02,orders,1,2,3\n2026-03-13,orders,4,,4\nTotal,,5,2,7\n",
        "Queue;Time;02.03.2026;13.03.2026;Sum\norders;08:00-08:30;1;4;5\norders;08:30-09:00;2;;2\nTotal;;3;4;7\n",
    ],
    ids=["a column for each interval", "a column for each day"],
)
def test_columns_for_intervals_and_for_days_are_turned(tmp_path: Path, text: str):
    """Totals are left out, and a cell with nothing in it is not known."""
    history = read(tmp_path, text)

    assert known(history) == {"2026-03-02 08:00": 1, "2026-03-02 08:30": 2, "2026-03-13 08:00": 4}
    assert history.series[0].queue == "orders"
    assert "a column for each" in history.account.understood[0]
    assert history.account.rows == 4 == history.account.kept + 1


def test_hours_may_be_columns_with_mere_numbers(tmp_path: Path):
    hours = ",".join(map(str, range(24)))
    history = read(tmp_path, f"Day,{hours}\n2026-03-02,{hours}\n")

    assert known(history) == {f"2026-03-02 {hour:02d}:00": hour for hour in range(24)}


@pytest.mark.parametrize(
    "months", [("Januar 2026", "März 2026"), ("Jan-26", "Mar-26"), ("2026-01", "2026-03")]
)
def test_months_may_be_words(tmp_path: Path, months: tuple[str, str]):
    history = read(tmp_path, f"Monat;Chats\n{months[0]};900\n{months[1]};800\n")

    assert known(history) == {"2026-01-01 00:00": 900, "2026-03-01 00:00": 800}
    assert history.series[0].kind == "months"


def test_two_years_in_one_history_are_told(tmp_path: Path):
    text = (
        exports.daily(7, lambda day, hour: 9)
        + exports.daily(7, lambda day, hour: 9, dt.date(2025, 3, 3)).partition("\n")[2]
    )

    told = " ".join(read(tmp_path, text).account.remarks)
    assert "nothing is known between 2025-03-09 and 2026-03-02" in told
    assert "of the year that is meant?" in told


def test_a_handling_time_in_minutes_is_doubted(tmp_path: Path):
    text = exports.csv_of([("2026-03-02 08:00", 10, 5.2), ("2026-03-02 09:00", 10, 5.1)], "start,chats,aht")

    assert any("are these minutes?" in said for said in read(tmp_path, text).account.remarks)


@pytest.mark.parametrize(("total", "is_told"), [(30, False), (31, True)])
def test_rows_that_do_not_add_up_to_their_total_are_told(tmp_path: Path, total: int, is_told: bool):
    text = exports.csv_of([("2026-03-02 08:00", 10), ("2026-03-02 09:00", 20), ("Total", total)])
    history = read(tmp_path, text)

    assert history.series[0].total == 30
    assert any("add up to 30, not to the total of 31" in said for said in history.account.remarks) == is_told


@pytest.mark.parametrize(("total", "told"), [(10, ""), (11, "add up to 10, not to the total of 11")])
@pytest.mark.parametrize("header", ["date,time,chats", "date,time,queue,chats"])
def test_a_day_s_total_is_no_interval_and_is_compared_with_its_day(
    tmp_path: Path, header: str, total: int, told: str
):
    queue = ("a",) if "queue" in header else ()
    rows = [
        row
        for day, sum_of_day in ((2, 10), (3, total))
        for row in (
            (f"2026-03-0{day}", "08:00", *queue, 4),
            (f"2026-03-0{day}", "08:30", *queue, 6),
            (f"2026-03-0{day}", "Total", *("" for _ in queue), sum_of_day),
        )
    ]
    history = read(tmp_path, exports.csv_of(rows, header))

    assert history.series[0].total == 20
    assert history.account.left_out["of totals"].n == 2
    assert [told in said for said in history.account.remarks] == ([True] if told else [])


def test_totals_of_queues_together_are_compared_with_their_interval(tmp_path: Path):
    rows = [
        (f"2026-03-02 {hour:02d}:00", queue, n)
        for hour in (8, 9)
        for queue, n in (("a", 4), ("b", 6), ("Total", 10))
    ]

    assert read(tmp_path, exports.csv_of(rows, "start,queue,chats")).account.remarks == []


@pytest.mark.parametrize(
    ("columns", "came", "told"),
    [
        ("handled,aht", [9, 8], "'handled': who left before an answer is not among them"),
        ("handled,aht,abandoned", [10, 10], "came are 'handled' and 'abandoned' together"),
        ("offered,aht,handled", [9, 8], ""),
    ],
)
def test_contacts_handled_are_not_silently_those_who_came(
    tmp_path: Path, columns: str, came: list[int], told: str
):
    rows = [("2026-03-02 08:00", 9, 300, 1), ("2026-03-02 09:00", 8, 320, 2)]
    width = 2 + columns.count(",")
    history = read(tmp_path, exports.csv_of([row[:width] for row in rows], f"start,{columns}"))

    assert list(known(history).values()) == came
    assert history.series[0].aht_s == pytest.approx((9 * 300 + 8 * 320) / 17) or "offered" in columns
    assert [told in said for said in history.account.remarks] == ([True] if told else [])


def test_names_that_are_run_together_are_read(tmp_path: Path):
    rows = [("03/02/2026", "08:00", queue, n) for queue, n in (("sales", 5), ("care", 7))]
    history = read(
        tmp_path, exports.csv_of(rows, "DATE,PERIOD,CTNAME,CONTACTSRECEIVED"), dates=DateOrder.MONTH_FIRST
    )

    assert [(each.queue, each.total) for each in history.series] == [("sales", 5), ("care", 7)]


def test_a_mapping_may_leave_the_columns_to_the_header(tmp_path: Path):
    text = exports.csv_of([("2026-03-02 08:00", 10, 5.0), ("2026-03-02 09:00", 10, 6.0)], "start,chats,aht")

    assert read(tmp_path, text, 'durations = "min"').series[0].aht_s == pytest.approx(330)


def test_a_mapping_may_leave_the_columns_to_a_known_layout(tmp_path: Path):
    text = exports.csv_of([("sales", "3-2-2026", 10, 5.0), ("sales", "3-3-2026", 10, 6.0)], "")

    assert read(tmp_path, text.lstrip(), 'durations = "min"').series[0].aht_s == pytest.approx(330)


def test_columns_without_a_header_need_their_numbers(tmp_path: Path):
    assert "must have [columns]" in refused(
        tmp_path, "2026-03-02 08:00,10\n2026-03-02 09:00,9\n", "header = false"
    )


def test_the_same_conflict_many_times_is_told_once(tmp_path: Path):
    rows = [(f"2026-03-02 {hour:02d}:00", n) for hour in range(8, 18) for n in (4, 5)]
    told = refused(tmp_path, exports.csv_of(rows))

    assert len(told.splitlines()) == 1
    assert "10 times" in told


def test_weekdays_without_any_row_are_told(tmp_path: Path):
    rows = [(f"2026-03-{day:02d} 08:00", 5) for day in (2, 3, 4, 5, 6, 9, 10, 12, 13)]

    assert any(
        "no row on Saturdays, Sundays: taken as closed" in said
        for said in read(tmp_path, exports.csv_of(rows)).account.remarks
    )
