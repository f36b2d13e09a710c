"""Who comes, how patient are they, and what do they need? The records of queues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from sim.rules import Kept
from sim.scenario.behaviour import Again, Balking, Retry, Silence
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.distributions import CountDistribution, Distribution, finite_means
from sim.scenario.local_time import LocalTime
from sim.scenario.record import BrokenLaw, FrozenDict, Record, law_broken, plain, repeated
from sim.scenario.targets import QueueTargets
from sim.scenario.units import (
    Count,
    Day,
    Factor,
    Minutes,
    Moment,
    Name,
    PositiveSeconds,
    Rate,
    Seconds,
    Spread,
    Zone,
)
from sim.scenario.words import Words

RATE_COUNTS = (24, 48, 96)
"""How many rates a day's profile may have: by hour, half-hour, quarter."""
WEEK_COUNTS = tuple(7 * n for n in RATE_COUNTS)
"""How many rates a week's profile may have, Monday first."""

OF_FILES = ("column", "dates", "decimals")
"""Keys of arrivals that say how to read a forecast file."""


class Spike(Record):
    """A burst: from `start`, for some minutes, arrivals come `factor` times as fast."""

    start: Moment = Field(examples=["2026-03-02T13:00:00"])
    minutes: Minutes = Field(examples=[60.0])
    factor: Factor = Field(examples=[4.0])

    def span_s(self, local: LocalTime) -> tuple[float, float]:
        """Start and end by the queue's clocks, in seconds since the centre's first midnight."""
        start_s = local.moment_s(self.start)
        return start_s, start_s + self.minutes * 60


def one_or_many(data: Any) -> str:
    """Whether something is one thing, or a list of them."""
    return "many" if isinstance(data, list | tuple) else "one"


PerHour = Annotated[
    Annotated[Rate, Tag("one")] | Annotated[tuple[Rate, ...], Tag("many")], Discriminator(one_or_many)
]


def _a_week(factors: tuple[float, ...]) -> tuple[float, ...]:
    if len(factors) != 7:
        raise PydanticCustomError("a_week", "needs 7 factors, Monday first")
    return factors


AWeek = Annotated[
    tuple[Factor, ...],
    AfterValidator(_a_week),
    Field(json_schema_extra={"minItems": 7, "maxItems": 7}),
]
"""A factor for each day of the week."""


