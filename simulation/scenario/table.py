"""The table of parameters, from which ``show``, the documentation and the JSON Schema are made."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

from simulation.scenario.conditions import LONGEST_CONDITION
from simulation.scenario.fields import LONGEST, Labels
from simulation.scenario.keys import metas
from simulation.scenario.signals import CHANNELS, ISSUERS
from simulation.scenario.sources import source_in
from simulation.text import catalogue


@dataclass(frozen=True)
class ParameterInfo:
    """One parameter: dotted key, default, unit, range, accepted words, source, and meaning.

    ``low`` and ``high`` are None where there is no bound; ``description`` maps ``en`` and ``zh`` to a phrase.
    """

    key: str
    default: Any
    unit: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    source: str
    description: dict[str, str]
    kind: str
    allowed: str
    above: bool = False


@functools.cache
def parameters() -> tuple[ParameterInfo, ...]:
    """Return every parameter of a scenario, in the order of the schema."""
    labels = catalogue()
    return tuple(
        ParameterInfo(
            key=key,
            default={"en": "", "zh": ""} if isinstance(default, Labels) else default,
            unit=meta.unit,
            low=meta.low,
            high=meta.high,
            choices=meta.words,
            source=meta.source,
            description=dict(labels[f"parameter.{key}"]),
            kind=meta.kind,
            allowed=meta.allowed,
            above=meta.above,
        )
        for key, (default, meta) in metas().items()
    )


_LABELS = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
            "additionalProperties": False,
        },
    ]
}
_NAMES = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_SCORES = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": _SHARE}}
_SHAPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "labels": _LABELS,
    "names": _NAMES,
    "domains": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "type": "object",
            "properties": {
                "en": {"type": "string"},
                "zh": {"type": "string"},
                "matched": _NAMES,
                "lead": {"type": "string"},
                "supporting": _NAMES,
            },
            "additionalProperties": False,
        },
    },
    "departments": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {"en": {"type": "string"}, "zh": {"type": "string"}, "units": _NAMES},
            "additionalProperties": False,
        },
    },
    "facts": _SCORES,
    "severities": _SCORES,
    "capacities": {
        "type": "object",
        "additionalProperties": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
    },
    "shares": {"type": "object", "additionalProperties": _SHARE},
    "weights": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": {"type": "number", "minimum": -10, "maximum": 10},
        },
    },
    "signals": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["week"],
            "properties": {
                "week": {"type": "integer", "minimum": 0, "maximum": LONGEST},
                "issuer": {"enum": list(ISSUERS)},
                "channel": {"enum": list(CHANNELS)},
                "intensity": {"type": "number", "minimum": 0, "maximum": 1000},
                "domain": {"type": "string"},
                "wording": {"type": "number", "minimum": 0, "maximum": 1},
                "cities": _NAMES,
            },
            "additionalProperties": False,
        },
    },
    "changes": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["set"],
            "oneOf": [{"required": ["week"]}, {"required": ["when"]}],
            "properties": {
                "week": {"type": "integer", "minimum": 0, "maximum": LONGEST},
                "when": {"type": "string", "maxLength": LONGEST_CONDITION},
                "repeat": {"type": "boolean"},
                "set": {"type": "object", "minProperties": 1},
                "length": {"type": "integer", "minimum": 1, "maximum": LONGEST},
                "cities": _NAMES,
                "units": _NAMES,
                "title": _LABELS,
            },
            "additionalProperties": False,
        },
    },
    # Editors that check TOML hand a date over as text.
    "date": {"type": "string", "format": "date", "pattern": r"^[12]\d{3}-\d{2}-\d{2}$"},
    "flag": {"type": "boolean"},
    "assignment": {"type": "object", "additionalProperties": _NAMES},
    "rows": {
        "type": "array",
        "items": {"type": "object", "required": ["unit", "tier"], "properties": {"unit": {"type": "string"}}},
    },
}


def _shape(info: ParameterInfo) -> dict[str, Any]:
    if info.kind == "word":
        return {"enum": list(info.choices)}
    if info.kind not in ("number", "whole"):
        return dict(_SHAPES[info.kind])
    shape: dict[str, Any] = {"type": "number" if info.kind == "number" else "integer"}
    shape["exclusiveMinimum" if info.above else "minimum"] = info.low
    if info.high is not None:
        shape["maximum"] = info.high
    return {"anyOf": [shape, {"enum": list(info.choices)}]} if info.choices else shape


def json_schema(lang: str = "en") -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors that check and complete TOML."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "wushi scenario",
        "type": "object",
        "additionalProperties": False,
        "properties": {"extends": {"type": "string", "description": catalogue()["parameter.extends"][lang]}},
    }
    for info in parameters():
        *tables, leaf = info.key.split(".")
        place = schema
        for table in tables:
            place = place["properties"].setdefault(
                table, {"type": "object", "additionalProperties": False, "properties": {}}
            )
        unit = catalogue().get(f"scenario.unit.{info.unit}", {lang: info.unit})[lang]
        source = source_in(info.source, lang) or "-"
        entry = _shape(info) | {"description": f"{info.description[lang]}{f' [{unit}]' if unit else ''} ({source})"}
        if info.default is not None and not isinstance(info.default, tuple | dict):
            infinite = isinstance(info.default, float) and math.isinf(info.default)
            entry["default"] = "inf" if infinite else info.default
        place["properties"][leaf] = entry
    return schema
