"""How does a document become one page that asks for nothing? A template that escapes all that it is given."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.report.documents.content import Document, Grid, Logo, Picture, Words
from sim.report.documents.texts import Language

_MIME = {"svg": "image/svg+xml", "png": "image/png"}


def html(document: Document) -> str:
    """A *document* as one HTML page without scripts, whose policy lets it load nothing."""
    here = files("sim.report.documents")
    style = here.joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.from_string(here.joinpath("report.html").read_text(encoding="utf-8"))
    return template.render(
        document=document,
        style=Markup(style),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:",
        logo=None if document.logo is None else data_address(document.logo),
        words=lambda block: _words(block, document.language),
        english=lambda block: _english(block, document.language),
        cell=_cell,
    )


def data_address(logo: Logo) -> str:
    """A *logo* as an address that holds all of it."""
    return f"data:{_MIME[logo.form]};base64,{base64.b64encode(logo.content).decode()}"


def _english(block: Words | Grid | Picture, language: Language) -> Markup:
    """Attribute of what is in English within a page of another language."""
    return Markup(' lang="en"' if block.is_english and language is not Language.ENGLISH else "")


def _words(block: Words, language: Language) -> Markup:
    look = Markup(' class="note"') if block.look == "note" else ""
    return Markup("<p{}{}>{}</p>").format(look, _english(block, language), block.text)


def _cell(text: str, right: bool, tag: str) -> Markup:
    scope = Markup(' scope="col"') if tag == "th" else ""
    side = Markup(' class="right"') if right else ""
    return Markup("<{0}{1}{2}>{3}</{0}>").format(Markup(tag), scope, side, text)
