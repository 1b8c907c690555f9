"""What a model costs until its first result: a process of its own loads it and predicts one face.

Only a fresh process pays for the imports, and only its peak of memory is the model's own.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tf_facealign.errors import BadInput

_RUN = "from tf_facealign.inference.first_result import measure; measure({path!r}, {threads})"


@dataclass(frozen=True)
class FirstResult:
    """The cost of one face in a fresh process, from its start.

    Attributes:
        load_ms: wall time of loading the model, its runtime's import included.
        first_face_ms: wall time of predicting one face with the loaded model.
        total_ms: wall time from starting the process to having the result.
        cpu_ms: processor time of the process, which other work on the machine hardly changes.
        peak_memory_mib: most memory the process held; None where the system does not say.
    """

    load_ms: float
    first_face_ms: float
    total_ms: float
    cpu_ms: float
    peak_memory_mib: float | None


def first_result(path: str | Path, num_threads: int = 1, processes: int = 5) -> FirstResult:
    """The median of each cost over several processes.

    Args:
        path: a `.tflite` or `.keras` file.
        num_threads: CPU threads of the runtime.
        processes: how many to start, one after the other.

    Raises:
        BadInput: a process failed; the message is the last line it wrote.
    """
    results = [_in_fresh_process(path, num_threads) for _ in range(processes)]
    costs: dict[str, Any] = {name: _median([run[name] for run in results]) for name in results[0]}
    return FirstResult(**costs)


def measure(path: str, num_threads: int) -> None:
    """Load, predict one face, and print what it took as JSON: what the fresh process does."""
    start = time.perf_counter()
    from tf_facealign.inference.face_aligner import FaceAligner

    aligner = FaceAligner.load(path, num_threads)
    loaded = time.perf_counter()
    aligner(np.zeros((200, 200, 3), np.uint8), [[20, 20, 180, 180]])
    done = time.perf_counter()
    result = {
        "load_ms": 1e3 * (loaded - start),
        "first_face_ms": 1e3 * (done - loaded),
        "cpu_ms": 1e3 * time.process_time(),
        "peak_memory_mib": _peak_memory_mib(),
    }
    print(json.dumps(result), flush=True)


def _in_fresh_process(path: str | Path, num_threads: int) -> dict[str, Any]:
    code = _RUN.format(path=str(path), threads=num_threads)
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        total_ms = 1e3 * (time.perf_counter() - start)
        _, errors = process.communicate()
    if process.returncode or not line:
        lines = errors.strip().splitlines() or [f"exit code {process.returncode}"]
        raise BadInput(f"{path}: cannot be run ({lines[-1]})")
    return {**json.loads(line), "total_ms": total_ms}


def _peak_memory_mib() -> float | None:
    """Linux's high-water mark; `getrusage` would count what the parent held before the start."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None
