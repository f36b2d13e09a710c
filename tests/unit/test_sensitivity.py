"""What matters most, and how likely the promise is missed: against what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from sim.draws.busyness import drawn_volumes, expected_volumes
from sim.draws.sampling import draw
from sim.errors import StudyError, VaryError
from sim.runs.executor import executing
from sim.runs.replicate import replicate
from sim.scenario.distributions import Uniform
from sim.scenario.scenario import Scenario
from sim.scenario.vary import read_vary, varied
from sim.studies.inputs import Input, Spans, input_of, usual_inputs
from sim.studies.risk import ANY, Risk, risk, stratified_factors, wilson
from sim.studies.sensitivity import Sensitivity, sensitivity
from tests.worlds import by_turns, by_work, fixed, group, queue, world


def shop(**arrivals: object) -> Scenario:
    return world(
        [queue({"per_hour": 30} | arrivals, by_turns(40, 60, 4), patience=fixed(90))],
        [group(2, concurrency=2)],
        targets={"service_level": 0.8},
    )


def changed(
    scenario: Scenario, inputs: list[Input], figure: str = "service_level", n: int = 20
) -> Sensitivity:
    with executing(1) as executor:
        return sensitivity(scenario, figure, inputs, executor=executor, replications=n)


def risk_of(scenario: Scenario, figure: str = "offered", **more: float) -> Risk:
    with executing(1) as executor:
        return risk(scenario, figure, executor=executor, **more)  # type: ignore[arg-type]


def test_each_effect_is_that_of_the_changed_scenario():
    """Its figure, and a difference that adds up; the widest swing stands on top."""
    scenario = shop()
    inputs = usual_inputs(scenario).inputs
    found = changed(scenario, inputs)

    base = replicate(scenario, replications=20).estimates.figure("service_level")
    assert found.base == base
    assert [bar.swing for bar in found.bars] == sorted((bar.swing for bar in found.bars), reverse=True)
    for bar in found.bars:
        for effect in bar.effects:
            alone = replicate(varied(scenario, effect.side.changes), replications=20).estimates
            assert effect.figure == alone.figure("service_level")
            assert effect.difference.value == pytest.approx(effect.figure.value - base.value)  # type: ignore[operator]
            assert effect.difference.low < effect.difference.value < effect.difference.high  # type: ignore[operator]
    by_title = {bar.title: [effect.difference.value for effect in bar.effects] for bar in found.bars}
    less, more = by_title["Forecast volume"]
    assert less > 0 > more  # type: ignore[operator]
    assert by_title["Absence"][0] < 0  # type: ignore[operator]


def test_ctrl_c_keeps_the_inputs_that_are_done():
    """With the same effects; those not reached are named, and before the first there is nothing."""
    scenario = shop()
    inputs = usual_inputs(scenario).inputs
    whole = changed(scenario, inputs)

    def stopped(after: int) -> Sensitivity:
        def stop(done: int, _: int) -> None:
            if done > after:
                raise KeyboardInterrupt

        with executing(1) as executor:
            return sensitivity(
                scenario, "service_level", inputs, executor=executor, replications=20, progress=stop
            )

    found = stopped(7)
    assert 0 < len(found.bars) < len(inputs)
    assert {bar.title for bar in found.bars} | set(found.unseen) == {each.title for each in inputs}
    assert all(bar in whole.bars for bar in found.bars)
    assert whole.unseen == ()
    with pytest.raises(KeyboardInterrupt):
        stopped(1)


def test_pairing_makes_the_interval_of_a_difference_shorter():
    """The same customers come to both: a tenth more of a handling time is seen in a few days."""
    found = changed(shop(busyness_cv=0.2), usual_inputs(shop()).inputs)
    handling = next(bar for bar in found.bars if bar.title == "Handling time")

    for effect in handling.effects:
        paired = effect.difference.high - effect.difference.low  # type: ignore[operator]
        assert paired < 0.6 * (found.base.high - found.base.low)  # type: ignore[operator]
        assert effect.difference.p < 1e-3


def test_usual_inputs_are_those_that_the_scenario_has():
    """What it lacks, or its laws forbid, is left out with a remark and is no error."""
    scenario = world(
        [queue([60.0], by_work(60, aht_s=[60, 90])), queue([90.0], by_work(60), name="other")],
        [group(concurrency=2, queues=("q", "other"))],
    )
    found = usual_inputs(scenario)

    assert [(each.title, [side.label for side in each.sides]) for each in found.inputs] == [
        ("Handling time", ["−10 %", "+10 %"]),
        ("Absence", ["+5 points"]),
        ("Chats at once", ["−1"]),
    ]
    assert found.remarks == [
        "Forecast volume is left out: all arrivals are at exact times",
        "Patience is left out: no queue has a law of patience",
        "Chats at once +1 is left out: needs a handling time for each of the 3 slots of 'g'",
    ]
    assert usual_inputs(scenario, Spans(0, 0, 0, 0, 0)).inputs == []
    with pytest.raises(StudyError, match="nothing to vary"):
        changed(scenario, [])


def test_laws_are_scaled_by_their_units():
    """All durations a tenth longer, hazards a tenth lower; nothing else, and exact arrivals stay."""
    hazard = {"law": "piecewise_hazard", "edges_s": [0.0, 60.0], "hazard_per_s": [0.002, 0.001]}
    scenario = world(
        [
            queue([5.0], by_turns(40, 60, 4, 20)),
            queue(
                {"per_interval": [2.0] * 48}, {"work_s": Uniform(low_s=10, high_s=30)}, "w", patience=hazard
            ),
        ],
        [group(), group(name="h", queues=("w",))],
    )
    ups = {
        each.title: varied(scenario, each.sides[-1].changes)
        for each in usual_inputs(scenario, Spans(0.1, 0.1, 0.1)).inputs
    }

    turns, work = (each.service for each in ups["Handling time"].queues)
    assert (turns.agent_s.mean_s, turns.customer_s.mean_s, turns.wrap_up_s.mean_s) == pytest.approx(
        (44, 66, 22)
    )  # type: ignore[union-attr]
    assert (work.work_s.low_s, work.work_s.high_s) == pytest.approx((11, 33))  # type: ignore[union-attr]
    patience = ups["Patience"].queues[1].patience
    assert patience.edges_s == pytest.approx((0, 66))  # type: ignore[union-attr]
    assert patience.hazard_per_s == pytest.approx((0.002 / 1.1, 0.001 / 1.1))  # type: ignore[union-attr]
    assert ups["Forecast volume"].queues[1].arrivals.per_interval == pytest.approx([2.2] * 48)
    assert ups["Forecast volume"].queues[0] == scenario.queues[0]


def test_inputs_of_the_users_own():
    """A path and its values, an effect each; too many are a sweep."""
    found = changed(shop(), [input_of(read_vary("groups.0.agents+=-1,1"))], n=5)

    assert [effect.side.label for effect in found.bars[0].effects] == ["−1", "+1"]
    assert found.bars[0].effects[0].difference.value < 0 < found.bars[0].effects[1].difference.value  # type: ignore[operator]
    with pytest.raises(VaryError, match="at most 10 values"):
        input_of(read_vary("groups.0.agents=1:20"))
    with pytest.raises(StudyError, match="did you mean 'service_level'"):
        changed(shop(), usual_inputs(shop()).inputs, "service_levl")
    with pytest.raises(StudyError, match="has no csat"):
        changed(shop(), usual_inputs(shop()).inputs, "csat", n=2)


def test_drawn_volumes_are_those_that_arrivals_come_by():
    """With thousands of chats a day their number is the volume drawn, but for what Poisson's law allows."""
    scenario = shop(per_hour=300, busyness_cv=0.3, interval_cv=0.5).model_copy(
        update={"days": 2, "warm_up_h": 6.0}
    )
    expected, drawn = expected_volumes(scenario), drawn_volumes(scenario, 7, range(3, 6))

    assert expected == pytest.approx(np.array([[300 * 18, 300 * 24]]))
    for r, replication in enumerate(range(3, 6)):
        arrival_s = draw(scenario, 7, replication).arrival_s
        came = [((arrival_s >= 6 * 3600) & (arrival_s < 86_400)).sum(), (arrival_s >= 86_400).sum()]
        assert came == pytest.approx(drawn[r, 0], abs=4.5 * drawn.max() ** 0.5)
    assert drawn.std() > 10 * drawn.max() ** 0.5  # days differ by far more than chance


