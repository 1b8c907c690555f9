"""Where in an epoch a training is, also when it starts in the middle of one."""

import dataclasses
import time
from collections.abc import Sequence

import keras
from keras import ops

from tf_facealign.training.plateau import Plateau
from tf_facealign.training.run_state import RunState, read_seeds


class EpochPosition(keras.callbacks.Callback):
    """Counts the batches of each epoch, and lets the first one go on where a stop had left it.

    The first epoch then has fewer batches; its averages still cover all of them. This callback must
    be the first, for the others ask it.

    Args:
        state: where the training starts.
        steps: batches of a whole epoch.
        plateau: the callback whose state belongs to the training's; None for another schedule.

    Attributes:
        epoch: from 0.
        step: batches of the epoch that are done, at the end of a batch including that one.
        steps: batches of a whole epoch.
        plateau: as given.
    """

    def __init__(self, state: RunState, steps: int, plateau: Plateau | None = None):
        super().__init__()
        self._from = state
        self.epoch, self.step, self.steps = state.epoch, state.step, steps
        self.plateau = plateau
        self._former_metrics: list[float] = []
        self._start = 0.0
        self._shortened = False

    @property
    def seconds(self) -> float:
        """Time spent on the epoch so far, before and after a stop."""
        return time.monotonic() - self._start

    def now(self) -> RunState:
        """The state in the middle of the epoch."""
        return dataclasses.replace(
            self.next_epoch(),
            epoch=self.epoch,
            step=self.step,
            seconds=self.seconds,
            metrics=read_metrics(self.model),
        )

    def next_epoch(self) -> RunState:
        """The state after this epoch."""
        plateau = self.plateau.state if self.plateau else {}
        rate = self._from.learning_rate
        seeds = read_seeds(self.model)
        return RunState(self.epoch + 1, seeds=seeds, learning_rate=rate, plateau=plateau)

    def on_epoch_begin(self, epoch, logs=None):
        begin = self._from if epoch == self._from.epoch else RunState()
        self.epoch, self.step = epoch, begin.step
        self._start = time.monotonic() - begin.seconds
        self._former_metrics = begin.metrics

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self._former_metrics:  # only now has Keras made the metrics' variables
            add_metrics(self.model, self._former_metrics)
            self._former_metrics = []
        if self.step == self.steps and batch + 1 < self.steps:
            # Keras counts `steps` batches from where it began. This ends its loop over the batches,
            # not the training: `on_epoch_end` takes it back before anyone looks.
            self._shortened = self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        if self._shortened:
            self._shortened = self.model.stop_training = False


def read_metrics(model: keras.Model) -> list[float]:
    """The values of the metrics' variables; ours are means, hence totals and counts."""
    return [float(ops.convert_to_numpy(variable)) for variable in model.metrics_variables]


def add_metrics(model: keras.Model, values: Sequence[float]) -> None:
    """Let the metrics also cover the batches over which `read_metrics` has read `values`."""
    for variable, value in zip(model.metrics_variables, values, strict=True):
        variable.assign(variable + value)
