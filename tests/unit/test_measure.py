"""Measuring: time within intervals, ratios of sums, percentiles, intervals over replications, verdicts."""

from __future__ import annotations

import math
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.draws.record import Draws
from sim.draws.sampling import draw
from sim.engines import simulate
from sim.kpis import timeline, totals
from sim.kpis.definitions import BY_NAME, KPIS, Ratio
from sim.kpis.estimate import Estimates
from sim.kpis.loops import END, By, Column
from sim.kpis.measure import Kpis, measure, measure_all
from sim.kpis.order import quantiles_of
from sim.kpis.targets import verdicts
from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.runs.replicate import replicate
from sim.scenario.scenario import Scenario
from sim.scenario.targets import Targets
from tests.worlds import by_turns, by_work, fixed, group, queue, run, world, worlds

spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted), max_size=12)
EDGES = np.array([4.0, 4.0, 10.0, 20.0, 24.0])
nan = math.nan


@given(st.integers(1, 400), st.integers(0, 5), st.lists(st.floats(0, 1.2), max_size=20), st.data())
def test_the_interval_of_a_time_is_the_last_that_begins_no_later(
    n: int, warm_up: int, shares: list[float], data: st.DataObject
):
    """Found by bisection: anywhere, at edges, and as near to them as numbers come."""
    edges_s = np.maximum(np.arange(n + 1) * 420.0, warm_up * 1000.0)
    edge = data.draw(st.sampled_from(edges_s.tolist()))
    times_s = np.array([*(share * edges_s[-1] for share in shares), edge, np.nextafter(edge, 0), edge + 1e-9])
    expected = np.clip(np.searchsorted(edges_s, times_s, side="right") - 1, 0, n - 1)

    measured = times_s >= edges_s[0]
    assert timeline.intervals(times_s, edges_s)[measured].tolist() == expected[measured].tolist()


def test_a_span_that_did_not_begin_or_end_counts_for_nothing():
    """NaN on either side, among spans that count: for time and for busy agents."""
    start_s, end_s = np.array([0.0, nan, 5.0, 6.0, nan]), np.array([5.0, 12.0, nan, 12.0, nan])
    label, edges_s = np.zeros(5, dtype=np.int64), np.array([0.0, 10.0, 20.0])

    assert timeline.time_within(label, 1, start_s, end_s, edges_s).tolist() == [[9, 2]]
    assert timeline.busy_time_within(label, 1, label, start_s, end_s, edges_s).tolist() == [[9, 2]]


@given(spans)
def test_time_and_peaks_within_intervals_are_those_counted_second_by_second(spans: list[list[int]]):
    """Whole seconds: the number of spans open in each second, added up and at its highest."""
    start_s, end_s = (np.array([span[k] for span in spans], dtype=np.float64) for k in (0, 1))
    open_at = np.array([np.sum((start_s <= t) & (t < end_s)) for t in range(30)])
    pieces = [open_at[int(a) : int(b)] for a, b in pairwise(EDGES)]

    label = np.zeros(len(start_s), dtype=np.int64)
    assert timeline.time_within(label, 1, start_s, end_s, EDGES)[0].tolist() == [
        piece.sum() for piece in pieces
    ]
    peaks = timeline.peak_within(label, 1, start_s, end_s, EDGES)
    assert peaks[0].tolist() == [piece.max() if len(piece) else 0 for piece in pieces]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 9)), max_size=15))
def test_busy_spans_are_the_union_of_an_agents_chats(chats: list[tuple[int, int, int]]):
    """Second by second, for each of three agents."""
    agent, start_s, length = (np.array([chat[k] for chat in chats], dtype=np.int64) for k in range(3))
    end_s = start_s + length
    label = agent % 2
    seconds = np.arange(31.0)
    busy = timeline.busy_time_within(label, 2, agent, start_s.astype(float), end_s.astype(float), seconds)
    for t in range(30):
        for k in range(2):
            holders = {who for who, on, off in zip(agent, start_s, end_s, strict=True) if on <= t < off}
            assert busy[k, t] == sum(who % 2 == k for who in holders)


