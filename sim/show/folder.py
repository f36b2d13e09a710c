"""How do results get into a folder? All of them or none: half-written files are never seen."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import OutputError


def refuse_existing(folder: Path, *, force: bool) -> None:
    """Refuse a folder that can't be written to, or holds something unless *force* lets it be replaced."""
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder}: is a file, not a directory")
        if not force and folder.is_dir() and any(folder.iterdir()):
            raise OutputError(f"{folder}: exists and is not empty; add --force to replace the files in it")
        nearest = folder.absolute()
        while not nearest.exists():
            nearest = nearest.parent
    except OSError as error:
        raise OutputError(f"{folder}: can't be written to: {error.strerror}") from None
    if not nearest.is_dir():
        raise OutputError(f"{folder}: can't be made, for {nearest} is a file")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: can't be written to: {nearest} is read-only")


@contextmanager
def whole_folder(folder: Path, *, force: bool) -> Iterator[Path]:
    """Give a folder to write to, whose files are in *folder* once all is well; if not, nothing is.

    Files in *folder* that bear other names stay.
    """
    refuse_existing(folder, force=force)
    scratch: Path | None = None
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        # Within a folder that exists already: the one around it may be read-only.
        beside = folder if folder.is_dir() else folder.absolute().parent
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.absolute().name}-", dir=beside))
        yield scratch
        files = sorted(scratch.iterdir())
        for file in files:
            if (folder / file.name).is_dir():
                raise OutputError(f"{folder / file.name}: is a directory, and is not replaced by a file")
        folder.mkdir(exist_ok=True)
        for file in files:
            file.replace(folder / file.name)
    except OSError as error:
        raise OutputError(f"{folder}: can't be written to: {error.strerror}") from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
