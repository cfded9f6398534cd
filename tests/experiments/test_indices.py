"""Sensitivity indices of functions whose indices are known."""

from __future__ import annotations

import itertools
import json
import math
import re

import known_functions as known
import pandas as pd
import pytest
from known_functions import UNIT_CUBE

from simulation.experiments import read_store, sensitivity, sweep
from simulation.experiments.indices import _doubts
from simulation.experiments.store.store import _elsewhere
from simulation.files.errors import InputError
from simulation.text.told import in_language


def test_a_table_of_pairs_is_saved_where_the_design_has_one(pairs, tmp_path):
    found = sensitivity(pairs)
    found.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"indices.csv", "pairs.csv", "noise.csv"}
    saved = pd.read_csv(tmp_path / "pairs.csv", comment="#")
    assert len(saved) == len(list(itertools.combinations(UNIT_CUBE, 2)))


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5])
def test_an_interval_that_covers_no_share_is_refused(pairs, level):
    with pytest.raises(InputError) as caught:
        sensitivity(pairs, level=level)
    assert caught.value.key == "--level"


def only_low(parameters, seed):
    if parameters["a"] > 0.1:
        raise ValueError("too high")
    return {"y": parameters["b"]}


def test_indices_of_fewer_than_two_whole_blocks_are_refused(tmp_path):
    design = {"sweep": {"design": "sobol", "samples": 4}, "factors": UNIT_CUBE}
    with pytest.raises(InputError, match="too few points"):
        sensitivity(sweep(design, only_low, store=tmp_path / "s", workers=0), "y")


def test_an_index_negative_beyond_its_interval_is_warned_of_by_name():
    ends = {"ST.low": 0.1, "ST.high": 0.2, "S1.low": -0.2}
    table = pd.DataFrame([{"factor": "bad", "S1.high": -0.1, **ends}, {"factor": "good", "S1.high": 0.1, **ends}])
    assert [text for text in _doubts(table) if "negative" in text] == [
        "S1 is negative beyond its interval for bad: the sample is too small"
    ]


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


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_every_doubt_is_told_in_chinese_too_and_no_english_remains(tmp_path, kind):
    def holed(parameters, seed):
        if parameters["a"] > 0.97:
            raise ValueError("too high")
        return {"y": parameters["b"] + seed % 13 / 4}

    design = {"sweep": {"design": kind, "samples": 4, "replicates": 2}, "factors": UNIT_CUBE}
    found = sensitivity(sweep(design, holed, store=tmp_path / "s", workers=0, progress="quiet"))
    assert found.warnings
    for doubt in found.warnings:
        told = in_language(doubt, "zh")
        assert told != doubt
        left = re.sub(r"\b(S1|ST|[a-z])\b", "", told)
        assert not re.search(r"[A-Za-z]{2,}", left), told


def test_the_warning_of_another_platform_is_told_in_chinese_too():
    before = json.dumps({"system": "linux", "machine": "x", "cpu": [], "versions": {"numpy": "1"}})
    now = json.dumps({"system": "linux", "machine": "y", "cpu": [], "versions": {"numpy": "2"}})
    for warning in (_elsewhere(before, now), _elsewhere("?", now)):
        assert "平台" in in_language(warning, "zh")
        assert "platform" in warning
