"""The expression language: arithmetic over metrics, and nothing else gets through."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.odd import told

from simulation.evidence.expression import Expression
from simulation.files.errors import InputError

NAMES = ("x", "y", "zeta")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", 2.0),
        ("x + y * 3", 17.0),
        ("-(x - y) / 2", 1.5),
        ("min(x, y, 1)", 1.0),
        ("max(x, y) - 1e1", -5.0),
        ("x.peak / x", 4.0),
        ("y.year_after", 0.5),
        ("+x", 2.0),
    ],
)
def test_an_expression_has_the_value_of_its_arithmetic(text, value):
    known = {"x": 2.0, "y": 5.0, "x.peak": 8.0, "y.year_after": 0.5}
    assert Expression.parse(text, NAMES).value(known) == value


def test_an_expression_names_what_it_needs():
    assert Expression.parse("x.peak / (x + zeta)", NAMES).names == {"x.peak", "x", "zeta"}


@pytest.mark.parametrize("text", ["x / (x - 2)", "0 / 0", "1e308 * 1e308 * x", "min(x, y / 0)", "x - x / 0"])
def test_what_is_not_defined_is_nan_and_never_an_error(text):
    assert math.isnan(Expression.parse(text, NAMES).value({"x": 2.0, "y": 5.0}))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "x.__class__",
        "x.peak.real",
        "(x).__class__.__mro__",
        "open('f')",
        "x if y else 1",
        "[x for x in y]",
        "lambda: 1",
        "x ** 9",
        "x // y",
        "x % y",
        "x @ y",
        "x < y",
        "x and y",
        "~x",
        "not x",
        "'x'",
        "f'{x}'",
        "True",
        "None",
        "1j",
        "min(x)",
        "min(*x)",
        "min(x, y, key=x)",
        "min.peak(x, y)",
        "x[0]",
        "(x := 1)",
        "x; y",
        "x = 1",
        "",
        "   ",
        "x +",
        "(" * 400 + "x" + ")" * 400,
        "1e999",
        None,
        3,
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(InputError) as caught:
        Expression.parse(text, NAMES, key="targets.t.expression")
    assert caught.value.key == "targets.t.expression"


def test_an_unknown_metric_is_refused_with_the_nearest_one():
    with pytest.raises(InputError) as caught:
        Expression.parse("zetta / 2", NAMES)
    assert caught.value.suggestion == "zeta"


numbers = st.floats(-1e3, 1e3)
leaves = st.sampled_from(["x", "y"]) | st.integers(0, 9).map(str)
expressions = st.recursive(
    leaves,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    max_leaves=8,
)


@given(expressions, numbers, numbers)
def test_the_value_is_what_python_itself_would_compute(text, x, y):
    expected = float(eval(text, {"__builtins__": {}}, {"x": x, "y": y}))
    assert Expression.parse(text, ("x", "y")).value({"x": x, "y": y}) == pytest.approx(expected, rel=1e-12)


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused(text):
    try:
        parsed = Expression.parse(text, NAMES)
    except InputError:
        return
    assert {name.partition(".")[0] for name in parsed.names} <= set(NAMES)


def test_what_was_not_let_through_is_not_computed_either():
    with pytest.raises(InputError):
        Expression.parse("a[0]", ["a"])
    with pytest.raises(AssertionError, match="let something through"):
        Expression("a[0]", frozenset({"a"})).value({"a": 1.0})
    assert Expression.parse("max(a, 2) - +a", ["a"]).value({"a": 1.0}) == 1.0


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("text", ["9" * 400, "-" + "9" * 499, "breadth + 1" + "0" * 309, "1e309", "0x" + "f" * 400])
def test_a_number_in_an_expression_that_no_float_can_hold_is_refused(text: str) -> None:
    assert told(lambda: Expression.parse(text, ["breadth"]))
    assert Expression.parse("1e300 * 1e300", []).value({}) != 0
