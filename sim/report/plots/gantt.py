"""What does an agent do? Picture of one agent's slots, chat by chat.

The chats are those of one run: what happened, not what happens on average.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator

from sim.arrays import Floats, Ints
from sim.kpis import timeline
from sim.log.chatlog import ChatLog
from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.rules import NO_AGENT, Outcome
from sim.scenario.scenario import Scenario
from sim.scenario.units import HOUR_S, clock_text

Window = tuple[float, float]
Spans = dict[str, tuple[Ints, Floats, Floats]]
"""What goes on in an agent's slots, by kind: rows, starts and ends."""

_KINDS = {
    "customer's turn": (PALE, None),
    "customer gone": (RED, "xxxx"),
    "message waits": (ORANGE, "////"),
    "agent composes": (DARK, None),
    "wrap-up": (GREY, "...."),
    "chat open": (MID, None),
}


@styled
def gantt(
    log: ChatLog,
    scenario: Scenario,
    agent: int | None = None,
    start_s: float | None = None,
    length_s: float = HOUR_S,
) -> Figure:
    """One agent's slots, chat by chat, from *start_s* on; of those not given, the busiest agent and hour."""
    found = _busiest(log, agent, start_s, length_s)
    if found is None:
        figure = style.canvas(scenario.name, "an agent's chats", 2.2)
        axes = figure.subplots()
        axes.set(xticks=[], yticks=[])
        style.remark(axes, "no agent held a chat")
        return figure
    agent, start_s = found
    end_s = start_s + length_s
    mine = np.flatnonzero(log.chat.agent == agent)
    row = lowest_free_slot(log.chat.accepted_s[mine], log.chat.released_s[mine])
    n_slots = int(log.team.slots[agent])
    group = log.team.group[agent]
    attentive = log.centre.attentive[group]
    subtitle = f"agent {agent} ({log.centre.groups[group]})"
    figure = style.canvas(scenario.name, subtitle, 1.6 + 0.55 * (n_slots + attentive))
    axes = figure.subplots()
    axes.grid(visible=False)
    _draw_off_duty(axes, log, agent, (start_s, end_s))
    shown = _draw_chats(axes, log, mine, row, (start_s, end_s))
    if attentive:
        _draw_attention(axes, shown, n_slots - 0.1)
    _slot_rows(axes, n_slots, attentive)
    style.clock((axes,), scenario, start_s, end_s)
    style.heading(axes, _gantt_title(log, mine, shown, (start_s, end_s)))
    return figure


def lowest_free_slot(start_s: Floats, end_s: Floats) -> Ints:
    """Slot of each of an agent's chats, when every chat takes the lowest slot that is free.

    >>> lowest_free_slot(np.array([0.0, 1.0, 5.0, 6.0]), np.array([5.0, 9.0, 7.0, 8.0])).tolist()
    [0, 1, 0, 2]
    """
    free_at_s: list[float] = []
    slots = np.zeros(len(start_s), dtype=np.int64)
    for chat in np.argsort(start_s, kind="stable"):
        slot = next((k for k, free_s in enumerate(free_at_s) if free_s <= start_s[chat]), len(free_at_s))
        free_at_s[slot : slot + 1] = [end_s[chat]]
        slots[chat] = slot
    return slots


def _turn_chats(log: ChatLog) -> Ints:
    """Chat of each turn."""
    return np.repeat(np.arange(len(log.chat.agent)), np.diff(log.turn.offset))


def _busiest(
    log: ChatLog, agent: int | None, start_s: float | None, length_s: float
) -> tuple[int, float] | None:
    """Agent and start of the span in which attention (by work: open chats) is highest; None without chats."""
    held = np.flatnonzero((log.chat.agent != NO_AGENT) & ((log.chat.agent == agent) | (agent is None)))
    if not len(held):
        return None if agent is None or start_s is None else (agent, start_s)
    if start_s is None:
        edges_s = np.arange(0.0, log.centre.horizon_s + length_s, length_s)
    else:
        edges_s = np.array([start_s, start_s + length_s])
    chat = _turn_chats(log)
    replied = np.flatnonzero(~np.isnan(log.turn.reply_s) & np.isin(chat, held))
    n = len(log.team.slots)
    work = timeline.time_within(
        log.chat.agent[held], n, log.chat.accepted_s[held], log.chat.released_s[held], edges_s
    )
    attention = timeline.time_within(
        log.chat.agent[chat[replied]], n, log.turn.start_s[replied], log.turn.reply_s[replied], edges_s
    )
    best = np.unravel_index((attention if attention.any() else work).argmax(), work.shape)
    return int(best[0]), float(edges_s[best[1]])


