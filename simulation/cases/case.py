"""A case of one's own: a folder with places, coded documents and observed data, as a scenario and rows to fit."""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from simulation.cases import laying
from simulation.cases.arms import check_held
from simulation.cases.case_file import FEWEST_WORLDS, TABLE, CaseSettings, read_settings
from simulation.cases.case_keys import check_counterfactuals, check_free, refuse_both
from simulation.cases.measures import MEASURES, Spot, spots
from simulation.cases.problems import ProblemsError
from simulation.cases.reading import read_tables
from simulation.cases.tables import Known
from simulation.experiments.design.distributions import Range
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.forms import numbers_in_words
from simulation.files.reading import read_toml, stands
from simulation.files.shipped import shipped_folder
from simulation.places.hierarchy import check_against, load_hierarchy
from simulation.places.structure import structure_problems
from simulation.scenario import Scenario
from simulation.scenario.loading import scenario_of
from simulation.scenario.under import open_to

if TYPE_CHECKING:
    from simulation.cases.checked import Checked
    from simulation.cases.fitted import Fit
    from simulation.cases.tables import ObservedRow, Tables
    from simulation.evidence.worlds.file import Worlds
    from simulation.experiments.design.distributions import Distribution
    from simulation.places.hierarchy import Hierarchy

FILE, PLACES = "case.toml", "city"
"""The file that makes a folder a case, and the stem of its table of places."""
FORMS = ("csv", "xlsx", "dta")


def shipped_cases() -> list[str]:
    """Return the names of the shipped cases."""
    return sorted(path.parent.name for path in (shipped_folder() / "cases").glob(f"*/{FILE}"))


