"""The shipped claims give their reasons, and what they switch off leaves alone what they vary."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path

import pytest

from simulation.hypotheses import Hypothesis, shipped_hypotheses
from simulation.hypotheses.claim import folder
from simulation.hypotheses.schema import Pair
from simulation.text import say

NUMBER = re.compile(r"\d*\.\d+|\d+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = shipped_hypotheses()
PAGE = Path(__file__).parents[2] / "docs" / "hypotheses.md"


@functools.cache
def load(name: str) -> Hypothesis:
    return Hypothesis.load(name)


@pytest.fixture(params=NAMES)
def claim(request: pytest.FixtureRequest) -> Hypothesis:
    return load(request.param)


def is_told_in_both_languages(text: Pair | None) -> bool:
    return text is not None and not CHINESE.search(re.sub(r"\(.*?\)", "", text.en)) and bool(CHINESE.search(text.zh))


def numbers(text: str) -> list[float]:
    return sorted({float(found) for found in NUMBER.findall(text)})


def test_ids_run_without_a_gap_and_every_file_is_found():
    ids = [load(name).id for name in NAMES]
    assert ids == [f"H{number:02d}" for number in range(1, len(NAMES) + 1)]
    assert sorted(NAMES) == sorted(path.stem for path in folder().glob("*.toml"))


def test_the_reason_for_the_smallest_effect_gives_the_same_numbers_in_both_languages(claim: Hypothesis):
    reason = claim.common.smallest_because
    assert is_told_in_both_languages(reason)
    assert numbers(reason.en) == numbers(reason.zh) != []


def test_claims_on_one_metric_have_one_smallest_effect_unless_their_reason_differs():
    by_reason: dict[tuple[str, str], set[float]] = {}
    by_metric: dict[str, set[str]] = {}
    for name in NAMES:
        common = load(name).common
        by_reason.setdefault((common.metric, common.smallest_because.en), set()).add(common.smallest_effect)
        by_metric.setdefault(common.metric, set()).add(common.smallest_because.en)
    assert all(len(sizes) == 1 for sizes in by_reason.values())
    assert {metric for metric, reasons in by_metric.items() if len(reasons) > 1} <= {"effectiveness"}


def test_the_smallest_effect_follows_from_the_stated_number_by_the_stated_rule(claim: Hypothesis):
    common = claim.common
    stated = float(re.search(r"\((\d*\.\d+)", common.smallest_because.en)[1])
    if "three quarters" not in common.smallest_because.en:
        assert common.smallest_because.en.startswith("a tenth")
        assert common.smallest_effect == round(stated / 10, 3)
    elif common.metric == "agenda":
        assert common.smallest_effect == round(0.75 * stated * 2) / 2
    else:
        assert common.smallest_effect == round(0.75 * stated, 2)


def test_every_source_gives_a_section_of_the_paper_or_a_year(claim: Hypothesis):
    for part in claim.common.source.split(";"):
        assert re.search(r"§\d" if "Bu " in part else r"§\d|\b(19|20)\d\d\b", part.replace("§§", "§")), part


def test_a_claim_says_what_would_refute_it(claim: Hypothesis):
    assert is_told_in_both_languages(claim.common.refuted_if)
    assert claim.common.refuted_if.en != claim.common.claim.en


def test_direct_products_are_named_or_denied_with_a_reason(claim: Hypothesis):
    direct = claim.common.direct
    assert direct is not None
    assert (direct.set is None) == (direct.none is not None)
    assert is_told_in_both_languages(direct.none or direct.label)


def test_neither_mechanism_nor_direct_products_set_what_the_arms_vary(claim: Hypothesis):
    switched = [one.set for one in (claim.common.mechanism, claim.common.direct) if one is not None and one.set]
    assert all(not set(keys) & set(claim.varied()) for keys in switched)


def test_the_arms_stay_apart_and_loadable_and_the_switched_values_change_them(claim: Hypothesis):
    scenario, varied = claim.task.scenario, claim.varied()
    plain = [scenario.with_values(setting).values for setting in claim.settings().values()]
    for one in (claim.common.mechanism, claim.common.direct):
        if one is None or not one.set:
            continue
        arms = [scenario.with_values(setting).values for setting in claim.settings(one.set).values()]
        assert len({tuple(str(values[key]) for key in varied) for values in arms}) == len(arms)
        assert all(any(before[key] != after[key] for key in one.set) for before, after in zip(plain, arms, strict=True))


def test_no_file_states_a_status_that_is_measured():
    for path in folder().glob("*.toml"):
        assert "status" not in tomllib.loads(path.read_text(encoding="utf-8")), path.stem


def test_the_table_of_smallest_effects_says_what_the_files_say():
    page = (folder() / "README.md").read_text(encoding="utf-8")
    table = {metric: float(size) for metric, size in re.findall(r"^\| `(\w+)` \|[^|]+\| (\S+) \|$", page, re.MULTILINE)}
    for name in NAMES:
        common = load(name).common
        if "ordinary cities" in common.smallest_because.en:
            assert table[common.metric] == common.smallest_effect, name


def published() -> dict[str, dict[str, str]]:
    """Return the first table of the page of verdicts: id to its row."""
    lines = re.findall(r"^\| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    rows = [re.split(r" \| ", line) for line in lines]
    first = next(place for place, row in enumerate(rows) if row[0] == "id")
    table = rows[first + 2 : first + 2 + len(NAMES)]
    return {row[0].strip("†"): dict(zip(rows[first], row, strict=True)) for row in table}


def test_the_page_of_verdicts_tells_the_fate_of_every_claim_as_its_file_puts_it():
    found = published()
    assert {one: row["Claim"] for one, row in found.items()} == {
        load(name).id: load(name).common.claim["en"] for name in NAMES
    }
    assert {row["Verdict"] for row in found.values()} <= {"supported", "refuted", "undecided"}
    page = PAGE.read_text(encoding="utf-8")
    for one, row in found.items():
        sentence = re.search(
            rf"^- {one}: {row['Verdict'].capitalize()}: .+ of 50 plausible worlds.*\.$", page, re.MULTILINE
        )
        assert sentence is not None, one


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            "README.md",
            r"none of the (\d+) supported .+?; (\d+) of the (\d+) claims are refuted and (\d+) are undecided",
        ),
        ("README.zh.md", r"获得支持的 (\d+) 项.+?无一如此，27 项主张中另有 (\d+) 项被否定，(\d+) 项未决"),
    ],
)
def test_the_readme_counts_verdicts_as_the_page_does(page: str, said: str):
    rows = published().values()
    counts = [sum(row["Verdict"] == verdict for row in rows) for verdict in ("supported", "refuted", "undecided")]
    if page == "README.md":
        counts.insert(2, len(NAMES))
    text = " ".join((PAGE.parents[1] / page).read_text(encoding="utf-8").split())
    assert [int(number) for number in re.search(said, text).groups()] == counts
    assert not any(row["Label"] == "emergent" for row in rows)


def test_the_page_of_verdicts_sums_its_table_up():
    rows = list(published().values())
    counts = {
        verdict: sum(row["Verdict"] == verdict for row in rows) for verdict in ("supported", "refuted", "undecided")
    }
    emergent = sum(row["Label"] == "emergent" for row in rows)
    assert say("hypotheses.summary", "en", all=len(rows), emergent=emergent, **counts) in PAGE.read_text(
        encoding="utf-8"
    )
