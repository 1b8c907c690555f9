"""The faces of an experiment, read, checked, split and ready to be cut."""

import logging
from dataclasses import dataclass

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.config import Config
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.datasets import Dataset, get_dataset, load_faces, split_validation
from tf_facealign.data.input_pipeline import FaceCrops
from tf_facealign.data.pose_balance import balance
from tf_facealign.data.record_face import check_reach
from tf_facealign.data.repeats import without_repeats
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingFaces:
    """Faces to train on, and others held out to choose the best epoch."""

    scheme: LandmarkScheme
    training: FaceCrops
    validation: FaceCrops


def load_training_faces(config: Config) -> TrainingFaces:
    """Read and split the faces of an experiment.

    Raises:
        BadInput: they cannot be read, or the split leaves one part empty.
    """
    data = config.data
    scheme = scheme_of(config)
    faults: list[str] | None = [] if data.skip_bad else None
    root, split = data.root or None, split_of(config)
    faces = load_faces(data.dataset, root, split, scheme, data.count, faults)
    faces = without_repeats(faces, faults)
    if faults:
        _log.warning("%d faces are left out, the first: %s", len(faults), faults[0])
    training, validation = split_validation(faces, data.validation_fraction, data.seed)
    if not training or not validation:
        raise BadInput(
            f"data.validation_fraction={data.validation_fraction} leaves {len(training)} training "
            f"and {len(validation)} validation faces of {len(faces)}; both are needed"
        )
    if data.pose_balance:
        training = balance(training, seed=data.seed)
    padding = dataset_of(config).padding
    check_reach(faces, padding, Augmentation.from_config(config.augmentation).placement)
    parts = (training, validation)
    crops = [FaceCrops(part, scheme, padding, data.cache, data.skip_bad) for part in parts]
    return TrainingFaces(scheme, *crops)


def dataset_of(config: Config) -> Dataset:
    """The dataset an experiment trains on."""
    return get_dataset(config.data.dataset, config.data.root or None)


def scheme_of(config: Config) -> LandmarkScheme:
    """The landmark scheme an experiment trains for."""
    return get_scheme(config.data.scheme or dataset_of(config).scheme)


def split_of(config: Config) -> str:
    """The split an experiment trains on."""
    return config.data.split or dataset_of(config).train_split