@dataclass(frozen=True, eq=False)
class Case:
    """A case; made by `Case.load`.

    Attributes
    ----------
    folder : Path
        Its folder.
    spec : Scenario
        The scenario with all that the tables say, under the default values of everything else.
    settings : CaseSettings
        The table ``[case]``.
    tables : Tables
        Every row.
    city : str
        The city that it is about.
    hierarchy : Hierarchy
        The places.
    free : dict of str to Distribution
        Facts of the case that are not known.
    """

    folder: Path
    spec: Scenario
    settings: CaseSettings
    tables: Tables
    city: str
    hierarchy: Hierarchy = field(repr=False)
    free: dict[str, Distribution] = field(repr=False)

    @classmethod
    def load(cls, given: str | Path) -> Self:
        """Read a case.

        Parameters
        ----------
        given : str or Path
            A folder that holds ``case.toml``, that file, or the name of a shipped case.

        Raises
        ------
        ProblemsError
            An InputError that holds every problem of every row of every table.
        InputError
            No such case, or a problem of ``case.toml`` or of the places.
        """
        file = find_case(given)
        raw = read_toml(file)
        settings = read_settings(raw.pop(TABLE, {}), file)
        base = _base(raw, file)
        if base.start_date is None:
            raise InputError(told("error.case.no_start"), file=file, key="start_date", allowed=told("error.kind.date"))
        hierarchy = _hierarchy(base, file.parent)
        city = _city(settings, hierarchy, file)
        tables, problems = read_tables(file.parent, _known(base, hierarchy, city))
        if problems:
            raise ProblemsError(problems)
        refuse_both(base, tables, file)
        _check_worlds(settings.worlds, file)
        start = date.fromisoformat(base.start_date)
        addressed = (city,) if len(hierarchy.cities) > 1 else ()
        # The tables are the case as it is: what they say is no change of it.
        laid = laying.laid(tables, start, base.weeks, addressed, base.changes)
        spec = _laid(base, laid, tables, hierarchy).as_loaded()
        free = {key: _in_words(drawn) for key, drawn in check_free(settings, spec, tables, file).items()}
        check_counterfactuals(settings, spec, tables, file)
        made = cls(file.parent, spec, settings, tables, city, hierarchy, free)
        check_held(made, file)
        return made

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.resolve().name

    @property
    def start(self) -> date:
        """First day of week 0."""
        return date.fromisoformat(str(self.spec.start_date))

    @property
    def known(self) -> Known:
        """The names and dates that rows may speak of."""
        return _known(self.spec, self.hierarchy, self.city)

    @property
    def units(self) -> list[str]:
        """Counties and departments of the city."""
        places = self.hierarchy
        home = places.cities.index(self.city)
        return [name for name, city in zip(places.units, places.unit_city, strict=True) if city == home]

    @property
    def rows(self) -> tuple[ObservedRow, ...]:
        """The observed rows, in the order of the file."""
        return self.tables.observed

    def week_of(self, day: date) -> int:
        """Return the week that holds a day, from 0."""
        return laying.week_of(day, self.start)

    def sd_of(self, row: ObservedRow) -> float:
        """Return the standard deviation of a row: its own, that of the case for its measure, or the measure's."""
        if not math.isnan(row.sd):
            return row.sd
        return float(self.settings.sd.get(row.measure, MEASURES[row.measure].sd))

    @functools.cached_property
    def spots(self) -> tuple[Spot, ...]:
        """Where each observed row looks in a run."""
        places = self.hierarchy
        return spots(
            self.rows, lambda row: self.week_of(row.date), places.units, places.cities, list(self.spec.domains)
        )

    @functools.cached_property
    def worlds(self) -> Worlds:
        """The plausible worlds that stand for what is known beforehand."""
        from simulation.evidence.worlds.file import worlds

        return worlds(self.settings.worlds)

    @functools.cached_property
    def searched(self) -> tuple[str, ...]:
        """Keys of the worlds that the case leaves open: neither set in its file or by its tables, nor free."""
        return tuple(key for key in open_to(self.spec, self.worlds[0]) if key not in self.free)

    @property
    def settled(self) -> tuple[str, ...]:
        """Keys of the worlds that the case's file or tables set: they are the same in every world."""
        return tuple(key for key in self.worlds.keys if key not in self.free and key not in self.searched)

    def scenario_for(self, vector: Mapping[str, Any], seed: int | None = None) -> Scenario:
        """Return the case's scenario under some values.

        Parameters
        ----------
        vector : mapping
            Dotted key to value, such as a plausible world and values of the free parameters.
        seed : int, optional
            Draws each severity that has a standard deviation anew: normal around its score, cut to [0, 1]. Severities
            among the values stay as they are.
        """
        values = dict(vector)
        if seed is not None and self._uncertain and "structure.severities" not in values:
            values["structure.severities"] = self._drawn(seed)
        return self.spec.with_values(values) if values else self.spec

    @functools.cached_property
    def _uncertain(self) -> bool:
        return any(row.sd > 0 for row in self.tables.severity)

    def _drawn(self, seed: int) -> dict[str, dict[str, float]]:
        from simulation.compute import randomness

        scores = laying.severities(self.tables.severity)
        for row in self.tables.severity:
            if row.sd > 0:
                keys = randomness.keys(seed, "severity as coded", randomness.name_keys([row.unit]))
                z = float(randomness.normal(randomness.pair(keys, randomness.name_keys([row.domain])))[0, 0])
                scores[row.unit][row.domain] = float(np.clip(row.severity + row.sd * z, 0.0, 1.0))
        return scores

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of all that a fit depends on but its seed and budget."""
        observed = [
            [row.date.isoformat(), row.unit, row.domain, row.measure, row.value, self.sd_of(row)] for row in self.rows
        ]
        content = {
            "scenario": self.spec.digest,
            "city": self.city,
            "start": self.spec.start_date,
            "observed": observed,
            "severity": [[row.unit, row.domain, row.severity, _plain(row.sd)] for row in self.tables.severity],
            "free": {key: drawn.spec() for key, drawn in self.free.items()},
            "worlds": [self.worlds.digest, len(self.worlds)],
        }
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, default=str).encode()).hexdigest()

    def check(self) -> Checked:
        """Return what the tables cover, and which measures can inform which parameters."""
        from simulation.cases.checked import check

        return check(self)

    def fit(self, *, quick: bool = False, seed: int = 0, budget: int | None = None, **options: Any) -> Fit:
        """Weigh and refine the plausible worlds by what was observed; see `simulation.cases.fitting.fit`."""
        from simulation.cases.fitting import fit

        return fit(self, quick=quick, seed=seed, budget=budget, **options)

    def report(self, out: str | Path, lang: str = "en", **options: Any) -> Path:
        """Write the report of the case's fit, which must have been made; see `simulation.cases.fitted.Fit.report`."""
        from simulation.cases.fitted import Fit

        return Fit.load(self).report(out, lang=lang, **options)


def find_case(given: str | Path) -> Path:
    """Return the path of a case's ``case.toml``.

    Raises
    ------
    InputError
        Neither a folder with that file nor the name of a shipped case.
    """
    path = Path(given)
    if path.name == FILE and stands(path):
        return path
    if stands(path / FILE):
        return path / FILE
    names = shipped_cases()
    if str(given) in names:
        return shipped_folder() / "cases" / str(given) / FILE
    if path.suffix == ".toml" and stands(path):
        raise InputError(told("error.case.is_file"), file=path, allowed=told("error.case.is_file.allowed"))
    raise InputError(
        told("error.case.none"),
        given=str(given),
        allowed=told("error.case.none.allowed", names=listed(names)),
        suggestion=nearest(str(given), names),
    )


