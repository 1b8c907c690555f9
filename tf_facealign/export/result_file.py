"""What was found about a TFLite file, as JSON for docs/results/tflite/variants."""

import json
from dataclasses import asdict
from pathlib import Path

from tf_facealign.export.verification import Verification
from tf_facealign.files import replacing
from tf_facealign.model_spec import read_spec
from tf_facealign.provenance import provenance


def write_result(path: Path, model_path: str | Path, found: Verification, dataset: str) -> None:
    """Write the verification of a file, its size in bytes, and what made it.

    Raises:
        BadInput: the model has no spec, or the file cannot be written.
    """
    spec = read_spec(model_path)
    content = {
        "model": spec.name,
        "dataset": dataset,
        "bytes": Path(model_path).stat().st_size,
        "sha256": spec.sha256,
        **asdict(found),
        "made_by": provenance(),
    }
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n")
