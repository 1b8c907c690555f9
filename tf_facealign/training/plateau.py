"""The paper's learning-rate schedule, made to survive a stop."""

from typing import Any

import keras

from tf_facealign.config import PhaseConfig


class Plateau(keras.callbacks.ReduceLROnPlateau):
    """Lowers the rate after epochs without a better training loss.

    Keras' own callback forgets at the start of every `fit` what it had seen. The rate itself is a
    variable of the optimizer, so the checkpoint has it.

    Args:
        phase: gives factor and patience.
        state: of the callback when the run stopped (`state`); empty to begin.
    """

    def __init__(self, phase: PhaseConfig, state: dict[str, Any]):
        super().__init__("loss", phase.plateau_factor, phase.plateau_patience)
        self._from = state

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        for name, value in self._from.items():
            setattr(self, name, value)

    @property
    def state(self) -> dict[str, Any]:
        """The best loss, and the epochs since it and since the last reduction."""
        return {"best": self.best, "wait": self.wait, "cooldown_counter": self.cooldown_counter}
