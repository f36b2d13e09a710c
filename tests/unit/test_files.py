"""Scenario files: everything in the contract is read, and every problem is told at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.files import load, parse, schema
from sim.scenario.scenario import Scenario
from sim.scenario.toml_positions import places
from tests.conftest import ROOT

GOOD = """
[[queues]]
name = "orders"
arrivals = { per_hour = 60 }
service = { work_s = { law = "exponential", mean_s = 60 } }

[[groups]]
name = "team"
queues = ["orders"]
agents = 3
"""


def problems(text: str, **more: Path) -> list[str]:
    """Problems of a text, without the file's name."""
    with pytest.raises(ScenarioError) as caught:
        parse(text, "f", **more)
    return [str(problem).removeprefix("f:") for problem in caught.value.problems]


def one(old: str, new: str) -> str:
    """The only problem that a change of the good file makes."""
    assert old in GOOD
    found = problems(GOOD.replace(old, new))
    assert len(found) == 1, found
    return found[0]


def test_the_good_file_is_good():
    """Otherwise the tests below mean nothing."""
    assert parse(GOOD).groups[0].agents == 3


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("agents = 3", "agnets = 3\nagents = 3", "10:1: groups.0.agnets: unknown key; did you mean 'agents'?"),
        ("agents = 3", "agents = -3", "10:10: groups.0.agents: must be at least 0, got -3"),
        ("agents = 3", "agents = 3.5", "10:10: groups.0.agents: must be a whole number, got 3.5"),
        ("agents = 3", 'agents = "six"', "10:10: groups.0.agents: must be a whole number, got 'six'"),
        ("agents = 3", "", "7:1: groups.0: give exactly one of agents, staffing and shifts, got 0 of them"),
        (
            "agents = 3",
            "shifts = [{ agents = 6, start = 08:00:00, end = 08:00:00 }]",
            "10:49: groups.0.shifts.0.end: a shift must end after it starts, got 08:00:00",
        ),
        (
            "agents = 3",
            'shifts = [{ agents = 6, start = "08:00", end = "16:00", breaks = '
            '[{ start = "12:00", minutes = 60 }, { start = "12:30", minutes = 10 }] }]',
            "groups.0.shifts.0.breaks.1: breaks must not overlap",
        ),
        ("agents = 3", "staffing = [1, 2, 3]", "groups.0.staffing: staffing has one number for each of a day's 48"),
        (", mean_s = 60", "", "5:22: queues.0.service.work_s.mean_s: is missing"),
        ("mean_s = 60", "mean_min = 1, mean_s = 60", "unknown key; did you mean 'mean_s'?"),
        ("mean_s = 60", "mean_s = nan", "must be a finite number, got nan"),
        ("mean_s = 60", "mean_s = -1", "must be above 0, got -1"),
        ("mean_s = 60", "mean_s = 1e-320", "work_s.mean_s: must be at least 0.000001, got 1e-320"),
        ("\n[[queues]]", "warm_up_h = 1e-9\n[[queues]]", "warm_up_h: must be 0, or at least 0.000001, got 1e-09"),
        ('"exponential"', '"exponental"', "got 'exponental'; did you mean 'exponential'?"),
        ("per_hour = 60", f"per_hour = {[1] * 23}", "4:25: queues.0.arrivals.per_hour: a day's profile has 24, 48 or 96 rates (by hour, half-hour or quarter), a week's seven times as many, got 23 rates"),
        ("per_hour = 60", "per_hour = inf", "must be a finite number"),
        ("per_hour = 60", "per_hour = 60, times_s = [1]", "queues.0.arrivals: give exactly one of"),
        ("per_hour = 60", "times_s = [2, 1]", "arrival times must not fall"),
        ("per_hour = 60", "times_s = [90000]", "arrivals must lie before the horizon"),
        ("per_hour = 60", 'per_hour = 60, spikes = [{ start = 2020-01-01T00:00:00, minutes = 5, factor = 2 }]', "a spike must touch the scenario's days"),
        ("\n[[queues]]", 'interval_min = 7\n[[queues]]', "1:16: interval_min: the planning interval must divide the day, got 7"),
        ("\n[[queues]]", 'warm_up_h = 24\n[[queues]]', "warm_up_h: the warm-up must end before the last day does"),
        ("\n[[queues]]", '[hours]\nopen = "08:00"\nclose = "08:00"\n[[queues]]', "hours.close: the centre must close after it opens, got '08:00'"),
        ("\n[[queues]]", '[routing]\npolicy = "least_busy"\n[[queues]]', "routing.policy: must be one of 'least_loaded'"),
        ("\n[[queues]]", '[targets]\nservice_level = 80\n[[queues]]', "targets.service_level: must be at most 1, got 80"),
        ('name = "orders"', 'name = "orders"\nprefer = ["tem"]', "queues.0.prefer.0: no group has this name, got 'tem'; did you mean 'team'?"),
        ('["orders"]', '["orders", "orders"]', "9:21: groups.0.queues.1: names a queue twice, got 'orders'"),
        ('name = "orders"', 'name = "orders"\nprefer = ["team", "team"]', "4:19: queues.0.prefer.1: names a group twice, got 'team'"),
        ("\n[[queues]]", '[hours]\nopen = 8\nclose = 20:00:00\n[[queues]]', "2:8: hours.open: must be a clock time such as 08:30:00 or \"08:30\" (up to \"24:00\"), got 8"),
        ("\n[[queues]]", '[hours]\nopen = 8.0\nclose = 20:00:00\n[[queues]]', "2:8: hours.open: must be a clock time"),
        ("agents = 3", 'shifts = [{ agents = 6, start = 28800.0, end = "16:00" }]', "groups.0.shifts.0.start: must be a clock time"),
        ("\n[[queues]]", '[hours]\nopen = 00:00:00\nclose = 00:00:00\n[[queues]]', "hours.close: the centre must close after it opens, got 00:00:00; for all day write open = 00:00:00, close = \"24:00\""),
        ("agents = 3", "shifts = [{ agents = 6, start = 06:00:00, end = 06:00:00 }]", "got 06:00:00; one of 24 hours is written as two of a crew"),
        ("agents = 3", 'shifts = [{ agents = 6, start = "08:00", end = "12:30", breaks = [{ start = 12:15:00, minutes = 30 }] }]', "a break must lie within its shift, got 12:15"),
        ("per_hour = 60", "per_interval = [1, 2]", "4:29: queues.0.arrivals.per_interval: needs a number for each of the scenario's 48 planning intervals, got 2 numbers"),
        ("per_hour = 60", "per_hour = 1e300", "must be at most 10,000,000, got 1e+300"),
        ("per_hour = 60", "per_hour = 60, busyness_cv = 1e-170", "busyness_cv: must be 0, or at least 0.001, got 1e-170"),
        ("per_hour = 60", "per_hour = 60, weekday = [1, 1, 1, 1, 1, 1]", "weekday: needs 7 factors, Monday first, got [1, 1, 1, 1, 1, 1]"),
        ("per_hour = 60", "per_hour = 60, spikes = [{ start = 2026-03-02T13:00:00, minutes = 1e300, factor = 2 }]", "minutes: must be at most 5,270,400, got 1e+300"),
        ("per_hour = 60", "per_hour = 60, spikes = [{ start = 2026-03-02T13:00:00+09:00, minutes = 60, factor = 2 }]", "start: must be local time, without a time zone"),
        ("per_hour = 60", "per_hour = 60, spikes = [{ start = 1, minutes = 60, factor = 2 }]", "start: must be a date and time such as 2026-03-02T13:00:00, got 1"),
        ("\n[[queues]]", "days = 4000000\n[[queues]]", "1:8: days: must be at most 3,660, got 4000000"),
        ("\n[[queues]]", "start = 9999-12-31\ndays = 5\n[[queues]]", "1:9: start: must be a date from 1900 to 2199, got 9999-12-31"),
        ("\n[[queues]]", "start = 20260302\n[[queues]]", "start: must be a date such as 2026-03-02, got 20260302"),
        ("\n[[queues]]", "start = 2026-03-02T00:00:00\n[[queues]]", "start: must be a date such as 2026-03-02, got 2026-03-02"),
        ("\n[[queues]]", "start = 0\n[[queues]]", "start: must be a date such as 2026-03-02, got 0"),
        ("agents = 3", "agents = 1000000000", "must be at most 1,000,000, got 1000000000"),
        ("agents = 3", "agents = 3\nconcurrency = 100000000000000000000", "must be at most 1,000, got 1"),
        ('"exponential", mean_s = 60', '"lognormal", mean_s = 60, cv = 1e200', "cv: must be at most 100, got 1e+200"),
        ('"exponential", mean_s = 60', '"gamma", mean_s = 60, cv = 1e-200', "cv: must be at least 0.001, got 1e-200"),
        ('"exponential", mean_s = 60', '"weibull", mean_s = 60, shape = 0.001', "shape: must be at least 0.05, got 0.001"),
        ("mean_s = 60 }", 'mean_s = 60 }, turns = { law = "fixed", mean = 2 }', "queues.0.service: by turns (turns, agent_s, customer_s) or by work (work_s, aht_s), not both"),
        ("mean_s = 60 }", "mean_s = 60 }, aht_s = []", "queues.0.service.aht_s: needs at least 1"),
    ],
)  # fmt: skip
def test_each_broken_law_is_told_with_place_law_and_value(old: str, new: str, told: str):
    """One change of the good file, one problem."""
    assert told in one(old, new)


