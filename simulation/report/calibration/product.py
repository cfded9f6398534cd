"""The strongest product of parameters: its members against each other, and the product before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from simulation.drawing.colours import BLUE, INK, ORANGE, RED
from simulation.drawing.lettering import wrap
from simulation.drawing.numbers import finding
from simulation.drawing.sheet import Sheet
from simulation.evidence.identify import standardised
from simulation.report.calibration.labels import areas, caption, meaning, scaled
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from simulation.evidence import Calibrated

NUMBER, TITLE, PART = 3, "calibration.figure.product", "products"
_SIDE = 3.1
_DRAWS = 20_000
_LEAST = 0.2
"""Share of the largest exponent below which a parameter's panels are left out."""


def draw(found: Calibrated, lang: str) -> Sheet | None:
    """Return the picture (see the module); None where one parameter alone is free."""
    names = list(found.calibration.parameters)
    if len(names) < 2:
        return None
    row = found.products.iloc[0]
    exponents = row[names].to_numpy(dtype=float)
    order = np.argsort(-np.abs(exponents), kind="stable")
    leading = [int(place) for place in order[:3] if abs(exponents[place]) >= _LEAST * abs(exponents[order[0]])]
    # The leading parameter alone may make the direction; it is then shown against the next one all the same.
    leading = leading if len(leading) > 1 else [int(place) for place in order[:2]]
    pairs = [(leading[i], leading[j]) for i in range(len(leading)) for j in range(i + 1, len(leading))]
    down = 1 if len(pairs) == 1 else 2
    sheet = Sheet("calibration-product", lang, 2 * _SIDE + 1.6, (_SIDE + 0.45) * down + 1.5)
    with sheet.styled():
        lang = sheet.lang
        panels = sheet.subplots(down, 2, squeeze=False).flat
        for axes, (first, second) in zip(panels, pairs, strict=False):
            _scatter(axes, found, exponents, first, second, lang)
        _itself(panels[len(pairs)], found, exponents, row, lang)
        sheet.head(say(TITLE, lang))
        # A line may break after a dot, not before it.
        shown = row["product"].replace(" · ", "\u00a0· ")
        formula = say("calibration.figure.product.formula", lang, product=shown)
        sheet.foot(formula, say("calibration.figure.product.note", lang), caption(found, lang))
    return sheet


def _scatter(axes: Axes, found: Calibrated, exponents: NDArray[np.float64], first: int, second: int, lang: str) -> None:
    priors = found.calibration.parameters
    names = list(priors)
    x, y = names[first], names[second]
    dropped = found.tried[found.tried["distance"] > found.posterior.tolerance]
    axes.scatter(dropped[x], dropped[y], s=6, color="#b5b5b5", linewidth=0)
    weights = found.vectors["weight"].to_numpy()
    axes.scatter(
        found.vectors[x], found.vectors[y], s=areas(weights), facecolor=BLUE, alpha=0.6, edgecolor="white",
        linewidth=0.4,
    )  # fmt: skip
    if found.defaults:
        axes.plot([found.defaults[x]], [found.defaults[y]], "D", color=INK, markerfacecolor=ORANGE, markersize=7)
    _constant(axes, found, exponents, first, second)
    for axis, name, label in ((axes.xaxis, x, axes.set_xlabel), (axes.yaxis, y, axes.set_ylabel)):
        scaled(axis, priors[name])
        text = meaning(name, lang)
        label("\n".join(wrap(part, _SIDE - 0.7, 8.0) for part in (text, name) if part), fontsize=8.0)
    axes.set(xlim=_ends(found, x), ylim=_ends(found, y))


def _ends(found: Calibrated, name: str) -> tuple[float, float]:
    """Return an axis's ends: the prior's, widened by a little and for a default outside of it."""
    prior = found.calibration.parameters[name]
    given = [prior.low, prior.high]
    default = found.defaults.get(name)
    if default is not None and (default > 0 or prior.scale != "log"):
        given.append(float(default))
    low, high = min(given), max(given)
    if prior.scale == "log":
        margin = (high / low) ** 0.03
        return low / margin, high * margin
    return low - 0.03 * (high - low), high + 0.03 * (high - low)


def _constant(axes: Axes, found: Calibrated, exponents: NDArray[np.float64], first: int, second: int) -> None:
    """Draw the line along which the two keep the product, the other parameters at the kept vectors' mean."""
    priors = found.calibration.parameters
    names = list(priors)
    weights = found.vectors["weight"].to_numpy()
    units = np.linspace(0, 1, 201)
    lines = []
    for place in (first, second):
        prior = priors[names[place]]
        values = [float(prior.at(float(unit))) for unit in units]
        centre = weights @ standardised(prior, found.posterior.unit[:, place])
        lines.append((np.array(values), standardised(prior, units) - centre))
    (x, along), (y, up) = lines
    if abs(exponents[second]) < 1e-9:
        return
    wanted = -exponents[first] / exponents[second] * along
    inside = (wanted >= up[0]) & (wanted <= up[-1])
    axes.plot(x[inside], np.interp(wanted[inside], up, y), color=RED, linestyle="--", linewidth=1.3)


def _itself(axes: Axes, found: Calibrated, exponents: NDArray[np.float64], row: Any, lang: str) -> None:
    priors = found.calibration.parameters
    draws = np.random.default_rng(0).random((_DRAWS, len(priors)))
    before, after = (
        sum(
            c * standardised(prior, unit[:, j])
            for j, (c, prior) in enumerate(zip(exponents, priors.values(), strict=True))
        )
        for unit in (draws, found.posterior.unit)
    )
    edges = np.linspace(min(np.min(before), np.min(after)), max(np.max(before), np.max(after)), 26)
    weights = found.vectors["weight"].to_numpy()
    axes.stairs(np.histogram(after, edges, weights=weights)[0], edges, fill=True, color=BLUE, alpha=0.55, linewidth=0)
    axes.stairs(np.histogram(before, edges)[0] / _DRAWS, edges, color=INK, linewidth=1.0)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: finding(value)))
    axes.spines["left"].set_visible(False)
    verdict = say(f"calibration.verdict.{row['verdict']}", lang)
    text = say("calibration.figure.ratio", lang, ratio=finding(row["variance_ratio"]), verdict=verdict)
    axes.set_xlabel(wrap(say("calibration.figure.product.axis", lang), _SIDE, 8.0) + "\n" + text, fontsize=8.0)
