"""Do the pictures show what the estimates and the log say?"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.draws.sampling import draw
from sim.engines import Engine, simulate
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.kpis.measure import measure
from sim.log.chatlog import ChatLog
from sim.report.agent_hour import agent_hour, lowest_free_slot
from sim.report.intervals import table as intervals
from sim.report.plots import files
from sim.report.plots.gantt import gantt
from sim.report.result import Head, Result
from sim.report.run import calendar
from sim.report.run import result as answer
from sim.rules import NO_AGENT
from sim.scenario.demand import ByTurns, ByWork, Queue
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group

pytestmark = pytest.mark.slow

TURNS = ByTurns(turns=4, agent_s=40, customer_s=50, wrap_up_s=20)
WORK = ByWork(work_s=300, aht_s=[300, 400, 500])
NOON = [0.0] * 12 + [60.0] * 3 + [0.0] * 9


def a_scenario(service: ByTurns | ByWork, *, days: int = 1, **group: Any) -> Scenario:
    """A small centre that is busy from 12:00 to 15:00."""
    queue = Queue(name="orders", arrivals=NOON, patience=120, service=service)
    team = Group(name="Tier 1", queues=["orders"], concurrency=3, **(group or {"agents": 3}))
    return Scenario(name="Costs $5", days=days, queues=[queue], groups=[team])


def logs_of(scenario: Scenario, replications: int) -> list[ChatLog]:
    return [simulate(scenario, draw(scenario, 1, k), "reference") for k in range(replications)]


def estimates_of(scenario: Scenario, logs: list[ChatLog]) -> Estimates:
    return Estimates([measure(log, scenario.targets) for log in logs])


@pytest.fixture(scope="module")
def by_turns() -> tuple[Scenario, list[ChatLog], Estimates]:
    scenario = a_scenario(TURNS)
    logs = logs_of(scenario, 3)
    return scenario, logs, estimates_of(scenario, logs)


def picture(name: str, scenario: Scenario, estimates: Estimates) -> Figure:
    """One picture of a run."""
    return answer(scenario, estimates, 1, Engine.REFERENCE).plot(name)


def hour(scenario: Scenario, log: ChatLog, **which: Any) -> Figure:
    """An agent's hour in a log."""
    table, whose = agent_hour(log, **which)
    return gantt(Result(Head("run", (scenario.name,), ""), tables=(table,), facts=calendar(scenario) | whose))


def legend(figure: Figure, panel: int = 0) -> set[str]:
    found = figure.axes[panel].get_legend()
    return {text.get_text() for text in found.get_texts()} if found else set()


def test_day_names_its_axes_and_both_bands(by_turns):
    """Every panel says what it measures, and the queue's legend tells the two bands apart."""
    scenario, _, estimates = by_turns
    figure = picture("day", scenario, estimates)
    assert [axes.get_ylabel() for axes in figure.axes] == ["chats per 30 min", "chats waiting", "wait [s]"]
    assert figure.axes[2].get_xlabel() == "time of day, Mon 2 Mar 2026"
    assert legend(figure, 1) == {"mean", "10–90 % of days", "95 % interval of the mean"}
    assert "threshold 30 s" in legend(figure, 2)


def test_day_shows_only_the_hours_in_which_anything_happens(by_turns):
    """The axis begins with the first arrivals."""
    scenario, _, estimates = by_turns
    from_s, to_s = picture("day", scenario, estimates).axes[2].get_xlim()
    assert from_s == 12 * 3600
    assert 15 * 3600 <= to_s <= 16 * 3600


def test_bars_sum_to_the_chats_offered(by_turns):
    """Answered and missed, one upon the other, are all chats offered in each interval."""
    scenario, _, estimates = by_turns
    bars = picture("day", scenario, estimates).axes[0].patches
    offered = estimates.values("offered", By.INTERVAL)
    for k in np.flatnonzero(offered):
        mine = [bar for bar in bars if bar.get_x() == k * scenario.interval_s]
        assert sum(bar.get_height() for bar in mine) == pytest.approx(offered[k])
        assert max(bar.get_y() + bar.get_height() for bar in mine) == pytest.approx(offered[k])


def test_one_replication_has_no_bands_and_says_so(by_turns):
    """Nothing is known of the spread from one day."""
    scenario, logs, _ = by_turns
    figure = picture("day", scenario, estimates_of(scenario, logs[:1]))
    assert legend(figure, 1) == {"mean"}
    assert "without bands" in figure.get_suptitle()


def test_agents_by_turns_show_attention_within_busy_within_duty(by_turns):
    """The three areas lie one within the other."""
    scenario, _, estimates = by_turns
    figure = picture("agents", scenario, estimates)
    assert legend(figure) == {"on duty", "with at least one chat", "composing or wrapping up"}
    duty, busy, attention, _ = (patch.get_data().values for patch in figure.axes[0].patches)
    assert np.all(attention <= busy)
    assert np.all(busy <= duty)
    assert 0 < attention.max() < duty.max() == 3


