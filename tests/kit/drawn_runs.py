"""Runs that are drawn: the classroom city, and cities that strain a page; a machine without a font for Chinese."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib import font_manager

from simulation import RunResult, load_scenario, run
from simulation.drawing import fonts

LONG_PLACE = "The Autonomous County of Many Peoples and Mountains in the Far North"


LONG_DOMAIN = "The governance of an exceedingly long-winded policy domain of national significance"


def county(name: str, parent: str, size: int = 3) -> dict[str, Any]:
    return {
        "unit": name,
        "parent": parent,
        "tier": "county",
        "population": 40_000,
        "urban_share": 0.5,
        "residential": size,
        "villages": size,
    }


def places(cities: int, counties: int, city: str = "City", unit: str = "County") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"unit": "Province", "parent": "", "tier": "province"}]
    for c in range(cities):
        rows.append({"unit": f"{city} {c}", "parent": "Province", "tier": "city"})
        rows += [county(f"{unit} {c}.{k}", f"{city} {c}") for k in range(counties)]
    return rows


SCENARIOS: dict[str, dict[str, Any]] = {
    "one county, long names": {
        "weeks": 40,
        "structure": {"units": places(1, 1, "The City of an Exceedingly Long Name", LONG_PLACE), "citizens": 400},
        "domains": {"a": {"en": LONG_DOMAIN, "zh": "一个名称极其冗长且具有全国性重大意义的政策领域的综合治理问题"}},
    },
    "21 cities": {
        "weeks": 60,
        "structure": {"units": places(21, 3), "citizens": 3000},
        "domains": {key: {"en": f"Domain {key}", "zh": f"领域{key}"} for key in "abcdefgh"},
        "instruction": {"cities": ["City 7"]},
    },
    "40 domains": {
        "weeks": 40,
        "structure": {"units": places(1, 12, unit="County of the Upper Long Valley"), "citizens": 1000},
        "domains": {f"d{k}": {"en": f"Policy domain {k} and its name", "zh": f"第{k}号政策领域"} for k in range(40)},
    },
}


@pytest.fixture(scope="session")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """The classroom city as a colleague gets it: saved and loaded, without its model."""
    folder = tmp_path_factory.mktemp("runs") / "classroom"
    run(load_scenario("classroom").with_values({"weeks": 60}), seed=3).save(folder)
    return RunResult.load(folder)


@pytest.fixture(scope="session")
def other() -> RunResult:
    return run(load_scenario("classroom").with_values({"weeks": 60, "plan.kind": "point"}), seed=3)


@pytest.fixture(scope="session", params=[*SCENARIOS, "classroom"])
def any_run(request: pytest.FixtureRequest, classroom: RunResult) -> RunResult:
    return classroom if request.param == "classroom" else run(load_scenario(SCENARIOS[request.param]), seed=1)


@pytest.fixture
def no_chinese_font(monkeypatch):
    """A machine on which matplotlib finds no font for Chinese."""
    latin = [font for font in font_manager.fontManager.ttflist if font.name not in fonts.CHINESE]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", latin)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    for cached in (fonts.chinese_font, fonts.has_bold, fonts._once):
        cached.cache_clear()
    yield
    for cached in (fonts.chinese_font, fonts.has_bold, fonts._once):
        cached.cache_clear()
