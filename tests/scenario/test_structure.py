"""A table of places: its limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit.cities import placed

from simulation import InputError
from simulation.places.hierarchy import load_hierarchy


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("simulation.scenario.structure_file.LARGEST_FILE", 10, "too large"),
        ("simulation.places.structure.MOST_ROWS", 4, "too many"),
    ],
)
def test_a_structure_beyond_a_limit_is_refused(
    tmp_path: Path, limit: str, most: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, most)
    with pytest.raises(InputError, match=said):
        load_hierarchy(placed(tmp_path))