@pytest.mark.parametrize("name", ["queues", "groups"])
def test_a_single_table_in_place_of_a_list_is_one_problem(name: str):
    """It says what to write, and draws no conclusions from the missing names."""
    found = problems(GOOD.replace(f"[[{name}]]", f"[{name}]"))

    assert len(found) == 1
    assert found[0].startswith(("2:1: queues: must be a list", "7:1: groups: must be a list"))
    assert f"; write [[{name}]]" in found[0]


def test_a_key_of_another_law_is_not_what_was_meant():
    """The exponential law knows no cv, so it is not proposed; what it does know is."""
    assert one(", mean_s = 60", ", mean_s = 60, cv = 1.2") == "5:58: queues.0.service.work_s.cv: unknown key"
    assert one(", mean_s = 60", ", mean_s = 60, zeero = 0").endswith("did you mean 'zero'?")


def test_names_keep_their_capitals_and_problems_come_once():
    """The same law, found on two ways, is one problem."""
    text = GOOD.replace('"team"', '"Tier One"').replace("[[groups]]", "[[groups]]\nconcurrency = 3")
    found = problems(text.replace("mean_s = 60 }", "mean_s = 60 }, aht_s = [60, 80]"))

    assert [line.split(": ", 2)[2] for line in found] == [
        "needs a handling time for each of the 3 slots of 'Tier One', got 2 of them; write [60, 80, 80]"
        " if further chats slow nobody down"
    ]


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 50_000, "a = " + "[" * 400 + "]" * 400, "a = " + "1" * 5_000]
)
def test_absurd_toml_is_a_problem_and_no_fault(text: str):
    """Nested too deeply, or a number with too many digits."""
    assert len(problems(text)) >= 1


