"""The form of a hypothesis file: the fields that all kinds share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from simulation.files.errors import told
from simulation.files.forms import BOTH_LANGUAGES, TEXT, Form, entry


class Pair(Form):
    """A text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def __getitem__(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


Words = Annotated[Pair, BOTH_LANGUAGES]


class Testing(Form):
    """The settings of the test.

    Attributes
    ----------
    alpha : float
        Rate of false support, and of false refutation, over the whole battery.
    power : float
        Required chance of a verdict when the effect is the smallest of interest, or zero.
    pilot : int
        Pilot runs per arm, used for planning only.
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


class Alternative(Form):
    """Another way of building the model.

    Attributes
    ----------
    name : str
        Short, for tables.
    label : text in both languages
        The difference, in words.
    set : table
        Dotted keys to values.
    idle : list of str
        Dotted keys that no longer matter then; a shipped alternative is not tried on a claim about one of them.
    """

    name: str = Field(min_length=1)
    label: Words = entry(allowed=TEXT)
    set: dict[str, Any] = Field(min_length=1)
    idle: list[str] = Field(default_factory=list)


class Mechanism(Form):
    """The model without the mechanism that the claim rests on."""

    label: Words = entry(allowed=TEXT)
    set: dict[str, Any] = Field(min_length=1)


class Direct(Form):
    """The direct products between what is manipulated and the outcome: how to remove them, or why there are none.

    Attributes
    ----------
    label : text in both languages
        The removed products, in words; together with ``set``.
    set : table
        Dotted keys to the values that remove every such product.
    none : text in both languages
        Instead of both: the reason why no equation multiplies the one into the other.
    """

    label: Words | None = entry(None, allowed=TEXT)
    set: dict[str, Any] | None = Field(default=None, min_length=1)
    none: Words | None = entry(None, allowed=TEXT)


class Span(Form):
    """A range of a parameter."""

    low: float
    high: float


class Robustness(Form):
    """The alternatives under which the claim is also tested.

    Attributes
    ----------
    shared : bool
        True if the shipped alternatives and ranges are used beside the file's own.
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


class Common(Form):
    """The fields that every hypothesis has.

    Attributes
    ----------
    id : str
        Short and unique in a battery.
    claim, refuted_if : text in both languages
        The claim in words, and the result that would refute it.
    source : str
        Source of the claim.
    scenario : str or table
        The scenario that runs.
    setting : table
        Dotted keys laid over the scenario in every arm.
    metric : str
        The metric that is compared.
    expected : 'increase', 'decrease' or 'none'
        The direction.
    smallest_effect : float
        The smallest effect that would matter, in the metric's units.
    smallest_because : text in both languages, optional
        The reason for this smallest effect, for example its share of the spread between ordinary cities.
    mechanism : Mechanism, optional
        The model without the mechanism; a claim that names one is supported only if most of its effect goes with it.
    direct : Direct, optional
        The direct products, by which the claim is labelled assumed or emergent.
    """

    id: str = entry(
        allowed=lambda: told("error.hypothesis.id"),
        max_length=40,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
    )
    claim: Words = entry(allowed=TEXT)
    source: str = Field(min_length=1)
    scenario: str | dict[str, Any]
    setting: dict[str, Any] = Field(default_factory=dict)
    metric: str = Field(min_length=1)
    expected: Literal["increase", "decrease", "none"] = "increase"
    smallest_effect: float = Field(gt=0, allow_inf_nan=False)
    smallest_because: Words | None = entry(None, allowed=TEXT)
    refuted_if: Words = entry(allowed=TEXT)
    seed: int = 0
    test: Testing = Testing()
    robustness: Robustness = Robustness()
    alternatives: list[Alternative] = Field(default_factory=list)
    mechanism: Mechanism | None = None
    direct: Direct | None = None
