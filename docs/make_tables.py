"""Writes the tables of the released models from docs/results: python docs/make_tables.py."""

import csv
import json
import re
from pathlib import Path

import yaml

from tf_facealign.released_models import released_names

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs/results"
DETECTORS = ROOT / "docs/detectors.md"
TFLITE = ROOT / "tflite/README.md"
VARIANTS = ("float32", "float16", "dynamic_int8", "int8")
BLOCK = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- /results -->)", re.DOTALL)
RUNTIMES = re.compile(r"(?<=<!-- runtimes -->\n).*?(?=<!-- /runtimes -->)", re.DOTALL)
SYSTEMS = {
    "LiteRT": ("litert", "int8"),
    "ONNX Runtime, every operator": ("onnxruntime", "int8"),
    "ONNX Runtime, convolutions": ("onnxruntime", "int8 convolutions"),
    "OpenVINO, every operator": ("openvino", "int8"),
    "OpenVINO, convolutions": ("openvino", "int8 convolutions"),
}
"""How a runtime is called in the table → its name in the results, and the way to int8."""


def results_table() -> str:
    """A Markdown table with a row for every released model."""
    rows = [
        "| model | width | S⁰ | S¹ | S² | MB | a face | trained in |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in sorted(released_names(), key=megabytes):
        stages = json.loads((RESULTS / f"{name}.json").read_text())["stages"].values()
        costs = json.loads((RESULTS / f"tflite/benchmark_{name}.json").read_text())["models"]
        (int8,) = (cost for file, cost in costs.items() if Path(file).stem == "int8")
        cells = [f"[{name}](tflite/models/{name}/README.md)", _width(name)]
        cells += [f"{stage['lfpw_test']['nme']:.2f}" for stage in stages]
        cells.append(f"{megabytes(name):.1f}")
        cells += [f"{int8['per_face']['1']['wall_ms']['median']:.1f} ms", training(name)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def megabytes(name: str) -> float:
    """Size of the int8 file."""
    found = json.loads((RESULTS / f"tflite/variants/{name}.int8.json").read_text())
    return float(found["bytes"]) / 1e6


def _width(name: str) -> str:
    config = yaml.safe_load((RESULTS / "training" / name / "config.yaml").read_text())
    width, branches = config["model"]["width"], config["model"].get("branches", 1)
    return f"{width:g}" if branches == 1 else f"{branches} × {width / branches:g}"


def training(name: str) -> str:
    """How long a model trained, on what; from its work folder's files."""
    made_by = json.loads((RESULTS / "training" / name / "made_by.json").read_text())
    machine = made_by["machine"].split(",")[0]
    return f"[{minutes(name):.0f} minutes](docs/results/training/{name}), {machine}"


def minutes(name: str) -> float:
    """How long a model trained."""
    with (RESULTS / "training" / name / "history.csv").open(newline="") as file:
        return sum(float(row["seconds"]) for row in csv.DictReader(file)) / 60


def detectors_table() -> str:
    """A Markdown table with a row for every kind of box."""
    result = json.loads((RESULTS / "bench/detectors_300w-tiny.json").read_text())
    rows = [
        "| boxes | faces found | NME of the found | NME of these with the landmarks' box |",
        "| --- | --- | --- | --- |",
    ]
    for boxes, score in result["rows"].items():
        low, high = score["nme_interval"]
        same = score.get("nme_of_same_faces_with_landmarks_box")
        cells = [boxes, f"{score['found_percent']:.1f} %"]
        cells += [f"{score['nme']:.2f} ({low:.2f} to {high:.2f})", f"{same:.2f}" if same else ""]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def detectors() -> str:
    """docs/detectors.md as it should be."""
    return BLOCK.sub(lambda _: detectors_table(), DETECTORS.read_text("utf-8"))


def variants_table() -> str:
    """A Markdown table with a row for every converted model."""
    rows = [
        "| model | variant | MB | NME | Keras | mean distance | largest | faces |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    results = {
        path: json.loads(path.read_text()) for path in (RESULTS / "tflite/variants").glob("*.json")
    }
    order = sorted(results, key=lambda path: _model_and_variant(results[path]))
    for path in order:
        found = results[path]
        link = f"[{found['variant']}](../docs/results/tflite/variants/{path.name})"
        cells = [found["model"], link, f"{found['bytes'] / 1e6:.1f}"]
        cells += [f"{found[key]:.3f} %" for key in ("nme_percent", "nme_keras_percent")]
        cells += [f"{found['mean_px']:.3f} px", f"{found['max_px']:.2f} px"]
        cells.append(f"{found['faces']}, {found['dataset']}")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _model_and_variant(found: dict) -> tuple[str, int]:
    return found["model"], VARIANTS.index(found["variant"])


def runtimes_table() -> str:
    """Milliseconds a face in several runtimes, at two widths; the better graph of each."""
    rows = [
        "| width | runtime, what is int8 | GRegNet float32 | cascade float32 | GRegNet int8 | "
        "cascade int8 | from Keras |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for width, name in (("1", "full"), ("0.25", "quarter")):
        systems = json.loads((RESULTS / f"tflite/runtimes_{name}.json").read_text())["systems"]
        for label, (runtime, int8) in SYSTEMS.items():
            found = [
                _fastest(systems, part, runtime, kind)
                for kind in ("float32", int8)
                for part in ("gregnet", "cascade")
            ]
            cells = [f"{each['wall_ms']['median']:.2f}" for each in found]
            cells.append(f"{found[-1]['deviation_px']:.2f} px")
            rows.append(f"| {' | '.join([width, label, *cells])} |")
    return "\n".join(rows) + "\n"


def _fastest(systems: dict, part: str, runtime: str, kind: str) -> dict:
    found = [
        measured
        for name, measured in systems.items()
        if name.startswith(f"{part}, {runtime}, ") and name.endswith(f", {kind}")
    ]
    return min(found, key=lambda measured: measured["wall_ms"]["median"])


def tflite() -> str:
    """tflite/README.md as it should be."""
    page = BLOCK.sub(lambda _: variants_table(), TFLITE.read_text("utf-8"))
    return RUNTIMES.sub(lambda _: runtimes_table(), page)


def readme() -> str:
    """README.md as it should be."""
    return BLOCK.sub(lambda _: results_table(), (ROOT / "README.md").read_text())


if __name__ == "__main__":
    (ROOT / "README.md").write_text(readme())
    DETECTORS.write_text(detectors(), "utf-8")
    TFLITE.write_text(tflite(), "utf-8")
