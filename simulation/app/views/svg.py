"""SVG text: elements with escaped attributes, and the colours and shapes that all views share."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Any

from simulation.scenario.modes import MODES

INK, MUTED, RULE, PANEL = "#1c2733", "#56636f", "#c8d0d8", "#f3f5f7"
MOMENTUM, EFFECT, SECOND, WARN = "#c2500f", "#0a5a92", "#6b3d8f", "#8a1c1c"
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

    def text(self, x: float, y: float, content: str, size: float = 12, **attributes: Any) -> None:
        """Add a text; ``anchor`` is start, middle or end."""
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
    """Return the text colour that can be read on `effect_colour`."""
    return "#ffffff" if value > 0.5 else INK


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


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is: Chinese characters are square, others about .6 of that."""
    return sum(size if unicodedata.east_asian_width(letter) in "WFA" else 0.6 * size for letter in text)


def shrunk(texts: Iterable[str], size: float, room: float, least: float = 8.0) -> float:
    """Return a font size at which the longest text fits, between ``least`` and ``size``."""
    longest = max((width_of(text, 1.0) for text in texts), default=0.0)
    return max(least, min(size, room / longest)) if longest else size


def fit(text: str, size: float, room: float) -> str:
    """Return a text shortened with an ellipsis until it fits."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, size: float, room: float, lines: int = 2) -> list[str]:
    """Return a text broken into at most ``lines`` lines; long words are hyphenated, the last line is shortened."""
    spaced = " " in text or text.isascii()
    pieces: list[tuple[str, str]] = []  # the sign before a piece on the same line, and the piece
    for word in text.split(" ") if spaced else list(text):
        glue = " " if spaced else ""
        while spaced and width_of(word, size) > room and len(word) > 4:
            cut = max(3, int(room / (0.6 * size)) - 1)
            pieces.append((glue, word[:cut] + "-"))
            word, glue = word[cut:], "\n"
        pieces.append((glue, word))
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
