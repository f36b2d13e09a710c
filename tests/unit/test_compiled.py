"""Compiling: where compiled code is kept, when it is still right, and what is said while it takes its time."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from sim import compile_cache, compiled, compiler

WITH_FUNCTIONS = {
    path.relative_to(compile_cache.PACKAGE).as_posix()
    for path in compile_cache.PACKAGE.rglob("*.py")
    if re.search(r"^@(compiled|inner|inlined)$", path.read_text(), re.MULTILINE)
}
COMPILED = sorted(WITH_FUNCTIONS | {f"engines/kernel/{name}.py" for name in ("address", "fetch", "records")})
MEMOS = (
    compile_cache.folder,
    compile_cache.sources_of,
    compile_cache.digest_of,
    compile_cache.of_version,
    compile_cache._text,
    compile_cache._mark,
)


def forget() -> None:
    """Forget what the module remembers of a process' one package."""
    for memo in MEMOS:
        memo.cache_clear()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A copy of the package, which may be edited."""
    copy = tmp_path / "sim"
    shutil.copytree(compile_cache.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compile_cache, "PACKAGE", copy)
    forget()
    yield copy
    forget()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An empty folder for compiled code."""
    place = tmp_path / "cache"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(place))
    monkeypatch.setattr(compiler, "_SAID", set())
    forget()
    yield place
    forget()


