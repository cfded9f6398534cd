"""The pattern table: its definitions, how it is measured, and the document made of it."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulation.evidence import Calibration
from simulation.metrics import METRICS
from simulation.verification.patterns import (
    AT_FIRST,
    BASE_LEVELS,
    CITIZENS,
    COMMUNITIES,
    PATTERNS,
    PUBLISHED_SCENARIO,
    SCENARIO,
    arms_of,
    base_scenario,
    measure,
    patterns_in,
    ratio,
    run_arms,
)
from simulation.verification.patterns.direct import SWITCH_OFF
from simulation.verification.patterns.labels import Interval, label

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
SMALL = 600
WORLDS = (SCENARIO, PUBLISHED_SCENARIO)


def section(title):
    return DOCUMENT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title):
    """Return the body of the first table under a title: first cell to the other cells."""
    table = re.search(r"(?:^\|.*\n)+", section(title), re.MULTILINE).group().splitlines()[2:]
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in table)
    return {first: rest for first, *rest in cells}


# --- definitions ---


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("number", range(len(PATTERNS)), ids=[p.id for p in PATTERNS])
def test_every_pattern_is_a_valid_change_of_the_base_or_of_its_null(number, world):
    spec, pattern = base_scenario(scenario=world), patterns_in(world)[number]
    changed = spec.with_values(pattern.overrides)
    null = spec.with_values(pattern.null)
    assert changed.digest != null.digest
    assert pattern.null.items() <= pattern.overrides.items()
    assert all(changed.values[key] == value for key, value in pattern.overrides.items())


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.id)
def test_every_pattern_is_named_in_both_languages(pattern):
    assert not any("一" <= sign <= "鿿" for sign in pattern.en)
    assert any("一" <= sign <= "鿿" for sign in pattern.zh)
    assert pattern.published is None or 0 <= pattern.published < 3
    assert pattern.levels.keys() <= {*METRICS, AT_FIRST}


def test_the_table_has_every_numbered_pattern_once():
    names = [pattern.id for pattern in PATTERNS]
    assert len(set(names)) == len(names)
    assert {int(name.partition(".")[0]) for name in names} == set(range(1, 22))
    assert sum(pattern.published is not None for pattern in PATTERNS) == 56


def test_the_base_is_the_shipped_case_at_the_published_size():
    spec = base_scenario()
    assert (spec.structure.citizens, spec.structure.communities) == (CITIZENS, COMMUNITIES)
    assert BASE_LEVELS.keys() <= METRICS.keys()


@pytest.mark.parametrize("world", WORLDS)
def test_a_share_of_the_leading_group_is_a_share_of_its_world_s_own_intensity(world):
    whole = base_scenario(scenario=world).stages.authority.effective_intensity
    shares = [pattern for pattern in patterns_in(world) if pattern.en.startswith("leading group ×")]
    assert len(shares) == 28
    for pattern in shares:
        share = float(re.match(r"leading group × (\d(?:\.\d+)?)", pattern.en).group(1))
        assert pattern.overrides["stages.authority.intensity"] == pytest.approx(share * whole)


# --- measuring ---


def test_the_ratio_of_paired_means_is_exact_when_one_arm_is_a_multiple_of_the_other():
    null = np.array([0.2, 0.3, 0.4, 0.1])
    found, half = ratio(null, 0.5 * null)
    assert found == pytest.approx(0.5)
    assert half == pytest.approx(0, abs=1e-12)
    assert np.isnan(ratio(np.zeros(3), np.ones(3))[0])


def test_the_interval_of_a_ratio_covers_the_true_one_as_often_as_it_says():
    draw = np.random.default_rng(0)
    trials, covered = 1500, 0
    for _ in range(trials):
        null = draw.normal(0.3, 0.03, 30)
        found, half = ratio(null, 0.7 * null + draw.normal(0, 0.02, 30))
        covered += abs(found - 0.7) <= half
    assert covered / trials == pytest.approx(0.95, abs=0.02)


def test_an_arm_stands_once_and_shared_changes_reach_both_arms_of_a_pair():
    names = ("12", "12.own", "12.interlock", "12.scouting", "12.both", "12.at-once-scouting")
    arms = arms_of([pattern for pattern in PATTERNS if pattern.id in names], {"execution.h": 1.0})
    assert len(arms) == 1 + 4 + 6
    assert all(values["execution.h"] == 1.0 for values in arms.values())
    assert arms["base"] == {"execution.h": 1.0}


@pytest.fixture(scope="module")
def small():
    chosen = [pattern for pattern in PATTERNS if pattern.id in ("1.1", "12.scouting", "21.need")]
    return measure(4, 10, SMALL, patterns=chosen)


def test_a_table_holds_one_row_a_pattern_with_an_interval_around_its_difference(small):
    table, runs = small
    assert list(table["id"]) == ["1.1", "12.scouting", "21.need"]
    assert (table["low"] < table["difference"]).all()
    assert (table["difference"] < table["high"]).all()
    assert set(runs["seed"]) == {10, 11, 12, 13}
    base = runs[runs["arm"] == "base"]["effectiveness"]
    need = runs[runs["arm"] == "21.need"]["effectiveness"]
    row = table.set_index("id").loc["21.need"]
    assert row["ratio"] == pytest.approx(need.mean() / base.mean())
    assert row["difference"] == pytest.approx(need.mean() - base.mean())


def test_without_local_need_little_is_left(small):
    row = small[0].set_index("id").loc["21.need"]
    assert row["high"] < 0
    assert row["ratio"] < 0.4


def test_measuring_again_gives_the_same_numbers_in_one_process_or_in_two():
    arms = {"base": {}, "point": {"plan.kind": "point"}}
    alone = run_arms(arms, 2, 3, SMALL)
    assert alone.equals(run_arms(arms, 2, 3, SMALL, workers=2))
    assert list(alone["arm"]) == ["base", "base", "point", "point"]


# --- the document ---


def test_the_document_states_how_it_was_measured():
    pairs = re.search(r"^- (\d+) pairs in the default world, (\d+) by hand", DOCUMENT, re.MULTILINE)
    assert int(pairs.group(1)) >= 30
    assert int(pairs.group(2)) >= 60
    for words in ("make patterns", "--seed", f"{CITIZENS:,} citizens", f"{COMMUNITIES} communities", "numpy", "numba"):
        assert words in DOCUMENT


def test_the_document_measures_every_pattern_beside_what_was_published():
    table = rows("All patterns")
    assert list(table) == [pattern.id for pattern in PATTERNS]
    for pattern in PATTERNS:
        words, shown, default, by_hand, *_, published, _ = table[pattern.id]
        assert words == f"{pattern.en} {pattern.zh}"
        assert (shown == SWITCH_OFF) == (pattern.direct is None)
        assert all(re.fullmatch(r"\d*\.\d{3} ± \d*\.\d{3}", measured) for measured in (default, by_hand))
        stated = "–" if pattern.published is None else f"{pattern.published:.2f}".removeprefix("0")
        assert published == stated


def interval(text):
    """Return a difference and its interval as the document writes them; None for a dash."""
    return None if text == "–" else Interval(*(float(one) for one in re.findall(r"-?\d*\.\d+", text)))


def test_every_label_in_the_document_follows_from_the_two_intervals_beside_it():
    shown = {name: cells[1] for name, cells in rows("All patterns").items()}
    found = [line.strip("|").split("|") for line in section("Labels").splitlines() if line.startswith("| ")]
    lines = {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in found if cells[0].strip() != "#"}
    assert lines.keys() == {pattern.id for pattern in PATTERNS if pattern.direct is not None}
    clear = 0
    for pattern in (one for one in PATTERNS if one.direct is not None):
        _, said, effect, left, _ = lines[pattern.id]
        assert said == shown[pattern.id]
        assert (left == "–") == (not pattern.direct.set)
        intervals = [one for one in (interval(effect), interval(left)) if one is not None]
        if any(abs(abs(end) - 0.01) < 0.0006 for one in intervals for end in (one.low, one.high)):
            continue  # three digits do not say on which side of the smallest effect an end lies
        clear += 1
        assert said == label(interval(effect), interval(left), 0.01).replace("no effect", "–"), pattern.id
    assert clear > 50


def test_validation_and_readme_count_the_emergent_patterns_as_the_document_does():
    shown = [cells[1] for cells in rows("All patterns").values()]
    said = f"In the default world {shown.count('emergent')} of its {len(shown)} patterns are emergent."
    assert said in (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    readme, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    assert f"In the default world {shown.count('emergent')} of {len(shown)} [patterns]" in " ".join(readme.split())
    assert f"{len(shown)} 个[模式](docs/patterns.md#labels)有 {shown.count('emergent')} 个如此" in chinese


def test_the_document_says_what_every_path_takes_away():
    told = section("Labels")
    for path in {pattern.direct.name: pattern.direct for pattern in PATTERNS if pattern.direct}.values():
        part = told.partition(f"### {path.name}\n")[2].partition("\n### ")[0]
        assert path.en in part
        assert path.zh in part
        assert all(f"`{key}`" in part for key in path.set)


def test_every_pattern_outside_its_interval_is_explained_in_the_document():
    told = section("Where our numbers and the published ones differ")
    apart = {name for name, cells in rows("All patterns").items() if cells[-1] not in ("yes", "–")}
    assert set(re.findall(r"^- \*\*(\S+)\*\*", told, re.MULTILINE)) == apart
    assert told.count("Why: ") == len(apart)


@pytest.mark.parametrize("world", WORLDS)
def test_the_document_describes_the_base_scenario_as_it_is_now(world):
    assert base_scenario(scenario=world).digest[:16] in DOCUMENT, "defaults have changed: run `make patterns`"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Levels of the base scenario", ["`effectiveness`", "`surface`", "`core_effect`"]),
        ("Where momentum comes from", ["default world", "by hand"]),
        ("Breadth, authority and buck-passing", ["leading group ×", "domains on the agenda"]),
        ("What the order of the stages is worth", ["interlock 0", "scout_error 0"]),
        ("Ignition: the default beside h = 2", ["2.x0", "13.campaign"]),
        ("The strength of the instruction", ["0.05", "4"]),
        ("Calibration targets", ["campaign-rebound", "responsiveness"]),
    ],
)
def test_the_document_has_each_part_that_is_promised(title, words):
    assert rows(title).keys() >= set(words) or all(word in section(title) for word in words)


def test_every_calibration_target_has_a_verdict():
    verdicts = {name: cells[-1] for name, cells in rows("Calibration targets").items()}
    for target in Calibration.of("case").targets:
        found = [said for name, said in verdicts.items() if name.startswith(target)]
        assert found
        assert found[0] in {"met", "within tolerance", "**failed**"}
        assert set(found[1:]) <= {"second reading: inside", "second reading: outside"}


@pytest.mark.slow
@pytest.mark.thorough
def test_the_command_writes_the_whole_document_and_again_from_the_runs_it_kept(tmp_path):
    out, keep = tmp_path / "new" / "patterns.md", tmp_path / "runs"
    command = [
        sys.executable,
        "docs/making/patterns.py",
        "--pairs",
        "2",
        "--by-hand",
        "2",
        "--citizens",
        "400",
        "--cities",
        "3",
    ]
    command += ["--workers", "1", "--keep", str(keep), "--out", str(out)]
    for _ in range(2):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        written = out.read_text(encoding="utf-8")
        out.with_name("first.md").exists() or out.rename(out.with_name("first.md"))
    titles = re.findall(r"^## .+$", DOCUMENT, re.MULTILINE)
    assert re.findall(r"^## .+$", written, re.MULTILINE) == titles
    assert written == out.with_name("first.md").read_text(encoding="utf-8")
    assert sorted(entry.name for entry in out.parent.iterdir()) == ["first.md", "patterns.md"]


def test_one_pair_gives_a_ratio_without_an_interval() -> None:
    found, half = ratio([1.0], [2.0])
    assert found == 2.0
    assert math.isnan(half)
