"""A day that was broken off has the duty that there was until then, and no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import sim
from sim.drive.until import until

ROOT = Path(__file__).parents[2]


def test_agents_were_on_duty_until_a_day_was_broken_off():
    scenario = sim.load(ROOT / "scenarios" / "web_shop.toml")
    log = sim.simulate(scenario, sim.draw(scenario, seed=1, replication=0))
    end_s = float(np.min(log.duty.on_s)) + 3600.0
    begun = log.duty.on_s < end_s
    there_s = np.minimum(log.duty.out_s, end_s)[begun] - log.duty.on_s[begun]

    broken = until(log, end_s)
    done = int(np.sum(log.chat.released_s <= end_s))
    kpis = sim.measure(broken, scenario)

    assert 0 < np.sum(begun) < len(begun)
    assert kpis["chats_per_agent_hour"] == done / (np.sum(there_s) / 3600.0)
