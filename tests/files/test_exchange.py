"""Two folders change places in one step where the system can, and nothing moves where it cannot."""

from __future__ import annotations

import ctypes
import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simulation.files import exchange as exchanging
from simulation.files.exchange import exchange


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    return tmp_path / "one", tmp_path / "two"


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_a_system_without_the_call_says_so_and_moves_nothing(
    folders: tuple[Path, Path], system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging.sys, "platform", system)
    assert exchange(*folders) is False
    assert (folders[0] / "one").exists()


def refusing(number: int) -> Any:
    """Return a system library whose exchange of names fails for one reason."""

    def renameat2(*_: object) -> int:
        ctypes.set_errno(number)
        return -1

    return lambda *_, **__: SimpleNamespace(renameat2=renameat2, renamex_np=renameat2)


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_exchange_is_no_error(
    folders: tuple[Path, Path], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging.ctypes, "CDLL", refusing(number))
    assert exchange(*folders) is False


def test_an_exchange_that_is_refused_names_the_path_and_the_reason(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging.ctypes, "CDLL", refusing(errno.EACCES))
    with pytest.raises(PermissionError) as refused:
        exchange(*folders)
    assert refused.value.filename == str(folders[1])
