"""What is probably a slip is said; what is meant is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.scenario.files import load
from sim.scenario.scenario import Scenario
from sim.studies.doubts import doubts, never_settles
from tests.conftest import ROOT
from tests.worlds import by_turns, by_work, fixed, group, queue, world

HOURS = {"open": "08:00", "close": "20:00"}


def steady(
    per_hour: float | list[float], service: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A queue with a rate."""
    patience = more.pop("patience", fixed(60))
    return {
        "name": "q",
        "arrivals": {"per_hour": per_hour},
        "service": service or by_work(60),
        "patience": patience,
    } | more


def said(scenario: Scenario) -> list[str]:
    """Each of the sentences, without what follows its figures."""
    return list(doubts(scenario))


def test_who_comes_while_it_is_closed():
    """Ten an hour all day, open for twelve: half of them; nothing if they all come again when it opens."""
    again = {"probability": 1.0, "delay_s": fixed(1), "after": ["offline"]}
    closed = said(world([steady(10)], hours=HOURS))
    meant = said(world([steady(10, retry=again)], hours=HOURS))
    open_only = said(world([steady([0.0] * 8 + [10.0] * 12 + [0.0] * 4)], hours=HOURS))

    assert closed == [
        "'q': 120.0 of 240.0 chats expected come while the centre is closed: "
        "they are offline, and nobody answers them"
    ]
    assert meant == open_only == []
    (words,) = said(world([steady(10, retry=again | {"probability": 0.75})], hours=HOURS))
    assert words.endswith(
        "come while the centre is closed: they are offline, and 30.0 of them do not come again"
    )


def test_agents_who_stay_after_closing_work_off_what_waits():
    """With constant agents the line ends every day; with shifts, or more work than a day has hours, it does not."""
    shift = {"agents": 2, "start": "08:00", "end": "20:00"}
    rates = [0.0] * 8 + [30.0] * 12 + [0.0] * 4

    def told(team: dict[str, Any], service_s: float, days: int = 2, **arrivals: Any) -> str:
        queues = [steady(rates, by_work(service_s), arrivals={"per_hour": rates} | arrivals, patience=None)]
        return never_settles(world(queues, [team], hours=HOURS, days=days)) or ""

    # 30 an hour for 12 hours: 30 agent hours of work for 24 of duty, and two agents for what is left.
    assert told(group(2), 300, days=1).endswith("worked off in overtime, until about 3.0 h after closing")
    assert told(group(2), 300).endswith("until about 3.0 h after closing on the longest day")
    # The second day brings half as much again: 45 agent hours, of which 21 are left.
    more = {"weekday": [1, 1.5, 1, 1, 1, 1, 1]}
    assert told(group(2), 300, **more).endswith("until about 10.5 h after closing on the longest day")
    # 51 agent hours on the first day are more than the 48 of two agents, day and night.
    assert "no figure settles" in told(group(2), 510, days=1)
    assert "no figure settles" in told(group(2), 600)
    assert "no figure settles" in told(group(shifts=[shift]), 300)


def test_exact_times_are_counted():
    """Of three, one at 07:00."""
    (words,) = said(world([queue([25_200, 30_000, 31_000], by_work(9), patience=fixed(9))], hours=HOURS))

    assert words.startswith("'q': 1.0 of 3.0 chats expected come while the centre is closed")


def test_open_and_nobody_there_who_serves_it():
    """A shift with a break, from 09:00 to 17:00: an hour in the morning, half at noon, three in the evening."""
    shift = {
        "agents": 2,
        "start": "09:00",
        "end": "17:00",
        "breaks": [{"start": "12:00", "minutes": 30}],
    }
    rates = [0.0] * 8 + [10.0] * 12 + [0.0] * 4
    (words,) = said(world([steady(rates)], [group(shifts=[shift])], hours=HOURS, days=3))
    relieved = world([steady(rates)], [group(shifts=[shift]), group(1, "constant")], hours=HOURS)

    assert words == (
        "'q': open, and nobody there who serves it, 08:00-09:00, 12:00-12:30, 17:00-20:00: 135.0 chats expected"
    )
    assert said(relieved) == []


def test_agents_without_the_skill_and_intervals_without_demand_do_not_count():
    """Queue b alone has nobody at night; at night nobody comes for a."""
    shift = {"agents": 1, "start": "06:00", "end": "24:00"}
    queues = [steady([0.0] * 6 + [1.0] * 18, name="a"), steady([1.0] * 24, name="b")]
    team = [group(name="days", queues=("b",), shifts=[shift]), group(name="always", queues=("a",))]
    scenario = world(queues, team)

    assert said(scenario) == ["'b': open, and nobody there who serves it, 00:00-06:00: 6.0 chats expected"]


