"""The folder of a fit: nothing of others in it is touched, and what is damaged or cannot be written is said once."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fitted_cases import write
from kit.rights import as_nobody
from reported_cases import QUIET, made

from simulation.cases import Case, fitting, predicting
from simulation.cases.fit_folder import ABOUT, check_folder
from simulation.cases.fit_tables import TABLES, sha256
from simulation.cases.fitted import Fit
from simulation.cases.fitting import Size
from simulation.experiments.sweeping import sweep
from simulation.files.errors import InputError
from simulation.text.told import in_language

SEARCH = pd.DataFrame({"generation": [0], "tolerance": [1.0], "acceptance": [float("nan")], "runs": [32]})
QUICK = {"quick": True, "budget": 48}
DELETE = "delete the folder"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(fitting, "QUICK", Size(16, 80))
    monkeypatch.setattr(fitting.adequacy, "VECTORS", 8)
    monkeypatch.setattr(predicting, "QUICK_DRAWS", 2)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return write(tmp_path_factory.mktemp("folders") / "case")


def saved(folder):
    fit = replace(made(folder), search=SEARCH)
    fit.save()
    return fit


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def one(parameters, seed):
    return {"y": 1.0}


def of_another(folder, name):
    sweep({"factors": {"x": [1, 2]}}, task=one, store=folder / name, workers=0, progress="quiet")


FOREIGN = {
    "a table of this name": lambda folder: (folder / "posterior.csv").write_text("mine", encoding="utf-8"),
    "the search's table": lambda folder: (folder / "search.csv").write_text("mine", encoding="utf-8"),
    "notes": lambda folder: (folder / "notes.txt").write_text("mine", encoding="utf-8"),
    "a fit of another tool": lambda folder: (folder / ABOUT).write_text('{"tool": "x", "case": "case"}'),
    "a fit of another case": lambda folder: (folder / ABOUT).write_text('{"tool": "wushi", "case": "other"}'),
    "no JSON": lambda folder: (folder / ABOUT).write_text("{"),
    "a store of another experiment": lambda folder: of_another(folder, "runs.sqlite"),
    "a store of the first looks": lambda folder: of_another(folder, "quick-runs.sqlite"),
}


@pytest.mark.parametrize("put", FOREIGN.values(), ids=FOREIGN)
def test_a_folder_that_holds_something_else_is_refused_and_stays(case, tmp_path, put):
    put(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(InputError) as refused:
        case.fit(folder=tmp_path, **QUICK, **QUIET)
    assert refused.value.key == "--out"
    assert "left alone" in refused.value.in_language("en")
    assert "不予改动" in refused.value.in_language("zh")
    assert all("--out" in in_language(refused.value.allowed, lang) for lang in ("en", "zh"))
    assert contents(tmp_path) == before


def test_a_fit_in_the_folder_of_a_case_that_was_renamed_is_still_its_own(tmp_path):
    saved(tmp_path / "case")
    (tmp_path / "case").rename(tmp_path / "other")
    check_folder(Case.load(tmp_path / "other"), tmp_path / "other" / "fit")
    (tmp_path / "other" / "fit").rename(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="left alone"):
        check_folder(Case.load(tmp_path / "other"), tmp_path / "elsewhere")


def test_a_store_of_others_beside_a_fit_of_the_case_is_refused_and_stays(tmp_path):
    fit = saved(tmp_path / "case")
    of_another(fit.place, "quick-runs.sqlite")
    before = contents(fit.place)
    with pytest.raises(InputError, match="left alone") as refused:
        fit.case.fit(**QUICK, **QUIET)
    assert refused.value.given == "quick-runs.sqlite"
    assert contents(fit.place) == before


def test_a_fit_that_is_saved_by_hand_takes_the_place_of_nothing_else(tmp_path):
    fit = replace(made(tmp_path / "case"), search=SEARCH, folder=tmp_path / "mine")
    fit.folder.mkdir()
    (fit.folder / "prior.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="left alone"):
        fit.save()
    assert contents(fit.folder) == {"prior.csv": b"mine"}


def stopped(case, folder):
    def stop(tally):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        case.fit(folder=folder, workers=0, progress=stop, **QUICK)


def test_a_stopped_fit_is_that_of_its_case_alone(case, tmp_path):
    folder = tmp_path / "fit"
    stopped(case, folder)
    check_folder(case, folder)
    other = write(tmp_path / "other")
    before = contents(folder)
    with pytest.raises(InputError, match="left alone"):
        other.fit(folder=folder, **QUICK, **QUIET)
    assert contents(folder) == before


def test_another_seed_removes_the_stores_of_the_fit_and_no_file_with_a_name_like_theirs(case, tmp_path):
    case.fit(folder=tmp_path, seed=3, **QUICK, **QUIET)
    for name in ("quick-runs.sqlite.backup", "quick-runs.sqlite-old", "quick-runs.sqlite2", "notes.txt"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    case.fit(folder=tmp_path, seed=4, **QUICK, **QUIET)
    assert sum(content == b"mine" for content in contents(tmp_path).values()) == 4
    assert Fit.load(case, tmp_path).seed == 4


@pytest.mark.parametrize("given", ["", " "])
def test_an_empty_name_of_a_folder_is_refused(case, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for attempt, key in ((lambda: case.fit(folder=given, **QUICK, **QUIET), "--out"),
                         (lambda: Fit.load(case, given), "--fit")):  # fmt: skip
        with pytest.raises(InputError) as refused:
            attempt()
        assert refused.value.key == key
    assert not list(tmp_path.iterdir())


# --- damage ---


def edited(fit, change):
    said = json.loads((fit.place / ABOUT).read_text(encoding="utf-8"))
    change(said)
    (fit.place / ABOUT).write_text(json.dumps(said), encoding="utf-8")


def other_table(fit, key, text):
    name = TABLES[key]
    (fit.place / name).write_text(text, encoding="utf-8")
    edited(fit, lambda said: said["files"].update({name: sha256(text)}))


def table_of(fit, key):
    return pd.read_csv(fit.place / TABLES[key])


def without(key, column):
    return lambda fit: other_table(fit, key, table_of(fit, key).drop(columns=column).to_csv(index=False))


def with_values(key, column, value):
    return lambda fit: other_table(fit, key, table_of(fit, key).assign(**{column: value}).to_csv(index=False))


def header_of(key):
    return lambda fit: other_table(fit, key, table_of(fit, key).head(0).to_csv(index=False))


DAMAGE = {
    "no JSON": lambda fit: (fit.place / ABOUT).write_text("{", encoding="utf-8"),
    "a list": lambda fit: (fit.place / ABOUT).write_text("[]", encoding="utf-8"),
    "nothing": lambda fit: (fit.place / ABOUT).write_text("{}", encoding="utf-8"),
    "seed infinite": lambda fit: edited(fit, lambda said: said.update(seed=float("inf"))),
    "seed below 0": lambda fit: edited(fit, lambda said: said.update(seed=-1)),
    "seed too large": lambda fit: edited(fit, lambda said: said.update(seed=2**63)),
    "seed a truth value": lambda fit: edited(fit, lambda said: said.update(seed=True)),
    "quick a word": lambda fit: edited(fit, lambda said: said.update(quick="no")),
    "runs a word": lambda fit: edited(fit, lambda said: said["about"].update(runs="x")),
    "runs undefined": lambda fit: edited(fit, lambda said: said["about"].update(runs=float("nan"))),
    "no budget": lambda fit: edited(fit, lambda said: said["about"].pop("budget")),
    "files a word": lambda fit: edited(fit, lambda said: said.update(files="x")),
    "a table edited": lambda fit: (fit.place / TABLES["prior"]).write_text("a\n1\n", encoding="utf-8"),
    "a table away": lambda fit: (fit.place / TABLES["adequacy"]).unlink(),
    **{f"{key} empty": (lambda fit, key=key: other_table(fit, key, "")) for key in TABLES},
    **{f"{key} a header": header_of(key) for key in TABLES},
    "no weight": without("vectors", "weight"),
    "no parameter": without("vectors", "execution.oversight"),
    "weights words": with_values("vectors", "weight", "x"),
    "weights undefined": with_values("vectors", "weight", "nan"),
    "weights above 1": with_values("vectors", "weight", 1.0),
    "no verdict on the fit": without("adequacy", "fits"),
    "fits a word": with_values("adequacy", "fits", "perhaps"),
    "no such measure": with_values("adequacy", "measure", "weather"),
    "no such verdict": with_values("parameters", "verdict", "perhaps"),
    "scales at 0": with_values("scales", "scale", 0.0),
    "one scale": lambda fit: other_table(fit, "scales", "scale\n1.0\n"),
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("damaged") / "case")


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_fit_is_one_error_that_says_to_delete_it_and_fit_again(template, tmp_path, damage):
    fit = replace(template, folder=tmp_path / "fit")
    fit.save()
    assert Fit.load(fit.case, fit.folder).vectors.shape == fit.vectors.shape
    damage(fit)
    with pytest.raises(InputError, match="incomplete or damaged") as refused:
        Fit.load(fit.case, fit.folder)
    assert Path(refused.value.file).parent == fit.folder
    assert f"{DELETE} {fit.folder}" in refused.value.allowed
    assert "wushi case fit" in refused.value.allowed
    assert "请删除文件夹" in refused.value.in_language("zh")


def test_a_fit_is_damaged_and_not_gone_while_its_tables_are_replaced(template, tmp_path):
    fit = replace(template, folder=tmp_path / "fit")
    fit.save()
    (fit.folder / TABLES["scales"]).unlink()
    (fit.folder / TABLES["scales"]).mkdir()
    with pytest.raises(InputError):
        fit.save()
    with pytest.raises(InputError, match="incomplete or damaged"):
        Fit.load(fit.case, fit.folder)
    (fit.folder / TABLES["scales"]).rmdir()
    fit.save()
    assert Fit.load(fit.case, fit.folder).seed == fit.seed


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_store_is_to_be_deleted_and_not_to_be_restored_from_a_copy(template, tmp_path, content):
    fit = replace(template, folder=tmp_path / "fit")
    fit.save()
    for name, attempt in (
        ("quick-runs.sqlite", lambda: fit.case.fit(folder=fit.folder, **QUICK, **QUIET)),
        ("quick-check.sqlite", lambda: fit.case.fit(folder=fit.folder, **QUICK, **QUIET)),
        ("predicted.sqlite", lambda: fit.report(tmp_path / "out", **QUIET)),
    ):
        (fit.folder / name).write_bytes(content)
        with pytest.raises(InputError) as refused:
            attempt()
        assert refused.value.file == str(fit.folder / name)
        assert refused.value.allowed.startswith("delete it and")
        assert (fit.folder / name).read_bytes() == content
        (fit.folder / name).unlink()


# --- folders that cannot be written ---


@pytest.mark.skipif(os.name == "nt", reason="folders have no such rights there")
def test_a_folder_that_may_not_be_written_is_said_in_words_that_name_another_way():
    # Not below pytest's own folder, which nobody else may enter.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        fit = saved(Path(folder) / "case")
        # A checkout that only its owner may enter lets nobody import: what a report needs is imported before.
        fit.report(Path(folder) / "before", **QUIET)
        fit.place.chmod(0o555)
        with as_nobody():
            for attempt, key in (
                (lambda: fit.report(Path(folder) / "out", **QUIET), "--fit"),
                (lambda: fit.case.fit(**QUICK, **QUIET), "--out"),
            ):
                with pytest.raises(InputError) as refused:
                    attempt()
                assert (refused.value.key, refused.value.file) == (key, str(fit.place))
                assert "cannot be written" in refused.value.message
                assert key in refused.value.allowed
                assert "Errno" not in refused.value.message
        fit.place.chmod(0o755)
