"""Pictures and page of a calibration: whole, readable, the same each time, in both languages, safe."""

from __future__ import annotations

import copy
import random
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from kit.languages import DRAWN
from kit.pictures import boxes, cut_off, overlapping, texts
from matplotlib import font_manager
from matplotlib.figure import Figure
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.drawing import fonts
from simulation.evidence import calibrate
from simulation.report.calibration import conflicts, draw, pictures, save_all, write
from simulation.report.calibration import product as products
from simulation.report.calibration.posterior import MOST
from simulation.text import catalogue, say

COMMAND = """
[calibration]
keep = 4
budget = 8
replicates = 1
check_vectors = 2
check_replicates = 2
[parameters]
"effect.wear" = { low = 0.004, high = 0.08, scale = "log" }
[settings.here]
scenario = "classroom"
values = { "structure.citizens" = 200, weeks = 20 }
[targets.sites]
setting = "here"
expression = "site_effect"
range = [0.0, 0.9]
tolerance = 0.1
source = "made"
"""
QUIET = {"workers": 0, "progress": "quiet"}
NASTY = "A title with $x_1^2$, <script>alert(1)</script> & “quotes”"


def town(parameters, seed):
    """Return a product of two parameters, which cannot be small and large at once."""
    luck = random.Random(seed)
    both = parameters["a"] * parameters["b"] + 0.02 * luck.gauss(0, 1)
    return {"small": both, "large": both, "never": parameters["c"], "third": parameters["n"] + luck.random() / 9}


TABLE = {
    "title": {"en": NASTY, "zh": f"校准：{NASTY}"},
    "calibration": {"keep": 20, "budget": 60, "replicates": 2, "check_vectors": 6, "check_replicates": 3},
    "parameters": {
        "a": {"low": 0.2, "high": 5.0, "scale": "log"},
        "b": {"low": 0.2, "high": 5.0, "scale": "log"},
        "c": {"low": -1.0, "high": 1.0, "mean": 0.2, "sd": 0.4},
        "n": {"low": 1, "high": 6, "integer": True},
    },
    "targets": {
        "small": {
            "value": 0.5, "tolerance": 0.2, "source": NASTY,
            "claim": {"en": f"{NASTY}, and more words than one line of the picture holds", "zh": "很小的一项发现"},
        },
        "large": {"range": [6.0, float("inf")], "tolerance": 0.5, "source": "made"},
        "never": {"range": [4.0, 5.0], "tolerance": 0.5, "source": "made"},
        "third": {"range": [2.0, 5.0], "tolerance": 0.5, "source": "made"},
    },
}  # fmt: skip
DEFAULTS = {"a": 1.0, "b": 2.0, "c": 0.0, "n": 7}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    store = tmp_path_factory.mktemp("calibration") / "s.sqlite"
    return calibrate(TABLE, town, store=store, defaults=DEFAULTS, **QUIET)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """One parameter, one finding, no defaults."""
    table = copy.deepcopy(TABLE)
    table["parameters"] = {"a": table["parameters"]["a"]}
    table["targets"] = {"small": table["targets"]["small"]}
    store = tmp_path_factory.mktemp("calibration") / "p.sqlite"
    return calibrate(table, lambda p, s: {"small": p["a"]}, store=store, **QUIET)


def words(figure) -> str:
    return " ".join(text.get_text() for text in texts(figure))


def test_pictures_have_titles_places_and_parts_in_both_languages():
    assert [module.NUMBER for module in pictures().values()] == [1, 2, 3, 4]
    assert {module.PART for module in pictures().values()} == {"targets", "parameters", "products", "conflicts"}
    assert {module.TITLE for module in pictures().values()} <= catalogue().keys()


@pytest.mark.parametrize("lang", DRAWN)
@pytest.mark.parametrize("name", pictures())
def test_no_text_is_cut_off_and_none_lies_on_another(name, lang, found):
    figure = draw(found, name, lang)
    shown = boxes(figure)
    assert cut_off(figure, shown) == []
    assert overlapping(shown) == []
    assert say(pictures()[name].TITLE, fonts.drawn_in(lang)) in words(figure)


@pytest.mark.parametrize("name", pictures())
def test_titles_are_shown_as_they_are_written(name, found):
    figure = draw(found, name, "en")
    dollars = [text for text in texts(figure) if "$" in text.get_text()]
    assert dollars
    assert not any(text.get_parse_math() for text in figure.findobj(type(dollars[0])) if text.get_text())
    assert "$x_1^2$" in words(figure)
    assert "mathdefault" not in words(figure)


