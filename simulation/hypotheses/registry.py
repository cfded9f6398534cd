"""The register of claims: the form of each when its first test was run, and the date.

A record is one small file in the folder ``registered`` of a battery's stores, written whole and never changed. Its name
holds the id, the date and the digest, so that a damaged content loses neither. Two processes that register the same
claim leave two records at worst; the earlier one counts.
"""

from __future__ import annotations

import glob
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulation.experiments.running.protocol import identify
from simulation.files.errors import InputError
from simulation.files.output import whole_file
from simulation.files.reading import read_json
from simulation.hypotheses.claim import Claim
from simulation.hypotheses.planning import Plan

FOLDER = "registered"
_STAMP = "%Y%m%dT%H%M%S%fZ"
_LONG = 16


@dataclass(frozen=True)
class Registration:
    """The date at which a claim was registered, and its form at its first test.

    Attributes
    ----------
    digest : str
        Of the claim as its file says it and of its scenario; 16 hexadecimal digits.
    date : datetime
        Date (UTC) of the first test of the claim in this form.
    first : datetime
        Date (UTC) of the first test under this id.
    changed : list of str or None
        Fields that differ from the form at the first test; empty for a claim that was not edited since, None where
        the first record is damaged.
    """

    digest: str
    date: datetime
    first: datetime
    changed: list[str] | None

    @property
    def edited(self) -> bool:
        """True if the claim was edited after its first test."""
        return self.changed != []

    def as_data(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        dates = {"date": self.date.isoformat(), "first": self.first.isoformat()}
        return {"digest": self.digest, **dates, "changed": self.changed}


@dataclass(frozen=True)
class _Record:
    date: datetime
    digest: str
    path: Path

    @property
    def content(self) -> dict[str, Any] | None:
        """The form of the claim that was registered; None if the file is damaged."""
        try:
            content = read_json(self.path)
        except InputError:
            return None
        fields = content.get("fields") if isinstance(content, dict) else None
        return fields if isinstance(fields, dict) and _digest(fields) == self.digest else None


def register(folder: Path, claim: Claim, plan: Plan, options: Mapping[str, Any]) -> Registration:
    """Register a claim, unless this form of it is registered already, and return what the register says.

    Parameters
    ----------
    folder : Path
        Folder of the battery's stores.
    claim : Claim
        The claim as its file says it.
    plan : Plan
        The plan of its test.
    options : mapping
        What the battery lays over the file, for example another number of citizens.
    """
    fields = _fields(claim)
    digest = _digest(fields)
    records = _records(folder / FOLDER, claim.id)
    own = [one for one in records if one.digest == digest]
    if not own:
        now = _now()
        path = folder / FOLDER / f"{claim.id}-{now.strftime(_STAMP)}-{digest}.json"
        planned = {"pilot": plan.pilot, "replicates": plan.replicates, "arms": plan.arms, "alpha": plan.alpha}
        content = {"id": claim.id, "fields": fields, "plan": planned, "options": dict(options)}
        with whole_file(path) as made:
            made.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        own = [_Record(now, digest, path)]
        records = [*records, *own]
    first = min(records, key=lambda one: one.date)
    return Registration(digest, min(one.date for one in own), first.date, _changed(first, digest, fields))


def _now() -> datetime:
    return datetime.now(UTC)


def _changed(first: _Record, digest: str, fields: Mapping[str, Any]) -> list[str] | None:
    if first.digest == digest:
        return []
    before = first.content
    if before is None:
        return None
    return [key for key in dict.fromkeys([*fields, *before]) if before.get(key, ...) != fields.get(key, ...)]


def _records(folder: Path, name: str) -> list[_Record]:
    """Return the records of an id; files with other names are none."""
    found = []
    for path in sorted(folder.glob(f"{glob.escape(name)}-*.json")):
        whole, _, digest = path.stem.rpartition("-")
        own, _, stamp = whole.rpartition("-")
        try:
            date = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        if own == name:
            found.append(_Record(date, digest, path))
    return found


def _fields(claim: Claim) -> dict[str, Any]:
    """Return the claim as dotted keys to plain values, and the digest of its scenario."""
    table = {**claim.common.model_dump(mode="json"), "kind": claim.kind.name, **claim.kind.model_dump(mode="json")}
    scenario = getattr(claim.task, "scenario", None)
    table["scenario.digest"] = identify(claim.task) if scenario is None else scenario.digest
    return json.loads(json.dumps(_flat(table), default=str))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        elif value is not None:
            found[f"{prefix}{key}"] = value
    return found


def _digest(fields: Mapping[str, Any]) -> str:
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LONG]
