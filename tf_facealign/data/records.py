"""Faces as TFRecord shards: of each image only what a crop can show, losslessly.

A folder holds `faces-00003-of-00008.tfrecord` … and `manifest.json`, which names the faces of each
shard and its SHA-256. Training from it gives the same batches, to the last bit, as training from
the images it was written from.
"""

import dataclasses
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tf_facealign.data.augmentations.placement import RandomPlacement
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.record_shard import read_shard, write_shard
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding
from tf_facealign.files import replacing

MANIFEST = "manifest.json"
_FORMAT = "tf_facealign records, version 1"
_PLACEMENT = RandomPlacement()


@dataclass(frozen=True)
class Shard:
    """One shard as the manifest describes it.

    Attributes:
        file: its name.
        sha256: of the file.
        source_sha256: of what it was written from: annotations, sizes and dates of the image files,
            padding and placement.
        faces: their names.
    """

    file: str
    sha256: str
    source_sha256: str
    faces: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """What a folder of records holds.

    Attributes:
        source: the dataset and split they were made from; empty if the writer did not say.
        scheme: name of the landmark scheme; empty likewise.
        padding: of the boxes.
        num_shards: how many there are once all are written.
        shards: those that are.
    """

    source: str
    scheme: str
    padding: Padding
    num_shards: int
    shards: tuple[Shard, ...]


def write_records(
    faces: Sequence[FaceSample],
    folder: str | Path,
    padding: Padding,
    placement: RandomPlacement = _PLACEMENT,
    num_shards: int = 8,
    scheme: str = "",
    source: str = "",
) -> None:
    """Write faces as shards; what an interrupted run has finished is kept.

    Args:
        faces: in the order in which they will be read.
        folder: where the shards and their manifest go; created if needed.
        padding: of the boxes, for the crops.
        placement: how far the crops may move in training.
        num_shards: into how many files; no more than there are faces.
        scheme: name of the landmark scheme.
        source: the dataset and split the faces are from.

    Raises:
        BadInput: there is no face, an image cannot be read, or the folder cannot be written to.
    """
    folder = Path(folder)
    if not faces or num_shards < 1:
        raise BadInput(f"{folder}: cannot write {len(faces)} faces as {num_shards} shards")
    parts = _parts(faces, min(num_shards, len(faces)))
    sources = {file: _source_sha256(part, padding, placement) for file, part in parts.items()}
    before = _shards_of(folder)
    done = {s.file: s for s in before if sources.get(s.file) == s.source_sha256}
    empty = Manifest(source, scheme, padding, len(parts), ())
    _write_manifest(folder, empty, done.values())
    for file, part in tqdm(parts.items(), "records", disable=None):
        if file in done and done[file].sha256 == _file_sha256(folder / file):
            continue
        write_shard(folder / file, part, padding, placement)
        names = tuple(face.name for face in part)
        done[file] = Shard(file, _file_sha256(folder / file), sources[file], names)
        _write_manifest(folder, empty, done.values())
    for shard in before:
        if shard.file not in done:  # of a run with another number of shards
            (folder / shard.file).unlink(missing_ok=True)


def read_records(folder: str | Path) -> list[FaceSample]:
    """The faces of a folder of records, in the order in which they were written.

    Every shard is checked; the images are decoded when they are asked for.

    Raises:
        BadInput: the folder holds no records, not all of them yet, or a shard was changed.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    if len(manifest.shards) < manifest.num_shards:
        raise BadInput(
            f"{folder}: only {len(manifest.shards)} of {manifest.num_shards} shards are written; "
            f"write the records again to complete them"
        )
    return [
        face for shard in manifest.shards for face in read_shard(folder / shard.file, shard.sha256)
    ]


def read_manifest(folder: str | Path) -> Manifest:
    """What the folder holds.

    Raises:
        BadInput: it has no manifest, or not one of ours.
    """
    path = Path(folder) / MANIFEST
    try:
        tree = json.loads(path.read_bytes())
        written_as = tree.pop("format")
        tree["padding"] = Padding(**tree["padding"])
        shards = (Shard(**{**shard, "faces": tuple(shard["faces"])}) for shard in tree["shards"])
        manifest = Manifest(**{**tree, "shards": tuple(shards)})
    except OSError as error:
        raise BadInput(f"{path}: cannot read the records' manifest ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path}: not a manifest of records ({type(error).__name__})") from None
    if written_as != _FORMAT:
        raise BadInput(f"{path}: not written in the format {_FORMAT!r}")
    return manifest


def _parts(faces: Sequence[FaceSample], count: int) -> dict[str, Sequence[FaceSample]]:
    """Shard's file name → its faces."""
    ends = [len(faces) * number // count for number in range(count + 1)]
    return {
        f"faces-{number:05d}-of-{count:05d}.tfrecord": faces[start:end]
        for number, (start, end) in enumerate(itertools.pairwise(ends))
    }


def _shards_of(folder: Path) -> tuple[Shard, ...]:
    """The shards of an earlier run; none if there is no (readable) manifest."""
    try:
        return read_manifest(folder).shards
    except BadInput:
        return ()


def _write_manifest(folder: Path, empty: Manifest, shards: Iterable[Shard]) -> None:
    in_order = tuple(sorted(shards, key=lambda shard: shard.file))
    manifest = dataclasses.asdict(dataclasses.replace(empty, shards=in_order))
    with replacing(folder / MANIFEST) as temporary:
        temporary.write_text(json.dumps({"format": _FORMAT, **manifest}, indent=1) + "\n")


def _file_sha256(path: Path) -> str:
    """The hash of a file; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _source_sha256(
    faces: Sequence[FaceSample], padding: Padding, placement: RandomPlacement
) -> str:
    digest = sha256(repr((_FORMAT, padding, placement)).encode())
    for face in faces:
        digest.update(repr((face.name, face.group, face.subsets)).encode())
        for array in (face.landmarks_px, face.box_px, face.visible, face.pixels):
            digest.update(b"none" if array is None else np.ascontiguousarray(array).tobytes())
        if face.path is not None and face.path.exists():  # if not, reading it will say so
            stat = face.path.stat()
            digest.update(repr((stat.st_size, stat.st_mtime_ns)).encode())
    return digest.hexdigest()
