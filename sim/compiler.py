"""What is the compiler told, and what does it tell? All that is numba's, in one place.

`nogil`: replications run in parallel threads. `error_model="numpy"` and no `fastmath`: floating point as
numpy and Python do it, so that engines agree to the last bit. Code is kept on the disk, compiled once for a
machine (:mod:`sim.compile_cache`), by one process at a time.

numba makes each function ready for calls from Python: optimised, with all that it calls, which was optimised
before. A rule that is deep down would be optimised a dozen times. Here an *inner* function is only written
down; what Python calls is optimised once, with all that it calls.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from llvmlite.binding import Linkage  # type: ignore[import-untyped]
from numba.core import caching, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

from sim import compile_cache

P = ParamSpec("P")
R = TypeVar("R")

NOTICE_AFTER_S = 1.5
"""A compilation that takes longer is announced."""
COMPILES = "compiling the engine for this machine: once, about half a minute"
UNKEPT = (
    "compiling the engine at every start, about half a minute: no folder that could keep it can be written"
)
WAITS = "another process is compiling the engine for this machine: waiting for it, at most half a minute"

# NOTE: `_nrt=False` compiles without reference counts. Nothing is allocated inside, so nothing needs them;
# counting took ten times as long as the simulation.
_OPTIONS = {"nopython": True, "nogil": True, "error_model": "numpy", "fastmath": False, "_nrt": False}


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Let *function* be compiled at its first call, or then be loaded."""
    dispatcher = _Outer(
        function, targetoptions=_OPTIONS | {"no_cfunc_wrapper": True}, pipeline_class=_ToTheEnd
    )
    try:
        dispatcher._cache = _Cache(function)
    except RuntimeError:  # numba finds no place to keep it
        dispatcher._cache = _NoCache()
    return cast("Callable[P, R]", dispatcher)


def inner(function: Callable[P, R], *, forceinline: bool = False) -> Callable[P, R]:
    """Let *function* be compiled with those that call it, or into them.

    numba compiles what an inlined function calls into it as well, unless it is told not to: rules that hardly
    ever apply stood there a dozen times.
    """
    options = _OPTIONS | {"forceinline": forceinline} | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("Callable[P, R]", _Inner(function, targetoptions=options, pipeline_class=_AsWritten))


def prepare(function: Callable[..., Any], arguments: Sequence[Any]) -> None:
    """Compile *function* for the types of these *arguments*, or load it, without a call."""
    dispatcher: Any = function
    typeof: Any = numba.typeof
    dispatcher.compile(tuple(typeof(argument) for argument in arguments))


class _Outer(CPUDispatcher):
    """A function that Python calls, and no compiled one."""

    _cache: Any
    __name__: str

    def compile(self, signature: Any) -> Any:
        """Compile or load: what numba does, and afterwards let other processes have their turn."""
        with global_compiler_lock, ExitStack() as self._cache.turn:
            return super().compile(signature)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Refuse: it would be optimised again, and wait for its turn while its caller has its own."""
        raise TypeError(f"{self.__name__}: what compiled functions call is inner")


class _Inner(CPUDispatcher):
    """A function that compiled ones call, and Python can't."""

    __name__: str

    def compile(self, signature: Any) -> Any:
        """Compile for whole numbers of one width, whatever they are stored in: once, and not for each."""
        wide = (types.int64 if getattr(each, "signed", False) else each for each in signature)
        return super().compile(tuple(wide))

    def _compile_for_args(self, *_: Any, **__: Any) -> Any:
        raise TypeError(f"{self.__name__}: is inner, only compiled functions can call it")

    def _insert(self, *_: Any) -> None:
        """Tell Python's calls nothing of it."""


class _Written(JITCodeLibrary):
    """Code of an inner function, neither optimised nor linked."""

    def finalize(self) -> None:
        """Leave all to the function that Python calls."""
        self._finalized = True

    def called(self) -> Iterator[Any]:
        """Give the code of what it calls, and of what these call."""
        for library in self._linking_libraries:
            yield library
            if isinstance(library, _Written):
                yield from library.called()


class _Whole(JITCodeLibrary):
    """Code of a function that Python calls, and of all that it calls."""

    def finalize(self) -> None:
        """Link all, and optimise it."""
        for library in list(self._linking_libraries):
            if isinstance(library, _Written):
                self._linking_libraries += library.called()
        super().finalize()

    def _optimize_final_module(self) -> None:
        """Optimise once: numba does it twice, to count references less often, which are not counted here.

        Inner functions are nobody else's. Told so, the optimiser drops what none of their callers looks at,
        such as whether they failed, and those that have a single caller.
        """
        for function in self._final_module.functions:
            if function.linkage == Linkage.linkonce_odr:
                function.linkage = Linkage.internal
        passes, builder = self._codegen._module_pass_manager()
        passes.run(self._final_module, builder)


class _AsWritten(Compiler):
    """The compiler of inner functions: it stops before there is machine code."""

    def __init__(self, typing: Any, target: Any, _: Any, *rest: Any) -> None:
        super().__init__(typing, target, _Written(target.codegen(), "inner"), *rest)
        self.state.flags.no_compile = True

    def compile_extra(self, function: Any) -> Any:
        """Compile, and let others find the code by its library: there is nothing yet that could be called."""
        result = super().compile_extra(function)
        self.state.targetctx.insert_user_function(result.library, result.fndesc, [result.library])
        return result._replace(entry_point=result.library)


class _ToTheEnd(Compiler):
    """The compiler of functions that Python calls."""

    def __init__(self, typing: Any, target: Any, _: Any, *rest: Any) -> None:
        library = _Whole(target.codegen(), "whole")
        library.enable_object_caching()
        super().__init__(typing, target, library, *rest)


@contextmanager
def _told() -> Iterator[None]:
    """Compile alone, and say on stderr what is going on when it takes long."""
    with compile_cache.turn(lambda: _tell(WAITS)):
        line = COMPILES if compile_cache.folder() else UNKEPT
        timer = threading.Timer(NOTICE_AFTER_S, _tell, [line])
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


class _Place(caching.CompileResultCacheImpl):
    """Where code is kept, and nowhere else."""

    _locator_classes: list[Any] = [_BySources]  # noqa: RUF012  as numba has it


class _Turns:
    """What is not there has to be compiled: in one's turn, unless another process has done so meanwhile."""

    turn: ExitStack

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Load compiled code, or give None."""
        found = self._load(signature, target)
        if found is None:
            self.turn.enter_context(_told())
            found = self._load(signature, target)
        return found

    def _load(self, signature: Any, target: Any) -> Any:
        """Find nothing."""


class _Cache(_Turns, caching.FunctionCache):
    """Code is kept.

    numba imports a third of itself before it looks what is there. That is needed to compile, which does so
    too; code that is loaded needs none of it, nor the counts of references.
    """

    _impl_class = _Place

    def _load(self, signature: Any, target: Any) -> Any:
        load: Any = self._load_overload
        with self._guard_against_spurious_io_errors():
            return load(signature, target)


class _NoCache(_Turns, caching.NullCache):
    """Code can't be kept."""
