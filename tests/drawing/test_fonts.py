"""Fonts for Chinese: found anew where matplotlib's list has none, and said how to get where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import font_manager

import simulation
from simulation.drawing import fonts

#: Forgets every Chinese font, as a list that was made before one was installed does; then asks for one.
ASK = """
import sys
from matplotlib import font_manager
from simulation.drawing import fonts
known = font_manager.fontManager
files = {font.fname for font in known.ttflist if font.name in fonts.CHINESE}
known.ttflist = [font for font in known.ttflist if font.fname not in files]
if sys.argv[1] == "none":
    font_manager.findSystemFonts = list
print(fonts.chinese_font(), fonts.drawn_in("zh"), fonts.notice("zh"), sep="|")
"""


def asked(where: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", ASK, where],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(Path(simulation.__file__).parents[1]), "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=True,
    )
    return done.stdout.strip().split("|")


@pytest.mark.chinese_font
def test_a_font_that_matplotlibs_list_does_not_know_is_found_in_the_systems_folders() -> None:
    assert asked("anywhere") == [fonts.chinese_font(), "zh", "None"]


def test_without_any_font_pictures_are_english_and_one_sentence_says_what_to_install() -> None:
    font, lang, notice = asked("none")
    assert (font, lang) == ("None", "en")
    assert fonts.PACKAGE in notice
    assert "未找到中文字体" in notice


def test_only_fonts_that_are_not_listed_are_opened_and_a_damaged_one_is_passed_over(monkeypatch, tmp_path) -> None:
    damaged = tmp_path / "damaged.ttf"
    damaged.write_bytes(b"no font")
    listed = font_manager.fontManager.ttflist[0].fname
    opened: list[str] = []
    read = font_manager.get_font

    def counted(file: str) -> object:
        opened.append(file)
        return read(file)

    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [listed, str(damaged)])
    monkeypatch.setattr(font_manager, "get_font", counted)
    assert fonts._added({listed}) == set()
    assert opened == [str(damaged)]


def test_a_test_that_needs_a_chinese_font_is_skipped_by_its_marker_and_never_silently(tmp_path) -> None:
    file = tmp_path / "test_marked.py"
    file.write_text("import pytest\n@pytest.mark.chinese_font\ndef test_it():\n    pass\n", encoding="utf-8")
    hide = tmp_path / "hide.py"
    hide.write_text(
        "from simulation.drawing import fonts\nfonts.chinese_font = lambda: None\nfrom conftest import *\n", "utf-8"
    )
    tests = Path(__file__).parents[1]
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "hide",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        str(file),
    ]
    path = os.pathsep.join(map(str, (tmp_path, tests, tests.parent)))
    for everything, code, said in (("", 0, "1 skipped"), ("1", 1, "WUSHI_REQUIRE_ALL")):
        env = {**os.environ, "PYTHONPATH": path, "WUSHI_REQUIRE_ALL": everything}
        done = subprocess.run(words, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=120, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        assert said in done.stdout
