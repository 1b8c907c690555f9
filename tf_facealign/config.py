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

from tf_facealign.errors import BadInput
from tf_facealign.files import replacing

T = TypeVar("T")


@dataclass(frozen=True)
class DataConfig:
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
    validation_fraction: float = 0.1
    seed: int = 0
    count: int = 2000
    cache: bool = True
    pose_balance: bool = False
    skip_bad: bool = False


def _within(default: Any, low: float, high: float) -> Any:
    """A number, or the ends of a range, that must lie in low..high."""
    return field(default=default, metadata={"within": (low, high)})


def _probability(default: float) -> Any:
    return field(default=default, metadata={"within": (0, 1), "is_probability": True})


@dataclass(frozen=True)
class AugmentationConfig:
    """Random changes of a training face (paper, section 4.3).

    `flip` and the keys named after an operation are probabilities; a range follows each operation.
    By default the crop is placed at random and its pixels stay. The ranges are imgaug's usual ones,
    narrower where a crop of 112 pixels would lose the face.

    Attributes:
        translate: largest shift along x and y, as a share of the crop.
        rotate_degrees: largest rotation either way.
        scale: smallest and largest factor of the box's size.
        placement_power: 1 draws these three uniformly; above it most faces stay near their own
            placement (`RandomPlacement.power`).
        flip: probability of mirroring.
        median_blur: median of a square of pixels, of side 3 or 5.
        gaussian_blur: Gaussian with a standard deviation in crop pixels.
        average_blur: mean of a square of pixels, of odd side.
        sharpen: adds `amount` times the difference from each of the eight neighbours.
        emboss: adds `amount` times the slope towards the lower right.
        noise: Gaussian, on each channel; sigma in levels of 255.
        add: levels of 255, to all channels or (every second time) one number to each.
        hue_saturation: turns the hue by degrees and multiplies the saturation.
        contrast: multiplies the distance from middle grey.
        greyscale: blends with grey; an amount of 1 is all grey.
        occlusion: covers a rectangle with noise, a colour or a piece of another face; area as a
            share of the crop.
    """

    translate: float = _within(0.1, 0, 1)
    rotate_degrees: float = _within(30.0, 0, 180)
    scale: tuple[float, float] = _within((0.75, 1.2), 0.1, 10)
    placement_power: float = _within(1.0, 1, 10)
    flip: float = _probability(0.5)
    median_blur: float = _probability(0.0)
    median_blur_side_px: tuple[int, int] = _within((3, 5), 3, 5)
    gaussian_blur: float = _probability(0.0)
    gaussian_blur_sigma_px: tuple[float, float] = _within((0.0, 2.0), 0, 10)
    average_blur: float = _probability(0.0)
    average_blur_side_px: tuple[int, int] = _within((3, 5), 1, 31)
    sharpen: float = _probability(0.0)
    sharpen_amount: tuple[float, float] = _within((0.0, 0.3), 0, 1)
    emboss: float = _probability(0.0)
    emboss_amount: tuple[float, float] = _within((0.0, 0.5), 0, 1)
    noise: float = _probability(0.0)
    noise_sigma: tuple[float, float] = _within((0.0, 13.0), 0, 255)
    add: float = _probability(0.0)
    add_levels: tuple[float, float] = _within((-30.0, 30.0), -255, 255)
    hue_saturation: float = _probability(0.0)
    hue_degrees: tuple[float, float] = _within((-20.0, 20.0), -180, 180)
    saturation_factor: tuple[float, float] = _within((0.6, 1.4), 0, 10)
    contrast: float = _probability(0.0)
    contrast_factor: tuple[float, float] = _within((0.6, 1.4), 0, 10)
    greyscale: float = _probability(0.0)
    greyscale_amount: tuple[float, float] = _within((0.0, 1.0), 0, 1)
    occlusion: float = _probability(0.0)
    occlusion_area: tuple[float, float] = _within((0.02, 0.2), 0, 1)

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn from."""
        for key in dataclasses.fields(self):
            value, (low, high) = getattr(self, key.name), key.metadata["within"]
            ends = value if isinstance(value, tuple) else (value,)
            if not all(low <= end <= high for end in ends):
                raise BadInput(f"augmentation.{key.name} must lie in {low}..{high}, not {value}")
            if ends[0] > ends[-1]:
                raise BadInput(f"augmentation.{key.name} must start with the lower end: {value}")
            if key.name.endswith("side_px") and not all(end % 2 for end in ends):
                raise BadInput(f"augmentation.{key.name} must be odd numbers, not {value}")


PROBABILITIES = tuple(
    key.name for key in dataclasses.fields(AugmentationConfig) if "is_probability" in key.metadata
)
"""The keys of `AugmentationConfig` that are probabilities: of mirroring, then of each operation."""


@dataclass(frozen=True)
class ModelConfig:
    """Arguments of `models.build_aligner`; `auxiliary` drops out of the trained model."""

    width: float = 1.0
    num_refinements: int = 2
    patch_size: int = 5
    detach: bool = True
    auxiliary: bool = False


@dataclass(frozen=True)
class PhaseConfig:
    """One of the two phases of training (paper, Algorithm 1).

    Attributes:
        epochs: passes over the training faces; 0 skips the phase.
        batch_size: faces a step, over all devices.
        accumulate: steps an update of the weights; the gradients between are averaged, as of a
            batch that many times as large.
        loss: on every trained shape.
        dropout: rate inside GRegNet while this phase trains.
        optimizer: with `learning_rate`, `weight_decay` and, for sgd, `momentum`; muon moves the
            convolutions, all else then takes adamw's steps (`training.muon`).
        ema: momentum of a running average of the weights, which is scored and kept as the best
            model in their stead; 0 for none.
        schedule: constant; cosine, to zero after `warmup_epochs` of linear rise; or plateau, which
            multiplies the rate by `plateau_factor` after `plateau_patience` epochs without a better
            training loss.
    """

    epochs: int = 100
    batch_size: int = 32
    accumulate: int = 1
    loss: Literal["l2", "wing", "soft_wing"] = "l2"
    dropout: float = 0.0
    optimizer: Literal["sgd", "adamw", "muon"] = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 5e-4
    momentum: float = 0.9
    ema: float = 0.0
    schedule: Literal["constant", "cosine", "plateau"] = "cosine"
    warmup_epochs: float = 1.0
    plateau_patience: int = 200
    plateau_factor: float = 0.75

    def __post_init__(self) -> None:
        """Refuse an average that would never move, and steps without faces or updates."""
        if not 0 <= self.ema < 1:
            raise BadInput(f"ema must be at least 0 and below 1, not {self.ema}")
        for key in ("batch_size", "accumulate"):
            if getattr(self, key) < 1:
                raise BadInput(f"{key} must be at least 1, not {getattr(self, key)}")


@dataclass(frozen=True)
class Config:
    """A whole experiment.

    Attributes:
        precision: of GRegNet's convolutions while training, and of the features between them; all
            else, and the trained model, is float32.
    """

    name: str = "aligner"
    seed: int = 0
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
        raise BadInput(f"{source}: {fault}") from None


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
