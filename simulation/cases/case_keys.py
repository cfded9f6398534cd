"""Parameters that a case file may name: those that are free or otherwise must be left open by the case's tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.cases.arms import AS_IT_WAS, accepted
from simulation.cases.case_file import TABLE, CaseSettings
from simulation.cases.in_force import signals_set
from simulation.cases.laying import GROUP
from simulation.experiments.design.distributions import Choices, Distribution
from simulation.experiments.running.task import ModelTask, throughout
from simulation.files.errors import InputError, told
from simulation.files.names import nearest_key
from simulation.scenario.under import open_to

if TYPE_CHECKING:
    from simulation.cases.tables import Tables
    from simulation.scenario import Scenario

_OF_THE_RUN = ("weeks", "start_date", "structure.file")
"""Parameters by which observed rows and report are dated and placed: no case may search them or change them."""

_MOST_ENDS = 10
"""Values of a free parameter beside which a counterfactual is tried: both ends, or the first choices."""

_BOTH = {
    "severity": ("structure.severities",),
    "capacity": ("structure.capacities", "structure.zeal"),
    "signals": ("signals", "instruction.intensity"),
    "meetings": ("stages.authority.intensity",),
}
"""Table to parameters that it says and that the case file may therefore not say too."""


def refuse_both(base: Scenario, tables: Tables, file: Path) -> None:
    """Raise InputError for a parameter that both the case file and a table say."""
    zeal = any(not math.isnan(row.zeal) for row in tables.capacity)
    for table, keys in _BOTH.items():
        for key in keys if getattr(tables, table) else ():
            if key == "structure.zeal" and not zeal:
                continue
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
            accepted(spec, {key: value}, file, f"{TABLE}.free.{key}")
    return found


def check_counterfactuals(settings: CaseSettings, spec: Scenario, tables: Tables, file: Path) -> None:
    """Raise InputError for a counterfactual that cannot be run, or that would do nothing.

    It is tried with each end of each free parameter in turn, with all low ends and with all high ones. Other values of
    free parameters may still be refused beside it: then those runs of a report fail, and are counted there. It does
    nothing if it says of each of its parameters what the case says anyway, and none of them is free or searched.
    """
    said = {key: table for key, table in said_by_tables(tables).items() if key == "instruction.intensity"}
    if tables.meetings:
        said["changes"] = "meetings"
    ends = _ends(settings.distributions(file), spec)
    for name, one in settings.counterfactuals.items():
        key = f"{TABLE}.counterfactuals.{name}"
        if name == AS_IT_WAS:
            raise InputError(told("error.case.baseline"), file=file, key=key)
        _refuse_fixed(one.set, said, file, f"{key}.set")
        accepted(spec, one.set, file, f"{key}.set")
        if _idle(one.set, settings, spec, tables):
            allowed = told("error.case.idle.allowed")
            raise InputError(told("error.case.idle"), file=file, key=f"{key}.set", given=dict(one.set), allowed=allowed)
        for values in ends:
            _accepted_beside(spec, values, one.set, file, f"{key}.set")


def _ends(free: Mapping[str, Distribution], spec: Scenario) -> list[dict[str, Any]]:
    """Return values of free parameters beside which counterfactuals are tried, all accepted by the scenario itself."""
    single = [{key: value} for key, drawn in free.items() for value in drawn.ends()[:_MOST_ENDS]]
    corners = [{key: drawn.ends()[place] for key, drawn in free.items()} for place in (0, -1)] if len(free) > 1 else []
    return single + [values for values in corners if _refusal(spec, values) is None]


def _idle(given: Mapping[str, Any], settings: CaseSettings, spec: Scenario, tables: Tables) -> bool:
    """Tell whether a counterfactual leaves the case as it is."""
    from simulation.evidence.worlds.file import worlds

    # Signals have wordings of their own, and scores with a standard deviation are drawn anew in each run.
    speaking = "instruction.wording" in given and "signals" not in given
    later = (one for change in spec.changes for one in signals_set(spec, change)) if speaking else ()
    signals = (*spec.signals, *later) if speaking else ()
    worded = any(one.wording not in (None, given["instruction.wording"]) for one in signals)
    fixed = "structure.severities" in given and any(row.sd > 0 for row in tables.severity)
    moving = {*settings.free, *open_to(spec, worlds(settings.worlds)[0])}
    if worded or fixed or not moving.isdisjoint(given):
        return False
    held = throughout(ModelTask(spec), given)
    # `check_held` tells what the scenario refuses.
    return _refusal(spec, held) is None and spec.with_values(held).digest == spec.digest


def _refusal(spec: Scenario, values: Mapping[str, Any]) -> InputError | None:
    try:
        spec.with_values(values)
    except InputError as problem:
        return problem
    return None


def _accepted_beside(spec: Scenario, free: Mapping[str, Any], given: Mapping[str, Any], file: Path, key: str) -> None:
    """Raise InputError unless the scenario accepts a counterfactual beside values of free parameters."""
    problem = _refusal(spec, {**free, **given})
    if problem is not None:
        said = ", ".join(f"{name} = {value!r}" for name, value in free.items())
        beside = told("error.case.beside_free", values=said, key=problem.key or "", problem=problem.problem)
        raise InputError(beside, file=file, key=key, given=dict(given), allowed=told("error.case.beside_free.allowed"))


def _refuse_fixed(given: Iterable[str], said: Mapping[str, str], file: Path, where: str) -> None:
    """Raise InputError for a parameter on which the rows rest, or that a table says."""
    for key in given:
        if key in _OF_THE_RUN:
            raise InputError(told("error.case.rests"), file=file, key=where, given=key)
        if key in said:
            open_ = said[key] == "signals" and where.endswith(".set")
            allowed = told("error.case.said.allowed", key="signals") if open_ else None
            raise InputError(told("error.case.said", table=said[key]), file=file, key=where, given=key, allowed=allowed)
