"""The tables of a battery's report: the fate of every claim, the estimates, a claim's parts and variants; LaTeX."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulation.drawing.document import Grid
from simulation.drawing.numbers import UNDEFINED, estimate, percent, probability
from simulation.hypotheses.fate import share_span
from simulation.hypotheses.mechanism import UNCLEAR
from simulation.hypotheses.verdicts import UNDECIDED
from simulation.hypotheses.wording import expected, found, part_name, power_words, span
from simulation.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.hypotheses.elsewhere import VariantFinding
    from simulation.hypotheses.evidence import Evidence
    from simulation.hypotheses.findings import Finding, Findings

EDITED = "†"
"""Mark of a claim that was edited after its first test."""


def battery_table(findings: Findings, lang: str) -> Grid:
    """Return the fate of every claim: verdict, worlds, mechanism, label, structural alternatives."""
    heads = ("claim", "verdict", "worlds_share", "where", "left", "label", "structures")
    rows = [
        [
            marked_id(one),
            one.hypothesis.common.claim[lang],
            say(f"hypotheses.{one.verdict}", lang),
            percent(one.share_of_worlds),
            one.turning.where(lang) if one.worlds else UNDEFINED,
            left_cell(one, lang),
            UNDEFINED if one.label is None else say(f"hypotheses.label.{one.label}", lang),
            structures_cell(one, lang),
        ]
        for one in findings.values()
    ]
    return Grid(["id", *(say(f"hypotheses.{key}", lang) for key in heads)], rows)


def marked_id(one: Finding) -> str:
    """Return a claim's id, marked if the claim was edited after its first test."""
    edited = one.registration is not None and one.registration.edited
    return one.hypothesis.id + (EDITED if edited else "")


def left_cell(one: Finding, lang: str) -> str:
    """Return the fate of the effect without the mechanism, and the share of it that is left."""
    if one.mechanism is None or one.mechanism_status == "moot":
        return UNDEFINED
    status = say(f"hypotheses.status.{UNCLEAR if one.mechanism_is_open else one.mechanism_status}", lang)
    left = one.left
    if left is None:
        return status
    return say("hypotheses.left_cell", lang, status=status, share=percent(left.share), interval=share_span(left))


def structures_cell(one: Finding, lang: str) -> str:
    """Return the number of structural alternatives with the same verdict on the effect, of all of them."""
    same, tried = one.structures
    if not tried or one.effect == UNDECIDED:
        return UNDEFINED
    return say("hypotheses.of", lang, number=same, all=tried)


def estimates_table(findings: Findings, lang: str) -> Grid:
    """Return the part on which each verdict on an effect rests, with its estimate and interval."""
    heads = ("kind", "effect", "part", "expected", "found", "estimate", "interval", "replicates", "robust")
    rows = [
        [
            marked_id(one),
            say(f"hypotheses.kind.{one.hypothesis.kind.name}", lang),
            say(f"hypotheses.{one.effect}", lang),
            *_direction(one, lang),
            estimate(one.part.estimate if one.part else math.nan),
            span(one.part),
            str(one.replicates),
            percent(one.robust_share),
        ]
        for one in findings.values()
    ]
    return Grid(["id", *(say(f"hypotheses.{key}", lang) for key in heads)], rows)


def _direction(one: Finding, lang: str) -> tuple[str, str, str]:
    """Return the part on which a verdict rests, and the direction expected of it and found."""
    if one.part is None:
        return UNDEFINED, UNDEFINED, UNDEFINED
    smallest = float(one.hypothesis.common.smallest_effect)
    return part_name(one.part.name, lang), expected(one.part, lang), found(one.part, smallest, lang)


def parts_table(parts: Sequence[Evidence], one: Finding, lang: str, short: bool = False) -> Grid:
    """Return the parts of a claim, or, short, contrasts that bear on no verdict."""
    smallest = float(one.hypothesis.common.smallest_effect)
    keys = ["part", *([] if short else ["expected"]), "found", "estimate", "interval"]
    keys += [] if short else ["p_support", "p_refute", "power"]
    rows = []
    for part in parts:
        direction = [found(part, smallest, lang)] if short else [expected(part, lang), found(part, smallest, lang)]
        row = [part_name(part.name, lang), *direction, estimate(part.estimate), span(part)]
        if not short:
            row += [probability(part.p_support), probability(part.p_refute), power_words(part, one, lang)]
        rows.append(row)
    return Grid([say(f"hypotheses.{key}", lang) for key in keys], rows)


def gone_table(one: Finding, lang: str) -> Grid:
    """Return the share of each effect that is left without the mechanism, and the test that more than half goes."""
    assert one.mechanism is not None
    left = {share.name: share for share in one.mechanism.absence.left}
    rows = []
    for part in one.mechanism.absence.parts:
        share = left.get(part.name)
        cells = [UNDEFINED] * 2 if share is None else [percent(share.share), share_span(share)]
        numbers = [estimate(part.estimate), span(part), probability(part.p_support), probability(part.p_refute)]
        rows.append([part_name(part.name, lang), *cells, *numbers])
    keys = ("part", "left_share", "interval", "half_gone", "interval", "p_support", "p_refute")
    return Grid([say(f"hypotheses.{key}", lang) for key in keys], rows)


def variants_table(variants: Sequence[VariantFinding], lang: str) -> Grid:
    """Return the verdict under each alternative."""
    colon = say("hypotheses.colon", lang)
    rows = [
        [
            f"{found.variant.name}{colon}{found.variant.label[lang]}",
            say(f"hypotheses.{found.verdict}", lang),
            UNDEFINED if found.part is None else part_name(found.part.name, lang),
            estimate(found.part.estimate if found.part else math.nan),
            span(found.part),
            str(found.replicates),
        ]
        for found in variants
    ]
    heads = ("alternative", "verdict", "part", "estimate", "interval", "replicates")
    return Grid([say(f"hypotheses.{key}", lang) for key in heads], rows)


_LATEX = {letter: f"\\{letter}" for letter in "&%_#${}"} | {
    UNDEFINED: "--",
    EDITED: r"\dag{}",
    "−": "-",
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "\n": " ",
    "\r": " ",
}


def latex(findings: Findings, lang: str) -> str:
    """Return the first table as LaTeX (booktabs), with the estimate and its interval after the verdict."""
    table, numbers = battery_table(findings, lang), estimates_table(findings, lang)
    places = [numbers.head.index(say(f"hypotheses.{key}", lang)) for key in ("estimate", "interval")]
    joined = [
        [*row[:3], *(other[place] for place in places), *row[3:]]
        for row, other in zip([table.head, *table.rows], [numbers.head, *numbers.rows], strict=True)
    ]

    def line(row: Sequence[str]) -> str:
        return " & ".join("".join(_LATEX.get(letter, letter) for letter in cell) for cell in row) + r" \\"

    head, *rows = [line(row) for row in joined]
    body = "\n".join(rows)
    note = say("hypotheses.quick", lang) if findings.quick else ""
    comment = f"% {note}\n" if note else ""
    return (
        f"{comment}\\begin{{tabular}}{{lp{{5cm}}lrlrp{{4cm}}p{{2.5cm}}p{{2cm}}r}}\n\\toprule\n{head}\n\\midrule\n{body}\n"
        "\\bottomrule\n\\end{tabular}\n"
    )