def test_what_is_drawn_is_expected():
    """Over many replications the volumes' mean is their expectation."""
    scenario = shop(busyness_cv=0.3, interval_cv=0.2)
    drawn = drawn_volumes(scenario, 1, range(4000))

    assert drawn.mean() == pytest.approx(expected_volumes(scenario)[0, 0], rel=0.02)
    assert drawn.std() / drawn.mean() == pytest.approx((0.3**2 + 1.09 * 0.2**2 / 48) ** 0.5, rel=0.05)


def nobody_answers(per_day: float, **more: object) -> Scenario:
    """Who comes is missed: a period misses its target if anybody comes."""
    return world(
        [queue(per_day / 24, by_work(60), patience=fixed(1))],
        [group(0)],
        targets={"max_missed": 0.5},
        **more,
    )


@pytest.mark.parametrize("cv", [0.0, 0.6])
def test_the_probability_to_miss_is_the_exact_one(cv: float):
    """1 − E exp(−λ k F) over k days, F the factor of the forecast, common to the month."""
    found = risk_of(nobody_answers(0.1), months=150, forecast_cv=cv)
    sigma = np.log1p(cv**2) ** 0.5

    assert [(period.name, period.days) for period in found.periods] == [
        ("day", 1),
        ("week", 7),
        ("month", 30),
    ]
    for period in found.periods:
        days = period.days

        def missed(z: float, days: int = days) -> float:
            return float(1 - np.exp(-0.1 * days * np.exp(sigma * z - sigma**2 / 2)))

        exact = quad(lambda z: missed(z) * norm.pdf(z), -8, 8)[0]
        own, whole = period.chances
        assert (own.target, whole.target) == ("max_missed", ANY)
        assert own.low < exact < own.high
        assert own.value == pytest.approx(exact, abs=0.6 * (own.high - own.low))
        assert whole.value == own.value


