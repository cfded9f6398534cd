"""`wushi app` as typed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

import pytest
from typer.testing import CliRunner

from simulation import InputError
from simulation.command import main as cli
from simulation.files import extras


def test_the_page_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(name: str) -> object:
        if name == "nicegui":
            raise PackageNotFoundError(name)
        return distribution(name)

    monkeypatch.setattr(extras, "distribution", found)
    done = CliRunner().invoke(cli.app, ["app", "--no-browser"])
    assert isinstance(done.exception, InputError)
    assert done.exception.allowed is not None
    assert extras.install_line("app") in done.exception.allowed
