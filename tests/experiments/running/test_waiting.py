"""Patience: nothing is said of a short wait, a long one is said once, and the limit ends it."""

from __future__ import annotations

import types

import pytest

from simulation.experiments.running import waiting
from simulation.experiments.running.engines import EngineError
from simulation.experiments.running.waiting import LIMIT, VARIABLE, Patience, checked_limit
from simulation.files.errors import InputError


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = types.SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(waiting, "time", types.SimpleNamespace(monotonic=lambda: now.seconds))
    return now


def waits(patience, clock, seconds):
    clock.seconds = seconds
    patience.still("dask", EngineError, address="tcp://here:1")


def test_a_wait_is_said_once_after_ten_seconds_and_ends_at_its_limit(clock):
    said = []
    patience = Patience("en", 60, said.append)
    for seconds in (0, 5, 9.9):
        waits(patience, clock, seconds)
    assert said == []
    for seconds in (10, 11, 59):
        waits(patience, clock, seconds)
    (words,) = said
    assert "tcp://here:1 has no workers" in words
    assert "0:00:50" in words
    assert VARIABLE in words
    with pytest.raises(EngineError, match=r"no workers; the wait ended after 0:01:00\. Everything finished is kept"):
        waits(patience, clock, 60)


def test_a_wait_that_was_over_is_timed_and_said_anew(clock):
    said = []
    patience = Patience("en", 60, said.append)
    waits(patience, clock, 0)
    waits(patience, clock, 50)
    patience.over("dask")
    waits(patience, clock, 70)
    waits(patience, clock, 75)
    assert len(said) == 1
    waits(patience, clock, 80)
    assert len(said) == 2


def test_two_kinds_of_waits_do_not_share_their_time(clock):
    patience = Patience("en", 60, lambda _: None)
    waits(patience, clock, 0)
    clock.seconds = 59
    patience.still("locked", EngineError, store="s")
    patience.over("dask")
    clock.seconds = 61
    patience.still("locked", EngineError, store="s")


def test_chinese_readers_are_told_in_chinese(clock):
    said = []
    patience = Patience("zh", 60, said.append)
    waits(patience, clock, 0)
    waits(patience, clock, 30)
    assert said[0].startswith("等待中：Dask 集群 tcp://here:1 没有工作进程")
    with pytest.raises(EngineError) as caught:
        waits(patience, clock, 61)
    assert caught.value.args[0].zh.startswith("Dask 集群 tcp://here:1 没有工作进程；等待 0:01:00 后结束")


def test_what_has_no_limit_is_only_remarked(clock):
    said = []
    patience = Patience("en", 60, said.append)
    for seconds in (0, 119, 121, 4000):
        clock.seconds = seconds
        patience.remark("quiet", 120)
    (words,) = said
    assert "No run has come back for 0:02:01" in words


def test_words_go_to_standard_error_unless_somebody_takes_them(clock, capsys):
    patience = Patience("en", 60)
    waits(patience, clock, 0)
    waits(patience, clock, 20)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1


def test_the_limit_is_the_given_one_else_the_environments_else_five_minutes(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert Patience().limit == LIMIT == 300
    monkeypatch.setenv(VARIABLE, "86400")
    assert Patience().limit == 86400
    assert Patience(limit=5).limit == 5


@pytest.mark.parametrize("given", ["0", "-3", "nan", "inf", "soon"])
def test_a_limit_that_is_no_number_of_seconds_is_refused(monkeypatch, given):
    monkeypatch.setenv(VARIABLE, given)
    with pytest.raises(InputError) as caught:
        Patience()
    assert (caught.value.key, caught.value.given) == (VARIABLE, given)
    with pytest.raises(InputError):
        checked_limit(float("nan"))
