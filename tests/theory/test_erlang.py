"""Erlang's formulas and their relatives: printed digits, limits, monotony, inverses, and what they refuse.

Published: packages CCmath (Erlang C and X) and R ErlangC; Garnett, Mandelbaum and Reiman, Manufacturing &
Service Oper. Management 4 (2002) 208-227, table 1. The other digits come from birth-death chains. Published
numbers are in minutes; they are given in the unit in which they were printed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy import integrate, special, stats

from sim.errors import SimError, TheoryError
from sim.scenario.distributions import Distribution
from sim.theory.erlang import erlang, erlang_b, erlang_c
from sim.theory.inverse import (
    Goal,
    agents_for,
    agents_for_delay,
    agents_for_loss,
    beta_for,
    carried_per_s,
    limit_delay,
    limit_delay_impatient,
    load_for_delay,
    load_for_loss,
    square_root_agents,
)
from sim.theory.line import percentile_s
from sim.theory.patience import patience_of
from sim.theory.priorities import priorities
from sim.theory.retrials import retrials

LAW: TypeAdapter[Any] = TypeAdapter(Distribution)

GARNETT = erlang(50, 48 / 60, 60, patience=120)
PATIENT = erlang(50, 48 / 60, 60)
CCMATH_C = erlang(14, 4 / 60, 180)
CCMATH_X = erlang(14, 4 / 60, 180, patience=60)
CCMATH_100 = erlang(14, 4 / 60, 180, patience=60, room=100)
R_PACKAGE = erlang(14, 100 / 1800, 180)
SINGLE = erlang(1, 0.8, 1)
FIVE_PLACES = erlang(12, 4.2 / 60, 120, room=5)
LOSS = erlang(15, 1 / 60, 600, room=0)

PRINTED = [
    ("V01", SINGLE, "wait_s", 2.0, 4.0, 1e-12),
    ("V01", SINGLE, "service_level", 2.0, 0.463744, 5e-7),
    ("V02", LOSS, "blocked_rate", 0.0, 0.0364969, 5e-8),
    ("V05", FIVE_PLACES, "blocked_rate", 20.0, 0.0094769, 5e-8),
    ("V05", FIVE_PLACES, "wait_probability", 20.0, 0.157861, 5e-7),
    ("V05", FIVE_PLACES, "wait_s", 20.0, 60 * 0.0611242, 60 * 5e-8),
    ("V05", FIVE_PLACES, "occupancy", 20.0, 0.693366, 5e-7),
    ("P8", CCMATH_C, "asa_s", 60 * 0.333, 60 * 0.7226, 60 * 5e-5),
    ("P8", CCMATH_C, "service_level", 60 * 0.333, 0.6142, 5e-5),
    ("P8", CCMATH_C, "occupancy", 60 * 0.333, 0.8571, 5e-5),
    ("P12", R_PACKAGE, "wait_probability", 20.0, 0.1741319, 5e-8),
    ("P12", R_PACKAGE, "service_level", 20.0, 0.88835, 5e-6),
    ("P12", R_PACKAGE, "asa_s", 20.0, 7.83594, 5e-6),
    ("P12", R_PACKAGE, "occupancy", 20.0, 0.7142857, 5e-8),
    ("P13", GARNETT, "abandonment", 20.0, 0.0309122, 5e-8),
    ("P13", GARNETT, "wait_s", 20.0, 3.7095, 5e-5),
    ("P13", GARNETT, "asa_s", 20.0, 3.6159, 5e-5),
    ("P13", GARNETT, "abandoned_wait_s", 20.0, 6.643, 5e-4),
    ("P13", GARNETT, "wait_probability", 20.0, 0.467774, 5e-7),
    ("P13", GARNETT, "queue_length", 20.0, 2.96758, 5e-6),
    ("P13", GARNETT, "occupancy", 20.0, 0.930324, 5e-7),
    ("P13", PATIENT, "wait_s", 20.0, 20.834, 5e-4),
    ("P13", PATIENT, "queue_length", 20.0, 16.667, 5e-4),
    ("P13", PATIENT, "occupancy", 20.0, 0.96, 1e-12),
]
"""Case, line, figure, threshold in seconds, printed value and half of its last digit."""


@pytest.mark.parametrize(("case", "line", "name", "threshold_s", "printed", "half"), PRINTED)
def test_printed_digits(case: str, line: Any, name: str, threshold_s: float, printed: float, half: float):
    """Each formula gives each published figure to its last printed digit."""
    assert float(getattr(line.figures(threshold_s), name)) == pytest.approx(printed, abs=half), case


ONE_SYSTEM = {
    "abandonment": (0.074325, 5e-7),
    "occupancy": (0.79344, 5e-6),
    "service_level_offered": (0.861544, 5e-7),
    "service_level_answered": (0.930720, 5e-7),
    "service_level": (0.909091, 5e-7),
    "service_level_lenient": (0.913846, 5e-7),
    "service_level_virtual": (0.879763, 5e-7),
    "wait_s": (60 * 0.074325, 60 * 5e-7),
    "asa_s": (60 * 0.058918, 60 * 5e-7),
    "abandoned_wait_s": (60 * 0.266217, 60 * 5e-7),
    "virtual_wait_s": (60 * 0.100441, 60 * 5e-7),
}


@pytest.mark.parametrize("line", [CCMATH_X, CCMATH_100], ids=["endless", "100 lines"])
def test_definitions_on_one_system(line: Any):
    """CCmath's Erlang X: five service levels and four waits of one system, without and with its 100 lines."""
    figures = line.figures(20.0)

    for name, (printed, half) in ONE_SYSTEM.items():
        assert float(getattr(figures, name)) == pytest.approx(printed, abs=half), name
    assert float(line.virtual_within(60 * 0.333)) == pytest.approx(0.87966, abs=5e-6)


