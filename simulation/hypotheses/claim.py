"""The claim of a hypothesis: what its file says, checked against what it is about to run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from simulation.experiments.design.design_file import flatten
from simulation.experiments.running.task import ModelTask, as_task
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.forms import names_of, validated
from simulation.files.kinds import refuse_other_kind
from simulation.files.reading import bounded, read_toml
from simulation.files.shipped import find_file, shipped_folder
from simulation.hypotheses.kinds import Kind, kinds
from simulation.hypotheses.schema import Common, Direct
from simulation.scenario.keys import by_key
from simulation.scenario.settings import from_week, part_of_change
from simulation.scenario.variation import listed_changes

if TYPE_CHECKING:
    from simulation.scenario.changes import Change

_TABLES = ("control", "treatment", "low", "high")


def folder() -> Path:
    """Return the folder of the shipped hypotheses."""
    return shipped_folder() / "hypotheses"


def shipped_hypotheses() -> list[str]:
    """Return the names of the shipped hypotheses, in the order of their ids."""
    named = [(tomllib.loads(path.read_text(encoding="utf-8"))["id"], path.stem) for path in folder().glob("*.toml")]
    return [stem for _, stem in sorted(named)]


@dataclass(frozen=True)
class Claim:
    """A claim and how it is tested; `simulation.hypotheses.Hypothesis` tests it.

    Attributes
    ----------
    common : Common
        The fields of every hypothesis.
    kind : Kind
        The fields of its kind.
    task : task
        The task that runs: ``f(setting, seed)``.
    file : Path or None
        The file that it was read from.
    """

    common: Common
    kind: Kind
    task: Any
    file: Path | None = None

    @classmethod
    def load(cls, given: str | Path | Mapping[str, Any], task: Any = None) -> Self:
        """Read a hypothesis.

        Parameters
        ----------
        given : str, Path or mapping
            A shipped name (``"overexpansion"``), a TOML file, or a table of the same form.
        task : callable, optional
            ``f(setting, seed) → {metric: number}`` instead of the model; its metrics and keys are not checked.

        Raises
        ------
        InputError
            For anything that cannot be used, named by file and key.
        """
        table, file = (bounded(given), None) if isinstance(given, Mapping) else _read(given)
        try:
            return cls._of(table, task, file)
        except InputError as error:
            if error.file is not None or file is None:
                raise
            raise error.replaced(file=file) from None

    @classmethod
    def _of(cls, table: dict[str, Any], task: Any, file: Path | None) -> Self:
        name = table.pop("kind", None)
        if name is None:
            raise InputError(told("error.required"), key="kind", allowed=listed(kinds()))
        if not isinstance(name, str) or name not in kinds():
            raise InputError(
                told("error.hypothesis.kind"),
                key="kind",
                given=name,
                allowed=listed(kinds()),
                suggestion=nearest(str(name), kinds()),
            )
        if "status" in table:
            raise InputError(
                told("error.hypothesis.status"),
                key="status",
                given=table["status"],
                allowed=told("error.hypothesis.status.allowed"),
            )
        form = kinds()[name]
        own = {key: table.pop(key) for key in form.model_fields if key in table}
        known = [*names_of(Common), *names_of(form)]
        common = validated(Common, _flattened(table), file=file, known=known)
        if common.id.lower() == "overview":
            raise InputError(told("error.hypothesis.picture_id"), file=file, key="id", given=common.id)
        kind = validated(form, _flattened(own), file=file, known=known)
        kind.check(common.expected)
        _check_direct(common.direct)
        if task is None:
            if isinstance(common.scenario, str) and file is not None and common.scenario.endswith(".toml"):
                task = ModelTask(file.parent / common.scenario)
            else:
                task = ModelTask(common.scenario)
        made = cls(common, kind, as_task(task), file)
        made._check_model()
        return made

    def _check_model(self) -> None:
        """Raise InputError when the model knows no such metric, key or value."""
        if not isinstance(self.task, ModelTask):
            return
        # Compiled code comes with it: only a hypothesis on the model waits for that.
        from simulation.metrics import METRICS

        if self.common.metric not in METRICS:
            raise InputError(
                told("error.no_such_metric"),
                key="metric",
                given=self.common.metric,
                suggestion=nearest(self.common.metric, METRICS),
            )
        for setting in self.settings().values():
            self.task.scenario.with_values(setting)

    @property
    def id(self) -> str:
        """The id."""
        return self.common.id

    def settings(self, more: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
        """Return each arm's whole setting: the file's, then the alternative's, then the arm's own keys."""
        shared = {**self.common.setting, **(more or {})}
        return {label: {**shared, **own} for label, own in self.kind.arms().items()}

    def varied(self) -> list[str]:
        """Return the keys in which the arms differ."""
        return list(dict.fromkeys(key for own in self.kind.arms().values() for key in own))

    def parameters_varied(self) -> set[str]:
        """Return the parameters in which the arms differ, in some weeks or in all; no alternative may set one of them.

        ``execution.oversight@80`` and a listed change that sets it vary ``execution.oversight``.
        """
        return set().union(*(parameters_of(own, self.listed) for own in self.kind.arms().values()))

    def parameters_changed(self) -> set[str]:
        """Return the parameters that the file's setting changes during every run; no alternative could replace them."""
        setting = self.common.setting
        later = {key: value for key, value in setting.items() if key == "changes" or not is_parameter(key)}
        return parameters_of(later, self.listed)

    @property
    def listed(self) -> Sequence[Change]:
        """The changes that the scenario lists, as far as neither the setting nor an arm puts others in their place."""
        whole = "changes" in self.common.setting or "changes" in self.varied()
        return self.task.scenario.changes if isinstance(self.task, ModelTask) and not whole else ()


