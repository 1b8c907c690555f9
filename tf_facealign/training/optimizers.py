"""Optimizers and learning-rate schedules of a phase."""

import keras
from keras import ops

from tf_facealign.config import PhaseConfig
from tf_facealign.training.muon import ConvMuon

MUON_TO_ADAM = 0.2
"""What AdamW's steps take of Muon's learning rate: convolutions learnt best at a higher one."""


def steps_per_epoch(phase: PhaseConfig, num_faces: int) -> int:
    """Batches an epoch; an epoch ends with an update of the weights."""
    return max(num_faces // (phase.batch_size * phase.accumulate), 1) * phase.accumulate


def build_optimizer(
    phase: PhaseConfig, steps: int, precision: str = "float32"
) -> keras.optimizers.Optimizer:
    """The optimizer a phase asks for; weight decay spares biases and batch norms.

    Args:
        phase: the phase.
        steps: batches an epoch, as `steps_per_epoch` says.
        precision: dtype policy of the model; float16 needs its loss scaled.
    """
    rate = learning_rate(phase, steps)
    shared = {**_average(phase), **_accumulation(phase)}
    if phase.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(rate, weight_decay=phase.weight_decay, **shared)
    elif phase.optimizer == "muon":
        optimizer = ConvMuon(
            rate,
            weight_decay=phase.weight_decay,
            adam_lr_ratio=MUON_TO_ADAM,
            adam_weight_decay=phase.weight_decay * MUON_TO_ADAM,
            **shared,
        )
    else:
        # The paper's decay is PyTorch's: added to the gradient, hence amplified by the momentum to
        # 1 / (1 - momentum) of itself. Keras subtracts it from the weight directly.
        decay = phase.weight_decay / (1 - phase.momentum)
        optimizer = keras.optimizers.SGD(rate, phase.momentum, weight_decay=decay or None, **shared)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    if precision == "mixed_float16":
        return keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer


def _average(phase: PhaseConfig):
    if not phase.ema:
        return {}
    # Keras averages after every batch, also where it leaves the weights alone.
    return {"use_ema": True, "ema_momentum": phase.ema ** (1 / phase.accumulate)}


def _accumulation(phase: PhaseConfig):
    return {"gradient_accumulation_steps": phase.accumulate} if phase.accumulate > 1 else {}


def learning_rate(phase: PhaseConfig, steps: int):
    """The rate, or the schedule that gives it for the number of a batch.

    Args:
        phase: the phase.
        steps: batches an epoch.
    """
    if phase.schedule != "cosine":
        return phase.learning_rate  # constant, or lowered by the plateau callback
    updates = steps // phase.accumulate
    warmup = round(phase.warmup_epochs * updates)
    return Cosine(
        accumulate=phase.accumulate,
        initial_learning_rate=phase.learning_rate * 1e-2 if warmup else phase.learning_rate,
        decay_steps=max(phase.epochs * updates - warmup, 1),
        warmup_target=phase.learning_rate if warmup else None,
        warmup_steps=warmup,
    )


@keras.saving.register_keras_serializable(package="facealign")
class Cosine(keras.optimizers.schedules.CosineDecay):
    """Keras' cosine, which counts updates of the weights where Keras counts batches.

    Args:
        accumulate: batches an update.
        **kwargs: of `keras.optimizers.schedules.CosineDecay`, in updates.
    """

    def __init__(self, accumulate: int = 1, **kwargs):
        super().__init__(**kwargs)
        self.accumulate = accumulate

    def __call__(self, step):
        return super().__call__(ops.floor_divide(step, self.accumulate))

    def get_config(self):
        return {**super().get_config(), "accumulate": self.accumulate}
