"""Does a server keep what the simulation predicts? Days driven one after the other, checked and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

import numpy as np

from sim.draws.late import Delays
from sim.drive.adapters import Target
from sim.drive.adapters.base import Server
from sim.drive.invariants import GRACE_S, Centre, Failure, Invariant, check, stopped
from sim.drive.judge import MOST_BLUR, REPLAYS, Judgement, judge
from sim.drive.latency import Latencies, Times, Verb
from sim.drive.limits import Checked, Limit, checked, read_limit
from sim.drive.options import NO_TROUBLE, Crew, Mode, Options, Part, Trouble
from sim.drive.parts import PartDriven, counts_of, parts_of
from sim.drive.play import Live
from sim.drive.probe import taken_twice
from sim.drive.run import SOON_S, Driven, Ending, drive, lasts_s
from sim.drive.safety import MOST_PER_S, refuse_host, refuse_rate
from sim.drive.schedule import Day, arrivals_within, refuse_unplayable
from sim.errors import LoadError
from sim.rules import NO_AGENT
from sim.scenario.platform import Platform
from sim.scenario.scenario import Scenario

_TINY_S = 1e-4
"""Delays below are none: no clock of ours tells them from nothing."""
Announce = Callable[[float], None]
"""Is told beforehand how many seconds of the wall clock it will take."""
Show = Callable[[int, Live], None]
"""Is shown which replication is driven, and how it stands."""


@dataclass(frozen=True, slots=True)
class Told:
    """A broken law, and on which day."""

    replication: int
    failure: Failure


@dataclass(frozen=True, eq=False)
class Loaded:
    """What came of driving a server."""

    scenario: Scenario
    target: Target
    options: Options
    seed: int
    wanted: int
    """Days that were asked for."""
    days: tuple[Driven, ...]
    """Those that were driven, the last of them maybe in part."""
    judgement: Judgement
    failures: tuple[Told, ...]
    latencies: Latencies
    lag: Times
    platform: Platform
    """Delays of the server as a scenario would have them."""
    limits: tuple[Checked, ...]
    counts: Mapping[str, float | None]
    """What was counted, by the names of limits."""
    parts: tuple[PartDriven, ...] = ()
    """Of the day, where it was to be looked at in parts."""

    def __repr__(self) -> str:
        differs = ", ".join(self.judgement.differs) or "nothing"
        return f"<Loaded {self.target.adapter!r} with {self.scenario.name!r}: {differs} differs>"

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped it."""
        return self.days[-1].ending is Ending.INTERRUPTED

    @property
    def gone(self) -> bool:
        """Whether the server no longer answered before all was over."""
        return _is_gone(self.days, self.wanted)

    @property
    def errors(self) -> int:
        """Requests that the server failed."""
        return sum(sum(day.causes.values()) for day in self.days)

    @property
    def skipped(self) -> int:
        """Customers who could not be sent."""
        return sum(day.live.skipped for day in self.days)

    @property
    def is_missed(self) -> bool:
        """Whether a figure differs, a law is broken or a limit is missed."""
        return bool(self.judgement.differs or self.failures) or any(each.met is False for each in self.limits)


