from __future__ import annotations

import io

import known_functions as known
import numpy as np
import pandas as pd
import pytest
from kit.languages import DRAWN
from matplotlib import font_manager
from matplotlib.text import Text
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.drawing import fonts
from simulation.drawing.colours import BLUE, ORANGE
from simulation.drawing.sheet import Sheet
from simulation.experiments import ablate, compare, pictures, read_store, sensitivity, statistics, sweep
from simulation.experiments.pictures import scatter
from simulation.experiments.pictures.maps import running_means
from simulation.experiments.pictures.responses import smooth
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


@pytest.mark.parametrize("lang", DRAWN)
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


REAL = {
    "execution.oversight": [0.2, 0.6, 1.0],
    "plan.kind": ["uniform", "division"],
    "stages.authority.meetings_per_year": {"low": 0, "high": 60, "integer": True},
}


def ruled(parameters, seed):
    kind = parameters.get("plan.kind", "division") == "division"
    oversight = parameters.get("execution.oversight", 0.5)
    return {"effectiveness": kind * oversight + parameters.get("stages.authority.meetings_per_year", 0) / 100}


def swept(tmp_path, factors, **design):
    table = {"sweep": design, "factors": {name: REAL[name] for name in factors}}
    return sweep(table, ruled, store=tmp_path / "s", workers=0, progress="quiet")


@pytest.mark.parametrize(
    ("factors", "design", "name"),
    [
        (["execution.oversight"], {"design": "grid", "replicates": 3}, "experiment-curve"),
        (["plan.kind"], {"design": "grid"}, "experiment-curve"),
        (["execution.oversight", "plan.kind"], {"design": "grid"}, "experiment-surface"),
        (list(REAL), {"design": "grid"}, "experiment-scatter"),
        (list(REAL), {"design": "lhs", "samples": 40}, "experiment-scatter"),
        (list(REAL), {"design": "random", "samples": 40}, "experiment-scatter"),
        (list(REAL), {"design": "sobol", "samples": 8}, "experiment-scatter"),
        (["stages.authority.meetings_per_year"], {"design": "random", "samples": 40}, "experiment-scatter"),
    ],
)
def test_the_picture_fits_the_design(tmp_path, factors, design, name):
    assert swept(tmp_path, factors, **design).plot().name == name


@pytest.mark.parametrize("lang", DRAWN)
def test_axes_say_what_a_factor_means_and_its_unit_and_values_in_the_language(tmp_path, lang):
    experiment = swept(tmp_path, ["execution.oversight", "plan.kind"], design="grid")
    axes = experiment.plot(lang=lang).axes[0]
    across, up = (axis.get_label_text().replace("\n", " ") for axis in (axes.xaxis, axes.yaxis))
    known = catalogue()
    assert known["parameter.execution.oversight"][lang] in across
    assert known["scenario.unit.share"][lang] in across
    assert up.replace(" ", "") == known["parameter.plan.kind"][lang].replace(" ", "")
    ticks = {text.get_text().replace("\n", " ") for text in axes.get_yticklabels()}
    assert ticks == {known[f"scenario.choice.plan.kind.{kind}"][lang] for kind in ("uniform", "division")}


def test_no_picture_shows_a_key_where_the_catalogue_has_words(tmp_path):
    experiment = swept(tmp_path, list(REAL), design="sobol", samples=8)
    found = sensitivity(experiment)
    for kind in ("tornado", "indices", "scatter"):
        figure = found.plot(kind)
        texts = {text.get_text() for text in figure.findobj(Text)}
        assert not [text for text in texts for key in REAL if key in text], kind


def test_a_curve_shows_the_mean_of_every_value_with_its_interval(tmp_path):
    def noisy(parameters, seed):
        return {"effectiveness": parameters["execution.oversight"] + seed % 11 / 100}

    design = {"sweep": {"replicates": 4}, "factors": {"execution.oversight": [0.2, 0.6, 1.0]}}
    experiment = sweep(design, noisy, store=tmp_path / "s", workers=0, progress="quiet")
    drawn = experiment.plot().axes[0].containers[0]
    line, _, (bars,) = drawn.lines
    means = experiment.runs.groupby("execution.oversight")["effectiveness"].mean()
    np.testing.assert_allclose(line.get_ydata(), means)
    ends = [segment[:, 1] for segment in bars.get_segments()]
    for (_, block), (low, high) in zip(experiment.runs.groupby("execution.oversight"), ends, strict=True):
        wanted = statistics.interval(block["effectiveness"], method="t")[:2]
        np.testing.assert_allclose((low, high), wanted)


def test_the_smoother_finds_the_curve_under_the_noise():
    rng = np.random.default_rng(3)
    x = rng.uniform(0, 10, 2000)
    line = smooth(x, np.sin(x) + rng.normal(0, 0.5, len(x)))
    where, height = line
    assert np.abs(height - np.sin(where)).max() < 0.2
    assert smooth(x[:15], x[:15]) is None, "too few points for a line"


