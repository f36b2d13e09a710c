"""What may be loaded, and how fast."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import pytest

from sim.drive.adapters import Target
from sim.drive.safety import refuse_host, refuse_rate
from sim.drive.schedule import refuse_unplayable
from sim.errors import LoadError
from sim.scenario.files import load
from tests.conftest import ROOT


@pytest.mark.parametrize("host", ["", "127.0.0.1", "127.8.9.1", "::1", "localhost", "::ffff:127.0.0.1"])
def test_this_machine_may_be_loaded(host: str):
    refuse_host(host)


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::1", "0.0.0.0", "::ffff:192.0.2.7"])
def test_another_machine_may_not_unless_it_is_named(host: str):
    with pytest.raises(LoadError, match=f"--i-may-load {host}"):
        refuse_host(host)
    with pytest.raises(LoadError, match="is another machine"):
        refuse_host(host, "example.org")
    refuse_host(host, host)


def test_all_addresses_of_a_name_must_be_of_this_machine(monkeypatch: pytest.MonkeyPatch):
    """One that leads elsewhere too is refused, and so is one that leads nowhere."""

    def found(host: str, *_: Any, **__: Any) -> list[Any]:
        if host == "nowhere.test":
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (address, 0)) for address in ("127.0.0.1", "192.0.2.7")]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(LoadError, match=r"chat\.test \(192\.0\.2\.7\) is another machine"):
        refuse_host("chat.test")
    with pytest.raises(LoadError, match=r"'nowhere\.test' is no known machine: Name or service not known"):
        refuse_host("nowhere.test")


def test_a_rate_above_the_cap_is_refused():
    refuse_rate(20)
    with pytest.raises(LoadError, match=r"up to 21 chats .* take a lower --speed, or a higher --max-rate"):
        refuse_rate(21)
    refuse_rate(21, 30)


def test_a_template_is_refused_where_it_describes_nothing(tmp_path: Path):
    with pytest.raises(LoadError, match="--template: is for json-ws alone, and the target is loopback"):
        Target.parse("loopback").server(tmp_path / "any.toml")


def test_the_guide_says_which_scenarios_can_be_driven():
    """Each of the folder once, and the reason is what is told."""
    guide = (ROOT / "docs" / "load.md").read_text().partition("## Which scenarios can be driven")[2]
    rows = [
        line.split("|")[1:3] for line in guide.partition("\n## ")[0].splitlines() if line.startswith("| `")
    ]
    listed = {name: why.strip() for names, why in rows for name in re.findall(r"`(\w+)`", names)}

    for file in sorted((ROOT / "scenarios").glob("*.toml")):
        why = listed.pop(file.stem)
        try:
            refuse_unplayable(load(file), "it")
        except LoadError as error:
            told = "by work" if "served by work" in str(error) else str(error).rpartition(": ")[2]
            assert told in why
        else:
            assert why == "yes"
    assert listed == {}
