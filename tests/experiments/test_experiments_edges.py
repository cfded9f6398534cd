"""What experiments do at their edges: too little of anything, nothing at all, and what cannot be used."""

from __future__ import annotations

import itertools
import json
import locale
import math
import subprocess
import sys
import threading
import time
import types

import known_functions as known
import numpy as np
import pandas as pd
import pytest

from known_functions import UNIT_CUBE
from simulation import load_scenario, text
from simulation.experiments import ablate, plan, read_store, sensitivity, sweep
from simulation.experiments.comparison import named_tasks
from simulation.experiments.design.design import Design
from simulation.experiments.design.factors import Choices, Range, parse_factor
from simulation.experiments.indices import _doubts
from simulation.experiments.noise import decompose
from simulation.experiments.pictures import scatter
from simulation.experiments.pictures.maps import running_means
from simulation.experiments.running import engines, progress, worker
from simulation.experiments.running.engines import CANCELLED, FutureEngine, Serial
from simulation.experiments.running.task import Arms, label_of
from simulation.experiments.running.worker import FAILED, OK, Job, Outcome, pack, run_batch
from simulation.experiments.statistics import interval, paired
from simulation.experiments.store.store import _elsewhere
from simulation.files.errors import InputError
from simulation.verification import checks, draws, verify


def broken(parameters, seed):
    raise ValueError("no such luck")


def listing(parameters, seed):
    return [1.0, 2.0]


def once(parameters, seed):
    """Run in one replicate only, and say so by failing in the others."""
    if seed != worker_seed():
        raise ValueError("another replicate")
    return {"effectiveness": 1.0}


def worker_seed():
    from simulation.experiments.running.seeds import run_seed

    return run_seed(0, 0)


# Statistics ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[], [3.0]])
def test_fewer_than_two_values_have_no_interval(values):
    low, high, method = interval(values)
    assert math.isnan(low)
    assert math.isnan(high)
    assert method == "t"


def test_no_pair_has_no_mean_and_one_pair_a_mean_without_a_spread():
    nothing = paired([1, math.nan], [math.nan, 2])
    assert nothing.n == 0
    assert math.isnan(nothing.mean)
    assert math.isnan(nothing.share)
    single = paired([1.0], [3.5])
    assert (single.n, single.mean, single.share) == (1, 2.5, 1.0)
    assert math.isnan(single.low)
    assert math.isnan(single.d_z)
    assert paired([1.0], [1.0]).share == 0.0


def test_one_point_has_no_variance_between_points():
    noise = decompose(pd.DataFrame({"point": [0, 0], "replicate": [0, 1], "y": [1.0, 2.0]}), "y")
    assert (noise.parameters, noise.seeds, noise.left, noise.replicates) == (0.0, 0.0, 0.0, 2)
    assert math.isnan(noise.chance)


# Designs and tasks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"sweep": {"spread": 0.0}, "factors": "assumptions"}, "sweep.spread"),
        ({"sweep": {"spread": 1.1}, "factors": "assumptions"}, "sweep.spread"),
        ({"sweep": {"design": "list", "file": "points.csv"}, "factors": {"a": [1, 2]}}, "factors"),
    ],
)
def test_a_spread_that_is_no_share_and_a_list_with_factors_of_its_own_are_refused(table, key):
    with pytest.raises(InputError) as caught:
        Design.of(table)
    assert caught.value.key == key


@pytest.mark.parametrize("made", [Choices("a", (1, 2)), Range("a", 0.0, 1.0)])
def test_a_factor_that_is_made_already_is_taken_as_it_is(made):
    assert parse_factor("a", made) is made


def test_one_scenario_is_one_arm_and_equal_labels_are_numbered():
    assert list(named_tasks("classroom")) == ["classroom"]
    assert list(named_tasks(["classroom", "classroom", "classroom"])) == ["classroom", "classroom (2)", "classroom (3)"]


def test_a_scenario_in_memory_is_labelled_by_its_name_and_a_nameless_thing_all_the_same():
    assert label_of(load_scenario("classroom")) == load_scenario("classroom").name
    assert label_of(broken) == "broken"
    assert label_of(object()) == "scenario"


def test_arms_warm_up_every_task_that_offers_to():
    class Cold:
        warm = 0

        def __call__(self, parameters, seed):
            return {"y": 0.0}

        def warm_up(self):
            self.warm += 1

    first, second = Cold(), Cold()
    Arms({"first": first, "plain": known.plain, "second": second}).warm_up()
    assert (first.warm, second.warm) == (1, 1)


# A plan, an ablation, indices ------------------------------------------------------------------------------------


def test_a_plan_whose_first_run_fails_says_why_and_for_which_values():
    with pytest.raises(InputError, match="the first run fails: ValueError: no such luck") as caught:
        plan({"factors": {"a": [7, 8]}}, broken, workers=1)
    assert "7" in str(caught.value)


RUNS: list[float] = []
NOW = [0.0]


def lasting(parameters, seed):
    """Take the seconds asked for, by a clock that the test moves."""
    RUNS.append(parameters["lasts"])
    NOW[0] += parameters["lasts"]
    return {"y": 1.0}


