"""The result of a comparison in words: larger, smaller, equal or undecided, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulation.drawing.lettering import capital
from simulation.drawing.numbers import decimals, plain, significant
from simulation.experiments import labels
from simulation.text import say


def sentence(row: Mapping[str, Any], level: float, lang: str) -> str:
    """Return the difference of one scenario from the baseline, in one sentence.

    Parameters
    ----------
    row : mapping
        A row of ``Comparison.table``.
    level : float
        Coverage of its interval.
    lang : {'en', 'zh'}
        Language of the sentence.
    """
    mean, low, high, number = row["mean"], row["low"], row["high"], int(row["n"])
    words: dict[str, object] = {
        "metric": capital(labels.metric(row["metric"], lang)),
        "arm": row["arm"],
        "baseline": row["baseline"],
        "n": number,
        "level": plain(100 * level),
    }
    if number < 2 or not (math.isfinite(low) and math.isfinite(high)):
        return say("experiments.result.none", lang, **words)
    if low == high == mean == 0:
        return say("experiments.result.equal", lang, **words)
    half = (high - low) / 2
    words |= {"low": rounded(low, half), "high": rounded(high, half), "size": rounded(abs(mean), half)}
    if low > 0:
        return say("experiments.result.more", lang, **words)
    if high < 0:
        return say("experiments.result.less", lang, **words)
    return say("experiments.result.undecided", lang, **words | {"difference": rounded(mean, half)})


def rounded(value: float, half: float) -> str:
    """Return a number with as many decimals as its interval's half-width bears, and a true minus sign."""
    if not half > 0:
        return significant(value, 3).replace("-", "−")
    places = min(max(1 - math.floor(math.log10(half)), 0), 8)
    text = decimals(value, places)
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")
