"""The report of a calibration as one HTML file that opens anywhere, offline; texts from files are escaped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.drawing.pages import address, files_of, render
from simulation.evidence import report
from simulation.report.calibration.labels import claim, meaning, title
from simulation.text import say

if TYPE_CHECKING:
    from simulation.evidence import Calibrated


def page(found: Calibrated, lang: str, command: str, folder: Path, stems: Mapping[str, str]) -> str:
    """Return the HTML.

    Parameters
    ----------
    found : Calibrated
        What a calibration has found.
    lang : {'en', 'zh'}
        Language of the page; pictures fall back to English where no font here has Chinese.
    command : str
        The command that repeats the calibration; may be empty.
    folder : Path
        Where the pictures are, as SVG and PNG.
    stems : mapping
        The result of `simulation.report.calibration.save_all`.
    """
    return render(
        "calibration.html",
        __package__,
        lang=lang,
        say=lambda key: say(f"calibration.{key}", lang),
        name=say("calibration.page", lang),
        title=say("calibration.title", lang, title=title(found, lang)),
        headline=report.headline(found, lang),
        warnings=[say(f"calibration.warning.{key}", lang) for key in found.warnings],
        parts=_parts(found, lang, folder, stems),
        targets=found.calibration.targets.values(),
        design=report.design_line(found, lang),
        versions=_versions(),
        command=command,
    )


def _parts(found: Calibrated, lang: str, folder: Path, stems: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the report's parts: key, paragraphs, picture, table; a table's notes stand under its first column."""
    targets, parameters = found.calibration.targets, found.calibration.parameters
    claims = ["" if claim(target, lang) == target.name else claim(target, lang) for target in targets.values()]
    about = {key: [say(f"calibration.about.{key}", lang)] for key in ("targets", "parameters", "products", "verdicts")}
    parts: list[dict[str, Any]] = [
        {"key": "targets", "lines": about["targets"], "table": report.target_rows(found, lang), "notes": claims},
        {
            "key": "parameters", "lines": about["parameters"], "table": report.parameter_rows(found, lang),
            "notes": [meaning(name, lang) for name in parameters],
        },
        {"key": "products", "lines": about["products"], "table": report.product_rows(found, lang), "notes": []},
        {"key": "conflicts", "lines": report.conflict_lines(found, lang), "table": ([], []), "notes": []},
    ]  # fmt: skip
    if found.verdicts is not None:
        table = report.verdict_rows(found, lang)
        parts.append({"key": "verdicts", "lines": about["verdicts"], "table": table, "notes": []})
    drawn = _pictures(lang, folder, stems)
    return [part | {"picture": drawn.get(part["key"])} for part in parts]


def _pictures(lang: str, folder: Path, stems: Mapping[str, str]) -> dict[str, dict[str, str]]:
    from simulation.report.calibration import pictures

    shown = {}
    for name, stem in stems.items():
        module = pictures()[name]
        shown[module.PART] = {"title": say(module.TITLE, lang), "address": address(None, files_of(folder / stem))}
    return shown


def _versions() -> str:
    from simulation.files.provenance import versions

    return ", ".join(f"{name} {version}" for name, version in versions().items())
