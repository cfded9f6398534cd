"""Labels in all languages at once, for sentences that are made before the reader's language is known."""

from __future__ import annotations

from collections.abc import Iterable

from simulation.text import LANGUAGES, catalogue, filled
from simulation.text.bilingual import Told, in_language

__all__ = ["Told", "in_language", "listed", "quoted", "told"]


def told(key: str, /, **values: object) -> Told:
    """Return the label ``key`` in all languages, its placeholders filled; its own braces stand doubled."""
    return Told(**{lang: catalogue()[key][lang].format(**filled(values, lang)) for lang in LANGUAGES})


def listed(words: Iterable[object], last: str = "comma") -> Told:
    """Return words in a row: "a, b, c" and 「a、b、c」.

    Parameters
    ----------
    words : iterable
        Each a text or anything that can be written as one.
    last : str
        What stands between the words: ``comma``, ``or`` or ``and``.
    """
    parts = [word if isinstance(word, str) else str(word) for word in words]
    between = catalogue()[f"error.list.{last}"]
    chinese = [in_language(part, "zh") for part in parts]
    # A Chinese word between Latin letters stands apart from them; a sign, or quotation marks, does so already.
    apart = last in ("or", "and") and any(text[:1].isascii() or text[-1:].isascii() for text in chinese)
    joint = f" {between['zh']} " if apart else between["zh"]
    return Told(en=between["en"].join(in_language(part, "en") for part in parts), zh=joint.join(chinese))


def quoted(words: Iterable[object], last: str = "comma") -> Told:
    """Return words in a row as `listed` does, each in quotation marks."""
    return listed([told("error.quoted", word=word) for word in words], last)
