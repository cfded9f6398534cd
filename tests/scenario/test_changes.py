"""Changes as a scenario states them: what they may say, how settings reach them, and what is refused by name."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation.scenario import InputError, load_scenario, parse_assignments
from simulation.scenario.changes import WHOLE
from simulation.scenario.changing import BY_CITY, EVERYWHERE, FIXED, can_change, changeable
from simulation.scenario.checking_changes import settings_in
from simulation.scenario.keys import metas, tables

SPEC = load_scenario("zhaoqing")
LESS = {"execution.oversight": 0.2}
FILE = """
extends = "zhaoqing"

[[changes]]
week = 80
set = { "execution.oversight" = 0.2 }
length = 26
title = { en = "Oversight withdrawn", zh = "撤出督查" }

[[changes]]
when = "effectiveness > .2 and breadth >= 4"
repeat = true
length = 13
cities = ["Zhaoqing City"]
[changes.set.execution]
revise = 0.9
"""


def refused(values: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        SPEC.with_values(values)
    return caught.value


def one(**fields: Any) -> dict[str, Any]:
    return {"changes": [{"week": 3, "set": LESS, **fields}]}


def test_a_file_states_changes_by_week_and_by_condition_flat_or_nested(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(FILE, encoding="utf-8")
    first, second = load_scenario(file).changes
    assert (first.week, first.length, first.set) == (80, 26, LESS)
    assert first.title.label("zh") == "撤出督查"
    assert second.set == {"execution.revise": 0.9}
    assert second.repeat
    assert second.week is None


def test_a_scenario_with_changes_survives_its_own_data() -> None:
    changes = [
        {"week": 0, "set": {"stages.authority.length": math.inf}},
        {"week": 3, "set": LESS, "units": ["Duanzhou District"]},
    ]
    spec = SPEC.with_values({"changes": changes})
    again = load_scenario(spec.to_dict())
    assert again.changes[1] == spec.changes[1]
    assert again.digest == spec.digest
    assert again.with_settings(again.changes[0].set).stages.authority.length == math.inf


def test_what_changes_bears_on_the_digest_and_how_they_are_called_does_not() -> None:
    named, plain = SPEC.with_values(one(title="Less")), SPEC.with_values(one())
    assert named.digest == plain.digest
    assert len({SPEC.digest, plain.digest, SPEC.with_values(one(week=4)).digest}) == 3
    assert SPEC.with_values({"changes": []}).digest == SPEC.digest


def test_values_from_a_week_on_gather_in_one_change_per_week() -> None:
    spec = SPEC.with_values(
        parse_assignments(["execution.oversight=0.2@80", "execution.revise=0.9@80", "plan.kind=uniform@12"])
    )
    assert [(change.week, change.set) for change in spec.changes] == [
        (80, {"execution.oversight": 0.2, "execution.revise": 0.9}),
        (12, {"plan.kind": "uniform"}),
    ]
    assert spec == SPEC.with_values(
        {"execution.oversight@80": 0.2, "execution.revise@80": 0.9, "plan.kind@12": "uniform"}
    )


def test_the_digest_is_the_same_for_2_and_2_0_and_for_any_order_of_what_is_set() -> None:
    one_way = SPEC.with_change(8, {"execution.capacity": 2, "execution.revise": 1.0})
    other_way = SPEC.with_change(8, {"execution.revise": 1, "execution.capacity": 2.0})
    assert one_way.digest == other_way.digest


def test_numbers_of_numpy_are_numbers() -> None:
    spec = SPEC.with_change(np.int64(8), {"execution.capacity": np.float32(2)}, length=np.int64(3))
    assert spec.digest == SPEC.with_change(8, {"execution.capacity": 2.0}, length=3).digest


@pytest.mark.parametrize(
    "changes", ["abc", 5, None, ["abc"], [{"week": 5, "set": 3}], [{"week": 5, "set": LESS}] * 201]
)
@pytest.mark.parametrize("beside", [{}, {"execution.oversight@5": 0.2}, {"changes.1.set.execution.revise": 0.2}])
def test_what_is_no_list_of_changes_is_refused_whatever_stands_beside_it(changes: Any, beside: Any) -> None:
    with pytest.raises(InputError, match="changes"):
        SPEC.with_values({"changes": changes, **beside})


def test_parts_of_a_listed_change_are_settings() -> None:
    spec = SPEC.with_values(one()).with_values(
        {"changes.1.week": 60, "changes.1.length": 5, "changes.1.set.execution.oversight": 0.4}
    )
    assert (spec.changes[0].week, spec.changes[0].length, spec.changes[0].set) == (60, 5, {"execution.oversight": 0.4})
    by_condition = spec.with_values({"changes.1.when": "effectiveness > 0.1"})
    assert by_condition.changes[0].week is None


@pytest.mark.parametrize(
    ("values", "key", "inside"),
    [
        (one(week=None), "changes[1].week", "week"),
        (one(when="effectiveness > 0"), "changes[1].week", "not both"),
        (one(repeat=True), "changes[1].repeat", "condition"),
        (one(set={}), "changes[1].set", "nothing"),
        (one(set=3), "changes[1].set", "table"),
        (one(week=-1), "changes[1].week", "0"),
        (one(length=0), "changes[1].length", "1"),
        (one(set={"execution.oversigt": 0.2}), "changes[1].set.execution.oversigt", "execution.oversight"),
        (one(set={"execution.oversight": 2}), "changes[1].execution.oversight", "0 to 1"),
        (one(set={"structure.citizens": 2}), "changes[1].set.structure.citizens", "cannot change"),
        (one(set={"signals": []}, units=["X"]), "changes[1].set.signals", "all cities"),
        (one(lenght=3), "changes[1].lenght", "length"),
        (one(cities=["A", "A"]), "changes[1].cities", "twice"),
        (one(units=[]), "changes[1].units", "nowhere"),
        (one(units="Hill"), "changes[1].units", "names"),
        (one(set={"structure": 1}), "changes[1].set.structure", "cannot change"),
        (one(set={**LESS, "execution": {"oversight": 0.3}}), "changes[1].set.execution.oversight", "twice"),
        ({"changes.1.week": 3}, "changes.1.week", "none"),
        ({"changes.1.wek": 3}, "changes.1.wek", "week"),
        ({"structure.citizens@3": 3}, "structure.citizens", "cannot change"),
        ({"execution.oversight@999999999": 0.1}, "execution.oversight@999999999", "104000"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_key_in_both_languages(values: Any, key: str, inside: str) -> None:
    problem = refused(values)
    place = problem.in_language("en")
    assert place.replace(", entry 1: ", "[1].").startswith(key)
    assert inside in place
    assert problem.in_language("zh") != place


def test_changes_that_hold_together_are_checked_together() -> None:
    changes = [{"week": 1, "set": {"stages.trend.build": 0.6}}, {"week": 5, "set": {"stages.trend.relax": 0.6}}]
    assert "week 5" in str(refused({"changes": changes}))
    apart = [{**changes[0], "length": 4}, changes[1]]
    assert settings_in(SPEC.with_values({"changes": apart}).changes, 5) == {"stages.trend.relax": 0.6}


def test_a_change_that_only_an_earlier_one_makes_possible_is_accepted_while_that_one_holds() -> None:
    first = {"week": 1, "set": {"stages.trend.relax": 0.0}}
    second = {"week": 5, "set": {"stages.trend.build": 1.0}}
    assert SPEC.with_values({"changes": [first, second]}).changes[1].week == 5
    assert "week 9" in str(refused({"changes": [{**first, "length": 8}, second, {"week": 6, "set": LESS}]}))


def test_a_place_that_is_not_there_is_refused_with_the_nearest_one() -> None:
    from simulation import MomentumModel

    with pytest.raises(InputError, match="Zhaoqing"):
        MomentumModel(SPEC.with_values(one(cities=["Zhaoqin"])), rng=0)
    with pytest.raises(InputError, match=r"changes.*units"):
        MomentumModel(SPEC.with_values(one(units=["Nowhere"])), rng=0)
    with pytest.raises(InputError, match=r"changes.*plan.table"):
        MomentumModel(SPEC.with_values(one(set={"plan.table": {"Nowhere": ["nimby"]}})), rng=0)


def test_each_name_in_the_lists_of_keys_is_a_key_or_a_table() -> None:
    for name in (*FIXED, *EVERYWHERE, *BY_CITY, *WHOLE):
        assert name in metas() or name in tables()
    whole = {"domains", "departments", "facts", "weights", "assignment"}
    assert set(WHOLE) == {key for key in changeable() if metas()[key][1].kind in whole}
    assert not can_change("structure.citizens")


def test_an_assignment_with_a_week_needs_a_parameter_that_can_change_and_a_text_keeps_its_sign() -> None:
    assert parse_assignments(["structure.file=a@80", "title=x@5"]) == {"structure.file": "a@80", "title": "x@5"}
    with pytest.raises(InputError, match="cannot change"):
        parse_assignments(["weeks=10@80"])
