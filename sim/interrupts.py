"""When may Ctrl-C break in? At any moment, but not into what has to be done whole.

A kill (SIGTERM) and a terminal that is closed (SIGHUP) are taken as Ctrl-C, so that they clean up as it does.
"""

from __future__ import annotations

import signal
import sys
from _thread import interrupt_main
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer, current_thread, main_thread
from types import FrameType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals that ask a program to end; not every system has them all."""
_AGAIN_S = 0.01
"""After so long an interrupt is raised again that was lost."""


@dataclass(slots=True)
class _Door:
    """Whether a signal may come in, whether one waits for it, and whether one ever came."""

    shut: int = 0
    knocked: bool = False
    came: bool = False


_DOOR = _Door()


def listen() -> None:
    """From now on take every signal to end as Ctrl-C; what is ignored, as under `nohup`, stays ignored."""
    for number in [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _knock)
    sys.unraisablehook = _lost


def stop_listening() -> None:
    """From now on no signal to end is heard: the program ends anyway."""
    for number in [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]:
        signal.signal(number, signal.SIG_IGN)


def came() -> bool:
    """Whether the user has asked the program to end: what fails from then on may fail because of that."""
    return _DOOR.came


@contextmanager
def unbroken() -> Iterator[None]:
    """Keep Ctrl-C waiting: KeyboardInterrupt is raised afterwards. For what takes a moment only.

    Libraries that call back from their own machine code may take a KeyboardInterrupt for an error of the
    callback, or go on as if nothing had been. It needs :func:`listen`, and does nothing outside the main
    thread, where there are no such interrupts.
    """
    if current_thread() is not main_thread():
        yield
        return
    _DOOR.shut += 1
    try:
        yield
    finally:
        _DOOR.shut -= 1
        if _DOOR.knocked and not _DOOR.shut:
            _DOOR.knocked = False
            raise KeyboardInterrupt


@contextmanager
def telling(hear: Callable[[], None]) -> Iterator[None]:
    """Let the first signal to end be told, by a call of *hear*, and not break in; a second one breaks in.

    Nothing is told outside the main thread, where there are no such interrupts.
    """
    if current_thread() is not main_thread():
        yield
        return

    def told(number: int, frame: FrameType | None) -> None:
        _DOOR.came = True
        put_back()
        hear()

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}

    def put_back() -> None:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)

    for number, handler in before.items():
        if handler not in {signal.SIG_IGN, None}:
            signal.signal(number, told)
    try:
        yield
    finally:
        put_back()


def _knock(number: int, frame: FrameType | None) -> None:
    _DOOR.came = True
    if not _DOOR.shut:
        raise KeyboardInterrupt
    _DOOR.knocked = True


def _knock_again() -> None:
    """Send Ctrl-C to the main thread, which it wakes where it waits."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
    else:
        interrupt_main()


def _lost(what: Any) -> None:
    """Raise an interrupt again that broke in where none can be passed on: where objects are cleared away."""
    if what.exc_type is KeyboardInterrupt:
        Timer(_AGAIN_S, _knock_again).start()
    else:
        sys.__unraisablehook__(what)