def test_the_figures_of_a_small_day_are_those_worked_out_by_hand():
    """One agent, one slot, replies of 30 s; chats at 0 (two turns, 60 s between), 10 and 20; the last gives up.

    Chat 1: replies at 30 and 120, wrap-up to 130. Chat 2: waits 120, replies at 160 and 250, wrap-up to 260.
    Chat 3: leaves at 220.
    """
    service = by_turns(30, 60, 2, 10)
    shifts = [{"agents": 1, "start": "00:00", "end": "00:04"}]
    centre = world(
        [queue([0, 10, 20], service, patience=fixed(200))],
        [group(shifts=shifts)],
        targets={"threshold_s": 50},
    )
    kpis = measure(run(centre), centre.targets)
    expected = {
        "offered": 3, "served": 2, "abandoned": 1, "missed": 1, "missed_rate": 1 / 3, "service_level": 1 / 3,
        "service_level_answered": 1 / 2, "wait_probability": 2 / 3, "wait_s": (0 + 120 + 200) / 3, "asa_s": 60,
        "wait_p50_s": 60, "wait_max_s": 120, "frt_s": (30 + 150) / 2, "frt_agent_s": 30, "response_s": 30,
        "messages_per_chat": 4, "turns_per_chat": 2, "duration_s": 120, "aht_s": 130, "focus_aht_s": 70,
        "queue_length": 320 / 86_400, "queue_length_max": 2, "agent_hours": 260 / 3600, "occupancy": 1,
        "slot_utilisation": 1, "attention": 140 / 260, "concurrency": 1, "overrun_s": 20,
        "chats_per_agent_hour": 2 / (260 / 3600), "daily_chats": 3, "completion": 2 / 3,
    }  # fmt: skip

    assert {name: kpis[name] for name in expected} == pytest.approx(expected)
    assert kpis.values("offered", By.INTERVAL).tolist() == [3] + [0] * 47
    assert np.nansum(kpis.values("agent_hours", By.INTERVAL)) == pytest.approx(260 / 3600)


def test_service_levels_differ_by_what_they_make_of_those_who_left():
    """A published example: 70 answered in time, 10 gone in time, 20 answered late give 77.8, 70, 80 and 77.8 %."""
    in_time, gone, late = 70, 10, 20
    centre = world(
        [
            queue([float(k) for k in range(in_time)], by_work(0), "fast"),
            queue([100.0 + k for k in range(gone)], by_work(1), "gone", patience=fixed(5)),
            queue([300.0 + k for k in range(late)], by_work(1), "late"),
        ],
        [
            group(1, "now", ("fast",)),
            group(name="never", queues=("gone",), shifts=[{"agents": 1, "start": "12:00", "end": "13:00"}]),
            group(20, "later", ("late",)) | {"agents": None, "shifts": [{"agents": 20, "start": "01:00", "end": "13:00"}]},
        ],
        targets={"threshold_s": 20},
    )  # fmt: skip
    kpis = measure(run(centre), centre.targets)

    assert kpis["service_level"] == pytest.approx(70 / 90)
    assert kpis["service_level_offered"] == pytest.approx(0.70)
    assert kpis["service_level_lenient"] == pytest.approx(0.80)
    assert kpis["service_level_answered"] == pytest.approx(70 / 90)


def test_who_comes_while_closed_is_not_offered_and_not_missed():
    """Open for two minutes: of five who come, two are offered, one of whom is missed; the night is a figure of its own."""
    centre = world(
        [queue([0, 70, 80, 200, 4000], by_work(300), patience=fixed(60))],
        hours={"open": "00:01", "close": "00:03"},
    )
    kpis = measure(run(centre))
    expected = {
        "arrivals": 5, "offered": 2, "offline": 3, "daily_chats": 2, "served": 1, "missed": 1, "missed_rate": 1 / 2,
        "abandonment": 1 / 2, "known_abandonment": 1 / 2, "completion": 1 / 2, "wait_probability": 1 / 2,
        "service_level_offered": 1 / 2, "customers": 5, "attempts_per_customer": 1, "customers_missed_rate": 1 / 2,
    }  # fmt: skip

    assert {name: kpis[name] for name in expected} == pytest.approx(expected)
    assert kpis.values("offline", By.INTERVAL).tolist() == [2, 0, 1] + [0] * 45
    assert kpis.values("missed", By.INTERVAL).tolist() == [1] + [0] * 47


