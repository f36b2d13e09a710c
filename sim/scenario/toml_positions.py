"""Where in a TOML file does a value stand? Line and column of every key and value.

The standard library's reader keeps no positions, and an error that names none makes people search. This
scanner reads text that `tomllib` has already accepted, so it need not detect errors, only walk.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'", re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")


@dataclass(slots=True)
class Places:
    """Offsets of the keys and values of a TOML text, by path as in ``("groups", 0, "agents")``."""

    text: str
    keys: dict[Path, int] = field(default_factory=dict)
    """Offset of the key, or of a table's header."""
    values: dict[Path, int] = field(default_factory=dict)
    """Offset of the value."""

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset into the text."""
        start = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - start + 1

    def of(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        r"""Line and column of the value (or the *key*) at a path, or of the nearest table around it.

        >>> places("a = 1\n[b]\nc = [10, 20]").of(("b", "c", 1))
        (3, 10)
        """
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        for length in range(len(path), 0, -1):
            part = path[:length]
            if part in first or part in second:
                return self.line_column(first[part] if part in first else second[part])
        return 1, 1


def places(text: str) -> Places:
    """Find the place of every key and value of a valid TOML *text*."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.places


class _Scanner:
    """A walk over the text: *at* is the offset of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places = Places(text)
        self.lengths: dict[Path, int] = {}

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at + 1
        return match.group() if match else ""

    def document(self) -> None:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BLANK)

    def header(self) -> Path:
        """``[a.b]`` or ``[[a.b]]``: the path of the table that it opens."""
        start = self.at
        is_array = self.text.startswith("[[", self.at)
        self.at += 1 + is_array
        names = self.dotted()
        self.at += 1 + is_array
        path: Path = ()
        for name in names[:-1]:
            path = self.newest((*path, name))
        path = (*path, names[-1])
        if is_array:
            self.places.keys.setdefault(path, start)
            self.lengths[path] = self.lengths.get(path, 0) + 1
            path = self.newest(path)
        self.places.keys.setdefault(path, start)
        return path

    def newest(self, path: Path) -> Path:
        """The last element of an array of tables; any other path as it is."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def dotted(self) -> list[str]:
        names = []
        while True:
            self.skip(_SPACE)
            if self.text[self.at] in "\"'":
                names.append(str(tomllib.loads(f"k = {self.skip(_STRING)}")["k"]))
            else:
                names.append(self.skip(_BARE_KEY))
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def pair(self, table: Path) -> None:
        self.skip(_BLANK)
        start = self.at
        path = table
        for name in self.dotted():
            path = (*path, name)
            self.places.keys.setdefault(path, start)
        self.at += 1
        self.skip(_SPACE)
        self.value(path)

    def value(self, path: Path) -> None:
        self.places.values[path] = self.at
        first = self.text[self.at]
        if first == "[":
            self.array(path)
        elif first == "{":
            self.inline_table(path)
        elif first in "\"'":
            self.skip(_STRING)
        else:
            self.skip(_SCALAR)

    def array(self, path: Path) -> None:
        self.at += 1
        index = 0
        self.skip(_BLANK)
        while self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self.value((*path, index))
                index += 1
            self.skip(_BLANK)
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        self.skip(_BLANK)
        while self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self.pair(path)
            self.skip(_BLANK)
        self.at += 1
