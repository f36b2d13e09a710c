"""What do customers think of their chats? Satisfaction read off draws and waits by the scenario's model.

The model and its coefficients are assumptions, stated in `sim.scenario.quality`. It looks at what happened
and changes nothing of it.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.compiled import compiled, inner
from sim.draws.record import Draws
from sim.log.chatlog import NO_SCORE, Turns
from sim.rules import Outcome
from sim.scenario.quality import Quality
from sim.scenario.scenario import Scenario

# The compiler takes globals for constants.
SERVED = int(Outcome.SERVED)
LATER_RESPONSE_S = 45.0
"""At this mean later response its term is zero."""


class Columns(TypedDict):
    """Columns of chats, all of them empty where the scenario has no model of quality."""

    open_chats: Floats
    resolved: Flags
    csat: Ints
    nps: Ints
    ces: Ints
    surveyed: Flags
    converted: Flags


def opinions(
    scenario: Scenario,
    draws: Draws,
    outcome: Ints,
    arrival_s: Floats,
    accepted_s: Floats,
    open_chats: Ints,
    resolved: Flags,
    turns: Turns,
) -> Columns:
    """Opinions of the customers of served chats; scores of the others are −1."""
    n = len(outcome) if scenario.quality is not None and draws.opinions is not None else 0
    columns = Columns(
        open_chats=np.empty(n),
        resolved=resolved[:n],
        csat=np.empty(n, dtype=np.int64),
        nps=np.empty(n, dtype=np.int64),
        ces=np.empty(n, dtype=np.int64),
        surveyed=np.empty(n, dtype=np.bool_),
        converted=np.empty(n, dtype=np.bool_),
    )
    if scenario.quality is not None and draws.opinions is not None:
        u = draws.opinions
        _judge(
            outcome, arrival_s, accepted_s, open_chats, resolved,
            turns.offset, turns.message_s, turns.reply_s,
            u.csat_u, u.nps_u, u.ces_u, u.survey_u, u.conversion_u, *_coefficients(scenario.quality),
            columns["open_chats"], columns["csat"], columns["nps"], columns["ces"],
            columns["surveyed"], columns["converted"],
        )  # fmt: skip
    return columns


def _coefficients(quality: Quality) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Terms of satisfaction; exp(−cut) of each score; shares of answers by score, and of buyers."""
    terms = (
        quality.intercept,
        quality.first_response,
        quality.later_response,
        quality.resolved,
        quality.unresolved,
    )
    cuts = (np.exp(-np.array(cut)) for cut in (quality.csat_cuts, quality.nps_cuts, quality.ces_cuts))
    bought = np.array([quality.conversion_dissatisfied, quality.conversion])
    return np.array(terms), *cuts, np.array(quality.survey_response), bought


@compiled
def _judge(
    outcome: Ints,
    arrival_s: Floats,
    accepted_s: Floats,
    open_chats: Ints,
    resolved: Flags,
    offset: Ints,
    message_s: Floats,
    reply_s: Floats,
    csat_u: Floats,
    nps_u: Floats,
    ces_u: Floats,
    survey_u: Floats,
    conversion_u: Floats,
    terms: Floats,
    csat_odds: Floats,
    nps_odds: Floats,
    ces_odds: Floats,
    survey_response: Floats,
    conversion: Floats,
    mean_open: Floats,
    csat: Ints,
    nps: Ints,
    ces: Ints,
    surveyed: Flags,
    converted: Flags,
) -> None:
    """Let every customer who was served judge: fill the last six columns."""
    for row in range(len(outcome)):
        first, last = offset[row], offset[row + 1]
        if outcome[row] != SERVED:
            mean_open[row], surveyed[row], converted[row] = np.nan, False, False
            csat[row] = nps[row] = ces[row] = NO_SCORE
            continue
        n_turns = last - first
        mean_open[row] = open_chats[row] / max(n_turns, 1)
        first_s = (reply_s[first] if n_turns else accepted_s[row]) - arrival_s[row]
        later_s = 0.0
        for turn in range(first + 1, last):
            later_s += reply_s[turn] - message_s[turn]
        satisfaction = terms[0] + terms[1] * np.log1p(first_s) + terms[3 if resolved[row] else 4]
        if n_turns > 1:
            satisfaction += terms[2] * np.log((1 + later_s / (n_turns - 1)) / (1 + LATER_RESPONSE_S))
        odds_against = np.exp(-satisfaction)
        csat[row] = 1 + _reached(csat_u[row], odds_against, csat_odds)
        ces[row] = 1 + _reached(ces_u[row], odds_against, ces_odds)
        nps[row] = _recommend(nps_u[row], odds_against, nps_odds)
        surveyed[row] = survey_u[row] < survey_response[csat[row] - 1]
        converted[row] = conversion_u[row] < conversion[1 if csat[row] >= 4 else 0]


@inner
def _reached(u: float, odds_against: float, cuts: Floats) -> int:
    """Count the cuts that a customer is above: those with u < 1 / (1 + odds against)."""
    n = 0
    for k in range(len(cuts)):
        if u * (1 + odds_against * cuts[k]) < 1:
            n += 1
    return n


@inner
def _recommend(u: float, odds_against: float, cuts: Floats) -> int:
    """Score from 0 to 10: promoters 9 or 10, passives 7 or 8, detractors 0 to 6, alike within each."""
    passive, promoter = 1 / (1 + odds_against * cuts[0]), 1 / (1 + odds_against * cuts[1])
    if u < promoter:
        return 10 - int(2 * u / promoter)
    if u < passive:
        return 8 - int(2 * (u - promoter) / (passive - promoter))
    return 6 - min(int(7 * (u - passive) / (1 - passive)), 6)
