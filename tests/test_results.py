"""A result: its tables, saved and read back, with its model and without."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from kit.odd import told
from long.targets import a_result

from simulation import InputError, RunResult, load_scenario, run
from simulation.scenario.modes import MODES


def test_a_table_that_was_not_saved_is_missed_only_when_it_is_asked_for(small_run: RunResult, tmp_path: Path) -> None:
    folder = small_run.save(tmp_path / "out")
    (folder / "units.csv").unlink()
    loaded = RunResult.load(folder)
    assert len(loaded.weekly) == small_run.spec.weeks
    with pytest.raises(LookupError, match="units"):
        _ = loaded.units


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_saved_run_is_read_back_as_it_was_in_either_format(small_run: RunResult, form: str, tmp_path: Path) -> None:
    back = RunResult.load(small_run.save(tmp_path / "out", form))
    assert back.summary == pytest.approx(small_run.summary, nan_ok=True)
    for name in ("weekly", "cells", "ledger", "units", "executors", "departments"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(small_run, name), check_dtype=False)


def test_places_called_by_a_number_are_read_back_by_that_name(tmp_path: Path) -> None:
    places = [
        {"unit": "Province", "tier": "province"},
        {"unit": "1", "parent": "Province", "tier": "city"},
        {"unit": "007", "parent": "1", "tier": "county", "population": 100, "residential": 2},
    ]
    spec = load_scenario({"weeks": 10, "structure": {"units": places, "citizens": 100}, "domains": {"12": {}}})
    made = run(spec)
    back = RunResult.load(made.save(tmp_path / "out"))
    for name in ("cells", "ledger", "units"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(made, name), check_dtype=False)
    assert set(back.cells["county"]) == {"007"}


def test_another_format_is_refused_and_nothing_written(small_run: RunResult, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        small_run.save(tmp_path / "out", "xlsx")
    assert (caught.value.key, caught.value.allowed) == ("format", "csv or parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_loaded_result_has_no_model_and_says_so(small_run: RunResult, tmp_path: Path) -> None:
    assert small_run.model.week == small_run.spec.weeks
    with pytest.raises(LookupError, match="run the scenario again"):
        _ = RunResult.load(small_run.save(tmp_path / "out")).model


def test_a_detached_result_has_the_tables_and_not_the_model(small_run: RunResult) -> None:
    apart = small_run.detached()
    pd.testing.assert_frame_equal(apart.weekly, small_run.weekly)
    with pytest.raises(LookupError):
        _ = apart.model


def test_a_result_of_a_model_that_has_not_run_is_refused() -> None:
    from simulation import MomentumModel

    with pytest.raises(ValueError, match="not run a week"):
        RunResult.of(MomentumModel(load_scenario("classroom").with_values({"structure.citizens": 200})))


@pytest.mark.usefixtures("no_hang")
def test_a_result_folder_names_no_file_to_read(tmp_path: Path) -> None:
    for name, content in a_result().items():
        (tmp_path / name).write_bytes(content)
    assert RunResult.load(tmp_path).seed == 0
    origin = json.loads(a_result()["provenance.json"])
    (tmp_path / "secret.toml").write_text("password = 12345", encoding="utf-8")
    origin["scenario"]["extends"] = str(tmp_path / "secret.toml")
    (tmp_path / "provenance.json").write_text(json.dumps(origin), encoding="utf-8")
    message = str(told(lambda: RunResult.load(tmp_path)))
    assert "not a resolved one" in message
    assert "password" not in message


def test_executors_and_departments_add_up_to_the_numbers_of_their_city() -> None:
    made = run(load_scenario("zhaoqing").with_values({"structure.citizens": 600, "weeks": 60}), seed=0)
    executors, departments = made.executors, made.departments
    months = executors["week"].unique()
    assert months.tolist() == made.units["week"].unique().tolist()
    modes = executors.groupby("week")[list(MODES)].sum().to_numpy()
    assert modes.tolist() == made.model.record.executing[months, 0].tolist()
    load = executors[executors["unit"].isin(made.cells["county"])].groupby(["week", "unit"])["load"].mean()
    shown = made.weekly.set_index("week")
    assert load.groupby("week").mean().tolist() == pytest.approx(shown["town_load"][months].tolist())
    assert departments.groupby("week")["joins"].mean().tolist() == pytest.approx(shown["co_operation"][months].tolist())
    leads = departments.loc[departments["leads"] == 1, ["department", "domain"]].drop_duplicates()
    known = {(entry.lead, key) for key, entry in made.spec.domains.items()}
    assert set(leads.itertuples(index=False, name=None)) <= known
