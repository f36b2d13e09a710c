"""What is the compiler told, and what does it tell? All that is numba's, in one place.

`nogil`: replications run in parallel threads. `error_model="numpy"` and no `fastmath`: floating point as
numpy and Python do it, so that engines agree to the last bit. Code is kept on the disk, compiled once for a
machine (:mod:`sim.compile_cache`), by one process at a time.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import caching
from numba.core.compiler_lock import global_compiler_lock

from sim import compile_cache

P = ParamSpec("P")
R = TypeVar("R")

NOTICE_AFTER_S = 1.5
"""A compilation that takes longer is announced."""
COMPILES = "compiling the engine for this machine: once, about a minute"
WAITS = "another process is compiling the engine for this machine: waiting for it, at most a minute"

# NOTE: `_nrt=False` compiles without reference counts. Nothing is allocated inside, so nothing needs them;
# counting took ten times as long as the simulation.
_njit: Any = numba.njit
_OPTIONS = {"nogil": True, "error_model": "numpy", "fastmath": False, "_nrt": False}


def compiled(function: Callable[P, R], **options: Any) -> Callable[P, R]:
    """Let *function* be compiled at its first call, or then be loaded."""
    dispatcher = _njit(function, **_OPTIONS, **options)
    with suppress(RuntimeError):  # numba finds no place to keep it
        dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]
    dispatcher.compile = partial(_compile, dispatcher)
    return cast("Callable[P, R]", dispatcher)


def prepare(function: Callable[..., Any], arguments: Sequence[Any]) -> None:
    """Compile *function* for the types of these *arguments*, or load it, without a call."""
    dispatcher: Any = function
    typeof: Any = numba.typeof
    dispatcher.compile(tuple(typeof(argument) for argument in arguments))


class _Turn(threading.local):
    """How deep a thread is in functions that are compiled for others; its turn ends with the outermost."""

    depth = 0

    def __init__(self) -> None:
        self.taken = ExitStack()
        self.is_ours = False


_TURN = _Turn()


def _compile(dispatcher: Any, signature: Any) -> Any:
    """Compile or load: what numba does, and afterwards let other processes have their turn."""
    with global_compiler_lock:
        _TURN.depth += 1
        try:
            return type(dispatcher).compile(dispatcher, signature)
        finally:
            _TURN.depth -= 1
            if not _TURN.depth:
                _TURN.is_ours = False
                _TURN.taken.close()


class _Cache(caching.FunctionCache):
    """What is not there has to be compiled: in one's turn, unless another process has done so meanwhile.

    numba imports a third of itself before it looks what is there. That is needed to compile, which does so
    too; code that is loaded needs none of it, nor the counts of references.
    """

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Load compiled code, or give None."""
        found = self._load(signature, target)
        if found is None and not _TURN.is_ours:
            _TURN.taken.enter_context(_told())
            _TURN.is_ours = True
            found = self._load(signature, target)
        return found

    def _load(self, signature: Any, target: Any) -> Any:
        load: Any = self._load_overload
        with self._guard_against_spurious_io_errors():
            return load(signature, target)


@contextmanager
def _told() -> Iterator[None]:
    """Compile alone, and say on stderr what is going on when it takes long."""
    with compile_cache.turn(lambda: _tell(WAITS)):
        timer = threading.Timer(NOTICE_AFTER_S, _tell, [COMPILES])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            compile_cache.tidy()


_SAID: set[str] = set()


def _tell(line: str) -> None:
    """Say a *line* on stderr, once in a process."""
    if line not in _SAID and sys.stderr is not None:
        _SAID.add(line)
        print(line, file=sys.stderr, flush=True)  # noqa: T201


class _BySources(caching._CacheLocator):
    """Find compiled code by the contents of all sources that it was made from."""

    def __init__(self, name: str, line: int, place: Path) -> None:
        self._py_file = str(compile_cache.PACKAGE / name)
        self._name, self._line, self._place = name, line, place

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _BySources | None:
        """Take charge of functions of this package, where there is a folder that can be written."""
        path = Path(py_file)
        if not path.is_relative_to(compile_cache.PACKAGE):
            return None
        name = path.relative_to(compile_cache.PACKAGE).as_posix()
        place = compile_cache.of_version(name)
        return None if place is None else cls(name, py_func.__code__.co_firstlineno, place)

    def get_cache_path(self) -> str:
        """Give the folder of this version."""
        return str(self._place)

    def get_source_stamp(self) -> str:
        """Give what the code was made from."""
        return self._place.name

    def get_disambiguator(self) -> str:
        """Tell functions of one name apart, also those of files of one name."""
        return f"{Path(self._name).parent.name}-{self._line}"


_locators: list[Any] = caching.CacheImpl._locator_classes
_locators.insert(0, _BySources)
