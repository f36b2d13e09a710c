"""How many replications there are if nobody says, and what so few of them can't tell is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.cli.commands import app
from sim.engines import Engine
from sim.kpis.definitions import BY_NAME
from sim.report.numbers import caveats, interval
from sim.runs.replicate import longer_side, replicate, usual_replications
from sim.scenario.scenario import Scenario
from tests.worlds import by_work, fixed, queue, world

QUIET = """
[[queues]]
name = "q"
arrivals = { per_hour = 2 }
service = { work_s = { law = "fixed", mean_s = 60 } }
patience = { law = "fixed", mean_s = 600 }

[[groups]]
name = "g"
queues = ["q"]
agents = 2

[targets]
max_missed = 0.05
"""


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A centre in which nobody is missed."""
    path = tmp_path / "quiet.toml"
    path.write_text(QUIET)
    return path


def sim(*words: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


def of_days(days: int) -> Scenario:
    """A scenario of so many days."""
    return world([queue([0], by_work(60))], days=days)


def test_two_hundred_days_unless_told_otherwise():
    """Fewer of longer scenarios, but twenty; and twenty by the reference engine."""
    for days, n in ((1, 200), (7, 29), (10, 20), (28, 20)):
        assert usual_replications([of_days(days)]) == n
    assert usual_replications([of_days(7), of_days(1)]) == 200
    assert usual_replications([of_days(1)], Engine.REFERENCE) == 20
    assert replicate(of_days(1)).estimates.n == 200


def test_the_reference_engine_says_that_it_takes_twenty(quiet: Path):
    """A remark on stderr; with -n nobody has to be told."""
    told = sim("run", quiet, "--engine", "reference")
    assert "1 day, 20 replications" in told.stdout
    assert "20 replications, for the reference engine is slow" in told.stderr
    assert "slow" not in sim("run", quiet, "--engine", "reference", "-n", "3").stderr


def test_what_is_the_same_on_all_days_is_said_to_be(quiet: Path):
    """Nobody missed: no interval, and how many days may be otherwise; few days are not sure, many are."""
    few, many = sim("run", quiet, "-n", "20", "--wide").stdout, sim("run", quiet, "--wide").stdout

    for text, share in ((few, "14 %"), (many, "1.5 %")):
        line = next(line for line in text.splitlines() if "Missed share" in line)
        assert "0.0 %" in line
        assert "all alike" in line
        assert f"fewer than {share} of all differ" in " ".join(text.split())
    assert "met in all replications, but they are few" in few
    assert "but they are few" not in many
    assert '"few_days": true' in sim("run", quiet, "-n", "20", "--json").stdout


def test_marks_are_explained_where_they_stand():
    """Fewer than five days carry it: a star; and so few days that percentiles have no upper end."""
    scenario = world([queue(3, by_work(400), patience=fixed(200))])
    for n, few, told in (
        (2, False, "Two replications give no interval"),
        (4, True, "4 replications are few: intervals hold less often"),
        (4, True, "*: 4 replications are fewer than 5."),
        (20, False, "From 20 replications, intervals of percentiles hold about 90 times in 100"),
        (100, False, ""),
    ):
        estimates = replicate(scenario, replications=n).estimates
        some = [(BY_NAME[name], estimates.figure(name)) for name in ("missed_rate", "wait_p90_s")]
        said = " ".join(caveats(n, some))

        assert told in said
        assert ("*:" in said) is few
        assert (" *" in interval(some[0][1], "share")) is few
        assert (said == "") is (n == 100)


def test_a_precision_is_not_reached_by_days_that_are_all_alike(quiet: Path):
    """None missed in twenty: the share is within 14 points of 0, not within none."""
    estimates = replicate(of_days(1), replications=20).estimates
    assert longer_side("missed_rate", estimates.figure("missed_rate"), 20) == pytest.approx(0.139, abs=1e-3)
    assert '"replications": 20,' not in sim("run", quiet, "-n", "20", "--precision", "0.05", "--json").stdout
