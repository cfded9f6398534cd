"""The searches for rules: a box by PRIM (ema_workbench), a classification tree by CART (scikit-learn).

Only here are these libraries imported. They are an extra of the package; `find_turning` asks for it first.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.experiments.rules import Region, cut, within

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_LEAST = 3
"""Fewest points in a box or a leaf."""
_SHARE = 0.05
"""Smallest share of all points in a box or a leaf, where the rarer kind is not rarer still."""
_PRICE = 0.03
"""Gain in correlation with the wanted points that one more limit must bring."""
_MOST = 4
"""Most limits of a box."""
_DEPTH = 3
"""Most questions on the way to a leaf."""


def box(points: pd.DataFrame, wanted: NDArray[np.bool_]) -> list[Region]:
    """Return the box that holds many of the wanted points and few others; an empty list where none does.

    PRIM peels the points slice by slice. Of the boxes that it passes, the one is taken in which lying goes most closely
    with being wanted (the correlation of the two), once limits that bring little are left out.

    Parameters
    ----------
    points : DataFrame
        One row per point, numbers only, each column with variation.
    wanted : array of bool, shape (points,)
        True for points that the box should hold.
    """
    if not _both_kinds(wanted):
        return []
    with _quiet():
        search = _prim()(points, wanted.astype(float), mass_min=_least(wanted) / len(wanted))
        passed = search.find_box().box_lims
    best: tuple[float, Region] = (_score((), points, wanted), ())
    for limits in passed:
        region = _simplified(_region(limits, points), points, wanted)
        score = _score(region, points, wanted)
        if len(region) <= _MOST and score > best[0]:
            best = (score, region)
    return [best[1]] if best[1] else []


def tree(points: pd.DataFrame, wanted: NDArray[np.bool_]) -> list[Region]:
    """Return the leaves of a small classification tree in which the wanted points are the majority.

    scikit-learn is called directly: ema_workbench's CART is the same tree, but breaks ties by chance.

    Parameters
    ----------
    points, wanted
        As for `box`.
    """
    from sklearn.tree import DecisionTreeClassifier

    if not _both_kinds(wanted):
        return []
    grown = DecisionTreeClassifier(max_depth=_DEPTH, min_samples_leaf=_least(wanted), random_state=0)
    grown.fit(points.to_numpy(dtype=float), wanted)
    whole = _leaves(grown.tree_, 0, (), points, wanted)
    return [region for region in whole if region]


def _both_kinds(wanted: NDArray[np.bool_]) -> bool:
    return bool(wanted.any() and not wanted.all())


def _least(wanted: NDArray[np.bool_]) -> int:
    return max(_LEAST, min(int(_SHARE * len(wanted)), int(wanted.sum())))


def _region(limits: pd.DataFrame, points: pd.DataFrame) -> Region:
    found = []
    for key in points.columns:
        for above, at in ((True, limits[key].iloc[0]), (False, limits[key].iloc[1])):
            limit = cut(points, key, float(at), above=above)
            if limit is not None:
                found.append(limit)
    return tuple(found)


def _simplified(region: Region, points: pd.DataFrame, wanted: NDArray[np.bool_]) -> Region:
    """Leave out limits, the least useful first, as long as the score rises."""
    while region:
        fewer = [region[:place] + region[place + 1 :] for place in range(len(region))]
        scores = [_score(one, points, wanted) for one in fewer]
        best = int(np.argmax(scores))
        if scores[best] < _score(region, points, wanted):
            return region
        region = fewer[best]
    return region


def _score(region: Region, points: pd.DataFrame, wanted: NDArray[np.bool_]) -> float:
    """Return the correlation between lying in a region and being wanted, less the price of the limits."""
    inside = within(region, points)
    spread = float(inside.std() * wanted.std())
    if not spread:
        return 0.0
    return float((inside & wanted).mean() - inside.mean() * wanted.mean()) / spread - _PRICE * len(region)


def _leaves(
    grown: Any, node: int, path: Region, points: pd.DataFrame, wanted: NDArray[np.bool_]
) -> list[Region] | tuple[Region]:
    """Return the regions below a node whose majority is wanted; neighbours that say the same are one."""
    left, right = int(grown.children_left[node]), int(grown.children_right[node])
    here = within(path, points)
    if left == right:
        return [path] if wanted[here].mean() > 0.5 else []
    key, at = str(points.columns[grown.feature[node]]), float(grown.threshold[node])
    found: list[Region] = []
    whole = 0
    for child, above in ((left, False), (right, True)):
        # The limit is written with the points of this node, which are all that it parts.
        limit = cut(points[here], key, at, above=above)
        region = path if limit is None else (*_without(path, key, above), limit)
        below = _leaves(grown, child, region, points, wanted)
        whole += below == [region]
        found.extend(below)
    return [path] if whole == 2 and path else found


def _without(path: Region, key: str, above: bool) -> Region:
    """Return a path without an earlier limit on the same side, which a later one makes idle."""
    return tuple(limit for limit in path if (limit.key, limit.above) != (key, above))


@functools.cache
def _prim() -> Any:
    """Import PRIM; the import sets colours of matplotlib for everybody, so these are put back."""
    from matplotlib import rc_context

    with rc_context(), _quiet():
        from ema_workbench.analysis.prim import Prim

    return Prim


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what ema_workbench 3.0 warns of and its user cannot change, each by its words.

    It misses two libraries of which nothing is used here, and calls pandas in a way that pandas 4 will not have.
    """
    with warnings.catch_warnings():
        for message in ("ipyparallel not installed", "altair based interactive inspection not available"):
            warnings.filterwarnings("ignore", message=message)
        warnings.filterwarnings("ignore", message="The inplace keyword in DataFrame.drop is deprecated")
        yield