def test_the_smoother_takes_equal_and_constant_values():
    x = np.repeat(np.arange(40.0), 3)
    where, height = smooth(x, np.full(len(x), 2.0))
    np.testing.assert_allclose(height, 2.0)
    assert (where[0], where[-1]) == (0.0, 39.0)


def test_of_many_factors_those_with_the_widest_swing_are_shown(tmp_path):
    factors = {f"x{number}": {"low": 0.0, "high": 1.0} for number in range(14)}
    design = {"sweep": {"design": "lhs", "samples": 60}, "factors": factors}

    def weighed(parameters, seed):
        return {"y": sum(number**2 * parameters[f"x{number}"] for number in range(14))}

    experiment = sweep(design, weighed, store=tmp_path / "s", workers=0, progress="quiet")
    shown = [axes.get_xlabel().casefold() for axes in experiment.plot("y").axes]
    assert len(shown) == 12
    assert {"x13", "x12", "x11"} <= set(shown)


def test_a_map_keeps_the_place_of_a_value_at_which_every_run_failed(tmp_path):
    def breaking(parameters, seed):
        if parameters["a"] == 1:
            raise ValueError("no")
        return {"y": parameters["a"] + parameters["b"]}

    design = {"factors": {"a": [0, 1, 2], "b": [0, 1]}}
    axes = sweep(design, breaking, store=tmp_path / "s", workers=0, progress="quiet").plot("y").axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0", "1", "2"]
    assert np.ma.masked_invalid(axes.images[0].get_array()).mask.tolist() == [[False, True, False]] * 2


@pytest.mark.chinese_font
def test_a_comparison_shows_titles_and_stages_by_name():
    found = compare(["classroom"], changes=[{"stages.authority.rank": "deputy", "weeks": 3}], replicates=2, workers=0)
    (shown,) = (text.get_text().replace("\n", " ") for text in found.plot(lang="zh").axes[0].get_yticklabels())
    assert "领导小组组长的级别：副职" in shown.replace(" ", "")
    ablation = ablate("classroom", off={"authority": {"weeks": 2}}, replicates=2, workers=0)
    assert "权势" in words(ablation.plot(lang="zh"))


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
    assert {"indices.csv", "noise.csv", "tornado.png", "tornado.svg", "indices.png", "scatter.svg"} <= names
    assert not {"phase.png", "surface.png"} & names, "a map of a sample that is no grid shows its chance holes"
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


def test_a_picture_of_five_factors_hides_the_panel_left_over(tmp_path):
    factors = {name: [0, 1] for name in "abcde"}
    design = {"sweep": {"design": "random", "samples": 8}, "factors": factors}
    experiment = sweep(design, known.plain, store=tmp_path / "s", workers=0, progress="quiet")
    assert [axes.get_visible() for axes in scatter(experiment, "y").axes] == [True] * 5 + [False]


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


@pytest.mark.parametrize("kind", ["csv", "xlsx", "dta"])
def test_a_store_is_exported_for_each_program_and_comes_back(tmp_path, kind):
    experiment = swept(tmp_path, ["execution.oversight", "plan.kind"], design="grid")
    file = tmp_path / f"runs.{kind}"
    done = CliRunner().invoke(app, ["export", str(experiment.path), "--out", str(file), "--lang", "zh"])
    assert done.exit_code == 0, done.output
    read = {"csv": pd.read_csv, "xlsx": pd.read_excel, "dta": pd.read_stata}[kind](file)
    runs = experiment.runs
    assert read["effectiveness"].tolist() == runs["effectiveness"].tolist()
    assert read["seed"].astype("int64").tolist() == runs["seed"].tolist()
    key = "plan_kind" if kind == "dta" else "plan.kind"
    assert read[key].tolist() == runs["plan.kind"].tolist()
    if kind == "xlsx":
        meanings = dict(pd.read_excel(file, sheet_name="columns", header=None).to_numpy())
        assert meanings["effectiveness"] == catalogue()["metric.effectiveness"]["zh"]
    if kind == "dta":
        with pd.read_stata(file, iterator=True) as reader:
            label = reader.variable_labels()["execution_oversight"]
        assert label == "权势充分时对执行的督查力度（比例） [execution.oversight]"


def test_an_unknown_format_of_an_export_is_refused_before_the_store_is_read(tmp_path):
    done = CliRunner().invoke(app, ["export", str(tmp_path / "none.sqlite"), "--out", str(tmp_path / "r.xls")])
    assert isinstance(done.exception, InputError)
    assert done.exception.key == "--format"
    assert done.exception.suggestion == "xlsx"
