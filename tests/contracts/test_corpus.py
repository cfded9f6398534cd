"""Every input that a fuzzer kept, or that once found a fault, is accepted or refused as documented."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from long import corpus
from long.targets import TARGETS

from simulation.experiments.running.worker import limit_memory, time_limit

ROOM = 1_500_000_000
LONGEST = 300.0
SMALL_ENOUGH = 300_000


@contextmanager
def bounded() -> Iterator[None]:
    """Turn a hang, or too much memory, into a failure of the test, so that the machine does not stall."""
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
    inputs = [*target.seeds(), *corpus.read()[name].values()]
    with bounded():
        for number, content in enumerate(inputs):
            folder = tmp_path / str(number)
            folder.mkdir()
            target.claim(content, folder)


def test_the_kept_inputs_are_few_and_small_and_each_belongs_to_a_target() -> None:
    kept = corpus.read()
    assert sum(len(content) for inputs in kept.values() for content in inputs.values()) < SMALL_ENOUGH
    assert kept.keys() == TARGETS.keys()


def test_the_file_of_kept_inputs_is_the_one_that_would_be_written_again(tmp_path: Path) -> None:
    corpus.write(corpus.read(), tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == corpus.FILE.read_bytes()


def test_any_bytes_are_kept_as_they_are_one_input_per_line(tmp_path: Path) -> None:
    kept = {"b": {"two": b"\x00\xff\r\n", "one": b""}, "a": {"one": "\u57ce".encode()}}
    corpus.write(kept, tmp_path / "kept.jsonl")
    assert corpus.read(tmp_path / "kept.jsonl") == kept
    assert len((tmp_path / "kept.jsonl").read_text(encoding="ascii").splitlines()) == 3
