"""How do bytes come from a file that somebody named? From regular files of a bounded size alone.

To open a pipe waits for a writer, perhaps for ever, and a device may never end.
"""

from __future__ import annotations

import errno
import stat
from pathlib import Path

MOST_BYTES = 64 * 2**20
"""Largest file that is read: a forecast of ten years by quarters has 8 MiB."""

_NO_FILES = {
    stat.S_IFDIR: "it is a directory",
    stat.S_IFIFO: "it is a pipe: write to a file first, and name that",
    stat.S_IFSOCK: "it is a socket",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
}


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """Read the whole file at *path*.

    Raises
    ------
    OSError
        With the reason in its `strerror`: it can't be opened, is no regular file, or has more than *most*
        bytes. Neither is tried to be read.
    """
    try:
        found = path.stat()
    except ValueError:
        raise OSError(errno.EINVAL, "no file has such a name") from None
    kind = stat.S_IFMT(found.st_mode)
    if kind in _NO_FILES:
        raise OSError(errno.EINVAL, _NO_FILES[kind])
    if found.st_size > most:
        law = f"it has {found.st_size / 2**20:,.0f} MiB, and at most {most / 2**20:,.0f} are read"
        raise OSError(errno.EFBIG, law)
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most / 2**20:,.0f} MiB, the most that is read")
    return data
