"""`sim new --bid`: which scenario does a client's request make, and what does it leave open?"""

from __future__ import annotations

import shlex
from importlib.resources import files
from pathlib import Path

from sim.cli.common import give, stderr
from sim.cli.progress import progress
from sim.errors import printable
from sim.output import refuse_target, write_text


def from_request(target: Path, request: Path, *, seed: int, workers: int | None, force: bool) -> None:
    """Write the scenario of a *request*; a request that is not there is written, to be filled in."""
    refuse_target(target, force=force)
    if not request.exists():
        template = files("sim.scenario").joinpath("rfp.toml").read_text(encoding="utf-8")
        write_text(request, template, force=False)
        again = printable(shlex.join(["sim", "new", str(target), "--bid", str(request)]))
        stderr(f"{printable(str(request))}: written. Fill it in, then again: {again}")
        return
    from sim.report.rfp import result  # noqa: PLC0415
    from sim.report.rfp_scenario import scenario_of  # noqa: PLC0415
    from sim.studies.rfp.file import load_rfp  # noqa: PLC0415
    from sim.studies.rfp.study import size_rfp  # noqa: PLC0415

    rfp = load_rfp(request)
    with progress("Points that are open") as bar:
        found = size_rfp(rfp, seed=seed, workers=workers, progress=bar)
    write_text(target, scenario_of(found), force=force)
    shown = printable(str(target))
    then = f"Next: sim check {shown}, then sim staff {shown}"
    stderr(f"{shown}: written, each number with where it is from. {then}\n")
    give(result(found), json=False)
