"""One TFRecord shard of faces.

An example has the features `name`, `group`, `subsets`; `landmarks_px` (L, 2) and `box_px` (4,) in
pixels of the whole image, as little-endian float64 in bytes; `visible` (L,) 0 or 1, if the dataset
says; `image/size` (height, width) of the whole image; `image/origin` (x, y), the first pixel that
is kept; and `image/png`.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_facealign.data.augmentations.placement import RandomPlacement
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.record_face import RecordFace, reach
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding
from tf_facealign.files import replacing


def write_shard(
    path: Path, faces: Sequence[FaceSample], padding: Padding, placement: RandomPlacement
) -> None:
    """Write faces, each with the part of its image that a placement can show.

    Raises:
        BadInput: an image cannot be read, or the file cannot be written.
    """
    with ThreadPoolExecutor() as threads, replacing(path) as temporary:
        with tf.io.TFRecordWriter(str(temporary)) as writer:
            for example in threads.map(lambda face: _encode(face, padding, placement), faces):
                writer.write(example)


def read_shard(path: Path, file_sha256: str) -> Iterator[RecordFace]:
    """The faces of a shard in their order; the images stay in the file.

    Raises:
        BadInput: the file is missing, or has another hash.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot read the shard ({error.strerror})") from None
    if sha256(data).hexdigest() != file_sha256:
        raise BadInput(f"{path}: truncated or corrupted (its SHA-256 is not the manifest's)")
    start = 0
    while start < len(data):
        # A record: its length (8 bytes), a checksum (4), the example, a checksum (4).
        (length,) = struct.unpack_from("<Q", data, start)
        yield _face(path, data, start + 12, length)
        start += 12 + length + 4


def _encode(face: FaceSample, padding: Padding, placement: RandomPlacement) -> bytes:
    image = face.image_rgb()
    size = (image.shape[0], image.shape[1])
    x0, y0, x1, y1 = reach(face, padding, placement, size)
    features = {
        "name": _bytes(face.name.encode()),
        "group": _bytes(face.group.encode()),
        "subsets": _bytes(*(subset.encode() for subset in face.subsets)),
        "landmarks_px": _bytes(face.landmarks_px.astype("<f8").tobytes()),
        "box_px": _bytes(face.box_px.astype("<f8").tobytes()),
        "image/size": _integers(size),
        "image/origin": _integers((x0, y0)),
        "image/png": _bytes(_stored_png(image[y0:y1, x0:x1])),
    }
    if face.visible is not None:
        features["visible"] = _integers(face.visible.astype(int).tolist())
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def _stored_png(image_rgb: NDArray[np.uint8]) -> bytes:
    """A PNG file of (H, W, 3) that is not compressed: twice as large, decoded five times as fast.

    OpenCV writes such a file from version 4.12 on; it reads it in all.
    """
    height, width, _ = image_rgb.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # a row starts with its filter, 0: none
    rows[:, 1:] = image_rgb.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, red green blue
    file = b"\x89PNG\r\n\x1a\n"
    chunks = {b"IHDR": header, b"IDAT": zlib.compress(rows.tobytes(), 0), b"IEND": b""}
    for kind, content in chunks.items():
        checksum = zlib.crc32(kind + content)
        file += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
    return file


def _bytes(*values: bytes) -> tf.train.Feature:
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))


def _integers(values: Sequence[int]) -> tf.train.Feature:
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def _face(path: Path, data: bytes, start: int, length: int) -> RecordFace:
    feature = tf.train.Example.FromString(data[start : start + length]).features.feature
    png = feature["image/png"].bytes_list.value[0]
    x0, y0 = feature["image/origin"].int64_list.value
    height, width = feature["image/size"].int64_list.value
    # A PNG file says its size in bytes 16 to 24.
    png_width, png_height = struct.unpack_from(">II", png, 16)
    text = {key: feature[key].bytes_list.value[0].decode() for key in ("name", "group")}
    visible = feature["visible"].int64_list.value if "visible" in feature else None
    return RecordFace(
        **text,
        subsets=tuple(subset.decode() for subset in feature["subsets"].bytes_list.value),
        landmarks_px=_floats(feature["landmarks_px"]).reshape(-1, 2),
        box_px=_floats(feature["box_px"]),
        visible=None if visible is None else np.array(visible, bool),
        path=path,
        size=(height, width),
        rectangle=(x0, y0, x0 + png_width, y0 + png_height),
        png_offset=data.index(png, start),
        png_length=len(png),
    )


def _floats(feature: tf.train.Feature) -> NDArray[np.float64]:
    return np.frombuffer(feature.bytes_list.value[0], "<f8").astype(np.float64)
