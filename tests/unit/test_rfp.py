"""Requests for proposal: hand-worked centres, labelled assumptions, and what each of them is worth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.report.rfp import result
from sim.report.rfp_scenario import scenario_of
from sim.scenario.files import parse
from sim.scenario.rfp import Rfp, mix
from sim.studies.averages.guess import mean_reply_s
from sim.studies.rfp.centre import Centre, chats_a_month, chats_a_week
from sim.studies.rfp.complete import completed, typical_day
from sim.studies.rfp.file import load_rfp
from sim.studies.rfp.open import open_points
from sim.studies.rfp.study import size_rfp
from sim.studies.rfp.times import times_of
from sim.theory.erlang import erlang
from tests import commands
from tests.results import holds

A_WEEK = 365.25 / 12 / 7
"""Weeks of a mean month: so many chats a month are one a week."""
WHOLE: dict[str, Any] = {
    "name": "All is said",
    "hours": {"open": "09:00", "close": "11:00", "sat": "closed", "sun": "closed"},
    "volume": {
        "per_month": 1000 * A_WEEK, "counted": "offered", "growth": 0.1, "by_weekday": [1] * 7,
        "by_hour": [0] * 9 + [1, 3] + [0] * 13, "forecast_error": 0.0, "busyness_cv": 0.0,
    },
    "service": {
        "aht_s": 660.0, "aht_divided": False, "concurrency": 2.5, "held": 2.0, "response_s": 60.0, "turns": 6,
        "wrap_up_s": 20, "switching": 0.1, "patience_s": 180,
    },
    "targets": {"threshold_s": 30, "service_level": 0.8},
    "shrinkage": {"leave": 0.2, "training": 0.1},
}  # fmt: skip
"""A request that leaves nothing open."""


def request(**tables: dict[str, Any]) -> Rfp:
    """The whole request with some keys changed, or left out where they are None."""
    data: dict[str, Any] = {
        key: dict(each) if isinstance(each, dict) else each for key, each in WHOLE.items()
    }
    for name, changes in tables.items():
        data[name] = {**data.get(name, {}), **changes}
        data[name] = {key: each for key, each in data[name].items() if each is not None} or None
    return Rfp(**data)


def test_a_week_has_its_chats_by_hand():
    """1,100 chats a week, on five days: 220 a day, a quarter of them from nine, three quarters from ten."""
    centre = Centre(completed(request()))

    assert chats_a_week(centre.rfp) == pytest.approx(1100)
    assert centre.per_hour[0, 9:11].tolist() == pytest.approx([55, 165])
    assert centre.per_hour.sum(axis=1).tolist() == pytest.approx([220] * 5 + [0, 0])
    handled = completed(request(volume={"counted": "handled", "growth": None}))
    assert chats_a_month(handled) == pytest.approx(1000 * A_WEEK / 0.95)
    # Open from half past nine: half an hour has the rate of all that the hour's share is worth.
    late = Centre(completed(request(hours={"open": "09:30"})))
    assert late.grid_min == 30
    assert late.per_hour[0, 9:11].tolist() == pytest.approx([2 * 220 * 0.5 / 3.5, 220 * 3 / 3.5])
    assert late.scenario.queues[0].arrivals.is_weekly


def test_a_handling_time_becomes_times_of_a_chat():
    """What a chat takes with two held is what the request says, whatever is told apart and whatever assumed."""
    times = times_of(request().service)
    assert times.customer_s == pytest.approx((660 - 20 - 6 * 60) / 5)
    assert mean_reply_s(times.agent_s, times.customer_s, 6, 20, 2.0) == pytest.approx(60, rel=1e-3)

    unsaid = completed(request(service={"response_s": None})).service
    times = times_of(unsaid)
    assert times.customer_s / times.agent_s == pytest.approx(55 / 40, rel=0.02)
    assert 6 * times.response_s + 5 * times.customer_s + 20 == pytest.approx(660, rel=1e-3)

    alone = completed(request(service={"held": 1.0, "concurrency": 1.0, "response_s": 50.0})).service
    assert times_of(alone).agent_s == pytest.approx(50, rel=1e-3)
    divided = completed(request(service={"aht_divided": True, "aht_s": 330.0})).service
    assert times_of(divided).talk_s == 640

    work = {"kind": "work", "response_s": None, "turns": None, "wrap_up_s": None, "switching": None}
    centre = Centre(completed(request(service={**work, "slowdown": 0.25})))
    service = centre.scenario.queues[0].service
    assert service.model_dump()["aht_s"] == pytest.approx((528, 660, 792))


def test_two_and_a_half_at_once_are_a_mix_of_agents():
    """Half hold two and half three, in each hour within one; the team is what its parts are."""
    assert mix(2.25) == [(2, 0.75), (3, 0.25)]
    centre = Centre(completed(request()))
    assert [(group.name, group.concurrency) for group in centre.scenario.groups] == [
        ("Agents, 2 at once", 2), ("Agents, 3 at once", 3),
    ]  # fmt: skip
    for scale in (0.5, 1.0, 1.7):
        two, three = centre.levels(scale)
        assert set((two - three).tolist()) <= {0, 1}
        offsets = (np.arange(200) + 0.5) / 200
        mean = np.mean([centre.levels(scale, each).sum(axis=0) for each in offsets], axis=0)
        assert np.allclose(mean, centre.parts(scale).sum(axis=0), atol=0.006)
    assert sorted(set(centre.parts(1.0).ravel()))[1] > 1


def test_languages_are_queues_and_what_agents_speak_are_teams():
    """A language's chats are laid on those who speak it, by their share."""
    languages = {"languages": [{"name": "en", "share": 0.7}, {"name": "de", "share": 0.3, "aht_factor": 1.5}]}
    data = {**WHOLE, **languages}
    apart = Centre(completed(Rfp(**data)))
    assert [queue.name for queue in apart.scenario.queues] == ["en", "de"]
    assert [group.queues for group in apart.scenario.groups] == [("en",), ("en",), ("de",), ("de",)]
    both = {"name": "Both", "languages": ["en", "de"], "share": 0.4}
    centre = Centre(completed(Rfp(**data, teams=[both, {"name": "en", "languages": ["en"], "share": 0.6}])))
    assert centre.load.sum() == pytest.approx(apart.load.sum())
    own, other = apart.load.sum(axis=1)
    assert centre.load.sum(axis=1).tolist() == pytest.approx([0.4 * own + other, 0.6 * own])
    # Of 0.7 and 0.3 the second takes longer per chat than its share says: half as long again, wrap-up and all.
    assert other / own == pytest.approx(1.5 * 0.3 / 0.7, rel=1e-3)


