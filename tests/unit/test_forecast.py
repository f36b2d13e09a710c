"""Forecasts as spreadsheets export them: read as they are meant, or asked about, or refused with the reason."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.apostrophe import quoted, unquoted
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.forecast import Forecast, Grid, read_forecast
from sim.scenario.hours import Calendar, OpeningHours
from sim.scenario.volumes import Wanted
from tests.worlds import SCALE

START = dt.date(2026, 3, 2)
MORNING = OpeningHours(open="08:00", close="12:00")


def grid(start: dt.date = START, days: int = 1, hours: OpeningHours | None = None) -> Grid:
    """Hours of some days, round the clock unless told otherwise."""
    return Grid(Calendar(start, days, hours, None), 60)


DAY = grid(hours=MORNING)
FORMATS = {
    "%Y-%m-%d %H:%M": None, "%Y-%m-%dT%H:%M:%S": None, "%Y/%m/%d %H:%M": None,
    "%d.%m.%Y %H:%M": None, "%d-%b-%y %H:%M": None,
    "%d/%m/%Y %H:%M": DateOrder.DAY_FIRST, "%d-%m-%y %H:%M:%S": DateOrder.DAY_FIRST,
    "%m/%d/%Y %I:%M %p": DateOrder.MONTH_FIRST, "%m/%d/%y %H:%M": DateOrder.MONTH_FIRST,
}  # fmt: skip


def read(path: Path, data: str | bytes, calendar: Grid = DAY, queue: str = "orders", **more: Any) -> Forecast:
    """What is understood of a file that is called ``v.csv``."""
    file = path / "v.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_forecast(file, "v.csv", Wanted(queue, **more), calendar)


def morning(start: str, mark: str = ",", volumes: str = "9 10 11 12", date: str = "2026-03-02") -> str:
    """A file of four hours, with a header and a mark between cells."""
    rows = [f"{date} {8 + k:02d}:00{mark}{volume}" for k, volume in enumerate(volumes.split(" "))]
    return "\n".join([start, *rows])


@st.composite
def exports(draw: st.DrawFn) -> dict[str, Any]:
    """Volumes of some days, and a way in which a spreadsheet may write them."""
    days = draw(st.integers(1, 3))
    start = draw(st.sampled_from([START, dt.date(2026, 3, 30), dt.date(2026, 12, 12)]))
    places = draw(st.integers(0, 3))
    decimal = st.integers(0, 99_999).map(lambda value: value / 10**places)
    volumes = (draw(st.lists(decimal, min_size=1, max_size=5)) * 24 * days)[: 24 * days]
    return {
        "days": days, "start": start, "volumes": volumes, "places": places,
        "format": draw(st.sampled_from(list(FORMATS))),
        "mark": draw(st.sampled_from(";\t|,")),
        "comma": draw(st.booleans()),
        "group": draw(st.booleans()),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        "name": draw(st.sampled_from(["chats", "Offered", "CALLS", "Chat_Volume", "Übergaben", "orders"])),
        "apart": draw(st.booleans()), "queue": draw(st.booleans()), "total": draw(st.booleans()),
        "handling": draw(st.booleans()), "title": draw(st.booleans()), "sep": draw(st.booleans()),
        "newline": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    }  # fmt: skip


def table(way: dict[str, Any]) -> list[list[str]]:
    """Rows of cells of an export."""
    handling = ["AHT (s)"] if way["handling"] else []
    starts = ["Date", "Time"] if way["apart"] else ["Start"]
    queue = ["Queue"] if way["queue"] else []
    rows = [[*queue, *starts, way["name"], *handling]]
    moments = [
        dt.datetime.combine(way["start"], dt.time()) + dt.timedelta(hours=k) for k in range(24 * way["days"])
    ]
    for moment, volume in zip(moments, way["volumes"], strict=True):
        text = f"{volume:{',' if way['group'] else ''}.{way['places']}f}"
        if way["comma"]:
            text = text.translate(str.maketrans(",.", ".,"))
        start = moment.strftime(way["format"])
        cells = start.replace("T", " ").split(" ", 1) if way["apart"] else [start]
        rows.append([*(["Orders"] if queue else []), *cells, text, *(["320"] if handling else [])])
        if queue:
            rows.append(["Returns", *cells, "7777", *(["320"] if handling else [])])
    if way["total"]:
        rows.append(["Grand Total", *[""] * (len(queue) + len(starts) - 1), "424242"])
    return rows


@settings(max_examples=40 * SCALE)
@given(way=exports())
def test_whatever_a_spreadsheet_exports_is_read_as_it_is_meant_or_asked_about(
    tmp_path_factory: pytest.TempPathFactory, way: dict[str, Any]
):
    """Whatever stands between cells, however dates and decimals are written: never another volume in silence."""
    text = io.StringIO()
    if way["title"]:
        text.write(f"Exported by a spreadsheet{way['newline']}")
    elif way["sep"]:
        text.write(f"sep={way['mark']}{way['newline']}")
    csv.writer(text, delimiter=way["mark"], quoting=way["quoting"], lineterminator=way["newline"]).writerows(
        table(way)
    )
    data = text.getvalue().encode(way["encoding"])
    calendar = grid(way["start"], way["days"])
    folder = tmp_path_factory.getbasetemp()
    column = {"column": "übergaben"} if way["name"] == "Übergaben" else {}

    alone = read(folder, data, calendar, **column)
    told = read(
        folder, data, calendar, dates=FORMATS[way["format"]],
        decimals=Decimals.COMMA if way["comma"] else Decimals.POINT, **column,
    )  # fmt: skip

    assert not told.problems, told.problems
    assert told.volumes == way["volumes"]
    if alone.problems:
        assert all("may be read in two ways" in problem.law for problem in alone.problems), alone.problems
    else:
        assert alone.volumes == way["volumes"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (morning("Start;Offered;AHT", ";", "9,0;1 9,5;2 9;3 10,25;4", "02.03.2026"), ["4 rows, semicolons, decimal commas, dates day first, column 'Offered'", "column 'AHT' is not used: handling times stand in [queues.service]"]),
        (morning("start,chats"), ["4 rows, commas, column 'chats'"]),
        (morning("start\tvolume\tpassed on", "\t", "9\t1 10\t1 11\t1 12\t1") + "\nTotal\t42\t4", ["4 rows, tabs, column 'volume'", "left out as a total: line 6, 'Total' 42"]),
        (morning("start\tvolume", "\t") + "\nSumme\t52", ["4 rows, tabs, column 'volume'", "left out as a total: line 6, 'Summe' 52", "the rows add up to 42, not to the total of 52"]),
        ("Volumes of March\n" + morning("start,chats"), ["4 rows, commas, column 'chats'", "left out as a title: line 1, 'Volumes of March'"]),
        (morning("start,chats") + "\n2026-03-09 08:00,7", ["5 rows, 4 of them in the scenario's days, commas, column 'chats'"]),
        (morning("start,chats,Queue", ",", "9,ORDERS 10,orders 11,orders 12,orders") + "\n2026-03-02 08:00,7,returns\n,49,Total", ["4 rows, those of queue 'orders', commas, column 'chats'", "left out as a total: line 7, 'Total' 49"]),
        (morning("start;chats", ";", "9,0; 9,5; 9; 10,25;"), ["4 rows, semicolons, decimal commas, column 'chats'"]),
        (morning("interval;chats", ";").replace(" 08:00", " 08:00-09:00"), ["4 rows, semicolons, column 'chats'"]),
        (morning("Début;Offered", ";").encode("cp1252"), ["4 rows, semicolons, cp1252, column 'Offered'"]),
        (morning("start,chats,queue,orders", ",", "1,x,9 2,x,10 3,x,11 4,x,12"), ["4 rows, commas, column 'orders'"]),
    ],
)  # fmt: skip
def test_what_was_understood_is_said_once(tmp_path: Path, data: str | bytes, said: list[str]):
    """One sentence of how it was read, and one for each thing that was left out."""
    found = read(tmp_path, data)

    assert not found.problems
    assert found.remarks == [f"v.csv: {sentence}" for sentence in said]
    assert found.volumes[8:12] in ([9, 10, 11, 12], [9, 9.5, 9, 10.25])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (morning("start,chats", ",", "9,0 10 11 12"), "v.csv:2: a row must not have more cells than the header, which has 2, got '2026-03-02 08:00,9,0'; looks like a decimal comma: quote it, or use semicolons"),
        (morning("start,chats", ",", "9 1,012.6 11 12"), "v.csv:3: a row must not have more cells than the header, which has 2, got '2026-03-02 09:00,1,012.6'; looks like a decimal comma: quote it, or use semicolons"),
        (morning("start;chats", ";", "9;x 10 11 12"), "v.csv:2: a row must not have more cells than the header, which has 2, got '2026-03-02 08:00;9;x'; quote cells with semicolons in them"),
        (morning("start,chats,Chats", ",", "9,8 10,8 11,8 12,8"), "v.csv:1: the header must not name 'chats' twice, got 'start,chats,Chats'"),
        (morning("start;chats", ";", date="02/03/2026"), 'v.csv: dates may be read in two ways: write dates = "day first" or "month first" in the arrivals, got \'02/03/2026 08:00\'; which is 2 March or 3 February'),
        (morning("start;chats", ";", "1.012 2 3 4"), 'v.csv: volumes may be read in two ways: write decimals = "comma" or "point" in the arrivals, got \'1.012\'; which is 1.012 or 1,012'),
        (morning("start,chats", ",", '"1,012" 2 3 4'), "volumes may be read in two ways"),
        (morning("start,chats", ",", "1.012 2 3 4"), "volumes may be read in two ways"),
        (morning("start;chats", ";", "9.5 9,5 10,5 11,5"), "v.csv:2:18: chats: a volume must be a number, 0 or more and at most 10,000,000, got '9.5'"),
        (morning("start;chats", ";", date="13/03/2026") + "\n03/14/2026 08:00;9", "dates must all have the day first, or all the month"),
        (morning("start,chats", date="2027-03-02") + "\n2027-03-05 08:00,7", "v.csv: no row lies within the scenario's days, 2026-03-02, got rows of 2027-03-02 to 2027-03-05; begin the scenario with start = 2027-03-02"),
        (morning("start,chats,queue", ",", "9,a 10,a 11,b 12,order"), "v.csv: no row is of the queue 'orders', got 'a', 'b', 'order'; did you mean 'order'?"),
        (morning("start,chats").replace(":00,", ":00-05:00,"), "start: must be local time, without a time zone, got '2026-03-02 08:00-05:00'"),
        (morning("start,chats", ",", '9 10 11 "12'), "v.csv:5: a quote is never closed"),
        ("date,08:00,09:00,10:00\n2026-03-02,9,10,11", "v.csv:1: the table must have a row for each interval, not a column, got 'date,08:00,09:00,10:00'"),
        ("date,time,Bestand\n2026-02-30,08:00,3\n2026-02-30,09:00,4", "v.csv:2:1: start: must be a date and time such as 2026-03-02 08:00, or a clock time such as 08:00, got '2026-02-30 08:00'; there is no such day or time"),
        ("id,when,chats\n1,31/02/2026 08:00,3", "v.csv:2:3: start: must be a date and time such as 2026-03-02 08:00, or a clock time such as 08:00, got '31/02/2026 08:00'; there is no such day or time"),
        ("id,when,chats\n1,1 Mai 2026 08:00,3", "start: must be a date and time such as 2026-03-02 08:00, or a clock time such as 08:00, got '1 Mai 2026 08:00'; there is no such day or time"),
        ("2026-02-30 08:00,3\n2026-03-01 08:00,3", "v.csv:1: the first line must be a header such as start,chats, got '2026-02-30 08:00,3'"),
        ("date,time,chats\n46083,08:00,3\n46083,09:00,4", "got '46083 08:00'; this is a spreadsheet's serial number: format the column as date and time"),
        (b"start,chats\n\x81\x00", "v.csv: is not text that can be read: neither UTF-8 nor UTF-16 nor cp1252"),
        (b"\xd0\xcf\x11\xe0", "v.csv: is an old Excel workbook, or one with a password: save it as .xlsx or CSV"),
        (b"PK\x03\x04", "v.csv: is a damaged workbook or archive"),
    ],
)  # fmt: skip
def test_what_can_not_be_meant_is_refused_with_the_reason(tmp_path: Path, data: str | bytes, told: str):
    """Cells that are cut in two, columns named twice, what may be read in two ways, days of another year."""
    problems = read(tmp_path, data).problems

    assert len({problem.law for problem in problems}) == 1, problems
    assert told in str(problems[0])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("start,chats\n2026-03-02 08:00,3\nxx,4\nTotal,9", ["2 rows, commas, column 'chats'", "left out as a total: line 4, 'Total' 9"]),
        ("start,chats\nTotal,9", ["left out as a total: line 2, 'Total' 9"]),
        (morning("start,chats,queue", ",", "9,a 10,a 11,b 12,b"), []),
    ],
)  # fmt: skip
def test_a_problem_is_not_hidden_behind_what_follows_from_it(tmp_path: Path, data: str, said: list[str]):
    """Rows that could not be read do not add up to their total, and of no rows nothing is to be said."""
    found = read(tmp_path, data)

    assert len(found.problems) == 1
    assert found.remarks == [f"v.csv: {sentence}" for sentence in said]


def test_what_may_be_read_in_two_ways_is_read_as_the_scenario_says(tmp_path: Path):
    """Each of the two ways; and a way that can't be is told."""
    both = morning("start;chats", ";", "1.012 2 3 4", "02/03/2026")
    first = {"dates": DateOrder.DAY_FIRST, "decimals": Decimals.COMMA}
    assert read(tmp_path, both, **first).volumes[8] == 1012
    february = grid(dt.date(2026, 2, 3))
    other = {"dates": DateOrder.MONTH_FIRST, "decimals": Decimals.POINT}
    assert read(tmp_path, both, february, **other).volumes[8] == 1.012
    late = morning("start;chats", ";", date="13/03/2026")
    assert "start: is no date, read month first, got '13/03/2026 08:00'" in str(
        read(tmp_path, late, dates=DateOrder.MONTH_FIRST).problems[0]
    )


