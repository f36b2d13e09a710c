"""What does a key figure add up? The columns that figures are made of, and what a chat adds to each.

A run's totals are a table with a row for each *cell* (an interval, a queue, a group, a day, or the whole run)
and the columns of :class:`Column`. Chats are gone through once, by a compiled loop that adds to all cells of
a chat at once, so nothing is kept of them but the totals and the values that percentiles are taken of.

A new column for chats is a member of `Column` and a line in `_arrived` or `_handled`. They stand in one file
because the compiler's cache sees changes of the file that it compiles, not of others.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum, auto
from typing import NamedTuple, NoReturn

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.compiled import compiled, inner
from sim.errors import UnknownNameError
from sim.kpis.timeline import ChatRows, TurnTotals
from sim.rules import NO_AGENT, Outcome


class By(StrEnum):
    """Breakdowns of figures."""

    OVERALL = "overall"
    QUEUE = "queue"
    GROUP = "group"
    INTERVAL = "interval"
    DAY = "day"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise UnknownNameError(f"no breakdown is called {value!r}; there are {', '.join(cls)}")


class Column(IntEnum):
    """What is added up, or raised to its highest, in each cell."""

    # Of all chats that arrived.
    ARRIVALS = 0
    OFFERED = auto()
    """Arrived while the centre was open."""
    SERVED = auto()
    ABANDONED = auto()
    SILENT = auto()
    LEFT = auto()
    TIMED_OUT = auto()
    BLOCKED = auto()
    OFFLINE = auto()
    OVERFLOWED = auto()
    CONTAINED = auto()
    UNFINISHED = auto()
    ANSWERED = auto()
    MISSED = auto()
    GAVE_UP = auto()
    """Left the queue, known or not."""
    ENTERED = auto()
    """Offered to the queue: not turned away before it."""
    ENTERED_KNOWN = auto()
    """Those of whom it is known how long they waited, or that they wait still."""
    ENTERED_IN_EARNEST = auto()
    """Those, and not gone soon: within the threshold, or the time of short abandons."""
    ACCEPTED_IN_TIME = auto()
    ENDED_IN_TIME = auto()
    """Accepted, or gone, within the threshold."""
    QUEUED = auto()
    """Found no free slot and entered the waiting line."""
    WAIT_S = auto()
    """Time of a chat in the queue, whoever was still there, and however it ended."""
    WAITED = auto()
    """Chats whose time in the queue is known."""
    SUCCESSFUL = auto()
    """Served, and resolved where there is a model of quality."""

    # Of the chats that an agent accepted.
    HANDLED = auto()
    ACCEPTED = auto()
    """Accepted while the customer was still there."""
    ACCEPTED_WAIT_S = auto()
    REPLIED_TO = auto()
    """Chats whose first human reply is known."""
    FIRST_REPLY_S = auto()
    """Arrival to first human reply."""
    TURNED = auto()
    """Chats by turns whose customer got a reply."""
    TURNED_TIMED = auto()
    """Those whose acceptance is known."""
    TURNED_FIRST_REPLY_S = auto()
    """Acceptance to first reply."""
    RESPONSE_S = auto()
    """Message in the inbox to its reply, over all replies that a customer got."""
    REPLIES = auto()
    MEAN_RESPONSE_S = auto()
    """Mean response of a chat whose customer got replies."""
    WRITTEN_TO = auto()
    """Chats in which an agent replied, maybe to nobody."""
    SENT = auto()
    """Agents' replies, those to nobody too."""
    MESSAGES = auto()
    """Customers' and agents' messages in chats in which an agent replied."""
    DURATION_S = auto()
    TIMED = auto()
    """Chats whose acceptance and end are known."""
    HANDLING_S = auto()
    RELEASED = auto()
    """Chats whose acceptance and release are known."""
    BY_TURNS = auto()
    """Chats by turns of which it is known when their agent composed."""
    FOCUS_S = auto()
    """Attention that a chat by turns took: composing and wrapping up."""

    # Of chats, where the scenario has what they are about.
    BALKED = auto()
    ESTIMATED = auto()
    """Chats with an announced wait that were accepted after they had waited."""
    ESTIMATE_ERROR_S = auto()
    """Announced wait minus true wait."""
    ESTIMATE_MISS_S = auto()
    """The same without its sign."""
    CUSTOMERS = auto()
    """First attempts."""
    CUSTOMERS_OFFERED = auto()
    """First attempts of customers who came while the centre was open, at least once."""
    CUSTOMERS_MISSED = auto()
    """Those of whom were never answered."""
    RETRIES = auto()
    """Attempts of customers who were not served the last time."""
    RETURNS = auto()
    """Attempts of customers who were served, and not helped, the last time."""
    JUDGED = auto()
    """Served chats, where there is a model of quality."""
    RESOLVED = auto()
    HELD_MEANWHILE = auto()
    """Mean chats that the agent held during a served chat."""
    KNOWN_WINDOW = auto()
    """Served chats that ended early enough to know whether their customer came again within the window."""
    NO_REPEAT = auto()
    """Those whose customer did not."""
    SURVEYED = auto()
    SATISFIED = auto()
    """Surveyed with a score of 4 or 5."""
    SATISFIED_ALL = auto()
    """Served with a score of 4 or 5, surveyed or not."""
    CSAT = auto()
    """Scores of those surveyed, and their squares."""
    CSAT_2 = auto()
    NPS = auto()
    """100 for each promoter among those surveyed, −100 for each detractor; and their squares."""
    NPS_2 = auto()
    CES = auto()
    CES_2 = auto()
    CONVERTED = auto()

    # Of agents' time, in the interval in which it passes.
    DUTY_S = auto()
    DUTY_H = auto()
    SLOT_S = auto()
    """Duty times slots."""
    BUSY_S = auto()
    """With at least one chat."""
    CHAT_S = auto()
    """Of chats in slots."""
    ATTENTION_S = auto()
    ATTENTIVE_S = auto()
    """Duty of groups that serve by turns."""
    OVERRUN_S = auto()
    """Of spans of duty that ended in the interval."""
    LOG_OFFS = auto()
    WASTED_S = auto()
    """Of slots, with chats whose customer was gone."""
    SPEED_S = auto()
    """Duty times speed."""
    PLANNED_S = auto()
    """Planned duty: worked until the planned log-off, or lost."""
    ABSENT_S = auto()
    LATE_S = auto()
    PAID_H = auto()
    """Planned duty and the planned shrinkage around it."""
    SHRUNK_H = auto()
    """Paid and not worked."""

    # Of waiting time and of measured time, in the interval in which it passes.
    WAITING_S = auto()
    WINDOW_S = auto()
    DAYS = auto()
    RUNS = auto()
    """1 in each cell: what is divided by it is a count a run."""

    # Highest values of a run instead of sums.
    LONGEST_WAIT_S = auto()
    """Of those accepted."""
    MOST_WAITING = auto()