@pytest.mark.parametrize(("seconds", "runs"), [(29.0, 2), (31.0, 1)])
def test_a_run_of_more_than_half_a_minute_is_timed_once_only(monkeypatch, seconds, runs):
    monkeypatch.setattr(worker, "time", types.SimpleNamespace(perf_counter=lambda: NOW[0]))
    RUNS.clear()
    made = plan({"factors": {"lasts": [seconds]}}, lasting, workers=1)
    assert len(RUNS) == runs
    assert made.run_seconds == seconds


@pytest.mark.parametrize("off", [{}, {f"m{number}": {f"m{number}": 0} for number in range(40)}])
def test_an_ablation_of_nothing_or_of_more_than_can_be_combined_is_refused(off):
    with pytest.raises(InputError, match="mechanisms can be switched"):
        ablate(known.plain, off=off, workers=0)


def test_an_ablation_that_ran_in_one_replicate_only_is_refused():
    with pytest.raises(InputError, match="fewer than two replicates"):
        ablate(once, off={"m": {"m": 0}}, replicates=2, workers=0)


def test_a_table_of_pairs_is_saved_where_the_design_has_one(pairs, tmp_path):
    found = sensitivity(pairs)
    found.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"indices.csv", "pairs.csv", "noise.csv"}
    saved = pd.read_csv(tmp_path / "pairs.csv", comment="#")
    assert len(saved) == len(list(itertools.combinations(UNIT_CUBE, 2)))


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5])
def test_an_interval_that_covers_no_share_is_refused(pairs, level):
    with pytest.raises(InputError) as caught:
        sensitivity(pairs, level=level)
    assert caught.value.key == "--level"


def only_low(parameters, seed):
    if parameters["a"] > 0.1:
        raise ValueError("too high")
    return {"y": parameters["b"]}


def test_indices_of_fewer_than_two_whole_blocks_are_refused(tmp_path):
    design = {"sweep": {"design": "sobol", "samples": 4}, "factors": UNIT_CUBE}
    with pytest.raises(InputError, match="too few points"):
        sensitivity(sweep(design, only_low, store=tmp_path / "s", workers=0), "y")


def test_an_index_negative_beyond_its_interval_is_warned_of_by_name():
    ends = {"ST.low": 0.1, "ST.high": 0.2, "S1.low": -0.2}
    table = pd.DataFrame([{"factor": "bad", "S1.high": -0.1, **ends}, {"factor": "good", "S1.high": 0.1, **ends}])
    assert [text for text in _doubts(table) if "negative" in text] == [
        "S1 is negative beyond its interval for bad: the sample is too small"
    ]


# Pictures --------------------------------------------------------------------------------------------------------


def test_a_picture_of_four_factors_hides_the_panels_left_over(pairs):
    panels = scatter(pairs, "y").axes
    assert [axes.get_visible() for axes in panels] == [True] * 4 + [False] * 2


def test_running_means_are_drawn_of_as_many_points_as_asked_for(tmp_path):
    table = {"sweep": {"replicates": 3}, "factors": {"a": list(range(5)), "b": [1]}}
    made = sweep(table, known.plain, store=tmp_path / "s", workers=0)
    assert len(running_means(made, "y").axes[0].lines) == 5
    assert len(running_means(made, "y", most=2).axes[0].lines) == 2


def test_a_picture_of_a_store_in_which_every_value_is_undefined_is_refused(tmp_path):
    made = sweep({"factors": {"what": ["is not a number"]}}, known.bad_runs, store=tmp_path / "s", workers=0)
    with pytest.raises(InputError, match="no run of this store has finished") as caught:
        running_means(made, "y")
    assert caught.value.file == str(tmp_path / "s")
    assert read_store(tmp_path / "s").complete


# Workers and engines ---------------------------------------------------------------------------------------------


def test_a_run_that_returns_no_table_of_metrics_is_a_failed_run():
    (made,) = run_batch(pack(listing, (), (), None), [Job(0, 0, 1, {})]).outcomes
    assert made.status == FAILED
    assert "a dict of metrics, not list" in made.error


def test_a_worker_that_no_sweep_started_refuses_to_run():
    with pytest.raises(RuntimeError, match="not started by a sweep"):
        worker.run_resident([])


def test_a_process_without_a_parent_watches_none():
    before = {thread.name for thread in threading.enumerate()}
    worker.end_with_parent()
    assert {thread.name for thread in threading.enumerate()} == before
    assert "watch-parent" not in before


LIMITS = """
import resource
from simulation.experiments.running.worker import limit_memory

before = resource.getrlimit(resource.RLIMIT_AS)
limit_memory(None)
assert resource.getrlimit(resource.RLIMIT_AS) == before
hard = 64 << 30
resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
limit_memory(1 << 40)
assert resource.getrlimit(resource.RLIMIT_AS) == (hard, hard)
limit_memory(4 << 30)
soft, kept = resource.getrlimit(resource.RLIMIT_AS)
assert kept == hard
assert 4 << 30 < soft < hard
"""


