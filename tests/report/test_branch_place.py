"""Where futures may stand and what they may be called: nothing of a run or of somebody else is ever in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation import InputError
from simulation.report.branch_place import check_name, check_place, default_place, has_like, holds_tree
from simulation.report.futures import FILES

OURS = json.dumps({"tool": "wushi"})


def tree(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_text("")
    (folder / "unchanged.json").write_text(OURS)
    return folder


def one_run(folder: Path, **more: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "provenance.json").write_text(json.dumps({"tool": "wushi", **more}))
    return folder


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("origin", [None, "{}", "no JSON", '{"tool": "another"}'])
def test_a_file_called_like_one_of_a_tree_but_of_no_tree_of_ours_is_left_alone(
    name: str, origin: str | None, tmp_path: Path
) -> None:
    (tmp_path / name).write_text("mine")
    if origin is not None:
        (tmp_path / "unchanged.json").write_text(origin)
    with pytest.raises(InputError, match="holds something else and is left alone") as error:
        check_place(tmp_path)
    assert error.value.key == "--out"
    assert not holds_tree(tmp_path)


def test_a_tree_a_new_folder_and_one_with_other_files_can_hold_futures(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    for place in (tree(tmp_path / "tree"), tmp_path / "new" / "deep", tmp_path):
        check_place(place)
    with pytest.raises(InputError, match="must be a folder"):
        check_place(tmp_path / "thesis.docx")


@pytest.mark.parametrize("inside", [".", "deep", "deep/er", "deep/../deep"])
def test_a_folder_of_a_run_and_every_folder_in_it_are_refused(inside: str, tmp_path: Path) -> None:
    folder = one_run(tmp_path / "run")
    with pytest.raises(InputError, match="cannot stand in the folder of a run") as error:
        check_place(folder / inside)
    assert str(folder) in str(error.value)


def test_a_link_into_a_folder_of_a_run_is_refused(tmp_path: Path) -> None:
    (one_run(tmp_path / "run") / "in").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "run" / "in", target_is_directory=True)
    with pytest.raises(InputError, match="cannot stand in the folder of a run"):
        check_place(tmp_path / "link")


def test_by_default_futures_stand_beside_a_run_and_those_of_a_future_in_its_tree(tmp_path: Path) -> None:
    plain = one_run(tmp_path / "run")
    assert default_place(plain) == tmp_path / "run--futures"
    place = tree(tmp_path / "tree")
    assert default_place(one_run(place / "future", branch={"week": 3})) == place
    assert default_place(one_run(place / "plain")) == place / "plain--futures"
    assert default_place(one_run(tmp_path / "no tree" / "a", branch={})) == tmp_path / "no tree" / "a--futures"


def test_a_future_named_by_a_dot_still_grows_its_own_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = one_run(tree(tmp_path / "tree") / "future", branch={})
    monkeypatch.chdir(place)
    assert default_place(Path()) == place.parent


@pytest.mark.parametrize(
    "name", ["unchanged", "Unchanged", "UNCHANGED", *FILES, "Futures.CSV", "con", "CON", "Nul.txt"]
)
def test_a_name_that_tree_or_system_need_is_called_reserved(name: str) -> None:
    with pytest.raises(InputError, match="reserved") as error:
        check_name(name)
    assert "保留" in error.value.in_language("zh")


@pytest.mark.parametrize("name", ["COM1", "lpt9", "aux.old.csv", "PRN .x", "com²", "CONOUT$"])
def test_names_of_devices_are_reserved_with_any_ending(name: str) -> None:
    with pytest.raises(InputError, match="reserved"):
        check_name(name)


@pytest.mark.parametrize("name", ["continued", "console", "com", "com10", "督查退出", "unchanged-2", "a.con"])
def test_names_that_only_resemble_reserved_ones_are_free(name: str) -> None:
    check_name(name)


def test_names_that_differ_in_case_or_in_how_letters_are_put_together_are_alike(tmp_path: Path) -> None:
    for name in ("Less oversight", "caf\u00e9", "same"):
        (tmp_path / name).mkdir()
    assert has_like(tmp_path, "less OVERSIGHT")
    assert has_like(tmp_path, "cafe\u0301")
    assert not has_like(tmp_path, "same")
    assert not has_like(tmp_path, "another")
    assert not has_like(tmp_path / "nothing", "same")
