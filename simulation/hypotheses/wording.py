"""A part of a claim in words: its name, the direction that the claim expects, the one found, and the test's power."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulation.drawing.numbers import UNDEFINED, estimate, interval, percent, plain
from simulation.hypotheses.evidence import NOT_WORSE, NOTHING, Evidence
from simulation.hypotheses.planning import part_power
from simulation.text import catalogue, say

if TYPE_CHECKING:
    from simulation.hypotheses.findings import Finding


def part_name(name: str, lang: str) -> str:
    """Return a part's words, or its own name where it is a label of the file."""
    key = f"hypotheses.part.{name}"
    return say(key, lang) if key in catalogue() else f"`{name}`"


def span(part: Evidence | None) -> str:
    """Return an interval for a table."""
    return UNDEFINED if part is None else interval(part.low, part.high, estimate)


def expected(part: Evidence, lang: str) -> str:
    """Return the direction that the claim expects of a part."""
    if part.unit == "rank":
        return say("hypotheses.direction.top", lang)
    if part.role == NOTHING:
        return say("hypotheses.direction.none", lang)
    if part.role == NOT_WORSE:
        return say(f"hypotheses.direction.{'no_fall' if part.sign > 0 else 'no_rise'}", lang)
    return say(f"hypotheses.direction.{'increase' if part.sign > 0 else 'decrease'}", lang)


def found(part: Evidence, smallest: float, lang: str) -> str:
    """Return the direction in which a part's interval lies, with ``smallest`` the smallest effect of interest."""
    if part.unit == "rank":
        return say("hypotheses.direction.rank", lang, rank=plain(part.estimate))
    if not (math.isfinite(part.low) and math.isfinite(part.high)):
        return UNDEFINED
    small = max(abs(part.low), abs(part.high)) < smallest
    sure = min(abs(part.low), abs(part.high)) > smallest
    size = "" if sure else "small_" if small else "open_"
    if part.low > 0:
        return say(f"hypotheses.direction.{size}increase", lang)
    if part.high < 0:
        return say(f"hypotheses.direction.{size}decrease", lang)
    return say(f"hypotheses.direction.{'none' if small else 'open'}", lang)


def metric_name(one: Finding, lang: str) -> str:
    """Return the metric's label, or its name where it is none of the model's."""
    name = one.hypothesis.common.metric
    return say(f"metric.{name}", lang) if f"metric.{name}" in catalogue() else name


def power(part: Evidence, one: Finding) -> float:
    """Return the chance that the test had to decide this part, were the effect twice the smallest, or zero; or NaN."""
    common = one.hypothesis.common
    return part_power(part, one.replicates, float(common.smallest_effect), common.test.alpha, one.plan.alpha)


def underpowered(part: Evidence, one: Finding) -> bool:
    """Tell whether a part's power lies below the one that its hypothesis requires."""
    return power(part, one) < one.hypothesis.common.test.power


def power_words(part: Evidence, one: Finding, lang: str) -> str:
    """Return a part's power for a table, and whether it is too low."""
    share = percent(power(part, one))
    return say("hypotheses.power.low", lang, power=share) if underpowered(part, one) else share


def in_words(part: Evidence, one: Finding, lang: str) -> str:
    """Return a part in one sentence: what it measures, the direction expected and found, and where power lacks."""
    smallest = float(one.hypothesis.common.smallest_effect)
    text = say(
        "hypotheses.part_sentence",
        lang,
        part=part_name(part.name, lang).strip("`"),
        expected=expected(part, lang),
        found=found(part, smallest, lang),
        estimate=estimate(part.estimate),
        interval=span(part),
    )
    if not underpowered(part, one):
        return text
    words = {"power": percent(power(part, one)), "wanted": percent(one.hypothesis.common.test.power)}
    return text + say("hypotheses.power.sentence", lang, smallest=plain(smallest), **words)


def rests_on(one: Finding, lang: str) -> str:
    """Return the part on which a verdict rests, in words; a dash where nothing could be tested."""
    return UNDEFINED if one.part is None else in_words(one.part, one, lang)
