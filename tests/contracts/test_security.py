"""No content that a user supplies is executed: not by Python, not by a browser, not by a spreadsheet."""

from __future__ import annotations

import ast
import csv
import html
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kit.odd import told

import simulation
from simulation import load_scenario, run
from simulation.evidence.expression import Expression
from simulation.files.escaping import FORMULA
from simulation.files.tables import save_table
from simulation.hypotheses import Battery, Hypothesis
from simulation.hypotheses.report import write
from simulation.places.hierarchy import load_hierarchy
from simulation.report import write_report

PACKAGE = Path(simulation.__file__).parent
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1", "\t=1", " =1")
HOSTILE = "<script>alert(1)</script>'\"&{{7*7}}$\\frac{$${x}"
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "execfile"}
#: The only place where objects are read back; they are no user's file, but a sweep's task on its way to its workers.
UNPICKLES = {"experiments/running/worker.py"}


def city(name: str) -> dict:
    units = [
        {"unit": "P", "parent": "", "tier": "province"},
        {"unit": "C", "parent": "P", "tier": "city"},
        {"unit": name, "parent": "C", "tier": "county", "population": 900, "residential": 2, "villages": 2, "zh": "县"},
    ]
    return {
        "weeks": 5,
        "structure": {"units": units, "citizens": 200},
        "domains": {"a": {"en": HOSTILE, "zh": HOSTILE}},
    }


def test_no_module_runs_text_or_reads_pickles_except_the_sweep_s_own_tasks() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                for name in named:
                    assert name.partition(".")[0] not in ("yaml", "marshal", "shelve", "dill", "joblib"), place
                    if name.partition(".")[0] in ("pickle", "cloudpickle"):
                        found.add(place)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in RUNS_TEXT, place
            if isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle"):
                assert not ast.literal_eval(node.value), place
    assert found == UNPICKLES


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "breadth.__class__", "breadth[0]", "(lambda: 1)()", "min(*[1])", "open(1)",
     "breadth if 1 else 2", "breadth ** 9", "[1 for _ in breadth]", "f'{breadth}'",
     "min(1, key=2)", "breadth := 1", "1 << 9"],
)  # fmt: skip
def test_a_finding_s_expression_can_do_nothing_but_arithmetic(text: str) -> None:
    assert told(lambda: Expression.parse(text, ["breadth"]))


@pytest.mark.parametrize("name", FORMULAS)
def test_a_name_that_a_spreadsheet_would_run_is_refused(name: str, tmp_path: Path) -> None:
    assert "formula" in str(told(lambda: load_hierarchy(load_scenario(city(name)))))
    table = tmp_path / "city.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        lines = [["unit", "parent", "tier", "population", "residential"], ["P", "", "province", "", ""]]
        csv.writer(stream).writerows([*lines, ["C", "P", "city", "", ""], [name, "C", "county", "9", "2"]])
    spec = {"domains": {"a": {}}, "structure": {"file": str(table)}}
    assert "formula" in str(told(lambda: load_hierarchy(load_scenario(spec))))
    if name == name.strip():
        assert "formula" in str(told(lambda: load_scenario({"extends": "classroom", "domains": {name: {}}})))


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b[31m", "\x9b31m", "\u202e", "\u2066", "\u2028"])
@pytest.mark.parametrize("key", ["title", "question", "zh"])
def test_a_text_with_a_sign_that_controls_what_shows_it_is_refused(sign: str, key: str, tmp_path: Path) -> None:
    spec = city("A")
    if key == "zh":
        spec["domains"]["a"]["zh"] = f"a{sign}b"
    else:
        spec[key] = {"en": f"a{sign}b", "zh": "甲"}
    assert "control character" in str(told(lambda: load_scenario(spec)))
    code = "".join(f"\\u{ord(one):04x}" for one in sign)
    file = tmp_path / "own.toml"
    file.write_text(f'extends = "classroom"\ntitle = "a{code}b"\n', encoding="utf-8")
    assert "control character" in str(told(lambda: load_scenario(file)))
    assert told(lambda: load_scenario({**city("A"), "title": "one\n\ttwo 👩‍🏫"})) is None


def test_no_cell_of_a_saved_run_is_a_formula(tmp_path: Path) -> None:
    run(city("A & B"), seed=0).save(tmp_path / "out")
    for path in (tmp_path / "out").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    if cell.startswith(FORMULA):
                        float(cell)  # a negative number is no formula


def test_an_exported_table_has_no_formula_and_its_numbers_are_untouched(tmp_path: Path) -> None:
    words = [*FORMULAS[:6], "plain", None]
    table = pd.DataFrame({"word": words, "=x": range(8), "number": [-1.5, *range(7)], "mixed": [-1, "=1", *range(6)]})
    path = save_table(table, tmp_path / "runs.csv")
    back = pd.read_csv(path)
    assert [str(word).removeprefix("'") for word in back["word"][:7]] == [*FORMULAS[:6], "plain"]
    assert back["word"][:6].str.startswith("'").all()
    assert list(back.columns) == ["word", "'=x", "number", "mixed"]
    assert back["number"].tolist() == table["number"].tolist()
    assert back["mixed"].tolist()[:2] == ["-1", "'=1"]
    if save_table(table[["word"]], tmp_path / "runs.parquet").exists():
        assert pd.read_parquet(tmp_path / "runs.parquet")["word"].tolist()[:7] == words[:7]


@pytest.mark.parametrize("kind", ["difference", "curve", "interaction"])
def test_a_report_on_hypotheses_writes_dollar_signs_dots_and_backslashes_as_they_are(kind: str, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> $\\frac{$ \\input{/etc/passwd} ^~ 100 %\n{{7*7}}"
    own: dict[str, Any] = {
        "difference": {"control": {"$x": 0.0}, "treatments": {"$\\frac{$": {"$x": 1.0}, "b": {"$x": 2.0}}},
        "curve": {"factor": "$\\sqrt{$", "values": [1, 2, 3], "shape": "monotone"},
        "interaction": {"factors": {"$\\frac{$": [0, 1], "b": [0, 1]}},
    }[kind]
    table = {
        **{"id": "T.1", "claim": hostile, "source": hostile, "kind": kind, "scenario": "classroom", "metric": "$y^{$"},
        **{"smallest_effect": 0.5, "refuted_if": hostile, **own},
    }
    found = Battery([Hypothesis.load(table, task=_rising)], store=tmp_path / "s.sqlite", quick=True, workers=0).test()
    folder = write(found, tmp_path / "report")
    assert {path.name for path in folder.iterdir()} >= {"T.1.png", "T.1.svg", "overview.svg"}
    drawn = (folder / "T.1.svg").read_text(encoding="utf-8")
    assert "$" in html.unescape(drawn)
    tex = (folder / "battery.tex").read_text(encoding="utf-8")
    assert "\\input" not in tex
    assert "\\textbackslash{}input\\{/etc/passwd\\}" in tex
    assert "<script>alert" not in (folder / "report.html").read_text(encoding="utf-8")


def _rising(setting: dict[str, Any], seed: int) -> dict[str, float]:
    return {"$y^{$": sum(value for value in setting.values() if isinstance(value, int | float)) + seed % 7}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_markup_templates_and_dollar_signs_in_names_are_written_as_they_are(lang: str, tmp_path: Path) -> None:
    result = run(load_scenario({**city("A" + HOSTILE), "title": HOSTILE, "question": HOSTILE}), seed=0)
    text = write_report(result, tmp_path / "report.html", lang=lang).read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "{{7*7}}" in html.unescape(text)
    assert ">49<" not in text
