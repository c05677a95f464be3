"""Ctrl-C and SIGTERM as one thing, and where it waits."""

import signal

import pytest

from cli import interrupts


def _go_on_after(number: signal.Signals, went: list[str]) -> None:
    signal.raise_signal(number)
    went.append("to the end")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_interrupt_within_the_block(number: signal.Signals) -> None:
    before, went = signal.getsignal(number), list[str]()
    with pytest.raises(KeyboardInterrupt), interrupts.raised():
        _go_on_after(number, went)
    assert went == []
    assert signal.getsignal(number) is before


def test_an_interrupt_waits_for_the_end_of_what_is_held() -> None:
    went = list[str]()
    with interrupts.raised():
        with pytest.raises(KeyboardInterrupt), interrupts.held():
            _go_on_after(signal.SIGTERM, went)
        with interrupts.held():  # one that has been told is not told again
            went.append("on")
    assert went == ["to the end", "on"]
