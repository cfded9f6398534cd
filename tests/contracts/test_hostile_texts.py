"""Whatever a user's texts hold, every command prints them and every report shows them, and nothing obeys them."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from kit.languages import EACH
from markdown_it import MarkdownIt
from typer.testing import CliRunner, Result

from simulation.command.main import app
from simulation.files.escaping import begins_formula

BRACKETS = "a [/] b [link=file:///etc/passwd]c[/link] :smile: [bold"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)> [d](javascript:alert(1)) **e** `f` | $g$ {{7*7}}"
HOSTILE = f"{BRACKETS} {MARKUP}"
CONTROL = "a\x1b[31mred\x1b]0;owned\x07 \u202edne\u202c"
"""Of a file's name; a text with such signs is refused."""
NAME = "a [-] b [bold] :smile: <b>x<!b> `y` ['z'] $h$"
"""Also of a file; a slash and double quotes are not."""

SCENARIO = f"""
extends = "classroom"
weeks = 8
title = {{ en = "{HOSTILE}", zh = "{HOSTILE}" }}
question = {{ en = "{HOSTILE}", zh = "{HOSTILE}" }}
structure = {{ citizens = 200 }}
[domains]
nimby = {{ en = "{HOSTILE}", zh = "{HOSTILE}", matched = ["Harbour"] }}
land = {{ en = "{HOSTILE}", zh = "{HOSTILE}", matched = ["Hill"] }}
"""
DESIGN = f"""
title = {{ en = "{HOSTILE}", zh = "{HOSTILE}" }}
[sweep]
scenario = "{NAME}.toml"
design = "morris"
samples = 4
replicates = 2
metrics = ["effectiveness"]
[factors]
"execution.oversight" = {{ low = 0.2, high = 0.8 }}
"effect.wear" = {{ low = 0.01, high = 0.05 }}
"""
HYPOTHESIS = f"""
id = "T.1"
claim = {{ en = "{HOSTILE}", zh = "{HOSTILE}" }}
source = "{HOSTILE}"
kind = "difference"
scenario = "{NAME}.toml"
metric = "effectiveness"
smallest_effect = 0.01
refuted_if = {{ en = "{HOSTILE}", zh = "{HOSTILE}" }}
control = {{ "plan.kind" = "point" }}
[treatments]
"a [/] <b> $c$" = {{ "plan.kind" = "uniform" }}
"""
TARGETS = f"""
title = {{ en = "{HOSTILE}", zh = "{HOSTILE}" }}
calibration = {{ keep = 5, budget = 10, replicates = 2, check_vectors = 2, check_replicates = 2 }}
[parameters]
"effect.wear" = {{ low = 0.01, high = 0.02, scale = "log" }}
"citizens.forget" = {{ low = 0.004, high = 0.04, scale = "log" }}
[settings]
here = {{ scenario = "{NAME}.toml" }}
[targets.aware]
setting = "here"
expression = "awareness"
value = 0.1
tolerance = 1.0
source = "{HOSTILE}"
claim = {{ en = "{HOSTILE}", zh = "{HOSTILE}" }}
"""
QUIET = ["--workers", "0", "--progress", "quiet"]


