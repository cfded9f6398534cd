"""A battery's report: Markdown, HTML, a LaTeX table, ``battery.csv``, one figure per hypothesis and an overview."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.drawing.document import Block, Grid, Heading, Items, Paragraph, Picture, markdown, page
from simulation.drawing.numbers import UNDEFINED, estimate, percent, plain, probability, significant
from simulation.files.output import PROVENANCE, fresh_folder, whole_file
from simulation.files.tables import harmless
from simulation.hypotheses import pictures
from simulation.hypotheses.verdicts import UNDECIDED
from simulation.hypotheses.wording import expected, found, part_name, power_words, rests_on, span, underpowered
from simulation.text import say
from simulation.text.told import listed

if TYPE_CHECKING:
    from simulation.hypotheses.evidence import Evidence
    from simulation.hypotheses.findings import Finding, Findings
    from simulation.hypotheses.robustness import Variant

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
    blocks += [Heading(say("hypotheses.battery", lang)), battery_table(findings, lang)]
    blocks.append(Picture("overview", say("hypotheses.overview", lang)))
    blocks += [Heading(say("hypotheses.definitions", lang)), Items(_definitions(findings, lang))]
    for finding in findings.values():
        blocks += section(finding, lang)
    runs = say("hypotheses.command", lang, command=command, runs=findings.runs)
    blocks += [Heading(say("hypotheses.limits", lang)), Paragraph(say("hypotheses.limits_text", lang))]
    blocks += [Heading(say("hypotheses.provenance", lang)), Paragraph(runs)]
    blocks.append(Items([f"{name} {version}" for name, version in findings.provenance["versions"].items()]))
    blocks += [Paragraph(say("hypotheses.warning", lang, text=text)) for text in findings.warnings]
    return blocks


def _definitions(findings: Findings, lang: str) -> list[str]:
    levels = {significant(1 - one.hypothesis.common.test.alpha) for one in findings.values()}
    level = ", ".join(percent(float(one)) for one in sorted(levels))
    names = ("supported", "refuted", "undecided", "correction", "robust")
    return [say(f"hypotheses.definition.{name}", lang, level=level) for name in names]


def battery_table(findings: Findings, lang: str) -> Grid:
    """Return the table of verdicts."""
    heads = [
        *("claim", "kind", "status", "verdict", "part", "expected", "found", "estimate", "interval"),
        *("replicates", "robust"),
    ]
    rows = []
    for name, one in findings.items():
        common = one.hypothesis.common
        rows.append(
            [
                name,
                common.claim[lang],
                say(f"hypotheses.kind.{one.hypothesis.kind.name}", lang),
                say(f"hypotheses.{common.status}", lang),
                say(f"hypotheses.{one.verdict}", lang),
                *_direction(one, lang),
                estimate(one.part.estimate if one.part else math.nan),
                span(one.part),
                str(one.replicates),
                percent(one.robust_share),
            ]
        )
    return Grid(["id", *(say(f"hypotheses.{key}", lang) for key in heads)], rows)


def _direction(one: Finding, lang: str) -> tuple[str, str, str]:
    """Return the part on which a verdict rests, and the direction expected of it and found."""
    if one.part is None:
        return UNDEFINED, UNDEFINED, UNDEFINED
    smallest = float(one.hypothesis.common.smallest_effect)
    return part_name(one.part.name, lang), expected(one.part, lang), found(one.part, smallest, lang)


def section(one: Finding, lang: str) -> list[Block]:
    """Return the section of the report on one hypothesis."""
    hypothesis, common = one.hypothesis, one.hypothesis.common
    verdict = say(f"hypotheses.{one.verdict}", lang)
    blocks: list[Block] = [Heading(f"{hypothesis.id}{_colon(lang)}{common.claim[lang]}")]
    if lang == "en":
        blocks.append(Paragraph(common.claim["zh"]))
    blocks.append(Paragraph(f"{say('hypotheses.verdict', lang)}{_colon(lang)}{verdict}", strong=True))
    blocks += [Items(_facts(one, lang)), Picture(hypothesis.id, common.claim[lang])]
    blocks += [Heading(say("hypotheses.parts", lang), 3), _parts(one.parts, one, lang)]
    if any(underpowered(part, one) for part in one.parts):
        blocks.append(Paragraph(say("hypotheses.power.note", lang, wanted=percent(common.test.power))))
    if one.details:
        blocks += [Heading(say("hypotheses.details", lang), 3), _parts(one.details, one, lang, short=True)]
    if one.variants:
        names = listed(one.flips)
        flips = say("hypotheses.flips", lang, names=names) if names else say("hypotheses.no_flips", lang)
        blocks += [
            Heading(say("hypotheses.alternatives", lang), 3),
            _variants(one, lang),
            *([] if one.verdict == UNDECIDED else [Paragraph(flips)]),
        ]
    if one.mechanism is not None:
        label, found = one.mechanism.variant.label[lang], one.mechanism
        told = say(f"hypotheses.{found.verdict}", lang)
        blocks += [
            Heading(say("hypotheses.mechanism", lang), 3),
            Paragraph(
                f"{label} ({_set(found.variant)}){_colon(lang)}{told}{_comma(lang)}"
                + f"{_value(found.part, lang)}{_stop(lang)}"
                + ("" if one.mechanism_status == "moot" else say("hypotheses.kept", lang, share=percent(one.kept)))
                + say(f"hypotheses.{one.mechanism_status}", lang)
            ),
        ]
    return blocks


def _facts(one: Finding, lang: str) -> list[str]:
    common, plan = one.hypothesis.common, one.plan
    scenario = common.scenario if isinstance(common.scenario, str) else "{…}"
    extra = ", ".join(f"{key} = {value}" for key, value in common.setting.items())
    design = say(
        "hypotheses.design_text",
        lang,
        arms=plan.arms,
        replicates=plan.replicates,
        pilot=plan.pilot,
        wanted=plan.wanted,
        power=plain(common.test.power),
        reached=percent(plan.power),
        first=plan.pilot,
        last=plan.pilot + plan.replicates - 1,
        seed=common.seed,
        scenario=f"{scenario} ({extra})" if extra else scenario,
    )
    facts = [
        ("source", common.source),
        ("status", say(f"hypotheses.{common.status}", lang)),
        ("metric", f"`{common.metric}`{_comma(lang)}{plain(common.smallest_effect)}"),
        ("expected", say(f"hypotheses.expected.{_shape(one) or common.expected}", lang)),
        ("rests_on", rests_on(one, lang)),
        ("refuted_if", common.refuted_if[lang]),
        ("design", design),
        ("crn", say("hypotheses.crn_text", lang, ratio=estimate(one.crn))),
    ]
    if "value" in one.looked:
        facts.append(("looked", estimate(one.looked["value"])))
    if one.lost:
        facts.append(("lost", say("hypotheses.lost_text", lang, number=one.lost)))
    if one.would_take is not None:
        facts.append(("would_take", say("hypotheses.would_take_text", lang, number=one.would_take)))
    return [f"{say(f'hypotheses.{key}', lang)}{_colon(lang)}{text}" for key, text in facts]


def _shape(one: Finding) -> str | None:
    """Return the shape of a curve that turns: it has a direction on either side, and ``expected`` says neither."""
    shape = getattr(one.hypothesis.kind, "shape", None)
    return shape if shape in ("inverted-u", "u") else None


def _parts(parts: list[Evidence], one: Finding, lang: str, short: bool = False) -> Grid:
    smallest = float(one.hypothesis.common.smallest_effect)
    keys = ["part", *([] if short else ["expected"]), "found", "estimate", "interval"]
    keys += [] if short else ["p_support", "p_refute", "power"]
    rows = []
    for part in parts:
        direction = [found(part, smallest, lang)] if short else [expected(part, lang), found(part, smallest, lang)]
        row = [part_name(part.name, lang), *direction, estimate(part.estimate), span(part)]
        if not short:
            row += [probability(part.p_support), probability(part.p_refute), power_words(part, one, lang)]
        rows.append(row)
    return Grid([say(f"hypotheses.{key}", lang) for key in keys], rows)


def _variants(one: Finding, lang: str) -> Grid:
    rows = [
        [
            f"{found.variant.name}{_colon(lang)}{found.variant.label[lang]}",
            say(f"hypotheses.{found.verdict}", lang),
            UNDEFINED if found.part is None else part_name(found.part.name, lang),
            estimate(found.part.estimate if found.part else math.nan),
            span(found.part),
            str(found.replicates),
        ]
        for found in one.variants
    ]
    heads = ("alternative", "verdict", "part", "estimate", "interval", "replicates")
    return Grid([say(f"hypotheses.{key}", lang) for key in heads], rows)


def _colon(lang: str) -> str:
    return "：" if lang == "zh" else ": "


def _comma(lang: str) -> str:
    return "，" if lang == "zh" else ", "


def _stop(lang: str) -> str:
    return "。" if lang == "zh" else ". "


def _set(variant: Variant) -> str:
    return ", ".join(f"`{key}` = {value}" for key, value in variant.setting.items())


def _value(part: Evidence | None, lang: str) -> str:
    return UNDEFINED if part is None else f"{part_name(part.name, lang)} {estimate(part.estimate)} {span(part)}"


_LATEX = {letter: f"\\{letter}" for letter in "&%_#${}"} | {
    UNDEFINED: "--",
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "\n": " ",
    "\r": " ",
}


def latex(findings: Findings, lang: str) -> str:
    """Return the table of verdicts as LaTeX (booktabs)."""
    table = battery_table(findings, lang)
    keep = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11]

    def line(row: list[str]) -> str:
        cells = ["".join(_LATEX.get(letter, letter) for letter in row[place]) for place in keep]
        return " & ".join(cells) + r" \\"

    head, *rows = [line(list(row)) for row in (table.head, *table.rows)]
    body = "\n".join(rows)
    note = say("hypotheses.quick", lang) if findings.quick else ""
    comment = f"% {note}\n" if note else ""
    return (
        f"{comment}\\begin{{tabular}}{{lp{{5cm}}lp{{2.5cm}}p{{1.8cm}}p{{1.8cm}}rlrr}}\n\\toprule\n{head}\n\\midrule\n{body}\n"
        "\\bottomrule\n\\end{tabular}\n"
    )
