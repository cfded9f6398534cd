"""A city of an ensemble as a file of its own."""

from __future__ import annotations

import math
import tomllib

from simulation import load_scenario
from simulation.evidence import Ensemble
from simulation.evidence.cities import scenario_text


def test_a_city_is_written_as_toml_has_it_and_says_what_was_drawn():
    ensemble = Ensemble(values={"structure.citizens": 200})
    spec, written = ensemble.city(3, 1), tomllib.loads(scenario_text(ensemble, 3, 1))
    assert written["title"] == {"en": "Ordinary city 1", "zh": "普通城市 1"}
    assert "question" not in written
    assert written["stages"]["authority"]["length"] == math.inf
    assert spec.to_dict()["stages"]["authority"]["length"] == "inf"
    assert load_scenario(written).digest == spec.digest