def test_percentiles_of_garnett():
    """90 % of all wait at most 12.44 s with impatience, 58.14 s without; those accepted and virtual waits differ."""
    assert float(percentile_s(GARNETT.waited_within, 0.9)) == pytest.approx(12.44, abs=0.005)
    assert float(percentile_s(PATIENT.waited_within, 0.9)) == pytest.approx(58.14, abs=0.005)
    assert float(GARNETT.percentile_s(0.5)) == 0
    assert float(GARNETT.percentile_s(0.9)) == pytest.approx(12.34, abs=0.005)
    assert float(percentile_s(GARNETT.virtual_within, 0.9)) == pytest.approx(13.15, abs=0.005)


def test_fewest_agents_for_80_in_20():
    """With 5 minutes a call: by Erlang C, by Erlang A (patience 2 minutes, of all offered), and by the root rule."""
    per_s = np.array([1, 2, 5, 10, 20]) / 60
    level, offered = Goal("service_level", 0.8, 20), Goal("service_level_offered", 0.8, 20)

    assert agents_for(lambda n: erlang(n, per_s, 300), per_s, level).tolist() == [8, 14, 30, 57, 108]
    assert agents_for(lambda n: erlang(n, per_s, 300, 120), per_s, offered).tolist() == [7, 12, 27, 51, 98]
    assert square_root_agents(300 * per_s, 1.0).tolist() == [8, 14, 30, 58, 110]


def test_many_agents_approach_the_limit():
    """A team of load + √load: Halfin and Whitt's limit, and 25, 100 and 400 agents on the way to it."""
    n = np.array([25, 100, 400])

    assert float(limit_delay(1.0)) == pytest.approx(0.22336, abs=5e-6)
    assert erlang_c(n, n - np.sqrt(n)) == pytest.approx([0.20910, 0.21694, 0.22031], abs=5e-6)
    assert float(erlang_c(10**7, 10**7 - 10**3.5)) == pytest.approx(float(limit_delay(1.0)), rel=2e-4)
    impatient = erlang(10**6, (10**6 + 10**3) / 60, 60, patience=30).delayed
    assert float(limit_delay_impatient(-1.0, 0.5)) == pytest.approx(float(impatient), rel=2e-3)
    assert float(beta_for(limit_delay(0.7))) == pytest.approx(0.7)


