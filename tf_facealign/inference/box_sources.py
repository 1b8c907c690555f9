"""Where the boxes of faces come from: a detector, the whole image, or a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.face_detector import Boxes

BoxSource = Callable[[Path, NDArray[np.uint8]], Boxes]
"""(image file, image) → boxes (K, 4) x0 y0 x1 y1 in pixels and scores (K,)."""


def box_source(choice: str, aligner: FaceAligner) -> BoxSource:
    """Choose the source of boxes.

    Args:
        choice: `detect`, by the aligner; `full`, for images that are face crops already; or a JSON
            file, see `boxes_from_file`.
        aligner: whose boxes they shall be.

    Raises:
        BadInput: the file is missing or malformed.
    """
    if choice == "detect":
        return lambda _, image_rgb: aligner.detect(image_rgb)
    if choice == "full":
        padding = aligner.padding
        return lambda _, image_rgb: (full_box(image_rgb.shape[:2], padding)[None], np.ones(1))
    return boxes_from_file(choice)


def full_box(size: tuple[int, int], padding: Padding) -> NDArray[np.float64]:
    """The box whose crop is the centred square that covers the whole image.

    Padding turns this box into the image's own edges, so nothing is padded twice.

    Args:
        size: (height, width) of the image.
        padding: how the model pads its boxes.

    Returns:
        (4,) x0 y0 x1 y1 in pixels.
    """
    height, width = size
    box_width = width / (1 + padding.left + padding.right)
    box_height = height / (1 + padding.top + padding.bottom)
    # The image's edges lie half a pixel outside the centres of its first pixels.
    x0, y0 = padding.left * box_width - 0.5, padding.top * box_height - 0.5
    return np.array([x0, y0, x0 + box_width, y0 + box_height])


def boxes_from_file(path: str | Path) -> BoxSource:
    """Boxes from a JSON file: {"image name": [[x0, y0, x1, y1], ...], ...}.

    The name is the path as given to us, or the bare file name. An empty list says there is no
    face; an image that the file does not name is refused.

    Raises:
        BadInput: the file is missing or no JSON object, or a value is no list of boxes.
    """
    try:
        boxes_of = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot read the boxes ({error.strerror})") from None
    except ValueError as error:
        raise BadInput(f"{path}: not a JSON file ({error})") from None
    if not isinstance(boxes_of, dict):
        raise BadInput(f"{path}: expected an object: image name → list of [x0, y0, x1, y1]")
    boxes = {name: _parse_boxes(value, f"{path}: {name}") for name, value in boxes_of.items()}

    def look_up(image_path: Path, _: NDArray[np.uint8]) -> Boxes:
        name = next((key for key in (str(image_path), image_path.name) if key in boxes), None)
        if name is None:
            raise BadInput(f"{image_path}: {path} has no boxes for it")
        return boxes[name], np.ones(len(boxes[name]))

    return look_up


def _parse_boxes(value: Any, where: str) -> NDArray[np.float64]:
    fits = isinstance(value, list) and all(isinstance(box, list) and len(box) == 4 for box in value)
    if not fits or not all(type(side) in (int, float) for box in value for side in box):
        raise BadInput(f"{where}: expected a list of [x0, y0, x1, y1]")
    return np.array(value, np.float64).reshape(-1, 4)
