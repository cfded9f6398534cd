"""Finding, reading and merging scenario files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.forms import dotted, nested
from simulation.files.kinds import refuse_other_kind
from simulation.files.names import labelled
from simulation.files.reading import bounded, read_toml, stands, toml_value
from simulation.files.shipped import shipped_folder
from simulation.scenario.keys import tables
from simulation.scenario.scenario import Scenario
from simulation.scenario.settings import assigned, refuse_setting


def shipped() -> list[str]:
    """Return the names of the shipped scenarios."""
    return sorted(path.stem for path in shipped_folder().glob("*.toml"))


def load_scenario(spec: str | Path | Mapping[str, Any] | Scenario, *, shared: bool = False) -> Scenario:
    """Return the validated scenario.

    Parameters
    ----------
    spec : str, Path, mapping or Scenario
        A shipped name (``"zhaoqing"``), a TOML file, nested tables as in a file (``extends`` included), or a
        scenario, which is returned as it is. Relative paths in a mapping start at the working folder.
    shared : bool
        True if it comes from somebody else. Then ``extends`` and ``structure.file`` may lead only to shipped scenarios
        and structures and into the file's own folder; nothing elsewhere is even looked for.

    Raises
    ------
    InputError
        Anything in it that cannot be used, named by file and dotted key.
    """
    if isinstance(spec, Scenario):
        return spec
    merge = _Merge(shared)
    if isinstance(spec, Mapping):
        merge.add(bounded(spec), None, ())
        return merge.scenario("scenario")
    if not isinstance(spec, str | Path):
        raise InputError(told("error.not_a_scenario"), given=spec, allowed=told("error.scenario.what"))
    path = _find(spec, Path())
    merge.home = path.parent
    merge.add(read_toml(path), path, ())
    return merge.scenario(path.stem)


def scenario_of(tables: Mapping[str, Any], path: Path, name: str) -> Scenario:
    """Return the scenario that a file's tables describe, where the file holds more than a scenario.

    Parameters
    ----------
    tables : mapping
        Nested tables as `read_toml` returns them, without what is no scenario.
    path : Path
        The file: relative paths start in its folder, and messages name it.
    name : str
        Name of the scenario.

    Raises
    ------
    InputError
        Anything in it that cannot be used.
    """
    merge = _Merge()
    found = path.absolute()
    merge.home = found.parent
    merge.add(dict(tables), found, ())
    return merge.scenario(name)


def parse_assignments(assignments: Sequence[str]) -> dict[str, Any]:
    """Return dotted key to value for texts such as ``plan.kind=uniform``: a TOML value, else a text.

    ``execution.oversight=0.2@80`` is a value from week 80 on.
    """
    parsed: dict[str, Any] = {}
    for assignment in assignments:
        key, text = assigned(assignment)
        refuse_setting(key)
        try:
            parsed[key] = toml_value(text)
        except ValueError:
            parsed[key] = text
    return parsed


_NOBODY = Path()
"""Stands for the file that was asked for while none has been read; None means tables without a file."""


class _Merge:
    """The values of a scenario laid over those that it extends, by dotted key, and which file set what."""

    def __init__(self, shared: bool = False) -> None:
        self.shared = shared
        self.home: Path | None = None
        self.asked: Path | None = _NOBODY
        self.values: dict[str, Any] = {}
        self.sources: dict[str, Path] = {}
        self.origins: dict[str, str] = {}
        self.folder = Path()

    def add(self, raw: dict[str, Any], path: Path | None, chain: tuple[Path, ...]) -> None:
        """Lay what a file says over what it extends; ``chain`` holds the files that led here."""
        if self.asked is _NOBODY:
            self.asked = path
        if path is not None and path in chain:
            loop = " -> ".join(link.stem for link in (*chain[chain.index(path) :], path))
            raise InputError(told("error.extends.circle", loop=loop), file=path, key="extends")
        refuse_other_kind(raw, "scenario", path)
        base = raw.pop("extends", None)
        if base is not None:
            if not isinstance(base, str) or not base.strip():
                raise InputError(
                    told("error.cannot_be_used"),
                    file=path,
                    key="extends",
                    given=base,
                    allowed=told("error.extends.what"),
                )
            folder = Path() if path is None else path.parent
            if base not in shipped():
                self._confine(folder / base, path, "extends", base)
            found = _find(base, folder, asker=path)
            self.add(read_toml(found), found, chain if path is None else (*chain, path))
        place = raw.get("structure")
        if isinstance(place, dict):
            if "file" in place:
                self.folder = Path() if path is None else path.parent
            if "file" in place or "units" in place:
                # They replace each other.
                self._drop("structure.file")
                self._drop("structure.units")
        for key, value in dotted(raw, lambda name, _: name not in tables()).items():
            if not _is_nested(raw, key):
                raise InputError(told("error.unknown_key"), file=path, key=key, allowed=told("error.key.unquoted"))
            self._lay(key, value, path)

    def _lay(self, key: str, value: Any, path: Path | None) -> None:
        table, _, _ = key.rpartition(".")
        while table:
            # A base that gives something else in place of this table no longer counts.
            self._drop(table)
            table, _, _ = table.rpartition(".")
        if key in tables():
            for inside in [name for name in self.values if name.startswith(f"{key}.")]:
                self._drop(inside)
        self._drop(key)
        self.values[key] = value
        self.origins[key] = "given" if path is None else path.name
        if path is not None:
            self.sources[key] = path

    def _drop(self, key: str) -> None:
        for kept in (self.values, self.sources, self.origins):
            kept.pop(key, None)

    def scenario(self, name: str) -> Scenario:
        """Return the scenario that all files together describe."""
        try:
            made = Scenario.build(
                nested(self.values), name=name, origins=self.origins, base_folder=self.folder, sources=self.sources
            )
        except InputError as problem:
            if problem.file is None and problem.problem == told("error.required"):
                raise problem.replaced(file=self.asked) from None  # no file says it, so it is the one asked for
            raise
        if made.structure.file is not None:
            asker = self.sources.get("structure.file")
            if self.home is not None:
                self._confine(self.folder / made.structure.file, asker, "structure.file", made.structure.file)
            self._confine(made.structure_path, asker, "structure.file", made.structure.file)
        return made

    def _confine(self, place: Path | None, asker: Path | None, key: str, given: str) -> None:
        """Raise InputError when a shared scenario leads out of its folder, links followed."""
        if not self.shared or place is None:
            return
        allowed = [shipped_folder(), *([] if self.home is None else [self.home])]
        try:
            real = Path(os.path.realpath(place))
        except ValueError:
            raise InputError(told("error.not_a_path"), file=asker, key=key, given=given) from None
        if not any(real.is_relative_to(os.path.realpath(folder)) for folder in allowed):
            raise InputError(
                told("error.shared.outside"),
                file=asker,
                key=key,
                given=given,
                allowed=told("error.shared.inside"),
            )


def _is_nested(raw: Mapping[str, Any], key: str) -> bool:
    """Return whether each part of a dotted key is a table's own key, not a part of a quoted one."""
    place: Any = raw
    for part in key.split("."):
        if not isinstance(place, Mapping) or part not in place:
            return False
        place = place[part]
    return True


