"""SVG text: elements with escaped attributes, and the colours and shapes that all views share."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Any

from simulation.scenario.modes import MODES

INK, MUTED, RULE, PANEL = "#1c2733", "#56636f", "#c8d0d8", "#f3f5f7"
MOMENTUM, EFFECT, SECOND, WARN = "#b3470a", "#0a5a92", "#6b3d8f", "#8a1c1c"
#: Widths of a picture's box: on a screen, where two stand beside each other on a projector, and on a phone.
WIDE, NARROW = 460.0, 360.0
#: Smallest letters: 12 pixels on a projector of 1366 pixels, and on a phone of 390.
SMALLEST = 12.5
# Light to dark in one hue: lightness alone carries the order, whatever colours a viewer can tell apart.
_RAMP = ((238, 243, 247), (184, 214, 233), (104, 172, 212), (33, 112, 170), (8, 48, 92))


class Drawing:
    """An SVG picture under construction; coordinates are those of a ``width`` × ``height`` box."""

    def __init__(self, width: float, height: float, label: str) -> None:
        self.width, self.height = width, height
        self._parts = [
            f'<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'role="group" aria-label="{escape(label)}">'
        ]
        self._open = 0

    def add(self, tag: str, content: str | None = None, title: str | None = None, **attributes: Any) -> None:
        """Add an element; underscores in attribute names become hyphens, numbers are rounded."""
        inside = f"<title>{escape(title)}</title>" if title else ""
        inside += escape(content) if content is not None else ""
        self._parts.append(f"<{tag}{_attributes(attributes)}>{inside}</{tag}>")

    def begin(self, title: str | None = None, **attributes: Any) -> None:
        """Open a group."""
        self._parts.append(f"<g{_attributes(attributes)}>" + (f"<title>{escape(title)}</title>" if title else ""))
        self._open += 1

    def end(self) -> None:
        """Close the last group."""
        self._parts.append("</g>")
        self._open -= 1

    def target(self, pick: str, label: str, *, on: bool = False) -> None:
        """Open a group that can be clicked, or reached by keyboard, to choose ``pick``."""
        self.begin(
            title=label,
            class_="target" + (" on" if on else ""),
            data_pick=pick,
            tabindex=0,
            role="button",
            aria_pressed="true" if on else "false",
        )

    def rect(self, x: float, y: float, w: float, h: float, **attributes: Any) -> None:
        """Add a rectangle; a negative size counts as 0."""
        self.add("rect", x=x, y=y, width=max(w, 0.0), height=max(h, 0.0), **attributes)

    def line(self, x1: float, y1: float, x2: float, y2: float, **attributes: Any) -> None:
        """Add a straight line."""
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)

    def text(self, x: float, y: float, content: str, size: float = SMALLEST, **attributes: Any) -> None:
        """Add a text, in letters of at least `SMALLEST`; ``anchor`` is start, middle or end."""
        size = max(size, SMALLEST)
        anchor = attributes.pop("anchor", "start")
        fill = attributes.pop("fill", INK)
        self.add("text", content, x=x, y=y, font_size=size, text_anchor=anchor, fill=fill, **attributes)

    def svg(self) -> str:
        """Return the finished picture."""
        if self._open:
            raise ValueError(f"{self._open} groups were not closed")
        return "".join(self._parts) + "</svg>"


def _attributes(attributes: dict[str, object]) -> str:
    parts = []
    for name, value in attributes.items():
        if value is None:
            continue
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        parts.append(f' {name.rstrip("_").replace("_", "-")}="{escape(shown)}"')
    return "".join(parts)


def effect_colour(value: float) -> str:
    """Return the fill for an effect in [0, 1], light to dark."""
    if math.isnan(value):
        return "#ffffff"
    place = min(max(value, 0.0), 1.0) * (len(_RAMP) - 1)
    low = min(int(place), len(_RAMP) - 2)
    mix = place - low
    red, green, blue = (round(a + (b - a) * mix) for a, b in zip(_RAMP[low], _RAMP[low + 1], strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def on_effect(value: float) -> str:
    """Return the text colour that can be read on `effect_colour`: black or white, whichever stands out more."""
    return "#ffffff" if luminance(effect_colour(value)) < _MIDDLE else "#000000"


#: Luminance on which black and white text have the same contrast.
_MIDDLE = 0.179


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, from 0 (black) to 1 (white), as accessibility rules define it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def saturating(value: float, half: float) -> float:
    """Return value / (value + half): widths that show small and large momentum together."""
    return value / (value + half) if value > 0 else 0.0


def number(value: float) -> str:
    """Return momentum in a few digits; tiny amounts are not shown as nothing."""
    if math.isnan(value):
        return "–"
    if value == 0:
        return "0"
    if abs(value) < 0.005:
        return "<0.01" if value > 0 else ">−0.01"
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return text.replace("-", "−")


def percent(value: float) -> str:
    """Return a share in per cent."""
    return "–" if math.isnan(value) else f"{100 * value:.0f}%"


#: Letters that are much narrower or wider than the others.
_SLIM, _BROAD = frozenset("iljtfrI.,:;'|!()[] ·-"), frozenset("mwMW@%")


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is, rather too much than too little."""

    def wide(letter: str) -> float:
        if unicodedata.east_asian_width(letter) in "WFA":
            return 1.0
        if letter in _SLIM:
            return 0.34
        return 0.92 if letter in _BROAD else 0.66 if letter.isupper() else 0.58

    return size * sum(wide(letter) for letter in text)


