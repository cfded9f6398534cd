"""A resolved scenario: every parameter with its value and where it was set."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import PrivateAttr

from simulation.files.forms import nested, validated
from simulation.files.reading import bounded
from simulation.scenario.checks import check
from simulation.scenario.fields import Labels, Table
from simulation.scenario.keys import refuse_unknown
from simulation.scenario.schema import Schema
from simulation.scenario.structure_file import is_shipped, locate, read_content


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
    def changes(self) -> dict[str, Any]:
        """Dotted key to value, for what `with_values` made different from the scenario as it was loaded."""
        if self._original is None:
            return {}
        before = self._original.values
        return {
            key: value
            for key, value in self.values.items()
            if key not in ("title", "question") and value != before[key]
        }

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
            values = {key: value for key, value in self.values.items() if key not in ("title", "question")}
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
            ``structure.file`` and ``structure.units`` replace each other.

        Raises
        ------
        InputError
            Unknown key, wrong type, value out of range, impossible combination.
        """
        changes: dict[str, Any] = {}
        given = bounded(values)
        if given.get("structure.file") is not None:
            given.setdefault("structure.units", None)
        elif given.get("structure.units") is not None:
            given.setdefault("structure.file", None)
        for key, value in given.items():
            refuse_unknown(key)
            *tables, leaf = key.split(".")
            place = changes
            source: Any = self
            for table in tables:
                source = getattr(source, table)
                if not isinstance(place.get(table), dict):
                    place[table] = dict(source.__dict__)
                place = place[table]
            place[leaf] = value.item() if getattr(value, "ndim", None) == 0 else value
        made = type(self).build(
            self.__dict__ | changes,
            name=self._name,
            origins=self._origins | dict.fromkeys(values, "given"),
            base_folder=Path() if values.get("structure.file") is not None else self._base_folder,
        )
        made._original = self._original or self
        return made

    def __eq__(self, other: object) -> bool:
        """Return whether both give the same results under the same title and question."""
        if not isinstance(other, Scenario):
            return NotImplemented
        return (self.digest, self.title, self.question) == (other.digest, other.title, other.question)

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
    if isinstance(value, Table):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    return value


def _plain_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested tables without empty entries, infinity as the text "inf"."""
    return nested(
        {
            key: "inf" if isinstance(value, float) and math.isinf(value) else value
            for key, value in values.items()
            if value is not None
        }
    )
