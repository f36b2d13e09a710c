"""Plans of a search: the customers that they have in common, and figures of chats alone."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.kpis.loops import By, Column
from sim.runs import kept
from sim.runs.kept import KeptDraws
from sim.runs.tasks import Task, run
from sim.scenario.scenario import Scenario
from tests.worlds import by_turns, by_work, fixed, group, queue, world

OPINIONS = {"quality": sim.Quality(resolution=0.7)}


def centre(agents: int, per_hour: float = 30, **more: object) -> Scenario:
    """Two queues and groups whose agents differ, are late and absent."""
    arrivals = sim.Arrivals(per_hour=per_hour, busyness_cv=0.3)
    retry = sim.Retry(probability=0.5, delay_s=fixed(300))
    queues = [
        sim.Queue(name="a", arrivals=arrivals, patience=fixed(60), service=by_turns(30, 60, 3), retry=retry),
        sim.Queue(
            name="b", arrivals=arrivals, service=by_turns(20, 20, 2), returns=more.pop("returns", None)
        ),
    ]
    groups = [
        sim.Group(name="one", queues=["a"], agents=agents, concurrency=2, late_s=300, absence=0.2),
        sim.Group(name="two", queues=["b", "a"], agents=agents, speed=sim.LognormalFactor(cv=0.2)),
    ]
    hours = sim.OpeningHours(open="08:00", close="14:00")
    return sim.Scenario(queues=queues, groups=groups, days=2, hours=hours, warm_up_h=9, **more)


@pytest.mark.parametrize("returns", [None, {"probability": 0.5, "delay_s": fixed(600)}])
def test_a_plan_in_a_search_has_the_figures_of_chats_that_it_has_by_itself(returns: dict[str, object] | None):
    """To the last bit, of each plan that meets kept customers, and of a centre with others; no more figures."""
    for scenario in (
        centre(3, returns=returns, **OPINIONS),
        centre(4, returns=returns, **OPINIONS),
        centre(4, 25, returns=returns, **OPINIONS),
    ):
        alone = run(Task(scenario, 5, range(3, 9))).runs
        searched = run(Task(scenario, 5, range(3, 9), in_search=True)).runs

        for one, other in zip(alone, searched, strict=True):
            judged = range(Column.JUDGED if returns is None else Column.DUTY_S, Column.DUTY_S)
            of_chats = sorted({*range(Column.DUTY_S)} - {*judged, Column.SUCCESSFUL})
            for by in By:
                assert other.tables[by][:, of_chats].tobytes() == one.tables[by][:, of_chats].tobytes()
            assert np.isnan(other.tables[By.INTERVAL][:, Column.DUTY_S : Column.WINDOW_S]).all()
            assert other["occupancy"] is other["wait_p90_s"] is other["wait_max_s"] is None
            assert other["service_level"] == one["service_level"] is not None


def test_of_draws_no_more_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch):
    """Those used last stay; what was drawn for another centre is drawn again."""
    drawn: list[range] = []

    def draw_all(scenario: Scenario, seed: int, replications: range) -> object:
        drawn.append(replications)
        return original(scenario, seed, replications)

    original = kept.draw_all
    monkeypatch.setattr(kept, "draw_all", draw_all)
    scenario, other = (world([queue([60.0], by_work(s))], [group(1)]) for s in (60, 90))
    first, second, third = range(1), range(1, 2), range(2, 3)
    one = KeptDraws()
    size = kept._size(original(scenario, 1, first))
    monkeypatch.setattr(kept, "MOST_KEPT", 2 * size)
    for runs in (first, second, first, third, first, second):
        one.draw_all(scenario, 1, runs)

    assert drawn == [first, second, third, second]
    assert one.draw_all(other, 1, second).together.work_s.tolist() == [90.0]
    assert one.draw_all(scenario, 1, second).together.work_s.tolist() == [60.0]
