"""The callbacks that show how a phase goes."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import keras

from tf_facealign.config import Config, PhaseConfig
from tf_facealign.training.compiled_model import monitored
from tf_facealign.training.epoch_position import EpochPosition
from tf_facealign.training.event_file import EventFile
from tf_facealign.training.pictures import PICTURE, ValidationPicture
from tf_facealign.training.progress import Progress, best_so_far, progress_bar
from tf_facealign.training.tensorboard import FOLDER, Curves
from tf_facealign.training.training_faces import TrainingFaces


@contextlib.contextmanager
def watching(
    config: Config,
    name: str,
    faces: TrainingFaces,
    workdir: Path,
    position: EpochPosition,
    verbose: bool,
) -> Iterator[list[keras.callbacks.Callback]]:
    """Yield callbacks that make pictures and curves in the work folder and report progress.

    Args:
        config: the experiment.
        name: of the phase.
        faces: those held out are drawn.
        workdir: the run's.
        position: where the training is.
        verbose: report progress.
    """
    phase: PhaseConfig = getattr(config, name)
    training, validation = (
        EventFile(workdir / FOLDER / name / part) for part in ("training", "validation")
    )
    held_out, size = faces.validation, phase.batch_size
    picture = workdir / PICTURE
    files = [
        ValidationPicture(picture, held_out, faces.scheme, size, phase.epochs, validation),
        Curves(training, validation),
    ]
    if not verbose:
        yield files
        return
    monitor = monitored(config)
    with progress_bar(phase, position) as bar:
        yield [*files, Progress(name, monitor, best_so_far(workdir, monitor), phase, position, bar)]
