"""The report: one file, offline, whole, in both languages, and safe whatever a scenario is called."""

from __future__ import annotations

import base64
import html
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kit.fans import alone
from kit.languages import EACH
from kit.parsed import Page
from matplotlib.figure import Figure

from simulation import RunResult, load_scenario, run
from simulation.drawing import pages
from simulation.figures import figures
from simulation.figures.names import Names
from simulation.figures.town_load import capacity
from simulation.report import LARGEST, page, words, write_report
from simulation.report.frames import DIGITS
from simulation.report.words import Words
from simulation.text import say

NASTY = """</script><img src=x onerror=alert(1)>"'&{{ 7 * 7 }}"""


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "run"
    run(load_scenario("classroom").with_values({"weeks": 40, "structure.citizens": 600}), seed=2).save(folder)
    return RunResult.load(folder)


@pytest.fixture(scope="module", params=EACH)
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def text(result, lang, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    with_switches = {"need": 0.25, "ignition": 1.02, "citizens": 0.5}
    assert write_report(result, path, lang, with_switches) == path
    assert path.stat().st_size <= LARGEST
    assert [entry.name for entry in path.parent.iterdir()] == ["report.html"]
    return path.read_text(encoding="utf-8")


def test_the_page_is_well_formed_and_its_links_lead_somewhere(text):
    page = Page(text)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"][1:] for tag, attributes in page.tags if tag == "a"}
    assert targets <= set(ids)


def test_the_page_asks_nothing_of_a_network(text):
    for tag, attributes in Page(text).tags:
        for name in ("src", "href", "srcset", "action", "data"):
            value = attributes.get(name) or "#"
            assert value.startswith(("data:image/", "#")), (tag, name, value[:60])
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert not any("url(" in style or "@import" in style for style in styles)
    assert "default-src 'none'" in html.unescape(text)


def test_every_picture_of_one_run_is_in_it_with_its_title(text, lang):
    images = [attributes for tag, attributes in Page(text).tags if tag == "img"]
    single = [figures()[name] for name in alone()]
    assert [image["alt"] for image in images] == [say(module.TITLE, lang) for module in single]


def test_the_page_has_the_scenario_the_numbers_and_every_limit(text, lang, result):
    plain = html.unescape(text)
    title = result.spec.title
    assert title.zh if lang == "zh" else title.en in plain
    for name in ("effectiveness", "surface", "participation"):
        assert say(f"metric.{name}", lang) in plain
        assert say(f"metric.{name}.meaning", lang) in plain
    for name in ("switch", "ignition", "order", "need", "span", "case", "absent", "one_run"):
        assert say(f"report.limit.{name}", lang) in plain
    assert say("report.limit.measured", lang, ratio="1.02") in plain
    assert result.provenance["digest"] in plain


def test_effectiveness_the_core_depth_and_the_agenda_stand_together(text, lang):
    cards = re.findall(r"<dt>(.*?)</dt>", html.unescape(text))
    assert cards[:4] == [say(f"metric.{name}", lang) for name in ("effectiveness", "core_effect", "depth", "agenda")]
    assert {say(f"metric.{name}", lang) for name in ("co_operation", "town_load")} <= set(cards)


def test_domain_by_domain_the_report_says_since_when_how_far_and_how_well():
    made = run(load_scenario("as-instructed").with_values({"structure.citizens": 600, "weeks": 60}), seed=0)
    rows = {row[0]: row[1:] for row in Words(made, Names(made, "en"), None).domains}
    labels = [entry.en for entry in made.spec.domains.values()]
    assert list(rows) == labels
    since = {label: row[0] for label, row in rows.items() if row[0] != "–"}
    # Signals in weeks 0, 26 and 52; a table has every fourth week.
    assert since == {
        "NIMBY conflicts": "week 0 (March 2020)",
        "Rural revitalisation": "week 28 (September 2020)",
        "Environment": "week 52 (February 2021)",
    }
    point = made.cells[made.cells["domain"] == made.spec.point]
    shown = (f"{point['site_since'].notna().mean():.0%}", f"{point['effect'].mean():.1%}")
    assert rows["NIMBY conflicts"][1:3] == shown
    assert rows["Land consolidation"][1:3] == ("0%", "0.0%")


def test_county_by_county_the_report_counts_towns_above_what_they_can_carry(result, monkeypatch):
    carried = capacity(result)
    rows = [("Harbour", carried + 0.1, 2, 1), ("Harbour", carried - 0.1, 1, 0), ("Hill", 0.5, 0, 0)]
    columns = ["unit", "load", "substantive", "symbolic"]
    found = pd.DataFrame(rows, columns=columns).assign(week=39, adaptive=0, selective=0)
    monkeypatch.setattr(words, "of_counties", lambda _: pd.concat([found.assign(week=0, load=9.0), found]))
    shown = words.Words(result, Names(result, "en"), None).towns
    assert shown == [("Harbour", "2", f"{carried:.2f}", "1", "75%"), ("Hill", "1", "0.50", "0", "–")]


def test_every_signal_has_its_sentence():
    spec = load_scenario("as-instructed").with_values({"structure.citizens": 300, "weeks": 2})
    made = run(spec, seed=0)
    sentences = Words(made, Names(made, "en"), None).sentences
    assert [sentence.split("in week ")[1].split()[0] for sentence in sentences[:3]] == ["0", "26", "52"]
    assert "Environment" in sentences[2]


def test_every_parameter_is_listed_with_its_key(text, result):
    listed = set(re.findall(r"<code>([^<]+)</code>", text))
    assert result.spec.values.keys() - listed == set()


def test_the_slider_has_the_recorded_months_and_effects(text, result):
    found = re.search(r'<script type="application/json" id="frames">(.*?)</script>', text, re.DOTALL)
    assert found
    data = json.loads(found[1])
    units = result.units
    assert data["weeks"] == [int(week) for week in units["week"].unique()]
    last = units[units["week"] == units["week"].max()]
    shown = [DIGITS.index(sign) / 63 for sign in data["effect"][-1]]
    assert shown == pytest.approx(last["effect"].tolist(), abs=0.5 / 63 + 1e-9)
    momentum = last.groupby("unit", sort=False)["unit_momentum"].first().tolist()
    assert data["momentum"][-1] == pytest.approx(momentum, rel=0.006)
    assert len(data["places"]) == units["unit"].nunique()
    assert len(data["parents"]) == len(data["places"])
    assert len(data["colours"]) == len(DIGITS)


def test_names_from_a_scenario_cannot_become_markup_or_template(tmp_path):
    units = [
        {"unit": "P", "parent": "", "tier": "province"},
        {"unit": NASTY, "parent": "P", "tier": "city"},
        {
            "unit": NASTY + "2",
            "parent": NASTY,
            "tier": "county",
            "population": 9000,
            "urban_share": 0.5,
            "residential": 2,
            "villages": 2,
        },
    ]
    spec = load_scenario(
        {
            "title": {"en": NASTY, "zh": NASTY},
            "question": {"en": NASTY, "zh": NASTY},
            "weeks": 5,
            "structure": {"units": units, "citizens": 200},
            "domains": {"a": {"en": NASTY, "zh": NASTY}},
        }
    )
    path = write_report(run(spec, seed=0), tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert not any("onerror" in attributes for _, attributes in page.tags)
    assert not any(attributes.get("src") == "x" for _, attributes in page.tags)
    assert sum(tag == "script" for tag, _ in page.tags) == 2
    assert "{{ 7 * 7 }}" in html.unescape(text)


def test_many_places_are_shown_by_city(tmp_path):
    units = [{"unit": "P", "parent": "", "tier": "province"}]
    for city in range(14):
        units.append({"unit": f"C{city}", "parent": "P", "tier": "city"})
        units += [
            {
                "unit": f"U{city}.{k}",
                "parent": f"C{city}",
                "tier": "county",
                "population": 9000,
                "urban_share": 0.5,
                "residential": 1,
                "villages": 1,
            }
            for k in range(3)
        ]
    spec = load_scenario({"structure": {"units": units, "citizens": 800}, "domains": {"a": {}}, "weeks": 9})
    path = write_report(run(spec, seed=0), tmp_path / "report.html")
    found = re.search(r'id="frames">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["places"] == [f"C{city}" for city in range(14)]
    assert data["parents"] == []


def test_a_failed_report_leaves_what_was_there(result, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("earlier", encoding="utf-8")
    monkeypatch.setattr("simulation.report.LARGEST", 1000)
    with pytest.raises(ValueError, match="bytes"):
        write_report(result, path)
    assert path.read_text(encoding="utf-8") == "earlier"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def noisy() -> Figure:
    figure = Figure(figsize=(3, 3))
    figure.subplots().imshow(np.random.default_rng(0).random((150, 150)))
    return figure


def test_a_picture_too_large_as_svg_goes_in_as_a_png_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = page.address(noisy(), {})
    assert whole.startswith("data:image/svg+xml;base64,")
    monkeypatch.setattr(pages, "PICTURE", 40_000)
    small = page.address(noisy(), {})
    kind, _, content = small.partition(";base64,")
    assert kind == "data:image/png"
    assert len(base64.b64decode(content)) <= 40_000


def test_of_saved_pictures_the_png_stands_in_for_a_large_svg_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {kind: tmp_path / f"a.{kind}" for kind in ("svg", "png")}
    files["svg"].write_bytes(b"s" * 100)
    files["png"].write_bytes(b"p" * 50)
    monkeypatch.setattr(pages, "PICTURE", 20)
    assert page.address(None, files) == f"data:image/png;base64,{base64.b64encode(b'p' * 50).decode()}"
