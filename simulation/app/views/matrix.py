"""County × domain: how each unit executes each domain, with which effect, and how much its towns have to carry."""

from __future__ import annotations

import numpy as np

from simulation.agents.county import leading_modes
from simulation.agents.town import all_loads
from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    INK,
    MUTED,
    RULE,
    WARN,
    Drawing,
    effect_colour,
    fit,
    mode_sign,
    on_effect,
    percent,
    shrunk,
    wrap,
)
from simulation.scenario.modes import MODES, NO_MODE

PLACE, PAIRED = 40, True
LOAD_WIDTH = 56.0


def draw(scene: Scene) -> str:
    """Draw the map: shade is effect, shape the mode of most sites, the small number open sites, the bar the load."""
    model, s, g = scene.model, scene.model.state, scene.model.ground
    modes = np.empty(s.has.shape, np.int8)
    leading_modes(g, s, modes)
    loads, capacity = all_loads(model), float(model.parameters.execution.capacity)
    units, domains = list(scene.units()), len(model.spec.domains)
    width, left = (360.0, 82.0) if scene.narrow else (560.0, 112.0)
    pitch = (width - left - 4) / domains
    head = 34.0 if scene.narrow else 68.0
    row = 32.0
    legend = 22.0 * (2 if scene.narrow else 1) + (15.0 * domains if scene.narrow else 0)
    d = Drawing(width, head + row * len(units) + legend + 12, scene.say("view.matrix.title"))
    city = scene.chosen_city
    for j in range(domains):
        x = left + pitch * (j + 0.5)
        proven = bool(s.proven[city, j])
        if scene.narrow:
            d.text(x, 22, f"{j + 1}{'✓' if proven else ''}", 12, anchor="middle", font_weight=700)
            continue
        label = scene.domain(j)
        size = shrunk(label.split(" "), 10.5, pitch - 3, 9.5)
        for line, words in enumerate(wrap(label, size, pitch - 2, lines=4)):
            weight = 700 if j == g.point else 400
            d.text(x, 13 + 12.5 * line, words, size, anchor="middle", font_weight=weight)
        sign = ("● " + scene.say("matrix.point")) if j == g.point else ""
        sign = f"{sign} ✓".strip() if proven else sign
        d.text(x, head - 6, sign, 10, anchor="middle", fill=INK)
    for i, u in enumerate(units):
        y = head + row * i
        name = scene.place(model.hierarchy.units[u])
        load = float(loads[g.unit_executor[u] : g.unit_executor[u + 1]].mean()) / capacity
        label = scene.say("matrix.row", name=name, load=percent(load))
        d.target(f"unit:{u}", label, on=scene.picked == f"unit:{u}")
        d.rect(0, y, width, row, fill="#ffffff", fill_opacity=0.01)
        d.text(left - 6, y + row / 2 + 1, fit(name, 11.5, left - 10), 11.5, anchor="end")
        _load(d, left - 6 - LOAD_WIDTH, y + row / 2 + 6, load)
        for j in range(domains):
            effect, mode = float(s.mean_effect[u, j]), int(modes[u, j])
            x = left + pitch * j
            has = mode != NO_MODE
            said = scene.word(f"mode.{MODES[mode]}") if has else scene.say("matrix.none")
            d.begin(
                title=scene.say(
                    "matrix.cell",
                    unit=name,
                    domain=scene.domain(j),
                    mode=said,
                    effect=percent(effect),
                    sites=int(s.sites[u, j]),
                )
            )
            d.rect(x + 1, y + 1, pitch - 2, row - 2, rx=3, fill=effect_colour(effect), stroke=RULE)
            ink = on_effect(effect)
            if has:
                mode_sign(d, mode, x + 12, y + row / 2, 5, ink)
            if not scene.narrow:
                d.text(x + pitch - 6, y + 14, percent(effect), 10.5, anchor="end", fill=ink)
                sites = int(s.sites[u, j])
                d.text(x + pitch - 6, y + 26, f"⌂{sites}" if sites else "", 9.5, anchor="end", fill=ink)
            d.end()
        d.end()
    _legend(d, scene, head + row * len(units) + 18, width, domains)
    return d.svg()


def _load(d: Drawing, x: float, y: float, load: float) -> None:
    """Draw a load as a bar up to the capacity; a sign tells that it is above, whatever colours a viewer sees."""
    d.rect(x, y, LOAD_WIDTH, 4.5, fill="#ffffff", stroke=RULE)
    d.rect(x, y, LOAD_WIDTH * min(load, 1.0), 4.5, fill=WARN if load > 1 else MUTED)
    if load > 1:
        d.text(x - 4, y + 6, "!", 11, anchor="end", fill=WARN, font_weight=700)


def _legend(d: Drawing, scene: Scene, y: float, width: float, domains: int) -> None:
    shown = [*enumerate(MODES)]
    pitch = width / (2 if scene.narrow else len(MODES))
    for mode, name in shown:
        column, line = (mode % 2, mode // 2) if scene.narrow else (mode, 0)
        x = 10 + pitch * column
        mode_sign(d, mode, x, y - 4 + 20 * line, 5, INK)
        d.text(x + 10, y + 20 * line, scene.word(f"mode.{name}"), 10.5, fill=MUTED)
    if scene.narrow:
        for j in range(domains):
            d.text(6, y + 42 + 15 * j, f"{j + 1}  {scene.domain(j)}", 11, fill=MUTED)
