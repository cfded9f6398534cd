"""Runs that stop, and futures that branch from them: the same bytes by every way, all or nothing in the folder."""

from __future__ import annotations

import contextlib
import errno
import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from kit.runs import data_of
from typer.testing import CliRunner

from simulation import InputError, load_scenario
from simulation.command.main import app
from simulation.experiments import Futures
from simulation.report import branch_folder
from simulation.report.futures import write_futures
from simulation.results import RunResult, run

SMALL = ("--set", "structure.citizens=200", "--weeks", "30", "--no-figures")
WEEK = 12
KEY, VALUE = "execution.oversight", 0.1
DATA = ("unchanged.json", "unchanged.csv", "futures.csv")
SET = ("--set", f"{KEY}={VALUE}")


def wushi(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    if done.exit_code:
        raise SystemExit(done.exit_code)
    return done.stdout


def branch(parent: Path, week: int, *words: object) -> str:
    return wushi("branch", parent, "--at", week, "--no-figures", *words)


def told(folder: Path) -> dict[str, object]:
    """Return a provenance without what differs from one run of the program to the next."""
    content = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    return {name: value for name, value in content.items() if name not in ("finished", "seconds")}


def everything(folder: Path) -> dict[str, bytes | None]:
    found = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in found}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold a run that stopped, one to the end, and one with the change from its first week on."""
    place = tmp_path_factory.mktemp("runs")
    wushi("run", "classroom", *SMALL, "--until", WEEK, "--out", place / "stopped")
    wushi("run", "classroom", *SMALL, "--out", place / "whole")
    wushi("run", "classroom", *SMALL, "--set", f"{KEY}={VALUE}@{WEEK}", "--out", place / "changed")
    return place


@pytest.fixture
def stopped(runs: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(runs / "stopped", tmp_path / "stopped"))


def test_a_run_that_stops_holds_its_weeks_and_a_state_and_says_how_to_go_on(runs: Path, tmp_path: Path) -> None:
    said = wushi("run", "classroom", *SMALL, "--until", WEEK, "--out", tmp_path / "a")
    assert f"{WEEK} of 30 weeks" in said
    assert f"wushi branch {tmp_path / 'a'} --at {WEEK}" in " ".join(said.split())
    assert f"--at {WEEK}" in wushi("run", "classroom", *SMALL, "--until", WEEK, "--out", tmp_path / "b", "--lang", "zh")
    whole = pd.read_csv(runs / "whole" / "weekly.csv", dtype=str)
    assert pd.read_csv(tmp_path / "a" / "weekly.csv", dtype=str).equals(whole.head(WEEK))
    assert told(tmp_path / "a")["weeks"] == WEEK
    assert (tmp_path / "a" / "state.npz").read_bytes() == (runs / "stopped" / "state.npz").read_bytes()


def test_a_run_that_stops_at_its_end_leaves_a_state_beside_the_same_data(runs: Path, tmp_path: Path) -> None:
    said = wushi("run", "classroom", *SMALL, "--until", 30, "--out", tmp_path / "a")
    assert "state.npz" in said
    data = data_of(tmp_path / "a")
    assert data.pop("state.npz")
    assert data == data_of(runs / "whole")


@pytest.mark.parametrize("until", [0, -1, 31])
def test_a_run_cannot_stop_before_its_first_week_or_after_its_end(until: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--until"):
        wushi("run", "classroom", *SMALL, "--until", until, "--out", tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_other_seeds_cannot_stand_beside_a_run_that_stops(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--until"):
        wushi("run", "classroom", *SMALL, "--until", 3, "--seeds", 4, "--out", tmp_path / "a")


def test_a_branch_is_the_same_to_the_byte_by_every_way(runs: Path, stopped: Path, tmp_path: Path) -> None:
    branch(stopped, WEEK, *SET, "--name", "by-state", "--out", tmp_path / "f")
    (stopped / "state.npz").unlink()
    branch(stopped, WEEK, *SET, "--name", "anew", "--out", tmp_path / "f")
    branch(runs / "whole", WEEK, *SET, "--name", "whole", "--out", tmp_path / "f")
    spec = load_scenario("classroom").with_values({"structure.citizens": 200, "weeks": 30})
    run(spec).branch(WEEK, {KEY: VALUE}).save(tmp_path / "python")
    wanted = data_of(runs / "changed")
    for place in (*(tmp_path / "f" / name for name in ("by-state", "anew", "whole")), tmp_path / "python"):
        assert data_of(place) == wanted
    assert told(tmp_path / "f" / "by-state") == told(tmp_path / "f" / "anew")
    assert told(tmp_path / "f" / "anew") == told(tmp_path / "f" / "whole")


@pytest.mark.parametrize("week", [WEEK, WEEK + 5, 29])
def test_a_state_serves_its_own_week_and_every_later_one(week: int, stopped: Path, tmp_path: Path) -> None:
    branch(stopped, week, *SET, "--out", tmp_path / "f", "--name", "a")
    wushi("run", "classroom", *SMALL, "--set", f"{KEY}={VALUE}@{week}", "--out", tmp_path / "b")
    assert data_of(tmp_path / "f" / "a") == data_of(tmp_path / "b")


def test_a_week_before_the_state_is_computed_anew(stopped: Path, tmp_path: Path) -> None:
    branch(stopped, 3, *SET, "--out", tmp_path / "f", "--name", "a")
    wushi("run", "classroom", *SMALL, "--set", f"{KEY}={VALUE}@3", "--out", tmp_path / "b")
    assert data_of(tmp_path / "f" / "a") == data_of(tmp_path / "b")


def test_values_can_hold_from_a_later_week_for_a_while_and_in_some_places(stopped: Path, tmp_path: Path) -> None:
    result = RunResult.load(stopped)
    city = str(result.cells["city"].iloc[0])
    options = ["--length", 4, "--cities", city, "--title", "a trial", "--out", tmp_path / "f", "--name", "a"]
    branch(stopped, WEEK, *SET, *options)
    wanted = result.branch(WEEK, {KEY: VALUE}, length=4, cities=[city], title="a trial")
    wanted.save(tmp_path / "wanted")
    assert data_of(tmp_path / "f" / "a") == data_of(tmp_path / "wanted")
    later = ("--set", f"{KEY}=0.2@20", "--set", "stages.authority.rank=deputy")
    branch(stopped, WEEK, *later, "--out", tmp_path / "f", "--name", "b")
    settings = ("--set", f"{KEY}=0.2@20", "--set", f"stages.authority.rank=deputy@{WEEK}")
    wushi("run", "classroom", *SMALL, *settings, "--out", tmp_path / "later")
    assert data_of(tmp_path / "f" / "b") == data_of(tmp_path / "later")


def test_a_branch_can_be_branched_again(stopped: Path, tmp_path: Path) -> None:
    branch(stopped, WEEK, *SET, "--out", tmp_path / "f", "--name", "a")
    branch(tmp_path / "f" / "a", 20, "--set", f"{KEY}=0.9", "--out", tmp_path / "f", "--name", "b")
    both = ("--set", f"{KEY}={VALUE}@{WEEK}", "--set", f"{KEY}=0.9@20")
    wushi("run", "classroom", *SMALL, *both, "--out", tmp_path / "both")
    assert data_of(tmp_path / "f" / "b") == data_of(tmp_path / "both")
    table = pd.read_csv(tmp_path / "f" / "futures.csv")
    places = table.drop_duplicates("future").set_index("future")[["parent", "week"]]
    assert places.loc["a"].tolist() == ["unchanged", WEEK]
    assert places.loc["b"].tolist() == ["a", 20]
    branch(tmp_path / "f" / "a", 20, "--set", f"{KEY}=0.8")
    assert {place.name for place in (tmp_path / "f").iterdir() if place.is_dir()} == {"a", "b", "oversight-0.8-from-20"}
    assert not (tmp_path / "f" / "a--futures").exists()


def test_the_folder_of_the_tree_holds_table_picture_page_and_the_unchanged_run(
    runs: Path, stopped: Path, tmp_path: Path
) -> None:
    branch(stopped, WEEK, *SET, "--out", tmp_path / "f")
    wushi("branch", stopped, "--at", 20, "--set", f"{KEY}=0.9", "--out", tmp_path / "f", "--name", "b & c")
    names = {path.name for path in (tmp_path / "f").iterdir()}
    assert names == {*DATA, "futures.svg", "futures.html", f"oversight-{VALUE}-from-{WEEK}", "b & c"}
    assert (tmp_path / "f" / "unchanged.csv").read_bytes() == (runs / "whole" / "weekly.csv").read_bytes()
    table = pd.read_csv(tmp_path / "f" / "futures.csv", dtype={"value": str, "unchanged": str, "difference": str})
    assert list(table.columns) == [
        *("future", "parent", "week", "changes", "metric", "value", "unchanged", "difference"),
    ]
    before = json.loads((runs / "whole" / "summary.json").read_text())
    after = json.loads((tmp_path / "f" / "b & c" / "summary.json").read_text())
    rows = table[table["future"] == "b & c"].set_index("metric")
    assert float(rows["value"]["effectiveness"]) == after["effectiveness"]
    assert float(rows["unchanged"]["effectiveness"]) == before["effectiveness"]
    assert float(rows["difference"]["effectiveness"]) == after["effectiveness"] - before["effectiveness"]
    page = (tmp_path / "f" / "futures.html").read_text(encoding="utf-8")
    assert "b &amp; c" in page
    assert page.count("data:image/") == 1


def test_the_unchanged_run_is_the_same_whether_the_parent_stopped_or_not(
    runs: Path, stopped: Path, tmp_path: Path
) -> None:
    for name, parent in (("a", stopped), ("b", runs / "whole")):
        branch(parent, WEEK, *SET, "--out", tmp_path / name)
    mine, theirs = everything(tmp_path / "a"), everything(tmp_path / "b")
    for name in ("unchanged.csv", "futures.csv"):
        assert mine[name] == theirs[name]
    for name in ("a", "b"):
        write_futures(Futures.load(tmp_path / name), tmp_path / f"drawn-{name}", "en", ("svg", "png"))
    mine, theirs = everything(tmp_path / "drawn-a"), everything(tmp_path / "drawn-b")
    for name in ("futures.svg", "futures.png", "futures.html"):
        assert mine[name] == theirs[name]


def test_without_settings_the_run_goes_on_as_it_was(runs: Path, stopped: Path, tmp_path: Path) -> None:
    said = branch(stopped, WEEK, "--out", tmp_path / "f")
    assert data_of(tmp_path / "f" / "continued") == data_of(runs / "whole")
    assert "0.000" in said


def test_the_table_has_both_futures_and_their_difference_in_both_languages(stopped: Path, tmp_path: Path) -> None:
    said = branch(stopped, WEEK, *SET, "--out", tmp_path / "f")
    before = pd.read_csv(tmp_path / "f" / "unchanged.csv")["effectiveness"].iloc[-1]
    line = next(line for line in said.splitlines() if "Governance effectiveness" in line)
    assert f"{before:.3f}" in line
    said = branch(stopped, WEEK, *SET, "--out", tmp_path / "f", "--lang", "zh")
    for words in ("治理效能", "差值", f"第 {WEEK} 周"):
        assert words in said


def test_json_is_one_object_as_for_a_run(stopped: Path, tmp_path: Path) -> None:
    found = json.loads(branch(stopped, WEEK, *SET, "--out", tmp_path / "f", "--name", "a", "--json"))
    assert list(found) == ["scenario", "seed", "summary", "out"]
    assert found["scenario"] == "classroom"
    assert found["out"] == str(tmp_path / "f" / "a")
    assert found["summary"] == json.loads((tmp_path / "f" / "a" / "summary.json").read_text())


def test_a_branch_gets_pictures_and_a_report(stopped: Path, tmp_path: Path) -> None:
    wushi("branch", stopped, "--at", WEEK, *SET, "--out", tmp_path / "f", "--name", "a", "--figures", "png")
    assert (tmp_path / "f" / "a" / "report.html").is_file()
    assert {path.suffix for path in (tmp_path / "f" / "a" / "figures").iterdir()} == {".png"}


def test_places_of_the_users_own_go_along(tmp_path: Path) -> None:
    from simulation.files.shipped import shipped_folder

    source = load_scenario("zhaoqing").structure_path
    assert source is not None
    assert source.is_relative_to(shipped_folder())
    shutil.copy(source, tmp_path / "mine.csv")
    (tmp_path / "mine.toml").write_text('extends = "zhaoqing"\n[structure]\nfile = "mine.csv"\n', encoding="utf-8")
    wushi("run", tmp_path / "mine.toml", *SMALL, "--until", WEEK, "--out", tmp_path / "a")
    wushi("run", tmp_path / "mine.toml", *SMALL, "--set", f"{KEY}={VALUE}@{WEEK}", "--out", tmp_path / "wanted")
    (tmp_path / "mine.csv").unlink()
    branch(tmp_path / "a", WEEK, *SET, "--name", "x")
    (tmp_path / "a" / "state.npz").unlink()
    branch(tmp_path / "a", WEEK, *SET, "--name", "y")
    places = [tmp_path / "a--futures" / name for name in ("x", "y")]
    for place in places:
        assert data_of(place) == data_of(tmp_path / "wanted")
    assert told(places[0]) == told(places[1])


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("--at", -1), "--at"),
        (("--at", 30), "0 to 29"),
        (("--at", WEEK, "--set", f"{KEY}=0.2@{WEEK - 1}"), KEY),
        (("--at", WEEK, "--set", f"{KEY}=0.2@30"), KEY),
        (("--at", WEEK, "--set", "structure.citizens=100"), "structure.citizens"),
        (("--at", WEEK, "--set", "execution.oversigth=0.2"), "'execution.oversight'"),
        (("--at", WEEK, "--set", "execution.oversight=7"), "execution.oversight"),
        (("--at", WEEK, "--set", f"{KEY}=0.2", "--cities", "Atlantis"), "Atlantis"),
        (("--at", WEEK, "--length", 3), "--length"),
        (("--at", WEEK, "--name", "a/b"), "--name"),
        (("--at", WEEK, "--name", ".."), "--name"),
        (("--at", WEEK, "--name", ""), "--name"),
        (("--at", WEEK, "--name", "futures.csv"), "--name"),
        (("--at", WEEK, "--figures", "pgn"), "--figures"),
        (("--at", WEEK, "--format", "xls"), "--format"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    words: tuple[object, ...], match: str, runs: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=match):
        wushi("branch", runs / "stopped", *words, "--out", tmp_path / "f")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(InputError, match="not a saved run"):
            branch(place, WEEK, "--out", tmp_path / "f")


def test_a_name_that_another_future_has_is_refused_with_a_free_one(stopped: Path, tmp_path: Path) -> None:
    options = ("--out", tmp_path / "f", "--name", "a")
    branch(stopped, WEEK, *SET, *options)
    before = everything(tmp_path / "f")
    branch(stopped, WEEK, *SET, *options)
    assert data_of(tmp_path / "f" / "a") == {
        name.partition("/")[2]: content
        for name, content in before.items()
        if name.startswith("a/") and content is not None and "provenance" not in name
    }
    before = everything(tmp_path / "f")
    with pytest.raises(InputError, match="a-2"):
        branch(stopped, WEEK, "--set", f"{KEY}=0.3", *options)
    assert everything(tmp_path / "f") == before


def test_files_of_somebody_else_are_never_replaced(stopped: Path, tmp_path: Path) -> None:
    (tmp_path / "f" / "a").mkdir(parents=True)
    (tmp_path / "f" / "a" / "thesis.docx").write_text("mine")
    with pytest.raises(InputError, match="--out"):
        branch(stopped, WEEK, *SET, "--out", tmp_path / "f", "--name", "a")
    assert (tmp_path / "f" / "a" / "thesis.docx").read_text() == "mine"


@pytest.mark.parametrize("other", [("--seed", 5), ("--set", "stages.authority.rank=deputy")])
def test_one_folder_holds_the_futures_of_one_run(other: tuple[object, ...], stopped: Path, tmp_path: Path) -> None:
    branch(stopped, WEEK, *SET, "--out", tmp_path / "f")
    before = everything(tmp_path / "f")
    wushi("run", "classroom", *SMALL, *other, "--until", WEEK, "--out", tmp_path / "other")
    with pytest.raises(InputError, match="another run"):
        branch(tmp_path / "other", WEEK, *SET, "--out", tmp_path / "f", "--name", "b")
    assert everything(tmp_path / "f") == before


def test_a_state_that_was_cut_is_refused_and_without_it_the_run_is_computed_anew(stopped: Path, tmp_path: Path) -> None:
    state = stopped / "state.npz"
    state.write_bytes(state.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"state\.npz.*delete it"):
        branch(stopped, WEEK, *SET, "--out", tmp_path / "f")
    assert not (tmp_path / "f").exists()
    state.unlink()
    branch(stopped, WEEK, *SET, "--out", tmp_path / "f")


def test_a_state_of_another_run_is_refused(stopped: Path, tmp_path: Path) -> None:
    wushi("run", "classroom", *SMALL, "--seed", 4, "--until", WEEK, "--out", tmp_path / "other")
    shutil.copy(tmp_path / "other" / "state.npz", stopped / "state.npz")
    with pytest.raises(InputError, match="not of this run"):
        branch(stopped, WEEK, *SET, "--out", tmp_path / "f")


@pytest.mark.parametrize("state", [True, False])
def test_a_past_that_is_not_that_of_the_files_is_refused(state: bool, stopped: Path, tmp_path: Path) -> None:
    table = pd.read_csv(stopped / "weekly.csv", dtype=str)
    table.loc[WEEK - 1, "effectiveness"] = str(float(table.loc[WEEK - 1, "effectiveness"]) * (1 + 3e-16))
    table.to_csv(stopped / "weekly.csv", index=False)
    if not state:
        (stopped / "state.npz").unlink()
    with pytest.raises(InputError, match="another version"):
        branch(stopped, WEEK, *SET, "--out", tmp_path / "f")
    assert not (tmp_path / "f").exists()


def test_an_interrupt_while_files_take_their_places_waits_until_all_have(
    stopped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = branch_folder.fresh_folder

    @contextlib.contextmanager
    def interrupted(target: Path) -> Iterator[Path]:
        with whole(target) as made:
            yield made
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(branch_folder, "fresh_folder", interrupted)
    with pytest.raises(SystemExit, match="130"):
        branch(stopped, WEEK, *SET, "--out", tmp_path / "f", "--name", "a")
    assert {path.name for path in (tmp_path / "f").iterdir()} == {*DATA, "a"}
    assert "a" in (tmp_path / "f" / "futures.csv").read_text()


def test_tables_in_parquet_serve_as_well(runs: Path, stopped: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="an extra of the package")
    wushi("run", "classroom", *SMALL, "--until", WEEK, "--format", "parquet", "--out", tmp_path / "a")
    branch(tmp_path / "a", WEEK, *SET, "--out", tmp_path / "f", "--name", "x", "--format", "parquet")
    branch(tmp_path / "f" / "x", 20, "--set", f"{KEY}=0.9", "--out", tmp_path / "f", "--name", "y")
    assert set(pd.read_csv(tmp_path / "f" / "futures.csv")["future"]) == {"x", "y"}
    frame = pd.read_parquet(tmp_path / "f" / "x" / "weekly.parquet")
    assert frame["effectiveness"].tolist() == pd.read_csv(runs / "changed" / "weekly.csv")["effectiveness"].tolist()


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
@pytest.mark.parametrize("first", [True, False])
def test_what_stops_the_writing_leaves_the_folder_as_it_was(
    first: bool, problem: BaseException, stopped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "deep" / "f"
    if not first:
        branch(stopped, WEEK, *SET, "--out", folder)
    before = everything(tmp_path)
    whole = branch_folder.write_futures

    def halfway(*given: object) -> None:
        whole(*given)  # type: ignore[arg-type]
        raise problem

    monkeypatch.setattr(branch_folder, "write_futures", halfway)
    with pytest.raises((InputError, SystemExit), match=r"130|No space"):
        branch(stopped, 20, *SET, "--out", folder, "--name", "b")
    assert everything(tmp_path) == before
