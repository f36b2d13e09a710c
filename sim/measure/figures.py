"""Which key figures are there, and what does each of them mean? A table of records.

Every figure is a ratio of two sums over rows of a table, so intervals, queues, days and replications add up
exactly. Percentiles and maxima are the exceptions. Names and definitions follow the usage of the field;
where platforms disagree, each variant is a figure of its own and never a switch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.measure.tables import By, ChatRows, DutyRows, HandledRows, QueueRows, Tables, TurnRows, WindowRows
from sim.world.rules import Outcome
from sim.world.units import DAY_S, Flags, Floats, Ints

ALL = frozenset(By)
Values = Floats | Flags | Ints


@dataclass(frozen=True, slots=True)
class Sum:
    """One side of a ratio: which rows it adds up, and what each of them adds."""

    add: Callable[[Tables], tuple[Values, dict[By, Ints]]]
    """Gives what each row adds, and the cell of each row in every breakdown. In a breakdown that has no
    cells, every cell has the sum of its whole run."""
    breakdowns: frozenset[By]
    """Breakdowns in which the sum means something."""


def chats(value: Callable[[ChatRows], Values]) -> Sum:
    """Sum over all chats offered."""
    return Sum(lambda t: (value(t.chats), t.chats.cells), ALL - {By.GROUP})


def handled(value: Callable[[HandledRows], Values]) -> Sum:
    """Sum over the chats that an agent accepted."""
    return Sum(lambda t: (value(t.handled), t.handled.cells), ALL)


def turns(value: Callable[[TurnRows], Values]) -> Sum:
    """Sum over replies."""
    return Sum(lambda t: (value(t.turns), t.turns.cells), ALL)


def duty(value: Callable[[DutyRows], Values]) -> Sum:
    """Sum over agents' time."""
    return Sum(lambda t: (value(t.duty), t.duty.cells), ALL - {By.QUEUE})


def queues(value: Callable[[QueueRows], Values]) -> Sum:
    """Sum over waiting time."""
    return Sum(lambda t: (value(t.queues), t.queues.cells), ALL - {By.GROUP})


def window(value: Callable[[WindowRows], Values]) -> Sum:
    """Sum over measured time; in a queue or a group it is that of the whole run."""
    return Sum(lambda t: (value(t.window), t.window.cells), ALL)


WINDOW = window(lambda w: w.window_s)
DAYS = Sum(lambda t: (t.window.window_s / DAY_S, t.window.cells), ALL - {By.INTERVAL})
RUNS = Sum(lambda t: (np.ones(t.n_runs), {By.OVERALL: np.arange(t.n_runs)}), ALL)
"""One for each replication, in each cell: the figure is a count a run."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure that is one sum over another."""

    top: Sum
    bottom: Sum

    @property
    def breakdowns(self) -> frozenset[By]:
        """Breakdowns in which both sums can be told apart."""
        return self.top.breakdowns & self.bottom.breakdowns


@dataclass(frozen=True, slots=True)
class Quantile:
    """A figure that is a quantile of the values pooled from all runs, interpolated linearly."""

    values: Sum
    share: float

    @property
    def breakdowns(self) -> frozenset[By]:
        """Breakdowns in which the values can be told apart."""
        return self.values.breakdowns


@dataclass(frozen=True, slots=True)
class Peak:
    """A figure that is the largest value of a run; over several runs, the mean of theirs."""

    values: Sum

    @property
    def breakdowns(self) -> frozenset[By]:
        """Breakdowns in which the values can be told apart."""
        return self.values.breakdowns


