"""The rule book of the chat centre: what may happen, in words and in numbers.

Every engine obeys these rules and cites them by number; the tests bear their names. Time is in
seconds since the midnight of the first day. What the rules leave open, :class:`Order` settles.

Customers
    R1  Chats arrive at their drawn times. After the horizon, the last midnight, nobody arrives.
    R2  A chat that arrives outside the opening hours, [open, close), is `offline`. Closing time stops
        arrivals, not service. Hours of a date go before those of its weekday, and these before those of every
        day; a holiday is closed if the scenario says so and does not name the date. Hours that close before
        they open last until the next day, those of the eve of the first day too.
    R3  An arriving chat for which an agent has a free slot is accepted at once (R7). Otherwise it waits,
        unless as many chats wait in its queue already as the queue's capacity: then it is `blocked`.
    R4  A waiting chat leaves as `overflowed` when it has waited the queue's maximum wait, and as
        `abandoned` when its patience ends. With both at the same instant it overflows. With a patience of
        zero a customer takes an agent at once or nobody: who finds none joins the line like any other (or is
        blocked, or balks) and leaves it after all arrivals of that instant, for which they count as waiting.
    R5  A chat that still waits when nothing more can happen is `unfinished`, unless its customer is gone
        (R20).

Routing
    R6  An agent may take a chat when they are on duty, have the queue among their group's skills, and hold
        fewer chats than their slots.
    R7  Groups that a queue prefers are tried in that order; the other groups with the skill come last, all
        alike. Among the agents of a tier who may take the chat
        `least_loaded` takes the one with the fewest open chats, `most_loaded` the one with the most,
        `longest_idle` looks at idleness alone; ties go to the agent idle longest, then to the lowest number.
        `round_robin` takes the next one in order of number after the agent this rule chose last for this
        queue, beginning again at the lowest. `random` takes the one in place floor(u × how many there are),
        in order of number, u being the chat's drawn uniform.
    R8  An agent is idle since the latest of: their log-in, the last chat they accepted, the last slot they
        freed.
    R9  A queue is a line: first come, first served, and of those who arrived at one instant whoever joined
        first. A freed slot goes to the first in line, among the queues of the agent's skills, of the highest
        priority (lowest number), then of the longest wait, then of the lowest row.
    R10 An agent who logs in fills all their slots by R9 before anything else happens.

Duty
    R11 An agent is on duty in [log-in, log-off) of each of their spans; spans that touch, as 24:00 and 00:00
        of the next day, are one, and nobody logs off in between. At log-off, a break or a shift's end, they
        take no new chat and finish those in hand (overrun). A shift begins on its weekdays and dates, or on
        every day, and on none that it leaves out; one that ends before it starts ends on the next day, with
        the same people, breaks included. One that began on the eve of the first day is on duty from time
        zero; one that begins on the last day goes on over the horizon. On a closed day begin only shifts that
        name it: by date, or by weekday if it is closed like all its weekdays. Shifts of one crew are worked
        by the same agents.
    R12 Constant agents are on duty whenever the centre is open: they log in at each opening and log off at
        each closing. Whoever holds no chat at closing is out; the others stay until they hold none, and
        meanwhile still fill their slots by R9, so they leave when nobody waits whom they may serve and what
        they hold is finished; all of it is overrun. Where the centre never closes (no hours, or 00:00 to
        24:00) they are on duty from time zero without end. Either way they clear what waits at the horizon.
        Shifts after closing time, or of a later day, answer who still waits; the last ones end with the
        horizon, unless they last over midnight. Under staffing per interval, number k of a group (from 0) is
        on duty in every interval staffed with more than k: the highest numbers leave first, however busy they
        are; a stretch of at most a day (R31) that lasts over the last midnight goes on. Staffing of a date
        goes before that of its weekday, and this before that of every day; a closed day is staffed only if it
        is named, as for shifts (R11).

Attention: service by turns
    R13 An accepted chat puts its customer's message in its agent's inbox. The agent takes up one message at a
        time, in the order in which they came in, over all their chats; slots are filled (R9, R10) before
        the next message is taken up.
    R14 A reply takes the drawn agent time, times (1 + switching) if the agent holds more than one chat when
        they begin it; a chat in its wrap-up is held too.
    R15 After a reply that is not the chat's last, the customer takes the drawn customer time; then the next
        message is in the inbox.
    R16 After its last reply the conversation has ended and the agent wraps up at once, for the drawn time.
        The chat holds its slot until then; it holds the agent's attention too, unless the scenario says
        otherwise. A wrap-up of zero is an event like any other.

Sharing: service by work
    R17 A chat brings work. While an agent holds j chats, each chat of queue q is worked on at the speed
        aht_q[1] / aht_q[j] (only the ratios count); without a list, at speed 1. An agent has one clock a
        queue that runs at that speed, and stands still while they hold no chat: whenever j changes or work
        ends, clock += (now − since) × speed, and since = now. A chat's finish mark is the clock at its
        acceptance + its work. It ends at now + max(0, mark − clock) / speed, computed anew at each such
        change.
    R18 When its work is done the conversation has ended; its wrap-up then runs beside the agent's other
        chats and holds the slot, so it still counts in j.
    R19 Open chats are never moved from one agent to another.

Silence, patience within the chat, idleness
    R20 A customer drawn as silent whose patience ends in the queue leaves without a signal: they are gone,
        and their chat, now `silent`, keeps its place. Nobody knows, so it waits like any other: it takes room
        (R3), and counts in the line and its waits for those who come later (R25, R26). If it is accepted, its
        message is answered like any other (by turns), and the chat then holds its slot for the drawn
        detection time, until the agent notices and closes it. By work nothing is worked on: it holds the slot
        for the detection time from its acceptance, and counts in j. If it overflows (R4), that ends it, and
        it stays `silent`.
    R21 By turns, a customer whose message has been in the inbox for its drawn reply patience, and is not
        answered at that instant, leaves: the chat is `left`. A message not yet taken up is taken out of the
        inbox and the slot is freed at once. A reply being composed is finished in vain: it holds slot and
        attention until then; the slot is freed before the next message is taken up.
    R22 If they are drawn as silent, R21 passes without a signal: they are gone, the chat is `left`, their
        message is answered in its turn, and then the chat holds its slot for the drawn detection time, as in
        R20.
    R23 A chat whose customer has been quiet for the queue's idle timeout after a reply is closed by its
        agent: it is `timed_out` if the customer would have gone on; a message at that very instant comes
        first. A chat whose customer is gone is closed by then at the latest, and stays `silent` or `left`.
    R24 A chat that ends by R20 to R23 has no wrap-up.

Balking and the announced wait
    R25 A customer who would have to wait, and is not blocked by the capacity, is given an estimate of their
        wait. `head`: how long the first of the chats waiting in their queue has waited. `last`: how long the
        chat of their queue that was accepted last had waited, by whichever agent, also if it was accepted at
        once (0) or its customer was gone (R20). 0 where there is none.
    R26 Then the share of those who do not join is read off their queue's curve, at the number of chats
        waiting in it or at the estimate: with points (x, s) in order, s of the first point up to it, s of the
        last from it on, and in between s[k] + (s[k + 1] - s[k]) * (x - x[k]) / (x[k + 1] - x[k]). The
        customer balks, and is `blocked`, if their drawn uniform is below that share.

Customers who come again
    R27 A customer whose chat went wrong in a way after which the customers of their queue retry, and who is
        drawn as one to retry, comes again after the drawn delay. The ways are the outcomes `abandoned`,
        `silent`, `blocked`, `overflowed`, `timed_out` and `offline`, and of those who `left` the chat the
        `unanswered`, to whom nobody had replied yet, and the `left`, the others. The delay is counted from
        the moment they left (not from the moment when a silent chat is closed); that of an `offline` customer
        from the next opening, unless the queue says from the moment they left.
    R28 A served chat is resolved if its drawn uniform is below resolution - multitasking * (m / k - 1). By
        turns, m adds up how many chats its agent held whenever they began one of its k replies; by work, k is
        1 and m how many they held once they had accepted it. A customer whose chat is served and not resolved
        and who is drawn as one to return comes again the drawn delay after the end of the conversation.
    R29 Each further attempt is a chat of its own row, which arrives like any other (R1 to R3): nobody comes
        from the horizon on. A customer makes no more attempts than were drawn for them. All that is drawn for
        an attempt is drawn anew, except what the queue's attempts keep: `patience`, that in the queue, and
        `needs`, the turns and the times of each (patience with the reply among them), the work and the
        wrap-up, are then those of the first attempt.

People
    R30 An agent's speed on a day is their drawn speed, at least 0.05, times the learning of that day; from
        the horizon on it is that of the last day. An agent's day is that of the calendar; but as long as a
        shift over midnight lasts, it is the day on which that began (for the eve, the first day). A reply
        (R14, before the switching) and a wrap-up take the drawn time / speed of the day on which they begin;
        work (R17) is the drawn work / speed of the day of its acceptance.
    R31 An agent drawn as absent on a day is not on duty in the shifts that begin on it, to their end. Shifts
        are here, besides those that are called so: the openings of constant agents, and under staffing per
        interval each stretch of at most a day without a gap; longer ones, and duty without end, are cut at
        midnight. Who is absent on the last day does not come after it. Who stays after closing (R12) stays
        over midnight, too.
    R32 An agent who is late on a day is on duty only from the drawn delay after the beginning of the first
        shift that begins on it, as it is planned (and cut at midnight); but one who was on duty up to that
        beginning goes on and is not late.

Incidents
    R33 An incident lasts from its start to its end, [start, end), which are times like all others. It happens
        if the scenario is under stress; on ordinary days nothing of R34 to R38 does.
    R34 `agents_out`: of the agents of its group who would be on duty at any time while it lasts (R11 to R12,
        R31, R32, R35), and whom no earlier one that overlaps has taken, the ones with the highest numbers
        are off duty until it is over. Earlier is what starts earlier, then what stands first.
    R35 `shift_gap`: the agents of its group, or all agents, are off duty, as if it had been planned so; who
        is late (R32) is late as without it. Who goes off duty by R34 or R35, constant agents too, takes no
        new chat and finishes those in hand, as at a break (R11); who is on duty afterwards logs in (R10).
        Who stays after closing (R12) stays.
    R36 `slow_system`: a reply or a wrap-up that begins while it lasts, and the work of a chat that is
        accepted then, take the time of R30 times the factor; of several at once, times each.
    R37 `outage`: nobody can answer. No agent accepts a chat and none takes up a message; replies, wrap-ups
        and work under way stand still and go on when it is over, but for what ends as it begins. All else
        happens as always: customers arrive, wait, write and lose patience; slots are freed; agents come and
        go. When it is over the agents, in order of number, fill their slots as at a log-in (R10), and then
        take up the next message. Outages that overlap or touch are one.
    R38 `burst`: exactly so many customers more come to its queue, each at start + u * length, u being their
        drawn uniform. In all else they are customers of that queue like any others, who stay who they are.

The platform
    R39 A chat platform may take its time, the same each time: `accept_s` and `deliver_s`. Both are 0 unless
        the scenario says otherwise, and then nothing of R40 to R43 is different from the rules above.
    R40 A chat for which an agent is chosen (R7, R9) is on its way for `accept_s`, and accepted then. On its
        way it holds the slot, and counts wherever the chats that an agent holds do (R6 to R8, R12, R14, R17,
        R28), but nobody works on it. It is in no line (R3, R25, R26). An outage comes on top, as with what an
        agent does (R37). Who goes off duty meanwhile still gets it (R11).
    R41 Until their chat is accepted a customer waits: it leaves by R4 on its way, too, and frees the slot at
        once; at one instant acceptance comes first. Who leaves without a signal is gone, and their chat is
        accepted (R20).
    R42 A reply is shown to its customer `deliver_s` after it was sent, which is when it was composed; from
        then on they take their time (R15), and their next message is in the inbox `deliver_s` after they have
        sent it. The first message comes with the chat (R13). The agent goes on as soon as the reply is sent:
        to the next message, to the wrap-up (R16), to wait for an answer (R23) or for nobody (R22). That
        somebody has left is known at once. By work there is nothing to deliver.
    R43 A customer's clock counts from their message's being sent to the reply's being shown. Patience with a
        reply (R21) is over so long after the message was sent, but never before that is in the inbox; a reply
        that has been sent by then is waited for.

Clocks
    R44 Clock times, dates and weekdays are those of the clocks of the centre's time zone, if it has one.
        Seconds are real: a day on which the clocks change is longer or shorter than 24 hours, and so is all
        that lasts over the change from one clock time to another, as an opening or a shift. What has a length
        in minutes, as a break, a spike or an incident, has that length.
    R45 What begins or ends at a clock time needs one that comes, and comes once; the one at which clocks go
        forward is the moment of the change. A profile of rates, or volumes of intervals, keep the chats of
        each day: those of clock times that do not exist come as much later as the clocks jump, on top of the
        others then; of those of clock times that come twice, half come each time.
    R46 Staffing of an interval that does not exist is nobody's; of one that comes twice it is there both
        times.
    R47 The arrivals of a queue and the duty of a group may go by the clocks of another zone: clock times,
        dates and weekdays that they name are read from those. A shift that begins by them belongs to the day
        of the centre on which it begins (R30 to R32).

The state
    R48 A run may begin at an instant, from a state: what holds then, before any event of that instant. It
        tells what has happened; who is on duty, and since when each agent is idle; of each chat that waits or
        is held its stage, and when that ends, if it is known; the order of lines and inboxes; whom round
        robin chose last, and the wait of the chat accepted last (R25); and of work its finish marks, the
        clocks and since when they run (R17).
    R49 From there it is the run that never stopped: what was announced for that instant or later is announced
        again, as ends of stages, patience that is not over, further attempts, arrivals, duty and outages.
    R50 Duty is that of the plan from the instant on. Who is on duty or not against the plan stays so until
        their next log-in or log-off; whoever holds chats then is in an overrun if their span is over.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final, Literal


class Outcome(IntEnum):
    """How a chat ended: exactly one for each chat that arrives."""

    SERVED = 0
    """Answered, and the conversation came to its end."""
    ABANDONED = 1
    """Left the queue, known."""
    SILENT = 2
    """Left the queue without a signal."""
    LEFT = 3
    """Left during the chat."""
    TIMED_OUT = 4
    """Closed by the agent because the customer did not respond."""
    BLOCKED = 5
    """The queue was full, or the customer balked."""
    OFFLINE = 6
    """Arrived outside the opening hours."""
    OVERFLOWED = 7
    """Waited the maximum and was sent to a form."""
    CONTAINED = 8
    """Solved before an agent was needed."""
    UNFINISHED = 9
    """Still open when nothing more could happen."""

    @property
    def is_offered(self) -> bool:
        """Whether the customer came while the centre was open."""
        return self is not Outcome.OFFLINE

    @property
    def enters(self) -> bool:
        """Whether the chat entered the queue, if only for a moment."""
        return self not in {Outcome.OFFLINE, Outcome.BLOCKED, Outcome.CONTAINED}

    @property
    def gives_up(self) -> bool:
        """Whether the customer left the queue, known or not."""
        return self in {Outcome.ABANDONED, Outcome.SILENT}

    @property
    def title(self) -> str:
        """As tables call it."""
        return _TITLES.get(self, self.name.capitalize())

    @property
    def better(self) -> Literal["higher", "lower", "neither"]:
        """Whether more of them are better."""
        if self in {Outcome.SERVED, Outcome.CONTAINED}:
            return "higher"
        return "neither" if self in {Outcome.TIMED_OUT, Outcome.OFFLINE} else "lower"

    @property
    def definition(self) -> str:
        """What it is, in a sentence."""
        return _DEFINITIONS[self]


_TITLES = {
    Outcome.SILENT: "Silently abandoned",
    Outcome.LEFT: "Left during the chat",
    Outcome.TIMED_OUT: "Timed out",
}
_DEFINITIONS = {
    Outcome.SERVED: "Answered, and the conversation came to its end.",
    Outcome.ABANDONED: "Left the queue before an agent accepted; known to the centre.",
    Outcome.SILENT: "Left the queue without a signal.",
    Outcome.LEFT: "Left after acceptance.",
    Outcome.TIMED_OUT: "Closed because the customer was quiet; each would have gone on.",
    Outcome.BLOCKED: "Arrived when the queue was full, or balked.",
    Outcome.OFFLINE: "Arrived outside the opening hours: not offered, and not missed.",
    Outcome.OVERFLOWED: "Waited the maximum and was sent to a form.",
    Outcome.CONTAINED: "Solved before an agent was needed.",
    Outcome.UNFINISHED: "Still waiting when nothing more could happen.",
}


class Policy(StrEnum):
    """Which agent takes an arriving chat (R7)."""

    LEAST_LOADED = "least_loaded"
    MOST_LOADED = "most_loaded"
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    RANDOM = "random"


class After(StrEnum):
    """What may make a customer try again (R27)."""

    ABANDONED = "abandoned"
    SILENT = "silent"
    BLOCKED = "blocked"
    OVERFLOWED = "overflowed"
    TIMED_OUT = "timed_out"
    UNANSWERED = "unanswered"
    """Left the chat before the first reply."""
    LEFT = "left"
    """Left the chat after a reply."""
    OFFLINE = "offline"


class From(StrEnum):
    """From when the delay of a customer who found the centre closed is counted (R27)."""

    OPENING = "opening"
    LEAVING = "leaving"


class Kept(StrEnum):
    """What a customer's further attempts have of the first (R29)."""

    PATIENCE = "patience"
    NEEDS = "needs"


