"""A battery's report: Markdown, HTML, a LaTeX table, ``battery.csv``, one figure per hypothesis and an overview."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.drawing.document import Block, Heading, Items, Paragraph, Picture, markdown, page
from simulation.drawing.numbers import percent, significant
from simulation.files.output import PROVENANCE, fresh_folder, whole_file
from simulation.files.tables import harmless
from simulation.hypotheses import pictures
from simulation.hypotheses.fate import fate
from simulation.hypotheses.sections import edited_words, section
from simulation.hypotheses.tables import battery_table, estimates_table, latex
from simulation.hypotheses.verdicts import EMERGENT, REFUTED, SUPPORTED, UNDECIDED
from simulation.text import say
from simulation.text.told import listed

if TYPE_CHECKING:
    from simulation.hypotheses.findings import Findings

COMMAND = "wushi hypothesis all"


def write(findings: Findings, folder: str | Path, lang: str = "en", command: str = COMMAND) -> Path:
    """Write the whole report into a folder, or nothing.

    Parameters
    ----------
    findings : Findings
        The findings of a battery.
    folder : path
        New, empty, or with an earlier report, which it replaces.
    lang : {'en', 'zh'}
        Language of the text; the tables' keys stay English.
    command : str
        The command that repeats the battery; it stands in the report.
    """
    blocks = content(findings, lang, command)
    with fresh_folder(folder) as made:
        pictures.overview(findings, lang).save(made / "overview")
        for name, finding in findings.items():
            pictures.figure_of(finding, lang).save(made / name)
        (made / "report.md").write_text(markdown(blocks), encoding="utf-8")
        (made / "report.html").write_text(page(blocks, made, lang), encoding="utf-8")
        (made / "battery.tex").write_text(latex(findings, lang), encoding="utf-8")
        table = harmless(findings.table())
        table.to_csv(made / "battery.csv", index=False, lineterminator="\n", encoding="utf-8")
        text = json.dumps({**findings.provenance, "command": command}, indent=2, ensure_ascii=False)
        (made / PROVENANCE).write_text(text + "\n", encoding="utf-8")
    return Path(folder)


def publish(findings: Findings, path: str | Path, lang: str = "en", command: str = COMMAND) -> Path:
    """Write the report's Markdown, without figures, as one file; whole or not at all."""
    path = Path(path)
    with whole_file(path) as made:
        made.write_text(markdown(content(findings, lang, command), pictures=False), encoding="utf-8")
    return path


def content(findings: Findings, lang: str, command: str = COMMAND) -> list[Block]:
    """Return the report as blocks."""
    blocks: list[Block] = [Heading(say("hypotheses.title", lang), 1), Paragraph(say("hypotheses.intro", lang))]
    if findings.quick:
        blocks.append(Paragraph(say("hypotheses.quick", lang), strong=True))
    capped = [name for name, one in findings.items() if one.plan.capped]
    if capped and not findings.quick:
        blocks.append(Paragraph(say("hypotheses.capped", lang, ids=listed(capped)), strong=True))
    blocks += [
        Heading(say("hypotheses.battery", lang)),
        Paragraph(_summary(findings, lang)),
        battery_table(findings, lang),
    ]
    edited = [text for one in findings.values() if (text := edited_words(one, lang))]
    blocks += [Paragraph(text) for text in edited]
    colon = say("hypotheses.colon", lang)
    blocks.append(Items([f"{name}{colon}{fate(one, lang)}" for name, one in findings.items()]))
    blocks.append(Picture("overview", say("hypotheses.overview", lang)))
    blocks += [Heading(say("hypotheses.definitions", lang)), Items(_definitions(findings, lang))]
    blocks += [Heading(say("hypotheses.estimates", lang)), estimates_table(findings, lang)]
    for finding in findings.values():
        blocks += section(finding, lang)
    runs = say("hypotheses.command", lang, command=command, runs=findings.runs)
    blocks += [Heading(say("hypotheses.limits", lang)), Paragraph(say("hypotheses.limits_text", lang))]
    blocks += [Heading(say("hypotheses.provenance", lang)), Paragraph(runs)]
    blocks.append(Items([f"{name} {version}" for name, version in findings.provenance["versions"].items()]))
    blocks += [Paragraph(say("hypotheses.warning", lang, text=text)) for text in findings.warnings]
    return blocks


def _summary(findings: Findings, lang: str) -> str:
    verdicts = [one.verdict for one in findings.values()]
    counts = {verdict: verdicts.count(verdict) for verdict in (SUPPORTED, REFUTED, UNDECIDED)}
    emergent = sum(one.label == EMERGENT for one in findings.values())
    return say("hypotheses.summary", lang, all=len(verdicts), emergent=emergent, **counts)


def _definitions(findings: Findings, lang: str) -> list[str]:
    levels = {significant(1 - one.hypothesis.common.test.alpha) for one in findings.values()}
    level = ", ".join(percent(float(one)) for one in sorted(levels))
    names = ("supported", "refuted", "undecided", "mechanism", "correction", "label", "worlds", "robust")
    return [say(f"hypotheses.definition.{name}", lang, level=level) for name in names]
