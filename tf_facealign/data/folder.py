"""A user's own faces: any folder of images with a `.pts` file beside each."""

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.pts_file import read_pts, write_pts
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import landmarks_box
from tf_facealign.files import replacing
from tf_facealign.images import IMAGE_SUFFIXES, write_image
from tf_facealign.landmark_scheme import LandmarkScheme

_log = logging.getLogger(__name__)


def read_folder(root: str | Path, scheme: LandmarkScheme) -> list[FaceSample]:
    """Read every annotated image under `root`; the box of a face is the tight box of its landmarks.

    Images without a `.pts` are skipped, with one warning that counts them. Images are not opened.

    Raises:
        BadInput: no such folder, no annotated image in it, a `.pts` without image or malformed, or
            one with another number of points than the scheme.
    """
    root = Path(root)
    if not root.is_dir():
        raise BadInput(f"{root}: no such folder")
    files = sorted(path for path in root.rglob("*") if not path.name.startswith("."))
    images = {path.with_suffix(""): path for path in files if path.suffix.lower() in IMAGE_SUFFIXES}
    annotations = [path for path in files if path.suffix.lower() == ".pts"]
    if not annotations:
        raise BadInput(f"{root}: no .pts file in it ({len(images)} images)")
    faces = [
        _read_face(root, path, images.get(path.with_suffix("")), scheme) for path in annotations
    ]
    if len(images) > len(faces):
        _log.warning("%s: %d images without .pts are skipped", root, len(images) - len(faces))
    return faces


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


def _read_face(root: Path, pts: Path, image: Path | None, scheme: LandmarkScheme) -> FaceSample:
    if image is None:
        raise BadInput(f"{pts}: no image beside it")
    landmarks_px = read_pts(pts, scheme.num_landmarks)
    name = image.relative_to(root).as_posix()
    return FaceSample(name, landmarks_px, landmarks_box(landmarks_px), path=image)
