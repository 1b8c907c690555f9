"""Predicting over image files: what `facealign predict` does."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding
from tf_facealign.files import replacing
from tf_facealign.images import IMAGE_SUFFIXES, read_image, write_image
from tf_facealign.inference.box_sources import BoxSource, box_source
from tf_facealign.inference.face_aligner import Face, FaceAligner
from tf_facealign.visualization import draw_landmarks


def predict_files(
    aligner: FaceAligner,
    inputs: Sequence[str | Path],
    boxes: str = "detect",
    json_path: str | Path | None = None,
    draw_dir: str | Path | None = None,
) -> list[str]:
    """Predict the faces in images; one that fails does not stop the others.

    The result is {"model", "scheme", "images": [{"image", "faces": [{"box_px", "score",
    "landmarks_px"}]}]}, with coordinates in pixels of the image, in the order of the inputs.

    Args:
        aligner: the model.
        inputs: image files and folders; of a folder, the images directly in it, by name.
        boxes: see `box_source`.
        json_path: the file for the result; without it the result is printed.
        draw_dir: a folder for drawings, each under its image's file name.

    Returns:
        One line for each input that failed.

    Raises:
        BadInput: nothing can be done: the boxes are malformed or an output cannot be written.
    """
    source = box_source(boxes, Padding(*aligner.spec.padding))
    images, failures = list_images(inputs)
    drawings = _drawing_paths(images, draw_dir)
    if json_path is None:
        result, failed = _predict_all(aligner, source, images, drawings)
        print(_to_json(result))
        return failures + failed
    with replacing(json_path) as temporary:  # opened before the work, so a bad path costs no time
        result, failed = _predict_all(aligner, source, images, drawings)
        temporary.write_text(_to_json(result) + "\n", encoding="utf-8")
    return failures + failed


def list_images(inputs: Iterable[str | Path]) -> tuple[list[Path], list[str]]:
    """Image files among files and folders, and a line for each input that is or has none."""
    images: list[Path] = []
    failures = []
    for path in map(Path, inputs):
        found = _images_in(path) if path.is_dir() else [path]
        images += found
        if not found:
            failures.append(f"{path}: no images in this folder")
    return images, failures


def _images_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)


def _drawing_paths(images: list[Path], draw_dir: str | Path | None) -> dict[Path, Path]:
    """Image → its drawing; empty without a folder."""
    if draw_dir is None:
        return {}
    drawings = {image: Path(draw_dir) / image.name for image in images}
    by_drawing: dict[Path, Path] = {}
    for image, drawing in drawings.items():
        if drawing.resolve() == image.resolve():
            raise BadInput(
                f"{image}: its drawing would overwrite it; choose another folder than {draw_dir}"
            )
        other = by_drawing.setdefault(drawing, image)
        if other != image:
            raise BadInput(f"{image} and {other} would be drawn to the same file {drawing}")
    try:
        Path(draw_dir).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{draw_dir}: cannot write here ({error.strerror})") from None
    return drawings


def _predict_all(
    aligner: FaceAligner, source: BoxSource, images: list[Path], drawings: dict[Path, Path]
) -> tuple[dict[str, Any], list[str]]:
    """The result over all images, and a line for each that failed."""
    entries, failures = [], []
    for path in tqdm(images, desc="predict", disable=None):
        try:
            faces = _predict_image(aligner, source, path, drawings.get(path))
        except BadInput as error:
            # Some errors, such as a box without area, do not know which image they are about.
            failures.append(str(error) if str(path) in str(error) else f"{path}: {error}")
        else:
            entries.append({"image": str(path), "faces": [_face_record(face) for face in faces]})
    result = {"model": aligner.spec.name, "scheme": aligner.scheme.name, "images": entries}
    return result, failures


def _predict_image(
    aligner: FaceAligner, source: BoxSource, path: Path, drawing: Path | None
) -> list[Face]:
    image = read_image(path)
    boxes, scores = source(path, image)
    faces = [
        dataclasses.replace(face, score=score)
        for face, score in zip(aligner(image, boxes), scores.tolist(), strict=True)
    ]
    if drawing is not None:
        write_image(drawing, _draw_faces(image, faces, aligner))
    return faces


def _draw_faces(
    image_rgb: NDArray[np.uint8], faces: list[Face], aligner: FaceAligner
) -> NDArray[np.uint8]:
    """Draw all faces on a copy of the image, (H, W, 3) uint8."""
    for face in faces:
        image_rgb = draw_landmarks(image_rgb, face.landmarks_px, aligner.scheme, face.box_px)
    return image_rgb


def _face_record(face: Face) -> dict[str, Any]:
    """A thousandth of a pixel is finer than any landmark is known."""
    return {
        "box_px": np.round(face.box_px, 3).tolist(),
        "score": round(face.score, 4),
        "landmarks_px": np.round(face.landmarks_px, 3).tolist(),
    }


def _to_json(result: dict[str, Any]) -> str:
    return json.dumps(result, allow_nan=False)
