"""The pieces of an explanation: facts with gauges, tables of choices, and ways to the next explanation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from simulation.agents.institution import Institution
from simulation.app.views.scene import Scene
from simulation.app.views.svg import percent
from simulation.scenario.modes import MODES


def heading(name: str, *notes: str) -> str:
    """Return the title, with short notes beside it."""
    small = f" <small>{escape(' · '.join(notes))}</small>" if notes else ""
    return f"<h3>{escape(name)}{small}</h3>"


def section(name: str, state: str) -> str:
    """Return the title of a part, and the present state at its right."""
    return f"<h4>{escape(name)}<span>{escape(state)}</span></h4>"


def paragraph(text: str) -> str:
    """Return a sentence."""
    return f"<p>{escape(text)}</p>"


def gauge(share: float, label: str, *, over: bool = False) -> str:
    """Return a bar that is filled to a share; hatched where it is ``over`` what can be carried."""
    width = 0.0 if math.isnan(share) else 100 * min(max(share, 0.0), 1.0)
    extra = " over" if over else ""
    return f'<div class="gauge{extra}" role="img" aria-label="{escape(label)}"><i style="width:{width:.0f}%"></i></div>'


def fact(name: str, shown: str, share: float | None = None, *, over: bool = False) -> str:
    """Return one number with its name, and a gauge where it is a share of something."""
    bar = "" if share is None else gauge(share, f"{name} {shown}", over=over)
    return f'<div class="fact"><span>{escape(name)}</span><b>{escape(shown)}</b>{bar}</div>'


def facts(entries: Iterable[str]) -> str:
    """Return facts, two beside each other."""
    return f'<div class="facts">{"".join(entries)}</div>'


def load_fact(scene: Scene, load: float, capacity: float) -> str:
    """Return a load beside the capacity to carry it."""
    return fact(scene.say("inspect.load"), f"{load:.1f} / {capacity:.1f}", load / capacity, over=load > capacity)


def way(pick: str, label: str) -> str:
    """Return a button that explains something else."""
    return f'<button type="button" class="way" data-pick="{escape(pick)}">{escape(label)}</button>'


def ways(*buttons: str) -> str:
    """Return several such buttons in a row."""
    return f'<div class="ways">{"".join(buttons)}</div>' if buttons else ""


def table(kind: str, heads: Sequence[str], rows: Iterable[str]) -> str:
    """Return a table of rows, each given as its cells' HTML."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def communities(scene: Scene, inside: Iterable[int]) -> str:
    """Return the communities of a place as ways to their explanations, each with its sites and mean effect."""
    model, s = scene.model, scene.model.state
    names, rows = model.hierarchy.communities, []
    for k in inside:
        effect = float(s.effect[k].mean())
        label = scene.place(names[model.sample.communities[k]])
        rows.append(
            f'<tr><th scope="row">{way(f"community:{k}", label)}</th><td>{int(s.covered[k].sum())}</td>'
            f"<td>{gauge(effect, f'{label} {percent(effect)}')}</td><td>{percent(effect)}</td></tr>"
        )
    heads = ["inspect.community_name", "inspect.sites", "inspect.effect_short"]
    return table("cells", [*(scene.say(head) for head in heads), ""], rows)


def signed(value: float) -> str:
    """Return a utility with its sign."""
    return f"{value:+.2f}".replace("-", "−") if value else "0.00"


def choices(scene: Scene, head: str, entries: Iterable[tuple[str, float, float, bool]]) -> str:
    """Return what may be chosen, each as (label, utility, chance, True for the present choice)."""
    rows = [
        f'<tr class="{"now" if now else ""}"><td>{"▶" if now else ""}</td><th scope="row">{escape(label)}</th>'
        f"<td>{signed(value)}</td><td>{gauge(chance, f'{label} {percent(chance)}')}</td><td>{percent(chance)}</td></tr>"
        for label, value, chance, now in entries
    ]
    return table("modes", ["", head, scene.say("inspect.utility"), "", scene.say("inspect.chance")], rows)


def modes(scene: Scene, agent: Institution, utilities: Mapping[str, float], present: str | None) -> str:
    """Return the modes of execution with utility and the probability that the agent's logit gives each."""
    noise = float(agent.parameters.execution.noise)
    top = max(utilities.values())
    weights = {name: math.exp((value - top) / noise) for name, value in utilities.items()}
    total = sum(weights.values())
    entries = [
        (scene.word(f"mode.{name}"), value, weights[name] / total, name == present) for name, value in utilities.items()
    ]
    return choices(scene, scene.say("inspect.mode"), entries)


#: Pressure below which hardly anything comes of it.
LITTLE = 0.2


def because(scene: Scene, present: str | None, utilities: Mapping[str, float], load: float, pressure: float) -> str:
    """Return one sentence on what weighs most in a choice of mode; ``load`` is a ratio to the capacity."""
    best = max(utilities, key=utilities.__getitem__)
    if present != best:
        return scene.say("because.habit", best=scene.word(f"mode.{best}"))
    if load > 1:
        return scene.say("because.overload")
    if pressure < LITTLE:
        return scene.say("because.no_pressure")
    return scene.say("because.pressure" if MODES.index(present) in (0, 1) else "because.oversight")
