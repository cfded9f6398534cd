"""Controls: what a slider, a number and a sign for ever mean."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
from shown import Shown, at, finish

from simulation.app.control_panel import _Row
from simulation.app.controls import GROUPS


def test_a_whole_number_is_not_rounded_for_the_user() -> None:
    whole = [control for group in GROUPS.values() for control in group if control.whole]
    assert whole
    for control in whole:
        low = max(control.bounds()[0], 0) + 1
        assert control.parsed(low + 0.5) is None


def row(key: str) -> tuple[_Row, list[tuple[str, object]]]:
    """Return a control without its elements, and the changes that it makes."""
    made = object.__new__(_Row)
    changed: list[tuple[str, object]] = []

    async def set_value(name: str, value: object) -> None:
        changed.append((name, value))

    made.page = Shown(at(0))
    made.page.set_value = set_value  # type: ignore[method-assign]
    made.control = next(control for group in GROUPS.values() for control in group if control.key == key)
    made.high = made.control.high
    made.number = SimpleNamespace(value="", error=None)
    return made, changed


@pytest.mark.parametrize("key", [control.key for group in GROUPS.values() for control in group if control.endless])
def test_the_end_of_an_endless_slider_and_the_sign_for_it_mean_for_ever(key: str) -> None:
    made, changed = row(key)
    finish(made._slid(made.high))
    made.number.value = "∞"
    made.page.session.set_value(key, 5.0)
    finish(made._typed())
    assert changed[-1] == (key, math.inf)
    assert made.number.error is None


def test_a_number_without_an_upper_bound_is_refused_by_its_lower_one() -> None:
    found = [
        control
        for group in GROUPS.values()
        for control in group
        if not control.words and control.bounds()[1] == math.inf
    ]
    assert found
    for control in found:
        made, changed = row(control.key)
        made.number.value = "-7"
        finish(made._typed())
        assert made.number.error == made.page.text("refused.low", low=f"{control.bounds()[0]:g}", high="inf")
        assert changed == []
