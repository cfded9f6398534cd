"""The shipped cases: they check, say what the paper says, and are what their script makes."""

from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import math
import re
import shutil
import tomllib
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from simulation.cases import Case, agreement
from simulation.cases.case import shipped_cases
from simulation.cases.distances import Rows, distances, scales_of
from simulation.cases.observing import Observing
from simulation.cases.prior import Prior, position
from simulation.command.starter import FORMS, make_case
from simulation.text import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "scenarios" / "cases"
FITS = json.loads((ROOT / "docs" / "case_fits.json").read_text(encoding="utf-8"))["cases"]

#: §4.4 of the paper: which unit explores which domain, and whether its pilots are towns (True), communities (False), or
#: neither (None).
PLAN = {
    ("Deqing", "rural-revitalisation"): True,
    ("Sihui", "rural-revitalisation"): True,
    ("Duanzhou", "village-to-community"): False,
    ("Duanzhou", "grid"): False,
    ("Gaoyao", "nimby"): True,
    ("Dinghu", "urban-fringe"): False,
    ("Guangning", "land"): False,
    ("Fengkai", "corridor"): False,
    ("Huaiji", "corridor"): False,
    ("City Procuratorate", "environment"): None,
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("synthetic", ROOT / "docs" / "making" / "synthetic_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def zhaoqing() -> Case:
    return Case.load("zhaoqing")


def of(case: Case, measure: str):
    return [row for row in case.rows if row.measure == measure]


def test_every_folder_of_a_case_is_shipped_and_checks():
    assert shipped_cases() == ["qingwan", "zhaoqing"]
    for name in shipped_cases():
        checked = Case.load(name).check()
        assert checked.measures["rows"].sum() == len(Case.load(name).rows) > 0


# --- zhaoqing: the facts of the paper ---


def test_one_written_instruction_of_the_secretary_on_the_point_comes_in_march_2020(zhaoqing):
    (row,) = zhaoqing.tables.signals
    assert (row.date.year, row.date.month) == (2020, 3)
    assert (row.rank, row.channel, row.domain) == ("secretary", "written", "nimby")
    assert zhaoqing.week_of(row.date) == 0
    assert row.wording > 0.5  # the task goes beyond the point


def test_the_rule_of_meetings_is_that_of_the_paper_all_year_long(zhaoqing):
    rows = zhaoqing.tables.meetings
    assert {row.head for row in rows} == {"secretary"}
    assert [row.month for row in rows][:: len(rows) - 1] == [date(2020, 4, 1), date(2021, 12, 1)]
    counted = [12 * row.month.year + row.month.month for row in rows]
    assert all(other - one == 1 for one, other in itertools.pairwise(counted))
    weekly, monthly, quarterly = 52, 12, 4
    rule = (weekly + monthly + quarterly) / 12
    assert [row.meetings for row in rows] == [pytest.approx(rule, abs=5e-4)] * 21


def test_the_plan_gives_ten_pairs_to_nine_units_and_eight_domains_within_2020(zhaoqing):
    rows = of(zhaoqing, "adopted")
    assert {(row.unit, row.domain) for row in rows} == set(PLAN)
    assert len({unit for unit, _ in PLAN}) == 9
    assert {domain for _, domain in PLAN} == set(zhaoqing.spec.domains)
    for row in rows:
        assert row.value == 1
        # The whole year lies within one standard deviation.
        assert abs((date(2020, 1, 1) - row.date).days) <= 7 * row.sd
        assert abs((date(2020, 12, 31) - row.date).days) <= 7 * row.sd + 1


def test_the_plan_is_that_of_the_shipped_scenario(zhaoqing):
    matched = {(unit, key) for key, domain in zhaoqing.spec.domains.items() for unit in domain.matched}
    assert matched == set(PLAN)


def test_all_eight_domains_are_on_the_agenda_at_the_end_of_2020(zhaoqing):
    rows = of(zhaoqing, "agenda")
    assert {row.date for row in rows} == {date(2020, 12, 31)}
    assert sorted((row.domain, row.value) for row in rows if row.domain) == sorted(
        (key, 1.0) for key in zhaoqing.spec.domains
    )
    assert [row.value for row in rows if not row.domain] == [8.0]


def test_each_pilot_with_communities_is_a_row_that_says_little(zhaoqing):
    rows = of(zhaoqing, "sites")
    assert {(row.unit, row.domain) for row in rows} == {pair for pair, town in PLAN.items() if town is not None}
    each_town = (1255 + 296) / (91 + 16 + 1)
    for row in rows:
        assert row.value == (round(each_town / 2) if PLAN[row.unit, row.domain] else 1)
        assert row.sd == row.value


def test_nothing_is_coded_that_the_paper_does_not_give(zhaoqing):
    assert {row.measure for row in zhaoqing.rows} == {"adopted", "agenda", "sites"}
    assert set(zhaoqing.tables.files) == {"signals", "meetings", "observed"}
    tables = (zhaoqing.tables.signals, zhaoqing.tables.meetings, zhaoqing.tables.observed)
    assert all(re.fullmatch(r"P §[34]\.[1-4]", row.source) for table in tables for row in table)


def test_both_readmes_of_zhaoqing_tell_what_its_tables_and_its_fit_hold(zhaoqing):
    fit = FITS["zhaoqing"]
    for name, words in (
        (
            "README.md",
            "of {parameters} searched parameters the full fit pins down {pinned}, narrows {narrowed}, and leaves "
            "{free} as free as before ({runs:,} runs, seed 0)|{worlds_left} of the {worlds} plausible worlds",
        ),
        (
            "README.zh.md",
            "所搜索的 {parameters} 个参数中，完整拟合确定了 {pinned} 个，收窄了 {narrowed} 个，其余 {free} 个与先验无异"
            "（运行 {runs:,} 次，种子 0）|{worlds} 个可信世界中有 {worlds_left} 个仍在",
        ),
    ):
        text = (CASES / "zhaoqing" / name).read_text(encoding="utf-8")
        for part in words.format(**fit).split("|"):
            assert part in text
        for table, rows in (("signals", 1), ("meetings", 21), ("observed", 28)):
            assert f"| `{table}.csv` | {rows} |" in text
            assert len(getattr(zhaoqing.tables, table)) == rows


@pytest.mark.parametrize("name", sorted(FITS))
def test_the_fits_that_the_pages_quote_are_of_the_cases_as_they_are(name):
    assert sorted(FITS) == shipped_cases()
    case, fit = Case.load(name), FITS[name]
    assert fit["digest"] == case.digest, "run: python docs/making/case_fits.py, then docs/making/docs.py"
    assert fit["pinned"] + fit["narrowed"] + fit["free"] == fit["parameters"] == len(Prior.of(case).names)
    assert len(fit["moved"]) == fit["pinned"] + fit["narrowed"]


# --- the coders' example ---


def test_the_two_coders_of_the_codebook_differ_and_agree_beyond_chance():
    found = agreement(CASES / "coders" / "first.csv", CASES / "coders" / "second.csv")
    table = found.table.set_index("column")
    assert {"value (adopted)", "value (withdrawn)", "value (reported)", "value (agenda)"} <= set(table.index)
    judged = table.dropna(subset="kappa")
    assert ((judged["kappa"] > 0) & (judged["kappa"] < 1)).all()
    # What the codebook says of them.
    assert (found.only_first, found.only_second) == (1, 2)
    reported = found.disagreements[
        (found.disagreements["measure"] == "reported") & (found.disagreements["column"] == "value")
    ]
    assert len(reported) / table.loc["value (reported)", "pairs"] == pytest.approx(1 / 3)
    assert (reported["first"] - reported["second"]).abs().max() == 0.25
    assert table.loc["value (agenda)", "low"] < 0.1


# --- qingwan and the starters: what the script makes ---


def test_the_script_makes_the_bytes_of_qingwan(script, monkeypatch, tmp_path):
    for name in ("case.toml", "city.csv"):
        shutil.copy(CASES / "qingwan" / name, tmp_path / name)
    monkeypatch.setattr(script, "QINGWAN", tmp_path)
    script.qingwan()
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    shipped = {
        path.name: path.read_bytes() for path in (CASES / "qingwan").iterdir() if path.suffix in (".csv", ".toml")
    }
    assert made == shipped


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_script_makes_the_observed_rows_of_the_starter(script, monkeypatch, tmp_path, lang):
    shipped = script.STARTER / lang / "observed.csv"
    (tmp_path / lang).mkdir()
    monkeypatch.setattr(script, "STARTER", tmp_path)
    script.starter(lang)
    assert (tmp_path / lang / "observed.csv").read_bytes() == shipped.read_bytes()


def test_the_truth_of_qingwan_is_a_vector_of_the_prior():
    truth = tomllib.loads((CASES / "qingwan" / "truth.toml").read_text(encoding="utf-8"))["truth"]
    prior = Prior.of(Case.load("qingwan"))
    assert set(truth) == set(prior.names)
    places = {key: position(drawn, truth[key]) for key, drawn in {**prior.free, **prior.ranges}.items()}
    assert [key for key, place in places.items() if not 0 <= place <= 1] == []


def test_qingwan_says_that_it_is_synthetic_and_stays_near_the_point():
    case = Case.load("qingwan")
    assert "synthetic" in (CASES / "qingwan" / "case.toml").read_text(encoding="utf-8").splitlines()[0]
    assert all("synthetic" in row.source for row in case.rows)
    last = max(row.date for row in case.rows)
    taken = [row for row in of(case, "agenda") if not row.domain and row.date == last]
    assert taken[0].value < len(case.spec.domains)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_run_of_the_truth_lies_as_near_the_starter_as_runs_of_the_truth_lie_to_each_other(tmp_path, script, lang):
    case = Case.load(make_case(tmp_path / "case", lang))
    prior, rows, observe = Prior.of(case), Rows.of(case), Observing(case)

    def runs(vectors, first):
        made = np.array([list(observe(one, first + place).values()) for place, one in enumerate(vectors)])
        made[(rows.kind == "event") & (made < 0)] = math.inf
        return made

    drawn = prior.values(prior.shape.draw(30, np.random.default_rng(5)))
    scales = scales_of(rows, runs(drawn, 0), runs(drawn, 1000), np.random.default_rng(6))
    truth = script.truth_of(case, {"execution.oversight": 0.6, "scouting.breadth": 0.85})
    true, again = runs([truth] * 20, 2000), runs([truth] * 20, 3000)
    near = distances(rows, scales, true)
    replicated = rows.observed_again(again, np.random.default_rng(7))
    usual = [float(distances(rows, scales, one[None], other)[0]) for one, other in zip(true, replicated, strict=True)]
    assert np.median(near) < np.quantile(usual, 0.95)
    # A city in which momentum goes nowhere is not mistaken for it.
    nothing = runs([truth | {"stages.trend.convert": 0.0}] * 20, 4000)
    assert distances(rows, scales, nothing).min() > np.quantile(usual, 0.95)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_the_starter_checks_and_holds_the_same_rows_in_every_form(tmp_path, lang, form):
    case = Case.load(make_case(tmp_path / "case", lang, form))
    assert {path.suffix for path in case.tables.files.values()} == {f".{form}"}
    with (ROOT / "simulation/command/starter_files/case" / lang / "observed.csv").open(encoding="utf-8") as handle:
        written = list(csv.DictReader(handle))
    assert len(case.rows) == len(written)
    for row, cells in zip(case.rows, written, strict=True):
        assert (row.date.isoformat(), row.measure, row.source) == (cells["date"], cells["measure"], cells["source"])
        assert row.value == float(cells["value"])
        assert row.sd == float(cells["sd"]) if cells["sd"] else math.isnan(row.sd)
    checked = case.check()
    assert checked.tables.set_index("table")["rows"].gt(0).all()


def test_both_starters_are_one_case_in_two_languages(tmp_path):
    one, other = (Case.load(make_case(tmp_path / lang, lang)) for lang in LANGUAGES)
    assert [row.severity for row in one.tables.severity] == [row.severity for row in other.tables.severity]
    assert [(row.month, row.meetings, row.head) for row in one.tables.meetings] == [
        (row.month, row.meetings, row.head) for row in other.tables.meetings
    ]
    assert list(one.spec.domains) == list(other.spec.domains)
    assert one.free == other.free
