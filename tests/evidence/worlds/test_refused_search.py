"""A search that its stores stop says so, and does not blame the findings."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from simulation.evidence.worlds import making
from simulation.evidence.worlds.space import space
from simulation.evidence.worlds.waves import NothingLeftError
from simulation.files.errors import InputError, told

NAMES = ("execution.noise", "execution.w_need")


@pytest.fixture
def made_of(monkeypatch, tmp_path):
    """Return what a search ends with whose waves end with an error."""
    kept = {name: space()[name].searched for name in NAMES}
    first = SimpleNamespace(made=0, vectors=0)
    monkeypatch.setattr(making, "screened", lambda *_, **__: ([], kept, first))

    def ended(error):
        def match(*_, **__):
            raise error

        monkeypatch.setattr(making, "match", match)
        with pytest.raises(InputError) as caught:
            making.make(tmp_path)
        return caught.value

    return ended


def test_a_store_that_cannot_be_used_is_told_as_that(made_of):
    error = InputError(told("error.worlds.unfinished"), file="wave-ordinary.sqlite")
    assert made_of(error) is error


def test_findings_that_leave_nothing_are_told_as_such(made_of):
    assert "findings leave no vector" in made_of(NothingLeftError("nothing is left")).problem
