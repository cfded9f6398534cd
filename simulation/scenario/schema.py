"""Every table and every single parameter of a scenario, in the order of the file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulation.files.forms import BOTH_LANGUAGES
from simulation.scenario.agenda import Agenda
from simulation.scenario.bodies import Bodies
from simulation.scenario.calendar import StartDate
from simulation.scenario.changes import Changes
from simulation.scenario.departments import Departments
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
from simulation.scenario.signals import Channels, Issuers, Signal
from simulation.scenario.windows import Stages

_Words = Annotated[Labels, BOTH_LANGUAGES]


class Schema(Table):
    """The values of a scenario, each in its own range; `simulation.scenario.checks` looks at combinations.

    Every table of the file is an attribute (``spec.execution.capacity``, ``spec.stages.authority.start``).
    """

    title: _Words = other(Labels(), "labels", "")
    question: _Words = other(Labels(), "labels", "")
    start_date: StartDate = other(None, "date", "A", optional=True)
    weeks: int = whole(156, 1, LONGEST, "weeks", "P: the three-year plan")
    structure: Structure = Structure()
    domains: dict[str, Domain] = other(..., "domains", "P: eight domains and their pilots")
    departments: Departments = Departments()
    instruction: Instruction = Instruction()
    signals: Annotated[tuple[Signal, ...], Field(strict=False)] = other((), "signals", "P: one; S: rank of the issuer")
    changes: Changes = other((), "changes", "A")
    issuers: Issuers = Issuers()
    channels: Channels = Channels()
    agenda: Agenda = Agenda()
    stages: Stages = Stages()
    transmission: Transmission = Transmission()
    scouting: Scouting = Scouting()
    plan: Plan = Plan()
    execution: Execution = Execution()
    bodies: Bodies = Bodies()
    effect: Effect = Effect()
    citizens: Citizens = Citizens()
    synergies: Synergies = Synergies()
    evaluation: Evaluation = Evaluation()
    diffusion: Diffusion = Diffusion()
    leverage: LeverageDirections = LeverageDirections()
    rivals: Rivals = Rivals()
    turnover: Turnover = Turnover()
