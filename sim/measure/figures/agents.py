"""What does agents' time go into? Figures of agents."""

from __future__ import annotations

from sim.measure.figures.forms import RUNS, WINDOW, Kpi, Ratio, duty, handled
from sim.measure.figures.sources import ASAPP, SILENT, amazon
from sim.measure.tables import Column

DUTY = duty(Column.DUTY_S)
HOURS = duty(Column.DUTY_H)
BUSY = duty(Column.BUSY_S)
HELD = duty(Column.CHAT_S)

AGENTS: tuple[Kpi, ...] = (
    Kpi(
        "agent_hours",
        "Hours on duty",
        "h",
        "neither",
        "agents",
        Ratio(HOURS, RUNS),
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
        Ratio(BUSY, DUTY),
        "Time with at least one chat ÷ time on duty.",
        amazon("occupancy"),
    ),
    Kpi(
        "slot_utilisation",
        "Slot utilisation",
        "share",
        "neither",
        "agents",
        Ratio(HELD, duty(Column.SLOT_S)),
        "Time of chats in slots ÷ slot time on duty.",
        f"{ASAPP}: occupancy",
    ),
    Kpi(
        "attention",
        "Attention",
        "share",
        "neither",
        "agents",
        Ratio(duty(Column.ATTENTION_S), duty(Column.ATTENTIVE_S)),
        "Time composing or, where it takes attention, wrapping up ÷ time on duty of who serves by turns.",
    ),
    Kpi(
        "concurrency",
        "Concurrency",
        "chats",
        "neither",
        "agents",
        Ratio(HELD, BUSY),
        "Mean number of open chats of an agent while they have at least one.",
        f"{ASAPP}: concurrency of agents with at least one chat",
    ),
    Kpi(
        "chats_per_agent_hour",
        "Chats per agent hour",
        "chats/h",
        "higher",
        "agents",
        Ratio(handled(Column.SERVED), HOURS),
        "Served ÷ hours on duty.",
    ),
    Kpi(
        "overrun_s",
        "Overrun",
        "s",
        "lower",
        "agents",
        Ratio(duty(Column.OVERRUN_S), duty(Column.LOG_OFFS)),
        "Planned log-off → end of the last chat in hand, at most until the next log-in or the horizon. Mean "
        "over the breaks, shift ends and, of constant agents, closings before the horizon.",
    ),
    Kpi(
        "wasted_slots",
        "Wasted slots",
        "share",
        "lower",
        "agents",
        Ratio(duty(Column.WASTED_S), HELD),
        "Slot time with chats whose customer was already gone ÷ slot time used.",
        f"{SILENT}: efficiency lost to silent abandonment",
    ),
    Kpi(
        "speed",
        "Speed",
        "times",
        "higher",
        "agents",
        Ratio(duty(Column.SPEED_S), DUTY),
        "Mean speed of the agents on duty; 1 is the speed for which the laws of service are given.",
    ),
    Kpi(
        "absence",
        "Absence",
        "share",
        "lower",
        "agents",
        Ratio(duty(Column.ABSENT_S), duty(Column.PLANNED_S)),
        "Planned duty lost to unplanned absence ÷ planned duty.",
    ),
    Kpi(
        "lateness",
        "Lateness",
        "share",
        "lower",
        "agents",
        Ratio(duty(Column.LATE_S), duty(Column.PLANNED_S)),
        "Planned duty lost to late log-ins ÷ planned duty.",
    ),
    Kpi(
        "paid_hours",
        "Paid hours",
        "h",
        "neither",
        "agents",
        Ratio(duty(Column.PAID_H), RUNS),
        "Planned duty ÷ (1 − planned shrinkage), its causes multiplied out.",
    ),
    Kpi(
        "shrinkage",
        "Shrinkage",
        "share",
        "neither",
        "agents",
        Ratio(duty(Column.SHRUNK_H), duty(Column.PAID_H)),
        "Paid time not on duty as planned ÷ paid time: planned shrinkage, absence and lateness together.",
    ),
)
