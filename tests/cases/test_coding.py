"""Cohen's κ is that of scikit-learn and of a computation by hand, and differences are listed."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from simulation.cases.coding import agreement, cohen_kappa
from simulation.files.errors import InputError
from simulation.files.tables import save_table

CODES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=60)


def counts(pairs, size=5):
    table = np.zeros((size, size))
    for first, second in pairs:
        table[first, second] += 1
    return table


def test_the_example_worked_by_hand():
    # Of 50 both say yes to 20 and no to 15: observed .7, by chance .5 · .6 + .5 · .4 = .5, κ = .2 / .5.
    found = cohen_kappa(np.array([[20, 5], [10, 15]]))
    assert (found.pairs, found.agreement) == (50, pytest.approx(0.7))
    assert found.kappa == pytest.approx(0.4)
    # Fleiss, Cohen and Everitt (1969): p_ii (1 − (p_i. + p_.i)(1 − κ))², and the others, less the square of the middle.
    inner = 0.4 * (1 - 1.1 * 0.6) ** 2 + 0.3 * (1 - 0.9 * 0.6) ** 2
    outer = 0.6**2 * (0.1 * (0.6 + 0.5) ** 2 + 0.2 * (0.4 + 0.5) ** 2)
    assert found.se == pytest.approx(math.sqrt((inner + outer - (0.4 - 0.5 * 0.6) ** 2) / 50) / 0.5)
    assert found.low == pytest.approx(found.kappa - 1.96 * found.se, abs=1e-4)


@given(pairs=CODES)
@pytest.mark.parametrize(("ordered", "weights"), [(False, None), (True, "quadratic")])
def test_kappa_is_that_of_scikit_learn(ordered, weights, pairs):
    first, second = zip(*pairs, strict=True)
    assume(len({*first, *second}) > 1)
    found = cohen_kappa(counts(pairs), ordered=ordered)
    theirs = cohen_kappa_score(first, second, labels=list(range(5)), weights=weights)
    assert found.kappa == pytest.approx(theirs, abs=1e-9)
    assert -1 <= found.low <= found.kappa + 1e-9
    assert found.kappa <= found.high + 1e-9 <= 1 + 2e-9


def test_the_standard_error_is_that_of_many_samples():
    rng = np.random.default_rng(1)
    p = np.array([[0.3, 0.1, 0.0], [0.05, 0.25, 0.05], [0.05, 0.05, 0.15]])
    for ordered in (False, True):
        drawn = [cohen_kappa(rng.multinomial(400, p.ravel()).reshape(3, 3), ordered=ordered).kappa for _ in range(2000)]
        assert cohen_kappa(400 * p, ordered=ordered).se == pytest.approx(np.std(drawn), rel=0.08)


def test_one_code_alone_has_no_kappa():
    found = cohen_kappa(np.array([[7, 0], [0, 0]]))
    assert found.agreement == 1
    assert math.isnan(found.kappa)


def test_places_on_the_scale_weigh_a_difference_whatever_their_unit():
    counted = np.array([[3.0, 1, 1], [0, 4, 2], [1, 0, 5]])
    full = np.zeros((5, 5))
    full[np.ix_([0, 1, 4], [0, 1, 4])] = counted
    found = cohen_kappa(counted, ordered=True, at=[2, 3, 6])
    assert found == pytest.approx(cohen_kappa(full, ordered=True))
    assert found.se != pytest.approx(cohen_kappa(counted, ordered=True).se, rel=0.01)


def tables(folder, first, second, columns, forms=("csv", "csv")):
    paths = []
    for name, rows, form in zip(("first", "second"), (first, second), forms, strict=True):
        paths.append(save_table(pd.DataFrame(rows, columns=columns), folder / f"{name}.{form}"))
    return agreement(*paths)


SEVERITY = ["unit", "domain", "severity"]


@pytest.mark.parametrize("forms", [("csv", "csv"), ("csv", "xlsx"), ("dta", "xlsx")])
def test_two_tables_are_matched_by_their_keys_and_differences_are_listed(forms, tmp_path):
    first = [("A", "x", 0.25), ("B", "x", 0.5), ("C", "x", 1.0), ("D", "x", 0.0)]
    second = [("C", "x", 0.75), ("B", "x", 0.5), ("A", "x", 0.25), ("E", "x", 0.0)]
    found = tables(tmp_path, first, second, SEVERITY, forms)
    assert (found.kind, found.only_first, found.only_second) == ("severity", 1, 1)
    (row,) = found.table.to_dict("records")
    assert (row["column"], row["scale"], row["pairs"]) == ("severity", "ordered", 3)
    assert row["agreement"] == pytest.approx(2 / 3)
    assert row["kappa"] == pytest.approx(cohen_kappa_score([1, 2, 4], [1, 2, 3], weights="quadratic"))
    assert found.disagreements.to_dict("records") == [
        {"unit": "C", "domain": "x", "column": "severity", "first": 1.0, "second": 0.75}
    ]
    assert found.alone.to_dict("records") == [
        {"unit": "D", "domain": "x", "coder": 1}, {"unit": "E", "domain": "x", "coder": 2},
    ]  # fmt: skip
    assert found.to_settle.to_dict("records") == [
        *found.disagreements.to_dict("records"),
        {"unit": "D", "domain": "x", "column": "row", "first": "yes", "second": "no"},
        {"unit": "E", "domain": "x", "column": "row", "first": "no", "second": "yes"},
    ]


def test_values_of_different_measures_stand_apart(tmp_path):
    columns = ["date", "unit", "domain", "measure", "value"]
    first = [("2020-03-05", unit, "x", "adopted", value) for unit, value in zip("ABCD", (1, 1, 0, 0), strict=True)]
    first += [("2020-03-05", unit, "x", "reported", value) for unit, value in zip("ABCD", (0, 0.5, 1, 1), strict=True)]
    second = [(day.replace("-", "/"), *rest, value) for day, *rest, value in first]
    second[0] = (*second[0][:4], 0)
    found = tables(tmp_path, first, second, columns).table.set_index("column")
    assert found["scale"].to_dict() == {"value (adopted)": "nominal", "value (reported)": "ordered"}
    assert found["kappa"].tolist() == pytest.approx([0.5, 1.0])


def test_counts_of_the_agenda_stand_apart_from_yes_and_no(tmp_path):
    columns = ["date", "domain", "measure", "value", "sd"]
    first = [("2020-03-05", f"d{number}", "agenda", int(number < 6), None) for number in range(7)]
    second = list(first)
    first += [("2020-03-05", None, "agenda", 8, 1), ("2020-03-06", None, "议程", 3, 1)]
    second += [("2020-03-05", None, "agenda", 7, 1), ("2020-03-06", None, "agenda", 4, 2)]
    found = tables(tmp_path, first, second, columns).table.set_index("column")
    assert found["pairs"].to_dict() == {"value (agenda)": 7, "value (agenda, count)": 2}
    assert found["kappa"].to_dict() == {"value (agenda)": 1, "value (agenda, count)": 0}


def test_words_are_compared_in_either_language_and_an_empty_cell_is_a_code(tmp_path):
    columns = ["date", "issuer", "rank", "channel", "domain"]
    first = [("2020-03-05", "A", "secretary", "speech", "x"), ("2020-03-06", "B", "centre", "document", None)]
    second = [("2020-03-05", "A", "省委书记", "讲话", "x"), ("2020-03-06", "B", "中央", "speech", "x")]
    found = tables(tmp_path, first, second, columns)
    assert found.table.set_index("column")["agreement"].to_dict() == {"rank": 1.0, "channel": 0.5, "domain": 0.5}
    assert found.disagreements["column"].tolist() == ["channel", "domain"]


def test_codes_that_only_one_coder_gives_make_no_kappa(tmp_path):
    columns = [*SEVERITY, "sd"]
    found = tables(tmp_path, [("A", "x", 0.5, 0.1)], [("A", "x", 0.5, None)], columns)
    assert found.table["column"].tolist() == ["severity"]
    assert found.disagreements["column"].tolist() == ["sd"]


def test_words_and_names_are_read_in_any_case_and_width(tmp_path):
    columns = ["date", "issuer", "rank", "channel", "domain", "cities"]
    first = [
        ("2020-03-05", "A1", "Secretary", "SPEECH ", "x1", "B、C"),
        ("2020-03-06", "A", "elder", "speech", "X", None),
    ]
    second = [
        ("2020-03-05", "Ａ１ ", "ｓｅｃｒｅｔａｒｙ", "speech", " ｘ1", "C; B"),
        ("2020-03-06", "A", "ＥＬＤＥＲ", "speech", "x", None),
    ]
    found = tables(tmp_path, first, second, columns)
    assert (found.only_first, found.only_second) == (0, 0)
    assert found.disagreements[["column", "first", "second"]].values.tolist() == [["domain", "X", "x"]]


def test_a_measure_in_capitals_pairs_with_itself(tmp_path):
    first = [("2020-03-05", "A", "x", "Sites", 3), ("2020-03-05", "B", "x", "点位", 4)]
    second = [("2020-03-05", "A", "x", "sites", 3), ("2020-03-05", "B", "x", " ＳＩＴＥＳ", 5)]
    found = tables(tmp_path, first, second, ["date", "unit", "domain", "measure", "value"])
    assert found.table[["column", "pairs", "agreement"]].values.tolist() == [["value (sites)", 2, 0.5]]


SIGNALS = ["date", "rank", "channel"]


def test_signals_of_one_day_and_issuer_are_paired_in_the_order_of_the_files(tmp_path):
    first = [
        ("2020-03-05", "centre", "written"),
        ("2020-03-05", "deputy", "speech"),
        ("2020-03-06", "centre", "speech"),
    ]
    second = [first[2], first[0], ("2020-03-05", "deputy", "document")]
    found = tables(tmp_path, first, second, SIGNALS)
    assert found.table.set_index("column")["pairs"].to_dict() == {"rank": 3, "channel": 3}
    assert found.disagreements.to_dict("records") == [
        {"date": "2020-03-05", "issuer": None, "nth": 2, "column": "channel", "first": "speech", "second": "document"}
    ]


@pytest.mark.parametrize("swapped", [False, True])
def test_of_more_signals_than_the_other_coder_has_the_first_ones_are_paired(swapped, tmp_path):
    many = [("2020-03-05", "centre", "written"), ("2020-03-05", "deputy", "speech")]
    found = tables(tmp_path, *((many[:1], many) if swapped else (many, many[:1])), SIGNALS)
    assert (found.only_first, found.only_second, len(found.disagreements)) == (int(not swapped), int(swapped), 0)
    assert found.table["pairs"].tolist() == [1, 1]


@pytest.mark.parametrize("column", ["capacity", "zeal"])
@pytest.mark.parametrize("last", [0.9, 1.0])
def test_the_column_says_the_scale_whatever_its_numbers(column, last, tmp_path):
    # 1.1 is a capacity; of zeal the highest number is 1.
    last = 1.1 if column == "capacity" and last == 1.0 else last
    first = [(unit, 1.0, value) for unit, value in zip("ABCD", (0.25, 0.5, 1.0, last), strict=True)]
    second = [(unit, 1.0, value) for unit, value in zip("ABCD", (0.26, 0.75, 1.0, last), strict=True)]
    columns = ["unit", "zeal", "capacity"] if column == "capacity" else ["unit", "capacity", "zeal"]
    found = tables(tmp_path, first, second, columns)
    assert set(found.table["scale"]) == {"ordered"}
    row = found.table.set_index("column").loc[column]
    assert row["agreement"] == 0.75
    assert row["kappa"] == pytest.approx(cohen_kappa_score([1, 2, 4, 4], [1, 3, 4, 4], weights="quadratic"))
    assert found.disagreements["column"].tolist() == [column, column]


def test_numbers_of_two_values_keep_the_scale_of_their_column(tmp_path):
    first = [("A", "x", 0), ("B", "x", 1), ("C", "x", 1)]
    assert tables(tmp_path, first, first, SEVERITY).table["scale"].tolist() == ["ordered"]
    columns = ["date", "unit", "domain", "measure", "value"]
    for measure, scale in (("reported", "ordered"), ("participation", "ordered"), ("sites", "nominal")):
        rows = [("2020-03-05", unit, "x", measure, value) for unit, value in zip("AB", (0, 1), strict=True)]
        assert tables(tmp_path, rows, rows, columns).table["scale"].tolist() == [scale]


def test_large_capacities_have_classes_of_the_same_width(tmp_path):
    first = [("A", 1.0), ("B", 900.0), ("C", 2.5)]
    second = [("A", 1.0), ("B", 900.1), ("C", 2.75)]
    (row,) = tables(tmp_path, first, second, ["unit", "capacity"]).table.to_dict("records")
    assert row["agreement"] == pytest.approx(2 / 3)
    assert row["kappa"] > 0.99


def test_each_class_has_its_lower_end_and_not_its_upper_one(tmp_path):
    ends = (0.125, 0.375, 0.625, 0.875)
    classes = (0.25, 0.5, 0.75, 1.0)
    names = [(unit, "x") for unit in "ABCD"]
    at = [(*name, end) for name, end in zip(names, ends, strict=True)]
    above = [(*name, end) for name, end in zip(names, classes, strict=True)]
    below = [(*name, end - 0.001) for name, end in zip(names, ends, strict=True)]
    assert tables(tmp_path, at, above, SEVERITY).table["agreement"].tolist() == [1.0]
    assert tables(tmp_path, at, below, SEVERITY).table["agreement"].tolist() == [0.0]


def test_nan_is_a_name_like_any_other(tmp_path):
    found = tables(tmp_path, [("nan", "None", 0.5)], [("nan", "None", 0.75)], SEVERITY)
    assert found.disagreements[["unit", "domain", "column"]].values.tolist() == [["nan", "None", "severity"]]


def test_an_empty_cell_is_not_the_text_none(tmp_path):
    columns = ["date", "issuer", "rank", "channel", "domain"]
    first = [("2020-03-05", "A", "centre", "speech", "None"), ("2020-03-06", "A", "centre", "speech", "x")]
    second = [("2020-03-05", "A", "centre", "speech", None), first[1]]
    found = tables(tmp_path, first, second, columns)
    assert found.table.set_index("column").loc["domain", "agreement"] == 0.5
    assert found.disagreements["column"].tolist() == ["domain"]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("unit,domain,severity\nA,x,1\n", "unit,capacity\nA,1\n", "different kinds"),
        ("a,b\n1,2\n", "a,b\n1,2\n", "no table of a case"),
        ("unit,domain,severity\nA,x,1\n", "unit,domain,severity\nB,x,1\n", "no row in common"),
        (
            "unit,domain,severity,问题严重程度\nA,x,1,0\n",
            "unit,domain,severity\nA,x,1\n",
            r"first\.csv(.|\n)*twice(.|\n)*问题严重程度",
        ),
        ("unit,domain,severity\nA,x,high\n", "unit,domain,severity\nA,x,1\n", "line 2, column severity"),
        ("unit,domain,severity\nA,x,1,2\n", "unit,domain,severity\nA,x,1\n", "4 cells under 3 columns"),
        ("unit,domain,severity\nA,x,nan\n", "unit,domain,severity\nA,x,nan\n", "line 2, column severity"),
        ("unit,domain,severity\nA,x,inf\n", "unit,domain,severity\nA,x,1\n", "line 2, column severity"),
        ("unit,capacity,zeal\nA,1,1.1\n", "unit,capacity,zeal\nA,1,1\n", "line 2, column zeal"),
        (
            "date,unit,domain,measure,value\n2020-03-05,A,x,Reported,92\n",
            "date,unit,domain,measure,value\n2020-03-05,A,x,reported,0.9\n",
            r"line 2, column value(.|\n)*0\.92",
        ),
        (
            "unit,domain,severity\nA,x,1\nB,x,1\nＡ,x ,0\n",
            "unit,domain,severity\nA,x,1\n",
            r"first\.csv(.|\n)*line 4(.|\n)*repeats line 2",
        ),
        (
            "month,meetings,head\n2020-03,1,none\n",
            "month,meetings,head\n2020-03,1,none\n2020年3月,2,none\n",
            r"second\.csv(.|\n)*line 3(.|\n)*repeats line 2",
        ),
        ("month,meetings,head\nspring,1,none\n", "month,meetings,head\n2020-03,1,none\n", "line 2, column month"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(first, second, words, tmp_path):
    for name, text in (("first.csv", first), ("second.csv", second)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        agreement(tmp_path / "first.csv", tmp_path / "second.csv")


def test_with_the_case_a_name_its_label_and_an_empty_unit_of_the_city_are_one(tmp_path):
    from simulation.command.starter import make_case

    case = make_case(tmp_path / "mine", "en")
    first = case / "observed.csv"
    second = tmp_path / "second.csv"
    text = (
        first.read_text(encoding="utf-8-sig").replace("Old Town", "老城区").replace(",,,agenda", ",Willow City,,agenda")
    )
    second.write_text(text, encoding="utf-8")
    assert agreement(first, second).only_first > 0
    found = agreement(first, second, case)
    assert (found.only_first, found.only_second, len(found.disagreements)) == (0, 0, 0)


def test_with_the_case_an_empty_list_of_cities_is_its_city_and_a_row_under_two_names_is_refused(tmp_path):
    from simulation.command.starter import make_case

    case = make_case(tmp_path / "mine", "en")
    head = "date,rank,channel,cities\n2020-03-05,centre,speech,"
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(head + "\n", encoding="utf-8")
    second.write_text(head + "Willow City\n", encoding="utf-8")
    assert agreement(first, second).disagreements["column"].tolist() == ["cities"]
    assert agreement(first, second, case).disagreements.empty
    for file in (first, second):
        file.write_text("unit,capacity\nOld Town,1\n老城区,1\n", encoding="utf-8")
    assert agreement(first, second).table["pairs"].tolist() == [2]
    with pytest.raises(InputError, match="repeats line 2"):
        agreement(first, second, case)
