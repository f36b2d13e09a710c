"""Where is compiled code kept, and when is it still right? By the contents of all its sources.

numba looks at the one source in which a function stands. What it calls, what is compiled into it and the
numbers of the rule book stand in other ones, so an edit there would be served old code. Here code is kept in
a folder named after a digest of them all: a changed source never finds old code, and the same sources find
the same code wherever they lie. Two processes don't compile the same thing at once: the second waits.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock
from numba.core import caching
from platformdirs import user_cache_path

PACKAGE = Path(__file__).parent
CONSTANTS = ("world/rules.py", "world/units.py", "log/chatlog.py")
"""Sources without compiled functions whose numbers are compiled in; a test looks that no others are."""
KEPT_DAYS = 30
"""Code of other versions that nobody used for so long is thrown away."""

_COMPILES = "from sim.compiled import"
_IMPORT = re.compile(r"^from sim\.([\w.]+) import", re.MULTILINE)


@lru_cache
def sources_of(name: str) -> frozenset[str]:
    """Give all sources whose change may change the compiled code of the source *name*, itself among them."""
    found, waiting = {"compiled.py", name}, [name]
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
    """Give the digest of the contents of :func:`sources_of` *name*."""
    digest = hashlib.sha256()
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
def _mark_as_used(version: Path) -> None:
    with suppress(OSError):
        os.utime(version)


def one_at_a_time(name: str) -> AbstractContextManager[Any]:
    """Hold back other processes that would compile the source *name* as well, until this one has."""
    place = folder()
    return FileLock(place / f"{digest_of(name)}.lock") if place else nullcontext()


def forget_old_versions() -> None:
    """Throw away code that no process has used for :data:`KEPT_DAYS`; what can't be thrown away stays."""
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
            each.unlink(missing_ok=True)


class BySources(caching._CacheLocator):
    """Find compiled code by the contents of all sources that it was made from."""

    def __init__(self, name: str, line: int, place: Path) -> None:
        self._py_file = str(PACKAGE / name)
        self._name, self._line, self._place = name, line, place

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> BySources | None:
        """Take charge of functions of this package, where there is a folder that can be written."""
        path, place = Path(py_file), folder()
        if place is None or not path.is_relative_to(PACKAGE):
            return None
        name = path.relative_to(PACKAGE).as_posix()
        _mark_as_used(place / digest_of(name))
        return cls(name, py_func.__code__.co_firstlineno, place)

    def get_cache_path(self) -> str:
        """Give the folder of this version."""
        return str(self._place / digest_of(self._name))

    def get_source_stamp(self) -> str:
        """Give what the code was made from."""
        return digest_of(self._name)

    def get_disambiguator(self) -> str:
        """Tell functions of one name apart, also those of files of one name."""
        return f"{Path(self._name).parent.name}-{self._line}"