class Estimate(StrEnum):
    """Which wait is announced (R25); Ibrahim and Whitt, M&SOM 11(3), 2009, compare them."""

    HEAD = "head"
    LAST = "last"


class Order(IntEnum):
    """Order of events at one instant; within an order the lower row comes first.

    The whole consequence of one event is settled before the next event of the same instant.
    Rows are chats, or spans of duty for LOG_OFF and LOG_ON, or outages for FAILURE and RECOVERY. Orders
    start above SimPy's own 0 and 1.
    """

    FAILURE = 8
    """An outage begins (R37)."""
    LOG_OFF = 9
    """An agent's span of duty ends (R11, R12)."""
    RECOVERY = 10
    """An outage is over (R37)."""
    LOG_ON = 11
    """A span of duty begins."""
    REPLY = 12
    """An agent has composed a reply."""
    WRAP_UP = 13
    """A wrap-up is done and the slot is free."""
    FINISH = 14
    """The work of a chat is done (service by work)."""
    ACCEPT = 15
    """A chat on its way is with its agent (R40)."""
    MESSAGE = 16
    """A customer's next message is in the inbox."""
    TIMEOUT = 17
    """A customer has been quiet for too long (R23)."""
    CLOSE = 18
    """An agent notices that a customer is gone (R20, R22)."""
    REPLY_PATIENCE = 19
    """A customer has waited too long for a reply (R21): a reply at the same instant comes first."""
    ARRIVAL = 20
    """A chat arrives: it finds the slots that were freed at this instant."""
    OVERFLOW = 21
    """The maximum wait is over."""
    PATIENCE = 22
    """A customer's patience is over: an answer at the same instant comes first."""


