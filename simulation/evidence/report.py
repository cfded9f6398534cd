"""The report of a calibration: one Markdown page, its tables as CSV, and its provenance."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.drawing import document
from simulation.drawing.document import Code, Grid, Heading, Items, Paragraph, Picture
from simulation.drawing.numbers import bounds, finding, percent
from simulation.evidence.abc import GOOD_ENOUGH
from simulation.text import say

if TYPE_CHECKING:
    from simulation.evidence.calibrate import Calibrated

TABLES = ("vectors", "targets", "parameters", "products", "conflicts", "tried", "checked")
_VERDICTS = "verdicts"


def target_rows(found: Calibrated, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table of targets."""
    head = [
        say(f"calibration.head.{key}", lang) for key in ("target", "found", "default", "predicted", "share", "verdict")
    ]
    rows = []
    for row in found.targets.to_dict("records"):
        default = finding(row["default"])
        if not math.isnan(row["default"]):
            known = "calibration.met" if row["default_met"] else "calibration.missed"
            default = f"{default} ± {finding(1.96 * row['default_error'])} ({say(known, lang)})"
        predicted = f"{finding(row['median'])} [{finding(row['predicted_low'])}, {finding(row['predicted_high'])}]"
        wanted = f"{bounds(row['low'], row['high'])} (± {finding(row['tolerance'])})"
        verdict = say(f"calibration.verdict.{row['verdict'].replace(' ', '_')}", lang)
        rows.append([row["target"], wanted, default, predicted, percent(row["share"]), verdict])
    return head, rows


