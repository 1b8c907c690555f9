"""Predicting over image files: what `facealign predict` does."""

import dataclasses
import json
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from tf_facealign.errors import BadInput, Interrupted
from tf_facealign.files import replacing
from tf_facealign.images import IMAGE_SUFFIXES, decode_image, read_image
from tf_facealign.inference.box_sources import BoxSource
from tf_facealign.inference.drawings import Drawings
from tf_facealign.inference.face import Face
from tf_facealign.inference.face_aligner import FaceAligner

STANDARD = Path("-")
"""An input of this name is standard input, an output standard output."""


def predict_files(
    aligner: FaceAligner,
    inputs: Sequence[str | Path],
    source: BoxSource,
    json_path: str | Path = STANDARD,
    drawings: Drawings | None = None,
) -> list[str]:
    """Predict the faces in images; one that fails does not stop the others.

    The result is {"model", "scheme", "images": [{"image", "faces": [{"box_px", "score",
    "landmarks_px", "head_pose_degrees"}]}]}, in the order of the inputs. Coordinates are in pixels
    of the upright image. The head pose has yaw, pitch and roll, or is null where the scheme has
    too few landmarks for it.

    Args:
        aligner: the model.
        inputs: image files and folders; of a folder, the images directly in it, by name. `-` is
            the bytes of an image on standard input.
        source: where the faces are.
        json_path: the file for the result; `-` prints it.
        drawings: where to draw the faces, if anywhere.

    Returns:
        One line for each input that failed.

    Raises:
        BadInput: nothing can be done: an output cannot be written.
        Interrupted: by Ctrl-C; the result is then that of the images done before.
    """
    images, failures = list_images(inputs)
    if drawings is not None:
        drawings.prepare(images)
    entries: list[dict[str, Any]] = []
    result = {"model": aligner.spec.name, "scheme": aligner.scheme.name, "images": entries}
    if Path(json_path) == STANDARD:
        interrupted = _predict_all(aligner, source, images, drawings, entries, failures)
        print(json.dumps(result, allow_nan=False), flush=True)
    else:
        with replacing(json_path) as temporary:  # before the work, so a bad path costs no time
            interrupted = _predict_all(aligner, source, images, drawings, entries, failures)
            temporary.write_text(json.dumps(result, allow_nan=False) + "\n", "utf-8")
    if interrupted:
        done = f"interrupted; the result has {len(entries)} of {len(images)} images"
        raise Interrupted(done, signal.SIGINT)
    return failures


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


def _predict_all(
    aligner: FaceAligner,
    source: BoxSource,
    images: list[Path],
    drawings: Drawings | None,
    entries: list[dict[str, Any]],
    failures: list[str],
) -> bool:
    """Add an entry for each image, or a line if it failed; whether Ctrl-C came in between."""
    try:
        for path in tqdm(images, desc="predict", unit="image", disable=None):
            try:
                faces = _predict_image(aligner, source, path, drawings)
            except BadInput as error:
                # Some errors, such as a box without area, do not know which image they are about.
                failures.append(str(error) if str(path) in str(error) else f"{path}: {error}")
            else:
                faces_json = [face_to_json(face) for face in faces]
                entries.append({"image": str(path), "faces": faces_json})
    except KeyboardInterrupt:
        return True
    return False


def _predict_image(
    aligner: FaceAligner, source: BoxSource, path: Path, drawings: Drawings | None
) -> list[Face]:
    image_rgb = _read(path)
    boxes, scores = source(path, image_rgb)
    faces = [
        dataclasses.replace(face, score=score)
        for face, score in zip(aligner(image_rgb, boxes), scores.tolist(), strict=True)
    ]
    if drawings is not None:
        drawings.write(path, image_rgb, faces)
    return faces


def _read(path: Path) -> NDArray[np.uint8]:
    if path == STANDARD:
        return decode_image(np.frombuffer(sys.stdin.buffer.read(), np.uint8), "standard input (-)")
    return read_image(path)


def face_to_json(face: Face) -> dict[str, Any]:
    """A face as JSON has it; a thousandth of a pixel is finer than any landmark is known."""
    try:
        pose = {angle: round(value, 1) for angle, value in face.head_pose._asdict().items()}
    except BadInput:  # the scheme has too few landmarks
        pose = None
    return {
        "box_px": np.round(face.box_px, 3).tolist(),
        "score": round(face.score, 4),
        "landmarks_px": np.round(face.landmarks_px, 3).tolist(),
        "head_pose_degrees": pose,
    }