def test_a_column_is_the_one_that_the_scenario_names(tmp_path: Path):
    """Whatever it is called; and one that there is not is told."""
    data = morning("start,chats,Angebotene Anrufe", ",", "1,9 1,10 1,11 1,12")
    assert read(tmp_path, data, column="angebotene anrufe").volumes[8:12] == [9, 10, 11, 12]
    (problem,) = read(tmp_path, data, column="Angebotne Anrufe").problems
    assert str(problem).endswith("did you mean 'Angebotene Anrufe'?")


def workbook(path: Path, *, apart: bool = False) -> bytes:
    """A workbook as another program writes it: dates are dates, and the table does not begin at its corner."""
    file = path / "book.xlsx"
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Notes").hide()
        sheet = book.add_worksheet("Plan")
        sheet.activate()
        formats = [
            book.add_format({"num_format": text}) for text in ("dd/mm/yyyy hh:mm", "d.m.yy", "h:mm AM/PM")
        ]
        sheet.write_row(2, 1, [*(["Date", "Time"] if apart else ["Start"]), "Offered", "AHT"])
        for k in range(4):
            moment = dt.datetime.combine(START, dt.time(8 + k))
            if apart:
                sheet.write_datetime(3 + k, 1, moment.replace(hour=0), formats[1])
                sheet.write_datetime(3 + k, 2, moment.time(), formats[2])
            else:
                sheet.write_datetime(3 + k, 1, moment, formats[0])
            sheet.write_formula(3 + k, 2 + apart, f"={9 + k}+0.5", None, 9.5 + k)
        sheet.write_row(7, 1, ["Total", *([""] * apart), 44])
    return file.read_bytes()


