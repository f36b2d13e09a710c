"""The model of satisfaction: scores by hand, its direction, the published bands, and its frequencies."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.draws.record import Draws, Opinions
from sim.draws.sampling import draw
from sim.engines import simulate
from sim.log.chatlog import NO_SCORE, ChatLog
from sim.rules import Outcome
from sim.scenario.quality import Quality
from sim.scenario.scenario import Scenario
from tests.agree import ALPHA
from tests.worlds import by_turns, by_work, fixed, group, queue, world

UNIFORMS = ("resolve_u", "csat_u", "nps_u", "ces_u", "survey_u", "conversion_u")
LN2 = log(2)

# Nothing but the first response counts, and the odds against a score are (1 + its seconds) × exp(-cut); its
# probability is 1 / (1 + those odds).
BY_WAIT: dict[str, Any] = {
    "resolution": 1.0,
    "intercept": 0.0,
    "first_response": -1.0,
    "later_response": 0.0,
    "resolved": 0.0,
    "unresolved": 0.0,
    "csat_cuts": [2 * LN2, LN2, 0.0, -LN2],  # at 1 s: 2/3, 1/2, 1/3, 1/5
    "nps_cuts": [LN2, -LN2],  # at 1 s: passive or better 1/2, promoter 1/5
    "ces_cuts": [2 * LN2, 2 * LN2, LN2, 0.0, 0.0, -LN2],  # at 1 s: 2/3, 2/3, 1/2, 1/3, 1/3, 1/5
}


def opinions(n: int, **columns: list[float]) -> Opinions:
    """Uniforms of *n* chats as given, the others one half."""
    return Opinions(**{name: np.array(columns.get(name, [0.5] * n), dtype=np.float64) for name in UNIFORMS})


def answered(
    quality: dict[str, Any], agent_s: list[list[float]], customer_s: float = 5, **columns: list[float]
) -> ChatLog:
    """Chats of time 0, each with an agent of its own, who composes its replies in these times; uniforms as given."""
    n, turns = len(agent_s), len(agent_s[0])
    scenario = world([queue([0] * n, by_turns(1, customer_s, turns))], [group(n)], quality=quality)
    draws = replace(draw(scenario, 1), agent_s=np.array(agent_s, dtype=np.float64).ravel())
    return simulate(scenario, replace(draws, opinions=opinions(n, **columns)))


def test_csat_by_hand():
    """Odds against of 2: a 5 below 1/5, a 4 below 1/3, a 3 below 1/2, a 2 below 2/3, else a 1."""
    u = [0, 0.19, 0.21, 0.32, 0.34, 0.49, 0.51, 0.66, 0.67, 0.99]
    csat = answered(BY_WAIT, [[1]] * 10, csat_u=u).chat.csat

    assert csat.tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_csat_falls_with_the_first_response_as_the_logit_says():
    """At 0, 1 and 3 s the odds against a 4 are 1, 2 and 4: probabilities 1/2, 1/3 and 1/5."""
    agent_s = [[0], [0], [1], [1], [3], [3]]
    csat = answered(BY_WAIT, agent_s, csat_u=[0.49, 0.51, 0.33, 0.34, 0.19, 0.21]).chat.csat

    assert (csat >= 4).tolist() == [True, False] * 3


def test_ces_by_hand():
    """Equal cuts leave scores out: no 2 and no 5 here."""
    u = [0, 0.19, 0.21, 0.32, 0.34, 0.49, 0.51, 0.66, 0.67, 0.99]
    ces = answered(BY_WAIT, [[1]] * 10, ces_u=u).chat.ces

    assert ces.tolist() == [7, 7, 6, 6, 4, 4, 3, 3, 1, 1]


def test_nps_by_hand():
    """A fifth are promoters, three tenths passives, half detractors; each score alike within its kind."""
    grid = (np.arange(700) + 0.5) / 700
    nps = answered(BY_WAIT, [[1]] * 700, nps_u=grid.tolist()).chat.nps

    assert np.all(nps[grid < 0.2] >= 9)
    assert np.all((nps[(grid > 0.2) & (grid < 0.5)] >= 7) & (nps[(grid > 0.2) & (grid < 0.5)] <= 8))
    assert np.all(nps[grid > 0.5] <= 6)
    assert np.bincount(nps, minlength=11).tolist() == [50] * 7 + [105] * 2 + [70] * 2


def test_nps_stays_on_its_scale_where_nobody_or_everybody_is_a_promoter():
    """Very happy or very unhappy: no score beyond 10 and none below 0, at the ends of the uniforms too."""
    grid = [0.0, 1e-12, 0.25, 0.5, 0.75, 1 - 2**-53]
    happy = answered(BY_WAIT | {"intercept": 100.0}, [[1]] * 6, nps_u=grid).chat.nps
    unhappy = answered(BY_WAIT | {"intercept": -100.0}, [[1]] * 6, nps_u=grid).chat.nps

    assert np.all((happy >= 9) & (happy <= 10))
    assert np.all((unhappy[1:] >= 0) & (unhappy[1:] <= 6))


def test_later_responses_count_by_their_mean_from_inbox_to_reply():
    """At a mean of 45 s their term is 0, at 91 s the odds are halved, at 22 s doubled; one reply has none."""
    quality = BY_WAIT | {"first_response": 0.0, "later_response": -1.0}
    agent_s = [[999, 40, 50]] * 2 + [[999, 82, 100]] * 2 + [[999, 20, 24]] * 2
    csat = answered(quality, agent_s, csat_u=[0.49, 0.51, 0.33, 0.34, 0.66, 0.67]).chat.csat
    alone = answered(quality, [[500]] * 2, csat_u=[0.49, 0.51]).chat.csat

    assert (csat >= 4).tolist() == [True, False] * 3
    assert (alone >= 4).tolist() == [True, False]


def test_resolution_counts_by_its_two_terms():
    """Resolved, the odds for are doubled, 2/3; unresolved they are a quarter, 1/5."""
    quality = BY_WAIT | {"resolution": 0.5, "first_response": 0.0, "resolved": LN2, "unresolved": -2 * LN2}
    log_ = answered(quality, [[1]] * 4, resolve_u=[0.49, 0.49, 0.5, 0.5], csat_u=[0.66, 0.67, 0.19, 0.21])

    assert log_.chat.resolved.tolist() == [True, True, False, False]
    assert (log_.chat.csat >= 4).tolist() == [True, False, True, False]


def test_by_work_the_first_response_is_the_acceptance():
    """The second waits 1 s, the third 3 s, the first none: odds against a 4 of 1, 2 and 4."""
    scenario = world([queue([0, 2, 3], by_work(3))], [group()], quality=BY_WAIT)
    for u, expected in (([0.49, 0.33, 0.19], True), ([0.51, 0.34, 0.21], False)):
        draws = replace(draw(scenario, 1), opinions=opinions(3, csat_u=u))
        log_ = simulate(scenario, draws)
        assert (log_.chat.accepted_s - log_.chat.arrival_s).tolist() == [0, 1, 3]
        assert (log_.chat.csat >= 4).tolist() == [expected] * 3


def test_who_answers_the_survey_depends_on_his_score():
    """Shares of 0.9, 0.7, 0.5, 0.3 and 0.1 for the scores 1 to 5; a uniform at the share does not answer."""
    quality = BY_WAIT | {"survey_response": [0.9, 0.7, 0.5, 0.3, 0.1]}
    csat_u = [0.9, 0.6, 0.4, 0.3, 0.1]
    below = answered(quality, [[1]] * 5, csat_u=csat_u, survey_u=[0.89, 0.69, 0.49, 0.29, 0.09]).chat
    at = answered(quality, [[1]] * 5, csat_u=csat_u, survey_u=[0.9, 0.7, 0.5, 0.3, 0.1]).chat

    assert below.csat.tolist() == [1, 2, 3, 4, 5]
    assert below.surveyed.tolist() == [True] * 5
    assert at.surveyed.tolist() == [False] * 5


def test_who_buys_depends_on_whether_he_is_satisfied():
    """Scores 4 and 5 buy below 0.5, the others below 0.25."""
    quality = BY_WAIT | {"conversion": 0.5, "conversion_dissatisfied": 0.25}
    csat_u = [0.9, 0.6, 0.4, 0.3, 0.1]
    for u, converted in (
        (0.24, [True] * 5),
        (0.25, [False, False, False, True, True]),
        (0.49, [False, False, False, True, True]),
        (0.5, [False] * 5),
    ):
        log_ = answered(quality, [[1]] * 5, csat_u=csat_u, conversion_u=[u] * 5)
        assert log_.chat.converted.tolist() == converted


def test_only_who_was_served_has_an_opinion():
    """One is served, one abandons: no scores, no survey, no purchase."""
    quality = {"survey_response": [1.0] * 5, "conversion": 1.0, "conversion_dissatisfied": 1.0}
    scenario = world([queue([0, 1], by_work(100), patience=fixed(5))], quality=quality)
    chat = simulate(scenario, draw(scenario, 1)).chat

    assert [Outcome(k).name for k in chat.outcome] == ["SERVED", "ABANDONED"]
    for scores in (chat.csat, chat.nps, chat.ces):
        assert scores[0] >= 0
        assert scores[1] == NO_SCORE
    assert chat.surveyed.tolist() == chat.converted.tolist() == [True, False]


def test_without_a_model_nobody_is_asked():
    """The columns are empty."""
    scenario = world([queue([0, 1], by_work(100))])
    chat = simulate(scenario, draw(scenario, 1)).chat

    for name in ("resolved", "open_chats", "csat", "nps", "ces", "surveyed", "converted"):
        assert len(getattr(chat, name)) == 0


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_opinions_change_nothing_that_happens(engine: str):
    """Without returns, the log is the same with a model and without one."""
    data = a_day().model_dump()
    scenario, without = Scenario.model_validate(data), Scenario.model_validate(data | {"quality": None})
    draws = draw(scenario, 1)
    first, second = (
        simulate(scenario, draws, engine),
        simulate(without, replace(draws, opinions=None), engine),
    )

    for name in ("outcome", "agent", "accepted_s", "ended_s", "released_s"):
        np.testing.assert_array_equal(getattr(first.chat, name), getattr(second.chat, name))
    np.testing.assert_array_equal(first.turn.reply_s, second.turn.reply_s)


uniforms = st.floats(0, 1, exclude_max=True)
times_s = st.floats(0, 3600)


def kind(nps: int) -> int:
    """Detractor, passive or promoter."""
    return int(nps >= 7) + int(nps >= 9)


@settings(max_examples=60)
@given(
    waits_s=st.tuples(times_s, times_s).map(sorted),
    later_s=st.tuples(times_s, times_s).map(sorted),
    u=st.fixed_dictionaries(dict.fromkeys(("csat_u", "nps_u", "ces_u"), uniforms)),
)
def test_who_waits_longer_or_is_not_helped_is_never_more_satisfied(
    waits_s: list[float], later_s: list[float], u: dict[str, float]
):
    """One customer in a better and a worse world: a quicker first reply, quicker later ones, resolved or not."""
    agent_s = [[waits_s[k], later_s[j]] for k in (0, 1) for j in (0, 1) for _ in (0, 1)]
    columns = {name: [value] * 8 for name, value in u.items()}
    chat = answered({"resolution": 0.5}, agent_s, **columns, resolve_u=[0.0, 0.9] * 4).chat
    kinds = np.array([kind(score) for score in chat.nps])

    for scores in (chat.csat, chat.ces, kinds):
        cube = scores.reshape(2, 2, 2)
        for axis in range(3):
            assert np.all(np.diff(cube, axis=axis) <= 0)


@pytest.mark.parametrize(
    ("band_s", "published"), [((0, 5), 0.859), ((5, 10), 0.807), ((10, 20), 0.767), ((20, 30), 0.758)]
)
def test_the_default_meets_the_published_satisfaction_by_response_time(
    band_s: tuple[float, float], published: float
):
    """Mean over a band of first responses, all else set to 0: within 2 points, and four times as slow is not.

    Nothing is drawn: 20 waits in the band's equal parts, and 100 customers at each in theirs.
    """
    quality = {"later_response": 0.0, "resolved": 0.0, "unresolved": 0.0}
    low, high = band_s
    waits_s = low + (high - low) * (np.arange(20) + 0.5) / 20
    agent_s = [[wait_s] for wait_s in waits_s for _ in range(100)]
    csat = answered(quality, agent_s, csat_u=((np.arange(100) + 0.5) / 100).tolist() * 20).chat.csat
    slower = answered(
        quality, [[4 * s] for [s] in agent_s], csat_u=((np.arange(100) + 0.5) / 100).tolist() * 20
    )

    assert abs(np.mean(csat >= 4) - published) < 0.02
    assert abs(np.mean(slower.chat.csat >= 4) - published) > 0.02


def a_day(**quality: Any) -> Scenario:
    """A busy day of several turns a chat, two at a time: waits and later responses of all lengths."""
    service = {"turns": 3, "agent_s": 40, "customer_s": 40}
    return world([queue(160, service)], [group(6, concurrency=2)], quality=quality)


def satisfaction(log_: ChatLog, quality: Quality) -> np.ndarray:
    """Satisfaction of the customers who were served, as the model states it."""
    found = []
    for row in np.flatnonzero(log_.chat.outcome == Outcome.SERVED):
        turns = slice(log_.turn.offset[row], log_.turn.offset[row + 1])
        later_s = (log_.turn.reply_s - log_.turn.message_s)[turns][1:]
        found.append(
            quality.intercept
            + quality.first_response * log(1 + log_.first_reply_s[row] - log_.chat.arrival_s[row])
            + (quality.later_response * log((1 + later_s.mean()) / 46) if len(later_s) else 0.0)
            + (quality.resolved if log_.chat.resolved[row] else quality.unresolved)
        )
    return np.array(found)


def off(hits: np.ndarray, p: np.ndarray) -> float:
    """Probability that so many hits, or so few, come from independent trials of these probabilities."""
    z = (hits.sum() - p.sum()) / np.sqrt((p * (1 - p)).sum())
    return float(2 * stats.norm.sf(abs(z)))


def test_frequencies_are_the_probabilities_of_the_model():
    """All scores of a day of about 3,800 chats against the model's probabilities, computed anew from the log.

    False alarm 1e-4 each; the same scores against a satisfaction of 0.3 more are seen to be wrong.
    """
    scenario = a_day()
    draws: Draws = draw(scenario, 1)
    log_ = simulate(scenario, draws)
    quality, served = scenario.quality, log_.chat.outcome == Outcome.SERVED
    assert quality is not None
    s = satisfaction(log_, quality)
    chat = log_.chat

    for scores, lowest, cuts in (
        (chat.csat, 2, quality.csat_cuts),
        (chat.ces, 2, quality.ces_cuts),
        (np.searchsorted([7, 9], chat.nps, side="right"), 1, quality.nps_cuts),
    ):
        for k, cut in enumerate(cuts):
            hits = scores[served] >= lowest + k
            assert off(hits, 1 / (1 + np.exp(-(s + cut)))) > ALPHA
            assert off(hits, 1 / (1 + np.exp(-(s + 0.3 + cut)))) < ALPHA
    csat = chat.csat[served]
    assert off(chat.surveyed[served], np.array(quality.survey_response)[csat - 1]) > ALPHA
    assert off(chat.surveyed[served], np.array(quality.survey_response)[np.minimum(csat, 4) - 1]) < ALPHA
    bought = np.where(csat >= 4, quality.conversion, quality.conversion_dissatisfied)
    assert off(chat.converted[served], bought) > ALPHA
    assert off(chat.converted[served], bought + 0.03) < ALPHA


def test_each_score_has_uniforms_of_its_own():
    """Those of no two questions are the same, nor those of two chats."""
    draws = draw(a_day(), 1)
    assert draws.opinions is not None
    columns = [getattr(draws.opinions, name) for name in UNIFORMS]

    assert len(np.unique(np.concatenate(columns))) == 6 * draws.n_chats