class Arrivals(Record):
    """How chats arrive: by a profile of rates, a forecast file, or at exact times."""

    per_hour: PerHour | None = Field(default=None, examples=[60.0])
    """Chats an hour: one number; 24, 48 or 96 for a day by hour, half-hour or quarter; or seven times as many
    for a week, Monday first."""
    zone: Zone | None = Field(default=None, examples=["America/New_York"])
    """Time zone of the customers: clock times, dates and weekdays here are theirs. Omitted: the centre's."""
    weekday: AWeek | None = None
    """Factors on the profile, Monday first."""
    by_date: Annotated[dict[Day, Factor], AfterValidator(FrozenDict)] = Field(
        default={}, validate_default=True, examples=[{"2026-03-02": 0.6}]
    )
    """Factors of single dates, instead of the weekday's and of holidays."""
    file: str | None = None
    """Forecast file (CSV, or .xlsx with the extra `excel`): the start of each planning interval and its
    volume, a row each. Commas, semicolons or tabs; a column named `queue` picks the queue's rows."""
    column: Name | None = Field(default=None, examples=["Offered"])
    """Name of the file's column of volumes. Omitted: the queue's name, `chats`, `offered`, `volume`, ..."""
    dates: DateOrder | None = None
    """What 02/03/2026 means in the file, where its dates don't show it."""
    decimals: Decimals | None = None
    """What stands before the decimals of the file's volumes, where they don't show it: 1.012 may be 1,012."""
    per_interval: tuple[Rate, ...] | None = None
    """Expected chats in each planning interval of the whole scenario; what a forecast file is read into."""
    times_s: tuple[Seconds, ...] | None = None
    """Exactly these arrivals, in seconds since the first midnight."""
    busyness_cv: Spread = 0.0
    """Coefficient of variation of a gamma factor of mean 1, one a day."""
    interval_cv: Spread = 0.0
    """Coefficient of variation of a further gamma factor of mean 1, one a planning interval."""
    spikes: tuple[Spike, ...] = ()
    """Bursts on top of the profile; where they overlap their factors multiply."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        ways = [self.per_hour is not None, self.file is not None, self.times_s is not None]
        if self.file is None and self.per_interval is not None:
            ways.append(True)
        broken: list[BrokenLaw] = []
        if sum(ways) != 1:
            law = "give exactly one of per_hour, file, per_interval and times_s"
            broken.append(((), law, Words(f"{sum(ways)} of them")))
        elif self.file is not None and self.per_interval is None:
            broken.append((("file",), "a forecast file is read by sim.load alone", self.file))
        if self.file is None:
            law = "says how to read a forecast file, and there is none"
            broken += [((name,), law, getattr(self, name)) for name in OF_FILES if getattr(self, name)]
        if isinstance(self.per_hour, tuple) and len(self.per_hour) not in (*RATE_COUNTS, *WEEK_COUNTS):
            law = (
                "a day's profile has 24, 48 or 96 rates (by hour, half-hour or quarter), "
                "a week's seven times as many"
            )
            broken.append((("per_hour",), law, Words(f"{len(self.per_hour)} rates")))
        if self.weekday is not None and self.is_weekly:
            law = "says again what the week's profile in per_hour says already: leave it out"
            broken.append((("weekday",), law, list(self.weekday)))
        if self.weekday is not None and self.per_hour is None:
            broken.append((("weekday",), "weekday factors apply to per_hour alone", list(self.weekday)))
        if self.by_date and self.per_hour is None:
            law = "factors of dates apply to per_hour alone"
            broken.append((("by_date",), law, Words(f"{len(self.by_date)} of them")))
        broken += self._exact_laws()
        if broken:
            raise law_broken(*broken)
        return self

    @property
    def is_weekly(self) -> bool:
        """Whether the profile is of a week, and not of a day that is the same on all weekdays."""
        return isinstance(self.per_hour, tuple) and len(self.per_hour) in WEEK_COUNTS

    @property
    def differs_by_weekday(self) -> bool:
        """Whether some weekdays have more chats than others."""
        return self.weekday is not None or self.is_weekly

    def _exact_laws(self) -> Iterator[BrokenLaw]:
        if self.times_s is None:
            return
        if any(late < early for early, late in zip(self.times_s, self.times_s[1:], strict=False)):
            yield ("times_s",), "arrival times must not fall", Words("times out of order")
        for name in ("busyness_cv", "interval_cv", "spikes"):
            if getattr(self, name):
                yield (name,), "exact times can't be made busier", getattr(self, name)


class ByTurns(Record):
    """Service message by message: slowdown under several chats comes out."""

    turns: CountDistribution
    """Replies of the agent in a chat."""
    agent_s: Distribution
    """An agent's time to read, think and compose one reply, with nothing else to do."""
    customer_s: Distribution
    """A customer's time to read, think and type the next message."""
    wrap_up_s: Distribution | None = None
    """Work after the conversation, before the slot is free."""
    wrap_up_attention: Annotated[bool, Field(strict=True)] = True
    """Whether the wrap-up takes the agent's attention, or only the slot."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        finite_means(agent_s=self.agent_s, customer_s=self.customer_s, wrap_up_s=self.wrap_up_s)
        return self


class ByWork(Record):
    """Service as work shared between open chats: slowdown is put in."""

    work_s: Distribution
    """Handling time of a chat that has its agent to itself."""
    aht_s: tuple[PositiveSeconds, ...] | None = Field(default=None, min_length=1, examples=[[360.0, 450.0]])
    """Mean handling time with 1, 2, 3, … chats open; omitted: open chats don't slow each other down."""
    wrap_up_s: Distribution | None = None
    """Work after the conversation, beside the other chats, before the slot is free."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        finite_means(work_s=self.work_s, wrap_up_s=self.wrap_up_s)
        return self

    def speed(self, n_open: int) -> float:
        """Speed at which each chat is worked on while its agent holds *n_open* chats (R17)."""
        return 1.0 if self.aht_s is None else self.aht_s[0] / self.aht_s[n_open - 1]


def _model_of(data: Any) -> str:
    if isinstance(data, ByWork):
        return "by work"
    named = data if isinstance(data, Mapping) else {}
    is_by_work = bool({"work_s", "aht_s"} & set(named))
    if is_by_work and {"turns", "agent_s", "customer_s"} & set(named):
        return "both"
    return "by work" if is_by_work else "by turns"


Service = Annotated[
    Annotated[ByTurns, Tag("by turns")] | Annotated[ByWork, Tag("by work")],
    Discriminator(
        _model_of,
        custom_error_type="both_models",
        custom_error_message="by turns (turns, agent_s, customer_s) or by work (work_s, aht_s), not both",
    ),
]


class Queue(Record):
    """Chats of one kind: who comes, how patient they are, what they need, and whether they come again."""

    model_config = ConfigDict(populate_by_name=True)

    name: Name = Field(examples=["orders"])
    priority: Annotated[int, Field(ge=-1_000_000, le=1_000_000, strict=True)] = 1
    """Lower is served first."""
    capacity: Count | None = None
    """Most chats that may wait; beyond that they are blocked. Omitted: no limit."""
    prefer: tuple[Name, ...] = ()
    """Groups tried in this order; the other groups with the skill come last, all alike."""
    max_wait_s: Seconds | None = None
    """Longest wait; then the chat is sent to a form. Omitted: no limit."""
    arrivals: Annotated[Arrivals, plain("per_hour", or_many=True)]
    patience: Distribution | None = None
    """Time a customer waits in the queue before they leave. Omitted: for ever."""
    service: Service
    silence: Silence | None = None
    """Customers who leave without a signal. Omitted: none."""
    reply_patience: Distribution | None = None
    """Time a customer waits for each reply before they leave the chat. Omitted: for ever."""
    idle_timeout_s: PositiveSeconds | None = None
    """The agent closes a chat whose customer has been quiet that long after a reply. Omitted: never."""
    balking: Balking | None = None
    """Customers who do not join when they would have to wait. Omitted: all join."""
    retry: Retry | None = None
    """Customers who try again because they were missed, turned away or timed out. Omitted: none."""
    returns: Again | None = Field(default=None, alias="return")
    """Customers who come again because their chat did not resolve it. Omitted: none."""
    max_attempts: Annotated[int, Field(ge=2, le=1000, strict=True)] = 20
    """Most attempts of one customer, the first included, where there are retries or returns."""
    attempts_keep: tuple[Kept, ...] = ()
    """What further attempts have of the first: "patience" (in the queue), "needs" (turns and all times of
    service); the rest is drawn anew. Omitted: all is."""
    targets: QueueTargets = QueueTargets()
    """What is promised of this queue."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = [
            (("prefer", k), "names a group twice", self.prefer[k]) for k in repeated(self.prefer)
        ]
        if not self.by_turns:
            for name in ("reply_patience", "idle_timeout_s"):
                if getattr(self, name) is not None:
                    law = "needs service by turns: by work there are no replies to wait for"
                    broken.append(((name,), law, Words("service by work")))
        if self.silence is not None and self.patience is None and self.reply_patience is None:
            law = "needs patience or reply_patience: nobody leaves who waits for ever"
            broken.append((("silence",), law, Words("neither of them")))
        if broken:
            raise law_broken(*broken)
        return self

    @property
    def most_attempts(self) -> int:
        """Most attempts of one customer: 1 where nobody comes again."""
        return self.max_attempts if self.comes_again > 0 else 1

    @property
    def comes_again(self) -> float:
        """Share of attempts for which a further one is reserved."""
        return max((again.probability for again in (self.retry, self.returns) if again), default=0.0)

    @property
    def by_turns(self) -> bool:
        """Whether service is by turns, not by work."""
        return isinstance(self.service, ByTurns)

    def speeds(self, n_slots: int) -> list[float]:
        """Speed of each chat with 0, 1, … *n_slots* open (R17); 1 where the scenario has no such number."""
        service = self.service
        if not isinstance(service, ByWork):
            return [1.0] * (n_slots + 1)
        n_given = n_slots if service.aht_s is None else min(len(service.aht_s), n_slots)
        return [1.0] + [service.speed(n) if n <= n_given else 1.0 for n in range(1, n_slots + 1)]

    @property
    def wrap_up_attention(self) -> bool:
        """Whether a wrap-up takes the agent's attention (R16, R18)."""
        return isinstance(self.service, ByTurns) and self.service.wrap_up_attention
