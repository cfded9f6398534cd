"""Controls: what a slider, a number and a sign for ever mean."""

from __future__ import annotations

from simulation.app.controls import GROUPS


def test_a_whole_number_is_not_rounded_for_the_user() -> None:
    whole = [control for group in GROUPS.values() for control in group if control.whole]
    assert whole
    for control in whole:
        low = max(control.bounds()[0], 0) + 1
        assert control.parsed(low + 0.5) is None