def test_a_group_that_nobody_is_in_is_not_written():
    """A language with one agent at a time has nobody who holds three, and what is said stands beside the others."""
    languages = [{"name": "Dutch", "share": 0.5}, {"name": "Danish", "share": 0.5}]
    few = request(volume={"per_month": 60 * A_WEEK}, service={"concurrency": 2.25})
    found = size_rfp(Rfp(**(few.model_dump() | {"languages": languages})), weeks=2)
    assert [bool(level.any()) for level in found.levels] == [True, False, True, False]
    assert [group.n_agents for group in found.scenario.groups] == [1, 0, 1, 0]
    text = scenario_of(found)
    assert [group.name for group in parse(text).groups] == ["Dutch, 2 at once", "Danish, 2 at once"]
    assert text.count("# request: 2.25 on average; 75 % of the team hold so many") == 2


def test_what_is_open_is_named_and_what_is_said_is_not():
    """Each key that a request lacks is an assumption by its name; a request that says all has none."""
    assert open_points(request()) == []
    bare = Rfp(volume={"per_month": 3000}, service={"aht_s": 600.0})
    keys = [point.key for point in open_points(bare)]
    assert keys == [
        "hours", "volume.forecast_error", "volume.counted", "volume.growth", "volume.by_weekday", "volume.by_hour",
        "volume.busyness_cv", "service.aht_divided", "service.concurrency", "service.response_s", "service.turns",
        "service.wrap_up_s", "service.switching", "service.patience_s", "shrinkage", "targets",
    ]  # fmt: skip
    for point in open_points(bare):
        for changed in (point.at_low, point.at_high):
            if changed is not None:
                left = [each.key for each in open_points(changed)]
                assert point.key == "volume.forecast_error" or point.key not in left
                Centre(completed(changed))
    assert typical_day(0.0) == (1.0,) * 24


def single(**tables: dict[str, Any]) -> Rfp:
    """A centre that Erlang A tells: one chat at a time, 60 an hour day and night, days that differ by chance."""
    usual = {"turns": None, "response_s": None, "wrap_up_s": None, "switching": None, "held": None}
    service = {**usual, "kind": "work", "aht_s": 480.0, "concurrency": 1.0, "patience_s": None}
    volume = {"per_month": 168 * 60 * A_WEEK, "by_hour": [1] * 24, "growth": None, "counted": None}
    return request(service=service, volume=volume | {"forecast_error": 0.2}, **tables)


