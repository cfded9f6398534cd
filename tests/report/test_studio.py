"""Pictures of a report are drawn beside the run where a second processor helps."""

from __future__ import annotations

import pytest

from simulation import load_scenario
from simulation.report import run_pictures as drawing


def test_a_machine_of_one_processor_draws_without_a_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing.os, "cpu_count", lambda: 1)
    with drawing.run_pictures(load_scenario("classroom"), "en") as pictures:
        assert pictures._helper is None
