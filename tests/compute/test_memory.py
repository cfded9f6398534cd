"""How much memory the machine has."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from simulation.compute import memory


@pytest.mark.parametrize(
    ("machine", "container", "found"),
    [
        (8 * 2**30, None, 8 * 2**30),
        (8 * 2**30, "max\n", 8 * 2**30),
        (8 * 2**30, f"{2**30}\n", 2**30),
        (8 * 2**30, f"{2**40}\n", 8 * 2**30),
        (None, f"{2**30}\n", 2**30),
        (None, None, None),
        (0, "0\n", None),
    ],
)
def test_memory_is_the_machines_or_its_containers_and_no_answer_is_unknown(
    machine: int | None, container: str | None, found: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> Any:
        if machine is None:
            raise OSError("the machine does not say")
        return SimpleNamespace(total=machine)

    if container is not None:
        (tmp_path / "memory.max").write_text(container, encoding="ascii")
    monkeypatch.setattr(psutil, "virtual_memory", told)
    monkeypatch.setattr(memory, "CONTAINER", tmp_path / "memory.max")
    assert memory.physical_memory.__wrapped__() == found
