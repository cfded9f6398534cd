"""Texts in pictures: how wide they are, where their lines break, labels that keep apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

CAPTION, LABEL, TITLE_SIZE = 7.5, 8.5, 12.0
"""Sizes of letters, in points."""
_NARROW, _BROAD = frozenset(" iljtfrI.,;:'()[]/-·|"), frozenset("mw%—×+÷")


def ems(text: str) -> float:
    """Return about how wide a line is, in its font's size: slightly more than it needs."""
    return sum(_em(sign) for sign in text)


def _em(sign: str) -> float:
    if _is_chinese(sign) or sign in "“”‘’…":
        return 1.04  # advances are rounded up to whole pixels
    if sign in _NARROW:
        return 0.4
    return 0.82 if sign.isupper() or sign in _BROAD else 0.62


def _pieces(text: str) -> list[str]:
    """Split where a line may break: after spaces, around Chinese signs, never before closing punctuation."""
    pieces: list[str] = []
    for sign in text:
        last = pieces[-1][-1] if pieces else ""
        after_opening = last != "" and unicodedata.category(last) in ("Ps", "Pi")
        closing = unicodedata.category(sign) in ("Pe", "Pf", "Po")
        breaks = last == " " and sign != " "
        if not closing and not after_opening and sign != " ":
            breaks = breaks or _is_chinese(sign) or (last != "" and _is_chinese(last))
        if not pieces or breaks:
            pieces.append(sign)
        else:
            pieces[-1] += sign
    return pieces


def _is_chinese(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def wrap(text: str, inches: float, size: float) -> str:
    """Break a text into lines no wider than ``inches`` at a font size in points; long words are broken too."""
    limit = max(inches * 72.0 / size, 4.0)
    lines: list[str] = [""]
    for piece in _pieces(text):
        rest = piece
        if lines[-1] and ems(lines[-1] + rest.rstrip()) > limit:
            lines.append("")
        while ems(rest.rstrip()) > limit:
            cut = next(n for n in range(len(rest), 0, -1) if ems(rest[:n]) + 0.6 <= limit)
            lines[-1] = rest[:cut] + "-"
            lines.append("")
            rest = rest[cut:]
        lines[-1] += rest
    return "\n".join(line.strip() for line in lines)


def widest(labels: Sequence[str], size: float = LABEL) -> float:
    """Return about how many inches the widest line of some labels takes."""
    return max((ems(line) for label in labels for line in label.split("\n")), default=0.0) * size / 72.0


def line_count(labels: Sequence[str]) -> int:
    """Return the number of lines of the label that has most."""
    return 1 + max((label.count("\n") for label in labels), default=0)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart to at least ``gap``, in order, as little as needed, within [low, high] where they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    last = low - gap
    for index in order:
        last = placed[index] = max(wanted[index], last + gap)
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def capital(text: str) -> str:
    """Return a label as it opens a line."""
    return text[:1].upper() + text[1:]
