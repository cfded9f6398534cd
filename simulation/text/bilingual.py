"""A text that knows itself in every language.

An error rises deep inside the program; the command line or the page says it later, in its own language. Until then the
text is the English one, so that everything which compares, searches, stores or sends it sees an ordinary text.
"""

from __future__ import annotations


class Told(str):
    """A text in English that carries the same text in Chinese.

    Parameters
    ----------
    en, zh : str
        The text in each language.
    """

    zh: str

    def __new__(cls, en: str, zh: str) -> Told:
        """Return the text."""
        made = super().__new__(cls, en)
        made.zh = zh
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Let the text travel between processes with its languages."""
        return (Told, (str(self), self.zh))


def in_language(text: str, lang: str) -> str:
    """Return a text in ``lang`` ('en' or 'zh') if it knows itself in that language, else as it is."""
    return text.zh if lang == "zh" and isinstance(text, Told) else str(text)
