"""The page shows a run's losses account by account."""

from __future__ import annotations

from simulation.app import switchoffs


def test_an_account_without_a_run_of_its_own_has_no_number() -> None:
    assert switchoffs.by_account({"pilot": 0.25, "execution": -0.5}) == {
        "pilot": 0.25,
        **{account: -0.5 for account, mechanism in switchoffs.JOINT.items() if mechanism == "execution"},
    }
    assert switchoffs.by_account({}) == {}
