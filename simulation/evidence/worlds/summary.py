"""A set of worlds in numbers and words: how it was found, what it says of the findings, and what it pins down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulation.drawing.numbers import bounds, count, finding, percent, plain
from simulation.evidence.findings import all_findings
from simulation.text import say

if TYPE_CHECKING:
    from simulation.evidence.worlds.file import Worlds
    from simulation.evidence.worlds.form import About

_IN_JSON = ("low", "high", "tolerance", "default", "median", "share_met")
_QUANTILES = (0.05, 0.5, 0.95)
_TIMES = " · "
_FACTORS = 6


def as_data(worlds: Worlds) -> dict[str, Any]:
    """Return the number of worlds and their findings as JSON can hold them; a bound that is not there is None."""
    return {
        "worlds": len(worlds),
        "findings": {
            key: {name: _plain(getattr(row, name)) for name in _IN_JSON} for key, row in worlds.findings.items()
        },
    }


def origin(worlds: Worlds, lang: str) -> list[str]:
    """Return how a set was found, in sentences."""
    about = worlds.about
    if about is None:
        return [say("worlds.summary.no_about", lang, n=count(len(worlds)), parameters=len(worlds.keys))]
    words = {"n": count(len(worlds)), "runs": count(sum(about.runs.values())), "cities": count(about.cities)}
    return [
        say("worlds.summary.meaning", lang, **words),
        say("worlds.summary.search", lang, parameters=len(about.parameters), **words),
        *_candidates(about, lang),
        say("worlds.summary.made", lang, made=about.made, edition=about.edition, code=about.code, seed=about.seed),
        say("worlds.summary.command", lang, command=about.command),
    ]


def _candidates(about: About, lang: str) -> list[str]:
    if about.looked_at is None or about.screened is None:
        return []
    return [say("worlds.summary.candidates", lang, screened=count(about.screened), looked_at=count(about.looked_at))]


def finding_rows(worlds: Worlds, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table of findings."""
    names = ("finding", "found", "tolerance", "default", "median", "share_met")
    known = all_findings().findings
    rows = []
    for key, row in worlds.findings.items():
        middle = f"{finding(row.median)} [{finding(row.low90)}, {finding(row.high90)}]"
        found, allowed = bounds(row.low, row.high), f"± {plain(row.tolerance)}"
        rows.append(
            [getattr(known[key].claim, lang), found, allowed, finding(row.default), middle, percent(row.share_met, 1)]
        )
    return [say(f"worlds.summary.{name}", lang) for name in names], rows


def parameter_rows(worlds: Worlds, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table of parameters: the default, the other worlds, and what is pinned down."""
    first = worlds[0]
    if worlds.about is None:
        head = [say(f"worlds.summary.{name}", lang) for name in ("parameter", "default", "median")]
        return head, [[key, _written(first[key]), _spread(worlds, key)] for key in worlds.keys]
    names = ("parameter", "searched", "default", "median", "ratio", "verdict")
    rows = []
    for key, row in sorted(worlds.about.parameters.items(), key=lambda entry: entry[1].variance_ratio):
        verdict = say(f"calibration.verdict.{row.verdict}", lang)
        middle = f"{finding(row.median)} [{finding(row.low)}, {finding(row.high)}]"
        searched = bounds(row.prior_low, row.prior_high)
        rows.append([key, searched, _written(first[key]), middle, finding(row.variance_ratio), verdict])
    return [say(f"worlds.summary.{name}", lang) for name in names], rows


def products(worlds: Worlds, lang: str) -> list[str]:
    """Return the products of parameters that the findings pin down, in lines."""
    if worlds.about is None:
        return []
    return [
        say("worlds.summary.product", lang, product=_strongest(row.product, lang), ratio=finding(row.variance_ratio))
        for row in worlds.about.products
        if row.verdict == "pinned"
    ]


def _strongest(product: str, lang: str) -> str:
    """Return the first factors of a product, which are its strongest, and how many more there are."""
    factors = product.split(_TIMES)
    shown = _TIMES.join(factors[:_FACTORS])
    more = len(factors) - _FACTORS
    return shown if more <= 0 else say("worlds.summary.factors", lang, shown=shown, more=more)


def _spread(worlds: Worlds, key: str) -> str:
    import numpy as np

    values = [world[key] for world in worlds]
    if any(isinstance(value, bool | str) for value in values):
        return ", ".join(sorted({_written(value) for value in values}))
    low, middle, high = (finding(float(np.quantile(values, order))) for order in _QUANTILES)
    return f"{middle} [{low}, {high}]"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else plain(value).replace("-", "−")


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None
