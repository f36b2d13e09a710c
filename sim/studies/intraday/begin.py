"""From which state does the rest of the day begin? A simulated one, or that of the chats that are here.

Chats of this moment that are told take the place of the simulated ones: each is drawn anew from what its
queue's laws leave, given what has passed. Customers who will come again are those of the simulated morning.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.draws.given import beyond, uniforms
from sim.draws.record import OF_CHATS as COLUMNS_OF_CHATS
from sim.draws.record import OF_TURNS as COLUMNS_OF_TURNS
from sim.draws.record import Chains, Draws, Opinions
from sim.draws.sampling import OF_CHATS, OF_TURNS, TURNS
from sim.draws.taken import customers_taken, taken, turns_of
from sim.engines.happened import Happened
from sim.engines.state import CentreState
from sim.rules import Outcome, Stage
from sim.scenario.actuals import Chat
from sim.scenario.demand import ByTurns, ByWork, Queue
from sim.scenario.scenario import Scenario

_ALL = 40
"""Uniforms of a chat besides those of its turns."""


def with_chats(
    centre: Scenario, draws: Draws, state: CentreState, chats: tuple[Chat, ...]
) -> tuple[Draws, CentreState]:
    """Put the *chats* of this moment in the place of those of a simulated *state*."""
    n_open = np.bincount([chat.agent for chat in chats if chat.agent >= 0], minlength=len(state.on_duty))
    stages = _stages(centre, chats)
    new = [
        _drawn(centre, chat, stage, k, draws, state, int(n_open[chat.agent]))
        for k, (chat, stage) in enumerate(zip(chats, stages, strict=True))
    ]
    keeps = np.ones(draws.n_chats, dtype=np.bool_)
    keeps[state.chat] = False
    if draws.chains is not None:  # a chat that is here goes with all that its customer did before
        keeps = ~np.isin(draws.chains.customer, draws.chains.customer[state.chat])
    rest = customers_taken(draws, keeps)
    both = _joined(new, draws, rest)
    arrival_s = np.concatenate([[each["arrival_s"] for each in new], state.happened.arrival_s[rest]])
    n_first = len(new) + int((rest < draws.n_customers).sum())
    order = np.concatenate(
        [np.argsort(arrival_s[:n_first], kind="stable"), np.arange(n_first, len(arrival_s))]
    )
    here = np.argsort(order, kind="stable")[: len(new)]
    happened = _happened(new, draws, state.happened, rest)
    ordered = taken(both, order)
    turns = turns_of(both, order)
    of_chats = {name: getattr(happened, name)[order] for name in _CHATS}
    of_turns = {name: getattr(happened, name)[turns] for name in _TURNS}
    by_work = np.array([not queue.by_turns for queue in centre.queues])
    clocks = np.where(by_work[None, :], 0.0, state.clock_s)
    return ordered, replace(
        state,
        happened=Happened(**of_chats, **of_turns, out_s=state.happened.out_s),
        chat=here.astype(np.int64),
        stage=np.array([each["stage"] for each in new], dtype=np.int64),
        agent=np.array([chat.agent for chat in chats], dtype=np.int64),
        turn=np.array([each["turn"] for each in new], dtype=np.int64),
        until_s=np.array([each["until_s"] for each in new], dtype=np.float64),
        mark_s=np.array([each["mark_s"] for each in new], dtype=np.float64),
        since_s=np.full(len(state.since_s), state.now_s),
        clock_s=clocks,
    )


_TURNS = ("message_s", "start_s", "reply_s")
_CHATS = tuple(field.name for field in fields(Happened) if field.name not in (*_TURNS, "out_s"))


def _stages(centre: Scenario, chats: tuple[Chat, ...]) -> list[Stage]:
    """Stage of each chat: of an agent's chats that wait for them, they answer the one that came first."""
    first: dict[int, float] = {}
    for chat in chats:
        if chat.agent >= 0 and not chat.is_customers:
            first[chat.agent] = min(first.get(chat.agent, np.inf), chat.since_s)
    taken_up: set[int] = set()
    stages = []
    for chat in chats:
        if chat.agent < 0:
            stages.append(Stage.WAITING)
        elif not centre.queues[chat.queue].by_turns:
            stages.append(Stage.WORKED_ON)
        elif chat.is_customers:
            stages.append(Stage.WRITING)
        elif chat.since_s == first[chat.agent] and chat.agent not in taken_up:
            taken_up.add(chat.agent)
            stages.append(Stage.COMPOSING)
        else:
            stages.append(Stage.INBOX)
    return stages


