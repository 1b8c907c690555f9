"""What is required of each variant, and what was found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How far a variant may be from Keras.

    Attributes:
        mean_px: mean distance of its landmarks from those of Keras, in pixels of the crop.
        max_px: the largest such distance.
        nme_percent: how much larger its NME may be, in percent of that of Keras.
        far_px: as `mean_px`, for points several crops away, where features are as no face has them.
    """

    mean_px: float
    max_px: float
    nme_percent: float
    far_px: float


LIMITS = {
    "float32": Limits(mean_px=0.001, max_px=0.01, nme_percent=0.01, far_px=0.01),
    "float16": Limits(mean_px=0.02, max_px=0.5, nme_percent=0.2, far_px=0.1),
    "dynamic_int8": Limits(mean_px=0.2, max_px=5.0, nme_percent=0.2, far_px=1.0),
    "int8": Limits(mean_px=0.3, max_px=8.0, nme_percent=1.0, far_px=5.0),
}


@dataclass(frozen=True)
class Gate:
    """One requirement: its name, whether it is met, and by how much, in words."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes:
        variant: what the file is.
        faces: how many crops were compared.
        mean_px: mean distance from Keras in pixels of the crop.
        max_px: the largest one.
        nme_percent: of the file.
        nme_keras_percent: of the reference.
        gates: all that was required.
    """

    variant: str
    faces: int
    mean_px: float
    max_px: float
    nme_percent: float
    nme_keras_percent: float
    gates: tuple[Gate, ...]

    @property
    def failed(self) -> list[Gate]:
        """The requirements that are not met."""
        return [gate for gate in self.gates if not gate.passed]


def verification_text(found: Verification) -> str:
    """One line a gate."""
    return "\n".join(
        f"{'ok' if gate.passed else 'FAILED':<8}{gate.name:<18}{gate.detail}"
        for gate in found.gates
    )
