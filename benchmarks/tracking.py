"""What following faces by their landmarks rests on, measured on real faces.

    python benchmarks/tracking.py --model 300w.keras --json docs/results/tracking.json

On held-out faces of the 300-W training folders (FACEALIGN_DATA):

- `lost`: what tells a face from the background, by how well it parts the crops on a face (NME below
  15 %) from those off it. Crops start at the true box, at boxes moved by up to 0.35 of the face and
  scaled by up to 0.7 to 1.4, at half faces, and at the background, and follow their landmarks for
  three more steps, as a tracker does. `texture` has stretched strips of other photos instead.
- `drift`: the NME after following the landmarks on a still.
- `smoothing`: jitter and lag on videos made from stills that sway, turn and come closer, with the
  noise of a camera on their pixels.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign import geometry
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.datasets import load_faces, split_validation
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.face_crop import landmarks_box
from tf_facealign.files import replacing
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.mirror_check import mirror_disagreement
from tf_facealign.inference.one_euro import HZ_PER_SPEED, MIN_CUTOFF_HZ
from tf_facealign.inference.tracker import LOST_ABOVE, FaceTracker
from tf_facealign.provenance import provenance

Array = NDArray[np.float64]
SCHEME = get_scheme("ibug68")
RATE_HZ, FRAMES, SETTLED = 30, 120, 30
CAMERA_NOISE = 4.0
"""Standard deviation of the pixels' noise, of 255."""
CANDIDATES = "mirror_disagreement last_increment all_increments box_shift box_growth".split()
LAGS = np.arange(-1, 4, 0.1)


def starts(face: FaceSample, others: Array, random: np.random.Generator) -> dict[str, Any]:
    """Kind → (image, box) from which a face is sought."""
    image, box = face.image_rgb(), landmarks_box(face.landmarks_px)
    center, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    side = 2 * half.max()
    angle, scale = random.uniform(0, 2 * np.pi), np.exp(random.uniform(-0.35, 0.35))
    away = np.array([np.cos(angle), np.sin(angle)]) * random.uniform(0.7, 1) * side
    near = center + random.uniform(-0.35, 0.35, 2) * side
    texture = cv2.resize(np.ascontiguousarray(others), image.shape[1::-1])
    found = {
        "true box": (image, box),
        "moved box": (image, np.concatenate([near - half * scale, near + half * scale])),
        "half a face": (image, np.concatenate([center + away - half, center + away + half])),
        "texture": (texture, box),
    }
    if (beside := background(image.shape, box, side, random)) is not None:
        found["background"] = (image, beside)
    return found


def background(
    size: Sequence[int], box: Array, side: float, random: np.random.Generator
) -> Array | None:
    """A square beside the face, if one is found."""
    for _ in range(50):
        small = random.uniform(0.3, 0.6) * side
        x, y = random.uniform(0, size[1] - small), random.uniform(0, size[0] - small)
        if x + small < box[0] or x > box[2] or y + small < box[1] or y > box[3]:
            return np.array([x, y, x + small, y + small])
    return None


