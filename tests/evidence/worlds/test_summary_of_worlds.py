"""A set of worlds told: its findings as data, how it was found, what is pinned down."""

from __future__ import annotations

import json

import pytest
import tomli_w
from kit.worlds import KEYS, about, save, vectors

from simulation.evidence.findings import all_findings
from simulation.evidence.worlds import summary, worlds


@pytest.fixture
def found(tmp_path):
    return worlds(file=save(tmp_path / "plausible.csv", 30))


@pytest.fixture
def alone(tmp_path):
    return worlds(file=save(tmp_path / "alone.csv", 30, beside=False))


def test_the_data_hold_the_findings_and_nothing_that_json_lacks(found, alone):
    data = summary.as_data(found)
    assert data["worlds"] == 30
    wanted = ("low", "high", "tolerance", "default", "median", "share_met")
    row = about(30)["findings"]["trial-rollout"]
    assert data["findings"]["trial-rollout"] == {key: row[key] for key in wanted}
    assert data["findings"]["scale-up"]["high"] is None
    json.dumps(data, allow_nan=False)
    assert summary.as_data(alone) == {"worlds": 30, "findings": {}}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_how_the_set_was_found_is_said_with_its_numbers(found, lang):
    text = " ".join(summary.origin(found, lang))
    for part in ("30", "100,000", "300", "90", "700", "2026-11-27", "make worlds", "0123456789abcdef"):
        assert part in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_finding_is_told_by_its_claim_with_range_default_and_worlds(found, lang):
    head, rows = summary.finding_rows(found, lang)
    assert len(head) == len(rows[0]) == 6
    claim = getattr(all_findings().findings["trial-rollout"].claim, lang)
    assert rows[0] == [claim, "0.4 … 0.58", "± 0.04", "0.47", "0.5 [0.42, 0.6]", "90.0%"]
    assert rows[1][1] == "≥ 0.4"


def test_parameters_stand_in_the_order_in_which_they_are_pinned_down(found):
    head, rows = summary.parameter_rows(found, "en")
    assert [row[0] for row in rows] == list(reversed(KEYS))
    assert [float(row[4]) for row in rows] == sorted(float(row[4]) for row in rows)
    assert len(head) == 6
    assert rows[-1][2] == f"{vectors(1)[0][KEYS[0]]:g}"
    assert {row[-1] for row in rows} == {"pinned down", "narrowed", "not pinned down"}


def test_only_products_that_are_pinned_down_are_named(found, alone):
    assert summary.products(found, "en") == [f"{KEYS[0]}^+0.80 · {KEYS[3]}^-0.60 (ratio 0.12)"]
    assert summary.products(alone, "en") == []


@pytest.mark.parametrize(("lang", "rest"), [("en", "(2 weaker factors)"), ("zh", "（另有 2 个较弱的因子）")])
def test_of_a_long_product_the_strongest_factors_are_named_and_the_others_counted(tmp_path, lang, rest):
    file, content = save(tmp_path / "plausible.csv", 3), about(3)
    factors = [f"p{n}^+0.{9 - n}0" for n in range(8)]
    content["products"] = [{"product": " · ".join(factors), "variance_ratio": 0.1, "verdict": "pinned"}]
    file.with_suffix(".toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    line = summary.products(worlds(file=file), lang)[0]
    assert all(factor in line for factor in factors[:6])
    assert factors[6] not in line
    assert rest in line


def test_a_table_alone_shows_its_values_and_says_that_nothing_more_is_known(alone):
    assert "No file beside" in summary.origin(alone, "en")[0]
    head, rows = summary.parameter_rows(alone, "zh")
    assert len(head) == 3
    assert [row[0] for row in rows] == list(KEYS)
    low = sorted(world[KEYS[0]] for world in vectors(30))
    assert f"[{low[1]:.2g}"[:4] in rows[0][2]
