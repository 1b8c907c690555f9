"""Who a synthetic face is, what it does and which way it looks."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Anatomy:
    """Identity (lengths in half face widths), expression and head pose."""

    jaw_length: float = 1.55
    jaw_power: float = 2.4
    jaw_taper: float = 0.2
    forehead_height: float = 1.2
    face_depth: float = 0.68
    eye_spacing: float = 0.44
    eye_half_width: float = 0.2
    eye_height: float = 0.1
    eye_tilt: float = 0.02
    iris_radius: float = 0.09
    brow_height: float = 0.3
    brow_thickness: float = 0.07
    brow_arch: float = 0.06
    nose_length: float = 0.6
    nose_width: float = 0.21
    nose_height: float = 0.34
    mouth_drop: float = 0.42
    mouth_half_width: float = 0.37
    lip_thickness: float = 0.1
    eyes_open: tuple[float, float] = (1.0, 1.0)
    gaze: tuple[float, float] = (0.0, 0.0)
    brow_raise: float = 0.0
    smile: float = 0.0
    mouth_open: float = 0.0
    yaw_degrees: float = 0.0
    pitch_degrees: float = 0.0
    roll_degrees: float = 0.0

    @property
    def chin_y(self) -> float:
        """How far down the chin is: an open mouth lowers the jaw."""
        return self.jaw_length + 0.2 * self.mouth_open

    @property
    def nose_bottom_y(self) -> float:
        """How far down the nose ends."""
        return self.nose_length + 0.15

    @property
    def mouth_y(self) -> float:
        """How far down the closed lips meet."""
        return self.nose_bottom_y + self.mouth_drop * (self.jaw_length - self.nose_bottom_y)

    def openness(self, side: int) -> float:
        """How open the eye of that side is: 0 closed, 1 as usual."""
        return self.eyes_open[0 if side < 0 else 1]


def sample_anatomy(rng: np.random.Generator) -> Anatomy:
    """Draws a random person with a random expression and head pose."""
    u = rng.uniform

    def around(mean: float, deviation: float, low: float, high: float) -> float:
        return float(np.clip(rng.normal(mean, deviation), low, high))

    eyes = np.full(2, 0.0 if rng.random() < 0.1 else around(0.9, 0.2, 0.35, 1.25))
    if rng.random() < 0.04:
        eyes[rng.integers(2)] = 0.0
    return Anatomy(
        jaw_length=u(1.38, 1.68),
        jaw_power=u(2.15, 2.8),
        jaw_taper=u(0.08, 0.3),
        forehead_height=u(1.05, 1.3),
        face_depth=u(0.6, 0.76),
        eye_spacing=u(0.41, 0.47),
        eye_half_width=u(0.175, 0.215),
        eye_height=u(0.08, 0.12),
        eye_tilt=u(-0.02, 0.05),
        iris_radius=u(0.08, 0.1),
        brow_height=u(0.26, 0.36),
        brow_thickness=u(0.045, 0.1),
        brow_arch=u(0.0, 0.09),
        nose_length=u(0.5, 0.66),
        nose_width=u(0.17, 0.26),
        nose_height=u(0.26, 0.4),
        mouth_drop=u(0.36, 0.46),
        mouth_half_width=u(0.31, 0.42),
        lip_thickness=u(0.06, 0.14),
        eyes_open=(float(eyes[0]), float(eyes[1])),
        gaze=(around(0, 0.35, -1, 1), around(0, 0.3, -1, 1)),
        brow_raise=around(0.01, 0.05, -0.05, 0.13),
        smile=around(0.25, 0.4, -0.5, 1),
        mouth_open=u(0.1, 1.0) if rng.random() < 0.35 else 0.0,
        yaw_degrees=around(0, 22, -45, 45),
        pitch_degrees=around(0, 10, -20, 20),
        roll_degrees=around(0, 9, -20, 20),
    )
