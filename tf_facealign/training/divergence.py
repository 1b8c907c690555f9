"""A loss that is not finite ends the training; what led to it is kept."""

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tf_facealign.errors import BadInput
from tf_facealign.files import replacing
from tf_facealign.training.epoch_position import EpochPosition

NONFINITE = "nonfinite_step.npz"


class StopOnNonFinite(keras.callbacks.Callback):
    """Ends the training at the step whose loss is infinite or not a number.

    It must come before `RunFiles`, so that the checkpoint and the best model stay the last good
    ones. The file nonfinite_step.npz gets the step's batch: `images` (B, 112, 112, 3) uint8 and
    `targets` (B, L, 2) float32 in unit coordinates; `epoch` and `step`, both from 0; and each loss
    under its name, as the mean over the epoch up to that step.

    Args:
        position: where the training is.
        batches_from: the stream of `training_batches` from a batch on.
        phase: its name, for the message.
        workdir: where the file goes.

    Raises:
        BadInput: from within `fit`.
    """

    def __init__(
        self,
        position: EpochPosition,
        batches_from: Callable[[int], Iterable[Any]],
        phase: str,
        workdir: Path,
    ):
        super().__init__()
        self._position = position
        self._batches_from = batches_from
        self._phase = phase
        self._path = workdir / NONFINITE

    def on_train_batch_end(self, batch, logs=None):
        if not math.isfinite(logs["loss"]):
            self._write(logs)
            raise BadInput(
                f"{self._path}: {_culprits(logs)} not finite at step {self._position.step - 1} of "
                f"{self._place()}; this file has the step's faces, {self._advice()}"
            )

    def on_epoch_end(self, epoch, logs=None):
        # The last step's loss was finite, but it spoilt the weights.
        if not math.isfinite(logs["val_loss"]):
            raise BadInput(
                f"{self._path.parent}: the validation loss is not finite after {self._place()}; "
                f"{self._advice()}"
            )

    def _write(self, logs: Mapping[str, float]) -> None:
        at = self._position
        step = at.step - 1  # the one that has just ended
        images, targets, *_ = next(iter(self._batches_from(at.epoch * at.steps + step)))
        losses: dict[str, Any] = {
            name: value for name, value in logs.items() if name.endswith("loss")
        }
        with replacing(self._path) as temporary:
            np.savez_compressed(
                temporary,
                images=np.asarray(images).astype(np.uint8),
                targets=np.asarray(next(iter(targets.values()))),
                epoch=at.epoch,
                step=step,
                **losses,
            )

    def _place(self) -> str:
        return f"epoch {self._position.epoch} of {self._phase}"

    def _advice(self) -> str:
        return (
            "the last good state is kept; continue with --resume and a lower "
            f"{self._phase}.learning_rate"
        )


def _culprits(logs: Mapping[str, float]) -> str:
    """Which losses are not finite: those of outputs, or the only one there is."""
    names = [name for name, value in logs.items() if name.endswith("_loss")]
    bad = [name for name in names if not math.isfinite(logs[name])] or ["loss"]
    return f"{', '.join(bad)} {'is' if len(bad) == 1 else 'are'}"
