"""A result: its tables, saved and read back, with its model and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation import RunResult


def test_a_table_that_was_not_saved_is_missed_only_when_it_is_asked_for(small_run: RunResult, tmp_path: Path) -> None:
    folder = small_run.save(tmp_path / "out")
    (folder / "units.csv").unlink()
    loaded = RunResult.load(folder)
    assert len(loaded.weekly) == small_run.spec.weeks
    with pytest.raises(LookupError, match="units"):
        _ = loaded.units