def test_a_customer_who_only_came_while_closed_was_not_missed():
    """One calls the office at noon and again after it has closed; another comes at night alone."""
    again = {"probability": 1.0, "delay_s": fixed(3600)}
    centre = world(
        [queue([36_000, 80_000], by_work(300), patience=fixed(60), retry=again)],
        [group(shifts=[{"agents": 1, "start": "11:00", "end": "11:30"}])],
        hours={"open": "09:00", "close": "10:30"},
    )
    kpis = measure(run(centre))

    assert [kpis[name] for name in ("arrivals", "offered", "offline", "customers")] == [3, 1, 2, 2]
    assert (kpis["missed_rate"], kpis["customers_missed_rate"], kpis["attempts_per_customer"]) == (1, 1, 1.5)
    assert centre.queues[0].comes_again


def test_who_is_gone_in_silence_stays_in_the_queue_and_gets_a_reply_as_a_platform_sees_it():
    """They come at 10, are gone at 30, and are accepted at 100: 90 s in the queue, and a reply that counts as a message."""
    service = by_turns(100, 0, 1)
    silent = {"share": 1.0, "detect_s": fixed(50)}
    kpis = measure(run(world([queue([0, 10], service, patience=fixed(20), silence=silent)])))
    expected = {
        "silent": 1, "answered": 1, "wait_s": 45, "queue_length": 90 / 86_400, "asa_s": 0, "service_level": 1,
        "service_level_offered": 1 / 2, "messages_per_chat": 2, "turns_per_chat": 1, "response_s": 100, "frt_s": 100,
        "duration_s": (100 + 150) / 2, "focus_aht_s": 100, "wasted_slots": 150 / 250, "successful": 1,
        "success_rate": 1 / 2,
    }  # fmt: skip

    assert {name: kpis[name] for name in expected} == pytest.approx(expected)


def test_a_reply_in_vain_is_a_message_and_no_response():
    """Two chats at once: the second leaves at 40, while its reply is written (30 to 60); the first has two turns."""
    hasty = queue([0, 0], by_turns(30, 60, 2), reply_patience=fixed(40))
    log = run(world([hasty], [group(concurrency=2)]))
    kpis = measure(log)
    expected = {"left": 1, "answered": 1, "messages_per_chat": 3, "turns_per_chat": 1.5, "response_s": 30}

    assert {name: kpis[name] for name in expected} == pytest.approx(expected)
    assert log.messages()["true_in_vain"].sum() == 1


def test_overrun_is_counted_in_the_interval_of_the_log_off_and_up_to_the_horizon():
    """Log-offs at 00:30 and 23:50, with chats until 20 min after they began; that at midnight is none of the day's."""
    spans = [("00:00", "00:30"), ("23:00", "23:50")]
    shifts = [{"agents": 1, "start": start, "end": end} for start, end in spans]
    last = [{"agents": 1, "start": "23:30", "end": "24:00"}]
    centre = world(
        [queue([1700, 85_700], by_work(1200)), queue([86_000], by_work(1200), "late")],
        [group(shifts=shifts), group(name="h", queues=("late",), shifts=last)],
    )
    kpis = measure(run(centre))
    by_interval = kpis.values("overrun_s", By.INTERVAL)

    assert kpis["overrun_s"] == (1100 + 600) / 2
    assert (by_interval[1], by_interval[47]) == (1100, 600)
    assert np.isnan(np.delete(by_interval, [1, 47])).all()


def test_a_zero_denominator_gives_none_and_work_has_no_replies():
    """Nobody came; and by work, answered means accepted."""
    nobody = measure(run(world([queue([], by_work(1))])))
    by_work_kpis = measure(run(world([queue([0, 1], by_work(10))])))

    assert nobody["offered"] == 0
    assert [nobody[name] for name in ("missed_rate", "asa_s", "wait_p90_s", "wait_max_s", "aht_s")] == [
        None
    ] * 5
    assert by_work_kpis["frt_s"] == by_work_kpis["asa_s"] == 4.5
    nulls = ("response_s", "response_p90_s", "messages_per_chat", "focus_aht_s", "attention", "frt_agent_s")
    assert [by_work_kpis[name] for name in nulls] == [None] * len(nulls)


