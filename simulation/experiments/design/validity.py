"""Validity of a design: every point goes through the task's own checks before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulation.drawing.progress import bar
from simulation.experiments.design.design import Design, identity
from simulation.files.errors import InputError, told
from simulation.text import say

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
            # Only a grid and a list have no equal points; and only small things may be kept of each.
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
        refused = sum(group.points for group in groups)
        raise InputError(
            f"{refused} of {number} points cannot be run: {'; '.join(map(_told, groups[:_SHOWN]))}"
            + (f"; and {len(groups) - _SHOWN} more reasons" if len(groups) > _SHOWN else ""),
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


def _told(group: Refused) -> str:
    point = ", ".join(f"{name} = {value!r}" for name, value in group.example.items())
    if len(point) > 300:
        point = point[:299] + "…"
    why = "other reasons" if group.reason is None else f"{group.reason.key}: {group.reason.problem}"
    return f"{why} ({group.points} points, for example {point})"
