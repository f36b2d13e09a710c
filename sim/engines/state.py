"""What holds at an instant? A state of the centre, where a run stops and another goes on (R48 to R50)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.draws.record import Draws
from sim.engines.happened import Happened
from sim.rules import NO_AGENT, Stage
from sim.scenario.duty import DutyPlan
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class CentreState:
    """What holds at an instant, before any event of that instant (R48); rows are those of the draws."""

    now_s: float
    team: DutyPlan
    """Whose agents and spans of duty are meant."""
    happened: Happened
    """Up to then; further attempts that will come have their arrival (R27)."""
    chat: Ints
    """Row of each chat that waits or is held. Of those waiting in one queue, and of the messages in one
    inbox, the order is that in which they stand here."""
    stage: Ints
    """Of each such chat: a `Stage`."""
    agent: Ints
    """Who holds it, or for whom it is on its way; −1 while it waits."""
    turn: Ints
    """The turn it is at, from 0: that of the message in the inbox, of the one being answered, or of the one
    that comes next; after the last reply the last. 0 by work."""
    until_s: Floats
    """When its stage ends by itself; NaN where nobody knows (waiting, inbox, worked on)."""
    mark_s: Floats
    """Finish mark of a chat that is worked on (R17); NaN of others."""
    on_duty: Flags
    """Of each agent: whether they may take chats, if a slot is free."""
    idle_since: Floats
    """Of each agent (R8)."""
    since_s: Floats
    """Of each agent: from when their clocks run (R17)."""
    clock_s: Floats
    """Clocks of each agent, shape (n_agents, n_queues)."""
    chosen_last: Ints
    """Of each queue: the agent whom round robin chose last; −1 for none."""
    last_wait_s: Floats
    """Of each queue: how long the chat accepted last had waited (R25)."""

    def __repr__(self) -> str:
        waiting, held = int((self.stage == Stage.WAITING).sum()), int((self.agent >= 0).sum())
        return f"<State at {self.now_s:,.0f} s: {waiting} chats wait, {held} are held>"

    @property
    def n_open(self) -> Ints:
        """Chats that each agent holds."""
        return np.bincount(self.agent[self.agent >= 0], minlength=len(self.on_duty)).astype(np.int64)

    def chats(self, scenario: Scenario, draws: Draws) -> pl.DataFrame:
        """Chats that wait or are held: queue, since when, stage, agent, turn, whose turn it is."""
        import polars as pl  # noqa: PLC0415  heavy

        stages = [Stage(each) for each in self.stage.tolist()]
        return pl.DataFrame(
            {
                "row": self.chat,
                "queue": [scenario.queues[q].name for q in draws.queue[self.chat].tolist()],
                "arrival_s": self.happened.arrival_s[self.chat],
                "stage": [stage.name.lower() for stage in stages],
                "agent_id": [None if agent < 0 else agent for agent in self.agent.tolist()],
                "turn": self.turn,
                "whose_turn": [_WHOSE.get(stage) for stage in stages],
                "since_s": self.since(draws),
                "until_s": self.until_s,
            },
            schema_overrides={"agent_id": pl.Int64, "whose_turn": pl.String},
            nan_to_null=True,
        )

    def agents(self) -> pl.DataFrame:
        """Agents: on duty or not, chats that they hold, idle since when."""
        import polars as pl  # noqa: PLC0415  heavy

        return pl.DataFrame(
            {
                "agent_id": np.arange(len(self.on_duty)),
                "on_duty": self.on_duty,
                "open_chats": self.n_open,
                "idle_since_s": self.idle_since,
            }
        )

    def since(self, draws: Draws) -> Floats:
        """Since when each chat that waits or is held is at its stage; NaN where that is not recorded."""
        happened, since = self.happened, np.full(len(self.chat), np.nan)
        for k, (row, stage) in enumerate(zip(self.chat.tolist(), self.stage.tolist(), strict=True)):
            turn = int(draws.turn_offset[row]) + int(self.turn[k])
            match Stage(stage):
                case Stage.WAITING | Stage.COMING:
                    since[k] = happened.arrival_s[row]
                case Stage.INBOX:
                    since[k] = happened.message_s[turn]
                case Stage.COMPOSING:
                    since[k] = happened.start_s[turn]
                case Stage.WRITING | Stage.QUIET:
                    since[k] = happened.reply_s[turn - 1]
                case Stage.WRAP_UP:
                    since[k] = happened.ended_s[row]
                case Stage.UNNOTICED:
                    since[k] = np.nanmax([happened.gone_s[row], happened.accepted_s[row]])
                case Stage.WORKED_ON:
                    since[k] = happened.accepted_s[row]
        return since


_WHOSE = {
    Stage.INBOX: "agent",
    Stage.COMPOSING: "agent",
    Stage.WRAP_UP: "agent",
    Stage.WORKED_ON: "agent",
    Stage.WRITING: "customer",
    Stage.QUIET: "customer",
    Stage.UNNOTICED: "agent",
}


class Begun(NamedTuple):
    """What a plan of duty says of its agents at the instant of a state (R50)."""

    span: Ints
    """Of each agent: the span of duty that began last; −1 for none."""
    leaving: Flags
    """Of each agent: whether that is over."""
    out_s: Floats
    """Of each span: when its agent was out; that of spans not over as planned."""


def begun(state: CentreState, team: DutyPlan) -> Begun:
    """Tell of a *team*, the state's or one whose plan is another from now on, which spans have begun."""
    span = np.full(len(team.group), NO_AGENT, dtype=np.int64)
    has_begun = np.flatnonzero(team.on_s < state.now_s)
    span[team.agent[has_begun]] = has_begun  # in order of time: the last one stays
    leaving = np.zeros(len(team.group), dtype=np.bool_)
    leaving[span >= 0] = team.off_s[span[span >= 0]] < state.now_s
    known = {
        (int(agent), float(on_s)): float(out_s)
        for agent, on_s, out_s in zip(state.team.agent, state.team.on_s, state.happened.out_s, strict=True)
    }
    out_s = team.off_s.copy()
    for k in np.flatnonzero(team.off_s < state.now_s).tolist():
        out_s[k] = known.get((int(team.agent[k]), float(team.on_s[k])), team.off_s[k])
    return Begun(span, leaving, out_s)


class Stages(NamedTuple):
    """Columns of the chats that wait or are held, see `CentreState`."""

    chat: Ints
    stage: Ints
    agent: Ints
    until_s: Floats
    mark_s: Floats


def with_turns(stages: Stages, happened: Happened, draws: Draws) -> dict[str, Any]:
    """Fields of a state: of chats at their *stages* also the turns, and what has *happened* up to now.

    Engines may know already when a reply will have been composed, and who will accept: that is left out.
    """
    begun_before = np.concatenate([[0], np.cumsum(~np.isnan(happened.start_s))])
    first, end = draws.turn_offset[stages.chat], draws.turn_offset[stages.chat + 1]
    composing, is_over = (
        stages.stage == Stage.COMPOSING,
        np.isin(stages.stage, [Stage.WRAP_UP, Stage.UNNOTICED]),
    )
    turn = np.maximum(begun_before[end] - begun_before[first] - composing - is_over, 0)
    reply_s = happened.reply_s.copy()
    reply_s[(first + turn)[composing]] = np.nan
    agent = np.where(np.isnan(happened.accepted_s), NO_AGENT, happened.agent)
    return stages._asdict() | {"turn": turn, "happened": replace(happened, agent=agent, reply_s=reply_s)}
