"""Distances between runs and observed rows, by the kind of the data."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from fitted_cases import table, write
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulation.cases import events
from simulation.cases.distances import (
    BEYOND,
    LATE,
    MISCODED,
    STATE_SD,
    Gap,
    Rows,
    Scales,
    distances,
    floor_of,
    residuals,
    scales_of,
    squares,
)

INF = math.inf
WEEK = st.integers(0, 40).map(float)
DATE = st.one_of(WEEK, st.just(INF))


def rows(*given):
    """Return rows from (measure, kind, value, sd, week, pair)."""
    columns = list(zip(*given, strict=True))
    text = [np.array(column, dtype=np.str_) for column in columns[:2]]
    return Rows(*text, *(np.array(column, dtype=np.float64) for column in columns[2:]), 6.0)


MIXED = rows(
    ("adopted", "event", 1, 6, 20, 0),
    ("adopted", "event", 1, 6, 30, 1),
    ("adopted", "event", 0, 6, 25, 2),
    ("withdrawn", "event", 0, 6, 40, 0),
    ("agenda", "state", 1, STATE_SD, 40, 3),
    ("agenda", "number", 5, 1, 40, 4),
    ("sites", "count", 7, 2, 40, 0),
    ("reported", "share", 0.8, 0.1, 40, 0),
    ("participation", "share", 0.3, 0.1, 40, 0),
)
LIKE = MIXED.target.copy()
LIKE[2:4] = INF
UNIT = Scales(np.ones(len(LIKE)), {"adopted": Gap(1, 1), "withdrawn": Gap(1, 1)})


def test_a_run_like_the_data_has_no_distance():
    assert distances(MIXED, UNIT, LIKE[None])[0] == 0


@pytest.mark.parametrize(
    ("place", "worse", "worst"),
    [(0, 25, 38), (0, 14, 2), (4, 0.5, 0), (5, 4, 1), (6, 9, 14), (6, 5, 0), (7, 0.7, 0.1), (8, 0.4, 0.9)],
)
def test_the_distance_grows_with_each_row_s_departure(place, worse, worst):
    made = np.array([LIKE, LIKE, LIKE])
    made[1, place], made[2, place] = worse, worst
    nothing, some, much = distances(MIXED, UNIT, made)
    assert nothing < some < much


@pytest.mark.parametrize(
    ("value", "predicted", "expected"),
    [
        (1, 20, 0),
        (1, 26, 6),
        (1, 14, -6),
        (1, INF, 21),  # never, where the last observed week is 40
        (1, 60, 21),  # after the last observed week
        (0, INF, 0),
        (0, 21, 0),  # the week after the one in which it had not happened
        (0, 20, -1),
        (0, 5, -16),
    ],
)
def test_dates_are_compared_as_far_as_somebody_looked(value, predicted, expected):
    two = rows(("adopted", "event", value, 6, 20, 0), ("sites", "count", 3, 2, 40, 1))
    scales = Scales(np.ones(2), {"adopted": Gap(1, 1)})
    assert residuals(two, scales, np.array([[predicted, 3.0]]), two.target)[0] == pytest.approx([expected, 0])


def test_nobody_waits_for_an_event_longer_than_runs_go_on():
    seen = dataclasses.replace(MIXED, longest=35.0)
    assert seen.ends[:3].tolist() == [35, 35, 26]
    assert MIXED.ends[:3].tolist() == [41, 49, 26]
    assert (seen.last, MIXED.last) == (40, 48)


def test_an_event_in_the_last_week_of_the_case_is_late_by_three_deviations_where_it_never_comes(tmp_path):
    said = "date,unit,domain,measure,value\n2021-02-25,Ash,land,adopted,1\n"
    case = write(tmp_path, said)
    made = Rows.of(case)
    assert (made.week.tolist(), case.spec.weeks, made.last) == ([51], 52, 69)
    scales = Scales(np.full(1, 6.0), {"adopted": Gap(1, 1)})
    assert residuals(made, scales, np.array([[INF]]), made.target)[0, 0] >= LATE


def test_a_date_of_no_exactness_asks_for_no_endless_run(tmp_path):
    said = "date,unit,domain,measure,value,sd\n2021-02-25,Ash,land,adopted,1,900000000\n"
    assert Rows.of(write(tmp_path, said)).last == 52 + BEYOND - 1


def test_what_had_not_happened_earlier_in_the_week_of_an_event_speaks_of_the_week_before(tmp_path):
    said = "date,unit,domain,measure,value\n2020-09-07,Ash,land,adopted,0\n2020-09-10,Ash,land,adopted,1\n"
    made = Rows.of(write(tmp_path, said + "2020-09-10,Birch,land,adopted,0\n2020-09-12,,land,agenda,0\n"))
    assert made.week.tolist() == [26, 27, 27, 27]
    like = np.array([[27.0, 27, INF, 0]])
    assert residuals(made, Scales(np.ones(4), {"adopted": Gap(1, 1)}), like, made.target)[0].tolist() == [0, 0, 0, 0]


def test_an_event_that_never_comes_is_late_even_where_it_was_the_last_one_seen():
    last = rows(("adopted", "event", 1, 6, 40, 0))
    scales = Scales(np.full(1, 6.0), {"adopted": Gap(1, 1)})
    never, late, there = residuals(last, scales, np.array([[INF], [46], [40]]), last.target)[:, 0]
    assert (never, late, there) == pytest.approx((19 / 6, 1, 0))


def test_counts_are_compared_on_the_scale_of_their_roots():
    one = rows(("sites", "count", 4, 2, 10, 0))
    expected = 2 * (math.sqrt(9 + 3 / 8) - math.sqrt(4 + 3 / 8))
    assert residuals(one, Scales(np.ones(1), {}), np.array([[9.0]]), one.target)[0, 0] == pytest.approx(expected)
    small = rows(("sites", "count", 100, 0.1, 10, 0))
    assert small.scaled_sd[0] == pytest.approx(0.1 / math.sqrt(100 + 3 / 8), rel=1e-5)
    assert one.scaled_sd[0] == pytest.approx(1, abs=0.05)  # a count of 4 with its root as sd, as a Poisson number has
    assert 0 < rows(("sites", "count", 0, 2, 10, 0)).scaled_sd[0] < 2


def test_a_wrong_state_costs_as_much_as_a_miscoding():
    one = rows(("agenda", "state", 1, STATE_SD, 10, 0))
    scales = scales_of(one, np.ones((3, 1)), np.ones((3, 1)), np.random.default_rng(0))
    cost = distances(one, scales, np.array([[0.0]]))[0] ** 2 / 2
    assert cost == pytest.approx(math.log((1 - MISCODED) / MISCODED))


def test_a_state_has_the_error_of_a_miscoding_whatever_a_case_says_of_numbers(tmp_path):
    said = table()["case"] | {"sd": {"agenda": 0.7}}
    case = write(tmp_path, case=said)
    found = Rows.of(case)
    assert found.sd[found.kind == "state"].tolist() == [STATE_SD]
    assert found.sd[found.kind == "number"].tolist() == [0.7]


def test_a_row_that_chance_decides_counts_little():
    two = rows(("reported", "share", 0.5, 0.05, 10, 0), ("reported", "share", 0.5, 0.05, 10, 1))
    rng = np.random.default_rng(0)
    first = np.column_stack([rng.random(200), np.full(200, 0.4)])
    second = np.column_stack([rng.random(200), np.full(200, 0.4)])
    scales = scales_of(two, first, second, rng)
    assert scales.rows[0] == pytest.approx(math.sqrt(0.05**2 + 1 / 12), rel=0.15)
    assert scales.rows[1] == pytest.approx(0.05)
    off = np.array([[0.9, 0.5], [0.5, 0.9]])
    by_chance, by_fault = distances(two, scales, off)
    assert by_chance < by_fault / 3


def test_each_row_counts_once():
    made = LIKE + 0.0
    made[7] += 1
    assert squares(MIXED, UNIT, made[None]).sum() == pytest.approx(1)
    adopted = LIKE + 0.0
    adopted[0] = 26
    part = squares(MIXED, UNIT, adopted[None])[0]
    hazard, rank = events.hazard_gap(adopted[:3], LIKE[:3], MIXED.ends[:3]), 0.0
    assert part[MIXED.measures.index("adopted")] == pytest.approx((36 + hazard[0] ** 2 + rank) * 3 / 5)
    assert part.sum() == pytest.approx(part[MIXED.measures.index("adopted")])


def test_a_failed_run_is_infinitely_far():
    failed = np.array([LIKE, np.where(np.arange(9) == 7, np.nan, LIKE)])
    assert distances(MIXED, UNIT, failed).tolist() == [0, INF]


@given(st.permutations(range(9)))
def test_the_order_of_rows_is_of_no_account(order):
    rng = np.random.default_rng(3)
    made = MIXED.observed_again(np.repeat(LIKE[None], 6, axis=0), rng)
    made[0, 2] = 10
    turned = Rows(*(getattr(MIXED, field.name)[order] for field in dataclasses.fields(Rows)[:-2]))
    scales = Scales(UNIT.rows[order], UNIT.gaps)
    assert distances(turned, scales, made[:, order]) == pytest.approx(distances(MIXED, UNIT, made))


@given(st.lists(st.tuples(DATE, DATE), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_names_of_units_and_domains_are_of_no_account(dates, random):
    names = list(range(100, 100 + len(dates)))
    random.shuffle(names)
    seen = [("adopted", "event", float(date < INF), 6.0, min(date, 40.0)) for date, _ in dates]
    one = rows(*((*row, place) for place, row in enumerate(seen)))
    two = rows(*((*row, name) for row, name in zip(seen, names, strict=True)))
    scales = Scales(np.ones(len(dates)), {"adopted": Gap(0.5, 0.5)})
    predicted = np.array([[date for _, date in dates]])
    assert distances(one, scales, predicted) == pytest.approx(distances(two, scales, predicted))


@given(st.lists(st.tuples(DATE, DATE), min_size=1, max_size=15))
def test_gaps_are_zero_for_equal_dates_symmetric_and_bounded(pairs):
    first, second = np.array(pairs).T
    ends = np.full(len(pairs), 41.0)
    one, two = (events.censored(dates, ends) for dates in (first, second))
    for gap in (events.hazard_gap, events.rank_gap):
        assert gap(one, one, ends)[0] == pytest.approx(0, abs=1e-12)
        assert gap(one, two, ends) == pytest.approx(gap(two, one, ends))
        assert gap(one, two, ends)[0] >= 0
    assert events.rank_gap(one, two, ends)[0] <= 2


@given(st.lists(st.tuples(DATE, DATE), min_size=3, max_size=15))
def test_ranks_are_those_of_kendall_s_tau_b(pairs):
    first, second = np.minimum(np.array(pairs).T, 41.0)
    ends = np.full(len(pairs), 41.0)
    tau = stats.kendalltau(first, second).statistic
    gap = events.rank_gap(first, second, ends)[0]
    if not math.isnan(tau):
        assert gap == pytest.approx(1 - tau)
    else:
        assert gap in (0, 1)


def test_gaps_are_the_same_in_pieces(monkeypatch):
    dates = np.random.default_rng(0).integers(0, 45, (2, 30, 7)).astype(float)
    ends = np.full(7, 41.0)
    one, two = np.minimum(dates, ends)
    whole = [gap(one, two, ends) for gap in (events.hazard_gap, events.rank_gap)]
    monkeypatch.setattr(events, "_AT_ONCE", 100)
    for gap, expected in zip((events.hazard_gap, events.rank_gap), whole, strict=True):
        assert np.array_equal(gap(one, two, ends), expected)
        assert np.array_equal(gap(one[0], two, ends)[:1], expected[:1])


def test_reversed_dates_have_the_largest_gap_of_ranks():
    dates, ends = np.array([3.0, 8, 20, 30]), np.full(4, 41.0)
    assert events.rank_gap(dates, dates[::-1], ends)[0] == pytest.approx(2)


def test_the_hazard_is_that_of_nelson_and_aalen():
    dates, ends = np.array([[2.0, 4.0, 4.0, 10.0, 6.0]]), np.array([10.0, 10, 10, 10, 6])
    weeks = np.arange(0.0, 10.0)
    steps = np.zeros(10)
    steps[2], steps[4] = 1 / 5, 2 / 4
    assert events.cumulative_hazard(dates, ends, weeks)[0] == pytest.approx(np.cumsum(steps))


def test_what_nobody_looked_at_any_longer_is_not_at_risk():
    found = events.cumulative_hazard(np.array([[6.0, 6.0]]), np.array([6.0, 100.0]), np.arange(8.0))
    assert found[0].tolist() == [0, 0, 0, 0, 0, 0, 1, 1]


@settings(max_examples=40)
@given(st.lists(st.tuples(WEEK, st.booleans()), min_size=1, max_size=20), st.floats(0.1, 10))
def test_the_hazard_agrees_with_scipy_s(seen, stretch):
    dates = np.array([week for week, _ in seen])
    ends = np.array([100.0 if happened else week for week, happened in seen])
    # Nobody looked in the week of the end any longer; in scipy a date is at risk in the week in which it is censored.
    data = stats.CensoredData(dates[ends == 100], right=dates[ends != 100] - 0.5)
    weeks = np.arange(0.0, 41.0)
    ours = events.cumulative_hazard(dates[None], ends, weeks)[0]
    survival = stats.ecdf(data).sf
    # Product-limit and sum-limit share their numbers at risk: S(t) = Π(1 − d/n), H(t) = Σ d/n.
    steps = -np.diff(np.concatenate([[1.0], survival.evaluate(weeks)]))
    before = np.concatenate([[1.0], survival.evaluate(weeks)[:-1]])
    expected = np.cumsum(np.divide(steps, before, out=np.zeros(41), where=before > 1e-12))
    assert ours == pytest.approx(expected, abs=1e-9)


def test_several_rows_of_one_pair_stand_for_one_event():
    pairs, values, weeks = np.array([5.0, 5, 5, 2, 2]), np.array([0.0, 1, 0, 0, 0]), np.array([3.0, 20, 10, 4, 9])
    assert events.leading(pairs, values, weeks).tolist() == [1, 4]


def test_observing_again_keeps_every_value_in_its_range():
    again = MIXED.observed_again(np.repeat(LIKE[None], 3000, axis=0), np.random.default_rng(0))
    dates = again[:, 0]
    assert (dates >= 0).all()
    assert (dates == np.rint(dates)).all()
    assert dates.std() == pytest.approx(6, rel=0.1)
    assert np.isinf(again[:, 2:4]).all()
    assert again[:, 4].mean() == pytest.approx(1 - MISCODED, abs=0.015)
    assert again[:, 5:7].min() >= 0
    assert again[:, 5].max() <= 6
    assert (again[:, 5:7] == np.rint(again[:, 5:7])).all()
    assert again[:, 6].std() == pytest.approx(2, rel=0.15)
    assert again[:, 7:].min() >= 0
    assert again[:, 7:].max() <= 1


def test_the_floor_is_what_errors_alone_leave():
    many = rows(*(("reported", "share", 0.5, 0.02, 10, place) for place in range(50)))
    rng = np.random.default_rng(0)
    same = np.full((400, 50), 0.5)
    scales = scales_of(many, same, same, rng)
    assert floor_of(many, scales, same, same, rng) ** 2 == pytest.approx(50, rel=0.03)
    first, second = (0.5 + 0.02 * rng.standard_normal((400, 50)) for _ in range(2))
    scales = scales_of(many, first, second, rng)
    assert floor_of(many, scales, first, second, rng) ** 2 == pytest.approx(50 * (1 + 1 / 3), rel=0.05)


@given(DATE, DATE, st.lists(st.integers(0, 19), max_size=4), st.lists(st.integers(0, 39), max_size=4))
def test_a_look_that_another_row_implies_changes_no_distance(first, second, before, earlier):
    told = [("adopted", "event", 1, 6, 20, 0), ("adopted", "event", 0, 6, 40, 1), ("sites", "count", 7, 2, 40, 0)]
    implied = [("adopted", "event", 0, 6, week, 0) for week in before] + [
        ("adopted", "event", 0, 6, week, 1) for week in earlier
    ]
    found = []
    for more in ([], implied):
        made = rows(*told, *more)
        predicted = np.array([{0.0: first, 1.0: second}[pair] for pair in made.pair])
        predicted[2] = 3.0
        scales = Scales(np.ones(len(made.value)), {"adopted": Gap(1, 1)})
        found.append(distances(made, scales, predicted[None])[0])
        assert made.counts.tolist() == [True] * 3 + [False] * len(more)
    assert found[0] == pytest.approx(found[1])


def test_a_look_that_is_more_exact_than_what_implies_it_counts():
    dated = rows(
        ("adopted", "event", 1, 26, 40, 0), ("adopted", "event", 0, 2, 39, 0), ("adopted", "event", 0, 26, 30, 0)
    )
    assert dated.counts.tolist() == [True, True, False]
    looked = rows(
        ("adopted", "event", 0, 2, 10, 0), ("adopted", "event", 0, 6, 20, 0), ("adopted", "event", 0, 6, 15, 0)
    )
    assert looked.counts.tolist() == [True, True, False]
