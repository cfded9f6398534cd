"""Calibration at its edges: findings and priors that cannot be used, and pictures with little to show."""

from __future__ import annotations

import copy
import math
import tomllib

import numpy as np
import pytest
from known_models import product
from matplotlib.figure import Figure

from simulation import load_scenario
from simulation.evidence import Calibration, Ensemble, calibrate, smc
from simulation.evidence.checking import Check
from simulation.evidence.cities import scenario_text
from simulation.evidence.evaluating import Evaluator
from simulation.evidence.expression import Expression
from simulation.evidence.measuring import read
from simulation.evidence.optimise import first_look
from simulation.evidence.report import bounds
from simulation.experiments.design.distributions import Choices, Range, parse_distribution
from simulation.files.errors import InputError
from simulation.metrics import METRICS, summary
from simulation.model import MomentumModel
from simulation.report.calibration import conflicts, write
from simulation.report.calibration import product as products
from simulation.text import say


def broken(parameters, seed):
    raise ZeroDivisionError("nobody lives there")


# Target files and distributions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "name", "changes", "key"),
    [
        ("targets", "both", {"value": math.inf}, "targets.both.value"),
        ("targets", "both", {"value": "one"}, "targets.both.value"),
        ("targets", "both", {"value": True}, "targets.both.value"),
        ("targets", "a b", {"value": 1.0, "tolerance": 0.1, "source": "made", "expression": "a"}, "targets.a b"),
        ("settings", "here", {"scenario": "classroom", "valuse": {}}, "settings.here.valuse"),
    ],
)
def test_a_finding_or_a_setting_that_cannot_be_used_is_refused_by_its_key(targets, part, name, changes, key):
    targets.setdefault(part, {}).setdefault(name, {}).update(changes)
    with pytest.raises(InputError) as caught:
        Calibration.of(targets)
    assert caught.value.key == key


def test_a_file_whose_parameters_are_no_table_cannot_be_included(tmp_path):
    (tmp_path / "inner.toml").write_text('parameters = "assumptions"\n', encoding="utf-8")
    (tmp_path / "outer.toml").write_text('include = ["inner.toml"]\n', encoding="utf-8")
    with pytest.raises(InputError, match="lists its parameters") as caught:
        Calibration.of(tmp_path / "outer.toml")
    assert caught.value.key == "parameters"


def test_the_end_of_the_unit_interval_is_the_last_value():
    drawn = Choices(("a", "b", "c"), (0.1, 0.2, 0.7))
    assert drawn.at(1.0) == "c"
    assert drawn.at(0.0) == "a"


@pytest.mark.parametrize("made", [Range(0.0, 1.0), Choices((1, 2), (1.0, 1.0))])
def test_a_distribution_that_is_made_already_is_taken_as_it_is(made):
    assert parse_distribution(made) is made


@pytest.mark.parametrize("value", [None, [1], {"a": 1}])
def test_values_that_are_neither_numbers_nor_words_cannot_be_drawn(value):
    with pytest.raises(InputError, match="numbers, true or false, or words"):
        parse_distribution({"values": [1.0, value]})


def test_a_property_of_ordinary_cities_can_be_switched_off():
    usual = Ensemble()
    name = next(name for name in usual.draws if "." in name)
    without = Ensemble({name: False})
    assert name in usual.drawn(0, 1)
    assert usual.draws.keys() - without.draws.keys() == {name}


def test_a_city_is_written_as_toml_has_it_and_says_what_was_drawn():
    ensemble = Ensemble(values={"structure.citizens": 200})
    spec, written = ensemble.city(3, 1), tomllib.loads(scenario_text(ensemble, 3, 1))
    assert written["title"] == {"en": "Ordinary city 1", "zh": "普通城市 1"}
    assert "question" not in written
    assert written["stages"]["authority"]["length"] == math.inf
    assert spec.to_dict()["stages"]["authority"]["length"] == "inf"
    assert load_scenario(written).digest == spec.digest


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-math.inf, 3.0, "≤ 3"), (0.5, math.inf, "≥ 0.5"), (2.0, 2.0, "2"), (-1.0, 2.0, "−1 … 2")],
)
def test_a_range_open_below_is_a_bound(low, high, text):
    assert bounds(low, high) == text


def test_what_was_not_let_through_is_not_computed_either():
    with pytest.raises(InputError):
        Expression.parse("a[0]", ["a"])
    with pytest.raises(AssertionError, match="let something through"):
        Expression("a[0]", frozenset({"a"})).value({"a": 1.0})
    assert Expression.parse("max(a, 2) - +a", ["a"]).value({"a": 1.0}) == 1.0


def test_a_metric_that_is_never_defined_has_no_peak():
    model = MomentumModel(spec=load_scenario("classroom").with_values({"structure.citizens": 200}), rng=0)
    model.run_for(1)
    outcome = model.outcome()
    undefined = [name for name, metric in METRICS.items() if np.isnan(metric.compute(outcome)).all()]
    assert undefined
    for name in undefined:
        assert math.isnan(read(outcome, summary(outcome), f"{name}.peak"))
    assert math.isfinite(read(outcome, summary(outcome), "effectiveness.peak"))


# The search ------------------------------------------------------------------------------------------------------


def test_a_search_whose_budget_does_not_pay_for_a_first_generation_is_refused():
    with pytest.raises(ValueError, match="no first generation"):
        smc(lambda _, unit: np.zeros(len(unit)), 2, keep=10, budget=19)
    assert smc(lambda _, unit: np.zeros(len(unit)), 2, keep=10, budget=20).tried == 20


def test_a_search_with_a_single_vector_that_runs_gets_no_further():
    def distances(_, unit):
        return np.where(np.arange(len(unit)) == 3, 5.0, np.inf)

    found = smc(distances, 2, keep=10, budget=100)
    assert (found.reason, found.tried, len(found.unit)) == ("no progress", 20, 1)


