"""A resolved scenario: every parameter with its value and where it was set."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, PrivateAttr, ValidationError

from simulation.scenario.fields import LONGEST, Labels, Table, other, whole
from simulation.scenario.sections import (
    Citizens,
    Diffusion,
    Domain,
    Effect,
    Evaluation,
    Execution,
    Instruction,
    LeverageDirections,
    Plan,
    Rivals,
    Scouting,
    Structure,
    Synergies,
    Transmission,
    Turnover,
)
from simulation.scenario.windows import Stages

_Words = Annotated[
    Labels, BeforeValidator(lambda given: {"en": given, "zh": given} if isinstance(given, str) else given)
]


class Scenario(Table):
    """What a run is. Immutable; made by :func:`simulation.scenario.load_scenario`.

    Every table of the file is an attribute (``spec.execution.capacity``, ``spec.stages.authority.start``).
    """

    title: _Words = other(Labels(), "labels", "")
    question: _Words = other(Labels(), "labels", "")
    weeks: int = whole(156, 1, LONGEST, "weeks", "P: the three-year plan")
    structure: Structure = Structure()
    domains: dict[str, Domain] = other(..., "domains", "P: eight domains and their pilots")
    instruction: Instruction = Instruction()
    stages: Stages = Stages()
    transmission: Transmission = Transmission()
    scouting: Scouting = Scouting()
    plan: Plan = Plan()
    execution: Execution = Execution()
    effect: Effect = Effect()
    citizens: Citizens = Citizens()
    synergies: Synergies = Synergies()
    evaluation: Evaluation = Evaluation()
    diffusion: Diffusion = Diffusion()
    leverage: LeverageDirections = LeverageDirections()
    rivals: Rivals = Rivals()
    turnover: Turnover = Turnover()

    _name: str = PrivateAttr(default="scenario")
    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _base_folder: Path = PrivateAttr(default_factory=Path)
    _digest: str | None = PrivateAttr(default=None)

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
        """Keys of the first ``plan.domains`` domains, the point first, the others in file order."""
        keys = (self.point, *(key for key in self.domains if key != self.point))
        return keys if self.plan.domains == "all" else keys[: self.plan.domains]

    @property
    def values(self) -> dict[str, Any]:
        """Dotted key to value, for every parameter."""
        return {key: _plain(value) for key, value in _leaves(self, "")}

    @property
    def origins(self) -> dict[str, str]:
        """Dotted key to where its value was set: a file's name, ``given`` or ``default``."""
        return {key: self._origins.get(key, "default") for key, _ in _leaves(self, "")}

    def set_in(self, key: str) -> str | None:
        """Return the name of the file that set ``key``; None for a default or a value given otherwise."""
        origin = self._origins.get(key, "default")
        return None if origin in ("default", "given") else origin

    @property
    def digest(self) -> str:
        """SHA-256 of everything that bears on results, the structure's content included; titles are not."""
        if self._digest is None:
            from simulation.scenario.structure import structure_digest

            content = {key: value for key, value in self.to_dict().items() if key not in ("title", "question")}
            content["structure"] = {
                key: value for key, value in content["structure"].items() if key not in ("file", "units")
            } | {"content": structure_digest(self)}
            text = json.dumps(content, ensure_ascii=False, allow_nan=False)
            self._digest = hashlib.sha256(text.encode()).hexdigest()
        return self._digest

    def to_dict(self) -> dict[str, Any]:
        """Return nested data that JSON can hold (infinity as "inf") and ``load_scenario`` reads back."""
        nested: dict[str, Any] = {}
        for key, value in self.values.items():
            if value is None:
                continue
            *tables, leaf = key.split(".")
            place = nested
            for table in tables:
                place = place.setdefault(table, {})
            place[leaf] = "inf" if isinstance(value, float) and math.isinf(value) else value
        return nested

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
        from simulation.files.reading import bounded
        from simulation.scenario.checks import check
        from simulation.scenario.translate import refuse_unknown, translated

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
        try:
            made = type(self).model_validate(self.__dict__ | changes)
        except ValidationError as error:
            raise translated(error, {}, given) from None
        made._name = self._name
        made._origins = self._origins | dict.fromkeys(values, "given")
        made._base_folder = Path() if values.get("structure.file") is not None else self._base_folder
        check(made, {})
        return made

    def __eq__(self, other: object) -> bool:
        """Whether both give the same results under the same title and question."""
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
