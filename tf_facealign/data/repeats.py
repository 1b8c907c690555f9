"""Faces given twice: in training they count double, and may lie on both sides of a split."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path

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
    content_of = _contents({face.path for face in faces if face.path is not None})
    kept: list[FaceSample] = []
    same_image: defaultdict[Path | bytes, list[FaceSample]] = defaultdict(list)
    for face in faces:
        content = content_of.get(face.path) if face.path else None
        seen = same_image[content] if content else []
        twin = next((t for t in seen if overlap(t.box_px, face.box_px) > SAME_BOX), None)
        if twin is None:
            seen.append(face)
            kept.append(face)
            continue
        message = f"{face.name}: the same image and face as {twin.name}"
        if faults is None:
            raise BadInput(message)
        faults.append(message)
    return kept


def _contents(paths: Iterable[Path]) -> dict[Path, Path | bytes]:
    """Image file → what is equal for files of equal content; none for what is no readable image.

    Only files of one size are opened: others differ, and stand for themselves.
    """
    by_size: defaultdict[int, list[Path]] = defaultdict(list)
    for path in paths:
        if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
            by_size[path.stat().st_size].append(path)
    contents: dict[Path, Path | bytes] = {}
    for same_size in by_size.values():
        for path in same_size:
            contents[path] = path if len(same_size) == 1 else _digest(path)
    return contents


def _digest(path: Path) -> Path | bytes:
    try:
        return blake2b(path.read_bytes()).digest()
    except OSError:
        return path  # whoever decodes the image will say so