def test_code_is_kept_in_the_users_cache_and_where_that_can_not_be_written_with_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An own choice stands, and is not replaced by another place."""
    monkeypatch.setattr(compile_cache, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(compile_cache.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    found = compile_cache.folder.__wrapped__
    assert found() == tmp_path / "cache"

    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("a file, not a folder")
    assert found().parent == tmp_path / "tmp"

    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    assert found() == tmp_path / "mine"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache" / "mine"))
    assert found() is None


def test_the_same_sources_find_the_same_code_wherever_they_lie(package: Path):
    """A moved tree, or a second environment, compiles nothing again."""
    there = {name: compile_cache.digest_of(name) for name in COMPILED}
    os.utime(package / "rules.py", times=(1, 1))
    forget()
    assert {name: compile_cache.digest_of(name) for name in COMPILED} == there


@pytest.mark.parametrize(
    ("edited", "concerned", "not_concerned"),
    [
        ("rules.py", {"engines/kernel/batch.py", "kpis/loops.py"}, {"draws/streams.py"}),
        ("engines/kernel/heap.py", {"engines/kernel/batch.py"}, {"kpis/loops.py", "draws/arrivals.py"}),
        ("kpis/timeline.py", {"kpis/loops.py"}, {"engines/kernel/batch.py"}),
        ("compiled.py", set(COMPILED), set()),
        ("compiler.py", set(COMPILED), set()),
        ("cli/run.py", set(), set(COMPILED)),
    ],
)
def test_an_edit_is_never_served_old_code(
    package: Path, edited: str, concerned: set[str], not_concerned: set[str]
):
    """Nor does it throw away code that does not depend on it."""
    before = {name: compile_cache.digest_of(name) for name in COMPILED}
    with (package / edited).open("a") as source:
        source.write("\n# a change\n")
    forget()
    changed = {name for name in COMPILED if compile_cache.digest_of(name) != before[name]}
    assert changed >= concerned
    assert not changed & not_concerned


def _names_used(lines: Iterable[ast.AST]) -> set[str]:
    return {each.id for line in lines for each in ast.walk(line) if isinstance(each, ast.Name)}


def _is_compiled(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id in {"compiled", "inner", "inlined"}
        for each in function.decorator_list
    )


@pytest.mark.parametrize("name", COMPILED)
def test_all_that_is_compiled_in_is_among_the_sources_of_its_digest(name: str):
    """A name that a compiled function, or a constant, takes from another module is in a source looked at."""
    tree = ast.parse((compile_cache.PACKAGE / name).read_text())
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and _is_compiled(each)]
    constants = [
        each.value for each in tree.body if isinstance(each, ast.Assign | ast.AnnAssign) and each.value
    ]
    used = _names_used([*constants, *(line for function in functions for line in function.body)])
    for line in ast.walk(tree):
        if isinstance(line, ast.ImportFrom) and (line.module or "").startswith("sim."):
            path = line.module.removeprefix("sim.").replace(".", "/")
            if used & {each.asname or each.name for each in line.names}:
                assert compile_cache.sources_of(name) & {f"{path}.py", f"{path}/__init__.py"}, path


def test_another_version_of_the_compiler_finds_no_old_code(cache: Path, monkeypatch: pytest.MonkeyPatch):
    """Nor does it take what was ready for what is."""
    compile_cache.mark_ready()
    before = compile_cache.digest_of("draws/streams.py")
    assert compile_cache.is_ready()
    monkeypatch.setattr(compile_cache, "version", lambda _: "0.1")
    forget()

    assert compile_cache.digest_of("draws/streams.py") != before
    assert not compile_cache.is_ready()


def test_every_compiled_function_is_looked_at_to_tell_whether_all_is_ready():
    """Those that Python calls, and what they call."""
    looked_at = set().union(*(compile_cache.sources_of(name) for name in compile_cache.ENTRIES))

    assert looked_at >= WITH_FUNCTIONS
    assert len(WITH_FUNCTIONS) > 10


@pytest.mark.parametrize("edited", ["rules.py", "engines/kernel/heap.py", "draws/merge.py"])
def test_what_was_ready_is_not_after_an_edit(cache: Path, package: Path, edited: str):
    """An upgrade over an old cache compiles anew."""
    compile_cache.mark_ready()
    assert compile_cache.is_ready()
    with (package / edited).open("a") as source:
        source.write("\n# a change\n")
    forget()

    assert not compile_cache.is_ready()


def test_what_nobody_used_for_a_month_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """And what a killed process left half-written; nothing else that lies there."""
    monkeypatch.setattr(compile_cache, "folder", lambda: tmp_path)
    old, fresh, other = (tmp_path / name for name in ("0" * 16, "1" * 16, "other"))
    for each in (old, fresh, other):
        each.mkdir()
    whole, half = (fresh / name for name in ("f.nbc", "f.nbc.tmp.0123"))
    for each in (whole, half):
        each.touch()
    for each in (old, other):
        os.utime(each, times=(0, time.time() - 31 * 86_400))
    compile_cache.tidy()
    assert sorted(tmp_path.iterdir()) == sorted([fresh, other])
    assert list(fresh.iterdir()) == [whole]


def defined(name: str, parameters: str, value: str, **known: object):
    """A function that might stand in a source of ours.

    numba writes down all that such a function knows, so it knows nothing that others add to Python's builtins.
    """
    known["__builtins__"] = {}
    path = compile_cache.PACKAGE / "draws" / "merge.py"
    exec(compile(f"def {name}({parameters}):\n    return {value}\n", str(path), "exec"), known)
    return known[name]


def in_numbas_words(name: str):
    """A function that is compiled in a moment, with a line of its own in the cache."""
    return compiler.compiled(defined(name, "x", "x + 1"))


@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_an_inner_function_is_compiled_once_for_numbers_of_all_widths_and_only_in_others(cache: Path):
    """Unsigned numbers are others: they wrap elsewhere."""
    added = compiler.inner(defined("added", "x", "x + 1"))
    both = compiler.compiled(defined("both", "x, y", "added(x) + added(y) + added(3)", added=added))
    assert both(np.int32(1), np.int64(2)) == 9
    assert len(added.overloads) == 1
    assert both(np.uint32(1), 2) == 9
    assert len(added.overloads) == 2

    with pytest.raises(TypeError, match="added: is inner, only compiled functions can call it"):
        added(1)
    with pytest.raises(Exception, match="both: what compiled functions call is inner"):
        compiler.compiled(defined("outer", "x", "both(x, x)", both=both))(1)


@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_what_an_inlined_function_calls_is_inlined_only_if_it_says_so(cache: Path):
    """The compiler would pass it on to whatever is called. And no inner function is there for others."""
    long = " + ".join(f"(x ^ {k}) * (x + {k})" for k in range(100))
    called = compiler.inner(defined("called", "x", long))
    woven = compiler.inner(defined("woven", "x", "called(x) + called(-x)", called=called), forceinline=True)
    whole = compiler.compiled(defined("whole", "x", "woven(x) + called(2 * x)", woven=woven, called=called))
    assert whole(3) == sum((x ^ k) * (x + k) for x in (3, -3, 6) for k in range(100))

    (found,) = whole.overloads.values()
    left = {each.name: each.linkage.name for each in found.library.get_defined_functions()}
    assert not [name for name in left if "woven" in name]
    assert [left[name] for name in left if "called" in name] == ["internal"]


@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_where_no_folder_can_be_written_it_is_compiled_at_every_start_and_said_so(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Nor is code kept beside the sources, where numba would not see that others have changed."""
    monkeypatch.setattr(compiler, "NOTICE_AFTER_S", 0.0)
    monkeypatch.setattr(compile_cache, "folder", lambda: None)
    function = in_numbas_words("unkept")
    assert function._cache.cache_path is None
    assert function(1) == 2
    assert capsys.readouterr().err == f"{compiler.UNKEPT}\n"


