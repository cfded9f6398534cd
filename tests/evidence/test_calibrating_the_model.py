"""Calibration of the model itself: one parameter comes back; the report and the command line say the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from simulation.command.ending import code_of
from simulation.command.main import app
from simulation.evidence import Calibration, calibrate
from simulation.evidence.measuring import Measuring, Setting
from simulation.evidence.report import markdown

TRUTH = 0.015
SMALL = {"structure.citizens": 400, "weeks": 100}


@pytest.fixture(scope="module")
def targets():
    """A finding that the model itself gives under a known rate of forgetting; the calibration must recover the rate."""
    seen = [
        Setting("here", "classroom", SMALL | {"citizens.forget": TRUTH}).measure({}, seed, ["awareness"])["awareness"]
        for seed in range(30, 42)
    ]
    mean = sum(seen) / len(seen)
    return {
        "calibration": {"keep": 16, "budget": 64, "replicates": 3, "check_vectors": 4, "check_replicates": 6},
        "parameters": {
            "citizens.forget": {"low": 0.004, "high": 0.04, "scale": "log"},
            "effect.wear": {"low": 0.01, "high": 0.02, "scale": "log"},
        },
        "settings": {"here": {"scenario": "classroom", "values": SMALL}},
        "targets": {
            "aware": {
                "setting": "here", "expression": "awareness", "value": mean, "tolerance": 0.03, "source": "made"
            }
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def found(targets, tmp_path_factory):
    store = tmp_path_factory.mktemp("model") / "s.sqlite"
    return calibrate(targets, store=store, workers=0, progress="quiet")


def test_a_known_parameter_of_the_model_comes_back(found):
    rows = found.parameters.set_index("parameter")
    assert rows.loc["citizens.forget", "low"] <= TRUTH <= rows.loc["citizens.forget", "high"]
    assert rows.loc["citizens.forget", "verdict"] == "pinned"
    assert rows.loc["effect.wear", "verdict"] == "free"
    assert found.targets["verdict"].tolist() == ["met"]


def test_the_defaults_are_checked_beside_the_kept_vectors(found):
    # With the default of .01 citizens forget less than the finding says.
    row = found.targets.iloc[0]
    assert row["default"] > row["median"]
    assert not row["default_met"]


def test_kept_vectors_are_parameters_that_the_model_takes(found):
    for values in found.sample(3):
        assert set(values) == {"effect.wear", "citizens.forget"}
        Setting("here", "classroom", SMALL | values)


def test_what_a_setting_fixes_goes_over_free_parameters_and_draws_too():
    for draws in (None, {}):
        setting = Setting("here", "zhaoqing", {"execution.oversight": 0.2}, draws)
        spec = setting.scenario({"execution.oversight": 0.9, "effect.wear": 0.03}, 1)
        assert spec.execution.oversight == 0.2
        assert spec.effect.wear == 0.03


def test_a_run_seed_names_the_city():
    setting = Setting("many", "zhaoqing", {}, {})
    assert setting.scenario({}, 1).digest == setting.scenario({}, 1).digest
    assert setting.scenario({}, 1).digest != setting.scenario({}, 2).digest


def test_moments_are_read_off_the_weekly_series():
    from simulation import load_scenario, run

    values = {"structure.citizens": 400, "weeks": 150}
    names = ["effectiveness", "effectiveness.peak", "effectiveness.year_after", "trials", "rolled_out", "scale_up_gap"]
    setting = Setting("here", "campaign", values)
    found = setting.measure({}, 3, names)
    series = run(load_scenario("campaign").with_values(values), seed=3).weekly["effectiveness"]
    assert found["effectiveness"] == series.iloc[-1]
    assert found["effectiveness.peak"] == series.max()
    later = series.idxmax() + 52
    assert (later < 150) == (found["effectiveness.year_after"] == found["effectiveness.year_after"])
    if later < 150:
        assert found["effectiveness.year_after"] == series[later]
    assert 0 <= found["rolled_out"] <= found["trials"] <= 8


def test_a_run_without_effect_has_no_trials_rolled_out():
    found = Setting("here", "classroom", SMALL | {"instruction.intensity": 0.0}).measure({}, 0, ["rolled_out"])
    assert found["rolled_out"] == 0


def test_measuring_returns_every_target():
    asked = Calibration.of("case")
    small = {
        name: Setting(name, s.base, s.values | SMALL, {} if s.ensemble else None) for name, s in asked.settings.items()
    }
    values = Measuring(small, list(asked.targets.values()))({}, 5)
    assert values.keys() == {column for target in asked.targets.values() for column in target.columns}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_holds_every_finding_parameter_and_the_command(found, lang):
    page = markdown(found, lang, "wushi calibrate mine.toml")
    for word in ("aware", "effect.wear", "citizens.forget", "wushi calibrate mine.toml", "made"):
        assert word in page
    assert "{" not in page


def test_the_report_is_written_whole_with_its_tables(found, tmp_path):
    folder = found.save(tmp_path / "report")
    names = {path.name for path in folder.iterdir()}
    tables = {
        f"{name}.csv" for name in ("vectors", "targets", "parameters", "products", "conflicts", "tried", "checked")
    }
    assert names == tables | {"report.md", "provenance.json"}
    held = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert held["targets"].keys() == {"aware"}


def test_the_battery_is_judged_under_defaults_and_kept_vectors(found, tmp_path, quiet):
    from simulation.evidence.verdicts import verdicts

    table = verdicts(found.sample(1), ["oversight"], citizens=400, folder=tmp_path / "v", **quiet)
    assert list(table)[-3:] == ["defaults", "vector 1", "same"]
    # Oversight curbs false reports by an equation of its own, whatever citizens forget.
    assert table.loc[0, ["defaults", "vector 1"]].tolist() == ["supported", "supported"]
    shown = markdown(replace(found, verdicts=table), "zh")
    assert "支持" in shown
    assert "H13" in shown


def test_no_cell_of_the_tables_is_a_formula(found, tmp_path):
    import pandas as pd

    verdicts = pd.DataFrame(
        [{"id": "H1", "claim_en": "=1+1", "claim_zh": "+x", "defaults": "supported", "vector 1": "refuted"}]
    )
    folder = replace(found, verdicts=verdicts).save(tmp_path / "report")
    assert ",'=1+1,'+x," in (folder / "verdicts.csv").read_text(encoding="utf-8")


FILE = """
[calibration]
keep = 4
budget = 8
replicates = 1
check_vectors = 2
check_replicates = 2
[parameters]
"effect.wear" = { low = 0.004, high = 0.08, scale = "log" }
[settings.here]
ensemble = true
values = { "structure.citizens" = 200, weeks = 40 }
[targets.sites]
setting = "here"
expression = "site_effect"
range = [0.0, 0.9]
tolerance = 0.1
source = "made"
"""


def wushi(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "simulation", *words], cwd=cwd, capture_output=True, text=True, encoding="utf-8",
        check=False, timeout=300, env={**os.environ, "WUSHI_LANG": "en", "PYTHONIOENCODING": "utf-8", "COLUMNS": "160"},
    )  # fmt: skip


def test_the_command_calibrates_and_writes_its_report(tmp_path):
    (tmp_path / "mine.toml").write_text(FILE, encoding="utf-8")
    quiet = ["--workers", "0", "--progress", "quiet"]
    done = wushi("calibrate", "mine.toml", *quiet, "--first-look", "10", "--report", "found", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "First look" in done.stdout
    assert "effect.wear" in done.stdout
    assert (tmp_path / "out" / "calibration" / "mine.sqlite").is_file()
    for name in ("report.md", "report.html"):
        assert "wushi calibrate mine.toml" in (tmp_path / "found" / name).read_text(encoding="utf-8")
    assert (tmp_path / "found" / "figures" / "1-fit.svg").is_file()


def test_the_command_draws_cities(tmp_path):
    words = ["ensemble", "--cities", "2", "--citizens", "200", "--workers", "0", "--progress", "quiet", "--out", "e"]
    done = wushi(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (tmp_path / "e").iterdir()}
    assert {"cities.csv", "runs.sqlite", "city-0000.toml", "city-0001.toml"} <= names
    assert wushi("validate", "e/city-0001.toml", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["calibrate", "responsivenes"], "did you mean 'responsiveness'"),
        (["calibrate", "responsiveness", "--budget", "3"], "calibration.budget"),
        (["calibrate", "responsiveness", "--seed", "-1"], "calibration.seed"),
        (["calibrate", "responsiveness", "--battery", "-2"], "--battery"),
        (["ensemble", "--cities", "1"], "--cities"),
        (["ensemble", "--draws", "none.toml"], "none.toml"),
    ],
)
def test_wrong_words_end_with_two_and_one_message(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception) as caught:  # which code it ends with is the claim
        app(words, standalone_mode=False)
    assert code_of(caught.value) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
