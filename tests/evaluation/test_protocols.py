"""The table of protocols: what it says holds for the datasets, and each number is said once."""

import os
from pathlib import Path

import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data import wflw
from tf_facealign.data.datasets import DATASETS, load_faces
from tf_facealign.evaluation.protocols import FACE_SIZE, PROTOCOLS, get_protocol

DATA = os.environ.get("FACEALIGN_DATA")


def test_every_benchmark_has_a_protocol():
    benchmarks = {name for name, dataset in DATASETS.items() if dataset.official_counts}
    assert set(PROTOCOLS) == benchmarks


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_fits_its_dataset(name):
    protocol = PROTOCOLS[name]
    assert protocol.dataset is DATASETS[name]  # its scheme, padding and splits live there alone
    scheme = get_scheme(protocol.dataset.scheme)
    assert set(protocol.normalizers) <= {*scheme.normalizers, FACE_SIZE}
    assert protocol.source
    assert protocol.threshold == 0.1
    # One subset is the whole of the test split.
    whole = protocol.dataset.official_counts[protocol.dataset.test_split]
    assert max(protocol.subsets.values()) == whole


def test_the_papers_settings():
    """Sections 4.1 to 4.4: splits, normalisers and which boxes are padded by how much."""
    assert PROTOCOLS["300w"].subsets == {"common": 224 + 330, "challenging": 135, "full": 689}
    assert PROTOCOLS["300w"].normalizers == ("inter_ocular", "inter_pupil")
    assert PROTOCOLS["aflw"].subsets == {"full": 4386, "frontal": 1314}
    assert PROTOCOLS["aflw"].normalizers == (FACE_SIZE,)
    assert PROTOCOLS["wflw"].normalizers == ("inter_ocular",)
    assert list(PROTOCOLS["wflw"].subsets) == ["all", *wflw.FLAGS]
    assert PROTOCOLS["cofw68"].subsets == {"all": 507}
    assert [name for name, protocol in PROTOCOLS.items() if protocol.visible] == ["cofw68"]


def test_ones_own_faces_are_scored_by_every_normalizer_of_their_scheme():
    protocol = get_protocol("folder", get_scheme("wflw98"))
    assert protocol.normalizers == ("inter_ocular", "inter_pupil")
    assert (protocol.dataset, protocol.subsets, protocol.visible) == (None, None, False)
    assert get_protocol("wflw", get_scheme("wflw98")) is PROTOCOLS["wflw"]


@pytest.mark.dataset
@pytest.mark.skipif(
    DATA is None or not (Path(DATA) / "wflw").is_dir(),
    reason="needs the folder wflw/ in the folder FACEALIGN_DATA names",
)
def test_the_lists_of_wflw_have_the_official_numbers():
    official = PROTOCOLS["wflw"].subsets
    for flag in wflw.FLAGS:
        (path,) = (Path(DATA) / "wflw").rglob(f"list_98pt_test_{flag}.txt")
        assert len(path.read_text().splitlines()) == official[flag]


@pytest.mark.dataset
@pytest.mark.skipif(
    DATA is None or not (Path(DATA) / "cofw68").is_dir(),
    reason="needs the folder cofw68/ in the folder FACEALIGN_DATA names",
)
def test_every_face_of_cofw68_has_a_visible_landmark():
    faces = load_faces("cofw68")
    assert len(faces) == PROTOCOLS["cofw68"].subsets["all"]
    assert all(face.visible is not None and face.visible.any() for face in faces)
