"""The configuration of an experiment: frozen dataclasses, read from YAML.

Every key has a type and a default here; an unknown key or a value of another type is an error that
names it.
"""

import dataclasses
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml

from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.config_ranges import Ranged, within
from tf_facealign.errors import BadInput
from tf_facealign.files import replacing

T = TypeVar("T")


@dataclass(frozen=True)
class DataConfig(Ranged):
    """The training faces.

    Attributes:
        dataset: a name of `data.datasets`.
        root: its folder; empty means the folder `dataset` of the environment variable
            FACEALIGN_DATA.
        split: the faces to train on; empty means the dataset's training split.
        scheme: landmark scheme; empty means the dataset's own (a folder and synthetic faces need
            one).
        validation_fraction: share of the training faces held out to choose the best epoch.
        seed: of that choice, and of which faces are repeated; `Config.seed` is that of training.
        count: how many faces to draw (synthetic faces only).
        cache: keep decoded images in memory.
        pose_balance: repeat training faces in rare poses (`data.pose_balance`).
        skip_bad: leave out, with a warning, faces whose annotation or image cannot be read.
    """

    dataset: str = "300w"
    root: str = ""
    split: str = ""
    scheme: str = ""
    validation_fraction: float = within(0.1, 0, 1)
    seed: int = within(0, 0)
    count: int = within(2000, 1)
    cache: bool = True
    pose_balance: bool = False
    skip_bad: bool = False


@dataclass(frozen=True)
class ModelConfig(Ranged):
    """Arguments of `models.build_aligner`; `auxiliary` drops out of the trained model."""

    width: float = within(1.0, 0.01, 10)
    branches: int = within(1, 1)
    num_refinements: int = within(2, 0, 2)
    patch_size: int = within(5, 1, 31)
    detach: bool = True
    auxiliary: bool = False


@dataclass(frozen=True)
class PhaseConfig(Ranged):
    """One of the two phases of training (paper, Algorithm 1).

    Attributes:
        epochs: passes over the training faces; 0 skips the phase.
        batch_size: faces a step, over all devices.
        accumulate: steps an update of the weights; the gradients between are averaged, as of a
            batch that many times as large.
        loss: on every trained shape.
        dropout: rate inside GRegNet while this phase trains.
        mirror: whether faces are mirrored, with the probability `augmentation.flip`. Annotations
            may lie a little to one side of what mirrored ones agree on; a phase without these
            learns to.
        optimizer: with `learning_rate`, `weight_decay` and, for sgd, `momentum`; muon moves the
            convolutions, all else then takes adamw's steps (`training.muon`).
        ema: momentum of a running average of the weights, which is scored and kept as the best
            model in their stead; 0 for none.
        schedule: constant; cosine, to zero after `warmup_epochs` of linear rise; or plateau, which
            multiplies the rate by `plateau_factor` after `plateau_patience` epochs without a better
            training loss.
    """

    epochs: int = within(100, 0)
    batch_size: int = within(32, 1)
    accumulate: int = within(1, 1)
    loss: Literal["l2", "wing", "soft_wing"] = "l2"
    dropout: float = within(0.0, 0, 0.99)
    mirror: bool = True
    optimizer: Literal["sgd", "adamw", "muon"] = "adamw"
    learning_rate: float = within(1e-3, 0)
    weight_decay: float = within(5e-4, 0)
    momentum: float = within(0.9, 0, 1)
    ema: float = within(0.0, 0, 0.99999)  # at 1 an average never moves
    schedule: Literal["constant", "cosine", "plateau"] = "cosine"
    warmup_epochs: float = within(1.0, 0)
    plateau_patience: int = within(200, 1)
    plateau_factor: float = within(0.75, 0, 1)


@dataclass(frozen=True)
class Config(Ranged):
    """A whole experiment.

    Attributes:
        precision: of GRegNet's convolutions while training, and of the features between them; all
            else, and the trained model, is float32.
    """

    name: str = "aligner"
    seed: int = within(0, 0)
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    data: DataConfig = field(default_factory=DataConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    phase_one: PhaseConfig = field(default_factory=PhaseConfig)
    phase_two: PhaseConfig = field(default_factory=PhaseConfig)


def load_config(path: str | Path, overrides: typing.Iterable[str] = ()) -> Config:
    """Read a configuration.

    Args:
        path: a YAML file; keys it leaves out keep their defaults.
        overrides: "a.b=value" each, the value in YAML; they win over the file.

    Raises:
        BadInput: the file is missing or not YAML, a key is unknown, or a value has the wrong type.
    """
    try:
        tree = yaml.safe_load(Path(path).read_text()) or {}
    except OSError as error:
        raise BadInput(f"{path}: cannot read the configuration ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(tree, dict):
        raise BadInput(f"{path}: expected keys and values")
    config = _build(Config, tree, str(path), "")
    for override in overrides:
        config = _override(config, override)
    return config


def save_config(config: Config, path: str | Path) -> None:
    """Write every key, defaults included."""
    with replacing(path) as temporary:
        temporary.write_text(yaml.safe_dump(_plain(dataclasses.asdict(config)), sort_keys=False))


def _override(config: Config, override: str) -> Config:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise BadInput(f"--set {override}: expected key=value")
    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError:
        raise BadInput(f"--set {override}: the value is not YAML") from None
    current = dataclasses.asdict(config)
    node = current
    *parents, last = key.split(".")
    for parent in parents:
        node = node.get(parent) if isinstance(node, dict) else None  # type: ignore[assignment]
    if not isinstance(node, dict) or last not in node or isinstance(node[last], dict):
        raise BadInput(f"--set {override}: unknown key {key}")
    node[last] = tree
    return _build(Config, current, f"--set {override}", "")


def _build(kind: type[T], tree: Any, source: str, prefix: str) -> T:
    """A dataclass from a mapping, checked key by key."""
    if not isinstance(tree, dict):
        raise BadInput(f"{source}: {prefix.rstrip('.')} must hold keys and values")
    hints = typing.get_type_hints(kind)
    unknown = [str(key) for key in tree if key not in hints]
    if unknown:
        raise BadInput(f"{source}: unknown key {prefix}{unknown[0]} (known: {', '.join(hints)})")
    values = {key: _value(hints[key], value, source, prefix + key) for key, value in tree.items()}
    try:
        return kind(**values)
    except BadInput as fault:
        raise BadInput(f"{source}: {prefix}{fault}") from None


def _value(hint: Any, value: Any, source: str, key: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type[Any], hint), value, source, f"{key}.")
    if typing.get_origin(hint) is Literal:
        if value in typing.get_args(hint):
            return value
        expected = " or ".join(typing.get_args(hint))
    elif typing.get_origin(hint) is tuple:
        hints = typing.get_args(hint)
        if isinstance(value, list | tuple) and len(value) == len(hints):
            return tuple(_value(h, v, source, key) for h, v in zip(hints, value, strict=True))
        expected = f"a list of {len(hints)} numbers"
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif type(value) is hint:
        return value
    else:
        expected = {
            "int": "a whole number",
            "float": "a number",
            "str": "text",
            "bool": "true or false",
        }[hint.__name__]
    raise BadInput(f"{source}: {key} must be {expected}, not {value!r}")


def _plain(tree: Any) -> Any:
    """Tuples as lists, for YAML."""
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    return list(tree) if isinstance(tree, tuple) else tree
