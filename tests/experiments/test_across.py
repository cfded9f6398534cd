"""Comparisons, ablations and sweeps over worlds: shares, shared seeds, what wins over what, and resuming."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

from simulation.experiments import ablate, compare, read_store, sweep
from simulation.experiments.across import Laid, LaidModel, beside, crossed, digest_of, laid
from simulation.experiments.design.design import Design
from simulation.experiments.effects import over_worlds
from simulation.experiments.running.task import ModelTask
from simulation.files.errors import InputError

WORLDS = [{"a": round(0.02 * place, 2), "b": 1.0} for place in range(1, 26)]
QUIET = {"workers": 0, "progress": "quiet"}
SMALL = {"structure.citizens": 200, "weeks": 12}


def luck(seed):
    return float(np.random.default_rng(seed).normal(0, 0.001))


def lower(parameters, seed):
    """The default world has a = 0.4."""
    return {"m": luck(seed)}


def upper(parameters, seed):
    """Be above ``lower`` by a − 0.1: in worlds with a above 0.1."""
    return {"m": luck(seed) + parameters.get("a", 0.4) - 0.1 + luck(seed + 1)}


def switched(parameters, seed):
    """Have one part that is worth a − 0.1, and one that is worth b."""
    a, b = parameters.get("a", 0.4), parameters.get("b", 1.0)
    return {"m": (a - 0.1) * parameters.get("x", 1) + b * parameters.get("y", 1) + luck(seed)}


def compared(worlds=WORLDS, **more):
    options = {"replicates": 6, "world_replicates": 3, **QUIET} | more
    return compare({"lower": lower, "upper": upper}, "m", worlds=worlds, **options)


@pytest.fixture(scope="module")
def found():
    return compared()


def test_the_share_of_worlds_is_that_of_worlds_with_the_sign_of_the_default_world(found):
    row = found.table.iloc[0]
    assert row["mean"] == pytest.approx(0.3, abs=0.01)
    assert row["worlds"] == 25
    # a = 0.1 itself is decided by luck.
    assert row["share_of_worlds"] in (20 / 25, 21 / 25)
    assert (row["shown"], row["opposite"]) == (20, 4)
    expected = np.quantile(found.worlds.table["mean"], [0.05, 0.5, 0.95])
    assert row[["q05", "q50", "q95"]].tolist() == pytest.approx(expected.tolist())
    assert row["q50"] == pytest.approx(0.26 - 0.1, abs=0.01)


def test_the_default_worlds_own_numbers_are_those_without_worlds(found):
    alone = compare({"lower": lower, "upper": upper}, "m", replicates=6, **QUIET)
    columns = list(alone.table.columns)
    pd.testing.assert_frame_equal(found.table[columns], alone.table)
    assert alone.worlds is None
    assert "share_of_worlds" not in columns


def test_a_difference_below_zero_is_counted_on_its_own_side():
    turned = compare({"upper": upper, "lower": lower}, "m", worlds=WORLDS, replicates=4, world_replicates=3, **QUIET)
    assert turned.table["share_of_worlds"].iloc[0] in (20 / 25, 21 / 25)
    assert (turned.table["shown"].iloc[0], turned.table["opposite"].iloc[0]) == (20, 4)


def test_where_there_is_no_difference_in_the_default_world_the_median_gives_the_sign():
    def same(parameters, seed):
        return {"m": luck(seed) + (parameters["a"] - 0.1 if "a" in parameters else 0.0)}

    made = compare({"lower": lower, "same": same}, "m", worlds=WORLDS, replicates=3, world_replicates=2, **QUIET)
    assert made.table["mean"].iloc[0] == 0
    assert made.table["share_of_worlds"].iloc[0] == pytest.approx(20 / 25)
    never = compare({"l": lower, "again": lower}, "m", worlds=WORLDS, replicates=3, world_replicates=2, **QUIET)
    assert math.isnan(never.table["share_of_worlds"].iloc[0])
    assert "do not differ" in never.sentences("en")[1]


def test_all_worlds_and_arms_run_on_the_same_seeds_which_are_the_comparisons_first(found):
    runs = found.worlds.runs
    assert len(runs) == 2 * 25 * 3
    seeds = runs.groupby(["world", "arm"])["seed"].agg(tuple)
    assert seeds.nunique() == 1
    assert list(seeds.iloc[0]) == found.runs["seed"].tolist()[:3]
    named = compared(seeds=[5, 6, 7, 8], replicates=4)
    assert set(named.worlds.runs["seed"]) == {5, 6, 7}


def test_the_result_is_said_with_where_it_turns_around_in_both_languages(found):
    held = round(found.table["share_of_worlds"].iloc[0] * 25)
    english, chinese = found.sentences("en"), found.sentences("zh")
    assert f"in {held} of 25 plausible worlds upper reaches more than lower" in english[1]
    assert re.search(r"unless `a` is below 0\.(09|1|11) \(", " ".join(english))
    assert f"在 25 个可信世界中，有 {held} 个" in chinese[1]
    assert re.search(r"除非 `a` 低于 0\.(09|1|11)（", "".join(chinese))
    assert found.worlds.turning("m", "upper").box is not None


def test_a_result_that_holds_everywhere_is_said_without_a_turning():
    high = [world for world in WORLDS if world["a"] > 0.2]
    lines = compared(high).sentences("en")
    assert len(lines) == 2
    assert f"in {len(high)} of {len(high)}" in lines[1]


def test_a_comparison_writes_its_worlds_with_their_values(found, tmp_path):
    found.save(tmp_path)
    table = pd.read_csv(tmp_path / "worlds.csv")
    assert table["world"].tolist() == list(range(25))
    assert table["a"].tolist() == [world["a"] for world in WORLDS]
    assert {"arm", "world", "seed", "m"} <= set(pd.read_csv(tmp_path / "world-runs.csv").columns)
    assert "share_of_worlds" in pd.read_csv(tmp_path / "differences.csv").columns


def test_runs_in_worlds_are_kept_beside_the_others_and_a_second_call_runs_nothing_new(tmp_path):
    store = tmp_path / "kept.sqlite"
    first = compared(WORLDS[:4], store=store)
    assert beside(store).name == "kept-worlds.sqlite"
    assert "world" in read_store(beside(store)).runs.columns
    ran = []

    def counted(tally):
        ran.append(tally)

    again = compared(WORLDS[:4], store=store, progress=counted)
    pd.testing.assert_frame_equal(again.worlds.table, first.worlds.table)
    assert {tally.done for tally in ran} <= {12, 24}


def test_a_store_is_not_continued_with_another_set_but_with_more_worlds_of_the_same_file(tmp_path):
    store = tmp_path / "s.sqlite"
    compared(WORLDS[:4], store=store)
    with pytest.raises(InputError):
        compared([{"a": 0.9}] * 4, store=store)

    class Known(list):
        digest = "one file"

    compared(Known(WORLDS[:3]), store=tmp_path / "t.sqlite")
    more = compared(Known(WORLDS[:6]), store=tmp_path / "t.sqlite")
    assert more.table["worlds"].iloc[0] == 6


def test_a_scenarios_own_values_and_an_arms_changes_win_over_the_world():
    task = laid(ModelTask("no-oversight"), [{"execution.oversight": 0.9, "execution.q_half": 0.02}])
    assert isinstance(task, LaidModel)
    assert task.values({"world": 0}) == {"execution.q_half": 0.02}
    assert task.values({"world": 0, "execution.q_half": 0.5}) == {"execution.q_half": 0.5}
    changed = ModelTask("zhaoqing").scenario.with_values({"execution.q_half": 0.3})
    assert laid(ModelTask(changed), [{"execution.q_half": 0.02}]).values({"world": 0}) == {}


def test_a_function_gets_the_world_as_parameters_under_those_of_its_own():
    task = laid(switched, WORLDS)
    assert type(task) is Laid
    assert task.values({"world": 2, "x": 0}) == {**WORLDS[2], "x": 0}


def test_the_model_in_a_world_gives_the_bytes_of_the_scenario_with_these_values():
    world = {"execution.q_half": 0.02, "departments.conflict": 0.3}
    base = ModelTask("classroom").scenario.with_values(SMALL)
    found = laid(ModelTask(base), [world])({"world": 0}, 7)
    assert repr(found) == repr(ModelTask(base.with_values(world))({}, 7))
    assert repr(found) != repr(ModelTask(base)({}, 7))


@pytest.mark.parametrize("worlds", [[], "many", {"a": 1}, [1, 2], 5])
def test_what_is_no_sequence_of_worlds_is_refused(worlds):
    with pytest.raises(InputError) as caught:
        compared(worlds)
    assert caught.value.key == "worlds"


def test_one_seed_per_world_an_unknown_parameter_and_an_impossible_value_are_refused():
    with pytest.raises(InputError) as caught:
        compared(world_replicates=1)
    assert caught.value.key == "--world-replicates"
    for world, key in (({"execution.q_haf": 1.0}, "execution.q_haf"), ({"departments.conflict": 3.0}, None)):
        with pytest.raises(InputError) as caught:
            compare("classroom", changes=[{"weeks": 12}], worlds=[world], **QUIET)
        assert key is None or caught.value.key == key
    assert "world 0" in str(caught.value)


def test_an_ablation_counts_the_worlds_in_which_a_contribution_is_positive():
    parts = {"x": {"x": 0}, "y": {"y": 0}}
    made = ablate(switched, "m", off=parts, replicates=3, worlds=WORLDS, world_replicates=2, **QUIET)
    table = made.table.set_index("mechanism")
    assert table["worlds"].tolist() == [25, 25]
    assert table["share_of_worlds"].tolist() == pytest.approx([20 / 25, 1.0], abs=1 / 25 + 1e-9)
    assert table["removed.share_of_worlds"].tolist() == pytest.approx([20 / 25, 1.0], abs=1 / 25 + 1e-9)
    assert table.loc["x", "shapley.q50"] == pytest.approx(0.26 - 0.1)
    lines = made.sentences("en")
    assert any("`a` is below" in line for line in lines)
    assert "贡献为正" in made.sentences("zh")[0]
    assert ablate(switched, "m", off=parts, replicates=3, **QUIET).sentences() == []


def test_a_sweep_is_crossed_with_the_worlds_and_says_in_how_many_an_effect_holds(tmp_path):
    design = {"factors": {"x": [0, 1], "y": {"low": 0, "high": 9, "integer": True}}}
    made = sweep(design, switched, worlds=WORLDS, store=tmp_path / "s.sqlite", **QUIET)
    assert len(made.runs) == 2 * 10 * 25
    assert made.runs.groupby("world").size().tolist() == [20] * 25
    table = over_worlds(made, "m").set_index("factor")
    # In the first world a is 0.02, so x does harm there: the share is of the worlds in which it does.
    assert table.loc["x", "effect"] == pytest.approx(0.02 - 0.1)
    assert table.loc["x", "share_of_worlds"] == pytest.approx(4 / 25, abs=1 / 25 + 1e-9)
    assert table.loc["y", "share_of_worlds"] == 1
    assert (table.loc["y", "low"], table.loc["y", "high"]) == pytest.approx((1.8, 7.2))


def test_words_of_a_factor_are_compared_as_they_lie_in_the_first_world(tmp_path):
    def worded(parameters, seed):
        return {"m": (parameters["a"] - 0.1) * (parameters["k"] == "two")}

    made = sweep({"factors": {"k": ["two", "one"]}}, worded, worlds=WORLDS, store=tmp_path / "s.sqlite", **QUIET)
    row = over_worlds(made, "m").iloc[0]
    assert (row["low"], row["high"]) == ("two", "one")
    assert row["share_of_worlds"] == 4 / 25


def test_words_that_make_no_difference_in_the_first_world_are_two_words_all_the_same(tmp_path):
    made = sweep({"factors": {"k": ["two", "one"]}}, lower, worlds=WORLDS[:3], store=tmp_path / "s.sqlite", **QUIET)
    row = over_worlds(made, "m").iloc[0]
    assert {row["low"], row["high"]} == {"one", "two"}
    assert row["effect"] == 0
    assert math.isnan(row["share_of_worlds"])


@pytest.mark.parametrize("kind", ["random", "sobol", "morris"])
def test_a_sampled_design_is_crossed_point_by_point(kind):
    factors = {"a": {"low": 0.0, "high": 1.0}, "b": {"low": 0.0, "high": 1.0}}
    design = Design.of({"sweep": {"design": kind, "samples": 4}, "factors": factors})
    made = crossed(design, WORLDS[:3])
    points = list(design.points())
    assert list(made.points()) == [(*point, world) for world in range(3) for point in points]


def test_sets_of_worlds_are_told_apart_by_their_values():
    assert digest_of(WORLDS) == digest_of([dict(reversed(world.items())) for world in WORLDS])
    assert digest_of(WORLDS) != digest_of(WORLDS[:-1])
