from __future__ import annotations

import io

import known_functions as known
import pytest
from matplotlib import font_manager
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.drawing import fonts
from simulation.drawing.colours import BLUE, ORANGE
from simulation.drawing.sheet import Sheet
from simulation.experiments import ablate, compare, pictures, read_store, sensitivity, sweep
from simulation.experiments.pictures import scatter
from simulation.experiments.pictures.maps import running_means
from simulation.files.errors import InputError
from simulation.text import catalogue

SQUARE = {"x": {"low": 0.0, "high": 1.0}, "k": ["one", "two"], "n": {"low": 1, "high": 9, "integer": True}}


def bent(parameters, seed):
    return {"y": 3 * parameters["x"] ** 2 + 0.2 * parameters["n"] + (parameters["k"] == "two") + seed % 7 / 70}


@pytest.fixture(scope="module", params=["sobol", "morris"])
def found(request, tmp_path_factory):
    design = {"sweep": {"design": request.param, "samples": 16, "replicates": 2}, "factors": SQUARE}
    path = tmp_path_factory.mktemp("pictures") / "s.sqlite"
    return sensitivity(sweep(design, bent, store=path, workers=0))


def words(figure):
    return {
        text.get_text()
        for axes in figure.axes
        for text in [axes.xaxis.label, axes.yaxis.label, *axes.get_yticklabels()]
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", pictures.KINDS)
def test_every_picture_is_drawn_in_both_languages(found, kind, lang):
    figure = found.plot(kind, lang)
    png = io.BytesIO()
    figure.savefig(png)
    assert png.getvalue().startswith(b"\x89PNG")
    assert len(words(figure)) > 1


def test_a_tornado_puts_the_widest_swing_on_top(found):
    table = pictures.swings(found.experiment, "y")
    widths = (table["high"] - table["low"]).abs().tolist()
    assert widths == sorted(widths)
    assert table["factor"].iloc[-1] == "x"
    assert table["high"].iloc[-1] > table["low"].iloc[-1]


def test_a_phase_diagram_shows_the_share_above_the_threshold(tmp_path):
    design = {"sweep": {"replicates": 2}, "factors": {"a": [0, 1, 2], "b": [0, 1]}}
    experiment = sweep(design, known.plain, store=tmp_path / "s", workers=0)
    figure = pictures.phase(experiment, "a", "b", "y", threshold=10.5)
    shares = figure.axes[0].images[0].get_array()
    assert shares.tolist() == [[0, 0, 1], [0, 1, 1]]
    means = pictures.surface(experiment, "a", "b", "y").axes[0].images[0].get_array()
    assert means.round(3).tolist() == [[0.004, 10.004, 20.004], [1.004, 11.004, 21.004]] or means[0, 1] > means[0, 0]
    assert pictures.running_means(experiment, "y").axes[0].lines
    assert experiment.plot("y").axes
    with pytest.raises(InputError) as caught:
        pictures.phase(experiment, "a", "bb", "y")
    assert caught.value.suggestion == "b"
    with pytest.raises(InputError):
        pictures.draw(experiment, "tornadoes")


def test_the_two_colours_differ_in_grey():
    def grey(colour):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    assert abs(grey(BLUE) - grey(ORANGE)) > 60


def test_comparisons_and_ablations_have_pictures():
    arms = {"a": lambda p, s: {"effectiveness": s % 5}, "b": lambda p, s: {"effectiveness": s % 5 + 1}}
    assert "b" in words(compare(arms, replicates=4, workers=0).plot())
    one = {"only": {"q": 0}}
    ablation = ablate(lambda p, s: {"effectiveness": p.get("q", 1)}, off=one, replicates=2, workers=0)
    assert "only" in words(ablation.plot())


def test_every_label_stands_in_both_languages():
    mine = {key: entry for key, entry in catalogue().items() if key.startswith("experiments.")}
    assert len(mine) > 30
    for key, entry in mine.items():
        assert set(entry) == {"en", "zh"}, key
        assert sorted(part.split("}")[0] for part in entry["en"].split("{")[1:]) == sorted(
            part.split("}")[0] for part in entry["zh"].split("{")[1:]
        ), key


def test_indices_and_tables_come_out_of_the_command_line(found, tmp_path):
    shown = CliRunner().invoke(app, ["sensitivity", str(found.experiment.path), "--out", str(tmp_path), "--lang", "zh"])
    assert shown.exit_code == 0, shown.output
    assert "方差构成" in shown.output
    names = {path.name for path in (tmp_path / "y").iterdir()}
    assert {"indices.csv", "noise.csv", "tornado.png", "tornado.svg", "phase.png", "scatter.svg"} <= names
    shown = CliRunner().invoke(app, ["export", str(found.experiment.path), "--out", str(tmp_path / "r.csv")])
    assert shown.exit_code == 0
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").startswith("point,x,k,n,replicate,seed,status")


def test_equal_figures_are_equal_files(found, tmp_path):
    for name in ("one", "two"):
        found.plot("tornado").save(tmp_path / name / "tornado")
    for ending in ("png", "svg"):
        first, second = ((tmp_path / name / f"tornado.{ending}").read_bytes() for name in ("one", "two"))
        assert first == second


def test_experiments_know_every_chinese_font_that_runs_know(monkeypatch):
    class Installed:
        name = "DengXian"

    monkeypatch.setattr(font_manager.fontManager, "ttflist", [Installed])
    fonts.chinese_font.cache_clear()
    try:
        assert Sheet("drawn", "zh", 1, 1).lang == "zh"
    finally:
        fonts.chinese_font.cache_clear()


def test_dollar_signs_in_names_are_no_formulas():
    sheet = Sheet("drawn", "en", 1, 1)
    with sheet.styled():
        assert not sheet.text(0, 0, "$x$").get_parse_math()


def test_pictures_of_experiments_are_drawn_on_the_sheet_of_all_pictures(found):
    drawn = [found.plot(kind) for kind in pictures.KINDS]
    assert all(isinstance(figure, Sheet) for figure in drawn)
    assert len({figure.name for figure in drawn}) == len(drawn), "the names make the parts of an SVG its own"


def test_a_picture_of_four_factors_hides_the_panels_left_over(pairs):
    panels = scatter(pairs, "y").axes
    assert [axes.get_visible() for axes in panels] == [True] * 4 + [False] * 2


def test_running_means_are_drawn_of_as_many_points_as_asked_for(tmp_path):
    table = {"sweep": {"replicates": 3}, "factors": {"a": list(range(5)), "b": [1]}}
    made = sweep(table, known.plain, store=tmp_path / "s", workers=0)
    assert len(running_means(made, "y").axes[0].lines) == 5
    assert len(running_means(made, "y", most=2).axes[0].lines) == 2


def test_a_picture_of_a_store_in_which_every_value_is_undefined_is_refused(tmp_path):
    made = sweep({"factors": {"what": ["is not a number"]}}, known.bad_runs, store=tmp_path / "s", workers=0)
    with pytest.raises(InputError, match="no run of this store has finished") as caught:
        running_means(made, "y")
    assert caught.value.file == str(tmp_path / "s")
    assert read_store(tmp_path / "s").complete
