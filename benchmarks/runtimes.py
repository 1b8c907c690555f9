"""The same weights in LiteRT, ONNX Runtime and OpenVINO, one thread, in turn.

    python -m benchmarks.runtimes --json docs/results/tflite/runtimes_full.json
    python -m benchmarks.runtimes --model 300w.keras --json docs/results/tflite/runtimes_300w.json

The others get both graphs, that of training and the one made for deployment, and the same crops to
calibrate with as LiteRT; every combination is in the result. Needs the extra `bench`.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks import runtime_models as other
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.export.deployment import Deployment
from tf_facealign.export.quantization import INTEGER_VARIANTS, VARIANTS, quantize
from tf_facealign.export.tflite import SINGLE, convert
from tf_facealign.face_crop import CROP_SIZE, Padding, crop_affine, cut
from tf_facealign.files import replacing
from tf_facealign.inference.benchmark import time_in_turn
from tf_facealign.model_spec import ModelSpec, read_spec
from tf_facealign.models.aligner import build_aligner, set_mean_shape
from tf_facealign.models.loading import load_model
from tf_facealign.provenance import provenance

_PEERS = ("onnxruntime", "openvino", "nncf", "tf2onnx", "onnx")


def main() -> None:
    """Convert, time and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a .keras file; else untrained, of --width")
    parser.add_argument("--width", type=float, default=1.0, help="of an untrained model (1)")
    parser.add_argument("--crops", type=int, default=64, help="drawn faces to calibrate with (64)")
    parser.add_argument("--runs", type=int, default=100, help="timed runs of each system (100)")
    parser.add_argument("--json", type=Path, help="also write the result there")
    args = parser.parse_args()
    model, spec = _model(args.model, args.width)
    with tempfile.TemporaryDirectory() as folder:
        result = compare(model, spec, args.crops, args.runs, Path(folder))
    result["provenance"] = {**provenance(), "peers": {name: _version(name) for name in _PEERS}}
    print(json.dumps(result, indent=2))
    if args.json:
        with replacing(args.json) as temporary:
            temporary.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def compare(
    model: keras.Model, spec: ModelSpec, num_crops: int, runs: int, folder: Path
) -> dict[str, Any]:
    """Time GRegNet alone and the cascade in every runtime: all systems of a part in turn.

    Returns:
        {"systems": {name: {"cpu_ms", "wall_ms", "deviation_px"}}, "missing": {name: reason}}. The
        deviation is the mean distance from Keras over the crops, in pixels of the crop.
    """
    crops = _crops(spec, num_crops)
    systems: dict[str, Any] = {}
    missing: dict[str, str] = {}
    for part, outputs in (("gregnet", ["shape_0"]), ("cascade", sorted(model.output))):
        alone = keras.Model(model.input, {name: model.output[name] for name in outputs})
        calls: dict[str, other.Call] = {}
        for name, build in _systems(alone, part, crops, folder):
            try:
                calls[name] = build()
            except Exception as error:  # a converter that fails is a finding
                missing[name] = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        expected = alone.predict(crops, verbose=0)[outputs[-1]]
        first = {name: _bind(call, crops[:1]) for name, call in calls.items()}
        # The process: OpenVINO's one thread is not the caller's.
        times = time_in_turn(first, runs, time.process_time)
        for name, call in calls.items():
            shapes = np.concatenate([call(crop[None]) for crop in crops])
            distances = np.linalg.norm(shapes - expected, axis=-1) * CROP_SIZE
            systems[name] = {**asdict(times[name]), "deviation_px": float(distances.mean())}
    return {"crops": len(crops), "runs": runs, "systems": systems, "missing": missing}


def _systems(
    model: keras.Model, part: str, crops: other.Images, folder: Path
) -> Iterator[tuple[str, Callable[[], other.Call]]]:
    """Name → what makes the call; the ONNX files of both graphs are written on the way."""
    for variant in VARIANTS:
        yield f"{part}, litert, {variant}", _bind(_litert, model, variant, crops)
    for graph, function in _graphs(model).items():
        path = folder / f"{part}_{graph}.onnx"
        other.write_onnx(function, path)
        ort, ov = (f"{part}, {name}, {graph} graph" for name in ("onnxruntime", "openvino"))
        yield f"{ort}, float32", _bind(other.onnx_runtime, path)
        yield f"{ov}, float32", _bind(other.openvino, str(path))
        for all_operators, words in ((True, "int8"), (False, "int8 convolutions")):
            int8 = path.with_suffix(f".{words}.onnx")
            options = (crops, int8, all_operators)
            yield f"{ort}, {words}", _bind(other.onnx_runtime_int8, path, *options)
            yield f"{ov}, {words}", _bind(other.openvino_int8, path, crops, all_operators)


def _bind(function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return lambda: function(*arguments)


def _litert(model: keras.Model, variant: str, crops: other.Images) -> other.Call:
    content = convert(model, depthwise=variant not in INTEGER_VARIANTS)
    return other.litert(quantize(content, variant, {SINGLE: crops[:, None]}))


def _graphs(model: keras.Model) -> dict[str, Any]:
    """The graph of training and that made for deployment, each of one image."""
    last = max(model.output)
    image = tf.TensorSpec((1, CROP_SIZE, CROP_SIZE, 3), tf.float32, name="image")

    deployment = Deployment(model)
    graphs = {
        "training": lambda image: {last: model(image, training=False)[last]},
        "deployment": lambda image: deployment(image),
    }
    return {name: tf.function(graph, input_signature=[image]) for name, graph in graphs.items()}


def _model(path: Path | None, width: float) -> tuple[keras.Model, ModelSpec]:
    if path:
        model = load_model(path)
        stages = [name for name in model.output if name.startswith("shape_")]
        kept = {name: model.output[name] for name in stages}
        return keras.Model(model.input, kept), read_spec(path)
    if not 0 < width <= 1:
        raise BadInput(f"--width must be above 0 and at most 1, not {width}")
    scheme = get_scheme("wflw98")
    model = build_aligner(scheme.num_landmarks, width=width)
    rng = np.random.default_rng(0)
    set_mean_shape(model, rng.uniform(0, 1, (scheme.num_landmarks, 2)))
    for weight in model.weights:  # those are zero in an untrained model
        if weight.path.endswith("dense_kernel"):
            weight.assign(rng.normal(0, 0.1, weight.shape))
    return model, ModelSpec(f"untrained, width {width:g}", scheme.name, CROP_SIZE, (0.1,) * 4)


def _crops(spec: ModelSpec, count: int) -> other.Images:
    faces = synthetic_faces(count, get_scheme(spec.scheme))
    padding = Padding(*spec.padding)
    cuts = [cut(face.image_rgb(), crop_affine(face.box_px, padding)) for face in faces]
    return np.stack(cuts).astype(np.float32)


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    main()
