"""May this machine be loaded? Only one's own, unless it is said by name that it may be; and not too fast."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from sim.errors import LoadError

MOST_PER_S = 20.0
"""Chats that are opened within a second of the wall clock, at most, if nobody says otherwise."""


def refuse_host(host: str, allowed: str | None = None) -> None:
    """Refuse to load a machine that is not this one, unless it is the one *allowed* by name.

    A name stands for all its addresses, and each of them must be a loopback address.

    Raises
    ------
    LoadError
        If it has others, or none.
    """
    if not host or (allowed is not None and host.lower() == allowed.lower()):
        return
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise LoadError(f"--target: {host!r} is no known machine: {error.strerror or error}") from None
    others = sorted({str(info[4][0]) for info in found if not _is_loopback(str(info[4][0]))})
    if others:
        which = "" if others == [host] else f" ({', '.join(others)})"
        raise LoadError(
            f"--target: {host}{which} is another machine: load only what you may, and say so with "
            f"--i-may-load {host}"
        )


def _is_loopback(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def refuse_rate(most_within_s: int, most_per_s: float = MOST_PER_S) -> None:
    """Refuse a day that would open more chats within a second than it may.

    Raises
    ------
    LoadError
        With what would help.
    """
    if most_within_s > most_per_s:
        raise LoadError(
            f"up to {most_within_s:,} chats would be opened within a second, more than {most_per_s:g}: "
            "take a lower --speed, or a higher --max-rate"
        )
