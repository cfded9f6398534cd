"""Exact limits of the model: its results when all mechanisms but one are switched off (model §10)."""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.cities import HAMLET, LOSSLESS, counties, finished, zhaoqing
from kit.cities import plain as make
from kit.cities import plain_city as small_city

from simulation import MomentumModel
from simulation.ledger.accounts import DELIVERED

STAGES = ("trend", "authority", "publicity", "settlement", "leverage")
CROWD = [*HAMLET[:2], {**HAMLET[2], "population": 100}]


@settings(max_examples=12)
@given(st.lists(st.floats(0.02, 0.7), min_size=5, max_size=5), st.lists(st.floats(0, 0.3), min_size=5, max_size=5))
def test_without_loss_the_stages_are_a_linear_chain(converts: list[float], fades: list[float]) -> None:
    rates = {
        f"stages.{stage}.{name}": rate
        for name, column in (("convert", converts), ("fade", fades))
        for stage, rate in zip(STAGES, column, strict=True)
    }
    model = finished(make(LOSSLESS | rates | {"weeks": 40, "instruction.intensity": 2.5}))
    step = np.diag(1 - np.array(converts) - np.array(fades)) + np.diag(converts[:4], -1)
    stock = np.array([2.5, 0, 0, 0, 0])
    for week in range(40):
        stock = step @ stock
        np.testing.assert_allclose(model.record.stock[week, 0], stock, rtol=1e-12, atol=1e-15)


def test_a_unit_of_momentum_is_delivered_after_25_weeks_with_variance_100() -> None:
    model = finished(make(LOSSLESS | {"weeks": 500}))
    delivered = model.record.booked[:, 0, DELIVERED]
    week = np.arange(1, 501)
    mean = (week * delivered).sum()
    assert delivered.sum() == pytest.approx(1, abs=1e-12)
    assert mean == pytest.approx(25, abs=1e-9)
    assert ((week - mean) ** 2 * delivered).sum() == pytest.approx(100, abs=1e-7)
    assert delivered[:4].sum() == 0
    assert delivered[4] == pytest.approx(0.2**5, rel=1e-12)


@settings(max_examples=15)
@given(st.floats(0.05, 0.9), st.floats(0.01, 1), st.floats(0.02, 1), st.integers(0, 4))
def test_without_interlock_a_level_approaches_its_fixed_point(
    build: float, intensity: float, relax: float, stage: int
) -> None:
    relax = min(relax, 1 - build * intensity)
    name = f"stages.{STAGES[stage]}"
    spec = make(
        {
            "weeks": 60,
            "transmission.interlock": 0.0,
            f"{name}.start": 3,
            f"{name}.length": np.inf,
            f"{name}.build": build,
            f"{name}.intensity": intensity,
            f"{name}.relax": relax,
        }
    )
    level = finished(spec).record.level[:, 0, stage]
    rate = build * intensity + relax
    exact = build * intensity / rate * (1 - (1 - rate) ** np.maximum(np.arange(60) - 2, 0))
    np.testing.assert_allclose(level, exact, rtol=1e-9, atol=1e-14)


