import json

import numpy as np
import pytest
import tensorflow as tf

from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.augmentations.placement import Placement, RandomPlacement
from tf_facealign.data.datasets import get_dataset, load_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops, plain_batches, training_batches
from tf_facealign.data.record_face import check_reach, reach
from tf_facealign.data.records import MANIFEST, read_manifest, read_records, write_records
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding, crop_affine, cut
from tf_facealign.images import write_image

SCHEME = get_scheme("aflw19")
MADE_FROM = {"scheme": "aflw19", "source": "mine all"}
PADDING = Padding(0.1, -0.12, 0.1, 0.08)  # not the default, so that a lost padding shows
AUGMENTATION = Augmentation.from_config(AugmentationConfig())
# Image (height, width) and box: in the middle; over each edge; much larger than a crop, so that
# blocks are averaged, in the middle and over the edge; outside, once so far that only the edge is
# seen; larger than its image.
CASES = [
    ((200, 300), (100, 60, 180, 150)),
    ((200, 300), (-30, 40, 50, 120)),
    ((200, 300), (250, 150, 330, 240)),
    ((200, 300), (20.25, -0.5, 90.125, 60.75)),
    ((1500, 1400), (300, 280, 1105, 1100)),
    ((1400, 1500), (-400.3, -200, 400, 650)),
    ((900, 1200), (1100, 300, 1900, 1000)),
    ((200, 300), (320, 20, 380, 80)),
    ((200, 300), (-978, 20, -378, 700)),
    ((90, 80), (-10, -5, 100, 100)),
]


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    """One face a case, in images of noise: any pixel that is missing shows."""
    folder = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(0)
    made = []
    for index, (size, corners) in enumerate(CASES):
        path = folder / f"face {index}.png"
        write_image(path, rng.integers(1, 256, (*size, 3), dtype=np.uint8))
        box = np.array(corners, float)
        points = box[:2] + rng.random((SCHEME.num_landmarks, 2)) * (box[2:] - box[:2])
        visible = rng.random(SCHEME.num_landmarks) < 0.7 if index % 2 else None
        subsets = ("größe", "common")[: index % 3]
        made.append(
            FaceSample(
                f"a/face {index}.png", points, box, path, None, f"a/{index // 2}", subsets, visible
            )
        )
    return made


@pytest.fixture
def folder(faces, tmp_path):
    write_records(
        faces, tmp_path / "records", PADDING, num_shards=3, scheme="aflw19", source="mine all"
    )
    return tmp_path / "records"


def batches(faces, count, cache=True):
    crops = FaceCrops(faces, SCHEME, PADDING, cache)
    stream = training_batches(crops, AUGMENTATION, ["shape_0"], batch_size=6, seed=4)
    taken = [*plain_batches(crops, ["shape_0"], 6), *stream.take(count)]
    return [(image.numpy(), targets["shape_0"].numpy()) for image, targets in taken]


def test_annotations_survive(faces, folder):
    for face, found in zip(faces, read_records(folder), strict=True):
        assert (found.name, found.group, found.subsets) == (face.name, face.group, face.subsets)
        np.testing.assert_array_equal(found.landmarks_px, face.landmarks_px)
        np.testing.assert_array_equal(found.box_px, face.box_px)
        if face.visible is None:
            assert found.visible is None
        else:
            np.testing.assert_array_equal(found.visible, face.visible)
            assert found.visible.dtype == bool


@pytest.mark.parametrize("cache", [True, False])
def test_batches_are_the_same_to_the_last_bit(faces, folder, cache):
    """All faces plain, then five epochs of placements."""
    expected, found = batches(faces, 9), batches(read_records(folder), 9, cache)
    for (image, shape), (image_2, shape_2) in zip(expected, found, strict=True):
        np.testing.assert_array_equal(image_2, image)
        np.testing.assert_array_equal(shape_2, shape)


