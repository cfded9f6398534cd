"""The form of a target file: the tables ``[calibration]``, ``[parameters]``, ``[settings]`` and ``[targets]``."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from simulation.files.errors import InputError, told
from simulation.files.forms import BOTH_LANGUAGES, TEXT, Form, entry, validated
from simulation.files.kinds import refuse_other_kind
from simulation.files.reading import DEEPEST, bounded, read_toml
from simulation.files.shipped import find_file, shipped_folder

#: Most settings, and most targets, of a file with those it includes; most files that it includes.
MOST = 200
_RANGE = functools.partial(told, "error.target.range")


class Said(Form):
    """A text in both languages."""

    en: str
    zh: str


_Words = Annotated[Said, BOTH_LANGUAGES]


class Options(Form):
    """The table ``[calibration]``; `Calibration` explains the fields."""

    seed: int = Field(default=0, ge=0, le=2**53)
    keep: int = Field(default=60, ge=4, le=100_000)
    replicates: int = Field(default=8, ge=1, le=10_000)
    budget: int = Field(default=480, ge=1, le=10_000_000)
    check_vectors: int = Field(default=20, ge=2, le=10_000)
    check_replicates: int = Field(default=24, ge=2, le=10_000)


class SettingForm(Form):
    """A table ``[settings.NAME]``: where something is measured."""

    scenario: Any = "zhaoqing"
    ensemble: bool | dict[str, Any] | None = entry(None, allowed=lambda: told("error.target.ensemble"))
    values: dict[str, Any] = Field(default_factory=dict)


def _in_order(ends: tuple[float, float]) -> tuple[float, float]:
    # The comparison is false for NaN too.
    if not ends[0] <= ends[1] or (math.isinf(ends[0]) and math.isinf(ends[1])):
        raise InputError(told("error.target.no_range"), given=ends, allowed=_RANGE())
    return ends


def _not_blank(text: str) -> str:
    if not text.strip():
        raise InputError(told("error.target.no_source"), given=text)
    return text


class TargetForm(Form):
    """A table ``[targets.NAME]``: a finding to be met."""

    claim: _Words | None = entry(None, allowed=TEXT)
    setting: str = ""
    expression: Any = None
    weight: str | None = None
    value: float | None = Field(default=None, allow_inf_nan=False)
    range: Annotated[
        tuple[float, float] | None, Field(strict=False), AfterValidator(lambda ends: ends and _in_order(ends))
    ] = entry(None, allowed=_RANGE)
    tolerance: float = Field(gt=0, allow_inf_nan=False)
    source: Annotated[str, AfterValidator(_not_blank)] = entry(allowed=lambda: told("error.target.source"))

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.value is None) == (self.range is None):
            raise InputError(told("error.target.one"), allowed=told("error.target.one.allowed"))
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """The range, or the value twice."""
        if self.range is not None:
            return self.range
        assert self.value is not None
        return self.value, self.value


class TargetFile(Form):
    """A target file."""

    title: _Words | None = entry(None, allowed=TEXT)
    include: Annotated[tuple[Any, ...], Field(strict=False)] = entry(
        (), allowed=lambda: told("error.target.files", most=MOST), max_length=MOST
    )
    calibration: Options = Options()
    parameters: dict[str, Any] | Literal["assumptions"] | None = entry(
        None, allowed=lambda: told("error.target.parameters"), words=("assumptions",)
    )
    settings: dict[str, SettingForm] = Field(default_factory=dict, max_length=MOST)
    targets: dict[str, TargetForm] = Field(default_factory=dict, max_length=MOST)


def shipped_targets() -> list[str]:
    """Return the names of the shipped target files."""
    return sorted(path.stem for path in _folder().glob("*.toml"))


def read_targets(given: str | Path | Mapping[str, Any]) -> tuple[TargetFile, Path | None]:
    """Return what a target file says, with what it includes, and its path.

    Parameters
    ----------
    given : str, Path or mapping
        A shipped name, a path, or tables in the file's form.

    Raises
    ------
    InputError
        When a file cannot be read or says something that is not understood, or two files say different things.
    """
    if isinstance(given, Mapping):
        return _merged(validated(TargetFile, bounded(given)), None, (), {}), None
    path = _find(given, None)
    return _merged(_read(path), path, (), {}), path


def _folder() -> Path:
    return shipped_folder() / "targets"


def _find(given: str | Path, asker: Path | None) -> Path:
    return find_file(given, _folder(), shipped_targets(), told("error.target.no_such"), asker)


def _read(path: Path) -> TargetFile:
    table = read_toml(path, told("error.target.no_such"))
    refuse_other_kind(table, "targets", path)
    return validated(TargetFile, table, file=path)


def _merged(form: TargetFile, file: Path | None, chain: tuple[Path, ...], done: dict[Path, TargetFile]) -> TargetFile:
    """Return the file merged over the files that it includes; included files may not contradict each other.

    ``done`` keeps each included file as it was read once: files that include one another many times over cost no more.
    """
    under: dict[str, dict[str, Any]] = {"parameters": {}, "settings": {}, "targets": {}}
    for given in form.include:
        path = _find(str(given), file)
        place = Path(os.path.realpath(path))
        if place in chain or (file is not None and place == Path(os.path.realpath(file))):
            raise InputError(told("error.target.circle"), file=file, key="include", given=given)
        if len(chain) >= DEEPEST:
            raise InputError(
                told("error.nested_too_deeply"),
                file=file,
                key="include",
                allowed=told("error.limit.files", most=DEEPEST),
            )
        if place not in done:
            done[place] = _merged(_read(path), path, (*chain, place), done)
        inner = done[place]
        if inner.parameters == "assumptions":
            problem = told("error.target.listed")
            raise InputError(problem, file=path, key="parameters", given=inner.parameters)
        for part, laid in under.items():
            _lay(laid, getattr(inner, part) or {}, part, path)
    # A file that includes others names all free parameters, or leaves them to the included files.
    parameters = form.parameters
    if parameters is None and form.include:
        parameters = under["parameters"]
    merged = {"settings": {**under["settings"], **form.settings}, "targets": {**under["targets"], **form.targets}}
    for part, found in merged.items():
        if len(found) > MOST:
            raise InputError(
                told("error.too_many"),
                file=file,
                key=part,
                given=len(found),
                allowed=told("error.limit.number", most=MOST),
            )
    return form.model_copy(update={"parameters": parameters, **merged})


def _lay(under: dict[str, Any], given: Mapping[str, Any], part: str, file: Path) -> None:
    for name, value in given.items():
        if name in under and under[name] != value:
            raise InputError(told("error.target.differ"), file=file, key=f"{part}.{name}")
        under[name] = value
