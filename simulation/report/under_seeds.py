"""A run among other seeds, in words: one row per headline metric, for the report and for the printed table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from simulation.drawing.numbers import UNDEFINED, count, decimals
from simulation.metrics import METRICS
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.fans import Fan

HEADLINES = (
    *("agenda", "depth", "core_effect", "effectiveness", "site_effect"),
    *("breadth", "surface", "participation", "reporting_gap"),
)
"""The same as in the table that ends `wushi run`."""
COLUMNS = ("own", "median", "half", "most", "rank")


class Row(NamedTuple):
    """One metric at the end: its label, then as text the own seed's value, median, both ranges and the rank."""

    label: str
    own: str
    median: str
    half: str
    most: str
    rank: str


def rows(fan: Fan, lang: str) -> list[Row]:
    """Return the rows of the headline metrics that a fan has."""
    return [_row(fan, name, lang) for name in HEADLINES if name in fan.metrics]


def intro(fan: Fan, lang: str) -> str:
    """Return what the other seeds are, in a paragraph."""
    return say("report.fan.intro", lang, **numbers(fan))


def numbers(fan: Fan) -> dict[str, str]:
    """Return the number of seeds, the first and the last, as text."""
    seeds = fan.ends["seed"]
    return {"n": count(len(seeds)), "first": str(seeds.iloc[0]), "last": str(seeds.iloc[-1])}


def _row(fan: Fan, name: str, lang: str) -> Row:
    places = 1 if METRICS[name].unit == "domains" else 3
    end = fan.weekly(name).iloc[-1]
    rank = fan.rank(name)
    return Row(
        label=say(f"metric.{name}", lang),
        own=decimals(float(fan.ends[name].iloc[0]), places),
        median=decimals(end["q50"], places),
        half=_range(end["q25"], end["q75"], places),
        most=_range(end["q05"], end["q95"], places),
        rank=UNDEFINED if rank is None else say("report.fan.place", lang, place=rank[0], n=rank[1]),
    )


def _range(low: float, high: float, places: int) -> str:
    return UNDEFINED if math.isnan(low) else f"{decimals(low, places)} – {decimals(high, places)}"
