"""What must travel with a model: how to cut its input and what its output means.

The spec is the entry `model_spec.json` of the model file itself. A `.keras` file is a zip archive; a `.tflite`
file takes a zip archive at its end (the "associated files" of TFLite metadata). So one file is enough, and a
model and its spec cannot part.
"""

import dataclasses
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tf_facealign.errors import BadInput

ENTRY = "model_spec.json"


@dataclass(frozen=True)
class ModelSpec:
    """How to use a model.

    Attributes:
        name: a short name, such as "300w".
        scheme: name of the landmark scheme of its output.
        input_size: side of the square RGB crop in pixels; values 0..255.
        padding: box padding of the crop, shares of the box: left, top, right, bottom.
        training_data: what it was trained on, in words.
        licence: licence of the weights, in words.
        nme_percent: measured error by evaluation set, in percent.
    """

    name: str
    scheme: str
    input_size: int
    padding: tuple[float, float, float, float]
    training_data: str = ""
    licence: str = ""
    nme_percent: dict[str, float] = dataclasses.field(default_factory=dict)


def embed_spec(model_path: str | Path, spec: ModelSpec) -> None:
    """Add the spec to a model file that has none yet."""
    with zipfile.ZipFile(model_path, "a") as archive:
        archive.writestr(ENTRY, json.dumps(dataclasses.asdict(spec), indent=2))


def read_spec(model_path: str | Path) -> ModelSpec:
    """Read the spec out of a `.keras` or `.tflite` file.

    Raises:
        BadInput: the file is missing, carries no spec, or carries one that does not fit `ModelSpec`.
    """
    path = Path(model_path)
    if not path.is_file():
        raise BadInput(f"{path}: no such model file")
    try:
        with zipfile.ZipFile(path) as archive:
            return _parse(json.loads(archive.read(ENTRY)), path)
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError):
        raise BadInput(f"{path}: not a model of ours (it carries no readable {ENTRY})") from None


def _parse(fields: Any, path: Path) -> ModelSpec:
    expected = {field.name for field in dataclasses.fields(ModelSpec)}
    if not isinstance(fields, dict) or set(fields) != expected:
        raise BadInput(f"{path}: {ENTRY} must have exactly the keys {', '.join(sorted(expected))}")
    padding = fields["padding"]
    if not (isinstance(padding, list) and len(padding) == 4 and all(isinstance(p, int | float) for p in padding)):
        raise BadInput(f"{path}: {ENTRY}: padding must be four numbers")
    if not (isinstance(fields["input_size"], int) and fields["input_size"] > 0):
        raise BadInput(f"{path}: {ENTRY}: input_size must be a positive integer")
    return ModelSpec(**{**fields, "padding": tuple(float(p) for p in padding)})