def _draw_off_duty(axes: Axes, log: ChatLog, agent: int, window: Window) -> None:
    spans = np.flatnonzero(log.duty.agent == agent)
    off_s = [-np.inf, *log.duty.out_s[spans]]
    on_s = [*log.duty.on_s[spans], np.inf]
    label = "off duty"
    for off, on in zip(off_s, on_s, strict=True):
        start_s, end_s = max(off, window[0]), min(on, window[1])
        if start_s < end_s:
            axes.axvspan(start_s, end_s, color=GREY, alpha=0.4, zorder=0, linewidth=0, label=label)
            label = "_"


def _draw_chats(axes: Axes, log: ChatLog, mine: Ints, row: Ints, window: Window) -> Spans:
    """Draw bars of the agent's chats within the *window*, and return what they show."""
    spans = {}
    for kind, (rows, begins_s, ends_s) in _spans(log, mine, row).items():
        start_s, end_s = np.maximum(begins_s, window[0]), np.minimum(ends_s, window[1])
        shown = start_s < end_s
        if not shown.any():
            continue
        spans[kind] = rows[shown], start_s[shown], end_s[shown]
        colour, hatch = _KINDS[kind]
        axes.barh(
            rows[shown],
            (end_s - start_s)[shown],
            0.72,
            start_s[shown],
            color=colour,
            hatch=hatch,
            edgecolor="none" if kind == "agent composes" else "white",
            linewidth=0,
            label=kind,
        )
    bars = np.maximum(log.chat.accepted_s[mine], window[0]), np.minimum(log.chat.released_s[mine], window[1])
    seen = bars[0] < bars[1]
    width = (bars[1] - bars[0])[seen]
    axes.barh(row[seen], width, 0.72, bars[0][seen], fill=False, edgecolor=INK, linewidth=0.9, zorder=3)
    accepted = seen & (log.chat.accepted_s[mine] >= window[0])
    if accepted.any():
        begins_s, above = bars[0][accepted], row[accepted] - 0.43
        axes.plot(begins_s, above, "v", color=INK, markersize=5, zorder=4, label="chat accepted")
    return spans


def _spans(log: ChatLog, mine: Ints, row: Ints) -> Spans:
    """What goes on in the slots of the chats *mine*; the later kinds lie upon the first."""
    chat, turn = log.chat, log.turn
    place = np.full(len(chat.agent), -1)
    place[mine] = row
    of_turn = place[_turn_chats(log)]
    turns = np.flatnonzero((of_turn >= 0) & ~np.isnan(turn.reply_s))
    talk = row, chat.accepted_s[mine], chat.ended_s[mine]
    served = mine[chat.outcome[mine] == Outcome.SERVED]
    wrap_up = place[served], chat.ended_s[served], chat.released_s[served]
    left_s = chat.left_s[mine] if len(chat.left_s) else np.full(len(mine), np.nan)
    gone = row, np.maximum(chat.accepted_s[mine], left_s), chat.released_s[mine]
    if not len(turns):
        return {"chat open": talk, "customer gone": gone, "wrap-up": wrap_up}
    return {
        "customer's turn": talk,
        "customer gone": gone,
        "message waits": (of_turn[turns], turn.message_s[turns], turn.start_s[turns]),
        "agent composes": (of_turn[turns], turn.start_s[turns], turn.reply_s[turns]),
        "wrap-up": wrap_up,
    }


def _draw_attention(axes: Axes, shown: Spans, row: float) -> None:
    """The agent's attention over all chats, in a thinner row."""
    for kind in ("agent composes", "wrap-up"):
        if kind in shown:
            _, start_s, end_s = shown[kind]
            colour, hatch = _KINDS[kind]
            edge = "white" if hatch else "none"
            axes.barh(row, end_s - start_s, 0.36, start_s, color=colour, hatch=hatch, edgecolor=edge, lw=0)


def _slot_rows(axes: Axes, n_slots: int, attentive: bool) -> None:
    rows = [float(k) for k in range(n_slots)]
    names = [f"slot {k + 1}" for k in range(n_slots)]
    if attentive:
        rows, names = [*rows, n_slots - 0.1], [*names, "attention"]
    axes.yaxis.set_major_locator(FixedLocator(rows))
    axes.yaxis.set_major_formatter(FixedFormatter(names))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(rows[-1] + 0.45, -0.6)


def _gantt_title(log: ChatLog, mine: Ints, shown: Spans, window: Window) -> str:
    edges_s = np.array(window)
    chat = log.chat
    one = np.zeros(len(mine), dtype=np.int64)
    open_s = float(timeline.time_within(one, 1, chat.accepted_s[mine], chat.released_s[mine], edges_s)[0, 0])
    length_s = window[1] - window[0]
    hours = f"{clock_text(window[0])}–{clock_text(window[1])}"
    text = f"{hours}: {open_s / length_s:.1f} chats open on average"
    if "agent composes" not in shown:
        return text
    _, start_s, end_s = shown["agent composes"]
    share = float(np.sum(end_s - start_s)) / length_s
    return f"{text}, {style.percent(share)} of the time composing"
