"""The NME of a stage as a Keras metric, for the log and for choosing the best epoch."""

import keras
import numpy as np
from keras import ops


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
        errors = ops.mean(ops.norm(y_pred - y_true, axis=-1), axis=-1)
        return super().update_state(100 * errors / ops.norm(first - second, axis=-1), sample_weight)

    def get_config(self):
        return {**super().get_config(), "groups": self.groups}
