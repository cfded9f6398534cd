"""Changes during a run (干预): which parameters take which values, from when, for how long, and where."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from simulation.files.errors import InputError
from simulation.files.forms import BOTH_LANGUAGES, TEXT, dotted, entry, numbers_in_words, told
from simulation.scenario.fields import LONGEST, Labels, Names, Table

#: Most changes of a scenario: all that hold together are checked in every week in which one begins or ends.
MOST = 200
#: Parameters that are tables themselves and can change during a run.
WHOLE = ("plan.table",)


def _flat(given: Any) -> Any:
    """Return settings as dotted keys, however they are nested; anything but a table is left to be refused.

    Raises
    ------
    InputError
        A parameter that is set twice, once by its dotted key and once in a table.
    """
    if not isinstance(given, dict):
        return given
    settings: dict[str, Any] = {}
    for name, part in given.items():
        for key, value in dotted({name: part}, lambda key, table: key in WHOLE or not table).items():
            if key in settings:
                raise InputError(told("error.named_twice"), key=key)
            settings[key] = plain(value)
    return settings


def plain(value: Any) -> Any:
    """Return a numpy scalar as Python's own number, anything else as it is."""
    return value.item() if getattr(value, "ndim", None) == 0 else value


def _places(given: Any) -> Any:
    """Refuse an empty list of places, which would mean everywhere; from Python an empty tuple says nothing."""
    if given == []:
        raise InputError(told("error.changes.nowhere"), allowed=told("error.changes.nowhere.allowed"))
    return given


Places = Annotated[Names, BeforeValidator(_places)]
_Week = Annotated[int | None, BeforeValidator(plain)]


def _weeks(low: int) -> str:
    return numbers_in_words(True, low, LONGEST)


class Change(Table):
    """One change: from its week on, or once its condition holds, parameters take other values.

    Attributes
    ----------
    week : int or None
        First week in which it holds, at least 0. Either this or ``when``.
    when : str or None
        Condition, checked at each review on that week's metrics; the change holds from the week after.
    repeat : bool
        Whether a change with a condition may begin again once its ``length`` is over.
    set : dict
        Dotted key to value.
    length : int or None
        Number of weeks after which values return to what they would be without the change; None for good.
    cities, units : tuple of str
        Where it holds; everywhere when both are empty.
    title : Labels
        Name of the change in tables and pictures.
    """

    week: _Week = entry(None, allowed=lambda: _weeks(0), ge=0, le=LONGEST)
    when: str | None = None
    repeat: bool = False
    set: Annotated[dict[str, Any], BeforeValidator(_flat)] = entry(allowed=lambda: told("error.changes.set.allowed"))
    length: _Week = entry(None, allowed=lambda: _weeks(1), ge=1, le=LONGEST)
    cities: Places = entry((), allowed=lambda: told("error.kind.names"))
    units: Places = entry((), allowed=lambda: told("error.kind.names"))
    title: Annotated[Labels, BOTH_LANGUAGES] = entry(Labels(), allowed=TEXT)

    @property
    def everywhere(self) -> bool:
        """True where the change names neither cities nor units."""
        return not self.cities and not self.units


#: The list of changes, as a file has it.
Changes = Annotated[tuple[Change, ...], Field(strict=False, max_length=MOST)]
