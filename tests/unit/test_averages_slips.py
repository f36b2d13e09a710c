"""Averages in other units, or by another definition, are asked about; those that agree are not."""

from __future__ import annotations

from typing import Any

import pytest

from sim.scenario.averages import Averages
from sim.studies.averages.slips import hours_off, likely_slips

GOOD = {
    "aht_s": 677, "response_s": 64, "turns_per_chat": 6.0, "wrap_up_s": 20, "missed_rate": 0.057, "asa_s": 7,
    "service_level": 0.88, "concurrency": 1.9, "occupancy": 0.94,
}  # fmt: skip
DAY = {"slots": 3, "offered": 75.0, "agents": 8, "hours": {"open": "08:00", "close": "20:00"}}


def said(without: tuple[str, ...] = (), **changes: Any) -> str:
    """What is asked about a centre of eight agents."""
    averages = GOOD | changes.pop("averages", {})
    averages = {name: value for name, value in averages.items() if name not in without}
    return " / ".join(likely_slips(Averages(**DAY | {"averages": averages} | changes)))


def test_averages_that_agree_raise_no_question():
    assert said() == ""


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"averages": {"response_s": 1.1}}, "is it in minutes (then write 66)"),
        ({"averages": {"response_s": 5}}, "6 replies of 5 s are 30 s of a chat of 657 s"),
        ({"averages": {"wrap_up_s": 0.3}}, "wrap_up_s = 0.3: is it in minutes?"),
        ({"threshold_s": 0.5}, "threshold_s = 0.5: is it in minutes?"),
        (
            {"without": ("response_s", "turns_per_chat", "wrap_up_s"), "averages": {"aht_s": 11.3}},
            "is it in minutes",
        ),
        ({"agents": 96}, "open for 12 hours: are agents given in hours?"),
        ({"agents": 26}, "are they all who are employed"),
        ({"agents": 5, "averages": {"concurrency": 1.2}}, "times too few"),
        ({"agents": 96, "without": ("concurrency",)}, "of the slots on duty are held, so nobody should wait"),
        ({"averages": {"missed_rate": 0.57, "asa_s": 1}}, "0.57 % is 0.0057"),
        (
            {"averages": {"missed_rate": 0.001, "asa_s": 90, "service_level": 0.7}},
            "a patience of about 90,000 s",
        ),
    ],
)
def test_averages_in_other_units_are_asked_about(changes: dict[str, Any], question: str):
    assert question in said(**changes)


def test_slips_of_one_of_several_queues_name_it():
    queues = [
        {"name": "orders", "offered": 40.0, "averages": GOOD | {"response_s": 1.1}, "busyness_cv": 0.0},
        {"name": "returns", "offered": 35.0, "averages": GOOD},
    ]
    for queue in queues:
        queue["averages"] = {
            k: v for k, v in queue["averages"].items() if k not in {"concurrency", "occupancy"}
        }  # type: ignore[attr-defined]
    slips = list(likely_slips(Averages(slots=3, agents=8, hours=DAY["hours"], queues=queues)))

    assert len(slips) == 1
    assert slips[0].startswith("orders: response_s = 1.1")


def test_hours_on_duty_are_held_against_chats_by_littles_law_over_queues_and_groups():
    """900 chats of 600 s and 300 of 1,200 s are 250 hours; 10 and 5 agents for 12 hours hold 1.5 and 2 each: 300."""
    centre = Averages(
        hours=DAY["hours"],
        queues=[
            {"name": "a", "offered": 75.0, "averages": {"aht_s": 600}},
            {"name": "b", "offered": 25.0, "averages": {"aht_s": 1200}},
        ],
        groups=[
            {
                "name": "one",
                "slots": 3,
                "agents": 10,
                "averages": {"concurrency": {"value": 1.5, "while": "on duty"}},
            },
            {"name": "two", "slots": 3, "agents": 5, "averages": {"concurrency": 2.5, "occupancy": 0.8}},
        ],
    )

    assert hours_off(centre) == pytest.approx(250 / 300)
