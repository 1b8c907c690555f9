"""Damaged model files against the loader: a clear refusal or a correct load, never a crash.

    python -m benchmarks.fuzz_models --model 300w.tflite --json docs/results/tflite/fuzz.json

Each case damages a good file in one of `KINDS`; the model is loaded and predicts one face. Cases
run in a process of their own, which is started again after one that killed it.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from tf_facealign.errors import BadInput
from tf_facealign.files import replacing
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.model_spec import ENTRY, ModelSpec, content_sha256, read_spec
from tf_facealign.provenance import provenance

REFUSED, LOADED, BUG = "refused", "loaded", "bug"
Generator = np.random.Generator


def content(generator: Generator, model: bytes, spec: ModelSpec, path: Path) -> None:
    """Bytes of the model, whose spec has the sha256 of the undamaged one."""
    _write(path, _damaged(generator, model), spec)


def content_without_sha256(generator: Generator, model: bytes, spec: ModelSpec, path: Path) -> None:
    """Bytes of a model whose spec has no sha256 to tell."""
    _write(path, _damaged(generator, model), replace(spec, sha256=""))


def spec_values(generator: Generator, model: bytes, spec: ModelSpec, path: Path) -> None:
    """Values of the spec, replaced, removed or added, in an archive that is whole."""
    fields: Any = json.loads(json.dumps(asdict(spec)))
    for _ in range(generator.integers(1, 4)):
        fields = _changed(generator, fields)
    _write(path, model, json.dumps(fields).encode())


def spec_text(generator: Generator, model: bytes, spec: ModelSpec, path: Path) -> None:
    """Bytes of the spec's JSON, in an archive that is whole."""
    _write(path, model, _damaged(generator, json.dumps(asdict(spec)).encode()))


def archive(generator: Generator, model: bytes, spec: ModelSpec, path: Path) -> None:
    """Bytes of the archive at the end of the file."""
    _write(path, model, spec)
    path.write_bytes(model + _damaged(generator, path.read_bytes()[len(model) :]))


def length(generator: Generator, model: bytes, spec: ModelSpec, path: Path) -> None:
    """The whole file, cut short anywhere."""
    _write(path, model, spec)
    whole = path.read_bytes()
    path.write_bytes(whole[: generator.integers(len(whole))])


KINDS: tuple[Callable[[Generator, bytes, ModelSpec, Path], None], ...] = (
    *(content, content_without_sha256, spec_values, spec_text, archive, length),
)


def fuzz(model: str | Path, count: int, seed: int = 0) -> dict[str, dict[str, int]]:
    """Count what becomes of damaged files: kind → outcome → cases.

    Outcomes: "refused" (`BadInput`), "loaded", "bug" (another exception), or the name of the signal
    that killed the process.
    """
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    done = 0
    while done < count:
        for outcome in _batch(model, done, count, seed):
            outcomes[KINDS[done % len(KINDS)].__name__][outcome] += 1
            done += 1
    return {kind.__name__: dict(outcomes[kind.__name__]) for kind in KINDS}


def run_cases(model: str, start: int, stop: int, seed: int) -> None:
    """Run the cases start..stop of `KINDS` in turn, and print the outcome of each."""
    whole, spec = Path(model).read_bytes(), read_spec(model)
    with zipfile.ZipFile(model) as opened:
        good = whole[: min(entry.header_offset for entry in opened.infolist())]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(good)
        spec = replace(spec, sha256=content_sha256(path))
        for number in range(start, stop):
            KINDS[number % len(KINDS)](np.random.default_rng((seed, number)), good, spec, path)
            print(_outcome(path), flush=True)


def _outcome(path: Path) -> str:
    try:
        aligner = FaceAligner.load(path)
        aligner(np.zeros((60, 60, 3), np.uint8), [[10, 10, 50, 50]])
    except BadInput as refusal:
        return REFUSED if "\n" not in str(refusal) else BUG
    except Exception as bug:
        print(f"{type(bug).__name__}: {bug}", file=sys.stderr)
        return BUG
    return LOADED


def _batch(model: str | Path, start: int, stop: int, seed: int) -> Iterator[str]:
    """The outcomes from `start` on, up to the first that killed the process."""
    code = (
        f"from benchmarks.fuzz_models import run_cases; run_cases{(str(model), start, stop, seed)}"
    )
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield line.strip()
    if process.returncode < 0:
        yield signal.Signals(-process.returncode).name
    elif process.returncode:
        raise RuntimeError(f"the cases from {start} on ended with exit code {process.returncode}")


def _write(path: Path, model: bytes, spec: ModelSpec | bytes) -> None:
    entry = json.dumps(asdict(spec)) if isinstance(spec, ModelSpec) else spec
    path.write_bytes(model)
    with zipfile.ZipFile(path, "a") as opened:  # not embed_spec, which adds the true sha256
        opened.writestr(ENTRY, entry)


def _damaged(generator: Generator, good: bytes) -> bytes:
    """A few bytes replaced, a run of them zeroed, or a piece left out.

    Half of the places lie in the first or last thousand bytes, where a model keeps its structure;
    the rest is mostly weights.
    """
    data = bytearray(good)
    for _ in range(generator.integers(1, 9)):
        near = generator.integers(min(1000, len(data)))
        place = int(generator.choice([generator.integers(len(data)), near, len(data) - 1 - near]))
        size = int(generator.integers(1, 17))
        kind = generator.integers(4)
        if kind < 2:
            data[place] = int(generator.choice([0, 1, 127, 128, 255, generator.integers(256)]))
        elif kind == 2:
            data[place : place + size] = bytes(len(data[place : place + size]))
        else:
            del data[place : place + size]
    return bytes(data) if bytes(data) != good else good[:-1]


def _changed(generator: Generator, value: Any) -> Any:
    """The JSON value with one thing in it changed."""
    strange = [None, True, -1, 0, 1e308, 10**400, "", "\0\n", [], {}, [[]], "no", 113, float("nan")]
    if isinstance(value, dict) and value and generator.random() < 0.9:
        key = str(generator.choice(sorted(value)))
        if generator.random() < 0.15:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: _changed(generator, value[key])}
    if isinstance(value, list) and value and generator.random() < 0.7:
        place = int(generator.integers(len(value)))
        return [*value[:place], _changed(generator, value[place]), *value[place + 1 :]]
    return strange[generator.integers(len(strange))]


def main() -> None:
    """Run the cases and write their outcomes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, type=Path, help="a good .tflite file")
    parser.add_argument("--count", type=int, default=10000, help="cases (10000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="also write the outcomes there")
    args = parser.parse_args()
    outcomes = fuzz(args.model.resolve(), args.count, args.seed)
    result = {"cases": args.count, "seed": args.seed, "outcomes": outcomes}
    print(json.dumps(result, indent=2))
    if args.json:
        with replacing(args.json) as temporary:
            text = json.dumps({**result, "provenance": provenance()}, indent=2)
            temporary.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
