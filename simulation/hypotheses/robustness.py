"""Other models in which a verdict should hold: structural alternatives, points of parameter ranges, plausible worlds.

Two more ask something else: the model without the mechanism of a claim, and without its direct products.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.experiments.design.design_file import flatten
from simulation.experiments.design.distributions import Range
from simulation.experiments.design.factors import parse_factor
from simulation.experiments.design.sampling import unit_sample
from simulation.experiments.running.task import ModelTask, throughout
from simulation.files.errors import InputError, told
from simulation.files.forms import validated
from simulation.hypotheses.claim import Claim, flat_set, folder, parameters_of
from simulation.hypotheses.schema import Alternative, Pair
from simulation.scenario import load_scenario
from simulation.scenario.under import open_to
from simulation.text import say

STRUCTURE, RANGES, WORLD, MECHANISM, DIRECT = "structure", "ranges", "world", "mechanism", "direct"
"""Kinds of variants."""
_SHARED = ("alternatives", "structural.toml")


@dataclass(frozen=True)
class Variant:
    """One alternative of one hypothesis: name, words, and the values that it sets in every arm."""

    name: str
    label: Pair
    setting: dict[str, Any]
    kind: str = STRUCTURE


@functools.cache
def shared() -> tuple[tuple[Alternative, ...], dict[str, Any]]:
    """Return the shipped structural alternatives and parameter ranges."""
    path = folder().joinpath(*_SHARED)
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    alternatives = tuple(validated(Alternative, _filled(one), file=path) for one in table["alternatives"])
    return alternatives, flatten(table["ranges"])


def _filled(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return an alternative's table with the values that the scenario named in it sets itself, if it names one."""
    found = flat_set(table)
    name = found.pop("scenario", None)
    if name is None:
        return found
    scenario = load_scenario(name)
    own = [key for key, origin in scenario.origins.items() if origin == f"{name}.toml"]
    values = {key: scenario.values[key] for key in own if key not in ("title", "question")}
    return {**found, "set": values | found.get("set", {})}


def variants(hypothesis: Claim) -> list[Variant]:
    """Return a hypothesis' alternatives: the shipped ones that fit, its own, and points of the ranges.

    A shipped alternative that sets a parameter on which the arms differ or that the setting changes during the run,
    that makes the former idle, or that the scenario refuses, is left out; an own one that sets such a parameter or is
    refused is an error. Where the scenario's own changes set what an alternative sets, its value holds all through the
    run.

    Raises
    ------
    InputError
        For an own alternative, range or mechanism that cannot be used.
    """
    common = hypothesis.common
    uses_model = isinstance(hypothesis.task, ModelTask)
    found: list[Variant] = []
    ranges: Mapping[str, Any] = {}
    if common.robustness.shared and uses_model:
        structural, ranges = shared()
        found += [_variant(hypothesis, one) for one in structural if _fits(hypothesis, one)]
        ranges = {key: span for key, span in ranges.items() if key not in _taken(hypothesis)}
    for place, one in enumerate(common.alternatives):
        _require(hypothesis, one.set, f"alternatives.{place}.set")
        found.append(_variant(hypothesis, one))
    if common.robustness.ranges is not None:
        ranges = {key: span.model_dump() for key, span in common.robustness.ranges.items()}
    return [*found, *_drawn(hypothesis, ranges)]


def mechanism(hypothesis: Claim) -> Variant | None:
    """Return the model without the mechanism that the claim rests on, if the file names it."""
    one = hypothesis.common.mechanism
    if one is None:
        return None
    _require(hypothesis, one.set, "mechanism.set")
    return Variant(MECHANISM, one.label, _throughout(hypothesis, one.set), MECHANISM)


def direct(hypothesis: Claim) -> Variant | None:
    """Return the model without the direct products between what is varied and the metric, if the file names any."""
    one = hypothesis.common.direct
    if one is None or one.set is None or one.label is None:
        return None
    _require(hypothesis, one.set, "direct.set")
    return Variant(DIRECT, one.label, _throughout(hypothesis, one.set), DIRECT)


