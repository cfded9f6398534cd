"""Parameters that a case file may name: those that are free or otherwise must be left open by the case's tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.cases.arms import AS_IT_WAS
from simulation.cases.case_file import TABLE, CaseSettings
from simulation.cases.laying import GROUP
from simulation.experiments.design.distributions import Choices, Distribution
from simulation.experiments.running.task import ModelTask
from simulation.files.errors import InputError, told
from simulation.files.names import nearest_key

if TYPE_CHECKING:
    from simulation.cases.tables import Tables
    from simulation.scenario import Scenario

_OF_THE_RUN = ("weeks", "start_date", "structure.file")
"""Parameters by which observed rows and report are dated and placed: no case may search them or change them."""

_BOTH = {
    "severity": ("structure.severities",),
    "capacity": ("structure.capacities", "structure.zeal"),
    "signals": ("signals", "instruction.intensity"),
    "meetings": ("stages.authority.intensity",),
}
"""Table to parameters that it says and that the case file may therefore not say too."""


def refuse_both(base: Scenario, tables: Tables, file: Path) -> None:
    """Raise InputError for a parameter that both the case file and a table say."""
    for table, keys in _BOTH.items():
        for key in keys if getattr(tables, table) else ():
            if base.set_in(key) == file.name and base.values[key]:
                name = tables.files[table].name
                raise InputError(told("error.case.both", table=name), file=file, key=key)


def said_by_tables(tables: Tables) -> dict[str, str]:
    """Return the parameters whose values a case's tables say, each with the name of its table.

    A value that is free or otherwise in the case file would do nothing, or put the whole table out of force.
    """
    found: dict[str, str] = {}
    if tables.meetings:
        found |= dict.fromkeys(GROUP, "meetings")
    if tables.signals:
        found["instruction.intensity"] = "signals"
        if not any(math.isnan(row.wording) for row in tables.signals):
            found["instruction.wording"] = "signals"
    return found


def check_free(settings: CaseSettings, spec: Scenario, tables: Tables, file: Path) -> dict[str, Distribution]:
    """Return the free parameters, each known to the scenario, left open by the tables, and both ends accepted.

    Raises
    ------
    InputError
        A key that is no parameter with a single value, that a table says, or on which the rows rest; a value that the
        scenario refuses.
    """
    _refuse_fixed(settings.free, said_by_tables(tables), file, f"{TABLE}.free")
    task, found = ModelTask(spec), settings.distributions(file)
    known = task.names()
    for key, drawn in found.items():
        if key not in known:
            raise InputError(
                told("error.no_such_parameter"),
                file=file,
                key=f"{TABLE}.free",
                given=key,
                suggestion=nearest_key(key, known),
            )
        if isinstance(drawn, Choices) and len(set(drawn.values)) < len(drawn.values):
            raise InputError(told("error.named_twice"), file=file, key=f"{TABLE}.free.{key}", given=list(drawn.values))
        for value in drawn.ends():
            _accepted(spec, {key: value}, file, f"{TABLE}.free.{key}")
    return found


def check_counterfactuals(settings: CaseSettings, spec: Scenario, tables: Tables, file: Path) -> None:
    """Raise InputError for a counterfactual that the scenario does not accept, or that would do nothing."""
    said = {key: table for key, table in said_by_tables(tables).items() if key == "instruction.intensity"}
    for name, one in settings.counterfactuals.items():
        key = f"{TABLE}.counterfactuals.{name}"
        if name == AS_IT_WAS:
            raise InputError(told("error.case.baseline"), file=file, key=key)
        _refuse_fixed(one.set, said, file, f"{key}.set")
        _accepted(spec, one.set, file, f"{key}.set")


def _refuse_fixed(given: Iterable[str], said: Mapping[str, str], file: Path, where: str) -> None:
    """Raise InputError for a parameter on which the rows rest, or that a table says."""
    for key in given:
        if key in _OF_THE_RUN:
            raise InputError(told("error.case.rests"), file=file, key=where, given=key)
        if key in said:
            allowed = told("error.case.said.allowed", key="signals") if said[key] == "signals" else None
            raise InputError(told("error.case.said", table=said[key]), file=file, key=where, given=key, allowed=allowed)


def _accepted(spec: Scenario, values: Mapping[str, Any], file: Path, key: str) -> None:
    try:
        spec.with_values(values)
    except InputError as problem:
        inner = problem.key if problem.key and problem.key not in key else ""
        raise problem.replaced(file=file, key=f"{key}.{inner}" if inner else key) from None
