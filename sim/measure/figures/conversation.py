"""How does a chat go once an agent has accepted it? Figures of conversation."""

from __future__ import annotations

from sim.measure.figures.forms import Kpi, Quantile, Ratio, handled
from sim.measure.tables import Column, Value

HANDLED = handled(Column.HANDLED)
REPLIES = handled(Column.REPLIES)
TURNED = handled(Column.TURNED)

CONVERSATION: tuple[Kpi, ...] = (
    Kpi(
        "frt_s",
        "First response",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.FIRST_REPLY_S), handled(Column.ANSWERED)),
        "Arrival → first human reply (the customer's view); by work, the wait.",
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
        Ratio(handled(Column.TURNED_FIRST_REPLY_S), TURNED),
        "Acceptance → first reply.",
    ),
    Kpi(
        "response_s",
        "Response",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.RESPONSE_S), REPLIES),
        "Message in the agent's inbox → its reply, over all turns; the first is in the inbox at acceptance.",
    ),
    Kpi(
        "response_p90_s",
        "Response, 90th percentile",
        "s",
        "lower",
        "conversation",
        Quantile(Value.RESPONSE_S, 0.9),
        "90th percentile of the response over all turns.",
    ),
    Kpi(
        "response_mean_of_means_s",
        "Response, mean of chats' means",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.MEAN_RESPONSE_S), handled(Column.REPLIED)),
        "Mean over chats of the chat's mean response.",
    ),
    Kpi(
        "messages_per_chat",
        "Messages per chat",
        "messages",
        "neither",
        "conversation",
        Ratio(handled(Column.MESSAGES), TURNED),
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
        Ratio(handled(Column.DURATION_S), HANDLED),
        "Acceptance → end of the conversation, wrap-up excluded.",
    ),
    Kpi(
        "aht_s",
        "AHT",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.HANDLING_S), HANDLED),
        "Average handling time: acceptance → end of the wrap-up, by the clock on the wall.",
    ),
    Kpi(
        "focus_aht_s",
        "Focus AHT",
        "s",
        "lower",
        "conversation",
        Ratio(handled(Column.FOCUS_S), handled(Column.BY_TURNS)),
        "Agent's composing and wrap-up time ÷ chats handled.",
    ),
)
