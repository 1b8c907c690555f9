"""One system that takes training steps when it is told to; `training_step.py` starts one for each.

    python benchmarks/training_systems.py SYSTEM WIDTH OPTIMIZER

Each line on standard input is a number of steps; the answer is a JSON list of their seconds: by the
clock and of processor time. The first line of all answers has the number of trainable parameters.
"""

import functools
import json
import math
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

import numpy as np

BATCH = 32
LANDMARKS = 68
LEARNING_RATE = 1e-3
DECAY = 5e-4
MOMENTUM = 0.9


class Turns:
    """Steps taken in turn with other systems, each timed.

    Args:
        answers: where the seconds go.
    """

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers
        self._left = 0
        self._seconds: list[tuple[float, float]] = []

    def say(self, answer: Any) -> None:
        """Write one line."""
        print(json.dumps(answer), file=self._answers, flush=True)

    def begin(self) -> None:
        """Before a step: wait until it is this system's turn; ends the process after the last."""
        if not self._left:
            line = sys.stdin.readline()
            if not line:
                raise SystemExit
            self._left = int(line)
        self._started = time.perf_counter(), time.process_time()

    def end(self) -> None:
        """After a step."""
        clock, processor = self._started
        self._seconds.append((time.perf_counter() - clock, time.process_time() - processor))
        self._left -= 1
        if not self._left:
            self.say(self._seconds)
            self._seconds = []


def keras_fit(
    turns: Turns, width: float, optimizer: str, backend: str, precision: str = "float32"
) -> None:
    """The steps of `model.fit` on the model that `facealign train` compiles, its metrics included.

    The batch is ready; it is the same for every step.
    """
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras
    import tensorflow as tf

    class InTurn(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            turns.begin()

        def on_train_batch_end(self, batch, logs=None):
            float(logs["loss"])  # a backend may still be at it
            turns.end()

    model = _compiled_model(width, optimizer, precision)
    turns.say(sum(math.prod(weight.shape) for weight in model.trainable_weights))
    image, shape = _batch()
    batches = tf.data.Dataset.from_tensors((image, dict.fromkeys(model.output, shape))).repeat()
    model.fit(batches, steps_per_epoch=sys.maxsize, shuffle=False, callbacks=[InTurn()], verbose=0)


def _compiled_model(width: float, optimizer: str, precision: str) -> Any:
    from tf_facealign.benchmark_schemes import get_scheme
    from tf_facealign.config import Config, DataConfig, ModelConfig, PhaseConfig
    from tf_facealign.training.compiled_model import compiled_model

    phase = PhaseConfig(
        optimizer=optimizer,
        learning_rate=LEARNING_RATE,
        weight_decay=DECAY,
        momentum=MOMENTUM,
        schedule="constant",
    )
    config = Config(
        data=DataConfig(dataset="synthetic", scheme="ibug68"),
        model=ModelConfig(width=width),
        phase_one=phase,
        precision=precision,
    )
    return compiled_model(config, "phase_one", get_scheme("ibug68"), steps=1)


def pytorch(
    turns: Turns, width: float, optimizer: str, compiled: bool = False, bfloat16: bool = False
) -> None:
    """The usual loop, with the optimizer that updates all weights in one call."""
    import torch
    from pytorch_aligner import CROP_SIZE, Aligner

    aligner = Aligner(LANDMARKS, width).to(memory_format=torch.channels_last)
    weights = list(aligner.parameters())
    turns.say(sum(weight.numel() for weight in weights))
    if optimizer == "adamw":
        update = torch.optim.AdamW(weights, LEARNING_RATE, weight_decay=DECAY, fused=True)
    else:
        update = torch.optim.SGD(weights, LEARNING_RATE, MOMENTUM, weight_decay=DECAY, fused=True)
    forward: Callable[..., Any] = torch.compile(aligner) if compiled else aligner
    image, shape = (torch.from_numpy(array) for array in _batch())
    image = image.permute(0, 3, 1, 2)  # channels_last
    while True:
        turns.begin()
        update.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            shapes = forward(image)
        loss = sum(((s - shape) * CROP_SIZE).square().mean() for s in shapes)
        loss.backward()
        update.step()
        turns.end()


SYSTEMS: dict[str, Callable[[Turns, float, str], None]] = {
    "tf_facealign": functools.partial(keras_fit, backend="tensorflow"),
    "pytorch": pytorch,
    "pytorch, compiled": functools.partial(pytorch, compiled=True),
    "tf_facealign, bfloat16": functools.partial(
        keras_fit, backend="tensorflow", precision="mixed_bfloat16"
    ),
    "pytorch, bfloat16": functools.partial(pytorch, bfloat16=True),
    "tf_facealign on jax": functools.partial(keras_fit, backend="jax"),
    "tf_facealign on torch": functools.partial(keras_fit, backend="torch"),
}


def _batch() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (BATCH, 112, 112, 3)).astype("float32")
    return image, rng.random((BATCH, LANDMARKS, 2), "float32")


def main() -> None:
    """Take steps until the input ends."""
    name, width, optimizer = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    SYSTEMS[name](Turns(answers), float(width), optimizer)


if __name__ == "__main__":
    main()
