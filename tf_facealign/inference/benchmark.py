"""How long models take for a face: all of them in turn, so that a busy machine slows all alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tf_facealign.inference.predictors import load_predictor

_WARM_UPS = 3


@dataclass(frozen=True)
class Spread:
    """The median and the quartiles of a time in milliseconds."""

    median: float
    lower_quartile: float
    upper_quartile: float


@dataclass(frozen=True)
class FaceTime:
    """What a model takes for one crop.

    Attributes:
        wall_ms: as a clock on the wall shows it.
        cpu_ms: processor time: of the one thread, or of the process for several threads, whose
            waiting for one another counts. Other work on the machine hardly changes it.
    """

    wall_ms: Spread
    cpu_ms: Spread


def time_models(
    paths: Sequence[str | Path], num_threads: int = 1, runs: int = 50
) -> dict[str, FaceTime]:
    """Time model files on one crop, in turn.

    Args:
        paths: `.tflite` or `.keras` files.
        num_threads: CPU threads LiteRT may use; Keras keeps to its backend's own setting.
        runs: timed runs of each model.

    Returns:
        Path → its time.

    Raises:
        BadInput: see `FaceAligner.load`.
    """
    calls = {str(path): _call(path, num_threads) for path in paths}
    return time_in_turn(calls, runs, time.thread_time if num_threads == 1 else time.process_time)


def time_in_turn(
    calls: Mapping[str, Callable[[], object]],
    runs: int,
    cpu_clock: Callable[[], float] = time.thread_time,
) -> dict[str, FaceTime]:
    """Time calls in rounds: each once a round, and a different one first in each.

    Args:
        calls: name → what is timed.
        runs: rounds that count; three before them do not.
        cpu_clock: processor time in seconds.

    Returns:
        Name → its time.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    names = list(calls)
    for number in range(_WARM_UPS + runs):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            wall, cpu = time.perf_counter(), cpu_clock()
            calls[name]()
            times[name].append((cpu_clock() - cpu, time.perf_counter() - wall))
    return {name: _face_time(pairs[_WARM_UPS:]) for name, pairs in times.items()}


def _call(path: str | Path, num_threads: int) -> Callable[[], object]:
    predictor, spec = load_predictor(path, num_threads)
    size = (1, spec.input_size, spec.input_size, 3)
    crop = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    return lambda: predictor(crop)


def _face_time(pairs: list[tuple[float, float]]) -> FaceTime:
    cpu, wall = (_spread(seconds) for seconds in zip(*pairs, strict=True))
    return FaceTime(wall, cpu)


def _spread(seconds: Sequence[float]) -> Spread:
    lower, median, upper = np.percentile(1e3 * np.array(seconds), (25, 50, 75)).tolist()
    return Spread(median, lower, upper)
