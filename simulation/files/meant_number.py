"""The number that a user must mean, where it is written in another way: 98 %, 98 as a share, 12,000, 12万, 0,98."""

from __future__ import annotations

import math
import re

#: Least value in the place of a share that is taken for a percentage.
LEAST_PERCENTAGE = 5
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[,，'  ]\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"\d+[,，]\d+")
_MYRIADS = {"万": 1e4, "亿": 1e8}


def meant_number(cell: object, most: float) -> str | None:
    """Return the number from 0 to ``most`` that a cell must mean: 98 % and 98 as a share, 12,000, 12万, 0,98."""
    text = str(cell).strip()
    value = _read(text)
    if value is None:
        return None
    if text.endswith(("%", "％")) or (most == 1 and LEAST_PERCENTAGE <= value <= 100):
        value /= 100
    if not 0 <= value <= most or f"{value:.12g}" == text:
        return None
    return f"{value:.12g}"


def _read(text: str) -> float | None:
    plain = text.rstrip("%％ ")
    scale = _MYRIADS.get(plain[-1:], 1.0)
    plain = plain.rstrip("万亿 ")
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"[,，'  ]", "", plain)
    elif _DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace("，", ".").replace(",", ".")
    try:
        value = float(plain) * scale
    except ValueError:
        return None
    return value if math.isfinite(value) else None
