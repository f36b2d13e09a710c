"""What a user of the library meets: short reprs, figures by name, and names that there are not."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def shop() -> sim.Scenario:
    return sim.load(ROOT / "scenarios" / "web_shop.toml")


@pytest.fixture(scope="module")
def log(shop: sim.Scenario) -> sim.ChatLog:
    return sim.simulate(shop, sim.draw(shop, seed=1, replication=0))


def test_a_repr_is_one_short_line(shop: sim.Scenario, log: sim.ChatLog) -> None:
    kpis = sim.measure(log, shop.targets)
    assert repr(shop) == str(shop) == "<Scenario 'Web shop, a weekday': 1 day, 1 queue, 12 agents>"
    assert repr(sim.draw(shop, seed=1, replication=0)) == "<Draws of seed 1, replication 0: 774 customers>"
    assert repr(log) == "<ChatLog 'Web shop, a weekday': 1 day, 774 chats, 12 agents>"
    assert repr(kpis) == f"<Kpis: 774 chats offered, service level {kpis['service_level']:.1%}>"
    found = sim.replicate(shop, replications=3)
    assert repr(found).startswith("<Replications: 3 of 3, service level ")
    assert repr(found.estimates).startswith("<Estimates of 3 replications: service level ")
    assert len(repr(found)) < 100


def test_a_figure_that_cannot_be_told_has_a_short_repr_too(shop: sim.Scenario) -> None:
    empty = sim.vary(shop, {"queues.0.arrivals": sim.Arrivals(per_hour=0)})
    kpis = sim.measure(sim.simulate(empty, sim.draw(empty, seed=1, replication=0)))
    assert repr(kpis) == "<Kpis: 0 chats offered, service level –>"


def test_figures_are_a_mapping_of_names(shop: sim.Scenario, log: sim.ChatLog) -> None:
    kpis = sim.measure(log, shop.targets)
    assert list(kpis)[:2] == ["arrivals", "offered"]
    assert len(dict(kpis)) == len(kpis) == len(list(kpis))
    assert dict(kpis)["asa_s"] == kpis["asa_s"]
    assert "asa_s" in kpis
    assert "asa" not in kpis


def test_a_name_that_there_is_not_is_told_with_the_nearest(shop: sim.Scenario, log: sim.ChatLog) -> None:
    kpis, estimates = sim.measure(log, shop.targets), sim.replicate(shop, replications=3).estimates
    for asked in (kpis.__getitem__, estimates.figure, estimates.pseudo_values):
        with pytest.raises(
            sim.UnknownNameError, match=r"^no key figure is called 'asa'; did you mean 'asa_s'\?$"
        ):
            asked("asa")
    with pytest.raises(KeyError, match="`sim kpis` has all of them"):
        kpis["zzzz"]
    with pytest.raises(sim.SimError, match="no breakdown is called 'week'; there are overall, queue, group"):
        estimates.figures("asa_s", "week")


def test_plain_numbers_stand_for_the_usual_distributions() -> None:
    day = [0.0] * 8 + [60.0] * 12 + [0.0] * 4
    service = sim.ByTurns(turns=6, agent_s=40, customer_s=55)
    short = sim.Queue(name="q", arrivals=day, patience=180, service=service)
    assert short.arrivals == sim.Arrivals(per_hour=day)
    assert sim.Queue(name="q", arrivals=tuple(day), patience=180, service=service) == short
    assert sim.Queue(name="q", arrivals=60, service=service).arrivals == sim.Arrivals(per_hour=60)
    assert short.patience == sim.Exponential(mean_s=180)
    assert service.turns == sim.GeometricCount(mean=6)
    assert sim.Group(name="g", queues=["q"], agents=2, speed=1.25).speed == sim.FixedFactor(mean=1.25)


def test_what_plain_numbers_break_is_told_as_of_a_record() -> None:
    service = sim.ByWork(work_s=300)
    with pytest.raises(sim.ScenarioError, match="a day's profile has 24, 48 or 96 rates"):
        sim.Queue(name="q", arrivals=[60, 70], service=service)
    with pytest.raises(sim.ScenarioError, match=r"speed.*at least 0\.05"):
        sim.Group(name="g", queues=["q"], agents=2, speed=0.01)


def test_a_file_says_in_full_what_python_may_say_in_short() -> None:
    short = """
        queues = [{ name = "q", arrivals = 60, patience = 180, service = { work_s = 300 } }]
        groups = [{ name = "g", queues = ["q"], agents = 2, speed = 1.25 }]
    """
    for text in (short, short.replace("= 60,", f"= {[60] * 24},")):
        with pytest.raises(sim.ScenarioError) as raised:
            sim.parse(text)
        assert {problem.place.split(".")[-1] for problem in raised.value.problems} == {
            "arrivals",
            "patience",
            "work_s",
            "speed",
        }


def test_a_changed_scenario_is_told_by_path(shop: sim.Scenario) -> None:
    assert sim.vary(shop, {"groups.*.concurrency": 2}).groups[0].concurrency == 2
    patient = sim.vary(shop, {"queues.orders.patience": 90})
    assert patient.queues[0].patience == sim.Exponential(mean_s=90)
    with pytest.raises(sim.VaryError, match="patiense"):
        sim.vary(shop, {"queues.0.patiense": 90})
    with pytest.raises(sim.ScenarioError, match="must be at least 1, got 0"):
        sim.vary(shop, {"groups.0.concurrency": 0})


def test_every_study_is_flat_takes_its_options_by_name_and_says_its_answer_in_a_line(
    shop: sim.Scenario,
) -> None:
    few, lean = {"seed": 1, "replications": 20}, sim.vary(shop, {"groups.0.concurrency": 2})
    said = [
        sim.sweep(shop, {"groups.0.concurrency": range(2, 4)}, **few),
        sim.compare([shop, lean], **few),
        sim.best({"three": shop, "two": lean}, "frt_s", first=20, most_runs=60),
        sim.sensitivity(shop, **few),
        sim.risk(shop, months=20),
    ]
    assert [repr(each).partition(":")[0] for each in said] == [
        "<sweep 'Web shop, a weekday'",
        "<compare 'Web shop, a weekday and Web shop, a weekday'",
        "<best 'Web shop, a weekday'",
        "<sensitivity 'Web shop, a weekday'",
        "<risk 'Web shop, a weekday'",
    ]
    assert all(len(repr(each)) <= 121 for each in said)
    with pytest.raises(TypeError, match="positional"):
        sim.compare([shop, lean], 1)  # type: ignore[misc]


def test_a_staffing_and_a_roster_say_their_hours(shop: sim.Scenario) -> None:
    small = sim.Scenario(
        hours=sim.OpeningHours(open="08:00", close="12:00"),
        queues=[sim.Queue(name="q", arrivals=20, service=sim.ByWork(work_s=300))],
        groups=[
            sim.Group(name="g", queues=["q"], agents=4, patterns=[sim.Pattern(lengths_h=[4.0], breaks=[])])
        ],
        targets=sim.Targets(service_level=0.8),
    )
    staffing, roster = sim.staff(small, replications=20), sim.roster(small, replications=20)
    assert repr(staffing.found).startswith("<Staffing of 'A live-chat centre': ")
    assert repr(staffing).startswith("<staff 'A live-chat centre': ")
    assert " paid hours a day>" in repr(roster.found)
    assert repr(roster).startswith("<roster 'A live-chat centre': ")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda shop: sim.run(shop, replications="5"), "replications must be at least 1 .* got '5'"),
        (lambda _: sim.run("web_shop.toml"), "must be a scenario .*, got 'web_shop.toml'"),
        (lambda shop: sim.staff(shop, per="week"), "per: must be one of interval, day, got 'week'"),
        (
            lambda shop: sim.staff(shop, step="minute"),
            "step: must be one of interval, hour, day, got 'minute'",
        ),
        (lambda shop: sim.roster(shop, per="week"), "per: must be one of interval, day, got 'week'"),
        (lambda shop: sim.sweep(shop, {"groups.0.agents": []}), "groups.0.agents: needs at least one value"),
        (lambda shop: sim.sweep(shop, ["groups.0.agents"]), "vary: must be paths with their values"),
        (lambda _: sim.ChatLog.of(3), "chats: must be a table, is int"),
        (lambda _: sim.ChatLog.of({"arrival_s": [1.0]}), "chats: needs the column"),
        (lambda shop: sim.run(shop, replications=1, by="hour"), "no breakdown is called 'hour'"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(shop: sim.Scenario, wrong, why: str) -> None:
    """By the project's own errors, with the value."""
    with pytest.raises(sim.SimError, match=why):
        wrong(shop)


