"""How much memory the machine has."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace
from typing import Any

import pytest

from simulation.compute import memory


@pytest.mark.parametrize(("answers", "found"), [(True, 8 * 2**30), (False, None)])
def test_windows_is_asked_for_its_memory_and_no_answer_is_unknown(
    answers: bool, found: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status(given: Any) -> bool:
        size = ctypes.cast(given, ctypes.POINTER(ctypes.c_uint32))[0]
        assert size == 64  # the call refuses a structure that does not know its own size
        ctypes.cast(given, ctypes.POINTER(ctypes.c_uint64))[1] = 8 * 2**30
        return answers

    library = SimpleNamespace(kernel32=SimpleNamespace(GlobalMemoryStatusEx=status))
    monkeypatch.setattr(memory.sys, "platform", "win32")
    monkeypatch.setattr(memory.ctypes, "windll", library, raising=False)
    assert memory.physical_memory.__wrapped__() == found