def test_equal_calibrations_give_equal_files(found, tmp_path):
    stems = save_all(found, tmp_path / "one")
    assert stems == {name: f"{module.NUMBER}-{name}" for name, module in pictures().items()}
    save_all(found, tmp_path / "two")
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(f"{stem}.{kind}" for stem in stems.values() for kind in ("png", "svg"))
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_the_fit_shows_the_finding_with_its_tolerance_and_the_numbers_of_the_table(found):
    figure = draw(found, "fit", "en")
    panel = figure.axes[0]
    row = found.targets.iloc[0]
    spans = sorted(round(float(patch.get_x() + patch.get_width()), 6) for patch in panel.patches)
    assert spans == [0.7]
    drawn = {tuple(np.round(line.get_xdata(), 9)) for line in panel.lines}
    assert tuple(np.round([row["predicted_low"], row["predicted_high"]], 9)) in drawn
    assert (round(row["median"], 9),) in drawn
    assert (round(row["default"], 9),) in drawn
    assert tuple(np.round(found.checked["small"], 9)) in drawn


def test_marginals_hold_the_whole_prior_and_all_weight(found):
    for panel in draw(found, "posterior", "en").axes:
        after, before = (patch.get_data().values for patch in panel.patches)
        assert before.sum() == pytest.approx(1)
        assert after.sum() == pytest.approx(1)


def test_a_default_outside_of_the_prior_is_still_on_the_page(found):
    panel = draw(found, "posterior", "en").axes[3]
    assert panel.get_xlim()[1] > DEFAULTS["n"]
    assert [label.get_text() for label in panel.get_xticklabels()] == ["1", "4", "6"]


def test_conflicts_show_how_far_every_two_findings_are_from_being_met_together(found):
    figure = draw(found, "conflicts", "en")
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert len(shown) == 4 * 5 // 2
    pairs = found.conflicts[found.conflicts["second"] != ""]
    assert {("small", "large")} == set(zip(pairs["first"], pairs["second"], strict=True))
    assert len(figure.axes) == 1 + len(pairs)
    from simulation.drawing.numbers import finding

    assert finding(pairs["nearest"].iloc[0]) in shown


def test_what_has_nothing_to_show_is_left_out(plain, tmp_path):
    assert draw(plain, "product", "en") is None
    assert draw(plain, "conflicts", "en") is None
    assert "defaults" not in words(draw(plain, "fit", "en")).split(" Dark band")[0]
    folder = write(plain, tmp_path / "report")
    assert {path.stem for path in (folder / "figures").iterdir()} == {"1-fit", "2-posterior"}
    assert (folder / "report.html").read_text(encoding="utf-8").count("<img") == 2


def test_of_very_many_parameters_those_most_narrowed_are_drawn(tmp_path):
    table = copy.deepcopy(TABLE)
    table["parameters"] = {f"p{place}": {"low": 0.0, "high": 1.0} for place in range(MOST + 4)}
    table["targets"] = {"third": {"range": [0.0, 0.2], "tolerance": 0.1, "source": "made"}}
    many = calibrate(table, lambda p, s: {"third": p["p3"]}, store=tmp_path / "s.sqlite", **QUIET)
    figure = draw(many, "posterior", "en")
    assert sum(panel.axison for panel in figure.axes) == MOST
    assert "p3" in words(figure).split()
    assert say("calibration.figure.posterior.more", "en", number=4).split()[0] in words(figure).split()


def test_without_a_chinese_font_the_command_says_so_once_and_pictures_are_english(tmp_path, monkeypatch):
    file = tmp_path / "mine.toml"
    file.write_text(COMMAND, encoding="utf-8")
    latin = [font for font in font_manager.fontManager.ttflist if font.name not in fonts.CHINESE]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", latin)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    monkeypatch.chdir(tmp_path)
    for cached in (fonts.chinese_font, fonts.has_bold, fonts._once):
        cached.cache_clear()
    words = ["calibrate", "mine.toml", "--workers", "0", "--progress", "quiet", "--report", "made", "--lang", "zh"]
    try:
        done = CliRunner().invoke(app, words)
    finally:
        for cached in (fonts.chinese_font, fonts.has_bold, fonts._once):
            cached.cache_clear()
    assert done.exit_code == 0, done.output
    assert done.stderr.count(fonts.PACKAGE) == 2, "once in each language"
    assert "拟合" in (tmp_path / "made" / "report.html").read_text(encoding="utf-8")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("lang", DRAWN)
def test_the_page_is_whole_offline_and_escaped(found, tmp_path, lang):
    folder = write(found, tmp_path / "report", lang, "wushi calibrate <mine>.toml")
    page = (folder / "report.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert "script" not in {tag for tag, _ in tags.tags}
    images = [attributes["src"] for tag, attributes in tags.tags if tag == "img"]
    assert len(images) == 4
    assert all(address.startswith("data:image/") for address in images)
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)
    assert "&lt;script&gt;" in page
    assert "wushi calibrate &lt;mine&gt;.toml" in page
    for key in ("targets", "parameters", "products", "conflicts", "sources", "design"):
        assert say(f"calibration.part.{key}", lang) in page
    for name in (*TABLE["targets"], *TABLE["parameters"]):
        assert re.search(f"<(?:td|code)>{name}</", page)


