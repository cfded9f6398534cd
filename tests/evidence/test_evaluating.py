"""Vectors of parameters evaluated into a store."""

from __future__ import annotations

import pytest
from known_models import product

from simulation.evidence import Calibration
from simulation.evidence.evaluating import Evaluator
from simulation.files.errors import InputError

POINTS = [{"a": 1.0, "b": 1.0, "c": 0.1 * place, "idle": 1.5} for place in range(3)]


def test_a_search_does_not_go_on_in_the_store_of_another(targets, tmp_path, quiet):
    asked = Calibration.of(targets)
    Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)(POINTS)
    again = Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)
    assert again(POINTS[:2]).shape == (2, 2)
    with pytest.raises(InputError, match="another search"):
        Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)(POINTS[1:])
