"""Writing a set of worlds: vectors, what each of them gave, the screening, and how all of it was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tomli_w

from simulation._version import EDITION
from simulation.evidence.abc import Posterior
from simulation.evidence.identify import parameter_table, product_table
from simulation.evidence.worlds.code import code_digest
from simulation.files.output import whole_file
from simulation.files.tables import save_table

if TYPE_CHECKING:
    from simulation.evidence.worlds.making import Made

VECTORS, MEASURED, SCREENING = "plausible.csv", "measured.csv", "screening.csv"
ABOUT = "plausible.toml"
_DIGITS = 4
_PRODUCTS = 5


def write(made: Made, folder: str | Path, *, command: str, date: str, cities: int) -> Path:
    """Write the four files of a set into a folder, each whole or not at all.

    Parameters
    ----------
    made : Made
        The set.
    folder : path
        Gets ``plausible.csv`` (a row per vector, a column per parameter, the default first), ``plausible.toml``,
        ``measured.csv`` (each vector's findings with their standard errors) and ``screening.csv``.
    command : str
        What makes the set anew.
    date : str
        Of the search, ISO.
    cities : int
        Fresh ordinary cities per vector.
    """
    import pandas as pd

    folder = Path(folder)
    names = list(made.asked.targets)
    measured = {name: made.means[:, place] for place, name in enumerate(names)}
    errors = {f"{name} error": made.errors[:, place] for place, name in enumerate(names)}
    save_table(pd.DataFrame(made.values), folder / VECTORS)
    save_table(pd.DataFrame(measured | errors).map(_short), folder / MEASURED)
    save_table(made.screened.map(_short), folder / SCREENING)
    with whole_file(folder / ABOUT) as path:
        path.write_text(tomli_w.dumps(about(made, command, date, cities)), encoding="utf-8")
    return folder


def about(made: Made, command: str, date: str, cities: int) -> dict[str, Any]:
    """Return what a set's own file says of it."""
    posterior = _as_posterior(made)
    return {
        "edition": EDITION,
        "made": date,
        "command": command,
        "code": code_digest(),
        "seed": made.asked.seed,
        "cities": cities,
        "runs": made.runs,
        "vectors": made.vectors,
        "screened": len(made.screened),
        "looked_at": len(made.checked.few),
        "rechecked": len(made.checked.good),
        "passed": int(made.checked.good.sum()),
        "left": [float(f"{share:.{_DIGITS}g}") for share in made.matched.shares],
        "findings": {name: _finding(made, place) for place, name in enumerate(made.asked.targets)},
        "parameters": {
            row.pop("parameter"): {key: _short(value) for key, value in row.items()} | {"scale": prior.scale}
            for row, prior in zip(
                parameter_table(posterior, made.asked.parameters), made.asked.parameters.values(), strict=True
            )
        },
        "products": [
            {"product": row["product"], "variance_ratio": _short(row["variance_ratio"]), "verdict": row["verdict"]}
            for row in product_table(posterior, made.asked.parameters)[:_PRODUCTS]
        ],
    }


def _finding(made: Made, place: int) -> dict[str, Any]:
    target = list(made.asked.targets.values())[place]
    values, errors = made.means[:, place], made.errors[:, place]
    low, middle, high = (_short(float(np.quantile(values, order))) for order in (0.05, 0.5, 0.95))
    met = float(np.mean([target.distance(float(value)) <= 1 for value in values]))
    return {
        "low": target.low,
        "high": target.high,
        "tolerance": target.tolerance,
        "default": _short(float(values[0])),
        "median": middle,
        "low90": low,
        "high90": high,
        "share_met": _short(met),
        "error": _short(float(np.nanmedian(errors))),
    }


def _as_posterior(made: Made) -> Posterior:
    number = len(made.unit)
    return Posterior(
        made.unit, np.full(number, 1 / number), np.zeros(number), 1.0, len(made.matched.shares),
        len(made.matched.unit), "good enough", made.matched.unit,
    )  # fmt: skip


def _short(value: Any) -> Any:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
