"""Going on with a store: which designs continue it and which are refused."""

from __future__ import annotations

import pytest
from outcomes import DESIGN, stored

from simulation.experiments import read_store
from simulation.experiments.design.design import Design
from simulation.experiments.store.file import StoreFile
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError


def grown(tmp_path, first, second, task=None):
    with Store(tmp_path / "s", Design.of(first), {"task": "t", "n": 1}):
        pass
    with Store(tmp_path / "s", Design.of(second), task or {"task": "t", "n": 1}) as made:
        total = made.counts()["total"]
    again = read_store(tmp_path / "s")
    assert (again.counts["total"], again.design.replicates) == (total, Design.of(second).replicates)
    return total


def test_more_replicates_and_more_values_are_more_runs(tmp_path):
    first = {"sweep": {"replicates": 2}, "factors": {"a": [1, 2]}}
    assert grown(tmp_path, first, {"sweep": {"replicates": 3}, "factors": {"a": [2, 5, 1]}}) == 9
    assert [row[0] for row in stored(tmp_path / "s", "SELECT a FROM points ORDER BY point")] == [1, 2, 5]


def test_equal_points_are_one_and_numbers_have_no_gaps(tmp_path):
    first = {"factors": {"a": [1, 2]}}
    assert grown(tmp_path, first, {"factors": {"a": [1, 3, 2, 4]}}) == 4
    assert stored(tmp_path / "s", "SELECT point, a FROM points ORDER BY point") == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_points_drawn_twice_are_one(tmp_path):
    factors = {"a": {"low": 1, "high": 3, "integer": True}}
    with Store(
        tmp_path / "s", Design.of({"sweep": {"design": "random", "samples": 40}, "factors": factors}), {}
    ) as one:
        assert one.counts() == {"total": 3}


def test_a_refusal_lists_five_changes_and_counts_the_others(tmp_path):
    old = {f"k{number}": number for number in range(8)}
    new = {f"k{number}": number + 1 for number in range(7)}
    with Store(tmp_path / "s", DESIGN, old):
        pass
    with pytest.raises(InputError) as caught:
        Store(tmp_path / "s", DESIGN, new)
    assert caught.value.problem == (
        "the store holds runs of another scenario or task. Changed: "
        "k0: 0 → 1; k1: 1 → 2; k2: 2 → 3; k3: 3 → 4; k4: 4 → 5; and 3 more"
    )


def test_of_a_table_that_changed_only_what_differs_in_it_is_listed(tmp_path):
    with Store(tmp_path / "s", DESIGN, {"where": {"a": 1, "b": {"c": 2, "d": 3}}, "n": 1}):
        pass
    with pytest.raises(InputError) as caught:
        Store(tmp_path / "s", DESIGN, {"where": {"a": 1, "b": {"c": 9, "d": 3}}, "n": 1})
    assert caught.value.problem.endswith("Changed: where.b.c: 2 → 9")


def test_exactly_five_changes_are_listed_without_a_count(tmp_path):
    with Store(tmp_path / "s", DESIGN, {str(number): 1 for number in range(5)}):
        pass
    with pytest.raises(InputError) as caught:
        Store(tmp_path / "s", DESIGN, {})
    assert caught.value.problem.endswith("3: 1 → nothing; 4: 1 → nothing")


def test_of_six_changes_one_is_counted_and_words_are_shown_as_they_are(tmp_path):
    with Store(tmp_path / "s", DESIGN, {str(number): "甲" for number in range(6)}):
        pass
    with pytest.raises(InputError) as caught:
        Store(tmp_path / "s", DESIGN, {"0": "乙"})
    assert 'Changed: 0: "甲" → "乙"; 1:' in caught.value.problem
    assert caught.value.problem.endswith("; and 1 more")


def test_a_list_of_points_grows(tmp_path):
    file = tmp_path / "points.csv"
    design = {"sweep": {"design": "list", "file": str(file)}}
    for number, content in enumerate(("a,b\n1,2\n", "a,b\n3,4\n1,2\n"), start=1):
        file.write_text(content, encoding="utf-8")
        with Store(tmp_path / "s", Design.of(design), {}) as made:
            assert made.counts() == {"total": number}


def test_a_refused_design_names_what_changed_and_only_that(tmp_path):
    first = {"sweep": {"replicates": 3, "seed": 4}, "factors": {"a": [1, 2], "b": [1]}}
    second = {"sweep": {"replicates": 2, "seed": 5}, "factors": {"a": [1, 2], "c": [1]}}
    with pytest.raises(InputError) as caught:
        grown(tmp_path, first, second)
    assert caught.value.problem == (
        "the store holds runs of another design. Changed: seed: 4 → 5; factors: a, b → a, c; replicates: 3 → 2 (fewer)"
    )


def test_points_that_are_gone_are_counted_and_the_factor_is_shown(tmp_path):
    with pytest.raises(InputError) as caught:
        grown(tmp_path, {"factors": {"a": [1, 2, 3]}}, {"factors": {"a": [1, 4]}})
    assert "2 of its 3 points are not in the new design. Changed: a: " in caught.value.problem
    assert "hypercube" not in caught.value.problem
    assert stored(tmp_path / "s", "SELECT COUNT(*) FROM points") == [(3,)]


def test_a_new_store_is_told_from_one_that_holds_something(tmp_path):
    file = StoreFile(tmp_path / "s", create=True)
    assert file.empty
    file.db.execute("CREATE TABLE t (x)")
    assert not file.empty
    file.db.execute("CREATE TABLE experiment (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    assert file.read("design") == {}
    file.write("design", {"名": 1})
    file.write("design", {"名": 2})
    assert file.read("design") == {"名": 2}
    assert "名" in file.db.execute("SELECT value FROM experiment").fetchone()[0]
    file.close()
