"""Changes written as TOML load again as the same changes, whatever file they are put under."""

from __future__ import annotations

import tomllib

import pytest

from simulation import load_scenario
from simulation.scenario.changes_text import changes_text

CHANGES = {
    "by week": {"week": 80, "set": {"execution.oversight": 0.2}},
    "for a while, somewhere": {"week": 3, "length": 26, "units": ["Gaoyao"], "set": {"execution.capacity": 0.5}},
    "on a condition": {"when": "effectiveness > 0.2", "repeat": True, "length": 4, "set": {"execution.oversight": 0}},
    "titled": {
        "week": 1,
        "title": {"en": 'With "quotes"', "zh": "反斜线 \\"},
        "set": {"stages.authority.rank": "deputy"},
    },
    "one title": {"week": 1, "title": "督查", "set": {"execution.oversight": 0.1}},
    "infinite": {"week": 1, "set": {"stages.leverage.length": float("inf")}},
    "a whole table": {
        "week": 9,
        "title": "Another plan",
        "set": {"plan.table": {"Duanzhou": ["grid", "environment"], "Gaoyao": ["nimby"], "Dinghu": ["urban-fringe"]}},
    },
    "signals": {"week": 9, "set": {"signals": [{"week": 12, "domain": "grid"}]}},
}


@pytest.mark.parametrize("chosen", [[name] for name in CHANGES] + [list(CHANGES)], ids=lambda chosen: chosen[0])
def test_what_is_written_loads_as_the_same_changes(chosen, tmp_path):
    spec = load_scenario("zhaoqing").with_values({"changes": [CHANGES[name] for name in chosen]})
    path = tmp_path / "again.toml"
    text = f'extends = "zhaoqing"\n[structure]\ncitizens = "all"\n{changes_text(spec.values["changes"])}\n'
    path.write_text(text, encoding="utf-8")
    again = load_scenario(path)
    assert again.values["changes"] == spec.values["changes"]
    assert again.structure.citizens == "all"


def test_a_short_change_has_one_line_per_part_and_a_table_of_its_own():
    text = changes_text([CHANGES["one title"], CHANGES["by week"]])
    assert text.split("\n\n")[0].splitlines() == [
        "[[changes]]",
        'title = "督查"',
        "week = 1",
        'set = { "execution.oversight" = 0.1 }',
    ]
    assert len(tomllib.loads(text)["changes"]) == 2
