"""Replications: one result on any number of workers, as many as a precision calls for, and nothing lost."""

from __future__ import annotations

import pytest

from sim.errors import SimError
from sim.kpis.definitions import KPIS
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.log.chatlog import ChatLog
from sim.runs import replicate as study
from sim.runs import tasks
from sim.runs.replicate import figures_to_be_sure_of, longer_side, replicate
from sim.scenario.scenario import Scenario
from tests.worlds import by_turns, fixed, group, queue, world


@pytest.fixture
def shop() -> Scenario:
    return world(
        [queue(20, by_turns(30, 60, 3), patience=fixed(60))],
        [group(2, concurrency=2)],
        targets={"service_level": 0.8, "max_response_s": 60},
    )


def everything(estimates: Estimates) -> list[object]:
    """All figures in all breakdowns."""
    return [repr(estimates.figures(kpi.name, by)) for kpi in KPIS for by in By]


def test_one_result_on_any_number_of_workers_and_in_any_batches(
    shop: Scenario, monkeypatch: pytest.MonkeyPatch
):
    """Every figure, to the last digit."""
    alone = everything(replicate(shop, replications=11, workers=1).estimates)

    assert everything(replicate(shop, replications=11, workers=3).estimates) == alone
    monkeypatch.setattr(tasks, "CHATS_A_BATCH", 1)
    assert everything(replicate(shop, replications=11, workers=2).estimates) == alone


def test_batches_are_of_like_length_and_as_many_for_each_worker(shop: Scenario):
    """20 chats an hour, 480 a day: no more than 26 replications in a batch, and each once."""
    for first, end, workers, lengths in (
        (0, 64, 1, [21, 21, 22]),
        (0, 64, 2, [16, 16, 16, 16]),
        (5, 8, 2, [1, 2]),
        (0, 2, 3, [1, 1]),
    ):
        batches = list(tasks.pieces(shop, range(first, end), alike=workers))

        assert [len(batch) for batch in batches] == lengths
        assert [replication for batch in batches for replication in batch] == list(range(first, end))


def test_the_engines_give_one_result(shop: Scenario):
    """Figures of the reference and of the kernel."""
    first, second = (replicate(shop, replications=3, engine=e).estimates for e in ("reference", "kernel"))

    assert everything(first) == everything(second)


def test_logs_and_progress_come_in_order(shop: Scenario):
    """Replications 0, 1, 2, … each once; and the tasks that they are cut into, as they are done."""
    seen, done = [], []

    def each(replication: int, log: ChatLog) -> None:
        seen.append((replication, len(log.chat.arrival_s)))

    runs = replicate(shop, replications=9, workers=2, each=each, progress=lambda *counts: done.append(counts))

    assert seen == [(k, run["offered"]) for k, run in enumerate(runs.estimates.runs)]
    assert done == sorted(done)
    assert done[-1] == (len(list(tasks.pieces(shop, range(9), alike=2))),) * 2


def test_a_precision_goes_on_until_every_bound_figure_is_sure_enough(shop: Scenario):
    """Wider at the first stage, below the precision at the end, and not many more than it takes."""
    first = replicate(shop, replications=5).estimates
    bound = figures_to_be_sure_of(first, shop)
    widest = max(longer_side(name, figure, 5) for name, figure in bound)
    runs = replicate(shop, replications=5, precision=widest / 3)

    assert [name for name, _ in bound] == ["service_level", "response_s"]
    assert runs.precise
    assert 5 < runs.estimates.n == runs.wanted < 500
    n = runs.estimates.n
    bound = figures_to_be_sure_of(runs.estimates, shop)
    assert all(longer_side(name, figure, n) < widest / 3 for name, figure in bound)


def test_a_precision_that_can_not_be_reached_gives_up_at_the_maximum(
    shop: Scenario, monkeypatch: pytest.MonkeyPatch
):
    """And says so."""
    monkeypatch.setattr(study, "MOST_REPLICATIONS", 12)
    runs = replicate(shop, replications=2, precision=1e-9)

    assert not runs.precise
    assert runs.estimates.n == 12


def test_ctrl_c_keeps_what_is_done(shop: Scenario):
    """Interrupted after the fourth log: whole batches before it count; with nothing done it goes through."""

    def each(replication: int, _: ChatLog) -> None:
        if replication == 40:
            raise KeyboardInterrupt

    runs = replicate(shop, replications=1000, each=each)
    assert runs.interrupted
    assert 0 < runs.estimates.n <= 40

    def at_once(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replicate(shop, replications=5, each=at_once)


def test_nonsense_is_refused_in_words(shop: Scenario):
    """No replications, no precision, no such engine."""
    for wrong in ({"replications": 0}, {"precision": 0.0}, {"engine": "steam"}):
        with pytest.raises(SimError, match=r"at least 1|no engine"):
            replicate(shop, **wrong)
