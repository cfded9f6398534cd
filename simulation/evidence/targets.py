"""Targets and calibrations: findings, the place in the model where each is measured, and the free parameters."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simulation.evidence.expression import Expression
from simulation.evidence.finding_forms import Said, SettingForm, TargetForm
from simulation.evidence.findings import refuse_other_setting
from simulation.evidence.measuring import FACTS, Setting, metric_names
from simulation.evidence.target_file import TargetFile, read_targets
from simulation.experiments.design.assumptions import assumed_factors
from simulation.experiments.design.design_file import flatten
from simulation.experiments.design.distributions import Choices, Range, parse_distribution
from simulation.experiments.design.factors import RESERVED
from simulation.files.errors import InputError, told

_COLUMNS = ("weight", "distance", "generation")
"""Names of the columns in the tables of results."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")


@dataclass(frozen=True)
class Target:
    """A finding to be met.

    Parameters
    ----------
    name : str
        Key in the file; also the column of the store.
    setting : str
        Where it is measured.
    expression : Expression
        The measurement of each run; the finding is about its mean over runs.
    weight : Expression, optional
        How much each run counts in that mean: for a share of all trials the number of a city's trials. Equally without.
    low, high : float
        The finding: a range, or one value twice. Either may be infinite, not both.
    tolerance : float
        Distance outside the range that is still good enough, above 0, in the expression's unit.
    source : str
        Where the finding comes from.
    claim : dict
        The finding in words, by language.
    """

    name: str
    setting: str
    expression: Expression
    low: float
    high: float
    tolerance: float
    source: str
    claim: dict[str, str] = field(default_factory=dict)
    weight: Expression | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of what each run returns for it: its value, and its weight if it has one."""
        return (self.name,) if self.weight is None else (self.name, f"{self.name} weight")

    def distance(self, value: float) -> float:
        """Return how far a value lies outside the range, in tolerances: 0 inside, infinite for NaN."""
        if math.isnan(value):
            return math.inf
        return max(self.low - value, value - self.high, 0.0) / self.tolerance

    @property
    def spec(self) -> dict[str, Any]:
        """Plain data that describes the finding."""
        numbers = [None if math.isinf(end) else end for end in (self.low, self.high)]
        return {
            "setting": self.setting, "expression": self.expression.text, "range": numbers, "tolerance": self.tolerance
        } | ({} if self.weight is None else {"weight": self.weight.text})  # fmt: skip


@dataclass(frozen=True)
class Calibration:
    """The content of a target file. Build it with ``Calibration.of``.

    Parameters
    ----------
    name : str
        Names the default store.
    parameters : dict of str to Range
        Priors of the free parameters.
    settings : dict of str to Setting
        The places of measurement; empty when a user's own task returns the targets itself.
    targets : dict of str to Target
        The findings.
    seed, keep, replicates, budget : int
        Seed; number of good-enough vectors to find; runs per vector in each setting; largest number of vectors to try.
    check_vectors, check_replicates : int
        Vectors and fresh runs of each for the posterior-predictive check.
    """

    name: str
    parameters: dict[str, Range]
    settings: dict[str, Setting]
    targets: dict[str, Target]
    seed: int = 0
    keep: int = 60
    replicates: int = 8
    budget: int = 480
    check_vectors: int = 20
    check_replicates: int = 24
    title: dict[str, str] = field(default_factory=dict)
    file: str | None = None

    @classmethod
    def of(cls, given: Calibration | str | Path | Mapping[str, Any]) -> Calibration:
        """Return the calibration that a path, a shipped name, a dict in the file's form or a Calibration describes.

        Raises
        ------
        InputError
            When the file cannot be read or is not understood.
        """
        if isinstance(given, Calibration):
            return given
        form, file = read_targets(given)
        return _calibration(form, file)

    def replace(self, **changes: Any) -> Calibration:
        """Return the calibration with some of its fields changed."""
        return replace(self, **changes)


def _calibration(form: TargetFile, file: Path | None) -> Calibration:
    """Return the calibration that a target file describes, each part checked against the others."""
    settings = {name: _setting(name, given, file) for name, given in form.settings.items()}
    targets = {name: _target(name, given, settings, file) for name, given in form.targets.items()}
    if not targets:
        raise InputError(told("error.target.none"), file=file, key="targets", allowed=told("error.target.none.allowed"))
    unused = settings.keys() - {target.setting for target in targets.values()}
    if unused:
        raise InputError(told("error.target.unused"), file=file, key=f"settings.{min(unused)}")
    parameters = _parameters(form.parameters, settings, file)
    for part, given in (("parameters", parameters), ("targets", targets)):
        for taken in sorted({*_COLUMNS, *RESERVED} & given.keys()):
            raise InputError(told("error.target.column"), file=file, key=f"{part}.{taken}", given=taken)
    for both in sorted(parameters.keys() & targets.keys()):
        raise InputError(told("error.target.shared_name"), file=file, key=f"targets.{both}", given=both)
    options = {key: getattr(form.calibration, key) for key in form.calibration.model_fields_set}
    return Calibration(
        "calibration" if file is None else file.stem, parameters, settings, targets, **options,
        title=_words(form.title), file=None if file is None else str(file),
    )  # fmt: skip


def _setting(name: str, form: SettingForm, file: Path | None) -> Setting:
    where = f"settings.{name}"
    # With ``ensemble = true`` nothing but the ordinary distributions; with false, or without it, one scenario.
    draws = flatten(form.ensemble) if isinstance(form.ensemble, Mapping) else {}
    try:
        return Setting(name, form.scenario, flatten(form.values), draws if form.ensemble else None, key=where)
    except InputError as error:
        inner = error.key if error.key and error.key.startswith(where) else f"{where}.{error.key or 'scenario'}"
        raise error.replaced(file=file, key=inner) from None


def _target(name: str, form: TargetForm, settings: Mapping[str, Setting], file: Path | None) -> Target:
    where = f"targets.{name}"
    if not _NAME.fullmatch(name):
        raise InputError(
            told("error.target.name"), file=file, key=where, given=name, allowed=told("error.target.name.allowed")
        )
    if settings:
        refuse_other_setting(form.setting, settings, file, f"{where}.setting")
    own = name.replace("-", "_")
    valid = [*metric_names(), *FACTS] if settings else [own]
    given = own if form.expression is None and not settings else form.expression
    expression = Expression.parse(given, valid, file=file, key=f"{where}.expression")
    weight = None
    if form.weight is not None:
        if not settings:
            raise InputError(told("error.target.weight"), file=file, key=f"{where}.weight")
        weight = Expression.parse(form.weight, valid, file=file, key=f"{where}.weight")
    low, high = form.ends
    return Target(name, form.setting, expression, low, high, form.tolerance, form.source, _words(form.claim), weight)


def _parameters(given: Any, settings: Mapping[str, Setting], file: Path | None) -> dict[str, Range]:
    if given is None or given == "assumptions":
        found = {one.name: one.drawn for one in assumed_factors() if isinstance(one.drawn, Range)}
        moved = {name: prior for name, prior in found.items() if not settings or _moves(name, settings)}
    else:
        moved = {}
        for name, prior in flatten(given).items():
            parsed = parse_distribution(prior, file=file, key=f"parameters.{name}")
            if isinstance(parsed, Choices):
                raise InputError(told("error.target.numbers"), file=file, key=f"parameters.{name}")
            moved[name] = parsed
    for name, parsed in moved.items():
        for setting in settings.values():
            setting.check(name, parsed.ends(), file)
        if settings and not _moves(name, settings):
            raise InputError(told("error.target.fixed"), file=file, key=f"parameters.{name}")
    if not moved:
        raise InputError(told("error.target.free"), file=file, key="parameters")
    return moved


def _moves(name: str, settings: Mapping[str, Setting]) -> bool:
    return any(name not in setting.fixed for setting in settings.values())


def _words(said: Said | None) -> dict[str, str]:
    return {} if said is None else {"en": said.en, "zh": said.zh}
