"""`wushi case fit` and `report`, as typed: what is refused, what is said, and what is replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from case_commands import done, refused, typed

from simulation.cases import Case
from simulation.files.shipped import shipped_folder


@pytest.fixture
def case(tmp_path: Path) -> Path:
    done("init", tmp_path / "mine")
    return tmp_path / "mine"


# --- fit and report: what is refused before anything runs ---


@pytest.mark.parametrize("words", [["fit"], ["report", "--out", "made"]])
def test_a_shipped_case_is_fitted_in_a_folder_of_the_users(words: list[str], tmp_path: Path) -> None:
    problem = refused(words[0], "zhaoqing", *words[1:])
    assert problem.key == ("--out" if words[0] == "fit" else "--fit")
    assert "wushi case fit zhaoqing --out" in problem.allowed
    assert not Path("made").exists()
    assert not (shipped_folder() / "cases" / "zhaoqing" / "fit").exists()


@pytest.mark.parametrize(
    ("option", "value"), [("--seed", -1), ("--budget", 1), ("--progress", "loud"), ("--workers", -2)]
)
def test_an_option_that_is_wrong_is_refused_and_nothing_is_written(case: Path, option: str, value: object) -> None:
    problem = refused("fit", case, "--quick", option, value)
    assert problem.given == value
    assert problem.allowed
    assert not (case / "fit").exists()


def test_a_report_of_a_case_without_a_fit_is_refused_and_writes_nothing(case: Path, tmp_path: Path) -> None:
    assert "wushi case fit" in refused("report", case, "--out", tmp_path / "report").allowed
    assert not (tmp_path / "report").exists()


QUIET = ("--workers", "0", "--progress", "quiet")


@pytest.fixture
def small(case: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a case that is fitted in a few seconds: few people, a short time, few vectors."""
    from simulation.cases import fitting

    for name in ("NORMAL", "QUICK"):
        monkeypatch.setattr(fitting, name, fitting.Size(8, 24))
    monkeypatch.setattr(fitting.adequacy, "VECTORS", 4)
    text = (case / "case.toml").read_text(encoding="utf-8")
    (case / "case.toml").write_text(text.replace("citizens = 3000", "citizens = 300"), encoding="utf-8")
    return case


def edit(case: Path) -> None:
    with (case / "observed.csv").open("a", encoding="utf-8") as handle:
        handle.write("2022-12-29,West Woods,waste,adopted,0,,,\n")


def test_a_quick_fit_is_said_to_be_quick_and_a_changed_case_asks_for_a_new_one(small: Path, tmp_path: Path) -> None:
    data = json.loads(done("fit", small, "--quick", *QUIET, "--json"))
    assert set(data) == {"case", "seed", "fits", "quick", "out"}
    assert (data["case"], data["quick"], data["out"]) == ("mine", True, str(small / "fit"))
    for lang, words in (("en", "--quick"), ("zh", "初步结果")):
        text = done("fit", small, "--quick", *QUIET, lang=lang)
        assert words in text
        assert "wushi case report" in text
    edit(small)
    assert "wushi case fit" in refused("report", small, "--out", tmp_path / "report").allowed
    assert not (tmp_path / "report").exists()


def test_a_whole_fit_is_not_replaced_without_a_word(small: Path) -> None:
    def said(*words: object, lang: str = "en") -> str:
        result = typed("fit", small, *words, *QUIET, "--json", "--lang", lang, lang=lang)
        assert result.exit_code == 0, result.output + str(result.exception)
        return " ".join(result.stderr.split())

    assert "takes the place" not in said()
    assert "takes the place" not in said()
    assert "with seed 1, takes the place of the whole fit with seed 0" in said("--seed", 1)
    assert "A first look takes the place of the whole fit" in said("--quick", "--seed", 1)
    assert "takes the place" not in said("--quick", "--seed", 2)
    assert "取代" not in said("--seed", 1, lang="zh")
    edit(small)
    assert "案例在拟合之后有改动" in said("--seed", 1, lang="zh")


def test_words_and_truth_values_are_printed_as_the_report_shows_them(small: Path) -> None:
    from simulation.command.case_words import _interval

    text = (small / "case.toml").read_text(encoding="utf-8")
    (small / "meetings.csv").unlink()
    free = '"stages.authority.rank" = { values = ["secretary", "deputy"] }'
    (small / "case.toml").write_text(
        text.replace('"scouting.breadth" = {', f'{free}\n"scouting.breadth" = {{'), encoding="utf-8"
    )
    assert "stages.authority.rank" in Case.load(small).free
    text = done("fit", small, "--quick", *QUIET)
    assert "deputy" in text or "secretary" in text
    assert _interval("deputy", "deputy", "secretary") == "deputy [deputy, secretary]"
    assert _interval("deputy", "deputy", "deputy") == "deputy"
    assert _interval(True, False, True) == "True [False, True]"
    assert _interval(-0.5, -1.25, 2) == "−0.5 [−1.2, 2]"


def test_a_folder_of_a_name_like_a_shipped_case_does_not_lead_into_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qingwan").mkdir()
    assert refused("fit", "qingwan", "--quick", *QUIET).key == "--out"
    assert refused("report", "qingwan", "--out", "made").key == "--fit"
    assert not (shipped_folder() / "cases" / "qingwan" / "fit").exists()


def test_an_empty_folder_name_is_refused(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert refused("fit", case, "--quick", "--out", "", *QUIET).key == "--out"
    assert refused("report", case, "--fit", "", "--out", "made").key == "--fit"
    assert not list((tmp_path / "empty").iterdir())


def test_hints_can_be_pasted_into_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = " ".join(done("init", "my case").split())
    assert "wushi case check 'my case' Fit it with: wushi case fit 'my case' --quick" in text
    assert "`wushi case fit 'my case'`" in refused("report", "my case", "--out", "made").allowed
    problem = refused("report", "my case", "--out", "made", "--fit", "a fit")
    assert "`wushi case fit 'my case' --out 'a fit'`" in problem.allowed
