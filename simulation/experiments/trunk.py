"""The trunk of a tree of futures: the run that goes on unchanged, and what tells whether another run is its branch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.branching import exact_table
from simulation.files.errors import InputError, told
from simulation.files.reading import read_json
from simulation.files.saved_run import check_origin
from simulation.results import RunResult

if TYPE_CHECKING:
    import pandas as pd

    from simulation.scenario import Scenario

UNCHANGED = "unchanged"
"""The name of the trunk in a tree; no future has it."""
CONTINUED = "continued"
"""The name of a future without a change of its own, unless it is given one."""
TABLE, ORIGIN = f"{UNCHANGED}.csv", f"{UNCHANGED}.json"
"""Its weekly table and its provenance, in the folder that holds a tree."""


@dataclass(frozen=True)
class Trunk:
    """A run to its end, from which futures branch.

    Attributes
    ----------
    spec : Scenario
        Its scenario.
    provenance : dict
        As `RunResult.provenance`.
    weekly : DataFrame
        Its weekly table.
    """

    spec: Scenario
    provenance: dict[str, Any]
    weekly: pd.DataFrame

    @classmethod
    def of(cls, result: RunResult, weekly: pd.DataFrame | None = None) -> Trunk:
        """Return the trunk that a run is; one that was stopped on its way is run to its end.

        Parameters
        ----------
        result : RunResult
            The run.
        weekly : DataFrame, optional
            Its weekly table, where it is at hand more exactly than the result has it.
        """
        if len(result.weekly) < result.spec.weeks:
            result, weekly = result.branch(len(result.weekly), {}), None
        return cls(result.spec, result.provenance, result.weekly if weekly is None else weekly)

    @classmethod
    def load(cls, folder: str | Path, branch: Scenario) -> Trunk:
        """Return the trunk that a folder keeps.

        Parameters
        ----------
        folder : path
            The folder of a tree.
        branch : Scenario
            The scenario of any of its futures: it can be read where the trunk's own places are a file of the user's.

        Raises
        ------
        InputError
            When the files cannot be used, or the branch is one of another run.
        """
        folder = Path(folder)
        origin = read_json(folder / ORIGIN)
        try:
            check_origin(origin, folder / ORIGIN)
        except InputError as problem:
            raise problem.replaced(problem=told("error.futures.damaged", reason=problem.problem)) from None
        weekly = exact_table(folder / TABLE)
        try:
            number, seed, digest = len(origin["scenario"].get("changes", [])), int(origin["seed"]), origin["digest"]
            told_version, named = origin["versions"].get("wushi"), list(weekly.columns)
        except (LookupError, TypeError, ValueError, AttributeError) as problem:
            raise InputError(told("error.futures.damaged", reason=problem), file=folder / ORIGIN) from None
        if not isinstance(told_version, str):
            lacking = told("error.saved.no_part", part="versions.wushi")
            raise InputError(told("error.futures.damaged", reason=lacking), file=folder / ORIGIN)
        spec = _with_first(branch, number)
        if spec is None or spec.digest != digest or seed < 0:
            allowed = told("error.futures.of_others.allowed")
            raise InputError(told("error.futures.of_others"), file=folder, allowed=allowed)
        if named[:1] != ["week"] or len(weekly) != spec.weeks:
            raise InputError(told("error.futures.damaged", reason=TABLE), file=folder / TABLE)
        return cls(spec, origin, weekly)

    @property
    def seed(self) -> int:
        """The seed of the run and of all its futures."""
        return int(self.provenance["seed"])

    @property
    def changes(self) -> tuple[dict[str, Any], ...]:
        """The changes of the run itself, which all its futures share."""
        return plain_changes(self.spec)

    @property
    def ends(self) -> dict[str, float]:
        """Every metric at the end."""
        last = self.weekly.iloc[-1]
        return {str(name): float(last[name]) for name in self.weekly.columns if name != "week"}

    def bears(self, spec: Scenario, seed: int) -> bool:
        """Tell whether a scenario is this one, with none or some further changes, under the same seed."""
        found = _with_first(spec, len(self.spec.changes)) if seed == self.seed else None
        return found is not None and found.digest == self.spec.digest

    def save(self, folder: str | Path) -> None:
        """Write the weekly table and the provenance into a folder."""
        from simulation.files.output import whole_file

        with whole_file(Path(folder) / TABLE) as made:
            self.weekly.to_csv(made, index=False, lineterminator="\n", encoding="utf-8")
        with whole_file(Path(folder) / ORIGIN) as made:
            made.write_text(json.dumps(self.provenance, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def plain_changes(spec: Scenario) -> tuple[dict[str, Any], ...]:
    """Return the changes of a scenario as plain data."""
    return tuple(spec.to_dict().get("changes", ()))


def _with_first(spec: Scenario, number: int) -> Scenario | None:
    """Return a scenario with its first changes alone; None where it has fewer."""
    if len(spec.changes) <= number:
        return spec if len(spec.changes) == number else None
    return spec.with_values({"changes": [dict(one.__dict__) for one in spec.changes[:number]]})
