"""Texts of users, written so that what shows them shows them and does nothing else: one function per medium.

A title, label, path or name may hold anything. A web page escapes it by its template, LaTeX in `hypotheses.report`;
the other media are here.
"""

from __future__ import annotations

import re
import unicodedata

#: Categories of signs that are not seen: they control a terminal, turn a line's direction, or have no encoding.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
#: Signs that control a terminal or turn the direction of a line; no text needs them, and no font draws them.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: Signs that lay out a text of ours.
LAYOUT = "\n\t"
#: Spreadsheets run a cell that begins with one of these signs; some of them also accept the wide forms.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

#: Entities where not every reader of Markdown takes a backslash.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "~": "&#126;"}
_ENTITIES_AT_THE_BEGINNING = {":": "&#58;", "=": "&#61;", "?": "&#63;", "/": "&#47;"}
_SPECIAL = re.compile(r"[\\*\[\]{}]|(?<![^\W_])_|_(?![^\W_])")
_SHORT_NAME = re.compile(r":(?=[\w+-]+:)")  # of a picture, as in :smile:
_BEGINNING = re.compile(r"[#+!-]|\d+(?=[.)])")


def visible(text: str, keep: str = "") -> str:
    r"""Return a text in which every sign that is not seen stands as its code, such as ``\x1b``.

    Parameters
    ----------
    text : str
        Any text.
    keep : str
        Signs that stay as they are, such as the line's end.
    """
    if text.isprintable():
        return text
    return "".join(
        sign.encode("unicode_escape").decode() if sign not in keep and unicodedata.category(sign) in _UNSEEN else sign
        for sign in text
    )


def markdown_line(text: str) -> str:
    """Return a text as a line of Markdown that shows it, and no markup, HTML, picture or formula comes of it.

    What stands between two backticks is code, as in `simulation.drawing.pages.marked`.
    """
    line = markdown_words(text)
    if line[:1] in _ENTITIES_AT_THE_BEGINNING:
        return _ENTITIES_AT_THE_BEGINNING[line[0]] + line[1:]
    begun = _BEGINNING.match(line)
    if begun is None:
        return line
    place = 0 if begun.end() == 1 and not line[0].isdecimal() else begun.end()
    return f"{line[:place]}\\{line[place:]}"


def markdown_cell(text: str) -> str:
    """Return a text as a cell of a table in Markdown; see `markdown_line`."""
    # Readers do not agree on a bar within code.
    return markdown_words(text, code_without="|").replace("|", "\\|")


def markdown_words(text: str, code_without: str = "") -> str:
    """Return a text for the middle of a line of Markdown; see `markdown_line`.

    Code that holds the sign ``code_without`` is written as words.
    """
    pieces = visible(" ".join(str(text).split())).split("`")
    last = _escaped("`" + pieces.pop()) if len(pieces) % 2 == 0 else ""  # it opens what nothing closes
    words = [
        f"`{one}`" if place % 2 and one.strip() and not (code_without and code_without in one) else _escaped(one)
        for place, one in enumerate(pieces)
    ]
    return "".join(words) + last


def _escaped(text: str) -> str:
    text = "".join(_ENTITIES.get(sign, sign) for sign in text)
    text = _SHORT_NAME.sub("&#58;", text)
    return _SPECIAL.sub(r"\\\g<0>", text).replace("`", "\\`")


def cell(value: object) -> object:
    """Return a cell of a table with an apostrophe before a text that a spreadsheet would run; a number stays.

    Signs that are not seen, and spaces, may stand before the formula: spreadsheets drop them.
    """
    return f"'{value}" if isinstance(value, str) and begins_formula(value) else value


def begins_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take a text for a formula."""
    if text.startswith(FORMULA):
        return True
    seen = next((sign for sign in text if not sign.isspace() and unicodedata.category(sign) not in _UNSEEN), "")
    return seen in FORMULA and seen != ""
