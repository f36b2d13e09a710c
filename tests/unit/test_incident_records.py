"""Incidents in a scenario file: what is refused, what is told, and where they happen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.commands import app
from sim.draws.busyness import drawn_volumes, expected_volumes, interval_moments, volume_variances
from sim.draws.profile import expected_overall
from sim.errors import ScenarioError
from sim.scenario.files import parse
from sim.theory.applies import NoFormula, formula_for
from tests.worlds import by_work, group, incident, queue, world

CENTRE = """
name = "A small centre"
warm_up_h = 1
[hours]
open = 00:00:00
close = 12:00:00
[[queues]]
name = "orders"
arrivals = { per_hour = 6 }
service = { work_s = { law = "fixed", mean_s = 60 } }
patience = { law = "fixed", mean_s = 60 }
[[groups]]
name = "Tier 1"
queues = ["orders"]
agents = 2
"""
START = "start = 2026-03-02T10:00:00\nminutes = 30\n"


def bad(text: str) -> str:
    """The centre with an incident."""
    return f"{CENTRE}[[stress.incidents]]\n{text}"


@pytest.mark.parametrize(
    ("incident_", "told"),
    [
        ('kind = "outtage"\n' + START, "stress.incidents.0: unknown kind (known: agents_out, shift_gap, slow_system, outage, burst), got 'outtage'; did you mean 'outage'?"),
        (START, "stress.incidents.0: needs a kind"),
        ('kind = "outage"\nstart = 10:00:00\nminutes = 0', "start: must be a date and time such as 2026-03-02T13:00:00, got 10:00:00"),
        ('kind = "outage"\nstart = 10:00:00\nminutes = 0', "minutes: must be above 0, got 0"),
        ('kind = "outage"\nstart = 2026-03-03\nminutes = 5', "start: an incident must touch the scenario's days, got 2026-03-03 00:00:00"),
        ('kind = "burst"\nstart = 2026-03-02T23:59:00\nminutes = 2\nqueue = "orders"\ncustomers = 5', "start: a burst must lie within the scenario's days"),
        ('kind = "burst"\nqueue = "order"\ncustomers = 1.5\n' + START, "customers: must be a whole number, got 1.5"),
        ('kind = "burst"\nqueue = "order"\ncustomers = 5\n' + START, "queue: no queue has this name, got 'order'; did you mean 'orders'?"),
        ('kind = "shift_gap"\ngroup = "Tier1"\n' + START, "group: no group has this name, got 'Tier1'; did you mean 'Tier 1'?"),
        ('kind = "agents_out"\ngroup = "Tier 1"\nagents = 3\n' + START, "agents: the group has 2 agents, got 3"),
        ('kind = "slow_system"\nfactor = 0.5\n' + START, "factor: must be at least 1, got 0.5"),
        ('kind = "outage"\nfactor = 2.0\n' + START, "factor: unknown key"),
    ],
)  # fmt: skip
def test_each_broken_law_is_told_with_its_place_and_a_hint(incident_: str, told: str):
    """With line and column; several at once."""
    with pytest.raises(ScenarioError) as caught:
        parse(bad(incident_), "bad.toml")

    assert told in str(caught.value)
    assert str(caught.value).startswith("bad.toml:")


def test_a_single_table_is_one_of_a_list():
    """Of what to write instead the hint tells."""
    with pytest.raises(
        ScenarioError, match=r"stress.incidents: must be a list; write \[\[stress.incidents\]\]"
    ):
        parse(CENTRE + '[stress.incidents]\nkind = "outage"\n' + START)


def test_check_lists_incidents_and_warns_of_those_that_change_nothing(tmp_path: Path):
    """Nobody is on duty after closing, and who comes then is offline."""
    path = tmp_path / "centre.toml"
    late = 'kind = "agents_out"\ngroup = "Tier 1"\nagents = 1\nstart = 2026-03-02T20:00:00\nminutes = 30\n'
    more = 'kind = "burst"\nqueue = "orders"\ncustomers = 5\nstart = 2026-03-02T20:00:00\nminutes = 30\n'
    path.write_text(bad(f'kind = "outage"\n{START}[[stress.incidents]]\n{late}[[stress.incidents]]\n{more}'))
    result = CliRunner().invoke(app, ["check", str(path)])

    assert "under stress: 2026-03-02 10:00, 30 min: an outage, nobody can answer\n" in result.stdout
    assert "1 agent of 'Tier 1' out: changes nothing, nobody of them is on duty then" in result.stderr
    assert "5 customers more in 'orders'" in result.stdout
    assert (
        "under stress: 'orders': 77.0 of 149.0 chats expected come while the centre is closed"
        in result.stderr
    )


def test_check_warns_of_stress_that_stresses_nothing(tmp_path: Path):
    """While the centre is closed, or of size 0; what is meant is not warned of."""
    night, day = (f"start = 2026-03-02T{hour}:00:00\nminutes = 10\n" for hour in (23, 11))
    incidents = [
        f'kind = "outage"\n{day}', f'kind = "outage"\n{night}', f'kind = "slow_system"\n{night}',
        f'kind = "slow_system"\nfactor = 1.0\n{day}', f'kind = "burst"\nqueue = "orders"\ncustomers = 0\n{day}',
        f'kind = "agents_out"\ngroup = "Tier 1"\nagents = 0\n{day}',
    ]  # fmt: skip
    stages = "[stress]\nstart = 2026-03-02T22:00:00\n[[stress.stages]]\nminutes = 30\nfactor = 2.0\n"
    path = tmp_path / "stressed.toml"
    path.write_text(f"{CENTRE}{stages}" + "".join(f"[[stress.incidents]]\n{each}" for each in incidents))

    def told() -> list[str]:
        lines = CliRunner().invoke(app, ["check", str(path)]).stderr.splitlines()
        return [line.rpartition(": ")[2].partition(",")[0] for line in lines if "expected" not in line]

    closed, nothing = "the centre is closed all that time", "changes nothing"
    assert told() == [closed, closed, nothing, nothing, nothing, closed]
    path.write_text(f"{CENTRE}[[stress.stages]]\nminutes = 30\nfactor = 1.0\n")
    assert told() == ["demand is as usual in all of them"]


@pytest.mark.parametrize("in_force", [True, False])
def test_a_run_says_whether_incidents_happened(*, in_force: bool):
    """In its answer; and its chats are those of such a day."""
    text = bad('kind = "outage"\n' + START) + f"[stress]\nin_force = {str(in_force).lower()}\n"
    answer = sim.run(parse(text), replications=2)

    said = "With 2026-03-02 10:00, 30 min: an outage, nobody can answer."
    ordinary = "Ordinary days: what the scenario has under [stress] happens in sim stress alone."
    assert (said if in_force else ordinary) in answer.words
    assert (ordinary if in_force else said) not in answer.words


def test_expected_volumes_know_of_bursts():
    """Their mean and variance, by day and by interval, with a half of the burst in the warm-up."""
    burst = incident("burst", 1800, 60, queue="q", customers=40)
    arrivals = {"per_hour": 6, "busyness_cv": 0.1}
    plain, more = (
        world([queue(arrivals, by_work(60))], [group(2)], warm_up_h=1.0, interval_min=60, stress=stress)
        for stress in (None, {"incidents": [burst], "in_force": True})
    )

    assert expected_overall(more) == expected_overall(plain) + 40
    assert expected_volumes(more) == pytest.approx(expected_volumes(plain) + 20)
    assert drawn_volumes(more, 1, range(2)) == pytest.approx(drawn_volumes(plain, 1, range(2)) + 20)
    assert volume_variances(more) == pytest.approx(volume_variances(plain) + 10)
    extra = [
        np.asarray(one - other)[0, :3]
        for one, other in zip(interval_moments(more), interval_moments(plain), strict=True)
    ]
    assert extra[0] == pytest.approx([0, 20, 0])
    assert extra[1] == pytest.approx([0, 10, 0])


def test_no_formula_fits_a_day_on_which_something_goes_wrong():
    """Refused by name."""
    scenario = world([queue({"per_hour": 6}, by_work(60))], stress={"incidents": [incident("outage", 0, 5)]})

    assert not isinstance(formula_for(scenario), NoFormula)
    assert formula_for(sim.under_stress(scenario)) == NoFormula(
        "formulas know no incidents: they are of days on which nothing goes wrong"
    )
