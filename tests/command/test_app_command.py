"""`wushi app` as typed."""

from __future__ import annotations

import importlib.util

import pytest
from typer.testing import CliRunner

from simulation import InputError
from simulation.command import main as cli


def test_the_page_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "nicegui" else find(name, *rest)
    )
    done = CliRunner().invoke(cli.app, ["app", "--no-browser"])
    assert isinstance(done.exception, InputError)
    assert done.exception.allowed is not None
    assert "wushi[app]" in done.exception.allowed
