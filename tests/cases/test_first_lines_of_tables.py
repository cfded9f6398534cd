"""Messages name a title above a table, a column of one's own, and a date that is only a month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from simulation.cases import Case, ProblemsError
from simulation.cases.dates import Unread, read_date, read_month
from simulation.cases.problems import SHOWN
from simulation.command.starter import make_case


def problems(folder: Path) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        Case.load(folder)
    assert len(caught.value.problems) <= SHOWN
    return [one.in_language("en") for one in caught.value.problems]


def test_a_title_above_the_columns_is_one_problem_that_says_where_their_names_stand(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "mine", "en", "xlsx")
    book = openpyxl.load_workbook(folder / "observed.xlsx")
    book.active.insert_rows(1, 2)
    book.active["A1"] = "Observed rows of our city"
    book.save(folder / "observed.xlsx")
    (problem,) = problems(folder)
    assert "the names of the columns stand in row 3" in problem
    assert "date, measure, value" in problem


@pytest.mark.parametrize("title", ["scores,,,,,\n", "Scores of our city\n"])
def test_a_title_above_the_columns_of_a_csv_is_told_too(tmp_path: Path, title: str) -> None:
    folder = make_case(tmp_path / "mine", "en")
    lines = (folder / "severity.csv").read_text(encoding="utf-8-sig")
    (folder / "severity.csv").write_text(title + lines, encoding="utf-8")
    (problem,) = problems(folder)
    assert "the names of the columns stand in line 2" in problem


def test_a_column_of_ones_own_is_told_where_remarks_go(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "mine", "en")
    lines = (folder / "capacity.csv").read_text(encoding="utf-8-sig").splitlines()
    named = [lines[0] + ",who", *(f"{line},me" for line in lines[1:])]
    (folder / "capacity.csv").write_text("\n".join(named), encoding="utf-8")
    (problem,) = problems(folder)
    assert "unknown column" in problem
    assert "goes into `note`" in problem


@pytest.mark.parametrize("cell", ["2018-12", "2018年12月", "2018/12", "December 2018"])
def test_a_month_in_the_place_of_a_day_is_told_as_one_with_its_middle(cell: str) -> None:
    found = read_date(cell)
    assert isinstance(found, Unread)
    assert "a month, not a day" in found.problem
    assert "2018-12-15" in found.allowed
    assert read_month(cell) == date(2018, 12, 1)


@pytest.mark.parametrize("cell", ["31/12/2018", "12/31/2018", "31.12.2018"])
def test_a_day_and_month_of_one_possible_order_are_not_said_to_have_two(cell: str) -> None:
    found = read_date(cell)
    assert isinstance(found, Unread)
    assert "the year stands last" in found.problem
    assert found.allowed.endswith("2018-12-31")
    two = read_date("3/12/2018")
    assert isinstance(two, Unread)
    assert "two orders" in two.problem
