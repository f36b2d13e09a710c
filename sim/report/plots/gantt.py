"""What does an agent do? Picture of one agent's slots, chat by chat, in the hour that a result has of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator

from sim.arrays import Floats
from sim.report.agent_hour import ACCEPTED, CHAT, COMPOSING, OFF_DUTY, WRAP_UP
from sim.report.plots import style
from sim.report.plots.stacked import Stacked
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.result import Result, Row

_KINDS = {
    "customer's turn": (PALE, None),
    "customer gone": (RED, "xxxx"),
    "message waits": (ORANGE, "////"),
    COMPOSING: (DARK, None),
    WRAP_UP: (GREY, "...."),
    "chat open": (MID, None),
}
"""Colour and hatch of what goes on in a slot; the later lie upon the first."""


@styled
def gantt(result: Result) -> Figure:
    """One agent's slots, chat by chat."""
    table, of = result.table("agent_hour"), result.facts["agent_hour_of"]
    if of is None:
        figure = style.canvas(result.title, "an agent's chats", 2.2, Stacked())
        axes = figure.subplots()
        axes.set(xticks=[], yticks=[])
        style.remark(axes, "no agent held a chat")
        return figure
    figure = style.canvas(result.title, of["agent"], 1.6 + 0.55 * (of["slots"] + of["attentive"]), Stacked())
    axes = figure.subplots()
    axes.grid(visible=False)
    _draw_chats(axes, table.rows)
    if of["attentive"]:
        _draw_attention(axes, table.rows, of["slots"] - 0.1)
    _slot_rows(axes, of["slots"], of["attentive"])
    style.clock((axes,), style.clocks(result.facts), of["start_s"], of["end_s"])
    style.heading(axes, table.title)
    return figure


def _spans(rows: Sequence[Row], kind: str) -> tuple[Floats, Floats, Floats]:
    """Slots, starts and ends of a kind."""
    mine = [row for row in rows if row["kind"] == kind]
    slot, start_s, end_s = (
        np.array([row[name] for row in mine], dtype=np.float64) for name in ("slot", "start_s", "end_s")
    )
    return slot, start_s, end_s


def _draw_chats(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw time off duty, what goes on in each slot, and around it the chat."""
    label = OFF_DUTY
    for _, start_s, end_s in zip(*_spans(rows, OFF_DUTY), strict=True):
        axes.axvspan(start_s, end_s, color=GREY, alpha=0.4, zorder=0, linewidth=0, label=label)
        label = "_"
    for kind, (colour, hatch) in _KINDS.items():
        slot, start_s, end_s = _spans(rows, kind)
        if len(slot):
            edge = "none" if kind == COMPOSING else "white"
            axes.barh(
                slot, end_s - start_s, 0.72, start_s, color=colour, hatch=hatch, edgecolor=edge,
                linewidth=0, label=kind,
            )  # fmt: skip
    slot, start_s, end_s = _spans(rows, CHAT)
    axes.barh(slot, end_s - start_s, 0.72, start_s, fill=False, edgecolor=INK, linewidth=0.9, zorder=3)
    slot, start_s, _ = _spans(rows, ACCEPTED)
    if len(slot):
        axes.plot(start_s, slot - 0.43, "v", color=INK, markersize=5, zorder=4, label=ACCEPTED)


def _draw_attention(axes: Axes, rows: Sequence[Row], place: float) -> None:
    """The agent's attention over all chats, in a thinner row."""
    for kind in (COMPOSING, WRAP_UP):
        _, start_s, end_s = _spans(rows, kind)
        colour, hatch = _KINDS[kind]
        edge = "white" if hatch else "none"
        axes.barh(place, end_s - start_s, 0.36, start_s, color=colour, hatch=hatch, edgecolor=edge, lw=0)


def _slot_rows(axes: Axes, n_slots: int, attentive: bool) -> None:
    rows = [float(k) for k in range(n_slots)]
    names = [f"slot {k + 1}" for k in range(n_slots)]
    if attentive:
        rows, names = [*rows, n_slots - 0.1], [*names, "attention"]
    axes.yaxis.set_major_locator(FixedLocator(rows))
    axes.yaxis.set_major_formatter(FixedFormatter(names))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(rows[-1] + 0.45, -0.6)
