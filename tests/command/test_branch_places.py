"""Where `wushi branch` puts futures, what they may be called, which pictures they get, and what it warns of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from simulation import InputError
from simulation.command.main import app

SMALL = ("--set", "structure.citizens=200", "--weeks", "30", "--no-figures")
WEEK, KEY = 12, "execution.oversight"
SET = ("--set", f"{KEY}=0.1")
DATA = {"unchanged.json", "unchanged.csv", "futures.csv"}


def wushi(*words: object) -> tuple[str, str]:
    """Return what a command printed and what it said on standard error."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None:
        raise done.exception
    return done.stdout, done.stderr


def branch(parent: Path, *words: object, week: int = WEEK) -> tuple[str, str]:
    return wushi("branch", parent, "--at", week, "--no-figures", *words)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def everything(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold a run that stopped, and one whose own change begins late."""
    place = tmp_path_factory.mktemp("runs")
    wushi("run", "classroom", *SMALL, "--until", WEEK, "--out", place / "stopped")
    wushi("run", "classroom", *SMALL, "--until", WEEK, "--set", f"{KEY}=0.5@20", "--out", place / "late")
    return place


@pytest.fixture
def stopped(runs: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(runs / "stopped", tmp_path / "stopped"))


@pytest.mark.parametrize("name", ["futures.csv", "futures.pdf", "unchanged.csv", "unchanged.json"])
def test_files_that_are_called_like_a_trees_are_not_overwritten(name: str, stopped: Path, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / name).write_text("{}")
    before = everything(tmp_path)
    with pytest.raises(InputError, match="holds something else and is left alone"):
        branch(stopped, *SET, "--out", tmp_path / "f")
    assert everything(tmp_path) == before


def test_futures_never_stand_in_a_folder_that_the_next_run_replaces(stopped: Path, tmp_path: Path) -> None:
    before = everything(tmp_path)
    for place in (stopped, stopped / "futures"):
        with pytest.raises(InputError, match="in the folder of a run"):
            branch(stopped, *SET, "--out", place)
    assert everything(tmp_path) == before
    branch(stopped, *SET, "--name", "a")
    assert (tmp_path / "stopped--futures" / "a" / "weekly.csv").is_file()
    wushi("run", "classroom", *SMALL, "--out", stopped)
    assert files(tmp_path / "stopped--futures") == DATA
    with pytest.raises(InputError, match="in the folder of a run"):
        branch(stopped, *SET, "--out", tmp_path / "stopped--futures" / "a")


def test_a_run_never_replaces_a_folder_with_a_tree(stopped: Path, tmp_path: Path) -> None:
    branch(stopped, *SET, "--out", tmp_path / "f", "--name", "a")
    before = everything(tmp_path)
    with pytest.raises(InputError, match="holds something else and is left alone"):
        wushi("run", "classroom", *SMALL, "--out", tmp_path / "f")
    assert everything(tmp_path) == before


def test_without_figures_a_tree_has_its_data_alone_and_says_where_they_are(stopped: Path, tmp_path: Path) -> None:
    said, _ = branch(stopped, *SET, "--out", tmp_path / "f")
    assert files(tmp_path / "f") == DATA
    assert "futures.csv" in said
    assert "futures.html" not in said


@pytest.mark.parametrize(("formats", "ending"), [("png", "png"), ("pdf", "pdf")])
def test_the_tree_is_drawn_in_the_formats_that_are_asked_for(
    formats: str, ending: str, stopped: Path, tmp_path: Path
) -> None:
    said, _ = wushi("branch", stopped, "--at", WEEK, *SET, "--out", tmp_path / "f", "--figures", formats)
    assert files(tmp_path / "f") == {*DATA, f"futures.{ending}", "futures.html"}
    assert "data:image/" in (tmp_path / "f" / "futures.html").read_text(encoding="utf-8")
    assert "futures.html" in said
    branch(stopped, *SET, "--out", tmp_path / "f", "--name", "b")
    assert files(tmp_path / "f") == DATA, "a picture of the smaller tree stands beside the larger one's table"


def test_a_future_of_a_future_joins_the_tree_that_it_stands_in(stopped: Path, tmp_path: Path) -> None:
    branch(stopped, *SET, "--name", "a")
    branch(tmp_path / "stopped--futures" / "a", "--set", f"{KEY}=0.9", "--name", "b", week=20)
    table = pd.read_csv(tmp_path / "stopped--futures" / "futures.csv")
    assert set(table["future"]) == {"a", "b"}
    assert sorted(place.name for place in tmp_path.iterdir()) == ["stopped", "stopped--futures"]


def test_the_table_has_the_week_in_which_a_future_branched_though_its_value_comes_later(
    stopped: Path, tmp_path: Path
) -> None:
    branch(stopped, "--set", f"{KEY}=0.1@20", "--out", tmp_path / "f", "--name", "a")
    branch(stopped, "--out", tmp_path / "f")
    table = pd.read_csv(tmp_path / "f" / "futures.csv").drop_duplicates("future").set_index("future")
    assert table["week"].to_dict() == {"a": WEEK, "continued": WEEK}
    told = json.loads((tmp_path / "f" / "a" / "provenance.json").read_text(encoding="utf-8"))
    assert told["branch"]["week"] == WEEK


@pytest.mark.parametrize("name", ["unchanged", "CON", "nul.csv", "Futures.csv"])
def test_a_reserved_name_is_refused_as_reserved(name: str, stopped: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="reserved"):
        branch(stopped, *SET, "--out", tmp_path / "f", "--name", name)
    assert not (tmp_path / "f").exists()


def test_a_name_that_differs_in_case_alone_is_taken(stopped: Path, tmp_path: Path) -> None:
    branch(stopped, *SET, "--out", tmp_path / "f", "--name", "Less")
    (tmp_path / "f" / "LESS-2").mkdir()
    before = everything(tmp_path)
    with pytest.raises(InputError, match="less-3"):
        branch(stopped, *SET, "--out", tmp_path / "f", "--name", "less")
    assert everything(tmp_path) == before


def test_a_value_that_the_runs_own_change_sets_again_is_warned_of(runs: Path, tmp_path: Path) -> None:
    said, warned = branch(runs / "late", *SET, "--out", tmp_path / "f")
    assert f"{KEY}: the value from week {WEEK} on holds only until week 20" in warned
    assert KEY not in said
    _, warned = branch(runs / "late", *SET, "--out", tmp_path / "f", "--lang", "zh")
    assert f"{KEY} 自第 {WEEK} 周起的取值只持续到第 20 周" in warned
    for words in (("--set", f"{KEY}=0.1@21"), (*SET, "--length", 8)):
        _, warned = branch(runs / "late", *words, "--out", tmp_path / "f")
        assert KEY not in warned


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("{}", r"provenance\.json: not a saved run: the part 'scenario' is missing"),
        ("no JSON", r"provenance\.json: not valid JSON"),
        (None, r"not a saved run: it has no file weekly\.csv"),
        ("", r"weekly\.csv: not a saved run: the part 'week' is missing"),
    ],
)
def test_a_run_of_which_a_part_is_missing_is_refused_by_file_and_part(
    content: str | None, match: str, stopped: Path, tmp_path: Path
) -> None:
    if content is None:
        (stopped / "weekly.csv").unlink()
    elif not content:
        (stopped / "weekly.csv").write_text("effectiveness\n0.1\n")
    else:
        (stopped / "provenance.json").write_text(content)
    with pytest.raises(InputError, match=match) as error:
        branch(stopped, *SET, "--out", tmp_path / "f")
    assert "Errno" not in str(error.value)


def test_a_tree_whose_unchanged_run_lacks_a_part_is_refused_by_file_and_part(stopped: Path, tmp_path: Path) -> None:
    branch(stopped, *SET, "--out", tmp_path / "f", "--name", "a")
    (tmp_path / "f" / "unchanged.json").write_text('{"tool": "wushi"}')
    with pytest.raises(InputError, match=r"unchanged\.json: .* the part 'scenario' is missing"):
        branch(stopped, *SET, "--out", tmp_path / "f", "--name", "b")
    told = json.loads((stopped / "provenance.json").read_text(encoding="utf-8"))
    (tmp_path / "f" / "unchanged.json").write_text(json.dumps({**told, "versions": {}}))
    with pytest.raises(InputError, match=r"unchanged\.json: .* the part 'versions\.wushi' is missing"):
        branch(stopped, *SET, "--out", tmp_path / "f", "--name", "b")


def test_a_tree_that_lost_its_weekly_table_gets_it_again(stopped: Path, tmp_path: Path) -> None:
    branch(stopped, *SET, "--out", tmp_path / "f", "--name", "a")
    lost = (tmp_path / "f" / "unchanged.csv").read_bytes()
    (tmp_path / "f" / "unchanged.csv").unlink()
    branch(stopped, "--set", f"{KEY}=0.2", "--out", tmp_path / "f", "--name", "b")
    assert (tmp_path / "f" / "unchanged.csv").read_bytes() == lost


@pytest.mark.parametrize(("lang", "words"), [("en", "from 1 to the scenario's number"), ("zh", "1 至情景的周数")])
def test_the_help_of_until_names_its_range(lang: str, words: str) -> None:
    from simulation.text import say

    assert words in say("cli.opt.until", lang)
