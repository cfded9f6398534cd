"""The form of the file beside a set of worlds: how the set was found, and what it says of findings and parameters."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulation._version import EDITION
from simulation.evidence.findings import all_findings
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.forms import Form, validated
from simulation.files.reading import read_toml

Share = Annotated[float, Field(ge=0, le=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class FindingRow(Form):
    """A table ``[findings.NAME]``.

    Attributes
    ----------
    low, high : float
        The range that was found; both the same for a single value.
    tolerance : float
        Distance from the range up to which a world is good enough.
    default, median, low90, high90 : float
        The value in the first world; the median, the 5 and the 95 % quantile over all worlds.
    share_met : float
        Share of worlds that lie within the tolerance.
    error : float
        Standard error of one world's value, in the middle.
    """

    low: float
    high: float
    tolerance: float = Field(gt=0, allow_inf_nan=False)
    default: Finite
    median: Finite
    share_met: Share
    low90: Finite
    high90: Finite
    error: float = Field(ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _refuse_reversed(self, "low", "high")
        _refuse_reversed(self, "low90", "high90")
        return self


class ParameterRow(Form):
    """A table ``[parameters."dotted.key"]``.

    Attributes
    ----------
    prior_low, prior_high : float
        Range that was searched, uniformly on ``scale``.
    median, low, high : float
        Median, 5 and 95 % quantile over the worlds.
    variance_ratio : float
        Variance over the worlds ÷ variance over the range, on the range's scale: 0 if pinned down, 1 if left open.
    verdict : {'pinned', 'narrowed', 'free'}
        See ``identify.parameter_table``.
    scale : {'linear', 'log'}
        The scale.
    """

    prior_low: Finite
    prior_high: Finite
    median: Finite
    low: Finite
    high: Finite
    variance_ratio: float = Field(ge=0, allow_inf_nan=False)
    verdict: Literal["pinned", "narrowed", "free"]
    scale: Literal["linear", "log"]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _refuse_reversed(self, "prior_low", "prior_high")
        _refuse_reversed(self, "low", "high")
        return self


class ProductRow(Form):
    """A table ``[[products]]``: a product of powers of parameters, with the same ratio of variances."""

    product: str
    variance_ratio: float = Field(ge=0, allow_inf_nan=False)
    verdict: Literal["pinned", "free"]


class About(Form):
    """The file ``plausible.toml`` beside a set.

    Attributes
    ----------
    edition : str
        Edition of the model that the set was made with.
    made : str or date
        Date of the search.
    command : str
        What makes the set anew.
    code : str
        Digest of the code that it was made with.
    seed : int
        Of the search.
    cities : int
        Fresh ordinary cities on which each world was checked.
    runs : dict of str to int
        Stage of the search to model runs.
    vectors : dict of str to int
        Stage of the search to vectors run.
    screened, looked_at, rechecked, passed : int
        Parameters screened; candidates looked at, checked again on many cities, and good enough there. The worlds are
        those of the last that stay good enough on fresh cities of their own.
    left : tuple of float
        Share of the space that each wave left.
    findings, parameters : dict
        By key.
    products : tuple
        The products that are pinned down best.
    """

    edition: str
    made: str | datetime.date
    command: str
    code: str
    seed: int = Field(ge=0)
    cities: int = Field(ge=1)
    runs: dict[str, Annotated[int, Field(ge=0)]]
    vectors: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    screened: int | None = None
    looked_at: int | None = None
    rechecked: int | None = None
    passed: int | None = None
    left: Annotated[tuple[Share, ...], Field(strict=False)] = ()
    findings: dict[str, FindingRow]
    parameters: dict[str, ParameterRow]
    products: Annotated[tuple[ProductRow, ...], Field(strict=False)] = ()


def read_about(path: Path) -> About:
    """Return what the file beside a set says.

    Raises
    ------
    InputError
        When it cannot be read, belongs to another edition of the model, or names a finding that is not there.
    """
    table = read_toml(path)
    edition = table.get("edition", EDITION)
    if edition != EDITION:
        # First of all: another edition may have other entries.
        problem = told("error.worlds.edition", this=EDITION)
        raise InputError(problem, file=path, key="edition", given=edition, allowed=EDITION)
    about = validated(About, table, file=path)
    known = all_findings().findings
    for name in about.findings:
        if name not in known:
            raise InputError(
                told("error.no_such_finding"), file=path, key="findings", given=name, allowed=listed(known),
                suggestion=nearest(name, known),
            )  # fmt: skip
    return about


def _refuse_reversed(row: Form, low: str, high: str) -> None:
    ends = getattr(row, low), getattr(row, high)
    # The comparison is false for NaN too.
    if not ends[0] <= ends[1]:
        problem = told("error.worlds.reversed", low=low, high=high)
        raise InputError(problem, given=list(ends), allowed=told("error.worlds.reversed.allowed"))