def test_a_scenario_can_be_made_from_its_own_dump():
    """Clock times are seconds there; whole numbers are refused, as they may well be hours."""
    scenario = parse('[hours]\nopen = 08:30:00\nclose = "24:00"\n' + GOOD)
    dump = scenario.model_dump()

    assert Scenario.model_validate(dump) == scenario
    with pytest.raises(ValueError, match="must be a clock time"):
        Scenario.model_validate({**dump, "hours": {"open": 8, "close": 20}})


def test_laws_between_records():
    """A queue nobody serves, two of a name, models mixed in a group, too short a list of handling times."""
    two = GOOD.replace(
        "[[groups]]", GOOD.split("[[groups]]", maxsplit=1)[0].replace("orders", "returns") + "[[groups]]"
    )

    assert problems(two) == ["9:8: queues.1.name: no group serves this queue, got 'returns'"]
    assert "names of queues must differ" in problems(two.replace("returns", "orders"))[0]
    one_s = '{ law = "fixed", mean_s = 1 }'
    turns = f'service = {{ turns = {{ law = "fixed", mean = 1 }}, agent_s = {one_s}, customer_s = {one_s} }}'
    assert problems(GOOD.replace('["orders"]', '["ordrs"]')) == [
        "3:8: queues.0.name: no group serves this queue, got 'orders'",
        "9:11: groups.0.queues.0: no queue has this name, got 'ordrs'; did you mean 'orders'?",
    ]
    mixed = two.replace('["orders"]', '["orders", "returns"]').replace(
        'service = { work_s = { law = "exponential", mean_s = 60 } }', turns, 1
    )
    assert "a group serves by turns or by work, not both" in problems(mixed)[0]
    short = GOOD.replace("mean_s = 60 }", "mean_s = 60 }, aht_s = [60, 80]").replace(
        "agents", "concurrency = 3\nagents"
    )
    assert "needs a handling time for each of the 3 slots of 'team', got 2 of them" in problems(short)[0]