def parameters_of(setting: Mapping[str, Any], listed: Sequence[Change] = ()) -> set[str]:
    """Return the parameters to which a setting gives values, ``changes`` among them where it lists changes.

    Parameters
    ----------
    setting : mapping
        Dotted key to value.
    listed : sequence of Change
        The changes whose parts it may set: their week concerns the parameters that they set.
    """
    found = set()
    for key, value in setting.items():
        later, part = from_week(key), part_of_change(key)
        if later is not None:
            found.add(later[0])
        elif part is not None and part[1].startswith("set."):
            found.add(part[1].removeprefix("set."))
        elif part is not None:
            found |= {name for number, change in enumerate(listed, 1) if number == part[0] for name in change.set}
        else:
            found.add(key)
        if key == "changes":
            found |= {name for one in listed_changes(value) or () for name in by_key(one["set"])}
    return found


def is_parameter(key: str) -> bool:
    """Tell whether a key is that of a parameter in all weeks."""
    return from_week(key) is None and part_of_change(key) is None


def _flattened(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table with the settings inside as dotted keys, so that both ways of writing TOML are one."""
    found = dict(table)
    for key in ("setting", *_TABLES):
        if isinstance(found.get(key), Mapping):
            found[key] = by_key(found[key])
    if isinstance(found.get("treatments"), Mapping):
        found["treatments"] = {
            label: by_key(one) if isinstance(one, Mapping) else one for label, one in found["treatments"].items()
        }
    if isinstance(found.get("factors"), Mapping):
        found["factors"] = by_key(found["factors"])
    for key in ("mechanism", "direct"):
        if isinstance(found.get(key), Mapping):
            found[key] = flat_set(found[key])
    if isinstance(found.get("alternatives"), list):
        found["alternatives"] = [flat_set(one) if isinstance(one, Mapping) else one for one in found["alternatives"]]
    robustness = found.get("robustness")
    if isinstance(robustness, Mapping) and isinstance(robustness.get("ranges"), Mapping):
        found["robustness"] = {**robustness, "ranges": flatten(robustness["ranges"])}
    return found


def flat_set(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return an alternative's table with its ``set`` as dotted keys."""
    given = table.get("set")
    return {**table, "set": by_key(given)} if isinstance(given, Mapping) else dict(table)


def _check_direct(direct: Direct | None) -> None:
    """Raise InputError unless direct products are removed, in words and values, or said not to exist, with a reason."""
    if direct is None:
        return
    removed = direct.set is not None and direct.label is not None
    either = direct.set is not None or direct.label is not None
    if (direct.none is not None) == either or either != removed:
        raise InputError(told("error.hypothesis.direct"), key="direct", allowed=told("error.hypothesis.direct.allowed"))


def _read(given: str | Path) -> tuple[dict[str, Any], Path]:
    path = find_file(given, folder(), shipped_hypotheses(), told("error.hypothesis.no_such"))
    table = read_toml(path)
    refuse_other_kind(table, "hypothesis", path)
    return table, path