def test_staffing_of_some_days_and_many_gaps_are_told_shortly():
    """Five times a day, of which three are named; a spike on the second of two days alone is told so."""
    gaps = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1] + [1] * 13
    (words,) = said(world([steady(6)], [group(staffing=gaps)]))
    spike = {"start": "2026-03-03T01:00:00", "minutes": 60, "factor": 9.0}
    rates = [0.0] * 5 + [1.0] * 19
    late = [steady(rates, arrivals={"per_hour": rates, "weekday": [0, 1, 1, 1, 1, 1, 1], "spikes": [spike]})]
    (some,) = said(world(late, [group(staffing=[1] * 12 + [0] * 12)], days=2))

    assert "01:00-02:00, 03:00-04:00, 05:00-06:00 and 2 more times: 30.0 chats" in words
    assert "12:00-24:00 (on 1 of 2 days): 12.0 chats" in some


@pytest.mark.parametrize(
    ("service", "slots", "full"),
    [
        (by_work(300), 1, 96.0),  # 8 agents × 12 an hour
        (by_work(300, aht_s=[300, 450]), 2, 128.0),
        # Machine repair: two chats of 30 + 30 s a turn are answered at 2 in 75 s, and 3 turns make a chat.
        (by_turns(30, 30, 3), 2, None),
    ],
)
def test_demand_that_never_settles_is_told_exactly_from_capacity_on(
    service: dict[str, Any], slots: int, full: float | None
):
    """Below what the team can serve nothing is said, from there on it is; patience or a limit ends it."""
    from sim.theory.applies import handling_s

    team = [group(8, concurrency=slots)]
    base = world([steady(1, service, patience=None)], team)
    capacity = 3600 * 8 * slots / float(handling_s(base.queues[0].service, base.groups[0])[slots - 1])
    if full is not None:
        assert capacity == pytest.approx(full)

    def settles(factor: float, **more: Any) -> bool:
        limits = {"patience": None} | more
        return never_settles(world([steady(factor * capacity, service, **limits)], team)) is None

    assert settles(0.99)
    assert not settles(1.01)
    assert settles(2, patience=fixed(60))
    assert settles(2, capacity=10)
    assert settles(2, max_wait_s=600)


def test_queues_together_may_ask_for_more_than_their_team_has():
    """Each of two queues alone fits into one team of ten; both do not, unless another team takes one of them."""
    queues = [steady(72, by_work(300), name=name, patience=None) for name in ("a", "b")]
    together = world(queues, [group(10, queues=("a", "b"))])
    helped = world(queues, [group(10, queues=("a", "b")), group(4, "more", ("b",))])

    words = never_settles(together)
    assert words is not None
    assert words.startswith(
        "'a' and 'b': more comes than can be served: 3,456.0 chats expected need about 288.0"
    )
    assert "240.0 are planned" in words
    assert never_settles(helped) is None


def test_constant_agents_of_a_centre_that_closes_are_there_while_it_is_open():
    """Ten an hour for twelve hours need ten agent hours of five minutes each: one agent has twelve, two thirds not."""
    rates = [0.0] * 8 + [10.0] * 12 + [0.0] * 4
    service = by_work(300)
    enough = world([steady(rates, service, patience=None)], [group(1)], hours=HOURS)
    short = world([steady(rates, by_work(400), patience=None)], [group(1)], hours=HOURS)

    assert said(enough) == []
    assert [words.startswith("'q': more comes") for words in said(short)] == [True]


def test_who_comes_while_it_is_closed_asks_for_no_capacity():
    """Thirty an hour, ten minutes each, open for ten hours: 50 agent hours, and six agents are there for 60."""
    hours = {"open": "08:00", "close": "18:00"}
    queues = [steady(30, by_work(600), patience=None)]
    enough, short = (never_settles(world(queues, [group(n)], hours=hours)) for n in (6, 5))

    assert enough is None
    assert short is not None
    assert "300.0 chats expected need about 50.0 agent hours" in short


def test_what_is_shipped_has_no_slips(scenario_file: Path):
    """Nor has the scenario that one starts from."""
    assert said(load(scenario_file)) == []
    assert said(load(ROOT / "sim" / "scenario" / "starter.toml")) == []
