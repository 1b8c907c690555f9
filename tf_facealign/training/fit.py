"""Training in two phases with `model.fit` (paper, section 3.5 and Algorithm 1)."""

import contextlib
import dataclasses
import functools
import json
from pathlib import Path

import keras

from tf_facealign.benchmark_schemes import carried_scheme
from tf_facealign.config import Config, PhaseConfig, save_config
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.cutting_processes import CuttingProcesses
from tf_facealign.data.input_pipeline import plain_batches, training_batches
from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.files import replacing
from tf_facealign.model_spec import ModelSpec
from tf_facealign.provenance import provenance
from tf_facealign.stop_signals import StopSignals
from tf_facealign.training.checkpoints import BEST, RunFiles
from tf_facealign.training.compiled_model import PHASES, monitored
from tf_facealign.training.distribution import Distribution
from tf_facealign.training.divergence import StopOnNonFinite
from tf_facealign.training.epoch_position import EpochPosition
from tf_facealign.training.interruption import StopOnSignal
from tf_facealign.training.optimizers import steps_per_epoch
from tf_facealign.training.pace import Pace
from tf_facealign.training.plateau import Plateau
from tf_facealign.training.preparation import phases_of, prepare
from tf_facealign.training.starting import is_finished, started_model
from tf_facealign.training.training_faces import (
    TrainingFaces,
    dataset_of,
    scheme_of,
    split_of,
)
from tf_facealign.training.watching import watching
from tf_facealign.training.workdir_lock import hold


def train(
    config: Config,
    workdir: Path,
    resume: bool = False,
    verbose: bool = False,
    strategy: str | None = None,
    processes: int = 0,
) -> Path:
    """Run both phases.

    The folder `workdir` receives best.keras, history.csv, the last state of each phase,
    validation.jpg, tensorboard/, config.yaml and made_by.json.

    Args:
        config: the experiment.
        workdir: created if needed.
        resume: continue the run that `workdir` holds.
        verbose: say how the training goes.
        strategy: one of `distribution.STRATEGIES`; by default one device trains.
        processes: how many more than this one cut the training faces; none by default.

    Returns:
        The path of the best model: lowest NME of the last stage on the held-out faces.

    Raises:
        BadInput: the faces cannot be read, `workdir` holds a run and `resume` is false or a run of
            another model or one that goes on now, a file cannot be written, the loss is not finite,
            the backend or the batches do not suit `strategy`, or the system has no `processes`.
        Interrupted: SIGTERM or Ctrl-C came; the state is saved.
    """
    cutting = CuttingProcesses(processes)
    distribution, faces = prepare(config, workdir, resume, strategy)
    distribution.agree(len(faces.training), "the number of training faces")
    with hold(workdir) if distribution.is_chief else contextlib.nullcontext():
        if distribution.is_chief:
            _describe(config, workdir)
        for phase in phases_of(config):
            if not is_finished(workdir, phase, getattr(config, phase)):
                with cutting:
                    _run_phase(config, phase, faces, workdir, verbose, distribution, cutting)
    return workdir / BEST


def _describe(config: Config, workdir: Path) -> None:
    """Write what a reader of the results needs to repeat them."""
    save_config(config, workdir / "config.yaml")
    made_by = {**provenance(), "backend": keras.backend.backend()}
    with replacing(workdir / "made_by.json") as temporary:
        temporary.write_text(json.dumps(made_by, indent=2) + "\n")


def augmentation_of(config: Config, name: str) -> Augmentation:
    """The random changes of the training faces in a phase."""
    phase: PhaseConfig = getattr(config, name)
    changes = config.augmentation
    if not phase.mirror:
        changes = dataclasses.replace(changes, flip=0.0)
    return Augmentation.from_config(changes)


def _run_phase(
    config: Config,
    name: str,
    faces: TrainingFaces,
    workdir: Path,
    verbose: bool,
    distribution: Distribution,
    processes: CuttingProcesses,
) -> None:
    phase: PhaseConfig = getattr(config, name)
    steps = steps_per_epoch(phase, len(faces.training))
    seed = config.seed + PHASES.index(name)
    keras.utils.set_random_seed(seed)  # a phase draws the same whether its run was resumed or not
    model, state = started_model(config, name, faces, workdir, steps, distribution)
    plateau = Plateau(phase, state.plateau) if phase.schedule == "plateau" else None
    position = EpochPosition(state, steps, plateau)
    outputs = list(model.output)
    batches_from = functools.partial(
        training_batches,
        faces.training,
        augmentation_of(config, name),
        outputs,
        phase.batch_size,
        seed,
        replicas=distribution.replicas,
    )
    first_batch = state.epoch * steps + state.step
    held_out = plain_batches(faces.validation, outputs, phase.batch_size, distribution.replicas)
    held_out_steps = -(-len(faces.validation) // phase.batch_size)
    shown: contextlib.AbstractContextManager[list[keras.callbacks.Callback]] = (
        watching(config, name, faces, workdir, position, verbose)
        if distribution.is_chief
        else contextlib.nullcontext([])
    )
    # Workers that stop at different steps would wait for each other for ever.
    signals = StopSignals(heed=not distribution.is_shared)
    try:
        with shown as watchers, signals:
            model.fit(
                distribution.feed(batches_from(first_batch, processes=processes)),
                validation_data=distribution.feed(held_out),
                validation_steps=held_out_steps,
                shuffle=False,  # the stream is
                steps_per_epoch=steps,
                epochs=phase.epochs,
                initial_epoch=state.epoch,
                callbacks=[
                    position,
                    StopOnNonFinite(position, batches_from, name, workdir),
                    *_callbacks(config, name, workdir, position, distribution.is_chief),
                    *watchers,
                    StopOnSignal(signals, position, name, workdir),
                ],
                verbose=0,
            )
    except Exception:
        failure = faces.training.failure or faces.validation.failure
        if failure is None:
            raise
        raise failure from None


def _callbacks(
    config: Config, name: str, workdir: Path, position: EpochPosition, is_chief: bool
) -> list[keras.callbacks.Callback]:
    phase: PhaseConfig = getattr(config, name)
    callbacks = [Pace(phase.batch_size)]
    if phase.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights())  # validation sees the average
    if position.plateau:
        callbacks.append(position.plateau)  # before the checkpoint, which has what it decided
    if is_chief:
        callbacks.append(RunFiles(workdir, name, _spec(config), monitored(config), position))
    return callbacks


def _spec(config: Config) -> ModelSpec:
    dataset = dataset_of(config)
    return ModelSpec(
        name=config.name,
        scheme=carried_scheme(scheme_of(config)),
        input_size=CROP_SIZE,
        padding=dataclasses.astuple(dataset.padding),
        training_data=f"{dataset.name} {split_of(config)}",
    )
