"""Two lines of a curve: slopes and where it breaks."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import outcomes

from simulation.hypotheses.twolines import line_weights, robin_hood, slope_weights


def test_the_slopes_weights_are_least_squares():
    x, y = np.array([0.0, 1.0, 4.0, 6.0]), np.array([1.0, -1.0, 3.0, 2.0])
    assert slope_weights(x) @ y == pytest.approx(np.polyfit(x, y, 1)[0])
    before, after = line_weights(x, 1)
    assert before @ y == pytest.approx(-2.0)
    assert after @ y == pytest.approx(np.polyfit(x[1:], y[1:], 1)[0] * 5)
    assert before[2:].tolist() == [0, 0]
    assert after[0] == 0


def test_two_lines_do_not_mind_where_the_factor_begins():
    x, y = np.array([5.0, 6.0, 9.0, 11.0]), np.array([1.0, -1.0, 3.0, 2.0])
    for one, other in zip(line_weights(x, 2), line_weights(x - 5, 2), strict=True):
        assert one @ y == pytest.approx(other @ y)


@pytest.mark.parametrize("top", [1, 2, 5])
def test_the_break_of_a_certain_curve_is_its_top(top):
    x = np.arange(7.0)
    assert robin_hood(x, np.tile(-((x - top) ** 2), (4, 1))) == top


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("top", [2, 6])
def test_the_break_is_found_on_either_side_for_both_shapes(sign, top):
    x = np.arange(9.0)
    made = outcomes(np.random.default_rng(21), -sign * np.abs(x - top), 20, own=0.1)
    assert robin_hood(x, made, sign) == top


def test_the_flatter_line_gets_the_more_points():
    # A plateau from 3 to 7: where the rise is steep and the fall slow, the break goes to the plateau's begin.
    x = np.arange(11.0)
    steep_rise = np.array([-30.0, -20, -10, 0, 0, 0, 0, 0, -0.3, -0.6, -0.9])
    rng = np.random.default_rng(22)
    early = robin_hood(x, outcomes(rng, steep_rise, 30, own=0.5))
    late = robin_hood(x, outcomes(rng, steep_rise[::-1], 30, own=0.5))
    assert early <= 4
    assert late >= 6


def test_two_lines_without_any_slope_break_in_the_middle():
    y = np.array([0.0, 1, 5, 2, 4, 1, 3])
    assert robin_hood(np.arange(7.0), np.array([y, -y])) == 3


RNG = np.random.default_rng(1)


def test_two_lines_reproduce_straight_lines():
    x = np.array([0.0, 1, 2, 4, 6])
    before, after = line_weights(x, 2)
    y = np.where(x <= 2, 3 * x, 6 - 0.5 * (x - 2))
    assert (before @ y, after @ y) == pytest.approx((6.0, -2.0))


def test_the_break_is_found_at_a_sharp_top():
    x = np.arange(9.0)
    assert robin_hood(x, outcomes(RNG, 4 - np.abs(x - 5), 20, own=0.1)) == 5


def test_the_break_is_never_an_end():
    x = np.arange(6.0)
    for means in (x, -x, np.zeros(6)):
        assert 1 <= robin_hood(x, outcomes(RNG, means, 10, own=0.1)) <= 4