END = len(Column)
"""Columns of a table of totals; behind them comes one of NaN, for what can't be told apart."""
PEAKS = slice(Column.LONGEST_WAIT_S, END)
"""Columns that are highest values."""
_PEAKS = int(Column.LONGEST_WAIT_S)
_RARER = int(Column.BALKED)
"""Columns from here on are of what only some scenarios have."""
_CHATS_END = int(Column.DUTY_S)
"""Columns that chats add to."""


NO_OUTCOME = -1


# The compiler takes globals for constants.
IS_OFFERED, ENTERS, GIVES_UP = (
    np.array([getattr(outcome, name) for outcome in sorted(Outcome)])
    for name in ("is_offered", "enters", "gives_up")
)
COUNTED = np.array([Column[outcome.name] for outcome in sorted(Outcome)])
"""Of each outcome, by its number: what it is, and the column that counts it."""


class Value(StrEnum):
    """What percentiles are taken of."""

    WAIT_S = auto()
    """Wait of a chat that was accepted."""
    FIRST_REPLY_S = auto()
    """Arrival to first human reply, of a chat that got one."""
    RESPONSE_S = auto()
    """Message in the inbox to its reply, of a turn."""


class RarerRows(NamedTuple):
    """Columns of the same chats that only some scenarios have, else empty; see `sim.log.chatlog.Chats`."""

    estimate_s: Floats
    balked: Flags
    customer: Ints
    """Rows of first attempts."""
    attempt: Ints
    open_chats: Floats
    resolved: Flags
    csat: Ints
    nps: Ints
    ces: Ints
    surveyed: Flags
    converted: Flags
    offered: Flags
    """Of first attempts: whether the customer came while the centre was open, at least once."""
    helped: Flags
    """Of first attempts: whether the customer was answered, or contained, in the end."""
    last_outcome: Ints
    """Of the same customer's last attempt; NO_OUTCOME for their first."""
    again_s: Floats
    """Arrival of their next attempt; infinite for their last."""


