"""Drawn faces with exact landmarks of any scheme, for training and tests without a dataset."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.synthetic.anatomy import Anatomy, sample_anatomy
from tf_facealign.data.synthetic.head import Head
from tf_facealign.data.synthetic.look import Appearance, sample_look
from tf_facealign.data.synthetic.paint import paint_face
from tf_facealign.data.synthetic.painter import Placement
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

MARGIN = 0.25


@dataclass(frozen=True)
class FaceRecipe:
    """All there is to a synthetic face; the same recipe gives the same picture.

    Attributes:
        anatomy: the person, the expression and the head pose; it alone makes the landmarks.
        look: colours, hair, light, glasses, occluders, background, blur and noise.
        fill: 0..1, how much of the picture the face and its margin take.
        offset: (x, y), -1..1 each, where in the room that is left.
    """

    anatomy: Anatomy
    look: Appearance
    fill: float = 0.95
    offset: tuple[float, float] = (0.0, 0.0)


def sample_recipe(seed: int) -> FaceRecipe:
    """Draws a random face; the same seed gives the same face."""
    rng = np.random.default_rng(seed)
    return FaceRecipe(
        anatomy=sample_anatomy(rng),
        look=sample_look(rng),
        fill=float(rng.uniform(0.8, 1.0)),
        offset=(float(rng.uniform(-1, 1)), float(rng.uniform(-1, 1))),
    )


def render(
    recipe: FaceRecipe, scheme: LandmarkScheme, size: int = 160
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Draws a face.

    Returns:
        The image (size, size, 3) uint8 RGB, and the landmarks (L, 2) float64 in pixels, (x, y),
        pixel centres on integers.

    Raises:
        BadInput: the scheme has a landmark that the drawn head lacks, or the size is below 32.
    """
    if size < 32:
        raise BadInput(f"a synthetic face needs a size of at least 32 pixels, not {size}")
    head = Head(recipe.anatomy)
    named = head.landmarks()
    missing = [name for name in scheme.landmark_names if name not in named]
    if missing:
        raise BadInput(f"scheme {scheme.name!r}: synthetic faces have no landmark {missing[0]!r}")
    placement = _place(recipe, head, np.array(list(named.values())), size)
    chosen = np.array([named[name] for name in scheme.landmark_names])
    image = paint_face(head, recipe.look, placement, size)
    return image, placement.to_px(head.project(chosen))


def draw_face(
    seed: int, scheme_name: str = "ibug68", size: int = 160
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Draws a random face; at one seed all schemes show the same picture.

    Returns:
        See `render`.

    Raises:
        BadInput: there is no such scheme, or the size is below 32.
    """
    return render(sample_recipe(seed), get_scheme(scheme_name), size)


def synthetic_faces(
    count: int, scheme: LandmarkScheme, seed: int = 0, size: int = 160
) -> list[FaceSample]:
    """Draws many random faces; different seeds share no face.

    Each sample's box is the tight bounding box of its landmarks; its subsets are those of "pose"
    (yaw beyond 25 degrees), "expression" (an open mouth), "occlusion" and "blur" that apply.

    Raises:
        BadInput: see `render`.
    """
    return [_face_sample(seed, index, scheme, size) for index in range(count)]


def _face_sample(seed: int, index: int, scheme: LandmarkScheme, size: int) -> FaceSample:
    # Two numbers hashed into one: seed 0 face 1 must not be seed 1 face 0.
    recipe = sample_recipe(int(np.random.SeedSequence((seed, index)).generate_state(1)[0]))
    image, landmarks_px = render(recipe, scheme, size)
    name = f"synthetic/{seed}/{index:05d}"
    return FaceSample(
        name=name,
        landmarks_px=landmarks_px,
        box_px=np.concatenate([landmarks_px.min(axis=0), landmarks_px.max(axis=0)]),
        pixels=image,
        group=name,
        subsets=_subsets(recipe),
    )


def _subsets(recipe: FaceRecipe) -> tuple[str, ...]:
    applies = {
        "pose": abs(recipe.anatomy.yaw_degrees) > 25,
        "expression": recipe.anatomy.mouth_open > 0,
        "occlusion": recipe.look.occluder != "none" or recipe.look.glasses == "dark",
        "blur": recipe.look.blur_px > 0.8,
    }
    return tuple(name for name, yes in applies.items() if yes)


def _place(recipe: FaceRecipe, head: Head, landmarks: NDArray[np.float64], size: int) -> Placement:
    """Puts the whole face, and a margin around its landmarks, inside the picture."""
    points, edge = head.project(landmarks), head.project(head.visible_rim)
    low, high = points.min(axis=0), points.max(axis=0)
    low, high = low - MARGIN * (high - low), high + MARGIN * (high - low)
    low, high = np.minimum(low, edge.min(axis=0)), np.maximum(high, edge.max(axis=0))
    scale = recipe.fill * (size - 1) / float((high - low).max())
    room = size - 1 - scale * (high - low)
    return Placement(scale, room * (0.5 + 0.5 * np.array(recipe.offset)) - scale * low)
