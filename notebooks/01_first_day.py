import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="1 · A first day")

with app.setup:
    from pathlib import Path

    import marimo as mo

    import sim
    from sim.kpis.targets import verdicts
    from sim.report import notebook as live
    from sim.report import run
    from sim.scenario.vary import Change, varied

    SCENARIO = Path(__file__).resolve().parent.parent / "scenarios" / "web_shop.toml"


@app.cell(hide_code=True)
def _():
    mo.md("""
    # A first day

    A web shop's chat team has made three promises. **Does it keep them on an ordinary weekday, and how sure
    is that?**
    """)
    return


@app.cell(hide_code=True)
def _():
    demand = mo.ui.slider(
        50, 150, 5, 100, label="Demand, % of the forecast", show_value=True, debounce=True, full_width=True
    )
    days = mo.ui.slider(
        10, 200, 10, 20, label="Days simulated", show_value=True, debounce=True, full_width=True
    )
    seed = mo.ui.slider(
        1, 20, 1, 1, label="Other days (seed)", show_value=True, debounce=True, full_width=True
    )
    return days, demand, seed


@app.cell(hide_code=True)
def _(days, demand, seed):
    mo.Html(live.columns(demand, days, seed))
    return


@app.cell(hide_code=True)
def _(days, demand, seed):
    scenario = varied(sim.load(SCENARIO), [Change("queues.0.arrivals.per_hour", "*=", demand.value / 100)])
    estimates, note = live.estimated(scenario, seed.value, days.value)
    promises = verdicts(estimates, scenario)
    result = run.result(scenario, estimates, seed.value)
    return estimates, note, promises, result, scenario


@app.cell(hide_code=True)
def _(note, promises, scenario):
    texts = (live.promise_text(promise, scenario) for promise in promises)
    mo.vstack([mo.Html(live.answer(*texts)), mo.md(note)])
    return


@app.cell(hide_code=True)
def _(result):
    day = live.picture((11, 5.4), result.plot, "day")
    mo.image(day.png, alt=day.alt, style=live.FITS)
    return


@app.cell(hide_code=True)
def _(days):
    mo.md(f"""
    ## What one sees

    *Top*: the chats that come in each half-hour, and those that nobody answered before the customer gave up.
    *Middle*: how many wait. *Bottom*: how long, for those who were answered; the dotted line is the
    threshold that was promised.

    The middle panel has **two bands, and they say different things**. The narrow one is the 95 %
    interval of the mean: how sure we are after {days.value} days. Simulate more days and it shrinks. The wide
    one holds the middle 80 % of the days: how days differ. It stays, for real days differ too, and a team
    that is just right on average is too small on about every second of them.

    - Where is the queue longest, and why there? Look at the breaks and the end of the early shift below.
    - Raise the demand by 5 %. By how much do the missed chats grow? Why not by 5 %?
    - Move to other days with the seed. What stays, and what was luck?
    """)
    return


@app.cell(hide_code=True)
def _(estimates):
    figures = [
        "offered",
        "missed_rate",
        "service_level",
        "asa_s",
        "frt_s",
        "response_s",
        "aht_s",
        "attention",
    ]
    mo.md(f"""
    ## The figures of the day

    {live.figures_table(estimates, figures)}

    *Missed*: the share that got no human reply. *Service level*: the share accepted in time, where those who
    left after the threshold count as late. *ASA*: the mean wait of the accepted. *First response* ends with
    the first reply, *response* is from any message to its reply, and *attention* is the share of their time
    on duty in which agents compose or wrap up. `sim kpis` defines them all.
    """)
    return


@app.cell(hide_code=True)
def _(result):
    team = live.picture((11, 5.4), result.plot, "agents")
    mo.vstack(
        [
            mo.md("""
            ## The team

            An agent is *busy* from the first open chat on, but gives attention only while composing a reply
            or wrapping up. The gap is the customers' time to read, think and type: in it, an agent can serve
            another chat. That is why agents hold several.
            """),
            mo.image(team.png, alt=team.alt, style=live.FITS),
        ]
    )
    return


@app.cell(hide_code=True)
def _(result):
    hour = live.picture((11, 3.4), result.plot, "gantt")
    mo.vstack(
        [
            mo.md("""
            ## One agent's busiest hour

            Each row is a slot, each chat a bar. The agent writes one reply at a time; while three customers
            wait for an answer, two of them wait for the others' replies. **Nobody put that delay in: it comes
            out.** How much of it is worth having is the question of the third notebook, *One more chat?*
            """),
            mo.image(hour.png, alt=hour.alt, style=live.FITS),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
