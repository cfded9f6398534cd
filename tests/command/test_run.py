"""The commands that draw, as a user types them: the folder with pictures and report, and the film."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from simulation.figures import figures

SMALL = ["--citizens", "200", "--weeks", "30"]


def wushi(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulation", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "WUSHI_LANG": "en", "PYTHONIOENCODING": "utf-8"},
        timeout=300,
    )


def test_a_run_leaves_data_every_picture_twice_and_one_report_that_holds_them(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = wushi("run", "classroom", *SMALL, "--out", out)
    assert done.returncode == 0, done.stderr
    alone = [name for name, module in figures().items() if "other" not in getattr(module, "NEEDS", ())]
    drawn = sorted(path.name for path in (out / "figures").iterdir())
    assert len([name for name in drawn if name.endswith(".svg")]) == len(alone)
    assert len([name for name in drawn if name.endswith(".png")]) == len(alone)
    report = (out / "report.html").read_text(encoding="utf-8")
    assert report.count("data:image/") == len(alone)
    assert "report.html" in done.stdout


def test_a_film_of_a_scenario_is_written_where_asked(tmp_path: Path) -> None:
    film = tmp_path / "film.gif"
    values = ["--set", "structure.citizens=200", "--set", "weeks=4"]
    done = wushi("animate", "classroom", *values, "--out", film, "--fps", "4")
    assert done.returncode == 0, done.stderr
    assert film.read_bytes().startswith(b"GIF8")
    assert str(film) in done.stdout
