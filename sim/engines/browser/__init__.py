"""What happens, in a browser? The third engine, in JavaScript; and what Python hands it.

Plain modules without a build step, the rule book rule by rule, arrays in and arrays out like the other
engines. `plan` writes what a run begins with; the modules beside it run in pages and in Node.
"""

from sim.engines.browser.plan import demand_of, draws_of, plan_of, team_of

__all__ = ["demand_of", "draws_of", "plan_of", "team_of"]
