"""Verification: every claim holds, every claim can fail, and the command names the claims that fail."""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
import math
import pkgutil

import numpy as np
import pytest
from typer.testing import CliRunner

import simulation.verification
from simulation.text import catalogue
from simulation.verification import Row, checks, verify

CHECKS = checks()


@pytest.mark.slow
def test_every_claim_holds_is_made_once_and_is_worded_in_both_languages():
    told = []
    rows = list(verify(lambda done, of: told.append((done, of))))
    assert [row for row in rows if not row.passed] == []
    assert told == [(n, len(CHECKS)) for n in range(1, len(CHECKS) + 1)]
    keys = [row.key for row in rows]
    assert len(keys) == len(set(keys)) >= 20
    assert {f"verify.claim.{key}" for key in keys} == {k for k in catalogue() if k.startswith("verify.claim.")}
    assert all(row.claim("en") and row.claim("zh") for row in rows)


def test_a_row_passes_up_to_its_tolerance_and_no_further():
    assert Row("x", 1.0, 1.25, 0.25).passed
    assert not Row("x", 1.0, math.nextafter(1.25, 2), 0.25).passed
    assert not Row("x", 1.0, math.nan, math.inf).passed
    assert not Row("x", math.inf, math.inf, math.inf).passed


def test_a_check_in_a_new_file_is_found_without_being_listed(tmp_path, monkeypatch):
    text = "from simulation.verification import Row\n\n\ndef trivial():\n    return [Row('t', 1, 1)]\n"
    (tmp_path / "added.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(simulation.verification, "__path__", [*simulation.verification.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    assert [c.__name__ for c in checks() if c.__module__.endswith(".added")] == ["trivial"]


def test_helpers_are_no_checks():
    files = {entry.name for entry in pkgutil.iter_modules(simulation.verification.__path__) if not entry.ispkg}
    checked = {c.__module__.rpartition(".")[2] for c in CHECKS}
    assert checked <= {name for name in files if name[0] != "_"}
    # A file without any check holds functions that have to be given something.
    for name in {name for name in files if name[0] != "_"} - checked:
        functions = inspect.getmembers(importlib.import_module(f"simulation.verification.{name}"), inspect.isfunction)
        own = [function for _, function in functions if function.__module__.endswith(name)]
        assert own
        assert all(simulation.verification._asks(function) for function in own)
    assert not [c for c in CHECKS if c.__name__.startswith("_")]


def test_a_stage_that_passes_on_too_little_is_noticed(monkeypatch):
    from simulation.verification import chain

    def leaking(spec, weeks):
        model = chain_after(spec, weeks)
        model.record.stock[:, :, 0] *= 0.999
        return model

    chain_after = chain.after
    monkeypatch.setattr(chain, "after", leaking)
    assert not any(row.passed for row in chain.linear_chain())


def run(*words: str):
    from simulation.command.main import app

    return CliRunner().invoke(app, ["verify", *words])


def test_the_command_prints_a_table_and_a_verdict():
    result = run("--only", "chain", "--lang", "en")
    assert result.exit_code == 0
    assert "All 7 claims hold." in result.stdout


def test_the_command_speaks_chinese():
    assert "7 项命题全部成立" in run("--only", "chain", "--lang", "zh").stdout


def test_json_is_one_list_of_rows():
    result = run("--only", "levels", "--json")
    rows = json.loads(result.stdout)
    assert {"claim", "expected", "got", "tolerance", "pass", "key"} == set(rows[0])
    assert all(row["pass"] is True for row in rows)


def test_a_claim_that_fails_makes_the_command_fail(monkeypatch):
    from simulation.verification import chain

    monkeypatch.setattr(chain, "_chain", lambda rates, weeks: (np.full((weeks, 5), np.nan), np.ones(weeks)))
    result = run("--only", "chain", "--lang", "en", "--json")
    assert result.exit_code == 1
    assert any(row["pass"] is False and row["got"] is None for row in json.loads(result.stdout))


def test_an_unknown_file_of_checks_is_refused_with_what_there_is():
    from simulation.files.errors import InputError

    result = run("--only", "chian")
    assert isinstance(result.exception, InputError)
    assert "chain" in result.exception.message


@pytest.mark.slow
def test_checks_run_one_after_the_other_without_anybody_being_told():
    first = list(checks()[0]())
    assert list(itertools.islice(verify(), len(first) + 1))[: len(first)] == first
