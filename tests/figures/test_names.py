"""Chinese names of places in pictures."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

from kit.cities import placed

from simulation import load_scenario
from simulation.figures.names import chinese_places
from simulation.places.hierarchy import load_hierarchy


def test_places_keep_their_own_names_when_their_file_is_gone(tmp_path: Path) -> None:
    spec = placed(tmp_path)
    (tmp_path / "places.csv").unlink()
    assert chinese_places(SimpleNamespace(spec=spec)) == {}  # type: ignore[arg-type]


def test_chinese_names_of_a_shipped_structure_are_found_when_the_copy_is_gone(tmp_path: Path) -> None:
    spec = load_scenario("zhaoqing")
    folder = tmp_path / "copy"
    shutil.copytree(Path(spec.structure_path or "").parent, folder / "structures")
    mine = folder / "mine.toml"
    mine.write_text(f'extends = "zhaoqing"\n[structure]\nfile = "{spec.structure.file}"\n', encoding="utf-8")
    copy = load_scenario(mine)
    shutil.rmtree(folder / "structures")
    found = chinese_places(SimpleNamespace(spec=copy))  # type: ignore[arg-type]
    assert found == load_hierarchy(spec).zh
    assert found
