"""A shared scenario reads only shipped files and files of its own folder; a user's own one reads any file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kit.odd import told

from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import load_scenario, shipped, shipped_folder

OWN = "unit,parent,tier,population,residential\nP,,province,,\nC,P,city,,\nA,C,county,900,2\n"


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    """Return a scenario's folder with its own files, beside files that it must not read."""
    home = tmp_path / "received"
    (home / "deep").mkdir(parents=True)
    for folder in (home, home / "deep", tmp_path):
        (folder / "base.toml").write_text('extends = "classroom"\nweeks = 9\n', encoding="utf-8")
        (folder / "city.csv").write_text(OWN, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("password = 12345\n", encoding="utf-8")
    (home / "link.toml").symlink_to(tmp_path / "base.toml")
    (home / "link.csv").symlink_to(tmp_path / "city.csv")
    (home / "way").symlink_to(tmp_path, target_is_directory=True)
    return home


def scenario(home: Path, content: str) -> Path:
    path = home / "given.toml"
    path.write_text(content, encoding="utf-8")
    return path


def read(given: Any, *, shared: bool) -> Any:
    spec = load_scenario(given, shared=shared)
    load_hierarchy(spec)
    return spec


def own(name: str) -> str:
    return f"domains = {{ d = {{}} }}\n[structure]\nfile = '{name}'\ncitizens = 200\n"


INSIDE = ["extends = 'base.toml'", "extends = './deep/base.toml'", "extends = 'deep/../base.toml'",
          "extends = 'zhaoqing'",
          own("city.csv"), own("deep/city.csv"), own("structures/zhaoqing.csv")]  # fmt: skip
OUTSIDE = ["extends = '../base.toml'", "extends = 'link.toml'", "extends = 'way/base.toml'", own("../city.csv"),
           own("link.csv"), own("way/city.csv"), own("deep/../../city.csv")]  # fmt: skip


@pytest.mark.parametrize("content", INSIDE)
def test_a_shared_scenario_reads_shipped_files_and_those_of_its_own_folder(home: Path, content: str) -> None:
    path = scenario(home, content)
    assert read(path, shared=True) == read(path, shared=False)


@pytest.mark.parametrize("content", OUTSIDE)
def test_a_shared_scenario_that_leads_out_of_its_folder_is_refused_and_one_s_own_is_not(
    home: Path, content: str
) -> None:
    path = scenario(home, content)
    assert read(path, shared=False)
    message = str(told(lambda: read(path, shared=True)))
    assert "outside its folder" in message
    assert str(path) in message
    assert "shipped" in message


@pytest.mark.parametrize("name", ["../secret.txt", "../nothing.txt", "/etc/hostname", "/no/such/file", "a\0b"])
def test_what_lies_elsewhere_is_neither_quoted_nor_told_apart_from_what_is_not_there(home: Path, name: str) -> None:
    for content in (f"extends = {name!r}".replace("\\x00", "\\u0000").replace("'", '"'), own(name)):
        message = told(lambda content=content: read(scenario(home, content), shared=True))
        assert message is not None
        assert "password" not in message
        if "\0" not in name:
            assert "outside its folder" in message


def test_what_a_shared_scenario_extends_is_confined_too(home: Path) -> None:
    (home / "deep" / "middle.toml").write_text("extends = '../../base.toml'", encoding="utf-8")
    message = told(lambda: read(scenario(home, "extends = 'deep/middle.toml'"), shared=True))
    assert "outside its folder" in str(message)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_may_be_shared(name: str) -> None:
    assert load_scenario(name, shared=True) == load_scenario(shipped_folder() / f"{name}.toml", shared=True)


def test_tables_without_a_file_may_name_shipped_files_only(home: Path) -> None:
    read({"extends": "classroom", "weeks": 3}, shared=True)
    read({"domains": {"d": {}}, "structure": {"file": "structures/zhaoqing.csv"}}, shared=True)
    for table in (
        {"extends": str(home / "base.toml")},
        {"domains": {"d": {}}, "structure": {"file": str(home / "city.csv")}},
    ):
        read(table, shared=False)
        assert "outside its folder" in str(told(lambda table=table: read(table, shared=True)))


@pytest.mark.parametrize("command", ["run", "show", "validate"])
def test_the_commands_confine_a_scenario_when_asked(home: Path, tmp_path: Path, command: str) -> None:
    path = scenario(home, "extends = '../base.toml'")
    call = [sys.executable, "-m", "simulation", command, str(path)]
    call += ["--no-figures", "--out", str(tmp_path / "out")] if command == "run" else []
    done = subprocess.run([*call, "--shared"], capture_output=True, text=True, env=os.environ | {"WUSHI_LANG": "en"})
    assert done.returncode == 2
    assert "outside its folder" in done.stderr
    assert not (tmp_path / "out").exists()
    assert subprocess.run(call, capture_output=True).returncode == 0