class ChatTotals(NamedTuple):
    """Tables that chats add to, shape (n_cells of all runs, n_columns + 1); empty for one cell a run."""

    interval: Floats
    queue: Floats
    group: Floats
    queue_interval: Floats
    """Of some queues by interval; empty where nobody asks."""
    group_interval: Floats
    """Of some groups likewise."""


class CrossedCells(NamedTuple):
    """Of each chat: its cell in the tables by interval of some queues and groups; −1 if it is in none."""

    queue: Ints
    group: Ints


class Rules(NamedTuple):
    """What counts, and how."""

    threshold_s: Floats
    """Of each queue: its service levels look at it."""
    short_s: Floats
    """Of each queue: who gives up so soon is not counted by the service level."""
    by_turns: Flags
    """Of each queue."""
    wrap_up_attention: Flags
    """Of each queue: whether its wrap-up takes attention."""
    returns: Flags
    """Of each queue: whether customers who were not helped come again."""
    recorded: bool
    """Whether who waits still, for how long nobody knows, is left out of service levels."""
    known_until_s: float
    """Who was served until then had all of the window of first-contact resolution to come again."""
    window_s: float


@compiled
def follow_customers(
    customer: Ints, outcome: Ints, arrival_s: Floats, first_reply_s: Floats, first: int, end: int,
    latest: Ints, offered: Flags, helped: Flags, last_outcome: Ints, again_s: Floats,
) -> None:  # fmt: skip
    """Follow the customers of one run, whose chats are those from *first* to *end*, from attempt to attempt.

    *latest* is room for the latest attempt of each.
    """
    for i in range(first, end):
        who = first + customer[i]
        offered[i], helped[i], last_outcome[i], again_s[i] = False, False, NO_OUTCOME, np.inf
        if who != i:
            last_outcome[i] = outcome[latest[who]]
            again_s[latest[who]] = arrival_s[i]
        latest[who] = i
        if outcome[i] != Outcome.OFFLINE:
            offered[who] = True
        if not np.isnan(first_reply_s[i]) or outcome[i] == Outcome.CONTAINED:
            helped[who] = True


@compiled
def add_chats(
    rows: ChatRows,
    interval: Ints,
    talk: TurnTotals,
    rarer: RarerRows,
    rules: Rules,
    row: Floats,
    totals: ChatTotals,
    crossed: CrossedCells,
) -> None:
    """Add all measured chats to all tables; *row* is room for what one of them adds, shape (n_columns,)."""
    n_columns = _CHATS_END if len(rarer.balked) or len(rarer.customer) or len(rarer.resolved) else _RARER
    for i in range(len(rows.queue)):
        if not rows.measured[i]:
            continue
        for k in range(n_columns):
            row[k] = 0.0
        _arrived(rows, i, rules, row)
        accepted = rows.agent[i] != NO_AGENT
        if accepted:
            _handled(rows, i, talk, rules, row)
        if len(rarer.balked):
            _announced(rows, i, rarer, row)
        if len(rarer.customer):
            _repeated(rows, i, rarer, rules, row)
        if len(rarer.resolved) and (
            rows.outcome[i] == Outcome.SERVED or (rules.recorded and rarer.surveyed[i])
        ):
            _judged(rows, rarer, i, row)
        _add(row, totals.interval[interval[i]], n_columns)
        if len(totals.queue):
            _add(row, totals.queue[rows.line[i]], n_columns)
        if len(totals.group) and accepted:
            _add(row, totals.group[rows.group[i]], n_columns)
        if len(totals.queue_interval) and crossed.queue[i] >= 0:
            _add(row, totals.queue_interval[crossed.queue[i]], n_columns)
        if len(totals.group_interval) and accepted and crossed.group[i] >= 0:
            _add(row, totals.group_interval[crossed.group[i]], n_columns)


@inner
def _add(row: Floats, cell: Floats, n_columns: int) -> None:
    """Add to one cell."""
    for k in range(n_columns):
        cell[k] += row[k]
    if row[Column.ACCEPTED]:
        longest_s = cell[Column.LONGEST_WAIT_S]
        cell[Column.LONGEST_WAIT_S] = max(longest_s, row[Column.ACCEPTED_WAIT_S])


