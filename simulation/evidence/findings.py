"""The findings that the model is held against: one file of them, read here by all that measure one."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from simulation.evidence.finding_forms import FindingForm, SettingForm
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.forms import Form, validated
from simulation.files.reading import read_toml
from simulation.files.shipped import shipped_folder

FINDING, CASE = "finding", "case"
"""Uses of a finding: of other studies, or of Zhaoqing itself."""


class FindingsFile(Form):
    """The file of findings.

    Attributes
    ----------
    settings : dict of str to SettingForm
        Where findings are measured.
    findings : dict of str to FindingForm
        The findings by key, in the order in which pages show them.
    """

    settings: dict[str, SettingForm] = Field(min_length=1)
    findings: dict[str, FindingForm] = Field(min_length=1)


def findings_file() -> Path:
    """Return the path of the file of findings."""
    return shipped_folder() / "findings" / "findings.toml"


@functools.cache
def all_findings() -> FindingsFile:
    """Return the file of findings, read once.

    Raises
    ------
    InputError
        When it cannot be read, or a finding names a setting that is not there.
    """
    path = findings_file()
    found = validated(FindingsFile, read_toml(path), file=path)
    for name, one in found.findings.items():
        refuse_other_setting(one.setting, found.settings, path, f"findings.{name}.setting")
    return found


def refuse_other_setting(given: str, settings: Iterable[str], file: Path | None, key: str) -> None:
    """Raise InputError unless a finding, a target or a fact names a setting that its file has."""
    known = list(settings)
    if given not in known:
        raise InputError(
            told("error.target.setting"), file=file, key=key, given=given, allowed=listed(known),
            suggestion=nearest(given, known),
        )  # fmt: skip


def finding_keys(*uses: str) -> list[str]:
    """Return the keys of the findings with one of these uses, in the file's order; all of them without any."""
    return [name for name, one in all_findings().findings.items() if not uses or one.use in uses]


def chosen_findings(
    keys: Iterable[str], file: Path | None = None
) -> tuple[dict[str, SettingForm], dict[str, FindingForm]]:
    """Return the findings with these keys, and the settings in which they are measured.

    Parameters
    ----------
    keys : iterable of str
        Keys of the file of findings.
    file : Path, optional
        The file that names them, for errors.

    Raises
    ------
    InputError
        For a key that the file does not have.
    """
    known = all_findings()
    chosen = {}
    for key in keys:
        if key not in known.findings:
            raise InputError(
                told("error.no_such_finding"),
                file=file,
                key="findings",
                given=key,
                allowed=listed(known.findings),
                suggestion=nearest(key, known.findings),
            )
        chosen[key] = known.findings[key]
    settings = {
        name: form for name, form in known.settings.items() if any(one.setting == name for one in chosen.values())
    }
    return settings, chosen
