"""Faces a second through a whole training step, beside the same network in PyTorch.

    make bench

A step is forward pass, losses of all three shapes, backward pass and optimizer, on a ready batch of
32 faces in float32. Each system runs in a process of its own, all on the same cores, and they take
turns of a few steps; the others sleep meanwhile. The first step of a turn warms up.

Measure on a quiet machine: PyTorch's threads wait for one another after each operation, so other
work on either core holds both up. On one core, processor time hardly depends on other work.
"""

import argparse
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from training_systems import BATCH, LANDMARKS, SYSTEMS

from tf_facealign.files import replacing
from tf_facealign.provenance import provenance

OURS, REFERENCE = "tf_facealign", "pytorch"


class System:
    """A process that takes training steps.

    Raises:
        RuntimeError: it ended; it has written why to stderr.
    """

    def __init__(self, name: str, width: float, optimizer: str) -> None:
        script = Path(__file__).with_name("training_systems.py")
        command = [sys.executable, str(script), name, str(width), optimizer]
        self.name = name
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def parameters(self) -> int:
        """How many of the network are trained; to be asked first, and once."""
        return self._answer()

    def seconds(self, steps: int) -> list[list[float]]:
        """Take one step to warm up and then these; [by the clock, of processor time] of each."""
        assert self._process.stdin
        self._process.stdin.write(f"{steps + 1}\n")
        self._process.stdin.flush()
        return self._answer()[1:]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self._process.wait()}")
        return json.loads(line)


def compare(
    names: Sequence[str], width: float, optimizer: str, rounds: int, steps: int
) -> dict[str, Any]:
    """All systems in turn, `rounds` times over.

    Returns:
        `parameters`, the same for all; and for the clock and for processor time: faces a second of
        each system over all steps, those of its fastest step, and the ratio of ours to each over
        all turns. Spreads are the median and the quartiles.
    """
    found: dict[str, list[list[list[float]]]] = {name: [] for name in names}
    with contextlib.ExitStack() as stack:
        systems = [
            stack.enter_context(contextlib.closing(System(name, width, optimizer)))
            for name in names
        ]
        counts = {system.name: system.parameters() for system in systems}
        if len(set(counts.values())) > 1:
            raise RuntimeError(f"not the same network, by its parameters: {counts}")
        for system in systems:
            system.seconds(1)  # compiles
        for number in range(rounds):
            for system in systems if number % 2 else reversed(systems):
                found[system.name].append(system.seconds(steps))
    result: dict[str, Any] = {"parameters": counts[OURS]}
    for clock, unit in enumerate(("per_second", "per_core_second")):
        seconds = {n: [[step[clock] for step in turn] for turn in own] for n, own in found.items()}
        result[unit] = _rates(seconds)
    return result


def _rates(seconds: dict[str, list[list[float]]]) -> dict[str, Any]:
    """Seconds of each system's steps, by turn → faces a second and their ratios."""
    rates = {name: [BATCH / s for turn in own for s in turn] for name, own in seconds.items()}
    turns = {name: [statistics.median(turn) for turn in own] for name, own in seconds.items()}
    return {
        "faces": {name: _spread(own) for name, own in rates.items()},
        "faces_of_fastest_step": {name: round(max(own), 2) for name, own in rates.items()},
        "ours_to_theirs": {
            name: _spread([theirs / ours for ours, theirs in zip(turns[OURS], own, strict=True)])
            for name, own in turns.items()
            if name != OURS
        },
    }


def _spread(values: list[float]) -> dict[str, float]:
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"low": round(low, 2), "median": round(median, 2), "high": round(high, 2)}


@contextlib.contextmanager
def _on_cores(count: int) -> Iterator[None]:
    """Processes started here inherit these cores, and every library as many threads as cores."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(everywhere)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare at every width, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--widths", type=float, nargs="+", default=[1, 0.5, 0.25])
    parser.add_argument("--systems", choices=SYSTEMS, nargs="+", default=[OURS, REFERENCE])
    parser.add_argument("--optimizers", nargs="+", default=["adamw", "sgd"])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=3, help="steps a turn, after one to warm up")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    runs = []
    for width, optimizer, cores in itertools.product(
        options.widths, options.optimizers, options.cores
    ):
        with _on_cores(cores):
            found = compare(options.systems, width, optimizer, options.rounds, options.steps)
        runs.append({"width": width, "optimizer": optimizer, "cores": cores, **found})
        print(json.dumps(runs[-1]), flush=True)
    if options.json:
        setting = {"batch": BATCH, "landmarks": LANDMARKS}
        made_by = {**provenance(), "rivals": {"torch": metadata.version("torch")}}
        with replacing(options.json) as temporary:
            report = {**setting, "runs": runs, "made_by": made_by}
            temporary.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