def _drawn(
    centre: Scenario, chat: Chat, stage: Stage, k: int, draws: Draws, state: CentreState, n_open: int
) -> dict[str, Any]:
    """What is left of a chat: values of its columns, and where it stands."""
    queue, now_s, passed_s = centre.queues[chat.queue], state.now_s, state.now_s - chat.since_s
    u = uniforms(draws, k, _ALL)
    found: dict[str, Any] = {
        "queue": chat.queue, "number": -1 - k, "arrival_s": chat.since_s, "turn": chat.turn,
        "stage": stage, "agent": chat.agent, "open_chats": chat.turn * n_open,
    }  # fmt: skip
    for place, column in enumerate(OF_CHATS):
        law = column.law(centre, queue)
        value = column.otherwise if law is None else float(law.sample(u[place : place + 1])[0])
        found[column.name] = value
    if stage is Stage.WAITING and queue.patience is not None:
        found["patience_s"] = _beyond(queue.patience, passed_s, u[0])
    found |= {"until_s": np.nan, "mark_s": np.nan}
    speed = float(state.team.speed[max(chat.agent, 0), 0])
    if isinstance(queue.service, ByWork):
        if stage is Stage.WORKED_ON:
            pace = speed * queue.service.speed(n_open)
            work_s = _beyond(queue.service.work_s, passed_s * pace, u[1])
            found |= {"work_s": work_s, "mark_s": (work_s - passed_s * pace) / speed}
        return found | {"turns": {}, "n_turns": 0}
    assert isinstance(queue.service, ByTurns)
    law = TURNS.law(centre, queue)
    assert law is not None
    n_turns = (
        int(_beyond(law, float(chat.turn), u[-1]))
        if stage is not Stage.WAITING
        else int(law.sample(u[-1:])[0])
    )
    n_turns = max(n_turns, chat.turn + 1)
    own = uniforms(draws, k, _ALL + 3 * n_turns)[_ALL:].reshape(3, n_turns)
    turns: dict[str, Floats] = {}
    for row, column in zip(own, OF_TURNS, strict=True):
        each = column.law(centre, queue)
        turns[column.name] = np.full(n_turns, column.otherwise) if each is None else each.sample(row)
    _go_on(
        turns, found, queue, chat, stage, own, now_s, (1 + _switching(centre, state, chat, n_open)) / speed
    )
    return found | {"turns": turns, "n_turns": n_turns}


def _switching(centre: Scenario, state: CentreState, chat: Chat, n_open: int) -> float:
    """By how much longer replies of the chat's agent take now."""
    return (
        centre.groups[int(state.team.group[chat.agent])].switching if chat.agent >= 0 and n_open > 1 else 0.0
    )


def _go_on(
    turns: dict[str, Floats],
    found: dict[str, Any],
    queue: Queue,
    chat: Chat,
    stage: Stage,
    own: Floats,
    now_s: float,
    slower: float,
) -> None:
    """Draw what is left of the turn at which a chat is."""  # fmt: skip
    service, passed_s, turn = queue.service, now_s - chat.since_s, chat.turn
    assert isinstance(service, ByTurns)
    if stage is Stage.COMPOSING:
        drawn_s = _beyond(service.agent_s, passed_s / slower, own[0, turn])
        turns["agent_s"][turn] = drawn_s
        found["until_s"] = max(chat.since_s + drawn_s * slower, now_s)
    if stage is Stage.WRITING:
        drawn_s = _beyond(service.customer_s, passed_s, own[1, turn - 1])
        turns["customer_s"][turn - 1] = drawn_s
        timeout_s = queue.idle_timeout_s
        if timeout_s is not None and drawn_s > timeout_s:
            found["stage"], drawn_s = Stage.QUIET, timeout_s
        found["until_s"] = max(chat.since_s + drawn_s, now_s)
    if stage in (Stage.INBOX, Stage.COMPOSING) and queue.reply_patience is not None:
        turns["reply_patience_s"][turn] = _beyond(queue.reply_patience, passed_s, own[2, turn])


