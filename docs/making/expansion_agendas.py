"""The parts of docs/expansion.md that change one thing at a time: breadth, overreach, buck-passing."""

# ruff: noqa: E501 (the prose of the document, one source line per line)

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd
from expansion_study import AT_PLAN, Study, interval, mean, ratio

from docs import table
from simulation.scenario import Scenario

INFINITE = float("inf")
INTENSITIES = (1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.0)
AGENDAS: tuple[Any, ...] = (1, 2, 3, 4, 6, "all")
SIGNALS = (0.0, 0.1, 0.25, 0.5, 1.0, 4.0)
WORDINGS = (0.0, 0.3, 0.5, 0.7, 1.0)
#: Shares of the leading group's intensity under which agendas are forced, and under which departments are compared.
WEAK, SHARES = (0.6, 0.4), (1.0, 0.6, 0.3, 0.0)
#: Factors of effectiveness below which a mechanism hardly matters, and above which it decides much.
HARDLY, MUCH = 1.05, 1.25
NO_CONFLICT: Mapping[str, Any] = {"departments.conflict": 0.0}
ALONE = ["setting", "effectiveness ÷ default", "core effect", "agenda at the plan", "agenda at the end"]
BESIDE = [*ALONE, "by hand: effectiveness ÷ its base", "by hand: core effect"]

Worlds = Mapping[str, Study]


def _domains(number: Any) -> str:
    return {1: "the point alone", "all": "all eight"}.get(number, f"{number} domains")


def _cells(study: Study, values: Mapping[str, Any]) -> list[str]:
    """Return ratio of effectiveness, core, agenda at the plan and in the end."""
    changed = study.found(values)
    return [
        ratio(changed.effectiveness, study.plain.effectiveness),
        mean(changed.core_effect),
        f"{changed[AT_PLAN].mean():.1f}",
        f"{changed.agenda.mean():.1f}",
    ]


def second(base: Scenario, domain: str) -> dict[str, Any]:
    """Return the domains with one of them moved behind the point: a forced agenda takes them in this order."""
    order = [base.point, domain, *(key for key in base.domains if key not in (base.point, domain))]
    return {key: base.domains[key].model_dump() for key in order}


