"""The table for a journal as CSV, LaTeX and Word: the same cells in each, escaped where the format needs it."""

from __future__ import annotations

import docx
import pandas as pd
import pytest

from simulation.cases import journal
from simulation.cases.journal import Part, escaped, latex, write

HOSTILE = r"A & B_1 {50 %} \input{x} #$~^ =SUM(A1)"
PARTS = (
    Part("Parameters", ("Parameter", "90 % interval"), ((HOSTILE, "[−0.1, 0.3]"), ("=cmd", "[1, 2]"))),
    Part("参数", ("参数", "区间"), ()),
)


def test_latex_has_booktabs_and_no_sign_of_a_user_that_does_something():
    text = latex(PARTS, ["50 % & more"])
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 2
    assert r"A \& B\_1 \{50 \%\} \textbackslash{}input\{x\} \#\$\textasciitilde{}\textasciicircum{}" in text
    assert r"\input{x}" not in text
    assert "{[$-$0.1, 0.3]}" in text
    assert r"50 \% \& more" in text


def test_a_cell_cannot_end_a_line_of_the_table():
    assert "\n" not in escaped("one\ntwo\rthree\x1b")


def test_csv_and_word_hold_the_same_cells(tmp_path):
    assert write(tmp_path, PARTS, ["note"])
    table = pd.read_csv(tmp_path / "table.csv")
    assert table["value"].tolist() == [HOSTILE, "[-0.1, 0.3]", "'=cmd", "[1, 2]"]
    document = docx.Document(str(tmp_path / "table.docx"))
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["Parameter", "90 % interval"], [HOSTILE, "[−0.1, 0.3]"], ["=cmd", "[1, 2]"],
    ]  # fmt: skip
    assert document.paragraphs[-1].text == "note"


def test_without_the_library_the_other_files_are_there(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "missing", lambda extra: ["python-docx"])
    assert not write(tmp_path, PARTS, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["table.csv", "table.tex"]


@pytest.mark.parametrize(("low", "high", "text"), [(1.0, 1.0, "1"), (-0.5, 2.0, "[−0.5, 2]"), ("a", "c", "[a, c]")])
def test_an_interval_of_one_value_is_that_value(low, high, text):
    assert journal.interval(low, high) == text


def test_numbers_of_the_csv_are_numbers_and_words_stay_as_they_are(tmp_path):
    cells = ("−0.034", "+1,234.5", "0", "[−0.1, +0.3]", "no group + 10 % − less", "[a, b]", "–")
    write(tmp_path, (Part("Title", ("x",), tuple((cell,) for cell in cells)),), [])
    found = pd.read_csv(tmp_path / "table.csv")["value"].tolist()
    assert [float(cell) for cell in found[:3]] == [-0.034, 1234.5, 0]
    assert found[3:] == ["[-0.1, 0.3]", *cells[4:]]
