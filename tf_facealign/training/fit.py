"""Training in two phases with `model.fit` (paper, section 3.5 and Algorithm 1)."""

import dataclasses
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
from tf_facealign.training.checkpoints import BEST, HISTORY, RunFiles, last_path, restore
from tf_facealign.training.compiled_model import PHASES, compiled_model
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
        BadInput: the faces cannot be read, or `workdir` holds a run and `resume` is false.
    """
    if (workdir / HISTORY).exists() and not resume:
        raise BadInput(
            f"{workdir}: holds a run already; continue it with --resume or choose another folder"
        )
    faces = load_training_faces(config)
    _describe(config, workdir)
    for number, phase in enumerate(PHASES):
        if getattr(config, phase).epochs and (number == 0 or config.model.num_refinements):
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
    last = last_path(workdir, name)
    if last.exists():
        restore(model, last)
    elif (workdir / BEST).exists():  # of phase one
        model.set_weights(keras.models.load_model(workdir / BEST, compile=False).get_weights())
    else:
        set_mean_shape(model, faces.training.mean_shape())
    epoch = int(model.optimizer.iterations) // steps
    outputs = list(model.output)
    batches = training_batches(
        faces.training,
        Augmentation.from_config(config.augmentation),
        outputs,
        phase.batch_size,
        seed,
        first_batch=epoch * steps,
    )
    try:
        model.fit(
            batches,
            validation_data=plain_batches(faces.validation, outputs, phase.batch_size),
            shuffle=False,  # the stream is
            steps_per_epoch=steps,
            epochs=phase.epochs,
            initial_epoch=epoch,
            callbacks=_callbacks(config, name, outputs, workdir, epoch),
            verbose=verbose,
        )
    except Exception:
        failure = faces.training.failure or faces.validation.failure
        if failure is None:
            raise
        raise failure from None


def _callbacks(
    config: Config, name: str, outputs: list[str], workdir: Path, epoch: int
) -> list[keras.callbacks.Callback]:
    phase: PhaseConfig = getattr(config, name)
    stage = f"shape_{config.model.num_refinements}"
    monitor = f"val_{stage}_nme" if len(outputs) > 1 else "val_nme"  # as Keras names them
    callbacks = [
        RunFiles(workdir, name, _spec(config), monitor, epoch),
        keras.callbacks.TerminateOnNaN(),
    ]
    if phase.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights())  # validation sees the average
    if phase.schedule == "plateau":
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau("loss", phase.plateau_factor, phase.plateau_patience)
        )
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
