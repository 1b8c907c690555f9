"""Draws the pictures of docs/gallery.md and README.md: python docs/make_pictures.py.

The faces are drawn ones. In `found.jpg` the released model finds their landmarks; in the others the
landmarks are the true ones, which the drawing knows.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
from tf_facealign.data.contact_sheet import captioned
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.images import write_image
from tf_facealign.inference.drawings import draw_faces
from tf_facealign.inference.face import Face
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.landmark_scheme import LandmarkScheme

FOLDER = Path(__file__).parent / "pictures"
SIDE_PX = 320


def main() -> None:
    """Write all pictures."""
    write_image(FOLDER / "schemes.jpg", np.hstack([shown(name, 5) for name in SCHEMES]))
    write_image(FOLDER / "numbers.jpg", shown("ibug68", 5, side_px=800, numbers=True))
    aligner = FaceAligner.load()
    faces = [found(drawn_face("ibug68", seed), aligner) for seed in (12, 7, 5, 26)]
    poses = np.hstack([posed(face) for face in faces])
    chips = np.hstack([cv2.resize(face.chip(112), (SIDE_PX, SIDE_PX)) for face in faces])
    write_image(FOLDER / "found.jpg", np.vstack([poses, chips]))
    sizes = [cv2.resize(shown("ibug68", 5, side_px=px), (SIDE_PX,) * 2) for px in (64, 500, 4000)]
    write_image(FOLDER / "sizes.jpg", np.hstack(sizes))


def shown(
    scheme: str, seed: int, side_px: int = SIDE_PX, numbers: bool = False
) -> NDArray[np.uint8]:
    """A drawn face with its landmarks, in a square picture."""
    face = drawn_face(scheme, seed, side_px)
    return draw_faces(face.image_rgb, [face], numbers)


def drawn_face(scheme: str, seed: int, side_px: int = SIDE_PX) -> Face:
    """A face with its true landmarks, as an aligner would give it."""
    known: LandmarkScheme = get_scheme(scheme)
    sample: FaceSample = synthetic_faces(1, known, seed=seed, size=400)[0]
    image = sample.image_rgb()
    scale = side_px / image.shape[0]
    resized = cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_LANCZOS4)
    points, box = (scale * (at + 0.5) - 0.5 for at in (sample.landmarks_px, sample.box_px))
    return Face(points, box, 1.0, known, np.asarray(resized, np.uint8))


def found(face: Face, aligner: FaceAligner) -> Face:
    """The face as the model sees it, given its box."""
    return aligner(face.image_rgb, [face.box_px])[0]


def posed(face: Face) -> NDArray[np.uint8]:
    """A face with its landmarks and its pose in words."""
    words = ", ".join(f"{name} {round(value)}" for name, value in face.head_pose._asdict().items())
    return captioned(draw_faces(face.image_rgb, [face]), words)


if __name__ == "__main__":
    main()
