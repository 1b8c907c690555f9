"""What covers the face: hair over the forehead, glasses, a hand or a thing in front of it."""

import numpy as np

from tf_facealign.data.synthetic.anatomy import Anatomy
from tf_facealign.data.synthetic.canvas import CIRCLE, Array, planes
from tf_facealign.data.synthetic.features import JAW_STEPS, SIDES
from tf_facealign.data.synthetic.painter import Painter

_BOX = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])


def front_hair(painter: Painter) -> None:
    """Paints the hair that grows over the forehead."""
    look, light = painter.look, painter.light
    if look.hair_style == "bald":
        return
    line = _hairline(painter)
    forehead = np.concatenate([painter.rim_px[JAW_STEPS:], painter.rim_px[:1]])
    middle = painter.px(np.array([0.0, -0.2, -0.3]))
    outline = np.concatenate([line, middle + 1.06 * (forehead - middle)])
    tone = np.float32(look.tone(light[2] - 0.5 * light[1]))
    strands = tone * (1 + np.float32(0.12) * painter.blotches((8, 60)))
    painter.canvas.fill(strands * planes(look.hair), outline, soft_px=0.8)


def _hairline(painter: Painter) -> Array:
    """Where the hair ends over the forehead, (25, 2) pixels."""
    rng, style = painter.rng, painter.look.hair_style
    height = {"fringe": 0.55, "receding": 1.25}.get(style, 1.0) * painter.look.hairline
    x = np.linspace(-0.93, 0.93, 25)
    droop = 0.6 * np.abs(x) ** 1.5 if style == "receding" else 0.45 * np.abs(x) ** 3
    wave = 0.03 * np.sin(x * rng.uniform(5, 14) + rng.uniform(0, 6))
    y = np.maximum(droop + wave - height, -0.97 * painter.head.anatomy.forehead_height)
    return painter.px(painter.head.lift(np.stack([x, y], axis=-1)))


def glasses(painter: Painter) -> None:
    """Paints spectacles or sunglasses."""
    look, anatomy = painter.look, painter.head.anatomy
    if look.glasses == "none":
        return
    depth = painter.head.lift(np.array([0.0, 0.05]))[2] + 0.05
    rims = [painter.px(rim) for rim in _rims(anatomy, depth)]
    bars = [painter.px(bar) for bar in _bridge_and_temples(anatomy, depth)]
    dark = look.glasses == "dark"
    glass = look.glasses_colour if dark else (230.0, 235.0, 240.0)
    painter.canvas.fill(glass, *rims, opacity=0.93 if dark else 0.08)
    painter.canvas.stroke(look.glasses_colour, 0.035 * painter.scale, *rims, *bars, opacity=0.95)


def _rims(anatomy: Anatomy, depth: float) -> list[Array]:
    ring = np.sign(CIRCLE) * np.abs(CIRCLE) ** 0.7 * [0.31, 0.2]
    ring = np.concatenate([ring, ring[:1]])
    flat = [ring + np.array([side * anatomy.eye_spacing, 0.05]) for side in SIDES.values()]
    return [np.column_stack([rim, depth - 0.25 * rim[:, 0] ** 2]) for rim in flat]


def _bridge_and_temples(anatomy: Anatomy, depth: float) -> list[Array]:
    bars = [np.array([[-0.14, 0.0, depth], [0.0, -0.03, depth + 0.02], [0.14, 0.0, depth]])]
    for side in SIDES.values():
        if side * anatomy.yaw_degrees < 12:  # beyond, the face hides the far temple
            hinge = [side * (anatomy.eye_spacing + 0.31), 0.0, depth - 0.14]
            bars.append(np.array([hinge, [side * 1.02, 0.02, 0.0]]))
    return bars


def occluder(painter: Painter) -> None:
    """Paints something in front of the face."""
    kind, rng = painter.look.occluder, painter.rng
    if kind == "none":
        return
    spot = painter.px(np.array([0.0, 0.5, 0.7])) + rng.uniform(-1.0, 1.0, 2) * painter.scale
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    {"bar": _bar, "patch": _patch, "hand": _hand}[kind](painter, spot, turn * painter.scale)


def _bar(painter: Painter, spot: Array, axes: Array) -> None:
    colour = painter.muted_colour()
    half = [4.0, painter.rng.uniform(0.08, 0.2)]
    painter.canvas.fill(colour, spot + _BOX * half @ axes)


def _patch(painter: Painter, spot: Array, axes: Array) -> None:
    texture = planes(painter.muted_colour()) + 25 * painter.blotches((20, 20), 3)
    half = painter.rng.uniform(0.25, 0.6, 2)
    painter.canvas.fill(texture, spot + _BOX * half @ axes)


def _hand(painter: Painter, spot: Array, axes: Array) -> None:
    canvas, scale = painter.canvas, painter.scale
    for finger in range(4):
        y = 0.17 * (finger - 1.5)
        line = spot + np.array([[1.2, 1.1 * y], [0.0, y], [-0.05 * finger, 1.05 * y]]) @ axes
        canvas.stroke(painter.shade(0.6), 0.2 * scale, line, soft_px=0.4)
        canvas.stroke(painter.shade(0.9), 0.13 * scale, line, soft_px=0.03 * scale)
    palm = np.array([[0.6, -0.33], [0.6, 0.33], [2.6, 0.3], [2.6, -0.3]])
    canvas.fill(painter.shade(0.8), spot + palm @ axes, soft_px=1.0)
