"""How does a picture stand within a page? As SVG whose names clash with no other's.

Styles become attributes, for the page's policy allows none but its own; text stays text, which can be found
and copied. The same picture is the same letters.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from io import BytesIO

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from sim.report.plots.style import styled

SVG = "http://www.w3.org/2000/svg"
LINK = "http://www.w3.org/1999/xlink"
FONTS = "'DejaVu Sans', Verdana, sans-serif"
"""Verdana has the widths of the font that pictures are laid out in, where that is missing."""
_FONT = re.compile(r"(?P<words>(?:[a-z0-9]+ )*?)(?P<size>[\d.]+)px (?P<family>.+)")
_URL = re.compile(r"url\(#([^)]+)\)")
_DIGITS = re.compile(r"-?\d+\.\d{3,}")
_COORDINATES = {"d", "x", "y", "transform", "width", "height", "points"}

ET.register_namespace("", SVG)
ET.register_namespace("xlink", LINK)


@styled
def svg_of(figure: Figure, name: str, title: str) -> str:
    """A *figure* as SVG for a page, its ids begun with *name*; *title* is read aloud."""
    written = BytesIO()
    FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
        written, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    root = ET.fromstring(written.getvalue())
    for each in list(root):
        if each.tag == f"{{{SVG}}}metadata":
            root.remove(each)
    for parent in root.iter():
        for child in list(parent):
            if child.tag == f"{{{SVG}}}style":
                parent.remove(child)
    for each in root.iter():
        _cleaned(each, name)
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title")
    root.attrib.pop("height", None)
    root.set("width", "100%")
    shown = ET.Element(f"{{{SVG}}}title", {"id": f"{name}-title"})
    shown.text = title
    root.insert(0, shown)
    return ET.tostring(root, encoding="unicode")


def _cleaned(each: ET.Element, name: str) -> None:
    """Make names of an element its picture's own, and its style attributes."""
    for key, value in _declared(each.attrib.pop("style", "")):
        each.set(key, value)
    if "id" in each.attrib:
        each.set("id", f"{name}-{each.get('id')}")
    if each.get(f"{{{LINK}}}href", "").startswith("#"):
        each.set(f"{{{LINK}}}href", f"#{name}-{each.get(f'{{{LINK}}}href', '')[1:]}")
    for key, value in list(each.attrib.items()):
        if "url(#" in value:
            each.set(key, _URL.sub(rf"url(#{name}-\1)", value))
        elif key in _COORDINATES:
            each.set(key, _DIGITS.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), value))
    is_text = each.tag in {f"{{{SVG}}}text", f"{{{SVG}}}tspan"}
    if not is_text and each.text is not None and not each.text.strip():
        each.text = None
    if each.tail is not None and not each.tail.strip():
        each.tail = None


def _declared(style: str) -> list[tuple[str, str]]:
    """Attributes that say what a *style* says."""
    found = []
    for declared in filter(None, (part.strip() for part in style.split(";"))):
        key, _, value = declared.partition(":")
        key, value = key.strip(), value.strip()
        font = _FONT.fullmatch(value) if key == "font" else None
        if font is None:
            found.append((key, value))
            continue
        found += [("font-size", f"{font['size']}px"), ("font-family", FONTS)]
        for word in font["words"].split():
            found.append(("font-style" if word in {"italic", "oblique"} else "font-weight", word))
    return found