def test_the_warm_up_is_simulated_and_not_measured():
    """Chats before 1 h do not count, nor does the time before it."""
    centre = world([queue([0, 3599, 3600, 4000], by_work(500))], [group(2)], warm_up_h=1)
    kpis = measure(run(centre))

    assert kpis["offered"] == 2
    assert kpis["agent_hours"] == 2 * 23
    assert kpis["wait_s"] == 99 / 2
    assert kpis.values("agents", By.INTERVAL)[2:].tolist() == [2] * 46
    for name in ("offered", "agent_hours", "queue_length_max", "service_level"):
        assert np.isnan(kpis.values(name, By.INTERVAL)[:2]).all(), name


def added_up(
    log: ChatLog, threshold_s: float, group_of: np.ndarray
) -> dict[tuple[str, By, int], list[float]]:
    """Sums above and below the line of some figures, by breakdown and cell: one chat at a time, in plain Python."""
    sums: dict[tuple[str, By, int], list[float]] = {}
    columns = (getattr(log.chat, name).tolist() for name in ("queue", "agent", "outcome", "arrival_s"))
    for i, (queue_, agent, outcome, arrival_s) in enumerate(zip(*columns, strict=True)):
        cells = {
            By.OVERALL: 0,
            By.DAY: int(arrival_s // 86_400),
            By.QUEUE: queue_,
            By.INTERVAL: int(arrival_s // log.centre.interval_s),
        }
        if agent >= 0:
            cells[By.GROUP] = int(group_of[agent])
        for name, (top, bottom) in added_by_chat(log, i, Outcome(outcome), threshold_s).items():
            for by, cell in cells.items():
                both = sums.setdefault((name, by, cell), [0.0, 0.0])
                both[0] += top
                both[1] += bottom
    return sums


def added_by_chat(
    log: ChatLog, i: int, outcome: Outcome, threshold_s: float
) -> dict[str, tuple[float, float]]:
    """What chat *i* adds above and below the line."""
    arrival_s, accepted_s, ended_s, released_s = (
        float(getattr(log.chat, name)[i]) for name in ("arrival_s", "accepted_s", "ended_s", "released_s")
    )
    handled, silent = log.chat.agent[i] >= 0, outcome is Outcome.SILENT
    accepted = handled and not silent
    left_s = float(log.chat.left_s[i]) if len(log.chat.left_s) else math.nan
    turns = slice(*log.turn.offset[i : i + 2])
    pairs = [
        (m, r)
        for m, r in zip(log.turn.message_s[turns], log.turn.reply_s[turns], strict=True)
        if not math.isnan(m)
    ]
    sent = [r for _, r in pairs if not math.isnan(r)]
    heard = pairs if math.isnan(left_s) else pairs[:-1]
    responses = [r - m for m, r in heard if not math.isnan(r)]
    by_turns_ = log.centre.by_turns[log.chat.queue[i]]
    answered = bool(responses) if by_turns_ else accepted
    offered = outcome is not Outcome.OFFLINE
    entered = offered and outcome is not Outcome.BLOCKED
    gone = outcome in {Outcome.ABANDONED, Outcome.SILENT}
    wait_s = (accepted_s if handled else ended_s) - arrival_s
    in_time = entered and (left_s - arrival_s if silent else wait_s) <= threshold_s
    first_s = responses[0] if responses else 0.0
    sums = {
        "missed_rate": (offered and not answered, offered),
        "abandonment": (gone, offered),
        "completion": (outcome is Outcome.SERVED, offered),
        "service_level": (accepted and in_time, entered and not (gone and in_time)),
        "service_level_lenient": ((accepted or gone) and in_time, entered),
        "wait_probability": (log.chat.queued[i], entered),
        "wait_s": (wait_s, 1) if entered and not math.isnan(wait_s) else (0, 0),
        "asa_s": (wait_s, 1) if accepted else (0, 0),
        "frt_s": (wait_s + first_s, 1) if answered else (0, 0),
        "frt_agent_s": (first_s, 1) if responses else (0, 0),
        "response_s": (sum(responses), len(responses)),
        "response_mean_of_means_s": (np.mean(responses), 1) if responses else (0, 0),
        "messages_per_chat": (len(pairs) + len(sent), 1) if sent else (0, 0),
        "turns_per_chat": (len(sent), bool(sent)),
        "duration_s": (ended_s - accepted_s, 1) if handled else (0, 0),
        "aht_s": (released_s - accepted_s, 1) if handled else (0, 0),
    }
    return {name: (float(top), float(bottom)) for name, (top, bottom) in sums.items()}


@pytest.mark.slow
@given(worlds(), st.integers(0, 30))
def test_sums_over_chats_are_those_of_one_chat_at_a_time(drawn: tuple[Scenario, Draws], threshold_s: int):
    """Worlds with any mixture of features, in every breakdown; cells without a chat have nothing."""
    log = simulate(*drawn)
    kpis = measure(log, Targets(threshold_s=threshold_s))
    sums = added_up(log, threshold_s, log.team.group)
    for name in {name for name, _, _ in sums}:
        for by in BY_NAME[name].form.breakdowns:
            found = np.stack(kpis.sums(BY_NAME[name], by), axis=-1)
            expected = [sums.get((name, by, cell), [0.0, 0.0]) for cell in range(kpis.sizes[by])]
            np.testing.assert_allclose(
                found, expected, 1e-9, 1e-9, equal_nan=False, err_msg=f"{name} by {by}"
            )


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=9), st.floats(0, 1))
def test_quantiles_are_those_of_numpy_to_the_bit(values: list[float], share: float):
    """So one way or the other gives the same document."""
    assert quantiles_of([np.array(values)], [share])[0] == np.quantile(values, share)


