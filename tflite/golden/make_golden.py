"""Golden vectors: what Python makes of given images, for other implementations to be held against.

    python tflite/golden/make_golden.py            # all but the model
    python tflite/golden/make_golden.py --model    # the model as well; needs TensorFlow

Writes beside this file:

    scene.png                a drawn face, RGB
    camera_y.png             the same as YUV_420_888, rows padded: luma,
    camera_vu.png            and V and U in turn (pixel stride 2)
    crop_NAME.png            the crop of each case, RGB
    model.tflite             an untrained network with a five-point scheme of its own
    golden.json              cases, landmarks, One-Euro sequences, a tracked video
    released.json            the landmarks that each released file finds in two of the cases

and, for Kotlin, the known landmark schemes. `tests/test_golden.py` compares all of it with what the
package makes now; a change that is meant is a run of this script, in the same commit. So is a
released file that is new or another.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import released_landmarks
import toy_video
from numpy.typing import NDArray

from tf_facealign import face_crop
from tf_facealign.benchmark_schemes import SCHEMES
from tf_facealign.data.synthetic_faces import draw_face
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.one_euro import OneEuroFilter
from tf_facealign.scheme_file import definition_of

FOLDER = Path(__file__).parent
SCHEMES_FILE = "android/facealign-core/src/main/resources/io/github/facealign/schemes.json"
HEIGHT, WIDTH, ROW_STRIDE = 230, 300, 320

# Name → upright box, rotation of the camera, mirrored, source. The block is 1 up to a crop of 224.
CASES: dict[str, dict[str, Any]] = {
    "close": {"box_px": [102.3, 61.7, 159.8, 120.2]},
    "face": {"box_px": [75, 40, 215, 190]},
    "corner": {"box_px": [-40.5, -30.25, 80, 70.5]},
    "block2": {"box_px": [20.4, 3.1, 255.9, 221.6]},
    "block7": {"box_px": [-200, -180, 500, 420]},
    "rotated90": {"box_px": [20, 60, 150, 190], "rotation": 90},
    "rotated180": {"box_px": [40.2, 10.7, 290.1, 225.3], "rotation": 180},
    "rotated270": {"box_px": [15.5, 70.3, 235.1, 290.9], "rotation": 270},
    "mirrored": {"box_px": [75, 40, 215, 190], "mirrored": True},
    "camera": {"box_px": [75, 40, 215, 190], "source": "camera"},
    "camera_corner": {"box_px": [-40.5, 130, 80, 250.5], "source": "camera"},
    "camera_block2": {"box_px": [3.3, 55, 223.3, 275], "source": "camera", "rotation": 90},
    "camera_rotated270": {"box_px": [31, 80, 171, 230], "source": "camera", "rotation": 270},
}


def scene() -> NDArray[np.uint8]:
    """A drawn face beside a colourful plane: (230, 300, 3)."""
    face, _ = draw_face(seed=6, size=HEIGHT)
    y, x = np.mgrid[:HEIGHT, : WIDTH - HEIGHT]
    plane = np.stack([255 - 3 * x, y, (x * 7 + y * 5) % 256], -1)
    return np.concatenate([face, plane.clip(0, 255).astype(np.uint8)], 1)


def camera_planes(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The image as JFIF's YUV: luma (H, ROW_STRIDE), and V and U in turn (H / 2, ROW_STRIDE)."""
    red, green, blue = np.moveaxis(image.astype(np.float64), -1, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    u, v = (blue - luma) / 1.772 + 128, (red - luma) / 1.402 + 128
    halves = [each.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean((1, 3)) for each in (v, u)]
    planes = [luma, np.stack(halves, -1).reshape(HEIGHT // 2, WIDTH)]
    padded = [np.pad(plane, ((0, 0), (0, ROW_STRIDE - WIDTH))) for plane in planes]
    luma_u8, vu_u8 = (np.rint(plane).clip(0, 255).astype(np.uint8) for plane in padded)
    return luma_u8, vu_u8


def camera_rgb(luma: NDArray[np.uint8], vu: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the planes show: JFIF's YUV, full range, each chroma sample over its 2×2 pixels."""
    y = luma[:, :WIDTH].astype(np.float64)
    v, u = (vu[:, start:WIDTH:2].repeat(2, 0).repeat(2, 1) - 128.0 for start in (0, 1))
    rgb = np.stack([y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u], -1)
    return np.rint(rgb).clip(0, 255).astype(np.uint8)


def upright(image: NDArray[np.uint8], rotation: int, mirrored: bool) -> NDArray[np.uint8]:
    """The image turned clockwise by `rotation` degrees, then mirrored."""
    turned = np.rot90(image, -rotation // 90)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def make(folder: Path) -> None:
    """Write all but the model, which must be there."""
    image = scene()
    luma, vu = camera_planes(image)
    _write_png(folder / "scene.png", image)
    _write_png(folder / "camera_y.png", luma)
    _write_png(folder / "camera_vu.png", vu)
    sources = {"scene": image, "camera": camera_rgb(luma, vu)}
    aligner = FaceAligner.load(FOLDER / "model.tflite")
    golden = {
        "camera": {"width": WIDTH, "height": HEIGHT, "row_stride": ROW_STRIDE},
        "cases": [_case(name, aligner, sources, folder) for name in CASES],
        "one_euro": [_one_euro(0, {}), _one_euro(1, {"min_cutoff_hz": 0.4, "hz_per_speed": 2.5})],
        "video": toy_video.golden(),
    }
    # The cases "face" and "camera" have one box, and no more of them: the folder stays small.
    pictures = {"face": image, "camera": sources["camera"]}
    released = released_landmarks.golden(pictures, CASES["face"]["box_px"])
    _write_json(folder / "golden.json", golden)
    _write_json(folder / "released.json", released)


def schemes() -> str:
    """The file of the known schemes, in the form a model carries another scheme in."""
    definitions = [definition_of(scheme) for scheme in SCHEMES.values()]
    return "[\n" + ",\n".join(json.dumps(each) for each in definitions) + "\n]\n"


def _case(
    name: str, aligner: FaceAligner, sources: dict[str, NDArray[np.uint8]], folder: Path
) -> dict[str, Any]:
    filled = {"source": "scene", "rotation": 0, "mirrored": False, **CASES[name]}
    image = upright(sources[filled["source"]], filled["rotation"], filled["mirrored"])
    affine = face_crop.crop_affine(filled["box_px"], aligner.padding)
    _write_png(folder / f"crop_{name}.png", face_crop.cut(image, affine))
    (face,) = aligner(image, [filled["box_px"]])
    landmarks = face.landmarks_px
    return {
        "name": name,
        **filled,
        "affine": affine.tolist(),
        "landmarks_unit": face_crop.landmarks_to_unit(landmarks, affine).tolist(),
        "landmarks_px": landmarks.tolist(),
    }


def _one_euro(seed: int, constants: dict[str, float]) -> dict[str, Any]:
    """A face that stands, then moves off faster and faster, in uneven steps of time."""
    rng = np.random.default_rng(seed)
    seconds = np.cumsum(rng.uniform(0.01, 0.06, 30))
    path = np.maximum(seconds - seconds[10], 0)[:, None, None] ** 2 * [60.0, -25.0]
    inputs = rng.uniform(50, 150, (1, 5, 2)) + path + rng.normal(0, 0.5, (30, 5, 2))
    smooth = OneEuroFilter(**constants)
    outputs = [
        smooth(points, time).ravel().tolist() for points, time in zip(inputs, seconds, strict=True)
    ]
    return {
        "constants": constants,
        "seconds": seconds.tolist(),
        "inputs": inputs.reshape(30, -1).tolist(),
        "outputs": outputs,
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


def _write_png(path: Path, image: NDArray[np.uint8]) -> None:
    pixels = image[..., ::-1] if image.ndim == 3 else image
    cv2.imwrite(str(path), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def main(arguments: list[str]) -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", action="store_true", help="make the model anew as well")
    if parser.parse_args(arguments).model:
        from tiny_model import write_model  # TensorFlow

        write_model(FOLDER / "model.tflite")
    make(FOLDER)
    target = FOLDER.parent / SCHEMES_FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(schemes())


if __name__ == "__main__":
    main(sys.argv[1:])
