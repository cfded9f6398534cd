"""The table of `wushi run` is read by someone who does not know the paper."""

from __future__ import annotations

import dataclasses
import math
import re

import pytest
from rich.cells import cell_len

from simulation import load_scenario, run
from simulation.command.run_table import ACHIEVED, SMALL, Ledger, print_run
from simulation.text import say

WHOLE = {"weeks": 80, "structure.citizens": 400}


@pytest.fixture(scope="module")
def result():
    return run(load_scenario("zhaoqing").with_values(WHOLE), seed=0)


def printed(result, lang, capsys, monkeypatch, width="100"):
    monkeypatch.setenv("COLUMNS", width)
    print_run(result, lang)
    return capsys.readouterr().out


def rows(text):
    """Return label to (amount, share) of the lines that hold both."""
    found = re.findall(r"^ *(.+?) {2,}([\d.e+-]+) +([\d.]+)% *$", text, re.M)
    return {label: (float(amount), float(share)) for label, amount, share in found}


def test_every_share_has_one_denominator_all_that_entered(result, capsys, monkeypatch):
    book = Ledger(result)
    table = rows(printed(result, "en", capsys, monkeypatch))
    assert table["Entered, from"] == (pytest.approx(book.entered, rel=0.01), 100.0)
    assert len(table) > 15
    for label, (amount, share) in table.items():
        assert share == pytest.approx(100 * amount / book.entered, abs=0.5), label


def test_what_entered_is_what_was_delivered_lost_and_is_still_at_work(result, capsys, monkeypatch):
    book = Ledger(result)
    assert book.delivered + float(book.sinks.sum()) + book.still == pytest.approx(book.entered)
    table = rows(printed(result, "en", capsys, monkeypatch))
    parts = ("5 Leverage: delivered", "Lost to", "Still at work at the end")
    assert sum(table[part][1] for part in parts) == pytest.approx(100, abs=0.3)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_still_at_work_has_one_name_in_the_table_and_in_the_picture(lang):
    assert say("cli.table.still", lang).casefold() == say("figure.ledger_flow.stock", lang).casefold()


def test_small_losses_are_one_line_and_no_loss_is_left_out(result, capsys, monkeypatch):
    book = Ledger(result)
    small = book.sinks[book.sinks < SMALL * book.entered]
    assert len(small) > 1
    table = rows(printed(result, "en", capsys, monkeypatch))
    assert table[f"{len(small)} smaller losses"][0] == pytest.approx(float(small.sum()), rel=0.01)
    losses = [label for label in table if label in {say(f"account.{name}", "en") for name in book.sinks.index}]
    assert len(losses) == len(book.sinks) - len(small)


def test_a_stage_that_passes_on_more_than_the_one_before_says_what_joined_there(result, capsys, monkeypatch):
    passed = [float(result.weekly[f"passed_{number}"].sum()) for number in range(1, 6)]
    assert passed[2] > passed[1]
    text = " ".join(printed(result, "en", capsys, monkeypatch).split())
    flows = result.flows
    joined = flows[(flows["to"] == "publicity") & (flows["account"] == "broadcast")]["amount"].sum()
    assert f"Publicity passes on more than Authority did, because momentum joined there: broadcast {joined:.3g}" in text
    assert "Broadcast: a signal to many is not used up" in text
    assert ("Authority passes on more than" in text) is (passed[1] > passed[0])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_results_have_the_names_of_report_and_page_and_their_scale(result, capsys, monkeypatch, lang):
    text = printed(result, lang, capsys, monkeypatch)
    for name in ACHIEVED:
        line = next(line for line in text.splitlines() if line.strip().startswith(f"{say(f'metric.{name}', lang)} "))
        assert any(digit in line for digit in "0123456789")
    assert say("cli.table.of", lang, most=len(result.spec.domains)) in text
    assert "0.4" in text
    assert f"{result.summary['site_effect']:.3f}" in text


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", ["80", "100"])
def test_the_table_fits_the_terminal(result, capsys, monkeypatch, lang, width):
    text = printed(result, lang, capsys, monkeypatch, width)
    assert max(cell_len(line) for line in text.splitlines()) <= int(width)


def test_a_run_without_any_site_says_so(result, capsys, monkeypatch):
    empty = dataclasses.replace(result, summary={**result.summary, "site_effect": math.nan})
    text = " ".join(printed(empty, "en", capsys, monkeypatch).split())
    assert "no site was opened" in text
    assert not re.search(r"\bnan\b", text)


def test_a_run_into_which_nothing_entered_has_no_shares(capsys, monkeypatch):
    idle = {"weeks": 4, "structure.citizens": 200, "instruction.intensity": 0}
    text = printed(run(load_scenario("zhaoqing").with_values(idle), seed=0), "en", capsys, monkeypatch)
    assert re.search(r"Entered, from +0 +–", text)
    assert "Every share" not in text
