"""The forms in which a finding is written: the place of its measurement, and the finding itself."""

from __future__ import annotations

import functools
import math
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from simulation.files.errors import InputError, told
from simulation.files.forms import BOTH_LANGUAGES, TEXT, Form, entry

_RANGE = functools.partial(told, "error.target.range")


class Said(Form):
    """A text in both languages."""

    en: str
    zh: str


Words = Annotated[Said, BOTH_LANGUAGES]


class SettingForm(Form):
    """A table ``[settings.NAME]``: where something is measured."""

    scenario: Any = "zhaoqing"
    ensemble: bool | dict[str, Any] | None = entry(None, allowed=lambda: told("error.target.ensemble"))
    values: dict[str, Any] = Field(default_factory=dict)


def _in_order(ends: tuple[float, float]) -> tuple[float, float]:
    # The comparison is false for NaN too.
    if not ends[0] <= ends[1] or (math.isinf(ends[0]) and math.isinf(ends[1])):
        raise InputError(told("error.target.no_range"), given=ends, allowed=_RANGE())
    return ends


def _not_blank(text: str) -> str:
    if not text.strip():
        raise InputError(told("error.target.no_source"), given=text)
    return text


class TargetForm(Form):
    """A table ``[targets.NAME]``: a finding to be met."""

    claim: Words | None = entry(None, allowed=TEXT)
    setting: str = ""
    expression: Any = None
    weight: str | None = None
    value: float | None = Field(default=None, allow_inf_nan=False)
    range: Annotated[
        tuple[float, float] | None, Field(strict=False), AfterValidator(lambda ends: ends and _in_order(ends))
    ] = entry(None, allowed=_RANGE)
    tolerance: float = Field(gt=0, allow_inf_nan=False)
    source: Annotated[str, AfterValidator(_not_blank)] = entry(allowed=lambda: told("error.target.source"))

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.value is None) == (self.range is None):
            raise InputError(told("error.target.one"), allowed=told("error.target.one.allowed"))
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """The range, or the value twice."""
        if self.range is not None:
            return self.range
        assert self.value is not None
        return self.value, self.value


class FindingForm(TargetForm):
    """A table ``[findings.NAME]`` of the file of findings.

    Attributes
    ----------
    use : {'finding', 'case'}
        ``finding``: what studies found; ``case``: a fact of Zhaoqing itself. Plausible worlds meet both.
    """

    use: Literal["finding", "case"]
    claim: Words = entry(allowed=TEXT)
