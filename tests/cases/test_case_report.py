"""The report of a case: whole in both languages, escaped, loud where nothing fits, and without parts it cannot have."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fitted_cases import OBSERVED, table
from reported_cases import QUIET, made

from simulation.cases import naming, predicting
from simulation.cases.counterfactual import differences
from simulation.cases.coverage import coverage
from simulation.cases.panels import panels, series
from simulation.cases.pictures import observed, residuals
from simulation.cases.predicting import predict
from simulation.cases.reporting import PAGE, PICTURES, command
from simulation.cases.watching import watch
from simulation.drawing.lettering import wrap
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


# --- what the tables are of ---


def test_differences_now_are_of_the_last_observed_week_and_those_at_the_end_of_the_last_one(fit):
    made_of = predict(fit, **QUIET)

    def filled(step):
        return {name: np.arange(len(made_of.arms))[:, None] * step + table * 0 for name, table in made_of.now.items()}

    table = differences(fit, replace(made_of, now=filled(1.0), end=filled(10.0)))
    place = {arm.name: number for number, arm in enumerate(made_of.arms)}
    assert set(table["time"]) == {"now", "end"}
    for row in table.itertuples():
        step, week = (1.0, made_of.horizon.last) if row.time == "now" else (10.0, made_of.horizon.end)
        assert (row.low, row.median, row.high) == pytest.approx((place[row.arm] * step,) * 3)
        assert row.week == week


def test_the_coverage_of_units_is_that_of_the_rows_of_each_unit(fit):
    found = coverage(fit, predict(fit, **QUIET))
    rows = [(row.unit, inside) for row, inside in zip(fit.case.rows, found.rows["inside"], strict=True)]
    assert len({unit for unit, _ in rows}) > 2
    by_unit = found.units.set_index("name")
    assert set(by_unit.index) == {"all", *(unit for unit, _ in rows)}
    for name, row in by_unit.iterrows():
        mine = [inside for unit, inside in rows if name in ("all", unit)]
        assert (row["rows"], row["inside"]) == (len(mine), pytest.approx(np.mean(mine)))


def test_the_panels_of_a_report_are_those_of_the_case_in_each_run(fit):
    made_of = predict(fit, **QUIET)
    weeks = sorted({spot.week for spot in fit.case.spots})
    highest = {}
    for draw in range(3):
        found = series(fit.case, watch(*fit.scenario(draw), weeks))
        assert {f"panel.{name}" for name in found} == {name for name in made_of.weekly if name.startswith("panel.")}
        for name, values in found.items():
            assert made_of.weekly[f"panel.{name}"][draw, weeks] == pytest.approx(values), name
            highest[name] = max(highest.get(name, 0.0), *np.abs(values))
    assert sum(value > 0 for value in highest.values()) >= 3


# --- the command that repeats it ---


def repeated(words):
    from typer.testing import CliRunner

    from simulation.command.main import app

    first, *rest = shlex.split(words)
    assert first == "wushi"
    result = CliRunner().invoke(app, [*rest, "--workers", "0", "--progress", "quiet"])
    assert result.exit_code == 0, result.output + str(result.exception)


def test_the_command_on_the_page_repeats_the_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    search = pd.DataFrame({"generation": [0], "tolerance": [1.0], "acceptance": [float("nan")], "runs": [32]})
    fit = replace(made(Path("my case")), search=search, folder=Path("the fit"))
    fit.save()
    page = fit.report("my report", lang="zh", figures=("pdf",), format="xlsx", **QUIET)
    words = json.loads((page.parent / "provenance.json").read_text(encoding="utf-8"))["command"]
    expected = "wushi case report 'my case' --out 'my report' --fit 'the fit' --figures pdf --format xlsx --lang zh"
    assert words == expected
    assert str(tmp_path) not in words
    before = {str(path): path.stat().st_mtime_ns for path in page.parent.rglob("*") if path.is_file()}
    text = page.read_text(encoding="utf-8")
    repeated(words)
    assert {str(path) for path in page.parent.rglob("*") if path.is_file()} == set(before)
    assert page.stat().st_mtime_ns > before[str(page)]
    assert page.read_text(encoding="utf-8") == text


def test_the_command_says_what_is_not_as_by_default_and_names_the_case_as_it_was_given(fit):
    given = str(fit.case.folder)
    assert command(fit, "out", "en", ("png", "svg"), "csv") == shlex.join(
        ["wushi", "case", "report", given, "--out", "out", "--lang", "en"]
    )
    assert command(fit, "out", "en", ("png", "svg"), "dta", "./it's") == shlex.join(
        ["wushi", "case", "report", "./it's", "--out", "out", "--format", "dta", "--lang", "en"]
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_of_many_units_those_with_the_largest_residuals_are_drawn_and_the_caption_says_so(fit, monkeypatch, lang):
    found = coverage(fit, predict(fit, **QUIET))
    largest = found.rows["residual"].abs().groupby(found.rows["unit"]).max().sort_values(ascending=False)
    assert len(largest) > 2
    assert say("case.report.picture.residuals.some", lang, shown=2, all=len(largest)) not in _caption(fit, found, lang)
    monkeypatch.setattr(residuals, "MOST_UNITS", 2)
    sheet = residuals.picture(fit, found, lang)
    drawn = {label.get_text() for label in sheet.axes[0].get_yticklabels()}
    assert drawn == {wrap(naming.unit(fit.case, name, lang), 1.9, 8.0) for name in largest.index[:2]}
    words = say("case.report.picture.residuals.some", lang, shown=2, all=len(largest))
    assert words in _caption(fit, found, lang)


def _caption(fit, found, lang):
    return residuals.picture(fit, found, lang).get_supxlabel().replace("\n", " " if lang == "en" else "")


def test_the_axis_of_a_count_has_whole_numbers_only(fit):
    sheet = observed.picture(fit, predict(fit, **QUIET), "en")
    counted = {naming.panel(one, "en").lower(): one.counted for one in panels(fit.case)}
    found = 0
    for axis in sheet.axes:
        if counted.get(axis.get_title(loc="left").lower().replace("\n", " ")):
            low, high = axis.get_ylim()
            assert high >= 1
            assert all(float(tick).is_integer() for tick in axis.get_yticks() if low <= tick <= high)
            found += 1
    assert found == sum(counted.values()) > 0
