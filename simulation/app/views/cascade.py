"""The five stages as a cascade: momentum falls from step to step, and each step passes on only a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    INK,
    MOMENTUM,
    MUTED,
    NARROW,
    PANEL,
    RULE,
    SMALLEST,
    WIDE,
    Drawing,
    number,
    percent,
    saturating,
    shrunk,
    wrap,
)
from simulation.ledger.accounts import FLOWS
from simulation.scenario.windows import STAGES
from simulation.text import say

PLACE, PAIRED = 10, True
CITY = True
_OTHER = {"en": "zh", "zh": "en"}


@dataclass(frozen=True)
class Step:
    """Look of one stage at the end of the last week."""

    level: float
    stock: float
    passed: float
    lost: float
    status: str


def steps(scene: Scene) -> list[Step]:
    """Return the five stages of the city that is drawn."""
    model, city = scene.model, scene.chosen_city
    week, p = model.week, model.cities[city].parameters
    booked = model.record.booked[week - 1, city] if week else [0.0] * len(FLOWS)
    found = []
    for k in range(len(STAGES)):
        opened = float(p.activity.start[k]) + max(int(model.state.origin[city]), 0)
        if p.activity.intensity[k] == 0:
            status = scene.say("stage.off")
        elif week <= opened:
            status = scene.say("stage.opens", week=f"{opened:.0f}")
        elif week > opened + float(p.activity.length[k]):
            status = scene.say("stage.closed")
        else:
            status = scene.say("stage.open")
        found.append(
            Step(
                level=float(model.state.level[city, k]),
                stock=float(model.stocks[city, k]),
                passed=_sum(booked, k, ("passed", "delivered")),
                lost=_sum(booked, k, ("sink",)),
                status=status,
            )
        )
    return found


def _sum(booked: Any, stage: int, kinds: tuple[str, ...]) -> float:
    return sum(float(booked[row]) for row, flow in enumerate(FLOWS) if flow.origin == stage and flow.kind in kinds)


def draw(scene: Scene) -> str:
    """Draw the cascade from the upper left to the lower right; on a phone from top to bottom."""
    return _phone(scene) if scene.narrow else _wide(scene)


def _wide(scene: Scene) -> str:
    key = wrap(scene.say("cascade.key"), SMALLEST, WIDE - 8, lines=3)
    w, pitch, drop, top, floor = 88.0, 92.0, 40.0, 40.0, 402.0
    d = Drawing(WIDE, floor + 8 + 16 * len(key), scene.say("view.cascade.title"))
    for k, step in enumerate(steps(scene)):
        x, y = 2 + k * pitch, top + k * drop
        pool = 4 + 26 * saturating(step.stock, 1.0) if step.stock > 0 else 0.0
        d.rect(x, y, w, floor - y, rx=4, fill=PANEL, stroke=RULE, stroke_dasharray=_dash(scene, k))
        d.rect(x, y - pool, w, pool, fill=MOMENTUM, fill_opacity=0.85)
        d.text(x + w / 2, y - pool - 4, number(step.stock), anchor="middle", fill=MOMENTUM, font_weight=700)
        _number(d, x + 16, y + 18, k)
        for lang, left, base in (("zh", x + 31, y + 23), ("en", x + 6, y + 44)):
            name = say(f"stage.{STAGES[k]}", lang)
            own: dict[str, Any] = {"font_weight": 700} if lang == scene.lang else {"fill": MUTED}
            d.text(left, base, name, shrunk([name], 14, x + w - 4 - left), **own)
        _level(d, x + 6, y + 52, w - 12, step.level)
        said = [scene.say("cascade.level", share=percent(step.level)), step.status]
        lines = [line for text in said for line in wrap(text, SMALLEST, w - 7, lines=3)]
        for place, line in enumerate(lines):
            d.text(x + 6, y + 76 + 15 * place, line, fill=INK if place == 0 else MUTED)
        if k < 4 or step.passed > 0:
            _fall(d, x + w + 2 if k < 4 else x + w - 3, y, drop + 6, step.passed)
        d.text(x + 6, floor - 22, "▼ " + number(step.passed), fill=MOMENTUM, font_weight=700)
        d.text(x + 6, floor - 6, "− " + number(step.lost), fill=MUTED)
    for place, line in enumerate(key):
        d.text(4, floor + 17 + 16 * place, line, fill=MUTED)
    return d.svg()


def _phone(scene: Scene) -> str:
    d = Drawing(NARROW, 390, scene.say("view.cascade.title"))
    for k, step in enumerate(steps(scene)):
        x, y, w = 4 + k * 12.0, 6 + k * 77.0, 300.0
        pool = 5 + 60 * saturating(step.stock, 1.0) if step.stock > 0 else 0.0
        d.rect(x, y, w, 66, rx=4, fill=PANEL, stroke=RULE, stroke_dasharray=_dash(scene, k))
        d.rect(x + w - 5, y + 66 - pool, 5, pool, fill=MOMENTUM)
        _number(d, x + 16, y + 17, k)
        names = [say(f"stage.{STAGES[k]}", lang) for lang in (scene.lang, _OTHER[scene.lang])]
        d.text(x + 32, y + 22, f"{names[0]}  {names[1]}", 14, font_weight=700)
        d.text(x + w - 12, y + 22, number(step.stock), 13, anchor="end", fill=MOMENTUM, font_weight=700)
        _level(d, x + 32, y + 31, 48, step.level)
        d.text(x + 86, y + 40, scene.say("cascade.level", share=percent(step.level)))
        d.text(x + w - 12, y + 40, step.status, anchor="end", fill=MUTED)
        d.text(x + 32, y + 59, "▼ " + scene.say("cascade.passed", amount=number(step.passed)), fill=MOMENTUM)
        d.text(x + 170, y + 59, "− " + scene.say("cascade.lost", amount=number(step.lost)), fill=MUTED)
        if step.passed > 0:
            _fall(d, x + w + 6, y + 20, 52, step.passed)
    return d.svg()


def _number(d: Drawing, x: float, y: float, stage: int) -> None:
    d.add("circle", cx=x, cy=y, r=10, fill=INK)
    d.text(x, y + 4.5, str(stage + 1), 13, anchor="middle", fill="#ffffff", font_weight=700)


def _dash(scene: Scene, stage: int) -> str | None:
    return "5 4" if scene.model.cities[scene.chosen_city].parameters.activity.intensity[stage] == 0 else None


def _level(d: Drawing, x: float, y: float, w: float, level: float) -> None:
    d.rect(x, y, w, 9, fill="#ffffff", stroke=RULE)
    d.rect(x, y, w * level, 9, fill=INK)


def _fall(d: Drawing, x: float, y: float, drop: float, passed: float) -> None:
    """Draw the momentum that falls to the next step; the width saturates, so that a trickle and a flood both show."""
    if passed <= 1e-6:
        return
    thick = 1.5 + 9 * saturating(passed, 0.3)
    d.add(
        "path",
        d=f"M{x:.4g} {y - 6:.4g}v{drop:.4g}",
        class_="flow",
        stroke=MOMENTUM,
        stroke_width=thick,
        fill="none",
    )
