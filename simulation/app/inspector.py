"""Explanation of a unit (modes with their utilities, load, pressure) or of a community (sites and citizens)."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from simulation.app.views.scene import Scene
from simulation.app.views.svg import number, percent
from simulation.scenario.modes import MODES


def explain(scene: Scene) -> str:
    """Return the explanation of the picked place, as HTML; empty when no place is picked."""
    kind, _, index = scene.picked.partition(":")
    if kind == "unit":
        return _unit(scene, int(index))
    return _community(scene, int(index)) if kind == "community" else ""


def _bar(share: float, label: str, *, over: bool = False) -> str:
    width = 0.0 if math.isnan(share) else 100 * min(max(share, 0.0), 1.0)
    extra = " over" if over else ""
    return f'<div class="gauge{extra}" role="img" aria-label="{escape(label)}"><i style="width:{width:.0f}%"></i></div>'


def _fact(name: str, shown: str, share: float | None = None, *, over: bool = False) -> str:
    bar = "" if share is None else _bar(share, f"{name} {shown}", over=over)
    return f'<div class="fact"><span>{escape(name)}</span><b>{escape(shown)}</b>{bar}</div>'


def _unit(scene: Scene, u: int) -> str:
    unit = scene.model.units[u]
    s, g = scene.model.state, scene.model.ground
    ratio = unit.load / unit.capacity
    tier = scene.say("hierarchy.department" if unit.is_department else "hierarchy.county")
    engaged = scene.say("inspect.engaged" if unit.engaged else "inspect.not_engaged")
    parts = [
        f"<h3>{escape(scene.place(unit.name))} <small>{escape(tier)} · {escape(engaged)}</small></h3>",
        '<div class="facts">',
        _fact(scene.say("inspect.load"), f"{unit.load:.1f} / {unit.capacity:.1f}", ratio, over=ratio > 1),
        _fact(scene.say("inspect.confidence"), percent(unit.confidence), unit.confidence),
        _fact(scene.say("inspect.momentum"), number(unit.momentum)),
        _fact(scene.say("inspect.effect"), percent(unit.effect), unit.effect),
        "</div>",
    ]
    having = [j for j in range(len(scene.model.spec.domains)) if s.has[u, j]]
    if not having:
        parts.append(f"<p>{escape(scene.say('inspect.nothing'))}</p>")
    for j in having:
        key = list(scene.model.spec.domains)[j]
        mode = int(s.mode[u, j])
        chosen = scene.word(f"mode.{MODES[mode]}")
        parts.append(f"<h4>{escape(scene.domain(j))}<span>{escape(chosen)}</span></h4>")
        parts.append(f"<p>{escape(_because(scene, u, j))}</p>")
        parts.append(_modes(scene, unit.utilities(key), mode))
        facts = [
            (scene.say("inspect.pressure"), unit.pressure(key)),
            (scene.say("inspect.severity"), float(g.severity[u, j])),
            (scene.say("inspect.routine"), float(s.routine[u, j])),
            (scene.say("inspect.domain_effect"), float(s.mean_effect[u, j])),
        ]
        parts.append('<div class="facts">')
        parts += [_fact(name, percent(value), value) for name, value in facts]
        parts.append(_fact(scene.say("inspect.sites"), str(int(s.sites[u, j]))) + "</div>")
    return "".join(parts)


def _modes(scene: Scene, utilities: dict[str, float], mode: int) -> str:
    """Return the four modes with utility and the probability that the logit gives each."""
    noise = float(scene.model.parameters.execution.noise)
    top = max(utilities.values())
    weights = {name: math.exp((value - top) / noise) for name, value in utilities.items()}
    total = sum(weights.values())
    rows = []
    for place, (name, value) in enumerate(utilities.items()):
        share = weights[name] / total
        label = scene.word(f"mode.{name}")
        mark = "▶" if place == mode else ""
        utility = f"{value:+.2f}".replace("-", "−")
        rows.append(
            f'<tr class="{"now" if place == mode else ""}"><td>{mark}</td><th scope="row">{escape(label)}</th>'
            f"<td>{utility}</td><td>{_bar(share, f'{label} {percent(share)}')}</td><td>{percent(share)}</td></tr>"
        )
    heads = ["", scene.say("inspect.mode"), scene.say("inspect.utility"), "", scene.say("inspect.chance")]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return f'<table class="modes"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _because(scene: Scene, u: int, j: int) -> str:
    """Return one sentence on what weighs most for a unit in a domain now."""
    unit, s = scene.model.units[u], scene.model.state
    key = list(scene.model.spec.domains)[j]
    mode = int(s.mode[u, j])
    utilities = unit.utilities(key)
    best = max(utilities, key=utilities.__getitem__)
    if MODES[mode] != best:
        return scene.say("because.habit", best=scene.word(f"mode.{best}"))
    if unit.load > unit.capacity:
        return scene.say("because.overload")
    if unit.pressure(key) < 0.2:
        return scene.say("because.no_pressure")
    return scene.say("because.pressure" if mode in (0, 1) else "because.oversight")


def _community(scene: Scene, k: int) -> str:
    model, s, g = scene.model, scene.model.state, scene.model.ground
    name = model.hierarchy.communities[model.sample.communities[k]]
    county = model.hierarchy.units[g.community_county[k]]
    citizens = model.citizens
    here = np.asarray(citizens.get("community")) == k
    trust = float(np.mean(citizens.get("trust")[here])) if here.any() else math.nan
    aware = float(np.mean(citizens.get("awareness")[here])) if here.any() else math.nan
    parts = [
        f"<h3>{escape(scene.place(name))} <small>{escape(scene.place(county))}</small></h3>",
        '<div class="facts">',
        _fact(scene.say("inspect.citizens"), str(int(here.sum()))),
        _fact(scene.say("inspect.platforms"), percent(float(g.platforms[k])), float(g.platforms[k])),
        _fact(scene.say("metric.trust"), percent(trust), trust),
        _fact(scene.say("metric.awareness"), percent(aware), aware),
        "</div>",
    ]
    heads = ["inspect.domain", "inspect.site_since", "inspect.effect_short", "inspect.takes_part"]
    head = "".join(f'<th scope="col">{escape(scene.say(text))}</th>' for text in heads)
    rows = []
    for j in range(len(model.spec.domains)):
        since = scene.say("inspect.week", week=int(s.site_since[k, j])) if s.covered[k, j] else "–"
        effect, part = float(s.effect[k, j]), float(s.participation[k, j])
        rows.append(
            f'<tr><th scope="row">{escape(scene.domain(j))}</th><td>{escape(since)}</td>'
            f"<td>{_bar(effect, percent(effect))}{percent(effect)}</td><td>{percent(part)}</td></tr>"
        )
    parts.append(f'<table class="cells"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>')
    parts.append(f"<p>{escape(scene.say('inspect.part_note'))}</p>")
    if not s.covered[k].any():
        parts.append(f"<p>{escape(scene.say('inspect.no_site'))}</p>")
    return "".join(parts)