def _places(folder: Path) -> str | None:
    """Return the name of the case's own table of places, None where it has none."""
    found = [f"{PLACES}.{form}" for form in FORMS if stands(folder / f"{PLACES}.{form}")]
    if len(found) > 1:
        raise InputError(told("error.case.two_files", files=listed(found)), file=folder, key=PLACES)
    return found[0] if found else None


def _base(raw: dict[str, Any], file: Path) -> Scenario:
    """Return the scenario of a case file; one that names no file of places has the case's own table of them.

    Raises
    ------
    InputError
        As for any scenario, or there is no such table and the file says nowhere else which places there are.
    """
    structure, places = raw.get("structure", {}), _places(file.parent)
    silent = isinstance(structure, dict) and not {"file", "units"} & structure.keys()
    if places is not None and isinstance(structure, dict) and "file" not in structure:
        raw = {**raw, "structure": {**structure, "file": places}}
    try:
        return scenario_of(raw, file, file.parent.resolve().name)
    except InputError as problem:
        if silent and places is None and problem.problem == told("error.structure.source"):
            lacking = told("error.case.no_places", places=f"{PLACES}.csv")
            raise InputError(lacking, file=file.parent, allowed=told("error.case.no_places.allowed")) from None
        raise


def _hierarchy(base: Scenario, folder: Path) -> Hierarchy:
    """Return the places of a scenario; what is wrong with them does not hide what is wrong with the tables.

    Raises
    ------
    ProblemsError
        The first problem of each row of the places, or that of all of them together, and every problem of the tables
        that can be seen without knowing the places.
    """
    try:
        return load_hierarchy(base)
    except InputError as problem:
        places = structure_problems(base) or [problem]
        raise ProblemsError([*places, *read_tables(folder, _known(base, None, ""))[1]]) from None


def _city(settings: CaseSettings, hierarchy: Hierarchy, file: Path) -> str:
    key = f"{TABLE}.city"
    if settings.city is None:
        if len(hierarchy.cities) == 1:
            return hierarchy.cities[0]
        raise InputError(told("error.case.which_city"), file=file, key=key, allowed=listed(hierarchy.cities))
    labels = {hierarchy.label(name, "zh"): name for name in hierarchy.cities}
    if settings.city in labels and settings.city not in hierarchy.cities:
        return labels[settings.city]
    if settings.city not in hierarchy.cities:
        near = nearest(settings.city, hierarchy.cities)
        allowed = listed(hierarchy.cities)
        problem = told("error.structure.no_such.city")
        raise InputError(problem, file=file, key=key, given=settings.city, allowed=allowed, suggestion=near)
    return settings.city


def _check_worlds(number: int | None, file: Path) -> None:
    from simulation.evidence.worlds.file import worlds

    try:
        if number is not None:
            worlds(number)
    except InputError as problem:
        allowed = numbers_in_words(True, FEWEST_WORLDS, len(worlds()))
        raise problem.replaced(file=file, key=f"{TABLE}.worlds", allowed=allowed) from None


def _known(spec: Scenario, hierarchy: Hierarchy | None, city: str) -> Known:
    labels = {key: domain.label("zh") for key, domain in spec.domains.items()}
    found = Known(
        units=(),
        cities=(),
        city=city,
        domains=tuple(spec.domains),
        labels=labels,
        start=date.fromisoformat(str(spec.start_date)),
        weeks=spec.weeks,
    )
    if hierarchy is None:
        return found
    places = {name: hierarchy.label(name, "zh") for name in (*hierarchy.units, *hierarchy.cities)}
    return found._replace(units=hierarchy.units, cities=hierarchy.cities, labels=places | labels)


def _laid(base: Scenario, values: Mapping[str, Any], tables: Tables, hierarchy: Hierarchy) -> Scenario:
    """Return the scenario with what the tables say; a refusal names the table."""
    table_of = {
        "structure.severities": "severity",
        "structure.capacities": "capacity",
        "structure.zeal": "capacity",
        "signals": "signals",
        "instruction.intensity": "signals",
    }
    made = base
    for table in ("severity", "capacity", "signals", "meetings"):
        mine = {key: value for key, value in values.items() if table_of.get(key, "meetings") == table}
        if not mine:
            continue
        try:
            made = made.with_values(mine)
            check_against(made, hierarchy)
        except InputError as problem:
            raise problem.replaced(file=tables.files[table]) from None
    return made


def _in_words(drawn: Distribution) -> Distribution:
    """Return a distribution without infinity as a number, which no design may hold: the word says the same."""
    if isinstance(drawn, Range):
        return drawn
    return replace(drawn, values=tuple("inf" if value == math.inf else value for value in drawn.values))


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