def test_the_extreme_placements_are_held_too():
    """Whatever is outside the reach may be black: the crop stays the same."""
    rng = np.random.default_rng(0)
    augmentation, shift = RandomPlacement(), (-0.1, 0.1)
    for _ in range(250):
        width, height = rng.integers(20, 700, 2)
        image = rng.integers(1, 256, (height, width, 3), dtype=np.uint8)
        centre, size = rng.uniform(-0.3, 1.3, 2) * (width, height), rng.uniform(10, 700, 2)
        box = np.concatenate([centre - size / 2, centre + size / 2])
        face = FaceSample("", np.zeros((2, 2)), box, pixels=image)
        x0, y0, x1, y1 = reach(face, PADDING, augmentation, (height, width))
        part = np.zeros_like(image)
        part[y0:y1, x0:x1] = image[y0:y1, x0:x1]
        for degrees in (-30, 0, 30, rng.uniform(-30, 30)):
            placement = Placement(tuple(rng.choice(shift, 2)), degrees, 1.2, bool(rng.integers(2)))
            affine = augmentation.apply(crop_affine(box, PADDING), placement)
            np.testing.assert_array_equal(cut(part, affine), cut(image, affine))


def test_only_what_is_needed_is_held(folder):
    face = read_records(folder)[0]
    x0, y0, x1, y1 = face.rectangle
    # Padded the box is 96 wide, its longer side. A crop reaches 96 · (0.1 + 1.2 · 1.366 / 2) = 88.3
    # from its centre (140, 114), and cutting it reads 2 blocks of at most 3 pixels further; the
    # image ends at 200.
    assert (x0, x1) == (int(140 - 88.3) - 6, 229 + 6)
    assert (y0, y1) == (int(114 - 88.3) - 6, 200)
    image = face.image_rgb()
    assert image.shape == (200, 300, 3)
    assert image[y0:y1, x0:x1].min() > 0
    assert image.astype(int).sum() == image[y0:y1, x0:x1].astype(int).sum()


def test_shards_are_tfrecords_with_valid_checksums(faces, folder):
    files = sorted(folder.glob("*.tfrecord"))
    assert [file.name for file in files] == [f"faces-0000{i}-of-00003.tfrecord" for i in range(3)]
    examples = [tf.train.Example.FromString(raw.numpy()) for raw in tf.data.TFRecordDataset(files)]
    names = [example.features.feature["name"].bytes_list.value[0].decode() for example in examples]
    assert names == [face.name for face in faces]
    assert names == [name for shard in read_manifest(folder).shards for name in shard.faces]
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o644


def test_manifest_says_how_to_cut(folder):
    manifest = read_manifest(folder)
    assert (manifest.padding, manifest.scheme) == (PADDING, "aflw19")
    dataset = get_dataset("records", folder)
    assert (dataset.padding, dataset.scheme, dataset.name) == (PADDING, "aflw19", "mine all")
    assert len(load_faces("records", folder)) == len(CASES)
    with pytest.raises(BadInput, match="has 19 landmarks a face, the scheme ibug68 has 68"):
        load_faces("records", folder, scheme=get_scheme("ibug68"))


def test_writing_again_changes_nothing_and_is_deterministic(faces, folder, tmp_path):
    before = {file.name: (file.read_bytes(), file.stat().st_ino) for file in folder.glob("*.tfr*")}
    write_records(faces, folder, PADDING, num_shards=3, **MADE_FROM)
    after = {file.name: (file.read_bytes(), file.stat().st_ino) for file in folder.glob("*.tfr*")}
    assert after == before
    write_records(faces, tmp_path / "other", PADDING, num_shards=3)
    for name, (content, _) in before.items():
        assert (tmp_path / "other" / name).read_bytes() == content


def test_interrupted_writing_keeps_what_is_finished(faces, tmp_path):
    lost = FaceSample("lost", faces[0].landmarks_px, faces[0].box_px, path=tmp_path / "lost.png")
    folder = tmp_path / "records"
    with pytest.raises(BadInput, match=r"lost\.png"):
        write_records([*faces[:8], lost], folder, PADDING, num_shards=3)
    with pytest.raises(BadInput, match="only 2 of 3 shards are written"):
        read_records(folder)
    first = folder / "faces-00000-of-00003.tfrecord"
    inode = first.stat().st_ino
    write_image(tmp_path / "lost.png", np.full((200, 300, 3), 9, np.uint8))
    write_records([*faces[:8], lost], folder, PADDING, num_shards=3)
    assert first.stat().st_ino == inode
    assert [face.name for face in read_records(folder)][-1] == "lost"
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("change", ["padding", "placement", "face", "shard"])
def test_what_no_longer_matches_is_written_again(faces, folder, change):
    changed = faces
    padding, placement = PADDING, RandomPlacement()
    shard = folder / "faces-00001-of-00003.tfrecord"
    if change == "padding":
        padding = Padding()
    elif change == "placement":
        placement = RandomPlacement(translate=0.3)
    elif change == "face":
        moved = FaceSample("moved", faces[4].landmarks_px + 1, faces[4].box_px, path=faces[4].path)
        changed = [*faces[:4], moved, *faces[5:]]
    else:
        shard.write_bytes(shard.read_bytes()[:-9])
    kept = folder / "faces-00000-of-00003.tfrecord"
    inodes = shard.stat().st_ino, kept.stat().st_ino
    write_records(changed, folder, padding, placement, num_shards=3)
    assert shard.stat().st_ino != inodes[0]
    assert (kept.stat().st_ino == inodes[1]) == (change in ("face", "shard"))
    found = read_records(folder)
    assert [face.name for face in found] == [face.name for face in changed]


