"""Validity of a design: every point goes through the task's own checks before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulation.drawing.progress import bar
from simulation.experiments.design.design import Design, identity
from simulation.files.errors import InputError, listed, told
from simulation.text import say
from simulation.text.told import Told

if TYPE_CHECKING:
    from simulation.experiments.running.protocol import Task

MOST_REASONS = 20
"""Reasons that are told apart; points refused for others are counted together."""
_SHOWN = 5
_EVERY = 256


@dataclass
class Refused:
    """Points that the task refuses for one reason.

    Attributes
    ----------
    reason : InputError or None
        The error of the first of them; None for the points whose reasons are too many to tell apart.
    points : int
        Their number.
    example : dict
        The first of them: name of a factor to its value.
    """

    reason: InputError | None
    points: int
    example: dict[str, Any]


def refused_points(design: Design, task: Task, lang: str = "en") -> tuple[int, list[Refused]]:
    """Return the number of distinct points, and those that the task refuses, by reason, the most frequent first.

    No model is built: a point takes well under a tenth of a millisecond, and a bar appears after two seconds.

    Parameters
    ----------
    design : Design
        The design.
    task : task
        Its hook ``check_point`` is called with each point; a task without it refuses none.
    lang : {'en', 'zh'}
        Language of the bar.
    """
    check = getattr(task, "check_point", None)
    found: dict[tuple[Any, ...], Refused] = {}
    names, seen, number = design.names, set(), 0
    with bar(say("experiments.checking", lang)) as update:
        for values in design.points():
            if number % _EVERY == 0:
                update(number, design.size)
            # A grid has no equal points; of other designs only small things are kept, to know a point again.
            if design.kind != "grid":
                known = identity(names, values)
                if known in seen:
                    continue
                seen.add(known)
            number += 1
            if check is None:
                continue
            point = dict(zip(names, values, strict=True))
            try:
                check(point)
            except InputError as error:
                _count(found, error, point)
    return number, sorted(found.values(), key=lambda group: -group.points)


def check_points(design: Design, task: Task, lang: str = "en") -> int:
    """Return the number of distinct points; raise InputError when the task refuses some of them.

    Raises
    ------
    InputError
        Says how many points are refused, grouped by reason, each with an example.
    """
    number, groups = refused_points(design, task, lang)
    if groups:
        reasons = [_told(group) for group in groups[:_SHOWN]]
        if rest := groups[_SHOWN:]:
            others = sum(group.points for group in rest)
            reasons.append(told("error.validity.more", reasons=len(rest), number=others))
        refused = sum(group.points for group in groups)
        raise InputError(
            told("error.validity", refused=refused, points=number, reasons=listed(reasons, "semicolon")),
            file=design.file,
            key="factors",
            allowed=told("error.validity.allowed"),
        )
    return number


def _count(found: dict[tuple[Any, ...], Refused], error: InputError, point: dict[str, Any]) -> None:
    reason: tuple[Any, ...] = (error.key, error.allowed, "".join(sign for sign in error.problem if not sign.isdigit()))
    if reason not in found and len(found) >= MOST_REASONS:
        reason = ()
    group = found.setdefault(reason, Refused(error if reason else None, 0, point))
    group.points += 1


def _told(group: Refused) -> Told:
    point = ", ".join(f"{name} = {value!r}" for name, value in group.example.items())
    if len(point) > 300:
        point = point[:299] + "…"
    words = {"number": group.points, "example": point}
    if group.reason is None:
        return told("error.validity.other", **words)
    return told("error.validity.reason", key=group.reason.key or "", problem=group.reason.problem, **words)