@pytest.mark.parametrize("apart", [False, True])
def test_a_workbook_is_read_as_it_is(tmp_path: Path, *, apart: bool):
    """Its dates and numbers are such, whatever they look like; its first sheet that is shown counts."""
    found = read(tmp_path, workbook(tmp_path, apart=apart))

    assert not found.problems
    assert found.volumes[8:12] == [9.5, 10.5, 11.5, 12.5]
    assert found.remarks == [
        "v.csv: 4 rows, sheet 'Plan', column 'Offered'",
        "v.csv: left out as a total: line 8, 'Total' 44",
        "v.csv: column 'AHT' is not used: handling times stand in [queues.service]",
    ]


def test_what_a_workbook_hides_is_told(tmp_path: Path):
    """Hidden rows and merged cells are said; a formula that nobody computed is a problem with its cell."""
    book = openpyxl.load_workbook(BytesIO(workbook(tmp_path)), data_only=True)
    sheet = book["Plan"]
    sheet["E2"].value = "for the board"
    sheet.merge_cells("E2:F2")
    sheet.row_dimensions[5].hidden = True
    book.save(tmp_path / "told.xlsx")
    found = read(tmp_path, (tmp_path / "told.xlsx").read_bytes())
    assert not found.problems
    assert found.volumes[8:12] == [9.5, 10.5, 11.5, 12.5]
    assert found.remarks[1:4] == [
        "v.csv: left out as a title: line 2, 'for the board'",
        "v.csv: hidden rows of the sheet 'Plan' are read like others: 5",
        "v.csv: of merged cells of the sheet 'Plan' the first alone has a value: E2:F2",
    ]

    sheet["C6"].value = "=20+1"
    book.save(tmp_path / "told.xlsx")
    problems = read(tmp_path, (tmp_path / "told.xlsx").read_bytes()).problems
    law = "the formula has no value: open the workbook in a spreadsheet program and save it"
    assert f"v.csv: Plan!C6: {law}" in map(str, problems)


