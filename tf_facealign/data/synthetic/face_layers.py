"""The face itself, on its skin: nose, eyes, mouth."""

import numpy as np

from tf_facealign.data.synthetic.canvas import Array, Canvas, Image, ellipse
from tf_facealign.data.synthetic.features import JAW_STEPS, SIDES
from tf_facealign.data.synthetic.painter import Painter
from tf_facealign.data.synthetic.skin import lit_skin


def skin(painter: Painter) -> None:
    """Paints the lit surface of the face inside its visible edge."""
    paint = lit_skin(painter.head, painter.look, painter.px, painter.size, painter.rng)
    # The forehead fades into hair or skull; the jaw is sharp, landmarks lie on it.
    jaw, forehead = painter.rim_px[: JAW_STEPS + 1], painter.rim_px[JAW_STEPS + 1 :]
    middle = 0.5 * (jaw[0] + jaw[-1])
    upper = np.vstack([jaw[-1:], forehead, jaw[:1]])
    painter.canvas.fill(paint, upper, soft_px=0.03 * painter.scale)
    within = middle + 0.94 * (forehead - middle)
    painter.canvas.fill(paint, np.concatenate([jaw, within]))


def nose(painter: Painter) -> None:
    """Paints what light alone does not show: nostrils and creases."""
    canvas, dark, scale = painter.canvas, painter.shade(0.35), painter.scale
    soft = 0.015 * scale
    underside, wings = painter.both("nose_underside"), painter.both("nose_wing")
    canvas.stroke(dark, 0.035 * scale, *underside, opacity=0.55, soft_px=soft)
    canvas.stroke(dark, 0.03 * scale, *wings, opacity=0.45, soft_px=soft)
    canvas.fill(dark * 0.5, *_nostrils(painter), opacity=0.85, soft_px=0.5)
    depth = 0.15 + 0.2 * max(0.0, painter.head.anatomy.smile)
    folds = painter.both("cheek_fold")
    canvas.stroke(dark, 0.03 * scale, *folds, opacity=depth, soft_px=0.03 * scale)


def _nostrils(painter: Painter) -> list[Array]:
    anatomy = painter.head.anatomy
    radii = painter.scale * np.array([0.32 * anatomy.nose_width, 0.035])
    return [
        ellipse(painter.curves[prefix + "nostril"][0], radii)
        for prefix, side in SIDES.items()
        if side * anatomy.yaw_degrees < 32  # beyond, the tip hides the far one
    ]


def eyes(painter: Painter) -> None:
    """Paints lids, lashes and, through the opening of the lids, the eyeballs."""
    canvas, scale = painter.canvas, painter.scale
    crease, lash = painter.shade(0.45), (28.0, 20.0, 18.0)
    canvas.stroke(crease, 0.025 * scale, *painter.both("lid_crease"), opacity=0.5, soft_px=0.6)
    openings = [
        painter.curves[prefix + "eye_opening"]
        for prefix, side in SIDES.items()
        if painter.head.anatomy.openness(side) > 0.05
    ]
    if openings:
        canvas.fill(_eyeballs(painter), *openings)
    canvas.stroke(crease, 0.012 * scale, *painter.both("lower_lid"), opacity=0.7)
    canvas.stroke(lash, 0.022 * scale, *painter.both("upper_lid"), opacity=0.9)
    brow = 0.65 * np.array(painter.look.hair) + painter.shade(0.08)
    canvas.fill(brow, *painter.both("brow"), opacity=0.85, soft_px=0.3)


def _eyeballs(painter: Painter) -> Image:
    """A picture of eyeballs all over, irises where they belong."""
    scale, anatomy = painter.scale, painter.head.anatomy
    white = np.array([232.0, 227.0, 223.0])
    balls = Canvas(painter.size, white * min(painter.look.tone(painter.light[2] + 0.2), 1.05))
    squeeze = max(0.6, np.cos(np.deg2rad(anatomy.yaw_degrees)))
    radii = anatomy.iris_radius * scale * np.array([squeeze, 1.0])
    pupils = [pupil[0] for pupil in painter.both("pupil")]
    _irises(balls, pupils, radii, np.array(painter.look.iris))
    shadows = painter.both("upper_lid")
    balls.stroke((20, 14, 12), 0.05 * scale, *shadows, opacity=0.5, soft_px=0.025 * scale)
    glints = [
        ellipse(pupil + 0.5 * painter.light[:2] * radii, [0.02 * scale] * 2) for pupil in pupils
    ]
    balls.fill((250.0, 250.0, 250.0), *glints, opacity=0.9, soft_px=0.3)
    return balls.pixels


def _irises(balls: Canvas, pupils: list[Array], radii: Array, colour: Array) -> None:
    def discs(size: float) -> list[Array]:
        return [ellipse(pupil, size * radii) for pupil in pupils]

    balls.fill(colour * 0.5, *discs(1.0), soft_px=0.3)
    balls.fill(colour, *discs(0.82), soft_px=0.4)
    balls.fill((12.0, 10.0, 10.0), *discs(0.42), soft_px=0.2)


def mouth(painter: Painter) -> None:
    """Paints the lips and what is between them."""
    canvas, curves, scale = painter.canvas, painter.curves, painter.scale
    lips = np.minimum(np.array(painter.look.lips) * painter.look.tone(painter.light[2]), 250)
    canvas.fill(lips, curves["lips"])
    canvas.fill(lips * 0.8, curves["upper_lip"], opacity=0.8)
    shine, soft = np.minimum(lips * 1.35 + 15, 255), 0.025 * scale
    canvas.stroke(shine, 0.04 * scale, curves["lip_shine"], opacity=0.4, soft_px=soft)
    if painter.head.anatomy.mouth_open > 0:
        canvas.fill(_inside_mouth(painter), curves["mouth_opening"])
    canvas.stroke(lips * 0.3, 0.02 * scale, curves["seam"], opacity=0.8, soft_px=0.3)


def _inside_mouth(painter: Painter) -> Image:
    inside = Canvas(painter.size, (58.0, 18.0, 20.0))
    inside.fill((225.0, 216.0, 202.0), painter.curves["teeth"], opacity=0.95, soft_px=0.4)
    inside.fill((170.0, 80.0, 80.0), painter.curves["tongue"], opacity=0.8, soft_px=1.5)
    return inside.pixels
