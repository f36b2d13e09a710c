"""How are functions compiled? All options of the compiler, in one decorator.

`nogil`: replications run in parallel threads. `cache`: compiled once for a machine. `error_model="numpy"` and
no `fastmath`: floating point as numpy and Python do it, so that engines agree to the last bit. With
NUMBA_DISABLE_JIT=1 in the environment the functions run as plain Python, to debug them and to measure
coverage.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

NOTICE_AFTER_S = 1.5
"""A compilation that takes longer is announced."""


def _choose_cache() -> None:
    """Choose where compiled code is kept: beside the code, in the user's cache, or with temporary files."""
    if "NUMBA_CACHE_DIR" in os.environ or os.access(Path(__file__).parent, os.W_OK):
        return
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    candidates = (home / "livechat-sim", Path(tempfile.gettempdir()) / f"livechat-sim-{_user()}")
    for folder in candidates:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            os.environ["NUMBA_CACHE_DIR"] = str(folder)
            return


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


_choose_cache()

import numba  # noqa: E402  it reads its cache directory when it is imported

# NOTE: `_nrt=False` compiles without reference counts. Nothing is allocated inside, so nothing needs them;
# counting took ten times as long as the simulation.
_njit: Any = numba.njit
IS_COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}
"""Whether functions are compiled at all."""
_OPTIONS = {"nogil": True, "cache": True, "error_model": "numpy", "fastmath": False, "_nrt": False}


_all_compiled: list[Any] = []
_ONE_AT_A_TIME = threading.Lock()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile *function*; its callers see the same signature."""
    _all_compiled.append(_njit(function, **_OPTIONS))
    return cast("Callable[P, R]", _all_compiled[-1])


def woven(function: Callable[P, R]) -> Callable[P, R]:
    """Compile *function* into its callers: at every event, a call costs as much as the work."""
    return cast("Callable[P, R]", _njit(function, inline="always", **_OPTIONS))


def prepare(function: Callable[..., Any], *arguments: Any, woven_from: Sequence[Path] = ()) -> None:
    """Compile *function* for the types of these *arguments*, or load it from the cache, without a call.

    *woven_from* are the sources of all that it calls and of all that is woven into it. The cache looks at the
    own source of each function alone, so what it keeps of theirs is thrown away when one of them is newer.
    Threads that ask at the same time wait for the first.
    """
    if not hasattr(function, "compile"):
        return
    with _ONE_AT_A_TIME, _notice():
        _forget_older(woven_from)
        typeof: Any = numba.typeof
        function.compile(tuple(typeof(argument) for argument in arguments))


def _forget_older(sources: Sequence[Path]) -> None:
    """Throw away what the cache keeps of functions in these *sources* and is older than one of them."""
    changed_at = max((source.stat().st_mtime for source in sources), default=0.0)
    files = {str(source) for source in sources}
    for each in _all_compiled:
        if each.py_func.__code__.co_filename in files:
            index = Path(each._cache._cache_file._index_path)
            if index.exists() and index.stat().st_mtime < changed_at:
                each._cache.flush()


@contextmanager
def _notice() -> Iterator[None]:
    """Say on stderr what is going on when it takes long."""
    line = "compiling the engine for this machine: once, about a minute"
    timer = threading.Timer(NOTICE_AFTER_S, lambda: print(line, file=sys.stderr, flush=True))  # noqa: T201
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
