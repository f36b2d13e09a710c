"""Who does not join, and who comes again? Figures of customers over all their attempts.

The figures of the other sections count attempts: each is a chat. Here a customer counts once, in the interval
of their first attempt.
"""

from __future__ import annotations

from sim.kpis.definitions.forms import RUNS, Kpi, Ratio, Shown, chats
from sim.kpis.definitions.volume import ARRIVALS
from sim.kpis.loops import Column

CUSTOMERS = chats(Column.CUSTOMERS)
ESTIMATED = chats(Column.ESTIMATED)

CUSTOMER: tuple[Kpi, ...] = (
    Kpi(
        "balked",
        "Balked",
        "chats",
        "lower",
        "customers",
        Ratio(chats(Column.BALKED), RUNS),
        "Did not join when they would have had to wait; they are among the blocked.",
        shown=Shown(idle=("balked", 0)),
    ),
    Kpi(
        "estimate_error_s",
        "Announced wait, error",
        "s",
        "lower",
        "customers",
        Ratio(chats(Column.ESTIMATE_MISS_S), ESTIMATED),
        "Mean of |announced − true wait| of those who waited and were accepted while they were still there.",
        "Ibrahim and Whitt, M&SOM 11(3), 2009.",
        shown=Shown(),
    ),
    Kpi(
        "estimate_bias_s",
        "Announced wait, bias",
        "s",
        "neither",
        "customers",
        Ratio(chats(Column.ESTIMATE_ERROR_S), ESTIMATED),
        "Mean of announced − true wait of the same chats: above 0, too long was announced.",
        shown=Shown(),
    ),
    Kpi(
        "customers",
        "Customers",
        "customers",
        "neither",
        "customers",
        Ratio(CUSTOMERS, RUNS),
        "First attempts; all the others are the same people again.",
        shown=Shown(idle=("attempts_per_customer", 1)),
    ),
    Kpi(
        "retries",
        "Retries",
        "chats",
        "lower",
        "customers",
        Ratio(chats(Column.RETRIES), RUNS),
        "Attempts of customers who were not served the last time.",
        shown=Shown(idle=("retries", 0)),
    ),
    Kpi(
        "returns",
        "Returns",
        "chats",
        "lower",
        "customers",
        Ratio(chats(Column.RETURNS), RUNS),
        "Attempts of customers who were served the last time, and not helped.",
        shown=Shown(idle=("returns", 0)),
    ),
    Kpi(
        "attempts_per_customer",
        "Attempts per customer",
        "chats",
        "lower",
        "customers",
        Ratio(ARRIVALS, CUSTOMERS),
        "Arrivals ÷ customers.",
        shown=Shown(idle=("attempts_per_customer", 1)),
    ),
    Kpi(
        "customers_missed_rate",
        "Customers missed",
        "share",
        "lower",
        "customers",
        Ratio(chats(Column.CUSTOMERS_MISSED), chats(Column.CUSTOMERS_OFFERED)),
        "Customers of whom no attempt was answered or contained ÷ customers, without those who only came "
        "while the centre was closed.",
        shown=Shown(idle=("attempts_per_customer", 1)),
    ),
)
"""Figures of balking, announced waits, retries and returns."""