@pytest.mark.parametrize("patience", [None, 40.0])
def test_little_in_a_small_room(patience: float | None):
    """Queue length, agents busy and who is blocked in a room of three, by birth and death."""
    rate, theta = 3 / 60, 0 if patience is None else 1 / patience
    out = np.array([min(k, 2) / 60 + max(k - 2, 0) * theta for k in range(1, 6)])
    weights = np.concatenate([[1.0], np.cumprod(rate / out)])
    weights /= weights.sum()
    figures = erlang(2, rate, 60, patience, room=3).figures(20)

    assert float(figures.blocked_rate) == pytest.approx(weights[5])
    assert float(figures.queue_length) == pytest.approx(weights @ np.maximum(np.arange(6) - 2, 0))
    assert float(figures.occupancy) == pytest.approx(weights @ np.minimum(np.arange(6), 2) / 2)
    assert float(figures.abandonment) == pytest.approx(theta * float(figures.queue_length) / rate)


def test_a_large_overloaded_team_loses_the_excess():
    """The fluid limit: 200 agents, 20 % too many chats: a sixth abandons, up to small change."""
    assert float(erlang(200, 240 / 60, 60, patience=60).abandoned) == pytest.approx(1 / 6, rel=0.005)


# Erlang B and C in closed form


def recursion(agents: int, load: float) -> float:
    """Erlang's B by the usual recursion."""
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


@given(st.integers(1, 3000), st.floats(0.001, 300))
def test_erlang_b_is_the_recursion(agents: int, ratio: float):
    """To eleven digits, as far as numbers reach, from hardly any load to hundreds of times too much."""
    expected = recursion(agents, ratio * agents)

    assert float(erlang_b(agents, ratio * agents)) == pytest.approx(expected, rel=1e-11, abs=1e-290)


@given(st.integers(1, 3000), st.floats(0.5, 20))
def test_erlang_b_is_a_value_of_scipys(agents: int, ratio: float):
    """Tricomi's function: 1 / B = load × U(1, agents + 2, load), which SciPy has, slow for large teams."""
    expected = 1 / (ratio * agents * special.hyperu(1, agents + 2, ratio * agents))

    assert float(erlang_b(agents, ratio * agents)) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("ratio", [0.9, 0.99, 1.0, 1.003, 1.02, 1.0447, 1.0448, 1.2, 50.0])
def test_erlang_b_of_100_000_agents(ratio: float):
    """The same for 100,000 agents, on both sides of the place where the continued fraction takes over."""
    n = 100_000

    assert float(erlang_b(n, ratio * n)) == pytest.approx(recursion(n, ratio * n), rel=1e-11)


def test_formulas_broadcast():
    """Arrays of agents and loads give arrays of their common shape, and each element its own answer."""
    agents, load = np.arange(1, 6)[:, None], np.array([0.5, 2.0, 8.0])
    line = erlang(agents, load / 60, 60, patience=90)

    assert (
        erlang_b(agents, load).shape == erlang_c(agents, load).shape == line.figures(20).asa_s.shape == (5, 3)
    )
    alone = erlang(3, 2.0 / 60, 60, patience=90).figures(20)
    assert float(line.figures(20).service_level[2, 1]) == pytest.approx(float(alone.service_level), rel=1e-12)
    assert line.accepted_within(np.array([0, 10, 20])).shape == (5, 3)
    assert float(line.percentile_s(0.9)[2, 1]) == pytest.approx(
        float(erlang(3, 2.0 / 60, 60, patience=90).percentile_s(0.9))
    )
    rooms = erlang(4, 0.1, 60, patience=[30, 60, 90], room=[0, 1, 40]).figures(20)
    for k, (patience, room) in enumerate([(30, 0), (60, 1), (90, 40)]):
        single = erlang(4, 0.1, 60, patience, room).figures(20)
        assert float(rooms.missed_rate[k]) == pytest.approx(float(single.missed_rate), rel=1e-12)


# Monotony, limits and inverses

teams = st.integers(1, 200)
ratios = st.floats(0.05, 2.0)
patiences = st.floats(1.0, 1e4)


