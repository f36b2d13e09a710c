"""What is promised? Bounds of any figures, for the centre, a queue or a group.

A bound is `min_` or `max_` and the name of a key figure, such as `max_occupancy`; three have older names of
their own (`sim.scenario.figures.NAMED`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import (
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails

from sim.scenario.figures import FIGURES, NAMED, TARGETS, Sided
from sim.scenario.record import BrokenLaw, Record, law_broken, law_line
from sim.scenario.units import PositiveSeconds, Seconds, Share


class Variant(StrEnum):
    """Which service level is meant: what becomes of those who give up before the threshold."""

    USUAL = "usual"
    """They are not counted."""
    OFFERED = "offered"
    """They are missed, as all who give up are."""
    LENIENT = "lenient"
    """They are served in time."""
    ANSWERED = "answered"
    """Nobody who gives up is counted, early or late."""

    @property
    def figure(self) -> str:
        """Name of the figure."""
        return "service_level" if self is Variant.USUAL else f"service_level_{self}"


class Set(NamedTuple):
    """A target that is set."""

    key: str
    figure: str
    side: Sided
    value: float


_PLACES = {key: place for place, key in enumerate(TARGETS)}
_Number = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False, strict=True)]
_BIAS = "s, either way"
"""Unit, here, of the one duration that may lie below 0."""
_VALUES: dict[str, Any] = {
    "share": Share,
    "s": Seconds,
    "points": Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False, strict=True)],
    _BIAS: Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False, strict=True)],
    "of 5": Annotated[float, Field(ge=1, le=5, allow_inf_nan=False, strict=True)],
    "of 7": Annotated[float, Field(ge=1, le=7, allow_inf_nan=False, strict=True)],
}
"""Values that a bound may have, by the unit of its figure; others may be any number from 0 on."""


@cache
def _reader(unit: str) -> TypeAdapter[float]:
    """Reads a value that bounds a figure of a *unit*."""
    return TypeAdapter(_VALUES.get(unit, _Number))


def value_reader(figure: str) -> TypeAdapter[float]:
    """Reads a value that bounds a *figure*."""
    return _reader(_BIAS if figure == "estimate_bias_s" else FIGURES[figure].unit)


class _Promise(Record):
    """Base of all tables of targets: with a hundred keys that are made of figures' names, few of them set."""

    model_config = ConfigDict(extra="allow")
    whose: ClassVar[Literal["centre", "queue", "group"]]

    @classmethod
    def names(cls) -> list[str]:
        """All keys that the table may have."""
        of_figures = (key for key, target in TARGETS.items() if key not in NAMED and cls._has(target.figure))
        return [*cls.model_fields, *of_figures]

    @classmethod
    def _has(cls, figure: str) -> bool:
        """Whether a figure can be told apart here."""
        return cls.whose == "centre" or getattr(FIGURES[figure], cls.whose)

    def bounds(self, variant: Variant = Variant.USUAL) -> list[Set]:
        """Give the targets that are set, in order; `service_level` means the *variant*."""
        given: dict[str, Any] = {key: getattr(self, key, None) for key in NAMED}
        given |= self.model_extra or {}
        told = sorted((_PLACES[key], key) for key, value in given.items() if value is not None)
        return [
            Set(
                key,
                variant.figure if key == "service_level" else TARGETS[key].figure,
                TARGETS[key].side,
                float(given[key]),
            )
            for _, key in told
        ]

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        """Show what is set."""
        return [(name, value) for name, value in super().__repr_args__() if value is not None]

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Give a copy with some targets changed, or none where they are None."""
        if not update:
            return super().model_copy(deep=deep)
        return type(self)(**{**dict(self), **update})

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Schema with all keys."""
        schema = handler.resolve_ref_schema(super().__get_pydantic_json_schema__(core, handler))
        for key in cls.names():
            if key not in cls.model_fields:
                figure, side = TARGETS[key]
                most = "Least" if side == "at least" else "Largest"
                told = f"{most} {figure}, in {FIGURES[figure].unit}: see `sim kpis {figure}`."
                schema["properties"][key] = {**value_reader(figure).json_schema(), "description": told}
        schema["additionalProperties"] = False
        return schema

    @model_validator(mode="before")
    @classmethod
    def _without_none(cls, data: Any) -> Any:
        """Leave out targets that are none, as Python may say."""
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in TARGETS}

    @model_validator(mode="after")
    def _laws(self) -> Self:
        wrong = list(self._wrong())
        if wrong:
            raise ValidationError.from_exception_data("targets", wrong)
        variant = getattr(self, "service_level_variant", None) or Variant.USUAL
        short_s = getattr(self, "short_abandon_s", None)
        broken = list(_contradictions(self.bounds(variant)))
        if variant is not Variant.USUAL and short_s is not None:
            law = f"is for the usual service level: the variant {str(variant)!r} knows no short abandons"
            broken.append((("short_abandon_s",), law, short_s))
        if broken:
            raise law_broken(*broken)
        return self

    def _wrong(self) -> Iterator[InitErrorDetails]:
        """What is wrong with keys that are made of figures' names."""
        for key, value in (self.model_extra or {}).items():
            if key not in TARGETS:
                yield InitErrorDetails(type="extra_forbidden", loc=(key,), input=value)
                continue
            figure = TARGETS[key].figure
            if not self._has(figure):
                yield law_line((key,), elsewhere(figure, self.whose), value)
                continue
            try:
                value_reader(figure).validate_python(value)
            except ValidationError as error:
                for detail in error.errors(include_url=False):
                    yield InitErrorDetails(
                        type=detail["type"], loc=(key,), input=value, ctx=detail.get("ctx", {})
                    )


