"""How is TOML read? Only within bounds, so that no text makes the reader work or remember without end."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]

MOST_LETTERS = 20_000_000
"""Of the longest file: a million exact arrival times take less than half of it."""
MOST_DEPTH = 32
"""Tables within tables: a scenario has six."""
MOST_TEXT = 1_000
"""Letters of a key, or of a text such as a name."""
_TOO_DEEP = "not TOML that can be read: nested too deeply"
_NO_NUMBER = "not TOML that can be read: a whole number must have at most 100 digits"
_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DEEP_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*(?:{_PART}[ \t]*\.[ \t]*){{{MOST_DEPTH}}}", re.MULTILINE)


class UnboundedError(ValueError):
    """A text that is TOML, but too long, too deep, or with numbers that are none."""

    def __init__(self, law: str, place: Place = (), offset: int | None = None, got: str = "") -> None:
        super().__init__(law)
        self.law, self.got = law, got
        self.place = place
        """Of the value that is out of bounds; empty for the text as a whole ..."""
        self.offset = offset
        """... of which it is this letter."""


def read_toml(text: str) -> dict[str, Any]:
    """Read TOML *text* whose depth, numbers and texts are within bounds.

    Raises
    ------
    UnboundedError
        If they are not.
    tomllib.TOMLDecodeError
        If it is no TOML.
    """
    if len(text) > MOST_LETTERS:
        raise UnboundedError(f"must have at most {MOST_LETTERS:,} letters", got=f"{len(text):,}")
    if deep := _DEEP_KEY.search(text):
        raise UnboundedError(_TOO_DEEP, offset=deep.start() + len(deep[0]) - len(deep[0].lstrip("\n")))
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise UnboundedError(_TOO_DEEP) from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:  # Python reads no whole number of thousands of digits
        raise UnboundedError(_NO_NUMBER) from None
    for place, law, got in _unbounded(data):
        raise UnboundedError(law, place if law != _TOO_DEEP else (), got=got)
    return data


def _unbounded(data: dict[str, Any]) -> Iterator[tuple[Place, str, str]]:
    """Places out of bounds, each with the law and what is there."""
    long = f"takes at most {MOST_TEXT:,} letters"
    nodes: list[tuple[Place, Any]] = [((), data)]
    while nodes:
        place, node = nodes.pop()
        if len(place) > MOST_DEPTH:
            yield place, _TOO_DEEP, ""
        elif isinstance(node, dict):
            for key in node:
                if len(key) > MOST_TEXT:
                    yield place, f"a key {long}", f"{len(key):,}"
            nodes += [((*place, key), value) for key, value in node.items()]
        elif isinstance(node, list):
            nodes += [((*place, k), value) for k, value in enumerate(node) if type(value) is not float]
        elif isinstance(node, str) and len(node) > MOST_TEXT:
            yield place, long, f"{len(node):,}"
        elif isinstance(node, int) and not -(10**100) < node < 10**100:
            yield place, "a whole number must have at most 100 digits", ""
