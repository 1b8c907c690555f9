"""Face alignment by global regression and cascaded local refinement, for Keras 3 and TFLite.

Importing this package alone loads no TensorFlow and no Keras; what needs them loads them.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_LAZY = {
    "BadInput": "tf_facealign.errors",
    "FaceAligner": "tf_facealign.inference.face_aligner",
    "LandmarkScheme": "tf_facealign.landmark_scheme",
    "ModelSpec": "tf_facealign.model_spec",
    "Padding": "tf_facealign.face_crop",
    "build_aligner": "tf_facealign.models.aligner",
    "build_gregnet": "tf_facealign.models.gregnet",
    "get_scheme": "tf_facealign.benchmark_schemes",
    "read_image": "tf_facealign.images",
}
__all__ = ["__version__", *sorted(_LAZY)]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return __all__
