"""Centres with published figures: other simulators' days, other packages' examples.

Days of Buist and L'Ecuyer's *ContactCenters* (doc/examples MMC, MMCAb and MMCBlocked, .java and .res) and of
SSJ's tutorial (CallCenter .java, .dat and .res); examples of the packages CCmath and R ErlangC.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sim.kpis.loops import By
from sim.kpis.measure import Kpis
from sim.scenario.demand import Arrivals, ByWork, Queue
from sim.scenario.distributions import Exponential
from sim.scenario.scenario import Scenario
from sim.scenario.targets import Targets
from sim.scenario.team import Group
from sim.theory.chains.pool import Pool
from sim.theory.chains.staffing import Staffing
from sim.theory.erlang import erlang
from sim.validation.case import Case, Check, Known, OfKpis, Pair, a_run, checks, key_figure
from sim.validation.scenarios import of_line, pool_case

MINUTES, CALLS = 480, 4.2 * 480
EIGHT_HOURS = [252.0] * 8 + [0.0] * 16
"""Calls an hour."""


def published() -> list[Case]:
    """Cases with published figures."""
    return [*_contact_centers(), _ssj(400.0), _ssj(10.0), *_packages(), chat(), _garnett()]


# ContactCenters

SIMULATED = "the publication is itself a simulation, and prints its own estimate"

IN_TARGET = Check("in_target", "Answered in 20 s, a day", "chats", seen=a_run("service_level_offered"))
OCCUPANCY = Check("occupancy", seen=key_figure("occupancy", By.INTERVAL))


def _contact_centers() -> list[Case]:
    """Days of 4.2 calls a minute for 8 hours, 2 minutes each, 12 agents; from empty until drained."""
    plain = (
        replace(IN_TARGET, published="1816.2 (1812.6, 1819.7)"),
        *checks(service_level="0.902 (0.900, 0.904)", asa_s="0.099 min (0.097, 0.102)"),
        replace(OCCUPANCY, published="0.695 (0.694, 0.697)"),
    )
    impatient = (
        Check("abandoned", published="58.6 (57.7, 59.6)", seen=a_run("abandonment")),
        replace(IN_TARGET, published="1906.0 (1903.8, 1908.2)"),
        *checks(asa_s="0.024 min", service_level="0.968"),
        Check("service_level_answered", published="0.975", why=SIMULATED),
        replace(OCCUPANCY, published="0.675 (0.674, 0.677)"),
    )
    blocked = (
        Check("blocked", published="18.7 (18.1, 19.3)", seen=a_run("blocked")),
        replace(IN_TARGET, published="1854.3 (1851.7, 1856.9)"),
        *checks(asa_s="0.060 min"),
        Check("service_level_answered", published="0.929", why=SIMULATED),
        replace(OCCUPANCY, published="0.689", why=SIMULATED),
    )
    return [
        _day("P1 MMC, a day", Pool(4.2, 12, (2.0,), lines=80), plain),
        _day("P2 MMCAb, a day", Pool(4.2, 12, (2.0,), patience=1.0, lines=80), impatient),
        _day("P3 MMCBlocked, a day", Pool(4.2, 12, (2.0,), lines=5), blocked),
    ]


def _day(name: str, pool: Pool, rows: tuple[Check, ...]) -> Case:
    demand = Queue(
        name="chats",
        arrivals=EIGHT_HOURS,
        service=ByWork(work_s=120.0),
        patience=None if pool.patience is None else 60 * pool.patience,
        capacity=pool.lines if pool.lines < 10 else None,
    )
    scenario = Scenario(
        queues=[demand],
        groups=[Group(name="team", queues=["chats"], agents=pool.agents)],
        # Agents stay for the night; the day of the publication is the first interval.
        interval_min=MINUTES,
        targets=Targets(threshold_s=20.0),
    )
    source = "ContactCenters (Montréal), doc/examples; exact: birth-death chain from empty"
    return Case(name, source, scenario, partial(counts_of_a_day, pool), rows, 600, is_published=True)


def counts_of_a_day(pool: Pool) -> Known:
    """Exact figures of a day, those that are counts a day among them."""
    figures = pool.day(MINUTES)
    entered = CALLS * (1 - figures["blocked_rate"])
    counts = {
        "in_target": entered * figures["service_level_offered"],
        "abandoned": CALLS * figures["abandonment"],
        "blocked": CALLS * figures["blocked_rate"],
    }
    return figures | counts


# SSJ's call centre

SSJ_AGENTS = (4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4)
SSJ_PER_HOUR = (100.0, 150.0, 150.0, 180.0, 200.0, 150.0, 150.0, 150.0, 120.0, 100.0, 80.0, 70.0, 60.0)
SSJ_CALLS = sum(SSJ_PER_HOUR)
SSJ_PRINTED = {
    400.0: ("0.020", "4.713 s (4.680, 4.746)", "0.925 (0.924, 0.925)", "93.6²"),
    10.0: ("0.0342 (0.0311, 0.0374)", "11.834 s (10.06, 13.61)", "0.853 (0.844, 0.862)", "513²"),
}
LEAVING = (
    "there an agent who is off duty goes when any agent ends a call; here the highest numbers go and finish "
    "the calls they hold (R12)"
)


def _ssj(shape: float) -> Case:
    """A day from 08:00 with hourly staffing, a gamma busyness, one in ten who refuses to wait."""
    lost, wait, in_time, deviation = SSJ_PRINTED[shape]
    rows = (
        Check("lost", "Lost ÷ expected", "share", lost, LEAVING, per_expected("abandonment")),
        Check("wait_s", "Wait ÷ expected", "s", wait, LEAVING, per_expected("wait_s")),
        Check("in_time", "In 20 s ÷ expected", "share", in_time, LEAVING,
              per_expected("service_level_lenient")),
        Check("offered", unit="chats", published="1660", seen=a_run("offered")),
        Check("variance", "Variance of chats a day", "chats²", deviation, seen=_square),
    )  # fmt: skip
    per_hour = [0.0] * 8 + list(SSJ_PER_HOUR) + [0.0] * 3
    staffing = [0] * 8 + list(SSJ_AGENTS) + [SSJ_AGENTS[-1]] * 3
    demand = Queue(
        name="chats",
        arrivals=Arrivals(per_hour=per_hour, busyness_cv=shape**-0.5),
        patience=Exponential(mean_s=1000.0, zero=0.1),
        service=ByWork(work_s=100.0),
    )
    scenario = Scenario(
        queues=[demand],
        groups=[Group(name="team", queues=["chats"], staffing=staffing)],
        interval_min=60,
        targets=Targets(threshold_s=20.0),
    )
    name = f"P{4 if shape == 400 else 5} SSJ CallCenter, α={shape:g}"
    source = "SSJ (Montréal), tutorial; exact: chain over the day's staffing, Gauss-Laguerre over busyness"
    return Case(name, source, scenario, partial(_staffed, shape), rows, 1200, is_published=True)


def per_expected(name: str) -> OfKpis:
    """What a figure adds up above its line in a run, over the calls expected in a day."""
    figure = key_figure(name)
    return lambda kpis: (figure(kpis)[0], SSJ_CALLS)


def _square(kpis: Kpis) -> Pair:
    """Square of the deviation from the chats expected."""
    return (key_figure("offered")(kpis)[0] - SSJ_CALLS) ** 2, 1.0


def _staffed(shape: float) -> Known:
    """Exact figures of a day of the call centre."""
    size, nodes = (50, 3) if shape > 100 else (90, 6)
    model = Staffing(SSJ_AGENTS, SSJ_PER_HOUR, 100 / 3600, 1000 / 3600, balk=0.1, size=size)
    lost, hours = model.mean(shape, nodes) / SSJ_CALLS
    late = float(model.over_days(lambda busyness: model.late(busyness, 20 / 3600), shape, nodes)) / SSJ_CALLS
    variance = SSJ_CALLS + SSJ_CALLS**2 / shape
    return {
        "lost": float(lost),
        "wait_s": 3600 * float(hours),
        "in_time": 1 - late,
        "offered": SSJ_CALLS,
        "variance": variance,
    }


# Packages


def _packages() -> list[Case]:
    """Erlang C and X by CCmath, Erlang C by R's ErlangC."""
    delay = checks("wait_probability", asa_s="0.72 min", service_level="61.42 %", occupancy="85.71 %")
    impatient = (
        *checks(abandonment="7.43 %", occupancy="79.34 %"),
        *checks("service_level_offered", "service_level_answered", "service_level", "service_level_lenient"),
        *checks("wait_s", "asa_s", "wait_probability"),
    )
    package = checks(
        wait_probability="0.1741319", service_level="0.88835", asa_s="7.83594 s", occupancy="0.7142857"
    )
    return [
        _erlang("P8 CCmath Erlang C", "CCmath; exact: Erlang C", (14, 4.0, 3.0, None), 19.98, delay),
        _erlang("P9 CCmath Erlang X", "CCmath; exact: Erlang A, with four service levels",
                (14, 4.0, 3.0, 1.0), 20.0, impatient),
        _erlang("P12 R ErlangC", "R package ErlangC 0.1.0; exact: Erlang C",
                (14, 10 / 3, 3.0, None), 20.0, package),
    ]  # fmt: skip


