"""Sheets and numbers that all pictures share."""

from __future__ import annotations

import ast
import io
import math
import xml.etree.ElementTree
from pathlib import Path

import pytest

import simulation
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


def test_every_legend_is_told_its_place_so_that_no_picture_depends_on_the_machines_speed() -> None:
    # Without a place matplotlib looks for the best one, and warns where its clock says that this took over a second.
    named = {}
    for file in sorted(Path(simulation.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "legend":
                named[f"{file.name}:{node.lineno}"] = {word.arg for word in node.keywords}
    assert len(named) >= 10
    # None stands for words that are handed on as a whole, as those of a sheet's key are.
    assert [place for place, words in named.items() if not {"loc", None} & words] == []
