"""Every input that a fuzzer kept, or that once found a fault, is accepted or refused as documented."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from long.targets import CORPUS, TARGETS

from simulation.experiments.running.worker import limit_memory, time_limit

ROOM = 1_500_000_000
LONGEST = 300.0
SMALL_ENOUGH = 300_000


@contextmanager
def bounded() -> Iterator[None]:
    """Turn a hang and a hunger for memory into a failure instead of a machine that stands still."""
    if sys.platform != "linux":
        with time_limit(LONGEST):
            yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    limit_memory(ROOM)
    try:
        with time_limit(LONGEST):
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("name", TARGETS)
def test_every_kept_input_is_accepted_or_refused_within_memory(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    inputs = [*target.seeds(), *(path.read_bytes() for path in sorted((CORPUS / name).iterdir()))]
    with bounded():
        for number, content in enumerate(inputs):
            folder = tmp_path / str(number)
            folder.mkdir()
            target.claim(content, folder)


def test_the_kept_inputs_are_few_and_small_and_each_belongs_to_a_target() -> None:
    kept = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in kept) < SMALL_ENOUGH
    assert {path.parent.name for path in kept} == set(TARGETS)