def _erlang(
    name: str,
    source: str,
    given: tuple[int, float, float, float | None],
    threshold_s: float,
    rows: tuple[Check, ...],
) -> Case:
    """One line before agents with a slot: *given* are agents, chats a minute, minutes a chat, patience."""
    agents, rate, aht, patience = given
    pool = Pool(rate, agents, (aht,), patience)
    case = pool_case(name, source, pool, 1, 150, rows, threshold_s)
    line = erlang(agents, rate / 60, 60 * aht, None if patience is None else 60 * patience)
    return replace(case, known=partial(of_line, line, threshold_s), is_published=True)


def _garnett() -> Case:
    """Fifty agents, 48 calls a minute of a minute each, a patience of two: P(W ≤ 12.44 s) is 0.9."""
    rows = (
        *checks("abandonment", "wait_s", "asa_s", "wait_probability", "queue_length", "occupancy"),
        Check("service_level_lenient", "Wait up to 12.44 s"),
    )
    source = "the example of Garnett, Mandelbaum and Reiman (M&SOM 4 (2002) 208-227); exact: Erlang A"
    case = _erlang("P13 Garnett et al.", source, (50, 48.0, 1.0, 2.0), 12.44, rows)
    return replace(case, replications=40, is_published=False)


# Chat

CHAT = Pool(4.0, 5, (3.0, 3.5, 4.0), patience=1.0, lines=100)
BALANCED = (
    "the published closed form spreads open chats evenly over agents at every moment, which takes handing "
    "them over; with least loaded routing and no handing over a little more is lost"
)


def chat() -> Case:
    """Five agents with up to three chats each, whose handling times are 3, 3.5 and 4 minutes."""
    rows = (
        Check("abandonment", published="15.44 %", why=BALANCED),
        Check("slot_utilisation", published="86.78 %", why=BALANCED),
        *checks("wait_probability", "duration_s", "occupancy", "service_level_offered"),
    )
    source = "CCmath's Erlang Chat example; exact: chain over agents' loads (Cui and Tezcan 2016)"
    return replace(pool_case("P11 CCmath Erlang Chat", source, CHAT, 1, 150, rows), is_published=True)
