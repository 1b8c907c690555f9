"""A phase may do without mirrored faces, whose annotations can lie to the other side."""

import numpy as np
import pytest

from tf_facealign.config import load_config
from tf_facealign.training.fit import augmentation_of
from tf_facealign.training.plan import plan
from tf_facealign.training.training_faces import load_training_faces

TOY = """
data: {dataset: synthetic, scheme: aflw19, count: 40, validation_fraction: 0.2}
augmentation: {translate: 0, rotate_degrees: 0, scale: [1, 1], flip: 0.5}
model: {width: 0.05}
phase_two: {mirror: false}
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("mirror") / "toy.yaml"
    path.write_text(TOY)
    return load_config(path)


def share_mirrored(config, phase):
    """Of the crops that training sees in a phase; nothing else happens to them."""
    crops = load_training_faces(config).training
    rng = np.random.default_rng(0)
    mirrored = []
    for index in range(len(crops)):
        as_it_is, _ = crops.plain(index)
        seen, _ = crops.augmented(index, augmentation_of(config, phase), rng)
        mirrored.append(not np.array_equal(seen, as_it_is))
        if mirrored[-1]:
            difference = seen.astype(int) - as_it_is[:, ::-1]
            assert abs(difference).mean() < 2
    return np.mean(mirrored)


def test_a_phase_without_mirrored_faces(config):
    assert 0.2 < share_mirrored(config, "phase_one") < 0.8
    assert share_mirrored(config, "phase_two") == 0


def test_the_plan_says_so(config, tmp_path):
    lines = plan(config, tmp_path / "run").splitlines()
    said = [line for line in lines if "no face mirrored" in line]
    assert len(said) == 1
    start = next(i for i, line in enumerate(lines) if line.startswith("phase_two"))
    assert lines.index(said[0]) > start
