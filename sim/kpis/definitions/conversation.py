"""How does a chat go once an agent has accepted it? Figures of conversation."""

from __future__ import annotations

from sim.kpis.definitions.forms import Kpi, Quantile, Ratio, Shown, handled
from sim.kpis.definitions.sources import DYNAMICS, amazon, zendesk, zendesk_export
from sim.kpis.loops import By, Column, Value

REPLIES = handled(Column.REPLIES)
TURNED = handled(Column.TURNED)
WRITTEN_TO = handled(Column.WRITTEN_TO)

CONVERSATION: tuple[Kpi, ...] = (
    Kpi(
        "frt_s",
        "First response",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.FIRST_REPLY_S), handled(Column.REPLIED_TO)),
        "Arrival → first human reply, of those who got one (the customer's view); by work, the wait.",
        zendesk("first reply time"),
        shown=Shown("FRT", across={By.QUEUE}),
    ),
    Kpi(
        "frt_p90_s",
        "First response, 90th percentile",
        "s",
        "lower",
        "conversation",
        Quantile(Value.FIRST_REPLY_S, 0.9),
        "90th percentile of the first response.",
    ),
    Kpi(
        "frt_agent_s",
        "First response, agent's view",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.TURNED_FIRST_REPLY_S), handled(Column.TURNED_TIMED)),
        "Acceptance → first reply, of those served by turns who got one.",
        amazon("average agent first response time"),
    ),
    Kpi(
        "response_s",
        "Response",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.RESPONSE_S), REPLIES),
        "Message in the agent's inbox → its reply, over all replies that a customer got. The first message "
        "is in the inbox at acceptance.",
        amazon("average agent response time"),
        shown=Shown("reply", across={By.INTERVAL, By.DAY, By.QUEUE, By.GROUP}),
    ),
    Kpi(
        "response_p90_s",
        "Response, 90th percentile",
        "s",
        "lower",
        "conversation",
        Quantile(Value.RESPONSE_S, 0.9),
        "90th percentile of the response over all replies that a customer got.",
        shown=Shown(),
    ),
    Kpi(
        "response_mean_of_means_s",
        "Response, mean of chats' means",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.MEAN_RESPONSE_S), TURNED),
        "Mean over chats whose customer got a reply of the chat's mean response.",
        zendesk_export("average response time"),
    ),
    Kpi(
        "messages_per_chat",
        "Messages per chat",
        "messages",
        "neither",
        "conversation",
        Ratio(handled(Column.MESSAGES), WRITTEN_TO),
        "Customer's and agent's messages in chats in which an agent replied ÷ those chats. As on a "
        "platform, unanswered messages count, and so do replies to a customer who was gone.",
        amazon("average messages"),
        shown=Shown(),
    ),
    Kpi(
        "turns_per_chat",
        "Turns per chat",
        "turns",
        "neither",
        "conversation",
        Ratio(handled(Column.SENT), WRITTEN_TO),
        "Agent's replies ÷ chats in which an agent replied. As on a platform, replies to a customer who was "
        "gone count.",
    ),
    Kpi(
        "duration_s",
        "Chat duration",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.DURATION_S), handled(Column.TIMED)),
        "Acceptance → end of the conversation, wrap-up excluded, of all chats accepted, those with a "
        "customer who was gone too.",
        amazon("average agent interaction time"),
        shown=Shown(),
    ),
    Kpi(
        "aht_s",
        "AHT",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.HANDLING_S), handled(Column.RELEASED)),
        "Average handling time: acceptance → end of the wrap-up, by the clock on the wall, of all chats "
        "accepted, those with a customer who was gone too.",
        amazon("average handle time"),
        shown=Shown("AHT", across={By.QUEUE, By.GROUP}),
    ),
    Kpi(
        "focus_aht_s",
        "Focus AHT",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.FOCUS_S), handled(Column.BY_TURNS)),
        "Time composing and, where it takes attention, wrapping up ÷ chats accepted by turns.",
        f"{DYNAMICS}: focus time",
        shown=Shown(),
    ),
)
