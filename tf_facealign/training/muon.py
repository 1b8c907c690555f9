"""Muon: steps of convolution kernels with all their directions of equal length."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="facealign")
class ConvMuon(keras.optimizers.Muon):
    """Keras' Muon for convolutional networks.

    The momentum of a kernel, seen as a matrix (all inputs of a window) × (outputs), is replaced by
    the orthogonal matrix nearest to it, so that a step moves rare directions as far as common ones.
    Keras does so for dense layers only. Here it is the other way round: kernels of convolutions
    take Muon's steps; dense layers and refinements, which end in coordinates, depthwise kernels,
    biases and batch norms take AdamW's.

    Reference:
        Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024, which also
        flattens the kernels of convolutions; the length of a step is that of Liu et al., "Muon is
        Scalable for LLM Training", 2025, section 2.2.
    """

    # Keras has no public way to say which variables; setup.cfg holds Keras to one minor version.
    def _should_use_adamw(self, variable):
        return len(variable.shape) != 4 or variable.shape[-1] == 1

    def zeropower_via_newtonschulz5(self, x, steps):
        """Keras' iteration, of which only the small matrices (outputs)² are iterated.

        X ← X·(a + b·XᵀX + c·(XᵀX)²) needs X itself only in the end, and X has up to 9 rows for each
        of theirs.
        """
        matrix = _matrix(x)
        matrix = matrix / (ops.norm(matrix) + 1e-7)
        gram = ops.matmul(ops.transpose(matrix), matrix)
        product = identity = ops.eye(matrix.shape[-1], dtype=matrix.dtype)
        for _ in range(steps):
            square = ops.matmul(gram, gram)
            factor = self.muon_a * identity + self.muon_b * gram + self.muon_c * square
            product = ops.matmul(product, factor)
            gram = ops.matmul(ops.matmul(gram, factor), factor)  # they commute
        return ops.reshape(ops.matmul(matrix, product), x.shape)

    def lr_adjust(self, x):
        return ops.reshape(super().lr_adjust(_matrix(x)), x.shape)


def _matrix(kernel):
    return ops.reshape(kernel, (-1, kernel.shape[-1]))
