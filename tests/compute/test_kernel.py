"""Compiled code on disk: kept while its meaning is the same, given up where nothing can be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import simulation
from simulation.compute import kernel as compiled

INNER = """
from simulation.compute.kernel import kernel
ADDED = {added}
@kernel
def inner(x):
    {note}
    return x + ADDED
"""
OUTER = """
from simulation.compute.kernel import kernel
from inner import inner
@kernel
def outer(x):
    return 10 * inner(x)
"""
ASK = "from outer import outer; print(outer(1), sum(outer.stats.cache_hits.values()))"


def ask(folder, asked=ASK, **environment):
    clean = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    root = str(Path(simulation.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=folder,
        env=clean | {"PYTHONPATH": root, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    value, hits = done.stdout.split()
    return int(value), int(hits), done.stderr


def write(folder, added, note=""):
    (folder / "inner.py").write_text(INNER.format(added=added, note=note or "pass"), encoding="utf-8")
    (folder / "outer.py").write_text(OUTER, encoding="utf-8")


def test_a_change_of_a_called_kernel_in_another_file_is_noticed(tmp_path):
    write(tmp_path, 1)
    assert ask(tmp_path)[:2] == (20, 0)
    assert ask(tmp_path)[:2] == (20, 1)
    write(tmp_path, 2)
    assert ask(tmp_path)[:2] == (30, 0)


def test_a_kernel_that_another_one_calls_is_compiled_for_python_only_when_python_calls_it(tmp_path):
    write(tmp_path, 1)
    assert ask(tmp_path)[:2] == (20, 0)
    kept = sorted(path.name for path in (tmp_path / "__pycache__").glob("*.nbi"))
    assert [name.split("-")[0] for name in kept] == ["inner.inner", "outer.outer"]
    assert ["within" in name for name in kept] == [True, False]
    for hits in (0, 1):
        assert ask(tmp_path, "from inner import inner; print(inner(1), sum(inner.stats.cache_hits.values()))")[:2] == (
            2,
            hits,
        )


def test_a_comment_or_docstring_costs_no_compilation(tmp_path):
    write(tmp_path, 1, '"""One thing."""')
    assert ask(tmp_path)[:2] == (20, 0)
    write(tmp_path, 1, '"""Another thing."""\n    # and why')
    assert ask(tmp_path)[:2] == (20, 1)


def test_without_a_writable_folder_and_a_home_it_compiles_anew_and_says_so_once(tmp_path):
    write(tmp_path, 1)
    # A file where a folder is wanted stops root, too.
    (tmp_path / "__pycache__").write_text("", encoding="utf-8")
    nowhere = str(tmp_path / "__pycache__" / "home")
    for _ in range(2):
        value, hits, said = ask(tmp_path, HOME=nowhere, XDG_CACHE_HOME=nowhere, LOCALAPPDATA=nowhere)
        assert (value, hits) == (20, 0)
        assert said.count("no writable folder for compiled code") == 1


def test_a_fault_of_the_compiler_is_not_taken_for_a_folder_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no such target")

    monkeypatch.setattr(compiled, "COMPILING", True)
    monkeypatch.setattr(compiled, "_compiled", broken)
    with pytest.raises(RuntimeError, match="no such target"):
        compiled.kernel(lambda: None)


RECURSIVE = """
from simulation.compute.kernel import kernel
@kernel
def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)
"""


def test_a_kernel_may_call_itself(tmp_path):
    (tmp_path / "itself.py").write_text(RECURSIVE, encoding="utf-8")
    asked = "from itself import factorial; print(factorial(5), sum(factorial.stats.cache_hits.values()))"
    assert [ask(tmp_path, asked)[:2] for _ in range(2)] == [(120, 0), (120, 1)]


def test_a_kernel_that_was_pickled_is_still_called_by_kernels(tmp_path):
    write(tmp_path, 1)
    asked = (
        "import pickle; from simulation.compute.kernel import kernel; from inner import inner\n"
        "again = pickle.loads(pickle.dumps(inner))\n"
        "apply = kernel(lambda f, x: f(x))\n"
        "print(apply(again, 4), 0)"
    )
    assert ask(tmp_path, asked)[:2] == (5, 0)
