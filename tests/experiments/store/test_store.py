from __future__ import annotations

import sqlite3
import threading

import known_functions as known
import pandas as pd
import pytest

from simulation.experiments import StoreError, read_store, sweep
from simulation.experiments.design.design import Design
from simulation.experiments.running.worker import Outcome
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError
from simulation.files.tables import save_table

GRID = {"sweep": {"replicates": 3}, "factors": {"a": [1, 2, 3], "b": [0.5, 1.5]}}


def quick(design, path, task=known.plain, **options):
    return sweep(design, task, store=path, workers=0, **options)


def grid(**sweep_entries):
    return {**GRID, "sweep": {**GRID["sweep"], **sweep_entries}}


def test_a_store_has_the_promised_tables(tmp_path):
    quick(GRID, tmp_path / "s.sqlite")
    db = sqlite3.connect(tmp_path / "s.sqlite")
    columns = [row[1] for row in db.execute("PRAGMA table_info(runs)")]
    assert columns == ["point", "replicate", "seed", "status", "error", "seconds", "host", "y", "z"]
    assert [row[1] for row in db.execute("PRAGMA table_info(points)")] == ["point", "identity", "a", "b"]
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    db.close()


def test_runs_points_and_replicates_are_what_the_design_says(tmp_path):
    experiment = quick(GRID, tmp_path / "s.sqlite")
    runs = experiment.runs
    assert len(runs) == 18
    assert experiment.complete
    expected = 10 * runs["a"] + runs["b"] + runs["seed"] / 2**60
    assert (runs["y"] == expected).all()
    assert runs.groupby("replicate")["seed"].nunique().tolist() == [1, 1, 1]
    points = experiment.points
    assert points["runs"].tolist() == [3] * 6
    assert points["y"].to_numpy() == pytest.approx(runs.groupby("point")["y"].mean().to_numpy())
    assert points["y.sd"].to_numpy() == pytest.approx(runs.groupby("point")["y"].std().to_numpy())


def test_unpaired_points_have_seeds_of_their_own(tmp_path):
    assert quick(grid(paired=False), tmp_path / "s.sqlite").runs["seed"].nunique() == 18


def test_true_false_words_and_whole_numbers_reach_the_task_as_they_are(tmp_path):
    design = {"factors": {"on": [True, False], "word": ["x"], "n": {"low": 1, "high": 2, "integer": True}}}

    def types(parameters, seed):
        return {"ok": float([type(v).__name__ for v in parameters.values()] == ["bool", "str", "int"])}

    assert sweep(design, types, store=tmp_path / "t", workers=0).runs["ok"].tolist() == [1.0] * 4


def test_an_interrupted_sweep_goes_on_and_ends_as_if_it_had_not_stopped(tmp_path, rows):
    quick(GRID, tmp_path / "whole.sqlite")
    count = []

    def stop(tally):
        count.append(tally.done)
        if tally.done >= 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quick(GRID, tmp_path / "s.sqlite", known.waiting, progress=stop)
    kept = rows(tmp_path / "s.sqlite")[1]
    assert 0 < len(kept) < 18
    quick(GRID, tmp_path / "other.sqlite", known.waiting)
    quick(GRID, tmp_path / "s.sqlite", known.waiting)
    after = rows(tmp_path / "s.sqlite")
    assert set(kept) <= set(after[1])
    assert after == rows(tmp_path / "other.sqlite")


def test_a_finished_sweep_runs_nothing_again(tmp_path):
    quick(GRID, tmp_path / "s.sqlite")
    before = (tmp_path / "s.sqlite").read_bytes()
    quick(GRID, tmp_path / "s.sqlite")
    assert (tmp_path / "s.sqlite").read_bytes() == before


def test_an_interrupted_sweep_is_balanced(tmp_path):
    def stop(tally):
        if tally.done >= 60:
            raise KeyboardInterrupt

    design = {"sweep": {"replicates": 4}, "factors": {"a": list(range(10)), "b": list(range(10))}}
    with pytest.raises(KeyboardInterrupt):
        quick(design, tmp_path / "s", known.slow, progress=stop)
    runs = read_store(tmp_path / "s").runs
    done = runs.groupby("point").size().reindex(range(100), fill_value=0)
    assert 60 <= done.sum() < 400
    assert done.max() - done.min() <= 1
    # Within a replicate points come scattered: the first ten of the grid's own order share one value.
    with Store(tmp_path / "fresh", Design.of(design), {}) as fresh:
        first = [job.parameters["a"] for job, _ in zip(fresh.pending(), range(10), strict=False)]
    assert len(set(first)) >= 5


def _same_values(first, second):
    columns = ["a", "b", "replicate", "seed", "y"]
    frames = [read_store(path).runs[columns].sort_values(columns).reset_index(drop=True) for path in (first, second)]
    pd.testing.assert_frame_equal(*frames)


