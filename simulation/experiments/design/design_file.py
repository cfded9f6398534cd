"""The form of a design file: the tables ``[sweep]`` and ``[factors]``, and the table of a ``list``."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from simulation.experiments.design.assumptions import assumed_factors
from simulation.experiments.design.distributions import Value
from simulation.experiments.design.factors import Factor, parse_factor
from simulation.files.errors import InputError, told
from simulation.files.forms import Form, Names, dotted, entry, validated
from simulation.files.keyed_tables import line_of, read_keyed
from simulation.files.reading import toml_value
from simulation.scenario import parameters

#: Largest table of points that is read, in bytes, and most points of a workbook or a Stata file.
MOST_BYTES, MOST_POINTS = 32_000_000, 1_000_000
_FACTORS = functools.partial(told, "error.design.factors")
_METRICS = functools.partial(told, "error.design.metrics")
_SPANS = {"low", "high", "values"}


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise InputError(told("error.design.twice"), given=names, allowed=_METRICS())
    return names


_Unique = Annotated[Names, AfterValidator(_each_once)]


class Sampling(Form):
    """The part of a sweep that a design file and a store share; `Design` explains the fields."""

    design: Literal["grid", "list", "random", "lhs", "sobol", "morris"] = "grid"
    samples: int = Field(default=0, ge=0, le=2**20)
    replicates: int = Field(default=1, ge=1, le=10_000_000)
    metrics: _Unique = entry((), allowed=_METRICS)
    weekly: _Unique = entry((), allowed=_METRICS)
    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    paired: bool = True
    levels: int = Field(default=4, ge=0, le=1000)
    second_order: bool = False


class Sweep(Sampling):
    """The table ``[sweep]``."""

    scenario: str | dict[str, Any] = Field(default="")
    file: str = ""
    name: str = ""
    spread: float = Field(default=0.4, gt=0, le=1)


class DesignFile(Form):
    """A design file."""

    title: Any = None
    question: Any = None
    sweep: Sweep = Sweep()
    factors: dict[str, Any] | Literal["assumptions"] | None = entry(None, allowed=_FACTORS, words=("assumptions",))


def parse_design(table: Mapping[str, Any], file: str | Path | None = None) -> dict[str, Any]:
    """Return the fields of the `Design` that a file describes.

    Raises
    ------
    InputError
        For anything in the file that is not understood.
    """
    form = validated(DesignFile, table, file=file)
    sweep = form.sweep
    given = {key: getattr(sweep, key) for key in sweep.model_fields_set - {"design", "file", "spread"}}
    if sweep.design == "list":
        given["factors"], given["rows"] = _listed(sweep, form.factors, file)
    else:
        given["factors"] = _factors(form, file)
    given.setdefault("name", Path(file).stem if file else "sweep")
    return {**given, "kind": sweep.design, "file": None if file is None else str(file)}


def flatten(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested tables as dotted keys, leaving ranges and distributions whole."""
    return dotted(table, lambda _, inside: not _SPANS.isdisjoint(inside))


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


def _factors(form: DesignFile, file: str | Path | None) -> tuple[Factor, ...]:
    if form.factors == "assumptions":
        return assumed_factors(form.sweep.spread)
    if not form.factors:
        problem = told("error.design.no_factor")
        raise InputError(problem, file=file, key="factors", given=form.factors, allowed=_FACTORS())
    return tuple(parse_factor(name, value, file) for name, value in flatten(form.factors).items())


def _listed(
    sweep: Sweep, given: Any, file: str | Path | None
) -> tuple[tuple[Factor, ...], tuple[tuple[Value, ...], ...]]:
    if given is not None:
        raise InputError(told("error.design.list.columns"), file=file, key="factors")
    if "file" not in sweep.model_fields_set:
        raise InputError(
            told("error.design.list.table"), file=file, key="sweep.file", allowed=told("error.design.list.csv")
        )
    path = Path(sweep.file) if file is None else Path(file).parent / sweep.file
    try:
        text = read_keyed(
            path,
            parameters(),
            missing=told("error.points.none"),
            most=MOST_BYTES,
            rows=MOST_POINTS,
        )
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines = [(reader.line_num, line) for line in reader if line]
    except csv.Error as error:
        raise InputError(told("error.points.unreadable", reason=error), file=path) from None
    if len(lines) < 2:
        raise InputError(told("error.points.lines"), file=path)
    (first, names), *points = lines
    if len(set(names)) < len(names):
        raise InputError(told("error.points.same_name"), file=path, key=line_of(path, first))
    for number, line in points:
        if len(line) != len(names):
            raise InputError(told("error.points.cells"), file=path, key=line_of(path, number))
    return list_of_points([dict(zip(names, map(_read, line), strict=True)) for _, line in points], file=path)


def _read(text: str) -> Value:
    try:
        value = toml_value(text.strip())
    except ValueError:
        return text.strip()
    return value if isinstance(value, bool | int | float | str) else text.strip()
