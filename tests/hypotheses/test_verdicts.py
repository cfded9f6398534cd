"""The rules of verdicts, each against its definition."""

from __future__ import annotations

import math

import pytest

from simulation.hypotheses import planning
from simulation.hypotheses.evidence import Evidence, weakest
from simulation.hypotheses.verdicts import (
    ASSUMED,
    EMERGENT,
    NO_EVIDENCE,
    NOT_EXAMINED,
    REFUTED,
    SUPPORTED,
    UNDECIDED,
    Judgement,
    correct,
    headline,
    judge,
    judge_any,
    label_of,
    robust_share,
)


def part(name="a", support=1.0, refute=1.0, size=1.0, **more):
    return Evidence(name, size, 0.0, 2.0, support, refute, **more)


def test_a_verdict_at_exactly_the_error_rate_is_a_verdict():
    assert Judgement(0.05, 1.0).verdict(0.05) == SUPPORTED
    assert Judgement(1.0, 0.05).verdict(0.05) == REFUTED
    assert Judgement(0.0501, 0.0501).verdict(0.05) == UNDECIDED


def test_without_parts_nothing_is_decided():
    assert judge([]) == judge_any([]) == NO_EVIDENCE
    assert NO_EVIDENCE.verdict(0.99) == UNDECIDED
    assert headline([], REFUTED) is None


def test_a_conjunction_takes_the_worst_support_and_the_corrected_best_refutation():
    found = judge([part(support=0.2, refute=0.5), part(support=0.01, refute=0.9), part(support=0.1, refute=0.8)])
    assert (found.p_support, found.p_refute) == (0.2, 1.0)
    found = judge([part(support=1.0, refute=0.01), part(support=0.001), part(support=0.001)])
    assert (found.p_support, found.p_refute) == (1.0, pytest.approx(0.03))


def test_an_alternative_of_parts_takes_the_corrected_best_support_and_the_worst_refutation():
    found = judge_any([part(support=0.01, refute=0.9), part(support=0.8, refute=0.001)])
    assert (found.p_support, found.p_refute) == (pytest.approx(0.02), 0.9)
    assert judge_any([part(support=0.9), part(support=0.8)]).p_support == 1.0


def test_support_and_refutation_are_corrected_each_over_its_own_tests():
    made = correct([Judgement(0.01, 0.5), Judgement(0.02, 0.001), Judgement(0.9, 0.6)])
    assert [one.p_support for one in made] == pytest.approx([0.03, 0.04, 0.9])
    assert [one.p_refute for one in made] == pytest.approx([1.0, 0.003, 1.0])


def test_the_headline_is_what_refutes_or_what_the_claim_hangs_on():
    parts = [part("a", 0.3, 0.2), part("b", 0.1, 0.01), part("c", 0.01, 0.9)]
    assert headline(parts, REFUTED).name == "b"
    assert headline(parts, SUPPORTED).name == "a"
    assert headline(parts, UNDECIDED).name == "a"
    assert weakest([part("a", 0.2), part("b", 0.3), part("c", 0.1)]).name == "b"


@pytest.mark.parametrize(
    ("verdict", "examined", "without", "label"),
    [
        (SUPPORTED, True, SUPPORTED, EMERGENT),
        (SUPPORTED, True, None, EMERGENT),
        (SUPPORTED, True, UNDECIDED, ASSUMED),
        (SUPPORTED, True, REFUTED, ASSUMED),
        (SUPPORTED, False, None, NOT_EXAMINED),
        (REFUTED, True, SUPPORTED, None),
        (UNDECIDED, True, None, None),
        (REFUTED, False, None, None),
    ],
)
def test_a_label_follows_from_the_verdicts_with_and_without_the_direct_products(verdict, examined, without, label):
    assert label_of(verdict, examined, without) == label


def test_the_robust_share_of_a_refutation_counts_refutations():
    assert robust_share(REFUTED, [REFUTED, SUPPORTED, SUPPORTED, UNDECIDED]) == 0.25


def test_a_rank_near_its_edge_would_take_more_replicates_than_one_far_from_it():
    near, far = (Evidence("rank", 5, 1, 12, p, 1.0, unit="rank") for p in (0.2, 0.04))
    assert planning.would_take(near, 40, 0.05, 0.01) > planning.would_take(far, 40, 0.05, 0.01) > 40
    assert planning.would_take(Evidence("rank", 5, 1, 12, 1.0, 1.0, unit="rank"), 40, 0.05, 0.01) is None


def test_the_robust_share_counts_equal_verdicts():
    assert robust_share("supported", ["supported", "refuted", "supported", "undecided"]) == 0.5
    assert math.isnan(robust_share("supported", []))
    assert math.isnan(robust_share("undecided", ["undecided"]))
