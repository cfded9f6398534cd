"""Facts held out: never used to find plausible worlds, predicted by them, and then compared."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from simulation.evidence.beginnings import BEGINNINGS, Place
from simulation.evidence.expression import Expression
from simulation.evidence.finding_forms import SettingForm, Words
from simulation.evidence.findings import refuse_other_setting
from simulation.files.errors import InputError, nearest, told
from simulation.files.forms import TEXT, Form, entry, validated
from simulation.files.reading import read_toml
from simulation.files.shipped import shipped_folder


def _in_order(ends: tuple[float, float]) -> tuple[float, float]:
    # The comparison is false for NaN too.
    if not ends[0] <= ends[1]:
        raise InputError(told("error.target.no_range"), given=ends, allowed=told("error.target.range"))
    return ends


Ends = Annotated[tuple[float, float], Field(strict=False), AfterValidator(_in_order)]


class PlaceForm(Form):
    """A table ``[places.CITY]``; see `simulation.evidence.beginnings.Place`."""

    gdp: float = Field(gt=0, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    capital: bool = False


class HoldoutForm(Form):
    """A table ``[holdouts.NAME]``.

    Attributes
    ----------
    claim : Words
        The fact.
    setting : str
        Where it is predicted.
    expression : str
        A run's value, of the names in `simulation.evidence.beginnings.BEGINNINGS`.
    weight : str, optional
        How much a run counts in a world's mean; equally without.
    square : str, optional
        The mean square of that of which ``expression`` is the mean and ``weight`` the number: the world's value is then
        the share of variance that lies between runs, corrected for chance.
    value : float, optional
        The fact's estimate.
    range : (float, float)
        Its 95 % interval, or a range over several measures.
    possible : (float, float)
        Lowest and highest value that the model could give.
    source : str
        Where the fact comes from.
    compared : Words
        The model's nearest quantity, and why it can or cannot be compared.
    """

    claim: Words = entry(allowed=TEXT)
    setting: str
    expression: str
    weight: str | None = None
    square: str | None = None
    value: float | None = Field(default=None, allow_inf_nan=False)
    range: Ends
    possible: Ends
    source: str = Field(min_length=1)
    compared: Words = entry(allowed=TEXT)

    @model_validator(mode="after")
    def _estimate_inside(self) -> Self:
        if self.value is not None and not self.range[0] <= self.value <= self.range[1]:
            raise InputError(told("error.target.no_range"), given=self.value, allowed=told("error.target.range"))
        return self

    @property
    def expressions(self) -> dict[str, Expression]:
        """The expressions by the part that they play."""
        found: dict[str, Expression] = {}
        for part, field in (("value", "expression"), ("weight", "weight"), ("square", "square")):
            text = getattr(self, field)
            if text is not None:
                found[part] = Expression.parse(text, BEGINNINGS, key=field)
                # A metric has a peak and a year after it; these quantities are single numbers.
                for name in sorted(found[part].names - BEGINNINGS.keys()):
                    near = nearest(name, BEGINNINGS)
                    raise InputError(told("error.no_such_metric"), key=field, given=name, suggestion=near)
        return found


class HoldoutsFile(Form):
    """The file of facts held out.

    Attributes
    ----------
    settings : dict of str to SettingForm
        Where they are predicted.
    places : dict of str to PlaceForm
        Cities of these settings as facts know them.
    holdouts : dict of str to HoldoutForm
        The facts by key, in the order in which pages show them.
    """

    settings: dict[str, SettingForm] = Field(min_length=1)
    places: dict[str, PlaceForm] = Field(default_factory=dict)
    holdouts: dict[str, HoldoutForm] = Field(min_length=1)

    @property
    def known_places(self) -> dict[str, Place]:
        """The cities as facts know them."""
        return {name: Place(**form.model_dump()) for name, form in self.places.items()}

    @property
    def question(self) -> str:
        """Sixteen hexadecimal digits of all that decides a prediction, and of nothing that a fact says."""
        asked = {
            "settings": {name: form.model_dump() for name, form in self.settings.items()},
            "places": {name: form.model_dump() for name, form in self.places.items()},
            "holdouts": {
                name: [one.setting, one.expression, one.weight, one.square] for name, one in self.holdouts.items()
            },
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def holdouts_file() -> Path:
    """Return the path of the file of facts held out."""
    return shipped_folder() / "findings" / "holdouts.toml"


@functools.cache
def all_holdouts() -> HoldoutsFile:
    """Return the file of facts held out, read once.

    Raises
    ------
    InputError
        When it cannot be read, or a fact names a setting or a quantity that is not there.
    """
    path = holdouts_file()
    found = validated(HoldoutsFile, read_toml(path), file=path)
    for name, one in found.holdouts.items():
        refuse_other_setting(one.setting, found.settings, path, f"holdouts.{name}.setting")
        try:
            one.expressions  # noqa: B018  # parsed for its errors
        except InputError as error:
            raise error.replaced(file=path, key=f"holdouts.{name}.{error.key}") from None
    return found
