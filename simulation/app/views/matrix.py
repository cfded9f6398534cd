"""County × domain: how each unit executes each domain, with which effect, and how much its towns have to carry."""

from __future__ import annotations

import numpy as np

from simulation.agents.county import leading_modes
from simulation.agents.town import all_loads
from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    INK,
    MUTED,
    NARROW,
    RULE,
    SMALLEST,
    WARN,
    WIDE,
    Drawing,
    effect_colour,
    fit,
    in_rows,
    mode_sign,
    on_effect,
    percent,
    wrap,
)
from simulation.scenario.modes import MODES, NO_MODE

PLACE, PAIRED = 40, True
CITY = True
WAITS = True
LOAD_WIDTH, ROW, LINE = 56.0, 38.0, 15.0


def draw(scene: Scene) -> str:
    """Draw the map: shade is effect, shape the mode of most sites, the small number open sites, the bar the load."""
    model, s, g = scene.model, scene.model.state, scene.model.ground
    modes = np.empty(s.has.shape, np.int8)
    leading_modes(g, s, modes)
    loads = all_loads(model)
    units, domains = list(scene.units()), len(model.spec.domains)
    width, left = (NARROW, 100.0) if scene.narrow else (WIDE, 116.0)
    pitch = (width - left - 4) / domains
    heads = _heads(scene, pitch)
    names = [] if heads else _names(scene, width)
    signs = [scene.word(f"mode.{mode}") for mode in MODES]
    keys = in_rows(signs, 20, width)
    top = 6 + LINE * (max(len(lines) for lines in heads) if heads else 1) + LINE
    below = top + ROW * len(units)
    legend = 4 + 20.0 * (keys[-1][1] + 1)
    d = Drawing(width, below + legend + LINE * len({y for _, y, _ in names}) + 6, scene.say("view.matrix.title"))
    for j in range(domains):
        x, weight = left + pitch * (j + 0.5), 700 if j == g.point else 400
        for line, words in enumerate(heads[j] if heads else [str(j + 1)]):
            d.text(x, 13 + LINE * line, words, anchor="middle", font_weight=weight)
        sign = ("●" if j == g.point else "") + ("✓" if s.proven[scene.chosen_city, j] else "")
        d.text(x, top - 5, sign, anchor="middle", fill=INK)
    for i, u in enumerate(units):
        y = top + ROW * i
        name = scene.place(model.hierarchy.units[u])
        load = float(loads[g.unit_executor[u] : g.unit_executor[u + 1]].mean()) / model.units[u].capacity
        label = scene.say("matrix.row", name=name, load=percent(load))
        d.target(f"unit:{u}", label, on=scene.picked == f"unit:{u}")
        d.rect(0, y, width, ROW, fill="#ffffff", fill_opacity=0.01)
        lines = wrap(name, SMALLEST, left - 10)
        for line, words in enumerate(lines):
            d.text(left - 6, y + (15 if len(lines) == 1 else 12) + 13.5 * line, words, anchor="end")
        _load(d, left - 6 - LOAD_WIDTH, y + ROW - 8, load)
        for j in range(domains):
            _cell(d, scene, u, j, int(modes[u, j]), left + pitch * j, y, pitch)
        d.end()
    for mode, (x, row) in enumerate(keys):
        mode_sign(d, mode, x + 6, below + 15 + 20 * row, 5, INK)
        d.text(x + 17, below + 19 + 20 * row, signs[mode], fill=MUTED)
    for x, y, name in names:
        d.text(x, below + legend + y, name, fill=MUTED)
    return d.svg()


def _heads(scene: Scene, pitch: float) -> list[list[str]]:
    """Return the domains' names in lines over their columns; none where a name is too long for that."""
    labels = [scene.domain(j) for j in range(len(scene.model.spec.domains))]
    heads = [wrap(label, SMALLEST, pitch - 3, lines=3) for label in labels]
    glued = zip(labels, heads, strict=True)
    whole = all("".join(lines).replace(" ", "") == label.replace(" ", "") for label, lines in glued)
    return heads if whole else []


def _names(scene: Scene, width: float) -> list[tuple[float, float, str]]:
    """Return the key to numbered columns: place and text, in two columns where there is room."""
    labels = [f"{j + 1}  {scene.domain(j)}" for j in range(len(scene.model.spec.domains))]
    columns = 1 if scene.narrow else 2
    rows = -(-len(labels) // columns)
    room = width / columns - 10
    return [
        (6 + width / columns * (j // rows), 13 + LINE * (j % rows), fit(label, SMALLEST, room))
        for j, label in enumerate(labels)
    ]


def _cell(d: Drawing, scene: Scene, u: int, j: int, mode: int, x: float, y: float, pitch: float) -> None:
    """Draw a unit's work in a domain: mode and number of sites above, effect below."""
    s, has = scene.model.state, mode != NO_MODE
    effect, sites = float(s.mean_effect[u, j]), int(s.sites[u, j])
    d.begin(
        title=scene.say(
            "matrix.cell",
            unit=scene.place(scene.model.hierarchy.units[u]),
            domain=scene.domain(j),
            mode=scene.word(f"mode.{MODES[mode]}") if has else scene.say("matrix.none"),
            effect=percent(effect),
            sites=sites,
        )
    )
    d.rect(x + 1, y + 1, pitch - 2, ROW - 2, rx=3, fill=effect_colour(effect), stroke=RULE)
    ink = on_effect(effect)
    if has:
        mode_sign(d, mode, x + 10, y + 11, 4.6, ink)
    if pitch > 40 and sites:
        d.text(x + pitch - 4, y + 15, str(sites), anchor="end", fill=ink)
    if has or effect >= 0.005:
        share = percent(effect)
        d.text(x + pitch - 4, y + 31, share if pitch > 34 else share.rstrip("%"), anchor="end", fill=ink)
    d.end()


def _load(d: Drawing, x: float, y: float, load: float) -> None:
    """Draw a load as a bar up to the capacity; a sign tells that it is above, whatever colours a viewer sees."""
    d.rect(x, y, LOAD_WIDTH, 4.5, fill="#ffffff", stroke=RULE)
    d.rect(x, y, LOAD_WIDTH * min(load, 1.0), 4.5, fill=WARN if load > 1 else MUTED)
    if load > 1:
        d.add("path", d=f"M{x - 6:.4g} {y - 2:.4g}v5m0 2v2", class_="over", stroke=WARN, stroke_width=2.4, fill="none")
