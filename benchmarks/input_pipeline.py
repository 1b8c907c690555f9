"""Faces a second out of the input pipeline: from files, from records, from memory.

    make bench

Batches of 32 as training takes them, placed at random, with and without the paper's changes of
pixels. "files" and "records" decode each face anew (the files lie in the page cache), "memory" has
decoded them before. Where other processes cut, as many threads wait for them.
Photos of 1600 × 1200 pixels are made up; they are as large as those of the benchmarks as
distributed. With FACEALIGN_DATA, 300-W is measured as well.
"""

import argparse
import dataclasses
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tensorflow as tf

from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.cutting_processes import CuttingProcesses
from tf_facealign.data.datasets import load_faces
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops, training_batches
from tf_facealign.data.records import read_records, write_records
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.face_crop import Padding
from tf_facealign.files import replacing
from tf_facealign.images import write_image
from tf_facealign.provenance import provenance

SCHEME = get_scheme("ibug68")
BATCH = 32
OUTPUTS = ("shape_0", "shape_1", "shape_2")
OPERATIONS = (
    *("median_blur", "gaussian_blur", "average_blur", "sharpen", "emboss", "noise", "add"),
    *("hue_saturation", "contrast", "greyscale"),
)
AUGMENTATIONS = {
    "placement": AugmentationConfig(),
    "placement and pixels": AugmentationConfig(**dict.fromkeys(OPERATIONS, 0.3)),
}


def measure(
    faces: Sequence[FaceSample],
    cache: bool,
    config: AugmentationConfig,
    threads: int,
    rounds: int,
    processes: int = 0,
) -> dict[str, int]:
    """Medians over rounds of one epoch each.

    Returns:
        threads, processes and faces_per_second; without other processes also faces_per_core_second
        of processor time, which waiting for a busy machine does not add to.
    """
    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    crops = FaceCrops(faces, SCHEME, Padding(), cache)
    augmentation = Augmentation.from_config(config)
    steps = max(len(faces) // BATCH, 1)
    rates = []
    with CuttingProcesses(processes) as forks:
        batches = training_batches(crops, augmentation, OUTPUTS, BATCH, seed=0, processes=forks)
        stream = iter(batches.with_options(options))
        for _ in range(rounds + 1):  # the first round warms up
            before = time.perf_counter(), time.process_time()
            for _ in range(steps):
                next(stream)
            after = time.perf_counter(), time.process_time()
            rates.append([steps * BATCH / (b - a) for a, b in zip(before, after, strict=True)])
    by_clock, by_core = (round(statistics.median(rate)) for rate in zip(*rates[1:], strict=True))
    found = {"threads": threads, "processes": processes, "faces_per_second": by_clock}
    return found if processes else {**found, "faces_per_core_second": by_core}


def photos(folder: Path, count: int) -> list[FaceSample]:
    """Drawn faces, 400 pixels of a JPEG file of 1600 × 1200; the rest is a blown-up drawing."""
    faces = []
    for face in synthetic_faces(count, SCHEME, size=400):
        photo = cv2.resize(face.image_rgb(), (1600, 1200), interpolation=cv2.INTER_CUBIC)
        photo[500:900, 700:1100] = face.image_rgb()
        path, shift = folder / f"{face.name}.jpg", np.array([700.0, 500.0])
        write_image(path, photo)
        landmarks, box = face.landmarks_px + shift, face.box_px + np.tile(shift, 2)
        faces.append(FaceSample(face.name, landmarks, box, path=path))
    return faces


def runs_of(
    faces: Sequence[FaceSample], folder: Path, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """All ways to read the faces, with each augmentation and number of threads or processes."""
    write_records(faces, folder, Padding())
    ways = {
        "files": (faces, False),
        "records": (read_records(folder), False),
        "memory": (faces, True),
    }
    counts = [(threads, 0) for threads in options.threads]
    counts += [(processes, processes) for processes in options.processes]
    for name, config in AUGMENTATIONS.items():
        for way, (samples, cache) in ways.items():
            for threads, processes in counts:
                rates = measure(samples, cache, config, threads, options.rounds, processes)
                yield {"from": way, "augmentation": name, **rates}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every way to read, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--processes", type=int, nargs="*", default=[2])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    runs = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = {"photos of 1600 × 1200": photos(folder / "photos", options.faces)}
        if os.environ.get("FACEALIGN_DATA"):
            everyone = load_faces("300w", None, "train", SCHEME)
            sources["300-W"] = everyone[:: len(everyone) // options.faces][: options.faces]
        for number, (source, faces) in enumerate(sources.items()):
            records = folder / f"records {number}"
            for run in runs_of(faces, records, options):
                runs.append({"faces": source, **run})
                print(json.dumps(runs[-1], ensure_ascii=False), flush=True)
    if options.json:
        pixels = dataclasses.asdict(AUGMENTATIONS["placement and pixels"])
        report = {"batch": BATCH, "pixels": pixels, "runs": runs, "made_by": provenance()}
        with replacing(options.json) as temporary:
            temporary.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
