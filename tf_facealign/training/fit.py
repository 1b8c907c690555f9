"""Training in two phases with `model.fit` (paper, section 3.5 and Algorithm 1)."""

import dataclasses
import functools
import json
from pathlib import Path

import keras

from tf_facealign.benchmark_schemes import carried_scheme
from tf_facealign.config import Config, PhaseConfig, save_config
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.input_pipeline import plain_batches, training_batches
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.files import replacing
from tf_facealign.model_spec import ModelSpec
from tf_facealign.models.aligner import set_mean_shape
from tf_facealign.provenance import provenance
from tf_facealign.training.checkpoints import BEST, RunFiles, holds_run
from tf_facealign.training.compiled_model import PHASES, compiled_model
from tf_facealign.training.divergence import StopOnNonFinite
from tf_facealign.training.epoch_position import EpochPosition
from tf_facealign.training.interruption import StopOnSignal, StopSignals
from tf_facealign.training.plateau import Plateau
from tf_facealign.training.run_state import RunState
from tf_facealign.training.starting import is_finished, start
from tf_facealign.training.training_faces import (
    TrainingFaces,
    dataset_of,
    load_training_faces,
    scheme_of,
    split_of,
)


def train(config: Config, workdir: Path, resume: bool = False, verbose: int = 0) -> Path:
    """Run both phases.

    The folder `workdir` receives best.keras, history.csv, the last state of each phase, config.yaml
    and made_by.json.

    Args:
        config: the experiment.
        workdir: created if needed.
        resume: continue the run that `workdir` holds.
        verbose: as in `keras.Model.fit`.

    Returns:
        The path of the best model: lowest NME of the last stage on the held-out faces.

    Raises:
        BadInput: the faces cannot be read, `workdir` holds a run and `resume` is false or a run of
            another model, a file cannot be written, or the loss is not finite.
        Interrupted: SIGTERM or Ctrl-C came; the state is saved.
    """
    if holds_run(workdir) and not resume:
        raise BadInput(
            f"{workdir}: holds a run already; continue it with --resume or choose another folder"
        )
    faces = load_training_faces(config)
    _describe(config, workdir)
    for number, phase in enumerate(PHASES):
        wanted = getattr(config, phase).epochs and (number == 0 or config.model.num_refinements)
        if wanted and not is_finished(workdir, phase, getattr(config, phase)):
            _run_phase(config, phase, faces, workdir, verbose)
    return workdir / BEST


def _describe(config: Config, workdir: Path) -> None:
    """Write what a reader of the results needs to repeat them."""
    save_config(config, workdir / "config.yaml")
    made_by = {**provenance(), "backend": keras.backend.backend()}
    with replacing(workdir / "made_by.json") as temporary:
        temporary.write_text(json.dumps(made_by, indent=2) + "\n")


def _run_phase(
    config: Config, name: str, faces: TrainingFaces, workdir: Path, verbose: int
) -> None:
    phase: PhaseConfig = getattr(config, name)
    steps = max(len(faces.training) // phase.batch_size, 1)
    seed = config.seed + PHASES.index(name)
    keras.utils.set_random_seed(seed)  # a phase draws the same whether its run was resumed or not
    model = compiled_model(config, name, faces.scheme, steps)
    state = start(model, workdir, name, phase)
    if state is None:
        set_mean_shape(model, faces.training.mean_shape())
        state = RunState(learning_rate=phase.learning_rate)
    plateau = Plateau(phase, state.plateau) if phase.schedule == "plateau" else None
    position = EpochPosition(state, steps, plateau)
    outputs = list(model.output)
    batches_from = functools.partial(
        training_batches,
        faces.training,
        Augmentation.from_config(config.augmentation),
        outputs,
        phase.batch_size,
        seed,
    )
    try:
        with StopSignals() as signals:
            model.fit(
                batches_from(state.epoch * steps + state.step),
                validation_data=plain_batches(faces.validation, outputs, phase.batch_size),
                shuffle=False,  # the stream is
                steps_per_epoch=steps,
                epochs=phase.epochs,
                initial_epoch=state.epoch,
                callbacks=[
                    position,
                    StopOnNonFinite(position, batches_from, name, workdir),
                    *_callbacks(config, name, outputs, workdir, position),
                    StopOnSignal(signals, position, name, workdir),
                ],
                verbose=verbose,
            )
    except Exception:
        failure = faces.training.failure or faces.validation.failure
        if failure is None:
            raise
        raise failure from None


def _callbacks(
    config: Config, name: str, outputs: list[str], workdir: Path, position: EpochPosition
) -> list[keras.callbacks.Callback]:
    phase: PhaseConfig = getattr(config, name)
    stage = f"shape_{config.model.num_refinements}"
    monitor = f"val_{stage}_nme" if len(outputs) > 1 else "val_nme"  # as Keras names them
    callbacks: list[keras.callbacks.Callback] = []
    if phase.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights())  # validation sees the average
    if position.plateau:
        callbacks.append(position.plateau)  # before the checkpoint, which has what it decided
    return [*callbacks, RunFiles(workdir, name, _spec(config), monitor, position)]


def _spec(config: Config) -> ModelSpec:
    dataset = dataset_of(config)
    return ModelSpec(
        name=config.name,
        scheme=carried_scheme(scheme_of(config)),
        input_size=CROP_SIZE,
        padding=dataclasses.astuple(dataset.padding),
        training_data=f"{dataset.name} {split_of(config)}",
    )