def worlds(hypothesis: Claim, vectors: Iterable[Mapping[str, Any]]) -> list[Variant]:
    """Return plausible worlds as variants: each lays its values under the claim.

    A world does not touch what the claim's arms vary, what its setting, its mechanism or its direct products set, nor
    what its scenario sets itself.

    Parameters
    ----------
    hypothesis : Claim
        The claim.
    vectors : iterable of mappings
        Dotted key to value, one mapping per world.

    Raises
    ------
    InputError
        For a key that is no parameter, or a value that the claim's scenario cannot have.
    """
    common = hypothesis.common
    closed = {*_taken(hypothesis), *common.setting}
    closed |= set(common.mechanism.set) if common.mechanism else set()
    closed |= set(common.direct.set or {}) if common.direct else set()
    found = []
    for place, vector in enumerate(vectors, start=1):
        values = open_to(hypothesis.task.scenario, vector) if isinstance(hypothesis.task, ModelTask) else vector
        setting = {key: value for key, value in values.items() if key not in closed}
        # The arms differ in what no world touches: one of them stands for all.
        _accept(hypothesis, list(hypothesis.settings(setting).values())[:1], f"worlds.{place}")
        label = Pair(**{lang: say("hypotheses.world", lang, number=place) for lang in ("en", "zh")})
        found.append(Variant(f"world-{place}", label, setting, WORLD))
    return found


def _variant(hypothesis: Claim, one: Alternative) -> Variant:
    return Variant(one.name, one.label, _throughout(hypothesis, one.set))


def _throughout(hypothesis: Claim, setting: Mapping[str, Any]) -> dict[str, Any]:
    """Return a setting that holds all through the run, also where the scenario's changes set other values."""
    return throughout(hypothesis.task, setting) if hypothesis.listed else dict(setting)


def _taken(hypothesis: Claim) -> set[str]:
    """Return the parameters that no alternative may set: the arms differ in them, or the setting changes them."""
    return hypothesis.parameters_varied() | hypothesis.parameters_changed()


def _drawn(hypothesis: Claim, ranges: Mapping[str, Any]) -> list[Variant]:
    """Draw points from the ranges, all parameters at once, by a design that depends on the seed alone."""
    number = hypothesis.common.robustness.samples
    if not ranges or not number:
        return []
    factors = [parse_factor(key, span, hypothesis.file) for key, span in ranges.items()]
    sample = unit_sample("random", number, len(factors), hypothesis.common.seed)
    found = []
    for place, row in enumerate(sample, start=1):
        setting = {
            factor.name: round(value, 6) if isinstance(value := factor.at(float(u)), float) else value
            for factor, u in zip(factors, row, strict=True)
            if isinstance(factor.drawn, Range)
        }
        _require(hypothesis, setting, "robustness.ranges")
        found.append(
            Variant(
                f"ranges-{place}",
                Pair(en=f"Parameters drawn from their ranges, point {place}", zh=f"在参数范围内抽样，第 {place} 点"),
                setting,
                RANGES,
            )
        )
    return found


def _fits(hypothesis: Claim, one: Alternative) -> bool:
    if set(one.idle) & hypothesis.parameters_varied():
        return False
    try:
        _require(hypothesis, one.set, "alternatives")
    except InputError:
        return False
    return True


def _require(hypothesis: Claim, setting: Mapping[str, Any], key: str) -> None:
    """Raise InputError unless an alternative leaves the arms apart and the model accepts it."""
    both = _taken(hypothesis) & parameters_of(setting, hypothesis.listed)
    if both:
        raise InputError(told("error.alternative.both"), file=hypothesis.file, key=key, given=min(both))
    _accept(hypothesis, hypothesis.settings(setting).values(), key)


def _accept(hypothesis: Claim, settings: Iterable[Mapping[str, Any]], key: str) -> None:
    """Raise InputError, naming the key under which the file has them, unless the model accepts all settings."""
    if not isinstance(hypothesis.task, ModelTask):
        return
    try:
        for whole in settings:
            hypothesis.task.scenario.with_values(whole)
    except InputError as error:
        raise InputError(
            error.problem,
            file=hypothesis.file,
            key=f"{key}.{error.key}",
            given=error.given,
            allowed=error.allowed,
            suggestion=error.suggestion,
        ) from None
