from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.odd import ODD, told

from simulation.experiments.design.design import Design, from_spec, identity
from simulation.experiments.design.distributions import Choices, Range
from simulation.experiments.design.factors import Factor, parse_factor
from simulation.experiments.running.seeds import mix, run_seed
from simulation.files.errors import InputError
from simulation.scenario import parse_assignments

TWO = {"a": {"low": 0.0, "high": 1.0}, "b": {"low": -2.0, "high": 2.0}}


def of(kind="grid", factors=None, **sweep):
    return Design.of({"sweep": {"design": kind, **sweep}, "factors": TWO if factors is None else factors})


@given(st.sets(st.integers(0, 2**64 - 1), min_size=2, max_size=50))
def test_mixing_never_joins_two_words(words):
    assert len({mix(word) for word in words}) == len(words)


def test_seeds_differ_between_replicates_experiments_and_unpaired_points_and_fit_a_double():
    seeds = [run_seed(experiment, r) for experiment in (0, 1, 2, -1) for r in range(2000)]
    assert len(set(seeds)) == len(seeds)
    assert run_seed(0, 3) == run_seed(0, 3) != run_seed(0, 3, "00ff") != run_seed(0, 3, "00fe")
    assert all(0 <= seed < 2**53 and int(float(seed)) == seed for seed in seeds)


def test_seeds_are_spread_evenly():
    bits = np.array([[run_seed(7, r) >> bit & 1 for bit in range(53)] for r in range(4000)])
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(4000)


def test_a_grid_is_the_product_in_order():
    design = of(factors={"a": [1, 2], "b": {"low": 5, "high": 7, "integer": True}})
    assert list(design.points()) == [(1, 5), (1, 6), (1, 7), (2, 5), (2, 6), (2, 7)]


@pytest.mark.parametrize("kind", ["random", "lhs", "sobol", "morris"])
def test_samples_lie_in_range_and_depend_on_the_seed_alone(kind):
    design = of(kind, samples=16)
    points = np.array(list(design.points()))
    assert points[:, 0].min() >= 0
    assert points[:, 0].max() <= 1
    assert points[:, 1].min() >= -2
    assert points[:, 1].max() <= 2
    assert np.ptp(points[:, 1]) > 2
    np.testing.assert_array_equal(points, np.array(list(of(kind, samples=16).points())))
    assert not np.array_equal(points, np.array(list(of(kind, samples=16, seed=1).points())))


@pytest.mark.parametrize("kind", ["random", "sobol", "morris"])
def test_a_larger_sample_contains_the_smaller_one(kind):
    small, large = list(of(kind, samples=8).points()), list(of(kind, samples=32).points())
    assert large[: len(small)] == small


def test_a_latin_hypercube_has_one_point_in_each_slice():
    points = np.array(list(of("lhs", samples=20).points()))
    assert sorted((points[:, 0] * 20).astype(int)) == list(range(20))


@given(st.floats(0, 1), st.integers(-5, 5), st.integers(1, 9))
def test_whole_numbers_and_words_come_out_of_the_unit_interval(unit, low, width):
    value = Range(low, low + width, integer=True).at(unit)
    assert isinstance(value, int)
    assert low <= value <= low + width
    assert Choices(("x", "y", "z")).at(unit) in ("x", "y", "z")


def test_every_category_has_an_equal_part():
    values = [Choices(("x", "y", "z", "w")).at(u) for u in (np.arange(400) + 0.5) / 400]
    assert {value: values.count(value) for value in values} == dict.fromkeys("xyzw", 100)


def test_identity_depends_on_values_not_on_order_or_kind_of_number():
    assert identity(["a", "b"], [1, "x"]) == identity(["b", "a"], ["x", 1.0])
    assert len({identity(["a"], [value]) for value in (1, True, "1", 2)}) == 4


def test_a_list_comes_from_a_table(tmp_path):
    (tmp_path / "points.csv").write_text("plan.kind,n,x,on\nuniform,3,.5,true\npoint,4,1e-3,false\n", encoding="utf-8")
    (tmp_path / "d.toml").write_text('[sweep]\ndesign = "list"\nfile = "points.csv"\n', encoding="utf-8")
    design = Design.of(tmp_path / "d.toml")
    assert design.names == ["plan.kind", "n", "x", "on"]
    assert list(design.points()) == [("uniform", 3, ".5", True), ("point", 4, 0.001, False)]


def test_dotted_keys_may_be_quoted_or_nested(tmp_path):
    (tmp_path / "d.toml").write_text(
        '[factors]\n"plan.per_county" = [1, 2]\n[factors.execution]\noversight = [0.2, 1.0]\n',
        encoding="utf-8",
    )
    assert Design.of(tmp_path / "d.toml").names == ["plan.per_county", "execution.oversight"]