def test_outcomes_are_counted_in_the_columns_of_their_names():
    """The loop over chats takes their order for granted."""
    assert [Column(Column.SERVED + outcome).name for outcome in Outcome] == [
        outcome.name for outcome in Outcome
    ]


def in_bytes(kpis: Kpis) -> list[bytes]:
    """Everything that was measured of a run."""
    samples = [
        column
        for sample in kpis.samples.values()
        for column in (sample.values, *(sample.cell(by, size) for by, size in kpis.sizes.items()))
    ]
    return [column.tobytes() for column in (*kpis.tables.values(), *samples)]


@pytest.mark.parametrize("per_hour", [0.05, 30])
def test_a_run_is_measured_alike_alone_and_among_others(per_hour: float, monkeypatch: pytest.MonkeyPatch):
    """To the last bit, with runs in which nobody came, and with more values than are kept."""
    monkeypatch.setattr(totals, "SAMPLE_LIMIT", 500)
    queues = [queue(per_hour, by_turns(40, 60, 3), name) for name in "ab"]
    groups = [group(2, name, ("a", "b"), concurrency=2) for name in ("g", "h")]
    scenario = world(queues, groups, warm_up_h=2)
    logs = [simulate(scenario, draw(scenario, 1, replication)) for replication in range(6)]
    together = measure_all(logs, scenario.targets)

    if per_hour < 1:
        assert 0 in {kpis["offered"] for kpis in together}
    else:
        assert {len(kpis.samples["wait_p90_s"].values) for kpis in together} <= set(range(250, 501))
    assert [in_bytes(kpis) for kpis in together] == [in_bytes(measure(log, scenario.targets)) for log in logs]


def test_of_too_many_values_every_so_manieth_is_kept_in_order(monkeypatch: pytest.MonkeyPatch):
    """Ten waits of 0, 10, 20, … and room for four: every third; each stays in the cell of its chat."""
    centre = world([queue([float(10 * k) for k in range(10)], by_work(20))], interval_min=1)
    monkeypatch.setattr(totals, "SAMPLE_LIMIT", 4)
    sample = measure(run(centre)).samples["wait_p50_s"]

    assert sample.values.tolist() == [0, 30, 60, 90]
    assert sample.cell(By.INTERVAL, 1440).tolist() == [0, 0, 1, 1]


