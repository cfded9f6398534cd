"""Observed rows against predictions: whole intervals, censored dates, shares that are to be expected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reported_cases import QUIET, made

from simulation.cases import predicting
from simulation.cases.coverage import EXPECTED, coverage
from simulation.cases.distances import Rows
from simulation.cases.events import censored
from simulation.cases.predicting import predict


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    fit = made(tmp_path_factory.mktemp("covered") / "case")
    patch = pytest.MonkeyPatch()
    with patch.context() as changed:
        changed.setattr(predicting, "QUICK_DRAWS", 4)
        return fit, predict(fit, **QUIET)


def with_rows(found, rows):
    return replace(found, rows=np.asarray(rows, dtype=float))


def exact(fit):
    """Return predictions equal to what was observed."""
    rows = Rows.of(fit.case)
    return np.where((rows.kind == "event") & (rows.value == 0), np.inf, rows.target)


def test_right_predictions_hold_every_row_and_have_no_residual(both):
    fit, found = both
    made_of = coverage(fit, with_rows(found, np.tile(exact(fit), (200, 1))))
    assert made_of.rows["inside"].all()
    assert made_of.rows["residual"].abs().max() == pytest.approx(0)
    assert made_of.measures.iloc[0][["name", "inside"]].tolist() == ["all", 1.0]


def test_a_prediction_far_away_holds_no_row_and_its_residual_has_the_sign_of_what_was_observed(both):
    fit, found = both
    values = exact(fit)
    reported = next(place for place, row in enumerate(fit.case.rows) if row.measure == "reported")
    values[reported] = 0.0
    row = coverage(fit, with_rows(found, np.tile(values, (200, 1)))).rows.iloc[reported]
    assert not row["inside"]
    assert row["residual"] == pytest.approx(0.5 / 0.1)


def test_a_date_that_is_not_reached_has_no_date_and_one_that_came_is_outside(both):
    fit, found = both
    censored = next(place for place, row in enumerate(fit.case.rows) if row.measure == "adopted" and not row.value)
    values = exact(fit)
    row = coverage(fit, with_rows(found, np.tile(values, (200, 1)))).rows.iloc[censored]
    assert [row["observed_date"], row["q95_date"]] == ["", ""]
    values[censored] = 0
    early = coverage(fit, with_rows(found, np.tile(values, (200, 1)))).rows.iloc[censored]
    assert not early["inside"]
    assert early["q05_date"].startswith("20")


def test_shares_of_rows_that_are_drawn_again_lie_where_they_are_expected(both):
    fit, found = both
    rng, rows = np.random.default_rng(0), Rows.of(fit.case)
    runs = np.tile(exact(fit), (400, 1))
    shares = [place for place, row in enumerate(fit.case.rows) if row.measure in ("reported", "participation")]
    runs[:, shares] = rng.uniform(0.2, 0.8, (400, len(shares)))
    made_of = coverage(fit, with_rows(found, runs))
    again = rows.observed_again(runs[rng.integers(400, size=4000)], rng)
    again = np.where(rows.kind == "event", censored(again, rows.ends), again)
    inside = ((again >= made_of.rows["q05"].to_numpy()) & (again <= made_of.rows["q95"].to_numpy())).mean(axis=1)
    low, high = made_of.measures.set_index("name").loc["all", ["low", "high"]]
    # Both ends are values that the share takes: each leaves at most its part outside, and more with itself.
    assert (inside < low).mean() <= EXPECTED[0] + 0.01 <= (inside <= low).mean() + 0.02
    assert (inside > high).mean() <= 1 - EXPECTED[1] + 0.01
    assert (inside >= high).mean() >= 1 - EXPECTED[1] - 0.01


def test_a_residual_is_measured_by_its_row_s_error_and_the_spread_of_predictions(both):
    fit, found = both
    rows, runs = Rows.of(fit.case), np.tile(exact(fit), (200, 1))
    place = next(place for place, row in enumerate(fit.case.rows) if row.measure == "reported")
    runs[:, place] = np.where(np.arange(200) % 2, 0.1, 0.5)  # mean .3, standard deviation .2
    row = coverage(fit, with_rows(found, runs)).rows.iloc[place]
    assert row["residual"] == pytest.approx((row["value"] - 0.3) / np.hypot(0.2, rows.sd[place]))


def test_an_observed_date_is_the_day_as_it_was_coded(both):
    fit, found = both
    table = coverage(fit, with_rows(found, np.tile(exact(fit), (50, 1)))).rows
    dated = [row.date.isoformat() for row in fit.case.rows if row.measure == "adopted" and row.value]
    assert dated
    assert [date for date in table["observed_date"] if date] == dated


def test_runs_that_failed_are_left_out(both):
    fit, found = both
    rows = np.tile(exact(fit), (50, 1))
    rows[7] = np.nan
    assert coverage(fit, with_rows(found, rows)).rows["inside"].all()


@pytest.mark.parametrize("seed", range(8))
def test_no_lot_decides_whether_a_yes_or_no_row_lies_in_its_interval(both, seed):
    fit, found = both
    state = next(place for place, row in enumerate(fit.case.rows) if row.measure == "agenda" and row.domain)
    fit = replace(fit, seed=seed)
    for share, interval in ((0.0, [0, 0]), (0.005, [0, 1]), (0.5, [0, 1]), (0.995, [0, 1]), (1.0, [1, 1])):
        runs = np.tile(exact(fit), (200, 1))
        runs[:, state] = np.arange(200) < 200 * share
        row = coverage(fit, with_rows(found, runs)).rows.iloc[state]
        assert [row["q05"], row["q95"]] == interval
        assert row["inside"] == (interval[1] == 1)  # 1 was observed
