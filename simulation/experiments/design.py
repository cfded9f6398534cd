"""A design: what a sweep varies, how, how often and what it keeps; from a TOML file, a dict or Python."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import itertools
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulation.experiments.factors import Choices, Factor, Value, parse_factor
from simulation.experiments.sampling import SMALLEST, check_size, unit_sample
from simulation.scenario.errors import InputError, nearest

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
        if isinstance(given, Mapping):
            return parse_design(given)
        path = Path(given)
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InputError("there is no such design file", file=path) from None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"the design file cannot be read: {error}", file=path) from None
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"this is not TOML: {error}", file=path) from None
        return parse_design(table, file=path)

    @property
    def names(self) -> list[str]:
        """Names of the factors, in order."""
        return [factor.name for factor in self.factors]

    def points(self) -> Iterator[tuple[Value, ...]]:
        """Yield the points in the design's order, values in that of ``factors``; some may be equal."""
        if self.kind == "grid":
            yield from itertools.product(*(_values(factor) for factor in self.factors))
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


def from_spec(spec: Mapping[str, Any]) -> Design:
    """Return the design that a store describes (a ``list`` design without its rows)."""
    return Design(
        factors=tuple(parse_factor(name, given) for name, given in spec["factors"].items()),
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


def identity(names: Sequence[str], values: Sequence[Value]) -> str:
    """Return a point's identity, 16 hexadecimal digits: a hash of its factors' names and values."""
    pairs = sorted(
        (name, value if isinstance(value, bool | str) else float(value))
        for name, value in zip(names, values, strict=True)
    )
    return hashlib.blake2b(json.dumps(pairs).encode(), digest_size=8).hexdigest()


def _values(factor: Factor) -> tuple[Value, ...]:
    if isinstance(factor, Choices):
        return factor.values
    return tuple(range(int(factor.low), int(factor.high) + 1))


_FIELDS: dict[str, tuple[type, ...]] = {
    "scenario": (str, dict),
    "design": (str,),
    "samples": (int,),
    "replicates": (int,),
    "metrics": (list, tuple),
    "weekly": (list, tuple),
    "seed": (int,),
    "paired": (bool,),
    "levels": (int,),
    "second_order": (bool,),
    "file": (str,),
    "name": (str,),
    "spread": (float,),
}


def parse_design(table: Mapping[str, Any], file: str | Path | None = None) -> Design:
    """Return the design that the tables ``[sweep]`` and ``[factors]`` describe; see ``Design.of``."""
    for key in table:
        if key not in ("sweep", "factors", "title", "question"):
            raise InputError(
                "a design has the tables [sweep] and [factors]",
                file=file,
                key=key,
                suggestion=nearest(key, ("sweep", "factors")),
            )
    sweep = dict(table.get("sweep", {}))
    for key, value in sweep.items():
        if key not in _FIELDS:
            raise InputError(
                "a sweep has no such entry",
                file=file,
                key=f"sweep.{key}",
                allowed=", ".join(_FIELDS),
                suggestion=nearest(key, _FIELDS),
            )
        right = isinstance(value, _FIELDS[key]) and (not isinstance(value, bool) or bool in _FIELDS[key])
        if not right:
            kinds = " or ".join(kind.__name__ for kind in _FIELDS[key])
            raise InputError(
                "the value has the wrong type", file=file, key=f"sweep.{key}", given=value, allowed=kinds
            )
    kind = sweep.pop("design", "grid")
    if kind not in KINDS:
        raise InputError(
            "there is no such design",
            file=file,
            key="sweep.design",
            given=kind,
            allowed=", ".join(KINDS),
            suggestion=nearest(kind, KINDS),
        )
    name = sweep.pop("name", Path(file).stem if file else "sweep")
    listed = sweep.pop("file", None)
    spread = sweep.pop("spread", 0.4)
    if not 0 < spread <= 1:
        raise InputError(
            "a share of the default", file=file, key="sweep.spread", given=spread, allowed="above 0 to 1"
        )
    if kind == "list":
        factors, rows = _listed(listed, table.get("factors"), file)
    else:
        factors, rows = _factors(table.get("factors"), spread, file), ()
    for key in ("metrics", "weekly"):
        sweep[key] = tuple(_names(sweep.get(key, ()), key, file))
    design = Design(
        factors=factors, kind=kind, rows=rows, name=name, file=None if file is None else str(file), **sweep
    )
    _check(design, file)
    return design


def _names(given: Sequence[Any], key: str, file: str | Path | None) -> list[str]:
    if not all(isinstance(name, str) for name in given) or len(set(given)) < len(given):
        raise InputError("names of metrics, each once", file=file, key=f"sweep.{key}", given=given)
    return list(given)


def _factors(given: Any, spread: float, file: str | Path | None) -> tuple[Factor, ...]:
    if given == "assumptions":
        from simulation.experiments.assumptions import assumed_factors

        return assumed_factors(spread)
    if not isinstance(given, Mapping) or not given:
        raise InputError(
            "a design needs at least one factor",
            file=file,
            key="factors",
            given=given,
            allowed='a table of factors, or factors = "assumptions"',
        )
    return tuple(parse_factor(name, value, file) for name, value in flatten(given).items())


def flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as dotted keys, leaving ranges (tables with ``low`` or ``high``) whole."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping) and not {"low", "high"} & set(value):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _listed(
    listed: str | None, given: Any, file: str | Path | None
) -> tuple[tuple[Factor, ...], tuple[tuple[Value, ...], ...]]:
    if given is not None:
        raise InputError("a list's factors are the columns of its table", file=file, key="factors")
    if listed is None:
        raise InputError(
            "a list needs its table of points", file=file, key="sweep.file", allowed="a CSV file"
        )
    path = Path(listed) if file is None else Path(file).parent / listed
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = [line for line in csv.reader(stream) if line]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the table of points cannot be read: {error}", file=path) from None
    if len(lines) < 2:
        raise InputError("the table of points needs a line of names and a line a point", file=path)
    if len(set(lines[0])) < len(lines[0]):
        raise InputError("two columns have one name", file=path, key="line 1")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(lines[0]):
            raise InputError("the line has more or fewer values than names", file=path, key=f"line {number}")
    return list_of_points(
        [dict(zip(lines[0], map(_read, line), strict=True)) for line in lines[1:]], file=path
    )


