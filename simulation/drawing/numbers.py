"""Numbers as a reader sees them: every style in which a picture, a report or a command writes one, by its name.

Unless said otherwise a number that is not defined is an en dash.
"""

from __future__ import annotations

import math
from collections.abc import Callable

UNDEFINED = "–"


def amount(value: float) -> str:
    """Return an amount with about three digits that matter; pictures and the report of a run."""
    if math.isnan(value):
        return UNDEFINED
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.095 else f"{value:.2g}" if abs(value) >= 0.001 else "<0.001"


def momentum(value: float) -> str:
    """Return momentum in instructions, three digits or the whole number; the table that ends `wushi run`."""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def measured(value: float) -> str:
    """Return a metric's mean, difference or index with four decimals, or four digits when it is large."""
    return f"{value:z.4f}" if abs(value) < 1000 else f"{value:.4g}"


def estimate(value: float) -> str:
    """Return the estimate of a hypothesis with four decimals, fewer for large and whole ones."""
    if not math.isfinite(value):
        return UNDEFINED
    if abs(value) < 5e-5:
        return "0"
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.4f}"


def finding(value: float) -> str:
    """Return a number of a calibration with three digits and a true minus sign; ∞ where it has no bound."""
    return significant(value).replace("-", "−")


def significant(value: float, digits: int = 3) -> str:
    """Return a number with so many digits; ∞ where it is infinite."""
    if math.isnan(value):
        return UNDEFINED
    return "∞" if math.isinf(value) else f"{value:.{digits}g}"


def plain(value: float) -> str:
    """Return a number as one writes it by hand: at most six digits, none without need."""
    return significant(value, 6)


def decimals(value: float, places: int) -> str:
    """Return a number with so many decimals."""
    return UNDEFINED if math.isnan(value) else f"{value:.{places}f}"


def signed(value: float, places: int) -> str:
    """Return a difference with its sign and so many decimals, a true minus among them; 0 has no sign."""
    if math.isnan(value):
        return UNDEFINED
    text = f"{value:+z.{places}f}"
    return text.removeprefix("+") if float(text) == 0 else text.replace("-", "−")


def percent(share: float, places: int = 0) -> str:
    """Return a share, 1 for all, in per cent with so many decimals."""
    return f"{share:.{places}%}" if math.isfinite(share) else UNDEFINED


def probability(value: float) -> str:
    """Return a p-value with four decimals; smaller ones are said to be smaller."""
    return "< .0001" if value < 1e-4 else f"{value:.4f}"


def count(number: int) -> str:
    """Return a whole number with its thousands set apart."""
    return f"{number:,}"


def interval(low: float, high: float, style: Callable[[float], str]) -> str:
    """Return an interval, its ends in a style of this module."""
    return f"[{style(low)}, {style(high)}]"


def duration(seconds: float) -> str:
    """Return a duration as h:mm:ss."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"


def bounds(low: float, high: float) -> str:
    """Return a range of findings as text: one value, both ends, or the bound that there is."""
    if low == high:
        return finding(low)
    if math.isinf(low):
        return f"≤ {finding(high)}"
    return f"≥ {finding(low)}" if math.isinf(high) else f"{finding(low)} … {finding(high)}"