def test_a_workbook_without_its_reader_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What to install, or what to do instead."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    (problem,) = read(tmp_path, workbook(tmp_path)).problems

    assert str(problem) == (
        "v.csv: is an Excel workbook: pip install 'livechat-sim[excel]' reads it, or save it as CSV"
    )


def test_a_stray_cell_at_the_end_of_a_sheet_costs_no_memory(tmp_path: Path):
    """Other readers lay out three thousand million cells for it."""
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["start", "chats"])
        sheet.write_row(1, 0, ["2026-03-02 08:00", 9])
        sheet.write(199_999, 16_383, "here")

    found = read(tmp_path, (tmp_path / "b.xlsx").read_bytes(), grid())
    assert found.volumes[8] == 9


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path):
    """A few hundred kB that become 129 MiB; the size stands in the archive's list."""
    file = tmp_path / "b.zip"
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts,
        parts.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(129):
            part.write(bytes(2**20))
    (problem,) = read(tmp_path, file.read_bytes()).problems

    assert str(problem) == (
        "v.csv: is a workbook that unpacks to 129 MiB, and at most 128 are read: save the sheet as CSV"
    )


def test_serial_numbers_and_missing_days_are_told_as_such(tmp_path: Path):
    """What a spreadsheet holds where a date is not formatted; and which day has no row."""
    serial = read(tmp_path, b"start,chats\n46083.333333,9\n46083.375,9\n").problems
    two_days = grid(days=2)
    (missing,) = read(tmp_path, b"start,chats\n2026-03-02 08:00,9\n2026-03-02 09:00,9\n", two_days).problems

    assert str(serial[0]).endswith(
        "got '46083.333333'; this is a spreadsheet's serial number: format the column as date and time"
    )
    assert missing.got == "no row for 2026-03-03"


