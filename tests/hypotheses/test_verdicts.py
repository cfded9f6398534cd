"""The rules of verdicts, each against its definition."""

from __future__ import annotations

import math

import pytest

from simulation.hypotheses import planning
from simulation.hypotheses.evidence import NOT_WORSE, Evidence, weakest
from simulation.hypotheses.verdicts import (
    NO_EVIDENCE,
    REFUTED,
    SUPPORTED,
    UNDECIDED,
    Judgement,
    correct,
    headline,
    judge,
    kept_share,
    mechanism_status,
    robust_share,
)


def part(name="a", support=1.0, refute=1.0, reach=True, size=1.0, **more):
    return Evidence(name, size, 0.0, 2.0, support, refute, reach, **more)


def test_a_verdict_at_exactly_the_error_rate_is_a_verdict():
    assert Judgement(0.05, 1.0, True).verdict(0.05) == SUPPORTED
    assert Judgement(1.0, 0.05, True).verdict(0.05) == REFUTED
    assert Judgement(0.0501, 0.0501, True).verdict(0.05) == UNDECIDED


def test_support_out_of_reach_of_what_matters_is_no_support():
    assert Judgement(0.0, 1.0, False).verdict(0.05) == UNDECIDED
    assert Judgement(0.0, 0.0, False).verdict(0.05) == REFUTED


def test_without_parts_nothing_is_decided():
    assert judge([]) == NO_EVIDENCE
    assert Judgement(1.0, 1.0, False) == NO_EVIDENCE
    assert headline([], REFUTED) is None


def test_a_conjunction_takes_the_worst_support_and_the_corrected_best_refutation():
    found = judge([part(support=0.2, refute=0.5), part(support=0.01, refute=0.9), part(support=0.1, refute=0.8)])
    assert (found.p_support, found.p_refute, found.reach) == (0.2, 1.0, True)
    assert judge([part(), part(reach=False)]).reach is False


def test_support_and_refutation_are_corrected_each_over_its_own_tests():
    made = correct([Judgement(0.01, 0.5, True), Judgement(0.02, 0.001, False), Judgement(0.9, 0.6, True)])
    assert [one.p_support for one in made] == pytest.approx([0.03, 0.04, 0.9])
    assert [one.p_refute for one in made] == pytest.approx([1.0, 0.003, 1.0])
    assert [one.reach for one in made] == [True, False, True]


def test_the_headline_is_what_refutes_or_what_the_claim_hangs_on():
    parts = [part("a", 0.3, 0.2), part("b", 0.1, 0.01), part("c", 0.01, 0.9)]
    assert headline(parts, REFUTED).name == "b"
    assert headline(parts, SUPPORTED).name == "a"
    assert headline(parts, UNDECIDED).name == "a"
    assert weakest([part("a", 0.2), part("b", 0.2, reach=False), part("c", 0.1)]).name == "b"


def test_exactly_half_is_not_more_than_half():
    assert mechanism_status(SUPPORTED, REFUTED, 0.5) == "vanishes"
    assert mechanism_status(SUPPORTED, REFUTED, 0.51) == "remains"
    assert mechanism_status(SUPPORTED, UNDECIDED, math.nan) == "unclear"
    assert mechanism_status(SUPPORTED, REFUTED, math.nan) == "vanishes"
    assert mechanism_status(REFUTED, SUPPORTED, 1.0) == "moot"


def test_only_effects_in_the_metrics_unit_and_not_zero_are_compared_with_what_is_kept():
    base = [part(size=2.0), part(size=2.0, unit="rank"), part(size=2.0, role=NOT_WORSE), part(size=0.0)]
    removed = [part(size=1.0), part(size=0.1), part(size=0.1), part(size=-9.0)]
    assert kept_share(base, removed) == 0.5
    assert math.isnan(kept_share(base[1:], removed[1:]))
    assert kept_share(base[:1], [*removed[:1], part(size=0.0)]) == 0.5


def test_the_robust_share_of_a_refutation_counts_refutations():
    assert robust_share(REFUTED, [REFUTED, SUPPORTED, SUPPORTED, UNDECIDED]) == 0.25


def test_a_refuted_part_refutes_the_whole_with_a_correction_for_the_parts():
    part = Evidence("a", 0, 0, 0, 1.0, 0.01, True)
    good = Evidence("b", 0, 0, 0, 0.001, 1.0, True)
    assert judge([part, good, good]) == Judgement(1.0, pytest.approx(0.03), True)


def test_what_removing_the_mechanism_says():
    assert mechanism_status("supported", "supported", 0.1) == "remains"
    assert mechanism_status("supported", "refuted", 0.1) == "vanishes"
    assert mechanism_status("supported", "refuted", 0.9) == "remains"
    assert mechanism_status("supported", "undecided", 0.1) == "unclear"
    assert mechanism_status("undecided", "supported", 1.0) == "moot"


def test_what_is_kept_is_that_of_the_part_that_shrinks_most():
    def parts(*sizes):
        return [Evidence(str(place), size, 0, 0, 1, 1, True) for place, size in enumerate(sizes)]

    assert kept_share(parts(2.0, -4.0), parts(1.5, -1.0)) == 0.25
    assert kept_share(parts(2.0), parts(-1.0)) == -0.5
    assert math.isnan(kept_share([], []))


def test_a_rank_near_its_edge_would_take_more_replicates_than_one_far_from_it():
    near, far = (Evidence("rank", 5, 1, 12, p, 1.0, True, unit="rank") for p in (0.2, 0.04))
    assert planning.would_take(near, 40, 1, 0.05, 0.01) > planning.would_take(far, 40, 1, 0.05, 0.01) > 40
    assert planning.would_take(Evidence("rank", 5, 1, 12, 1.0, 1.0, True, unit="rank"), 40, 1, 0.05, 0.01) is None


def test_the_robust_share_counts_equal_verdicts():
    assert robust_share("supported", ["supported", "refuted", "supported", "undecided"]) == 0.5
    assert math.isnan(robust_share("supported", []))
    assert math.isnan(robust_share("undecided", ["undecided"]))
