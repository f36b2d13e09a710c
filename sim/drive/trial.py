"""Does a server keep what the simulation predicts? Days driven one after the other, checked and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from pathlib import Path

import numpy as np

from sim.draws.late import Delays
from sim.drive.abort import Abort
from sim.drive.adapters import Target
from sim.drive.adapters.base import Server
from sim.drive.invariants import Failure, Invariant, check, stopped
from sim.drive.judge import MOST_BLUR, REPLAYS, Judgement, judge
from sim.drive.latency import Latencies, Times, Verb
from sim.drive.limits import Checked, Limit, checked, read_limit
from sim.drive.options import NO_TROUBLE, Crew, Mode, Options, Part, Trouble
from sim.drive.parts import PartDriven, centre_of, counts_of, parts_of
from sim.drive.play import Live
from sim.drive.probe import taken_twice
from sim.drive.run import SOON_S, Driven, Ending, drive, lasts_s, refuse_trouble
from sim.drive.safety import MOST_PER_S, refuse_host, refuse_rate
from sim.drive.schedule import Day, arrivals_within, refuse_unplayable
from sim.drive.workers import KILLED
from sim.errors import LoadError
from sim.rules import NO_AGENT
from sim.scenario.platform import Platform
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural

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
    interrupted: bool = False
    """Whether the user stopped it, within a day or between two."""
    cause: str = ""
    """Why no further day could be driven; empty if they were."""

    def __repr__(self) -> str:
        differs = ", ".join(self.judgement.differs) or "nothing"
        return f"<Loaded {self.target.adapter!r} with {self.scenario.name!r}: {differs} differs>"

    @property
    def gone(self) -> bool:
        """Whether the server no longer answered before all was over."""
        return self.days[-1].ending is Ending.GONE or bool(self.cause)

    @property
    def aborted(self) -> bool:
        """Whether it ended with a part that surely broke a limit."""
        return self.days[-1].ending is Ending.ABORTED

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
    abort_on_fail: bool = False,
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
    given one chat. *parts* of the day are judged by themselves; to *abort on fail* is to end with the first
    that surely breaks a limit. *trouble* is what happens to connections on purpose. On the wall clock
    *announce* is told beforehand how long it will take, all days being as long as the first; *show* is told
    how it stands.

    With several *workers* as many processes play the customers. Ctrl-C ends it with what was measured: whole
    days, or the first one as far as it came.

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
        speed or 1.0, Mode.named(mode), max_in_flight, crew, virtual=not target.url and speed is None,
        parts=tuple(parts), trouble=trouble,
    )  # fmt: skip
    make = server or (lambda: target.server(file))
    refuse_unplayable(scenario, target.adapter)
    refuse_host(target.host, may_load)
    most = max_rate if target.url else None
    first = _refuse_days(scenario, seed, replications, options, make(), most)
    if announce is not None and not options.virtual:
        announce(replications * (SOON_S + lasts_s(first, options.speed)))
    days = _Days(scenario, seed, options, make, limits if abort_on_fail else None, show)
    days.drive(replications, probes=probes)
    rest = days.interrupted, days.cause
    common = scenario, target, options, seed, replications
    try:
        return judged(*common, days.driven, limits, days.told, replays, *rest)
    except KeyboardInterrupt:  # what was measured is kept, and not judged
        last = replace(days.driven[-1], ending=Ending.INTERRUPTED)
        return judged(*common, [*days.driven[:-1], last], limits, days.told, 1, *rest)


def _refuse_days(
    scenario: Scenario, seed: int, n: int, options: Options, server: Server, most: float | None
) -> Day:
    """Refuse what can't be driven of any of *n* days, before the first, which is given."""
    for replication in reversed(range(n)):
        day = Day.of(scenario, seed, replication)
        if most is not None:
            refuse_rate(arrivals_within(day.opened_s, options.speed), most)
        refuse_trouble(day, server, options)
    return day


@dataclass(slots=True)
class _Days:
    """Days that are driven one after the other."""

    scenario: Scenario
    seed: int
    options: Options
    make: Callable[[], Server]
    limits: Sequence[Limit] | None
    """Limits at which they end, once a part surely breaks one. Omitted: they don't."""
    show: Show | None
    driven: list[Driven] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    """Laws that were broken, but not in these days."""
    interrupted: bool = False
    cause: str = ""
    """Why no further day could be driven."""

    def drive(self, n: int, *, probes: bool) -> None:
        """Drive *n* days, or as many as can be; of one that Ctrl-C breaks off, its laws alone if it is not
        the first.
        """
        try:
            for replication in range(n):
                if not self._one(Day.of(self.scenario, self.seed, replication), probes=probes):
                    return
        except KeyboardInterrupt:  # between two days; within one it is heard of by the day
            if not self.driven:
                raise
            self.interrupted = True

    def _one(self, day: Day, *, probes: bool) -> bool:
        """Drive a day; False if it is the last."""
        if not self.driven and probes:
            chat = taken_twice(day, self.make())
            self.told += (
                [] if chat is None else [Told(0, Failure(Invariant.TAKEN_TWICE, (chat,), day.start_s))]
            )
        show = None if self.show is None else partial(self.show, len(self.driven))
        guard = None if self.limits is None else Abort(self.limits, tuple(self.driven))
        try:
            found = drive(day, self.make(), self.options, show, guard)
        except LoadError as error:
            if not self.driven:
                raise
            self.cause = str(error)
            return False
        self.interrupted = found.ending is Ending.INTERRUPTED
        if self.interrupted and self.driven:
            self.told += _broken(found)
        else:
            self.driven.append(found)
        return found.ending is Ending.DONE


def _broken(day: Driven) -> list[Told]:
    """Laws that were broken in a day."""
    replication = day.day.draws.replication
    return [Told(replication, failure) for failure in check(day.record.events, centre_of(day))]


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
    interrupted: bool = False,
    cause: str = "",
) -> Loaded:
    """Check and judge driven *days*; laws of which is *told* were broken besides.

    They may have been *interrupted* by the user, and a *cause* says why no further one could be driven.
    """
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
        until_s=days[-1].until_s,
    )
    broken = [law for day in days for law in _broken(day)]
    if days[-1].ending is Ending.GONE or cause:
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
        interrupted or days[-1].ending is Ending.INTERRUPTED,
        cause,
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
    longest_s = latencies[Verb.OPEN].max_s + latencies[Verb.ASSIGN].max_s
    return Delays(*(speed * each if each > _TINY_S else 0.0 for each in (accept_s, deliver_s, longest_s)))


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
    if lost := sum(day.lost for day in days):
        found.append(f"--workers: {KILLED}, and with it {plural(lost, 'customer')} who had not been through")
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