def test_agents_by_work_show_no_attention():
    """By work there are no messages, so nothing is known of attention."""
    scenario = a_scenario(WORK)
    figure = picture("agents", scenario, estimates_of(scenario, logs_of(scenario, 2)))
    assert legend(figure) == {"on duty", "with at least one chat"}


def test_open_chats_add_up_to_handling_time(by_turns):
    """The area under the mean of open chats is the mean handling time of a day."""
    scenario, logs, estimates = by_turns
    rows = intervals(scenario, estimates).rows
    open_chats = np.array([row["open_chats"].value for row in rows])
    held_s = [np.nansum(log.chat.released_s - log.chat.accepted_s) for log in logs]
    assert open_chats.sum() * scenario.interval_s == pytest.approx(np.mean(held_s))


def test_waits_begin_at_the_share_that_waits(by_turns):
    """The curve starts at the share of the accepted that were not accepted at once."""
    scenario, _, estimates = by_turns
    figure = picture("waits", scenario, estimates)
    curve = next(line for line in figure.axes[0].lines if line.get_label() == "of the accepted chats")
    pooled = np.concatenate([run.samples["wait_p50_s"].values for run in estimates.runs])
    shares = np.asarray(curve.get_ydata())
    assert shares[0] == pytest.approx(np.mean(pooled > 0))
    assert np.all(np.diff(shares) <= 0)
    assert "threshold 30 s" in legend(figure)


def test_the_longest_wait_names_the_days_it_is_the_longest_of(by_turns):
    """Of several days it is the maximum of all, not the mean of their maxima."""
    scenario, logs, estimates = by_turns
    many = picture("waits", scenario, estimates).axes[0].get_title(loc="left")
    single = picture("waits", scenario, estimates_of(scenario, logs[:1])).axes[0].get_title(loc="left")
    assert "the longest wait in 3 days is" in many.replace("\n", " ")
    assert "the longest wait is" in single.replace("\n", " ")


def test_names_in_any_script_are_drawn_without_a_warning(tmp_path, by_turns):
    """Warnings are errors here."""
    scenario, logs, _ = by_turns
    foreign = Scenario.model_validate({**scenario.model_dump(), "name": "客服 \U00013000"})
    files.save({"gantt": hour(foreign, logs[0])}, tmp_path)


def test_chat_takes_the_lowest_free_slot():
    """A slot that is freed at the instant of an acceptance is free."""
    start_s, end_s = np.array([0.0, 0.0, 5.0, 5.0, 9.0]), np.array([5.0, 9.0, 9.0, 6.0, 9.0])
    assert lowest_free_slot(start_s, end_s).tolist() == [0, 1, 0, 2, 0]


@pytest.mark.parametrize("service", [TURNS, WORK])
def test_slots_are_as_many_as_the_concurrency_and_never_overlap(service):
    """No agent needs more slots than they have, and a slot holds one chat at a time."""
    scenario = a_scenario(service)
    (log,) = logs_of(scenario, 1)
    for agent in range(3):
        mine = np.flatnonzero(log.chat.agent == agent)
        accepted_s, released_s = log.chat.accepted_s[mine], log.chat.released_s[mine]
        slots = lowest_free_slot(accepted_s, released_s)
        assert slots.max() == 2
        for slot in range(3):
            order = np.argsort(accepted_s[slots == slot])
            assert np.all(released_s[slots == slot][order][:-1] <= accepted_s[slots == slot][order][1:])


def test_gantt_shows_each_slot_and_the_attention(by_turns):
    """One row a slot, one for the attention, an hour wide."""
    scenario, logs, _ = by_turns
    figure = hour(scenario, logs[0])
    axes = figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["slot 1", "slot 2", "slot 3", "attention"]
    assert np.diff(axes.get_xlim()) == 3600
    assert {"chat accepted", "customer's turn", "message waits", "agent composes"} <= legend(figure)


def test_gantt_composes_one_message_at_a_time(by_turns):
    """Bars of composing overlap in no two slots."""
    _, logs, _ = by_turns
    table, _ = agent_hour(logs[0], agent=1)
    spans = sorted((row["start_s"], row["end_s"]) for row in table.rows if row["kind"] == "agent composes")
    assert len(spans) > 5
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_gantt_shows_the_agent_and_hour_asked_for(by_turns):
    """Agent and start may be chosen, one or both."""
    scenario, logs, _ = by_turns
    axes = hour(scenario, logs[0], agent=2, start_s=13.25 * 3600, length_s=1800).axes[0]
    assert axes.get_xlim() == (13.25 * 3600, 13.75 * 3600)
    assert "agent 2" in hour(scenario, logs[0], agent=2).get_suptitle()


