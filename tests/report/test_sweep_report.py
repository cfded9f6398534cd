"""The report of a sweep: whole, offline, in both languages, and safe whatever a store holds."""

from __future__ import annotations

import html
import re

import pytest
from kit.parsed import Page
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.experiments import Experiment, sweep
from simulation.files.errors import InputError
from simulation.report.sweep import report_path, write_sweep_report
from simulation.report.sweep.page import shown_metrics
from simulation.scenario.sources import source_in
from simulation.text import say

NASTY = """</td><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"""
FACTORS = {
    "execution.oversight": {"low": 0.2, "high": 1.0},
    "execution.capacity": {"low": 0.5, "high": 3.0},
    "citizens.contacts": [4, 6, 8],
}


def outcome(parameters, seed):
    """Return two metrics; fail where a citizen has six contacts, with a text that would be markup."""
    if parameters.get("citizens.contacts") == 6:
        raise ValueError(f"{NASTY} under {seed}")
    oversight = parameters.get("execution.oversight", 0.5)
    return {"effectiveness": oversight**2 + seed % 7 / 700, "agenda": 8 * oversight}


def made(tmp_path_factory, name, design, factors):
    path = tmp_path_factory.mktemp(name) / f"{name}.sqlite"
    return sweep({"sweep": design, "factors": factors}, outcome, store=path, workers=0, progress="quiet")


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    factors = {"execution.oversight": [0.2, 0.6, 1.0], "citizens.contacts": [4, 6, 8]}
    return made(tmp_path_factory, "grid", {"design": "grid", "replicates": 2}, factors)


@pytest.fixture(scope="module")
def sobol(tmp_path_factory):
    factors = {name: FACTORS[name] for name in ("execution.oversight", "execution.capacity")}
    return made(tmp_path_factory, "sobol", {"design": "sobol", "samples": 16, "replicates": 2}, factors)


def page_of(experiment, lang, tmp_path):
    return write_sweep_report(experiment, tmp_path / "r.html", lang).read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_design_factors_completion_results_method_and_versions_are_on_the_page(sobol, tmp_path, lang):
    page = Page(page_of(sobol, lang, tmp_path))
    assert page.open == []
    for heading in ("design", "factors", "completion", "results", "method", "versions"):
        assert say(f"sweep.heading.{heading}", lang) in page.text
    for name in sobol.design.names:
        assert name in page.text
        assert say(f"parameter.{name}", lang) in page.text
    assert say(f"scenario.unit.{'share'}", lang) in page.text
    assert say("metric.effectiveness.meaning", lang) in page.text
    assert say("sweep.complete", lang) in page.text
    assert "scipy" in page.text
    assert source_in("A", lang) in page.text
    images = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
    assert len(images) == 4, "response and indices of two metrics"
    assert all(address.startswith("data:image/") for address in images)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_asks_nothing_of_any_network(failing, tmp_path, lang):
    text = page_of(failing, lang, tmp_path)
    page = Page(text)
    addresses = [value for _, attributes in page.tags for key, value in attributes.items() if key in ("src", "href")]
    assert addresses
    assert all(value.startswith(("data:image/", "#")) for value in addresses)
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_what_a_store_holds_is_shown_and_never_markup(failing, tmp_path):
    text = page_of(failing, "en", tmp_path)
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert NASTY in page.text
    assert html.escape(NASTY, quote=False)[:20] in text


def test_names_of_factors_and_metrics_are_shown_and_never_markup(tmp_path):
    name = "<b onclick=alert(1)>x</b>"

    def task(parameters, seed):
        return {"<i>y</i>": parameters[name] + seed % 3}

    factors = {name: [1, 2], "word": ["<u>a</u>", "{{ 7 * 7 }}"]}
    design = {"sweep": {"replicates": 2}, "factors": factors}
    page = Page(page_of(sweep(design, task, store=tmp_path / "s", workers=0, progress="quiet"), "en", tmp_path))
    assert not {"b", "i", "u", "script"} & {tag for tag, _ in page.tags}
    for text in (name, "<i>y</i>", "<u>a</u>", "{{ 7 * 7 }}"):
        assert text.casefold() in page.text.casefold()