def test_a_memory_limit_never_exceeds_the_one_the_process_has():
    done = subprocess.run([sys.executable, "-c", LIMITS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_timer_that_rings_after_the_run_has_ended_stops_nobody(monkeypatch):
    made = []

    class Kept(threading.Timer):
        def __init__(self, seconds, ring):
            super().__init__(seconds, ring)
            made.append(ring)

    monkeypatch.setattr(threading, "Timer", Kept)
    reached = []

    def run():
        with worker.time_limit(60):
            reached.append("run")
        made[0]()
        reached.extend("after" for _ in range(1000))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert len(reached) == 1001


def test_an_engine_with_nothing_to_do_returns_nothing():
    engine = Serial(pack(known.plain, (), (), None))
    assert engine.collect(0.0) == []
    engine.submit([Job(0, 0, 1, {"a": 1, "b": 2})])
    assert len(engine.collect(0.0)) == 1
    assert engine.collect(0.0) == []


def test_memory_is_shared_out_where_it_can_be_limited_and_nowhere_else(monkeypatch):
    assert engines._share(1) >= engines._share(64) >= 2_000_000_000
    monkeypatch.setattr(engines, "sys", types.SimpleNamespace(platform="win32"))
    assert engines._share(1) is None


def test_what_comes_back_after_an_engine_was_left_is_nobodys():
    from concurrent.futures import Future

    class Held(FutureEngine):
        def _send(self, jobs):
            self.future = Future()
            self.future.set_running_or_notify_cancel()
            return self.future

    with Held(1) as engine:
        engine.submit([Job(0, 0, 1, {})])
    engine.future.set_result(None)
    assert engine.collect(0.0) == []


@pytest.mark.slow
def test_a_batch_that_dask_cancels_is_told_apart_from_one_that_is_lost():
    from concurrent.futures import CancelledError

    from distributed import LocalCluster

    from simulation.experiments.running.clusters import Dask
    from simulation.experiments.running.engines import LOST

    quiet = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 50}
    with LocalCluster(**quiet) as cluster, Dask(pack(known.slow, (), (), None), cluster.scheduler_address) as engine:
        assert engine._fate(CancelledError())[0] == CANCELLED
        assert engine._fate(OSError("gone"))[0] == LOST
        jobs = [Job(0, 0, 1, {"a": 1, "b": 2})]
        future = engine._client.submit(time.sleep, 60)
        engine._flying[future] = jobs
        future.cancel()
        engine._checked = -math.inf
        (back,) = engine.collect(0.01)
        assert (back.jobs, back.batch, back.fate, back.error) == (jobs, None, CANCELLED, "cancelled")
        assert engine._flying == {}


# Progress, store, labels, checks ---------------------------------------------------------------------------------


def test_the_rate_forgets_what_is_older_than_its_window(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(progress, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    tally = progress.Tally.begin({"total": 1000}, {}, ["y"])
    for _ in range(100):
        now[0] += 10
        tally.add(Outcome(0, 0, 1, OK, None, 0.1, "here", {"y": 1.0}, {}))
    slow = tally.rate
    for _ in range(100):
        now[0] += 1
        tally.add(Outcome(0, 0, 1, OK, None, 0.1, "here", {"y": 1.0}, {}))
    assert slow == pytest.approx(0.1, rel=0.4)
    assert tally.rate == pytest.approx(1.0, rel=0.1)
    assert len(tally._marks) < 35


@pytest.mark.parametrize("before", ["", "[]", "{}", '{"versions": ["numpy"]}', "null"])
def test_a_platform_that_was_noted_in_another_form_is_another_platform(before):
    now = json.dumps({"system": "s", "machine": "m", "cpu": [], "versions": {}})
    assert _elsewhere(before, now) == "resumed on another platform: draws are equal, last digits may differ"


def test_a_label_in_two_files_of_the_catalogue_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.toml").write_text('["one.key"]\nen = "one"\nzh = "一"\n', encoding="utf-8")
    monkeypatch.setattr(text.resources, "files", lambda _: tmp_path)
    assert text.catalogue.__wrapped__() == {"one.key": {"en": "one", "zh": "一"}}
    (tmp_path / "b.toml").write_text('["one.key"]\nen = "two"\nzh = "二"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.toml: the label 'one\.key'"):
        text.catalogue.__wrapped__()


def test_where_nothing_says_which_language_it_is_english(monkeypatch):
    for name in ("WUSHI_LANG", "LANG", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C")
        assert text.language() == "en"
        assert text.language("zh_CN") == "zh"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


@pytest.mark.slow
def test_checks_run_one_after_the_other_without_anybody_being_told():
    first = list(checks()[0]())
    assert list(itertools.islice(verify(), len(first) + 1))[: len(first)] == first


def test_compiled_choices_are_those_of_the_python_they_were_compiled_from():
    values, counts = np.array([0.3, -0.2, 0.5, 0.1]), np.zeros((2, 4), np.int64)
    draws._choices(values, 0.5, counts[0], 500)
    getattr(draws._choices, "py_func", draws._choices)(values, 0.5, counts[1], 500)
    assert counts[0].tolist() == counts[1].tolist()
    assert counts[0].sum() == 500