@pytest.mark.parametrize(
    "larger",
    [
        grid(replicates=5),
        {**GRID, "factors": {"a": [0, 1, 2, 3], "b": [0.5, 1.5]}},
        {**grid(replicates=4), "factors": {"a": [3, 2, 1, 9], "b": [1.5, 0.5, 7]}},
    ],
)
def test_a_design_that_only_grows_continues_the_store(tmp_path, larger, rows):
    quick(GRID, tmp_path / "s")
    before = rows(tmp_path / "s")
    quick(larger, tmp_path / "s")
    after = rows(tmp_path / "s")
    assert set(before[0]) <= set(after[0])
    assert set(before[1]) <= set(after[1])
    quick(larger, tmp_path / "t")
    _same_values(tmp_path / "s", tmp_path / "t")


@pytest.mark.parametrize("kind", ["random", "sobol", "morris"])
def test_samples_can_be_added(tmp_path, kind):
    factors = {"a": {"low": 0, "high": 1}, "b": {"low": 0, "high": 1}}
    small = {"sweep": {"design": kind, "samples": 4}, "factors": factors}
    large = {"sweep": {"design": kind, "samples": 16}, "factors": factors}
    first = quick(small, tmp_path / "s").runs
    quick(large, tmp_path / "s")
    quick(large, tmp_path / "t")
    _same_values(tmp_path / "s", tmp_path / "t")
    pd.testing.assert_frame_equal(
        read_store(tmp_path / "s").runs.head(len(first))[["point", "a", "y"]], first[["point", "a", "y"]]
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (grid(replicates=2), "replicates: 3 → 2"),
        (grid(seed=1), "seed: 0 → 1"),
        (grid(metrics=["y"]), "metrics"),
        (grid(paired=False), "paired"),
        ({**GRID, "factors": {"a": [1, 2], "b": [0.5, 1.5]}}, "2 of its 6 points"),
        ({**GRID, "factors": {"a": [1, 2, 3], "c": [0.5, 1.5]}}, "factors: a, b → a, c"),
    ],
)
def test_a_changed_design_is_refused_with_what_changed(tmp_path, changed, said):
    quick(GRID, tmp_path / "s")
    before = (tmp_path / "s").read_bytes()
    with pytest.raises(InputError, match=said):
        quick(changed, tmp_path / "s")
    assert (tmp_path / "s").read_bytes() == before


def test_a_larger_latin_hypercube_is_refused_with_the_reason(tmp_path):
    factors = {"a": {"low": 0, "high": 1}, "b": {"low": 0, "high": 1}}
    quick({"sweep": {"design": "lhs", "samples": 4}, "factors": factors}, tmp_path / "s")
    with pytest.raises(InputError, match="Latin hypercube"):
        quick({"sweep": {"design": "lhs", "samples": 8}, "factors": factors}, tmp_path / "s")


def test_another_task_is_refused(tmp_path):
    quick(GRID, tmp_path / "s")
    with pytest.raises(InputError, match=r"known_functions\.slow"):
        quick(GRID, tmp_path / "s", known.slow)


def test_two_sweeps_on_one_store_the_second_is_refused(tmp_path):
    started, release = threading.Event(), threading.Event()

    def hold(tally):
        started.set()
        release.wait(30)

    first = threading.Thread(target=lambda: quick(GRID, tmp_path / "s", progress=hold))
    first.start()
    try:
        assert started.wait(30)
        with pytest.raises(InputError, match="another command"):
            quick(GRID, tmp_path / "s")
    finally:
        release.set()
        first.join()
    assert read_store(tmp_path / "s").complete


def test_a_store_can_be_read_while_it_is_written(tmp_path):
    seen = []

    def look(tally):
        experiment = read_store(tmp_path / "s")
        seen.append(len(experiment.runs))
        assert experiment.points["runs"].sum() == seen[-1]

    design = {"sweep": {"replicates": 60}, "factors": {"a": [1, 2, 3], "b": [1, 2]}}
    quick(design, tmp_path / "s", known.slow, progress=look)
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    assert seen[-1] == 360


@pytest.mark.parametrize("content", [b"plan,n\n1,2\n" * 400, b"SQLite format 3\x00" + bytes(4000)])
def test_a_foreign_file_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "s.sqlite"
    path.write_bytes(content)
    for use in (lambda: quick(GRID, path), lambda: read_store(path)):
        with pytest.raises(InputError) as caught:
            use()
        assert caught.value.file == str(path)
    assert path.read_bytes() == content


def test_a_foreign_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "s.sqlite"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE runs (point)")
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="not a store of this program"):
        quick(GRID, path)
    assert path.read_bytes() == before