def shrunk(texts: Iterable[str], size: float, room: float) -> float:
    """Return a font size at which the longest text fits, between `SMALLEST` and ``size``."""
    longest = max((width_of(text, 1.0) for text in texts), default=0.0)
    return max(SMALLEST, min(size, room / longest)) if longest else size


def fit(text: str, size: float, room: float) -> str:
    """Return a text shortened with an ellipsis until it fits."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


#: A word of letters, or one Chinese character, with the signs that may not begin a line; and the blank before it.
_PIECE = re.compile(r"( ?)([^\s\u2e80-\uffee]+|[\u2e80-\uffee])([，。、；：！？）”’…]*)")


def wrap(text: str, size: float, room: float, lines: int = 2) -> list[str]:
    """Return a text broken into at most ``lines`` lines; long words are hyphenated, the last line is shortened."""
    pieces: list[tuple[str, str]] = []  # the sign before a piece on the same line, and the piece
    for blank, word, end in _PIECE.findall(text):
        glue, rest = blank, word
        while width_of(rest, size) > room and len(rest) > 4:
            cut = max(3, int(room / (0.6 * size)) - 1)
            pieces.append((glue, rest[:cut] + "-"))
            glue, rest = "\n", rest[cut:]
        pieces.append((glue, rest + end))
    done: list[str] = []
    current = ""
    for glue, piece in pieces:
        longer = current + glue + piece if current else piece
        if current and (glue == "\n" or width_of(longer, size) > room):
            done.append(current)
            current = piece
        else:
            current = longer
    done.append(current)
    if len(done) > lines:
        done = [*done[: lines - 1], fit(done[lines - 1].rstrip("-") + "…", size, room)]
    return [fit(line, size, room) for line in done]


def in_rows(texts: Iterable[str], before: float, width: float) -> list[tuple[float, int]]:
    """Return where the texts of a key stand, each after ``before`` for its sign: left edge, and row from 0."""
    found, x, row = list[tuple[float, int]](), 4.0, 0
    for text in texts:
        needs = before + width_of(text, SMALLEST) + 12
        if x > 4.0 and x + needs - 12 > width:
            x, row = 4.0, row + 1
        found.append((x, row))
        x += needs
    return found


def mode_sign(drawing: Drawing, mode: int, x: float, y: float, r: float, colour: str) -> None:
    """Draw a mode of execution as a shape: full disc, half disc, ring, and further ones; the last mode is a cross."""
    stroke: dict[str, Any] = {"stroke": colour, "stroke_width": 1.6}
    last = len(MODES) - 1
    if mode == last:
        drawing.add(
            "path",
            d=f"M{x - r:.4g} {y - r:.4g}l{2 * r:.4g} {2 * r:.4g}m0 {-2 * r:.4g}l{-2 * r:.4g} {2 * r:.4g}",
            fill="none",
            **stroke,
        )
        return
    drawing.add("circle", cx=x, cy=y, r=r, fill=colour if mode == 0 else "none", **stroke)
    for inner in range(mode - 2):  # a ring within the ring for each further mode
        drawing.add("circle", cx=x, cy=y, r=r * (mode - 2 - inner) / (mode - 1), fill="none", **stroke)
    if mode == 1:
        drawing.add("path", d=f"M{x:.4g} {y - r:.4g}a{r:.4g} {r:.4g} 0 0 0 0 {2 * r:.4g}z", fill=colour)
