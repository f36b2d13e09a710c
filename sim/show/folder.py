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
    """Refuse a folder that holds something already, unless *force* allows its files to be replaced."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file, not a directory")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise OutputError(f"{folder}: exists and is not empty; add --force to replace the files in it")
    parent = folder.absolute().parent
    while not parent.exists():
        parent = parent.parent
    if not os.access(parent, os.W_OK):
        raise OutputError(f"{folder}: can't be written to")


@contextmanager
def whole_folder(folder: Path, *, force: bool) -> Iterator[Path]:
    """Give a folder to write to, whose files are in *folder* once all is well; if not, nothing is.

    Files in *folder* that bear other names stay.
    """
    refuse_existing(folder, force=force)
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
    try:
        yield scratch
        scratch.chmod(0o755)
        folder.mkdir(exist_ok=True)
        for file in sorted(scratch.iterdir()):
            file.replace(folder / file.name)
    except OSError as error:
        raise OutputError(f"{folder}: can't be written to: {error.strerror}") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
