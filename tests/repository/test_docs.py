"""The documentation agrees with the code: tables are made from it, links lead somewhere, examples run."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import io
import json
import re
import subprocess
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def script(name: str) -> ModuleType:
    """Import a file of docs/making/."""
    spec = importlib.util.spec_from_file_location(name, DOCS / "making" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_docs, make_bundle, check_site = script("docs"), script("bundle"), script("check_site")
make_gallery, measured_limits = script("gallery"), script("limits")


# --- tables made from the code ---


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_a_page_agrees_with_the_code(page):
    text = page.read_text(encoding="utf-8")
    assert make_docs.renewed(text, make_docs.language(page)) == text, "run: python docs/making/docs.py"


def test_every_table_is_shown_somewhere():
    found = [name for page in PAGES for _, name, *_ in make_docs.BLOCK.findall(page.read_text(encoding="utf-8"))]
    assert {name.partition(":")[0] for name in found} == set(make_docs.MAKERS)


def test_a_table_that_drifts_is_noticed():
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    assert "| 1.92 (load) |" in text
    assert make_docs.renewed(text.replace("| 1.92 (load) |", "| 1.42 (load) |")) == text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_parameter_metric_and_state_variable_has_its_row(lang):
    from simulation.metrics import METRICS
    from simulation.scenario import parameters
    from simulation.world.fixed import World
    from simulation.world.state import State

    for names, made in (
        ([info.key for info in parameters()], make_docs.parameters(lang=lang)),
        (METRICS, make_docs.metrics(lang)),
        ([*State._fields, *World._fields], make_docs.state(lang)),
    ):
        assert [name for name in names if f"| `{name}` |" not in made] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_state_variable_is_explained(lang):
    rows = [line for line in make_docs.state(lang).splitlines() if line.startswith("| `")]
    assert [row for row in rows if not row.removesuffix(" |").rpartition("| ")[2].strip()] == []


@pytest.mark.parametrize("name", sorted(make_docs.IN_CHINESE - {"by-city", "case-mistake"}))
def test_a_table_on_a_chinese_page_is_made_in_chinese(name):
    made = make_docs.renewed(f"<!-- made: {name} -->\n<!-- end -->", "zh")
    rows = [line for line in made.splitlines() if line.startswith("| ")]
    assert rows
    # Symbols and file names alone are the same in both languages; a row without any Chinese was not translated.
    assert [row for row in rows if not re.search("[\u4e00-\u9fff]", row) and "---" not in row] == []
    english = r"(?<![`\w])[a-z]+(?: [a-z]+){2,}"  # three words that are no code
    bilingual = name in {"glossary", "terms"}
    assert [row for row in rows if not bilingual and re.search(english, re.sub("`[^`]*`", "", row))] == []


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [
        ("oversight", "0 to 1", "0 至 1"),
        ("capacity", "above 0, up to 1000", "大于 0，至 1000"),
        ("analysis_every", "1 to 520, whole", "1 至 520，整数"),
        ("budget", "above 0, or `inf`", "大于 0，或 `inf`"),
    ],
)
def test_a_range_is_said_in_both_languages(key, english, chinese):
    for lang, said in (("en", english), ("zh", chinese)):
        rows = [row.split(" | ") for row in make_docs.parameters("execution.", lang).splitlines()]
        assert [row[2] for row in rows if row[0] == f"| `execution.{key}`"] == [said]


def test_the_form_of_a_table_stands_in_code_where_its_braces_are_text():
    for lang in ("en", "zh"):
        assert re.search(r"`\S+ = \{ [^`]+ \}`", make_docs.parameters("structure.facts", lang))


def test_a_stage_page_shows_its_parameters_and_no_others():
    made = make_docs.parameters("stages.trend.")
    assert "`stages.trend.build`" in made
    assert "authority" not in made


# --- measured numbers in the prose ---

LIMITS = json.loads((DOCS / "limits.json").read_text(encoding="utf-8"))


def test_the_quoted_numbers_are_of_the_default_scenario_as_it_is():
    assert measured_limits.digest() == LIMITS["digest"], "run: python docs/making/limits.py"
    for lang in ("", ".zh"):
        assert f"`{LIMITS['digest']}`" in (DOCS / f"model{lang}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["default", "random", "gap-no-rivalry", "agenda-tenth", "campaign-no-conflict"])
def test_a_quoted_number_is_what_the_model_gives(name):
    assert measured_limits.QUOTED[name]() == pytest.approx(LIMITS["values"][name], abs=5e-4)


@pytest.mark.parametrize("lang", ["", ".zh"])
def test_every_measured_number_is_quoted_and_every_quotation_was_measured(lang):
    quoted = {name for _, name, _ in make_docs.QUOTED.findall((DOCS / f"model{lang}.md").read_text(encoding="utf-8"))}
    in_words = {"need-share", "widest-scale_up_gap"}
    assert quoted | in_words == set(LIMITS["values"])


def test_what_the_limits_say_in_words_was_measured_too():
    values = LIMITS["values"]
    assert values["need-share"] == pytest.approx(0.4, abs=0.03)  # "two fifths of all that enters the ledger"
    towns = abs(values["no-towns-620"] - values["communities-620"])
    assert towns < values["communities-80"] - values["default"]  # "a smaller difference than that between 80 and 150"
    assert values["reversed"] > values["default"] - values["widest-effectiveness"]  # "costs nothing"


@pytest.mark.parametrize(
    ("lang", "shown"), [("en", "<!-- =a:2 -->−.05<!-- / -->"), ("zh", "<!-- =a:2 -->−0.05<!-- / -->")]
)
def test_a_quoted_number_is_written_as_its_language_writes_it(monkeypatch, tmp_path, lang, shown):
    (tmp_path / "limits.json").write_text('{"values": {"a": -0.0512}}', encoding="utf-8")
    monkeypatch.setattr(make_docs, "DOCS", tmp_path)
    assert make_docs.quoted("<!-- =a:2 -->7<!-- / -->", lang) == shown


# --- links and pictures ---


def links(text: str) -> list[str]:
    """Return the links and pictures of a Markdown page; code is left out."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: of its headings, as the site makes them, and those that it names itself."""
    text = page.read_text(encoding="utf-8")
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\s-]", "", head.encode("ascii", "ignore").decode()).strip().lower() for head in heads]
    return {re.sub(r"[-\s]+", "-", head) for head in plain} | set(re.findall(r'<a id="([\w-]+)"></a>', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_link_inside_the_documentation_leads_somewhere(page):
    lost = []
    for link in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def test_every_test_that_a_page_names_is_there():
    named = {name for page in PAGES for name in re.findall(r"`(tests/[\w/.]+)`", page.read_text(encoding="utf-8"))}
    assert len(named) > 30
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_picture_is_used():
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page.read_text(encoding="utf-8"))}
    mine = [path for path in (DOCS / "images").glob("*.png") if path.name.startswith(("stage-", "verify-"))]
    assert len(mine) >= 8
    assert [path.name for path in mine if path.resolve() not in shown] == []