def load_test(
    scenario: Scenario,
    target: str | Target = "loopback",
    *,
    speed: float | None = None,
    mode: Mode | str = Mode.REACTIVE,
    replications: int = 1,
    seed: int = 1,
    fail_if: Sequence[str] = (),
    max_rate: float = MOST_PER_S,
    max_in_flight: int | None = None,
    workers: int = 1,
    may_load: str | None = None,
    template: str | Path | None = None,
    server: Callable[[], Server] | None = None,
    probes: bool = True,
    replays: int = REPLAYS,
    parts: Sequence[Part] = (),
    trouble: Trouble = NO_TROUBLE,
    announce: Announce | None = None,
    show: Show | None = None,
) -> Loaded:
    """Play the customers and agents of a *scenario* on the server at a *target*, and judge it.

    *speed* simulated seconds pass in one of the wall clock: 1 if omitted, and for the loopback no wall clock
    is waited for. Each of some *replications* is a day of its own. *fail_if* are limits. At most *max_rate*
    chats are opened a second and *max_in_flight* are open at once, and no machine is loaded but this one and
    that named by *may_load*. A *template* says how to speak to the server, for adapters that need one;
    *server* makes another client than the target's. Unless told not to, it *probes* whether two agents are
    given one chat. *parts* of the day are judged by themselves, and *trouble* is what happens to connections
    on purpose. On the wall clock *announce* is told beforehand how long it will take, all days being as long
    as the first; *show* is told how it stands.

    With several *workers* as many processes play the customers. Ctrl-C ends it with what was measured.

    Raises
    ------
    LoadError
        If the scenario can't be played, the machine may not be loaded, or the server does not answer.
    """
    target = target if isinstance(target, Target) else Target.parse(target)
    limits = [read_limit(text, scenario) for text in fail_if]
    file = None if template is None else Path(template)
    crew = Crew(workers, target, file) if workers > 1 else None
    options = Options(
        speed or 1.0, Mode(mode), max_in_flight, crew, virtual=not target.url and speed is None,
        parts=tuple(parts), trouble=trouble,
    )  # fmt: skip
    make = server or (lambda: target.server(file))
    refuse_unplayable(scenario, target.adapter)
    refuse_host(target.host, may_load)
    days, told = list[Driven](), list[Told]()
    for replication in range(replications):
        day = Day.of(scenario, seed, replication)
        if target.url:
            refuse_rate(arrivals_within(day.opened_s, options.speed), max_rate)
        if not replication and announce is not None and not options.virtual:
            announce(replications * (SOON_S + lasts_s(day, options.speed)))
        if not replication and probes:
            chat = taken_twice(day, make())
            told += [] if chat is None else [Told(0, Failure(Invariant.TAKEN_TWICE, (chat,), day.start_s))]
        try:
            days.append(drive(day, make(), options, None if show is None else _shown(show, replication)))
        except LoadError:
            if not days:
                raise
            break
        if days[-1].ending is not Ending.DONE:
            break
    try:
        return judged(scenario, target, options, seed, replications, days, limits, told, replays)
    except KeyboardInterrupt:  # what was measured is kept, and not judged
        days[-1] = replace(days[-1], ending=Ending.INTERRUPTED)
        return judged(scenario, target, options, seed, replications, days, limits, told, replays=1)


def _shown(show: Show, replication: int) -> Callable[[Live], None]:
    return lambda live: show(replication, live)


def judged(
    scenario: Scenario,
    target: Target,
    options: Options,
    seed: int,
    wanted: int,
    days: Sequence[Driven],
    limits: Sequence[Limit] = (),
    told: Sequence[Told] = (),
    replays: int = REPLAYS,
) -> Loaded:
    """Check and judge driven *days*; laws of which is *told* were broken before them."""
    latencies, lag = Latencies(), Times()
    for day in days:
        latencies.add(day.latencies)
        lag.add(day.lag)
    speed = 1.0 if options.virtual else options.speed
    delays = delays_of(latencies, lag, days[0].poll_s, speed)
    judgement = judge(
        days[0].day.scenario,
        [day.day.draws for day in days],
        [day.log for day in days],
        delays,
        speed=speed,
        doubts=_doubts(days, lag, speed),
        replays=replays,
        until_s=max(event.at_s for event in days[-1].record.events)
        if days[-1].ending is Ending.GONE
        else inf,
    )
    broken = [
        Told(day.day.draws.replication, failure)
        for day in days
        for failure in check(day.record.events, _centre(day))
    ]
    if _is_gone(days, wanted):
        broken.append(Told(days[-1].day.draws.replication, stopped(days[-1].record.events)))
    every = [each.failure for each in broken]
    counts = counts_of(
        sum(sum(day.causes.values()) for day in days), sum(day.live.skipped for day in days), every,
        judgement.predicted, judgement.measured,
    )  # fmt: skip
    parts = parts_of(days, every)
    found = [
        checked(limit, days[0].day.scenario, latencies, counts, judgement.measured)
        for limit in limits
        if limit.over == "run" or not parts
    ]
    found += [
        checked(limit, days[0].day.scenario, each.latencies, each.counts, each.measured, each.part.name)
        for limit in limits
        if limit.over == "stage"
        for each in parts
    ]
    return Loaded(
        scenario,
        target,
        options,
        seed,
        wanted,
        tuple(days),
        judgement,
        (*told, *broken),
        latencies,
        lag,
        platform_of(days, latencies, lag, speed),
        tuple(found),
        counts,
        parts,
    )


