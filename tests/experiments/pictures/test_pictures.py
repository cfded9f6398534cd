from __future__ import annotations

import io
import json
import math

import known_functions as known
import pytest
from matplotlib import font_manager
from rich.console import Console
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.drawing import fonts
from simulation.drawing.colours import BLUE, ORANGE
from simulation.drawing.numbers import duration
from simulation.drawing.sheet import Sheet
from simulation.experiments import ablate, compare, pictures, plan, sensitivity, sweep
from simulation.experiments.running.progress import Tally, render
from simulation.experiments.running.worker import Outcome
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


def outcome(value, status="ok"):
    return Outcome(0, 0, 0, status, None, 0.0, "", {"y": value}, {})


def test_a_tally_counts_what_a_resume_found_but_not_in_its_rate():
    tally = Tally.begin({"ok": 50, "failed": 2, "total": 100}, {"y": (50, 25.0)}, ["y"])
    assert (tally.done, tally.failed, tally.resumed, tally.rate, tally.left) == (52, 2, 52, 0.0, None)
    for value in (1.0, None, math.inf, 3.0):
        tally.add(outcome(value))
    tally.add(outcome(None, "failed"))
    assert (tally.done, tally.failed) == (57, 3)
    assert tally.means == {"y": 29 / 52}
    assert 0 < tally.left < math.inf
    assert json.loads(json.dumps(tally.record(), allow_nan=False))["total"] == 100


def test_a_tally_without_results_can_be_shown_and_read_by_machines():
    tally = Tally.begin({"total": 3}, {}, ["y"])
    assert tally.record()["means"] == {"y": None}
    console = Console(file=io.StringIO(), width=100)
    console.print(render(tally, "zh"))
    shown = console.file.getvalue()
    assert "0／3" in shown
    assert "指标" in shown


def test_durations_are_readable():
    assert [duration(seconds) for seconds in (0, 59.6, 3661)] == ["0:00:00", "0:01:00", "1:01:01"]


def test_json_progress_is_one_object_a_line_on_standard_error(tmp_path, capfd):
    sweep({"factors": {"a": [1, 2], "b": [1]}}, known.plain, store=tmp_path / "s", workers=0, progress="json")
    said = capfd.readouterr()
    lines = [json.loads(line) for line in said.err.splitlines()]
    assert (lines[0]["done"], lines[-1]["done"], lines[-1]["left"]) == (0, 2, 0.0)
    assert said.out == ""


def test_live_progress_is_drawn(tmp_path, capfd):
    sweep(
        {"factors": {"a": [1, 2], "b": [1]}},
        known.plain,
        store=tmp_path / "s",
        workers=0,
        progress="rich",
        lang="zh",
    )
    assert "2／2" in capfd.readouterr().err


def test_a_plan_counts_runs_without_a_store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = plan({"sweep": {"replicates": 7}, "factors": {"a": [1, 2], "b": [1, 2, 3]}}, known.waiting, workers=2)
    assert (made.points, made.runs, made.workers) == (6, 42, 2)
    assert made.run_seconds >= 0.02
    assert made.seconds == pytest.approx(made.run_seconds * 21)
    assert list(tmp_path.iterdir()) == []


def test_the_commands_are_registered_and_explain_themselves():
    for command in ("compare", "ablate", "sweep", "sensitivity", "export"):
        shown = CliRunner().invoke(app, [command, "--help"])
        assert shown.exit_code == 0
        assert command in shown.output


def test_indices_and_tables_come_out_of_the_command_line(found, tmp_path):
    shown = CliRunner().invoke(app, ["sensitivity", str(found.experiment.path), "--out", str(tmp_path), "--lang", "zh"])
    assert shown.exit_code == 0, shown.output
    assert "方差构成" in shown.output
    names = {path.name for path in (tmp_path / "y").iterdir()}
    assert {"indices.csv", "noise.csv", "tornado.png", "tornado.svg", "phase.png", "scatter.svg"} <= names
    shown = CliRunner().invoke(app, ["export", str(found.experiment.path), "--out", str(tmp_path / "r.csv")])
    assert shown.exit_code == 0
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").startswith("point,x,k,n,replicate,seed,status")


def test_wrong_input_reaches_the_program_as_an_input_error(tmp_path):
    for arguments in (
        ["sweep", "none.toml"],
        ["sensitivity", str(tmp_path / "none")],
        ["export", "none", "--out", "x.csv"],
    ):
        assert isinstance(CliRunner().invoke(app, arguments).exception, InputError)


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
