"""The numbers of a scenario as compiled code reads them: one record whose fields are those of the schema.

Every number of the schema is in it under its own place, ``p.execution.w_press``: a new line of the schema is all that a
rule needs. Dials that only rescale another number (synergies, horizontal leverage, meetings) are folded in here,
once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.scenario import Scenario, sections
from simulation.scenario.agenda import Agenda
from simulation.scenario.bodies import Bodies
from simulation.scenario.departments import Departments
from simulation.scenario.fields import Labels, Table
from simulation.scenario.modes import COEFFICIENTS, MODES, Modes
from simulation.scenario.windows import STAGES, Stages

Floats = NDArray[np.float64]


class Activity(Protocol):
    """The numbers that drive the five activities, each an array of shape (5,), in the order of the stages."""

    start: Floats  # week on the city's clock
    length: Floats  # weeks
    intensity: Floats  # [0, 1], computed where the scenario leaves it to be computed
    build: Floats  # per week
    relax: Floats  # per week


class ModeNumbers(Protocol):
    """The numbers of `simulation.scenario.modes.Mode`, each an array with one number per mode."""

    effort: Floats
    yields: Floats
    pressure: Floats
    need: Floats
    peers: Floats
    veiled: Floats
    reward: Floats
    caught: Floats
    refused: Floats


class Parameters(Protocol):
    """The numbers that compiled rules call ``p``; meanings, units, ranges and sources are those of the scenario schema.

    Numbers that differ from the scenario's own: ``execution.capacity`` is what meetings leave; ``execution.w_over``
    includes the synergy of law, ``citizens.b_trust`` that of morals, ``citizens.b_platform`` that of self-governance;
    ``evaluation.inflate`` and ``scouting.scout_error`` include smart governance, the latter also experts.
    """

    departments: Departments
    instruction: sections.Instruction
    agenda: Agenda
    bodies: Bodies
    stages: Stages
    transmission: sections.Transmission
    scouting: sections.Scouting
    plan: sections.Plan
    execution: sections.Execution
    effect: sections.Effect
    citizens: sections.Citizens
    synergies: sections.Synergies
    evaluation: sections.Evaluation
    diffusion: sections.Diffusion
    leverage: sections.LeverageDirections
    turnover: sections.Turnover
    activity: Activity
    modes: ModeNumbers


class Rows(Protocol):
    """Rows of parameters: row 0 holds wherever the state's ``city_row`` and ``unit_row`` say nothing else.

    A rule for several cities or units reads each number in the row of the most local actor: what a city decides in the
    city's, what a unit does in the unit's. An executor and a place have their unit's row, a department its city's, a
    community its county's. The clock (``analysis_every``, ``review_every``) follows row 0.
    """

    def __len__(self) -> int:
        """Return the number of rows."""

    def __getitem__(self, row: int, /) -> Parameters:
        """Return the parameters of a row."""


_ACTIVITY = ("start", "length", "intensity", "build", "relax")
_ELSEWHERE = (Labels, Modes)  # no numbers; an array per coefficient instead
_KINDS = {float: np.dtype(np.float64), int: np.dtype(np.int64)}


def _parts(table: type[Table]) -> Iterator[tuple[str, Any]]:
    """Yield the numbers and the tables of a table: name and numpy kind, or name and class."""
    for name, field in table.model_fields.items():
        annotation: Any = field.annotation
        if annotation in _KINDS and not hasattr(np.record, name):
            yield name, _KINDS[annotation]
        elif isinstance(annotation, type) and issubclass(annotation, Table) and not issubclass(annotation, _ELSEWHERE):
            yield name, annotation
    yield from ((name, np.dtype(np.float64)) for name in table.compiled)


def _layout(table: type[Table]) -> np.dtype[Any]:
    fields = []
    for name, part in _parts(table):
        kind = part if isinstance(part, np.dtype) else _layout(part)
        if kind.itemsize > 0:
            fields.append((name, kind))
    return np.dtype(fields, align=True)


def _values(kind: np.dtype[Any], table: Table) -> tuple[Any, ...]:
    """Return a table's numbers, nested as its layout is."""
    found = []
    for name in kind.names or ():
        value = getattr(table, name)
        found.append(_values(kind[name], value) if isinstance(value, Table) else value)
    return tuple(found)


_SCHEMA = _layout(Scenario)
RECORD = np.dtype(
    [
        *((name, _SCHEMA[name]) for name in _SCHEMA.names or ()),
        ("activity", np.dtype([(name, np.float64, (len(STAGES),)) for name in _ACTIVITY])),
        ("modes", np.dtype([(name, np.float64, (len(MODES),)) for name in COEFFICIENTS])),
    ],
    align=True,
)


def compile_parameters(spec: Scenario) -> NDArray[np.void]:
    """Return the scenario's numbers as a record array of length one (`RECORD`); its element is a `Parameters`."""
    stages, modes = spec.stages.in_order(), [getattr(spec.execution.modes, name) for name in MODES]
    activity = (
        [stage.effective_intensity if name == "intensity" else getattr(stage, name) for stage in stages]
        for name in _ACTIVITY
    )
    by_mode = ([getattr(mode, coefficient) for mode in modes] for coefficient in COEFFICIENTS)
    values = (*_values(_SCHEMA, spec), tuple(activity), tuple(by_mode))
    record = np.array([values], RECORD).view(np.recarray)  # so that plain Python reads fields as compiled code does
    p = record[0]
    synergies, leverage = spec.synergies, spec.leverage
    authority = spec.stages.authority
    meetings = authority.meetings_per_year if authority.effective_intensity > 0 else 0.0
    p.execution.capacity = spec.execution.capacity * (1 - spec.transmission.meeting_cost * meetings)
    p.execution.w_over = spec.execution.w_over * (1 + synergies.law_oversight * synergies.law)
    p.evaluation.inflate = spec.evaluation.inflate * (1 - synergies.smart_reports * synergies.smart)
    p.scouting.scout_error = (
        spec.scouting.scout_error
        * (1 - synergies.smart_scouting * synergies.smart)
        * (1 - leverage.expert_scouting * leverage.horizontal)
    )
    p.citizens.b_trust = spec.citizens.b_trust * (1 + synergies.moral_trust * synergies.moral)
    p.citizens.b_platform = spec.citizens.b_platform * (
        1 + synergies.self_governance_platform * synergies.self_governance
    )
    return record
