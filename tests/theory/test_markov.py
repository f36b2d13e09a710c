"""The exact solver: closed forms, matrix exponentials, and small centres to their printed digits.

Published: days of L'Ecuyer and Buist's *ContactCenters* (MMC, MMCAb, MMCBlocked) and the package CCmath's
blending. Rates are per minute in these tests, as in print; a chain does not mind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import exp, factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy.linalg import expm, solve

from sim.arrays import Floats
from sim.errors import TheoryError
from sim.scenario.distributions import Distribution
from sim.theory.chains.desk import Desk
from sim.theory.chains.pool import Pool
from sim.theory.chains.staffing import Staffing
from sim.theory.erlang import erlang, erlang_b
from sim.theory.markov import Chain, explore, through
from sim.theory.priorities import priorities
from sim.theory.retrials import retrials

# Any chain: random rates between a handful of states


@st.composite
def chains(draw: Any) -> Chain[int]:
    """Chains of 2 to 6 states in which a circle leads everywhere, and some other rates."""
    n = draw(st.integers(2, 6))
    rates = np.array(draw(st.lists(st.floats(0, 5), min_size=n * n, max_size=n * n))).reshape(n, n)
    rates[np.arange(n), (np.arange(n) + 1) % n] += 0.1

    def moves(state: int) -> Iterator[tuple[int, float]]:
        yield from ((after, float(rates[state, after])) for after in range(n))

    return explore(moves, 0)


@given(chains())
def test_stationary_distribution_balances(chain: Chain[int]):
    """It is a distribution, and what leaves a state comes into it."""
    weights = chain.stationary

    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()
    assert weights @ chain.generator.toarray() == pytest.approx(np.zeros(len(chain)), abs=1e-12)


@settings(max_examples=50)
@given(chains(), st.floats(0, 100))
def test_uniformisation_is_the_matrix_exponential(chain: Chain[int], t: float):
    """Distributions, time spent in states, and expected values agree with SciPy's expm."""
    n, start, matrix = len(chain), chain.at(0), chain.generator.toarray()
    both = expm(np.block([[matrix, np.eye(n)], [np.zeros((n, 2 * n))]]) * t)
    after, spent = chain.path(start, t)
    values = np.arange(n) ** 2.0

    assert after == pytest.approx(start @ both[:n, :n], abs=1e-10)
    assert chain.transient(start, t) == pytest.approx(after, abs=1e-15)
    assert spent == pytest.approx(start @ both[:n, n:], rel=1e-9, abs=1e-9)
    assert spent.sum() == pytest.approx(t)
    assert chain.expected(values, t) == pytest.approx(both[:n, :n] @ values, rel=1e-9, abs=1e-9)


@settings(max_examples=30)
@given(chains())
def test_asymptotic_variance_is_the_integral_of_the_covariance(chain: Chain[int]):
    """Twice the covariance of the value now and later, integrated over all later times."""
    values, weights = np.arange(len(chain)) ** 2.0, chain.stationary
    centred = values - weights @ values
    # ∫ (e^(Qt) − 1π) dt = (1π − Q)⁻¹ − 1π
    deviation = np.linalg.inv(np.outer(np.ones(len(chain)), weights) - chain.generator.toarray())

    assert chain.asymptotic_variance(values) == pytest.approx(2 * (weights * centred) @ deviation @ centred)


