"""The ledger's message names the stock that is furthest off, in proportion to the momentum that moved."""

from __future__ import annotations

import numpy as np
import pytest
from kit.kernels import in_python

from simulation.ledger.accounts import FLOWS, PASSED_1, PASSED_2, PASSED_3
from simulation.ledger.balance import LedgerError, balanced, explain
from simulation.scenario.windows import STAGES


def test_the_stock_that_is_named_is_the_furthest_off_for_what_moved_through_it() -> None:
    before, after = np.zeros((2, 5)), np.zeros((2, 5))
    booked = np.zeros((2, len(FLOWS)))
    booked[0, PASSED_1] = 1000.0
    before[0, 0] = 1001.0
    after[0, 1] = 1000.0
    before[0, 4], after[0, 4] = 500.0, 501.0
    before[1, 2] = 2.0
    booked[1, PASSED_3] = 1.5
    after[1, 3] = 1.5
    assert not balanced(before, booked, after)
    with pytest.raises(LedgerError) as caught:
        explain(before, booked, after, week=7, cities=["East", "West"])
    said = str(caught.value)
    assert said.startswith(f"week 7, West: the stock of stage 3 ({STAGES[2]}) is off by -5.000e-01")
    assert said.endswith("(before 2, after 0)")


def one_city(before: float, entered: float, passed: float, after: float) -> bool:
    """Tell whether stage 2 balances, with flows in stages 1 and 3 that balance by themselves."""
    stocks, booked = np.zeros((2, 1, 5)), np.zeros((1, len(FLOWS)))
    booked[0, PASSED_1], booked[0, PASSED_2] = entered, passed
    stocks[0, 0, :2], stocks[1, 0, 1:3] = (entered, before), (after, passed)
    return bool(balanced(stocks[0], booked, stocks[1]))


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_nine_digits_of_what_moved_are_kept_whatever_its_size(size: float) -> None:
    assert one_city(size, 0.0, 0.0, size)
    assert one_city(size, 0.0, 0.0, size * (1 + 1.9e-9))
    assert not one_city(size, 0.0, 0.0, size * (1 + 2.1e-9))
    assert not one_city(size, 0.0, 0.0, size * (1 - 2.1e-9))
    # No momentum stays, but the momentum that passed through may leave a rounding error.
    assert one_city(0.0, size, size * (1 + 1.9e-9), 0.0)
    assert not one_city(0.0, size, size * (1 + 2.1e-9), 0.0)


def test_no_number_at_all_is_the_furthest_off() -> None:
    before, booked, after = np.zeros((1, 5)), np.zeros((1, len(FLOWS))), np.zeros((1, 5))
    after[0, 1] = 5.0
    after[0, 4] = np.nan
    with pytest.raises(LedgerError, match="stage 5"):
        explain(before, booked, after, week=0, cities=["East"])


def test_a_stock_that_moves_without_an_entry_is_not_balanced() -> None:
    before, booked = np.ones((1, 5)), np.zeros((1, len(FLOWS)))
    assert in_python(balanced)(before, booked, before.copy())
    after = before.copy()
    after[0, 2] += 1e-6
    assert not in_python(balanced)(before, booked, after)


def test_what_is_too_small_to_keep_digits_is_rounding_and_what_is_not_is_an_error() -> None:
    assert one_city(before=5e-324, entered=0.0, passed=0.0, after=0.0)
    assert not one_city(before=1e-300, entered=0.0, passed=0.0, after=0.0)
