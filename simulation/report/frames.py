"""The content of the report's slider, in few bytes: effect of each place and domain, momentum of each place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.figures.names import Names, ordered
from simulation.figures.places import places_of
from simulation.scenario.calendar import beside
from simulation.text import say

if TYPE_CHECKING:
    from simulation.results import RunResult

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""One sign per effect, in 63 steps from 0 to 1."""
MOST_CELLS = 1_000_000


def frames(result: RunResult, names: Names) -> dict[str, Any]:
    """Return the slider's content.

    Returns
    -------
    dict
        ``weeks`` (0 is the first), ``dates`` (what stands beside each; empty texts without a start date), ``places``
        (units, or cities where there are more than 40 units in several), ``parents`` (city of each place), ``domains``,
        ``effect`` (one string per frame: place by place, domain by domain, signs of `DIGITS`), ``momentum`` (one list
        per frame, in instructions), ``colours``, ``words``.
    """
    units = result.units
    shown = places_of(units)
    place, places, domains = shown.column, shown.names, ordered(units["domain"])
    weeks = np.unique(units["week"].to_numpy())
    step = -(-len(weeks) * len(places) * len(domains) // MOST_CELLS)
    weeks = np.unique([*weeks[::step], weeks[-1]])
    kept = units[units["week"].isin(weeks)]
    effect = (
        kept.groupby(["week", place, "domain"])["effect"]
        .mean()
        .unstack("domain")
        .reindex(index=[(week, name) for week in weeks for name in places], columns=domains)
        .to_numpy()
        .reshape(len(weeks), -1)
    )
    own = kept.groupby(["week", "city", "unit"])["unit_momentum"].first().reset_index()
    momentum = own.groupby(["week", place])["unit_momentum"].sum().unstack(place).reindex(index=weeks, columns=places)
    steps = np.clip(np.rint(np.nan_to_num(effect) * 63), 0, 63).astype(int)
    parent = kept.drop_duplicates(place).set_index(place, drop=False)["city"]
    return {
        "weeks": [int(week) for week in weeks],
        "dates": [beside(result.spec, int(week), names.lang) for week in weeks],
        "places": [names.place(name) for name in places],
        "parents": [] if shown.by_city else [names.place(str(parent[name])) for name in places],
        "domains": [names.domain(key) for key in domains],
        "effect": ["".join(DIGITS[value] for value in frame) for frame in steps],
        "momentum": [[float(f"{value:.3g}") for value in frame] for frame in momentum.to_numpy()],
        "colours": _colours(),
        "words": {
            key: say(f"report.slider.{key}", names.lang)
            for key in ("week", "play", "pause", "effect", "momentum", "province", "cell")
        },
    }


def _colours() -> list[str]:
    from matplotlib.colors import to_hex

    from simulation.drawing.colours import ramp

    shades = ramp()
    return [to_hex(shades(step / 63)) for step in range(64)]


def frames_json(result: RunResult, names: Names) -> str:
    """Return `frames` as JSON that can stand inside a script element whatever the names contain."""
    text = json.dumps(frames(result, names), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
