"""What a training would do, told without doing it."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import keras

from tf_facealign.augmentation_config import PROBABILITIES, AugmentationConfig
from tf_facealign.config import Config, PhaseConfig
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import CROP_SIZE
from tf_facealign.models.complexity import stage_costs
from tf_facealign.training.checkpoints import BEST, HISTORY, last_path, restore
from tf_facealign.training.compiled_model import build_model, compiled_model
from tf_facealign.training.optimizers import learning_rate, steps_per_epoch
from tf_facealign.training.pictures import PICTURE
from tf_facealign.training.preparation import phases_of, prepare
from tf_facealign.training.starting import is_finished
from tf_facealign.training.tensorboard import FOLDER
from tf_facealign.training.training_faces import TrainingFaces, dataset_of, split_of

Row = tuple[str, str]


def plan(config: Config, workdir: Path, resume: bool = False, strategy: str | None = None) -> str:
    """Read all that a training would read, and say what it would do; nothing is written.

    Args:
        config: the experiment.
        workdir: as in `train`.
        resume: as in `train`.
        strategy: as in `train`.

    Returns:
        Lines of a name and what it stands for.

    Raises:
        BadInput: as `train` does, before its first step.
    """
    distribution, faces = prepare(config, workdir, resume, strategy)
    _check_writable(workdir)
    devices = distribution.replicas.total
    rows = [
        ("experiment", f"{config.name}, seed {config.seed}"),
        ("backend", f"{keras.backend.backend()}, {config.precision}, devices: {devices}"),
        *_data_rows(config, faces),
        ("augmentation", _augmentation_text(config.augmentation)),
        *_model_rows(config),
        *(row for name in phases_of(config) for row in _phase_rows(config, name, faces)),
        ("writes", f"{workdir}: {', '.join(_files(config))}"),
        ("starts", _start_text(config, workdir, faces)),
    ]
    return "\n".join(f"{name:<14}{text}".rstrip() for name, text in rows)


def _check_writable(workdir: Path) -> None:
    folder = next(path for path in (workdir, *workdir.absolute().parents) if path.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise BadInput(f"{workdir}: cannot write here ({folder} is no folder to write to)")


def _data_rows(config: Config, faces: TrainingFaces) -> Iterator[Row]:
    dataset, training = dataset_of(config), faces.training
    scheme = f"{faces.scheme.name} ({faces.scheme.num_landmarks} landmarks)"
    yield "data", f"{dataset.name} {split_of(config)}, {scheme}"
    distinct = training.num_distinct
    repeated = f", {len(training):,} after balancing of poses" if config.data.pose_balance else ""
    yield "faces", f"{distinct:,} to train on{repeated}; {len(faces.validation):,} held out"
    padding = dataclasses.asdict(dataset.padding).items()
    sides = ", ".join(f"{side} {100 * share:g} %" for side, share in padding)
    yield "crops", f"{CROP_SIZE} × {CROP_SIZE} pixels; boxes are padded by {sides}"


def _augmentation_text(config: AugmentationConfig) -> str:
    """Ranges of the placement, then the share of faces that each other change comes to."""
    low, high = config.scale
    placement = (
        f"shift ±{100 * config.translate:g} %, rotation ±{config.rotate_degrees:g}°, "
        f"scale {low:g} to {high:g}"
    )
    if config.placement_power > 1:
        placement += f", to the power of {config.placement_power:g}"
    shares = {key: getattr(config, key) for key in PROBABILITIES}
    others = [f"{key} {100 * share:g} %" for key, share in shares.items() if share]
    return "; ".join([placement, *others])


def _model_rows(config: Config) -> Iterator[Row]:
    model = config.model
    *_, (parameters, maccs) = stage_costs(build_model(config)).values()
    size = f"{parameters / 1e6:.2f} M parameters, {maccs / 1e9:.4f} GMACCs"
    branches = f" in {model.branches} branches" if model.branches > 1 else ""
    yield "model", f"width {model.width:g}{branches}, {model.num_refinements} refinements; {size}"


def _phase_rows(config: Config, name: str, faces: TrainingFaces) -> Iterator[Row]:
    phase: PhaseConfig = getattr(config, name)
    steps = steps_per_epoch(phase, len(faces.training))
    accumulated = f", {phase.accumulate} an update" if phase.accumulate > 1 else ""
    yield name, f"{phase.epochs} epochs of {steps} batches of {phase.batch_size} faces{accumulated}"
    average = f", weights averaged with {phase.ema:g}" if phase.ema else ""
    dropout = f", dropout {phase.dropout:g}" if phase.dropout else ""
    mirror = "" if phase.mirror else ", no face mirrored"
    decay = f"weight decay {phase.weight_decay:g}"
    yield "", f"{phase.loss} loss{dropout}{mirror}; {phase.optimizer}, {decay}{average}"
    yield "", f"learning rate {_rate_text(phase, steps)}"


def _rate_text(phase: PhaseConfig, steps: int) -> str:
    if phase.schedule == "constant":
        return f"{phase.learning_rate:g}"
    if phase.schedule == "plateau":
        return (
            f"{phase.learning_rate:g}, times {phase.plateau_factor:g} after each "
            f"{phase.plateau_patience} epochs without a better training loss"
        )
    last = phase.epochs * steps - 1
    rise = min(round(phase.warmup_epochs * steps), last)
    rate = learning_rate(phase, steps)
    first, peak, end = (float(rate(step)) for step in (0, rise, last))
    return f"{first:.2g} at first, {peak:.2g} after {phase.warmup_epochs:g} epochs, {end:.2g} last"


def _files(config: Config) -> list[str]:
    lasts = [last_path(Path(), name).name for name in phases_of(config)]
    return [BEST, HISTORY, *lasts, PICTURE, f"{FOLDER}/", "config.yaml", "made_by.json"]


def _start_text(config: Config, workdir: Path, faces: TrainingFaces) -> str:
    begun = any(last_path(workdir, name).exists() for name in phases_of(config))
    for name in phases_of(config):
        phase: PhaseConfig = getattr(config, name)
        if is_finished(workdir, name, phase):
            continue
        last = last_path(workdir, name)
        if not last.exists():
            return f"anew with {name}" if begun else "anew"
        steps = steps_per_epoch(phase, len(faces.training))
        state = restore(compiled_model(config, name, faces.scheme, steps), last)
        return f"again in {name}, epoch {state.epoch + 1} of {phase.epochs}, step {state.step + 1}"
    return "nothing: the run is complete"
