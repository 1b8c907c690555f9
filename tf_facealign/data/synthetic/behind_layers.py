"""What lies behind the face: the background, neck and shoulders, the skull with its ears."""

import cv2
import numpy as np

from tf_facealign.data.synthetic.canvas import CIRCLE, Array, Image, ellipse, planes
from tf_facealign.data.synthetic.features import SIDES
from tf_facealign.data.synthetic.look import Colour
from tf_facealign.data.synthetic.painter import Painter

NECK = np.array([0.0, 0.9, -0.35])


def background(painter: Painter) -> None:
    """Fills the picture with something that is not a face."""
    kind = painter.look.background
    first, second = planes(painter.muted_colour()), planes(painter.muted_colour())
    painter.canvas.pixels[:] = first
    if kind != "plain":
        _gradient(painter, second - first)
    if kind == "texture":
        _texture(painter)
    if kind == "shapes":
        _shapes(painter)


def _gradient(painter: Painter, difference: Image) -> None:
    steps = np.linspace(-0.5, 0.5, painter.size)
    angle = painter.rng.uniform(0, 2 * np.pi)
    ramp = 0.5 + np.add.outer(steps * np.sin(angle), steps * np.cos(angle))
    painter.canvas.pixels += ramp.astype(np.float32) * difference


def _texture(painter: Painter) -> None:
    cells = int(painter.rng.integers(3, 40))
    contrast = np.float32(painter.rng.uniform(8, 40))
    painter.canvas.pixels += contrast * painter.blotches((cells, cells), 3)


def _shapes(painter: Painter) -> None:
    u = painter.rng.uniform
    for _ in range(5):
        corners = (u(0, 1, 2) + u(-0.4, 0.4, (4, 2))) * painter.size
        painter.canvas.fill(painter.muted_colour(), corners, soft_px=u(0.3, 3))


def body(painter: Painter) -> None:
    """Paints long hair behind, neck and shoulders; they follow the head's roll only in part."""
    look, canvas = painter.look, painter.canvas
    if look.hair_style == "long":
        curtain = [[0.85, -1.5], [1.15, -0.9], [1.25, 0.0], [1.35, 0.9], [1.1, 1.5]]
        canvas.fill(np.array(look.hair) * 0.55, _around_neck(painter, curtain), soft_px=1.5)
    _neck(painter)
    collar = [[3.2, 4.0], [2.6, 1.5], [1.8, 1.12], [0.75, 0.82], [0.35, 1.05]]
    canvas.fill(np.array(look.clothes) * 0.8, _around_neck(painter, collar), soft_px=0.6)


def _neck(painter: Painter) -> None:
    look, scale = painter.look, painter.scale
    neck = _around_neck(painter, [[0.6, -0.4], [0.58, 0.7], [0.85, 1.1]])
    painter.canvas.fill(painter.shade(0.4 + 0.4 * look.ambient), neck, soft_px=0.7)
    throat = painter.px(NECK) + scale * np.array([0.25 * np.sign(painter.light[0]), 1.0])
    glow = ellipse(throat, [0.22 * scale, 0.45 * scale])
    lit = painter.shade(0.9 * look.tone(0.7))
    painter.canvas.fill(lit, glow, opacity=0.6, soft_px=0.13 * scale)


def _around_neck(painter: Painter, half: list[list[float]]) -> Array:
    """A symmetric polygon in pixels, from its image-right half in half face widths."""
    lean = np.deg2rad(0.4 * painter.head.anatomy.roll_degrees)
    tilt = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]]) * painter.scale
    right = np.array(half)
    return painter.px(NECK) + np.concatenate([right * [-1, 1], right[::-1]]) @ tilt


def skull(painter: Painter) -> None:
    """Paints the head behind the face, with hair or without, and the ears."""
    look = painter.look
    bald = look.hair_style == "bald"
    height = painter.head.anatomy.forehead_height + (-0.1 if bald else 0.08)
    axes = np.array([0.98 if bald else 1.08, height, 1.1])
    _ball(painter, np.array([0.0, -0.2, -0.42]), axes, look.skin if bald else look.hair)
    if look.hair_style != "long":
        _ears(painter)


def _ears(painter: Painter) -> None:
    for side in SIDES.values():
        ear = painter.px(np.array([side * 1.03, 0.2, -0.12]))
        tone = painter.look.tone(0.5 + 0.5 * side * painter.light[0])
        ring = CIRCLE @ _seen_axes(painter, np.array([0.1, 0.26, 0.16])).T * painter.scale
        hollow = ear + 0.55 * ring
        painter.canvas.fill(painter.shade(0.85 * tone), ear + ring, soft_px=0.4)
        painter.canvas.fill(painter.shade(0.5 * tone), hollow, opacity=0.6, soft_px=1.0)


def _ball(painter: Painter, centre: Array, axes: Array, colour: Colour) -> None:
    """Paints a shaded ellipsoid with half axes `axes` along the head's own."""
    look, light, size = painter.look, painter.light, painter.size
    half = _seen_axes(painter, axes) * painter.scale
    middle = painter.px(centre)
    steps = np.linspace(1.5, size - 2.5, size // 4)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1)
    normal = (grid - middle) @ np.linalg.inv(half).T
    facing = np.sqrt(np.maximum(0.0, 1 - (normal**2).sum(-1)))
    lit = np.clip(normal @ light[:2] + facing * light[2], 0, 1.1)
    tone = (look.ambient + (1 - look.ambient) * lit).astype(np.float32)
    full = cv2.resize(tone, (size, size), interpolation=cv2.INTER_LINEAR)
    painter.canvas.fill(full * planes(colour), middle + CIRCLE @ half.T, soft_px=0.5)


def _seen_axes(painter: Painter, axes: Array) -> Array:
    """The (2, 2) matrix that makes a circle the edge of an ellipsoid as the camera sees it."""
    turned = painter.head.turn[:2] * axes
    return np.asarray(np.linalg.cholesky(turned @ turned.T))
