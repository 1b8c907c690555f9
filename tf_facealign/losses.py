"""Losses between shapes.

A model speaks unit coordinates; a loss measures errors in pixels of the 112-pixel crop, so that its
constants mean what they mean in the papers. Both average over landmarks and coordinates.
"""

import math

import keras
from keras import ops

from tf_facealign.face_crop import CROP_SIZE


@keras.saving.register_keras_serializable(package="facealign")
class L2Loss(keras.losses.Loss):
    """The paper's loss, section 3.5: mean of d² over all coordinates, d in crop pixels.

    With S^(t-1) held constant, ‖ΔS − ΔS*‖² = ‖S − S*‖², so the same loss on every shape of the
    cascade is Eq. 6.
    """

    def __init__(self, name="l2", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        return ops.mean(ops.square(_error_px(y_true, y_pred)), axis=(1, 2))


@keras.saving.register_keras_serializable(package="facealign")
class WingLoss(keras.losses.Loss):
    """Wing loss: w·ln(1 + |d|/ε) below w pixels, |d| − C above, C making it continuous.

    Small errors keep a gradient that ℓ² loses.

    Reference:
        Feng et al., "Wing Loss for Robust Facial Landmark Localisation with Convolutional Neural
        Networks", CVPR 2018, Eq. 5; w = 10, ε = 2 as there.
    """

    def __init__(self, w=10.0, epsilon=2.0, name="wing", **kwargs):
        super().__init__(name=name, **kwargs)
        self.w = w
        self.epsilon = epsilon

    def call(self, y_true, y_pred):
        error = ops.abs(_error_px(y_true, y_pred))
        # min() keeps the logarithm's gradient finite where the other branch is taken.
        curved = self.w * ops.log1p(ops.minimum(error, self.w) / self.epsilon)
        offset = self.w - self.w * math.log1p(self.w / self.epsilon)
        return ops.mean(ops.where(error < self.w, curved, error - offset), axis=(1, 2))

    def get_config(self):
        return {**super().get_config(), "w": self.w, "epsilon": self.epsilon}


@keras.saving.register_keras_serializable(package="facealign")
class SoftWingLoss(keras.losses.Loss):
    """SoftWing loss: |d| below ω₁ pixels, ω₂·ln(1 + |d|/ε) + C above, C making it continuous.

    Wing loss turned round: small errors, which annotators make as well, weigh as in ℓ¹, and large
    ones less than that.

    Reference:
        Lin et al., "Structure-Coherent Deep Feature Learning for Robust Face Alignment", TIP 2021,
        with its constants ω₁ = 2, ω₂ = 20, ε = 0.5.
    """

    def __init__(self, omega_1=2.0, omega_2=20.0, epsilon=0.5, name="soft_wing", **kwargs):
        super().__init__(name=name, **kwargs)
        self.omega_1 = omega_1
        self.omega_2 = omega_2
        self.epsilon = epsilon

    def call(self, y_true, y_pred):
        error = ops.abs(_error_px(y_true, y_pred))
        offset = self.omega_1 - self.omega_2 * math.log1p(self.omega_1 / self.epsilon)
        curved = self.omega_2 * ops.log1p(error / self.epsilon) + offset
        return ops.mean(ops.where(error < self.omega_1, error, curved), axis=(1, 2))

    def get_config(self):
        constants = {"omega_1": self.omega_1, "omega_2": self.omega_2, "epsilon": self.epsilon}
        return {**super().get_config(), **constants}


LOSSES = {"l2": L2Loss, "wing": WingLoss, "soft_wing": SoftWingLoss}


def _error_px(y_true, y_pred):
    return (y_pred - ops.cast(y_true, y_pred.dtype)) * CROP_SIZE
