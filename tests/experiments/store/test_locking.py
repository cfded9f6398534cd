"""One sweep writes to a store, whatever name it is called by."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import known_functions as known
import pytest
from outcomes import DESIGN

from simulation.experiments import sweep
from simulation.experiments.store import locking
from simulation.experiments.store.locking import StoreLock
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError


def by_symlink(store):
    other = store.with_name("symlink")
    other.symlink_to(store.name)
    return other


def by_linked_folder(store):
    folder = store.parent / "folder"
    folder.symlink_to(store.parent, target_is_directory=True)
    return folder / store.name


def by_hard_link(store):
    other = store.with_name("hard")
    os.link(store, other)
    return other


def by_relative_path(store):
    return Path(os.path.relpath(store))


@pytest.mark.parametrize("other_name", [by_symlink, by_linked_folder, by_hard_link, by_relative_path])
def test_a_second_sweep_is_refused_under_every_name_of_the_file_and_allowed_afterwards(tmp_path, other_name):
    store = tmp_path / "s.sqlite"
    with Store(store, DESIGN, {}):
        other = other_name(store)
        with pytest.raises(InputError, match="another command is writing to this store"):
            Store(other, DESIGN, {})
    Store(other, DESIGN, {}).close()


def test_two_stores_in_one_folder_do_not_lock_each_other(tmp_path):
    with Store(tmp_path / "s", DESIGN, {}), Store(tmp_path / "t", DESIGN, {}):
        pass


def test_a_refused_sweep_takes_no_lock_away(tmp_path):
    store = tmp_path / "s"
    with Store(store, DESIGN, {}):
        for _ in range(2):
            with pytest.raises(InputError):
                StoreLock(store)
    lock = StoreLock(store)
    lock.release()


def test_a_store_with_several_names_is_warned_of_in_both_languages(tmp_path):
    task = {"factors": {"a": [1], "b": [1]}}
    sweep(task, known.plain, store=tmp_path / "s", workers=0)
    os.link(tmp_path / "s", tmp_path / "t")
    (warning,) = sweep(task, known.plain, store=tmp_path / "t", workers=0).warnings
    assert "2 names (hard links)" in warning
    assert "2 个名称（硬链接）" in warning.zh


def test_locks_of_this_machine_lie_in_a_folder_that_only_the_user_may_write(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    StoreLock(tmp_path / "s").release()
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_somebody_else_in_their_place_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(locking.os, "getuid", lambda: 4711)
    StoreLock(tmp_path / "s").release()
    assert list((tmp_path / "wushi-locks-4711").iterdir()) == []


def test_a_machine_without_a_folder_for_temporary_files_still_locks_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    lock = StoreLock(tmp_path / "s")
    with pytest.raises(InputError, match="another command is writing"):
        StoreLock(tmp_path / "s")
    lock.release()


def test_a_circle_of_links_is_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(InputError):
        StoreLock(tmp_path / "a")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.usefixtures("no_hang")
def test_a_device_a_pipe_and_a_folder_are_no_stores_and_get_no_lock_beside_them(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    for path in (tmp_path / "pipe", tmp_path / "folder", Path("/dev/null"), Path("/")):
        with pytest.raises(InputError, match="the output is not a file") as caught:
            Store(path, DESIGN, {})
        assert caught.value.file == str(path)
    assert sorted(tmp_path.iterdir()) == before
    assert not Path("/dev/null.lock").exists()


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="this system has no such folder")
def test_a_folder_in_which_no_lock_can_be_made_is_no_other_sweep():
    with pytest.raises(InputError, match=r"cannot be locked: .*no file can be made there"):
        StoreLock(Path("/proc/version"))