def test_failures_are_grouped_by_reason_and_say_where_alone_they_occur(failing, tmp_path):
    page = page_of(failing, "en", tmp_path)
    block = page[page.index(say("sweep.failures", "en")) : page.index('<section id="results">')]
    rows = re.findall(r"<tr><td", block)
    assert len(rows) == 1, "the six errors differ in their seeds only"
    assert '<td class="number">6</td><td class="number">3</td>' in block
    assert "citizens.contacts = 6</td>" in block
    assert say("sweep.complete_with_failures", "en") in html.unescape(page)


def test_a_sweep_that_is_not_finished_says_how_much_is_missing(failing, tmp_path):
    # What a store holds from which half of the replicates are still to come.
    experiment = Experiment(failing._file, failing.design.replace(replicates=4))
    assert not experiment.complete
    page = Page(page_of(experiment, "en", tmp_path))
    assert say("sweep.incomplete", "en") in page.text
    assert re.search(r"planned\s*36\s*100\.0%\s*done\s*12\s*33\.3%\s*failed\s*6", page.text)
    assert re.search(r"not run yet\s*18\s*50\.0%", page.text)


def test_a_store_without_a_finished_run_still_has_a_report(tmp_path):
    def broken(parameters, seed):
        raise ValueError("no luck")

    experiment = sweep({"factors": {"a": [1, 2]}}, broken, store=tmp_path / "s", workers=0, progress="quiet")
    page = Page(page_of(experiment, "zh", tmp_path))
    assert say("sweep.nothing", "zh") in page.text
    assert "no luck" in page.text


def test_indices_carry_their_doubts_in_the_language(sobol, tmp_path):
    page = Page(page_of(sobol, "zh", tmp_path))
    assert say("experiments.doubt.few.sobol", "zh", blocks=16, wanted=64) in page.text
    assert "base points" not in page.text


def test_the_means_of_a_small_grid_are_in_a_table(failing, tmp_path):
    page = Page(page_of(failing, "en", tmp_path))
    assert say("sweep.by_point", "en") in page.text
    mean = failing.runs.loc[failing.runs["point"] == 0, "effectiveness"].mean()
    assert f"{mean:.4f}" in page.text


def test_the_metrics_shown_are_those_asked_for_else_the_designs_else_the_leading_ones(failing):
    assert shown_metrics(failing, ["agenda"]) == ["agenda"]
    assert shown_metrics(failing) == ["effectiveness", "agenda"]
    with pytest.raises(InputError):
        shown_metrics(failing, ["agendas"])


def test_the_report_stands_beside_its_store_and_the_command_writes_it_again(failing):
    path = report_path(failing.path)
    assert path.parent == failing.path.parent
    done = CliRunner().invoke(app, ["report", str(failing.path), "--lang", "zh"])
    assert done.exit_code == 0, done.output
    assert str(path) in done.output
    assert 'lang="zh-Hans"' in path.read_text(encoding="utf-8")


def test_a_folder_is_refused_and_the_message_says_where_the_report_of_a_run_lies(tmp_path):
    done = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert isinstance(done.exception, InputError)
    assert "report.html" in done.exception.in_language("en")


def test_a_sweep_writes_its_report_unless_told_not_to(tmp_path):
    design = tmp_path / "small.toml"
    design.write_text(
        '[sweep]\nscenario = "classroom"\nmetrics = ["effectiveness"]\n[factors]\n"weeks" = [4, 8]\n'
        '"structure.citizens" = [200]\n',
        encoding="utf-8",
    )
    words = ["sweep", str(design), "--workers", "0", "--progress", "quiet", "--lang", "en", "--out"]
    done = CliRunner().invoke(app, [*words, str(tmp_path / "none.sqlite"), "--no-report"])
    assert done.exit_code == 0, done.output
    assert list(tmp_path.glob("*.html")) == []
    done = CliRunner().invoke(app, [*words, str(tmp_path / "one.sqlite")])
    assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.glob("*.html")] == ["one.report.html"]
    page = Page((tmp_path / "one.report.html").read_text(encoding="utf-8"))
    assert say("parameter.weeks", "en") in page.text
