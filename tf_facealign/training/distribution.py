"""Training one model on several devices, of one machine or of several."""

import zlib
from collections.abc import Callable
from typing import Any

import keras

from tf_facealign.config import Config
from tf_facealign.data.replicas import ALONE, Replicas
from tf_facealign.errors import BadInput

STRATEGIES = ("mirrored", "multiworker")
"""All devices of this machine; those of all workers that TF_CONFIG names."""


class Distribution:
    """One process on one device; the base of the others.

    Attributes:
        replicas: of the model, and those of this process.
        is_chief: whether this process writes the files of the run.
        is_shared: whether other processes work on the same run.
    """

    replicas: Replicas = ALONE
    is_chief = True
    is_shared = False

    def make(self, build: Callable[[], keras.Model]) -> keras.Model:
        """The compiled model that `build` makes, such that it can be trained here."""
        return build()

    def feed(self, batches: Any) -> Any:
        """Batches made for `replicas`, as `fit` takes them."""
        return batches

    def agree(self, number: int, on: str) -> None:
        """Wait for the other processes.

        Args:
            number: must be the same in all of them.
            on: what it stands for.

        Raises:
            BadInput: it is not.
        """


def checksum(model: keras.Model) -> int:
    """CRC-32 of all weights."""
    crc = 0
    for weight in model.get_weights():
        crc = zlib.crc32(weight.tobytes(), crc)
    return crc


def join(strategy: str | None) -> Distribution:
    """Take possession of the devices; with several workers, meet the others.

    Args:
        strategy: one of `STRATEGIES`; None for one device.

    Raises:
        BadInput: the backend cannot do that, or TF_CONFIG is missing or wrong.
    """
    if strategy is None:
        return Distribution()
    backend = keras.backend.backend()
    starters: dict[tuple[str, str], Callable[[], Distribution]] = {
        ("tensorflow", "mirrored"): _tensorflow_mirrored,
        ("tensorflow", "multiworker"): _tensorflow_workers,
        ("jax", "mirrored"): _jax_devices,
    }
    if (backend, strategy) not in starters:
        possible = ", ".join(f"{s} with KERAS_BACKEND={b}" for b, s in starters)
        raise BadInput(f"--strategy {strategy} is not for the {backend} backend; use {possible}")
    return starters[backend, strategy]()


def check(config: Config, replicas: Replicas) -> None:
    """Whether the phases can be trained on that many devices.

    Raises:
        BadInput: a batch cannot be divided among them, or Keras cannot accumulate on them.
    """
    for name in ("phase_one", "phase_two"):
        phase = getattr(config, name)
        if phase.batch_size % replicas.total:
            raise BadInput(
                f"{name}.batch_size={phase.batch_size} cannot be divided among {replicas.total} "
                f"devices"
            )
        if phase.accumulate > 1 and not replicas.joined:
            raise BadInput(
                f"{name}.accumulate={phase.accumulate} needs one device, or the JAX backend: on "
                f"several, TensorFlow cannot accumulate gradients"
            )


def _tensorflow_mirrored() -> Distribution:
    from tf_facealign.training.tensorflow_distribution import Mirrored

    return Mirrored()


def _tensorflow_workers() -> Distribution:
    from tf_facealign.training.tensorflow_distribution import Workers

    return Workers()


def _jax_devices() -> Distribution:
    from tf_facealign.training.jax_distribution import JaxDevices

    return JaxDevices()
