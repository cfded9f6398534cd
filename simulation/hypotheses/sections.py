"""The section of a battery's report on one claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.drawing.document import Block, Heading, Items, Paragraph, Picture
from simulation.drawing.numbers import UNDEFINED, estimate, percent, plain
from simulation.hypotheses.fate import fate
from simulation.hypotheses.tables import EDITED, gone_table, parts_table, variants_table
from simulation.hypotheses.verdicts import REFUTED, SUPPORTED, UNDECIDED
from simulation.hypotheses.wording import part_name, rests_on, span, underpowered
from simulation.scenario.variation import change_in_words, listed_changes
from simulation.text import say
from simulation.text.told import listed

if TYPE_CHECKING:
    from datetime import datetime

    from simulation.hypotheses.evidence import Evidence
    from simulation.hypotheses.findings import Finding
    from simulation.hypotheses.robustness import Variant

_TURNS = (0.05, 0.95)
"""Shares of worlds between which the report says where the result turns around."""


def section(one: Finding, lang: str) -> list[Block]:
    """Return the section of the report on one claim."""
    hypothesis, common = one.hypothesis, one.hypothesis.common
    colon = say("hypotheses.colon", lang)
    blocks: list[Block] = [Heading(f"{hypothesis.id}{colon}{common.claim[lang]}")]
    if lang == "en":
        blocks.append(Paragraph(common.claim["zh"]))
    blocks.append(Paragraph(fate(one, lang), strong=True))
    edited = edited_words(one, lang)
    if edited:
        blocks.append(Paragraph(edited, strong=True))
    blocks += [Items(_facts(one, lang)), Picture(hypothesis.id, common.claim[lang])]
    blocks += [Heading(say("hypotheses.parts", lang), 3), parts_table(one.parts, one, lang)]
    if any(underpowered(part, one) for part in one.parts):
        blocks.append(Paragraph(say("hypotheses.power.note", lang, wanted=percent(common.test.power))))
    if one.details:
        blocks += [Heading(say("hypotheses.details", lang), 3), parts_table(one.details, one, lang, short=True)]
    blocks += [*_mechanism(one, lang), *_direct(one, lang), *_worlds(one, lang)]
    if one.variants:
        names = listed(one.flips)
        flips = say("hypotheses.flips", lang, names=names) if names else say("hypotheses.no_flips", lang)
        blocks += [Heading(say("hypotheses.alternatives", lang), 3), variants_table(one.variants, lang)]
        blocks += [] if one.effect == UNDECIDED else [Paragraph(flips)]
    return blocks


def edited_words(one: Finding, lang: str) -> str | None:
    """Return how a claim was edited after its first test; None for one that was not."""
    entry = one.registration
    if entry is None or not entry.edited:
        return None
    fields = say("hypotheses.edited.unknown", lang) if entry.changed is None else listed(entry.changed)
    dates = {"first": _minute(entry.first), "date": _minute(entry.date)}
    return say("hypotheses.edited", lang, mark=EDITED, id=one.hypothesis.id, fields=fields, **dates)


def _minute(date: datetime) -> str:
    return f"{date:%Y-%m-%d %H:%M} UTC"


def _facts(one: Finding, lang: str) -> list[str]:
    common, plan = one.hypothesis.common, one.plan
    scenario = common.scenario if isinstance(common.scenario, str) else "{…}"
    extra = ", ".join(_setting(key, value, lang) for key, value in common.setting.items())
    again = [
        *([] if one.mechanism is None else [say("hypotheses.again.mechanism", lang)]),
        *([] if one.direct is None else [say("hypotheses.again.direct", lang)]),
    ]
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
        again="".join(again),
    )
    comma, because = say("hypotheses.comma", lang), common.smallest_because
    facts = [
        ("source", common.source),
        ("metric", f"`{common.metric}`{comma}{plain(common.smallest_effect)}"),
        *([] if because is None else [("because", because[lang])]),
        ("expected", say(f"hypotheses.expected.{_shape(one) or common.expected}", lang)),
        ("rests_on", rests_on(one, lang)),
        ("refuted_if", common.refuted_if[lang]),
        ("label", UNDEFINED if one.label is None else say(f"hypotheses.label.{one.label}", lang)),
        ("design", design),
        ("crn", say("hypotheses.crn_text", lang, ratio=estimate(one.crn))),
    ]
    if "value" in one.looked:
        facts.append(("looked", estimate(one.looked["value"])))
    if one.lost:
        facts.append(("lost", say("hypotheses.lost_text", lang, number=one.lost)))
    if one.would_take is not None:
        facts.append(("would_take", say("hypotheses.would_take_text", lang, number=one.would_take)))
    if one.registration is not None:
        entry = {"date": _minute(one.registration.date), "digest": one.registration.digest}
        facts.append(("registered", say("hypotheses.registered_text", lang, **entry)))
    return [f"{say(f'hypotheses.{key}', lang)}{say('hypotheses.colon', lang)}{text}" for key, text in facts]


def _shape(one: Finding) -> str | None:
    """Return the shape of a curve that turns: it has a direction on either side, and ``expected`` says neither."""
    shape = getattr(one.hypothesis.kind, "shape", None)
    return shape if shape in ("inverted-u", "u") else None


def _mechanism(one: Finding, lang: str) -> list[Block]:
    if one.mechanism is None:
        return []
    there, colon = one.mechanism.finding, say("hypotheses.colon", lang)
    words = {
        "label": f"{there.variant.label[lang]} ({_set(there.variant)}){colon}",
        "verdict": say(f"hypotheses.{there.verdict}", lang),
        "part": _value(there.part, lang),
    }
    blocks: list[Block] = [Heading(say("hypotheses.mechanism", lang), 3)]
    found = say("hypotheses.mechanism_found", lang, **words)
    status = f"{one.mechanism_status}_open" if one.mechanism_is_open else one.mechanism_status
    blocks.append(Paragraph(found + say(f"hypotheses.{status}", lang)))
    if one.mechanism.absence.parts and one.mechanism_status != "moot":
        blocks.append(gone_table(one, lang))
    return blocks


def _direct(one: Finding, lang: str) -> list[Block]:
    form = one.hypothesis.common.direct
    if form is None:
        return []
    blocks: list[Block] = [Heading(say("hypotheses.direct", lang), 3)]
    if form.none is not None:
        return [*blocks, Paragraph(say("hypotheses.direct.none", lang, reason=form.none[lang]))]
    if one.direct is None:
        return []
    words = {
        "label": f"{one.direct.variant.label[lang]} ({_set(one.direct.variant)}){say('hypotheses.colon', lang)}",
        "verdict": say(f"hypotheses.{one.direct.verdict}", lang),
        "part": _value(one.direct.part, lang),
    }
    rule = say(f"hypotheses.direct.{one.label or 'moot'}", lang)
    return [*blocks, Paragraph(say("hypotheses.mechanism_found", lang, **words) + rule)]


def _worlds(one: Finding, lang: str) -> list[Block]:
    if not one.worlds:
        return []
    held = [found for found in one.worlds if found.holds is not None]
    low, middle, high = (estimate(value) for value in one.over_worlds)
    words = {
        "number": sum(found.holds is True for found in held),
        "all": len(one.worlds),
        "supported": percent(one.share_judged(SUPPORTED)),
        "refuted": percent(one.share_judged(REFUTED)),
        "undecided": percent(one.share_judged(UNDECIDED)),
        "replicates": max(found.replicates for found in one.worlds),
        "part": part_name(one.part.name, lang) if one.part else UNDEFINED,
    }
    text = say("hypotheses.worlds_text", lang, low=low, middle=middle, high=high, **words)
    blocks: list[Block] = [Heading(say("hypotheses.worlds", lang), 3), Paragraph(text)]
    if _TURNS[0] <= one.share_of_worlds <= _TURNS[1]:
        blocks.append(Items(one.turning.sentences(lang)))
    return blocks


def _set(variant: Variant) -> str:
    return ", ".join(_setting(key, value, "en", mark="`") for key, value in variant.setting.items())


def _setting(key: str, value: Any, lang: str, mark: str = "") -> str:
    """Return a key and its value; listed changes in words."""
    listed = listed_changes(value) if key == "changes" else None
    if not listed:
        return f"{mark}{key}{mark} = {value}"
    return say("hypotheses.comma", lang).join(change_in_words(one, lang) for one in listed)


def _value(part: Evidence | None, lang: str) -> str:
    return UNDEFINED if part is None else f"{part_name(part.name, lang)} {estimate(part.estimate)} {span(part)}"
