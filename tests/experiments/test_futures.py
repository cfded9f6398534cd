"""A tree of futures: who branches from whom and when, what the table says, and which runs do not belong."""

from __future__ import annotations

import dataclasses

import pytest

from simulation import InputError, run
from simulation.experiments import Futures
from simulation.experiments.futures import Future, _placed
from simulation.experiments.trunk import Trunk
from simulation.results import RunResult

KEY = "execution.oversight"


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run({"extends": "classroom", "structure": {"citizens": 200}, "weeks": 30}, 3)


def change(week: int | None, value: float, **more: object) -> dict[str, object]:
    return {"week": week, "set": {KEY: value}, **more}


def places(result: RunResult, **lists: tuple[dict[str, object], ...]) -> dict[str, tuple[str, int]]:
    """Return parent and week of the futures with these lists of changes."""
    trunk = Future("unchanged", (), result.weekly, result.summary)
    found = [Future(name, changes, result.weekly, result.summary) for name, changes in lists.items()]
    return {one.name: (one.parent, one.week) for one in _placed(found, trunk)}


def test_a_future_branches_from_the_one_with_which_it_shares_the_longest_beginning(result: RunResult) -> None:
    a, b, c, d = change(5, 0.1), change(9, 0.2), change(12, 0.3), change(7, 0.4)
    found = places(result, whole=(a, b, c), first=(a,), other=(a, d), alone=(d,), second=(a, b))
    assert found == {
        "first": ("unchanged", 5),
        "alone": ("unchanged", 7),
        "second": ("first", 9),
        "other": ("first", 7),
        "whole": ("second", 12),
    }


def test_futures_that_share_a_beginning_part_where_the_first_of_them_changes(result: RunResult) -> None:
    a, late, soon = change(5, 0.1), change(20, 0.2), change(8, 0.3)
    found = places(result, one=(a, late), two=(a, soon))
    assert found["one"] == ("unchanged", 5)
    assert found["two"] == ("one", 8)


def test_a_title_makes_no_other_future(result: RunResult) -> None:
    found = places(result, one=(change(5, 0.1),), two=(change(5, 0.1, title="named"), change(9, 0.2)))
    assert found["two"] == ("one", 9)


def test_the_order_in_which_futures_are_given_does_not_move_them(result: RunResult) -> None:
    a, b = change(5, 0.1), change(9, 0.2)
    assert places(result, x=(a, b), y=(a,)) == places(result, y=(a,), x=(a, b))


def test_the_first_week_that_differs_is_that_of_the_branch_or_a_later_one(result: RunResult) -> None:
    branch = result.branch(11, {KEY: 0.0})
    tree = Futures.of(result, {"a": branch})
    differing = (branch.weekly != result.weekly) & ~(branch.weekly.isna() & result.weekly.isna())
    assert tree.futures[0].week == 11
    assert int(differing.any(axis=1).idxmax()) >= 11


def test_a_change_with_a_condition_branches_where_the_data_differ(result: RunResult) -> None:
    never = run(result.spec.with_values({"changes": [{"when": "effectiveness > 0.99", "set": {KEY: 0.0}}]}), 3)
    soon = run(result.spec.with_values({"changes": [{"when": "effectiveness >= 0", "set": {KEY: 0.0}}]}), 3)
    tree = Futures.of(result, {"never": never, "soon": soon})
    first, second = tree.futures
    assert first.week == 30
    assert 0 < second.week < 30
    assert second.weekly.head(second.week).equals(result.weekly.head(second.week))


def test_the_table_has_one_row_per_future_and_metric_with_exact_differences(result: RunResult) -> None:
    branch = result.branch(8, {KEY: 0.0})
    table = Futures.of(result, {"a": branch, "same": result.branch(8, {})}).table
    assert len(table) == 2 * len(result.summary)
    rows = table[table["future"] == "a"].set_index("metric")
    for name, value in branch.summary.items():
        wanted = value - result.summary[name]
        assert rows["difference"][name] == wanted or (wanted != wanted and rows["difference"].isna()[name])
    assert rows["changes"].unique().tolist() == ["oversight = 0 from week 8"]
    same = table[table["future"] == "same"]["difference"].dropna()
    assert (same == 0).all()


