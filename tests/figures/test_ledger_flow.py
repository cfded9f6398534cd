"""The flow diagram's numbers are the ledger's own, and its labels and bands do not overlap."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import load_scenario, run
from simulation.drawing.lettering import ems, spread, wrap
from simulation.figures import ledger_flow
from simulation.figures.flows import flows
from simulation.figures.sankey import column
from simulation.figures.switch_off import JOINT, SWITCHES, ratio_of, switch_off_effects
from simulation.ledger.accounts import FLOWS

AMOUNTS = st.lists(st.floats(0, 5), min_size=1, max_size=12)


@pytest.mark.parametrize(
    "values",
    [{}, {"leverage.downward": 0.8, "leverage.horizontal": 0.5}, {"plan.kind": "uniform"}, {"instruction.week": 5}],
)
def test_totals_stage_by_stage_are_what_was_booked(values):
    result = run(load_scenario("classroom").with_values({"structure.citizens": 600, **values}), seed=1)
    booked = result.model.record.booked.sum(axis=(0, 1))
    found = flows(result)
    for row, flow in enumerate(FLOWS):
        if flow.kind == "source":
            assert found.sources.get((flow.account, flow.target), 0.0) == pytest.approx(booked[row], abs=1e-6)
        if flow.kind == "sink":
            assert found.sinks.get((flow.account, flow.origin), 0.0) == pytest.approx(booked[row], abs=1e-6)


def test_totals_of_several_cities_separate_neighbours_from_adopters():
    units = [{"unit": "P", "parent": "", "tier": "province"}]
    for city in ("A", "B"):
        units.append({"unit": city, "parent": "P", "tier": "city"})
        units += [
            {
                "unit": f"{city}{k}",
                "parent": city,
                "tier": "county",
                "population": 50_000,
                "urban_share": 0.5,
                "residential": 4,
                "villages": 4,
            }
            for k in range(3)
        ]
    base = load_scenario("classroom").to_dict()
    spec = load_scenario(
        {
            "structure": {"units": units, "citizens": 1000},
            "domains": {"a": {"en": "a", "zh": "甲", "matched": ["A0"]}, "b": {"en": "b", "zh": "乙"}},
            "instruction": {"cities": ["A"]},
            "diffusion": {"adopt": 1.0},
            "weeks": base["weeks"],
        }
    )
    result = run(spec, seed=0)
    booked = result.model.record.booked.sum(axis=(0, 1))
    found = flows(result)
    neighbour = next(k for k, flow in enumerate(FLOWS) if flow.account == "diffusion" and flow.target == 0)
    assert booked[neighbour] > 0
    assert found.sources["diffusion", 0] == pytest.approx(booked[neighbour], abs=1e-6)


@given(AMOUNTS, st.floats(0.1, 1))
def test_slots_of_a_column_never_meet_and_hold_their_bands(amounts, text):
    slots = column(amounts, 20.0, text, 0.05)
    for amount, slot in zip(amounts, slots, strict=True):
        assert slot.high - slot.low == pytest.approx(amount)
    for upper, lower in itertools.pairwise(slots):
        assert upper.low >= lower.high - 1e-9
        assert upper.text - lower.text >= text - 1e-9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_labels_are_spread_apart_within_their_room(wanted):
    placed = spread(wanted, 0.1, 0.0, 1.0)
    ranks = np.argsort(wanted, kind="stable")
    ordered = np.array(placed)[ranks]
    assert (np.diff(ordered) >= 0.1 - 1e-9).all()
    assert ordered[0] >= -1e-9
    assert ordered[-1] <= 1.0 + 1e-9


@given(st.text(alphabet="abc def 县区，（）“”M-", max_size=60), st.floats(0.6, 4))
def test_wrapping_keeps_every_sign_and_the_width(text, inches):
    lines = wrap(text, inches, 8.0).split("\n")
    kept = "".join(lines).replace(" ", "").replace("-", "")
    assert kept == text.replace(" ", "").replace("-", "")
    limit = max(inches * 72 / 8.0, 4.0)
    # Closing punctuation hangs: it may not open a line.
    assert all(ems(line) <= limit + 0.7 or ems(line.rstrip("，）”")) <= limit + 0.7 for line in lines)


def test_switching_off_is_measured_on_the_same_seeds():
    spec = load_scenario("classroom").with_values({"weeks": 60})
    effects = switch_off_effects(spec, seeds=(0,), citizens=400)
    assert effects["instruction"] == 0.0
    assert 0 <= effects["need"] < 1
    # Mechanisms that this scenario does not use cannot be switched off.
    assert "horizontal" not in effects
    assert "downward" not in effects
    assert effects == switch_off_effects(spec, seeds=(0,), citizens=400)


def test_every_switch_names_parameters_and_every_loss_a_known_switch():
    spec = load_scenario("zhaoqing")
    for values in SWITCHES.values():
        assert spec.with_values(values).values.items() >= values.items()
    assert set(JOINT.values()) <= SWITCHES.keys()
    assert ratio_of("symbolic", {"execution": 1.2}) == 1.2
    assert ratio_of("undirected", {"execution": 1.2}) is None
    assert ratio_of("need", {"need": float("nan")}) is None


def test_citizens_are_mentioned_only_where_they_were_switched_off() -> None:
    without, with_them = (
        ledger_flow._notes(given, "en") for given in ({"pilot": 0.5}, {"pilot": 0.5, "citizens": 0.4})
    )
    assert with_them[0] == without[0]
    assert with_them[1].startswith(without[1])
    assert "0.40" in with_them[1]
