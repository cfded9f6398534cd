"""The report of a case: whole in both languages, escaped, loud where nothing fits, and without parts it cannot have."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from fitted_cases import OBSERVED, table
from reported_cases import QUIET, made

from simulation.cases import predicting
from simulation.cases.reporting import PAGE, PICTURES
from simulation.files.errors import InputError
from simulation.text import say

HEADER = OBSERVED.splitlines()[0]


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(predicting, "QUICK_DRAWS", 6)


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    return made(tmp_path_factory.mktemp("reported") / "case")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_report_has_page_pictures_tables_and_their_origin(fit, tmp_path, lang):
    page = fit.report(tmp_path / "out", lang=lang, figures=("png", "svg", "pdf"), **QUIET)
    assert page == tmp_path / "out" / PAGE
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_size < 3_000_000
    for key in ("case", "fit", "observed", "coverage", "pinned", "otherwise", "forecast", "next", "making", "rows"):
        assert f"<h2>{say(f'case.report.section.{key}', lang)}</h2>" in text
    assert say("case.report.unfit.title", lang) not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    names = {path.name for path in (page.parent / PICTURES).iterdir()}
    assert {f"observed.{kind}" for kind in ("png", "svg", "pdf")} <= names
    said = json.loads((page.parent / "provenance.json").read_text(encoding="utf-8"))
    assert [said["tool"], said["digest"], said["seed"]] == ["wushi", fit.case.digest, 5]
    assert len(pd.read_csv(page.parent / "coverage.csv")) == len(fit.case.rows)
    assert (page.parent / "table.docx").stat().st_size


def test_a_report_takes_the_place_of_ours_and_of_nothing_else(fit, tmp_path):
    fit.report(tmp_path / "out", **QUIET)
    fit.report(tmp_path / "out", format="xlsx", **QUIET)
    assert (tmp_path / "out" / "coverage.xlsx").exists()
    assert not (tmp_path / "out" / "coverage.csv").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError):
        fit.report(tmp_path / "mine", **QUIET)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(("options", "word"), [({"figures": ("gif",)}, "gif"), ({"format": "ods"}, "ods")])
def test_a_format_that_there_is_not_is_refused_before_anything_runs(fit, tmp_path, options, word):
    with pytest.raises(InputError) as caught:
        fit.report(tmp_path / "out", **options, **QUIET)
    assert caught.value.given == word
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_model_that_does_not_fit_is_said_first_and_in_every_later_section(tmp_path, lang):
    page = made(tmp_path / "case", fits=False).report(tmp_path / "out", lang=lang, **QUIET)
    text = page.read_text(encoding="utf-8")
    assert text.index(say("case.report.unfit.title", lang)) < text.index("<nav>")
    assert text.count(f'<p class="conditional">{say("case.report.unfit.conditional", lang)}</p>') == 4
    assert say("case.report.unfit.title", lang) in (tmp_path / "out" / "table.tex").read_text(encoding="utf-8")


def test_names_and_sources_of_a_case_are_shown_and_do_nothing(tmp_path):
    script = "<script>alert(1)</script>"
    domains = table()["domains"] | {"land": {"en": script, "zh": script, "matched": ["Birch"]}}
    observed = OBSERVED.replace("land,adopted,1,,", f'land,adopted,1,,"{script} $x$ =1+1"')
    fit = made(tmp_path / "case", observed=observed, domains=domains, title={"en": script, "zh": script})
    text = fit.report(tmp_path / "out", **QUIET).read_text(encoding="utf-8")
    assert script not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $x$ =1+1" in text


def test_without_a_forecast_there_is_none_and_nothing_is_proposed(tmp_path):
    fit = made(tmp_path / "case", settings={"forecast": {"weeks": 0}})
    text = fit.report(tmp_path / "out", **QUIET).read_text(encoding="utf-8")
    assert say("case.report.forecast.none", "en") in text
    assert say("case.report.next.nothing", "en").replace("'", "&#39;") in text
    assert not (tmp_path / "out" / PICTURES / "forecast.svg").exists()


@pytest.mark.parametrize("row", ["2020-12-10,Birch,land,adopted,0,,", "2021-01-10,,,participation,.1,,"])
def test_one_row_is_enough(tmp_path, row):
    page = made(tmp_path / "case", observed=f"{HEADER}\n{row}\n").report(tmp_path / "out", **QUIET)
    assert len(pd.read_csv(page.parent / "coverage.csv")) == 1


def test_a_case_without_free_parameters_has_a_report(tmp_path):
    settings = {"free": {}}
    page = made(tmp_path / "case", settings=settings).report(tmp_path / "out", **QUIET)
    assert (page.parent / PICTURES / "pinned.svg").exists()