def list_of_points(
    points: Sequence[Mapping[str, Value]], file: str | Path | None = None
) -> tuple[tuple[Factor, ...], tuple[tuple[Value, ...], ...]]:
    """Return the factors and rows of a ``list`` design from its points, dicts with the same keys."""
    names = list(points[0])
    rows = tuple(tuple(point[name] for name in names) for point in points)
    columns = zip(*rows, strict=True)
    factors = tuple(
        parse_factor(name, list(dict.fromkeys(column)), file)
        for name, column in zip(names, columns, strict=True)
    )
    return factors, rows


def _read(text: str) -> Value:
    try:
        value = tomllib.loads(f"v = {text.strip()}")["v"]
    except tomllib.TOMLDecodeError:
        return text.strip()
    return value if isinstance(value, bool | int | float | str) else text.strip()


def _check(design: Design, file: str | Path | None) -> None:
    if design.replicates < 1:
        raise InputError(
            "every point runs at least once",
            file=file,
            key="sweep.replicates",
            given=design.replicates,
            allowed="1, 2, …",
        )
    if design.kind in SMALLEST:
        try:
            check_size(design.kind, design.samples, len(design.factors), design.levels)
        except InputError as error:
            raise InputError(
                error.problem, file=file, key=error.key, given=error.given, allowed=error.allowed
            ) from None
    if design.kind == "grid":
        for factor in design.factors:
            if not isinstance(factor, Choices) and not factor.integer:
                raise InputError(
                    "a grid needs the values one by one",
                    file=file,
                    key=f"factors.{factor.name}",
                    given=factor.spec(),
                    allowed="a list of values; or another design: random, lhs, sobol, morris",
                )
    folded = [name.lower() for name in (*design.names, *design.metrics)]
    if len(set(folded)) < len(folded):
        raise InputError(
            "two factors or metrics have one name", file=file, key="factors", given=", ".join(design.names)
        )
