"""Which faces a configuration trains on."""

import dataclasses

from tf_facealign.config import Config, DataConfig
from tf_facealign.training.fit import _load

DATA = DataConfig(dataset="synthetic", scheme="aflw19", count=60, validation_fraction=0.2)


def loaded(**changes):
    return _load(Config(data=dataclasses.replace(DATA, **changes)))


def test_poses_are_balanced_on_demand_in_training_only():
    plain, balanced = loaded(), loaded(pose_balance=True)
    assert len(plain.training) == 48
    assert len(balanced.training) > 60
    assert len(balanced.validation) == len(plain.validation) == 12