@given(teams, ratios, patiences)
def test_more_agents_more_load_more_patience(agents: int, ratio: float, patience: float):
    """Fewer wait and fewer leave with an agent more; more with more load; fewer leave and all wait longer with patience."""
    rate = ratio * agents / 60
    lines = erlang([agents, agents + 1, agents, agents], rate * np.array([1, 1, 1.1, 1]), 60,
                   patience * np.array([1, 1, 1, 1.1]))  # fmt: skip
    usual, helped, busier, patienter = range(4)
    delayed, left, wait = lines.delayed, lines.abandoned, lines.wait_s

    assert delayed[helped] < delayed[usual] < delayed[busier] or delayed[usual] in {0, 1}
    assert left[helped] < left[usual] < left[busier] or left[usual] < 1e-14
    assert left[patienter] < left[usual] * (1 + 1e-12)
    assert wait[patienter] > wait[usual] * (1 - 1e-12)
    assert erlang_b(agents + 1, rate * 60) < erlang_b(agents, rate * 60) < erlang_b(agents, rate * 66)
    assert erlang_c(agents + 1, rate * 60) <= erlang_c(agents, rate * 60) <= erlang_c(agents, rate * 66)


@settings(max_examples=40)
@given(teams, st.floats(0.05, 0.95))
def test_erlang_a_becomes_c_and_b(agents: int, ratio: float):
    """With endless patience nobody leaves; with none whoever would wait is lost. In an endless line and in a room."""
    rate = ratio * agents / 60
    delay, loss = erlang(agents, rate, 60), float(erlang_b(agents, ratio * agents))
    for room in (None, 3000):
        late, soon = erlang(agents, rate, 60, 1e9, room), erlang(agents, rate, 60, 1e-7, room)
        assert float(late.delayed) == pytest.approx(float(delay.delayed), rel=1e-4)
        assert float(late.wait_s) == pytest.approx(float(delay.wait_s), rel=1e-4)
        assert float(late.figures(20).service_level) == pytest.approx(
            float(delay.figures(20).service_level), rel=1e-4
        )
        assert float(soon.abandoned) == pytest.approx(loss, rel=1e-5, abs=1e-14)
    assert float(erlang(agents, rate, 60, patience=0).abandoned) == pytest.approx(loss, rel=1e-9, abs=1e-300)
    assert float(erlang(agents, rate, 60, room=0).blocked) == pytest.approx(loss, rel=1e-9, abs=1e-300)
    assert float(delay.delayed) == pytest.approx(float(erlang_c(agents, ratio * agents)), rel=1e-9)


@given(teams, ratios, patiences, st.floats(0, 1e3))
def test_identities(agents: int, ratio: float, patience: float, t: float):
    """Those who leave are the waiting time over the patience; what is carried is what is accepted; shares add up."""
    line = erlang(agents, ratio * agents / 60, 60, patience)
    figures = line.figures(t)

    assert float(line.abandoned) == pytest.approx(float(line.wait_s) / patience, rel=1e-7, abs=1e-14)
    assert float(figures.occupancy) == pytest.approx(ratio * (1 - float(line.abandoned)), rel=1e-9)
    # Whoever is patient enough meets the virtual wait: P(left by t) + P(accepted by t) = 1 − P(V > t) P(patience > t).
    beyond = (1 - float(line.virtual_within(t))) * np.exp(-t / patience)
    assert float(figures.service_level_lenient) == pytest.approx(1 - beyond, abs=1e-11)
    levels = [figures.service_level_offered, figures.service_level, figures.service_level_lenient, 1.0]
    assert all(lower <= upper + 1e-12 for lower, upper in pairwise(map(float, levels)))


@settings(max_examples=15)
@given(st.integers(1, 2000), st.floats(0.01, 0.99))
def test_inverse_of_inverse(agents: int, target: float):
    """The load of which a share is lost, or waits, needs as many agents; a little more needs one more."""
    for backward, forward in ((load_for_loss, agents_for_loss), (load_for_delay, agents_for_delay)):
        load = float(backward(agents, target))
        assert int(forward(load * (1 - 1e-9), target)) == agents
        assert int(forward(load * (1 + 1e-9), target)) == agents + 1