def _beyond(law: Any, passed: float, u: float) -> float:
    return float(beyond(law, passed, np.array([u]))[0])


def _joined(new: list[dict[str, Any]], draws: Draws, rest: Ints) -> Draws:
    """The new chats, a customer each who comes no more, above the rest of the draws."""
    others, n = taken(draws, rest), len(new)
    columns: dict[str, Any] = {}
    for name in COLUMNS_OF_CHATS:
        column = getattr(others, name)
        if len(getattr(draws, name)) == draws.n_chats:
            columns[name] = np.concatenate(
                [np.array([each[name] for each in new], dtype=column.dtype), column]
            )
    for name in COLUMNS_OF_TURNS:
        column = getattr(others, name)
        if len(getattr(draws, name)) == draws.n_turns:
            parts = [each["turns"][name] for each in new if each["n_turns"]]
            columns[name] = np.concatenate([*parts, column])
    counts = np.array([each["n_turns"] for each in new], dtype=np.int64)
    offset = np.concatenate([[0], np.cumsum(np.concatenate([counts, np.diff(others.turn_offset)]))])
    chains = others.chains
    if chains is not None:
        no, none = np.zeros(n, dtype=np.bool_), np.zeros(n)
        shifted = np.where(chains.next_row < 0, -1, chains.next_row + n)
        chains = Chains(
            customer=np.concatenate([np.arange(n), chains.customer + n]),
            attempt=np.concatenate([np.ones(n, dtype=np.int64), chains.attempt]),
            next_row=np.concatenate([np.full(n, -1), shifted]),
            retries=np.concatenate([no, chains.retries]),
            returns=np.concatenate([no, chains.returns]),
            retry_delay_s=np.concatenate([none, chains.retry_delay_s]),
            return_delay_s=np.concatenate([none, chains.return_delay_s]),
        )
    opinions = others.opinions
    if opinions is not None:
        opinions = Opinions(
            **{
                each.name: np.concatenate([[row[each.name] for row in new], getattr(opinions, each.name)])
                for each in fields(Opinions)
            }
        )
    return replace(others, turn_offset=offset, chains=chains, opinions=opinions, **columns)


def _happened(new: list[dict[str, Any]], draws: Draws, before: Happened, rest: Ints) -> Happened:
    """What has happened to the new chats, as far as it is known, and to the others."""
    n, turns = len(new), turns_of(draws, rest)
    old = {name: getattr(before, name)[rest] for name in _CHATS}
    nothing: dict[str, Any] = {
        "arrival_s": [each["arrival_s"] for each in new],
        "outcome": np.full(n, Outcome.UNFINISHED), "agent": np.full(n, -1),
        "open_chats": [each["open_chats"] for each in new],
        "queued": np.zeros(n), "balked": np.zeros(n), "resolved": np.zeros(n),
    }  # fmt: skip
    columns = {
        name: np.concatenate([nothing.get(name, np.full(n, np.nan)), column]).astype(column.dtype)
        for name, column in old.items()
    }
    n_turns = sum(each["n_turns"] for each in new)
    of_turns = {
        name: np.concatenate([np.full(n_turns, np.nan), getattr(before, name)[turns]]) for name in _TURNS
    }
    offset = 0
    for k, each in enumerate(new):
        stage, at = each["stage"], offset + each["turn"]
        columns["queued"][k] = stage is Stage.WAITING
        if stage is not Stage.WAITING:
            columns["accepted_s"][k], columns["agent"][k] = each["arrival_s"], each["agent"]
            # When it was answered before nobody knows; that it was is known.
            of_turns["reply_s"][offset:at] = each["arrival_s"]
        if stage in (Stage.INBOX, Stage.COMPOSING):
            of_turns["message_s"][at] = each["arrival_s"]
        if stage is Stage.COMPOSING:
            of_turns["start_s"][at] = each["arrival_s"]
        offset += each["n_turns"]
    return Happened(**columns, **of_turns, out_s=before.out_s)
