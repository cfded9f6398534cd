"""The commands that draw, as a user types them: the folder with pictures and report, the film, tables in Parquet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from simulation import InputError, RunResult, load_scenario, run
from simulation.figures import figures

SMALL = ["--citizens", "200", "--weeks", "30"]


def wushi(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulation", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "WUSHI_LANG": "en", "PYTHONIOENCODING": "utf-8"},
        timeout=300,
    )


def test_a_run_leaves_data_every_picture_twice_and_one_report_that_holds_them(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = wushi("run", "classroom", *SMALL, "--out", out)
    assert done.returncode == 0, done.stderr
    alone = [name for name, module in figures().items() if "other" not in getattr(module, "NEEDS", ())]
    drawn = sorted(path.name for path in (out / "figures").iterdir())
    assert len([name for name in drawn if name.endswith(".svg")]) == len(alone)
    assert len([name for name in drawn if name.endswith(".png")]) == len(alone)
    report = (out / "report.html").read_text(encoding="utf-8")
    assert report.count("data:image/") == len(alone)
    assert "report.html" in done.stdout


def test_a_film_of_a_scenario_is_written_where_asked(tmp_path: Path) -> None:
    film = tmp_path / "film.gif"
    values = ["--set", "structure.citizens=200", "--set", "weeks=4"]
    done = wushi("animate", "classroom", *values, "--out", film, "--fps", "4")
    assert done.returncode == 0, done.stderr
    assert film.read_bytes().startswith(b"GIF8")
    assert str(film) in done.stdout


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_saved_run_is_read_back_as_it_was_in_either_format(small_run: RunResult, form: str, tmp_path: Path) -> None:
    back = RunResult.load(small_run.save(tmp_path / "out", form))
    assert back.summary == pytest.approx(small_run.summary, nan_ok=True)
    for name in ("weekly", "cells", "ledger", "units"):
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