def observations(aligner: FaceAligner, faces: Sequence[FaceSample]) -> list[dict[str, Any]]:
    """What is seen at each step from each start."""
    random, seen = np.random.default_rng(0), []
    for number, face in enumerate(faces):
        strip = faces[(number + 7) % len(faces)].image_rgb()
        for kind, (image, box) in starts(face, strip[-len(strip) // 5 :], random).items():
            for step in range(10 if kind == "true box" else 4):
                stages = [shape[0] for shape in aligner.stages(image, box[None]).values()]
                seen.append({"kind": kind, "step": step, **look(aligner, image, box, stages)})
                seen[-1]["nme"] = nme(stages[-1], face)
                box = landmarks_box(stages[-1])
                if not (box[2:] - box[:2] >= 2).all():
                    break
    return seen


def look(aligner: FaceAligner, image: Array, box: Array, stages: list[Array]) -> dict[str, float]:
    """The candidates for telling a lost face, each larger off a face."""
    shape, own = stages[-1], landmarks_box(stages[-1])
    size = max(own[2:] - own[:2])
    moved = np.abs(own[:2] + own[2:] - box[:2] - box[2:]).max() / 2
    return {
        "mirror_disagreement": float(mirror_disagreement(aligner, image, aligner(image, [box]))[0]),
        "last_increment": float(np.linalg.norm(shape - stages[-2], axis=-1).mean() / size),
        "all_increments": float(np.linalg.norm(shape - stages[0], axis=-1).mean() / size),
        "box_shift": float(moved / size),
        "box_growth": float(abs(np.log(size / max(box[2:] - box[:2])))),
    }


def nme(shape: Array, face: FaceSample) -> float:
    """Mean error by the distance of the outer eye corners."""
    distance = np.linalg.norm(shape - face.landmarks_px, axis=-1).mean()
    return float(distance / SCHEME.normalizer_distance(face.landmarks_px, "inter_ocular"))


def lost_report(seen: list[dict[str, Any]]) -> dict[str, Any]:
    """How well each candidate parts the crops, from the second step on."""
    after = [row for row in seen if row["step"] >= 1]
    on = [row for row in after if row["nme"] < 0.15 and row["kind"] != "texture"]
    off = [row for row in after if row["nme"] > 0.5 or row["kind"] == "texture"]
    report: dict[str, Any] = {"crops_on_a_face": len(on), "crops_off_a_face": len(off)}
    for name in CANDIDATES:
        a, b = (np.array([row[name] for row in rows]) for rows in (on, off))
        report[name] = {
            "auc": round(float(np.mean(b[:, None] > a)), 4),
            "caught_percent_at_0.5_percent_false": percent(b > np.quantile(a, 0.995)),
        }
    value = "mirror_disagreement"
    report["at_the_threshold"] = {
        "threshold": LOST_ABOVE,
        "false_alarms_percent": percent([row[value] > LOST_ABOVE for row in on]),
        "caught_percent": {
            kind: percent([row[value] > LOST_ABOVE for row in off if row["kind"] == kind])
            for kind in sorted({row["kind"] for row in off})
        },
    }
    return report


def percent(flags: Any) -> float:
    """The mean of flags or shares, in percent."""
    return round(100 * float(np.mean(flags)), 2)


def drift_report(seen: list[dict[str, Any]]) -> dict[str, float]:
    """The NME after following the landmarks of a still from the true box."""
    true = [row for row in seen if row["kind"] == "true box"]
    means = {step: [row["nme"] for row in true if row["step"] == step] for step in (0, 1, 4, 9)}
    return {f"nme_percent_after_{step + 1}": percent(values) for step, values in means.items()}


def motion(face: FaceSample, seconds: float) -> geometry.Affine:
    """The known motion: at most about half a face size a second, 8 degrees and 10 % of zoom."""
    box = landmarks_box(face.landmarks_px)
    center, size = (box[:2] + box[2:]) / 2, max(box[2:] - box[:2])
    phase = 2 * np.pi * 0.25 * seconds
    shift = np.array([0.25 * np.sin(phase), 0.12 * np.sin(1.3 * phase + 0.5)]) * size + center
    to_origin = geometry.scale_and_shift(1, -center)
    turn = geometry.compose_affines(geometry.rotation(8 * np.sin(0.7 * phase)), to_origin)
    zoom = geometry.scale_and_shift(1 + 0.1 * np.sin(0.9 * phase + 1), shift)
    return geometry.compose_affines(zoom, turn)


def smoothing_report(aligner: FaceAligner, faces: Sequence[FaceSample]) -> dict[str, Any]:
    """Jitter and lag with and without smoothing, means over the faces."""
    rows = [smoothing_of(aligner, face) for face in faces]
    rows = [row for row in rows if row is not None]
    means = {name: round(float(np.mean([row[name] for row in rows])), 3) for name in rows[0]}
    constants = {"min_cutoff_hz": MIN_CUTOFF_HZ, "hz_per_speed": HZ_PER_SPEED}
    return {"videos": len(rows), "frames": FRAMES, "rate_hz": RATE_HZ, **constants, **means}


def smoothing_of(aligner: FaceAligner, face: FaceSample) -> dict[str, float] | None:
    """Of one face, in percent of its size; None if the model loses it."""
    seconds = np.arange(SETTLED, FRAMES) / RATE_HZ
    raw, smooth = (follow(aligner, face, smoothing) for smoothing in (False, True))
    if raw is None or smooth is None:
        return None
    size = max(np.ptp(face.landmarks_px, axis=0))
    # The model's own constant error is no lag: what it says of the still is what is moved.
    still = np.mean(
        [
            geometry.apply_affine(geometry.invert_affine(motion(face, time)), shape)
            for time, shape in zip(seconds, raw, strict=True)
        ],
        axis=0,
    )
    return {
        "jitter_percent": 100 * jitter(raw) / size,
        "jitter_smoothed_percent": 100 * jitter(smooth) / size,
        "jitter_ratio": jitter(smooth) / jitter(raw),
        "lag_frames": lag(smooth, lambda time: geometry.apply_affine(motion(face, time), still)),
    }


def follow(aligner: FaceAligner, face: FaceSample, smoothing: bool) -> Array | None:
    """The landmarks (N, L, 2) of the settled frames."""
    image, random = face.image_rgb(), np.random.default_rng(1)
    box = landmarks_box(face.landmarks_px)[None]
    tracker = FaceTracker(aligner, lambda _: (box, np.ones(1)), smoothing)
    shapes = []
    for number in range(FRAMES):
        time = number / RATE_HZ
        frame = cv2.warpAffine(
            image, motion(face, time), image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE
        )
        noisy = np.clip(frame + random.normal(0, CAMERA_NOISE, frame.shape), 0, 255)
        tracked = tracker(noisy.astype(np.uint8), time)
        if len(tracked) != 1:
            return None
        shapes.append(tracked[0].face.landmarks_px)
    return np.stack(shapes[SETTLED:])


def jitter(points: Array) -> float:
    """Root mean square of the second differences from frame to frame."""
    return float(np.sqrt(np.mean(np.sum(np.diff(points, 2, axis=0) ** 2, axis=-1))))


def lag(points: Array, truth_at: Callable[[float], Array]) -> float:
    """By how many frames the known motion must be delayed to fit best."""
    frames = np.arange(SETTLED, FRAMES)
    late = [np.stack([truth_at((frame - lag) / RATE_HZ) for frame in frames]) for lag in LAGS]
    return float(LAGS[np.argmin([np.mean((truth - points) ** 2) for truth in late])])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each model, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", nargs="+", required=True, help="trained on 300-W, seed 0")
    parser.add_argument("--held-out", type=float, default=0.1, help="their validation_fraction")
    parser.add_argument("--faces", type=int, default=100)
    parser.add_argument("--videos", type=int, default=6)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    faces = load_faces("300w", None, "train", SCHEME)
    _, held_out = split_validation(faces, options.held_out, seed=0)
    runs = []
    for path in options.model:
        aligner = FaceAligner.load(path)
        seen = observations(aligner, held_out[: options.faces])
        report = {"lost": lost_report(seen), "drift": drift_report(seen)}
        report["smoothing"] = smoothing_report(aligner, held_out[: options.videos])
        runs.append({"model": aligner.spec.name, "faces": options.faces, **report})
        print(json.dumps(runs[-1], indent=1), flush=True)
    if options.json:
        with replacing(options.json) as temporary:
            text = json.dumps({"runs": runs, "made_by": provenance()}, indent=1, ensure_ascii=False)
            temporary.write_text(text + "\n")


if __name__ == "__main__":
    main()