def test_a_run_that_stopped_is_run_to_its_end_for_the_tree(result: RunResult) -> None:
    stopped = run(result.spec, 3, until=12)
    tree = Futures.of(stopped, {"a": stopped.branch(12, {KEY: 0.0})})
    assert tree.unchanged.weekly.equals(result.weekly)
    with pytest.raises(InputError, match="stopped"):
        Futures.of(result, {"a": stopped})


def test_what_changes_in_the_run_itself_is_no_future(result: RunResult) -> None:
    parent = result.branch(5, {KEY: 0.1})
    tree = Futures.of(parent, {"a": parent.branch(9, {KEY: 0.2})})
    assert [change["week"] for change in tree.futures[0].changes] == [9]
    with pytest.raises(InputError, match="no future"):
        Futures.of(parent, {"a": result.branch(9, {KEY: 0.2})})


def test_runs_of_another_seed_or_scenario_are_refused_by_name(result: RunResult) -> None:
    other = run(result.spec.with_values({KEY: 0.3}), 3)
    for stranger in (run(result.spec, 4), other):
        with pytest.raises(InputError, match="stranger"):
            Futures.of(result, {"stranger": stranger})


def test_no_future_is_called_as_the_trunk(result: RunResult) -> None:
    with pytest.raises(InputError, match="reserved"):
        Futures.of(result, {"unchanged": result.branch(8, {KEY: 0.0})})


@pytest.mark.parametrize(("at", "week"), [(5, 5), (8, 8), (20, 8), (-1, 8), ("5", 8), (None, 8)])
def test_a_branch_is_where_its_provenance_has_it_but_never_after_it_parts(
    at: object, week: int, result: RunResult
) -> None:
    branch = result.branch(8, {KEY: 0.0})
    branch.provenance["branch"] = {"of": result.spec.digest, "week": at}
    tree = Futures.of(result, {"a": branch})
    assert tree.table["week"].unique().tolist() == [week]


def test_a_future_with_another_past_is_refused(result: RunResult) -> None:
    other = result.branch(8, {KEY: 0.0})
    weekly = other.weekly.copy()
    weekly.loc[5, "effectiveness"] += 1e-6
    other._tables["weekly"] = weekly
    with pytest.raises(InputError, match="before its branch point"):
        Futures.of(result, {"a": other})


def test_a_saved_tree_is_the_same_tree(result: RunResult, tmp_path) -> None:
    branch = result.branch(8, {KEY: 0.0})
    tree = Futures.of(result, {"a": branch, "b": branch.branch(15, {KEY: 0.9})})
    tree.save(tmp_path)
    for one in tree.futures:
        made = {"a": branch}.get(one.name) or branch.branch(15, {KEY: 0.9})
        made.provenance["branch"] = {"of": result.spec.digest, "week": one.week}
        made.save(tmp_path / one.name)
    again = Futures.load(tmp_path)
    again.save(tmp_path / "again")
    for name in ("futures.csv", "unchanged.csv", "unchanged.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("damage", ["{}", "[]", "no JSON", '{"scenario": {}, "seed": "x", "digest": 1}'])
def test_a_damaged_tree_is_refused(damage: str, result: RunResult, tmp_path) -> None:
    with pytest.raises(InputError, match="no tree"):
        Futures.load(tmp_path)
    branch = result.branch(8, {KEY: 0.0})
    branch.provenance["branch"] = {"of": result.spec.digest, "week": 8}
    branch.save(tmp_path / "a")
    Futures.of(result, {"a": branch}).save(tmp_path)
    (tmp_path / "unchanged.json").write_text(damage)
    with pytest.raises(InputError, match=r"unchanged\.json"):
        Futures.load(tmp_path)


def test_a_trunk_bears_its_own_changes_and_further_ones_only(result: RunResult) -> None:
    trunk = Trunk.of(result)
    assert trunk.bears(result.spec, 3)
    assert trunk.bears(result.spec.with_change(4, {KEY: 0.2}), 3)
    assert not trunk.bears(result.spec, 4)
    changed = dataclasses.replace(trunk, spec=result.spec.with_change(4, {KEY: 0.2}))
    assert not changed.bears(result.spec, 3)
    assert not changed.bears(result.spec.with_change(5, {KEY: 0.2}), 3)
