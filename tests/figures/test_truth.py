"""Pictures say what is so: weeks as the files count them, places by their kind, every line with its name."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from kit.cities import SMALL, counties
from kit.fans import alone, fan_of
from kit.pictures import texts
from matplotlib.artist import Artist

from simulation import RunResult, load_scenario, run
from simulation.drawing.colours import MODES
from simulation.figures import draw, figures, modes
from simulation.figures.animation import Film
from simulation.figures.ledger_flow import ENDS, RIGHT
from simulation.figures.places import MOST, places_of
from simulation.figures.switch_off import SWITCHES, joint, switch_off_effects
from simulation.text import say

EFFECTS = dict.fromkeys(SWITCHES, 0.5) | {"execution": 1.12, "fragmentation": 1.04, "buck_passing": 1.04}
LAST = 59


@pytest.fixture(scope="module")
def city() -> RunResult:
    return run(
        load_scenario("zhaoqing").with_values({"structure.citizens": 1200, "weeks": LAST + 1, "start_date": None}),
        seed=0,
    )


@pytest.fixture(scope="module")
def province() -> RunResult:
    return run(load_scenario("guangdong").with_values({"structure.citizens": 2000, "weeks": 30}), seed=0)


@functools.cache
def many_counties(number: int) -> RunResult:
    rows = counties(*(f"County {k}" for k in range(number)), population=4000)
    spec = load_scenario({"structure": {"units": rows}, "domains": {"a": {}, "b": {}}})
    return run(spec.with_values({**SMALL, "weeks": 9, "structure.citizens": 4 * number}), seed=0)


def said(figure: object) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in texts(figure)]


@pytest.mark.parametrize("name", [name for name in figures() if name != "interrupted"])
def test_weeks_are_counted_from_0_and_a_run_of_60_weeks_ends_with_week_59(name, city) -> None:
    figure = draw(name, city, other=city, fan=fan_of(city))
    axes = [one for one in figure.axes if one.get_xlabel() == "week"]
    assert axes or name in ("ledger_flow", "effect_map", "tree", "pareto")
    for one in axes:
        low, high = one.get_xlim()
        assert low == 0
        assert high in (LAST, LAST + 1)  # a week that is drawn as wide as it lasts ends at 60
        series = [line.get_xdata() for line in one.get_lines() if len(line.get_xdata()) > 2]
        assert [(data[0], data[-1]) for data in series] == [(0, LAST)] * len(series)
    assert not [text for text in said(figure) if f"week {LAST + 1}" in text]


def test_titles_and_the_film_name_the_week_by_its_number_in_the_files(city) -> None:
    assert f"end of week {LAST}" in said(draw("effect_map", city))
    assert say("figure.town_load.at_end", "en", week=LAST, beside="") in said(draw("town_load", city))
    peak = int(np.argmax(city.weekly["passed_1"].to_numpy()))
    assert any(f"week {peak};" in text for text in said(draw("stages", city)))
    film = Film(city, "en")
    film.show(0)
    assert film._when.get_text() == "week 0"
    film.show(len(film.weeks) - 1)
    assert film._when.get_text() == f"week {LAST}"


def test_no_text_of_the_flow_diagram_hides_a_flow(city) -> None:
    figure = draw("ledger_flow", city, switch_off=EFFECTS)
    assert [text.get_text() for text in texts(figure) if text.get_bbox_patch() is not None] == []
    (axis,) = figure.axes
    bands = [patch.get_path().vertices[:, 1].max() for patch in axis.patches if type(patch).__name__ == "PathPatch"]
    stages = [text for text in axis.texts if text.get_text()[:2] in {f"{k} " for k in range(1, 6)}]
    assert len(stages) == 5
    assert min(text.get_position()[1] for text in stages) > max(bands)


def test_what_one_switch_ends_together_is_told_once_and_stands_together(city) -> None:
    figure = draw("ledger_flow", city, switch_off=EFFECTS)
    shown = said(figure)
    assert len([text for text in shown if "1.12" in text]) == 1
    assert len([text for text in shown if "1.04" in text]) == 1
    assert all("at once" in text for text in shown if "1.12" in text or "1.04" in text)
    for group in joint(ENDS):
        places = [ENDS.index(name) for name in group]
        assert places == list(range(places[0], places[0] + len(places)))
    alone = [text for text in figure.axes[0].texts if text.get_position()[0] > RIGHT and "off:" in text.get_text()]
    assert alone


def test_a_switch_that_ends_two_accounts_is_run_once(monkeypatch) -> None:
    spec = load_scenario("classroom").with_values({"weeks": 5})
    asked: list[str] = []

    def counted(given, seeds, metric):
        asked.append(given.digest)
        return 1.0

    monkeypatch.setattr("simulation.figures.switch_off._mean", counted)
    effects = switch_off_effects(spec)
    assert {"fragmentation", "buck_passing"} <= effects.keys()
    assert len(asked) == len(set(asked)) == len(effects)  # one switch ends two accounts, and one run has none off


def test_every_curve_of_the_surface_has_its_name_also_where_it_tops_the_point(city) -> None:
    figure = draw("surface", city)
    right = next(one for one in figure.axes if one.get_xlabel() == "week")
    names = [text.get_text().replace("\n", " ") for text in right.texts]
    assert len(right.get_lines()) == len(names) > 3
    sited = city.cells.groupby("domain")["site_since"].count()
    widest = city.spec.domains[str(sited.idxmax())].en
    assert widest in names
    assert say("figure.surface.point", "en") in names


def test_each_panel_of_the_modes_has_a_scale_on_which_its_own_numbers_show(city) -> None:
    figure = draw("modes", city)
    panels = {one.get_title("left"): one for one in figure.axes if one.get_title("left") and one.axison}
    counts = modes._counts(city.units, city.executors, "unit").sum(axis=1).groupby(level=0).max()
    assert len(panels) == len(counts) > 5
    assert {title: one.get_yticks()[-1] for title, one in panels.items()} == counts.to_dict()
    assert all(one.get_ylim()[1] == pytest.approx(1.05 * counts[title]) for title, one in panels.items())


def test_a_title_says_county_for_counties_and_city_for_cities(city, province) -> None:
    assert not places_of(city.units).by_city
    assert places_of(province.units).by_city
    for name, words in (("modes", ("county by county", "city by city")), ("effect_map", ("by county", "by city"))):
        for result, right, wrong in ((city, *words), (province, *reversed(words))):
            title = draw(name, result)._suptitle.get_text()
            assert right in title
            assert wrong not in title


def test_many_counties_of_one_city_are_rows_and_no_panels() -> None:
    figure = draw("modes", many_counties(MOST + 5))
    rows = [text.get_text() for one in figure.axes for text in one.get_yticklabels()]
    assert {f"County {k}" for k in range(MOST + 5)} <= set(rows)
    assert len(figure.axes) == 2  # the rows, and the key to their shades


@pytest.mark.parametrize("name", alone())
def test_what_is_drawn_grows_no_faster_than_the_counties(name) -> None:
    counted = [len(draw(name, many_counties(number)).findobj(Artist)) for number in (60, 120)]
    assert counted[1] <= 2.05 * counted[0]


def test_no_panel_of_a_grid_shares_its_scale_with_others(city) -> None:
    for name in ("modes", "stages", "side_by_side", "effect_map"):
        for one in draw(name, city, other=city).axes:
            for shared in (one.get_shared_x_axes(), one.get_shared_y_axes()):
                assert len(shared.get_siblings(one)) == 1


def test_modes_of_a_panel_are_stacked_to_the_number_that_is_counted(city) -> None:
    figure = draw("modes", city)
    first = next(one for one in figure.axes if one.get_title("left"))
    tops = [area.get_paths()[0].vertices[:, 1].max() for area in first.collections]
    assert max(tops) == first.get_yticks()[-1]
    assert len(first.collections) <= len(MODES)
