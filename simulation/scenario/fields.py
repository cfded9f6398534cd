"""Declaration of one parameter: value, range, unit and source on one line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from simulation.files.errors import listed, quoted, told
from simulation.files.forms import Form, entry, numbers_in_words

#: Longest run that is accepted: two thousand years of weeks.
LONGEST = 104_000


Names = Annotated[tuple[str, ...], Field(strict=False)]


@dataclass(frozen=True)
class Meta:
    """The facts about a parameter beside its default.

    Parameters
    ----------
    kind : str
        ``number``, ``whole``, ``word``, ``flag``, ``text``, ``labels``, ``names``, ``domains``, ``departments``,
        ``facts``, ``weights``, ``severities``, ``capacities``, ``shares``, ``signals``, ``changes``, ``date``,
        ``assignment`` or ``rows``.
    unit : str
        Unit of measurement; empty for words.
    source : str
        Where the value comes from: P the paper, S a public source, A our assumption, with a few words.
    low, high : float or None
        Range, both ends included unless ``above``.
    words : tuple of str
        Words accepted (beside a number, where ``kind`` is a number).
    optional : bool
        True if the parameter may be left without a value.
    above : bool
        True if ``low`` itself is outside the range.
    """

    kind: str
    unit: str
    source: str
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    optional: bool = False
    above: bool = False

    @property
    def allowed(self) -> str:
        """The accepted values, in words."""
        if self.kind in ("number", "whole"):
            interval = numbers_in_words(self.kind == "whole", self.low, self.high, above=self.above)
            return listed([interval, *([quoted(self.words, "or")] if self.words else [])], "or")
        if self.kind == "word":
            return told("error.one_of", words=quoted(self.words))
        return told(f"error.kind.{self.kind}")


def _field(default: Any, meta: Meta, **constraints: Any) -> Any:
    return entry(
        default, allowed=lambda: meta.allowed, words=meta.words, json_schema_extra={"meta": meta}, **constraints
    )


def number(
    default: float | None,
    low: float,
    high: float,
    unit: str,
    source: str,
    *,
    above: bool = False,
    words: tuple[str, ...] = (),
) -> Any:
    """Declare a real parameter between ``low`` and ``high``; an infinite ``high`` accepts infinity."""
    infinite = math.isinf(high)
    meta = Meta(
        "number",
        unit,
        source,
        low,
        None if infinite else high,
        ("inf",) if infinite else words,
        default is None,
        above,
    )
    bounds: dict[str, Any] = {"gt" if above else "ge": low}
    if not infinite:
        bounds["le"] = high
    # Defaults are not validated: one written as a whole number must equal the same number from a file.
    return _field(None if default is None else float(default), meta, allow_inf_nan=infinite, **bounds)


def share(default: float, source: str) -> Any:
    """Declare a parameter in [0, 1]."""
    return number(default, 0, 1, "share", source)


def whole(default: Any, low: int, high: int, unit: str, source: str) -> Any:
    """Declare an integer parameter between ``low`` and ``high``; an ellipsis as default makes it required."""
    return _field(default, Meta("whole", unit, source, low, high), ge=low, le=high)


def whole_or_word(
    default: int | str | None, low: int, high: int, unit: str, source: str, words: tuple[str, ...]
) -> Any:
    """Declare an integer parameter that also accepts words; the annotation holds the bounds."""
    return _field(default, Meta("whole", unit, source, low, high, words, default is None))


def word(default: str, words: tuple[str, ...], source: str) -> Any:
    """Declare a parameter that is one of ``words``; the annotation repeats them for type checkers."""
    return _field(default, Meta("word", "", source, words=words))


def flag(default: bool, source: str) -> Any:
    """Declare a parameter that is true or false."""
    return _field(default, Meta("flag", "", source))


def other(default: Any, kind: str, source: str, *, optional: bool = False) -> Any:
    """Declare a text, list or table."""
    return _field(default, Meta(kind, "", source, optional=optional))


class Table(Form):
    """A table of a scenario file; what it holds is described by one `Meta` per parameter."""

    #: Properties that compiled code reads beside the table's own numbers.
    compiled: ClassVar[tuple[str, ...]] = ()


class Labels(Table):
    """A text in English and Chinese; a missing one is replaced by the other."""

    en: str = Field(default="", max_length=2000)
    zh: str = Field(default="", max_length=2000)

    def label(self, lang: str) -> str:
        """Return the text in ``lang``, else in the other language."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)
