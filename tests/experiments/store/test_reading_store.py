"""Reading a store, finished or not."""

from __future__ import annotations

import math

import pytest
from outcomes import DESIGN, outcome

from simulation.experiments import read_store
from simulation.experiments.running.worker import FAILED, OK
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError


@pytest.fixture(name="half")
def _half(tmp_path):
    with Store(tmp_path / "s", DESIGN, {"kind": "test"}) as made:
        made.add(outcome(0, 0, y=1.0, b=2.0))
        made.add(outcome(0, 1, y=3.0, b=math.inf))
        made.add(outcome(1, 0, status=FAILED))
        made.add(outcome(1, 1, y=7.0, b=1.0))
        made.add(outcome(2, 0, y=4.0, b=-math.inf))
    return read_store(tmp_path / "s", warnings=["mind the gap"])


def test_an_unfinished_experiment_says_so(half):
    assert (half.complete, half.counts) == (False, {OK: 4, FAILED: 1, "total": 6})
    assert repr(half) == f"<Experiment {half.path}: 4 of 6 runs done>"
    assert half.warnings == ["mind the gap"]
    assert half.task == {"kind": "test"}
    assert half.metrics == ["b", "y"]


def test_failed_runs_are_a_table_and_points_are_of_finished_runs(half):
    assert half.failed[["point", "replicate", "status", "error"]].to_numpy().tolist() == [[1, 0, FAILED, "why"]]
    points = half.points
    assert points["runs"].tolist() == [2, 1, 1]
    assert points["y"].tolist() == [2.0, 7.0, 4.0]
    assert points["y.sd"].tolist()[0] == pytest.approx(math.sqrt(2))
    assert points["b"].tolist()[:2] == [2.0, 1.0]
    assert points["b"].isna().tolist() == [False, False, True]


def test_declared_metrics_come_first_in_their_own_order(tmp_path):
    with Store(tmp_path / "s", DESIGN.replace(metrics=("z", "b")), {}) as made:
        made.add(outcome(0, b=1.0, z=2.0, a1=3.0, c=4.0))
    assert read_store(tmp_path / "s").metrics == ["z", "b", "a1", "c"]


def test_a_metric_is_the_first_by_default_and_one_that_is_not_there_is_refused_with_the_nearest(half, tmp_path):
    assert half.check_metric(None) == "b"
    assert half.check_metric("y") == "y"
    with pytest.raises(InputError) as caught:
        half.check_metric("Y")
    assert (caught.value.key, caught.value.given, caught.value.allowed) == ("--metric", "Y", "b, y")
    assert caught.value.suggestion == "y"
    with Store(tmp_path / "empty", DESIGN, {}):
        pass
    empty = read_store(tmp_path / "empty")
    assert repr(empty).endswith("0 of 6 runs done>")
    assert empty.points["runs"].tolist() == [0, 0, 0]
    with pytest.raises(InputError, match="no run of this store has finished"):
        empty.check_metric(None)


def test_an_experiment_without_series_has_none_to_give(half):
    with pytest.raises(InputError, match="kept no weekly series"):
        _ = half.weekly


def test_a_store_that_breaks_while_it_is_open_is_a_clear_error(half):
    half.path.write_bytes(b"")
    with pytest.raises(InputError, match="the store is damaged"):
        _ = half.runs