@pytest.mark.parametrize(
    ("table", "key", "suggestion"),
    [
        ({"sweep": {"desing": "grid"}, "factors": TWO}, "sweep.desing", "sweep.design"),
        ({"sweep": {"design": "soboll"}, "factors": TWO}, "sweep.design", "sobol"),
        ({"factor": TWO}, "factor", "factors"),
        ({"sweep": {"replicates": 0}, "factors": {"a": [1]}}, "sweep.replicates", None),
        ({"sweep": {"replicates": True}, "factors": {"a": [1]}}, "sweep.replicates", None),
        ({"sweep": {"design": "sobol", "samples": 100}, "factors": TWO}, "sweep.samples", None),
        ({"sweep": {"design": "sobol", "samples": 1}, "factors": TWO}, "sweep.samples", None),
        ({"sweep": {"design": "morris", "samples": 1}, "factors": TWO}, "sweep.samples", None),
        ({"sweep": {"design": "lhs"}, "factors": TWO}, "sweep.samples", None),
        ({"sweep": {"design": "morris", "samples": 4, "levels": 3}, "factors": TWO}, "sweep.levels", None),
        ({"sweep": {"design": "sobol", "samples": 4}, "factors": {"a": [1, 2]}}, "factors", None),
        ({"factors": TWO}, "factors.a", None),
        ({"factors": {}}, "factors", None),
        ({"sweep": {"design": "list"}}, "sweep.file", None),
        ({"sweep": {"metrics": ["y", "y"]}, "factors": {"a": [1]}}, "sweep.metrics", None),
        ({"sweep": {"metrics": ["A"]}, "factors": {"a": [1]}}, "factors", None),
    ],
)
def test_a_wrong_design_is_refused_by_key(table, key, suggestion):
    with pytest.raises(InputError) as caught:
        Design.of(table)
    assert caught.value.key == key
    assert caught.value.suggestion == suggestion


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [1, 1],
        [1, 1.0],
        [[1]],
        [float("nan")],
        "abc",
        3,
        {"low": 1},
        {"low": 2, "high": 1},
        {"low": 0, "high": float("inf")},
        {"low": 0, "high": 1, "step": 0.1},
        {"low": 0.5, "high": 2, "integer": True},
        {"low": "a", "high": "b"},
    ],
)
def test_a_wrong_factor_is_refused(wrong):
    with pytest.raises(InputError) as caught:
        parse_factor("a", wrong)
    assert caught.value.key == "factors.a"


def test_a_missing_or_broken_file_is_refused_by_name(tmp_path):
    (tmp_path / "broken.toml").write_text("[sweep\n", encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    for name in ("missing.toml", "broken.toml", "latin.toml"):
        with pytest.raises(InputError) as caught:
            Design.of(tmp_path / name)
        assert caught.value.file == str(tmp_path / name)


@pytest.mark.parametrize("text", ["a,b\n", "a,b\n1\n", "a,a\n1,2\n"])
def test_a_broken_table_of_points_is_refused(tmp_path, text):
    (tmp_path / "points.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        Design.of({"sweep": {"design": "list", "file": str(tmp_path / "points.csv")}})


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"sweep": {"spread": 0.0}, "factors": "assumptions"}, "sweep.spread"),
        ({"sweep": {"spread": 1.1}, "factors": "assumptions"}, "sweep.spread"),
        ({"sweep": {"design": "list", "file": "points.csv"}, "factors": {"a": [1, 2]}}, "factors"),
    ],
)
def test_a_spread_that_is_no_share_and_a_list_with_factors_of_its_own_are_refused(table, key):
    with pytest.raises(InputError) as caught:
        Design.of(table)
    assert caught.value.key == key


@pytest.mark.parametrize("made", [Factor("a", Choices((1, 2))), Factor("a", Range(0.0, 1.0))])
def test_a_factor_that_is_made_already_is_taken_as_it_is(made):
    assert parse_factor("a", made) is made


DESIGN: dict[str, Any] = {"factors": {"x": [1, 2.5], "y": ["one", True]}}


@pytest.mark.parametrize("key", ["design", "samples", "replicates", "metrics", "weekly", "seed", "paired", "levels",
                                 "second_order", "factors"])  # fmt: skip
@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_a_stored_design_with_anything_in_it_is_read_or_refused(key: str, value: Any) -> None:
    spec = Design.of(DESIGN).spec()
    told(lambda: from_spec({**spec, key: value}))
    assert told(lambda: from_spec({name: one for name, one in spec.items() if name != key}))
    assert told(lambda: from_spec(value))


@pytest.mark.parametrize("kind", ["grid", "random", "lhs", "sobol", "morris"])
def test_a_stored_design_is_read_as_it_was_written(kind: str) -> None:
    given = {
        "sweep": {"design": kind, "samples": 4, "metrics": ["a"]},
        "factors": {"x.y": [1, "b"], "z": [True, False]},
    }
    spec = json.loads(json.dumps(Design.of(given).spec()))
    assert from_spec(spec).spec() == spec


def test_a_sample_that_no_memory_holds_is_refused_before_it_is_drawn() -> None:
    factors = {f"f{number}": [1, 2] for number in range(400)}
    for kind in ("sobol", "morris", "lhs", "random"):
        sweep_table = {"design": kind, "samples": 2**20, "second_order": True}
        message = str(told(lambda sweep_table=sweep_table: Design.of({"sweep": sweep_table, "factors": factors})))
        assert "samples" in message or message == "None"
    assert "samples" in str(
        told(lambda: Design.of({"sweep": {"design": "sobol", "samples": 2**20}, "factors": factors}))
    )


@pytest.mark.parametrize("cell", ["{" + "a." * 60_000 + "a = 1}", "[" * 9999, "1\nb = 2", "a" * 100_000])
def test_a_cell_of_a_table_of_points_is_a_value_or_a_text_and_costs_no_more(tmp_path: Path, cell: str) -> None:
    (tmp_path / "points.csv").write_text('a,b\n"' + cell.replace('"', '""') + '",1\n', encoding="utf-8")
    (tmp_path / "list.toml").write_text('[sweep]\ndesign = "list"\nfile = "points.csv"\n', encoding="utf-8")
    made = Design.of(tmp_path / "list.toml")
    assert made.rows[0] == (cell, 1)
    assert parse_assignments([f"plan.kind={cell}"]) == {"plan.kind": cell}
