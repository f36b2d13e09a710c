"""What does an export answer with? Which files were written, and what the platform can't hold."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sim.draws.sampling import draw
from sim.engines import Engine, simulate
from sim.errors import LogError
from sim.exporters.base import Export, held
from sim.exporters.chats import LABEL, unsaid
from sim.exporters.registry import export_of
from sim.exporters.texts import grammar
from sim.importers.folder import Recorded
from sim.importers.simulated import recorded_of
from sim.report.folder import whole_folder
from sim.report.result import Column, Head, Result, Table
from sim.scenario.demand import ByTurns
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural
from sim.scenario.vary import vary

ABOUT = "README.md"
"""Says in the folder that nobody said or did any of it; no importer reads it."""


def export_log(
    scenario: Scenario,
    out: str | Path,
    *,
    to: str = "csv",
    days: int | None = None,
    seed: int = 1,
    messages: bool = False,
    engine: Engine | str = Engine.KERNEL,
    force: bool = False,
) -> Result:
    """Simulate a *scenario*, for so many *days* instead of its own, and write it as a platform's export.

    The folder *out* has the files that `sim.import_log` reads. With *messages* texts are made up by a small
    grammar; without, each is a label. What the platform can't hold is said in the answer.

    Raises
    ------
    LogError
        For a format that there is not, and where a queue served by work has no messages that it needs.
    OutputError
        If the folder can't be written, or holds something and *force* is not given.
    ScenarioError
        If the scenario can't last so long.
    """
    export = export_of(to)
    centre = scenario if days is None else vary(scenario, {"days": days})
    _refuse_work(centre, export)
    log = recorded_of(simulate(centre, draw(centre, seed, 0), engine))
    kept = held(log, export)
    if kept.chats.is_empty():
        raise LogError(
            f"{scenario.name}: nobody came in {plural(centre.days, 'day')}: there is nothing to export"
        )
    with whole_folder(Path(out), force=force) as folder:
        export.write(kept, grammar(seed) if messages else unsaid, folder)
        (folder / ABOUT).write_text(_about(centre, export, seed, messages=messages), encoding="utf-8")
        files = [{"file": file.name, "bytes": file.stat().st_size} for file in sorted(folder.iterdir())]
    return _result(centre, export, log, kept, files, seed)


def _refuse_work(centre: Scenario, export: Export) -> None:
    silent = [queue.name for queue in centre.queues if not isinstance(queue.service, ByTurns)]
    if export.needs_messages and silent:
        raise LogError(
            f"queue {silent[0]!r} is served by work, which has no messages, and {export.title} knows of a "
            "reply by its message alone: export to csv or ocel, or give the queue turns"
        )


def _about(centre: Scenario, export: Export, seed: int, *, messages: bool) -> str:
    texts = "made up by a small grammar" if messages else f"each no more than {LABEL}"
    days = plural(centre.days, "day")
    lost = "".join(f"- {sentence}\n" for sentence in export.lost.values())
    return (
        f"# A simulated centre\n\nSynthetic: {centre.name}, {days} from {centre.start}, "
        f"seed {seed}, as an export of {export.title}. "
        f"Nobody is behind these customers and agents; texts are {texts}.\n"
    ) + (f"\nNot in it:\n\n{lost}" if lost else "")


def _result(
    centre: Scenario, export: Export, log: Recorded, kept: Recorded, files: list[dict[str, object]], seed: int
) -> Result:
    outcomes = log.chats["outcome"].cast(pl.String)
    words = [
        f"{plural(len(kept.chats), 'chat')} and {plural(len(kept.messages), 'message')} of "
        f"{plural(centre.days, 'day')} as an export of {export.title}."
    ]
    if missing := len(log.chats) - len(kept.chats):
        which = ", ".join(
            f"{int((outcomes == name).sum()):,} {name}"
            for name in export.left_out
            if (outcomes == name).any()
        )
        words.append(f"{plural(missing, 'chat')} left out, which are none there: {which}.")
    words += export.lost.values()
    table = Table("files", "Files", (Column("file", "File"), Column("bytes", "Bytes", form="number")), files)
    head = Head("export", (centre.name,), f"seed {seed}, synthetic", seed, None, title=centre.name)
    facts = {
        "to": export.name,
        "chats": len(kept.chats),
        "messages": len(kept.messages),
        "lost": dict(export.lost),
    }
    return Result(head, (), tuple(words), (table,), facts, kept)