Section = Literal["volume", "waiting", "conversation", "agents"]
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure: what it is called, what it means, and how it is made."""

    name: str
    title: str
    unit: str
    better: Better
    section: Section
    form: Ratio | Quantile | Peak
    definition: str


def _outcome_count(outcome: Outcome, title: str, better: Better, definition: str) -> Kpi:
    form = Ratio(chats(lambda c: c.ended(outcome)), RUNS)
    return Kpi(outcome.name.lower(), title, "chats", better, "volume", form, definition)


def _queue_peaks(t: Tables) -> tuple[Values, dict[By, Ints]]:
    """Most chats waiting: of each queue, and of all of them together."""
    none = np.full(len(t.queues.peak), -1)
    cells = {by: np.concatenate([none, cell]) for by, cell in t.window.cells.items()}
    cells[By.QUEUE] = np.concatenate([t.queues.cells[By.QUEUE], np.full(len(t.window.peak), -1)])
    return np.concatenate([t.queues.peak, t.window.peak]), cells


OFFERED = chats(lambda c: np.ones(len(c.outcome)))
MISSED = chats(lambda c: ~c.answered & (c.outcome != Outcome.CONTAINED))
ENTERED = chats(lambda c: c.entered)
ACCEPTED = handled(lambda h: np.ones(len(h.wait_s)))
WAITS = handled(lambda h: h.wait_s)
ANSWERED_HANDLED = handled(lambda h: h.answered)
FRTS = handled(lambda h: np.where(h.answered, h.frt_s, np.nan))
RESPONSES = turns(lambda t: t.response_s)
REPLIES = handled(lambda h: h.replies)
TURNED = handled(lambda h: h.by_turns & h.answered)
DUTY = duty(lambda d: d.duty_s)

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "offered",
        "Chats offered",
        "chats",
        "neither",
        "volume",
        Ratio(OFFERED, RUNS),
        "All chats that arrived.",
    ),
    Kpi(
        "daily_chats",
        "Chats a day",
        "chats/day",
        "neither",
        "volume",
        Ratio(OFFERED, DAYS),
        "Chats offered ÷ measured days.",
    ),
    _outcome_count(Outcome.SERVED, "Served", "higher", "Answered, and the conversation came to its end."),
    _outcome_count(
        Outcome.ABANDONED,
        "Abandoned",
        "lower",
        "Left the queue before an agent accepted; known to the centre.",
    ),
    _outcome_count(Outcome.SILENT, "Silently abandoned", "lower", "Left the queue without a signal."),
    _outcome_count(Outcome.LEFT, "Left during the chat", "lower", "Left after acceptance."),
    _outcome_count(
        Outcome.TIMED_OUT, "Timed out", "neither", "Closed by the agent because the customer did not respond."
    ),
    _outcome_count(Outcome.BLOCKED, "Blocked", "lower", "Arrived when the queue was full."),
    _outcome_count(Outcome.OFFLINE, "Offline", "lower", "Arrived outside the opening hours."),
    _outcome_count(Outcome.OVERFLOWED, "Overflowed", "lower", "Waited the maximum and was sent to a form."),
    _outcome_count(Outcome.CONTAINED, "Contained", "higher", "Solved before an agent was needed."),
    _outcome_count(
        Outcome.UNFINISHED, "Unfinished", "lower", "Still waiting when nothing more could happen."
    ),
    Kpi(
        "answered",
        "Answered",
        "chats",
        "higher",
        "volume",
        Ratio(chats(lambda c: c.answered), RUNS),
        "Got a first human reply; by work, were accepted.",
    ),
    Kpi(
        "missed", "Missed", "chats", "lower", "volume", Ratio(MISSED, RUNS), "Offered − answered − contained."
    ),
    Kpi(
        "missed_rate", "Missed share", "share", "lower", "volume", Ratio(MISSED, OFFERED), "Missed ÷ offered."
    ),
    Kpi(
        "abandonment",
        "Abandonment",
        "share",
        "lower",
        "volume",
        Ratio(chats(lambda c: c.abandoned), OFFERED),
        "(Abandoned + silent) ÷ offered: the truth.",
    ),
    Kpi(
        "known_abandonment",
        "Known abandonment",
        "share",
        "lower",
        "volume",
        Ratio(chats(lambda c: c.ended(Outcome.ABANDONED)), OFFERED),
        "Abandoned ÷ offered: what a platform sees.",
    ),
    Kpi(
        "completion",
        "Completion",
        "share",
        "higher",
        "volume",
        Ratio(chats(lambda c: c.ended(Outcome.SERVED)), OFFERED),
        "Served ÷ offered.",
    ),
    Kpi(
        "service_level",
        "Service level",
        "share",
        "higher",
        "waiting",
        Ratio(chats(lambda c: c.accepted_in_time), chats(lambda c: c.entered & ~c.abandoned_in_time)),
        "Accepted within the threshold ÷ (offered to the queue − abandoned within it).",
    ),
    Kpi(
        "service_level_offered",
        "Service level, of offered",
        "share",
        "higher",
        "waiting",
        Ratio(chats(lambda c: c.accepted_in_time), ENTERED),
        "Accepted within the threshold ÷ offered to the queue.",
    ),
    Kpi(
        "service_level_lenient",
        "Service level, lenient",
        "share",
        "higher",
        "waiting",
        Ratio(chats(lambda c: c.accepted_in_time | c.abandoned_in_time), ENTERED),
        "(Accepted + abandoned within the threshold) ÷ offered to the queue.",
    ),
    Kpi(
        "service_level_answered",
        "Service level, of accepted",
        "share",
        "higher",
        "waiting",
        Ratio(chats(lambda c: c.accepted_in_time), chats(lambda c: c.accepted)),
        "Accepted within the threshold ÷ accepted.",
    ),
    Kpi(
        "wait_probability",
        "Share that waits",
        "share",
        "lower",
        "waiting",
        Ratio(chats(lambda c: c.queued), ENTERED),
        "Found no free slot and waited ÷ offered to the queue.",
    ),
    Kpi(
        "wait_s",
        "Wait, all",
        "s",
        "lower",
        "waiting",
        Ratio(chats(lambda c: np.nan_to_num(c.wait_s)), chats(lambda c: c.waited)),
        "Mean time in the queue of all offered to it, zeros included, however it ended.",
    ),
    Kpi(
        "asa_s",
        "ASA",
        "s",
        "lower",
        "waiting",
        Ratio(WAITS, ACCEPTED),
        "Average speed of answer: mean time in the queue of those accepted by an agent, zeros included.",
    ),
    Kpi(
        "wait_p50_s",
        "Wait, median",
        "s",
        "lower",
        "waiting",
        Quantile(WAITS, 0.5),
        "Median wait of those accepted.",
    ),
    Kpi(
        "wait_p80_s",
        "Wait, 80th percentile",
        "s",
        "lower",
        "waiting",
        Quantile(WAITS, 0.8),
        "80th percentile of the waits of those accepted.",
    ),
    Kpi(
        "wait_p90_s",
        "Wait, 90th percentile",
        "s",
        "lower",
        "waiting",
        Quantile(WAITS, 0.9),
        "90th percentile of the waits of those accepted.",
    ),
    Kpi(
        "wait_p95_s",
        "Wait, 95th percentile",
        "s",
        "lower",
        "waiting",
        Quantile(WAITS, 0.95),
        "95th percentile of the waits of those accepted.",
    ),
    Kpi(
        "wait_max_s",
        "Wait, longest",
        "s",
        "lower",
        "waiting",
        Peak(WAITS),
        "Longest wait of those accepted in a run.",
    ),
    Kpi(
        "queue_length",
        "Queue length",
        "chats",
        "lower",
        "waiting",
        Ratio(queues(lambda q: q.waiting_s), WINDOW),
        "Time average of the number waiting, up to the horizon.",
    ),
    Kpi(
        "queue_length_max",
        "Queue length, longest",
        "chats",
        "lower",
        "waiting",
        Peak(Sum(_queue_peaks, ALL - {By.GROUP})),
        "Most chats waiting at once in a run.",
    ),
    Kpi(
        "frt_s",
        "First response",
        "s",
        "lower",
        "conversation",
        Ratio(handled(lambda h: np.where(h.answered, h.frt_s, 0.0)), ANSWERED_HANDLED),
        "Arrival → first human reply (the customer's view); by work, the wait.",
    ),
    Kpi(
        "frt_p90_s",
        "First response, 90th percentile",
        "s",
        "lower",
        "conversation",
        Quantile(FRTS, 0.9),
        "90th percentile of the first response.",
    ),
    Kpi(
        "frt_agent_s",
        "First response, agent's view",
        "s",
        "lower",
        "conversation",
        Ratio(handled(lambda h: np.where(h.by_turns & h.answered, h.frt_s - h.wait_s, 0.0)), TURNED),
        "Acceptance → first reply.",
    ),
    Kpi(
        "response_s",
        "Response",
        "s",
        "lower",
        "conversation",
        Ratio(handled(lambda h: h.waiting_s), REPLIES),
        "Message in the agent's inbox → its reply, over all turns; the first is in the inbox at acceptance.",
    ),
    Kpi(
        "response_p90_s",
        "Response, 90th percentile",
        "s",
        "lower",
        "conversation",
        Quantile(RESPONSES, 0.9),
        "90th percentile of the response over all turns.",
    ),
    Kpi(
        "response_mean_of_means_s",
        "Response, mean of chats' means",
        "s",
        "lower",
        "conversation",
        Ratio(handled(lambda h: h.response_s), handled(lambda h: h.replies > 0)),
        "Mean over chats of the chat's mean response.",
    ),
    Kpi(
        "messages_per_chat",
        "Messages per chat",
        "messages",
        "neither",
        "conversation",
        Ratio(handled(lambda h: 2 * h.replies), TURNED),
        "Customer's and agent's messages ÷ answered chats.",
    ),
    Kpi(
        "turns_per_chat",
        "Turns per chat",
        "turns",
        "neither",
        "conversation",
        Ratio(REPLIES, TURNED),
        "Agent's replies ÷ answered chats.",
    ),
    Kpi(
        "duration_s",
        "Chat duration",
        "s",
        "lower",
        "conversation",
        Ratio(handled(lambda h: h.duration_s), ACCEPTED),
        "Acceptance → end of the conversation, wrap-up excluded.",
    ),
    Kpi(
        "aht_s",
        "AHT",
        "s",
        "lower",
        "conversation",
        Ratio(handled(lambda h: h.handling_s), ACCEPTED),
        "Average handling time: acceptance → end of the wrap-up, by the clock on the wall.",
    ),
    Kpi(
        "focus_aht_s",
        "Focus AHT",
        "s",
        "lower",
        "conversation",
        Ratio(handled(lambda h: h.composing_s), handled(lambda h: h.by_turns)),
        "Agent's composing and wrap-up time ÷ chats handled.",
    ),
    Kpi(
        "agent_hours",
        "Hours on duty",
        "h",
        "neither",
        "agents",
        Ratio(duty(lambda d: d.duty_s / 3600), RUNS),
        "Log-in → log-out or, later, the end of the last chat in hand, up to the horizon.",
    ),
    Kpi(
        "agents",
        "Agents on duty",
        "agents",
        "neither",
        "agents",
        Ratio(DUTY, WINDOW),
        "Time average of the agents on duty.",
    ),
    Kpi(
        "occupancy",
        "Occupancy",
        "share",
        "neither",
        "agents",
        Ratio(duty(lambda d: d.busy_s), DUTY),
        "Time with at least one chat ÷ time on duty.",
    ),
    Kpi(
        "slot_utilisation",
        "Slot utilisation",
        "share",
        "neither",
        "agents",
        Ratio(duty(lambda d: d.chat_s), duty(lambda d: d.slot_s)),
        "Time of chats in slots ÷ slot time on duty.",
    ),
    Kpi(
        "attention",
        "Attention",
        "share",
        "neither",
        "agents",
        Ratio(duty(lambda d: d.attention_s), duty(lambda d: d.attentive_s)),
        "Time composing or wrapping up ÷ time on duty.",
    ),
    Kpi(
        "concurrency",
        "Concurrency",
        "chats",
        "neither",
        "agents",
        Ratio(duty(lambda d: d.chat_s), duty(lambda d: d.busy_s)),
        "Mean number of open chats of an agent while he has at least one.",
    ),
    Kpi(
        "chats_per_agent_hour",
        "Chats per agent hour",
        "chats/h",
        "higher",
        "agents",
        Ratio(handled(lambda h: h.served), duty(lambda d: d.duty_s / 3600)),
        "Served ÷ hours on duty.",
    ),
    Kpi(
        "overrun_s",
        "Overrun",
        "s",
        "lower",
        "agents",
        Ratio(duty(lambda d: d.overrun_s), duty(lambda d: d.n_log_offs)),
        "Planned log-off → end of the last chat in hand, mean over breaks and shift ends.",
    ),
)
"""All key figures, in the order in which they are shown."""

BY_NAME = {kpi.name: kpi for kpi in KPIS}
RATIOS = tuple(kpi for kpi in KPIS if isinstance(kpi.form, Ratio))
QUANTILES = tuple(kpi for kpi in KPIS if isinstance(kpi.form, Quantile))
PEAKS = tuple(kpi for kpi in KPIS if isinstance(kpi.form, Peak))
