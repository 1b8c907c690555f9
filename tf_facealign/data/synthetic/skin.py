"""The lit skin of a synthetic face: light on the surface of the head, blush, hollows and beard."""

from collections.abc import Callable

import cv2
import numpy as np

from tf_facealign.data.synthetic.anatomy import Anatomy
from tf_facealign.data.synthetic.canvas import Array, Image
from tf_facealign.data.synthetic.head import CENTRE, Head, bump
from tf_facealign.data.synthetic.look import Appearance

AROUND, RINGS = 120, 28  # samples of the face
GRID = 64  # cells that they are dropped on, few enough that hardly one stays empty


def lit_skin(
    head: Head,
    look: Appearance,
    to_px: Callable[[Array], Array],
    size: int,
    rng: np.random.Generator,
) -> Image:
    """Colours of the face, (3, size, size), continued beyond its edge.

    Dense samples of the surface are dropped on a coarse grid, far before near, and the gaps
    between them filled; the shading is smooth enough to lose nothing by that.
    """
    flat = _polar_sheet(head)
    points = head.lift(flat)
    normals = _normals(points) @ head.turn.T
    colours = _colours(head.anatomy, look, flat, normals, rng)
    turned = points.reshape(-1, 3) @ head.turn[2]
    seen = np.flatnonzero(normals[..., 2] > 0)
    far_to_near = seen[np.argsort(turned[seen])]
    cells = np.rint((to_px(points) + 0.5) * (GRID / size) - 0.5).astype(np.int32).reshape(-1, 2)
    column, row = np.clip(cells[far_to_near], 0, GRID - 1).T
    sheet = np.zeros((GRID, GRID, 4), np.float32)
    sheet[row, column, :3] = colours.reshape(-1, 3)[far_to_near]  # in a cell the nearest stays
    sheet[row, column, 3] = 1.0
    sheet = cv2.GaussianBlur(sheet, (0, 0), 0.9) + 0.02 * cv2.blur(sheet, (17, 17))
    filled = sheet[..., :3] / np.maximum(sheet[..., 3:], 1e-6)
    fine = cv2.resize(filled, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(fine.transpose(2, 0, 1), dtype=np.float32)


def _polar_sheet(head: Head) -> Array:
    """Flat samples (RINGS, AROUND, 2), denser near the rim, where the surface is steep."""
    count = len(head.rim)
    at = np.linspace(0, count, AROUND, endpoint=False)
    rim = [np.interp(at, np.arange(count + 1), np.append(axis, axis[0])) for axis in head.rim.T]
    reach = np.sin(np.linspace(0.02, np.pi / 2, RINGS))[:, None, None]
    return np.asarray(CENTRE + reach * (np.stack(rim, axis=-1) - CENTRE))


def _normals(points: Array) -> Array:
    """Unit normals, outwards, of a polar sheet (rings, around, 3)."""
    along = np.roll(points, -1, axis=1) - np.roll(points, 1, axis=1)
    out = np.empty_like(points)
    out[1:-1] = points[2:] - points[:-2]
    out[0], out[-1] = points[1] - points[0], points[-1] - points[-2]
    normals = np.cross(along, out)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True) + 1e-9
    return np.asarray(normals * np.where(normals[..., 2:] < 0, -1.0, 1.0))


def _colours(
    anatomy: Anatomy, look: Appearance, flat: Array, normals: Array, rng: np.random.Generator
) -> Array:
    x, y = flat[..., 0], flat[..., 1]
    light, strength, side = look.light_direction, look.light_strength, np.abs(x)
    facing = np.clip(normals @ light, 0, 1)
    tone = look.ambient * (0.75 + 0.25 * normals[..., 2]) + 1.05 * strength * facing
    hollow = bump(side, y, (anatomy.eye_spacing - 0.06, -0.04), (0.16, 0.1))
    below_lip = bump(x, y, (0, anatomy.mouth_y + 0.27 + 0.2 * anatomy.mouth_open), (0.2, 0.05))
    nose_shade = bump(x, y, (-0.2 * np.sign(light[0]), anatomy.nose_length + 0.1), (0.1, 0.15))
    tone *= 1 - 0.14 * hollow - 0.15 * below_lip - 0.4 * strength * nose_shade
    blush = bump(side, y, (0.52, 0.55), (0.2, 0.2)) + bump(
        x, y, (0, anatomy.nose_length), (0.1, 0.1)
    )
    rosy = 1 - look.blush * blush[..., None] * np.array([0.0, 0.22, 0.2])
    halfway = light + np.array([0, 0, 1.0])
    gloss = np.clip(normals @ (halfway / np.linalg.norm(halfway)), 0, 1) ** 24
    colour = np.array(look.skin) * tone[..., None] * rosy + 45 * strength * gloss[..., None]
    if look.beard == 0 and look.moustache == 0:
        return np.asarray(colour)
    hair = np.array(look.hair) * (0.5 + 0.5 * tone[..., None])
    weight = _beard(anatomy, look, x, y) * rng.uniform(0.75, 1.0, x.shape)
    return np.asarray(colour + weight[..., None] * (hair - colour))


def _beard(anatomy: Anatomy, look: Appearance, x: Array, y: Array) -> Array:
    top = anatomy.mouth_y - 0.1 - 0.7 * np.clip(np.abs(x) - 0.45, 0, 1)
    beard = look.beard / (1 + np.exp((top - y) / 0.05))
    lip = 0.5 * (anatomy.nose_bottom_y + anatomy.mouth_y)
    moustache = look.moustache * bump(x, y, (0, lip), (0.28, 0.08))
    return np.asarray(np.clip(np.maximum(beard, moustache), 0, 0.95))
