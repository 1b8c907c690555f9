"""Starting a phase where a former run has left it."""

import dataclasses
from pathlib import Path

import keras

from tf_facealign.config import Config, PhaseConfig
from tf_facealign.models.aligner import set_mean_shape
from tf_facealign.training.checkpoints import BEST, last_path, read_history, restore, save
from tf_facealign.training.compiled_model import PHASES, compiled_model
from tf_facealign.training.distribution import Distribution, checksum
from tf_facealign.training.run_state import RunState, read_seeds, read_state
from tf_facealign.training.training_faces import TrainingFaces


def is_finished(workdir: Path, name: str, phase: PhaseConfig) -> bool:
    """Whether the phase has had all its epochs.

    Raises:
        BadInput: its checkpoint is damaged.
    """
    last = last_path(workdir, name)
    return last.exists() and read_state(last).epoch >= phase.epochs


def started_model(
    config: Config,
    name: str,
    faces: TrainingFaces,
    workdir: Path,
    steps: int,
    distribution: Distribution,
) -> tuple[keras.Model, RunState]:
    """The compiled model of a phase as the run in `workdir` has left it, and where it stands.

    Args:
        config: the experiment.
        name: of the phase.
        faces: a new run starts from their mean shape.
        workdir: the run's.
        steps: batches an epoch.
        distribution: what the model is trained on.

    Raises:
        BadInput: a file is damaged or holds another model, or workers see different files.
    """
    phase: PhaseConfig = getattr(config, name)
    # From here on the files of the phase before are whole.
    distribution.agree(PHASES.index(name), f"the phase to train; do they share {workdir}?")
    model = distribution.make(lambda: compiled_model(config, name, faces.scheme, steps))
    state = start(model, workdir, name, phase, distribution.is_chief)
    if state is None:
        set_mean_shape(model, faces.training.mean_shape())
        state = RunState(learning_rate=phase.learning_rate)
    distribution.agree(checksum(model), f"the weights; do they share {workdir}?")
    return model, state


def start(
    model: keras.Model, workdir: Path, name: str, phase: PhaseConfig, is_chief: bool = True
) -> RunState | None:
    """Give the model what this phase, or the one before, has left in `workdir`.

    Args:
        model: compiled.
        workdir: the run's.
        name: of the phase.
        phase: as configured.
        is_chief: whether this process writes the files of the run.

    Returns:
        where the phase stands; None if there is nothing to start from.

    Raises:
        BadInput: a file is damaged, or holds another model.
    """
    last = last_path(workdir, name)
    if last.exists():
        return _follow_rate(model, restore(model, last), phase)
    if not any(row["phase"] != name for row in read_history(workdir)):
        return None
    best = keras.models.load_model(workdir / BEST, compile=False)
    model.set_weights(best.get_weights())
    state = RunState(seeds=read_seeds(model), learning_rate=phase.learning_rate)
    # The best model will soon be one of this phase; a run that resumes then must not start from it.
    if is_chief:
        save(model, last, state)
    return state


def _follow_rate(model: keras.Model, state: RunState, phase: PhaseConfig) -> RunState:
    """Let a learning rate that was changed in the configuration count.

    The checkpoint's would win else. What a plateau has lowered stays lowered by the same factor; a
    cosine follows the configuration anyway.
    """
    if phase.schedule != "cosine" and phase.learning_rate != state.learning_rate:
        rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
        model.optimizer.learning_rate = rate * phase.learning_rate / state.learning_rate
    return dataclasses.replace(state, learning_rate=phase.learning_rate)
