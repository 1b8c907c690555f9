"""How fast a run goes, in every log."""

import time

import keras


class Pace(keras.callbacks.Callback):
    """Adds `learning_rate` and `faces_per_second` to an epoch's log.

    As Keras' own ReduceLROnPlateau does, it writes into the log that the callbacks after it get; so
    it comes first. The learning rate is that of the epoch's first step; the speed leaves validation
    out.

    Args:
        batch_size: faces a step.
    """

    def __init__(self, batch_size: int):
        super().__init__()
        self._batch_size = batch_size
        self._steps = 0
        self._rate = self._start = self._end = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self._rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self._steps = 0
        self._start = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        self._steps += 1

    def on_test_begin(self, logs=None):
        self._end = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        logs["learning_rate"] = self._rate
        logs["faces_per_second"] = self._steps * self._batch_size / (self._end - self._start)
