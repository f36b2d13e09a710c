"""How are functions compiled? Four words for it; the options are in :mod:`sim.compiler`.

With NUMBA_DISABLE_JIT=1 in the environment the functions run as plain Python, to debug them, to measure
coverage, and to answer while they are still being compiled. Then the compiler is not even imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound="NDArray[Any] | tuple[NDArray[Any], ...]")

PLAIN = "NUMBA_DISABLE_JIT"
"""Name in the environment that turns the compiler off, its own one."""
IS_COMPILED = os.environ.get(PLAIN, "0") in {"", "0"}
"""Whether functions are compiled at all."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile *function*, which Python calls; its callers see the same signature."""
    if not IS_COMPILED:
        return function
    from sim import compiler  # noqa: PLC0415  slow to import

    return compiler.compiled(function)


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile *function* with the compiled ones that call it; Python can't."""
    if not IS_COMPILED:
        return function
    from sim import compiler  # noqa: PLC0415  as above

    return compiler.inner(function)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile *function* into its callers, an inner one: at every event, a call costs as much as the work."""
    if not IS_COMPILED:
        return function
    from sim import compiler  # noqa: PLC0415  as above

    return compiler.inner(function, forceinline=True)


def for_loops(columns: C) -> C:
    """Give *columns* as compiled loops read them; where nothing is, as lists, which Python reads faster."""
    if IS_COMPILED:
        return columns
    plain: Any = columns
    return cast("C", type(plain)(*map(for_loops, plain)) if isinstance(plain, tuple) else plain.tolist())


def prepare(function: Callable[..., Any], *arguments: Any) -> None:
    """Compile *function* for the types of these *arguments*, or load it from the cache, without a call.

    Threads and processes that ask at the same time wait for the first.
    """
    if IS_COMPILED:
        from sim import compiler  # noqa: PLC0415  as above

        compiler.prepare(function, arguments)
