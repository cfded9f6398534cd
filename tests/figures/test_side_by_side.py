"""Two runs side by side."""

from __future__ import annotations

from kit.cities import SMALL

from simulation import RunResult, load_scenario, run
from simulation.figures.names import scenario_title
from simulation.figures.side_by_side import titles as titled


def test_two_scenarios_of_different_titles_stand_side_by_side_under_their_titles(small_run: RunResult) -> None:
    given = {"extends": "classroom", "title": {"en": "Another", "zh": "另一个"}, "weeks": 12}
    other = run(load_scenario(given | {"structure": {"citizens": SMALL["structure.citizens"]}}), seed=1)
    titles = [scenario_title(run, "en") for run in (small_run, other)]
    assert titles[0].startswith(small_run.spec.title.en)
    assert titled((small_run, other), "en") == [titles[0], "Another"]
    assert titled((small_run, other), "zh")[1] == "另一个"
