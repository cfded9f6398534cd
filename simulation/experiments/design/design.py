"""A design: what a sweep varies, how, how often and what it keeps; from a TOML file, a dict or Python."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulation.experiments.design.distributions import Value
from simulation.experiments.design.factors import Factor, parse_factor
from simulation.experiments.design.sampling import unit_sample
from simulation.files.errors import InputError
from simulation.files.reading import bounded, read_toml

KINDS = ("grid", "list", "random", "lhs", "sobol", "morris")


@dataclass(frozen=True, kw_only=True)
class Design:
    """What a sweep does. Build it with ``Design.of`` from a path, a dict or keyword arguments.

    Parameters
    ----------
    factors : tuple of Factor
        What is varied.
    kind : {'grid', 'list', 'random', 'lhs', 'sobol', 'morris'}
        How.
    scenario : str or dict, optional
        What the model runs, when the task is the model.
    samples : int
        Size of the sample, where the kind needs one (sobol: base points; morris: trajectories).
    replicates : int
        Runs a point, at least 1.
    metrics : tuple of str
        What is kept of a run; empty: everything it returns.
    weekly : tuple of str
        Series that are kept too.
    seed : int
        The experiment's seed.
    paired : bool
        Whether replicate r has the same seed at every point.
    levels : int
        Morris's grid levels.
    second_order : bool
        Whether a Sobol design allows second-order indices.
    rows : tuple of tuples
        The points of a ``list`` design, in the order of ``factors``.
    name : str
        Names the default store.
    """

    factors: tuple[Factor, ...]
    kind: str = "grid"
    scenario: Any = None
    samples: int = 0
    replicates: int = 1
    metrics: tuple[str, ...] = ()
    weekly: tuple[str, ...] = ()
    seed: int = 0
    paired: bool = True
    levels: int = 4
    second_order: bool = False
    rows: tuple[tuple[Value, ...], ...] = field(default=(), repr=False)
    name: str = "sweep"
    file: str | None = None

    @classmethod
    def of(cls, given: Design | str | Path | Mapping[str, Any]) -> Design:
        """Return the design that a path, a dict in the file's form, or a Design describes.

        Raises
        ------
        InputError
            When the file cannot be read or says something that is not understood.
        """
        if isinstance(given, Design):
            return given
        from simulation.experiments.design.design_file import parse_design

        if isinstance(given, Mapping):
            return parse_design(bounded(given))
        path = Path(given)
        return parse_design(read_toml(path, "there is no such design file"), file=path)

    @property
    def names(self) -> list[str]:
        """Names of the factors, in order."""
        return [factor.name for factor in self.factors]

    def points(self) -> Iterator[tuple[Value, ...]]:
        """Yield the points in the design's order, values in that of ``factors``; some may be equal."""
        if self.kind == "grid":
            yield from itertools.product(*(factor.values() for factor in self.factors))
        elif self.kind == "list":
            yield from self.rows
        else:
            for row in self.unit():
                yield tuple(factor.at(float(u)) for factor, u in zip(self.factors, row, strict=True))

    def unit(self) -> Any:
        """Return the sample in the unit cube, one row a point (random, lhs, sobol and morris designs)."""
        return unit_sample(
            self.kind,
            self.samples,
            len(self.factors),
            self.seed,
            levels=self.levels,
            second_order=self.second_order,
        )

    def spec(self) -> dict[str, Any]:
        """Return what makes the design what it is, as plain data: stored, compared, hashed."""
        rows = hashlib.blake2b(json.dumps(self.rows).encode(), digest_size=8).hexdigest() if self.rows else ""
        return {
            "design": self.kind,
            "samples": self.samples,
            "replicates": self.replicates,
            "metrics": list(self.metrics),
            "weekly": list(self.weekly),
            "seed": self.seed,
            "paired": self.paired,
            "levels": self.levels,
            "second_order": self.second_order,
            "rows": rows,
            "factors": {factor.name: factor.spec() for factor in self.factors},
        }

    def replace(self, **changes: Any) -> Design:
        """Return the design with some of its fields changed."""
        return dataclasses.replace(self, **changes)


def from_spec(spec: Any, file: str | Path | None = None) -> Design:
    """Return the design that a store describes (a ``list`` design without its rows).

    Raises
    ------
    InputError
        When it describes none: a store may come from somebody else.
    """
    from simulation.experiments.design.design_file import check

    if not isinstance(spec, Mapping) or spec.keys() != Design(factors=()).spec().keys():
        raise InputError("this is no stored design", file=file, given=spec)
    spec = bounded(spec, file=file)
    for key, kinds in _STORED.items():
        if not isinstance(spec[key], kinds) or (isinstance(spec[key], bool) and bool not in kinds):
            raise InputError("this is no stored design", file=file, key=key, given=spec[key])
    for key in ("metrics", "weekly"):
        if not all(isinstance(name, str) for name in spec[key]) or len(set(spec[key])) < len(spec[key]):
            raise InputError("this is no stored design", file=file, key=key, given=spec[key])
    if spec["design"] not in KINDS:
        raise InputError("there is no such design", file=file, given=spec["design"], allowed=", ".join(KINDS))
    made = Design(
        factors=tuple(parse_factor(name, given, file) for name, given in spec["factors"].items()),
        kind=spec["design"],
        samples=spec["samples"],
        replicates=spec["replicates"],
        metrics=tuple(spec["metrics"]),
        weekly=tuple(spec["weekly"]),
        seed=spec["seed"],
        paired=spec["paired"],
        levels=spec["levels"],
        second_order=spec["second_order"],
    )
    check(made, file)
    return made


_STORED: dict[str, tuple[type, ...]] = {
    "design": (str,),
    "samples": (int,),
    "replicates": (int,),
    "metrics": (list,),
    "weekly": (list,),
    "seed": (int,),
    "paired": (bool,),
    "levels": (int,),
    "second_order": (bool,),
    "factors": (dict,),
}


def identity(names: Sequence[str], values: Sequence[Value]) -> str:
    """Return a point's identity, 16 hexadecimal digits: a hash of its factors' names and values."""
    pairs = sorted(
        (name, value if isinstance(value, bool | str) else float(value))
        for name, value in zip(names, values, strict=True)
    )
    return hashlib.blake2b(json.dumps(pairs).encode(), digest_size=8).hexdigest()


def flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as dotted keys, leaving ranges (tables with ``low`` or ``high``) whole."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping) and not {"low", "high"} & set(value):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def list_of_points(
    points: Sequence[Mapping[str, Value]], file: str | Path | None = None
) -> tuple[tuple[Factor, ...], tuple[tuple[Value, ...], ...]]:
    """Return the factors and rows of a ``list`` design from its points, dicts with the same keys."""
    names = list(points[0])
    rows = tuple(tuple(point[name] for name in names) for point in points)
    columns = zip(*rows, strict=True)
    factors = tuple(
        parse_factor(name, list(dict.fromkeys(column)), file) for name, column in zip(names, columns, strict=True)
    )
    return factors, rows