@inner
def _arrived(rows: ChatRows, i: int, rules: Rules, row: Floats) -> None:
    """Say what chat *i* adds, whatever became of it."""
    outcome = rows.outcome[i]
    silent = outcome == Outcome.SILENT  # who may be accepted when they are long gone
    accepted = rows.agent[i] != NO_AGENT and not silent
    contained = outcome == Outcome.CONTAINED
    offered, entered, gave_up = IS_OFFERED[outcome], ENTERS[outcome], GIVES_UP[outcome]
    answered = rows.answered[i]
    until_s = rows.ended_s[i] if rows.agent[i] == NO_AGENT else rows.accepted_s[i]
    wait_s = until_s - rows.entered_s[i]
    waited = entered and not np.isnan(wait_s)
    waits = outcome != Outcome.ABANDONED and rows.agent[i] == NO_AGENT and not rules.recorded
    known = waited or waits
    customer_s = rows.left_s[i] - rows.entered_s[i] if silent else wait_s
    queue = rows.queue[i]
    in_time = entered and customer_s <= rules.threshold_s[queue]
    soon = entered and customer_s <= rules.short_s[queue]
    row[Column.ARRIVALS] = 1.0
    row[Column.OFFERED] = offered
    row[COUNTED[outcome]] = 1.0
    row[Column.ANSWERED] = answered
    row[Column.MISSED] = offered and not answered and not contained
    row[Column.GAVE_UP] = gave_up
    row[Column.ENTERED] = entered
    row[Column.ENTERED_KNOWN] = entered and known
    row[Column.ENTERED_IN_EARNEST] = entered and known and not (gave_up and soon)
    row[Column.ACCEPTED_IN_TIME] = accepted and in_time
    row[Column.ENDED_IN_TIME] = (accepted or gave_up) and in_time
    row[Column.QUEUED] = rows.queued[i]
    row[Column.WAIT_S] = wait_s if waited else 0.0
    row[Column.WAITED] = waited
    row[Column.SUCCESSFUL] = outcome == Outcome.SERVED


@inner
def _handled(rows: ChatRows, i: int, talk: TurnTotals, rules: Rules, row: Floats) -> None:
    """Say what chat *i* adds besides, having been accepted, maybe when its customer was gone."""
    queue, n_replies, response_s = rows.queue[i], talk.n_replies[i], talk.response_s[i]
    wait_s, handed_s = rows.accepted_s[i] - rows.entered_s[i], rows.entered_s[i] - rows.arrival_s[i]
    row[Column.HANDLED] = 1.0
    if rows.outcome[i] != Outcome.SILENT and not np.isnan(wait_s):
        row[Column.ACCEPTED] = 1.0
        row[Column.ACCEPTED_WAIT_S] = wait_s
    duration_s, handling_s = rows.ended_s[i] - rows.accepted_s[i], rows.released_s[i] - rows.accepted_s[i]
    if not np.isnan(duration_s):
        row[Column.TIMED], row[Column.DURATION_S] = 1.0, duration_s
    if not np.isnan(handling_s):
        row[Column.RELEASED], row[Column.HANDLING_S] = 1.0, handling_s
    row[Column.REPLIES] = n_replies
    row[Column.RESPONSE_S] = response_s
    if talk.n_sent[i]:
        row[Column.WRITTEN_TO] = 1.0
        row[Column.SENT] = talk.n_sent[i]
        row[Column.MESSAGES] = talk.n_messages[i] + talk.n_sent[i]
    if not np.isnan(rows.first_reply_s[i]):
        row[Column.REPLIED_TO] = 1.0
        row[Column.FIRST_REPLY_S] = rows.first_reply_s[i] - rows.arrival_s[i]
    if rules.by_turns[queue]:
        wrapped_up = rules.wrap_up_attention[queue] and rows.outcome[i] == Outcome.SERVED
        wrap_up_s = rows.released_s[i] - rows.ended_s[i] if wrapped_up else 0.0
        focus_s = talk.composing_s[i] + wrap_up_s
        if not np.isnan(focus_s):
            row[Column.BY_TURNS], row[Column.FOCUS_S] = 1.0, focus_s
        if n_replies:
            row[Column.TURNED] = 1.0
            row[Column.MEAN_RESPONSE_S] = response_s / n_replies
            if not np.isnan(wait_s):
                row[Column.TURNED_TIMED] = 1.0
                row[Column.TURNED_FIRST_REPLY_S] = row[Column.FIRST_REPLY_S] - wait_s - handed_s


@inner
def _announced(rows: ChatRows, i: int, rarer: RarerRows, row: Floats) -> None:
    """Say what chat *i* adds where waits are announced."""
    row[Column.BALKED] = rarer.balked[i]
    if rows.queued[i] and row[Column.ACCEPTED] and not np.isnan(rarer.estimate_s[i]):
        error_s = rarer.estimate_s[i] - row[Column.ACCEPTED_WAIT_S]
        row[Column.ESTIMATED] = 1.0
        row[Column.ESTIMATE_ERROR_S] = error_s
        row[Column.ESTIMATE_MISS_S] = abs(error_s)


