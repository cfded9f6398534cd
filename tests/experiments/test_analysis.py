from __future__ import annotations

import itertools
import math

import known_functions as known
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.experiments import ablate, compare, read_store, sensitivity, sweep
from simulation.experiments.ablation import shapley
from simulation.experiments.noise import decompose
from simulation.experiments.statistics import interval, needed, paired
from simulation.files.errors import InputError

CUBE = {name: {"low": -math.pi, "high": math.pi} for name in ("x1", "x2", "x3")}
FIRST, TOTAL = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]


@pytest.fixture(scope="module")
def ishigami(tmp_path_factory):
    path = tmp_path_factory.mktemp("ishigami") / "s.sqlite"
    design = {"sweep": {"design": "sobol", "samples": 1024, "second_order": True}, "factors": CUBE}
    return sweep(design, known.ishigami, store=path, workers=0)


def test_sobol_indices_of_the_ishigami_function_lie_in_their_intervals(ishigami):
    found = sensitivity(ishigami)
    table = found.table
    for key, known_values in (("S1", FIRST), ("ST", TOTAL)):
        assert (table[f"{key}.low"] <= known_values).all()
        assert (table[f"{key}.high"] >= known_values).all()
        assert ((table[f"{key}.high"] - table[f"{key}.low"]) / 2 < 0.15).all()
    second = found.pairs.set_index(["first", "second"])["S2"]
    assert second["x1", "x3"] == pytest.approx(0.2437, abs=0.06)
    assert second["x1", "x2"] == pytest.approx(0, abs=0.06)
    assert found.warnings == []
    assert math.isnan(found.noise.chance)


def test_indices_do_not_depend_on_the_order_of_rows_and_are_repeatable(ishigami):
    first, second = sensitivity(ishigami), sensitivity(read_store(ishigami.path), "y")
    pd.testing.assert_frame_equal(first.table, second.table)


def test_noise_is_told_apart_from_parameters_and_warned_of(tmp_path):
    def design(replicates):
        return {
            "sweep": {"design": "sobol", "samples": 256, "replicates": replicates, "paired": False},
            "factors": CUBE,
        }

    sweep(design(2), known.noisy_ishigami, store=tmp_path / "s", workers=0)
    found = sensitivity(tmp_path / "s")
    assert found.noise.chance == pytest.approx(1, rel=0.1)
    assert found.noise.parameters == pytest.approx(13.845, rel=0.15)
    assert found.noise.left == pytest.approx(0.5 / 14.3, rel=0.25)
    sweep(design(8), known.noisy_ishigami, store=tmp_path / "s", workers=0)
    assert sensitivity(tmp_path / "s").noise.left < found.noise.left / 3


def test_pure_noise_is_warned_of(tmp_path):
    def noise(parameters, seed):
        return {"y": known.noisy_ishigami(parameters, seed)["y"] - known.ishigami(parameters, seed)["y"]}

    design = {"sweep": {"design": "sobol", "samples": 64, "replicates": 4}, "factors": CUBE}
    found = sensitivity(sweep(design, noise, store=tmp_path / "s", workers=0))
    assert found.noise.left > 0.8
    assert any("chance" in warning for warning in found.warnings)


def test_a_small_sample_is_warned_of(tmp_path):
    design = {"sweep": {"design": "sobol", "samples": 8}, "factors": CUBE}
    found = sensitivity(sweep(design, known.ishigami, store=tmp_path / "s", workers=0))
    assert any("only 8 base points" in warning for warning in found.warnings)
    assert any("take more samples" in warning for warning in found.warnings)


def test_a_constant_metric_has_no_effects(tmp_path):
    design = {"sweep": {"design": "sobol", "samples": 64}, "factors": CUBE}
    found = sensitivity(sweep(design, constant, store=tmp_path / "s", workers=0))
    assert (found.table[["S1", "ST"]] == 0).all(axis=None)
    assert any("same at every point" in warning for warning in found.warnings)


def constant(parameters, seed):
    return {"y": 2.0}


def test_morris_on_a_known_function(tmp_path):
    factors = {name: {"low": 0.0, "high": 1.0} for name in "abcde"}
    design = {"sweep": {"design": "morris", "samples": 40}, "factors": factors}
    found = sensitivity(sweep(design, known.linear_with_product, store=tmp_path / "s", workers=0))
    table = found.table.set_index("factor")
    assert table.loc[["a", "b", "c"], "mu_star"].tolist() == pytest.approx([4, 2, 0], abs=1e-9)
    assert table.loc[["a", "b", "c"], "sigma"].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    # 3·d·e has the effect 3·e, e in {0, 1/3, 2/3, 1}: mean 1.5, deviation 3·.3727.
    for name in "de":
        assert table.loc[name, "mu_star.low"] <= 1.5 <= table.loc[name, "mu_star.high"]
        assert table.loc[name, "sigma"] == pytest.approx(1.118, rel=0.2)
    assert found.warnings == []


def test_whole_numbers_and_words_have_indices_too(tmp_path):
    def task(parameters, seed):
        return {"y": parameters["n"] + {"low": 0, "high": 5}[parameters["word"]]}

    factors = {"n": {"low": 1, "high": 4, "integer": True}, "word": ["low", "high"], "idle": [True, False]}
    design = {"sweep": {"design": "sobol", "samples": 256}, "factors": factors}
    experiment = sweep(design, task, store=tmp_path / "s", workers=0)
    assert len(experiment.points) == 16
    table = sensitivity(experiment).table.set_index("factor")
    # Variances 1.25 and 6.25.
    assert table["S1"].tolist() == pytest.approx([1 / 6, 5 / 6, 0], abs=0.06)