@pytest.mark.parametrize(("lang", "page"), [("en", "gallery.md"), ("zh", "gallery.zh.md")])
def test_the_gallery_shows_every_figure_in_the_language_of_the_page(lang, page):
    from simulation.figures import figures

    text = (DOCS / page).read_text(encoding="utf-8")
    assert text == make_gallery.page(lang), "run: python docs/making/gallery.py page"
    shown = links(text)
    assert len(shown) == len(figures()) + 1
    assert [link for link in shown if f"-{lang}." not in link] == []


def test_each_stage_has_a_page_with_meaning_equation_figure_actor_and_source():
    from simulation.scenario.windows import STAGES

    for stage in STAGES:
        text = (DOCS / "stages" / f"{stage}.md").read_text(encoding="utf-8")
        for part in ("**Meaning.**", "**Equation.**", "$$", "![", "**Who acts.**", "**Source.**"):
            assert part in text, (stage, part)
        text = (DOCS / "stages" / f"{stage}.zh.md").read_text(encoding="utf-8")
        for part in ("**含义。**", "**方程。**", "$$", "-zh.png", "**谁在行动。**", "**出处。**"):
            assert part in text, (stage, part)


# --- examples ---


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(blocks("howto.md"))))
def test_an_example_of_the_guides_runs(number, capsys):
    exec(compile(blocks("howto.md")[number], f"howto.md, block {number + 1}", "exec"), {"__name__": "example"})
    assert "Traceback" not in capsys.readouterr().err