def test_a_damaged_store_is_refused(tmp_path):
    path = tmp_path / "s.sqlite"
    design = {"sweep": {"replicates": 100}, "factors": {"a": list(range(10)), "b": [1, 2]}}
    quick(design, path)
    content = bytearray(path.read_bytes())
    content[4096 * 3 : -4096] = b"\xff" * (len(content) - 4096 * 4)
    path.write_bytes(content)
    for use in (lambda: quick(design, path), lambda: read_store(path)):
        with pytest.raises(InputError, match="damaged"):
            use()


def test_an_empty_file_left_by_a_kill_is_a_new_store(tmp_path):
    (tmp_path / "s").touch()
    assert quick(GRID, tmp_path / "s").complete


def test_missing_numbers_are_null_and_infinite_ones_stay(tmp_path):
    design = {"factors": {"what": ["fine", "is not a number", "is infinite"]}}
    experiment = quick(design, tmp_path / "s", known.bad_runs)
    db = sqlite3.connect(tmp_path / "s")
    assert db.execute("SELECT y FROM runs ORDER BY point").fetchall() == [(1.0,), (None,), (float("inf"),)]
    db.close()
    assert experiment.points["y"].tolist()[0] == 1.0
    assert experiment.points["y"].isna().tolist() == [False, True, True]


def test_weekly_series_are_kept_when_asked_for(tmp_path):
    def task(parameters, seed):
        return {"y": 1.0}, {"level": [parameters["a"], 2.0, 3.0], "other": [0.0]}

    design = {"sweep": {"weekly": ["level"], "replicates": 2}, "factors": {"a": [1, 5]}}
    weekly = quick(design, tmp_path / "s", task).weekly
    assert weekly["level"].tolist() == [1, 2, 3, 1, 2, 3, 5, 2, 3, 5, 2, 3]
    assert weekly["week"].tolist() == [0, 1, 2] * 4


def test_metrics_and_series_that_do_not_exist_are_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        quick(grid(metrics=["Y"]), tmp_path / "s")
    assert (caught.value.key, caught.value.suggestion) == ("sweep.metrics", "y")
    with pytest.raises(InputError) as caught:
        quick(grid(weekly=["level"]), tmp_path / "t")
    assert caught.value.key == "sweep.weekly"


def test_only_the_named_metrics_are_kept(tmp_path):
    assert quick(grid(metrics=["z"]), tmp_path / "s").metrics == ["z"]


def test_a_run_takes_less_than_a_kilobyte(tmp_path):
    design = Design.of(
        {
            "sweep": {"design": "sobol", "samples": 128},
            "factors": {f"stages.authority.number_{k}": {"low": 0, "high": 1} for k in range(20)},
        }
    )
    metrics = {f"metric_number_{k}": k / 7 for k in range(15)}
    with Store(tmp_path / "s", design, {}) as store:
        jobs = list(store.pending())
        for job in jobs:
            store.add(
                Outcome(
                    job.point,
                    job.replicate,
                    job.seed,
                    "ok",
                    None,
                    0.1,
                    "a-host-with-a-name#12345678",
                    metrics,
                    {},
                )
            )
    assert len(jobs) > 2500
    assert (tmp_path / "s").stat().st_size / len(jobs) < 1000


def test_reserved_names_are_refused(tmp_path):
    def task(parameters, seed):
        return {"Seed": 1.0}

    with pytest.raises(InputError):
        quick(GRID, tmp_path / "s", task)
    with pytest.raises(InputError):
        Design.of({"factors": {"status": [1]}})


def test_a_missing_store_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such store"):
        read_store(tmp_path / "none")


def test_runs_are_exported_with_their_points(tmp_path):
    experiment = quick(GRID, tmp_path / "s")
    for name, read in (("r.csv", pd.read_csv), ("r.parquet", pd.read_parquet)):
        path = experiment.save(tmp_path / name)
        back = read(path)
        assert back.columns.tolist() == experiment.runs.columns.tolist()
        assert back["y"].tolist() == experiment.runs["y"].tolist()
    with pytest.raises(InputError) as caught:
        save_table(experiment.runs, tmp_path / "r.odt")
    assert str(caught.value.given).endswith("odt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.csv", "r.parquet", "s", "s.lock"]


def test_a_store_error_is_not_the_users_input():
    assert not issubclass(StoreError, InputError)


def test_resuming_on_another_platform_warns(tmp_path):
    quick(GRID, tmp_path / "s")
    db = sqlite3.connect(tmp_path / "s")
    db.execute(
        "UPDATE platforms SET digest = '00000000', description = replace(description, '\"numpy\":\"', '\"numpy\":\"0.')"
    )
    db.commit()
    db.close()
    warnings = quick(grid(replicates=4), tmp_path / "s").warnings
    assert len(warnings) == 1
    assert "numpy 0." in warnings[0]
    assert quick(grid(replicates=5), tmp_path / "s").warnings == []
