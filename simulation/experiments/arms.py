"""The arms of a comparison: scenarios as they are and with changes, each under a name of its own."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.experiments import labels
from simulation.experiments.running.protocol import Task
from simulation.experiments.running.task import ModelTask, as_task, label_of
from simulation.files.errors import InputError, told
from simulation.scenario.settings import from_week
from simulation.scenario.variation import change_in_words, listed_changes
from simulation.text import say

LARGEST_SEED = 2**53 - 1
"""Stores, R and JSON read whole numbers exactly up to here."""
MOST_ARMS = 100
_SPAN = re.compile(r"(\d{1,16})(?:\s*-\s*(\d{1,16}))?")
_FROM = re.compile(r"(\d{1,16})(?:\s+from\s+(\d{1,16}))?")
_MOST_SEEDS = 1_000_000


@dataclass(frozen=True)
class Arm:
    """One of the things that are compared: its task, and its title in both languages."""

    task: Task
    title: labels.Both


def named_arms(scenarios: Any, changes: Sequence[Mapping[str, Any]] = ()) -> dict[str, Arm]:
    """Return arm name to arm: every scenario, each followed by itself with each of the changes.

    Parameters
    ----------
    scenarios : scenario, sequence, or mapping of names
        Names, files, tables, loaded scenarios or callables; equal labels are numbered.
    changes : sequence of mappings
        Each maps dotted keys to values.

    Raises
    ------
    InputError
        For an unknown scenario, key or value, or a callable with changes.
    """
    arms: dict[str, Arm] = {}
    for name, given in _named(scenarios):
        task = as_task(given)
        of = task.scenario if isinstance(task, ModelTask) else given
        arms[name] = Arm(task, labels.scenario(of, name))
        for change in changes:
            if not isinstance(task, ModelTask):
                raise InputError(told("error.arms.function"), key="--set", given=name)
            other = ModelTask(task.scenario.with_values(dict(change)))
            shown = ", ".join(_assigned(key, value) for key, value in change.items())
            arms[_numbered(f"{name}, {shown}", arms)] = Arm(other, labels.changed(arms[name].title, change))
    arms = _told_apart(arms)
    if len(arms) > MOST_ARMS:
        raise InputError(told("error.arms.many"), given=len(arms), allowed=told("error.limit.number", most=MOST_ARMS))
    return arms


def _told_apart(arms: Mapping[str, Arm]) -> dict[str, Arm]:
    """Return the arms, their names beside titles that several of them have: a copied file often keeps its title."""
    often = Counter(title for arm in arms.values() for title in arm.title.items())
    found = {}
    for name, arm in arms.items():
        shared = any(often[title] > 1 and title[1] != name for title in arm.title.items())
        title = {lang: say("experiments.changed", lang, title=text, changes=name) for lang, text in arm.title.items()}
        found[name] = Arm(arm.task, title) if shared else arm
    return found


def combined(assignments: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return the changes that a list of keys and values asks for.

    Different keys change together; a key that is given several times makes one change per value.
    """
    values: dict[str, list[Any]] = {}
    for key, value in assignments:
        values.setdefault(key, []).append(value)
    return [dict(zip(values, chosen, strict=True)) for chosen in itertools.product(*values.values())] if values else []


def parse_seeds(text: str, most: int = 0) -> tuple[list[int], int]:
    """Return the seeds that a text names, and how many of them to begin with.

    Parameters
    ----------
    text : str
        ``20`` (twenty seeds, from 0 on), ``20 from 100``, or seeds and spans: ``3,7,11`` or ``100-119,200``.
    most : int
        Where the text says how many, the seeds go on up to this number of them.

    Raises
    ------
    InputError
        For anything else, for a seed that stands there twice, and for fewer than two.
    """

    def refuse(problem: str) -> InputError:
        return InputError(
            problem,
            key="--seeds",
            given=text,
            allowed=told("error.seeds.forms"),
        )

    cleaned = text.strip().replace("，", ",").replace("–", "-")
    if found := _FROM.fullmatch(cleaned):
        begin, first = int(found[1]), int(found[2] or 0)
        spans = [(first, first + max(begin, most) - 1)]
    else:
        ends = [_SPAN.fullmatch(part.strip()) for part in cleaned.split(",")]
        if None in ends:
            raise refuse(told("error.seeds.none"))
        begin, spans = _MOST_SEEDS, [(int(one[1]), int(one[2] or one[1])) for one in ends if one]
    if any(first > last for first, last in spans):
        raise refuse(told("error.seeds.none"))
    if sum(last - first + 1 for first, last in spans) > _MOST_SEEDS or max(last for _, last in spans) > LARGEST_SEED:
        raise refuse(told("error.seeds.large"))
    seeds = [seed for first, last in spans for seed in range(first, last + 1)]
    if len(set(seeds)) < len(seeds):
        raise refuse(told("error.seeds.twice"))
    if min(begin, len(seeds)) < 2:
        raise refuse(told("error.seeds.two"))
    return seeds, min(begin, len(seeds))


def parse_half_width(text: str) -> float:
    """Return the half-width that a text such as ``± 0.01`` asks for."""
    cleaned = re.sub(r"^\s*(±|\+/-|\+-)\s*", "", text).strip()
    try:
        width = float(cleaned)
    except ValueError:
        width = -1.0
    if not 0 < width < float("inf"):
        raise InputError(told("error.width.none"), key="--until", given=text, allowed=told("error.width.allowed"))
    return width


def _named(scenarios: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(scenarios, Mapping):
        yield from ((str(name), given) for name, given in scenarios.items())
        return
    if isinstance(scenarios, str | Path) or not isinstance(scenarios, Sequence):
        scenarios = [scenarios]
    taken: set[str] = set()
    for given in scenarios:
        name = _numbered(label_of(given), taken)
        taken.add(name)
        yield name, given


def _numbered(label: str, taken: Any) -> str:
    name, number = label, 2
    while name in taken:
        name, number = f"{label} ({number})", number + 1
    return name


def _assigned(key: str, value: Any) -> str:
    """Return a change as it is typed after ``--set``, ``execution.oversight=0.2@80``; changes of a list in words."""
    later, listed = from_week(key), listed_changes(value) if key == "changes" else None
    if listed is not None:
        return ", ".join(change_in_words(one, "en") for one in listed) or say("variation.none")
    return f"{key}={_written(value)}" if later is None else f"{later[0]}={_written(value)}@{later[1]}"


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
