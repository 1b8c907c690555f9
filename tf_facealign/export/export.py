"""From a trained model to a verified TFLite file."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from tf_facealign import __version__
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.export.crops import crops_of, evenly
from tf_facealign.export.quantization import INTEGER_VARIANTS, check_variant, quantize
from tf_facealign.export.tflite import BATCH, SINGLE, convert
from tf_facealign.export.verification import Verification
from tf_facealign.export.verify import verify
from tf_facealign.files import replacing
from tf_facealign.model_spec import ModelSpec, embed_spec, read_spec
from tf_facealign.models.loading import load_model

CALIBRATION_FACES = 300


@dataclass(frozen=True)
class Options:
    """How to convert a model.

    Attributes:
        variant: one of `quantization.VARIANTS`.
        batch: above 1, a second signature takes that many crops.
        calibration: training faces, for int8; at most `CALIBRATION_FACES` are used.
        force: write the file even if it fails verification.
        licence: licence of the weights; empty: that of the model's spec.
        training_data: what it was trained on; empty: as the model's spec says.
    """

    variant: str = "float32"
    batch: int = 1
    calibration: Sequence[FaceSample] = ()
    force: bool = False
    licence: str = ""
    training_data: str = ""


def export(
    model_path: str | Path,
    output_path: str | Path,
    options: Options,
    faces: Sequence[FaceSample],
    dataset: str,
) -> Verification:
    """Convert a trained `.keras` file, verify the result and write it with its spec.

    Args:
        model_path: written by training.
        output_path: a `.tflite` file; appears whole or not at all.
        options: how.
        faces: what it is verified on, with landmarks of the model's scheme.
        dataset: what these faces are called, such as "300w lfpw_test"; its first word says how
            their NME is normalised.

    Raises:
        BadInput: the model is missing, damaged or without a spec, an option does not fit, the
            output cannot be written, or the result fails verification.
    """
    if Path(output_path).suffix != ".tflite":
        raise BadInput(f"{output_path}: the name of a TFLite file ends in .tflite")
    if keras.backend.backend() != "tensorflow":
        raise BadInput("export needs KERAS_BACKEND=tensorflow")
    if options.batch < 1:
        raise BadInput(f"a batch of {options.batch} is no batch")
    check_variant(options.variant, calibrated=bool(options.calibration))
    spec, aligner = read_spec(model_path), load_model(model_path)
    integers = options.variant in INTEGER_VARIANTS
    content = convert(aligner, options.batch, depthwise=not integers)
    content = quantize(content, options.variant, _samples(options, spec))
    found = verify(content, aligner, spec, options.variant, faces, dataset.split(" ")[0])
    if found.failed and not options.force:
        raise BadInput(f"{output_path}: not written: {options.variant} fails {_words(found)}")
    _write(Path(output_path), content, _spec(spec, options, found, dataset))
    return found


def _samples(options: Options, spec: ModelSpec) -> dict[str, NDArray[np.float32]]:
    """Calibration images of each signature, in batches of its own size."""
    if not options.calibration or options.variant != "int8":
        return {}
    crops = crops_of(evenly(options.calibration, CALIBRATION_FACES), spec).astype(np.float32)
    samples = {SINGLE: crops[:, None]}
    if options.batch > 1:
        whole = -(-len(crops) // options.batch)
        samples[BATCH] = np.resize(crops, (whole, options.batch, *crops.shape[1:]))
    return samples


def _words(found: Verification) -> str:
    return "; ".join(f"{gate.name}: {gate.detail}" for gate in found.failed)


def _spec(spec: ModelSpec, options: Options, found: Verification, dataset: str) -> ModelSpec:
    return dataclasses.replace(
        spec,
        training_data=options.training_data or spec.training_data,
        licence=options.licence or spec.licence,
        nme_percent={dataset: round(found.nme_percent, 4)},
        variant=options.variant,
        made_by=f"tf_facealign {__version__}",
    )


def _write(path: Path, content: bytes, spec: ModelSpec) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)
        embed_spec(temporary, spec)
