"""What must hold between a bid and the rest of its scenario?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from sim.errors import ThresholdError
from sim.scenario.bid_clauses import Clause, Condition, read_condition
from sim.scenario.bid_cost import Wage
from sim.scenario.bid_price import Anchored, PerChat, PerOutcome, Price
from sim.scenario.record import BrokenLaw
from sim.scenario.words import Words, did_you_mean

OF_OPINIONS = (
    "successful", "success_rate", "resolution", "first_contact_resolution", "surveys", "survey_response",
    "csat", "csat_score", "csat_all", "nps", "ces", "conversion",
)  # fmt: skip
"""Figures that only `[quality]` gives."""
OF_MESSAGES = (
    "frt_s", "frt_p90_s", "frt_agent_s", "response_s", "response_p90_s", "response_mean_of_means_s",
    "messages_per_chat", "turns_per_chat",
)  # fmt: skip
"""Figures that only chats by turns have."""
OF_PERCENTILES = ("wait_p50_s", "wait_p80_s", "wait_p90_s", "wait_p95_s", "frt_p90_s", "response_p90_s")


class BidParts(NamedTuple):
    """The parts of a bid that are valid by themselves; None for one that is not."""

    wages: list[Wage | None]
    prices: list[Price | None]
    clauses: list[Clause | None]


def bid_laws(
    bid: BidParts, queues: Sequence[str], groups: Sequence[str], *, has_quality: bool, has_turns: bool
) -> Iterator[BrokenLaw]:
    """Broken laws between parts of a *bid* and the scenario's others, which are known by their names."""
    for k, wage in enumerate(bid.wages):
        for g, name in enumerate(wage.groups if wage else ()):
            if name not in groups:
                law = f"no group has this name{did_you_mean(name, list(groups))}"
                yield ("bid", "cost", "wages", k, "groups", g), law, name
    for k, price in enumerate(bid.prices):
        if isinstance(price, PerOutcome) and not has_quality:
            law = "needs a [quality] table, which says how many chats convert"
            yield ("bid", "prices", k, "kind"), law, price.kind
        if isinstance(price, PerChat | Anchored) and price.counted == "resolved" and not has_quality:
            law = "needs a [quality] table, which says how many chats are resolved"
            yield ("bid", "prices", k, "counted"), law, price.counted
    read: list[tuple[int, Clause, list[Condition]]] = []
    for k, clause in enumerate(bid.clauses):
        found = []
        for p, text in enumerate(clause.promise if clause else ()):
            place = ("bid", "clauses", k, "promise", p)
            try:
                condition = read_condition(text, queues, groups)
            except ThresholdError as error:
                yield place, str(error), text
                continue
            found.append(condition)
            missing = _missing(condition, has_quality=has_quality, has_turns=has_turns)
            if missing:
                yield place, missing, text
        if clause is not None:
            read.append((k, clause, found))
            yield from _clause_laws(k, clause, found)
    yield from _contradictions(read)


def _missing(condition: Condition, *, has_quality: bool, has_turns: bool) -> str:
    """Why a scenario can't give a figure; nothing if it can."""
    if condition.figure in OF_OPINIONS and not has_quality:
        return f"the scenario has no {condition.figure}: it needs a [quality] table"
    if condition.figure in OF_MESSAGES and not has_turns:
        return f"the scenario has no {condition.figure}: its chats are served by work, not by turns"
    return ""


def _clause_laws(k: int, clause: Clause, found: Sequence[Condition]) -> Iterator[BrokenLaw]:
    """Laws of points and steps, which go by the one figure that is promised."""
    if len(found) != 1 or len(clause.promise) != 1:
        return
    (condition,) = found
    if clause.per_point and condition.figure in OF_PERCENTILES:
        law = "percentiles don't add up over days: give steps, which are counted"
        yield ("bid", "clauses", k, "per_point"), law, condition.figure
    falls = (condition.side == "at least") == (clause.kind == "malus")
    before = condition.value
    for s, step in enumerate(clause.steps):
        if (step.beyond >= before) if falls else (step.beyond <= before):
            side = "below" if falls else "above"
            law = f"each step goes further off than what is before it: {side} {before:g}"
            yield ("bid", "clauses", k, "steps", s, "beyond"), law, step.beyond
        before = step.beyond


def _contradictions(read: Sequence[tuple[int, Clause, list[Condition]]]) -> Iterator[BrokenLaw]:
    """A bonus and a malus that are due for the same value of one figure."""
    single = [(k, clause, found[0]) for k, clause, found in read if len(found) == 1]
    for (k, clause, good), (_, other, bad) in product(single, single):
        alike = (good.figure, good.side, good.kind, good.name) == (bad.figure, bad.side, bad.kind, bad.name)
        if clause.kind != "bonus" or other.kind != "malus" or not alike or clause.window != other.window:
            continue
        if (good.value < bad.value) if good.side == "at least" else (good.value > bad.value):
            law = f"contradicts the malus {other.name!r}, {bad.text}: between them both would be due"
            yield ("bid", "clauses", k, "promise", 0), law, Words(good.text)
