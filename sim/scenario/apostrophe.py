"""What makes text in a table harmless? An apostrophe before what a spreadsheet would take for a formula.

Text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a return is computed by spreadsheets, whoever wrote
it. With an apostrophe before it, it is shown. To put it on and to take it off are each other's inverse, so a
name comes back as it was; numbers stay numbers.
"""

from __future__ import annotations

import re

FORMULA = r"^'*[=+\-@\t\r]"
"""Text that would be computed, or would be once an apostrophe is taken off."""
NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?( ?%)?$"
"""Text that is a number or a percentage: computing it does no harm."""

_FORMULA, _NUMBER = re.compile(FORMULA), re.compile(NUMBER)


def quoted(text: str) -> str:
    """Text with an apostrophe before it, if it needs one.

    >>> quoted("=1+1"), quoted("Tier 1"), quoted("-3.5")
    ("'=1+1", 'Tier 1', '-3.5')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unquoted(text: str) -> str:
    """Text without the apostrophe that `quoted` put before it.

    >>> unquoted("'=1+1"), unquoted("'s-Gravenhage")
    ('=1+1', "'s-Gravenhage")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
