"""Each mechanism of spread and chance has no effect at zero, and at strength the stated one (model §§7-8)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.cities import counties, finished
from kit.cities import plain as make
from kit.cities import plain_city as small_city

from simulation import MomentumModel
from simulation.agents.adoption import willingness
from simulation.agents.modes import oversight_of
from simulation.agents.turnover import replace_leaders
from simulation.ledger.accounts import ADOPTION, DOWNWARD, FLOWS, HORIZONTAL, NEIGHBOUR, RENEWAL, STRETCH
from simulation.world.parameters import compile_parameters

EAGER = {"evaluation.proven_at": 0.1, "diffusion.adopt": 1.0, "weeks": 80, "execution.capacity": 30.0}
MECHANISMS = ("learn", "coerce", "follow", "salient", "compete")


def _only(**weights: float) -> dict[str, Any]:
    return {f"diffusion.{name}": weights.get(name, 0.0) for name in MECHANISMS}


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6), st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_willingness_is_the_sum_of_four_mechanisms_and_need(weights: list[float], seen: list[float]) -> None:
    adopt, *each = weights
    values = {"diffusion.adopt": adopt, **dict(zip((f"diffusion.{name}" for name in MECHANISMS), each, strict=True))}
    reported, oversight, following, severity, own = seen
    terms = np.dot(each, [reported, oversight, following, severity, max(0.0, reported - own)])
    chance = willingness(compile_parameters(small_city(values))[0], reported, oversight, following, severity, own)
    assert chance == pytest.approx(min(1.0, adopt * terms))


def test_without_willingness_nobody_adopts() -> None:
    for values in ({"diffusion.adopt": 0.0}, _only()):
        model = finished(small_city(EAGER | values))
        assert model.state.proven.any()
        assert not model.record.booked[:, :, ADOPTION].any()


@pytest.mark.parametrize("name", MECHANISMS)
def test_each_mechanism_alone_makes_counties_adopt(name: str) -> None:
    model = finished(small_city(EAGER | _only(**{name: 1.0})), 1)
    adopted = model.record.booked[:, 0, ADOPTION]
    assert adopted.any()
    # Each adoption starts with ignite·q_half, at reviews alone.
    count = adopted / (0.5 * 0.05)
    np.testing.assert_allclose(count, np.round(count), atol=1e-9)
    assert not adopted[np.arange(80) % 13 != 0].any()
    assert count.sum() + 4 == pytest.approx(model.state.has.sum())  # the plan's four, and those adopted


def test_the_sure_adopt_at_once_and_departments_never() -> None:
    spec = small_city(EAGER | _only(learn=1.0, coerce=1.0, follow=1.0, salient=1.0, compete=1.0) | {"weeks": 130})
    model = MomentumModel(spec, rng=2)
    while not model.state.proven.any():
        model.step()
    county = ~model.ground.is_department
    assert (model.week - 1) % 13 == 0
    new = model.state.has & (model.state.since == model.week - 1)
    assert new.any()
    assert not new[:, ~model.state.proven[0]].any()
    assert not new[~county].any()
    assert (model.state.mode[new] >= 0).all()


def test_a_county_without_room_declines() -> None:
    # One domain in hand at full effort: (1 + 1)/capacity must not exceed .7.
    for capacity, expected in ((1.9, False), (60.0, True)):
        values = EAGER | {
            "execution.capacity": capacity, "execution.routine": 0.0, "transmission.meeting_cost": 0.0,
            "execution.w_need": 100.0, "execution.w_load": 0.0,
        }  # fmt: skip
        model = finished(small_city(values), 1)
        assert (model.state.mode[model.state.has] == 0).all()
        assert model.record.booked[:, :, ADOPTION].any() == expected


def test_a_county_that_was_not_engaged_may_adopt_and_is_engaged_from_then_on() -> None:
    model = MomentumModel(small_city(EAGER | {"scouting.breadth": 0.5, "weeks": 110}), rng=1)
    model.run_for(20)
    outside = ~model.state.engaged & ~model.ground.is_department
    assert outside.any()
    model.run_for(90)
    joined = outside & model.state.has.any(axis=1)
    assert joined.any()
    assert model.state.engaged[joined].all()
    assert (model.state.B[joined] > 1e-3 * model.state.B[model.state.engaged].max()).all()


def test_without_a_plan_there_is_neither_roll_out_nor_adoption() -> None:
    model = finished(small_city(EAGER | {"stages.settlement.intensity": 0.0, "evaluation.proven_at": 0.0}), 1)
    assert model.state.proven.any()
    assert not model.record.booked[:, :, ADOPTION].any()
    assert (model.state.share[model.state.has] == 0.06).all()
    assert not model.cities[0].planned


def test_roll_out_raises_the_share_by_authority_each_quarter_where_execution_is_substantive() -> None:
    model = MomentumModel(small_city({"evaluation.proven_at": 0.1, "diffusion.adopt": 0.0}), rng=1)
    grown = 0
    for week in range(100):
        share, level = model.state.share.copy(), model.state.level
        model.step()
        s = model.state
        rolled = s.has & s.proven[0] & (s.mode == 0) & (week % 13 == 0) & (week >= 26)
        if week > 16:
            exact = np.where(rolled, np.minimum(1, share + 0.11 * level[0, 1]), share)
            np.testing.assert_allclose(s.share, exact, rtol=1e-12)
        grown += rolled.sum()
        size = np.diff(model.ground.unit_place)[:, None]
        wanted = np.maximum(1, np.floor(s.share * size + 0.5))
        assert (s.sites[s.has] == wanted[s.has]).all()
    assert grown > 4


def _downward(**values: Any) -> MomentumModel:
    return finished(small_city({"citizens.b0": 1.0, "weeks": 70, "leverage.downward_at": 0.2} | values), 4)


def test_without_downward_leverage_no_community_acts_unasked() -> None:
    assert not _downward().record.booked[:, :, DOWNWARD].any()


def test_nobody_acts_unasked_where_too_few_would_take_part() -> None:
    for values in ({"leverage.downward_at": 1.0}, {"citizens.b0": -50.0}, {"citizens.rule": "none"}):
        assert not _downward(**{"leverage.downward": 1.0}, **values).record.booked[:, :, DOWNWARD].any()


def test_ready_communities_open_a_site_in_their_top_concern() -> None:
    model = MomentumModel(
        small_city({"citizens.b0": 1.0, "leverage.downward": 1.0, "leverage.downward_at": 0.2,
                    "evaluation.rollout": 0.0, "diffusion.adopt": 0.0}), rng=4
    )  # fmt: skip
    s, g = model.state, model.ground
    model.run_for(13)
    covered = s.covered.copy()
    model.step()
    opened = s.covered & ~covered
    top = g.severity[g.community_county].argmax(axis=1)
    assert (opened.sum(axis=1) <= 1).all()
    assert opened.any()
    assert not covered[np.arange(len(top)), top].all()
    # All are ready here: every community now has a site in its top concern.
    assert s.covered[np.arange(len(top)), top].all()
    pilots = g.pilots[g.community_county[np.flatnonzero(opened.any(axis=1))]]
    assert s.booked[0, DOWNWARD] == pytest.approx((0.5 * 0.05 / pilots).sum())
    assert s.booked[0, DOWNWARD] > 0


def test_experts_add_a_hundredth_of_ignition_a_week_and_halve_the_error() -> None:
    assert not finished(small_city()).record.booked[:, :, HORIZONTAL].any()
    model = MomentumModel(small_city({"leverage.horizontal": 0.8}), rng=2)
    model.run_for(30)
    Q = model.state.Q.copy()
    model.step()
    exact = (0.01 * 0.8 * Q**2 / (Q**2 + 0.05**2))[model.state.has].sum()
    assert model.state.booked[0, HORIZONTAL] == pytest.approx(exact, rel=1e-12)
    assert compile_parameters(model.spec)[0].scouting.scout_error == pytest.approx(0.35 * 0.6)


TWO = counties("Ash", "Birch", "Cedar") + counties("Elm", "Fir", city="Neighbour")[1:]
FAR = counties("Ash", "Birch", "Cedar") + counties("Elm", "Fir", city="Neighbour", province="Other")


def _two(rows: list[dict[str, Any]], **values: Any) -> MomentumModel:
    spec = make(
        EAGER | {"weeks": 110} | values,
        structure={"units": rows, "citizens": 300},
        domains={"noise": {}, "water": {}},
        instruction={"cities": ["City"]},
    )
    return finished(spec, 3)


def test_a_neighbouring_city_begins_by_diffusion() -> None:
    model = _two(TWO)
    here, there = (model.hierarchy.cities.index(name) for name in ("City", "Neighbour"))
    got = model.record.booked[:, there, NEIGHBOUR]
    week = int(np.flatnonzero(got)[0])
    assert week % 13 == 0
    assert got.sum() == got[week] == pytest.approx(0.5)  # ignite·1.0, once
    assert model.state.origin[there] == week + 1
    level = model.record.level
    assert not level[: week + 1, there].any()
    np.testing.assert_allclose(level[week + 1 :, there], level[: 109 - week, here], rtol=1e-12)  # its own weeks
    assert model.record.stock[-1, there].sum() > 0
    assert not model.record.booked[:, there, RENEWAL].any()  # the leader has instructed nothing there
    assert not model.record.booked[: week + 1, there].any(axis=0)[[f.account != "diffusion" for f in FLOWS]].any()


def test_a_neighbour_without_willingness_or_in_another_province_stays_out() -> None:
    for model in (_two(TWO, **{"diffusion.adopt": 0.0}), _two(TWO, **_only()), _two(FAR)):
        there = model.hierarchy.cities.index("Neighbour")
        assert not model.record.stock[:, there].any()
        assert model.state.origin[there] < 0


def test_renewal_pays_for_rises_of_the_best_report_once() -> None:
    for renewal in (0.0, 0.7):
        model = finished(small_city({"instruction.renewal": renewal, "instruction.intensity": 2.0, "weeks": 100}), 1)
        assert model.state.best[0] > 0.1
        paid = model.record.booked[:, 0, RENEWAL]
        assert paid.sum() == pytest.approx(renewal * 2.0 * model.state.best[0])
        assert not paid[np.arange(100) % 13 != 0].any()


def test_the_best_report_is_the_mean_over_active_domains_before_the_review() -> None:
    model = MomentumModel(small_city(), rng=1)
    for _ in range(3):
        model.run_for(13 if model.week else 26)
        # The review comes last in weeks 26, 39, …, so it sees the effect of its own week.
        best = model.state.best[0]
        active = model.state.active[0].copy()
        model.step()
        cells = model.record
        row = model.week - 1
        if (cells.sites[row] == cells.sites[row - 1]).all():
            seen = np.where(cells.reports[row, 0] > 0, cells.reported[row, 0] / np.maximum(cells.reports[row, 0], 1), 0)
            assert model.state.best[0] == pytest.approx(max(best, seen[active].mean()))


def test_wording_that_covers_everything_stretches_nothing() -> None:
    assert not finished(small_city({"instruction.wording": 1.0})).record.booked[:, :, STRETCH].any()
    assert finished(small_city()).record.booked[:, :, STRETCH].any()


def test_turnover_halves_what_a_leader_had_built() -> None:
    model = MomentumModel(small_city({"weeks": 10}), rng=0)
    s, g = model.state, model.ground
    rate, weeks, left = 13.0, 2000, 0
    rows = compile_parameters(small_city({"turnover.rate": rate}))
    for week in range(weeks):
        s.confidence[:], s.routine[:], s.level[:] = 0.8, 0.6, 0.5
        replace_leaders(rows, g, s, week)
        gone = s.confidence == 0.4
        left += gone.sum()
        assert (s.confidence[~gone] == 0.8).all()
        assert (s.routine[gone] == 0.3).all()
        assert (s.routine[~gone] == 0.6).all()
        assert s.level[0].tolist() in ([0.5] * 5, [0.25, 0.25, 0.5, 0.5, 0.5])
    chance = 1 - np.exp(-rate / 52)
    trials = weeks * len(model.hierarchy.units)
    assert abs(left / trials - chance) < 5 * np.sqrt(chance * (1 - chance) / trials)


def test_rivals_divide_attention_as_often_and_as_long_as_they_come() -> None:
    assert (MomentumModel(small_city(), rng=0).ground.undivided == 1).all()
    rate, length, weeks = 4.0, 9, 4000
    model = MomentumModel(small_city({"rivals.rate": rate, "rivals.length": length, "weeks": weeks}), rng=0)
    active = 1 / model.ground.undivided[:, 0] - 1
    np.testing.assert_allclose(active, np.round(active), atol=1e-9)
    mean = rate / 52 * length
    # A moving sum of `length` independent Poisson weeks: the mean's error is that of weeks/length draws of it.
    assert abs(active[length:].mean() - mean) < 5 * np.sqrt(mean * length / weeks)
    rising = np.diff(active, prepend=0) > 0
    assert rising.any()
    starts = np.flatnonzero(np.diff(active, prepend=0) > 0)
    alone = [
        t for t in starts if active[t] == 1 and active[max(t - 1, 0)] == 0 and not rising[t + 1 : t + length].any()
    ]
    assert alone
    assert all((active[t : t + length] == 1).all() for t in alone)
    # Then the campaign is over, unless another one arrives in that very week.
    assert np.mean([active[t + length] for t in alone if t + length < weeks]) < 0.3


def test_rivals_slow_the_levels_by_the_attention_they_take() -> None:
    model = finished(small_city({"rivals.rate": 20.0, "transmission.interlock": 0.0, "weeks": 40}))
    attention, level = model.ground.undivided[:, 0], model.record.level[:, 0, 0]
    before = np.concatenate([[0.0], level[:-1]])
    window = np.arange(40) < 26
    np.testing.assert_allclose(level, before + 0.25 * attention * window * (1 - before) - 0.03 * before, rtol=1e-12)
    assert attention.min() < 0.5


def test_synergies_are_what_they_say_and_nothing_at_zero() -> None:
    def compiled(**values: float) -> Any:
        return compile_parameters(small_city({f"synergies.{name}": value for name, value in values.items()}))[0]

    plain = compiled()
    assert compiled(self_governance=0.5).citizens.b_platform == pytest.approx(plain.citizens.b_platform * 1.5)
    assert compiled(law=0.5).execution.w_over == pytest.approx(plain.execution.w_over * 1.5)
    assert compiled(moral=0.5).citizens.b_trust == pytest.approx(plain.citizens.b_trust * 1.25)
    assert compiled(smart=0.5).evaluation.inflate == pytest.approx(plain.evaluation.inflate * 0.5)
    assert compiled(smart=0.5).scouting.scout_error == pytest.approx(plain.scouting.scout_error * 0.75)
    for level in (0.0, 0.3, 1.0):
        o = 0.8 * level
        assert oversight_of(compiled(), level) == pytest.approx(o)
        assert oversight_of(compiled(political=0.5), level) == pytest.approx(o + 0.15 * (1 - o))
    assert (plain.citizens.b_platform, plain.execution.w_over, plain.citizens.b_trust) == (0.8, 2.0, 1.2)
    assert (plain.evaluation.inflate, plain.scouting.scout_error) == (0.35, 0.35)


def test_a_dropped_domain_keeps_no_site_and_drains() -> None:
    model = MomentumModel(small_city({"weeks": 40, "diffusion.adopt": 0.0}), rng=0)
    model.run_for(16)
    had, Q = model.state.has.copy(), model.state.Q.copy()
    assert had[:, model.ground.point].all()
    model.step()
    dropped = had & ~model.state.has
    assert dropped.any()
    assert not model.state.sites[dropped].any()
    np.testing.assert_allclose(model.state.Q[dropped], Q[dropped] * (1 - 0.05 - 0.005), rtol=1e-12)
    assert (model.state.effect[:, model.ground.point] > 0).any()
