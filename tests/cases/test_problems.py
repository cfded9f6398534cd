"""Many problems are one error: it lists the first, counts the rest, and reads well in both languages."""

from __future__ import annotations

import pickle
import re

import pytest

from simulation.cases.problems import SHOWN, ProblemsError
from simulation.command import ending
from simulation.files.errors import InputError, told


def problems(number):
    return [
        InputError(told("error.no_such_domain"), file="observed.csv", key=f"line {line}", given="x", suggestion="nimby")
        for line in range(2, number + 2)
    ]


def test_one_problem_reads_as_itself():
    (one,) = problems(1)
    assert ProblemsError([one]).message == one.message


@pytest.mark.parametrize("number", [2, SHOWN, SHOWN + 1, 157])
@pytest.mark.parametrize(("lang", "more"), [("en", "… and {} more"), ("zh", "……另有 {} 处")])
def test_each_problem_has_its_line_and_the_rest_is_counted(number, lang, more):
    head, *lines = ProblemsError(problems(number)).in_language(lang).split("\n")
    assert re.findall(r"\d+", head) == [str(number)]
    listed = [line for line in lines if "observed.csv" in line]
    assert [re.search(r"line (\d+)", line)[1] for line in listed] == [str(n + 2) for n in range(min(number, SHOWN))]
    rest = lines[len(listed) :]
    assert [line.strip() for line in rest] == ([more.format(number - SHOWN)] if number > SHOWN else [])


def test_all_problems_can_be_asked_for_and_travel_between_processes():
    error = ProblemsError(problems(30))
    again = pickle.loads(pickle.dumps(error))
    assert len(again.problems) == 30
    assert again.message == error.message
    assert again.in_language("zh") == error.in_language("zh")


def test_the_first_problem_stands_for_all():
    error = ProblemsError(problems(3))
    assert (error.file, error.key, error.suggestion) == ("observed.csv", "line 2", "nimby")


def test_the_command_ends_with_code_2_and_a_line_per_problem(capsys):
    assert ending.code_of(ProblemsError(problems(25))) == 2
    said = capsys.readouterr().err
    lines = said.rstrip("\n").split("\n")
    assert len(lines) == 1 + SHOWN + 1
    assert all(line.startswith("  ") for line in lines[1:])
