"""How long do customers wait for an agent? Figures of waiting."""

from __future__ import annotations

from sim.kpis.definitions.forms import WINDOW, Kpi, Peak, Quantile, Ratio, Shown, chats, handled, queues
from sim.kpis.definitions.sources import ASAPP, DYNAMICS, amazon, cisco
from sim.kpis.loops import By, Column, Value

ENTERED, ENTERED_KNOWN = chats(Column.ENTERED), chats(Column.ENTERED_KNOWN)
ACCEPTED = handled(Column.ACCEPTED)
ACCEPTED_IN_TIME = chats(Column.ACCEPTED_IN_TIME)

WAITING: tuple[Kpi, ...] = (
    Kpi(
        "service_level",
        "Service level",
        "share",
        "higher",
        "waiting",
        Ratio(ACCEPTED_IN_TIME, chats(Column.ENTERED_IN_EARNEST)),
        "Accepted within the threshold ÷ (offered to the queue − abandoned within it, or within "
        "short_abandon_s where targets set it). Accepted, here and "
        "below, is who was still there; offered to the queue are all offered but the blocked and the "
        "contained.",
        f"Buist and L'Ecuyer, ContactCenters, WSC 2005. {cisco('ignored')}",
        shown=Shown("SL", across={By.INTERVAL, By.DAY, By.QUEUE}),
    ),
    Kpi(
        "service_level_offered",
        "Service level, of offered",
        "share",
        "higher",
        "waiting",
        Ratio(ACCEPTED_IN_TIME, ENTERED_KNOWN),
        "Accepted within the threshold ÷ offered to the queue.",
        cisco("with negative impact"),
    ),
    Kpi(
        "service_level_lenient",
        "Service level, lenient",
        "share",
        "higher",
        "waiting",
        Ratio(chats(Column.ENDED_IN_TIME), ENTERED_KNOWN),
        "(Accepted + abandoned within the threshold) ÷ offered to the queue.",
        cisco("with positive impact"),
    ),
    Kpi(
        "service_level_answered",
        "Service level, of accepted",
        "share",
        "higher",
        "waiting",
        Ratio(ACCEPTED_IN_TIME, chats(Column.ACCEPTED)),
        "Accepted within the threshold ÷ accepted.",
        f"{DYNAMICS}: average speed to answer within the threshold",
    ),
    Kpi(
        "wait_probability",
        "Share that waits",
        "share",
        "lower",
        "waiting",
        Ratio(chats(Column.QUEUED), ENTERED),
        "Found no free slot and waited ÷ offered to the queue.",
        shown=Shown(),
    ),
    Kpi(
        "wait_s",
        "Wait, all",
        "s",
        "lower",
        "waiting",
        Ratio(chats(Column.WAIT_S), chats(Column.WAITED)),
        "Mean time in the queue of all offered to it, zeros included, however it ended. As on a platform, "
        "who has gone without a signal stays in the queue. Chats that never end are left out.",
        f"{ASAPP}: average wait time",
        shown=Shown(),
    ),
    Kpi(
        "asa_s",
        "ASA",
        "s",
        "lower",
        "waiting",
        Ratio(handled(Column.ACCEPTED_WAIT_S), ACCEPTED),
        "Average speed of answer: mean time in the queue of those accepted while still there, zeros "
        "included.",
        amazon("average queue answer time"),
        shown=Shown("ASA", across={By.INTERVAL, By.DAY, By.QUEUE, By.GROUP}),
    ),
    Kpi(
        "wait_p50_s",
        "Wait, median",
        "s",
        "lower",
        "waiting",
        Quantile(Value.WAIT_S, 0.5),
        "Median wait of those accepted.",
    ),
    Kpi(
        "wait_p80_s",
        "Wait, 80th percentile",
        "s",
        "lower",
        "waiting",
        Quantile(Value.WAIT_S, 0.8),
        "80th percentile of the waits of those accepted.",
    ),
    Kpi(
        "wait_p90_s",
        "Wait, 90th percentile",
        "s",
        "lower",
        "waiting",
        Quantile(Value.WAIT_S, 0.9),
        "90th percentile of the waits of those accepted.",
        shown=Shown("wait p90", across={By.INTERVAL, By.DAY, By.QUEUE}),
    ),
    Kpi(
        "wait_p95_s",
        "Wait, 95th percentile",
        "s",
        "lower",
        "waiting",
        Quantile(Value.WAIT_S, 0.95),
        "95th percentile of the waits of those accepted.",
    ),
    Kpi(
        "wait_max_s",
        "Wait, longest",
        "s",
        "lower",
        "waiting",
        Peak(handled(Column.LONGEST_WAIT_S)),
        "Longest wait of those accepted in a run.",
    ),
    Kpi(
        "queue_length",
        "Queue length",
        "chats",
        "lower",
        "waiting",
        Ratio(queues(Column.WAITING_S), WINDOW),
        "Time average of the chats in the queue, up to the horizon. As on a platform, who has gone without "
        "a signal stays in the queue.",
        shown=Shown("queue", across={By.INTERVAL, By.DAY, By.QUEUE}),
    ),
    Kpi(
        "queue_length_max",
        "Queue length, longest",
        "chats",
        "lower",
        "waiting",
        Peak(queues(Column.MOST_WAITING)),
        "Most chats in the queue at once in a run, counted likewise.",
        shown=Shown(),
    ),
)