def test_gantt_shades_time_off_duty():
    """Before the shift the agent is off duty, and an hour without chats is an empty picture."""
    scenario = a_scenario(TURNS, shifts=[{"agents": 2, "start": "12:00", "end": "15:00"}])
    figure = hour(scenario, logs_of(scenario, 1)[0], agent=0, start_s=11.5 * 3600)
    assert "off duty" in legend(figure)
    hour(scenario, logs_of(scenario, 1)[0], agent=0, start_s=3 * 3600.0)


def test_by_work_the_gantt_has_bars_only():
    """A chat is one bar."""
    scenario = a_scenario(WORK)
    figure = hour(scenario, logs_of(scenario, 1)[0])
    assert legend(figure) == {"chat accepted", "chat open"}
    assert len(figure.axes[0].get_yticklabels()) == 3


def test_several_days_are_named():
    """Each day has its name, and bands are over replications."""
    scenario = a_scenario(TURNS, days=3)
    figure = picture("day", scenario, estimates_of(scenario, logs_of(scenario, 2)))
    labels = figure.axes[2].get_xticklabels(minor=True)
    assert [label.get_text() for label in labels] == ["Mon 2 Mar", "Tue 3 Mar", "Wed 4 Mar"]
    assert "10–90 % of replications" in legend(figure, 1)


@pytest.mark.parametrize(
    ("service", "agents", "rate", "replications"),
    [(TURNS, 0, 60.0, 2), (WORK, 3, 0.0, 2), (TURNS, 3, 0.0, 1), (WORK, 0, 0.0, 2), (TURNS, 100, 5.0, 2)],
)
def test_empty_cases_are_drawn(service, agents, rate, replications):
    """No agents, no chats, neither, or nobody who waits: every picture can be drawn."""
    scenario = a_scenario(service, agents=agents)
    data = scenario.model_dump()
    data["queues"][0]["arrivals"]["per_hour"] = rate
    scenario = Scenario.model_validate(data)
    logs = logs_of(scenario, replications)
    drawn = answer(scenario, estimates_of(scenario, logs), 1, Engine.REFERENCE, log=logs[0]).pictures()
    figures = {name: draw() for name, draw in drawn.items()}
    for figure in figures.values():
        figure.draw_without_rendering()
    waiting = figures["day"].axes[1].get_title(loc="left")
    assert (waiting == "Nobody waits") == (agents > 0 or rate == 0)
    if agents == 0 or rate == 0:
        assert all(log.chat.agent.max(initial=NO_AGENT) == NO_AGENT for log in logs)
        assert "no agent held a chat" in {text.get_text() for text in figures["gantt"].axes[0].texts}


def test_same_pictures_are_the_same_bytes(tmp_path, by_turns):
    """Nothing of the clock or of chance gets into the files, and the settings of the process stay."""
    scenario, logs, estimates = by_turns
    before = dict(mpl.rcParams)
    written = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        figures = {"waits": picture("waits", scenario, estimates), "gantt": hour(scenario, logs[0])}
        written.append(files.save(figures, folder, svg=True))
    assert [path.name for path in written[0]] == ["waits.png", "waits.svg", "gantt.png", "gantt.svg"]
    for first, second in zip(*written, strict=True):
        assert first.read_bytes() == second.read_bytes()
    assert b"Costs $5" in written[0][1].read_bytes()
    assert dict(mpl.rcParams) == before


def test_warm_up_is_left_out_of_the_picture():
    """Intervals of the warm-up are not measured, so the axis begins after it."""
    scenario = Scenario.model_validate({**a_scenario(TURNS).model_dump(), "warm_up_h": 13.0})
    estimates = estimates_of(scenario, logs_of(scenario, 2))
    assert picture("day", scenario, estimates).axes[2].get_xlim()[0] == 13 * 3600
    assert np.isnan(estimates.values("queue_length", By.INTERVAL)[0])
    picture("agents", scenario, estimates)


def test_panels_lie_one_below_the_other_within_the_picture(by_turns):
    """With all that is written around them, also where a legend is as wide as its panel."""
    scenario, logs, estimates = by_turns
    figures = [picture(name, scenario, estimates) for name in ("day", "agents", "waits")]
    for figure in (*figures, hour(scenario, logs[0])):
        figure.draw_without_rendering()
        renderer = figure._get_renderer()
        boxes = [axes.get_tightbbox(renderer) for axes in figure.axes]
        title = figure.texts[0].get_window_extent(renderer)

        assert all(0 <= box.x0 < box.x1 <= figure.bbox.width for box in boxes)
        assert title.y0 > boxes[0].y1
        assert boxes[-1].y0 > 0
        assert all(above.y0 > below.y1 for above, below in pairwise(boxes))