def test_the_folder_holds_page_pictures_and_tables_and_the_page_is_the_same_each_time(found, tmp_path):
    one, two = (write(found, tmp_path / name) for name in ("one", "two"))
    assert {path.name for path in one.iterdir()} >= {"report.html", "report.md", "figures", "tried.csv", "checked.csv"}
    assert (one / "report.html").read_bytes() == (two / "report.html").read_bytes()
    linked = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (one / "report.md").read_text(encoding="utf-8"))
    assert len(linked) == 4
    assert all((one / file).is_file() for file in linked)


def test_nothing_is_left_when_a_picture_fails(found, tmp_path, monkeypatch):
    def fail(found, lang):
        raise RuntimeError("no ink")

    monkeypatch.setattr(pictures()["conflicts"], "draw", fail)
    with pytest.raises(RuntimeError):
        write(found, tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def line(parameters, seed):
    return {"one": parameters["a"], "two": parameters["b"] + parameters["a"], "far": -parameters["a"]}


LINE = {
    "calibration": {"keep": 20, "budget": 60, "replicates": 1, "check_vectors": 4, "check_replicates": 2},
    "parameters": {"a": {"low": 0.0, "high": 1.0}, "b": {"low": 0.0, "high": 1.0}},
    "targets": {
        "one": {"value": 0.5, "tolerance": 0.3, "source": "made"},
        "two": {"value": 1.0, "tolerance": 0.3, "source": "made"},
    },
}


@pytest.fixture(scope="module", name="linear")
def _linear(tmp_path_factory):
    """Two parameters on linear scales, findings that agree, no defaults."""
    store = tmp_path_factory.mktemp("linear") / "s.sqlite"
    return calibrate(LINE, line, store=store, **QUIET)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_findings_that_agree_are_shown_without_pairs(linear, lang):
    assert linear.conflicts.empty
    sheet = conflicts.draw(linear, lang)
    assert len([axes for axes in sheet.axes if axes.get_xlabel()]) == 0
    said = " ".join(text.get_text() for text in sheet.texts)
    assert say("calibration.figure.conflicts.pairs", sheet.lang)[:12] not in said


def test_findings_that_conflict_are_shown_without_defaults_where_there_are_none(tmp_path):
    table = copy.deepcopy(LINE)
    table["targets"]["far"] = {"value": 0.0, "tolerance": 0.1, "source": "made"}
    table["targets"]["one"] = {"value": 1.0, "tolerance": 0.1, "source": "made"}
    pictures = []
    for name, defaults in (("without", None), ("with", {"a": 0.5, "b": 0.5})):
        found = calibrate(table, line, store=tmp_path / f"{name}.sqlite", defaults=defaults, **QUIET)
        pairs = found.conflicts[found.conflicts["second"] != ""]
        assert not pairs.empty
        sheet = conflicts.draw(found, "en")
        pictures.append(sum(one.get_marker() == "D" for axes in sheet.axes for one in axes.lines))
        assert pictures[-1] == (0 if defaults is None else min(len(pairs), conflicts.MOST))


def test_a_product_is_shown_on_linear_scales_and_without_defaults(linear):
    sheet = products.draw(linear, "en")
    assert sheet.axes[0].get_xscale() == "linear"
    assert sheet.axes[0].get_xlim() == pytest.approx((-0.03, 1.03))
    assert not [one for axes in sheet.axes for one in axes.lines if one.get_marker() == "D"]


def test_a_parameter_that_is_no_part_of_a_product_has_no_line_along_it(linear):
    axes = Figure().subplots()
    products._constant(axes, linear, np.array([1.0, 0.0]), 0, 1)
    assert not axes.lines
    products._constant(axes, linear, np.array([1.0, 1.0]), 0, 1)
    assert len(axes.lines) == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_batterys_verdicts_stand_on_the_page_once_they_are_there(linear, tmp_path, lang):
    import pandas as pd

    told = copy.copy(linear)
    told.verdicts = pd.DataFrame(
        [{"id": "H9", "claim_en": "A claim", "claim_zh": "一项主张", "defaults": "supported", "vector 1": "refuted",
          "same": 0.0}]
    )  # fmt: skip
    pages = []
    for name, found in (("without", linear), ("with", told)):
        write(found, tmp_path / name, lang)
        pages.append("".join(path.read_text(encoding="utf-8") for path in sorted((tmp_path / name).rglob("*.html"))))
    about = say("calibration.part.verdicts", lang)
    assert "H9" not in pages[0]
    assert "H9" in pages[1]
    assert pages[1].count(about) > pages[0].count(about)
