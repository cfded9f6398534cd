"""The report on a battery says what was capped, lost and needed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic import FEW, battery, claim, shifted

from simulation.drawing.numbers import estimate
from simulation.hypotheses import Hypothesis
from simulation.hypotheses.report import content, section
from simulation.text import say


def hardly(setting, seed):
    """Return something measurable for a quarter of the seeds, and fail for another quarter."""
    if seed % 4 == 1:
        raise ValueError("bad luck")
    return {"y": shifted(setting, seed)["y"] if seed % 4 == 0 else math.nan}


def test_a_report_says_what_was_capped_lost_needed_and_tried_elsewhere(tmp_path):
    capped = Hypothesis.load(
        claim(
            test=FEW,
            treatment={"shift": 0.15},
            smallest_effect=0.2,
            alternatives=[{"name": "none", "label": "none", "set": {"off": 1.0}}],
        ),
        shifted,
    )
    findings = battery(tmp_path, capped).test()
    text = str(content(findings, "en"))
    assert say("hypotheses.capped", "en", ids="T1") in text
    found = findings["T1"]
    about = str(section(found, "en"))
    assert say("hypotheses.would_take_text", "en", number=found.would_take) in about
    assert say("hypotheses.alternatives", "en") in about
    assert say("hypotheses.lost", "en") not in about
    assert found.mechanism_status is None


def test_failed_and_undefined_runs_are_counted_in_the_report(tmp_path):
    found = battery(tmp_path, Hypothesis.load(claim(test={"pilot": 40, "max_replicates": 60}), hardly)).test()["T1"]
    assert 0 < found.lost < found.plan.replicates
    assert say("hypotheses.lost_text", "en", number=found.lost) in str(section(found, "en"))
    assert found.lost == int((~np.isfinite(found.outcomes).all(axis=1)).sum())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_a_dash(value):
    assert estimate(value) == "–"
    assert estimate(0.0) == "0"
    assert estimate(-1234.5) == "-1234"
