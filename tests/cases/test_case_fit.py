"""A whole fit of a small case: the same numbers however it runs, saved whole or not at all, refused when stale."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from fitted_cases import OBSERVED, write

from simulation.cases import fitting
from simulation.cases.fit_folder import ABOUT
from simulation.cases.fit_tables import TABLES
from simulation.cases.fitted import Fit
from simulation.cases.fitting import Size
from simulation.files.errors import InputError

SMALL = Size(16, 80)
QUIET = {"workers": 0, "progress": "quiet"}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(fitting, "QUICK", SMALL)
    monkeypatch.setattr(fitting.adequacy, "VECTORS", 8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("case")


@pytest.fixture(scope="module")
def fitted(folder):
    patch = pytest.MonkeyPatch()
    with patch.context() as changed:
        changed.setattr(fitting, "QUICK", SMALL)
        changed.setattr(fitting.adequacy, "VECTORS", 8)
        return write(folder).fit(quick=True, seed=3, **QUIET)


def texts(fit):
    return {name: (fit.place / name).read_bytes() for name in (*TABLES.values(), ABOUT)}


def test_a_fit_holds_vectors_of_the_scenario_with_weights(fitted):
    case = fitted.case
    names = [name for name in fitted.vectors if name != "weight"]
    assert names == [*case.free, *(key for key in case.worlds.keys if key not in case.free)]
    assert fitted.vectors["weight"].sum() == pytest.approx(1)
    for row in fitted.vectors[names].to_dict("records"):
        case.scenario_for(row)
    assert set(fitted.vectors["stages.authority.rank"]) <= {"secretary", "deputy"}
    assert fitted.vectors["stages.authority.meetings_per_year"].between(2, 12).all()
    assert len(fitted.prior) == SMALL.particles
    assert list(fitted.parameters["parameter"]) == names
    assert len(fitted.scales) == len(case.rows)
    assert (fitted.scales > 0).all()
    assert fitted.quick
    assert fitted.about["runs"] <= fitted.about["budget"] == SMALL.budget


def test_each_particle_has_a_seed_of_its_own_and_the_first_vectors_have_two(fitted):
    from simulation.experiments.store.reading import read_store

    runs = read_store(fitted.place / "quick-runs.sqlite").runs
    assert runs["seed"].is_unique
    assert (runs["generation"] == 0).sum() == 2 * SMALL.particles
    assert len(runs) == fitted.about["runs"]
    assert set(runs["status"]) == {"ok"}
    checked = read_store(fitted.place / "quick-check.sqlite").runs
    assert len(checked) == 8 * 3
    assert not set(checked["seed"]) & set(runs["seed"])


def test_a_saved_fit_is_read_as_it_was(fitted):
    again = Fit.load(fitted.case)
    for name in ("vectors", "prior", "parameters", "search", "adequacy"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(fitted, name), check_dtype=False)
    assert again.scales.tolist() == fitted.scales.tolist()
    assert (again.seed, again.quick, again.fits) == (fitted.seed, fitted.quick, fitted.fits)
    assert again.about == json.loads(json.dumps(fitted.about))


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_gives_the_same_fit(fitted, tmp_path, workers):
    again = fitted.case.fit(quick=True, seed=3, folder=tmp_path / "fit", workers=workers, progress="quiet")
    assert texts(again) == texts(fitted)


@pytest.mark.parametrize("runs", [1, 32, 48, 64])
def test_a_stopped_fit_goes_on_as_if_it_had_not_stopped(fitted, tmp_path, runs):
    def stop(tally):
        if tally.done >= runs:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitted.case.fit(quick=True, seed=3, folder=tmp_path, workers=0, progress=stop)
    assert not (tmp_path / ABOUT).exists()
    assert texts(fitted.case.fit(quick=True, seed=3, folder=tmp_path, **QUIET)) == texts(fitted)


def stored(folder, name="quick-runs.sqlite"):
    from simulation.experiments.store.reading import read_store

    return read_store(folder / name).runs


def test_a_larger_budget_goes_on_from_what_ran_and_runs_nothing_anew(fitted, tmp_path):
    fitted.case.fit(quick=True, seed=3, budget=48, folder=tmp_path, **QUIET)
    before = stored(tmp_path)
    assert texts(fitted.case.fit(quick=True, seed=3, folder=tmp_path, **QUIET)) == texts(fitted)
    after = stored(tmp_path)
    assert len(after) > len(before) == 48
    # Seconds are those of the machine's clock: a run that was made anew has others.
    pd.testing.assert_frame_equal(after.head(len(before)), before)
    fitted.case.fit(quick=True, seed=3, folder=tmp_path, **QUIET)
    pd.testing.assert_frame_equal(stored(tmp_path), after)


def test_another_seed_gives_another_fit_in_the_place_of_the_old_one(fitted, tmp_path):
    one = fitted.case.fit(quick=True, seed=3, budget=48, folder=tmp_path, **QUIET)
    runs = stored(tmp_path)
    other = fitted.case.fit(quick=True, seed=4, budget=48, folder=tmp_path, **QUIET)
    assert not other.prior.equals(one.prior)
    assert not other.vectors.equals(one.vectors)
    assert not set(stored(tmp_path)["seed"]) & set(runs["seed"])
    assert Fit.load(fitted.case, tmp_path).seed == 4


def test_the_fit_of_a_case_that_changed_is_refused(tmp_path):
    case = write(tmp_path)
    case.fit(quick=True, budget=48, **QUIET)
    changed = write(tmp_path, OBSERVED.replace("nimby,sites,2", "nimby,sites,5"))
    with pytest.raises(InputError, match="changed since"):
        Fit.load(changed)
    changed.fit(quick=True, budget=48, **QUIET)
    assert Fit.load(changed).case is changed


def test_a_fit_that_is_not_whole_is_refused(fitted, tmp_path):
    made = fitted.case.fit(quick=True, seed=3, budget=48, folder=tmp_path, **QUIET)
    made.save()
    (tmp_path / TABLES["vectors"]).write_text("weight\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="incomplete or damaged"):
        Fit.load(fitted.case, tmp_path)
    (tmp_path / ABOUT).write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="incomplete or damaged"):
        Fit.load(fitted.case, tmp_path)
    (tmp_path / ABOUT).unlink()
    with pytest.raises(InputError, match="not been fitted"):
        Fit.load(fitted.case, tmp_path)


@pytest.mark.parametrize("budget", [0, -1, 47, 1.5, True, "many"])
def test_a_budget_that_pays_for_no_search_is_refused(fitted, tmp_path, budget):
    with pytest.raises(InputError) as refused:
        fitted.case.fit(quick=True, budget=budget, folder=tmp_path, **QUIET)
    assert refused.value.key == "--budget"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("seed", [-1, 2**53 + 1, 1.0, True])
def test_a_seed_that_is_none_is_refused(fitted, tmp_path, seed):
    with pytest.raises(InputError) as refused:
        fitted.case.fit(quick=True, seed=seed, folder=tmp_path, **QUIET)
    assert refused.value.key == "--seed"


def test_a_case_without_observed_rows_is_refused(tmp_path):
    case = write(tmp_path, OBSERVED.splitlines()[0] + "\n")
    with pytest.raises(InputError, match="nothing to fit"):
        case.fit(quick=True, **QUIET)


@pytest.mark.parametrize("row", [2, 4, 5, 7, 9])
def test_one_row_alone_can_be_fitted(tmp_path, row):
    lines = OBSERVED.splitlines()
    case = write(tmp_path, f"{lines[0]}\n{lines[row]}\n", case={"worlds": 2})
    fit = case.fit(quick=True, budget=64, **QUIET)
    assert fit.adequacy["measure"].tolist() == ["all", case.rows[0].measure]
    assert not case.free
