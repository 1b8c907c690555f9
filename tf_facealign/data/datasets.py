"""The datasets by name: how each is read, cropped and split."""

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data import aflw, cofw, cofw68, ibug300w, wflw
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.folder import read_folder
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding
from tf_facealign.landmark_scheme import LandmarkScheme

DATA_VARIABLE = "FACEALIGN_DATA"
"""Environment variable: the folder that holds `300w/` and the other datasets."""


Reader = Callable[[Path, str, LandmarkScheme, int, list[str] | None], list[FaceSample]]
"""(folder, split, scheme, count, faults) → faces; each reader takes what concerns it."""


@dataclass(frozen=True)
class Dataset:
    """One dataset.

    Attributes:
        name: what the command line calls it.
        scheme: the name of its landmark scheme; where any scheme fits, the one taken by default.
        padding: how its boxes are padded before a crop (paper, section 4.3).
        splits: the names of its splits.
        test_split: the split its benchmark is scored on.
        read: makes the faces of a split.
        official_counts: split → faces in the complete distribution, where there is one.
        on_disk: whether it is read from a folder.
    """

    name: str
    scheme: str
    padding: Padding
    splits: tuple[str, ...]
    test_split: str
    read: Reader
    official_counts: Mapping[str, int] = field(default_factory=dict)
    on_disk: bool = True

    @property
    def train_split(self) -> str:
        """The split to train on; a user's own faces have one split only."""
        return "train" if "train" in self.splits else self.splits[0]


def load_faces(
    name: str,
    root: str | Path | None = None,
    split: str | None = None,
    scheme: LandmarkScheme | None = None,
    count: int = 500,
    faults: list[str] | None = None,
) -> list[FaceSample]:
    """Read the faces of a dataset.

    Args:
        name: one of `DATASETS`.
        root: its folder; by default the folder of its name in $FACEALIGN_DATA.
        split: one of its splits; by default the test split.
        scheme: what the landmarks must be; by default the dataset's own.
        count: how many faces to make up; only for `synthetic`.
        faults: where given, a face that cannot be used goes there as a line of text and the others
            are read on; without it the first one is an error.

    Raises:
        BadInput: the dataset or split is unknown, its folder is not given, missing or malformed, no
            face can be used, or its faces have another number of landmarks than the scheme.
    """
    dataset = get_dataset(name, root)
    split = split or dataset.test_split
    if split not in dataset.splits:
        raise BadInput(f"{name} has no split {split!r}; it has: {', '.join(dataset.splits)}")
    scheme = scheme or get_scheme(dataset.scheme)
    folder = _folder(name, root) if dataset.on_disk else Path()
    faces = dataset.read(folder, split, scheme, count, faults)
    if not faces:
        raise BadInput((faults or [f"{name}: no face in the split {split}"])[0])
    num_landmarks = faces[0].landmarks_px.shape[0]
    if num_landmarks != scheme.num_landmarks:
        raise BadInput(
            f"{name} has {num_landmarks} landmarks a face, the scheme {scheme.name} has "
            f"{scheme.num_landmarks}"
        )
    return faces


def get_dataset(name: str, root: str | Path | None = None) -> Dataset:
    """The dataset of that name.

    Args:
        name: one of `DATASETS`.
        root: its folder, as for `load_faces`; records say there what they were made from.

    Raises:
        BadInput: there is none, or the records have no folder or no manifest.
    """
    if name not in DATASETS:
        raise BadInput(f"unknown dataset {name!r}; known: {', '.join(DATASETS)}")
    dataset = DATASETS[name]
    if name != "records":
        return dataset
    from tf_facealign.data.records import read_manifest  # loads TensorFlow

    made = read_manifest(_folder(name, root))
    scheme = made.scheme or dataset.scheme
    return replace(dataset, name=made.source or name, scheme=scheme, padding=made.padding)