def needed(per_h: float, aht_s: float, patience_s: float, share: float = 0.8) -> float:
    """Agents who accept a share in 30 s by Erlang A with that patience, parts of them by a straight line."""
    law = sim.Lognormal(mean_s=patience_s, cv=1.1)
    levels = []
    for n in range(4, 20):
        line = erlang(n, per_h / 3600, aht_s, law)
        levels.append(float(line.figures(30.0).service_level))
        if levels[-1] >= share:
            return n - (levels[-1] - share) / (levels[-1] - levels[-2])
    raise AssertionError("20 agents are enough")


@pytest.fixture(scope="module")
def sized() -> Any:
    """The centre that Erlang A tells, sized, with a request by turns beside it to be written."""
    return size_rfp(
        single(hours={"open": "00:00", "close": "24:00", "sat": None, "sun": None}), seed=3, weeks=2
    )


def test_the_worth_of_a_point_is_what_erlang_a_says(sized: Any):
    """In sign, order and size: agents at the low and the high value are within 4 % of those by formula."""
    truth = needed(60, 480, 180)
    assert sized.base.hours / 168 == pytest.approx(truth, rel=0.03)
    ends = {
        "volume.forecast_error": (needed(48, 480, 180), needed(72, 480, 180)),
        "volume.counted": (truth, needed(60 / 0.95, 480, 180)),
        "volume.growth": (needed(57, 480, 180), needed(66, 480, 180)),
        "service.patience_s": (needed(60, 480, 57.6), needed(60, 480, 563)),
    }
    found = {each.open.key: each for each in sized.priced}
    assert set(found) == set(ends)
    for key, (low, high) in ends.items():
        at_low, at_high = found[key].ratios(sized.base)
        assert at_low == pytest.approx(low / truth, rel=0.04), key
        assert at_high == pytest.approx(high / truth, rel=0.04), key
    by_theory = sorted(ends, key=lambda key: -np.log(max(ends[key]) / min(ends[key])))
    assert list(found) == by_theory
    # A point twice as far off is told as further: the check fails where ends are taken for each other.
    assert found["volume.growth"].ratios(sized.base)[0] != pytest.approx(
        ends["volume.growth"][1] / truth, rel=0.04
    )


def test_the_answer_is_whole_agents_that_keep_the_promise(sized: Any, tmp_path: Path):
    """Hours of the file are those that are told; it is the same again, on any number of workers."""
    answer = holds(result(sized), tmp_path)
    text = scenario_of(sized)
    written = parse(text)

    assert answer.kept
    hours = sum(sum(row) for group in written.groups for _, row in group.staffings)
    assert hours == answer.facts["hours_per_week"] == sized.whole.hours
    assert answer.facts["fte"] == pytest.approx(hours / 0.8 / 0.9 / 40)
    assert answer.facts["fte_low"] < answer.facts["fte"] < answer.facts["fte_high"]
    assert re.search(r"mean_s = 180 +# assumed", text)
    assert re.search(r"mean_s = 480 +# AHT 480 s with 1 chats held", text)
    assert not re.search(r"threshold_s.*assumed|\[groups.shrinkage\].*assumed", text)
    assert answer.words[1].startswith(f"{answer.facts['fte_low']:.1f} to {answer.facts['fte_high']:.1f} FTE")
    assert answer.words[2].startswith("Ask first: ")
    small = request(hours={"open": "10:00"})
    one, two = (size_rfp(small, seed=2, weeks=2, workers=n) for n in (1, 2))
    assert scenario_of(one) == scenario_of(two)
    assert (one.base, one.error, one.priced) == (two.base, two.error, ())


