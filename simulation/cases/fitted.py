"""A fitted case: vectors with weights, what they pin down, how they were found, and whether they fit."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from simulation._version import EDITION
from simulation.files.errors import InputError, told
from simulation.files.output import whole_file
from simulation.files.reading import read_json, read_text, stands
from simulation.files.shipped import shipped_folder

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case
    from simulation.scenario import Scenario

type Array = NDArray[np.float64]

FOLDER = "fit"
RUNS, CHECK = "runs.sqlite", "check.sqlite"
"""Stores of the search, and of the runs that check its result."""
QUICKLY = "quick-"
"""Before the names of the stores of a first look."""
ABOUT = "fit.json"
"""The file that makes a fit whole: it is written last, and knows the others by their content."""
TABLES = {"vectors": "posterior.csv", "prior": "prior.csv", "parameters": "parameters.csv", "search": "search.csv",
          "adequacy": "adequacy.csv", "scales": "scales.csv"}  # fmt: skip
_LARGEST = 256_000_000


@dataclass(eq=False)
class Fit:
    """A fit of a case; made by `Case.fit`, read by `Fit.load`.

    Attributes
    ----------
    case : Case
        The case.
    vectors : DataFrame
        The posterior: a column per dotted key, and ``weight``; weights sum to 1.
    prior : DataFrame
        Vectors drawn from the prior, all with the same weight: a column per dotted key.
    parameters : DataFrame
        ``parameter, prior_low, prior_median, prior_high, low, median, high`` (ends of 90 % intervals),
        ``variance_ratio`` (posterior ÷ prior, on the position in the prior's range), ``verdict``: pinned, narrowed or
        free.
    search : DataFrame
        ``generation, tolerance, acceptance`` (share of moves; nan in generation 0), ``runs`` so far.
    adequacy : DataFrame
        ``measure`` (``all`` first), ``rows, distance, p, fits``; see `simulation.cases.adequacy.adequacy`.
    scales : array, shape (rows,)
        Standard deviation of each row's residual: error of the row and spread between seeds; events in weeks, numbers
        of sites on the scale 2√(y + 3/8).
    seed : int
        Seed of the search.
    quick : bool
        True for a first look with few vectors.
    about : dict
        How it was found: budget, runs, particles, why the search ended.
    folder : Path
        Where it is saved.
    """

    case: Case
    vectors: pd.DataFrame
    prior: pd.DataFrame
    parameters: pd.DataFrame
    search: pd.DataFrame
    adequacy: pd.DataFrame
    scales: Array
    seed: int
    quick: bool
    about: dict[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    @property
    def fits(self) -> bool:
        """False where no world of the posterior fits what was observed: over all rows, or some measure."""
        return bool(self.adequacy["fits"].all())

    @property
    def place(self) -> Path:
        """The folder of the fit, beside the case's tables unless another was given."""
        return self.case.folder / FOLDER if self.folder is None else self.folder

    def save(self) -> Path:
        """Write the fit into its folder, whole or not at all; the stores there stay.

        Raises
        ------
        InputError
            When the folder cannot be written.
        """
        import pandas as pd

        tables = {"scales": pd.DataFrame({"scale": self.scales})}
        texts = {
            name: tables.get(key, getattr(self, key)).to_csv(index=False, lineterminator="\n")
            for key, name in TABLES.items()
        }
        said = {
            "tool": "wushi",
            "edition": EDITION,
            "case": self.case.name,
            "digest": self.case.digest,
            "seed": self.seed,
            "quick": self.quick,
            "fits": self.fits,
            "about": self.about,
            "files": {name: _sha256(text) for name, text in texts.items()},
        }
        texts[ABOUT] = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
        try:
            # Without it the folder holds no fit: an older one is gone before its tables are.
            (self.place / ABOUT).unlink(missing_ok=True)
            for name, text in texts.items():
                with whole_file(self.place / name) as path:
                    path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as problem:
            reason = problem.strerror or problem
            raise InputError(told("error.output.unwritable_because", reason=reason), file=self.place) from None
        return self.place

    @classmethod
    def load(cls, case: Case, folder: str | Path | None = None) -> Self:
        """Read the fit of a case.

        Raises
        ------
        InputError
            There is none, it is not whole, or the case has changed since.
        """
        import pandas as pd

        place = case.folder / FOLDER if folder is None else Path(folder)
        # The folder of a shipped case may not be written.
        shipped = case.folder.resolve().is_relative_to(shipped_folder().resolve())
        elsewhere = place.resolve() != (case.folder / FOLDER).resolve()
        words = f"{case.name if shipped else case.folder} --out {place}" if shipped or elsewhere else case.folder
        allowed = told("error.case.unfitted.allowed", folder=words)
        if not stands(place / ABOUT):
            raise InputError(told("error.case.unfitted"), file=case.folder, allowed=allowed)
        said = read_json(place / ABOUT)
        try:
            digest, seed, quick = str(said["digest"]), int(said["seed"]), bool(said["quick"])
            about, files = dict(said["about"]), dict(said["files"])
        except (TypeError, KeyError, ValueError):
            raise InputError(told("error.case.fit_damaged"), file=place / ABOUT, allowed=allowed) from None
        if digest != case.digest:
            raise InputError(told("error.case.fit_older"), file=place, allowed=allowed)
        found = {}
        for key, name in TABLES.items():
            text = read_text(place / name, most=_LARGEST) if stands(place / name) else ""
            if _sha256(text) != files.get(name):
                raise InputError(told("error.case.fit_damaged"), file=place / name, allowed=allowed)
            found[key] = pd.read_csv(StringIO(text), keep_default_na=key == "search")
        # A column of words and numbers is read as words.
        found["parameters"] = found["parameters"].map(_number)
        scales = found.pop("scales")["scale"].to_numpy(np.float64)
        return cls(case, **found, scales=scales, seed=seed, quick=quick, about=about, folder=place)

    def scenario(self, draw: int = 0, arm: str = "as-it-was", replicate: int = 0) -> tuple[Scenario, int]:
        """Return scenario and seed of one run of the report, to repeat it with `simulation.run`.

        Parameters
        ----------
        draw : int
            Which of the vectors drawn from the posterior, from 0.
        arm : str
            ``as-it-was``, or a counterfactual as ``counterfactuals.csv`` of the report names it.
        replicate : int
            Which seed of the vector, from 0. All arms have the same seeds.

        Raises
        ------
        InputError
            When there is no such draw, arm or replicate.
        """
        from simulation.cases.predicting import one_run

        return one_run(self, draw, arm, replicate)

    def report(self, out: str | Path, lang: str = "en", **options: Any) -> Path:
        """Write the report of the case into a folder; see `simulation.cases.reporting.write`.

        Parameters
        ----------
        out : path
            The folder: new, empty, or one that wushi made.
        lang : {'en', 'zh'}
            Language of the page and its pictures.
        **options
            As for `simulation.cases.reporting.write`.

        Returns
        -------
        Path
            The page.
        """
        from simulation.cases.reporting import write

        return write(self, out, lang=lang, **options)


def _number(cell: Any) -> Any:
    if isinstance(cell, str):
        with contextlib.suppress(ValueError):  # a word
            return int(cell) if cell.lstrip("-").isdecimal() else float(cell)
    return cell


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