@given(text=st.text(alphabet="'=+-@\t\rab1.", max_size=6))
def test_an_apostrophe_is_put_on_and_taken_off_again(text: str):
    """Whatever the text; and what it makes is no formula."""
    harmless = quoted(text)

    assert unquoted(harmless) == text
    assert harmless[:1] not in {"=", "+", "-", "@", "\t", "\r"} or float(text) is not None


def test_check_says_what_it_understood_and_python_may_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """On stderr, once, though two queues name the file; a dash of dates is settled in the scenario."""
    from typer.testing import CliRunner

    from sim.cli.commands import app
    from sim.scenario.files import load
    from tests.unit.test_files import GOOD

    (tmp_path / "v.csv").write_text(morning("start;chats", ";", date="02/03/2026"))
    named = GOOD.replace("per_hour = 60", 'file = "v.csv"').replace(
        "\n[[queues]]", "interval_min = 60\n[[queues]]"
    )
    queue = named[named.index("[[queues]]") : named.index("[[groups]]")]
    text = named.replace("[[groups]]", queue.replace("orders", "returns") + "[[groups]]")
    text = text.replace('["orders"]', '["orders", "returns"]')
    file = tmp_path / "s.toml"
    file.write_text(text)
    asked = CliRunner().invoke(app, ["check", str(file)])
    assert asked.exit_code == 2
    assert asked.stderr.count("dates may be read in two ways") == 1

    file.write_text(text.replace('file = "v.csv"', 'file = "v.csv", dates = "day first"'))
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 0, result.output
    assert result.stderr == f"{tmp_path / 'v.csv'}: 4 rows, semicolons, dates day first, column 'chats'\n"
    assert "84.0 chats expected" in result.stdout
    load(file)
    assert capsys.readouterr() == ("", "")


def test_a_changed_scenario_needs_no_words_for_a_file_that_it_does_not_read(tmp_path: Path):
    """Setting a rate takes the file away, and what says how it is read; without a file that is a mistake."""
    from sim.scenario.files import load
    from sim.scenario.vary import Change, varied
    from tests.unit.test_files import GOOD, one

    (tmp_path / "v.csv").write_text(morning("start;chats", ";", date="02/03/2026"))
    file = tmp_path / "s.toml"
    named = GOOD.replace("per_hour = 60", 'file = "v.csv", dates = "day first", column = "chats"')
    file.write_text(named.replace("\n[[queues]]", "interval_min = 60\n[[queues]]"))
    arrivals = varied(load(file), [Change("queues.0.arrivals.per_hour", "=", 7)]).queues[0].arrivals

    assert (arrivals.per_hour, arrivals.file, arrivals.dates, arrivals.column) == (7, None, None, None)
    told = one("per_hour = 60", 'per_hour = 60, dates = "day first"')
    assert "dates: says how to read a forecast file, and there is none, got 'day first'" in told
