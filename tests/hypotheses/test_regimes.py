"""Regimes: hysteresis and two modes are found where they exist, and not found where they do not."""

from __future__ import annotations

import random

import pytest
from synthetic import claim

from simulation.files.errors import InputError
from simulation.hypotheses import Battery, Hypothesis
from simulation.hypotheses.report import write
from simulation.text import say

TEST = {"pilot": 30, "max_replicates": 120}
REGIME = {
    "id": "R1",
    "kind": "regime",
    "control": None,
    "treatment": None,
    "factor": "x",
    "values": [0.0, 1.0, 2.0],
    "low": {"start": 0.0},
    "high": {"start": 1.0},
    "test": TEST,
}


def memory(setting, seed):
    """Return the final state of a system: at x = 1 its starting state, elsewhere its only state."""
    noise = random.Random(f"{seed} {sorted(setting.items())}").gauss(0, 0.2)
    return {"y": (setting["start"] if setting["x"] == 1.0 else setting["x"] / 2) * 2 + noise}


def two_states(setting, seed):
    """Return a system that ends in one of two states at x = 1 and in one state elsewhere."""
    luck = random.Random(f"{seed} {sorted(setting.items())}")
    return {"y": (luck.choice([0.0, 3.0]) if setting["x"] == 1.0 else 0.0) + luck.gauss(0, 0.3)}


def one_state(setting, seed):
    return {"y": random.Random(f"{seed} {sorted(setting.items())}").gauss(0, 0.3)}


def verdict(folder, task, **changes):
    hypothesis = Hypothesis.load(claim(**(REGIME | changes)), task)
    findings = Battery([hypothesis], store=folder, workers=0, progress="quiet").test()
    return findings["R1"]


def test_hysteresis_is_found_at_the_value_where_the_start_decides(tmp_path):
    found = verdict(tmp_path, memory)
    assert found.verdict == "supported"
    assert found.part.low < 2.0 < found.part.high


def test_no_hysteresis_is_claimed_where_the_start_is_forgotten(tmp_path):
    assert verdict(tmp_path, one_state).verdict != "supported"


def test_two_modes_are_found_where_there_are_two_states(tmp_path):
    found = verdict(tmp_path, two_states, by="modes", low=None, high=None)
    assert found.verdict == "supported"
    assert found.part.estimate == pytest.approx(3.0, abs=0.4)


def test_two_modes_are_not_found_in_one_state(tmp_path):
    assert verdict(tmp_path, one_state, by="modes", low=None, high=None).verdict != "supported"


def test_the_loop_is_reported_value_by_value_and_modes_have_none(tmp_path):
    loop = verdict(tmp_path / "loop", memory).details
    assert [part.name for part in loop] == ["0", "1", "2"]
    assert [part.estimate for part in loop] == pytest.approx([0, 2, 0], abs=0.2)
    assert verdict(tmp_path / "modes", two_states, by="modes", low=None, high=None).details == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"values": [1.0, 0.5]}, "values"),
        ({"values": []}, "values"),
        ({"low": {"start": 1.0}}, "high"),
        ({"by": "modes", "low": None, "high": None, "expected": "none"}, "expected"),
    ],
)
def test_a_regime_that_cannot_be_tested_is_refused(changes, key):
    with pytest.raises(InputError) as caught:
        Hypothesis.load(claim(**(REGIME | changes)), memory)
    assert key in caught.value.key


def ranked(setting, seed):
    """Return what is best when a comes first, then b, then c."""
    noise = random.Random(f"{seed} {sorted(setting.items())}").gauss(0, 0.3)
    return {"y": -setting["a"] * 3.0 - setting["b"] * 1.5 + noise}


ORDER = REGIME | {"id": "O1", "kind": "order", "factor": None, "values": None, "low": None, "high": None}
ORDER |= {"keys": ["a", "b", "c"], "slots": [1, 2, 3]}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_report_shows_the_loop_and_the_rank_of_an_order_in_words_and_pictures(tmp_path, lang):
    hypotheses = [Hypothesis.load(claim(**REGIME), memory), Hypothesis.load(claim(**ORDER), ranked)]
    findings = Battery(hypotheses, store=tmp_path / "runs", workers=0, progress="quiet").test()
    assert [findings[name].verdict for name in ("R1", "O1")] == ["supported", "supported"]
    folder = write(findings, tmp_path / "report", lang)
    page = (folder / "report.html").read_text(encoding="utf-8")
    for key in ("hypotheses.details", "hypotheses.supported"):
        assert say(key, lang) in page
    assert claim()["claim"][lang] in page
    pictures = {path.name for path in folder.rglob("*.svg")}
    assert {"R1.svg", "O1.svg"} <= pictures
