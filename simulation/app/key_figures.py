"""The strip of key figures above the pictures."""

from __future__ import annotations

import math

from simulation.app.terms import term
from simulation.app.views import Scene
from simulation.app.views.svg import percent

#: Expansion trades one of the first four against another, so they always stand together.
FIGURES = ("effectiveness", "core_effect", "depth", "agenda", "surface", "participation", "reporting_gap")
#: Figures that count domains.
COUNTED = ("agenda",)


def strip(scene: Scene) -> str:
    """Return the key figures as HTML: the value, and with a second run its value and the difference."""
    tiles = []
    for name in FIGURES:
        value = scene.track.now(name)
        label = term(scene.word(f"metric.{name}"), scene.word(f"metric.{name}.meaning"))
        second = ""
        if scene.other is not None:
            other = scene.other.now(name)
            second = f"<small>B {_shown(name, other, scene)} · A−B {_difference(name, value - other)}</small>"
        tiles.append(
            f'<div class="tile"><span>{label}</span>'
            f'<b data-metric="{name}">{_shown(name, value, scene)}</b>{_spark(scene.track.series[name])}{second}</div>'
        )
    return "".join(tiles)


def _shown(name: str, value: float, scene: Scene) -> str:
    if name in COUNTED:
        shown = f"{value:.1f}".removesuffix(".0")  # a mean over cities
        return "–" if math.isnan(value) else f"{shown}<i>/{len(scene.model.spec.domains)}</i>"
    return percent(value) if math.isnan(value) or abs(value) >= 0.1 or value == 0 else f"{100 * value:.1f}%"


def _difference(name: str, value: float) -> str:
    if math.isnan(value):
        return "–"
    text = f"{value:+.1f}".removesuffix(".0") if name in COUNTED else f"{100 * value:+.1f}"
    return text.replace("-", "−")


def _spark(values: list[float]) -> str:
    known = [value for value in values if not math.isnan(value)]
    if len(known) < 2:
        return '<svg class="spark" viewBox="0 0 60 18" aria-hidden="true"></svg>'
    known = known[:: max(1, len(known) // 40)]
    top = max(max(known), 1e-9)
    points = " ".join(
        f"{60 * i / max(len(known) - 1, 1):.1f},{17 - 15 * value / top:.1f}" for i, value in enumerate(known)
    )
    return f'<svg class="spark" viewBox="0 0 60 18" aria-hidden="true"><polyline points="{points}"/></svg>'
