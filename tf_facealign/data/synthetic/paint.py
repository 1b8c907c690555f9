"""Paints a synthetic face, back to front, from the background to the camera's noise."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.synthetic.canvas import CIRCLE, Array, Canvas, Image, ellipse, planes
from tf_facealign.data.synthetic.features import JAW_STEPS, SIDES, flat_curves
from tf_facealign.data.synthetic.head import Head
from tf_facealign.data.synthetic.look import Appearance, Colour
from tf_facealign.data.synthetic.skin import lit_skin


@dataclass(frozen=True)
class Placement:
    """Where the head lies in the picture: pixels = plane * scale + shift."""

    scale: float
    shift: Array

    def to_px(self, plane: Array) -> Array:
        """Picture plane (..., 2) in half face widths → pixels, centres on integers."""
        return plane * self.scale + self.shift


class Painter:
    """One picture in the making; each method paints one layer."""

    def __init__(self, head: Head, look: Appearance, placement: Placement, size: int) -> None:
        self.head, self.look, self.placement, self.size = head, look, placement, size
        self.scale = placement.scale
        self.light = look.light_direction
        self.rng = np.random.default_rng(look.texture_seed)
        self.canvas = Canvas(size)
        curves = flat_curves(head.anatomy)
        # One lift for all curves: the surface is costly on many small arrays.
        lifted = self.px(head.lift(np.concatenate(list(curves.values()))))
        ends = np.cumsum([len(curve) for curve in curves.values()])[:-1]
        self.curves = dict(zip(curves, np.split(lifted, ends), strict=True))
        self.rim_px = self.px(head.visible_rim)

    def px(self, points: Array) -> Array:
        """Points of the head (..., 3) → pixels (..., 2)."""
        return self.placement.to_px(self.head.project(points))

    def both(self, name: str) -> list[Array]:
        """A curve of the image-left and the image-right side."""
        return [self.curves[prefix + name] for prefix in SIDES]

    def shade(self, factor: float) -> Array:
        """The skin, darker or lighter."""
        return np.array(self.look.skin) * factor

    def blotches(self, cells: tuple[int, int], channels: int = 1) -> Image:
        """Random smooth noise (channels, size, size), standard deviation about 1."""
        noise = self.rng.standard_normal((channels, *cells), dtype=np.float32)
        size = (self.size, self.size)
        return np.stack([cv2.resize(n, size, interpolation=cv2.INTER_CUBIC) for n in noise])

    def muted_colour(self) -> Array:
        """A random colour, more often greyish than bright."""
        colour = self.rng.uniform(15, 235, 3)
        return np.asarray(colour.mean() + self.rng.uniform(0.1, 0.8) * (colour - colour.mean()))

    def background(self) -> None:
        """Fills the picture with something that is not a face."""
        rng, kind, pixels = self.rng, self.look.background, self.canvas.pixels
        first, second = planes(self.muted_colour()), planes(self.muted_colour())
        pixels[:] = first
        if kind != "plain":
            steps = np.linspace(-0.5, 0.5, self.size)
            angle = rng.uniform(0, 2 * np.pi)
            ramp = 0.5 + np.add.outer(steps * np.sin(angle), steps * np.cos(angle))
            pixels += ramp.astype(np.float32) * (second - first)
        if kind == "texture":
            cells = int(rng.integers(3, 40))
            pixels += np.float32(rng.uniform(8, 40)) * self.blotches((cells, cells), 3)
        if kind == "shapes":
            for _ in range(5):
                corners = (rng.uniform(0, 1, 2) + rng.uniform(-0.4, 0.4, (4, 2))) * self.size
                self.canvas.fill(self.muted_colour(), corners, soft_px=rng.uniform(0.3, 3))

    def body(self) -> None:
        """Paints long hair behind, neck and shoulders; they follow the head's roll only in part."""
        base = self.px(np.array([0.0, 0.9, -0.35]))
        lean = np.deg2rad(0.4 * self.head.anatomy.roll_degrees)
        tilt = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]]) * self.scale

        def at(half: list[list[float]]) -> Array:
            right = np.array(half)
            return base + np.concatenate([right * [-1, 1], right[::-1]]) @ tilt

        if self.look.hair_style == "long":
            curtain = [[0.85, -1.5], [1.15, -0.9], [1.25, 0.0], [1.35, 0.9], [1.1, 1.5]]
            self.canvas.fill(np.array(self.look.hair) * 0.55, at(curtain), soft_px=1.5)
        neck = at([[0.6, -0.4], [0.58, 0.7], [0.85, 1.1]])
        self.canvas.fill(self.shade(0.4 + 0.4 * self.look.ambient), neck, soft_px=0.7)
        throat = base + self.scale * np.array([0.25 * np.sign(self.light[0]), 1.0])
        glow = ellipse(throat, [0.22 * self.scale, 0.45 * self.scale])
        lit = self.shade(0.9 * self.look.tone(0.7))
        self.canvas.fill(lit, glow, opacity=0.6, soft_px=0.13 * self.scale)
        collar = at([[3.2, 4.0], [2.6, 1.5], [1.8, 1.12], [0.75, 0.82], [0.35, 1.05]])
        self.canvas.fill(np.array(self.look.clothes) * 0.8, collar, soft_px=0.6)

    def skull(self) -> None:
        """Paints the head behind the face, with hair or without, and the ears."""
        bald = self.look.hair_style == "bald"
        height = self.head.anatomy.forehead_height + (-0.1 if bald else 0.08)
        axes = np.array([0.98 if bald else 1.08, height, 1.1])
        self._ball(np.array([0.0, -0.2, -0.42]), axes, self.look.skin if bald else self.look.hair)
        if self.look.hair_style == "long":
            return
        for side in SIDES.values():
            ear = self.px(np.array([side * 1.03, 0.2, -0.12]))
            tone = self.look.tone(0.5 + 0.5 * side * self.light[0])
            ring = self._ellipsoid_edge(np.array([0.1, 0.26, 0.16]))
            self.canvas.fill(self.shade(0.85 * tone), ear + ring, soft_px=0.4)
            self.canvas.fill(self.shade(0.5 * tone), ear + 0.55 * ring, opacity=0.6, soft_px=1.0)

    def _ellipsoid_edge(self, axes: Array) -> Array:
        turned = self.head.turn[:2] * axes
        return CIRCLE @ np.linalg.cholesky(turned @ turned.T).T * self.scale

    def _ball(self, centre: Array, axes: Array, colour: Colour) -> None:
        """Paints a shaded ellipsoid with half axes `axes` along the head's own."""
        turned = self.head.turn[:2] * axes
        half = np.linalg.cholesky(turned @ turned.T) * self.scale
        middle = self.px(centre)
        steps = np.linspace(1.5, self.size - 2.5, self.size // 4)
        grid = np.stack(np.meshgrid(steps, steps), axis=-1)
        normal = (grid - middle) @ np.linalg.inv(half).T
        facing = np.sqrt(np.maximum(0.0, 1 - (normal**2).sum(-1)))
        lit = np.clip(normal @ self.light[:2] + facing * self.light[2], 0, 1.1)
        tone = (self.look.ambient + (1 - self.look.ambient) * lit).astype(np.float32)
        full = cv2.resize(tone, (self.size, self.size), interpolation=cv2.INTER_LINEAR)
        self.canvas.fill(full * planes(colour), middle + CIRCLE @ half.T, soft_px=0.5)

    def skin(self) -> None:
        """Paints the lit surface of the face inside its visible edge."""
        paint = lit_skin(self.head, self.look, self.px, self.size, self.rng)
        # The forehead fades into hair or skull; the jaw is sharp, landmarks lie on it.
        jaw, forehead = self.rim_px[: JAW_STEPS + 1], self.rim_px[JAW_STEPS + 1 :]
        middle = 0.5 * (jaw[0] + jaw[-1])
        self.canvas.fill(paint, np.vstack([jaw[-1:], forehead, jaw[:1]]), soft_px=0.03 * self.scale)
        within = middle + 0.94 * (forehead - middle)
        self.canvas.fill(paint, np.concatenate([jaw, within]))

    def nose(self) -> None:
        """Paints what light alone does not show: nostrils and creases."""
        dark, scale, anatomy = self.shade(0.35), self.scale, self.head.anatomy
        soft = 0.015 * scale
        underside = self.both("nose_underside")
        self.canvas.stroke(dark, 0.035 * scale, *underside, opacity=0.55, soft_px=soft)
        self.canvas.stroke(dark, 0.03 * scale, *self.both("nose_wing"), opacity=0.45, soft_px=soft)
        radii = scale * np.array([0.32 * anatomy.nose_width, 0.035])
        holes = [
            ellipse(self.curves[prefix + "nostril"][0], radii)
            for prefix, side in SIDES.items()
            if side * anatomy.yaw_degrees < 32  # beyond, the tip hides the far one
        ]
        self.canvas.fill(dark * 0.5, *holes, opacity=0.85, soft_px=0.5)
        depth = 0.15 + 0.2 * max(0.0, anatomy.smile)
        folds = self.both("cheek_fold")
        self.canvas.stroke(dark, 0.03 * scale, *folds, opacity=depth, soft_px=0.03 * scale)

    def eyes(self) -> None:
        """Paints lids, lashes and, through the opening of the lids, the eyeballs."""
        creases, brows = self.both("lid_crease"), self.both("brow")
        self.canvas.stroke(self.shade(0.45), 0.025 * self.scale, *creases, opacity=0.5, soft_px=0.6)
        open_sides = [p for p, side in SIDES.items() if self.head.anatomy.openness(side) > 0.05]
        if open_sides:
            openings = [self.curves[prefix + "eye_opening"] for prefix in open_sides]
            self.canvas.fill(self._eyeballs(), *openings)
        self.canvas.stroke(
            self.shade(0.45), 0.012 * self.scale, *self.both("lower_lid"), opacity=0.7
        )
        lash = (28.0, 20.0, 18.0)
        self.canvas.stroke(lash, 0.022 * self.scale, *self.both("upper_lid"), opacity=0.9)
        colour = 0.65 * np.array(self.look.hair) + self.shade(0.08)
        self.canvas.fill(colour, *brows, opacity=0.85, soft_px=0.3)

    def _eyeballs(self) -> Image:
        look, scale = self.look, self.scale
        white = np.array([232.0, 227.0, 223.0])
        balls = Canvas(self.size, white * min(look.tone(self.light[2] + 0.2), 1.05))
        pupils = self.both("pupil")
        squeeze = max(0.6, np.cos(np.deg2rad(self.head.anatomy.yaw_degrees)))
        radius = self.head.anatomy.iris_radius * scale * np.array([squeeze, 1.0])

        def discs(size: float) -> list[Array]:
            return [ellipse(pupil[0], size * radius) for pupil in pupils]

        balls.fill(np.array(look.iris) * 0.5, *discs(1.0), soft_px=0.3)
        balls.fill(look.iris, *discs(0.82), soft_px=0.4)
        balls.fill((12.0, 10.0, 10.0), *discs(0.42), soft_px=0.2)
        shadows = self.both("upper_lid")
        balls.stroke((20, 14, 12), 0.05 * scale, *shadows, opacity=0.5, soft_px=0.025 * scale)
        glints = [
            ellipse(pupil[0] + 0.5 * self.light[:2] * radius, [0.02 * scale] * 2)
            for pupil in pupils
        ]
        balls.fill((250.0, 250.0, 250.0), *glints, opacity=0.9, soft_px=0.3)
        return balls.pixels

    def mouth(self) -> None:
        """Paints the lips and what is between them."""
        scale, curves = self.scale, self.curves
        lips = np.minimum(np.array(self.look.lips) * self.look.tone(self.light[2]), 250)
        self.canvas.fill(lips, curves["lips"])
        self.canvas.fill(lips * 0.8, curves["upper_lip"], opacity=0.8)
        shine = np.minimum(lips * 1.35 + 15, 255)
        self.canvas.stroke(
            shine, 0.04 * scale, curves["lip_shine"], opacity=0.4, soft_px=0.025 * scale
        )
        if self.head.anatomy.mouth_open > 0:
            inside = Canvas(self.size, (58.0, 18.0, 20.0))
            inside.fill((225.0, 216.0, 202.0), curves["teeth"], opacity=0.95, soft_px=0.4)
            inside.fill((170.0, 80.0, 80.0), curves["tongue"], opacity=0.8, soft_px=1.5)
            self.canvas.fill(inside.pixels, curves["mouth_opening"])
        self.canvas.stroke(lips * 0.3, 0.02 * scale, curves["seam"], opacity=0.8, soft_px=0.3)

    def front_hair(self) -> None:
        """Paints the hair that grows over the forehead."""
        look, style = self.look, self.look.hair_style
        if style == "bald":
            return
        height = {"fringe": 0.55, "receding": 1.25}.get(style, 1.0) * look.hairline
        x = np.linspace(-0.93, 0.93, 25)
        droop = 0.6 * np.abs(x) ** 1.5 if style == "receding" else 0.45 * np.abs(x) ** 3
        wave = 0.03 * np.sin(x * self.rng.uniform(5, 14) + self.rng.uniform(0, 6))
        y = np.maximum(droop + wave - height, -0.97 * self.head.anatomy.forehead_height)
        line = self.px(self.head.lift(np.stack([x, y], axis=-1)))
        forehead = np.concatenate([self.rim_px[JAW_STEPS:], self.rim_px[:1]])
        middle = self.px(np.array([0.0, -0.2, -0.3]))
        tone = look.tone(self.light[2] - 0.5 * self.light[1])
        strands = np.float32(tone) * (1 + np.float32(0.12) * self.blotches((8, 60)))
        paint = strands * planes(look.hair)
        self.canvas.fill(
            paint, np.concatenate([line, middle + 1.06 * (forehead - middle)]), soft_px=0.8
        )

    def glasses(self) -> None:
        """Paints spectacles or sunglasses."""
        look, anatomy = self.look, self.head.anatomy
        if look.glasses == "none":
            return
        frame, thick = look.glasses_colour, 0.035 * self.scale
        depth = self.head.lift(np.array([0.0, 0.05]))[2] + 0.05
        ring = np.sign(CIRCLE) * np.abs(CIRCLE) ** 0.7 * [0.31, 0.2]
        ring = np.concatenate([ring, ring[:1]])
        lines = [np.array([[-0.14, 0.0, depth], [0.0, -0.03, depth + 0.02], [0.14, 0.0, depth]])]
        for side in SIDES.values():
            rim = ring + np.array([side * anatomy.eye_spacing, 0.05])
            lines.append(np.column_stack([rim, depth - 0.25 * rim[:, 0] ** 2]))
            if side * anatomy.yaw_degrees < 12:  # beyond, the face hides the far temple
                hinge = [side * (anatomy.eye_spacing + 0.31), 0.0, depth - 0.14]
                lines.append(np.array([hinge, [side * 1.02, 0.02, 0.0]]))
        drawn = [self.px(line) for line in lines]
        lenses = [line for line in drawn if len(line) == len(ring)]
        dark = look.glasses == "dark"
        glass = frame if dark else (230.0, 235.0, 240.0)
        self.canvas.fill(glass, *lenses, opacity=0.93 if dark else 0.08)
        self.canvas.stroke(frame, thick, *drawn, opacity=0.95)

    def occluder(self) -> None:
        """Paints something in front of the face."""
        kind, rng = self.look.occluder, self.rng
        if kind == "none":
            return
        spot = self.px(np.array([0.0, 0.5, 0.7])) + rng.uniform(-1.0, 1.0, 2) * self.scale
        angle = rng.uniform(0, 2 * np.pi)
        axes = (
            np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * self.scale
        )
        box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        if kind == "bar":
            self.canvas.fill(self.muted_colour(), spot + box * [4.0, rng.uniform(0.08, 0.2)] @ axes)
        elif kind == "patch":
            texture = planes(self.muted_colour()) + 25 * self.blotches((20, 20), 3)
            self.canvas.fill(texture, spot + box * rng.uniform(0.25, 0.6, 2) @ axes)
        else:
            self._hand(spot, axes)

    def _hand(self, spot: Array, axes: Array) -> None:
        for finger in range(4):
            y = 0.17 * (finger - 1.5)
            line = spot + np.array([[1.2, 1.1 * y], [0.0, y], [-0.05 * finger, 1.05 * y]]) @ axes
            self.canvas.stroke(self.shade(0.6), 0.2 * self.scale, line, soft_px=0.4)
            self.canvas.stroke(self.shade(0.9), 0.13 * self.scale, line, soft_px=0.03 * self.scale)
        palm = np.array([[0.6, -0.33], [0.6, 0.33], [2.6, 0.3], [2.6, -0.3]])
        self.canvas.fill(self.shade(0.8), spot + palm @ axes, soft_px=1.0)

    def photograph(self) -> NDArray[np.uint8]:
        """What lens and sensor make of the canvas; → (size, size, 3) uint8 RGB."""
        look = self.look
        image = self.canvas.pixels * planes(look.tint)
        if look.grey:
            image[:] = (planes((0.299, 0.587, 0.114)) * image).sum(axis=0)
        image = np.ascontiguousarray(image.transpose(1, 2, 0))
        if look.blur_px > 0:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), look.blur_px), np.float32)
        if look.noise > 0:
            image += np.float32(look.noise) * self.rng.standard_normal(
                image.shape, dtype=np.float32
            )
        return np.clip(image + 0.5, 0, 255).astype(np.uint8)


def paint_face(head: Head, look: Appearance, placement: Placement, size: int) -> NDArray[np.uint8]:
    """Paints every layer; → (size, size, 3) uint8 RGB."""
    painter = Painter(head, look, placement, size)
    painter.background()
    painter.body()
    painter.skull()
    painter.skin()
    painter.nose()
    painter.eyes()
    painter.mouth()
    painter.front_hair()
    painter.glasses()
    painter.occluder()
    return painter.photograph()
