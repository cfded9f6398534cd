"""The part of docs/patterns.md that shows the labels of the patterns, and what is left without the direct products."""

# ruff: noqa: E501 (the prose of the document, one source line per line)

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from pattern_words import num, rows
from smallest import quoted

from simulation.verification.patterns import Pattern
from simulation.verification.patterns.direct import SWITCH_OFF, Direct
from simulation.verification.patterns.labels import ASSUMED, EMERGENT, NO_EFFECT, labels_of

#: The smallest effect of interest, as the shipped claims on effectiveness use it.
SMALLEST: float = quoted()["effectiveness"]
SHOWN: Mapping[str, str] = {NO_EFFECT: "–"}


def labels(patterns: Sequence[Pattern], measured: pd.DataFrame, left: pd.DataFrame) -> dict[str, str]:
    """Return the label per pattern as the tables show it."""
    found = labels_of(patterns, measured, left, SMALLEST)
    return {name: SHOWN.get(one, one) for name, one in found.items()}


def section_labels(
    patterns: Sequence[Pattern],
    found: Mapping[str, str],
    measured: pd.DataFrame,
    left: pd.DataFrame,
    runs: pd.DataFrame,
) -> str:
    """Say how many patterns have which label, and show per path what was taken away and what is left.

    Parameters
    ----------
    patterns : sequence of Pattern
        All patterns.
    found : mapping
        Label per pattern.
    measured, left : DataFrame
        Tables of `table_of`, with and without the direct products.
    runs : DataFrame
        The runs behind `left`.
    """
    labelled = [one for one in patterns if one.direct is not None]
    paths = {one.direct.name: one.direct for one in labelled if one.direct is not None}
    effects, rest = measured.set_index("id"), left.set_index("id")
    levels = runs.groupby("arm")["effectiveness"].mean() if len(runs) else {}

    def line(one: Pattern) -> tuple[str, ...]:
        cells = (one.id, one.en, found[one.id], _interval(effects.loc[one.id]))
        if one.id not in rest.index:
            return *cells, "–", "–"
        return *cells, _interval(rest.loc[one.id]), num(float(levels[rest.loc[one.id, "null"]]), 3)

    head = ("#", "pattern", "label", "difference [95 %]", "left [95 %]", "null without the products")
    parts = [_summary(labelled, found)]
    for name, path in paths.items():
        table = rows(head, *(line(one) for one in labelled if one.direct is path))
        parts.append(f"### {name}\n\n{_taken(path)}\n\n{table}")
    return "\n\n".join(parts)


def _summary(labelled: Sequence[Pattern], found: Mapping[str, str]) -> str:
    names = {
        one: [p.id for p in labelled if found[p.id] == SHOWN.get(one, one)] for one in (EMERGENT, ASSUMED, NO_EFFECT)
    }
    off = sum(label == SWITCH_OFF for label in found.values())
    which = f" ({', '.join(names[EMERGENT])})" if names[EMERGENT] else ""
    return (
        f"Of {len(found)} patterns {len(names[EMERGENT])} are emergent{which} and {len(names[ASSUMED])} assumed; {len(names[NO_EFFECT])} have no effect "
        f"beyond {num(SMALLEST)}, and {off} switch one mechanism off.\n\n"
        "A *direct product* is a term in which what is changed, or a level, gate or probability that an equation makes of it, multiplies "
        "effectiveness or the momentum on its way there. A count of domains, units or sites is one too, since effectiveness is a mean over "
        "all of them. A removal takes away more rather than less, so that *assumed* says that no more can be shown, and not that nothing else "
        "is at work.\n\n"
        "Per path: the products that were taken away in both arms, the difference of effectiveness that the pattern makes in the "
        "default world, and the difference that is left. The last column gives the effectiveness that the null keeps: where it is "
        "small, little could be left."
    )


def _taken(path: Direct) -> str:
    if not path.set:
        return f"None: {path.en}. 没有：{path.zh}。"
    changes = ", ".join(f"`{key}` {_value(value)}" for key, value in path.set.items())
    return f"{path.en}. {path.zh}。 ({changes}.)"


def _value(value: object) -> str:
    if isinstance(value, list):
        strength = value[0]["intensity"]
        return f"one of intensity {strength:g} " + ("on the point" if len(value) == 1 else "per domain")
    return str(value) if isinstance(value, str) else f"{value:g}"


def _interval(row: pd.Series) -> str:
    return f"{num(row['difference'], 3)} [{num(row['low'], 3)}, {num(row['high'], 3)}]"
