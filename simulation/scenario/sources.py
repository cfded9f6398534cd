"""Where a parameter's value comes from, in either language: the paper, another source, or an assumption."""

from __future__ import annotations

import re

from simulation.text import say

_MARKED = re.compile(r"([PSA])(?:: (.*))?")


def source_in(source: str, lang: str, words: bool = False) -> str:
    """Return the schema's text on where a value comes from, such as ``"P: kind; A: value"``, in a language.

    Parameters
    ----------
    source : str
        The text as the schema has it: parts joined by ``"; "``, each a mark (P the paper, S another source, A an
        assumption), a mark with a phrase, or a phrase alone.
    lang : str
        'en' or 'zh'.
    words : bool
        Replace the marks by words, for readers to whom S and A are symbols of stocks.
    """
    if not source:
        return ""
    colon, joint = ("：", "；") if lang == "zh" else (": ", "; ")
    parts = []
    for part in source.split("; "):
        marked = _MARKED.fullmatch(part)
        mark, phrase = (marked[1], marked[2]) if marked else ("", part)
        name = say(f"source.{mark}", lang) if mark and words else mark
        parts.append(colon.join(text for text in (name, say(f"source.{phrase}", lang) if phrase else "") if text))
    return joint.join(parts)
