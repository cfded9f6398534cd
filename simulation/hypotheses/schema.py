"""What a hypothesis file says: the fields that all kinds share, checked, with one message for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from simulation.files.errors import InputError, nearest


class Part(BaseModel):
    """A table of the file: unknown keys are refused, nothing is converted, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Pair(Part):
    """A text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def __getitem__(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


Words = Annotated[Pair, BeforeValidator(lambda given: {"en": given, "zh": given} if isinstance(given, str) else given)]


class Testing(Part):
    """How the claim is tested.

    Attributes
    ----------
    alpha : float
        Rate of false support, and of false refutation, over the whole battery.
    power : float
        Wished chance of a verdict when the effect is the smallest of interest, or nothing.
    pilot : int
        Runs an arm that only plan.
    max_replicates : int
        The cap.
    interval : 't' or 'bca'
        Student's t, or the bias-corrected accelerated bootstrap.
    """

    alpha: float = Field(default=0.05, gt=0, lt=1)
    power: float = Field(default=0.9, gt=0, lt=1)
    pilot: int = Field(default=20, ge=5, le=10_000)
    max_replicates: int = Field(default=400, ge=5, le=1_000_000)
    interval: Literal["t", "bca"] = "t"


class Alternative(Part):
    """Another way of building the model.

    Attributes
    ----------
    name : str
        Short, for tables.
    label : text in both languages
        What is different.
    set : table
        Dotted keys to values.
    """

    name: str = Field(min_length=1)
    label: Words
    set: dict[str, Any] = Field(min_length=1)


class Mechanism(Part):
    """The model without the mechanism that the claim rests on."""

    label: Words
    set: dict[str, Any] = Field(min_length=1)


class Span(Part):
    """A range of a parameter."""

    low: float
    high: float


class Robustness(Part):
    """Where else the claim is tested.

    Attributes
    ----------
    shared : bool
        Whether the shipped alternatives and ranges are used beside the file's own.
    samples : int
        Points drawn from the parameters' ranges, all parameters at once.
    ranges : table
        Dotted key = {low, high}; instead of the shipped ranges.
    max_replicates : int
        The cap of an alternative.
    """

    shared: bool = True
    samples: int = Field(default=6, ge=0, le=1000)
    ranges: dict[str, Span] | None = None
    max_replicates: int = Field(default=16, ge=5)


class Common(Part):
    """The fields that every hypothesis has.

    Attributes
    ----------
    id : str
        Short and unique in a battery.
    claim, refuted_if : text in both languages
        The claim in words; what would refute it.
    source : str
        Where it is from.
    scenario : str or table
        What runs.
    setting : table
        Dotted keys laid over the scenario in every arm.
    metric : str
        What is compared.
    expected : 'increase', 'decrease' or 'none'
        The direction.
    smallest_effect : float
        What would matter, in the metric's units.
    status : 'assumed' or 'emergent'
        Whether an equation of the model nearly says it, or not.
    """

    id: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    claim: Words
    source: str = Field(min_length=1)
    scenario: str | dict[str, Any]
    setting: dict[str, Any] = Field(default_factory=dict)
    metric: str = Field(min_length=1)
    expected: Literal["increase", "decrease", "none"] = "increase"
    smallest_effect: float = Field(gt=0, allow_inf_nan=False)
    status: Literal["assumed", "emergent"]
    refuted_if: Words
    seed: int = 0
    test: Testing = Testing()
    robustness: Robustness = Robustness()
    alternatives: list[Alternative] = Field(default_factory=list)
    mechanism: Mechanism | None = None


def build[T: BaseModel](model: type[T], table: Mapping[str, Any], file: Path | None, known: set[str]) -> T:
    """Return the table as a model, or raise InputError for the first thing wrong; unknown keys come first."""
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        found = error.errors(include_url=False)
        finding = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
        raise _translated(finding, file, known) from None


def _translated(finding: Any, file: Path | None, known: set[str]) -> InputError:
    # Where several types are allowed, pydantic adds the type's name to the place.
    key = ".".join(str(part) for part in finding["loc"] if part not in ("float", "int", "str", "bool"))
    context, given = finding.get("ctx", {}), finding.get("input")
    if finding["type"] == "missing":
        return InputError("required", file=file, key=key)
    if finding["type"] == "extra_forbidden":
        return InputError("unknown key", file=file, key=key, suggestion=nearest(key, known))
    if finding["type"] == "literal_error":
        words = context["expected"].replace("'", "")
        options = words.replace(" or ", ", ").split(", ")
        near = nearest(str(given), options)
        return InputError("no such word", file=file, key=key, given=given, allowed=words, suggestion=near)
    return InputError("cannot be used", file=file, key=key, given=given, allowed=_allowed(finding["msg"]))


def _allowed(message: str) -> str:
    return message.removeprefix("Input should be ").removeprefix("a valid ")


def dotted(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as dotted keys; a parameter that is a table itself (``plan.table``) stays whole."""
    from simulation.scenario.table import metas

    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and name not in metas() and value:
            flat |= dotted(value, f"{name}.")
        else:
            flat[name] = value
    return flat
