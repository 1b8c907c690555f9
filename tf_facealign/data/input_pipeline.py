"""Faces → batches of (image, targets) for `model.fit`, by tf.data.

Training faces come as one endless stream. Item g of it is decided by the seed and g alone: epoch g
// N, its place in that epoch's permutation, and its augmentation. So the stream can start
anywhere (a resumed run sees what an uninterrupted one would have seen) and does not depend on the
number of threads.
"""

import functools
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_facealign import face_crop
from tf_facealign.data.augmentations.augmentation import Augmentation, apply_operations
from tf_facealign.data.cutting_processes import HERE, Batch, CuttingProcesses
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.replicas import ALONE, Replicas
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

Crop = tuple[NDArray[np.uint8], NDArray[np.float32]]

_BAD_SHOWN = 3
_log = logging.getLogger(__name__)


class FaceCrops:
    """Cuts faces into model inputs.

    An input is a crop (112, 112, 3) uint8 with its shape (L, 2) in unit coordinates.

    Args:
        faces: what to cut.
        scheme: gives the flip permutation.
        padding: of the boxes.
        cache: decode all images at once and keep them in memory.
        skip_bad: leave out faces whose image cannot be read, with one warning. Without `cache` all
            images are then decoded once more than needed.

    Attributes:
        num_landmarks: L.
        failure: the last image that tf.data could not read. It turns an exception into an error of
            its own; whoever sees that one finds the cause here.

    Raises:
        BadInput: a face's box has no area, an image that is to be kept cannot be read, or no image
            can be.
    """

    def __init__(
        self,
        faces: Sequence[FaceSample],
        scheme: LandmarkScheme,
        padding: face_crop.Padding,
        cache: bool = True,
        skip_bad: bool = False,
    ) -> None:
        images: dict[FaceSample, NDArray[np.uint8]] = {}
        if cache or skip_bad:
            images, bad = _decode(faces, keep=cache)
            if bad and not skip_bad:
                raise next(iter(bad.values()))
            faces = _without(faces, bad)
        self._images = images
        self._faces = list(faces)
        self._affines = [face_crop.crop_affine(face.box_px, padding) for face in self._faces]
        self._permutation = np.array(scheme.flip_permutation)
        self.num_landmarks = scheme.num_landmarks
        self.failure: BadInput | None = None

    def __len__(self) -> int:
        return len(self._faces)

    @property
    def num_distinct(self) -> int:
        """How many faces there are, each counted once."""
        return len(set(self._faces))

    @property
    def threads(self) -> int:
        """How many threads cut faces fastest.

        Those that decode images work side by side. What cuts decoded ones holds the interpreter's
        lock for the most part, for which a second thread would only wait.
        """
        return 1 if self._images else os.cpu_count() or 1

    def name(self, index: int) -> str:
        """The name of the face."""
        return self._faces[index].name

    def plain(self, index: int) -> Crop:
        """The face as it will be cut for prediction."""
        return self._cut(index, self._affines[index])

    def augmented(self, index: int, augmentation: Augmentation, rng: np.random.Generator) -> Crop:
        """The face at a random placement, with random changes of its pixels."""
        draw = augmentation.sample(rng)
        affine = augmentation.placement.apply(self._affines[index], draw.placement)
        image, shape = self._cut(index, affine)
        if draw.patch:
            step = int(rng.integers(1, max(len(self), 2)))  # to another face, if there is one
            other = (index + step) % len(self)
            image = augmentation.occlusion.apply(image, draw.patch, lambda: self.plain(other)[0])
        image = apply_operations(image, draw.operations)
        return image, shape[self._permutation] if draw.placement.mirrored else shape

    def mean_shape(self) -> NDArray[np.float64]:
        """Mean of the shapes as cut for prediction, (L, 2) in unit coordinates."""
        pairs = zip(self._faces, self._affines, strict=True)
        return np.mean([face_crop.landmarks_to_unit(f.landmarks_px, a) for f, a in pairs], axis=0)

    def _cut(self, index: int, affine: NDArray[np.float64]) -> Crop:
        shape = face_crop.landmarks_to_unit(self._faces[index].landmarks_px, affine)
        return face_crop.cut(self._image(index), affine), shape.astype(np.float32)

    def _image(self, index: int) -> NDArray[np.uint8]:
        face = self._faces[index]
        return self._images[face] if face in self._images else face.image_rgb()


def _decode(
    faces: Sequence[FaceSample], keep: bool
) -> tuple[dict[FaceSample, NDArray[np.uint8]], dict[FaceSample, BadInput]]:
    """Decode every face's image once, however often the face occurs.

    Returns:
        the images, if they are to be kept, and why the others could not be read.
    """
    images: dict[FaceSample, NDArray[np.uint8]] = {}
    bad: dict[FaceSample, BadInput] = {}

    def decode(face: FaceSample) -> None:
        try:
            image = face.image_rgb()
        except BadInput as failure:
            bad[face] = failure
        else:
            if keep:
                images[face] = image

    distinct = dict.fromkeys(faces)
    with ThreadPoolExecutor() as threads:
        list(threads.map(decode, distinct))
    return images, {face: bad[face] for face in distinct if face in bad}


