"""Servers that take JSON over WebSockets: by template, and what is wrong with a template."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.drive.adapters import Target
from sim.drive.adapters.base import Server
from sim.drive.adapters.pattern import fill, fit
from sim.drive.adapters.template import read_template
from sim.errors import LoadError
from tests.conftest import ROOT
from tests.drive.chat_server import TOKEN, served
from tests.drive.contract import keeps_the_protocol, run

EXAMPLE = ROOT / "docs" / "templates" / "json_ws.toml"


def server_at(place: str, template: Path = EXAMPLE) -> Server:
    """The adapter for the server at a place."""
    return Target.parse(f"json-ws+ws://{place}").server(template=template)


def test_the_example_template_keeps_the_protocol(monkeypatch: pytest.MonkeyPatch):
    """Against the server that it describes."""
    monkeypatch.setenv("CHAT_TOKEN", TOKEN)

    with served() as place:
        run(lambda: keeps_the_protocol(server_at(place), second_take=False))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "{key}"', 'name = "{kee}"', r":\d+:\d+: customer.auth.send: there is no name {kee} here; did you mean 'key'"),
        ("poll_s = 0.1 ", "poll_s = 0.0 ", r"poll_s: must be at least 0.05, got 0.0"),
        ("[agent.close]", "[agent.closing]", r"agent.close: is missing"),
        (', chat = "{chat}" }\n\n[customer.send]', " }\n\n[customer.send]", r"customer.open: match must find {chat}"),
        ('what = "left"', 'what = "gone away"', r"agent.told.1.what: "),
        ("routes = false", "routes = true", r"agent: must be told when a chat is assigned, as routes is true"),
        ("poll_s = 0.1 ", "#", r"agent: must be told of waiting and gone chats, or ask for them"),
        ('{ type = "opened", ask = "{ask}", chat', '{ type = "opened" ask', r"not a template"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_template_is_said_with_its_place(tmp_path: Path, old: str, new: str, told: str):
    """One change of the example each."""
    text = EXAMPLE.read_text()
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1))

    with pytest.raises(LoadError, match=told):
        read_template(path)


def test_without_a_template_or_its_variable_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """The option, the file, the variable."""
    monkeypatch.delenv("CHAT_TOKEN", raising=False)

    with pytest.raises(LoadError, match="--template: the adapter json-ws needs a file"):
        Target.parse("json-ws+ws://127.0.0.1:1").server()
    with pytest.raises(LoadError, match=r"nothing\.toml: can't be read: No such file"):
        server_at("127.0.0.1:1", tmp_path / "nothing.toml")
    with pytest.raises(LoadError, match="needs CHAT_TOKEN in the environment"):
        run(lambda: keeps_the_protocol(server_at("127.0.0.1:1"), second_take=False))


def test_a_pattern_fits_what_has_its_keys_and_a_name_stands_for_one_value():
    """Lists, numbers, texts with names inside, values that are known."""
    pattern = {"to": "room-{chat}", "rows": [{"id": "{id}"}, 1], "on": True}

    assert fit(pattern, {"to": "room-7", "rows": [{"id": 3}, 1], "on": True, "more": 0}, {}) == {
        "chat": "7",
        "id": 3,
    }
    assert fit(pattern, {"to": "room-7", "rows": [{"id": 3}, 1], "on": 1}, {}) is None
    assert fit(pattern, {"to": "hall-7", "rows": [{"id": 3}, 1], "on": True}, {}) is None
    assert fit(pattern, {"to": "room-7", "rows": [{"id": 3}], "on": True}, {}) is None
    assert fit({"a": "{x}", "b": "{x}"}, {"a": 1, "b": "1"}, {}) == {"x": 1}
    assert fit({"a": "{x}", "b": "{x}"}, {"a": 1, "b": 2}, {}) is None
    assert fit({"a": "{x}"}, {"a": 1}, {"x": 2}) is None
    assert fill({"n": ["{x}", "{x}!"], "same": None}, {"x": 2}) == {"n": [2, "2!"], "same": None}
