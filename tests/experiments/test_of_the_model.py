from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from simulation import load_scenario, run
from simulation.experiments import ablate, compare, sweep
from simulation.experiments.design.assumptions import assumed_factors
from simulation.experiments.design.design import Design
from simulation.experiments.running.seeds import run_seed
from simulation.experiments.sweeping import prepare
from simulation.files.errors import InputError
from simulation.scenario import parameters

SWEEPS = sorted((Path(__file__).parents[2] / "scenarios" / "sweeps").glob("*.toml"))
SMALL = {"extends": "zhaoqing", "weeks": 40, "structure": {"citizens": 400}}


def design(factors, **entries):
    return {"sweep": {"scenario": SMALL, **entries}, "factors": factors}


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_shipped_sweep_is_accepted_by_the_schema(path):
    shipped, task = prepare(path, None)
    assert sum(1 for _ in shipped.points()) >= 8
    assert next(iter(task.scenario.domains)) == "nimby"


def test_the_six_sweeps_are_shipped():
    assert {path.stem for path in SWEEPS} >= {
        "per-county-oversight",
        "instruction-interlock",
        "assumptions-morris",
        "leverage-directions",
        "meetings-capacity",
        "campaign-routine",
    }


def test_the_metrics_of_shipped_sweeps_exist():
    known = run(load_scenario(SMALL), seed=0).summary
    for path in SWEEPS:
        assert set(Design.of(path).metrics) <= set(known), path.stem


def test_assumptions_are_the_numbers_marked_a_inside_their_bounds():
    factors = {factor.name: factor for factor in assumed_factors(0.4)}
    infos = {info.key: info for info in parameters()}
    assert len(factors) > 60
    assert {"transmission.interlock", "execution.capacity", "effect.gain", "citizens.b0"} <= set(factors)
    assert not {"structure.citizens", "weeks", "plan.per_county", "instruction.intensity"} & set(factors)
    for name, factor in factors.items():
        low, high = min(factor.ends()), max(factor.ends())
        assert low <= infos[name].default <= high or infos[name].default == 0, name
        assert low < high


def test_the_middle_and_corners_of_the_assumptions_can_be_run():
    factors = assumed_factors(0.4)
    scenario = load_scenario("zhaoqing")
    for unit in (0.0, 0.5, 1.0):
        scenario.with_values({factor.name: factor.at(unit) for factor in factors})


@pytest.mark.parametrize(
    ("factors", "key", "suggestion"),
    [
        ({"execution.oversigth": [0.5]}, "factors.execution.oversigth", "execution.oversight"),
        ({"execution.oversight": [0.5, 1.5]}, "factors.execution.oversight", None),
        ({"execution.oversight": ["high"]}, "factors.execution.oversight", None),
        ({"plan.kind": ["division", "unifrom"]}, "factors.plan.kind", "uniform"),
        ({"plan.per_county": [1.5]}, "factors.plan.per_county", None),
    ],
)
def test_unknown_factors_and_values_out_of_range_are_refused_before_anything_runs(tmp_path, factors, key, suggestion):
    with pytest.raises(InputError) as caught:
        sweep(design(factors), store=tmp_path / "s", workers=0)
    assert caught.value.key == key
    assert suggestion is None or caught.value.suggestion == suggestion
    assert not list(tmp_path.iterdir())


def test_a_sweep_without_a_scenario_or_with_an_unknown_one_is_refused(tmp_path):
    for entries in ({}, {"scenario": "zhaoqin"}):
        with pytest.raises(InputError):
            sweep({"sweep": entries, "factors": {"weeks": [10]}}, store=tmp_path / "s", workers=0)


def test_a_stored_run_is_the_run_itself_in_this_process_and_in_another(tmp_path, rows):
    given = design({"plan.per_county": [1, 2]}, replicates=2, weekly=["effectiveness"])
    experiment = sweep(given, store=tmp_path / "s", workers=0)
    sweep(given, store=tmp_path / "t", workers=2)
    assert rows(tmp_path / "s") == rows(tmp_path / "t")
    last = experiment.runs.iloc[-1]
    assert last["seed"] == run_seed(0, 1)
    result = run(load_scenario(SMALL).with_values({"plan.per_county": 2}), seed=int(last["seed"]))
    assert last["effectiveness"] == result.summary["effectiveness"]
    assert experiment.weekly["effectiveness"].tolist()[-40:] == result.weekly["effectiveness"].tolist()


def test_a_changed_scenario_is_refused_and_says_which_parameter(tmp_path):
    given = design({"plan.per_county": [1]})
    sweep(given, store=tmp_path / "s", workers=0)
    given["sweep"]["scenario"] = {**SMALL, "execution": {"oversight": 0.3}}
    with pytest.raises(InputError, match=r"execution\.oversight: 0\.8 → 0\.3"):
        sweep(given, store=tmp_path / "s", workers=0)


def test_scenarios_are_compared_and_stages_ablated():
    found = compare({"all": SMALL, "no oversight": {**SMALL, "execution": {"oversight": 0}}}, replicates=2, workers=0)
    assert found.table["n"].tolist() == [2]
    ablation = ablate(SMALL, replicates=2, workers=0)
    assert ablation.table["mechanism"].tolist() == ["trend", "authority", "publicity", "settlement", "leverage"]
    total = ablation.total.iloc[0]
    assert total["sum"] == pytest.approx(total["all"] - total["none"])
    assert ablation.table.set_index("mechanism").loc["settlement", "removed"] > 0


def test_the_commands_import_nothing_heavy():
    heavy = "{'numpy', 'pandas', 'mesa', 'scipy'}"
    code = f"import sys, simulation.command.main; print(sorted({heavy} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
