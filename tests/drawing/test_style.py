"""Sheets and numbers that all pictures share."""

from __future__ import annotations

import io
import math
import xml.etree.ElementTree
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


@pytest.mark.filterwarnings("ignore:Glyph")
def test_an_svg_holds_its_text_as_text_and_only_signs_that_xml_allows() -> None:
    sheet = Sheet("signs", "en", 3.0, 2.0)
    sheet.subplots()
    sheet.head("a<b>&\x07\ufffe 10 $")
    buffer = io.BytesIO()
    sheet.savefig(buffer, format="svg")
    root = xml.etree.ElementTree.fromstring(buffer.getvalue())
    assert "a<b>&\ufffd\ufffd 10 $" in "".join(root.itertext())


def test_every_format_is_written_alike_twice_and_a_resolution_is_heeded(tmp_path: Path) -> None:
    sheet = Sheet("formats", "en", 3.0, 2.0)
    with sheet.styled():
        sheet.subplots().plot([0, 1])
    for name in ("one", "two"):
        sheet.save(tmp_path / name, ("png", "svg", "pdf"), dpi=50)
    for kind in ("png", "svg", "pdf"):
        content = (tmp_path / f"one.{kind}").read_bytes()
        assert content == (tmp_path / f"two.{kind}").read_bytes()
        assert b"CreationDate" not in content
    assert int.from_bytes((tmp_path / "one.png").read_bytes()[16:20], "big") == 150
    assert sheet.dpi == 100