def test_every_problem_is_told_at_once_in_the_order_of_the_file():
    """Five records with a problem each, of the file and between its parts."""
    text = GOOD.replace("mean_s = 60", "mean_s = 0").replace("agents = 3", "agents = -1")
    found = problems("days = 0\nextra = 1\n" + text.replace('["orders"]', '["nobody"]'))

    assert [line.split(": ")[1] for line in found] == [
        "days", "extra", "queues.0.name", "queues.0.service.work_s.mean_s", "groups.0.queues.0", "groups.0.agents",
    ]  # fmt: skip


def test_text_that_is_not_toml_is_told_with_line_and_column():
    """A value that is none, and an end in the middle."""
    assert problems("days = 1\nname = ?\n") == ["2:8: not TOML: Invalid value"]
    assert problems("days = [1\n")[0].startswith("2:1: not TOML: Unclosed array")


def test_a_file_that_is_not_there_or_not_text_is_a_problem_too(tmp_path: Path):
    """No traceback for either."""
    (tmp_path / "latin.toml").write_bytes('name = "Caf\xe9"'.encode("latin-1"))
    for name, law in (("none.toml", "can't be read: No such file"), ("latin.toml", "must be UTF-8")):
        with pytest.raises(ScenarioError, match=law):
            load(tmp_path / name)


def test_clock_times_may_be_toml_times_or_text():
    """08:30:00, "08:30" and "24:00" are seconds since midnight."""
    hours = parse('[hours]\nopen = 08:30:00\nclose = "24:00"\n' + GOOD).hours

    assert hours is not None
    assert (hours.open, hours.close) == (30_600, 86_400)


def test_places_of_keys_values_and_elements():
    """Dotted keys, quoted keys, arrays of tables, inline tables and strings with brackets in them."""
    text = (
        'a.b = 1\n"x y" = "]"\nc = [\n  { d = 2 }, # ]\n  { d = """\n"""}]\n[[t]]\n[[t]]\ne = 3\n[t.u]\nv = 4'
    )
    found = places(text)

    assert found.of(("a", "b")) == (1, 7)
    assert found.of(("x y",)) == (2, 9)
    assert found.of(("c", 1, "d"), key=True) == (5, 5)
    assert found.of(("t", 1, "e")) == (9, 5)
    assert found.of(("t", 1, "u", "v")) == (11, 5)
    assert found.of(("t", 1, "missing")) == (8, 1)


def test_the_schema_knows_every_key_and_its_meaning():
    """A JSON Schema with the words of the records."""
    document = schema()

    assert set(document["properties"]) >= {"queues", "groups", "hours", "targets", "routing"}
    assert "gamma factor" in document["$defs"]["Arrivals"]["properties"]["busyness_cv"]["description"]
    assert "exactly zero" in document["$defs"]["Gamma"]["properties"]["zero"]["description"], "of its base"


FORECAST = GOOD.replace("per_hour = 60", 'file = "volumes.csv"')
DAY = "\n".join(f"2026-03-02 {m // 60:02d}:{m % 60:02d},{m // 60}" for m in range(480, 1200, 30))


