"""Numbers and tables as docs/patterns.md writes them."""

from __future__ import annotations

import math

import pandas as pd


def rows(*lines: tuple[object, ...]) -> str:
    head, *body = lines
    out = ["| " + " | ".join(map(str, head)) + " |", "|" + "---|" * len(head)]
    return "\n".join(out + ["| " + " | ".join(map(str, line)) + " |" for line in body])


def num(value: float | None, digits: int = 2) -> str:
    if value is None or pd.isna(value):
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def mean(values: pd.Series, digits: int = 3) -> str:
    array = values.dropna().to_numpy(dtype=float)
    if not len(array):
        return "–"
    if len(array) == 1:
        return num(float(array[0]), digits)
    from scipy import stats

    half = stats.t.ppf(0.975, len(array) - 1) * array.std(ddof=1) / math.sqrt(len(array))
    return f"{num(float(array.mean()), digits)} ± {num(float(half), digits)}"
