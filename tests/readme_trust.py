"""The table of docs/trust.md: some rows of `sim trust`, written into it from the command's document.

`sim trust --out results && python -m tests.readme_trust results/result.json` writes it anew.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from sim.report.numbers import digits
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "trust.md"
BEGIN, END = "<!-- trust -->\n", "<!-- /trust -->"

SHOWN = (
    ("P1 MMC, a day", "in_target"),
    ("P1 MMC, a day", "asa_s"),
    ("P2 MMCAb, a day", "abandoned"),
    ("P3 MMCBlocked, a day", "blocked"),
    ("P4 SSJ CallCenter, α=400", "lost"),
    ("P8 CCmath Erlang C", "service_level"),
    ("P9 CCmath Erlang X", "abandonment"),
    ("P11 CCmath Erlang Chat", "abandonment"),
    ("P12 R ErlangC", "asa_s"),
    ("B2 three agents, least loaded", "abandonment"),
    ("B2 three agents, most loaded", "abandonment"),
    ("M1 3 chats held, 30 + 60 s", "response_s"),
    ("M2 three slots, by turns", "duration_s"),
    ("V08 sharing, lognormal", "duration_s"),
    ("Patience: lognormal", "abandonment"),
    ("Priorities, customers leave", "abandonment 1"),
    ("Skills, specialist preferred", "abandonment 0"),
    ("Rates and staff by the hour", "present 13"),
    ("Silent customers, by turns", "wasted ÷ held"),
    ("Retries", "offered ÷ customers"),
    ("Leaving the chat", "left ÷ offered"),
    ("Unresolved return, by turns", "resolved ÷ served"),
    ("Agents of different speed", "busy 1 ÷ time"),
)
"""Rows that the page shows."""


def sentence(found: dict[str, Any]) -> str:
    """The whole table in one sentence."""
    scores = [abs(row["z"]) for row in found["rows"] if row["z"] is not None]
    centres = len({row["case"] for row in found["rows"]})
    verdict = "all agree" if not found["failed"] else f"{found['failed']} disagree"
    return (
        f"With seed {found['seed']}: {len(found['rows'])} figures of {centres} centres, {verdict}; the furthest "
        f"is {max(scores):.1f} standard errors off. Some of them:"
    )


def lines(found: dict[str, Any]) -> list[str]:
    """The rows shown, as Markdown."""
    rows = {(row["case"], row["figure"]): row for row in found["rows"]}
    return [line(rows[key]) for key in SHOWN]


def line(row: dict[str, Any]) -> str:
    """One row."""
    unit = row["unit"]
    sign = {"share": " %", "s": " s"}.get(unit, "")
    half = digits(row["half"], unit, 2)
    cells = [
        row["case"],
        row["title"],
        row["published"] or "",
        digits(row["exact"], unit) + sign,
        f"{digits(row['simulated'], unit)} ± {half}{sign}",
        f"{row['z']:+.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def section(found: dict[str, Any]) -> str:
    """What stands between the markers."""
    head = ["| centre | figure | published | exact | simulated, 95 % | z |", "|---|---|---|---|---|---|"]
    return "\n".join([sentence(found), "", *head, *lines(found)]) + "\n"


def main() -> None:
    """Write the section anew from the document that is named."""
    found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    PAGE.write_text(
        re.sub(pattern, lambda _: BEGIN + section(found) + END, text, flags=re.DOTALL), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
