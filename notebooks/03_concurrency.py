import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="3 · One more chat?")

with app.setup:
    from pathlib import Path

    import marimo as mo

    import sim
    from sim.report import notebook as live
    from sim.report.plots import sweep as curves
    from sim.scenario.vary import Change, read_vary, varied
    from sim.studies import caps
    from sim.studies.frontier import one_more

    SCENARIO = Path(__file__).resolve().parent.parent / "scenarios" / "concurrency.toml"
    DAYS = 15


@app.cell(hide_code=True)
def _():
    mo.md("""
    # One more chat?

    **When does one more chat per agent hurt?** With few, customers wait in the queue; with many, for replies.
    """)
    return


@app.cell(hide_code=True)
def _():
    demand = mo.ui.slider(
        20, 120, 5, 60, label="Chats an hour", show_value=True, debounce=True, full_width=True
    )
    agents = mo.ui.slider(2, 12, 1, 6, label="Agents", show_value=True, debounce=True, full_width=True)
    switching = mo.ui.slider(
        0, 50, 2, 18, label="Switching: longer replies, %", show_value=True, debounce=True, full_width=True
    )
    response = mo.ui.slider(
        45, 150, 5, 85, label="Promised response, s", show_value=True, debounce=True, full_width=True
    )
    return agents, demand, response, switching


@app.cell(hide_code=True)
def _(agents, demand, response, switching):
    mo.Html(live.columns(demand, agents, switching, response))
    return


@app.cell(hide_code=True)
def _(agents, demand, response, switching):
    scenario = varied(
        sim.load(SCENARIO),
        [
            Change("name", "=", "One to six chats at once"),
            Change("queues.0.arrivals.per_hour", "=", demand.value),
            Change("groups.0.agents", "=", agents.value),
            Change("groups.0.switching", "=", switching.value / 100),
            Change("targets.max_response_s", "=", response.value),
        ],
    )
    result = sim.sweep(scenario, [read_vary("groups.0.concurrency=1:6")], seed=1, replications=DAYS)
    found = result.found
    simulated, chain = caps.simulated(found), caps.by_theory(found)
    best, best_by_theory = (caps.best(some, response.value) for some in (simulated, chain))
    return best, best_by_theory, chain, found, result, simulated


@app.cell(hide_code=True)
def _(best, best_by_theory, found):
    def told(cap):
        return "none: one chat is too slow already" if cap is None else f"{cap.chats}"

    parts = [
        f"<strong>Best number of chats: {told(best)}</strong><br>theory's chain says: {told(best_by_theory)}"
    ]
    if best is not None:
        point = found.points[best.chats - 1]
        _, missed, response_s = (live.promise_text(promise, point.scenario) for promise in point.verdicts)
        parts += [missed, live.figure_text("frt_s", point.figures["frt_s"]), response_s]
    mo.Html(live.answer(*parts))
    return


@app.cell(hide_code=True)
def _(result):
    trade_off = live.picture((11.6, 5.5), curves.trade_offs, result)
    mo.image(trade_off.png, alt=f"{trade_off.alt}. {' '.join(result.words)}", style=live.FITS)
    return


@app.cell(hide_code=True)
def _(found):
    mo.md(f"""
    ## What one sees

    With one chat at once an agent idles while the customer reads and types: *attention* is low, and customers
    are missed although agents have time. The second chat uses that time. Each further chat finds less of it,
    and the replies of one customer wait for those of the others: the *response* grows, chats last longer, and
    so they hold their slots longer.

    **Attention is the limit.** Once it is used up, one more chat per agent only moves the waiting from the
    queue into the chat. The *first response*, which a customer feels first, has both: the wait in the queue
    and the wait for the first reply. It falls, then rises.

    The **best number** above has the best service level among those whose replies come in time on average; it
    may still break another promise, and then only agents help.

    {live.steps_table(one_more(found))}

    - Raise the chats an hour step by step. The best number falls: the busier the team, the fewer chats each
      should hold. What do you need when even one is too many?
    - Add an agent instead. Why does the best number rise, and why does it hardly matter then?
    - Set *switching* to zero: agents who turn from one chat to another without losing time. How many chats is
      that worth?
    """)
    return


@app.cell(hide_code=True)
def _(chain, simulated):
    mo.md(f"""
    ## What theory says

    Simulated, and in brackets by a formula: how long a reply takes with so many chats open is the
    machine-repair model, and the queue in front is a birth-death chain whose chats are always spread evenly
    over the agents, which real ones are not. It takes no time and is near. It knows one constant rate of
    arrivals and one team, and no day. The rule is the same for both: the highest service level among those
    whose replies come in time, and of equals the fewest missed, then the fewest chats.

    {live.caps_table(simulated, chain)}

    From the shell: `sim theory concurrency --help`, and `sim sweep scenarios/concurrency.toml --vary
    groups.0.concurrency=1:6`.
    """)
    return


if __name__ == "__main__":
    app.run()