@pytest.mark.parametrize("trials", [0, -1])
def test_a_first_look_at_nothing_is_refused(targets, tmp_path, quiet, trials):
    with pytest.raises(InputError) as caught:
        first_look(targets, product, trials=trials, store=tmp_path / "f.sqlite", **quiet)
    assert caught.value.key == "--first-look"
    assert list(tmp_path.iterdir()) == []


def test_a_first_look_at_which_nothing_runs_says_where_the_errors_are(targets, tmp_path, quiet):
    with pytest.raises(InputError, match="no vector ran") as caught:
        first_look(targets, broken, trials=10, store=tmp_path / "f.sqlite", **quiet)
    assert caught.value.file == str(tmp_path / "f.sqlite")


POINTS = [{"a": 1.0, "b": 1.0, "c": 0.1 * place, "idle": 1.5} for place in range(3)]


def test_a_search_does_not_go_on_in_the_store_of_another(targets, tmp_path, quiet):
    asked = Calibration.of(targets)
    Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)(POINTS)
    again = Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)
    assert again(POINTS[:2]).shape == (2, 2)
    with pytest.raises(InputError, match="another search"):
        Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)(POINTS[1:])


def test_a_finding_that_no_checked_vector_defines_has_no_median(targets, tmp_path, quiet):
    def half(parameters, seed):
        return product(parameters, seed) | {"third": math.nan}

    search = Evaluator(Calibration.of(targets), half, tmp_path / "s.sqlite", 0, False, 2, options=quiet)
    search(POINTS)
    rows = Check(search, half, np.arange(3), np.full(3, 1 / 3), {}).rows(np.zeros(2))
    assert math.isnan(rows[1]["median"])
    assert (rows[1]["share"], rows[1]["verdict"]) == (0.0, "not met")
    assert rows[0]["median"] == pytest.approx(1.0, abs=0.1)


# The report ------------------------------------------------------------------------------------------------------


def line(parameters, seed):
    return {"one": parameters["a"], "two": parameters["b"] + parameters["a"], "far": -parameters["a"]}


LINE = {
    "calibration": {"keep": 20, "budget": 60, "replicates": 1, "check_vectors": 4, "check_replicates": 2},
    "parameters": {"a": {"low": 0.0, "high": 1.0}, "b": {"low": 0.0, "high": 1.0}},
    "targets": {
        "one": {"value": 0.5, "tolerance": 0.3, "source": "made"},
        "two": {"value": 1.0, "tolerance": 0.3, "source": "made"},
    },
}


@pytest.fixture(scope="module", name="plain")
def _plain(tmp_path_factory):
    """Two parameters on linear scales, findings that agree, no defaults."""
    store = tmp_path_factory.mktemp("plain") / "s.sqlite"
    return calibrate(LINE, line, store=store, workers=0, progress="quiet")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_findings_that_agree_are_shown_without_pairs(plain, lang):
    assert plain.conflicts.empty
    sheet = conflicts.draw(plain, lang)
    assert len([axes for axes in sheet.axes if axes.get_xlabel()]) == 0
    said = " ".join(text.get_text() for text in sheet.texts)
    assert say("calibration.figure.conflicts.pairs", sheet.lang)[:12] not in said


def test_findings_that_conflict_are_shown_without_defaults_where_there_are_none(tmp_path, quiet):
    table = copy.deepcopy(LINE)
    table["targets"]["far"] = {"value": 0.0, "tolerance": 0.1, "source": "made"}
    table["targets"]["one"] = {"value": 1.0, "tolerance": 0.1, "source": "made"}
    pictures = []
    for name, defaults in (("without", None), ("with", {"a": 0.5, "b": 0.5})):
        found = calibrate(table, line, store=tmp_path / f"{name}.sqlite", defaults=defaults, **quiet)
        pairs = found.conflicts[found.conflicts["second"] != ""]
        assert not pairs.empty
        sheet = conflicts.draw(found, "en")
        pictures.append(sum(one.get_marker() == "D" for axes in sheet.axes for one in axes.lines))
        assert pictures[-1] == (0 if defaults is None else min(len(pairs), conflicts.MOST))


def test_a_product_is_shown_on_linear_scales_and_without_defaults(plain):
    sheet = products.draw(plain, "en")
    assert sheet.axes[0].get_xscale() == "linear"
    assert sheet.axes[0].get_xlim() == pytest.approx((-0.03, 1.03))
    assert not [one for axes in sheet.axes for one in axes.lines if one.get_marker() == "D"]


def test_a_parameter_that_is_no_part_of_a_product_has_no_line_along_it(plain):
    axes = Figure().subplots()
    products._constant(axes, plain, np.array([1.0, 0.0]), 0, 1)
    assert not axes.lines
    products._constant(axes, plain, np.array([1.0, 1.0]), 0, 1)
    assert len(axes.lines) == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_batterys_verdicts_stand_on_the_page_once_they_are_there(plain, tmp_path, lang):
    import pandas as pd

    told = copy.copy(plain)
    told.verdicts = pd.DataFrame(
        [{"id": "H9", "claim_en": "A claim", "claim_zh": "一项主张", "defaults": "supported", "vector 1": "refuted",
          "same": 0.0}]
    )  # fmt: skip
    pages = []
    for name, found in (("without", plain), ("with", told)):
        write(found, tmp_path / name, lang)
        pages.append("".join(path.read_text(encoding="utf-8") for path in sorted((tmp_path / name).rglob("*.html"))))
    about = say("calibration.part.verdicts", lang)
    assert "H9" not in pages[0]
    assert "H9" in pages[1]
    assert pages[1].count(about) > pages[0].count(about)
