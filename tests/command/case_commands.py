"""`wushi case`, as typed in tests."""

from __future__ import annotations

import os
import subprocess
import sys

from click.testing import Result
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.files.errors import InputError


def typed(*words: object, lang: str = "en", columns: int = 160) -> Result:
    return CliRunner().invoke(app, ["case", *map(str, words)], env={"COLUMNS": str(columns), "WUSHI_LANG": lang})


def done(*words: object, lang: str = "en") -> str:
    result = typed(*words, "--lang", lang, lang=lang)
    assert result.exit_code == 0, result.output + str(result.exception)
    return str(result.stdout)


def refused(*words: object) -> InputError:
    problem = typed(*words).exception
    assert isinstance(problem, InputError), problem
    return problem


def ended(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own, for its exit code and its two streams."""
    command = [sys.executable, "-m", "simulation", "case", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env={**os.environ, "COLUMNS": "160", **environment}
    )
