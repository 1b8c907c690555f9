"""Several devices of one machine on the JAX backend."""

import keras

from tf_facealign.data.replicas import Replicas
from tf_facealign.training.distribution import Distribution


class JaxDevices(Distribution):
    """Keras' `DataParallel`: the compiler divides each batch, so that nothing else changes.

    Batch norms see the whole batch. More than one process is left out: there every process has to
    take part when Keras reads a variable, hence in every file that only the chief writes.
    """

    def __init__(self):
        devices = keras.distribution.list_devices()
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
        self.replicas = Replicas(total=len(devices), here=len(devices))