@settings(max_examples=4)
@given(st.integers(1, 300), st.floats(0.3, 0.95), st.floats(10.0, 600.0))
def test_carried_load_is_the_inverse(agents: int, target: float, patience: float):
    """A team that carries a load at most at a service level is the smallest for that load."""
    goal = Goal("service_level", target, 20)
    rate = carried_per_s(lambda r: erlang(agents, r, 60, patience), goal, 1e4 * agents)

    assert int(agents_for(lambda n: erlang(n, rate * (1 - 1e-6), 60, patience), rate, goal)) == agents
    assert int(agents_for(lambda n: erlang(n, rate * (1 + 1e-6), 60, patience), rate, goal)) == agents + 1


def test_many_lines_at_once():
    """More lines than are integrated at once are the same as one at a time."""
    agents = np.arange(1, 701)
    together = erlang(agents, 5.0, 60, 90).figures(20)

    for n in (1, 256, 257, 512, 700):
        alone = erlang(n, 5.0, 60, 90).figures(20)
        assert float(together.service_level[n - 1]) == pytest.approx(float(alone.service_level), rel=1e-12)
        assert float(together.wait_s[n - 1]) == pytest.approx(float(alone.wait_s), rel=1e-12)


def test_nobody_comes():
    """Without arrivals nobody waits, is lost or needs an agent; ratios over nobody are null."""
    for line in (erlang(3, 0, 60), erlang(3, 0, 60, 30), erlang(3, 0, 60, 30, 4), erlang(3, 0, 60, room=0)):
        figures = line.figures(20)
        assert float(figures.wait_probability) == float(figures.missed_rate) == float(figures.occupancy) == 0
        assert float(figures.service_level) == 1
        assert np.isnan(figures.abandoned_wait_s)
    assert agents_for(lambda n: erlang(n, [0, 1 / 60], 300), [0, 1 / 60], Goal("asa_s", 10)).tolist() == [
        0,
        9,
    ]
    assert erlang_b([0, 3], 0.0).tolist() == [1, 0]
    assert erlang_c([0, 3], 0.0).tolist() == [1, 0]


def test_unstable_without_impatience():
    """As many erlangs as agents, or more: everybody waits, for ever, and nobody is in time."""
    for per_s in (2 / 60, 3 / 60):
        line = erlang(2, per_s, 60)
        figures = line.figures(1e9)
        assert float(figures.wait_s) == float(figures.asa_s) == float(figures.queue_length) == np.inf
        assert float(figures.service_level) == 0
        assert float(figures.wait_probability) == float(figures.occupancy) == 1
        assert float(line.percentile_s(0.5)) == np.inf
    some_never_leave = LAW.validate_python(
        {"law": "piecewise_hazard", "edges_s": [0, 60], "hazard_per_s": [0.02, 0]}
    )
    line = erlang(2, 9 / 60, 60, some_never_leave)
    assert float(line.wait_s) == np.inf
    assert float(line.abandoned) == pytest.approx(1 - np.exp(-1.2))
    assert float(line.left_within(30)) == pytest.approx(1 - np.exp(-0.6))


