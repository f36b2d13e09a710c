"""What does agents' time go into? Figures of agents."""

from __future__ import annotations

from sim.measure.figures.forms import RUNS, WINDOW, Kpi, Ratio, duty, handled
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
    ),
    Kpi(
        "slot_utilisation",
        "Slot utilisation",
        "share",
        "neither",
        "agents",
        Ratio(HELD, duty(Column.SLOT_S)),
        "Time of chats in slots ÷ slot time on duty.",
    ),
    Kpi(
        "attention",
        "Attention",
        "share",
        "neither",
        "agents",
        Ratio(duty(Column.ATTENTION_S), duty(Column.ATTENTIVE_S)),
        "Time composing or wrapping up ÷ time on duty.",
    ),
    Kpi(
        "concurrency",
        "Concurrency",
        "chats",
        "neither",
        "agents",
        Ratio(HELD, BUSY),
        "Mean number of open chats of an agent while he has at least one.",
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
        "Planned log-off → end of the last chat in hand, mean over breaks and shift ends.",
    ),
)
