"""Optimizers and learning-rate schedules of a phase."""

import keras

from tf_facealign.config import PhaseConfig


def build_optimizer(phase: PhaseConfig, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """The optimizer a phase asks for; weight decay spares biases and batch norms."""
    rate = _learning_rate(phase, steps_per_epoch)
    average = {"use_ema": True, "ema_momentum": phase.ema} if phase.ema else {}
    if phase.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(rate, weight_decay=phase.weight_decay, **average)
    else:
        # The paper's decay is PyTorch's: added to the gradient, hence amplified by the momentum to
        # 1 / (1 - momentum) of itself. Keras subtracts it from the weight directly.
        decay = phase.weight_decay / (1 - phase.momentum)
        optimizer = keras.optimizers.SGD(
            rate, phase.momentum, weight_decay=decay or None, **average
        )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _learning_rate(phase: PhaseConfig, steps_per_epoch: int):
    if phase.schedule != "cosine":
        return phase.learning_rate  # constant, or lowered by the plateau callback
    warmup = round(phase.warmup_epochs * steps_per_epoch)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=phase.learning_rate * 1e-2 if warmup else phase.learning_rate,
        decay_steps=max(phase.epochs * steps_per_epoch - warmup, 1),
        warmup_target=phase.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