@pytest.mark.parametrize(
    ("call", "law"),
    [
        (lambda: erlang_b(2.5, 1), "agents: must be a whole number, got 2.5"),
        (lambda: erlang_c([1, -1], 1), "agents: must be from 0 to 10,000,000, got -1"),
        (lambda: erlang_b(3, -1), "load: must be at least 0, and finite, got -1"),
        (lambda: erlang_b(3, np.inf), "load: must be at least 0, and finite, got inf"),
        (lambda: erlang_b(3, np.nan), "load: must be a number, got nan"),
        (lambda: erlang_b("many", 1), "agents: must be a number, got 'many'"),
        (lambda: erlang(0, 1, 1), "agents: must be from 1 to 10,000,000, got 0"),
        (lambda: erlang(3, 1, 0), "aht_s: must be above 0, and finite, got 0"),
        (lambda: erlang(3, 1, 1, patience=-1), "patience_s: must be at least 0, and finite, got -1"),
        (lambda: erlang(3, 1, 1, room=0.5), "room: must be a whole number, got 0.5"),
        (lambda: erlang(3, 1, 1, room=10**9), "room: must be from 0 to 1,000,000, got 1e"),
        (lambda: erlang(np.arange(1, 99), 1, 1, room=10**6), "room: must have at most 10,000,000 places in all lines"),
        (lambda: SINGLE.figures(-1), "threshold_s: must be at least 0, and finite, got -1"),
        (lambda: Goal("service_level", 1.0), "service_level: must lie between 0 and 1, both excluded, got 1"),
        (lambda: Goal("service_level", 0.0), "service_level: must lie between 0 and 1, both excluded, got 0"),
        (lambda: Goal("joy", 0.5), "goal: must be one of abandonment, .*, got joy"),
        (lambda: agents_for_loss(10, 1), "target: must lie between 0 and 1, both excluded, got 1"),
        (lambda: agents_for_loss(3e7, 0.01), "agents: 10,000,000 must be enough, and are not"),
        (lambda: retrials(lambda r: erlang(3, r, 60), 1, 1.5), "again: must be at most 1, got 1.5"),
    ],
)  # fmt: skip
def test_bad_input_names_the_law(call: Any, law: str):
    """Each number that a formula has no answer for is refused in a sentence."""
    with pytest.raises(SimError, match=law):
        call()


def test_a_finite_room_takes_exponential_patience():
    """Other laws in a finite room have no formula here."""
    fixed = LAW.validate_python({"law": "fixed", "mean_s": 60})

    with pytest.raises(TheoryError, match="room: a finite room takes exponential patience only"):
        erlang(3, 0.1, 60, fixed, room=5)


@pytest.mark.parametrize("ratio", [1e-6, 0.5, 0.999999, 1.0, 1.000001, 2.0, 100.0])
@pytest.mark.parametrize("agents", [1, 1000, 100_000])
@pytest.mark.parametrize("patience", [None, 1e-3, 60.0, 1e9])
def test_no_overflow(agents: int, ratio: float, patience: float | None):
    """From one agent to 100,000, from hardly any load to a hundredfold: shares are shares, and no warning."""
    line = erlang(agents, ratio * agents / 60, 60, patience)
    figures = line.figures(20)

    for share in (figures.abandonment, figures.wait_probability, figures.service_level, figures.occupancy):
        assert -1e-12 <= float(share) <= 1 + 1e-12
    assert float(figures.occupancy) == pytest.approx(min(ratio * (1 - float(line.abandoned)), 1), rel=1e-6)


# Any law of patience

LAWS = [
    ({"law": "exponential", "mean_s": 120.0}, stats.expon(scale=120)),
    ({"law": "fixed", "mean_s": 90.0}, None),
    ({"law": "uniform", "low_s": 20.0, "high_s": 200.0}, stats.uniform(20, 180)),
    ({"law": "uniform", "mean_s": 100.0, "cv": 0.4, "zero": 0.2}, stats.uniform(100 - 40 * 3**0.5, 80 * 3**0.5)),
    ({"law": "erlang", "mean_s": 120.0, "shape": 3}, stats.gamma(3, scale=40)),
    ({"law": "erlang", "mean_s": 120.0, "cv": 0.5}, stats.gamma(4, scale=30)),
    ({"law": "gamma", "mean_s": 120.0, "cv": 2.0}, stats.gamma(0.25, scale=480)),
    ({"law": "lognormal", "mean_s": 180.0, "cv": 1.2}, stats.lognorm(np.sqrt(np.log(2.44)), scale=180 / np.sqrt(2.44))),
    ({"law": "weibull", "mean_s": 120.0, "shape": 0.6}, stats.weibull_min(0.6, scale=120 / special.gamma(1 + 1 / 0.6))),
    ({"law": "weibull", "mean_s": 120.0, "shape": 3.0, "zero": 0.1}, stats.weibull_min(3, scale=120 / special.gamma(1 + 1 / 3))),
    ({"law": "hyperexponential", "weights": [3.0, 1.0], "means_s": [20.0, 400.0]}, None),
    ({"law": "empirical", "values_s": [30.0, 10.0, 300.0], "weights": [1.0, 2.0, 5.0]}, None),
    ({"law": "piecewise_hazard", "edges_s": [0.0, 30.0, 60.0], "hazard_per_s": [0.02, 0.0, 0.01]}, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "theirs"), LAWS, ids=lambda value: value["law"] if isinstance(value, dict) else ""
)
def test_patience_is_the_scenarios_law(spec: dict[str, Any], theirs: Any):
    """Its survival and mean so far are those of SciPy, where it has the law; of the law's own quantiles, everywhere."""
    law = LAW.validate_python(spec)
    patience = patience_of(law)
    u = (np.arange(20_000) + 0.5) / 20_000
    values = law.quantile(u)
    for x in (0.0, 7.0, 10.0, 29.0, 45.0, 90.0, 250.0, 1000.0):
        at = np.array([x])
        assert patience.beyond(at)[0] == pytest.approx(np.mean(values > x), abs=1e-4)
        assert patience.held(at)[0] == pytest.approx(np.mean(np.minimum(values, x)), rel=1e-3, abs=1e-9)
        if theirs is not None:
            some = 1 - spec.get("zero", 0.0)
            assert patience.beyond(at)[0] == pytest.approx(some * theirs.sf(x), rel=1e-10, abs=1e-13)