def _titles() -> dict[str, str]:
    """Return the Chinese titles of the shipped scenarios, by name."""
    found = {}
    for name in shipped():
        title = read_toml(shipped_folder() / f"{name}.toml").get("title")
        found[name] = str(title.get("zh", "")) if isinstance(title, Mapping) else str(title or "")
    return found


def _refuse_other_file(given: str, asker: Path | None) -> None:
    """Refuse a file of another kind by its ending, and say what it is good for."""
    kind = _OTHER_FILES.get(Path(given).suffix.lower())
    if kind is not None:
        raise InputError(
            told(f"error.not_a_scenario.{kind}"),
            file=asker,
            key=None if asker is None else "extends",
            given=given,
            allowed=told(f"error.not_a_scenario.{kind}.allowed", file=Path(given).name),
        )


_OTHER_FILES = dict.fromkeys((".csv", ".tsv", ".txt", ".xlsx", ".dta"), "table")
_OTHER_FILES |= dict.fromkeys((".xls", ".ods", ".numbers"), "workbook")
_OTHER_FILES |= dict.fromkeys((".sqlite", ".db"), "store") | dict.fromkeys((".json", ".yaml", ".yml"), "other")


def _find(spec: str | Path, folder: Path, asker: Path | None = None) -> Path:
    text = str(spec)
    _refuse_other_file(text, asker)
    looks_like_path = isinstance(spec, Path) or text.endswith(".toml") or "/" in text or "\\" in text
    if not looks_like_path:
        if text in shipped():
            return shipped_folder() / f"{text}.toml"
        if asker is not None or not stands(folder / text):
            raise InputError(
                told("error.no_such_scenario"),
                file=asker,
                key=None if asker is None else "extends",
                given=text,
                allowed=told("error.path_or_name", names=listed(shipped())),
                suggestion=nearest(text, shipped()) or (None if text.isascii() else labelled(text, _titles())),
            )
    path = (folder / spec).absolute()
    if not stands(path):
        near = nearest(path.stem, shipped())
        raise InputError(
            told("error.no_such_file"),
            file=asker,
            key=None if asker is None else "extends",
            given=text,
            suggestion=near,
        )
    return path.resolve()