def parameter_rows(found: Calibrated, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table of parameters."""
    head = [say(f"calibration.head.{key}", lang) for key in ("parameter", "prior", "posterior", "ratio", "verdict")]
    rows = []
    for row in found.parameters.to_dict("records"):
        posterior = f"{finding(row['median'])} [{finding(row['low'])}, {finding(row['high'])}]"
        verdict = say(f"calibration.verdict.{row['verdict']}", lang)
        prior = bounds(row["prior_low"], row["prior_high"])
        rows.append([row["parameter"], prior, posterior, finding(row["variance_ratio"]), verdict])
    return head, rows


def product_rows(found: Calibrated, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table of products, the pinned ones and at least the stiffest."""
    head = [say(f"calibration.head.{key}", lang) for key in ("product", "ratio", "verdict")]
    rows = []
    for place, row in enumerate(found.products.to_dict("records")):
        if place == 0 or row["verdict"] == "pinned":
            verdict = say(f"calibration.verdict.{row['verdict']}", lang)
            rows.append([row["product"], finding(row["variance_ratio"]), verdict])
    return head, rows


def conflict_lines(found: Calibrated, lang: str) -> list[str]:
    """Return one sentence per conflict, or one that says there is none."""
    lines = []
    for row in found.conflicts.to_dict("records"):
        key = "calibration.conflict" if row["second"] else "calibration.unreached"
        lines.append(say(key, lang, first=row["first"], second=row["second"], nearest=finding(row["nearest"])))
    nearest = float(found.posterior.distances.min())
    if lines or nearest <= GOOD_ENOUGH:
        return lines or [say("calibration.no_conflict", lang, tried=found.posterior.tried)]
    return [say("calibration.joint_conflict", lang, tried=found.posterior.tried, nearest=finding(nearest))]


def verdict_rows(found: Calibrated, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table of the battery's verdicts; no rows when it was not run."""
    if found.verdicts is None:
        return [], []
    from simulation.evidence.verdicts import DEFAULTS

    labels = [name for name in found.verdicts if not name.startswith("claim_") and name not in ("id", "same")]
    head = [say(f"calibration.head.{key}", lang) for key in ("id", "claim", "defaults")]
    head += [say("calibration.head.vector", lang, number=place) for place in range(1, len(labels))]
    rows = []
    for row in found.verdicts.to_dict("records"):
        judged = [say(f"hypotheses.{row[label]}", lang) for label in (DEFAULTS, *labels[1:])]
        rows.append([str(row["id"]), str(row[f"claim_{lang}"]), *judged])
    return head, rows


def headline(found: Calibrated, lang: str) -> str:
    """Return in one sentence how the search ended."""
    posterior = found.posterior
    return say(
        "calibration.headline", lang,
        kept=len(posterior.unit), tried=posterior.tried, tolerance=finding(posterior.tolerance),
        size=finding(posterior.effective_size), joint=percent(found.joint),
        reason=say(f"calibration.reason.{posterior.reason.replace(' ', '_')}", lang),
    )  # fmt: skip


def markdown(
    found: Calibrated, lang: str = "en", command: str = "", pictures: Mapping[str, tuple[str, str]] | None = None
) -> str:
    """Return the report.

    Parameters
    ----------
    found : Calibrated
        The calibration.
    lang : {'en', 'zh'}
        Language of the page.
    command : str
        The command that repeats the calibration.
    pictures : mapping, optional
        Part (``targets``, ``parameters``, ``products``, ``conflicts``) to title and file of its picture.
    """
    return document.markdown(_content(found, lang, command, pictures or {}))


def _content(
    found: Calibrated, lang: str, command: str, pictures: Mapping[str, tuple[str, str]]
) -> list[document.Block]:
    drawn = {part: [_picture(*picture)] for part, picture in pictures.items()}
    asked = found.calibration
    blocks: list[document.Block] = [
        Heading(say("calibration.title", lang, title=asked.title.get(lang, asked.name)), 1),
        Paragraph(headline(found, lang)),
        *(Paragraph(say(f"calibration.warning.{key}", lang)) for key in found.warnings),
    ]
    for key, table in (
        ("targets", target_rows(found, lang)),
        ("parameters", parameter_rows(found, lang)),
        ("products", product_rows(found, lang)),
    ):
        blocks += [_heading(key, lang), Paragraph(say(f"calibration.about.{key}", lang)), Grid(*table)]
        blocks += drawn.get(key, [])
    blocks += [_heading("conflicts", lang), Items(conflict_lines(found, lang)), *drawn.get("conflicts", [])]
    if found.verdicts is not None:
        blocks += [_heading("verdicts", lang), Paragraph(say("calibration.about.verdicts", lang))]
        blocks.append(Grid(*verdict_rows(found, lang)))
    blocks += [_heading("sources", lang), Items([_source(target, lang) for target in asked.targets.values()])]
    blocks += [_heading("design", lang), Paragraph(design_line(found, lang))]
    return [*blocks, Code(command)] if command else blocks


def _heading(part: str, lang: str) -> Heading:
    return Heading(say(f"calibration.part.{part}", lang))


def _picture(title: str, file: str) -> document.Block:
    name, _, ending = file.rpartition(".")
    return Picture(name, title, ending)


def _source(target: Any, lang: str) -> str:
    claim = target.claim.get(lang, "")
    return f"{target.name}: {claim + '. ' if claim else ''}`{target.expression.text}`. {target.source}"


def design_line(found: Calibrated, lang: str) -> str:
    """Return one sentence on the number of runs."""
    asked = found.calibration
    return say(
        "calibration.design", lang, seed=asked.seed, keep=asked.keep, budget=asked.budget,
        replicates=asked.replicates, vectors=asked.check_vectors, fresh=asked.check_replicates,
    )  # fmt: skip


def write(found: Calibrated, folder: str | Path, lang: str = "en", command: str = "") -> Path:
    """Write ``report.md``, one CSV per table and ``provenance.json`` into a folder, whole or not at all."""
    from simulation.files.output import fresh_folder

    with fresh_folder(folder) as made:
        (made / "report.md").write_text(markdown(found, lang, command), encoding="utf-8")
        write_tables(found, made)
    return Path(folder)


def write_tables(found: Calibrated, folder: Path) -> None:
    """Write one CSV per table and ``provenance.json`` into an existing folder."""
    from simulation.files.output import PROVENANCE, TOOL
    from simulation.files.provenance import host, revision, versions
    from simulation.files.tables import harmless

    asked = found.calibration
    for name in (*TABLES, *([] if found.verdicts is None else [_VERDICTS])):
        table = harmless(getattr(found, name))
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    content = {
        "tool": TOOL,
        "calibration": asked.name,
        "targets": {name: {**target.spec, "source": target.source} for name, target in asked.targets.items()},
        "priors": {name: prior.spec() for name, prior in asked.parameters.items()},
        "seed": asked.seed,
        "keep": asked.keep,
        "replicates": asked.replicates,
        "budget": asked.budget,
        "stores": [str(found.store), str(found.check_store)],
        "versions": versions(),
        "revision": revision(),
        "platform": host(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (folder / PROVENANCE).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
