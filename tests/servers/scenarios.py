"""Which days are played on real servers? A small team whose doors are open for some minutes from nine o'clock on."""

from __future__ import annotations

INTERVAL_MIN = 5
_TEXT = """
name = "{minutes} minutes"
start = 2026-03-02
days = 1
interval_min = {interval_min}

[hours]
open = 09:00:00
close = 09:{minutes:02}:00

[targets]
threshold_s = 60

[[queues]]
name = "chat"
arrivals = {{ per_interval = {volumes} }}
patience = {{ law = "exponential", mean_s = {patience_s} }}

[queues.service]
turns = {{ law = "geometric", mean = 2.5 }}
agent_s = {{ law = "lognormal", mean_s = 18, cv = 0.5 }}
customer_s = {{ law = "lognormal", mean_s = 20, cv = 0.5 }}
wrap_up_s = {{ law = "exponential", mean_s = 8 }}

[[groups]]
name = "team"
queues = ["chat"]
concurrency = 2
agents = 3
"""


def text(minutes: int, per_hour: float = 200, patience_s: float = 120) -> str:
    """A file of a day of so many minutes: nobody comes before or after."""
    before, open_for = 9 * 60 // INTERVAL_MIN, minutes // INTERVAL_MIN
    after = 24 * 60 // INTERVAL_MIN - before - open_for
    volumes = [0.0] * before + [per_hour * INTERVAL_MIN / 60] * open_for + [0.0] * after
    return _TEXT.format(minutes=minutes, interval_min=INTERVAL_MIN, volumes=volumes, patience_s=patience_s)
