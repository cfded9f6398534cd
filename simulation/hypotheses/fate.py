"""The fate of a claim in one sentence, by rule: verdict, size, worlds, alternatives, mechanism, label."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulation.drawing.numbers import estimate, interval, percent, plain
from simulation.hypotheses.evidence import EFFECT, NOT_WORSE, NOTHING, Evidence
from simulation.hypotheses.verdicts import REFUTED, SUPPORTED, UNDECIDED
from simulation.hypotheses.wording import metric_name, part_name, span
from simulation.text import say

if TYPE_CHECKING:
    from simulation.hypotheses.findings import Finding
    from simulation.hypotheses.mechanism import Left

_ROLES = {EFFECT: "effect", NOT_WORSE: "not_worse", NOTHING: "nothing"}
_NOTHING_LEFT = 0.005
_TURNED = -0.1
"""Share below which an effect is said to have turned round; one nearer to nothing is hardly there."""


def fate(one: Finding, lang: str) -> str:
    """Return what became of a claim, in one sentence with its numbers."""
    clauses = [_core(one, lang)]
    if one.worlds:
        held = sum(found.holds is True for found in one.worlds)
        clauses.append(say("hypotheses.fate.worlds", lang, number=held, all=len(one.worlds)))
    if one.structures[1] and one.effect != UNDECIDED:
        effect = say(f"hypotheses.{one.effect}", lang)
        clauses.append(say("hypotheses.fate.structures", lang, all=one.structures[1], effect=effect, **one.structural))
    if one.verdict == SUPPORTED and one.mechanism is not None:
        left = one.left
        words = say("hypotheses.fate.gone", lang) if left is None else left_words(left, one, lang)
        clauses.append(say("hypotheses.fate.without", lang, left=words))
    if one.label is not None:
        clauses.append(say(f"hypotheses.fate.label.{one.label}", lang))
    return say("hypotheses.fate.and", lang).join(clauses) + say("hypotheses.fate.end", lang)


def left_words(left: Left, one: Finding, lang: str) -> str:
    """Return the share of an effect that is left without the mechanism, in words, with its interval."""
    named = one.part is not None and one.part.name == left.name
    part = part_name(left.name, lang).strip("`")
    of = say("hypotheses.fate.it", lang) if named else say("hypotheses.fate.that", lang, part=part)
    if abs(left.share) < _NOTHING_LEFT:
        return say("hypotheses.fate.left.nothing", lang, of=of)
    numbers = {"share": percent(left.share), "interval": share_span(left)}
    return say(
        "hypotheses.fate.left.turned" if left.high < 0 and left.share < _TURNED else "hypotheses.fate.left",
        lang,
        of=of,
        **numbers,
    )


def share_span(left: Left) -> str:
    """Return the interval of a share in per cent; ∞ where it has no bound."""
    return interval(left.low, left.high, lambda share: percent(share) if math.isfinite(share) else plain(share))


def _core(one: Finding, lang: str) -> str:
    verdict = say(f"hypotheses.{one.verdict}", lang)
    verdict = verdict[:1].upper() + verdict[1:]
    if one.part is None:
        return say("hypotheses.fate.unmeasured", lang, verdict=verdict)
    if one.part.unit == "rank":
        size = say("hypotheses.fate.rank", lang, rank=plain(one.part.estimate), interval=span(one.part))
    else:
        part = part_name(one.part.name, lang).strip("`")
        words = {"part": part, "estimate": estimate(one.part.estimate), "interval": span(one.part)}
        size = say("hypotheses.fate.size", lang, metric=metric_name(one, lang), **words)
    if one.verdict == one.effect:
        return say("hypotheses.fate.plain", lang, verdict=verdict, size=size, relation=_relation(one.part, one, lang))
    left = one.left
    rest = say("hypotheses.fate.left.unknown", lang) if left is None else left_words(left, one, lang)
    key = "open" if one.verdict == UNDECIDED else "stays"
    return say(f"hypotheses.fate.mechanism_{key}", lang, verdict=verdict, size=size, left=rest)


def _relation(part: Evidence, one: Finding, lang: str) -> str:
    """Return how an interval lies to the value at which the verdict turns."""
    smallest = plain(float(one.hypothesis.common.smallest_effect))
    role = "rank" if part.unit == "rank" else _ROLES[part.role]
    verdict = one.effect
    if role == "effect" and verdict == "refuted" and max(part.sign * part.low, part.sign * part.high) < 0:
        return say("hypotheses.fate.relation.opposite", lang)
    if verdict == UNDECIDED and min(part.p_support, part.p_refute) <= one.hypothesis.common.test.alpha:
        side = SUPPORTED if part.p_support < part.p_refute else REFUTED
        return say(f"hypotheses.fate.relation.corrected.{side}", lang, smallest=smallest)
    return say(f"hypotheses.fate.relation.{role}.{verdict}", lang, smallest=smallest, worst=plain(part.bound))
