"""Sheets and numbers that all pictures share."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from simulation.drawing.numbers import amount
from simulation.drawing.sheet import Sheet


@pytest.mark.parametrize(("value", "shown"), [(math.nan, "–"), (0.0, "0"), (1234.5, "1,234"), (12.34, "12.3")])
def test_amounts_have_about_three_digits(value: float, shown: str) -> None:
    assert amount(value) == shown


def test_a_sheet_whose_layout_is_its_own_is_saved_alike_twice(tmp_path: Path) -> None:
    sheet = Sheet("own", "en", 3.0, 2.0)
    sheet.set_layout_engine(None)
    assert sheet.get_layout_engine() is None
    sheet.text(0.5, 0.5, "here")
    for name in ("one.svg", "two.svg"):
        sheet.savefig(tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert b"<svg" in (tmp_path / "one.svg").read_bytes()
