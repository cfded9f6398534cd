"""Panels: observed points, and the series of a run that is comparable to them."""

from dataclasses import replace

import numpy as np
import pytest
from fitted_cases import write

from simulation.cases.case import Case
from simulation.cases.measures import MEASURES, predictions
from simulation.cases.panels import panels, series
from simulation.cases.seeded import OBSERVED, weekly_with_panels
from simulation.cases.watching import look, watch


@pytest.fixture(scope="module")
def case():
    return Case.load("qingwan")


@pytest.fixture(scope="module")
def seen(case):
    return watch(case.spec, 3, [spot.week for spot in case.spots])


def test_there_is_a_panel_for_each_observed_measure_in_their_order(case):
    names = [panel.measure for panel in panels(case)]
    assert names == [name for name in MEASURES if any(row.measure == name for row in case.rows)]


def test_a_series_is_the_mean_over_the_rows_of_each_date(case, seen):
    """At every point the series is the mean of the very predictions that the fit compares with its rows."""
    found = series(case, seen)
    values = predictions(case.rows, case.spots, seen)
    for panel in panels(case):
        if panel.counted:
            continue
        for point in panel.points:
            mine = [
                value
                for row, spot, value in zip(case.rows, case.spots, values, strict=True)
                if row.measure == panel.measure and spot.week == point.week and (spot.unit < 0) == panel.of_city
            ]
            assert len(mine) == point.rows
            assert found[panel.measure][seen.weeks.index(point.week)] == pytest.approx(sum(mine) / len(mine))


def test_events_are_counted_and_never_fall(case, seen):
    panel = next(panel for panel in panels(case) if panel.measure == "adopted")
    counts = [point.value for point in panel.points]
    assert counts == sorted(counts)
    assert counts[-1] == sum(row.value for row in case.rows if row.measure == "adopted")
    simulated = series(case, seen)["adopted"]
    assert (simulated[1:] >= simulated[:-1]).all()


def test_an_agenda_that_is_mostly_counted_shows_the_numbers(case, seen):
    panel = next(panel for panel in panels(case) if panel.measure == "agenda")
    said = [row for row in case.rows if row.measure == "agenda" and not row.domain]
    assert len(said) == len(panel.points) > 1
    assert not panel.coded
    assert [point.value for point in panel.points] == [row.value for row in said]
    assert series(case, seen)["agenda"].tolist() == seen.agenda[:, 0].sum(axis=1).tolist()


def test_an_agenda_that_is_coded_domain_by_domain_as_often_counts_the_coded_domains():
    case = Case.load("zhaoqing")
    (panel,) = (panel for panel in panels(case) if panel.measure == "agenda")
    coded = [list(case.spec.domains).index(row.domain) for row in case.rows if row.measure == "agenda" and row.domain]
    assert (panel.counted, panel.coded) == (True, True)
    assert [point.value for point in panel.points] == [len(coded)] == [8]
    seen = watch(case.spec, 1, [panel.points[0].week])
    assert series(case, seen)["agenda"].tolist() == [seen.agenda[0, 0, coded].sum()]


def test_looking_week_by_week_gives_the_same_as_looking_at_once(case, seen):
    whole = series(case, seen)
    model = watch(case.spec, 3, [seen.weeks[0]]).model
    first = series(case, look(model))
    for name, values in whole.items():
        assert first[name][0] == values[0]


def test_series_under_a_seed_hold_the_looked_at_weeks(case, seen):
    names = ["effectiveness", *(OBSERVED + panel.measure for panel in panels(case))]
    table = weekly_with_panels(case, case.spec, 3, names)
    assert table.shape == (case.spec.weeks, len(names))
    for place, panel in enumerate(panels(case), 1):
        for point in panel.points:
            expected = series(case, seen)[panel.measure][seen.weeks.index(point.week)]
            assert table[point.week, place] == pytest.approx(expected)


def test_checks_between_weeks_change_no_number(case):
    names = ["effectiveness", OBSERVED + "reported"]
    asked = []
    checked = weekly_with_panels(case, case.spec, 5, names, check=lambda: asked.append(1))
    assert checked.tobytes() == weekly_with_panels(case, case.spec, 5, names).tobytes()
    assert len(asked) == case.spec.weeks


EVENTS = """date,unit,domain,measure,value
2020-05-05,Ash,land,adopted,0
2020-06-02,Ash,land,adopted,0
2020-07-07,Ash,land,adopted,1
2020-06-02,Birch,land,adopted,0
"""


def test_a_pair_counts_once_however_often_somebody_looked_and_no_further_than_anybody_did(tmp_path):
    case = write(tmp_path, EVENTS)
    (panel,) = panels(case)
    assert [(point.week, point.value) for point in panel.points] == [(9, 0), (13, 0), (18, 1)]
    seen = watch(case.spec, 3, [9, 13, 18, 40])
    ash, birch = (case.hierarchy.units.index(name) for name in ("Ash", "Birch"))
    land = list(case.spec.domains).index("land")

    def counted(**weeks):
        since = np.full_like(seen.since, -1)
        for unit, week in ((ash, weeks.get("ash")), (birch, weeks.get("birch"))):
            since[unit, land] = -1 if week is None else week
        return series(case, replace(seen, since=since))["adopted"].tolist()

    assert counted(ash=18) == [0, 0, 1, 1]
    assert counted(ash=30, birch=13) == [0, 1, 1, 2]
    assert counted(birch=14) == [0, 0, 0, 0]
