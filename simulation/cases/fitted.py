"""A fitted case: vectors with weights, what they pin down, how they were found, and whether they fit."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from simulation._version import EDITION
from simulation.cases.fit_folder import ABOUT, FOLDER, check_folder, check_writable, fitting_words, folder_of
from simulation.cases.fit_tables import TABLES, DamagedError, read_said, read_tables, sha256
from simulation.cases.watching import WATCHED
from simulation.files.errors import InputError, told
from simulation.files.output import TOOL, whole_file
from simulation.files.reading import stands

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case
    from simulation.scenario import Scenario

type Array = NDArray[np.float64]


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
        whose = {"tool": TOOL, "edition": EDITION, "watched": WATCHED, "case": self.case.name}
        said = whose | {
            "digest": self.case.digest,
            "seed": self.seed,
            "quick": self.quick,
            "fits": self.fits,
            "about": self.about,
            "files": {name: sha256(text) for name, text in texts.items()},
        }
        check_folder(self.case, self.place)
        check_writable(self.place, "--out")
        # Until the last file is written the folder says whose it is, and no more: an older fit is gone before its
        # tables are.
        contents = {ABOUT: _json(whose)} | texts, {ABOUT: _json(said)}
        try:
            for content in contents:
                for name, text in content.items():
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
            There is none, it is not whole, or the case or the edition of wushi has changed since.
        """
        place = folder_of(case, folder, "--fit")
        allowed = told("error.case.unfitted.allowed", folder=fitting_words(case, place))
        if not stands(place / ABOUT):
            raise InputError(told("error.case.unfitted"), file=case.folder, allowed=allowed)
        try:
            said = read_said(place / ABOUT)
            if said.maker != (EDITION, WATCHED):
                raise InputError(told("error.case.fit_other_edition"), file=place, allowed=allowed)
            if said.digest != case.digest:
                raise InputError(told("error.case.fit_older"), file=place, allowed=allowed)
            found = read_tables(case, place, said.files)
        except DamagedError as damaged:
            anew = told("error.case.fit_damaged.allowed", place=place, folder=fitting_words(case, place))
            raise InputError(told("error.case.fit_damaged"), file=damaged.file, allowed=anew) from None
        scales = found.pop("scales")["scale"].to_numpy(np.float64)
        return cls(
            case, **found, scales=scales, seed=said.seed, quick=said.quick, about=said.about, folder=place
        )  # fmt: skip

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


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
