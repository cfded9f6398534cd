"""A resolved scenario: every parameter with its value and where it was set."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import PrivateAttr

from simulation.files.forms import nested, validated
from simulation.files.reading import bounded
from simulation.scenario.changes import Change
from simulation.scenario.checking_changes import check_changes
from simulation.scenario.checks import check
from simulation.scenario.fields import Labels, Table
from simulation.scenario.keys import metas
from simulation.scenario.schema import Schema
from simulation.scenario.settings import refuse_setting, with_settings_of_changes
from simulation.scenario.structure_file import is_shipped, locate, read_content

#: Parameters that bear on no result.
UNTOLD = ("title", "question", "start_date")


class Scenario(Schema):
    """All that a run depends on but its seed. Immutable; made by :func:`simulation.scenario.load_scenario`.

    Every table of the file is an attribute (``spec.execution.capacity``, ``spec.stages.authority.start``).
    """

    _name: str = PrivateAttr(default="scenario")
    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _base_folder: Path = PrivateAttr(default_factory=Path)
    _digest: str | None = PrivateAttr(default=None)
    _original: Scenario | None = PrivateAttr(default=None)

    @classmethod
    def build(
        cls,
        values: Mapping[str, Any],
        *,
        name: str,
        origins: Mapping[str, str],
        base_folder: Path,
        sources: Mapping[str, Path] | None = None,
    ) -> Scenario:
        """Return the scenario with these values, checked each and together.

        Parameters
        ----------
        values : mapping
            Nested tables.
        name : str
            Its name.
        origins : mapping
            Dotted key to where it was set, for those that are not defaults.
        base_folder : Path
            Where a relative ``structure.file`` starts.
        sources : mapping, optional
            Dotted key to the file that set it, for messages.

        Raises
        ------
        InputError
            Unknown key, wrong type, value out of range, impossible combination.
        """
        scenario = validated(cls, values, sources=sources)
        scenario._name = name
        scenario._origins = dict(origins)
        scenario._base_folder = base_folder
        check(scenario, sources or {})
        if scenario.changes:
            check_changes(scenario, sources or {})
        return scenario

    @property
    def name(self) -> str:
        """Name of the shipped scenario or of the file, without its ending."""
        return self._name

    @property
    def base_folder(self) -> Path:
        """Folder against which ``structure.file`` is resolved."""
        return self._base_folder

    @property
    def point(self) -> str:
        """Key of the point: the domain that the instruction names, by default the first."""
        return self.instruction.domain or next(iter(self.domains))

    @property
    def planned_domains(self) -> tuple[str, ...]:
        """Keys of the domains that the agenda may hold, the point first, the others in file order.

        Those of ``agenda.domains`` where it is a number; else all.
        """
        keys = (self.point, *(key for key in self.domains if key != self.point))
        return keys[: self.agenda.domains] if isinstance(self.agenda.domains, int) else keys

    @property
    def values(self) -> dict[str, Any]:
        """Dotted key to value, for every parameter."""
        return {key: _plain(value) for key, value in _leaves(self, "")}

    @property
    def origins(self) -> dict[str, str]:
        """Dotted key to where its value was set: a file's name, ``given`` or ``default``."""
        return {key: self._origins.get(key, "default") for key, _ in _leaves(self, "")}

    @property
    def overrides(self) -> dict[str, Any]:
        """Dotted key to value, for what `with_values` made different from the scenario as it was loaded."""
        if self._original is None:
            return {}
        before = self._original.values
        return {key: value for key, value in self.values.items() if key not in UNTOLD and value != before[key]}

    def set_in(self, key: str) -> str | None:
        """Return the name of the file that set ``key``; None for a default or a value given otherwise."""
        origin = self._origins.get(key, "default")
        return None if origin in ("default", "given") else origin

    @property
    def structure_path(self) -> Path | None:
        """Absolute path of the structure's file; None for rows in the scenario itself."""
        return None if self.structure.file is None else locate(self.structure.file, self.base_folder)

    @property
    def structure_content(self) -> bytes | None:
        """Content of the structure's file; None for rows in the scenario itself."""
        read = self._read_structure()
        return None if read is None else read[0]

    @property
    def structure_digest(self) -> str:
        """SHA-256 of the structure's content."""
        read = self._read_structure()
        if read is not None:
            return read[1]
        text = json.dumps(self.structure.units, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def own_structure(self) -> bytes | None:
        """Content of a structure's file of the user's own; None for a shipped one or rows in the scenario."""
        path = self.structure_path
        return None if path is None or is_shipped(path) else self.structure_content

    def _read_structure(self) -> tuple[bytes, str] | None:
        path, given = self.structure_path, self.structure.file
        return None if path is None or given is None else read_content(path, given, self.set_in("structure.file"))

    @property
    def digest(self) -> str:
        """SHA-256 of everything that bears on results: the structure's content counts, titles do not."""
        if self._digest is None:
            values = {key: value for key, value in self.values.items() if key not in UNTOLD}
            values["changes"] = [_counted(one) for one in values["changes"]] or None
            content = _plain_data(values)
            content["structure"] = {
                key: value for key, value in content["structure"].items() if key not in ("file", "units")
            } | {"content": self.structure_digest}
            text = json.dumps(content, ensure_ascii=False, allow_nan=False)
            self._digest = hashlib.sha256(text.encode()).hexdigest()
        return self._digest

    def to_dict(self) -> dict[str, Any]:
        """Return nested data that JSON can hold (infinity as "inf") and ``load_scenario`` reads back."""
        return _plain_data(self.values)

    def with_values(self, values: Mapping[str, Any]) -> Scenario:
        """Return a copy with some parameters changed.

        Parameters
        ----------
        values : mapping
            Dotted key to value. ``domains``, ``plan.table`` and ``structure.units`` are replaced as a whole;
            ``structure.file`` and ``structure.units`` replace each other. ``execution.oversight@80`` is a value from
            week 80 on, ``changes.1.week`` a part of the first change (`simulation.scenario.settings`).

        Raises
        ------
        InputError
            Unknown key, wrong type, value out of range, impossible combination.
        """
        given = bounded(values)
        for key in given:
            refuse_setting(key)
        given = with_settings_of_changes(given, self.changes)
        origins = self._origins | dict.fromkeys(given, "given")
        given_folder = given.get("structure.file") is not None
        if given.get("structure.file") is not None:
            given.setdefault("structure.units", None)
        elif given.get("structure.units") is not None:
            given.setdefault("structure.file", None)
        made = type(self).build(
            self.__dict__ | self._tables_with(given),
            name=self._name,
            origins=origins,
            base_folder=Path() if given_folder else self._base_folder,
        )
        made._original = self._original or self
        return made

    def as_loaded(self) -> Scenario:
        """Return an equal scenario that counts as loaded: `overrides` holds only what is made different from now on."""
        made = self.with_values({})
        made._original = None
        return made

    def with_change(
        self,
        week: int,
        values: Mapping[str, Any],
        *,
        length: int | None = None,
        cities: Sequence[str] = (),
        units: Sequence[str] = (),
        title: str | Mapping[str, str] = "",
    ) -> Scenario:
        """Return a copy with one more change, from a week on.

        Parameters
        ----------
        week : int
            First week in which it holds.
        values : mapping
            Dotted key to value; every parameter that is read during a run.
        length : int, optional
            Number of weeks, at least 1; then values return to what they would be without the change. Left out: for
            good.
        cities, units : sequence of str
            Where the change holds; everywhere when both are left out.
        title : str or mapping of language to str
            Name of the change in tables and pictures.

        Raises
        ------
        InputError
            A parameter that cannot change during a run, a value out of range, an impossible combination.
        """
        settings = dict(values) if isinstance(values, Mapping) else values
        made = {"week": week, "set": settings, "length": length, "title": title}
        made |= {"cities": tuple(cities), "units": tuple(units)}
        return self.with_values({"changes": (*(dict(one.__dict__) for one in self.changes), made)})

    def with_settings(self, settings: Mapping[str, Any]) -> Scenario:
        """Return the scenario as it is while changes hold that set these values; it has no changes itself.

        Raises
        ------
        InputError
            Wrong type, value out of range, impossible combination.
        """
        return type(self).build(
            self.__dict__ | self._tables_with({**settings, "changes": ()}),
            name=self._name,
            origins=self._origins,
            base_folder=self._base_folder,
        )

    def _tables_with(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return those top-level tables in which values differ, with these values."""
        changed: dict[str, Any] = {}
        for key, value in given.items():
            *tables, leaf = key.split(".")
            place = changed
            source: Any = self
            for table in tables:
                source = getattr(source, table)
                if not isinstance(place.get(table), dict):
                    place[table] = dict(source.__dict__)
                place = place[table]
            place[leaf] = value.item() if getattr(value, "ndim", None) == 0 else value
        return changed

    def __eq__(self, other: object) -> bool:
        """Return whether both give the same results under the same title, question and dates."""
        if not isinstance(other, Scenario):
            return NotImplemented
        return self.digest == other.digest and all(getattr(self, key) == getattr(other, key) for key in UNTOLD)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __copy__(self) -> Self:
        """Return itself: nothing in it changes."""
        return self

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Return itself: nothing in it changes."""
        return self


def _leaves(table: Table, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in type(table).model_fields:
        value = getattr(table, name)
        if isinstance(value, Table) and not isinstance(value, Labels):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _plain(value: Any) -> Any:
    if isinstance(value, Change):
        return _plain_change(value)
    if isinstance(value, Table):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    return value


def _plain_change(change: Change) -> dict[str, Any]:
    """Return what a change says, without what it leaves open; infinity as a file can hold it."""
    said = {name: _plain(getattr(change, name)) for name in type(change).model_fields}
    said["set"] = {key: "inf" if value == math.inf else _plain(value) for key, value in change.set.items()}
    if change.title == Labels():
        del said["title"]
    return {name: value for name, value in said.items() if value is not None and value is not False and value != []}


def _counted(change: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a change bears on results, the same for 2 and 2.0 and for any order of what it sets."""
    settings = {
        key: float(value) if metas()[key][1].kind == "number" and type(value) is int else value
        for key, value in sorted(change["set"].items())
    }
    return {**{name: value for name, value in change.items() if name != "title"}, "set": settings}


def _plain_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested tables without empty entries, infinity as the text "inf"."""
    return nested(
        {
            key: "inf" if isinstance(value, float) and math.isinf(value) else value
            for key, value in values.items()
            if value is not None
        }
    )
