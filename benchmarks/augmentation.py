"""Faces a second through the whole augmentation of training, beside albumentations and imgaug.

    make bench

From a picture of real size to a crop of 112 × 112 with its landmarks, by the paper's whole set
(section 4.3) and occlusion, all in one process. The others come in two forms: at the picture's own
size, then cut and averaged down to 112, which is what we do; and `_small`, which first shrinks the
cut by plain bilinear sampling: it aliases, and repeats the cut's rim where we show the picture.
Rounds take turns, so that a busy machine slows all alike.
"""

import argparse
import dataclasses
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rivals import albumentations, albumentations_small, imgaug, imgaug_small

from tf_facealign import face_crop
from tf_facealign.augmentation_config import PROBABILITIES, AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.datasets import load_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.files import replacing
from tf_facealign.provenance import provenance

SCHEME = get_scheme("ibug68")
OPERATIONS = [name for name in PROBABILITIES if name != "flip"]
Augment = Callable[[Sequence[int]], Any]
"""Augments the faces with these numbers; one is made for each thread."""


def ours(faces: Sequence[FaceSample], config: AugmentationConfig) -> Augment:
    """As the input pipeline does it, with a generator of its own for every face."""
    crops = FaceCrops(faces, SCHEME, face_crop.Padding())
    augmentation = Augmentation.from_config(config)

    def augment(numbers: Sequence[int]) -> Any:
        return [crops.augmented(i, augmentation, np.random.default_rng((0, 0, i))) for i in numbers]

    return augment


SYSTEMS: dict[str, Callable[[Sequence[FaceSample], AugmentationConfig], Augment]] = {
    "tf_facealign": ours,
    "albumentations": albumentations,
    "albumentations_small": albumentations_small,
    "imgaug": imgaug,
    "imgaug_small": imgaug_small,
}


def compare(
    faces: Sequence[FaceSample], probability: float, threads: int, rounds: int, batch: int
) -> dict[str, Any]:
    """Every system in turn, `rounds` times over.

    Args:
        faces: to augment, again and again.
        probability: of each operation; the placement is always random.
        threads: of Python, each with `batch` faces a round.
        rounds: how often.
        batch: faces a thread a round.

    Returns:
        Medians over rounds: `faces_per_second`; `faces_per_core_second`, of processor time, which
        waiting for a busy machine does not add to; the ratio of ours to each in both; and
        `missing`, the systems that are not installed.
    """
    config = AugmentationConfig(**dict.fromkeys(OPERATIONS, probability))
    augments, missing = {}, []
    for name, make in SYSTEMS.items():
        try:
            augments[name] = [make(faces, config) for _ in range(threads)]
        except ImportError:
            missing.append(name)
    numbers = [i % len(faces) for i in range(batch)]
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in augments}
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(rounds + 1):
            for name, own in augments.items():
                before = time.perf_counter(), time.process_time()
                list(pool.map(lambda augment: augment(numbers), own))
                after = time.perf_counter(), time.process_time()
                seconds[name].append((after[0] - before[0], after[1] - before[1]))
    # The first round warms up.
    return {**_summary({k: v[1:] for k, v in seconds.items()}, threads * batch), "missing": missing}


def _summary(seconds: dict[str, list[tuple[float, float]]], count: int) -> dict[str, Any]:
    summary: dict[str, Any] = {}
    for clock, unit in enumerate(("second", "core_second")):
        rates = {name: [count / s[clock] for s in own] for name, own in seconds.items()}
        ratios = {
            name: [a / b for a, b in zip(rates["tf_facealign"], own, strict=True)]
            for name, own in rates.items()
        }
        summary[f"faces_per_{unit}"] = {k: round(statistics.median(v)) for k, v in rates.items()}
        summary[f"ours_to_theirs_per_{unit}"] = {
            name: round(statistics.median(own), 2)
            for name, own in ratios.items()
            if name != "tf_facealign"
        }
    return summary


def _sources(count: int) -> dict[str, list[FaceSample]]:
    sources = {"synthetic, 400 px": synthetic_faces(count, SCHEME, size=400)}
    if os.environ.get("FACEALIGN_DATA"):
        faces = load_faces("300w", None, "train", SCHEME)
        some = faces[:: len(faces) // count][:count]
        sources["300-W"] = [dataclasses.replace(f, path=None, pixels=f.image_rgb()) for f in some]
    return sources


def _rivals() -> dict[str, str]:
    installed = {d.name: d.version for d in metadata.distributions()}
    return {name: installed[name] for name in ("albumentations", "imgaug") if name in installed}


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare at every setting, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=64, help="faces a thread a round")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    runs = [
        {
            "faces": source,
            "probability": probability,
            "threads": threads,
            **compare(faces, probability, threads, options.rounds, options.batch),
        }
        for source, faces in _sources(32).items()
        for probability in (0.3, 1.0)
        for threads in (1, 2)
    ]
    print(json.dumps(runs, indent=2))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        with replacing(options.json) as temporary:
            result = {"runs": runs, "made_by": {**provenance(), "rivals": _rivals()}}
            temporary.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
