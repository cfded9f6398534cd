"""The form of a target file: the tables ``[calibration]``, ``[parameters]``, ``[settings]`` and ``[targets]``.

A finding of the shipped file of findings is named by its key, in ``findings``; a target of one's own is a table.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from simulation.evidence.finding_forms import SettingForm, TargetForm, Words
from simulation.evidence.findings import chosen_findings
from simulation.files.errors import InputError, told
from simulation.files.forms import TEXT, Form, entry, validated
from simulation.files.kinds import refuse_other_kind
from simulation.files.reading import DEEPEST, bounded, read_toml
from simulation.files.shipped import find_file, shipped_folder

#: Most settings, and most targets, of a file with those it includes; most files that it includes.
MOST = 200


class Options(Form):
    """The table ``[calibration]``; `Calibration` explains the fields."""

    seed: int = Field(default=0, ge=0, le=2**53)
    keep: int = Field(default=60, ge=4, le=100_000)
    replicates: int = Field(default=8, ge=1, le=10_000)
    budget: int = Field(default=480, ge=1, le=10_000_000)
    check_vectors: int = Field(default=20, ge=2, le=10_000)
    check_replicates: int = Field(default=24, ge=2, le=10_000)


class TargetFile(Form):
    """A target file."""

    title: Words | None = entry(None, allowed=TEXT)
    include: Annotated[tuple[Any, ...], Field(strict=False)] = entry(
        (), allowed=lambda: told("error.target.files", most=MOST), max_length=MOST
    )
    calibration: Options = Options()
    parameters: dict[str, Any] | Literal["assumptions"] | None = entry(
        None, allowed=lambda: told("error.target.parameters"), words=("assumptions",)
    )
    findings: Annotated[tuple[str, ...], Field(strict=False)] = entry(
        (), allowed=lambda: told("error.target.findings"), max_length=MOST
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
    settings, findings = chosen_findings(form.findings, file)
    _lay(under["settings"], settings, "settings", file)
    _lay(under["targets"], findings, "targets", file)
    _lay(dict(findings), form.targets, "targets", file)  # a finding is stated once
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


def _lay(under: dict[str, Any], given: Mapping[str, Any], part: str, file: Path | None) -> None:
    for name, value in given.items():
        if name in under and under[name] != value:
            raise InputError(told("error.target.differ"), file=file, key=f"{part}.{name}")
        under[name] = value