def test_every_command_that_the_guides_show_exists():
    from typer.main import get_command

    from simulation.command.main import app

    known = set(get_command(app).commands)
    named = {
        word
        for page in ("index.md", "howto.md", "verification.md", "troubleshooting.md")
        for word in re.findall(r"^ {4}wushi ([a-z]+)", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"run", "verify", "compare"} <= named <= known


def test_the_tutorial_says_how_many_hypotheses_are_shipped():
    from simulation.hypotheses import shipped_hypotheses

    count = len(shipped_hypotheses())
    english = {14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 27: "twenty-seven"}
    chinese = {14: "十四", 15: "十五", 16: "十六", 17: "十七", 27: "二十七"}
    assert f"the {english[count]} shipped hypotheses" in (DOCS / "hypotheses-tutorial.md").read_text(encoding="utf-8")
    assert f"随附的{chinese[count]}个假设" in (DOCS / "hypotheses-tutorial.zh.md").read_text(encoding="utf-8")


# --- the built site ---


def site(folder: Path, body: str, **files: str) -> list[str]:
    (folder / "index.html").write_text(f"<html><body><h1 id='top'>x</h1><math></math>{body}</body></html>", "utf-8")
    for name, text in files.items():
        (folder / f"{name}.css").write_text(text, encoding="utf-8")
    return check_site.problems(folder)


@pytest.mark.parametrize(
    "body",
    ["<a href='#top'>a</a>", "<a href='https://example.org/'>a</a>", "<link rel='canonical' href='https://x.org'>"],
)
def test_a_site_that_fetches_nothing_elsewhere_is_accepted(tmp_path, body):
    assert site(tmp_path, body) == []


@pytest.mark.parametrize(
    "body",
    [
        "<script src='https://example.org/a.js'></script>",
        "<img src='//example.org/a.png'>",
        "<link rel='stylesheet' href='https://example.org/a.css'>",
        '<p style="background:url(https://example.org/a.png)">',
        "<div class='mermaid'></div>",
        "<a href='none.html'>a</a>",
        "<a href='#nowhere'>a</a>",
    ],
)
def test_a_foreign_request_or_a_lost_link_is_found(tmp_path, body):
    assert len(site(tmp_path, body)) == 1


def test_a_foreign_request_in_a_style_sheet_is_found(tmp_path):
    assert len(site(tmp_path, "", style="@import 'https://example.org/a.css';")) == 1


# --- the bundle ---


@pytest.fixture
def small_repository(tmp_path, monkeypatch) -> Path:
    """A repository with what a bundle needs, one commit."""
    root = tmp_path / "repository"
    files = {
        "docs/odd.md": "# ODD\n",
        "docs/model.md": "# Model\n",
        "CITATION.cff": "cff\n",
        "LICENSE": "licence\n",
        "simulation/_version.py": '"""The version."""\n\n__version__ = "9.8.7"\n',
        "scenarios/structures/city.csv": "unit,parent,tier\n",
        "scripts/run.sh": "#!/bin/sh\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "scripts/run.sh").chmod(0o755)
    author = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    monkeypatch.setattr(make_bundle, "ROOT", root)
    return root


def test_a_bundle_holds_code_protocol_data_and_checksums_that_are_right(small_repository, tmp_path):
    target = make_bundle.main(["--out", str(tmp_path / "out")])
    assert target.name == "wushi-9.8.7-bundle.tar.gz"
    with tarfile.open(target) as archive:
        files = {entry.name: archive.extractfile(entry).read() for entry in archive}
        assert archive.getmember("wushi-9.8.7/code/scripts/run.sh").mode == 0o755
    names = {name.removeprefix("wushi-9.8.7/") for name in files}
    assert {"ODD.md", "MODEL.md", "LICENSE", "HOW-TO-RUN.txt", "data/city.csv", "code/docs/odd.md"} <= names
    sums = dict(reversed(line.split("  ")) for line in files["wushi-9.8.7/SHA256SUMS"].decode().splitlines())
    assert set(sums) == names - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(files[f"wushi-9.8.7/{name}"]).hexdigest() == digest


def test_two_bundles_of_one_revision_are_the_same_bytes(small_repository, tmp_path):
    one = make_bundle.main(["--out", str(tmp_path / "one")]).read_bytes()
    two = make_bundle.main(["--out", str(tmp_path / "two")]).read_bytes()
    assert one == two
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(one))) as archive:
        assert archive.getmembers()


def test_a_revision_without_the_protocol_is_refused_and_nothing_is_written(small_repository, tmp_path):
    (small_repository / "docs/odd.md").unlink()
    author = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", *author, "commit", "-q", "-am", "two"], cwd=small_repository, check=True)
    with pytest.raises(SystemExit, match=r"docs/odd\.md"):
        make_bundle.main(["--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
