"""Stopping on SIGTERM or Ctrl-C without losing a step."""

import signal
from pathlib import Path

import keras

from tf_facealign.errors import Interrupted
from tf_facealign.stop_signals import StopSignals
from tf_facealign.training.checkpoints import last_path, save
from tf_facealign.training.epoch_position import EpochPosition


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
