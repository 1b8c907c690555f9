"""Ending long work on SIGTERM or Ctrl-C where nothing is lost by it."""

import signal
import threading
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class StopSignals:
    """Notes SIGTERM and SIGINT (Ctrl-C) while it is entered, instead of obeying them.

    A second SIGINT ends the work at once. Outside the main thread Python can catch no signals, and
    none are caught.

    Args:
        heed: obey them as always if false.

    Attributes:
        received: the first signal, or None.
    """

    def __init__(self, heed: bool = True) -> None:
        self._heed = heed
        self.received: signal.Signals | None = None
        self._former: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "StopSignals":
        if self._heed and threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                # Whoever started us in the background with Ctrl-C ignored keeps it so.
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._former[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _receive(self, number: int, _: FrameType | None) -> None:
        if self.received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.received = signal.Signals(number)
