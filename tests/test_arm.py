"""The verdict on two results, and a model on Arm where qemu is."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import arm_machine
from benchmarks.arm import FLOAT_BOUND, compare, verdict

MACHINE = Path("runs/arm")


def result(shapes, integers):
    return {"shapes": np.array(shapes), "integers": integers, "machine": "any"}


@pytest.mark.parametrize(
    ("integers", "difference", "within"),
    [
        (False, 0.9 * FLOAT_BOUND, True),
        (False, 1.1 * FLOAT_BOUND, False),
        (False, np.nan, False),
        # The shapes span 0.51: a quantum is 0.51 / 255 = 0.002.
        (True, 0.0019, True),
        (True, 0.0021, False),
    ],
)
def test_the_bound(integers, difference, within):
    here = result([[[0.1, 0.61]]], integers)
    there = result([[[0.1, 0.61 - difference]]], integers)
    assert verdict(here, there)["within_bound"] is within


@pytest.mark.slow
@pytest.mark.skipif(bool(arm_machine.missing()), reason=arm_machine.missing() or "it is there")
@pytest.mark.skipif(
    not (MACHINE / "ready").exists(), reason="no Arm machine in runs/arm: run benchmarks.arm once"
)
def test_a_model_gives_the_same_on_arm(dot_tflite):
    found = compare(dot_tflite, 2, MACHINE)
    assert found["machines"][1] == "aarch64"
    assert found["within_bound"]
