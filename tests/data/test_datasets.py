"""The dataset table, where a dataset is looked for, and the validation split."""

from pathlib import Path

import numpy as np
import pytest

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.datasets import DATASETS, get_dataset, load_faces, split_validation
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.pts_file import write_pts
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding

SHAPE = np.random.default_rng(0).uniform(0, 100, (68, 2))


def _add(path: Path, points: int = 68) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"never opened")
    write_pts(path.with_suffix(".pts"), SHAPE[:points])


def test_the_table_is_consistent() -> None:
    for name, dataset in DATASETS.items():
        assert dataset.name == name
        assert dataset.test_split in dataset.splits
        get_scheme(dataset.scheme)
        assert not dataset.official_counts or set(dataset.official_counts) == set(dataset.splits)


# Paper, section 4.3: 300-W and COFW 10 % on each side; WFLW left 10, top 12.3 (printed −12.3, along
# y), right 10, bottom 7.7 %; AFLW unchanged. The order of Padding is left, top, right, bottom.
@pytest.mark.parametrize(
    ("name", "padding"),
    [
        ("300w", Padding(0.1, 0.1, 0.1, 0.1)),
        ("cofw", Padding(0.1, 0.1, 0.1, 0.1)),
        ("cofw68", Padding(0.1, 0.1, 0.1, 0.1)),
        ("wflw", Padding(0.1, 0.123, 0.1, 0.077)),
        ("aflw", Padding(0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_the_boxes_of_the_benchmarks(name: str, padding: Padding) -> None:
    assert get_dataset(name).padding == padding


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("300w", {"train": 3148, "common": 554, "challenging": 135, "full": 689, "afw": 337}),
        ("wflw", {"train": 7500, "test": 2500}),
        ("cofw", {"train": 1345, "test": 507}),
        ("cofw68", {"test": 507}),
        ("aflw", {"train": 20000, "test": 4386, "frontal": 1314}),
    ],
)
def test_the_official_counts(name: str, counts: dict[str, int]) -> None:
    assert dict(get_dataset(name).official_counts) | counts == get_dataset(name).official_counts


def test_root_given_or_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add(tmp_path / "300w/ibug/image_003_1.jpg")
    monkeypatch.delenv("FACEALIGN_DATA", raising=False)
    assert len(load_faces("300w", tmp_path / "300w")) == 1
    with pytest.raises(BadInput, match=r"where is 300w\? Give its folder.*FACEALIGN_DATA"):
        load_faces("300w")
    monkeypatch.setenv("FACEALIGN_DATA", str(tmp_path))
    assert len(load_faces("300w", split="challenging")) == 1
    with pytest.raises(BadInput, match=r"folder: no such folder.*FACEALIGN_DATA was used"):
        load_faces("folder")


def test_a_scheme_of_the_users_choice(tmp_path: Path) -> None:
    _add(tmp_path / "a.jpg", 19)
    assert load_faces("folder", tmp_path, scheme=get_scheme("aflw19"))[0].name == "a.jpg"
    with pytest.raises(BadInput, match=r"a\.pts: 19 points, expected 68"):
        load_faces("folder", tmp_path)


def test_a_scheme_that_does_not_fit(tmp_path: Path) -> None:
    _add(tmp_path / "afw/1_1.jpg")
    with pytest.raises(BadInput, match="300w has 68 landmarks a face, the scheme wflw98 has 98"):
        load_faces("300w", tmp_path, "train", get_scheme("wflw98"))


def test_unknown_names() -> None:
    with pytest.raises(
        BadInput, match="unknown dataset '300W'; known: 300w, wflw, cofw, cofw68, aflw"
    ):
        load_faces("300W")
    with pytest.raises(BadInput, match="folder has no split 'test'; it has: all"):
        load_faces("folder", split="test")
    with pytest.raises(BadInput, match="cannot make 0 synthetic faces"):
        load_faces("synthetic", count=0)


def test_synthetic_splits_share_no_face() -> None:
    train = load_faces("synthetic", split="train", count=6)
    test = load_faces("synthetic", count=6)
    assert len(train) == len(test) == 6
    for face in train:
        assert not any(np.array_equal(face.landmarks_px, other.landmarks_px) for other in test)


def _faces(groups: list[str]) -> list[FaceSample]:
    box = np.array([0.0, 0.0, 9.0, 9.0])
    return [
        FaceSample(f"face{number}", SHAPE, box, path=Path("never.jpg"), group=group)
        for number, group in enumerate(groups)
    ]


def _names(faces: list[FaceSample]) -> list[str]:
    return [face.name for face in faces]


GROUPED = _faces([f"photo{number // 3}" for number in range(300)])


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.5, 0.9])
def test_validation_takes_whole_groups(fraction: float) -> None:
    training, validation = split_validation(GROUPED, fraction)
    assert len(training) + len(validation) == 300
    assert not {face.group for face in training} & {face.group for face in validation}
    # The last group taken may overshoot by its own size, less the face that was still missing.
    assert 300 * fraction <= len(validation) <= 300 * fraction + 2
    order = _names(GROUPED)
    assert _names(training) == [name for name in order if name in set(_names(training))]


def test_validation_depends_on_names_and_seed_alone() -> None:
    _, validation = split_validation(GROUPED, 0.2)
    _, reversed_order = split_validation(GROUPED[::-1], 0.2)
    _, another_seed = split_validation(GROUPED, 0.2, seed=1)
    assert _names(reversed_order) == _names(validation)[::-1]
    assert set(_names(another_seed)) != set(_names(validation))
    # Frozen, so that results stay comparable: of photo0..4, sha256("0:photo1") = 4c62... is least.
    assert split_validation(GROUPED[:15], 0.2)[1][0].group == "photo1"


def test_faces_without_group_stand_alone() -> None:
    assert len(split_validation(_faces([""] * 20), 0.25)[1]) == 5
    # A fraction of few faces is one face, not silently none.
    assert len(split_validation(_faces([""] * 4), 0.1)[1]) == 1


def test_no_validation_and_too_much() -> None:
    training, validation = split_validation(GROUPED, 0.0)
    assert _names(training) == _names(GROUPED)
    assert validation == []
    for fraction in (-0.1, 1.0, float("nan")):
        with pytest.raises(BadInput, match="is not in"):
            split_validation(GROUPED, fraction)
    with pytest.raises(BadInput, match="leaves none of 3 faces to train on"):
        split_validation(_faces(["one photo"] * 3), 0.3)