def _without(
    faces: Sequence[FaceSample], bad: Mapping[FaceSample, BadInput]
) -> Sequence[FaceSample]:
    """The faces that are not bad; one warning counts and shows those that are."""
    if not bad:
        return faces
    good = [face for face in faces if face not in bad]
    reasons = [str(failure) for failure in bad.values()]
    if not good:
        raise BadInput(f"none of the {len(bad)} images can be read: {reasons[0]}")
    shown = "; ".join(reasons[:_BAD_SHOWN]) + ("; …" if len(reasons) > _BAD_SHOWN else "")
    _log.warning("%d faces are left out, their images cannot be read: %s", len(bad), shown)
    return good


def training_batches(
    crops: FaceCrops,
    augmentation: Augmentation,
    outputs: Sequence[str],
    batch_size: int,
    seed: int,
    first_batch: int = 0,
    replicas: Replicas = ALONE,
    processes: CuttingProcesses = HERE,
) -> tf.data.Dataset:
    """The endless stream of augmented batches, from batch `first_batch` on.

    Whatever the `replicas`, together they get the same faces in the same order. Whatever the
    `processes`, the batches are the same.

    Yields:
        image (B, 112, 112, 3) float32 in 0..255, and a dict of (B, L, 2) float32, the same target
        for each of the model's `outputs`.
    """
    count = len(crops)

    @functools.lru_cache(maxsize=2)  # items of two epochs are in flight at the seam
    def order(epoch: int) -> NDArray[np.int64]:
        return np.random.default_rng((seed, epoch)).permutation(count)

    def draw(item: np.int64) -> Crop:
        epoch, position = divmod(int(item), count)
        rng = np.random.default_rng((seed, epoch, position))
        return crops.augmented(int(order(epoch)[position]), augmentation, rng)

    items = tf.data.Dataset.range(first_batch * batch_size, np.iinfo(np.int64).max)
    return _batches(items, draw, crops, outputs, batch_size, replicas, processes)


def plain_batches(
    crops: FaceCrops, outputs: Sequence[str], batch_size: int, replicas: Replicas = ALONE
) -> tf.data.Dataset:
    """Every face once, in order, cut as for prediction, in batches like `training_batches`.

    Where the replicas cannot share the faces evenly, the first few come again to fill up. A third
    entry of the batches then holds weights (B,), zero for those, that keep every mean over all
    faces what it is without them.
    """
    count, padded = len(crops), replicas.padded(len(crops))
    items = tf.data.Dataset.range(padded)
    batches = _batches(
        items, lambda item: crops.plain(int(item) % count), crops, outputs, batch_size, replicas
    )
    if padded == count:
        return batches
    weights = items.map(lambda item: tf.where(item < count, padded / count, 0.0))
    weights = _share(weights.batch(batch_size), replicas)
    return tf.data.Dataset.zip(batches, weights).map(lambda faces, weight: (*faces, weight))


def _batches(
    items: tf.data.Dataset,
    draw: Callable[[np.int64], Crop],
    crops: FaceCrops,
    outputs: Sequence[str],
    batch_size: int,
    replicas: Replicas,
    processes: CuttingProcesses = HERE,
) -> tf.data.Dataset:
    size, num_landmarks = face_crop.CROP_SIZE, crops.num_landmarks

    # One call into Python a batch: a call a face costs as much as cutting it.
    def draw_all(batch: NDArray[np.int64]) -> Batch:
        images, shapes = zip(*map(draw, batch), strict=True)
        return np.stack(images), np.stack(shapes)

    run = processes.run(draw_all)

    def drawn(batch: NDArray[np.int64]) -> Batch:
        try:
            return run(batch)
        except BadInput as failure:
            crops.failure = failure
            raise

    def cut(batch: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        images, shapes = tf.numpy_function(drawn, [batch], (tf.uint8, tf.float32))
        images = tf.ensure_shape(images, (None, size, size, 3))
        shapes = tf.ensure_shape(shapes, (None, num_landmarks, 2))
        return tf.cast(images, tf.float32), dict.fromkeys(outputs, shapes)

    batches = _share(items.batch(batch_size), replicas)
    calls = processes.calls or crops.threads
    batches = batches.map(cut, num_parallel_calls=calls, deterministic=True)
    options = tf.data.Options()
    options.autotune.enabled = False  # its thread keeps a process that ends waiting, for seconds
    return batches.prefetch(2).with_options(options)


def _share(batches: tf.data.Dataset, replicas: Replicas) -> tf.data.Dataset:
    """Of batches (B,) the parts that fall to this process."""

    def parts(batch: tf.Tensor) -> tf.Tensor:
        all_parts = tf.reshape(batch, (replicas.total, -1))
        return all_parts[replicas.first : replicas.first + replicas.here]

    if replicas.joined:
        return batches.map(lambda batch: tf.reshape(parts(batch), (-1,)))
    return batches.map(parts).unbatch()
