"""A user's own faces: a folder of images with a `.pts` file beside each, a CSV or a COCO file."""

import json
import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from tf_facealign.data.coco_faces import read_coco_faces
from tf_facealign.data.csv_faces import read_csv_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.faults import usable_faces
from tf_facealign.data.pts_file import read_pts, write_pts
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import landmarks_box
from tf_facealign.files import replacing
from tf_facealign.images import IMAGE_SUFFIXES, write_image
from tf_facealign.landmark_scheme import LandmarkScheme

_log = logging.getLogger(__name__)


def read_folder(
    root: str | Path, scheme: LandmarkScheme, faults: list[str] | None = None
) -> list[FaceSample]:
    """Read a user's faces; images are named, not opened.

    Args:
        root: a folder, of which every annotated image is read and the box of a face is the tight
            box of its landmarks; or a file, *.csv (`read_csv_faces`) or *.json (`read_coco_faces`).
            Images without a `.pts` are skipped, with one warning that counts them.
        scheme: what the landmarks must be.
        faults: where given, a face that cannot be used goes there as a line of text and the others
            are read on; without it the first one is an error.

    Raises:
        BadInput: nothing is there, no face is in it, or an annotation is malformed, has no image or
            another number of points than the scheme.
    """
    root = Path(root)
    if root.suffix.lower() == ".csv" and not root.is_dir():
        return read_csv_faces(root, scheme, faults)
    if root.suffix.lower() == ".json" and not root.is_dir():
        return read_coco_faces(root, scheme, faults)
    if not root.is_dir():
        raise BadInput(f"{root}: no such folder, and no .csv or .json file")
    return _read_pts_folder(root, scheme, faults)


def write_folder(root: str | Path, faces: Iterable[FaceSample]) -> None:
    """Write faces as `read_folder` reads them: face_00000.png, face_00000.pts and so on.

    Their boxes go to boxes.json, image name → list of [x0, y0, x1, y1], for `facealign predict`.

    Raises:
        BadInput: the folder cannot be written to.
    """
    root = Path(root)
    boxes = {}
    for number, face in enumerate(faces):
        image = root / f"face_{number:05d}.png"
        write_image(image, face.image_rgb())
        write_pts(image.with_suffix(".pts"), face.landmarks_px)
        boxes[image.name] = [face.box_px.round(2).tolist()]
    with replacing(root / "boxes.json") as temporary:
        temporary.write_text(json.dumps(boxes, indent=2) + "\n")


def _read_pts_folder(
    root: Path, scheme: LandmarkScheme, faults: list[str] | None
) -> list[FaceSample]:
    files = sorted(path for path in root.rglob("*") if not path.name.startswith("."))
    images = {path.with_suffix(""): path for path in files if path.suffix.lower() in IMAGE_SUFFIXES}
    annotations = [path for path in files if path.suffix.lower() == ".pts"]
    if not annotations:
        raise BadInput(f"{root}: no .pts file in it ({len(images)} images)")
    entries = (
        ("", partial(_read_face, root, path, images.get(path.with_suffix("")), scheme))
        for path in annotations
    )
    faces = usable_faces(entries, faults)
    if len(images) > len(annotations):
        _log.warning("%s: %d images without .pts are skipped", root, len(images) - len(annotations))
    return faces


def _read_face(root: Path, pts: Path, image: Path | None, scheme: LandmarkScheme) -> FaceSample:
    if image is None:
        raise BadInput(f"{pts}: no image beside it")
    landmarks_px = read_pts(pts, scheme.num_landmarks)
    name = image.relative_to(root).as_posix()
    return FaceSample(name, landmarks_px, landmarks_box(landmarks_px), path=image)
