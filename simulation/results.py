"""The result of a run: numbers, tables, and their provenance."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.files.errors import InputError, listed, told
from simulation.files.output import FORMATS, PROVENANCE, fresh_folder
from simulation.files.provenance import provenance
from simulation.files.reading import read_json
from simulation.metrics import summary
from simulation.model import MomentumModel
from simulation.scenario import load_scenario
from simulation.scenario.calendar import date_of
from simulation.tables import (
    cells_table,
    changes_table,
    departments_table,
    executors_table,
    flows_table,
    ledger_table,
    units_table,
    weekly_table,
)

if TYPE_CHECKING:
    import pandas as pd

    from simulation.scenario import Scenario

STRUCTURE = "structure.csv"
TABLES = ("weekly", "cells", "ledger", "flows", "units", "executors", "departments", "changes")
#: Columns that stay texts when read from CSV: no township is an empty text, and a county may be called 007.
_TEXTS = (
    *("city", "county", "township", "community", "unit", "executor", "tier", "department", "domain"),
    *("account", "kind", "from", "to", "mode"),
    *("title", "condition", "place", "parameter", "value"),
)
Progress = Callable[[int, int], None]
#: Errors that readers raise over files that are no saved run.
_UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


@dataclass
class RunResult:
    """One finished run.

    Attributes
    ----------
    spec : Scenario
        The resolved scenario.
    seed : int
        The seed.
    summary : dict of str to float
        Every metric (see `simulation.metrics`) at the end; NaN where it is not defined.
    """

    spec: Scenario
    seed: int
    summary: dict[str, float]
    _provenance: dict[str, Any] | Callable[[], dict[str, Any]]
    _tables: dict[str, pd.DataFrame]
    _model: MomentumModel | None = None

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, platform, digest of the scenario, time, duration."""
        if callable(self._provenance):
            self._provenance = self._provenance()  # put together when first asked for, which most runs never are
        return self._provenance

    @classmethod
    def of(cls, model: MomentumModel, seconds: float = math.nan) -> RunResult:
        """Build the result from a model that has run at least one week."""
        if model.week == 0:
            raise ValueError("the model has not run a week yet")
        return cls(
            spec=model.spec,
            seed=model.seed,
            summary=summary(model.outcome()),
            _provenance=functools.partial(
                provenance, model.spec, model.seed, model.week, seconds, finished=datetime.now(UTC)
            ),
            _tables={},
            _model=model,
        )

    def _table(self, name: str, make: Callable[[MomentumModel], pd.DataFrame]) -> pd.DataFrame:
        if name not in self._tables:
            if self._model is None:
                raise LookupError(f"the table '{name}' was not saved with this run")
            self._tables[name] = make(self._model)
        return self._tables[name]

    def has(self, table: str) -> bool:
        """Tell whether a table can be had: ``changes`` only where there are any, ``flows`` not of an early version."""
        if self._model is not None and table == "changes":
            return bool(self.spec.changes)
        return self._model is not None or table in self._tables

    @property
    def weekly(self) -> pd.DataFrame:
        """One row per week: ``week`` (0, 1, …) and every metric at the end of that week."""
        return self._table("weekly", weekly_table)

    @property
    def cells(self) -> pd.DataFrame:
        """One row per community and domain at the end.

        ``site_since`` is the week in which its first site opened, NaN where there is no site; ``reported`` the mean
        over its sites of what their units report; ``participation`` the share of those concerned who took part.
        """
        return self._table("cells", cells_table)

    @property
    def ledger(self) -> pd.DataFrame:
        """``week, city, account, kind, amount``: sources, sinks and deliveries of the week, stocks at its end."""
        return self._table("ledger", ledger_table)

    @property
    def flows(self) -> pd.DataFrame:
        """``week, city, account, kind, from, to, amount``: every movement of the week, with the stages that it joins.

        ``from`` and ``to`` name stages; an empty text stands for outside. ``kind`` is source, passed, delivered, sink.
        """
        return self._table("flows", flows_table)

    @property
    def units(self) -> pd.DataFrame:
        """One row per month, unit and domain: mode of execution, open sites, mean effect, the unit's momentum."""
        return self._table("units", units_table)

    @property
    def executors(self) -> pd.DataFrame:
        """One row per month and executor: its ``tier``, its ``load``, and how many of its domains are in each mode.

        An executor is a town or subdistrict, or, with ``tier`` staff, a unit's own staff.
        """
        return self._table("executors", executors_table)

    @property
    def departments(self) -> pd.DataFrame:
        """One row per month, department and active domain that it belongs to: whether it leads and co-operates."""
        return self._table("departments", departments_table)

    @property
    def changes(self) -> pd.DataFrame:
        """One row per time that a change held and parameter that it set; only for a scenario with changes.

        ``change`` is its number in the scenario, ``place`` names cities and units (empty: everywhere), ``week`` and
        ``last_week`` are the first and last week of that time; NaN where it never began or held to the end.
        """
        return self._table("changes", changes_table)

    @property
    def dates(self) -> pd.Series:
        """Week to the date on which it begins (``datetime64``); NaT in a scenario without a start date."""
        import pandas as pd

        weeks = pd.Index(self.weekly["week"], name="week")
        days = [date_of(self.spec, week) for week in weeks]
        return pd.Series(np.array(days, dtype="datetime64[s]"), index=weeks, name="date")

    def without_changes(self) -> RunResult:
        """Return the same run without the scenario's changes: same seed, same draws, as many weeks.

        Until the first change both are the same to the last bit; what differs then is the changes' effect in this run.
        """
        weeks = len(self.weekly)
        spec = self.spec.with_values({"changes": (), "weeks": max(weeks, self.spec.weeks)})
        return run(spec, self.seed, until=weeks, **self._given)

    @property
    def _given(self) -> dict[str, Any]:
        """Network and thresholds that were given to the model, as far as they are known."""
        return {} if self._model is None else self._model.given

    def branch(self, week: int, values: Mapping[str, Any] | None = None, **where: Any) -> RunResult:
        """Return another future of this run: the same until ``week``, then with other values.

        The run is computed again from its first week, which gives the same past to the last bit.

        Parameters
        ----------
        week : int
            First week in which the values hold, from 0 to the scenario's last.
        values : mapping
            Dotted key to value; every parameter that is read during a run. Left out: the run goes on as it is.
        where
            ``length``, ``cities``, ``units``, ``title``: see `Scenario.with_change`.

        Raises
        ------
        InputError
            A week beyond the run's end, a parameter that cannot change, a value out of range, or a result whose past
            does not follow from its scenario and seed.
        """
        if isinstance(week, bool) or not isinstance(week, int | np.integer) or not 0 <= week < self.spec.weeks:
            allowed = told("error.from_to", least=0, most=self.spec.weeks - 1)
            raise InputError(told("error.out_of_range"), key="week", given=week, allowed=allowed)
        spec = self.spec.with_change(int(week), values or {}, **where) if values or where else self.spec
        made = run(spec, self.seed, **self._given)
        rows = min(int(week), len(self.weekly))
        if not made.weekly.head(rows).astype(float).equals(self.weekly.head(rows).astype(float)):
            raise InputError(told("error.branch.other_past"), allowed=told("error.branch.other_past.allowed"))
        return made

    @property
    def model(self) -> MomentumModel:
        """The model that ran; only in the process that ran it."""
        if self._model is None:
            raise LookupError("this result was loaded from files; run the scenario again for the model")
        self._model.catch_up()
        return self._model

    def detached(self) -> RunResult:
        """Return the same result without the model: small enough to hand to another process."""
        for name in filter(self.has, TABLES):
            getattr(self, name)
        return RunResult(self.spec, self.seed, self.summary, self.provenance, dict(self._tables))

    def save(self, folder: str | Path, format: str = "csv") -> Path:
        """Write summary, tables and provenance into a folder, whole or not at all.

        Parameters
        ----------
        folder : path
            A new or empty folder, or one with earlier results, which it replaces.
        format : {"csv", "parquet"}
            Parquet needs the extra ``parquet``.
        """
        check_format(format, "format")
        with fresh_folder(folder) as made:
            self.write(made, format)
        return Path(folder)

    def write(self, folder: Path, format: str = "csv") -> None:
        """Write the files into an existing folder."""
        check_format(format, "format")
        content = {name: None if math.isnan(value) else value for name, value in self.summary.items()}
        (folder / "summary.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        for name in filter(self.has, TABLES):
            frame: pd.DataFrame = getattr(self, name)
            if format == "csv":
                frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
            else:
                frame.to_parquet(folder / f"{name}.parquet", index=False)
        places = self.spec.own_structure
        if places is not None:
            (folder / STRUCTURE).write_bytes(places)
        text = json.dumps(self.provenance, indent=2, ensure_ascii=False)
        (folder / PROVENANCE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> RunResult:
        """Read a saved run; the same tables, without the model.

        Raises
        ------
        InputError
            When the folder is not a saved run.
        """
        folder = Path(folder)
        try:
            origin, content = read_json(folder / PROVENANCE), read_json(folder / "summary.json")
            resolved = origin["scenario"]
            if not isinstance(resolved, dict) or "extends" in resolved:
                raise ValueError("its scenario is not a resolved one")
            if (folder / STRUCTURE).is_file():
                # The scenario's structure file stood elsewhere when it ran, and it may be gone since.
                resolved = resolved | {
                    "structure": resolved["structure"] | {"file": str((folder / STRUCTURE).absolute())}
                }
            spec = load_scenario(resolved)
            numbers = {name: math.nan if value is None else float(value) for name, value in content.items()}
            seed = int(origin["seed"])
        except _UNREADABLE as problem:
            raise InputError(told("error.saved.none", reason=problem), file=folder) from problem
        return cls(spec, seed, numbers, origin, _saved_tables(folder))


def check_format(format: str, key: str = "--format") -> None:
    """Raise InputError unless tables can be written in a format here; ``key`` says where it was asked for.

    Parquet needs a library of its own, and a run may take an hour: so commands ask before they run.
    """
    if format not in FORMATS:
        raise InputError(told("error.unknown_format"), key=key, given=format, allowed=listed(FORMATS, "or"))
    if format == "parquet":
        from simulation.files.extras import require_extra

        require_extra("parquet", "Parquet", key=key, given=format, otherwise="csv")


def _saved_tables(folder: Path) -> dict[str, pd.DataFrame]:
    import pandas as pd

    tables = {}
    for name in TABLES:
        table, packed = folder / f"{name}.csv", folder / f"{name}.parquet"
        try:
            # A pipe or a device of that name would be read for ever.
            if table.is_file():
                tables[name] = _read_csv(table)
                if name == "changes":
                    tables[name] = tables[name].astype({"week": "Int64", "last_week": "Int64"})
            elif packed.is_file():
                tables[name] = pd.read_parquet(packed)
        except Exception as problem:  # pandas and pyarrow raise errors of many kinds over a damaged table
            raise InputError(told("error.saved.table", name=name, reason=problem), file=folder) from problem
    return tables


def _read_csv(file: Path) -> pd.DataFrame:
    import pandas as pd

    names = pd.read_csv(file, nrows=0).columns
    texts: dict[Any, Any] = {name: str for name in names if name in _TEXTS}
    missing: dict[Any, Any] = {name: [""] for name in names if name not in texts}
    return pd.read_csv(file, keep_default_na=False, na_values=missing, dtype=texts, low_memory=False)


def run(
    spec: Any = "zhaoqing",
    seed: int = 0,
    *,
    weeks: int | None = None,
    until: int | None = None,
    threads: int = 1,
    progress: Progress | None = None,
    **model_options: Any,
) -> RunResult:
    """Run a scenario from its first week to its last.

    Parameters
    ----------
    spec : str, Path, dict or Scenario
        A scenario in any form that `load_scenario` accepts.
    seed : int
        At least 0; 0 is a seed.
    weeks : int, optional
        Instead of the scenario's own number of weeks.
    until : int, optional
        Stop after so many weeks, although the scenario has more: `simulation.saving.save_state` keeps what is needed to
        go on.
    threads : int
        Threads for large populations; no influence on results.
    progress : callable, optional
        Called after each week with weeks done and weeks in all.
    model_options
        ``network``, ``thresholds``: see `MomentumModel`.

    Raises
    ------
    InputError
        When the scenario or an option cannot be used.
    """
    import time

    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**63:
        raise InputError(told("error.not_a_seed"), key="seed", given=seed, allowed=told("error.seed.words"))
    scenario = load_scenario(spec)
    if weeks is not None:
        scenario = scenario.with_values({"weeks": weeks})
    last = scenario.weeks if until is None else until
    if isinstance(last, bool) or not isinstance(last, int | np.integer) or not 1 <= last <= scenario.weeks:
        allowed = told("error.from_to", least=1, most=scenario.weeks)
        raise InputError(told("error.out_of_range"), key="until", given=until, allowed=allowed)
    started = time.perf_counter()
    model = MomentumModel(scenario, rng=int(seed), threads=threads, **model_options)
    if progress is None:
        model.compute_ahead(last)
    else:
        for week in range(last):
            model.compute_ahead(1)
            progress(week + 1, last)
    return RunResult.of(model, time.perf_counter() - started)