@settings(max_examples=40)
@given(chains())
def test_absorption_by_plain_algebra(chain: Chain[int]):
    """Chances to end in one of two ends, and the mean time until then."""

    def moves(state: int) -> Iterator[tuple[int, float]]:
        yield from ((after, chain.rates[[state], [after]].item()) for after in range(len(chain)))
        yield -1, 1.0 + state
        yield -2, 2.0

    ended = explore(lambda state: moves(state) if state >= 0 else [], 0)
    inner = np.array([k for k, state in enumerate(ended.states) if state >= 0])
    numbers = np.array([ended.states[k] for k in inner])
    matrix = ended.generator.toarray()[np.ix_(inner, inner)]
    first = ended.absorbed(ended.values(lambda state: float(state == -1)))
    second = ended.absorbed(ended.values(lambda state: float(state == -2)))
    time = ended.absorbed(np.zeros(len(ended)), np.ones(len(ended)))

    assert first + second == pytest.approx(np.ones(len(ended)))
    assert first[inner] == pytest.approx(solve(-matrix, 1.0 + numbers))
    assert time[inner] == pytest.approx(solve(-matrix, np.ones(len(inner))))
    assert first[[ended.place[-1], ended.place[-2]]].tolist() == [1, 0]


def test_states_may_be_anything_and_some_are_left_for_ever():
    """A start that is never seen again has no share of the long run."""
    chain = explore(lambda s: {"a": [("b", 1.0)], "b": [("c", 2.0)], "c": [("b", 1.0), ("c", 9.0)]}[s], "a")

    assert dict(zip(chain.states, chain.stationary.tolist(), strict=True)) == {
        "a": 0, "b": pytest.approx(1 / 3), "c": pytest.approx(2 / 3),
    }  # fmt: skip
    assert chain.at({"a": 0.25, "c": 0.75}).tolist() == [0.25, 0, 0.75]
    assert chain.mean(chain.values(ord)) == pytest.approx((ord("b") + 2 * ord("c")) / 3)
    assert chain.asymptotic_variance(np.ones(3)) == 0
    single = explore(lambda _: [], "alone")
    assert single.stationary.tolist() == [1]
    assert single.transient(np.ones(1), 1e6).tolist() == [1]
    assert single.path(np.ones(1), 7.0)[1].tolist() == [7]
    assert single.asymptotic_variance(np.ones(1)) == 0


@pytest.mark.parametrize(
    ("call", "law"),
    [
        (lambda: explore(lambda k: [(k + 1, 1.0)], 0, most=50), "chain: must have at most 50 states"),
        (lambda: explore(lambda k: [(1 - k, -1.0)], 0), "rates must be at least 0, and finite, got -1.0 in 0"),
        (lambda: explore(lambda k: [(1 - k, np.nan)], 0), "rates must be at least 0, and finite, got nan in 0"),
        (lambda: explore(lambda k: [(1, 1.0), (2, 1.0)] if not k else [], 0).stationary,
         "chain: must have one set of states it never leaves, got 2"),
        (lambda: explore(lambda k: [(1 - k, 1.0)], 0).absorbed(np.zeros(2)),
         "chain: must come to an end from every state, got 2 without"),
        (lambda: explore(lambda k: [(1 - k, 1.0)], 0).transient(np.ones(2) / 2, -1), "t_s: must be at least 0"),
    ],
)  # fmt: skip
def test_bad_chains_name_the_law(call: Any, law: str):
    """A chain that has no answer is refused in a sentence."""
    with pytest.raises(TheoryError, match=law):
        call()


# One agent each: closed forms


def birth_death(rate: float, agents: int, patience: float, most: int, mean: float = 1.0) -> Chain[int]:
    """Number of chats in Erlang A's centre."""

    def moves(chats: int) -> Iterator[tuple[int, float]]:
        if chats < most:
            yield chats + 1, rate
        yield max(chats - 1, 0), min(chats, agents) / mean + max(chats - agents, 0) / patience

    return explore(moves, 0)


@settings(max_examples=25)
@given(st.integers(1, 12), st.floats(0.1, 1.5), st.floats(0.1, 5.0))
def test_chain_is_erlang_a(agents: int, ratio: float, patience: float):
    """Probability of waiting and waits of the long run are the formula's; a room of 0 is Erlang B."""
    rate = ratio * agents
    chain = birth_death(rate, agents, patience, most=agents + 200)
    line = erlang(agents, rate, 1.0, patience)
    queue = chain.mean(chain.values(lambda chats: max(chats - agents, 0)))

    assert chain.mean(chain.values(lambda chats: chats >= agents)) == pytest.approx(
        float(line.delayed), rel=1e-9
    )
    assert queue / rate == pytest.approx(float(line.wait_s), rel=1e-9)
    loss = birth_death(rate, agents, 1.0, most=agents)
    assert loss.stationary[-1] == pytest.approx(float(erlang_b(agents, rate)), rel=1e-10)


