"""How are functions compiled? All options of the compiler, in one decorator.

`nogil`: replications run in parallel threads. `cache`: compiled once for a machine
(:mod:`sim.compile_cache`). `error_model="numpy"` and no `fastmath`: floating point as numpy and Python do it,
so that engines agree to the last bit. With NUMBA_DISABLE_JIT=1 in the environment the functions run as plain
Python, to debug them and to measure coverage.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import caching

from sim import compile_cache

P = ParamSpec("P")
R = TypeVar("R")

NOTICE_AFTER_S = 1.5
"""A compilation that takes longer is announced."""


_locators: list[Any] = caching.CacheImpl._locator_classes
_locators.insert(0, compile_cache.BySources)

# NOTE: `_nrt=False` compiles without reference counts. Nothing is allocated inside, so nothing needs them;
# counting took ten times as long as the simulation.
_njit: Any = numba.njit
IS_COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}
"""Whether functions are compiled at all."""
_OPTIONS = {"nogil": True, "cache": True, "error_model": "numpy", "fastmath": False, "_nrt": False}


_ONE_AT_A_TIME = threading.Lock()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile *function*; its callers see the same signature."""
    return cast("Callable[P, R]", _njit(function, **_OPTIONS))


def woven(function: Callable[P, R]) -> Callable[P, R]:
    """Compile *function* into its callers: at every event, a call costs as much as the work."""
    return cast("Callable[P, R]", _njit(function, inline="always", **_OPTIONS))


def prepare(function: Callable[..., Any], *arguments: Any) -> None:
    """Compile *function* for the types of these *arguments*, or load it from the cache, without a call.

    Threads and processes that ask at the same time wait for the first.
    """
    dispatcher: Any = function
    if not hasattr(dispatcher, "compile"):
        return
    typeof: Any = numba.typeof
    types = tuple(typeof(argument) for argument in arguments)
    name = Path(dispatcher.py_func.__code__.co_filename).relative_to(compile_cache.PACKAGE).as_posix()
    with _ONE_AT_A_TIME, _notice(), compile_cache.one_at_a_time(name):
        dispatcher.compile(types)
    if not sum(dispatcher.stats.cache_hits.values()):
        compile_cache.forget_old_versions()


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
