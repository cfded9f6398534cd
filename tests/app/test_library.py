"""The scenarios that the page offers."""

from __future__ import annotations

from pathlib import Path

from simulation.app.library import MOST_WEEKS, Library


def test_a_users_scenario_of_many_weeks_is_kept_to_what_a_class_can_wait_for(tmp_path: Path) -> None:
    file = tmp_path / "long.toml"
    file.write_text(f'extends = "classroom"\nweeks = {MOST_WEEKS + 1}\n', encoding="utf-8")
    library = Library([file])
    assert library.load(library.names[0]).weeks == MOST_WEEKS
