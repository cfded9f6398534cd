"""A case on the page: it can be chosen, and its observed points stand over the run and its fan."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from harness import Tabs

from simulation import InputError
from simulation.app import downloads, fans, share
from simulation.app.choice import UNCHANGED, Choice
from simulation.app.library import CASE, Library
from simulation.app.session import Session
from simulation.app.track import Track
from simulation.app.views import Scene, views
from simulation.app.views.observed import draw
from simulation.cases import Case, shipped_cases
from simulation.cases.panels import panels, series
from simulation.cases.watching import watch
from simulation.command.starter import make_case

NAME = f"{CASE}qingwan"
SVG = "{http://www.w3.org/2000/svg}"
MARKER = "polygon"
FEW = 8


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


def session(library: Library, week: int = 125, **fields: object) -> Session:
    made = Session(library, Choice(NAME, week=week, **fields))
    made.finish()
    return made


def test_the_shipped_cases_come_last_and_say_that_they_are_cases(library: Library) -> None:
    cases = [CASE + name for name in shipped_cases()]
    assert library.names[-len(cases) :] == cases
    assert library.titles("en")[NAME].startswith("Case: ")
    assert library.titles("zh")[NAME].startswith("案例：")


def test_a_scenario_is_no_case(library: Library) -> None:
    assert library.case("zhaoqing") is None
    assert library.case(NAME) is not None


def test_a_folder_named_at_the_start_is_offered_first(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "mine", "en")
    for given in (folder, folder / "case.toml"):
        library = Library([given])
        assert library.names[0] == f"{CASE}mine"
        assert library.load(library.names[0]).structure.capacities is not None


def test_a_case_with_problems_is_refused_at_the_start(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "mine", "en")
    (folder / "observed.csv").write_text("date,measure\n2021-13-01,sites\n", encoding="utf-8")
    with pytest.raises(InputError):
        Library([folder])


def test_what_is_watched_is_what_a_fit_looks_at(library: Library) -> None:
    shown = session(library)
    case = library.case(NAME)
    assert case is not None
    seen = watch(shown.a.model.spec, 0, [spot.week for spot in case.spots])
    for measure, values in series(case, seen).items():
        for week, value in zip(seen.weeks, values, strict=True):
            assert shown.a.observed[measure][week] == pytest.approx(value)


def test_a_scenario_is_watched_without_a_case(library: Library) -> None:
    made = Session(library, Choice("classroom", week=5))
    made.finish()
    assert made.a.observed == {}


def test_a_branch_of_a_run_keeps_its_own_past(library: Library) -> None:
    track = Track(library.load(NAME), 0, library.case(NAME))
    track.step(30)
    branch = track.branch(track.model.spec)
    branch.step(5)
    assert {len(values) for values in track.observed.values()} == {30}
    assert {len(values) for values in branch.observed.values()} == {35}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("narrow", [False, True])
def test_every_observed_point_is_drawn(library: Library, lang: str, narrow: bool) -> None:
    shown = session(library)
    root = ElementTree.fromstring(draw(Scene(shown.a, lang=lang, narrow=narrow)))
    case = library.case(NAME)
    assert case is not None
    points = sum(len(panel.points) for panel in panels(case))
    assert len(root.findall(f".//{SVG}{MARKER}")) == points + 1  # and the one in the key


def test_a_fan_of_a_case_has_bands_of_every_measure_and_the_metrics_of_any_fan(library: Library) -> None:
    case, spec = library.case(NAME), library.load(NAME)
    assert case is not None
    spread = fans.made(spec, 0, lambda done, total: None, lambda: None, FEW, case=case)
    plain = fans.made(spec, 0, lambda done, total: None, lambda: None, FEW)
    assert set(spread.observed) == {panel.measure for panel in panels(case)}
    for name, values in plain.quantiles.items():
        np.testing.assert_allclose(spread.quantiles[name], values)
        np.testing.assert_array_equal(spread.ends[name], plain.ends[name])
    shown = session(library)
    without, with_bands = (draw(Scene(shown.a, fans=(one, None))) for one in (None, spread))
    assert with_bands.count("<polygon") > without.count("<polygon")


def test_a_comparison_with_the_unchanged_case_draws_a_second_line(library: Library) -> None:
    shown = session(library, changes={"execution.oversight": 0.1}, compare=UNCHANGED)
    both = draw(Scene(shown.a, shown.b))
    assert both.count("<polyline") == 2 * draw(Scene(shown.a)).count("<polyline")


def test_a_comparison_with_something_else_leaves_the_cards_points_alone(library: Library) -> None:
    shown = session(library, compare="classroom")
    assert draw(Scene(shown.a, shown.b)) == draw(Scene(shown.a))


def test_a_link_leads_to_a_case(library: Library) -> None:
    link = share.link(Choice(NAME, seed=3, week=20), library)
    choice, _ = share.read(link.partition("?")[2], library, "en")
    assert (choice.scenario, choice.seed, choice.week) == (NAME, 3, 20)


def test_only_a_case_has_the_card(library: Library) -> None:
    assert [view.name for view in views() if view.case] == ["observed"]


def test_pictures_taken_home_hold_observed_points_for_a_case_alone(library: Library) -> None:
    def names(scenario: str) -> set[str]:
        made = Session(library, Choice(scenario, week=5))
        made.finish()
        with zipfile.ZipFile(io.BytesIO(downloads.figures(Scene(made.a)))) as taken:
            return set(taken.namelist())

    assert names(NAME) - names("classroom") == {"observed.svg"}


def test_the_page_shows_the_card_for_a_case_and_for_nothing_else(tabs: Tabs) -> None:
    page = tabs.open(f"?scenario={NAME}&week=60")
    page.wait_for_selector("[data-test=view-observed] svg")
    assert page.locator("[data-test=view-observed] svg polygon").count() > 10
    other = tabs.open("?scenario=classroom&week=5")
    other.wait_for_selector("[data-test=view-outcome] svg")
    assert other.locator("[data-test=view-observed]").count() == 0


def test_cases_are_loaded_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    first = library.case(NAME)
    monkeypatch.setattr(Case, "load", None)
    assert library.case(NAME) is first