class Reader(HTMLParser):
    """Collects what a browser would run or load."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"{tag} {name}={value}")
            if name in ("src", "href", "action", "xlink:href") and not (value or "").startswith(("data:", "#", "http")):
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if data.strip() == "alert(1)":
            self.found.append(data)
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@contextlib.contextmanager
def within(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile") / NAME
    made.mkdir()
    for name, text in (
        (f"{NAME}.toml", SCENARIO),
        (f"other {NAME}.toml", f'extends = "{NAME}.toml"\nplan = {{ kind = "uniform" }}\n'),
        (f"design {NAME}.toml", DESIGN),
        (f"claim {NAME}.toml", HYPOTHESIS),
        (f"targets {NAME}.toml", TARGETS),
    ):
        (made / name).write_text(text, encoding="utf-8")
    return made


def do(folder: Path, lang: str, *words: str) -> Result:
    """Run a command in the folder; it must end well, and print no sign that a terminal would obey."""
    with within(folder):
        done = CliRunner().invoke(app, [*words, "--lang", lang], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    seen = done.output.replace("\n", "").replace("\t", "").replace("\r", "")
    assert [sign for sign in seen if unicodedata.category(sign) in ("Cc", "Cf", "Cs")] == []
    return done


def check_files(folder: Path) -> int:
    """Check every page and table of a folder; return their number."""
    pages = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".svg"):
            assert read(path.read_text(encoding="utf-8")).found == [], path
        elif path.suffix == ".md":
            page = MarkdownIt("gfm-like", {"linkify": False}).render(path.read_text(encoding="utf-8"))
            found = [one for one in read(page).found if not one.endswith((".svg", ".png"))]
            assert found == [], path
            assert "<script" not in page
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as stream:
                for row in csv.reader(stream):
                    for cell in row:
                        if begins_formula(cell):
                            float(cell)  # a negative number is no formula
        else:
            continue
        pages += 1
    return pages


@pytest.mark.parametrize("lang", EACH)
def test_a_run_prints_and_reports_them(folder: Path, lang: str) -> None:
    out = f"run {lang} {NAME}"
    done = do(folder, lang, "run", f"{NAME}.toml", "--out", out)
    assert "a [/] b" in done.output
    assert ":smile:" in done.output
    assert check_files(folder / out) > 5
    assert "a [/] b" in read((folder / out / "report.html").read_text(encoding="utf-8")).text


@pytest.mark.parametrize("lang", EACH)
@pytest.mark.parametrize("words", [["validate", f"{NAME}.toml"], ["show", f"{NAME}.toml"]])
def test_a_scenario_is_shown_with_them(folder: Path, lang: str, words: list[str]) -> None:
    assert "a [/] b" in do(folder, lang, *words).output


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("command", ["run", "validate", "show"])
def test_the_name_of_a_file_controls_nothing(folder: Path, command: str) -> None:
    (folder / f"{CONTROL}.toml").write_text(SCENARIO, encoding="utf-8")
    words = ["--out", f"out {CONTROL}", "--no-figures"] if command == "run" else []
    assert "\\x1b[31mred" in do(folder, "en", command, f"{CONTROL}.toml", *words).output
    with within(folder):
        wrong = CliRunner().invoke(app, [command, f"no {CONTROL}.toml"])
    assert "\x1b" not in str(wrong.exception)


def test_a_starter_is_made_in_a_folder_of_such_a_name(folder: Path) -> None:
    do(folder, "en", "init", f"new {NAME}")
    assert (folder / f"new {NAME}" / "scenario.toml").exists()


@pytest.mark.parametrize("lang", EACH)
def test_comparisons_name_them(folder: Path, lang: str) -> None:
    out = f"compared {lang} {NAME}"
    do(folder, lang, "compare", f"{NAME}.toml", f"other {NAME}.toml", "--replicates", "2", "--out", out, *QUIET)
    assert check_files(folder / out) > 0


def test_an_ablation_is_of_them(folder: Path) -> None:
    do(folder, "en", "ablate", f"{NAME}.toml", "--replicates", "2", "--out", f"ablated {NAME}", *QUIET)
    assert check_files(folder / f"ablated {NAME}") > 0


@pytest.mark.parametrize("lang", EACH)
def test_a_sweep_its_indices_and_its_table_name_them(folder: Path, lang: str) -> None:
    store, table = f"store {lang} {NAME}.sqlite", f"table {lang} {NAME}.csv"
    do(folder, lang, "sweep", f"design {NAME}.toml", "--out", store, *QUIET)
    do(folder, lang, "sensitivity", store)
    with within(folder):
        done = CliRunner().invoke(app, ["export", store, "--out", table], catch_exceptions=False)
    assert done.exit_code == 0
    assert check_files(folder) > 1


@pytest.mark.parametrize("lang", EACH)
def test_a_hypothesis_is_reported_with_them(folder: Path, lang: str) -> None:
    out = f"verdicts {lang} {NAME}"
    words = ["--quick", "--no-alternatives", "--store", f"runs {lang} {NAME}", "--publish", f"page {lang} {NAME}.md"]
    do(folder, lang, "hypothesis", f"claim {NAME}.toml", *words, "--report", out, *QUIET)
    assert check_files(folder / out) > 3
    page = MarkdownIt("gfm-like", {"linkify": False}).render((folder / out / "report.md").read_text(encoding="utf-8"))
    assert "a [/] b [link=file:///etc/passwd]c[/link]" in read(page).text
    assert "alert(1)" in read(page).text


@pytest.mark.parametrize("lang", EACH)
def test_a_calibration_is_reported_with_them(folder: Path, lang: str) -> None:
    out = f"calibrated {lang} {NAME}"
    words = ["--out", f"search {lang} {NAME}.sqlite", "--report", out]
    do(folder, lang, "calibrate", f"targets {NAME}.toml", *words, *QUIET)
    assert check_files(folder / out) > 3
    page = MarkdownIt("gfm-like", {"linkify": False}).render((folder / out / "report.md").read_text(encoding="utf-8"))
    assert "a [/] b [link=file:///etc/passwd]c[/link]" in read(page).text


def test_an_animation_is_drawn_of_them(folder: Path) -> None:
    do(folder, "en", "animate", f"{NAME}.toml", "--out", f"{NAME}.gif")


def test_json_holds_them_as_they_are(folder: Path) -> None:
    with within(folder):
        done = CliRunner().invoke(app, ["show", f"{NAME}.toml", "--json"], catch_exceptions=False)
    rows = {row["key"]: row for row in json.loads(done.stdout)}
    assert "a [/] b" in json.dumps(rows["title"])
