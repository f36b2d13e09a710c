"""What do our numbers mean? The vocabulary of units: a type a unit, and names that end in it.

Time is in seconds since the midnight that opens the scenario's first day, everywhere inside;
clock times exist only in files and in what is shown. Rates are per second inside and per hour in
files. Shares lie in [0, 1]. Spelling is British (centre, utilisation).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

Floats = NDArray[np.float64]
"""Times and durations; NaN is a time that did not happen."""
Ints = NDArray[np.int64]
"""Counts, offsets and rows."""
Flags = NDArray[np.bool_]
"""Truth, a row each."""

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
PositiveSeconds = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
Minutes = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
Hours = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Factor = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
PositiveCount = Annotated[int, Field(ge=1, strict=True)]
Name = Annotated[str, Field(min_length=1, strict=True)]

DAY_S = 86_400
HOUR_S = 3_600

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def clock_s(value: Any) -> Any:
    """Seconds since midnight of a clock time: a TOML time, or text such as "08:30" or "24:00".

    Numbers pass through, so that a record can be made from its own dump.
    """
    if isinstance(value, dt.time):
        return float(value.hour * HOUR_S + value.minute * 60 + value.second + value.microsecond / 1e6)
    if isinstance(value, str):
        match = _CLOCK.fullmatch(value)
        if match:
            hour, minute, second = (int(part or 0) for part in match.groups())
            seconds = hour * HOUR_S + minute * 60 + second
            if minute < 60 and second < 60 and seconds <= DAY_S:
                return float(seconds)
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= DAY_S:
        return float(value)
    raise PydanticCustomError("clock", 'must be a clock time such as 08:30:00 or "08:30" (up to "24:00")')


Clock = Annotated[
    float,
    BeforeValidator(clock_s),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2})?$"}),
]
"""A clock time as seconds since midnight."""


def clock_text(seconds: float) -> str:
    """HH:MM of a time in seconds since the first midnight; later days are folded into one.

    >>> clock_text(30600.0), clock_text(86400.0 + 60)
    ('08:30', '00:01')
    """
    minutes = int(seconds % DAY_S) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