@pytest.mark.parametrize(
    ("csv", "told"),
    [
        ("start,chats\n" + DAY, None),
        ("time,orders,other\n" + DAY.replace("\n", ",9\n") + ",9", None),
        ("start;chats\n" + DAY, "volumes.csv:2: the first line must be a header such as start,chats, got '2026-03-02 08:00,8'; left out as a title: line 1, 'start;chats'"),
        ("start,chats\n" + DAY.replace("2026-03-02 10:00,10\n", ""), "start: no interval of a day may be missing, got no row for 2026-03-02 10:00"),
        ("start,chats\n" + DAY + "\n2026-03-02 10:00,3", "an interval must have one row, got a second one for 2026-03-02 10:00"),
        ("start,chats\n" + DAY.replace(":00,10", ":00,-10"), "volumes.csv:6:18: chats: a volume must be a number, 0 or more and at most 10,000,000, got '-10'"),
        ("start,chats\n" + DAY.replace(":00,10", ":00,ten"), "volumes.csv:6:18: chats: a volume must be a number"),
        ("start,chats\n" + "\n".join(DAY.split("\n")[::2]), "rows must be 30 minutes apart, the planning interval, got 60 minutes"),
        ("start,chats\n" + DAY.replace("10:00", "10:10"), "rows must start on the planning interval"),
        ("start,chats\n" + DAY.replace("2026", "2027"), "no row lies within the scenario's days"),
        ("start,chats\n" + DAY.replace("2026-03-02 10:00", "ten"), "volumes.csv:6:1: start: must be a date and time"),
        ("", "volumes.csv:1: holds no table: a row needs more than one cell, got an empty file"),
        ("start,first,second\n2026-03-02 08:00,1,2", "volumes.csv:1: the header must name the start of the interval and a column 'chats', got 'start,first,second'; or write column = \"first\" in the arrivals"),
        ("date,time,chats\n" + DAY.replace("2026-03-02 ", "2026-03-02,"), None),
        ("date,time,orders,other\n" + DAY.replace("2026-03-02 ", "2026-03-02,").replace("\n", ",9\n") + ",9", None),
        (DAY, "volumes.csv:1: the first line must be a header such as start,chats, got '2026-03-02 08:00,8'"),
        ("start,chats\n" + DAY.replace("10:00", "10:00Z"), "volumes.csv:6:1: start: must be local time, without a time zone, got '2026-03-02 10:00Z'"),
        ("start,chats\n" + DAY.replace("10:00", "10:00+09:00"), "must be local time, without a time zone"),
        ("start,chats\n2026-03-02,300", "rows must be 30 minutes apart, the planning interval, got one row a day"),
        ("start,chats\n2026-03-02 08:00,1e300", "2:18: chats: a volume must be a number, 0 or more and at most 10,000,000, got '1e300'"),
        ("start,chats\n2026-03-02 08:00," + "1" * 200_000, "not CSV: field larger than field limit"),
    ],
)  # fmt: skip
def test_a_forecast_file_is_read_relative_to_the_scenario_or_its_problems_told(
    tmp_path: Path, csv: str, told: str | None
):
    """Volumes by interval; gaps, doubles, negative and other numbers, other interval lengths."""
    (tmp_path / "volumes.csv").write_text(csv)
    (tmp_path / "s.toml").write_text(FORECAST)
    if told is None:
        volumes = load(tmp_path / "s.toml").queues[0].arrivals.per_interval
        assert volumes is not None
        assert volumes[15:18] == (0, 8, 8)
        assert len(volumes) == 48
    else:
        with pytest.raises(ScenarioError) as caught:
            load(tmp_path / "s.toml")
        assert told in str(caught.value)


def test_a_forecast_file_that_is_missing_is_told_where_it_is_named(tmp_path: Path):
    """With line and column of the scenario."""
    (tmp_path / "s.toml").write_text(FORECAST)
    with pytest.raises(
        ScenarioError, match=r"s.toml:4:21: queues.0.arrivals.file: the forecast file can't be read"
    ):
        load(tmp_path / "s.toml")


def test_a_forecast_of_clock_times_holds_for_every_day(tmp_path: Path):
    """Two days, the same volumes; and a gap within the opening hours is told."""
    rows = "\n".join(f"{h:02d}:00,{h}\n{h:02d}:30,{h}" for h in range(8, 20))
    (tmp_path / "volumes.csv").write_text("start,chats\n" + rows)
    (tmp_path / "s.toml").write_text("days = 2\n" + FORECAST)
    volumes = load(tmp_path / "s.toml").queues[0].arrivals.per_interval
    assert volumes is not None
    assert volumes[:48] == volumes[48:]

    (tmp_path / "s.toml").write_text('[hours]\nopen = "07:00"\nclose = "20:00"\n' + FORECAST)
    with pytest.raises(ScenarioError, match="every interval of the opening hours must have a row"):
        load(tmp_path / "s.toml")


def test_every_example_of_the_starter_can_be_switched_on():
    """Its commented keys are those of the schema, but for ways of which a scenario takes one."""
    text = (ROOT / "sim" / "scenario" / "starter.toml").read_text()
    text = re.sub(r"(?m)^# (\[{0,2}[a-z_.]+\]{0,2} *(?:=.*)?(?:#.*)?)$", r"\1", text)
    text = re.sub(r"(?m)^(file|column|dates|decimals|times_s|work_s|aht_s) =.*$", "", text)
    scenario = parse(text)

    assert scenario.queues[0].returns is not None
    assert scenario.queues[0].balking is not None
    assert scenario.groups[0].ramp is not None
    assert scenario.quality is not None
