"""How a target is named, and what a message bears."""

from __future__ import annotations

import pytest

from sim.drive.adapters import Target
from sim.drive.adapters.base import Message
from sim.errors import LoadError


def test_a_target_is_an_adapter_and_an_address():
    """And the loopback needs none."""
    assert Target.parse("supchat+http://127.0.0.1:8000") == Target("supchat", "http://127.0.0.1:8000")
    assert Target.parse("json-ws+wss://[::1]:8000/chat").host == "::1"
    assert Target.parse("loopback") == Target("loopback", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http://me:secret@127.0.0.1", r"needs an adapter before it, as in supchat\+http"),
        ("supchta+http://127.0.0.1", "no adapter is called 'supchta'; did you mean 'supchat'"),
        ("supchat", r"needs an address, supchat\+http://HOST:PORT or supchat\+https"),
        ("supchat+ws://127.0.0.1", r"needs an address, supchat\+http://HOST:PORT"),
        ("stapel+http://me:secret@127.0.0.1", "must not hold a user name or a password"),
        ("loopback+http://127.0.0.1", "takes no address"),
    ],
)
def test_a_target_that_can_t_be_is_refused_without_its_password(text: str, told: str):
    """Each with what is missing."""
    with pytest.raises(LoadError, match=told) as refused:
        Target.parse(text)

    assert "secret" not in str(refused.value)


def test_a_message_is_read_off_its_text_and_others_are_none():
    """Also where a server makes a page of it."""
    message = Message(by_agent=False, chat=12, turn=3)

    assert Message.of(f"<p>{message.text}</p>") == message
    assert Message.of("Welcome! How can we help you?") is None