@inner
def _repeated(rows: ChatRows, i: int, rarer: RarerRows, rules: Rules, row: Floats) -> None:
    """Say what chat *i* adds where customers come again."""
    last_outcome = rarer.last_outcome[i]
    if last_outcome == NO_OUTCOME:
        row[Column.CUSTOMERS] = 1.0
        row[Column.CUSTOMERS_OFFERED] = rarer.offered[i]
        row[Column.CUSTOMERS_MISSED] = rarer.offered[i] and not rarer.helped[i]
    elif last_outcome == Outcome.SERVED:
        row[Column.RETURNS] = 1.0
    else:
        row[Column.RETRIES] = 1.0
    is_known = rules.returns[rows.queue[i]] and rows.ended_s[i] <= rules.known_until_s
    if rows.outcome[i] == Outcome.SERVED and is_known:
        row[Column.KNOWN_WINDOW] = 1.0
        row[Column.NO_REPEAT] = rarer.again_s[i] > rows.ended_s[i] + rules.window_s


@inner
def _judged(rows: ChatRows, rarer: RarerRows, i: int, row: Floats) -> None:
    """Say what the chat *i*, served or at least rated, adds where there are opinions."""
    csat, nps, ces = rarer.csat[i], rarer.nps[i], rarer.ces[i]
    served = rows.outcome[i] == Outcome.SERVED
    row[Column.JUDGED] = served
    row[Column.RESOLVED] = row[Column.SUCCESSFUL] = served and rarer.resolved[i]
    row[Column.HELD_MEANWHILE] = rarer.open_chats[i]
    row[Column.SATISFIED_ALL] = csat >= 4
    row[Column.CONVERTED] = rarer.converted[i]
    if rarer.surveyed[i]:
        net = 100.0 * (int(nps >= 9) - int(nps <= 6))
        row[Column.SURVEYED] = 1.0
        row[Column.SATISFIED] = csat >= 4
        row[Column.CSAT], row[Column.CSAT_2] = csat, csat * csat
        row[Column.NPS], row[Column.NPS_2] = net, net * net
        row[Column.CES], row[Column.CES_2] = ces, ces * ces


# Tables are put together


def empty(n_runs: int, n_cells: int) -> Floats:
    """Give a table to which nothing is added yet."""
    table = np.zeros((n_runs, n_cells, END + 1))
    table[..., PEAKS] = -np.inf
    return table


@compiled
def place(time: Floats, column: int, intervals: Floats, labels: Floats) -> None:
    """Add neighbouring columns from *column* on to the tables by interval and by label of each run.

    *time* has the shape (n_columns, n_labels of all runs, n_intervals).
    """
    n = labels.shape[1]
    for k in range(time.shape[0]):
        for row in range(time.shape[1]):
            for i in range(time.shape[2]):
                intervals[row // n, i, column + k] += time[k, row, i]
                labels[row // n, row % n, column + k] += time[k, row, i]


@compiled
def fold(parts: Floats, wholes: Floats) -> None:
    """Put the cells of each run together in a table of fewer, one after the other."""
    n = parts.shape[1] // wholes.shape[1]
    for run in range(parts.shape[0]):
        for i in range(parts.shape[1]):
            part, whole = parts[run, i], wholes[run, i // n]
            for k in range(_PEAKS):
                whole[k] += part[k]
            for k in range(_PEAKS, END):
                whole[k] = max(whole[k], part[k])


@compiled
def finish(table: Floats, alone: bool) -> None:
    """Fill in what follows from the rest; *alone*: nobody comes again, so that a chat is a customer."""
    for run in range(table.shape[0]):
        for i in range(table.shape[1]):
            cell = table[run, i]
            cell[Column.RUNS], cell[END] = 1.0, np.nan
            if alone:
                cell[Column.CUSTOMERS], cell[Column.CUSTOMERS_OFFERED] = (
                    cell[Column.ARRIVALS],
                    cell[Column.OFFERED],
                )
                cell[Column.CUSTOMERS_MISSED] = cell[Column.MISSED]
            if cell[Column.WINDOW_S] == 0:
                cell[:_PEAKS], cell[_PEAKS:] = 0.0, np.nan  # not even a run is counted there
            for k in range(_PEAKS, END):
                if cell[k] == -np.inf:
                    cell[k] = np.nan
