"""What might they have said? Synthetic texts from a small grammar, so that there is something to read.

Nobody said any of it. The same chat of the same seed says the same; what is said has nothing to do with how
long it took to write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from sim.exporters.chats import LABEL, Say

GRAMMAR: Mapping[str, Sequence[str]] = {
    "open": ("<hello>, <trouble>.", "<hello>. <trouble>, what can I do?", "<trouble>. <please>"),
    "hello": ("Hello", "Hi", "Good day", "Hi there"),
    "trouble": (
        "my <thing> has not arrived",
        "I was charged twice for my <thing>",
        "the <thing> does not fit",
        "I can't log in to see my <thing>",
        "I would like to return my <thing>",
        "my voucher for the <thing> is refused",
    ),
    "thing": ("order", "jacket", "headphones", "desk lamp", "coffee maker", "rucksack", "subscription"),
    "please": ("Can you help?", "Could you look into it?", "Please help."),
    "greet": ("<hello>, thanks for writing. <ask>", "<hello>, let me look that up. <ask>"),
    "ask": ("What is the order number?", "Which address did you use?", "When did you order it?"),
    "detail": ("It is <number>.", "<number>, I think.", "Ordered on the <day>.", "I used my usual address."),
    "number": ("10482", "20917", "31755", "40266", "58813"),
    "day": ("3rd", "11th", "19th", "24th"),
    "answer": ("Thank you. <step>", "I see. <step>", "One moment. <step>", "<step> <ask>"),
    "step": (
        "It left our warehouse this morning.",
        "I have sent you a label for the return.",
        "The second charge is being paid back.",
        "I have reset your access.",
        "A new one is on its way.",
    ),
    "go on": (
        "And how long will that take?",
        "<detail>",
        "Will I get a mail about it?",
        "That is not what I see here.",
    ),
    "close": (
        "You are welcome. Have a good day!",
        "Gladly. Write to us again at any time.",
        "<step> Anything else?",
    ),
}
"""What each word in angle brackets may become."""
_SLOT = re.compile(r"<([^>]+)>")


def grammar(seed: int) -> Say:
    """Texts of a *seed*; the first of each chat bears the label."""

    def say(chat: str, k: int, n: int, role: str) -> str:
        if role == "customer":
            rule = "open" if k == 0 else "detail" if k == 2 else "go on"
        else:
            rule = "greet" if k == 1 else "close" if k == n - 1 else "answer"
        text = _grown(f"<{rule}>", f"{seed}:{chat}:{k}")
        text = text[0].upper() + text[1:]
        return f"{LABEL} {text}" if k == 0 else text

    return say


def _grown(text: str, name: str) -> str:
    """Replace words in brackets until none is left, each by a choice that hangs on the *name*."""
    step = 0
    while found := _SLOT.search(text):
        step += 1
        choices = GRAMMAR[found[1]]
        luck = int.from_bytes(blake2b(f"{name}:{step}".encode(), digest_size=4).digest(), "big")
        text = text[: found.start()] + choices[luck % len(choices)] + text[found.end() :]
    return text
