"""Mechanisms switched off in every combination, and what each contributes."""

from __future__ import annotations

import known_functions as known
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.experiments import ablate
from simulation.experiments.ablation import shapley
from simulation.files.errors import InputError


def once(parameters, seed):
    """Run in one replicate only, and say so by failing in the others."""
    if seed != worker_seed():
        raise ValueError("another replicate")
    return {"effectiveness": 1.0}


def worker_seed():
    from simulation.experiments.running.seeds import run_seed

    return run_seed(0, 0)


@pytest.mark.parametrize("off", [{}, {f"m{number}": {f"m{number}": 0} for number in range(40)}])
def test_an_ablation_of_nothing_or_of_more_than_can_be_combined_is_refused(off):
    with pytest.raises(InputError, match="mechanisms can be switched"):
        ablate(known.plain, off=off, workers=0)


def test_an_ablation_that_ran_in_one_replicate_only_is_refused():
    with pytest.raises(InputError, match="fewer than two replicates"):
        ablate(once, off={"m": {"m": 0}}, replicates=2, workers=0)


@given(st.lists(st.floats(-10, 10), min_size=16, max_size=16))
def test_shapley_contributions_add_up(worth):
    values = shapley(np.array(worth), 4)
    assert values.sum() == pytest.approx(worth[15] - worth[0], abs=1e-9)


def test_shapley_of_the_glove_game_is_the_textbooks():
    # One left glove (0), two right ones (1, 2): a pair is worth 1.
    worth = [float(c & 1 and c >> 1 > 0) for c in range(8)]
    assert shapley(np.array(worth), 3).tolist() == pytest.approx([4 / 6, 1 / 6, 1 / 6])


def stages(parameters, seed):
    on = {
        s: parameters.get(f"stages.{s}.intensity", 1.0)
        for s in ("trend", "authority", "publicity", "settlement", "leverage")
    }
    chance = (seed % 89) / 89
    return {
        "effectiveness": 0.1 * on["trend"] + on["authority"] * on["publicity"] * (0.4 + 0.02 * chance) + 0.05 * chance
    }


def test_ablation_shares_out_a_known_outcome_over_all_32_combinations(tmp_path):
    found = ablate(stages, workers=0, replicates=12)
    table = found.table.set_index("mechanism")
    assert len(found.runs) == 32 * 12
    product = 0.4 + 0.02 * np.mean([(seed % 89) / 89 for seed in found.runs["seed"].unique()])
    expected = {
        "trend": 0.1,
        "authority": product / 2,
        "publicity": product / 2,
        "settlement": 0,
        "leverage": 0,
    }
    assert table["shapley"].to_dict() == pytest.approx(expected)
    assert table["removed"].to_dict() == pytest.approx({**expected, "authority": product, "publicity": product})
    assert table["alone"].to_dict() == pytest.approx({**expected, "authority": 0, "publicity": 0})
    total = found.total.iloc[0]
    assert total["sum"] == pytest.approx(total["total"]) == pytest.approx(total["all"] - total["none"])
    assert table["share"].sum() == pytest.approx(1)
    assert (table["shapley.low"] <= table["shapley"]).all()
    assert (table["shapley.low"] < table["shapley.high"])[["authority", "publicity"]].all()
    found.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"contributions.csv", "total.csv", "runs.csv"}