def test_small_probabilities_keep_their_digits():
    """Forty agents with five erlangs: the probability of all busy is 10⁻²², and right to ten digits."""
    chain = birth_death(5.0, 40, 1.0, most=40)

    assert chain.stationary[-1] == pytest.approx(float(erlang_b(40, 5.0)), rel=1e-10, abs=0)
    assert chain.transient(chain.at(0), 1000.0)[-1] == pytest.approx(
        float(erlang_b(40, 5.0)), rel=1e-10, abs=0
    )


def test_standard_error_of_garnetts_queue():
    """P13: the queue's asymptotic variance is 63.8; M/M/1's is known in closed form."""
    garnett = birth_death(48.0, 50, 2.0, most=300)
    queue = garnett.values(lambda chats: max(chats - 50, 0))
    single = birth_death(0.5, 1, np.inf, most=200)
    chats = single.values(float)

    assert garnett.asymptotic_variance(queue) == printed("63.8")
    # 2 ρ (1 + ρ) / (1 − ρ)⁴ in units of the service time: Whitt, Management Science 35 (1989) 1341-1366.
    assert single.asymptotic_variance(chats) == pytest.approx(2 * 0.5 * 1.5 / 0.5**4, rel=1e-9)


def test_staffing_does_not_matter_when_patience_is_service():
    """With as long a patience as a service the number there is Poisson, whatever the staffing does (Feldman et al. 2008).

    Three intervals with other rates and other agents; the mean follows its own differential equation.
    """
    mean, stages = 0.0, []
    rates, agents = (5.0, 12.0, 3.0), (4, 1, 9)

    def moves(rate: float, on_duty: int) -> Any:
        def of(chats: int) -> Iterator[tuple[int, float]]:
            if chats < 60:
                yield chats + 1, rate
            yield max(chats - 1, 0), min(chats, on_duty) + max(chats - on_duty, 0) / 1.0

        return of

    stages = through({0: 1.0}, [(1.5, moves(r, n)) for r, n in zip(rates, agents, strict=True)])
    for stage, rate in zip(stages, rates, strict=True):
        mean = rate + (mean - rate) * exp(-1.5)
        poisson = stage.chain.values(lambda chats, m=mean: exp(-m) * m**chats / factorial(chats))
        assert stage.end == pytest.approx(poisson, abs=1e-12)
    assert [stage.occupied_s.sum() for stage in stages] == pytest.approx([1.5] * 3)


def test_agents_who_go_take_their_chats_along():
    """What a state becomes when an interval begins may be a matter of chance."""
    idle: Any = lambda _: []  # noqa: E731

    def changed(k: int, state: int) -> list[tuple[int, float]]:
        return [(state, 1.0)] if k == 0 else [(state, 0.5), (state + 1, 0.5)]

    stages = through({0: 0.25, 5: 0.75}, [(1.0, idle), (2.0, idle), (3.0, idle)], changed)
    found = dict(zip(stages[-1].chain.states, stages[-1].end.tolist(), strict=True))

    assert found == pytest.approx({0: 0.0625, 1: 0.125, 2: 0.0625, 5: 0.1875, 6: 0.375, 7: 0.1875})
    assert [pytest.approx(stage.occupied_s.sum()) for stage in stages] == [1, 2, 3]


# Centres to their printed digits

