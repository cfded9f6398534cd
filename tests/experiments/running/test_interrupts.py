"""Tests of interrupts: none arrives in the middle of what must be finished, and none is lost."""

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from simulation.experiments.running.interrupts import held_back, terminable

INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@pytest.mark.parametrize("number", INTERRUPTS)
def test_an_interrupt_within_the_block_is_raised_at_its_end(number: signal.Signals) -> None:
    steps = []

    def work() -> None:
        with held_back():
            signal.raise_signal(number)
            steps.append("to the end")
        steps.append("after it")

    with terminable(), pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["to the end"]


def test_the_handlers_of_before_are_back_after_the_block() -> None:
    before = [signal.getsignal(number) for number in INTERRUPTS]
    with held_back():
        assert [signal.getsignal(number) for number in INTERRUPTS] != before
    assert [signal.getsignal(number) for number in INTERRUPTS] == before


def test_a_terminate_signal_is_an_interrupt_and_the_old_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with terminable(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_error_within_the_block_passes_and_the_handlers_are_back() -> None:
    before = [signal.getsignal(number) for number in INTERRUPTS]
    with pytest.raises(RuntimeError, match="gave up"), held_back():
        raise RuntimeError("the pool gave up")
    assert [signal.getsignal(number) for number in INTERRUPTS] == before


@pytest.mark.parametrize("block", [held_back, terminable])
def test_outside_the_main_thread_signals_are_left_alone(block: Callable[[], AbstractContextManager[None]]) -> None:
    seen = []

    def work() -> None:
        with block():
            seen.extend(signal.getsignal(number) for number in INTERRUPTS)

    before = [signal.getsignal(number) for number in INTERRUPTS]
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == before
