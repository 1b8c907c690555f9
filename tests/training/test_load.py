"""Which faces a configuration trains on."""

import dataclasses

import numpy as np
import pytest

from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.config import Config, DataConfig
from tf_facealign.data.records import write_records
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding
from tf_facealign.training.fit import _spec
from tf_facealign.training.training_faces import load_training_faces

DATA = DataConfig(dataset="synthetic", scheme="aflw19", count=60, validation_fraction=0.2)


def loaded(**changes):
    return load_training_faces(Config(data=dataclasses.replace(DATA, **changes)))


def test_poses_are_balanced_on_demand_in_training_only():
    plain, balanced = loaded(), loaded(pose_balance=True)
    assert len(plain.training) == 48
    assert len(balanced.training) > 60
    assert len(balanced.validation) == len(plain.validation) == 12


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """The faces of DATA, with a padding that is not the default."""
    folder = tmp_path_factory.mktemp("records")
    padding, source = Padding(0.2, 0.1, 0.1, 0.1), "synthetic train"
    faces = synthetic_faces(60, get_scheme("aflw19"))
    write_records(faces, folder, padding, scheme="aflw19", source=source)
    return folder


def test_records_are_trained_on_as_what_they_were_made_from(records):
    data = DataConfig(dataset="records", root=str(records), validation_fraction=0.2)
    packed, plain = load_training_faces(Config(data=data)), loaded()
    assert packed.scheme.name == "aflw19"
    assert (len(packed.training), len(packed.validation)) == (48, 12)
    difference = packed.validation.mean_shape() - plain.validation.mean_shape()
    assert np.abs(difference).max() > 0.01  # the padding is theirs
    spec = _spec(Config(data=data))
    assert spec.padding == (0.2, 0.1, 0.1, 0.1)
    assert spec.training_data == "synthetic train all"


def test_records_that_hold_too_little_are_refused(records):
    data = DataConfig(dataset="records", root=str(records))
    with pytest.raises(BadInput, match="holds too little"):
        load_training_faces(Config(data=data, augmentation=AugmentationConfig(translate=0.3)))
