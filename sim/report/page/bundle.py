"""How do JavaScript modules become one script in a page? Each a function of its own, in order of imports.

Nothing is translated: the page has the modules as they stand in the source, without comments and indents. No
text of the page runs over several lines, so no indent means anything; a module in which one does is refused.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_NAME = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
_LONG_TEXT = re.compile(r"^(?:[^`\n]*`[^`\n]*`)*[^`\n]*`[^`\n]*$", re.MULTILINE)
_NOTHING = re.compile(r"^export \{\};\n", re.MULTILINE)
_CAST = re.compile(r"/\*\* @(?:type|param) (?:(?!\*/).)*\*/ ?")
"""A type within a line."""
_INDENT = re.compile(r"^\s+", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.MULTILINE | re.DOTALL)


def bundled(entry: Path) -> str:
    """Put a module and all that it imports into one script, which runs the module *entry*."""
    order: list[Path] = []
    _visit(entry.resolve(), order, [])
    number = {path: k for k, path in enumerate(order)}
    return "".join(_wrapped(path, number) for path in order)


def _visit(path: Path, order: list[Path], above: list[Path]) -> None:
    """Put what a module imports before it."""
    if path in above:
        raise ValueError(f"{path.name} imports itself, by {', '.join(each.name for each in above)}")
    for _, name in _IMPORT.findall(path.read_text(encoding="utf-8")):
        _visit((path.parent / name).resolve(), order, [*above, path])
    if path not in order:
        order.append(path)


def _wrapped(path: Path, number: dict[Path, int]) -> str:
    """A module as a function that gives what it exports; comments stay in the source."""
    source = path.read_text(encoding="utf-8")
    exported = ", ".join(_NAME.findall(source))

    def taken(found: re.Match[str]) -> str:
        names = " ".join(found[1].split()).rstrip(",")
        return f"const {{ {names} }} = m{number[(path.parent / found[2]).resolve()]};\n"

    if _LONG_TEXT.search(source):
        raise ValueError(f"{path.name} has a text that runs over several lines")
    body = _INDENT.sub(
        "", _CAST.sub("", _COMMENT.sub("", _EXPORT.sub("", _NOTHING.sub("", _IMPORT.sub(taken, source)))))
    )
    return f"const m{number[path]} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"