def test_other_shards_of_an_earlier_run_go(faces, folder):
    (folder / "notes.txt").write_text("mine")
    write_records(faces, folder, PADDING, num_shards=2)
    names = {file.name for file in folder.iterdir()}
    shards = {f"faces-0000{i}-of-00002.tfrecord" for i in range(2)}
    assert names == {*shards, MANIFEST, "notes.txt"}


def test_never_more_shards_than_faces(faces, tmp_path):
    write_records(faces[:2], tmp_path, PADDING, num_shards=8)
    assert len(list(tmp_path.glob("*.tfrecord"))) == 2


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-100])


def flip_a_bit(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut_short, flip_a_bit])
def test_damaged_shard_is_named(folder, damage):
    damage(folder / "faces-00001-of-00003.tfrecord")
    with pytest.raises(BadInput, match=r"faces-00001-of-00003\.tfrecord: truncated or corrupted"):
        read_records(folder)


def test_missing_shard_is_named(folder):
    (folder / "faces-00002-of-00003.tfrecord").unlink()
    with pytest.raises(BadInput, match=r"00002-of-00003\.tfrecord: cannot read the shard \("):
        read_records(folder)


def test_damage_after_the_start_is_named(folder):
    face = read_records(folder)[-1]
    content = face.path.read_bytes()
    face.path.write_bytes(content[: face.png_offset + 50])
    with pytest.raises(BadInput, match=r"00002-of-00003\.tfrecord: truncated within the image of"):
        face.image_rgb()
    face.path.write_bytes(bytes(len(content)))
    with pytest.raises(BadInput, match=r"tfrecord: the image of a/face 9\.png is corrupted"):
        face.image_rgb()
    face.path.unlink()
    with pytest.raises(BadInput, match="cannot read the shard"):
        face.image_rgb()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read the records' manifest"),
        ("{", "not a manifest of records"),
        ("[]", "not a manifest of records"),
        ('{"format": "tf_facealign records, version 1"}', "not a manifest of records"),
    ],
)
def test_bad_manifest_is_one_clear_line(folder, content, message):
    (folder / MANIFEST).unlink()
    if content is not None:
        (folder / MANIFEST).write_text(content)
    with pytest.raises(BadInput, match=message) as error:
        read_records(folder)
    assert MANIFEST in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"new": 1}, "not a manifest of records"), ({"format": "2"}, "not written in the format")],
)
def test_manifest_of_another_version_is_refused(folder, change, message):
    tree = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**tree, **change}))
    with pytest.raises(BadInput, match=message):
        read_records(folder)


def test_nothing_to_write_is_refused(tmp_path):
    with pytest.raises(BadInput, match="cannot write 0 faces"):
        write_records([], tmp_path, PADDING)


def test_reach_is_checked(faces, folder):
    found = read_records(folder)
    check_reach(faces, PADDING, RandomPlacement(translate=0.9))  # whole images hold everything
    check_reach(found, PADDING, RandomPlacement())
    check_reach(found, PADDING, RandomPlacement(0, 0, (0.5, 0.6)))
    for placement in (RandomPlacement(rotate_degrees=40), RandomPlacement(scale=(0.75, 1.5))):
        with pytest.raises(BadInput, match=r"tfrecord: holds too little of a/face 0\.png"):
            check_reach(found, PADDING, placement)
    with pytest.raises(BadInput, match="holds too little"):
        check_reach(found, Padding(0.4, 0.4, 0.4, 0.4), RandomPlacement())
