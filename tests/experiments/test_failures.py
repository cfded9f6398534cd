"""Failed runs by reason."""

from __future__ import annotations

import pandas as pd
import pytest

from simulation.experiments.failures import by_reason, failures


def test_errors_that_differ_in_numbers_only_are_one_reason_and_the_first_is_the_example():
    found = by_reason(
        [
            ("ValueError: 0.5 is too small (file.py:12)", {"a": 1}),
            ("took longer than 3 s", {"a": 2}),
            ("ValueError: -1e-05 is too small (file.py:12)", {"a": 3}),
            ("InputError: a: must be even (given: 5)", {"a": 4}),
            ("InputError: a: must be even (given: 'seven')", {"a": 5}),
            ("ValueError: 7 is too small (file.py:12)", {"a": 6}),
        ]
    )
    assert [(one.reason, one.runs, one.example) for one in found] == [
        ("ValueError: 0.5 is too small (file.py:12)", 3, {"a": 1}),
        ("InputError: a: must be even (given: 5)", 2, {"a": 4}),
        ("took longer than 3 s", 1, {"a": 2}),
    ]


def test_a_table_of_runs_gives_its_failed_ones_with_their_factors_and_replicate():
    runs = pd.DataFrame(
        {
            "a": [0.123456789, 2.0, 3.0],
            "word": ["x" * 500, "y", "z"],
            "replicate": [4, 0, 1],
            "status": ["failed", "ok", "timeout"],
            "error": ["broken", None, None],
        }
    )
    first, second = failures(runs, ["a", "word"])
    assert first.words == f"a = 0.123457, word = {'x' * 99}…, replicate = 4"
    assert (second.reason, second.words) == ("timeout", "a = 3, word = z, replicate = 1")


@pytest.mark.parametrize("status", [[], ["ok", "ok"]])
def test_nothing_failed_is_no_reason(status):
    runs = pd.DataFrame({"status": status, "error": [None] * len(status), "replicate": range(len(status))})
    assert failures(runs) == []
