"""A store remembers on which platforms it was filled."""

from __future__ import annotations

import json

import pytest
from outcomes import DESIGN, described, stored

from simulation.experiments.store.store import Store, _elsewhere


def test_the_first_platform_is_noted_once_and_without_a_warning(opened):
    opened.platform("d1", described())
    opened.platform("d1", described())
    assert opened.warnings == []
    assert stored(opened.path, "SELECT digest FROM platforms") == [("d1",)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"system": "t"}, "system"),
        ({"machine": "n"}, "machine"),
        ({"cpu": []}, "cpu"),
        ({"versions": {"numpy": "2", "mesa": "3"}}, "numpy 1 → 2"),
        ({"versions": {"numpy": "1", "scipy": "9"}}, "mesa 3 → –, scipy – → 9"),
    ],
)
def test_what_differs_on_another_platform_is_said_and_nothing_else(tmp_path, changes, said):
    with Store(tmp_path / "s", DESIGN, {}) as first:
        first.platform("d1", described())
    with Store(tmp_path / "s", DESIGN, {}) as second:
        second.platform("d1", described())
        assert second.warnings == []
        second.platform("d2", described(**changes))
        second.platform("d2", described(**changes))
    expected = f"resumed on another platform ({said}): draws are equal, last digits may differ"
    assert second.warnings == [expected]


@pytest.mark.parametrize("before", ["", "[]", "{}", '{"versions": ["numpy"]}', "null"])
def test_a_platform_that_was_noted_in_another_form_is_another_platform(before):
    now = json.dumps({"system": "s", "machine": "m", "cpu": [], "versions": {}})
    assert _elsewhere(before, now) == "resumed on another platform: draws are equal, last digits may differ"