def elsewhere(figure: str, whose: str) -> str:
    """Say where a figure can be bound, as it can't be here."""
    other = next((each for each in ("queue", "group") if getattr(FIGURES[figure], each)), None)
    there = f"for the centre or a {other}" if other else "for the centre"
    return f"{figure} is not known of a {whose} by itself: bind it {there}"


def _contradictions(targets: Iterable[Set]) -> Iterator[BrokenLaw]:
    """Targets of one figure that can't all be kept, or say it twice."""
    known: dict[tuple[str, Sided], Set] = {}
    for target in targets:
        first = known.setdefault((target.figure, target.side), target)
        if first is not target:
            yield (target.key,), f"binds what {first.key} binds; give one of them", target.value
    for (figure, side), most in known.items():
        least = known.get((figure, "at least"))
        if side == "at most" and least is not None and least.value > most.value:
            yield (most.key,), f"must be at least {least.key}, which is {least.value:g}", most.value


class Targets(_Promise):
    """What is promised of the centre."""

    whose = "centre"
    threshold_s: Seconds = 30.0
    """Acceptable wait: the threshold of every service level."""
    service_level: Share | None = None
    """Least share of chats accepted within the threshold (of those not gone within it)."""
    max_missed: Share | None = None
    """Largest share of chats that get no human reply."""
    max_response_s: PositiveSeconds | None = None
    """Largest mean time from a customer's message to its reply."""
    service_level_variant: Variant = Variant.USUAL
    """Which figure `service_level` binds: what becomes of those who give up before the threshold."""
    short_abandon_s: Seconds | None = None
    """Who gives up so soon is not counted by the service level. Omitted: the threshold."""


class QueueTargets(_Promise):
    """What is promised of one queue."""

    whose = "queue"
    threshold_s: Seconds | None = None
    """Acceptable wait in this queue. Omitted: the centre's."""
    service_level: Share | None = None
    """Least share of the queue's chats accepted within the threshold."""
    max_missed: Share | None = None
    """Largest share of the queue's chats that get no human reply."""
    max_response_s: PositiveSeconds | None = None
    """Largest mean time from a customer's message to its reply."""
    service_level_variant: Variant | None = None
    """Which figure the queue's `service_level` binds. Omitted: the centre's."""
    short_abandon_s: Seconds | None = None
    """Who gives up so soon is not counted by the service level. Omitted: the centre's, else the threshold."""


class GroupTargets(_Promise):
    """What is promised of one group."""

    whose = "group"
    max_response_s: PositiveSeconds | None = None
    """Largest mean time from a customer's message to its reply."""