@pytest.mark.parametrize(("agents", "ratio"), [(1, 0.7), (7, 0.9), (7, 1.0), (7, 1.4), (60, 1.15)])
@pytest.mark.parametrize("spec", [spec for spec, _ in LAWS], ids=lambda spec: spec["law"])
def test_any_patience_by_plain_quadrature(spec: dict[str, Any], agents: int, ratio: float):
    """The building blocks of Zeltyn and Mandelbaum, by SciPy's adaptive quadrature of the textbook's integrals."""
    law = LAW.validate_python(spec)
    patience = patience_of(law)
    rate, freed, threshold = ratio * agents / 60, agents / 60, 25.0
    kinks = sorted({threshold, *np.ravel(patience.kinks).tolist(), 100.0, 400.0, 1000.0, 2500.0})

    def block(factor: Any, end: float = 6000.0) -> float:
        """Integral of a factor × e^(λ H(x) − nμ x)."""
        edges = [0.0, *(kink for kink in kinks if 0 < kink < end), end]
        return sum(
            integrate.quad(
                lambda x: float(factor(x) * np.exp(rate * patience.held(np.array([x]))[0] - freed * x)),
                low, high, epsabs=0, epsrel=1e-9, limit=200,
            )[0]
            for low, high in pairwise(edges)
        )  # fmt: skip

    def stays(x: float) -> float:
        return float(patience.beyond(np.array([x]))[0])

    def free() -> float:
        return 1 / recursion(agents - 1, ratio * agents)

    everything = free() + rate * block(lambda _: 1.0)
    line = erlang(agents, rate, 60, law)

    assert float(line.delayed) == pytest.approx(1 - free() / everything, rel=1e-6)
    assert float(line.abandoned) == pytest.approx(
        (1 + (rate - freed) * block(lambda _: 1.0)) / everything, rel=1e-5
    )
    assert float(line.wait_s) == pytest.approx(
        rate * block(lambda x: patience.held(np.array([x]))[0]) / everything, rel=1e-6
    )
    assert float(line.accepted_within(threshold)) == pytest.approx(
        (free() + rate * block(stays, threshold)) / everything, rel=1e-6
    )


