"""The report of a fitted case as a folder: a page, pictures, tables, and where they come from."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.cases import journal
from simulation.cases.counterfactual import differences
from simulation.cases.coverage import Coverage, coverage
from simulation.cases.fit_folder import FOLDER, check_writable, damaged_anew, is_shipped
from simulation.cases.next_observation import next_observations
from simulation.cases.predicting import STORE, Predicted, predict
from simulation.drawing.pages import FORMATS
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.output import PROVENANCE, TOOL, check_target, fresh_folder
from simulation.files.provenance import host, revision, versions
from simulation.files.tables import checked_format, save_table

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.fitted import Fit
    from simulation.drawing.sheet import Sheet

PAGE, PICTURES = "report.html", "figures"
PRINT = 300
"""Dots per inch of a PNG for print."""
KINDS = ("png", "svg", "pdf")


@dataclass(frozen=True)
class Findings:
    """All that a report says.

    Attributes
    ----------
    fit : Fit
        The fit.
    predicted : Predicted
        Runs of its posterior.
    coverage : Coverage
        Rows against predictions.
    differences : DataFrame
        Of the counterfactuals; see `simulation.cases.counterfactual.differences`.
    following : DataFrame
        Candidates for a next observation, best first.
    """

    fit: Fit
    predicted: Predicted
    coverage: Coverage
    differences: pd.DataFrame
    following: pd.DataFrame


def findings(fit: Fit, **options: Any) -> Findings:
    """Return what a report says; runs what is not in the store yet, with options as for ``sweep``."""
    check_writable(fit.place, "--fit")
    with damaged_anew([fit.place / STORE], told("error.case.predicted_damaged.allowed")):
        made = predict(fit, **options)
    return Findings(fit, made, coverage(fit, made), differences(fit, made), next_observations(fit, made))


def write(
    fit: Fit,
    out: str | Path,
    lang: str = "en",
    *,
    figures: Sequence[str] = FORMATS,
    format: str = "csv",
    given: str = "",
    **options: Any,
) -> Path:
    """Write the report into a folder, whole or not at all.

    Parameters
    ----------
    fit : Fit
        The fit.
    out : path
        New, empty, or with a result of wushi, which is replaced.
    lang : {'en', 'zh'}
        Language of page, pictures and table.
    figures : sequence of str
        Formats of the pictures in the folder: png (300 dots per inch), svg, pdf.
    format : {'csv', 'xlsx', 'dta', 'parquet'}
        Format of the tables.
    given : str
        The case in the command that repeats the report; by default its folder, or its name where it is a shipped one.
    **options
        As for ``sweep``: workers, dask, progress.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        Unknown format, a folder with something else in it, a fit's folder that cannot be written, or runs that cannot
        be made.
    """
    for kind in figures:
        if kind not in KINDS:
            problem = told("error.case.figures")
            raise InputError(
                problem, key="--figures", given=kind, allowed=listed(KINDS), suggestion=nearest(kind, KINDS)
            )
    kind = checked_format(f"table.{format}", format)
    check_target(Path(out))
    found = findings(fit, lang=lang, **options)
    said = command(fit, out, lang, figures, kind, given)
    with fresh_folder(out) as made:
        drawn = pictures(found, lang)
        for name, sheet in drawn.items():
            sheet.save(made / PICTURES / name, figures, PRINT)
        _tables(found, made, kind)
        with_word = journal.write(
            made,
            journal.parts(fit, found.coverage, found.differences, found.predicted, lang),
            journal.notes(fit, found.predicted, lang),
        )
        from simulation.cases.page import page

        (made / PAGE).write_text(page(found, drawn, lang, said, with_word=with_word), encoding="utf-8", newline="\n")
        content = json.dumps(_provenance(found, said), indent=2, ensure_ascii=False)
        (made / PROVENANCE).write_text(content + "\n", encoding="utf-8")
    return Path(out) / PAGE


def command(fit: Fit, out: str | Path, lang: str, figures: Sequence[str], kind: str, given: str = "") -> str:
    """Return the command that repeats a report, as a shell takes it; what is as by default is left out."""
    case = fit.case
    shipped = is_shipped(case)
    words = ["wushi", "case", "report", given or (case.name if shipped else str(case.folder)), "--out", str(out)]
    if shipped or fit.place.resolve() != (case.folder / FOLDER).resolve():
        words += ["--fit", str(fit.place)]
    if tuple(figures) != FORMATS:
        words += ["--figures", ",".join(figures)]
    if kind != "csv":
        words += ["--format", kind]
    return shlex.join([*words, "--lang", lang])


def pictures(found: Findings, lang: str) -> dict[str, Sheet]:
    """Return the pictures, by name; those that have nothing to show are left out."""
    from simulation.cases.pictures import counterfactuals, following, forecast, observed, pinned, residuals

    fit, made = found.fit, found.predicted
    drawn = {
        "observed": observed.picture(fit, made, lang),
        "residuals": residuals.picture(fit, found.coverage, lang),
        "counterfactuals": counterfactuals.picture(fit, made, found.differences, lang),
    }
    if len(fit.parameters):
        drawn["pinned"] = pinned.picture(fit, lang)
    if made.horizon.end > made.horizon.last:
        drawn["forecast"] = forecast.picture(fit, made, lang)
    if len(found.following):
        drawn["next"] = following.picture(fit, made, found.following, lang)
    return drawn


def _tables(found: Findings, folder: Path, kind: str) -> None:
    tables = {
        "coverage": found.coverage.rows,
        "coverage_measures": found.coverage.measures,
        "coverage_units": found.coverage.units,
        "posterior": found.fit.parameters.map(_plain),
        "counterfactuals": found.differences,
        "next": found.following,
    }
    for name, table in tables.items():
        if len(table):
            save_table(table, folder / f"{name}.{kind}", kind)


def _plain(cell: Any) -> Any:
    return str(cell) if isinstance(cell, bool) else cell


def _provenance(found: Findings, command: str) -> dict[str, Any]:
    fit = found.fit
    return {
        "tool": TOOL,
        "case": fit.case.name,
        "digest": fit.case.digest,
        "worlds": fit.case.worlds.digest,
        "scenario": fit.case.spec.digest,
        "seed": fit.seed,
        "quick": fit.quick,
        "fits": fit.fits,
        "about": fit.about,
        "runs": found.predicted.runs,
        "failed": found.predicted.failed,
        "command": command,
        "versions": versions(),
        "revision": revision(),
        "platform": host(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
