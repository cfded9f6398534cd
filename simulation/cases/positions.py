"""Where a parameter's value lies in the range that was searched for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.cases.prior import position
from simulation.evidence.worlds.space import space
from simulation.experiments.design.distributions import Choices, Distribution, Range

if TYPE_CHECKING:
    from simulation.cases.fitted import Fit


def searched(fit: Fit, key: str) -> Distribution | None:
    """Return the distribution of a searched parameter; None where nothing is known of it but its vectors."""
    axes = space()
    return fit.case.free.get(key) or (axes[key].searched if key in axes else None)


def placed(fit: Fit, key: str, value: Any) -> float:
    """Return the position of a value in its searched range, in [0, 1]."""
    drawn = searched(fit, key)
    if isinstance(drawn, Range):
        low, high = (float(end) for end in drawn.ends())
        return min(max(position(drawn, min(max(float(value), low), high)), 0.0), 1.0) if high > low else 0.5
    values = list(drawn.values) if isinstance(drawn, Choices) else sorted(set(fit.prior[key].tolist()))
    # Numbers come from tables whose columns hold 1 as 1.0, words and true or false as texts.
    same = [place for place, one in enumerate(values) if one == value or str(one) == str(value)]
    return (same[0] + 0.5) / len(values) if same else 0.5


def chosen(fit: Fit, most: int) -> list[str]:
    """Return the free parameters of the case, then those of which the data tell most."""
    table = fit.parameters.sort_values("variance_ratio", kind="stable")["parameter"].tolist()
    free = [key for key in table if key in fit.case.free]
    return (free + [key for key in table if key not in fit.case.free])[: max(most, len(free))]


def shown_value(value: Any) -> str:
    """Return a parameter's value as text."""
    from simulation.drawing.numbers import significant

    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return significant(float(value)).replace("-", "−")
