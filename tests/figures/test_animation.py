"""Films: one frame per month, whole or not at all, and each frame shows the record of its month."""

from __future__ import annotations

from pathlib import Path

import matplotlib.animation
import pytest
from kit.cities import SMALL
from kit.languages import DRAWN
from kit.pictures import boxes, cut_off, overlapping
from PIL import Image

from simulation import InputError, RunResult, load_scenario, run
from simulation.figures.animation import Film, _writer, animate, film_suffix


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run(load_scenario("classroom").with_values({"weeks": 20, "structure.citizens": 300}), seed=0)


def test_a_gif_has_a_frame_a_month_and_holds_the_last_for_two_seconds(result: RunResult, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    file = animate(
        result, tmp_path / "film.gif", frames_per_second=2, progress=lambda done, all: seen.append((done, all))
    )
    months = result.units["week"].nunique()
    assert seen == [(n, months + 4) for n in range(1, months + 5)]
    with Image.open(file) as film:
        assert film.format == "GIF"
        shown = sum(film.seek(n) or film.info["duration"] for n in range(film.n_frames))
    assert shown == pytest.approx(500 * (months + 4), rel=0.02)
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.gif"]


def test_every_frame_shows_the_recorded_effect_and_sites(result: RunResult) -> None:
    film = Film(result, "en")
    last = len(film.weeks) - 1
    film.show(last)
    units = result.units[result.units["week"] == film.weeks[last]]
    assert film._image.get_array().sum() == pytest.approx(units["effect"].sum())
    assert sum(int(text.get_text() or 0) for text in film._counts) == units["sites"].sum()
    assert film._line.get_ydata()[-1] == result.summary["effectiveness"]


@pytest.mark.parametrize(("name", "speed"), [("film.avi", 6), ("film.gif", 0), ("film.gif", 61)])
def test_other_endings_and_speeds_are_refused_before_anything_is_written(
    result: RunResult, tmp_path: Path, name: str, speed: int
) -> None:
    with pytest.raises(InputError):
        animate(result, tmp_path / name, frames_per_second=speed)
    assert list(tmp_path.iterdir()) == []


def test_mp4_is_made_where_ffmpeg_is_and_refused_with_a_reason_where_not(result: RunResult, tmp_path: Path) -> None:
    if matplotlib.animation.FFMpegWriter.isAvailable():
        assert film_suffix() == ".mp4"
        assert animate(result, tmp_path / "film.mp4").stat().st_size > 1000
    else:
        assert film_suffix() == ".gif"
        with pytest.raises(InputError, match="ffmpeg"):
            animate(result, tmp_path / "film.mp4")


def test_an_interrupted_film_leaves_nothing_behind(result: RunResult, tmp_path: Path) -> None:
    def interrupt(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        animate(result, tmp_path / "film.gif", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_film_is_made_without_anybody_who_waits_for_it(tmp_path: Path) -> None:
    made = run(load_scenario("classroom").with_values({**SMALL, "weeks": 2}), seed=0)
    film = animate(made, tmp_path / "film.gif", frames_per_second=1)
    assert film.read_bytes().startswith(b"GIF8")


def test_an_mp4_is_asked_for_in_the_speed_and_the_colours_that_players_know() -> None:
    writer = _writer(".mp4", 7)
    assert writer.fps == 7
    assert "yuv420p" in writer.extra_args


@pytest.mark.parametrize("lang", DRAWN)
@pytest.mark.parametrize("frame", [0, -1])
def test_no_text_of_a_film_is_cut_off_and_none_lies_on_another(result: RunResult, lang: str, frame: int) -> None:
    film = Film(result, lang)
    film.show(frame % len(film.weeks))
    found = boxes(film.sheet)
    assert cut_off(film.sheet, found) == []
    assert overlapping(found) == []
