"""Fits where little or nothing is searched, where some values are refused together, and of other versions."""

from __future__ import annotations

import json

import pytest
from fitted_cases import OBSERVED, write

from simulation.cases import fitting, predicting
from simulation.cases.fit_folder import ABOUT
from simulation.cases.fitted import Fit
from simulation.cases.fitting import Size
from simulation.cases.positions import placed
from simulation.evidence.worlds.file import worlds
from simulation.files.errors import InputError
from simulation.files.forms import nested

QUIET = {"workers": 0, "progress": "quiet"}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(fitting, "QUICK", Size(16, 80))
    monkeypatch.setattr(fitting.adequacy, "VECTORS", 8)


def settled():
    """Return a case file that sets every constant of behaviour."""
    world = worlds(12)[0]
    return nested({key: world[key] for key in world})


@pytest.mark.parametrize("free", [{}, {"instruction.wording": {"low": 0.2, "high": 0.95}}])
def test_a_case_that_sets_every_constant_is_fitted_and_read_again(tmp_path, free):
    case = write(tmp_path, **settled(), case={"worlds": 12, "free": free})
    assert case.searched == ()
    fit = case.fit(quick=True, **QUIET)
    assert fit.parameters["parameter"].tolist() == list(free)
    again = Fit.load(case)
    assert again.parameters["parameter"].tolist() == list(free)
    assert len(again.vectors) == len(fit.vectors)
    assert (again.vectors["weight"] > 0).all()


def test_values_that_the_scenario_refuses_together_are_no_part_of_the_prior(tmp_path):
    free = {
        "citizens.threshold_low": {"low": 0.02, "high": 0.8},
        "citizens.threshold_high": {"low": 0.2, "high": 0.9},
    }
    case = write(tmp_path, case={"worlds": 12, "free": free})
    fit = case.fit(quick=True, **QUIET)
    assert 0 < fit.about["refused"] < fit.about["particles"] == 16
    assert len(fit.prior) == 16 - fit.about["refused"]
    assert fit.about["failed"] >= 2 * fit.about["refused"]
    for row in fit.prior.to_dict("records"):
        case.scenario_for(row)
    assert (fit.prior["citizens.threshold_low"] < fit.prior["citizens.threshold_high"]).all()


def test_choices_of_numbers_have_places_of_their_own_also_when_read_again(tmp_path):
    case = write(tmp_path, case={"worlds": 12, "free": {"plan.per_county": {"values": [1, 2, 3]}}})
    for fit in (case.fit(quick=True, **QUIET), Fit.load(case)):
        assert [placed(fit, "plan.per_county", one) for one in (1, 2.0, "3")] == pytest.approx([1 / 6, 3 / 6, 5 / 6])
        (row,) = fit.parameters[fit.parameters["parameter"] == "plan.per_county"].itertuples()
        assert placed(fit, "plan.per_county", row.prior_low) < placed(fit, "plan.per_county", row.prior_high)


@pytest.mark.parametrize("forever", ["inf", pytest.param(float("inf"), marks=pytest.mark.thorough)])
def test_a_free_length_that_may_be_for_ever_is_fitted_and_reported(tmp_path, monkeypatch, forever):
    monkeypatch.setattr(predicting, "QUICK_DRAWS", 4)
    free = {"stages.authority.length": {"values": [52, forever]}, "plan.keep_point": {"values": [True, False]}}
    fit = write(tmp_path / "case", case={"worlds": 12, "free": free}).fit(quick=True, **QUIET)
    again = Fit.load(fit.case)
    for one in (fit, again):
        assert {*one.vectors["stages.authority.length"], *one.prior["stages.authority.length"]} == {52, "inf"}
    page = again.report(tmp_path / "report", **QUIET)
    assert page.stat().st_size > 0
    differences = (tmp_path / "report" / "counterfactuals.csv").read_bytes()
    # The fit as it was made has the same runs, so that none is made anew.
    before = (fit.place / "predicted.sqlite").read_bytes()
    fit.report(tmp_path / "same", **QUIET)
    assert (tmp_path / "same" / "counterfactuals.csv").read_bytes() == differences
    assert (fit.place / "predicted.sqlite").read_bytes() == before


@pytest.mark.parametrize(("key", "value"), [("edition", "1"), ("watched", 1), ("watched", None)])
def test_a_fit_of_another_version_is_refused_and_none_of_its_runs_are_used(tmp_path, key, value):
    case = write(tmp_path)
    fit = case.fit(quick=True, **QUIET)
    file = fit.place / ABOUT
    said = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**said, key: value}), encoding="utf-8")
    with pytest.raises(InputError, match="another version of wushi"):
        Fit.load(case)


def test_runs_that_were_watched_otherwise_are_made_anew(tmp_path, monkeypatch):
    from simulation.cases import observing
    from simulation.experiments.store.reading import read_store

    case = write(tmp_path, OBSERVED)
    with monkeypatch.context() as before:
        before.setattr(observing, "WATCHED", 1)
        case.fit(quick=True, **QUIET)
        store = case.folder / "fit" / "quick-runs.sqlite"
        assert read_store(store).task["watched"] == 1
    fit = case.fit(quick=True, **QUIET)
    assert read_store(store).task["watched"] > 1
    assert len(read_store(store).runs) == fit.about["runs"]


def test_the_small_case_itself_leaves_the_constants_open(tmp_path):
    assert len(write(tmp_path).searched) > 50
