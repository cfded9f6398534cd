"""Observed rows against predictions: whole intervals, censored dates, shares that are to be expected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reported_cases import QUIET, made

from simulation.cases import predicting
from simulation.cases.coverage import coverage
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
    from simulation.cases.distances import Rows

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


def test_rows_drawn_from_the_predictions_lie_inside_as_often_as_expected(both):
    fit, found = both
    rng = np.random.default_rng(0)
    rows = np.tile(exact(fit), (400, 1))
    shares = [place for place, row in enumerate(fit.case.rows) if row.measure in ("reported", "participation")]
    rows[:, shares] = rng.uniform(0.2, 0.8, (400, len(shares)))
    table = coverage(fit, with_rows(found, rows)).measures.set_index("name")
    assert table.loc["all", "low"] < 1
    assert (table["low"] <= table["high"]).all()


def test_runs_that_failed_are_left_out(both):
    fit, found = both
    rows = np.tile(exact(fit), (50, 1))
    rows[7] = np.nan
    assert coverage(fit, with_rows(found, rows)).rows["inside"].all()
