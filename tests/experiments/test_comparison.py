"""Scenarios compared over common seeds."""

from __future__ import annotations

import pandas as pd
import pytest

from simulation.experiments import compare
from simulation.experiments.comparison import named_tasks
from simulation.files.errors import InputError


def test_one_scenario_is_one_arm_and_equal_labels_are_numbered():
    assert list(named_tasks("classroom")) == ["classroom"]
    assert list(named_tasks(["classroom", "classroom", "classroom"])) == ["classroom", "classroom (2)", "classroom (3)"]


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
