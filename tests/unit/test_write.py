"""A scenario's file with other staffing: what it says, and what stays as it was."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from sim.errors import OutputError, ScenarioError
from sim.scenario.files import load, parse
from sim.scenario.scenario import Scenario
from sim.scenario.shifts import Break, Shift
from sim.scenario.team import Group
from sim.scenario.write import write, written

CENTRE = """# My centre  # really
days = 1                         # one

[[queues]]
name = "orders"
arrivals = { per_hour = 60 }
service = { work_s = { law = "fixed", mean_s = 60 } }

[[groups]]
name = "Tier 1"                  # they come first
queues = ["orders"]
STAFF
concurrency = 1   # one at a time

# shrinkage = { holidays = 0.1 }

[[groups]]
name = "Tier 2"
queues = ["orders"]
agents = 3                       # three of them

[routing]
policy = "random"
"""
WAYS = {
    "constant": "agents = 8  # on duty",
    "by the hour": "staffing = [\n  0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, # morning\n"
    "  4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0 ]",
    "shifts": "shifts = [{ agents = 6, start = 08:00:00, end = 16:00:00 }]",
    "tables of shifts": '[[groups.shifts]]\nagents = 6\nstart = "08:00"\nend = "16:00"\n',
}
SHIFTS = (
    Shift(agents=4, start=8 * 3600.0, end=16 * 3600.0, breaks=(Break(start=12.25 * 3600.0, minutes=30.0),)),
    Shift(agents=1, start=18.0 * 3600, end=24.0 * 3600),
)


def centre(way: str) -> str:
    text = CENTRE.replace("STAFF", WAYS[way])
    if way == "tables of shifts":  # after the group's own keys
        text = text.replace("concurrency = 1   # one at a time\n", "")
    return text


def staffed(scenario: Scenario, **staff: object) -> list[Group]:
    """The groups, the first of which has another staffing."""
    nothing = {"agents": None, "staffing": None, "shifts": None}
    return [scenario.groups[0].model_copy(update=nothing | staff), *scenario.groups[1:]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "staff", [{"shifts": SHIFTS}, {"staffing": (0,) * 16 + tuple(range(32))}, {"agents": 5}]
)
def test_it_is_read_as_it_was_meant(way: str, staff: dict[str, object]):
    """From each way of staffing to each; and everything else is what it was."""
    scenario = parse(centre(way))
    groups = staffed(scenario, **staff)

    assert parse(written(centre(way), groups)) == scenario.model_copy(update={"groups": tuple(groups)})


def test_all_other_lines_stay():
    """Comments, order and blank lines too."""
    text = centre("shifts")
    new = written(text, staffed(parse(text), shifts=SHIFTS), comment="by a test")
    lines = [line for line in difflib.ndiff(text.splitlines(), new.splitlines()) if line[0] in "+-"]

    assert lines == [
        "- shifts = [{ agents = 6, start = 08:00:00, end = 16:00:00 }]",
        "+ shifts = [",
        "+     { agents = 4, start = 08:00:00, end = 16:00:00, "
        "breaks = [{ start = 12:15:00, minutes = 30 }] },",
        '+     { agents = 1, start = 18:00:00, end = "24:00" },',
        "+ ] # by a test",
    ]


def test_groups_in_one_line():
    """An inline table takes shifts as well."""
    text = 'groups = [{ name = "A", queues = ["q"], agents = 3 }]\n[[queues]]\nname = "q"\n' + (
        'arrivals = { per_hour = 60 }\nservice = { work_s = { law = "fixed", mean_s = 60 } }\n'
    )
    groups = staffed(parse(text), shifts=SHIFTS)

    assert parse(written(text, groups, comment="not here")).groups == tuple(groups)


def test_a_forecast_is_found_from_the_new_folder(tmp_path: Path):
    """Its path in a file is relative to it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    hours = "\n".join(f"{k // 2:02d}:{30 * (k % 2):02d},{k}" for k in range(48))
    (tmp_path / "volumes.csv").write_text(f"start,chats\n{hours}\n")
    source, target = tmp_path / "in" / "s.toml", tmp_path / "out" / "t.toml"
    source.write_bytes(
        b"\xef\xbb\xbf"
        + centre("constant")
        .replace("per_hour = 60", 'file = "../volumes.csv"')
        .replace("\n", "\r\n")
        .encode()
    )
    scenario = load(source)
    write(source, staffed(scenario, agents=2), target)
    write(source, staffed(scenario, agents=2), tmp_path / "t.toml")

    volumes = scenario.queues[0].arrivals.per_interval
    assert load(target).queues == scenario.queues
    assert load(tmp_path / "t.toml").queues[0].arrivals.per_interval == volumes
    assert load(target).groups[0].agents == 2
    assert 'file = "volumes.csv"' in (tmp_path / "t.toml").read_text()


def test_nothing_is_overwritten_unless_asked_for(tmp_path: Path):
    """Nor is a directory, nor a file in one that there isn't."""
    source, target = tmp_path / "s.toml", tmp_path / "t.toml"
    source.write_text(centre("constant"))
    target.write_text("mine")
    groups = load(source).groups

    with pytest.raises(OutputError, match="exists; add --force"):
        write(source, groups, target)
    assert target.read_text() == "mine"
    write(source, groups, target, force=True)
    assert load(target) == load(source)
    with pytest.raises(OutputError, match="is a directory"):
        write(source, groups, tmp_path, force=True)
    with pytest.raises(OutputError, match="there is no directory"):
        write(source, groups, tmp_path / "no" / "t.toml")


def test_groups_that_break_a_law_are_refused():
    """What can't be read is not written."""
    text = centre("constant").replace(
        "concurrency = 1", "concurrency = 1\nlate_s = { law = 'fixed', mean_s = 9 }"
    )
    text = text.replace(WAYS["constant"], WAYS["shifts"])

    with pytest.raises(ScenarioError, match="constant agents never log in"):
        written(text, staffed(parse(text), agents=2))