def split_validation(
    faces: Sequence[FaceSample], fraction: float, seed: int = 0
) -> tuple[list[FaceSample], list[FaceSample]]:
    """Part faces into (training, validation); the faces of one group stay together.

    Groups are ranked by a hash of their name and the first ones are taken until they hold
    `fraction` of the faces, so the parts depend on the names and the seed alone, not on the order
    of the faces.

    Raises:
        BadInput: `fraction` is not in [0, 1), or leaves no face for training.
    """
    if not 0 <= fraction < 1:
        raise BadInput(f"validation fraction {fraction} is not in [0, 1)")
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for index, face in enumerate(faces):
        groups[face.group or face.name].append(index)
    wanted = max(1, round(fraction * len(faces))) if fraction else 0
    chosen: set[int] = set()
    for group in sorted(groups, key=lambda name: sha256(f"{seed}:{name}".encode()).digest()):
        if len(chosen) >= wanted:
            break
        chosen.update(groups[group])
    training = [face for index, face in enumerate(faces) if index not in chosen]
    if not training:
        raise BadInput(
            f"a validation fraction of {fraction} leaves none of {len(faces)} faces to train on"
        )
    return training, [face for index, face in enumerate(faces) if index in chosen]


def _folder(name: str, root: str | Path | None) -> Path:
    if root is not None:
        return Path(root)
    if DATA_VARIABLE not in os.environ:
        raise BadInput(
            f"where is {name}? Give its folder (root), or set {DATA_VARIABLE} to the folder that "
            f"holds {name}/"
        )
    folder = Path(os.environ[DATA_VARIABLE]) / name
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder (no root was given, so {DATA_VARIABLE} was used)")
    return folder


def _read_records(folder: Path) -> list[FaceSample]:
    from tf_facealign.data.records import read_records  # loads TensorFlow

    return read_records(folder)


def _read_synthetic(
    _: Path, split: str, scheme: LandmarkScheme, count: int, faults: list[str] | None
) -> list[FaceSample]:
    if count < 1:
        raise BadInput(f"cannot make {count} synthetic faces")
    return synthetic_faces(count, scheme, seed=_SYNTHETIC_SEEDS[split])


_SYNTHETIC_SEEDS = {"train": 0, "test": 1}
"""Different seeds share no face."""

DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "300w",
            "ibug68",
            Padding(),
            tuple(ibug300w.SPLITS),
            "full",
            lambda root, split, scheme, count, faults: ibug300w.read_300w(root, split, faults),
            official_counts={
                split: sum(ibug300w.OFFICIAL_COUNTS[folder] for folder in folders)
                for split, folders in ibug300w.SPLITS.items()
            },
        ),
        Dataset(
            "wflw",
            "wflw98",
            # The paper prints the top as −12.3 %, its displacement along y: outwards, as the others
            # (12.3 + 7.7 = 10 + 10, a fifth both ways). Inwards it would cut the brows.
            Padding(left=0.1, top=0.123, right=0.1, bottom=0.077),
            tuple(wflw.OFFICIAL_COUNTS),
            "test",
            lambda root, split, scheme, count, faults: wflw.read_wflw(root, split, faults),
            wflw.OFFICIAL_COUNTS,
        ),
        Dataset(
            "cofw",
            "cofw29",
            Padding(),
            tuple(cofw.OFFICIAL_COUNTS),
            "test",
            lambda root, split, scheme, count, faults: cofw.read_cofw(root, split, faults),
            cofw.OFFICIAL_COUNTS,
        ),
        Dataset(
            "cofw68",
            "ibug68",
            Padding(),
            tuple(cofw68.OFFICIAL_COUNTS),
            "test",
            lambda root, split, scheme, count, faults: cofw68.read_cofw68(root, faults),
            cofw68.OFFICIAL_COUNTS,
        ),
        Dataset(
            "aflw",
            "aflw19",
            Padding(0, 0, 0, 0),
            tuple(aflw.OFFICIAL_COUNTS),
            "test",
            lambda root, split, scheme, count, faults: aflw.read_aflw(root, split, faults),
            aflw.OFFICIAL_COUNTS,
        ),
        Dataset(
            "folder",
            "ibug68",
            Padding(),
            ("all",),
            "all",
            lambda root, split, scheme, count, faults: read_folder(root, scheme, faults),
        ),
        Dataset(
            "records",
            "ibug68",
            Padding(),
            ("all",),
            "all",
            lambda root, split, scheme, count, faults: _read_records(root),
        ),
        Dataset(
            "synthetic",
            "ibug68",
            Padding(),
            tuple(_SYNTHETIC_SEEDS),
            "test",
            _read_synthetic,
            on_disk=False,
        ),
    )
}
"""Name → dataset."""