DAYS = {
    "MMC": (Pool(4.2, 12, (2.0,), lines=80),
            "in_target 1815.27 service_level .90043 asa_s .10068 occupancy .69693"),
    "MMCAb": (Pool(4.2, 12, (2.0,), patience=1.0, lines=80),
              "abandoned 59.263 in_target 1906.72 asa_s .023825 service_level .96819 service_level_answered .97444 "
              "occupancy .67656"),
    "MMCBlocked": (Pool(4.2, 12, (2.0,), lines=5),
                   "blocked 18.863 in_target 1854.07 asa_s .060450 service_level_answered .92836 "
                   "service_level_blocked .91968 occupancy .69047"),
}  # fmt: skip
"""Published days, with exact figures, times in minutes."""


@pytest.mark.parametrize("name", DAYS)
def test_published_days(name: str):
    """P1 to P3: a day from an empty centre that drains after it closes, by uniformisation."""
    model, text = DAYS[name]
    calls, words, day = 4.2 * 480, text.split(), model.day(480)
    in_target = calls * (1 - day["blocked_rate"]) * day["service_level_offered"]
    found = day | {
        "in_target": in_target,
        "abandoned": calls * day["abandonment"],
        "blocked": calls * day["blocked_rate"],
        "service_level_blocked": in_target / calls,
    }

    for key, digits in zip(words[::2], words[1::2], strict=True):
        assert (found[key] / 60 if key.endswith("_s") else found[key]) == printed(digits), key


SSJ = Staffing(
    agents=(4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4),
    per_hour=(100.0, 150.0, 150.0, 180.0, 200.0, 150.0, 150.0, 150.0, 120.0, 100.0, 80.0, 70.0, 60.0),
    call_h=100 / 3600, patience_h=1000 / 3600, balk=0.1, by_number=False,
)  # fmt: skip


def test_published_call_centre_of_steady_days():
    """P4, busyness gamma(400, 400): 1.98592 % lost, 4.7236 s, 92.469 % within 20 s, by two kinds of quadrature.

    SSJ prints .020, 4.713 in (4.680, 4.746) and .925 in (.924, .925). Waits over a change of staff count: without
    it the last figure would be 92.460 %.
    """
    lost, hours = SSJ.mean(400) / 1660

    assert lost == pytest.approx(0.0198592, abs=5e-8)
    assert 3600 * hours == pytest.approx(4.7236, abs=5e-5)
    assert 1 - SSJ.over_days(lambda busyness: SSJ.late(busyness, 20 / 3600), 400, 3) / 1660 == printed(
        "0.92469"
    )


def test_published_call_centre_of_unsteady_days():
    """P5, busyness gamma(10, 10): 3.649 % lost, 12.520 s; SSJ prints .0342 in (.0311, .0374), 11.834 in (10.06, 13.61)."""
    lost, hours = replace(SSJ, size=90).mean(10, nodes=10) / 1660

    assert lost == printed("0.03649")
    assert 3600 * hours == printed("12.520")


def test_calls_in_time_of_constant_staffing():
    """The share within 20 s tends to the formula's for the same patience, a tenth of it zero."""
    law = {"law": "exponential", "mean_s": 1000.0, "zero": 0.1}
    line = erlang(8, 200 / 3600, 100, TypeAdapter(Distribution).validate_python(law))
    day, longer = (replace(SSJ, agents=(8,) * n, per_hour=(200.0,) * n).late(1.0, 20 / 3600) for n in (3, 4))

    assert 1 - (longer - day) / 200 == pytest.approx(float(line.waited_within(20)), abs=2e-5)


