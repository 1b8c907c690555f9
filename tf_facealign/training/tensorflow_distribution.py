"""Several devices on the TensorFlow backend, by `tf.distribute` through `model.fit`."""

import functools
import json
import os
from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from tf_facealign.data.replicas import Replicas
from tf_facealign.errors import BadInput
from tf_facealign.models.branches import leaves
from tf_facealign.training.distribution import Distribution


class Mirrored(Distribution):
    """All GPUs of this machine; without any, its logical CPU devices."""

    def __init__(self, strategy: tf.distribute.Strategy | None = None):
        devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
        self._strategy = strategy or tf.distribute.MirroredStrategy([d.name for d in devices])
        total = self._strategy.num_replicas_in_sync
        self.replicas = Replicas(total, first=0, here=total, joined=False)

    def make(self, build: Callable[[], keras.Model]) -> keras.Model:
        """As of `Distribution`; batch norms see the whole batch, as on one device."""
        with self._strategy.scope():
            model = build()
        for _, layer in leaves(model.get_layer("gregnet")):
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = True
        return model

    def feed(self, batches: tf.data.Dataset) -> tf.distribute.DistributedDataset:
        return self._strategy.distribute_datasets_from_function(lambda _: batches)


class Workers(Mirrored):
    """All devices of all workers that the environment variable TF_CONFIG names.

    Raises:
        BadInput: TF_CONFIG is missing or wrong.
    """

    is_shared = True

    def __init__(self):
        count, index = read_cluster(os.environ.get("TF_CONFIG", ""))
        super().__init__(tf.distribute.MultiWorkerMirroredStrategy())
        here = self.replicas.total // count
        self.replicas = Replicas(self.replicas.total, index * here, here, joined=False)
        self.is_chief = index == 0

    def make(self, build: Callable[[], keras.Model]) -> keras.Model:
        """Mend what keeps Keras 3 from several workers: github.com/keras-team/keras/issues/20585.

        It averages the logs of a step along their first axis, of which they have none, and builds
        the model's metrics from a batch that it cannot average either.
        """
        model = super().make(build)
        model.train_step = _as_vectors(model.train_step)
        model.test_step = _as_vectors(model.test_step)
        model._maybe_symbolic_build = functools.partial(self._build, model)
        return model

    def agree(self, number: int, on: str) -> None:
        here = self.replicas.here
        mine = self._strategy.experimental_distribute_values_from_function(
            lambda _: tf.constant([number], tf.int64)
        )
        numbers = self._strategy.gather(mine, axis=0).numpy()
        if len(set(numbers)) > 1:
            raise BadInput(f"the workers differ in {on}: {numbers[::here].tolist()}")

    def _build(self, model: keras.Model, iterator=None, data_batch=None) -> None:
        *_, batches = next(iter(iterator))
        first_of = self._strategy.experimental_local_results
        batch = keras.tree.map_structure(lambda value: first_of(value)[0], next(batches))
        with self._strategy.scope():
            model._symbolic_build(data_batch=batch)


def _as_vectors(step: Callable[[object], Mapping[str, tf.Tensor]]):
    def vectors(data: object) -> dict[str, tf.Tensor]:
        return {name: tf.reshape(value, (1,)) for name, value in step(data).items()}

    return vectors


def read_cluster(text: str) -> tuple[int, int]:
    """How many workers TF_CONFIG names, and which of them this is, from 0.

    Raises:
        BadInput: it is empty, or not what TensorFlow expects of workers.
    """
    if not text:
        raise BadInput(
            "--strategy multiworker: set TF_CONFIG to "
            '{"cluster": {"worker": ["HOST:PORT", ...]}, "task": {"type": "worker", "index": 0}}'
        )
    try:
        tree = json.loads(text)
        workers, task = tree["cluster"]["worker"], tree["task"]
        count, kind, index = len(workers), task["type"], int(task["index"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"TF_CONFIG: not as TensorFlow expects it ({error!r})") from None
    if set(tree["cluster"]) != {"worker"} or kind != "worker" or not 0 <= index < count:
        raise BadInput(f"TF_CONFIG: expected workers only, and one of {count}: {text}")
    return count, index
