"""A run's curves for TensorBoard."""

import keras

from tf_facealign.training.event_file import EventFile

FOLDER = "tensorboard"


class Curves(keras.callbacks.Callback):
    """Writes every number of an epoch's log.

    A number on held-out faces has the name of the one on training faces, in a folder of its own, so
    that TensorBoard draws the two over each other.

    Args:
        training: gets what was measured on training faces, learning rate and speed.
        validation: gets what was measured on held-out faces.
    """

    def __init__(self, training: EventFile, validation: EventFile):
        super().__init__()
        self._training = training
        self._validation = validation

    def on_epoch_end(self, epoch, logs=None):
        held_out = {key for key in logs if key.startswith("val_")}
        self._training.scalars({key: logs[key] for key in logs if key not in held_out}, epoch)
        self._validation.scalars({k.removeprefix("val_"): logs[k] for k in held_out}, epoch)
