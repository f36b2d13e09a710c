"""Exports with other bytes, values and keys in some places: read, or refused in a sentence; nothing else."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from sim.errors import SimError
from sim.importers.canonical import broken
from sim.importers.load import load
from tests.fuzz import ODD_TEXTS
from tests.importers.reading import EXPORTS

FILES = {
    "zendesk": ("zendesk.json",), "livechat": ("livechat.json",), "intercom": ("intercom.json",),
    "chatwoot": ("chatwoot.json",), "genesys": ("genesys.json",), "amazon_connect": ("amazon_contacts.jsonl", "amazon_a1.json"),
    "salesforce": ("salesforce.csv",), "livehelperchat": ("livehelperchat.json",), "liveperson": ("liveperson.json",),
    "anonymous_bank": ("anonymous_bank.txt",), "ocel": ("ocel.json",),
}  # fmt: skip
TOGETHER = 10
ODD: list[Any] = [
    None, True, 0, -1, 1e308, 10**30, 2**63, 1_772_442_000, "undefined", "2026-13-45T99:00:00Z", "2026-03-02T09:00:00Z",
    [], {}, [[]], {"a": {}}, "\ud800", "=1+1", "1e999", *ODD_TEXTS,
]  # fmt: skip


Node = dict[str, Any] | list[Any]


def places(data: Any) -> list[tuple[Node, Any]]:
    """All values of *data*: each as what holds it, and its key or number there."""
    found: list[tuple[Node, Any]] = []
    inside = [data]
    while inside:
        node = inside.pop()
        steps = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        found += [(node, step) for step in steps]
        inside += [node[step] for step in steps]
    return found


def other_values(text: str, luck: random.Random) -> str:
    """JSON, or lines of it, or CSV, with odd values in some places, or without some keys."""
    if text[0] not in "[{":
        rows = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text else ","))
        for _ in range(luck.randint(1, 4)):
            row = luck.choice(rows)
            if row:
                row[luck.randrange(len(row))] = str(luck.choice(ODD))
        found = io.StringIO()
        csv.writer(found, delimiter="\t" if "\t" in text else ",").writerows(rows)
        return found.getvalue()
    try:
        data = json.loads(text)
    except ValueError:
        return "\n".join(other_values(line, luck) for line in text.splitlines())
    for _ in range(luck.randint(1, 5)):
        every = places(data)
        if not every:
            break
        node, last = luck.choice(every)
        if isinstance(node, dict) and luck.random() < 0.2:
            del node[last]
        else:
            node[last] = copy.deepcopy(luck.choice(ODD))
    return json.dumps(data)


def other_bytes(text: str, luck: random.Random) -> bytes:
    """Bytes with some cut off, doubled, left out or replaced."""
    content = text.encode("utf-8", "replace")
    for _ in range(luck.randint(1, 3)):
        at, n = luck.randrange(len(content) or 1), luck.randint(1, 200)
        content = luck.choice(
            [content[:at], content[:at] + content[at + n :], content[: at + n] + content[at:],
             content[:at] + luck.randbytes(n) + content[at:], content[:at] + b"[" * n + content[at:]]
        )  # fmt: skip
    return content


def reads(platform: str, files: list[Path], folder: Path) -> bool:
    """Whether some files can be read as one export; if so, the laws of the form hold."""
    (folder / "x.log").mkdir(exist_ok=True)
    try:
        log = load(files, folder / "x.log", platform=platform)
    except SimError as error:
        said = str(error)
    else:
        assert list(broken(log.chats, log.messages, log.legs)) == []
        return True
    assert said.strip()
    return False


def fuzz(platform: str, n: int, seed: int) -> int:
    """Read *n* inputs; how many could be.

    Every fifth, whose bytes are damaged, is read by itself, the others together as one export, and in halves
    where that is refused.
    """
    luck, read = random.Random(f"{platform}:{seed}"), 0
    texts = {name: (EXPORTS / name).read_text() for name in FILES[platform]}
    for _ in range(n // TOGETHER):
        with TemporaryDirectory() as place:
            folder, inputs = Path(place), []
            for k in range(TOGETHER):
                is_damaged, files = k % 5 == 0, [folder / f"{k}.{name}" for name in texts]
                for file, text in zip(files, texts.values(), strict=True):
                    values = other_values(text, luck).encode("utf-8", "replace")
                    file.write_bytes(other_bytes(text, luck) if is_damaged else values)
                if is_damaged:
                    read += reads(platform, files, folder)
                else:
                    inputs.append(files)
            read += read_of(platform, inputs, folder)
    return read


def read_of(platform: str, inputs: list[list[Path]], folder: Path) -> int:
    """How many of some inputs can be read."""
    if reads(platform, [file for files in inputs for file in files], folder):
        return len(inputs)
    half = len(inputs) // 2
    return sum(read_of(platform, some, folder) for some in (inputs[:half], inputs[half:])) if half else 0


@pytest.mark.parametrize("platform", FILES)
def test_a_mutated_export_is_read_or_refused(platform: str):
    """Most can be read: what can't is left out, and the laws of the form hold."""
    assert fuzz(platform, 100, seed=1) > 30


@pytest.mark.nightly
@pytest.mark.parametrize("platform", FILES)
def test_many_mutated_exports_are_read_or_refused(platform: str):
    """20,000 for each."""
    assert fuzz(platform, 20_000, seed=2) > 6_000