def test_days_and_the_whole_are_added_up_from_intervals():
    """To the last bit, one after the other; highest values are the highest of their intervals."""
    week = shop().model_copy(update={"days": 3})
    tables = measure(run(week)).tables
    sums = slice(0, Column.RUNS)
    days = np.zeros((3, END + 1))
    for k, interval in enumerate(tables[By.INTERVAL]):
        days[k // 48] += interval

    assert tables[By.DAY][:, sums].tolist() == days[:, sums].tolist()
    assert tables[By.OVERALL][0, sums].tolist() == (days[0] + days[1] + days[2])[sums].tolist()
    for column in (Column.LONGEST_WAIT_S, Column.MOST_WAITING):
        assert tables[By.OVERALL][0, column] == np.nanmax(tables[By.INTERVAL][:, column]) > 0


def promising(centre: Scenario, **targets: float) -> Scenario:
    """The same centre with other targets."""
    return centre.model_copy(update={"targets": Targets(**targets)})


def shop() -> Scenario:
    return world(
        [queue(20, by_turns(30, 60, 3), patience=fixed(60))],
        [group(2, concurrency=2)],
    )


def test_figures_over_replications_are_ratios_of_summed_sums():
    """The pooled service level is not the mean of the runs' levels, and both are given."""
    estimates = replicate(shop(), replications=4).estimates
    runs = estimates.runs
    k = [kpi.name for kpi in KPIS if isinstance(kpi.form, Ratio)].index("service_level")
    top, bottom = (
        np.array([getattr(run, side)[By.OVERALL][k, 0] for run in runs]) for side in ("top", "bottom")
    )
    figure = estimates.figure("service_level")

    assert figure.value == pytest.approx(top.sum() / bottom.sum())
    assert figure.mean_of_runs == pytest.approx((top / bottom).mean())
    waits = np.concatenate([run.samples["wait_p90_s"].values for run in runs])
    assert estimates.figure("wait_p90_s").value == np.quantile(waits, 0.9)


def bent(n: int, skewness: float) -> tuple[float, float]:
    """Student's t quantiles of both ends with the skewness of a sample of *n*, by Hall's formula."""
    a = skewness / (6 * n**0.5)
    low, high = ((np.cbrt(1 + 6 * a * (t - a)) - 1) / (2 * a) for t in stats.t.interval(0.95, n - 1))
    return float(low), float(high)


def test_the_interval_of_a_count_is_the_t_interval_without_its_skewness():
    """Against scipy's standard error and skewness."""
    estimates = replicate(shop(), replications=5).estimates
    counts = [run["offered"] for run in estimates.runs]
    below, above = bent(5, float(stats.skew(counts, bias=False)))
    low, high = np.mean(counts) - stats.sem(counts) * np.array([above, below])
    figure = estimates.figure("offered")

    assert (figure.value, figure.low, figure.high) == pytest.approx((np.mean(counts), low, high))
    assert not figure.few_days


def test_the_interval_of_a_ratio_is_that_of_the_delta_method():
    """Against the formula with variances and covariance written out, and the residuals' skewness."""
    estimates = replicate(shop(), replications=6).estimates
    k = [kpi.name for kpi in KPIS if isinstance(kpi.form, Ratio)].index("asa_s")
    a, b = (
        np.array([getattr(run, side)[By.OVERALL][k, 0] for run in estimates.runs])
        for side in ("top", "bottom")
    )
    r = a.mean() / b.mean()
    cov = np.cov(a, b)
    error = math.sqrt((cov[0, 0] - 2 * r * cov[0, 1] + r * r * cov[1, 1]) / 6) / b.mean()
    figure = estimates.figure("asa_s")

    below, _ = bent(6, float(stats.skew(np.array(a) - r * np.array(b), bias=False)))
    assert figure.high - figure.value == pytest.approx(-below * error)


def test_runs_may_come_from_anywhere_in_any_order():
    """Measured together, alone, or not all of them: what a figure adds up is theirs, run by run."""
    logs = [simulate(shop(), draw(shop(), 1, replication)) for replication in range(6)]
    one, other = measure_all(logs, Targets()), measure_all(logs[::-1], Targets())
    runs = [one[4], *other[1:4], measure(logs[2]), *one[:2], *one[3:5], other[0]]
    estimates = Estimates(runs)
    for name in ("service_level", "asa_s", "queue_length_max"):
        for by in (By.OVERALL, By.INTERVAL):
            own = np.array([each.values(name, by) for each in runs])
            assert np.array_equal(estimates.own_values(name, by), own, equal_nan=True), name


def test_figures_take_little_more_memory_than_what_they_are_made_of():
    """All together less than the tables, or the values of percentiles, once more."""
    estimates = replicate(shop(), replications=100).estimates
    run = estimates.runs[0]
    tables = estimates.n * run.tables[By.INTERVAL].nbytes
    values = sum(
        each.samples[name].values.nbytes
        for each in estimates.runs
        for name in ("wait_p50_s", "frt_p90_s", "response_p90_s")
    )
    tracemalloc.start()
    for by in (By.OVERALL, By.INTERVAL):
        for kpi in KPIS:
            if by in kpi.form.breakdowns:
                estimates.values(kpi.name, by)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < min(tables, values)


def test_percentiles_have_the_interval_of_pooled_values():
    """In each interval and overall Woodruff's; in intervals without a chat, and of two replications, none."""
    estimates = replicate(shop(), replications=20).estimates
    whole, cells = estimates.figure("wait_p90_s"), estimates.figures("wait_p90_s", By.INTERVAL)
    days = [run.samples["wait_p90_s"].values for run in estimates.runs]
    pooled, sizes = np.concatenate(days), np.array([len(day) for day in days])
    off = np.array([(day <= whole.value).sum() for day in days]) - (pooled <= whole.value).mean() * sizes
    half = stats.t.ppf(0.975, 19) * stats.sem(off) / sizes.mean()

    assert (whole.low, whole.high) == pytest.approx(tuple(np.quantile(pooled, [0.9 - half, 0.9 + half])))
    assert all(cell.low <= cell.value for cell in cells if cell.low is not None)  # type: ignore[operator]
    five = Estimates(estimates.runs[:5]).figures("wait_p95_s", By.INTERVAL)
    assert any(cell.high is None and cell.low is not None for cell in five)  # too few to set a limit
    two = Estimates(estimates.runs[:2]).figure("asa_s")
    assert (two.low, two.high, two.few_days, two.alike) == (None, None, True, False)


def test_what_replications_say_of_a_figure_has_the_figure_as_its_mean():
    """Ratios, percentiles and highest values, overall and by queue: differences are those of what is shown."""
    estimates = replicate(shop(), replications=7).estimates
    for kpi in KPIS:
        for by in (By.OVERALL, By.QUEUE):
            mean = estimates.pseudo_values(kpi.name, by).mean(axis=0)
            shown = estimates.values(kpi.name, by)
            assert mean == pytest.approx(shown, rel=1e-9, abs=1e-9, nan_ok=True), kpi.name


def test_of_days_that_are_alike_nobody_knows_how_sure_it_is():
    """None missed in twenty replications: no interval, a mark; and one missed has a mark too."""
    quiet = world([queue([0, 1000], by_work(100), patience=fixed(50))], [group(2)])
    twenty = replicate(quiet, replications=20).estimates
    missed, hours = twenty.figure("missed_rate"), twenty.figure("agent_hours")

    assert (missed.value, missed.low, missed.high) == (0.0, None, None)
    assert missed.few_days
    assert missed.alike
    assert hours.alike
    promise = verdicts(twenty, promising(quiet, max_missed=0.05, service_level=0.8))
    assert [(v.met, v.sure) for v in promise] == [
        (True, True),
        (True, False),
    ]  # 14 % of days may be otherwise
    assert verdicts(replicate(quiet, replications=200).estimates, promising(quiet, max_missed=0.05))[0].sure


def test_one_replication_has_no_interval():
    """Nothing is known of how sure it is."""
    figure = replicate(shop(), replications=1).estimates.figure("offered")

    assert figure.value is not None
    assert figure.low is figure.high is None


def test_targets_are_met_missed_or_not_measured():
    """By work there is no response time; a bound inside the interval is not sure."""
    centre = promising(
        world([queue([0, 1], by_work(100))]),
        threshold_s=10, service_level=0.9, max_missed=0.0, max_response_s=5,
    )  # fmt: skip
    estimates = replicate(centre, replications=2).estimates
    promise = verdicts(estimates, centre)

    assert [(v.bound.target, v.met) for v in promise] == [
        ("service_level", False),
        ("max_missed", True),
        ("max_response_s", None),
    ]
    assert isinstance(estimates, Estimates)


def test_every_figure_says_what_it_is():
    """Names are unique, and nothing lacks a definition."""
    assert len(BY_NAME) == len(KPIS)
    assert all(kpi.definition.endswith(".") and kpi.title for kpi in KPIS)