def test_a_week_of_five_days_leaves_closed_days_out():
    """Saturday and Sunday are no days that keep the promise; months have 22 days, from several replications."""
    scenario = nobody_answers(0.3, days=7)
    closed = scenario.queues[0].arrivals.model_copy(update={"weekday": (1.0,) * 5 + (0.0, 0.0)})
    weekdays = scenario.model_copy(
        update={"queues": (scenario.queues[0].model_copy(update={"arrivals": closed}),)}
    )
    found = risk_of(weekdays, months=40)

    assert [(period.days, period.n) for period in found.periods] == [(1, 880), (5, 160), (22, 40)]
    day, week, _ = (period.chances[0] for period in found.periods)
    assert day.low < 1 - np.exp(-0.3) < day.high
    assert week.low < 1 - np.exp(-1.5) < week.high


def test_variance_is_split_as_it_is_made():
    """Of a day's chats: λ is luck, λ²b²(1 + f²) busyness and λ²f² forecast error, exactly."""
    luck, busyness, forecast = 120.0, (120 * 0.1) ** 2 * 1.0144, (120 * 0.12) ** 2
    scenario = shop(per_hour=5, busyness_cv=0.1)
    found = risk_of(scenario, months=60, forecast_cv=0.12)

    for period in found.periods:
        parts = np.array([luck / period.days, busyness / period.days, forecast])
        shares = (period.luck, period.busyness, period.forecast)
        for share, exact in zip(shares, parts / parts.sum(), strict=True):
            assert share is not None
            assert share.low < exact < share.high
            assert share.value == pytest.approx(exact, abs=0.08)
    assert sum(share.value for share in shares) == pytest.approx(1)  # type: ignore[union-attr]


def test_what_does_not_vary_has_no_shares():
    """And a scenario without promises, forecast or months has no risk."""
    still = world([queue([60.0], by_work(60))], targets={"service_level": 0.8})
    found = risk_of(still, "service_level", months=5)

    assert found.periods[0].luck is None
    assert [period.chances[0].value for period in found.periods] == [0, 0, 0]
    for scenario, more, said in (
        (still, {"forecast_cv": 0.1}, "exact times"),
        (still, {"months": 4}, "at least 5 months, got 4"),
        (world([queue([], by_work(60))], targets={"service_level": 0.8}), {}, "nobody is expected"),
        (world([queue([60.0], by_work(60))]), {}, "promises nothing"),
    ):
        with pytest.raises(StudyError, match=said):
            risk_of(scenario, **more)  # type: ignore[arg-type]


def test_factors_are_the_quantiles_of_their_law():
    """Mean 1, the spread that is asked for, rising."""
    factors = stratified_factors(0.2, 50)

    assert factors.mean() == pytest.approx(1)
    assert factors.std() == pytest.approx(0.2, rel=0.03)
    assert (np.diff(factors) > 0).all()
    assert (stratified_factors(0.0, 7) == 1).all()


def test_wilsons_interval_has_its_coverage():
    """Of 50 throws of a coin of 0.1, the interval holds 0.1 for about 95 % of all outcomes."""
    from scipy.stats import binom

    held = [k for k in range(51) if wilson(k / 50, 50)[0] <= 0.1 <= wilson(k / 50, 50)[1]]
    assert 0.93 < binom.pmf(held, 50, 0.1).sum() < 0.98
