"""Whether a TFLite file is what it was converted from: one gate a way to go wrong."""

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from tf_facealign import metrics
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.protocols import get_protocol
from tf_facealign.evaluation.scoring import check_faces, face_distances
from tf_facealign.export.crops import affines_of, crops_of
from tf_facealign.export.operators import ALLOWED, moved, operators_of
from tf_facealign.export.running import (
    Points,
    moved_start,
    predict_keras,
    predict_tflite,
    signatures_of,
    takes,
)
from tf_facealign.export.tflite import BATCH
from tf_facealign.export.verification import LIMITS, Gate, Limits, Verification
from tf_facealign.face_crop import CROP_SIZE, landmarks_to_px
from tf_facealign.model_spec import ModelSpec

FAR_UNIT = 3.0
_MALFORMED = ((1, CROP_SIZE - 1, CROP_SIZE, 3), (1, CROP_SIZE, CROP_SIZE, 1), (0, 0, 0, 3))
_FEW = 16
"""Faces for the gates that need only some."""


def verify(
    content: bytes,
    aligner: keras.Model,
    spec: ModelSpec,
    variant: str,
    faces: Sequence[FaceSample],
    dataset: str = "these faces",
) -> Verification:
    """Compare a TFLite file with the model it was converted from.

    Args:
        content: the file.
        aligner: the model.
        spec: how to cut crops for both.
        variant: which limits apply, a key of `LIMITS`.
        faces: with landmarks of the spec's scheme.
        dataset: where they are from, which says how the NME is normalised.

    Raises:
        BadInput: the variant is unknown, a face does not fit the scheme, or the file is no cascade.
    """
    if variant not in LIMITS:
        raise BadInput(f"unknown variant {variant!r}; known: {', '.join(LIMITS)}")
    limits = LIMITS[variant]
    check_faces(faces, get_scheme(spec.scheme))
    crops = crops_of(faces, spec)
    expected, found = predict_keras(aligner, crops), predict_tflite(content, crops)
    mean, largest = _distances_px(found, expected)
    nme, nme_keras = (_nme_percent(shapes, faces, spec, dataset) for shapes in (found, expected))
    gates = (
        _operators(content),
        _parity("parity", found, expected, limits),
        _nme(nme, nme_keras, limits),
        _far_away(content, aligner, crops[:_FEW], limits),
        _malformed(content),
        *_batch(content, crops, expected, limits),
    )
    return Verification(variant, len(faces), mean, largest, nme, nme_keras, gates)


def _distances_px(found: Points, expected: Points) -> tuple[float, float]:
    distances = np.linalg.norm(found - expected, axis=-1) * CROP_SIZE
    return float(distances.mean()), float(distances.max())


def _nme_percent(
    shapes: Points, faces: Sequence[FaceSample], spec: ModelSpec, dataset: str
) -> float:
    scheme = get_scheme(spec.scheme)
    normalizers = get_protocol(dataset, scheme).normalizers
    if not normalizers:
        raise BadInput(f"nothing to score: no normaliser in the scheme {scheme.name}")
    pairs = zip(shapes, affines_of(faces, spec), strict=True)
    predicted = np.stack([landmarks_to_px(shape, affine) for shape, affine in pairs])
    truth = np.stack([face.landmarks_px for face in faces])
    distances = face_distances(faces, scheme, normalizers[0])
    return float(100 * metrics.nme(truth, predicted, distances).mean())


def _operators(content: bytes) -> Gate:
    others = sorted(operators_of(content) - ALLOWED)
    return Gate("operators", not others, f"others: {', '.join(others)}" if others else "all known")


def _parity(name: str, found: Points, expected: Points, limits: Limits) -> Gate:
    mean, largest = _distances_px(found, expected)
    detail = (
        f"mean {mean:.4f} px, maximum {largest:.3f} px from Keras "
        f"(at most {limits.mean_px:g} and {limits.max_px:g})"
    )
    # A distance that is no number is above every limit.
    return Gate(name, mean <= limits.mean_px and largest <= limits.max_px, detail)


def _nme(nme: float, nme_keras: float, limits: Limits) -> Gate:
    change = 100 * (nme / nme_keras - 1)
    allowed = f"(at most {limits.nme_percent:+g} %)"
    detail = f"{nme:.3f} %, Keras {nme_keras:.3f} %: {change:+.2f} % {allowed}"
    return Gate("nme", change <= limits.nme_percent, detail)


def _far_away(
    content: bytes, aligner: keras.Model, crops: NDArray[np.uint8], limits: Limits
) -> Gate:
    """Whether points far outside the crop are refined as by Keras, and nothing is out of bounds."""
    worst = 0.0
    for offset in (FAR_UNIT, -FAR_UNIT):
        with moved_start(aligner, offset):
            expected = predict_keras(aligner, crops)
        try:
            found = predict_tflite(moved(content, offset), crops)
        except RuntimeError as error:
            return Gate("far_away", False, f"LiteRT cannot run it: {error}")
        mean, _ = _distances_px(found, expected)
        worst = float(np.maximum(worst, mean))  # keeps a value that is no number
    detail = f"mean {worst:.4f} px from Keras (at most {limits.far_px:g})"
    return Gate("far_away", worst <= limits.far_px, detail)


def _malformed(content: bytes) -> Gate:
    taken = [shape for shape in _MALFORMED if takes(content, shape)]
    detail = f"takes images {', '.join(map(str, taken))}" if taken else "other sizes are refused"
    return Gate("malformed_sizes", not taken, detail)


def _batch(
    content: bytes, crops: NDArray[np.uint8], expected: Points, limits: Limits
) -> list[Gate]:
    """The second signature, where there is one."""
    if BATCH not in signatures_of(content):
        return []
    return [_parity("batch", predict_tflite(content, crops, BATCH), expected, limits)]