def test_published_blending():
    """P10: 16 agents start outbound work while more than two are idle; the line waits as in a centre of 14 to 16.

    CCmath prints .43, 63.34 %, 95.83 % and 1.11 a minute; the formula for waits beyond the threshold is Erlang C's.
    """

    def moves(busy: int) -> Iterator[tuple[int, float]]:
        yield min(busy + 1, 700), 4.0
        if busy > 14:  # one who comes free below this starts outbound work at once
            yield busy - 1, min(busy, 16) / 3

    chain = explore(moves, 14)
    delayed = chain.mean(chain.values(lambda busy: busy >= 16))
    spare = 16 / 3 - 4

    assert delayed / spare == pytest.approx(0.42857, abs=5e-6)
    assert 1 - delayed * exp(-0.333 * spare) == pytest.approx(0.63345, abs=5e-5)
    assert 1 - delayed * exp(-spare / 3) == pytest.approx(0.63345, abs=2e-4)
    assert chain.mean(chain.values(lambda busy: min(busy, 16))) / 16 == pytest.approx(0.95833, abs=5e-6)
    assert 14 / 3 * chain.stationary[chain.place[14]] == pytest.approx(1.1111, abs=5e-5)


LEAST, RANDOM, MOST = "least_loaded", "random", "most_loaded"
POOLS = {
    "B2": (Pool(0.85, 3, (6.0, 7.5, 9.5), patience=3.0, lines=100), {
        LEAST: "abandonment .098629 wait_probability .258741 wait_s .295887 asa_s .214394 concurrency 2.241307 "
               "service_level_offered .774948 duration_s 8.362793 slot_utilisation .711920 occupancy .952909",
        RANDOM: "abandonment .102896 wait_probability .269935 duration_s 8.581084 occupancy .924213",
        MOST: "abandonment .107267 wait_probability .281400 duration_s 8.801248 occupancy .890427",
    }, ("4.08", "4.11", "4.14")),
    "B5": (Pool(1.4, 3, (6.0, 6.0, 6.0), patience=2.0, lines=100), {
        LEAST: "abandonment .137661 wait_probability .364303 wait_s .275321 occupancy .985091",
        RANDOM: "abandonment .137661 wait_probability .364303 wait_s .275321",
        MOST: "abandonment .137661 wait_probability .364303 wait_s .275321 occupancy .943918",
    }, ("3.61", "3.61", "3.61")),
    "B6": (Pool(0.4, 3, (6.0, 12.0, 18.0), lines=300), {
        LEAST: "wait_s 1.924822 wait_probability .192482 duration_s 11.69642 occupancy .8",
        RANDOM: "wait_s 2.478399 wait_probability .247840 duration_s 13.66244 occupancy .8",
        MOST: "wait_s 3.001487 wait_probability .300149 duration_s 15.26586 occupancy .8",
    }, ("1468", "1786", "2051")),
    "P11": (Pool(4.0, 5, (3.0, 3.5, 4.0), patience=1.0, lines=100), {
        LEAST: "abandonment .155469 slot_utilisation .870102 wait_probability .424711 occupancy .994395 "
               "duration_s 3.86354 service_level_offered .718181",
        RANDOM: "abandonment .157067",
        MOST: "abandonment .158912",
    }, None),
}  # fmt: skip
"""Pools of agents with slots; their exact figures for each routing, times in minutes; the queue's asymptotic variance."""


def printed(text: str) -> Any:
    """A printed number, and half of its last digit on either side."""
    return pytest.approx(float(text), abs=0.5001 * 10.0 ** -len(text.partition(".")[2]))


@pytest.mark.parametrize("pool", POOLS)
def test_pools_without_rebalancing(pool: str):
    """Least loaded, random and most loaded routing to their printed digits, and the error a simulation will have."""
    model, routings, variances = POOLS[pool]
    for k, (policy, text) in enumerate(routings.items()):
        routed, words = replace(model, policy=policy), text.split()
        found = routed.figures()
        for name, digits in zip(words[::2], words[1::2], strict=True):
            value = found[name] / 60 if name.endswith("_s") else found[name]
            assert value == printed(digits), (policy, name)
        if variances is not None:
            chain = routed.chain()
            assert chain.asymptotic_variance(chain.values(lambda state: state[-1])) == printed(variances[k])


