"""Paints a synthetic face, back to front, from the background to the camera's noise."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.synthetic.behind_layers import background, body, skull
from tf_facealign.data.synthetic.canvas import planes
from tf_facealign.data.synthetic.face_layers import eyes, mouth, nose, skin
from tf_facealign.data.synthetic.front_layers import front_hair, glasses, occluder
from tf_facealign.data.synthetic.head import Head
from tf_facealign.data.synthetic.look import Appearance
from tf_facealign.data.synthetic.painter import Painter, Placement

BACK_TO_FRONT = (
    *(background, body, skull),
    *(skin, nose, eyes, mouth),
    *(front_hair, glasses, occluder),
)


def paint_face(head: Head, look: Appearance, placement: Placement, size: int) -> NDArray[np.uint8]:
    """Paints every layer; → (size, size, 3) uint8 RGB."""
    painter = Painter(head, look, placement, size)
    for layer in BACK_TO_FRONT:
        layer(painter)
    return _photograph(painter)


def _photograph(painter: Painter) -> NDArray[np.uint8]:
    """What lens and sensor make of the canvas."""
    look = painter.look
    image = painter.canvas.pixels * planes(look.tint)
    if look.grey:
        image[:] = (planes((0.299, 0.587, 0.114)) * image).sum(axis=0)
    image = np.ascontiguousarray(image.transpose(1, 2, 0))
    if look.blur_px > 0:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), look.blur_px), np.float32)
    if look.noise > 0:
        noise = painter.rng.standard_normal(image.shape, dtype=np.float32)
        image += np.float32(look.noise) * noise
    return np.clip(image + 0.5, 0, 255).astype(np.uint8)
