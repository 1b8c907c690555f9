"""docs/tour.md runs from top to bottom; the pictures of docs/gallery.md are there."""

import re
from pathlib import Path

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.head_pose import head_pose
from tf_facealign.images import write_image

DOCS = Path(__file__).parent.parent / "docs"
TOUR = (DOCS / "tour.md").read_text("utf-8")


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """A drawn face, in the folder that the blocks run in."""
    (sample,) = synthetic_faces(1, get_scheme("ibug68"), seed=5, size=200)
    write_image(tmp_path / "photo.jpg", sample.image_rgb())
    monkeypatch.chdir(tmp_path)
    return sample


def test_the_blocks_run_one_after_the_other(drawn):
    scope: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", TOUR, re.DOTALL | re.MULTILINE):
        exec(block, scope)
    # The face looks to the image left; test_released_models holds nine of ten faces to 7 degrees.
    true = head_pose(drawn.landmarks_px, get_scheme("ibug68"))
    assert true.yaw < -10
    assert scope["yaw"] == pytest.approx(true.yaw, abs=7)
    assert np.ptp(scope["chip"]) > 50
