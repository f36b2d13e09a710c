"""How fast is it? One table of ratios, all taken in one run: `python tests/benchmarks/table.py [--quick]`.

Alternatives take turns, A B A B, and figures are medians of at least five rounds; in brackets stand the smallest and
the largest ratio of a round. Every row first asserts how many events or chats it is about to time. Ciw and
salabim are compared where they are installed. `--quick` takes tiny sizes: it tries the table, not the speed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sim.scenario.files import load  # noqa: E402  the project need not be installed
from tests.benchmarks import comparisons, costs  # noqa: E402
from tests.benchmarks.timing import Row  # noqa: E402


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is timed."""

    rounds: int
    days: int
    """Replications of the web shop's day, where engines and parts are compared."""
    hours: dict[str, int]
    """Of M/M/20+M, in each tool."""
    shop_agents: int
    team_days: dict[int, int]
    """Days for each number of agents, so that all handle as many chats."""
    long_days: tuple[int, ...]
    """Of ten thousand chats each."""
    replications: int
    big_agents: int
    big_chats: int
    starts: int
    """Rounds of starting the command line."""


FULL = Sizes(
    rounds=5,
    days=20,
    hours={"ciw": 24, "salabim": 6},
    shop_agents=24,
    team_days={20: 100, 200: 10, 2000: 1},
    long_days=(1, 10, 100),
    replications=64,
    big_agents=5000,
    big_chats=1_000_000,
    starts=11,
)
QUICK = Sizes(
    rounds=1,
    days=2,
    hours={"ciw": 1, "salabim": 1},
    shop_agents=2,
    team_days={5: 4, 10: 2, 20: 1},
    long_days=(1, 2),
    replications=4,
    big_agents=50,
    big_chats=10_000,
    starts=1,
)


def rows(sizes: Sizes) -> Iterator[Row]:
    """All rows of the table."""
    web_shop = load(ROOT / "scenarios" / "web_shop.toml")
    # First, while this process is small: a child's peak memory is never below its parent's at the start.
    big_day = costs.big_day(sizes.big_agents, sizes.big_chats)
    yield comparisons.kernel_and_reference(web_shop, sizes.days, sizes.rounds)
    for tool, hours in sizes.hours.items():
        yield comparisons.one_at_a_time(tool, hours, sizes.rounds)
    yield comparisons.plain_simpy(sizes.shop_agents, sizes.rounds)
    yield from costs.growing_teams(sizes.team_days, sizes.rounds)
    yield from costs.longer_runs(sizes.long_days, sizes.rounds)
    yield costs.by_work(sizes.days, sizes.rounds)
    yield costs.threads(web_shop, sizes.replications, sizes.rounds)
    yield costs.shares(web_shop, sizes.days, sizes.rounds)
    yield big_day
    yield costs.start(sizes.starts)


def machine() -> str:
    """What the figures were taken on, and when."""
    system = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    libraries = [f"{name} {_version(name)}" for name in ("numpy", "numba", "simpy", "ciw", "salabim")]
    return f"{dt.datetime.now(tz=dt.UTC).date()} · {system} · {python} · {', '.join(libraries)}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def main() -> None:
    """Print the table, row by row as it comes."""
    parser = argparse.ArgumentParser(description="Print a table of how fast the simulator is.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: to try the table, not the speed")
    sizes = QUICK if parser.parse_args().quick else FULL
    print(machine(), "", "| What | Size | Measured | Ratio |", "|---|---|---|---|", sep="\n", flush=True)
    for row in rows(sizes):
        print(row, flush=True)


if __name__ == "__main__":
    main()
