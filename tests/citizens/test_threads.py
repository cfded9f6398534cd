"""The citizens' week in several threads: the same numbers, and none of numba's known traps."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pkgutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from kit.cities import SMALL

import simulation
from simulation import MomentumModel, RunResult, load_scenario
from simulation.citizens import week as citizens_week
from simulation.citizens.week import run_week, stretches

COLUMNS = ("trust", "awareness", "seen", "seen_next", "sums")


def model(rule="logit", network="small-world", citizens=3000, weeks=30):
    values = {"structure.citizens": citizens, "citizens.rule": rule, "citizens.network": network}
    thresholds = np.maximum(0.0, np.linspace(-0.3, 0.3, citizens)) if rule == "threshold" else None
    made = MomentumModel(load_scenario("zhaoqing").with_values(values), rng=5, thresholds=thresholds)
    for _ in range(weeks):
        made.step()
    return made


def go_on(made, threads, weeks=6):
    for week in range(made.week, made.week + weeks):
        run_week(
            made.numbers,
            made.ground,
            made.state,
            made.population,
            made.spec.citizens.rule,
            week,
            threads=threads,
        )
    columns = {name: getattr(made.population, name).copy() for name in COLUMNS}
    return columns | {"participation": made.state.participation.copy(), "took_part": made.state.took_part.copy()}


def assert_same(one, other):
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


@pytest.mark.parametrize(("rule", "network"), [("logit", "small-world"), ("threshold", "complete")])
def test_any_number_of_threads_gives_the_same_bits(rule, network):
    alone = go_on(model(rule, network), 1)
    assert alone["took_part"].max() > 0
    for threads in (2, 3):
        assert_same(alone, go_on(model(rule, network), threads))


def test_stretches_cover_every_community_once_and_hold_about_equally_many_citizens():
    people = model(weeks=1).population
    cuts = stretches(people, 8)
    assert cuts[0] == 0
    assert cuts[-1] == len(people.keys)
    assert (np.diff(cuts) > 0).all()
    first, most = people.contacts.first, np.diff(people.contacts.first).max()
    assert np.diff(first[cuts]).max() <= len(people) / 8 + most


def test_two_python_threads_may_run_parallel_weeks_at_once():
    alone = go_on(model(), 1)
    models, found = [model(), model()], {}

    def work(number):
        found[number] = go_on(models[number], 2)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert_same(alone, found[0])
    assert_same(alone, found[1])


def _in_child(queue):
    queue.put((citizens_week._alone, go_on(model(), 2)))


if hasattr(os, "fork"):

    @pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")
    def test_a_child_forked_from_a_parent_with_threads_computes_alone_and_the_same():
        alone = go_on(model(), 2)
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        child = context.Process(target=_in_child, args=(queue,))
        child.start()
        noticed, found = queue.get(timeout=300)
        child.join()
        assert child.exitcode == 0
        assert noticed
        assert_same(alone, found)
        assert_same(alone, go_on(model(), 2))


def test_no_function_is_compiled_both_serial_and_parallel():
    found = {}
    for module in pkgutil.walk_packages(simulation.__path__, "simulation."):
        if module.name.split(".")[1] in {"citizens", "stages", "agents", "steps", "record", "effectiveness"}:
            for value in vars(importlib.import_module(module.name)).values():
                if hasattr(value, "py_func") and value.py_func.__module__.startswith("simulation"):
                    options = bool(value.targetoptions.get("parallel")), value.targetoptions.get("inline")
                    found.setdefault(value.py_func, set()).add(options)
    assert len(found) > 30
    assert [f.__name__ for f, kinds in found.items() for parallel, _ in kinds if parallel] == ["week_parallel"]
    assert all(len(kinds) == 1 for kinds in found.values())


def test_the_model_runs_alike_where_processes_cannot_fork(small_run: RunResult) -> None:
    code = f"""
import os
import mesa, networkx, numba, pandas, scipy.stats
from pydantic import PrivateAttr
del os.register_at_fork
from simulation import load_scenario, run
print(run(load_scenario("classroom").with_values({SMALL!r}), seed=1).summary["effectiveness"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == small_run.summary["effectiveness"]