def test_what_nobody_can_keep_is_said_and_what_would_have_to_be_otherwise(tmp_path: Path):
    """Replies that are assumed to take 45 s are never there within 20 s, unless they are quicker than assumed."""
    late = request(
        hours={"open": "10:00"},
        service={"response_s": None, "held": 1.0, "concurrency": 1.0, "switching": None},
        targets={"max_response_s": 20.0},
    )
    found = size_rfp(late, seed=2, weeks=1)
    answer = holds(result(found), tmp_path)

    assert found.base is None
    assert not answer.kept
    assert answer.words[0] == "No number of agents keeps the promise, up to 6 times a first guess."
    (point,) = found.priced
    assert point.high is None
    assert point.low is not None
    assert answer.words[1] == (
        f"It could be kept by {point.low.fte:.1f} FTE if this were {point.open.low}: mean response time."
    )
    assert answer.table("needs").rows == []


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path):
    """Each with its place and line; contradictions with the arithmetic."""
    file = tmp_path / "rfp.toml"
    file.write_text(
        "[volume]\nper_month = [1, 2]\nby_hour = [1]\n[service]\naht_s = 300\nturns = 6\nresponse_s = 60\n"
        'concurency = 2\n[[languages]]\nname = "en"\nshare = 0.7\n[[languages]]\nname = "de"\nshare = 0.1\n'
        '[[teams]]\nname = "A"\nlanguages = ["en", "dee"]\n'
    )
    with pytest.raises(ScenarioError) as error:
        load_rfp(file)
    told = str(error.value)
    assert "rfp.toml:2:13: volume.per_month: needs one number, or one for each of the 12 months" in told
    assert "volume.by_hour: needs a number for each of the 24 hours of the day" in told
    assert "service.concurency: unknown key; did you mean 'concurrency'?" in told
    assert "languages: the shares must add up to 1, got 0.8" in told
    assert "teams.0.languages.1: is none of the languages, got 'dee'; did you mean 'de'?" in told
    assert "languages.1.name: no team speaks it, got 'de'" in told
    with pytest.raises(ScenarioError, match=r"6 replies of 60 s are 360 s, and the conversation lasts 300 s"):
        Rfp(volume={"per_month": 1}, service={"aht_s": 300.0, "turns": 6, "response_s": 60.0})
    clause = {"name": "x", "promise": ["csat >= 0.8", "missed_rat <= 5%"], "share_of_charges": 0.1}
    with pytest.raises(ScenarioError) as error:
        Rfp(**WHOLE, bid={"clauses": [clause]})
    assert "bid.clauses.0.promise.0: the scenario has no csat" in str(error.value)
    assert "did you mean 'missed_rate'?" in str(error.value)


BID = """
name = "Town"
start = 2027-11-01
hours = { open = 09:00:00, close = 11:00:00, sat = "closed", sun = "closed" }
[volume]
per_month = [400, 400, 400, 400, 400, 400, 400, 400, 400, 400, 600, 600]
counted = "offered"
growth = 0.0
by_weekday = [1, 1, 1, 1, 1, 1, 1]
by_hour = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
forecast_error = 0.1
busyness_cv = 0.0
[service]
kind = "work"
aht_s = 480
aht_divided = false
concurrency = 1
patience_s = 180
[shrinkage]
leave = 0.2
[targets]
service_level = 0.7
[bid]
currency = "EUR"
[bid.cost]
wage_per_hour = 15.25
[[bid.clauses]]
name = "Level"
text = "70 % in half a minute, or five per cent"
promise = ["service_level >= 70%"]
share_of_charges = 0.05
"""


def test_the_command_writes_a_request_to_fill_in_and_then_the_scenario(tmp_path: Path):
    """What the template lacks is told; clauses without a price are comments, and with one a bid."""
    file, target = tmp_path / "rfp.toml", tmp_path / "mine.toml"
    first = commands.sim("new", target, "--bid", file)
    assert first.returncode == 0
    assert not target.exists()
    again = commands.sim("new", target, "--bid", file)
    assert again.returncode == 2
    assert "volume.per_month: is missing" in again.stderr
    assert "service.aht_s: is missing" in again.stderr

    file.write_text(BID)
    done = commands.sim("new", target, "--bid", file)
    assert done.returncode == 0, done.stderr
    assert "The bid still needs prices" in done.stdout
    assert "does not say over what it is measured: a month is assumed" in " ".join(done.stdout.split())
    text = target.read_text()
    assert "# The contract: 70 % in half a minute, or five per cent\n# [[bid.clauses]]\n" in text
    assert sim.load(target).bid is None
    assert '# [[bid.clauses]]\n# name = "Level"\n' in text
    refused = commands.sim("new", target, "--bid", file)
    assert refused.returncode == 2
    whole = load_rfp(file).bid
    assert whole is not None
    file.write_text(f'{BID}\n[[bid.prices]]\nkind = "hour"\nper_hour = 30\n')
    rfp = load_rfp(file)
    bid = parse(scenario_of(size_rfp(rfp, weeks=1))).bid
    assert bid is not None
    assert whole.cost is not None
    assert (bid.cost.wage_per_hour, bid.prices[0].kind, bid.clauses[0].promise) == (
        whole.cost.wage_per_hour, "hour", ("service_level >= 70%",),
    )  # fmt: skip
    # From November on: 600 over a mean of 433, twice, then 400.
    assert bid.volume == pytest.approx([600 / 433.33] * 2 + [400 / 433.33] * 10, rel=1e-3)
    assert bid.forecast_cv == pytest.approx(0.1 / 1.645, rel=1e-2)
