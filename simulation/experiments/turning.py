"""Where in parameter space a result turns around: a box and a classification tree, each in words.

The box is found by the patient rule induction method (Friedman & Fisher 1999), the tree by CART (Breiman et al. 1984).
Both describe the rarer kind of points: where the result fails, or, if it fails in most, where it holds. A rule that
only memorises the points is of no use, so a rule is reported only where it also tells points that it has not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.numbers import significant
from simulation.experiments.rules import Region, columns, in_words, within
from simulation.files.extras import install_line, missing
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from simulation.drawing.sheet import Sheet

EXTRA = "worlds"
"""The extra of the package that the search needs."""
SMALLEST, FEWEST = 20, 3
"""Fewest points, and fewest points of the rarer kind, of which a rule can be told from chance."""
LEVEL = 0.02
"""Largest probability that guessing tells unseen points as well as a rule that is reported."""
_FOLDS = 5

FOUND, NO_RULE, ONE_KIND, FEW, LACKING = "found", "no_rule", "one_kind", "few", "lacking"

type _Search = Callable[[pd.DataFrame, NDArray[np.bool_]], list[Region]]


@dataclass(frozen=True)
class Rule:
    """Regions that hold the rarer kind of points, and how well they do.

    Attributes
    ----------
    regions : list of tuples of Limit
        A point lies in the rule if it lies in one of them.
    inside : int
        Points in the rule.
    caught : int
        Points of the rarer kind among them.
    accuracy : float
        Share of points that the rule tells right if it is found without them (cross-validation).
    chance : float
        Probability of telling the unseen points so well by guessing (Fisher's exact test).
    """

    regions: list[Region]
    inside: int
    caught: int
    accuracy: float
    chance: float


@dataclass(frozen=True)
class Turning:
    """Where a result turns around, as `find_turning` returns it.

    Attributes
    ----------
    status : {'found', 'no_rule', 'one_kind', 'few', 'lacking'}
        A rule was found; none tells unseen points better than guessing; all points are of one kind; there are too few
        points; a library of the extra ``worlds`` is not installed.
    points : DataFrame
        One row per point, a column per parameter that varies.
    holds : array of bool, shape (points,)
        True where the result holds.
    box, tree : Rule or None
        The rules that tell unseen points better than guessing.
    """

    status: str
    points: pd.DataFrame = field(repr=False)
    holds: NDArray[np.bool_] = field(repr=False)
    box: Rule | None = None
    tree: Rule | None = None

    @property
    def fails(self) -> bool:
        """True if the rules describe where the result fails, False if where it holds."""
        return bool(self.holds.mean() >= 0.5)

    @property
    def rare(self) -> int:
        """Number of points of the kind that the rules describe."""
        return int(min(self.holds.sum(), (~self.holds).sum()))

    @property
    def base(self) -> float:
        """Share of points of the more frequent kind: the accuracy of guessing."""
        return 1 - self.rare / len(self.holds) if len(self.holds) else float("nan")

    @property
    def coverage(self) -> float:
        """Share of the rarer kind that lies in the box; not a number without a box."""
        return self.box.caught / self.rare if self.box else float("nan")

    @property
    def density(self) -> float:
        """Share of the rarer kind among the points in the box; not a number without a box."""
        return self.box.caught / self.box.inside if self.box else float("nan")

    @property
    def leading(self) -> list[str]:
        """The parameters, those of the rules first, then by how far apart the two kinds lie in them."""
        regions = [*(self.box.regions if self.box else []), *(self.tree.regions if self.tree else [])]
        named = [limit.key for region in regions for limit in region]
        apart = self.points.columns[np.argsort(-_apart(self.points, self.holds), kind="stable")]
        return list(dict.fromkeys([*named, *apart]))

    def sentences(self, lang: str = "en") -> list[str]:
        """Return the answer in words."""
        words: dict[str, object] = {"n": len(self.holds), "rare": self.rare, "base": significant(self.base, 2)}
        if self.status == ONE_KIND:
            return [say(f"worlds.turning.{'all' if self.fails else 'never'}", lang, **words)]
        if self.status == FEW:
            return [say("worlds.turning.few", lang, least=SMALLEST, kind=FEWEST, **words)]
        if self.status == LACKING:
            return [say("worlds.turning.lacking", lang, line=install_line(EXTRA))]
        if self.status == NO_RULE:
            return [say("worlds.turning.none", lang, **words)]
        kind = "unless" if self.fails else "only"
        found = []
        same = self.box is not None and self.tree is not None and self.box.regions == self.tree.regions
        for name, rule in (("both", self.box),) if same else (("box", self.box), ("tree", self.tree)):
            if rule is not None:
                numbers = {"inside": rule.inside, "caught": rule.caught, "accuracy": significant(rule.accuracy, 2)}
                sentence = say(f"worlds.turning.{kind}", lang, rule=in_words(rule.regions, lang), **numbers, **words)
                found.append(say(f"worlds.turning.by_{name}", lang, sentence=sentence))
        return [*found, say("worlds.turning.accuracy", lang, accuracy=self._accuracies(lang), **words)]

    def where(self, lang: str = "en") -> str:
        """Return the answer in a few words, by the box, or else by the tree."""
        if self.status == ONE_KIND:
            return say(f"worlds.where.{'all' if self.fails else 'none'}", lang)
        if self.status == FEW:
            few = len(self.holds) < SMALLEST
            return say("worlds.where.few_worlds" if few else "worlds.where.few", lang, rare=self.rare)
        rule = self.box or self.tree
        if rule is None:
            return say("worlds.where.no_rule" if self.status == NO_RULE else "worlds.where.lacking", lang)
        inside = rule.inside - rule.caught if self.fails else rule.caught
        numbers = {"held": inside, "inside": rule.inside, "rest": int(self.holds.sum()) - inside}
        outside = len(self.holds) - rule.inside
        return say("worlds.where.rule", lang, rule=in_words(rule.regions, lang), outside=outside, **numbers)

    def _accuracies(self, lang: str) -> str:
        both = [
            say(f"worlds.turning.accuracy.{name}", lang, accuracy=significant(rule.accuracy, 2))
            for name, rule in (("box", self.box), ("tree", self.tree))
            if rule is not None
        ]
        return say("report.comma", lang).join(both)

    def plot(self, lang: str = "en") -> Sheet:
        """Return a picture of the points in the two leading parameters, with the box."""
        from simulation.experiments.pictures.turned import turned

        return turned(self, lang=lang)


def turning(points: pd.DataFrame, holds: Any, lang: str = "en") -> list[str]:
    """Return in words where in parameter space a result turns around; see `find_turning`."""
    return find_turning(points, holds).sentences(lang)


def find_turning(points: pd.DataFrame, holds: Any) -> Turning:
    """Return where in parameter space a result turns around.

    Parameters
    ----------
    points : DataFrame
        One row per point, a column per dotted key; numbers, truth values or words.
    holds : array of bool, shape (points,)
        True where the result holds.

    Returns
    -------
    Turning
        Box and tree, or why there are none. Without the extra ``worlds`` it says how to get it.

    Raises
    ------
    ValueError
        When there are not as many truth values as points.

    Notes
    -----
    Each rule is found once from all points, and once per fold without the points of that fold, which it then has to
    tell. It is reported if it tells more of them right than always guessing the frequent kind does, and if Fisher's
    exact test gives chance a probability of at most `LEVEL` of telling them so well. The same points give the same
    rules: nothing is drawn but the folds, and those from a fixed seed.
    """
    kept, truth = columns(points), np.asarray(holds, dtype=bool).ravel()
    if len(truth) != len(points):
        raise ValueError(f"{len(points)} points, but {len(truth)} truth values")
    rare = min(int(truth.sum()), int((~truth).sum()))
    if len(truth) and not rare:
        return Turning(ONE_KIND, kept, truth)
    if len(truth) < SMALLEST or rare < FEWEST or kept.empty:
        return Turning(FEW, kept, truth)
    if missing(EXTRA):
        return Turning(LACKING, kept, truth)
    from simulation.experiments.discovery import box, tree

    wanted = ~truth if truth.mean() >= 0.5 else truth
    rules = [_rule(search, kept, wanted) for search in (box, tree)]
    status = FOUND if any(rule is not None for rule in rules) else NO_RULE
    return Turning(status, kept, truth, *rules)


def _rule(search: _Search, points: pd.DataFrame, wanted: NDArray[np.bool_]) -> Rule | None:
    """Return the rule that a search finds, unless it fails on points that it has not seen."""
    from scipy.stats import fisher_exact

    regions = search(points, wanted)
    if not regions:
        return None
    said = np.zeros(len(points), dtype=bool)
    for fold in _folds(wanted):
        kept = points[~fold].reset_index(drop=True)
        said[fold] = _in_any(search(kept, wanted[~fold]), points[fold])
    table = [[np.sum(said & wanted), np.sum(said & ~wanted)], [np.sum(~said & wanted), np.sum(~said & ~wanted)]]
    chance = float(fisher_exact(table, alternative="greater").pvalue)
    accuracy = float(np.mean(said == wanted))
    if chance > LEVEL or accuracy <= max(wanted.mean(), 1 - wanted.mean()):
        return None
    inside = _in_any(regions, points)
    return Rule(regions, int(inside.sum()), int((inside & wanted).sum()), accuracy, chance)


def _in_any(regions: list[Region], points: pd.DataFrame) -> NDArray[np.bool_]:
    inside = np.zeros(len(points), dtype=bool)
    for region in regions:
        inside |= within(region, points)
    return inside


def _folds(wanted: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Return the points of each fold, both kinds spread evenly over them."""
    number = min(_FOLDS, int(wanted.sum()))
    place = np.empty(len(wanted), dtype=int)
    shuffled = np.random.default_rng(0).permutation(len(wanted))
    ordered = np.concatenate([shuffled[wanted[shuffled]], shuffled[~wanted[shuffled]]])
    place[ordered] = np.arange(len(wanted)) % number
    return [place == fold for fold in range(number)]


def _apart(points: pd.DataFrame, holds: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return per column the largest distance between the distributions of the two kinds (Kolmogorov & Smirnov)."""
    found = np.zeros(points.shape[1])
    if holds.all() or not holds.any():
        return found
    for place, name in enumerate(points.columns):
        values = points[name].to_numpy()
        at = np.sort(values)
        one, other = np.sort(values[holds]), np.sort(values[~holds])
        shares = [np.searchsorted(side, at, side="right") / len(side) for side in (one, other)]
        found[place] = float(np.abs(shares[0] - shares[1]).max())
    return found
