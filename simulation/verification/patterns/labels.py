"""Labels of patterns by rule: a pattern is emergent only if it survives the removal of every direct product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulation.verification.patterns import Pattern
from simulation.verification.patterns.direct import SWITCH_OFF

if TYPE_CHECKING:
    import pandas as pd

EMERGENT, ASSUMED, NO_EFFECT = "emergent", "assumed", "no effect"


@dataclass(frozen=True)
class Interval:
    """A difference of effectiveness and its 95 % interval."""

    mean: float
    low: float
    high: float

    def beyond(self, smallest: float) -> int:
        """Return the sign of a difference that lies wholly beyond ± smallest; 0 of one that does not."""
        return 1 if self.low > smallest else -1 if self.high < -smallest else 0


def label(effect: Interval, left: Interval | None, smallest: float) -> str:
    """Return the label of a pattern.

    Parameters
    ----------
    effect : Interval
        The difference that the pattern makes.
    left : Interval or None
        The difference without the direct products; None where there are none.
    smallest : float
        The smallest effect of interest, in effectiveness.

    Returns
    -------
    str
        'no effect' if the effect is not wholly beyond the smallest; else 'emergent' if there are no direct products, or
        what is left is wholly beyond the smallest on the same side; else 'assumed'.
    """
    side = effect.beyond(smallest)
    if side == 0:
        return NO_EFFECT
    return EMERGENT if left is None or left.beyond(smallest) == side else ASSUMED


def without_products(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    """Return the patterns that have direct products, with the removal of these laid over pattern and null."""
    return tuple(
        replace(
            pattern,
            overrides=dict(pattern.overrides) | dict(pattern.direct.set),
            null=dict(pattern.null) | dict(pattern.direct.set),
        )
        for pattern in patterns
        if pattern.direct is not None and pattern.direct.set
    )


def labels_of(
    patterns: Iterable[Pattern], measured: pd.DataFrame, left: pd.DataFrame, smallest: float
) -> dict[str, str]:
    """Return the label, or 'switch-off', per pattern.

    Parameters
    ----------
    patterns : iterable of Pattern
        The patterns to label.
    measured, left : DataFrame
        Tables of `table_of`: of the patterns, and of what `without_products` makes of them.
    smallest : float
        The smallest effect of interest, in effectiveness.
    """
    effects, rest = (_intervals(table) for table in (measured, left))
    return {
        one.id: SWITCH_OFF
        if one.direct is None
        else label(effects[one.id], rest[one.id] if one.direct.set else None, smallest)
        for one in patterns
    }


def _intervals(table: pd.DataFrame) -> dict[str, Interval]:
    return {row.id: Interval(row.difference, row.low, row.high) for row in table.itertuples()}
