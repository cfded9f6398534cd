"""The five stages as a cascade: momentum falls from step to step, and each step passes on only a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    INK,
    MOMENTUM,
    MUTED,
    PANEL,
    RULE,
    Drawing,
    number,
    percent,
    saturating,
    shrunk,
)
from simulation.ledger.accounts import FLOWS
from simulation.scenario.windows import STAGES
from simulation.text import say

PLACE, PAIRED = 10, True
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
    week, p = model.week, model.parameters
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
    d = Drawing(560, 392, scene.say("view.cascade.title"))
    w, drop, top, floor = 104.0, 48.0, 46.0, 384.0
    found = steps(scene)
    for k, step in enumerate(found):
        x, y = 6 + k * 110.0, top + k * drop
        pool = 4 + 26 * saturating(step.stock, 1.0) if step.stock > 0 else 0.0
        d.rect(x, y, w, floor - y, rx=4, fill=PANEL, stroke=RULE, stroke_dasharray=_dash(scene, k))
        d.rect(x, y - pool, w, pool, fill=MOMENTUM, fill_opacity=0.85)
        d.text(x + w / 2, y - pool - 5, number(step.stock), 12, anchor="middle", fill=MOMENTUM, font_weight=700)
        names = [say(f"stage.{STAGES[k]}", lang) for lang in (scene.lang, _OTHER[scene.lang])]
        d.add("circle", cx=x + 16, cy=y + 19, r=10, fill=INK)
        d.text(x + 16, y + 23.5, str(k + 1), 13, anchor="middle", fill="#ffffff", font_weight=700)
        d.text(x + 30, y + 18, names[0], shrunk([names[0]], 14, w - 33), font_weight=700)
        d.text(x + 30, y + 31, names[1], 10.5, fill=MUTED)
        _level(d, x + 8, y + 44, w - 16, step.level)
        d.text(x + 8, y + 67, scene.say("cascade.level", share=percent(step.level)), 11)
        d.text(x + 8, y + 82, step.status, shrunk([step.status], 11, w - 12), fill=MUTED)
        if k < 4 or step.passed > 0:
            _fall(d, x + w + 3 if k < 4 else x + w - 3, y, drop + 6, step.passed)
        d.text(x + 8, floor - 24, "▼ " + scene.say("cascade.passed", amount=number(step.passed)), 11, fill=MOMENTUM)
        d.text(x + 8, floor - 9, "− " + scene.say("cascade.lost", amount=number(step.lost)), 11, fill=MUTED)
    return d.svg()


def _phone(scene: Scene) -> str:
    d = Drawing(360, 390, scene.say("view.cascade.title"))
    for k, step in enumerate(steps(scene)):
        x, y, w = 4 + k * 12.0, 6 + k * 77.0, 300.0
        d.rect(x, y, w, 66, rx=4, fill=PANEL, stroke=RULE, stroke_dasharray=_dash(scene, k))
        d.rect(
            x, y, 5 + 60 * saturating(step.stock, 1.0) if step.stock > 0 else 0, 66, fill=MOMENTUM, fill_opacity=0.25
        )
        d.add("circle", cx=x + 16, cy=y + 17, r=10, fill=INK)
        d.text(x + 16, y + 21.5, str(k + 1), 13, anchor="middle", fill="#ffffff", font_weight=700)
        names = [say(f"stage.{STAGES[k]}", lang) for lang in (scene.lang, _OTHER[scene.lang])]
        d.text(x + 32, y + 22, f"{names[0]}  {names[1]}", 14, font_weight=700)
        d.text(x + w - 8, y + 22, number(step.stock), 13, anchor="end", fill=MOMENTUM, font_weight=700)
        _level(d, x + 32, y + 31, 120, step.level)
        d.text(x + 160, y + 39, scene.say("cascade.level", share=percent(step.level)), 11.5)
        d.text(x + w - 8, y + 39, step.status, 11.5, anchor="end", fill=MUTED)
        d.text(x + 32, y + 57, "▼ " + scene.say("cascade.passed", amount=number(step.passed)), 11.5, fill=MOMENTUM)
        d.text(x + 160, y + 57, "− " + scene.say("cascade.lost", amount=number(step.lost)), 11.5, fill=MUTED)
        if step.passed > 0:
            _fall(d, x + w + 6, y + 20, 52, step.passed)
    return d.svg()


def _dash(scene: Scene, stage: int) -> str | None:
    return "5 4" if scene.model.parameters.activity.intensity[stage] == 0 else None


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