def _one_change(study: Study) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return title to label to values, for the tables of the default world alone."""
    return {
        "The leading group's intensity": {f"× {i:g}": study.weak(i) for i in INTENSITIES},
        "The instruction's intensity": {f"{i:g}": {"instruction.intensity": i} for i in SIGNALS},
        "The wording": {f"{w:g}": {"instruction.wording": w} for w in WORDINGS},
    }


def _forced(study: Study, share: float) -> dict[str, Mapping[str, Any]]:
    """Return label to values: forced agendas under a weak group, and what the group does by itself."""
    weak = study.weak(share)
    return {
        **{_domains(n): weak | {"agenda.domains": n} for n in AGENDAS},
        **{f"{_domains(n)}, span ∞": weak | {"agenda.domains": n, "agenda.span": INFINITE} for n in (4, "all")},
        "its own choice": weak,
        "its own choice, optimism 2": weak | {"agenda.optimism": 2.0},
    }


def _reordered(study: Study, share: float) -> dict[str, Mapping[str, Any]]:
    other = study.weak(share) | {"domains": second(study.base, "environment")}
    return {_domains(n): other | {"agenda.domains": n} for n in AGENDAS}


def directions(default: Study, hand: Study) -> str:
    """Return the tables of one changed thing at a time, and what they show."""
    text = []
    for title, settings in _one_change(default).items():
        rows = [[label, *_cells(default, values)] for label, values in settings.items()]
        text.append(f"### {title}\n\n{table(ALONE, rows)}")
    beside = {"A forced agenda": [{_domains(n): {"agenda.domains": n} for n in AGENDAS}] * 2}
    for share in WEAK:
        beside[f"A forced agenda under a group of × {share:g}"] = [_forced(s, share) for s in (default, hand)]
        title = f"The same under × {share:g}, with `environment` second in the order"
        beside[title] = [_reordered(s, share) for s in (default, hand)]
    for title, (ours, theirs) in beside.items():
        rows = [[label, *_cells(default, ours[label]), *_cells(hand, theirs[label])[:2]] for label in ours]
        text.append(f"### {title}\n\n{table(BESIDE, rows)}")
    return "\n".join(text) + "\n\n### What the tables show\n\n" + readings(default, hand)


def readings(default: Study, hand: Study) -> str:
    """Return what the tables show, in words that follow the numbers."""
    worlds = {"default world": default, "by hand": hand}
    lines = [f"- **Breadth is chosen.** {_chosen(default)}"]
    lines += [
        f"- **Overreach, {world}.** {' '.join(_overreach(s, share) for share in WEAK)}" for world, s in worlds.items()
    ]
    lines.append(
        "- **The place of the turn is assumed.** It is the span of attention "
        f"({default.base.agenda.span:g} domains in the default world, {hand.base.agenda.span:g} by hand). With an endless "
        "span (∞), all eight give "
        + "; ".join(
            f"{_relative(s, s.weak(share) | {'agenda.domains': 'all', 'agenda.span': INFINITE}):.2f} under × {share:g} ({world})"
            for world, s in worlds.items()
            for share in WEAK
        )
        + "."
    )
    lines.append(
        "- **One domain is unlike the others.** A forced agenda takes the domains in the order of the file. `environment` "
        "is executed by the procuratorate, whose own staff follows the city's group fully and always co-operates. "
        + " ".join(_order(world, s) for world, s in worlds.items())
    )
    return "\n".join(lines)


def _relative(study: Study, values: Mapping[str, Any]) -> float:
    return float(study.found(values).effectiveness.mean() / study.plain.effectiveness.mean())


def compared(default: Study, hand: Study) -> str:
    """Return how overreach and conflict between departments compare in the two worlds."""

    def lost(study: Study) -> float:
        weak = study.weak(WEAK[0])
        return _relative(study, weak) - _relative(study, weak | {"agenda.domains": "all"})

    def gained(study: Study) -> float:
        weak = study.weak(SHARES[-2])
        return _relative(study, {**weak, **NO_CONFLICT}) / _relative(study, weak)

    overreach, conflict = (tuple(of(study) for study in (default, hand)) for of in (lost, gained))
    less = overreach[0] < overreach[1] and conflict[0] < conflict[1]
    return (
        f"Under a leading group of × {WEAK[0]:g} all eight domains cost {overreach[0]:.2f} of the base's effectiveness\n"
        f"against the group's own choice, and {overreach[1]:.2f} by hand. Under × {SHARES[-2]:g}, a city without conflict between\n"
        f"departments has {conflict[0]:.2f} times the effectiveness, and {conflict[1]:.2f} times by hand."
        + (" Both mechanisms are less at work in the default world." if less else "")
    )


def _chosen(study: Study) -> str:
    """Return how the agenda at the plan follows the group, the instruction and the wording."""
    said = []
    for title, settings in _one_change(study).items():
        taken = [float(study.found(values)[AT_PLAN].mean()) for values in settings.values()]
        labels = list(settings)
        if title.startswith("The leading"):
            taken, labels = taken[::-1], labels[::-1]
        steady = all(a <= b + 1e-9 for a, b in pairwise(taken))
        moves = "grows" if steady and taken[-1] > taken[0] else "goes"
        said.append(
            f"{moves} from {taken[0]:.1f} to {taken[-1]:.1f} domains with {title[0].lower()}{title[1:]} ({labels[0]} to {labels[-1]})"
        )
    return f"The agenda at the plan {'; it '.join(said)}."


def _overreach(study: Study, share: float) -> str:
    """Return what taking on all eight costs under a weak group, beside the best number, its own choice and optimism."""
    weak = study.weak(share)
    runs = {n: study.found(weak | {"agenda.domains": n}) for n in AGENDAS}
    own, hopeful = study.found(weak), study.found(weak | {"agenda.optimism": 2.0})
    whole = runs["all"]
    _, low, high = interval(whole.effectiveness, own.effectiveness)
    verdict = "less than" if high < 1 else "more than" if low > 1 else "within noise of"
    best = max(AGENDAS, key=lambda n: float(runs[n].effectiveness.mean()))

    def cell(found: pd.DataFrame) -> str:
        return f"{found.effectiveness.mean() / study.plain.effectiveness.mean():.2f}"

    return (
        f"Under × {share:g} all eight give {cell(whole)} (core effect {whole.core_effect.mean():.3f}), {verdict} the "
        f"{cell(own)} of the group's own choice of {own[AT_PLAN].mean():.1f} domains at the plan (core {own.core_effect.mean():.3f}). "
        f"The best forced agenda is {_domains(best)}, {cell(runs[best])}. Where the group believes its span to be twice as "
        f"wide as it is, it takes on {hopeful[AT_PLAN].mean():.1f} and reaches {cell(hopeful)}."
    )


def _order(world: str, study: Study) -> str:
    """Return how much the second domain of a forced agenda adds under weak groups, by the order of the domains."""
    said = []
    for share in WEAK:
        plain, moved = (of(study, share) for of in (_forced, _reordered))
        two, three = _domains(2), _domains(3)
        cells = [f"{_relative(study, settings[n]):.2f}" for n in (two, three) for settings in (plain, moved)]
        said.append(
            f"under × {share:g} two domains give {cells[0]} without it and {cells[1]} with it, three {cells[2]} and {cells[3]}"
        )
    return f"{world[0].upper()}{world[1:]}: {'; '.join(said)}."


def buck_passing(default: Study, hand: Study) -> str:
    """Return effectiveness with and without conflict between departments, by the leading group's intensity."""
    worlds = {"default world": default, "by hand": hand}
    rows, told = [], []
    for world, study in worlds.items():
        gains = []
        for share in SHARES:
            values = study.weak(share)
            with_, without = study.found(values), study.found({**values, **NO_CONFLICT})
            cells = [ratio(found.effectiveness, study.plain.effectiveness) for found in (with_, without)]
            rows.append([world, f"× {share:g}", *cells, mean(with_.co_operation)])
            gains.append(interval(without.effectiveness, with_.effectiveness)[0])
        full = study.found({}).co_operation.mean()
        weakest = study.found(study.weak(SHARES[-2])).co_operation.mean()
        told.append(
            f"{world[0].upper()}{world[1:]}: without conflict effectiveness is multiplied by "
            + ", ".join(f"{gain:.2f} (× {share:g})" for share, gain in zip(SHARES, gains, strict=True))
            + f"; {full:.0%} of the departments co-operate under the full group, and {weakest:.0%} under × {SHARES[-2]:g}."
            + (
                " So conflict decides much where the leading group is weak, and hardly anything under a strong one."
                if gains[0] < HARDLY and gains[-2] > MUCH
                else ""
            )
        )
    header = ["world", "leading group", "with conflict", "without", "share of departments that co-operate"]
    return table(header, rows) + "\n" + "\n".join(f"- {line}" for line in told) + "\n"
