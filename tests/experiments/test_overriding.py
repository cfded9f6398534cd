"""Values of a branch that the run's own changes set again: each is told once, with the week until which it holds."""

from __future__ import annotations

from typing import Any

import pytest

from simulation import load_scenario
from simulation.experiments.overriding import Overridden, overridden

KEY = "execution.oversight"


def found(listed: list[dict[str, Any]], *new: dict[str, Any]) -> list[Overridden]:
    spec = load_scenario("classroom").with_values({"changes": [*listed, *new], "weeks": 60})
    return overridden(spec, len(listed))


def change(week: int, value: float = 0.3, **more: Any) -> dict[str, Any]:
    return {"week": week, "set": {KEY: value}, **more}


def test_a_later_change_of_the_same_parameter_ends_the_new_value() -> None:
    assert found([change(40)], change(20)) == [Overridden(KEY, 20, 1, 40)]


def test_of_several_later_changes_the_first_in_time_is_told() -> None:
    assert found([change(50), change(30)], change(20)) == [Overridden(KEY, 20, 2, 30)]


def test_a_later_change_for_a_while_tells_when_the_new_value_returns() -> None:
    assert found([change(40, length=5)], change(20)) == [Overridden(KEY, 20, 1, 40, 45)]
    assert found([change(40, length=30)], change(20)) == [Overridden(KEY, 20, 1, 40)]


@pytest.mark.parametrize(
    ("listed", "new"),
    [
        (change(20), change(20)),
        (change(10), change(20)),
        (change(40, cities=["Gaoyao"]), change(20)),
        ({"when": "effectiveness > 0.2", "set": {KEY: 0.3}}, change(20)),
        ({"week": 40, "set": {"stages.authority.rank": "deputy"}}, change(20)),
        (change(40), change(20, length=20)),
    ],
)
def test_what_leaves_the_new_value_alone_is_not_told(listed: dict[str, Any], new: dict[str, Any]) -> None:
    assert found([listed], new) == []


def test_further_changes_do_not_warn_of_one_another() -> None:
    assert found([], change(20), change(40)) == []
