"""The starter folder of ``wushi init``: it runs as it is, and nothing of the user's is touched."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from simulation import RunResult, run
from simulation.command.starter import FILES, make_starter
from simulation.hypotheses import Hypothesis
from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import InputError, load_scenario
from simulation.text import LANGUAGES


def starter(folder, lang="en"):
    path = make_starter(folder, lang)
    return path, {name: (folder / name).read_text(encoding="utf-8-sig") for name in FILES}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_starter_runs_as_it_is_and_something_comes_of_it(tmp_path, lang):
    path, _ = starter(tmp_path / "mine", lang)
    result = run(path, seed=0)
    assert result.summary["effectiveness"] > 0.05
    total = result.ledger.groupby("kind")["amount"].sum()
    left = result.ledger.query("kind == 'stock' and week == week.max()")["amount"].sum()
    assert np.isclose(total["source"] - total["delivered"] - total["sink"], left, rtol=1e-9)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_starter_holds_an_own_city_and_nothing_of_the_shipped_one(tmp_path, lang):
    path, _ = starter(tmp_path / "mine", lang)
    spec = load_scenario(path)
    hierarchy = load_hierarchy(spec)
    assert spec.base_folder == tmp_path / "mine"
    assert (len(hierarchy.units), len(spec.domains)) == (6, 5)
    assert hierarchy.unit_is_department.sum() == 1
    assert [hierarchy.community_pilot[row] for row in hierarchy.pilot_rows] == [spec.point]
    assert not set(hierarchy.units) & set(load_hierarchy(load_scenario("zhaoqing")).units)


def test_both_languages_describe_the_same_city_in_their_own_words(tmp_path):
    (en_path, en), (zh_path, zh) = (starter(tmp_path / lang, lang) for lang in LANGUAGES)
    for name in FILES:
        assert not any("一" <= sign <= "鿿" for line in en[name].splitlines() for sign in line.partition("#")[2])
    for name in ("README.md", "scenario.toml", "my-hypothesis.toml"):
        first = zh[name].splitlines()[0]
        assert first.startswith("#")
        assert any("一" <= sign <= "鿿" for sign in first)
    one, other = load_hierarchy(load_scenario(en_path)), load_hierarchy(load_scenario(zh_path))
    assert [one.label(unit, "zh") for unit in one.units] == list(other.units)
    assert (one.community_population == other.community_population).all()
    ours, theirs = load_scenario(en_path).values, load_scenario(zh_path).values
    differing = {key for key, value in ours.items() if value != theirs[key]}
    assert differing == {"domains", "departments.named"}  # both name units, each in its own words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_department_of_the_starter_has_a_domain_and_may_pass_the_buck(tmp_path, lang):
    path, _ = starter(tmp_path / "mine", lang)
    model = run(path, seed=0, weeks=30).model
    assert all(department.domains for department in model.departments)
    assert all(model.world.members[0] >= 2)
    # The procuratorate is a unit of the table too: in the domain that it works itself it always co-operates.
    itself = [department for department in model.departments if model.world.department_unit[department.index] >= 0]
    assert [department.key for department in itself] == ["procuratorate"]
    united, divided = (
        run(load_scenario(path).with_values({"departments.turf": turf}), seed=0).summary for turf in (-10.0, 10.0)
    )
    assert divided["lost_buck_passing"] > 0.0
    assert divided["effectiveness"] < united["effectiveness"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_row_of_the_city_but_an_obvious_one_is_explained(tmp_path, lang):
    _, texts = starter(tmp_path / "mine", lang)
    notes = [row["note"] for row in csv.DictReader(texts["city.csv"].splitlines())]
    assert notes.count("") <= 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_hypothesis_names_the_scenario_beside_it_and_a_factor_that_it_has(tmp_path, lang):
    path, texts = starter(tmp_path / "mine", lang)
    claim = tomllib.loads(texts["my-hypothesis.toml"])
    assert (tmp_path / "mine" / claim["scenario"]).samefile(path)
    spec = load_scenario(path)
    for value in claim["values"]:
        assert spec.with_values({claim["factor"]: value}).values[claim["factor"]] == value
    assert claim["metric"] in run(path, weeks=1).summary
    assert {"id", "claim", "source", "kind", "shape", "smallest_effect", "test"} <= claim.keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_hypothesis_is_one_that_can_be_tested(tmp_path, lang):
    make_starter(tmp_path / "mine", lang)
    hypothesis = Hypothesis.load(tmp_path / "mine" / "my-hypothesis.toml")
    assert hypothesis.id == "MY1"
    assert [arm["plan.per_county"] for arm in hypothesis.settings().values()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_opens_as_utf_8_in_a_spreadsheet(tmp_path, lang):
    make_starter(tmp_path / "mine", lang)
    assert (tmp_path / "mine" / "city.csv").read_bytes().startswith(b"\xef\xbb\xbfunit,")


def test_an_empty_folder_is_filled_and_folders_above_are_made(tmp_path):
    (tmp_path / "empty").mkdir()
    make_starter(tmp_path / "empty", "en")
    make_starter(tmp_path / "a" / "b", "zh")
    for folder in (tmp_path / "empty", tmp_path / "a" / "b"):
        assert {entry.name for entry in folder.iterdir()} == set(FILES)


def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="not empty") as caught:
        make_starter(tmp_path, "en")
    assert caught.value.file == str(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(InputError, match="a file of this name"):
        make_starter(tmp_path / "notes.txt", "en")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_starter_is_not_written_over_a_starter(tmp_path):
    path, _ = starter(tmp_path / "mine")
    (tmp_path / "mine" / "scenario.toml").write_text("changed", encoding="utf-8")
    with pytest.raises(InputError):
        make_starter(tmp_path / "mine", "zh")
    assert (tmp_path / "mine" / "scenario.toml").read_text(encoding="utf-8") == "changed"
    assert path == str(tmp_path / "mine" / "scenario.toml")


def test_a_failure_half_way_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("simulation.command.starter.FILES", (*FILES, "no such file"))
    with pytest.raises(FileNotFoundError):
        make_starter(tmp_path / "mine", "en")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_language_is_refused(tmp_path):
    with pytest.raises(InputError, match="unknown language"):
        make_starter(tmp_path / "mine", "fr")


def test_the_command_makes_a_starter_that_the_command_runs(tmp_path):
    def wushi(*words):
        environment = os.environ | {"WUSHI_LANG": "zh", "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "simulation", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    made = wushi("init", "mine")
    assert (made.returncode, made.stderr) == (0, "")
    assert "mine" in made.stdout
    ran = wushi("run", "mine/scenario.toml", "--json", "--no-figures", "--weeks", "30", "--out", "out/mine")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "out" / "mine" / "summary.json").is_file()
    again = wushi("init", "mine")
    assert again.returncode == 2
    assert "Traceback" not in again.stderr


def test_a_saved_run_of_ones_own_city_runs_again_from_its_folder_alone(tmp_path):
    path, _ = starter(tmp_path / "mine", "en")
    first = run(load_scenario(path).with_values({"weeks": 6}), seed=3)
    first.save(tmp_path / "out")
    shutil.rmtree(tmp_path / "mine")
    read = RunResult.load(tmp_path / "out")
    again = run(read.spec, seed=read.seed)
    assert read.spec.digest == first.spec.digest
    np.testing.assert_equal(again.summary, first.summary)
    places = load_hierarchy(read.spec)
    assert [places.label(unit, "zh") for unit in places.units] != list(places.units)
    again.save(tmp_path / "again")
    assert (tmp_path / "again" / "structure.csv").read_bytes() == (tmp_path / "out" / "structure.csv").read_bytes()


def test_a_saved_run_of_a_shipped_city_holds_no_copy_of_its_places(tmp_path):
    run(load_scenario("classroom").with_values({"weeks": 2}), seed=0).save(tmp_path / "out")
    assert not (tmp_path / "out" / "structure.csv").exists()
