"""Training in two phases with `model.fit` (paper, section 3.5 and Algorithm 1)."""

import dataclasses
import json
import logging
from dataclasses import dataclass
from pathlib import Path

import keras

from tf_facealign.benchmark_schemes import carried_scheme, get_scheme
from tf_facealign.config import Config, PhaseConfig, save_config
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.datasets import Dataset, get_dataset, load_faces, split_validation
from tf_facealign.data.input_pipeline import FaceCrops, plain_batches, training_batches
from tf_facealign.data.pose_balance import balance
from tf_facealign.data.record_face import check_reach
from tf_facealign.data.repeats import without_repeats
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.files import replacing
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.losses import LOSSES
from tf_facealign.model_spec import ModelSpec
from tf_facealign.models.aligner import build_aligner, set_mean_shape
from tf_facealign.provenance import provenance
from tf_facealign.training.checkpoints import BEST, HISTORY, RunFiles, last_path, restore
from tf_facealign.training.optimizers import build_optimizer
from tf_facealign.training.stage_nme import StageNME

PHASES = ("phase_one", "phase_two")

_log = logging.getLogger(__name__)


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
    faces = _load(config)
    _describe(config, workdir)
    for number, phase in enumerate(PHASES):
        if getattr(config, phase).epochs and (number == 0 or config.model.num_refinements):
            _run_phase(config, phase, faces, workdir, verbose)
    return workdir / BEST


def build_model(config: Config, dropout: float = 0.0) -> keras.Model:
    """The untrained cascade of a configuration."""
    model = config.model
    return build_aligner(
        _scheme(config).num_landmarks, model.width, model.num_refinements, model.patch_size, dropout
    )


@dataclass(frozen=True)
class _Faces:
    scheme: LandmarkScheme
    training: FaceCrops
    validation: FaceCrops


def _dataset(config: Config) -> Dataset:
    return get_dataset(config.data.dataset, config.data.root or None)


def _scheme(config: Config) -> LandmarkScheme:
    return get_scheme(config.data.scheme or _dataset(config).scheme)


def _split(config: Config) -> str:
    return config.data.split or _dataset(config).train_split


def _load(config: Config) -> _Faces:
    data = config.data
    scheme = _scheme(config)
    faults: list[str] | None = [] if data.skip_bad else None
    faces = load_faces(data.dataset, data.root or None, _split(config), scheme, data.count, faults)
    faces = without_repeats(faces, faults)
    if faults:
        _log.warning("%d faces are left out, the first: %s", len(faults), faults[0])
    training, validation = split_validation(faces, data.validation_fraction, config.seed)
    if not training or not validation:
        raise BadInput(
            f"data.validation_fraction={data.validation_fraction} leaves {len(training)} training "
            f"and {len(validation)} validation faces of {len(faces)}; both are needed"
        )
    if data.pose_balance:
        training = balance(training, seed=config.seed)
    padding = _dataset(config).padding
    check_reach(faces, padding, Augmentation.from_config(config.augmentation).placement)
    parts = (training, validation)
    crops = [FaceCrops(part, scheme, padding, data.cache, data.skip_bad) for part in parts]
    return _Faces(scheme, *crops)


def _describe(config: Config, workdir: Path) -> None:
    """Write what a reader of the results needs to repeat them."""
    save_config(config, workdir / "config.yaml")
    made_by = {**provenance(), "backend": keras.backend.backend()}
    with replacing(workdir / "made_by.json") as temporary:
        temporary.write_text(json.dumps(made_by, indent=2) + "\n")


def _run_phase(config: Config, name: str, faces: _Faces, workdir: Path, verbose: int) -> None:
    phase: PhaseConfig = getattr(config, name)
    steps = max(len(faces.training) // phase.batch_size, 1)
    seed = config.seed + PHASES.index(name)
    keras.utils.set_random_seed(seed)  # a phase draws the same whether its run was resumed or not
    model = _compiled_model(config, name, faces.scheme, steps)
    last = last_path(workdir, name)
    if last.exists():
        restore(model, last)
    elif (workdir / BEST).exists():  # of phase one
        model.set_weights(keras.models.load_model(workdir / BEST, compile=False).get_weights())
    else:
        set_mean_shape(model, faces.training.mean_shape())
    epoch = int(model.optimizer.iterations) // steps
    num_shapes = config.model.num_refinements + 1
    batches = training_batches(
        faces.training,
        Augmentation.from_config(config.augmentation),
        num_shapes,
        phase.batch_size,
        seed,
        first_batch=epoch * steps,
    )
    try:
        model.fit(
            batches,
            validation_data=plain_batches(faces.validation, num_shapes, phase.batch_size),
            shuffle=False,  # the stream is
            steps_per_epoch=steps,
            epochs=phase.epochs,
            initial_epoch=epoch,
            callbacks=_callbacks(config, name, workdir, epoch),
            verbose=verbose,
        )
    except Exception:
        failure = faces.training.failure or faces.validation.failure
        if failure is None:
            raise
        raise failure from None


def _compiled_model(config: Config, name: str, scheme: LandmarkScheme, steps: int) -> keras.Model:
    phase: PhaseConfig = getattr(config, name)
    model = build_model(config, phase.dropout)
    # Frozen batch norms run in inference mode in Keras; dropout stays active (section 4.3).
    frozen = name == "phase_two"
    model.get_layer("gregnet").trainable = not frozen
    shapes = list(model.output)
    first_normalizer = next(iter(scheme.normalizers.values()))  # as the evaluation reports
    model.compile(
        build_optimizer(phase, steps),
        loss={shape: LOSSES[phase.loss]() for shape in shapes},
        loss_weights={shape: 0.0 if frozen and shape == "shape_0" else 1.0 for shape in shapes},
        metrics={shape: [StageNME(first_normalizer)] for shape in shapes},
    )
    return model


def _callbacks(
    config: Config, name: str, workdir: Path, epoch: int
) -> list[keras.callbacks.Callback]:
    phase: PhaseConfig = getattr(config, name)
    last = config.model.num_refinements
    monitor = f"val_shape_{last}_nme" if last else "val_nme"  # Keras does not prefix an only output
    callbacks = [
        RunFiles(workdir, name, _spec(config), monitor, epoch),
        keras.callbacks.TerminateOnNaN(),
    ]
    if phase.schedule == "plateau":
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau("loss", phase.plateau_factor, phase.plateau_patience)
        )
    return callbacks


def _spec(config: Config) -> ModelSpec:
    dataset = _dataset(config)
    return ModelSpec(
        name=config.name,
        scheme=carried_scheme(_scheme(config)),
        input_size=CROP_SIZE,
        padding=dataclasses.astuple(dataset.padding),
        training_data=f"{dataset.name} {_split(config)}",
    )
