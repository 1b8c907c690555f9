"""Starting a phase where a former run has left it."""

import dataclasses
from pathlib import Path

import keras

from tf_facealign.config import PhaseConfig
from tf_facealign.training.checkpoints import BEST, last_path, read_history, restore, save
from tf_facealign.training.run_state import RunState, read_seeds, read_state


def is_finished(workdir: Path, name: str, phase: PhaseConfig) -> bool:
    """Whether the phase has had all its epochs.

    Raises:
        BadInput: its checkpoint is damaged.
    """
    last = last_path(workdir, name)
    return last.exists() and read_state(last).epoch >= phase.epochs


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
