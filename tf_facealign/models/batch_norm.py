"""Batch norm that trains fast on TensorFlow."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="facealign")
class BatchNorm(layers.BatchNormalization):
    """Keras' batch norm; TensorFlow computes its training step in one kernel.

    Keras builds the step from some twenty operations, and each passes over the features and their
    gradient anew: a third of a training step on a CPU. TensorFlow's own kernel passes over them
    twice, and takes the ReLU that follows along. Weights, results and every other use are Keras':
    other backends, inference, and `synchronized`, which the kernel cannot do.

    Call arguments:
        inputs: (B, H, W, C) float, C last.

    Returns:
        (B, H, W, C), of the same type.
    """

    def call(self, inputs, training=None, mask=None):
        fused = keras.backend.backend() == "tensorflow" and not self.synchronized
        if fused and training and self.trainable:
            return self._normalized_by_tensorflow(inputs)
        return super().call(inputs, training=training, mask=mask)

    def _normalized_by_tensorflow(self, inputs):
        import tensorflow as tf

        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=ops.convert_to_tensor(self.gamma),
            offset=ops.convert_to_tensor(self.beta),
            mean=tf.zeros(0),
            variance=tf.zeros(0),
            epsilon=self.epsilon,
        )
        count = ops.cast(ops.size(inputs) // inputs.shape[-1], "float32")
        # The kernel estimates the population's variance; Keras keeps that of the batch.
        variance = variance * ((count - 1) / count)
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + batch * (1 - self.momentum))
        return outputs