def delays_of(latencies: Latencies, lag: Times, poll_s: float | None, speed: float) -> Delays:
    """How late things are, in simulated seconds: the server, and the driver's own lag.

    Where agents ask for the list, a chat also waits for half the time between two looks, and for the list.
    """
    own_s = lag.percentile_s(50)
    accept_s = latencies[Verb.OPEN].percentile_s(50) + latencies[Verb.ASSIGN].percentile_s(50) + own_s
    deliver_s = latencies[Verb.DELIVER].percentile_s(50) + own_s
    if poll_s is not None:
        accept_s += poll_s / 2 + latencies[Verb.LIST].percentile_s(50)
    return Delays(*(speed * each if each > _TINY_S else 0.0 for each in (accept_s, deliver_s)))


def platform_of(days: Sequence[Driven], latencies: Latencies, lag: Times, speed: float) -> Platform:
    """The delays of a server as a scenario has them (R39): means, in simulated seconds.

    Of the chats that were taken as they came, it is from the arrival; of those that waited in line in the
    twin, from the moment when an agent was done with the chat before.
    """
    queued = accepted = 0
    for day in days:
        chat = day.day.twin.chat
        queued += int(np.sum(chat.queued & (chat.agent != NO_AGENT)))
        accepted += int(np.sum(chat.agent != NO_AGENT))
    waited = queued / max(accepted, 1)
    seen_s, poll_s = latencies[Verb.OPEN].mean_s, days[0].poll_s
    if poll_s is not None:
        seen_s += poll_s / 2 + latencies[Verb.LIST].mean_s
    freed_s = latencies[Verb.CLOSE].mean_s + lag.mean_s
    accept_s = waited * freed_s + (1 - waited) * seen_s + latencies[Verb.ASSIGN].mean_s
    found = (accept_s, latencies[Verb.DELIVER].mean_s)
    accept_s, deliver_s = (round(speed * each, 4) if each > _TINY_S else 0.0 for each in found)
    return Platform(accept_s=accept_s, deliver_s=deliver_s)


def _is_gone(days: Sequence[Driven], wanted: int) -> bool:
    last = days[-1].ending
    return last is Ending.GONE or (last is Ending.DONE and len(days) < wanted)


def _doubts(days: Sequence[Driven], lag: Times, speed: float) -> list[str]:
    """Why nothing can be judged. That a server stops answering is no reason: it is what it does."""
    found = []
    last, scenario = days[-1], days[0].day.scenario
    match last.ending:
        case Ending.INTERRUPTED:
            found.append("it was interrupted before it was over")
        case Ending.LATE:
            found.append("chats were still open long after they should have been over")
        case _:
            pass
    if days[0].options.trouble:
        found.append("connections were broken, or read slowly, on purpose")
    skipped = sum(day.live.skipped for day in days)
    if skipped:
        found.append(f"{skipped:,} customers could not be sent, as too many chats were open")
    late_s, most_s = speed * lag.percentile_s(99), MOST_BLUR * min(scenario.thresholds_s, default=inf)
    if late_s > most_s:
        found.append(
            f"the driver itself was late: 1 % of its sends by more than {late_s:.1f} simulated seconds, and "
            f"{100 * MOST_BLUR:g} % of the threshold are {most_s:.1f} (take a lower speed)"
        )
    return found


def _centre(day: Driven) -> Centre:
    """What checks must know of a day."""
    scenario, draws = day.day.scenario, day.day.draws
    speed = 1.0 if day.options.virtual else day.options.speed
    names = [queue.name for queue in scenario.queues]
    off_s = {
        str(span.row): span.off_s
        for desk in day.day.desks
        if not day.day.stays(desk.number)
        for span in day.day.spans(desk.number)
    }
    return Centre(
        day.day.desks,
        scenario.routing.policy,
        day.routes,
        speed * (GRACE_S + 2 * (day.poll_s or 0.0)),
        {row: names[q] for row, q in enumerate(draws.queue.tolist())},
        off_s,
    )
