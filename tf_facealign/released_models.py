"""The models that come with the package, found by name."""

from pathlib import Path

from tf_facealign.errors import BadInput

FOLDER = Path(__file__).parent / "released"
"""A folder for each model (in the repository `tflite/models`): its card, its files, and their
sha256 in `model_spec.json`."""
DEFAULT_MODEL = "300w-tiny"
DEFAULT_VARIANT = "int8"
"""The fastest of each model's card, and within 1 % of the others' error."""
SUFFIXES = (".tflite", ".keras")
MODEL_HELP = (
    f"a released model ({DEFAULT_MODEL}, {DEFAULT_MODEL}/float16 …), a .tflite or .keras file"
)
"""What `model_file` takes, for command lines."""


def model_file(model: str | Path) -> Path:
    """The file that a name or a path stands for.

    Args:
        model: a path that ends in .tflite or .keras; or the name of a released model, such as
            "300w-tiny" (its int8 file) or "300w-tiny/float16".

    Raises:
        BadInput: there is no such name, or its file is not the one that was released.
    """
    if Path(model).suffix in SUFFIXES:
        return Path(model)
    import json  # the names alone are needed to read a command line

    name, _, variant = str(model).partition("/")
    if name not in released_names():
        raise BadInput(
            f"{model}: neither a .tflite or .keras file nor a released model "
            f"({', '.join(released_names()) or 'there is none'})"
        )
    files = json.loads((FOLDER / name / "model_spec.json").read_text())["sha256"]
    file = f"{variant or DEFAULT_VARIANT}.tflite"
    if file not in files:
        variants = ", ".join(f"{name}/{Path(known).stem}" for known in files)
        raise BadInput(f"{model}: no such variant; there are {variants}")
    return _checked(FOLDER / name / file, files[file])


def released_names() -> list[str]:
    """The names of the released models."""
    return sorted(spec.parent.name for spec in FOLDER.glob("*/model_spec.json"))


def _checked(path: Path, sha256: str) -> Path:
    from tf_facealign.model_spec import content_sha256

    try:
        found = content_sha256(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot read the released model ({error.strerror})") from None
    if found != sha256:
        raise BadInput(f"{path}: not the released file (its sha256 is another)")
    return path
