"""What is shown of a run's loss, account by account."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from shown import Shown, at, finish

from simulation.app import switchoffs
from simulation.app.cards import Cards


def test_an_account_without_a_run_of_its_own_has_no_number() -> None:
    assert switchoffs.by_account({"pilot": 0.25, "execution": -0.5}) == {
        "pilot": 0.25,
        **{account: -0.5 for account, mechanism in switchoffs.JOINT.items() if mechanism == "execution"},
    }
    assert switchoffs.by_account({}) == {}


def test_numbers_of_a_run_that_is_gone_are_not_shown_beside_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Shown(at(6))
    labels: list[str] = []

    def change(*_: object) -> float:
        page.session.apply(seed=7)
        page.session.finish()
        return 0.5

    monkeypatch.setattr(switchoffs, "mechanisms", lambda spec: ["pilot"])
    monkeypatch.setattr(switchoffs, "change", change)
    stand_in = SimpleNamespace(page=page, asked=SimpleNamespace(set_text=labels.append))
    finish(Cards.switch_off(stand_in))  # type: ignore[arg-type]
    assert page.off is None
    assert page.log == []
    assert len(labels) == 2
