"""Forms that several rules share stay within their range for every number that a scenario accepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.world.forms import response

TINY = 5e-324
amounts = st.floats(TINY, 1000, allow_subnormal=True)


@given(amounts, amounts, st.sampled_from([1.0, 1.1, 2.0, 3.0, 20.0]))
def test_the_response_to_momentum_is_a_share_however_small_the_numbers(stock: float, q_half: float, h: float) -> None:
    assert 0.0 <= response(stock, q_half, h) <= 1.0


@pytest.mark.parametrize("h", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("q_half", [TINY, 1e-300, 0.05])
def test_half_the_response_is_reached_at_q_half(q_half: float, h: float) -> None:
    assert response(q_half, q_half, h) == 0.5
    assert response(0.0, q_half, h) == 0.0
