"""How a synthetic face and its picture look, and how often."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Colour = tuple[float, float, float]
SKINS: list[Colour] = [
    (246, 210, 188),
    (228, 180, 150),
    (202, 150, 116),
    (148, 98, 70),
    (92, 60, 46),
]
HAIRS: list[Colour] = [
    (24, 20, 20),
    (58, 40, 30),
    (104, 70, 44),
    (196, 156, 96),
    (150, 64, 36),
    (150, 148, 146),
    (225, 222, 216),
]
IRISES: list[Colour] = [(70, 44, 28), (40, 26, 20), (92, 128, 158), (98, 124, 84), (128, 96, 54)]
HAIR_STYLES = {"bald": 0.1, "short": 0.35, "fringe": 0.15, "receding": 0.12, "long": 0.28}


@dataclass(frozen=True)
class Appearance:
    """How face and picture look; landmarks do not depend on it. Colours are RGB, 0..255."""

    skin: Colour = (222.0, 172.0, 142.0)
    hair: Colour = (70.0, 48.0, 34.0)
    hair_style: str = "short"  # bald, short, fringe, receding or long
    hairline: float = 0.8  # how far above the eyes, in half face widths
    beard: float = 0.0
    moustache: float = 0.0
    blush: float = 0.3
    lips: Colour = (176.0, 88.0, 84.0)
    iris: Colour = (84.0, 58.0, 38.0)
    clothes: Colour = (60.0, 70.0, 100.0)
    light: tuple[float, float, float] = (-0.4, -0.5, 0.77)  # towards the light, z to the camera
    light_strength: float = 0.6
    glasses: str = "none"  # none, clear or dark
    glasses_colour: Colour = (30.0, 28.0, 28.0)
    occluder: str = "none"  # none, hand, bar or patch
    background: str = "gradient"  # plain, gradient, texture or shapes
    tint: Colour = (1.0, 1.0, 1.0)
    blur_px: float = 0.0
    noise: float = 0.0
    grey: bool = False
    texture_seed: int = 0

    @property
    def light_direction(self) -> NDArray[np.float64]:
        """The unit vector towards the light."""
        light = np.array(self.light)
        return np.asarray(light / np.linalg.norm(light))

    @property
    def ambient(self) -> float:
        """What a surface that faces away from the light still gets of it."""
        return 1.0 - 0.75 * self.light_strength

    def tone(self, facing: float) -> float:
        """The brightness of a surface; `facing` the light is 1."""
        return min(self.ambient + 0.8 * self.light_strength * max(0.2, facing), 1.15)


def sample_look(rng: np.random.Generator) -> Appearance:
    """Draws random colours, hair, light, glasses, occluders, background and camera."""
    u = rng.uniform
    skin = _between(rng, SKINS, 5)
    dyed, bearded = rng.random() < 0.03, rng.random() < 0.22
    rose = np.array([178, 70, 80]) * u(0.8, 1.1)
    azimuth, elevation = rng.normal(0, 0.7), rng.normal(-0.35, 0.3)
    return Appearance(
        skin=skin,
        hair=_triple(u(20, 240, 3)) if dyed else _between(rng, HAIRS, 6),
        hair_style=_choice(rng, HAIR_STYLES),
        hairline=u(0.72, 0.98),
        beard=u(0.15, 0.9) if bearded else 0.0,
        moustache=u(0.2, 0.9) if bearded or rng.random() < 0.06 else 0.0,
        blush=u(0.0, 0.8),
        lips=_triple(0.55 * np.array(skin) * [0.95, 0.72, 0.72] + 0.45 * rose),
        iris=_between(rng, IRISES, 8),
        clothes=_triple(u(60, 180) + u(-60, 60, 3) * u(0.1, 1.0)),
        light=(float(np.sin(azimuth)), float(np.sin(elevation)), max(0.35, float(np.cos(azimuth)))),
        light_strength=u(0.3, 0.85),
        glasses=_choice(rng, {"none": 0.8, "clear": 0.15, "dark": 0.05}),
        glasses_colour=_triple(u(10, 90, 3)),
        occluder=_choice(rng, {"none": 0.84, "hand": 0.07, "bar": 0.04, "patch": 0.05}),
        background=_choice(rng, {"plain": 0.1, "gradient": 0.3, "texture": 0.3, "shapes": 0.3}),
        tint=_triple(u(0.65, 1.1) * rng.normal(1, 0.05, 3)),
        blur_px=u(0.4, 1.3) if rng.random() < 0.4 else 0.0,
        noise=u(1, 9) if rng.random() < 0.7 else 0.0,
        grey=bool(rng.random() < 0.1),
        texture_seed=int(rng.integers(2**31)),
    )


def _triple(values: ArrayLike) -> Colour:
    red, green, blue = np.asarray(values, np.float64)
    return float(red), float(green), float(blue)


def _between(rng: np.random.Generator, palette: list[Colour], spread: float) -> Colour:
    """A colour between two neighbours of a palette, a little off."""
    position = rng.uniform(0, len(palette) - 1)
    first, second = np.array(palette[int(position)]), np.array(palette[int(position) + 1])
    mixed = first + (position - int(position)) * (second - first)
    return _triple(np.clip(mixed + rng.normal(0, spread, 3), 5, 250))


def _choice(rng: np.random.Generator, weights: dict[str, float]) -> str:
    return str(rng.choice(list(weights), p=list(weights.values())))
