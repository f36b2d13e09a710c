"""How does a file get to its place? Written beside it and renamed: whole, or what was there stays.

A full disk, Ctrl-C or a lost current leave neither half a file nor anything hidden.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import OutputError
from sim.interrupts import unbroken


def refuse_target(target: Path, *, force: bool = False) -> None:
    """Refuse a *target* that can't be a new file, or is one unless *force* lets it be replaced.

    Raises
    ------
    OutputError
        In one sentence.
    """
    with problems_told(target):
        folder = target.resolve().parent
        if target.is_dir():
            raise OutputError(f"{target}: is a directory, not a file")
        if target.exists() and not force:
            raise OutputError(f"{target}: exists; add --force to replace it")
        if target.exists() and not target.is_file():
            raise OutputError(f"{target}: is a device or a pipe, not a file")
        if not folder.is_dir():
            raise OutputError(f"{target}: can't be written to: there is no directory {target.parent}")
        if not os.access(target, os.W_OK) and target.exists():
            raise OutputError(f"{target}: can't be written to: is read-only")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OutputError(f"{target}: can't be written to: {target.parent} is read-only")


def write_text(target: Path, text: str, *, force: bool = False) -> None:
    """Write *text* to the file *target*, whole or not at all; raises `OutputError` as `write_bytes`."""
    write_bytes(target, text.encode("utf-8", "replace"), force=force)


def write_bytes(target: Path, content: bytes, *, force: bool = False) -> None:
    """Write *content* to the file *target*, whole or not at all.

    Raises
    ------
    OutputError
        If *target* exists and is not to be replaced by *force*, or can't be written to.
    """
    refuse_target(target, force=force)
    with problems_told(target):
        place = target.resolve()  # a link stays one
        with scratch(place.parent, place.name) as beside:
            new = beside / place.name
            new.write_bytes(content)
            move(new, place)


@contextmanager
def scratch(folder: Path, name: str) -> Iterator[Path]:
    """Give a hidden directory in *folder* to write to, for what gets that *name*; it is gone afterwards."""
    beside: Path | None = None
    try:
        with unbroken():
            beside = Path(tempfile.mkdtemp(prefix=f".{name[:40]}-", dir=folder))
        yield beside
    finally:
        if beside is not None:
            with unbroken():
                shutil.rmtree(beside, ignore_errors=True)


def move(new: Path, target: Path) -> None:
    """Let a file that is written take the place of *target*, with the rights of what it replaces."""
    on_disk(new)
    if target.exists():
        shutil.copymode(target, new)
    new.replace(target)
    on_disk(target.parent)


def on_disk(place: Path) -> None:
    """Wait until a file, or the list of a directory, is on the disk: full ones may say so only then."""
    if place.is_dir() and os.name != "posix":
        return
    handle = os.open(place, os.O_RDONLY if place.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def problems_told(target: Path) -> Iterator[None]:
    """Say in a sentence what the system has against writing to *target*."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{target}: can't be written to: {reason(error)}") from None


def reason(error: Exception) -> str:
    """Say why the system refused something, without what libraries put around it."""
    said = getattr(error, "strerror", None) or (str(error).splitlines() or [type(error).__name__])[0]
    return re.sub(r" \(os error \d+\)$", "", said).rpartition(": ")[2]