def test_blocks_with_failed_runs_are_left_out_and_said(tmp_path):
    def task(parameters, seed):
        if parameters["x1"] > 3.1:
            raise ValueError("out")
        return known.ishigami(parameters, seed)

    design = {"sweep": {"design": "sobol", "samples": 256}, "factors": CUBE}
    found = sensitivity(sweep(design, task, store=tmp_path / "s", workers=0))
    assert any("left out" in warning for warning in found.warnings)
    assert found.table["ST"].tolist() == pytest.approx(TOTAL, abs=0.12)


def test_sensitivity_refuses_what_it_cannot_use(tmp_path, ishigami):
    with pytest.raises(InputError, match="no such metric") as caught:
        sensitivity(ishigami, "yy")
    assert caught.value.suggestion == "y"
    grid = sweep({"factors": {"a": [1], "b": [1]}}, known.plain, store=tmp_path / "g", workers=0)
    with pytest.raises(InputError, match="Sobol or Morris"):
        sensitivity(grid)


def test_variance_components_of_a_known_table():
    rng = np.random.default_rng(3)
    points, seeds = rng.normal(0, 3, 400), rng.normal(0, 2, 100)
    table = points[:, None] + seeds + rng.normal(0, 1, (400, 100))
    runs = pd.DataFrame(
        [(p, r, table[p, r]) for p, r in itertools.product(range(400), range(100))],
        columns=["point", "replicate", "y"],
    )
    noise = decompose(runs, "y")
    assert noise.parameters == pytest.approx(points.var(ddof=1), rel=0.02)
    assert noise.seeds == pytest.approx(seeds.var(ddof=1), rel=0.02)
    assert noise.chance == pytest.approx(1, rel=0.02)
    assert sum(noise.record()[f"{key}.share"] for key in ("parameters", "seeds", "chance")) == pytest.approx(1)


def test_the_t_interval_is_students():
    values = np.random.default_rng(0).normal(size=9)
    low, high, method = interval(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval()
    assert (low, high) == pytest.approx((expected.low, expected.high))
    assert method == "t"


@pytest.mark.parametrize("method", ["BCa", "t"])
def test_intervals_cover_as_often_as_they_say(method):
    rng = np.random.default_rng(1)
    hits = [
        low <= 1 <= high for low, high, _ in (interval(rng.exponential(size=40), method=method) for _ in range(200))
    ]
    assert 0.88 <= np.mean(hits) <= 0.99


@given(st.floats(1e-3, 1e3), st.floats(1e-2, 1))
def test_the_replicates_named_reach_the_precision_and_one_fewer_does_not(deviation, share):
    precision = deviation * share
    number = needed(deviation, precision)

    def half(n):
        return stats.t.ppf(0.975, n - 1) * deviation / math.sqrt(n)

    assert half(number) <= precision * (1 + 1e-9)
    assert number == 2 or half(number - 1) > precision * (1 - 1e-9)


def test_a_constant_difference_has_no_width():
    found = paired([1, 2, 3], [2, 3, 4])
    assert (found.mean, found.low, found.high, found.share) == (1, 1, 1, 1)
    assert found.d_z == math.inf
    assert found.d == pytest.approx(1)
    nothing = paired([1, 2], [1, 2])
    assert (nothing.mean, nothing.d, nothing.d_z, nothing.share) == (0, 0, 0, 0)


def test_pairs_with_a_missing_value_are_left_out():
    assert paired([1, math.nan, 3, 4], [2, 2, math.nan, 6]).n == 2


def lifted(parameters, seed):
    return {"effectiveness": lowered(parameters, seed)["effectiveness"] + 0.5 + 0.01 * (seed % 97) / 97}


def lowered(parameters, seed):
    return {"effectiveness": (seed % 1009) / 100}


def test_common_random_numbers_make_a_small_difference_plain(tmp_path):
    found = compare({"low": lowered, "high": lifted, "same": lowered}, workers=0)
    high, same = found.table.to_dict("records")
    assert high["low"] <= 0.505 <= high["high"]
    assert high["high"] - high["low"] < 0.01
    assert high["method"] == "BCa"
    assert high["share"] == 1
    assert high["d_z"] > 50 * high["d"] > 0
    assert (same["mean"], same["low"], same["high"]) == (0, 0, 0)
    assert found.arms["n"].tolist() == [30, 30, 30]
    found.save(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "arms.csv",
        "differences.csv",
        "runs.csv",
    ]


def test_a_comparison_goes_on_with_more_replicates(tmp_path):
    few = compare({"a": lowered, "b": lifted}, replicates=5, store=tmp_path / "s", workers=0)
    many = compare({"a": lowered, "b": lifted}, replicates=12, store=tmp_path / "s", workers=0)
    assert few.table["method"].tolist() == ["t"]
    assert many.table["n"].tolist() == [12]
    pd.testing.assert_frame_equal(
        many.runs[many.runs["replicate"] < 5].reset_index(drop=True), few.runs, check_dtype=False
    )


def test_compare_refuses_one_arm_one_pair_and_unknown_names():
    for arms, options in (
        ({"a": lowered}, {}),
        ({"a": lowered, "b": lifted}, {"replicates": 1}),
        ({"a": lowered, "b": lifted}, {"interval_method": "bca"}),
        ({"a": lowered, "b": lifted}, {"level": 1.5}),
        ({"a": lowered, "b": lifted}, {"metric": "effectivness"}),
    ):
        with pytest.raises(InputError):
            compare(arms, workers=0, **options)


def test_a_comparison_whose_runs_all_fail_says_why():
    def broken(parameters, seed):
        raise ValueError("no such luck")

    with pytest.raises(InputError, match="no such luck"):
        compare({"a": broken, "b": broken}, workers=0)


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
