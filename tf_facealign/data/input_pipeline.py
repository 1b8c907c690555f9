"""Faces → batches of (image, targets) for `model.fit`, by tf.data.

Training faces come as one endless stream. Item g of it is decided by the seed and g alone: epoch g
// N, its place in that epoch's permutation, and its random placement. So the stream can start
anywhere (a resumed run sees what an uninterrupted one would have seen) and does not depend on the
number of threads.
"""

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_facealign import face_crop
from tf_facealign.data.augmentations import RandomPlacement
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

Crop = tuple[NDArray[np.uint8], NDArray[np.float32]]


class FaceCrops:
    """Cuts faces into model inputs.

    An input is a crop (112, 112, 3) uint8 with its shape (L, 2) in unit coordinates.

    Args:
        faces: what to cut.
        scheme: gives the flip permutation.
        padding: of the boxes.
        cache: decode all images at once and keep them in memory.

    Attributes:
        num_landmarks: L.
        failure: the last image that could not be read. tf.data turns an exception into an error of
            its own; whoever sees that one finds the cause here.

    Raises:
        BadInput: a face's box has no area, or (where they are kept) an image cannot be read.
    """

    def __init__(
        self,
        faces: Sequence[FaceSample],
        scheme: LandmarkScheme,
        padding: face_crop.Padding,
        cache: bool = True,
    ) -> None:
        self._faces = list(faces)
        self._affines = [face_crop.crop_affine(face.box_px, padding) for face in self._faces]
        self._permutation = np.array(scheme.flip_permutation)
        self.num_landmarks = scheme.num_landmarks
        self.failure: BadInput | None = None
        self._images: list[NDArray[np.uint8]] = []
        if cache:
            with ThreadPoolExecutor() as threads:
                self._images = list(threads.map(FaceSample.image_rgb, self._faces))

    def __len__(self) -> int:
        return len(self._faces)

    def plain(self, index: int) -> Crop:
        """The face as it will be cut for prediction."""
        return self._cut(index, self._affines[index])

    def augmented(
        self, index: int, augmentation: RandomPlacement, rng: np.random.Generator
    ) -> Crop:
        """The face at a random placement."""
        placement = augmentation.sample(rng)
        image, shape = self._cut(index, augmentation.apply(self._affines[index], placement))
        return image, shape[self._permutation] if placement.mirrored else shape

    def mean_shape(self) -> NDArray[np.float64]:
        """Mean of the shapes as cut for prediction, (L, 2) in unit coordinates."""
        pairs = zip(self._faces, self._affines, strict=True)
        return np.mean([face_crop.landmarks_to_unit(f.landmarks_px, a) for f, a in pairs], axis=0)

    def _cut(self, index: int, affine: NDArray[np.float64]) -> Crop:
        shape = face_crop.landmarks_to_unit(self._faces[index].landmarks_px, affine)
        return face_crop.cut(self._image(index), affine), shape.astype(np.float32)

    def _image(self, index: int) -> NDArray[np.uint8]:
        if self._images:
            return self._images[index]
        try:
            return self._faces[index].image_rgb()
        except BadInput as failure:
            self.failure = failure
            raise


def training_batches(
    crops: FaceCrops,
    augmentation: RandomPlacement,
    num_shapes: int,
    batch_size: int,
    seed: int,
    first_batch: int = 0,
) -> tf.data.Dataset:
    """The endless stream of augmented batches, from batch `first_batch` on.

    Yields:
        image (B, 112, 112, 3) float32 in 0..255, and a dict `shape_0` … of (B, L, 2) float32, the
        same target for each of the `num_shapes` shapes of the cascade.
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
    return _batches(items, draw, crops, num_shapes, batch_size)


def plain_batches(crops: FaceCrops, num_shapes: int, batch_size: int) -> tf.data.Dataset:
    """Every face once, in order, cut as for prediction, in batches like `training_batches`."""
    items = tf.data.Dataset.range(len(crops))
    return _batches(items, lambda item: crops.plain(int(item)), crops, num_shapes, batch_size)


def _batches(
    items: tf.data.Dataset,
    draw: Callable[[np.int64], Crop],
    crops: FaceCrops,
    num_shapes: int,
    batch_size: int,
) -> tf.data.Dataset:
    size = face_crop.CROP_SIZE

    def cut(item: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        image, shape = tf.numpy_function(draw, [item], (tf.uint8, tf.float32))
        return tf.ensure_shape(image, (size, size, 3)), tf.ensure_shape(
            shape, (crops.num_landmarks, 2)
        )

    def targets(image: tf.Tensor, shape: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        return tf.cast(image, tf.float32), {f"shape_{t}": shape for t in range(num_shapes)}

    crops_stream = items.map(cut, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return crops_stream.batch(batch_size).map(targets).prefetch(tf.data.AUTOTUNE)