DESK = (
    "abandonment .159389 wait_probability .284359 wait_s .478168 asa_s .261458 service_level_offered .735822 "
    "response_s .777624 duration_s 7.888122 attention .525382 slot_utilisation .552570"
)
"""Exact figures of a desk, times in minutes."""


def test_desk_by_turns():
    """M2: an agent with three slots who answers message by message, with the error of a simulation's queue."""
    desk = Desk(arrival=0.25, slots=3, compose=0.5, think=1.0, mean_turns=5.0, patience=3.0)
    words = DESK.split()
    found = desk.figures()

    for name, digits in zip(words[::2], words[1::2], strict=True):
        assert (found[name] / 60 if name.endswith("_s") else found[name]) == printed(digits), name
    assert desk.figures(threshold=1.0)["service_level_offered"] == printed("0.767738")
    chain = explore(desk.moves, (0, 0, 0))
    queue = chain.values(lambda state: state[-1])
    assert chain.asymptotic_variance(queue) == printed("1.14")


def test_chain_of_priorities():
    """Two queues before two agents: means and the distribution of the less urgent wait, by a tagged customer."""
    rates, mean, agents, most = (0.5, 0.3), 2.0, 2, 60

    def moves(state: tuple[int, int, int]) -> Iterator[tuple[tuple[int, int, int], float]]:
        busy, urgent, other = state
        for k, rate in enumerate(rates):
            if busy < agents:
                yield (busy + 1, 0, 0), rate
            elif (urgent, other)[k] < most:
                yield (busy, urgent + (k == 0), other + (k == 1)), rate
        if busy:
            after = (
                (busy, urgent - 1, other) if urgent else (busy, 0, other - 1) if other else (busy - 1, 0, 0)
            )
            yield after, busy / mean

    def ahead(state: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        """Of the less urgent: (urgent ahead, others ahead), until (−1, 0)."""
        urgent, other = state
        if urgent < 0:
            return
        if urgent < 2 * most:
            yield (urgent + 1, other), rates[0]
        yield (urgent - 1, other) if urgent or not other else (0, other - 1), agents / mean

    chain = explore(moves, (0, 0, 0))
    tagged = explore(ahead, (most, most))
    accepted = tagged.expected(tagged.values(lambda state: state[0] < 0), 5.0)
    found = priorities(agents, rates, mean)
    in_time = 0.0
    for (busy, urgent, other), weight in zip(chain.states, chain.stationary.tolist(), strict=True):
        in_time += weight * (1.0 if busy < agents else float(accepted[tagged.place[urgent, other]]))

    for k, rate in enumerate(rates):
        assert chain.mean(chain.values(lambda s, k=k: s[1 + k])) / rate == pytest.approx(
            found.wait_s[k], rel=1e-4
        )
    assert found.accepted_within(5.0)[1] == pytest.approx(in_time, abs=1e-5)


def test_retrials_are_the_limit_of_long_pauses():
    """Customers in orbit who try again after a while: the longer the pauses, the nearer to the fixed point."""
    agents, rate = 3, 2.0
    fixed = retrials(lambda r: erlang(agents, r, 1.0, room=0), rate, 1.0)
    shares = []
    for pause in (0.5, 5.0, 50.0):

        def moves(state: tuple[int, int], pause: float = pause) -> Iterator[tuple[tuple[int, int], float]]:
            busy, orbit = state
            if busy < agents:
                yield (busy + 1, orbit), rate
                yield (busy + 1, max(orbit - 1, 0)), orbit / pause
            elif orbit < 40 + 6 * pause:
                yield (busy, orbit + 1), rate
            yield (max(busy - 1, 0), orbit), float(busy)

        chain = explore(moves, (0, 0))
        shares.append(chain.mean(chain.values(lambda state: state[0] == agents)))
    lost = float(erlang_b(agents, fixed.per_s))

    errors: list[Floats] = [abs(share - lost) for share in shares]
    assert all(later < earlier / 3 for earlier, later in pairwise(errors))
    assert shares[-1] == pytest.approx(lost, rel=0.01)
