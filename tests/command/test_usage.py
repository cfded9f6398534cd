"""A wrong word of a command line is refused as every wrong input is, in the language asked for, with exit 2."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from simulation.command.main import app
from simulation.command.usage import advice, refusal
from simulation.files.errors import InputError


def refused(*words: str) -> InputError:
    with pytest.raises(Exception) as caught:  # the parser's errors are private to typer
        app(list(words), standalone_mode=False)
    error = refusal(caught.value)
    assert error is not None
    assert advice(caught.value).endswith(" -h")
    return error


@pytest.mark.parametrize(
    ("words", "problem", "key", "given", "allowed", "near"),
    [
        (["rum"], "no such command", None, "rum", None, "run"),
        (["run", "zhaoqing", "--seeed", "3"], "no such option", None, "--seeed", None, "--seed"),
        (["run", "zhaoqing", "--qwerty"], "no such option", None, "--qwerty", None, None),
        (["run"], "this argument is missing", "SCENARIO", None, None, None),
        (["run", "zhaoqing", "--seed", "abc"], "cannot be used", "--seed", None, "a whole number", None),
        (["compare", "a", "b", "--run-timeout", "x"], "cannot be used", "--run-timeout", None, "a number", None),
        (["sweep", "a", "--attempts", "0"], "out of range", "--attempts", None, "a whole number from 1", None),
        (["sweep", "a", "--attempts", "101"], "out of range", "--attempts", None, "a whole number up to 100", None),
        (["run", "a", "b"], "more arguments than the command takes", None, "b", None, None),
    ],
)
def test_a_wrong_word_is_named_with_what_is_allowed(words, problem, key, given, allowed, near):
    error = refused(*words)
    found = (error.problem, error.key, error.given, error.allowed, error.suggestion)
    assert found == (problem, key, given, allowed, near)
    assert not error.in_language("zh").isascii()


def test_what_is_no_usage_error_speaks_for_itself():
    assert refusal(OSError("full")) is None
    with pytest.raises(Exception) as caught:
        app([], standalone_mode=False)
    assert refusal(caught.value) is None  # help, for a command line without words


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["--lang", "zh"], {"WUSHI_LANG": ""}),
        ([], {"WUSHI_LANG": "zh"}),
        ([], {"WUSHI_LANG": "", "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}),
    ],
)
def test_errors_are_said_in_chinese_by_option_variable_and_locale(words, settings):
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **settings}
    for given, said in (
        (["validate", "zhaoqin"], "wushi：没有这个情景（给定值：'zhaoqin'）；允许："),
        (["validate"], "wushi：FILE：缺少此项"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "simulation", *given, *words],
            capture_output=True, encoding="utf-8", env=environment, check=False, timeout=120,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(said)
