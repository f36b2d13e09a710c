"""Where is compiled code kept, and when is it still right? By the contents of all its sources.

numba looks at the one source in which a function stands. What it calls, what is compiled into it and the
numbers of the rule book stand in other ones, so an edit there would be served old code. Here code is kept in
a folder named after a digest of them all, and of the compiler's version: a changed source never finds old
code, and the same sources find the same code wherever they lie. One process compiles at a time, and others
wait. Nothing here needs the compiler, which is slow to import.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

PACKAGE = Path(__file__).parent
CONSTANTS = ("rules.py", "scenario/units.py", "log/chatlog.py", "log/schema.py")
"""Sources without compiled functions whose numbers are compiled in; a test looks that no others are."""
ENGINE = "engines/kernel/batch.py"
"""Source of the function whose compilation takes longest ..."""
ENTRIES = (
    ENGINE,
    "draws/arrivals.py",
    "draws/merge.py",
    "draws/streams.py",
    "engines/opinions.py",
    "log/build.py",
    "kpis/loops.py",
    "kpis/timeline.py",
    "scenario/normal.py",
)
"""... and those of all functions that Python calls: with what they call, all that is compiled."""
KEPT_DAYS = 30
"""Code of other versions that nobody used for so long is thrown away."""
PATIENCE_S = 1.5
"""Who waits longer for another process is told so."""

_COMPILES = "from sim.compiled import"
_IMPORT = re.compile(r"^from sim\.([\w.]+) import", re.MULTILINE)


@lru_cache
def sources_of(name: str) -> frozenset[str]:
    """Give all sources whose change may change the compiled code of the source *name*, itself among them."""
    found, waiting = {"compiled.py", "compiler.py", name}, [name]
    while waiting:
        modules = {each.replace(".", "/") for each in _IMPORT.findall(_text(waiting.pop()))}
        new = {f"{each}{end}" for each in modules for end in (".py", "/__init__.py")} - found
        new = {each for each in new if each in CONSTANTS or _COMPILES in _text(each)}
        waiting += new
        found |= new
    return frozenset(found)


@lru_cache
def _text(name: str) -> str:
    path = PACKAGE / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


@lru_cache
def digest_of(name: str) -> str:
    """Give the digest of the contents of :func:`sources_of` *name*, and of the compiler's version."""
    digest = hashlib.sha256(version("numba").encode())
    for each in sorted(sources_of(name)):
        digest.update(f"{each}\0{_text(each)}\0".encode())
    return digest.hexdigest()[:16]


@lru_cache
def folder() -> Path | None:
    """Give the folder of compiled code: NUMBA_CACHE_DIR, the user's cache, a temporary one; None: nowhere."""
    own = os.environ.get("NUMBA_CACHE_DIR")
    temporary = Path(tempfile.gettempdir()) / f"livechat-sim-{_user()}"
    candidates = [Path(own)] if own else [user_cache_path("livechat-sim", appauthor=False), temporary]
    return next((each for each in candidates if _can_be_written(each)), None)


def _can_be_written(place: Path) -> bool:
    try:
        place.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError:
        return False
    return True


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


@lru_cache
def of_version(name: str) -> Path | None:
    """Give the folder of the code of the source *name* as it is today, and mark it as used."""
    place = folder()
    if place is None:
        return None
    today = place / digest_of(name)
    with suppress(OSError):
        os.utime(today)
    return today


def is_ready() -> bool:
    """Whether all that a run needs has been compiled, for today's sources: looked up without the compiler."""
    mark = _mark()
    return mark is not None and mark.exists()


def mark_ready() -> None:
    """Note that all that a run needs has been compiled."""
    mark = _mark()
    if mark is not None and not mark.exists():
        with suppress(OSError):
            mark.parent.mkdir(exist_ok=True)
            mark.touch()


@lru_cache
def _mark() -> Path | None:
    engine, every = of_version(ENGINE), "".join(map(digest_of, ENTRIES))
    key = hashlib.sha256(f"{every}{sys.implementation.cache_tag}".encode()).hexdigest()[:16]
    return engine and engine / f"{key}.ready"


@contextmanager
def turn(told: Callable[[], None]) -> Iterator[None]:
    """Hold back other processes that would compile, until this one has; *told* if it has to wait itself.

    A process that ends, or is killed, holds nobody back.
    """
    lock = _lock()
    if lock is not None:
        with suppress(OSError, NotImplementedError):  # where nothing can be locked, all compile
            try:
                lock.acquire(timeout=PATIENCE_S)
            except Timeout:
                told()
                lock.acquire()
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def is_compiling() -> bool:
    """Whether a process compiles at the moment."""
    lock = _lock()
    try:
        if lock is not None:
            lock.acquire(timeout=0)
            lock.release()
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        pass
    return False


def _lock() -> FileLock | None:
    place = folder()
    return None if place is None else FileLock(place / "compiling.lock")


def tidy() -> None:
    """Throw away code that no process has used for :data:`KEPT_DAYS`, and what a killed one left half made.

    What can't be thrown away stays. In one's :func:`turn`, nobody else is writing.
    """
    place = folder()
    if place is None:
        return
    for each in place.glob("[0-9a-f]" * 16 + "*"):
        try:
            old = each.stat().st_mtime < time.time() - KEPT_DAYS * 86_400
        except OSError:
            continue
        if old and each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        elif old:
            _remove(each)
    for each in place.glob("*/*.tmp.*"):
        _remove(each)


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
