"""A drawn face, and a model and a tracker that find it."""

import numpy as np
import pytest

from tf_facealign import get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.tracker import FaceTracker
from tf_facealign.model_spec import ModelSpec


@pytest.fixture(scope="module")
def face():
    return synthetic_faces(1, get_scheme("ibug68"), seed=0, size=64)[0]


class OneShape:
    """A model that answers with one symmetric shape, which just fills the box it is sought in."""

    stages = ("shape_2",)

    def __init__(self, face):
        scheme = get_scheme("ibug68")
        centred = face.landmarks_px - face.landmarks_px.mean(0)
        symmetric = (centred + scheme.mirror(centred) - [1, 0]) / 2
        corner, far = symmetric.min(0), symmetric.max(0)
        self._shape = 0.5 + (symmetric - (corner + far) / 2) / (far - corner).max() / 1.2

    def __call__(self, crops):
        return {"shape_2": np.stack([self._shape.astype(np.float32)] * len(crops))}


@pytest.fixture
def aligner(face):
    return FaceAligner(OneShape(face), ModelSpec("one", "ibug68", 112, (0.1,) * 4))


@pytest.fixture
def tracker(aligner):
    return FaceTracker(aligner, lambda _: (np.array([[20, 20, 70, 75.0]]), np.array([0.5])))