@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_a_long_compilation_is_announced_once_whichever_threads_wait_for_it(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """All threads ask for the engine at the same time. What is loaded is not announced."""
    monkeypatch.setattr(compiler, "NOTICE_AFTER_S", 0.0)
    loads = compiler._Cache._load

    def slowly(*args: object) -> object:
        time.sleep(0.1)
        return loads(*args)

    monkeypatch.setattr(compiler._Cache, "_load", slowly)
    first = in_numbas_words("added")
    threads = [threading.Thread(target=first, args=(1,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert capsys.readouterr().err.count(compiler.COMPILES) == 1
    assert in_numbas_words("another")(1) == 2
    assert capsys.readouterr().err == "", "once in a process"

    compiler._SAID.clear()
    again = in_numbas_words("added")
    assert again(1) == 2
    assert capsys.readouterr().err == ""
    assert sum(again.stats.cache_hits.values()) == 1


@contextmanager
def another_process_compiling():
    """It has its turn until it is killed, or until its stdin is closed."""
    code = (
        "from sim import compile_cache\nwith compile_cache.turn(print):\n    print(flush=True)\n    input()"
    )
    environment = os.environ | {"PYTHONPATH": str(compile_cache.PACKAGE.parent)}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other


@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_a_process_that_waits_for_another_ones_compiling_says_so(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """And then takes its turn, and gives it up again, also when nothing comes of it."""
    monkeypatch.setattr(compile_cache, "PATIENCE_S", 0.05)
    function = in_numbas_words("waits")
    with another_process_compiling() as other:
        assert compile_cache.is_compiling()
        free = threading.Timer(0.4, other.communicate, [b"\n"])
        free.start()
        assert function(1) == 2
        free.join()
    assert capsys.readouterr().err.count(compiler.WAITS) == 1
    assert not compile_cache.is_compiling()

    with pytest.raises(Exception, match="unicode_type"):
        in_numbas_words("fails")("a word")
    assert not compile_cache.is_compiling()


def test_a_killed_process_holds_nobody_back(cache: Path):
    """Its turn ends with it."""
    with another_process_compiling() as other:
        assert compile_cache.is_compiling()
        other.kill()
    assert not compile_cache.is_compiling()


@pytest.mark.nightly
@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_figures_follow_the_rule_book(package: Path):
    """Two outcomes change their numbers: everything is compiled anew, and the figures stay."""
    command = [
        sys.executable,
        "-m",
        "sim",
        "run",
        str(Path("scenarios/web_shop.toml").resolve()),
        "-n",
        "2",
        "--json",
    ]
    rules = package / "rules.py"

    def run() -> str:
        environment = os.environ | {"PYTHONPATH": str(package.parent)}
        done = subprocess.run(command, cwd=package.parent, env=environment, capture_output=True, check=True)
        return done.stdout.decode()

    before = run()
    text = rules.read_text()
    swapped = text.replace("SERVED = 0", "SERVED = x").replace("ABANDONED = 1", "ABANDONED = 0")
    rules.write_text(swapped.replace("SERVED = x", "SERVED = 1"))
    assert run() == before
