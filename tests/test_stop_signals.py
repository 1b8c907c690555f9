"""SIGTERM and Ctrl-C while work goes on: remembered once, then as ever."""

import signal
import threading

import pytest

from tf_facealign.stop_signals import StopSignals


def test_the_second_ctrl_c_ends_at_once():
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with StopSignals() as signals:
        assert signals.received is None
        signal.raise_signal(signal.SIGINT)
        assert signals.received == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert before == (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))


def test_signals_that_are_ignored_stay_so_and_other_threads_catch_none():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with StopSignals() as signals:
            signal.raise_signal(signal.SIGINT)
            assert signals.received is None
    finally:
        signal.signal(signal.SIGINT, before)
    thread = threading.Thread(target=StopSignals().__enter__)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is before
