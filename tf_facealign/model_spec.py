"""What must travel with a model: how to cut its input and what its output means.

The spec is the entry `model_spec.json` of the model file itself. A `.keras` file is a zip archive;
a `.tflite` file takes a zip archive at its end (the "associated files" of TFLite metadata). So one
file is enough, and a model and its spec cannot part.
"""

import dataclasses
import json
import lzma
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tf_facealign.benchmark_schemes import SCHEMES
from tf_facealign.errors import BadInput
from tf_facealign.scheme_file import scheme_from_definition

ENTRY = "model_spec.json"

# All that zipfile and json raise on damaged bytes.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(KeyError, ValueError, OSError, EOFError, RuntimeError),
)
_LARGEST_PADDING = 10
"""Shares of the box; below -0.5 on two sides nothing is left of it."""
_LONGEST_SPEC = 2**20
"""Bytes; ours are thousands. A longer one would be unpacked into memory on its word alone."""


@dataclass(frozen=True)
class ModelSpec:
    """How to use a model.

    Attributes:
        name: a short name, such as "300w".
        scheme: the landmark scheme of its output: the name of a known one, or the definition of
            another (`benchmark_schemes.carried_scheme`); `get_scheme` takes both.
        input_size: side of the square RGB crop in pixels; values 0..255.
        padding: box padding of the crop, shares of the box: left, top, right, bottom.
        training_data: what it was trained on, in words.
        licence: licence of the weights, in words.
        nme_percent: measured error by evaluation set, in percent.
        sha256: hex digest of a `.tflite` file's bytes before the archive; empty in a `.keras` file.
        variant: number format of a `.tflite` file, such as "int8"; empty: not stated.
        made_by: the program and version that wrote the file; empty: not stated.
    """

    name: str
    scheme: str | dict[str, Any]
    input_size: int
    padding: tuple[float, float, float, float]
    training_data: str = ""
    licence: str = ""
    nme_percent: dict[str, float] = dataclasses.field(default_factory=dict)
    sha256: str = ""
    variant: str = ""
    made_by: str = ""


_LATER = {"sha256", "variant", "made_by"}
"""Fields that the first models do not have."""


def embed_spec(model_path: str | Path, spec: ModelSpec) -> None:
    """Add the spec to a model file that has none yet; a `.tflite` file's gets its sha256.

    Raises:
        BadInput: the file is missing or carries a spec already.
    """
    path = Path(model_path)
    if not path.is_file():
        raise BadInput(f"{path}: no such model file")
    if not zipfile.is_zipfile(path):  # as a .keras file is, whose entries have checksums
        spec = dataclasses.replace(spec, sha256=content_sha256(path))
    with zipfile.ZipFile(path, "a") as archive:
        if ENTRY in archive.namelist():
            raise BadInput(f"{path}: it carries a {ENTRY} already")
        archive.writestr(ENTRY, json.dumps(dataclasses.asdict(spec), indent=2))


def read_spec(model_path: str | Path) -> ModelSpec:
    """Read the spec out of a `.keras` or `.tflite` file.

    Raises:
        BadInput: the file is missing, carries no spec, or one that does not fit `ModelSpec`, or its
            content is not the one the spec's sha256 is of.
    """
    path = Path(model_path)
    if not path.is_file():
        raise BadInput(f"{path}: no such model file")
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(ENTRY).file_size > _LONGEST_SPEC:
                raise BadInput(f"{path}: its {ENTRY} is longer than {_LONGEST_SPEC} bytes")
            fields = json.loads(archive.read(ENTRY))
            start = min(entry.header_offset for entry in archive.infolist())
    except BadInput:
        raise
    except _DAMAGED:
        raise BadInput(f"{path}: not a model of ours (it carries no readable {ENTRY})") from None
    spec = _parse(fields, path)
    if start and content_sha256(path, start) != spec.sha256:
        raise BadInput(f"{path}: damaged (its content does not have the sha256 of its {ENTRY})")
    return spec


def content_sha256(model_path: str | Path, size: int = -1) -> str:
    """Hex SHA-256 of a model's content.

    A runtime may crash on damaged content, so it is compared before a runtime sees it.

    Args:
        model_path: the file.
        size: how many of its first bytes are the content; by default all.
    """
    import hashlib  # loads OpenSSL

    with open(model_path, "rb") as file:
        return hashlib.sha256(file.read(size)).hexdigest()


def _parse(fields: Any, path: Path) -> ModelSpec:
    expected = {field.name for field in dataclasses.fields(ModelSpec)}
    if not isinstance(fields, dict) or {*_LATER, *fields} != expected:
        raise BadInput(f"{path}: {ENTRY} must have exactly the keys {', '.join(sorted(expected))}")
    padding, errors = fields["padding"], fields["nme_percent"]
    if not (isinstance(padding, list) and len(padding) == 4 and all(map(_is_number, padding))):
        raise BadInput(f"{path}: {ENTRY}: padding must be four numbers")
    if not all(-0.5 < share <= _LARGEST_PADDING for share in padding):
        raise BadInput(
            f"{path}: {ENTRY}: padding must be above -0.5 and at most {_LARGEST_PADDING}"
        )
    if not (type(fields["input_size"]) is int and fields["input_size"] > 0):
        raise BadInput(f"{path}: {ENTRY}: input_size must be a positive integer")
    if not (isinstance(errors, dict) and all(map(_is_number, errors.values()))):
        raise BadInput(f"{path}: {ENTRY}: nme_percent must map names to numbers")
    for key in ("name", "training_data", "licence", *_LATER):
        if not isinstance(fields.get(key, ""), str):
            raise BadInput(f"{path}: {ENTRY}: {key} must be text")
    _check_scheme(fields["scheme"], f"{path}: {ENTRY}")
    return ModelSpec(**{**fields, "padding": tuple(float(p) for p in padding)})


def _check_scheme(scheme: Any, source: str) -> None:
    """A name must be a known one: a model file must not name other files to read."""
    if not isinstance(scheme, str):
        scheme_from_definition(scheme, f"{source}: scheme")
    elif scheme not in SCHEMES:
        raise BadInput(f"{source}: unknown landmark scheme {scheme!r}; known: {', '.join(SCHEMES)}")


def _is_number(value: Any) -> bool:
    # A bool is an int to Python, but no number to whoever writes a spec; nor is NaN, nor an integer
    # that no float holds.
    return type(value) in (int, float) and abs(value) <= sys.float_info.max
