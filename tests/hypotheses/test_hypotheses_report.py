"""The report on a battery says what was capped, lost and needed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic import FEW, battery, claim, hill, shifted

from simulation.drawing.numbers import estimate
from simulation.hypotheses import Hypothesis
from simulation.hypotheses.evidence import EFFECT, NOT_WORSE, NOTHING, Contrast, Evidence, Rule, weigh
from simulation.hypotheses.findings import Findings
from simulation.hypotheses.planning import part_power
from simulation.hypotheses.report import content
from simulation.hypotheses.sections import section
from simulation.hypotheses.tables import estimates_table
from simulation.hypotheses.wording import expected as expected_of
from simulation.hypotheses.wording import found as found_of
from simulation.hypotheses.wording import in_words, rests_on, underpowered
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


def steady(setting, seed):
    """Return a small certain rise under ``shift``."""
    return {"y": setting.get("shift", 0.0) + seed % 5 / 1000}


def found_for(tmp_path, table, task):
    return battery(tmp_path, Hypothesis.load(table, task)).test()["T1"]


def test_a_part_names_the_direction_that_was_expected_and_the_one_that_was_found(tmp_path):
    one = found_for(tmp_path, claim(test=FEW, expected="decrease", treatment={"shift": 0.7}), steady)
    assert one.verdict == "refuted"
    words = rests_on(one, "en")
    assert "treatment minus control: expected decrease, found increase; 0.7000" in words
    assert words in str(section(one, "en"))
    assert "预期下降，实际上升" in rests_on(one, "zh")
    table = estimates_table(Findings({"T1": one}, False, 0, {}, []), "en")
    row = dict(zip(table.head, table.rows[0], strict=True))
    assert (row["Part"], row["Expected"], row["Found"]) == ("treatment minus control", "decrease", "increase")


@pytest.mark.parametrize(
    ("role", "sign", "ends", "words"),
    [
        (EFFECT, 1, (0.3, 0.4), ("increase", "increase")),
        (EFFECT, -1, (-0.4, -0.3), ("decrease", "decrease")),
        (EFFECT, 1, (0.01, 0.02), ("increase", "increase below the smallest effect")),
        (EFFECT, 1, (0.01, 0.2), ("increase", "increase, perhaps below the smallest effect")),
        (EFFECT, -1, (-0.2, -0.01), ("decrease", "decrease, perhaps below the smallest effect")),
        (EFFECT, 1, (-0.02, -0.01), ("increase", "decrease below the smallest effect")),
        (EFFECT, 1, (-0.01, 0.02), ("increase", "no difference")),
        (EFFECT, 1, (-0.5, 0.6), ("increase", "neither direction for certain")),
        (NOT_WORSE, 1, (0.3, 0.4), ("no fall", "increase")),
        (NOT_WORSE, -1, (0.3, 0.4), ("no rise", "increase")),
        (NOTHING, 1, (-0.01, 0.02), ("no difference", "no difference")),
    ],
)
def test_directions_follow_from_the_interval_and_the_role(role, sign, ends, words):
    part = Evidence("treatment", sum(ends) / 2, *ends, 1.0, 1.0, role, sign=sign)
    assert (expected_of(part, "en"), found_of(part, 0.1, "en")) == words


def test_a_rank_has_no_direction_and_no_power():
    part = Evidence("rank", 19.0, 7.0, 34.0, 1.0, 0.3, unit="rank")
    assert expected_of(part, "en") == "rank near the top"
    assert found_of(part, 0.1, "en") == "rank 19"
    assert math.isnan(part_power(part, 20, 0.1, 0.05, 0.05))


def test_the_expected_direction_of_a_hill_is_up_and_then_down(tmp_path):
    table = claim(
        kind="curve",
        factor="x",
        values=[0, 1, 2, 3, 4, 5, 6],
        shape="inverted-u",
        control=None,
        treatment=None,
        test=FEW,
    )
    one = found_for(tmp_path, table, hill)
    assert {part.name: expected_of(part, "en") for part in one.parts} == {"before": "increase", "after": "decrease"}
    assert "Expected: increase, then decrease" in str(section(one, "en"))


def test_an_underpowered_part_says_so_where_it_stands(tmp_path):
    thin = found_for(tmp_path / "thin", claim(test=FEW, smallest_effect=0.05), shifted)
    part = thin.parts[0]
    assert underpowered(part, thin)
    assert "UNDERPOWERED: an effect of twice 0.05 had a chance of" in in_words(part, thin, "en")
    assert "检验力不足" in in_words(part, thin, "zh")
    about = str(section(thin, "en"))
    assert ": underpowered" in about
    assert say("hypotheses.power.note", "en", wanted="90%") in about
    thick = found_for(tmp_path / "thick", claim(), shifted)
    assert not underpowered(thick.parts[0], thick)
    assert "nderpowered" not in str(section(thick, "en"))


@pytest.mark.parametrize(("truth", "p"), [(1.6, "p_support"), (0.0, "p_refute")])
def test_the_power_of_a_part_is_the_share_of_tests_that_decide_twice_the_smallest_effect_and_zero(truth, p):
    rng, n, sd, smallest = np.random.default_rng(5), 12, 1.0, 0.8
    rule = Rule(0.05, smallest)
    contrast = Contrast("treatment", np.array([-1.0, 1.0]))
    powers, decided = [], []
    for _ in range(1500):
        outcomes = np.column_stack([np.zeros(n), rng.normal(truth, sd, n)])
        part = weigh(contrast, outcomes, rule)
        powers.append(part_power(part, n, smallest, 0.05, 0.05))
        decided.append(getattr(part, p) <= 0.05)
    assert np.mean(decided) == pytest.approx(np.median(powers), abs=0.05)