def test_each_stage_rests_on_last_weeks_level_of_the_stage_before() -> None:
    spec = small_city({"weeks": 40, "transmission.interlock": 0.7, "stages.authority.intensity": 0.8})
    level = finished(spec).record.level[:, 0]
    before = np.vstack([np.zeros(5), level[:-1]])
    for k, stage in enumerate(spec.stages.in_order()):
        below = 1.0 if k == 0 else before[:, k - 1]
        week = np.arange(40)
        window = (week >= stage.start) & (week < stage.start + stage.length)
        work = stage.build * stage.effective_intensity * window * (1 - 0.7 + 0.7 * below)
        exact = before[:, k] + work * (1 - before[:, k]) - stage.relax * before[:, k]
        np.testing.assert_allclose(level[:, k], exact, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("seed", [0, 5])
@pytest.mark.parametrize("kind", ["division", "uniform"])
def test_no_signal_moves_nothing_for_ever(seed: int, kind: str) -> None:
    model = finished(small_city({"instruction.intensity": 0.0, "plan.kind": kind, "weeks": 156}), seed)
    assert not model.record.stock.any()
    assert not model.record.booked.any()
    assert not model.state.effect.any()
    assert not model.state.proven.any()
    assert model.population.took_part.any()  # citizens are ready, but there is no site to take part at


def _programme(ratio: float, intensity: float, more: dict[str, Any] | None = None) -> float:
    """Return the final Q of one programme whose need is ``ratio`` times the need that sustains it."""
    q_half, severity, drain = 0.05, 0.5, 0.05 + 0.005
    spec = make(
        {
            "weeks": 1500,
            "transmission.base": 1.0,  # gates and gconf are 1
            "structure.severity_low": severity,
            "structure.severity_high": severity,
            "execution.unlock": ratio * 2 * drain * q_half / severity,
            "execution.lapse": 0.0,
            "execution.w_need": 100.0,
            "execution.noise": 0.01,
            "effect.gain": 0.0,
            "citizens.rule": "none",
            "instruction.renewal": 0.0,
            "instruction.intensity": intensity,
            **(more or {}),
        }
    )
    return float(finished(spec).state.Q[0, 0])


def test_a_programme_sustains_itself_from_the_ignition_bound_on() -> None:
    half = 0.05
    for ratio in (1.01, 1.2, 2.0):
        # Q settles at the upper root of Q² − 2·ratio·q_half·Q + q_half² = 0.
        upper = half * (ratio + np.sqrt(ratio**2 - 1))
        assert _programme(ratio, 1.0) == pytest.approx(upper, rel=1e-3)
    assert _programme(0.98, 1.0) < 1e-3 * half
    assert _programme(0.98, 50.0) < 1e-3 * half


def test_a_signal_below_the_lower_root_dies_out_whatever_the_need() -> None:
    assert _programme(2.0, 0.01) < 1e-6
    assert _programme(2.0, 0.2) > 0.05


def test_without_authority_and_routine_a_programme_needs_more_by_what_lapses() -> None:
    left = 1 - 0.6
    alone = {"execution.lapse": 0.6, "execution.routine": 0.0, "stages.authority.intensity": 0.0}
    for ratio in (1.01, 1.5):
        upper = 0.05 * (ratio + np.sqrt(ratio**2 - 1))
        assert _programme(ratio / left, 1.0, alone) == pytest.approx(upper, rel=1e-3)
    assert _programme(0.98 / left, 50.0, alone) < 1e-4


def test_routine_holds_a_programme_that_authority_has_left() -> None:
    left = {"execution.lapse": 1.0, "stages.authority.length": 60.0, "execution.routine": 0.1}
    kept = _programme(1.5, 1.0, left)
    assert kept == pytest.approx(0.05 * (1.5 + np.sqrt(1.5**2 - 1)), rel=1e-3)
    assert _programme(1.5, 1.0, left | {"execution.routine": 0.0}) < 1e-6


def test_without_ignition_threshold_any_signal_grows() -> None:
    spec = make({"weeks": 1500, "execution.lapse": 0.0, "transmission.base": 1.0, "execution.h": 1.0,
                 "effect.gain": 0.0, "execution.w_need": 100.0, "execution.noise": 0.01, "citizens.rule": "none",
                 "structure.severity_low": 0.5, "structure.severity_high": 0.5, "execution.unlock": 0.02,
                 "instruction.renewal": 0.0, "instruction.intensity": 1e-6})  # fmt: skip
    # Q/(Q + q_half)·unlock·severity = (convert + fade)·Q
    assert finished(spec).state.Q[0, 0] == pytest.approx(0.02 * 0.5 / 0.055 - 0.05, rel=1e-6)


def _crowd(thresholds: np.ndarray) -> int:
    spec = make(
        {"weeks": 130, "citizens.rule": "threshold", "citizens.network": "complete"},
        structure={"units": CROWD, "citizens": "all"},
    )
    model = finished(spec, thresholds=thresholds)
    return int(model.population.took_part.sum())


def test_granovetters_hundred_all_riot_and_one_person_less_stops_it() -> None:
    thresholds = np.arange(100) / 99.5
    assert _crowd(thresholds) == 100
    thresholds[1] = 2 / 99.5
    assert _crowd(thresholds) == 1


def _field(a: float, b: float, start: float, weeks: int, seed: int = 0) -> np.ndarray:
    """Return the weekly share that takes part where u = a + b·(share of the others last week)."""
    spec = make(
        {"weeks": weeks, "transmission.base": 1.0, "citizens.network": "complete", "citizens.b0": a,
         "citizens.b_social": b, "citizens.b_salience": 0.0, "citizens.b_trust": 0.0,
         "citizens.b_platform": 0.0},
        structure={"units": [*HAMLET[:2], {**HAMLET[2], "population": 40_000}], "citizens": "all"},
    )  # fmt: skip
    model = MomentumModel(spec, rng=seed)
    model.citizens.set("took_part", np.arange(40_000) < start * 40_000)
    for _ in range(weeks):
        model.step()
    return model.record.took_part[:, 0]


def test_complete_mixing_follows_the_logit_field() -> None:
    share = _field(-3, 6, 0.3, 40)
    before = np.concatenate([[0.3], share[:-1]])
    error = share - 1 / (1 + np.exp(3 - 6 * before))
    # Each week is a binomial draw of 40,000: five standard deviations.
    assert np.abs(error).max() < 5 * np.sqrt(0.25 / 40_000)


def test_the_logit_field_has_its_three_fixed_points() -> None:
    for start, rest in ((0.0, 0.07072), (0.45, 0.07072), (0.55, 0.92928), (1.0, 0.92928)):
        assert _field(-3, 6, start, 150)[-100:].mean() == pytest.approx(rest, abs=0.002)
    assert np.abs(_field(-3, 6, 0.5, 2) - 0.5).max() < 0.02  # the middle one repels, slowly at first


def test_below_a_slope_of_four_the_logit_field_forgets_its_start() -> None:
    for start in (0.0, 1.0):
        assert _field(-1.7, 3.4, start, 150)[-80:].mean() == pytest.approx(0.5, abs=0.01)


def _largest_cascade(mean_degree: float, people: int = 3000, tries: int = 12) -> float:
    """Return the largest share that one person sets off, over several persons and graphs."""
    spec = make(
        {"weeks": 80, "citizens.rule": "threshold"},
        structure={"units": [*HAMLET[:2], {**HAMLET[2], "population": people}], "citizens": "all"},
    )
    largest = 0.0
    for seed in range(tries):
        graph = networkx.fast_gnp_random_graph(people, mean_degree / (people - 1), seed=seed)
        thresholds = np.full(people, 0.18)
        thresholds[seed] = -1.0  # an innovator
        largest = max(largest, finished(spec, network=graph, thresholds=thresholds).population.took_part.mean())
    return largest


@pytest.mark.parametrize(("mean_degree", "everywhere"), [(0.7, False), (1.7, True), (4.0, True), (8.0, False)])
def test_one_innovator_sets_off_a_global_cascade_only_inside_watts_window(mean_degree: float, everywhere: bool) -> None:
    share = _largest_cascade(mean_degree)
    assert share > 0.4 if everywhere else share < 0.05


DOMAINS: dict[str, Any] = {
    "noise": {"matched": ["Ash"]},
    "water": {"matched": ["Birch"]},
    "waste": {"matched": ["Bureau"]},
    "grid": {},
}


def _cells(spec: Any, seed: int = 3) -> Any:
    from simulation.results import RunResult

    cells = RunResult.of(finished(spec, seed)).cells
    keys = ["community", "domain"]
    return cells.set_index(keys).sort_index()[["severity", "site_since", "effect", "reported", "participation"]]


def _same(one: Any, other: Any) -> None:
    assert list(one.index) == list(other.index)
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    assert one["effect"].max() > 0.1


def test_the_order_of_domains_in_the_file_changes_nothing_where_the_wording_covers_all() -> None:
    # There is room for every adoption; otherwise domains would take scarce room in file order.
    values = {"instruction.wording": 1.0, "execution.capacity": 60.0, "instruction.domain": "water", "weeks": 100}
    one = small_city(values | {"domains": DOMAINS})
    other = small_city(values | {"domains": dict(reversed(DOMAINS.items()))})
    _same(_cells(one), _cells(other))


def test_the_names_of_domains_change_nothing_where_nothing_is_drawn_by_name() -> None:
    renamed = {"noise": "zzz", "water": "mmm", "waste": "aaa"}
    kept = {name: entry for name, entry in DOMAINS.items() if name in renamed}
    values = {
        "instruction.wording": 1.0, "structure.severity_low": 0.4, "structure.severity_high": 0.4,
        "scouting.scout_error": 0.0, "execution.noise": 1e-3, "execution.revise": 1.0, "diffusion.adopt": 0.0,
        "plan.pilot_share": 1.0, "citizens.rule": "none", "effect.alone": 0.3, "weeks": 80,
    }  # fmt: skip
    one = small_city(values | {"domains": kept, "instruction.domain": "noise"})
    other = {renamed[name]: entry for name, entry in kept.items()}
    two = small_city(values | {"domains": other, "instruction.domain": "zzz"})
    _same(_cells(one), _cells(two).rename(index={new: old for old, new in renamed.items()}).sort_index())


def test_the_order_of_units_in_the_file_changes_nothing() -> None:
    rows = counties("Ash", "Birch", "Cedar", "Oak", departments=("Bureau", "Agency"))
    structure = {"citizens": 500}
    tables = {"domains": DOMAINS, "structure": {"units": rows, **structure}}
    other = {"domains": DOMAINS, "structure": {"units": [*rows[:2], *reversed(rows[2:])], **structure}}
    values = {"weeks": 100}
    _same(_cells(make(values, **tables)), _cells(make(values, **other)))


def _mean_and_error(citizens: int, seeds: int, **values: float) -> tuple[float, float]:
    found = [finished(zhaoqing(values, citizens), seed).effectiveness for seed in range(seeds)]
    return float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(seeds))


def _agree(small: int, large: int, seeds: int, **values: float) -> None:
    one, error_one = _mean_and_error(small, seeds, **values)
    other, error_other = _mean_and_error(large, seeds, **values)
    assert abs(one - other) < 3 * np.hypot(error_one, error_other)
    assert abs(one - other) < 0.03


def test_outcomes_agree_at_6000_and_20000_citizens() -> None:
    _agree(6000, 20_000, 10)


def test_outcomes_agree_at_2000_and_20000_citizens_but_for_the_rounding_of_sites() -> None:
    # 2,000 citizens stand in 50 communities: 6 % of a county's five is none, so that one pilot is 20 %. A quarter of
    # them rounds alike at both sizes.
    _agree(2000, 20_000, 10, **{"plan.pilot_share": 0.25})


@pytest.mark.slow
def test_outcomes_agree_at_20000_and_200000_citizens() -> None:
    _agree(20_000, 200_000, 4)