class Stage(IntEnum):
    """Where a chat is that waits or is held (R48); those of one turn in the order in which they come."""

    WAITING = 0
    """In its queue's line."""
    COMING = 1
    """On its way to its agent (R40)."""
    WRITING = 2
    """Its customer's next message will come."""
    QUIET = 3
    """Its customer will be quiet until the idle timeout (R23)."""
    INBOX = 4
    """Its message waits for its agent's attention."""
    COMPOSING = 5
    """Its agent composes a reply, maybe in vain."""
    WRAP_UP = 6
    """Its conversation has ended, and its agent wraps up."""
    UNNOTICED = 7
    """Its customer is gone, and its agent will notice (R20, R22)."""
    WORKED_ON = 8
    """It is worked on (service by work)."""

    @property
    def end(self) -> Order | None:
        """The event that ends it by itself, at a time known beforehand; None if there is no such event."""
        return _ENDS.get(self)


_ENDS = {
    Stage.COMING: Order.ACCEPT,
    Stage.COMPOSING: Order.REPLY,
    Stage.WRITING: Order.MESSAGE,
    Stage.QUIET: Order.TIMEOUT,
    Stage.WRAP_UP: Order.WRAP_UP,
    Stage.UNNOTICED: Order.CLOSE,
}

NO_AGENT: Final = -1
"""The agent of a chat that none has accepted."""
