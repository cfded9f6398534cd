"""The result of a comparison in words: larger, smaller, equal or undecided, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulation.drawing.lettering import capital
from simulation.drawing.numbers import decimals, plain, significant
from simulation.experiments import labels
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.across import Across


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


def over_worlds(row: Mapping[str, Any], worlds: Across, lang: str) -> list[str]:
    """Return in how many worlds a difference holds, and where among them it does not.

    Parameters
    ----------
    row : mapping
        A row of ``Comparison.table``.
    worlds : Across
        The differences in every world.
    lang : {'en', 'zh'}
        Language of the sentences.
    """
    key = str(row["metric"]), str(row["arm"])
    found, sign = worlds.summary(*key), worlds.direction[(*key, "difference")]
    words: dict[str, object] = {
        "metric": capital(labels.metric(row["metric"], lang)), "arm": row["arm"], "baseline": row["baseline"],
        "n": int(found["worlds"]),
    }  # fmt: skip
    if not found["worlds"]:
        return [say("worlds.result.none", lang, **words)]
    if not sign:
        return [say("worlds.result.equal", lang, **words)]
    held = int(worlds.holds(*key).sum())
    half = (found["q95"] - found["q05"]) / 2
    words |= {"held": held, "shown": int(found["shown"]), "opposite": int(found["opposite"])}
    words |= {name: rounded(found[name], half) for name in ("q05", "q50", "q95")}
    said = say("worlds.result.more" if sign > 0 else "worlds.result.less", lang, **words)
    return [said] if held in (0, found["worlds"]) else [said, *worlds.turning(*key).sentences(lang)]


def contribution_over_worlds(row: Mapping[str, Any], worlds: Across, lang: str) -> list[str]:
    """Return in how many worlds a mechanism's contribution is positive, and where among them it is not.

    Parameters
    ----------
    row : mapping
        A row of ``Ablation.table``.
    worlds : Across
        The contributions in every world.
    lang : {'en', 'zh'}
        Language of the sentences.
    """
    key = str(row["metric"]), str(row["mechanism"]), "shapley"
    found = worlds.summary(*key)
    words: dict[str, object] = {
        "metric": capital(labels.metric(row["metric"], lang)), "mechanism": labels.factor(row["mechanism"], lang),
        "n": int(found["worlds"]),
    }  # fmt: skip
    if not found["worlds"]:
        return [say("worlds.contribution.none", lang, **words)]
    held = int(worlds.holds(*key).sum())
    half = (found["q95"] - found["q05"]) / 2
    removed = int(worlds.holds(*key[:2], "removed").sum())
    words |= {name: rounded(found[name], half) for name in ("q05", "q50", "q95")}
    said = say("worlds.contribution", lang, held=held, removed=removed, **words)
    return [said] if held in (0, found["worlds"]) else [said, *worlds.turning(*key).sentences(lang)]


def rounded(value: float, half: float) -> str:
    """Return a number with as many decimals as its interval's half-width bears, and a true minus sign."""
    if not half > 0:
        return significant(value, 3).replace("-", "−")
    places = min(max(1 - math.floor(math.log10(half)), 0), 8)
    text = decimals(value, places)
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")
