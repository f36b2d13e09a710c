"""What stands on a pseudo-terminal."""

from __future__ import annotations

import os
from contextlib import suppress


def all_on(ours: int) -> str:
    """Everything that was written to a terminal before its other side *theirs* was closed; closes *ours*.

    A read may give less than was written, so it reads on until nobody writes any more.
    """
    shown = b""
    with suppress(OSError):  # Linux says so when the other side has gone
        while more := os.read(ours, 65_536):
            shown += more
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")
