"""Scenarios compared over common seeds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from simulation.experiments import compare, read_store
from simulation.experiments.arms import combined, named_arms, parse_half_width, parse_seeds
from simulation.experiments.sentences import rounded, sentence
from simulation.files.errors import InputError

RANK = {"stages.authority.rank": "deputy"}


def test_one_scenario_is_one_arm_and_equal_labels_are_numbered():
    assert list(named_arms("classroom")) == ["classroom"]
    assert list(named_arms(["classroom", "classroom", "classroom"])) == ["classroom", "classroom (2)", "classroom (3)"]


def test_a_change_makes_a_second_arm_that_names_it_and_differs_in_nothing_else():
    arms = named_arms("classroom", [RANK])
    assert list(arms) == ["classroom", "classroom, stages.authority.rank=deputy"]
    plain, changed = (arm.task.scenario.values for arm in arms.values())
    assert {key for key in plain if plain[key] != changed[key]} == {"stages.authority.rank"}
    assert arms["classroom, stages.authority.rank=deputy"].title == {
        "en": "Classroom city (Who heads the leading group: deputy)",
        "zh": "课堂小城（领导小组组长的级别：副职）",
    }


def test_every_scenario_is_run_as_it_is_and_changed_and_the_first_as_it_is_is_the_baseline():
    arms = list(named_arms(["classroom", "zhaoqing"], [RANK, {"plan.kind": "uniform", "weeks": 20}]))
    assert arms[0] == "classroom"
    assert arms[3:] == ["zhaoqing", "zhaoqing, stages.authority.rank=deputy", "zhaoqing, plan.kind=uniform, weeks=20"]


def test_scenarios_of_one_title_are_told_apart_by_their_names(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('extends = "classroom"\ntitle = "The same"\n', encoding="utf-8")
    arms = named_arms([tmp_path / "one.toml", tmp_path / "two.toml", "classroom"])
    assert [arm.title["en"] for arm in arms.values()] == ["The same (one)", "The same (two)", "Classroom city"]


def test_a_change_of_an_unknown_parameter_or_of_a_function_is_refused():
    with pytest.raises(InputError) as caught:
        named_arms("classroom", [{"stages.authority.rang": "deputy"}])
    assert caught.value.suggestion == "stages.authority.rank"
    with pytest.raises(InputError):
        named_arms({"f": lowered}, [RANK])


def test_different_keys_change_together_and_one_key_twice_makes_two_changes():
    assert combined([]) == []
    assert combined([("a", 1), ("b", 2)]) == [{"a": 1, "b": 2}]
    assert combined([("a", 1), ("a", 3), ("b", 2)]) == [{"a": 1, "b": 2}, {"a": 3, "b": 2}]


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("3", [0, 1, 2]),
        ("3 from 100", [100, 101, 102]),
        ("7, 3", [7, 3]),
        ("1-3,9", [1, 2, 3, 9]),
        ("1–2", [1, 2]),
        ("5，6", [5, 6]),
    ],
)
def test_seeds_are_named_by_their_number_by_a_span_or_one_by_one(text, seeds):
    assert parse_seeds(text) == (seeds, len(seeds))


def test_seeds_named_by_their_number_go_on_as_far_as_is_asked():
    assert parse_seeds("2 from 5", most=4) == ([5, 6, 7, 8], 2)
    assert parse_seeds("5,6", most=4) == ([5, 6], 2)


@pytest.mark.parametrize(
    "text", ["", "1", "0", "x", "3-1", "1,1", "2 from", "1e3", "-3", "9" * 40, "2 from " + "9" * 16]
)
def test_no_choice_of_seeds_is_refused_by_its_option(text):
    with pytest.raises(InputError) as caught:
        parse_seeds(text)
    assert caught.value.key == "--seeds"


def test_a_half_width_is_read_with_and_without_its_sign():
    assert {parse_half_width(text) for text in ("± 0.01", "±0.01", "+-.01", "+/- 0.01", "0.01", "1e-2")} == {0.01}
    for text in ("", "±", "0", "-1", "nan", "inf", "x"):
        with pytest.raises(InputError) as caught:
            parse_half_width(text)
        assert caught.value.key == "--until"


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


def noted(parameters, seed):
    return {"effectiveness": float(seed)}


def test_the_seeds_that_are_named_are_the_seeds_that_run(tmp_path):
    store = tmp_path / "s"
    found = compare({"a": noted, "b": noted}, seeds=[7, 3, 11], workers=0, store=store)
    assert found.runs["seed"].tolist() == found.runs["effectiveness"].tolist() == [7, 3, 11] * 2
    assert read_store(store).runs["seed"].tolist() == [7, 3, 11] * 2
    more = compare({"a": noted, "b": noted}, seeds=[7, 3, 11, 4], workers=0, store=store)
    assert more.arms["n"].tolist() == [4, 4]
    with pytest.raises(InputError, match="seeds"):
        compare({"a": noted, "b": noted}, seeds=[7, 4, 11, 3, 5], workers=0, store=store)


def test_a_run_under_a_named_seed_is_the_run_of_that_seed():
    from simulation import run

    small = {"structure.citizens": 200, "weeks": 10}
    found = compare(["classroom"], changes=[small], seeds=[5, 6], workers=0)
    changed = found.runs[found.runs["arm"] != "classroom"].set_index("seed")["effectiveness"]
    from simulation.scenario import load_scenario

    spec = load_scenario("classroom").with_values(small)
    assert changed.to_dict() == {seed: run(spec, seed).summary["effectiveness"] for seed in (5, 6)}


def scattered(parameters, seed):
    return {"effectiveness": np.random.default_rng(seed).normal()}


def shifted(parameters, seed):
    return {"effectiveness": 1.0 + 0.5 * np.random.default_rng([seed, 1]).normal()}


def test_replicates_are_added_until_every_interval_is_narrow():
    found = compare({"a": scattered, "b": shifted}, until=0.2, replicates=10, workers=0)
    assert found.reached
    assert found.widest <= 0.2
    assert 10 < found.table["n"].iloc[0] <= 400
    assert abs(found.table["mean"].iloc[0] - 1) < 0.3


def test_adding_replicates_ends_at_the_most_allowed_and_says_that_it_is_not_enough():
    found = compare({"a": scattered, "b": shifted}, until=1e-6, replicates=5, most=12, workers=0)
    assert found.table["n"].tolist() == [12]
    assert not found.reached


def test_a_metric_that_is_never_defined_stops_the_adding_at_once():
    arms = {"a": lambda p, s: {"effectiveness": math.nan}, "b": lambda p, s: {"effectiveness": 1.0}}
    found = compare(arms, until=0.1, replicates=4, most=50, workers=0)
    assert len(found.runs) == 8
    assert not found.reached
    assert "no result" in found.sentences()[0]


def test_the_same_call_until_narrow_goes_on_with_its_store(tmp_path):
    options = {"until": 0.3, "replicates": 6, "workers": 0, "store": tmp_path / "s"}
    first = compare({"a": scattered, "b": shifted}, **options)
    again = compare({"a": scattered, "b": shifted}, **options)
    pd.testing.assert_frame_equal(first.table, again.table)


ROW = {"metric": "effectiveness", "arm": "deputy-in-charge", "baseline": "zhaoqing", "n": 20}


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((-0.04, -0.05, -0.03), "deputy-in-charge reaches 0.040 less than zhaoqing (95 % interval −0.050 to −0.030;"),
        ((0.04, 0.03, 0.05), "reaches 0.040 more than zhaoqing (95 % interval 0.030 to 0.050; 20 seeds)."),
        ((0.001, -0.01, 0.012), "undecided between deputy-in-charge and zhaoqing. The difference is 0.001, and its"),
        ((0.0, 0.0, 0.0), "deputy-in-charge and zhaoqing are equal under every seed (20 seeds)."),
        ((3.0, 3.0, 3.0), "reaches 3 more than zhaoqing (95 % interval 3 to 3;"),
        ((math.nan, math.nan, math.nan), "no result"),
    ],
)
def test_the_result_is_said_in_a_sentence(numbers, words):
    row = ROW | dict(zip(("mean", "low", "high"), numbers, strict=True))
    assert words in sentence(row, 0.95, "en")
    assert sentence(row, 0.95, "en").startswith("Governance effectiveness: ")
    assert sentence(row, 0.95, "zh").startswith("治理效能：")


def test_a_number_shows_the_digits_that_its_interval_bears():
    assert [rounded(-0.0396, half) for half in (0.4, 0.04, 0.004)] == ["−0.04", "−0.040", "−0.0396"]
    assert rounded(1234.4, 56.0) == "1234"
