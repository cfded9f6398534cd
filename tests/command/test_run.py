"""The commands that draw, as a user types them: the folder with pictures and report, and the film."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit.fans import alone
from kit.runs import data_of
from typer.testing import CliRunner

from simulation import InputError, load_scenario
from simulation.command.main import app
from simulation.command.output_options import picture_formats
from simulation.files import extras
from simulation.report import run_folder

SMALL = ["--citizens", "200", "--weeks", "30"]


def wushi(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulation", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "WUSHI_LANG": "en", "PYTHONIOENCODING": "utf-8", **environment},
        timeout=300,
    )


def test_a_run_leaves_data_every_picture_and_one_report_that_holds_them(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = wushi("run", "classroom", *SMALL, "--out", out)
    assert done.returncode == 0, done.stderr
    drawn = sorted(path.name for path in (out / "figures").iterdir())
    assert len([name for name in drawn if name.endswith(".svg")]) == len(alone()) == len(drawn)
    report = (out / "report.html").read_text(encoding="utf-8")
    assert report.count("data:image/") == len(alone())
    assert "report.html" in done.stdout


def test_formats_and_resolution_are_the_users_choice_and_no_setting_of_matplotlib_matters(tmp_path: Path) -> None:
    settings = tmp_path / "matplotlibrc"
    settings.write_text("text.usetex: True\nfigure.dpi: 300\nsvg.hashsalt: x\n", encoding="utf-8")
    words = ["run", "classroom", *SMALL, "--figures", "pdf,png", "--dpi", "50"]
    odd = wushi(*words, "--out", tmp_path / "odd", MATPLOTLIBRC=str(settings), MPLBACKEND="nonsense")
    assert odd.returncode == 0, odd.stderr
    plain = wushi(*words, "--out", tmp_path / "plain")
    assert plain.returncode == 0, plain.stderr
    assert data_of(tmp_path / "odd") == data_of(tmp_path / "plain")
    drawn = {file.name: file.read_bytes() for file in (tmp_path / "plain" / "figures").iterdir()}
    assert {Path(name).suffix for name in drawn} == {".png", ".pdf"}
    assert {file.name: file.read_bytes() for file in (tmp_path / "odd" / "figures").iterdir()} == drawn
    width = int.from_bytes(drawn["1-stages.png"][16:20], "big")
    assert width == round(8.2 * 50)


def test_an_unknown_format_and_an_odd_resolution_are_refused() -> None:
    assert picture_formats("png, SVG,png", None) == ("png", "svg")
    with pytest.raises(InputError, match="--figures") as caught:
        picture_formats("pgn", None)
    assert caught.value.suggestion == "png"
    for dpi in (0, -1, 29, 1201):
        with pytest.raises(InputError, match="--dpi"):
            picture_formats("png", dpi)


def test_parquet_without_its_library_is_refused_before_the_run_with_the_line_that_installs_it(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(extras, "missing", lambda _: ["pyarrow"])

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr("simulation.results.run", never)
    with pytest.raises(InputError, match="install") as caught:
        run_folder.make_run_folder(load_scenario("classroom"), 0, tmp_path / "out", lang="en", format="parquet")
    assert "pyarrow" in caught.value.message
    assert caught.value.key == "--format"
    assert not (tmp_path / "out").exists()


def test_another_configuration_leaves_the_first_ones_folder_alone_and_says_what_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def done(*words: str) -> str:
        given = ["run", "classroom", "--no-figures", "--weeks", "8", *words]
        return CliRunner().invoke(app, given, env={"WUSHI_LANG": "en"}, catch_exceptions=False).stdout

    done()
    kept = data_of(tmp_path / "out" / "classroom--weeks-8")
    changed = ["--set", "stages.authority.rank=deputy"]
    done(*changed)
    second = done(*changed)
    done(*changed, "--seed", "3")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    mine = "classroom--rank-deputy--weeks-8"
    assert names == {"classroom--weeks-8", mine, f"{mine}--seed-3"}
    assert data_of(tmp_path / "out" / "classroom--weeks-8") == kept
    assert "with stages.authority.rank = deputy" in " ".join(second.split())
    told = json.loads((tmp_path / "out" / mine / "provenance.json").read_text(encoding="utf-8"))
    assert told["changes"] == {"weeks": 8, "stages.authority.rank": "deputy"}


def test_a_film_of_a_scenario_is_written_where_asked(tmp_path: Path) -> None:
    film = tmp_path / "film.gif"
    values = ["--set", "structure.citizens=200", "--set", "weeks=4"]
    done = wushi("animate", "classroom", *values, "--out", film, "--fps", "4")
    assert done.returncode == 0, done.stderr
    assert film.read_bytes().startswith(b"GIF8")
    assert str(film) in done.stdout