def test_laws_that_are_exponential_in_disguise():
    """Gamma, Weibull, Erlang, a mixture and a constant hazard: all the same as exponential patience."""
    expected = erlang(9, 0.16, 60, 80.0).figures(20)
    for spec in (
        {"law": "exponential", "mean_s": 80.0},
        {"law": "gamma", "mean_s": 80.0, "cv": 1.0},
        {"law": "weibull", "mean_s": 80.0, "shape": 1.0},
        {"law": "erlang", "mean_s": 80.0, "shape": 1},
        {"law": "hyperexponential", "weights": [1.0, 2.0], "means_s": [80.0, 80.0]},
        {"law": "piecewise_hazard", "edges_s": [0.0, 50.0], "hazard_per_s": [1 / 80, 1 / 80]},
    ):
        found = erlang(9, 0.16, 60, LAW.validate_python(spec)).figures(20)
        for name in ("abandonment", "wait_s", "asa_s", "abandoned_wait_s", "service_level"):
            assert float(getattr(found, name)) == pytest.approx(float(getattr(expected, name)), rel=1e-10)


def test_balking_is_patience_of_zero():
    """Those without any patience leave at once: with nobody else, the rate of arrivals falls while all are busy."""
    zero = LAW.validate_python({"law": "exponential", "mean_s": 1e9, "zero": 0.25})
    line = erlang(5, 4 / 60, 60, zero)
    # Birth and death: 4 a minute, 3 while all are busy.
    weights = [4.0**k / np.prod(np.arange(1, k + 1)) for k in range(6)]
    full = weights[5] / (1 - 3 / 5)

    assert float(line.delayed) == pytest.approx(full / (full + sum(weights[:5])), rel=1e-6)
    assert float(line.abandoned) == pytest.approx(0.25 * float(line.delayed), rel=1e-6)


# Priorities and retrials


def test_priorities_keep_the_mean():
    """One queue is Erlang C; with more, the mean over all stays that of one, and the first is its own line."""
    one = priorities(3, 0.5, 5.0)
    more = priorities(3, [0.2, 0.2, 0.1], 5.0)
    c = erlang(3, 0.5, 5.0)

    assert one.wait_s[0] == pytest.approx(float(c.wait_s))
    assert one.accepted_within(4.0)[0] == pytest.approx(float(c.accepted_within(4.0)))
    assert more.per_s @ more.wait_s / 0.5 == pytest.approx(float(c.wait_s))
    assert more.wait_s[0] < more.wait_s[1] < more.wait_s[2]


@pytest.mark.parametrize("queue", [0, 1, 2])
def test_distributions_of_priorities_have_the_means(queue: int):
    """The integral of the share that waits longer is the mean wait."""
    found = priorities(4, [0.2, 0.25, 0.15], 5.0)
    t = np.concatenate([[0.0], np.geomspace(1e-3, 2000, 400)])
    beyond = [1 - found.accepted_within(x)[queue] for x in t]

    assert integrate.simpson(beyond, x=t) == pytest.approx(found.wait_s[queue], rel=1e-4)


def test_overloaded_priorities():
    """Urgent chats still have a finite wait while the others wait for ever."""
    found = priorities(2, [0.2, 0.3], 5.0)

    assert found.wait_s.tolist() == [pytest.approx(5.0), np.inf]
    assert found.accepted_within(1e6)[1] == 0


@settings(max_examples=25)
@given(st.integers(1, 50), st.floats(0.1, 0.9), st.floats(0, 1))
def test_retrials_solve_their_equation(agents: int, ratio: float, again: float):
    """First attempts and returning ones add up, and with nobody returning it is Erlang B."""
    first = ratio * agents / 60
    found = retrials(lambda rate: erlang(agents, rate, 60, room=0), first, again)
    lost = float(erlang_b(agents, 60 * found.per_s))

    assert float(found.per_s) == pytest.approx(first + again * float(found.per_s) * lost, rel=1e-6)
    assert float(found.attempts) == pytest.approx(1 / (1 - again * lost), rel=1e-6)
    assert float(found.lost) == pytest.approx(
        (float(found.per_s) - first) / first * (1 - again) / again if again > 1e-6 else lost, abs=1e-5
    )


def test_retrials_beyond_all_capacity():
    """If all try until served, a team can't carry more than its agents; else the excess is lost for good."""
    found = retrials(lambda rate: erlang(5, rate, 60, room=0), [0.08, 0.1], 1.0)

    assert np.isfinite(found.per_s[0])
    assert found.per_s[1] == found.attempts[1] == np.inf
    assert found.lost[0] == 0
    assert np.isnan(found.lost[1])