def test_draws_of_another_scenario_are_refused(shop: sim.Scenario) -> None:
    """Before an engine reads what is not there; who only works otherwise meets the same customers."""
    languages = sim.load(ROOT / "scenarios" / "two_languages.toml")
    draws = sim.draw(languages, seed=1, replication=0)
    with pytest.raises(sim.SimError, match="draws: are another scenario's"):
        sim.simulate(shop, draws)
    with pytest.raises(sim.SimError, match="draws: are another scenario's"):
        sim.simulate(
            sim.load(ROOT / "scenarios" / "silent_customers.toml"), sim.draw(shop, seed=1, replication=0)
        )
    more = sim.vary(shop, {"groups.0.concurrency": 2})
    assert sim.simulate(more, sim.draw(shop, seed=1, replication=0)).n_events > 0


def test_numbers_of_numpy_are_numbers(shop: sim.Scenario) -> None:
    changed = sim.vary(shop, {"groups.0.concurrency": np.int64(2)})
    assert changed == sim.vary(shop, {"groups.0.concurrency": 2})
    assert (
        len(sim.sweep(shop, {"groups.0.concurrency": np.arange(2, 4)}, replications=2).table("points").rows)
        == 2
    )


def test_compare_and_best_take_lists_and_names(shop: sim.Scenario) -> None:
    lean = sim.vary(shop, {"groups.0.concurrency": 2})
    named = sim.compare({"three": shop, "two": lean}, replications=2)
    assert [plan.name for plan in named.found.plans] == ["three", "two"]
    assert named == sim.compare([shop, lean], replications=2, names=["three", "two"])
    for wrong in (shop, [shop, "two.toml"]):
        with pytest.raises(sim.StudyError, match="compare: must be a list of scenarios"):
            sim.compare(wrong)  # type: ignore[arg-type]
