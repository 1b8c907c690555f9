"""The error of a stage as Keras metrics, for the log and for choosing the best epoch."""

import keras
import numpy as np
from keras import ops

from tf_facealign.face_crop import CROP_SIZE


@keras.saving.register_keras_serializable(package="facealign")
class StageNME(keras.metrics.Mean):
    """Mean over faces of the mean point error over the normaliser's distance, in percent.

    The published figures come from `metrics.nme`, in float64 and pixels of the image; a test holds
    the two together. A square crop keeps the ratio, so unit coordinates do.

    Args:
        groups: two tuples of landmark indices; the distance is between their mean points
            (`LandmarkScheme.normalizers`).
    """

    def __init__(self, groups, name="nme", **kwargs):
        super().__init__(name=name, **kwargs)
        self.groups = tuple(tuple(group) for group in groups)

    def update_state(self, y_true, y_pred, sample_weight=None):
        first, second = (
            ops.mean(ops.take(y_true, np.array(g), axis=1), axis=1) for g in self.groups
        )
        errors = _mean_error(y_true, y_pred)
        return super().update_state(100 * errors / ops.norm(first - second, axis=-1), sample_weight)

    def get_config(self):
        return {**super().get_config(), "groups": self.groups}


@keras.saving.register_keras_serializable(package="facealign")
class ErrorPx(keras.metrics.Mean):
    """Mean point error of the faces, in pixels of the crop."""

    def __init__(self, name="error_px", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(CROP_SIZE * _mean_error(y_true, y_pred), sample_weight)


def _mean_error(y_true, y_pred):
    """(B,) mean over the landmarks, in unit coordinates."""
    return ops.mean(ops.norm(y_pred - y_true, axis=-1), axis=-1)
