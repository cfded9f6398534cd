"""A design: factors, points, replicates and metrics of a sweep; from a TOML file, a dict or Python."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from simulation.compute.memory import refuse_beyond_memory
from simulation.experiments.design.design_file import Sampling, parse_design
from simulation.experiments.design.distributions import Value
from simulation.experiments.design.factors import Factor, parse_factor
from simulation.experiments.design.sampling import SMALLEST, check_size, unit_sample
from simulation.experiments.running.seeds import run_seed
from simulation.files.errors import InputError, told
from simulation.files.forms import validated
from simulation.files.kinds import refuse_other_kind
from simulation.files.reading import bounded, read_toml

#: Nobody can run or store a larger design, and its sample would not fit the memory.
MOST_POINTS = 100_000_000


@dataclass(frozen=True, kw_only=True)
class Design:
    """The plan of a sweep. Build it with ``Design.of`` from a path, a dict or keyword arguments.

    Parameters
    ----------
    factors : tuple of Factor
        The factors that are varied.
    kind : {'grid', 'list', 'random', 'lhs', 'sobol', 'morris'}
        Kind of design.
    scenario : str or dict, optional
        The scenario that the model runs, when the task is the model.
    samples : int
        Size of the sample, where the kind needs one (sobol: base points; morris: trajectories).
    replicates : int
        Runs per point, at least 1.
    metrics : tuple of str
        The metrics that are kept of a run; empty: all that it returns.
    weekly : tuple of str
        The weekly series that are kept too.
    seed : int
        The experiment's seed.
    paired : bool
        True if replicate r has the same seed at every point.
    levels : int
        Morris's grid levels.
    second_order : bool
        True if a Sobol design allows second-order indices.
    rows : tuple of tuples
        The points of a ``list`` design, in the order of ``factors``.
    name : str
        Names the default store.
    seeds : tuple of int
        The seed of each replicate, at every point; empty: they are drawn from ``seed``.
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
    seeds: tuple[int, ...] = ()

    @classmethod
    def of(cls, given: Design | str | Path | Mapping[str, Any]) -> Design:
        """Return the design that a path, a dict in the file's form, or a Design describes.

        Raises
        ------
        InputError
            When the file cannot be read or is not understood.
        """
        if isinstance(given, Design):
            return given
        if isinstance(given, Mapping):
            table, file = bounded(given), None
        else:
            file = Path(given)
            table = read_toml(file, told("error.design.no_such"))
            refuse_other_kind(table, "design", file)
        design = cls(**parse_design(table, file))
        check(design, file)
        return design

    @property
    def names(self) -> list[str]:
        """Names of the factors, in order."""
        return [factor.name for factor in self.factors]

    @property
    def size(self) -> int:
        """Number of points that ``points`` yields, equal ones included."""
        k = len(self.factors)
        if self.kind == "grid":
            return math.prod(factor.count() or 0 for factor in self.factors)
        if self.kind == "list":
            return len(self.rows)
        each = {"sobol": 2 * k + 2 if self.second_order else k + 2, "morris": k + 1}
        return self.samples * each.get(self.kind, 1)

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
        """Return the sample in the unit cube, one row per point (random, lhs, sobol and morris designs)."""
        return unit_sample(
            self.kind,
            self.samples,
            len(self.factors),
            self.seed,
            levels=self.levels,
            second_order=self.second_order,
        )

    def spec(self) -> dict[str, Any]:
        """Return the design as plain data, which is stored, compared and hashed."""
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
        } | ({"seeds": list(self.seeds)} if self.seeds else {})

    def seed_of(self, replicate: int, point: str) -> int:
        """Return the seed of a replicate at the point of this identity."""
        if self.seeds:
            return self.seeds[replicate]
        return run_seed(self.seed, replicate, None if self.paired else point)

    def replace(self, **changes: Any) -> Design:
        """Return the design with some of its fields changed."""
        return dataclasses.replace(self, **changes)


def from_spec(spec: Any, file: str | Path | None = None) -> Design:
    """Return the design that a store describes (a ``list`` design without its rows).

    Raises
    ------
    InputError
        When it describes no design: a store may come from somebody else.
    """
    if not isinstance(spec, Mapping) or spec.keys() - {"seeds"} != Design(factors=()).spec().keys():
        raise InputError(told("error.design.not_stored"), file=file, given=spec)
    stored = validated(_Stored, bounded(spec, file=file), file=file)
    fields = {key: getattr(stored, key) for key in Sampling.model_fields.keys() - {"design"}}
    factors = tuple(parse_factor(name, given, file) for name, given in stored.factors.items())
    design = Design(factors=factors, kind=stored.design, seeds=stored.seeds, **fields)
    check(design, file)
    return design


class _Stored(Sampling):
    """The form of ``Design.spec``."""

    rows: str
    factors: dict[str, Any]
    seeds: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**63)], ...], Field(strict=False)] = ()


def identity(names: Sequence[str], values: Sequence[Value]) -> str:
    """Return a point's identity, 16 hexadecimal digits: a hash of its factors' names and values."""
    pairs = sorted(
        (name, value if isinstance(value, bool | str) else float(value))
        for name, value in zip(names, values, strict=True)
    )
    return hashlib.blake2b(json.dumps(pairs).encode(), digest_size=8).hexdigest()


def check(design: Design, file: str | Path | None) -> None:
    """Raise InputError for a design that is too small, too large, or that nobody can run or store."""
    if design.kind in SMALLEST:
        try:
            check_size(design.kind, design.samples, len(design.factors), design.levels)
        except InputError as error:
            raise error.replaced(file=file) from None
        _check_sample(design, file)
    if design.kind == "grid":
        for factor in design.factors:
            if factor.count() is None:
                raise InputError(
                    told("error.design.grid"),
                    file=file,
                    key=f"factors.{factor.name}",
                    given=factor.spec(),
                    allowed=told("error.design.grid.allowed"),
                )
        if design.size > MOST_POINTS:
            raise InputError(
                told("error.design.points"), file=file, key="factors", given=design.size, allowed=f"{MOST_POINTS}"
            )
    if design.seeds and len(design.seeds) < design.replicates:
        raise InputError(
            told("error.design.seeds"),
            file=file,
            key="seeds",
            given=len(design.seeds),
            allowed=told("error.design.seeds.allowed", replicates=design.replicates),
        )
    _check_names(design, file)


def _check_sample(design: Design, file: str | Path | None) -> None:
    rows = design.size
    if rows > MOST_POINTS:
        raise InputError(
            told("error.design.points"), file=file, key="sweep.samples", given=rows, allowed=f"{MOST_POINTS}"
        )
    refuse_beyond_memory(8.0 * rows * len(design.factors), "sweep.samples", design.samples, "fewer samples or factors")


def _check_names(design: Design, file: str | Path | None) -> None:
    folded = [name.lower() for name in (*design.names, *design.metrics)]
    if len(set(folded)) < len(folded):
        raise InputError(told("error.design.same_name"), file=file, key="factors", given=", ".join(design.names))
