"""The model as a task (see ``protocol``), and tasks made of others. Experiments use the model here and in `seeded`."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simulation.experiments.running.protocol import Around, Results, Task, identify, warm_up


class ModelTask:
    """The model under one scenario; it offers every hook of a task.

    Parameters
    ----------
    scenario : str, Path, dict or Scenario
        The scenario that runs: a shipped name, a file, a table or a loaded scenario. It travels to workers resolved,
        so that they need no file; a structure file of one's own is read by each worker, where it lies.
    weekly : iterable of str
        Weekly series to hand back with the metrics.
    """

    def __init__(self, scenario: Any, weekly: Iterable[str] = ()) -> None:
        from simulation.scenario import load_scenario

        self.scenario = scenario if hasattr(scenario, "with_values") else load_scenario(scenario)
        self.weekly = tuple(weekly)

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> tuple[dict[str, float], dict[str, list[float]]]:
        """Run the model once; ``parameters`` are dotted keys laid over the scenario."""
        from simulation import run

        result = run(self.scenario.with_values(dict(parameters)) if parameters else self.scenario, seed=seed)
        kept = [name for name in self.weekly if name in result.weekly.columns]
        series = {name: result.weekly[name].tolist() for name in kept}
        return dict(result.summary), series

    @staticmethod
    def names() -> list[str]:
        """Return the dotted keys that a factor may have: parameters with a single value."""
        from simulation.scenario import parameters

        return [info.key for info in parameters() if info.kind in ("number", "whole", "word", "flag", "text")]

    def check(self, key: str, value: Any) -> None:
        """Raise InputError unless the scenario accepts ``value`` for ``key``."""
        self.scenario.with_values({key: value})

    def check_point(self, values: Mapping[str, Any]) -> None:
        """Raise InputError unless the scenario accepts these values together; no model is built."""
        self.scenario.with_values(values)

    def warm_up(self) -> None:
        """Import and compile the model; see ``warm_model``."""
        warm_model()

    @property
    def identity(self) -> dict[str, Any]:
        """The scenario as dotted keys; a store refuses to continue with another scenario and names the changes."""
        # A structure counts by its content, which the digest holds, not by where its file lies.
        skipped = ("title", "question", "structure.file", "structure.units")
        values = {key: value for key, value in self.scenario.values.items() if key not in skipped}
        plain = json.loads(json.dumps(values, default=str))
        return {"model": "wushi", **plain, "digest": self.scenario.digest}


class Arms:
    """Several tasks behind one factor, ``arm``; ``compare`` runs them.

    Parameters
    ----------
    tasks : mapping of str to task
        Name of an arm to its task.
    """

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self.tasks = dict(tasks)

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> Results:
        """Run the arm named by ``parameters['arm']`` on the other parameters."""
        rest = dict(parameters)
        return self.tasks[rest.pop("arm")](rest, seed)

    def warm_up(self) -> None:
        """Warm up every arm."""
        for task in self.tasks.values():
            warm_up(task)

    @property
    def identity(self) -> dict[str, Any]:
        """The identities of all arms."""
        return {f"{arm}.{key}": value for arm, task in self.tasks.items() for key, value in identify(task).items()}


class Switches(Around):
    """One task with mechanisms to switch off; ``ablate`` runs it.

    Parameters
    ----------
    task : task
        The task that runs.
    off : mapping of str to dict
        Name of a mechanism to the parameters that switch it off.
    """

    def __init__(self, task: Task, off: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(task)
        self.off = {name: throughout(task, values) for name, values in off.items()}

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> Results:
        """Run with every mechanism whose parameter is False switched off; other parameters are the task's own."""
        values = {name: value for name, value in parameters.items() if name not in self.off}
        for name, switched in self.off.items():
            if not parameters.get(name, True):
                values |= switched
        return self.task(values, seed)

    @property
    def identity(self) -> dict[str, Any]:
        """The identity of the task, and the values that switch each mechanism off."""
        return {**super().identity, "off": json.dumps(self.off, sort_keys=True)}


def throughout(task: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that hold all through a run: also in the changes by which the task's scenario sets other ones."""
    inside = task
    while isinstance(inside, Around):
        inside = inside.task
    changes = inside.scenario.changes if isinstance(inside, ModelTask) else ()
    also = {
        f"changes.{number}.set.{key}": value
        for number, change in enumerate(changes, 1)
        for key, value in values.items()
        if key in change.set
    }
    return {**values, **also}


def as_task(given: Any, weekly: Iterable[str] = ()) -> Task:
    """Return a task: a callable as it is, anything else as a scenario of the model."""
    return given if callable(given) else ModelTask(given, weekly)


@functools.cache
def warm_model() -> None:
    """Import and compile the model, once per process: neither is part of the time that a run may take.

    A limit that strikes in the middle of an import would also leave it half done, and every later run broken.
    """
    # To its end: some of it is imported, and compiled code loaded, when a plan or a review first comes up.
    ModelTask("classroom")({"structure.citizens": 200}, 0)


def label_of(scenario: Any) -> str:
    """Return a short name of a scenario for tables and pictures."""
    if isinstance(scenario, str | Path):
        return Path(scenario).stem
    return str(getattr(scenario, "name", None) or getattr(scenario, "__name__", None) or "scenario")
