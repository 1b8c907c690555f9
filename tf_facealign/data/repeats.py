"""Faces given twice: in training they count double, and may lie on both sides of a split."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tf_facealign.data.duplicates import SAME_BOX, overlap
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.images import IMAGE_SUFFIXES


def without_repeats(faces: Sequence[FaceSample], faults: list[str] | None) -> list[FaceSample]:
    """The faces, each once: of the same image file content and nearly the same box, the first.

    Args:
        faces: only those with an image file of their own are looked at.
        faults: where given, a repeated face goes there as a line of text; without it the first one
            is an error.

    Raises:
        BadInput: a face is there twice, and `faults` is not given.
    """
    with ThreadPoolExecutor() as threads:
        digests = list(threads.map(_digest, faces))
    kept: list[FaceSample] = []
    same_image: defaultdict[bytes, list[FaceSample]] = defaultdict(list)
    for face, digest in zip(faces, digests, strict=True):
        twins = (t for t in same_image[digest] if overlap(t.box_px, face.box_px) > SAME_BOX)
        twin = next(twins, None) if digest else None
        if twin is None:
            same_image[digest].append(face)
            kept.append(face)
            continue
        message = f"{face.name}: the same image and face as {twin.name}"
        if faults is None:
            raise BadInput(message)
        faults.append(message)
    return kept


def _digest(face: FaceSample) -> bytes:
    """Hash of the image file; empty if there is none that can be read."""
    if face.path is None or face.path.suffix.lower() not in IMAGE_SUFFIXES:
        return b""
    try:
        return hashlib.blake2b(face.path.read_bytes()).digest()
    except OSError:
        return b""  # whoever decodes the image will say so
