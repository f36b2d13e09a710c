"""Which servers can be driven? The adapters by name, and how a target names one: ``ADAPTER+URL``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from sim.drive.adapters.base import Server
from sim.errors import LoadError
from sim.scenario.words import unknown

ADAPTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "loopback": ("sim.drive.adapters.loopback:Loopback", ()),
    "supchat": ("sim.drive.adapters.supchat:Supchat", ("http", "https")),
    "stapel": ("sim.drive.adapters.stapel:Stapel", ("http", "https")),
    "json-ws": ("sim.drive.adapters.json_ws:JsonWs", ("ws", "wss")),
}
"""Of each adapter: its class, and the schemes that its address may have; none for our own server."""


TEMPLATED = "json-ws"
"""The adapter that a template describes."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server to drive: the adapter that speaks to it, and its address."""

    adapter: str
    url: str
    """Empty for the loopback."""

    @property
    def host(self) -> str:
        """Name or address of the machine; empty for the loopback."""
        return urlsplit(self.url).hostname or ""

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read ``ADAPTER+URL``, or ``loopback``.

        Raises
        ------
        LoadError
            If it names no adapter, or an address that the adapter can't take, or has a password in it.
        """
        adapter, _, url = text.partition("+")
        known = ", ".join(ADAPTERS)
        if adapter not in ADAPTERS:
            if "://" in adapter:  # not shown: it may hold a password
                raise LoadError(f"--target: needs an adapter before it, as in supchat+http://…: {known}")
            raise LoadError(f"--target: {unknown('adapter', adapter, ADAPTERS)}")
        schemes = ADAPTERS[adapter][1]
        if not schemes and url:
            raise LoadError(f"--target: {adapter} is our own server and takes no address")
        if schemes:
            _refuse_address(adapter, url, schemes)
        return cls(adapter, url)

    def server(self, template: Path | None = None, **options: Any) -> Server:
        """Make the adapter, which has not connected yet; *template* is for those that need one.

        Raises
        ------
        LoadError
            If packages are missing that it needs.
        """
        module, _, name = ADAPTERS[self.adapter][0].partition(":")
        try:
            kind = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            extra = "pip install 'livechat-sim[load]'"
            raise LoadError(f"the adapter {self.adapter} needs the package {error.name!r}: {extra}") from None
        if template is not None:
            if self.adapter != TEMPLATED:
                raise LoadError(f"--template: is for {TEMPLATED} alone, and the target is {self.adapter}")
            options["template"] = template
        return cast("Server", kind(self.url, **options) if self.url else kind(**options))


def _refuse_address(adapter: str, url: str, schemes: tuple[str, ...]) -> None:
    """Refuse an address that an adapter can't take; what stands before an @ is never shown."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        rule = " or ".join(f"{adapter}+{scheme}://HOST:PORT" for scheme in schemes)
        raise LoadError(f"--target: {adapter} needs an address, {rule}")
    if parts.username is not None or parts.password is not None:
        rule = "an address must not hold a user name or a password"
        raise LoadError(f"--target: {rule}; give them in the environment or a file")
