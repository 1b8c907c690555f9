"""Stopping on SIGTERM or Ctrl-C without losing a step."""

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import keras

from tf_facealign.errors import Interrupted
from tf_facealign.training.checkpoints import last_path, save
from tf_facealign.training.epoch_position import EpochPosition

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

    def __init__(self, heed: bool = True):
        self._heed = heed
        self.received: signal.Signals | None = None
        self._former: dict[signal.Signals, Any] = {}

    def __enter__(self):
        if self._heed and threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                # Whoever started us in the background with Ctrl-C ignored keeps it so.
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._former[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *_):
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _receive(self, number: int, _: FrameType | None) -> None:
        if self.received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.received = signal.Signals(number)


class StopOnSignal(keras.callbacks.Callback):
    """Saves the state at the end of the step in which a signal came, and ends the training.

    A signal in an epoch's last step or in the validation is obeyed when the epoch's files are
    written. This callback must be the last.

    Args:
        signals: entered while the training runs.
        position: where the training is.
        phase: its name, for the message.
        workdir: where the state goes.

    Raises:
        Interrupted: from within `fit`; the state is saved.
    """

    def __init__(self, signals: StopSignals, position: EpochPosition, phase: str, workdir: Path):
        super().__init__()
        self._signals = signals
        self._position = position
        self._phase = phase
        self._workdir = workdir

    def on_train_batch_end(self, batch, logs=None):
        received = self._signals.received
        if received and self._position.step < self._position.steps:
            save(self.model, last_path(self._workdir, self._phase), self._position.now())
            self._end(received)

    def on_epoch_end(self, epoch, logs=None):
        if self._signals.received:
            self._end(self._signals.received)

    def _end(self, received: signal.Signals) -> None:
        at = self._position
        raise Interrupted(
            f"{self._workdir}: stopped by {received.name} after step {at.step} of {at.steps} "
            f"in epoch {at.epoch} of {self._phase}; nothing is lost, continue with --resume",
            received,
        )
