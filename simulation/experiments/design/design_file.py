"""The form of a design file: the tables ``[sweep]`` and ``[factors]``, and the CSV of a ``list``."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulation.compute.memory import refuse_beyond_memory
from simulation.experiments.design.design import KINDS, Design, flatten, list_of_points
from simulation.experiments.design.distributions import Value
from simulation.experiments.design.factors import Factor, parse_factor
from simulation.experiments.design.sampling import SMALLEST, check_size
from simulation.files.errors import InputError, nearest
from simulation.files.reading import read_text, toml_value

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


#: Beyond these nobody can run or store a design, and its sample would not fit the memory.
MOST_POINTS = 100_000_000
#: Largest table of points that is read.
MOST_BYTES = 32_000_000
_MOST = {"samples": 2**20, "replicates": 10_000_000, "seed": 2**63 - 1, "levels": 1000}


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
    given = table.get("sweep", {})
    if not isinstance(given, Mapping):
        raise InputError("this is no table", file=file, key="sweep", given=given)
    sweep = dict(given)
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
            raise InputError("the value has the wrong type", file=file, key=f"sweep.{key}", given=value, allowed=kinds)
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
        raise InputError("a share of the default", file=file, key="sweep.spread", given=spread, allowed="above 0 to 1")
    if kind == "list":
        factors, rows = _listed(listed, table.get("factors"), file)
    else:
        factors, rows = _factors(table.get("factors"), spread, file), ()
    for key in ("metrics", "weekly"):
        sweep[key] = tuple(_names(sweep.get(key, ()), key, file))
    design = Design(factors=factors, kind=kind, rows=rows, name=name, file=None if file is None else str(file), **sweep)
    check(design, file)
    return design


def _names(given: Sequence[Any], key: str, file: str | Path | None) -> list[str]:
    if not all(isinstance(name, str) for name in given) or len(set(given)) < len(given):
        raise InputError("names of metrics, each once", file=file, key=f"sweep.{key}", given=given)
    return list(given)


def _factors(given: Any, spread: float, file: str | Path | None) -> tuple[Factor, ...]:
    if given == "assumptions":
        from simulation.experiments.design.assumptions import assumed_factors

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


def _listed(
    listed: str | None, given: Any, file: str | Path | None
) -> tuple[tuple[Factor, ...], tuple[tuple[Value, ...], ...]]:
    if given is not None:
        raise InputError("a list's factors are the columns of its table", file=file, key="factors")
    if listed is None:
        raise InputError("a list needs its table of points", file=file, key="sweep.file", allowed="a CSV file")
    path = Path(listed) if file is None else Path(file).parent / listed
    try:
        text = read_text(path, "there is no such table of points", MOST_BYTES)
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        raise InputError(f"the table of points cannot be read: {error}", file=path) from None
    if len(lines) < 2:
        raise InputError("the table of points needs a line of names and a line a point", file=path)
    if len(set(lines[0])) < len(lines[0]):
        raise InputError("two columns have one name", file=path, key="line 1")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(lines[0]):
            raise InputError("the line has more or fewer values than names", file=path, key=f"line {number}")
    return list_of_points([dict(zip(lines[0], map(_read, line), strict=True)) for line in lines[1:]], file=path)


def _read(text: str) -> Value:
    try:
        value = toml_value(text.strip())
    except ValueError:
        return text.strip()
    return value if isinstance(value, bool | int | float | str) else text.strip()


def check(design: Design, file: str | Path | None) -> None:
    """Raise InputError for a design that is too small, too large, or not one that can be run or stored."""
    for name, lowest in (("samples", 0), ("replicates", 1), ("seed", 0), ("levels", 0)):
        value = getattr(design, name)
        if not lowest <= value <= _MOST[name]:
            raise InputError(
                "out of range", file=file, key=f"sweep.{name}", given=value, allowed=f"{lowest} to {_MOST[name]}"
            )
    if design.kind in SMALLEST:
        try:
            check_size(design.kind, design.samples, len(design.factors), design.levels)
        except InputError as error:
            raise InputError(
                error.problem, file=file, key=error.key, given=error.given, allowed=error.allowed
            ) from None
        _check_sample(design, file)
    if design.kind == "grid":
        for factor in design.factors:
            if factor.count() is None:
                raise InputError(
                    "a grid needs the values one by one",
                    file=file,
                    key=f"factors.{factor.name}",
                    given=factor.spec(),
                    allowed="a list of values; or another design: random, lhs, sobol, morris",
                )
        points = math.prod(one.count() or 0 for one in design.factors)
        if points > MOST_POINTS:
            raise InputError("too many points", file=file, key="factors", given=points, allowed=f"{MOST_POINTS}")
    _check_names(design, file)


def _check_sample(design: Design, file: str | Path | None) -> None:
    k = len(design.factors)
    each = {"sobol": 2 * k + 2 if design.second_order else k + 2, "morris": k + 1}.get(design.kind, 1)
    rows = design.samples * each
    if rows > MOST_POINTS:
        raise InputError("too many points", file=file, key="sweep.samples", given=rows, allowed=f"{MOST_POINTS}")
    refuse_beyond_memory(8.0 * rows * k, "sweep.samples", design.samples, "fewer samples or factors")


def _check_names(design: Design, file: str | Path | None) -> None:
    folded = [name.lower() for name in (*design.names, *design.metrics)]
    if len(set(folded)) < len(folded):
        raise InputError(
            "two factors or metrics have one name", file=file, key="factors", given=", ".join(design.names)
        )
