"""How a promise is judged where it is shown: over the day, where it is worst, and on a share of days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.kpis.loops import By
from sim.kpis.targets import Where, bounds
from sim.report.promise import judged, name_of
from sim.report.result import Judged
from sim.studies.staffing.choice import Per
from sim.studies.staffing.promise import Promise
from sim.studies.staffing.trial import Evaluation

HALVES = sim.Scenario(
    interval_min=720,
    targets=sim.Targets(service_level=0.8),
    queues=[sim.Queue(name="q", arrivals=1, service=sim.ByWork(work_s=300))],
    groups=[sim.Group(name="g", queues=["q"], agents=1)],
)


def found(
    afternoon: float, spread: float = 0.01, *, per: Per = Per.INTERVAL, confidence: float | None = None
) -> tuple[Judged, ...]:
    """Judged: 90 % of ten chats in the morning, and a share of two in the afternoon, on forty days."""
    days = np.linspace(-spread, spread, 40)
    bottom = np.broadcast_to([10.0, 2.0], (1, 40, 2))
    top = np.stack([9.0 + 10 * days, 2 * (afternoon + days)], axis=1)[None]
    promise = Promise(bounds(HALVES), per, confidence)
    return judged(promise, Evaluation(promise, top, bottom), HALVES)


def test_a_day_may_keep_what_an_interval_misses():
    """Then it is missed, and for sure if any interval misses it for sure; its value is still the day's."""
    target, _ = found(afternoon=0.5)

    assert target.quantity.value == pytest.approx(10 / 12)
    assert target.worst == pytest.approx(0.5)
    assert (target.met, target.sure) == (False, True)


def test_where_the_day_is_promised_no_interval_is_judged():
    target, _ = found(afternoon=0.5, per=Per.DAY)

    assert (target.met, target.sure, target.worst) == (True, True, None)


def test_it_is_not_sure_unless_it_is_in_every_interval():
    """The day and the morning are sure; the afternoon may be on either side."""
    for afternoon, met in ((0.801, True), (0.799, False)):
        target, _ = found(afternoon, spread=0.05)
        assert (target.met, target.sure) == (met, False)


def test_days_are_judged_by_the_confidence_that_was_asked_for():
    """Without one they are shown and not judged; near it, it is not sure."""
    asked = [found(0.5, spread=0.1, confidence=confidence)[-1] for confidence in (None, 0.4, 0.55, 0.7, 0.99)]

    assert {each.quantity.value for each in asked} == {asked[0].quantity.value}
    assert [(each.bound, each.met, each.sure) for each in asked] == [
        (None, None, False),
        (0.4, True, True),
        (0.55, True, False),
        (0.7, False, False),
        (0.99, False, True),
    ]


def test_a_target_of_a_queue_renames_no_column():
    """Names of columns are names in JSON: the centre's figure keeps its own."""
    (centre,) = bounds(HALVES)
    of_queue = replace(centre, where=Where(By.QUEUE, 0, "q"))
    promise = Promise((centre, of_queue))

    assert name_of(centre, Promise((centre,))) == name_of(centre, promise) == "service_level"
    assert name_of(of_queue, promise) == of_queue.key
