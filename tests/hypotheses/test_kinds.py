"""Kinds of claims and the contrasts they rest on."""

from __future__ import annotations

import pytest
from synthetic import FEW, battery, claim, shifted

from simulation.hypotheses import Hypothesis

ONLY = {"control": None, "treatment": None}


def together(setting, seed):
    """Return 1·a + 1·b + 2·ab and a seed's luck."""
    return {"y": setting["a"] + setting["b"] + 2 * setting["a"] * setting["b"] + shifted({}, seed)["y"]}


def test_a_factorial_claim_is_of_the_contrast_with_all_signs_multiplied(tmp_path):
    factors = {"a": [0, 1], "b": [0, 1]}
    one = Hypothesis.load(claim(**ONLY, kind="interaction", factors=factors, contrast="factorial", test=FEW), together)
    (contrast,) = one.kind.contrasts({}, "increase")
    assert dict(zip(one.kind.arms(), contrast.weights.tolist(), strict=True)) == {
        "−−": 0.5, "−+": -0.5, "+−": -0.5, "++": 0.5,
    }  # fmt: skip
    found = battery(tmp_path, one).test()["T1"]
    assert found.part.name == "factorial"
    assert found.part.estimate == pytest.approx(1.0)
    assert found.verdict == "supported"
