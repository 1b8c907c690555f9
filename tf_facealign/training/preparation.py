"""What a training needs before its first phase; nothing is written."""

from pathlib import Path

import keras
import tensorflow as tf

from tf_facealign.config import Config
from tf_facealign.errors import BadInput
from tf_facealign.training.checkpoints import holds_run
from tf_facealign.training.compiled_model import PHASES
from tf_facealign.training.distribution import Distribution, check, join
from tf_facealign.training.training_faces import TrainingFaces, load_training_faces


def prepare(
    config: Config, workdir: Path, resume: bool, strategy: str | None
) -> tuple[Distribution, TrainingFaces]:
    """Take the devices and read the faces.

    The arguments and what is raised are those of `fit.train`.
    """
    if keras.backend.backend() != "tensorflow":
        tf.config.set_visible_devices([], "GPU")  # else tf.data would take all memory of the GPU
    if holds_run(workdir) and not resume:
        raise BadInput(
            f"{workdir}: holds a run already; continue it with --resume or choose another folder"
        )
    distribution = join(strategy)
    check(config, distribution.replicas)
    return distribution, load_training_faces(config)


def phases_of(config: Config) -> list[str]:
    """The phases that a configuration asks for."""
    possible = PHASES if config.model.num_refinements else PHASES[:1]
    return [name for name in possible if getattr(config, name).epochs]
