"""Terms of the theory, each with its meaning from the glossary at hand: on the cards, the controls and the figures."""

from __future__ import annotations

from html import escape

from nicegui.element import Element

from simulation.text import say

#: Terms of the glossary that a part of the page uses; parts by the key of their title.
TERMS = {
    "view.cascade.title": ("political_momentum", "five_momenta", "gate"),
    "view.hierarchy.title": ("unit", "executor", "site"),
    "view.outcome.title": ("governance_effect", "point", "site"),
    "view.matrix.title": ("substantive", "adaptive", "symbolic", "selective"),
    "view.expansion.title": ("agenda", "department", "buck_passing", "attention"),
    "view.surface.title": ("point_to_surface", "surface", "pilot"),
    "view.ledger.title": ("ledger", "local_resources", "spotlight"),
    "view.participation.title": ("body", "community_governance"),
    "group.instruction": ("instruction", "political_momentum"),
    "group.trend": ("trend",),
    "group.authority": ("authority", "leading_group", "attention", "buck_passing"),
    "group.publicity": ("publicity", "select_sites", "scout_sites", "fix_sites"),
    "group.settlement": ("settlement", "division", "pilot", "local_resources", "routine"),
    "group.leverage": ("leverage", "leverage_directions", "spotlight", "diffusion"),
}


def term(name: str, meaning: str) -> str:
    """Return a name as HTML that shows its meaning when it is pointed at, focused or touched."""
    return f'<button type="button" class="term" data-meaning="{escape(meaning)}">{escape(name)}</button>'


def terms(part: str, lang: str) -> str:
    """Return the terms of a part of the page as HTML; empty where it has none.

    Parameters
    ----------
    part : str
        A key of `TERMS`.
    lang : str
        ``en`` or ``zh``.
    """
    keys = TERMS.get(part, ())
    return "".join(term(say(f"glossary.{key}", lang), say(f"glossary.{key}.meaning", lang)) for key in keys)


class Bubble(Element, component="terms.js"):
    """Shows the meaning of a term beside it; one for the whole page."""
