import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="2 · Staffing and waiting")

with app.setup:
    from pathlib import Path

    import marimo as mo

    import sim
    from sim.report import notebook as live
    from sim.report.plots import sweep as curves
    from sim.scenario.vary import Change, read_vary, varied
    from sim.studies.frontier import cheapest

    SCENARIO = Path(__file__).resolve().parent.parent / "scenarios" / "web_shop.toml"
    DAYS = 20


@app.cell(hide_code=True)
def _():
    mo.md("""
    # Staffing and waiting

    A web shop's chat team is on duty from eight to eight. **How many agents keep the promise, and what does
    one agent more or fewer do?**
    """)
    return


@app.cell(hide_code=True)
def _():
    demand = mo.ui.slider(
        50, 150, 5, 100, label="Demand, % of the forecast", show_value=True, debounce=True, full_width=True
    )
    chats = mo.ui.slider(1, 5, 1, 3, label="Chats at once", show_value=True, debounce=True, full_width=True)
    target = mo.ui.slider(
        50, 99, 1, 80, label="Promised within 30 s, %", show_value=True, debounce=True, full_width=True
    )
    agents = mo.ui.slider(2, 16, 1, 7, label="Agents", show_value=True, debounce=True, full_width=True)
    return agents, chats, demand, target


@app.cell(hide_code=True)
def _(agents, chats, demand, target):
    mo.Html(live.columns(demand, chats, target, agents))
    return


@app.cell(hide_code=True)
def _(chats, demand, target):
    shift = {"agents": 1, "start": "08:00", "end": "20:00"}
    scenario = varied(
        sim.load(SCENARIO),
        [
            Change("name", "=", "Web shop"),
            Change("queues.0.arrivals.per_hour", "*=", demand.value / 100),
            Change("groups.0.shifts", "=", [shift]),
            Change("groups.0.concurrency", "=", chats.value),
            Change("targets.service_level", "=", target.value / 100),
            Change("targets.max_response_s", "=", None),
        ],
    )
    result = sim.sweep(scenario, [read_vary("groups.0.shifts.0.agents=2:16")], seed=1, replications=DAYS)
    found = result.found
    fewest = cheapest(found.points)
    return fewest, found, result, scenario


@app.cell(hide_code=True)
def _(agents, fewest, found, scenario):
    chosen = next(point for point in found.points if point.values == (agents.value,))
    if fewest is None:
        headline = "<strong>Fewest agents: more than 16</strong>"
    else:
        headline = (
            f"<strong>Fewest agents: {fewest.values[0]}</strong>{'' if fewest.sure else ', not for sure'}"
        )
    mo.Html(
        live.answer(
            f"{headline}<br>Your {agents.value} give:",
            *(live.promise_text(promise, scenario) for promise in chosen.verdicts),
            live.figure_text("asa_s", chosen.figures["asa_s"]),
        )
    )
    return (chosen,)


@app.cell(hide_code=True)
def _(agents, result):
    trade_off = live.picture(
        (11, 4.9), live.marked(curves.staffing_trade_off, agents.value, f"your {agents.value}"), result
    )
    mo.image(trade_off.png, alt=f"{trade_off.alt}. {' '.join(result.words)}", style=live.FITS)
    return


@app.cell(hide_code=True)
def _(agents):
    mo.md(f"""
    ## What one sees

    *Left*: how long those wait who are answered. *Right*: how many never are. Each mark is a team; it is
    filled if it keeps both promises: the service level that you set, and no more than 5 % missed. The star is
    the smallest that does.

    **The curve is steep, then flat.** While the team is too small, one more agent saves many customers; once
    it is large enough, one more buys almost nothing. The first agent beyond the star is insurance.

    **Each mark has two bars.** The thick one is the 95 % interval of the mean: simulate more days and it
    shrinks. The thin one holds the middle 80 % of the days, and no simulation makes it smaller: on busy days
    your {agents.value} agents do worse than on average. A promise kept on average is broken on many days.

    - Start with one chat at once and raise it. How many agents does the second chat save? The fourth?
    - Raise the demand by half. Do you need half as many agents again? Why fewer?
    - Promise 95 % instead of 80 %. What do those fifteen points cost?
    """)
    return


@app.cell(hide_code=True)
def _(result):
    whole = live.picture((11, 6.4), curves.trade_offs, result)
    mo.vstack(
        [
            mo.md(f"""
            ## The other side

            More agents also answer faster within the chat (*response*), for each holds fewer; and they are
            less busy. {" ".join(result.words)}

            How many chats an agent should hold is the next question: see *One more chat?* And a team that is
            the same all day is too large at eight and too small at eleven: `sim staff` finds one for every
            half-hour.
            """),
            mo.image(whole.png, alt=whole.alt, style={"max-width": "100%"}),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
