"""Two runs side by side."""

from __future__ import annotations

from kit.cities import SMALL

from simulation import RunResult, load_scenario, run
from simulation.figures.side_by_side import _titles


def test_two_scenarios_of_different_titles_stand_side_by_side_under_their_titles(small_run: RunResult) -> None:
    other = run(load_scenario("classroom").with_values({**SMALL, "title": {"en": "Another", "zh": "另一个"}}), seed=1)
    assert _titles((small_run, other), "en") == [small_run.spec.title.en, "Another"]
    assert _titles((small_run, other), "zh")[1] == "另一个"
