"""What stands in a document? Pages of headings, sentences, tables and pictures, for whoever writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sim.report.documents.texts import Language


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence, or some."""

    text: str
    is_english: bool = False
    """Whether it is in English, whatever the document's language."""
    look: Literal["plain", "note"] = "plain"
    kind: Literal["words"] = "words"


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer: the first sentence says it."""

    question: str
    sentences: tuple[str, ...]
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text."""

    title: str
    heads: tuple[str, ...]
    right: tuple[bool, ...]
    """Columns whose cells stand at the right."""
    rows: tuple[tuple[str, ...], ...]
    """A row of one cell is a heading."""
    notes: tuple[Words, ...] = ()
    is_english: bool = False
    """Whether its title and heads are in English."""
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG, without a declaration, that can stand in a page."""

    svg: str
    title: str
    """What one sees: shown below it, and read aloud."""
    is_english: bool = False
    kind: Literal["picture"] = "picture"


Block = Words | Answer | Grid | Picture


@dataclass(frozen=True, slots=True)
class Part:
    """What begins on a page of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture of whoever sends the document."""

    content: bytes
    form: Literal["svg", "png"]


@dataclass(frozen=True, slots=True)
class Document:
    """All that a document says, in its language."""

    language: Language
    title: str
    subtitle: str
    company: str
    logo: Logo | None
    parts: Sequence[Part]
    made_by: str
    """What made it, at its foot."""
    page: str = field(default="")
    """How a page is counted, with ``{n}`` and ``{of}``."""
