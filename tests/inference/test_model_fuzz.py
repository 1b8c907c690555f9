"""Damaged model files, a few hundred; `benchmarks/fuzz_models.py` runs as many as one likes."""

import numpy as np
import pytest

from benchmarks.fuzz_models import KINDS, LOADED, REFUSED, fuzz
from tf_facealign.model_spec import read_spec

CASES = 300


@pytest.fixture(scope="module")
def outcomes(dot_tflite):
    return fuzz(dot_tflite, CASES, seed=1)


def test_every_case_has_an_outcome(outcomes):
    assert sum(sum(of_kind.values()) for of_kind in outcomes.values()) == CASES
    assert list(outcomes) == [kind.__name__ for kind in KINDS]


@pytest.mark.parametrize("kind", [kind.__name__ for kind in KINDS])
def test_no_damage_is_a_bug_of_ours(outcomes, kind):
    assert set(outcomes[kind]) <= {REFUSED, LOADED}


def test_damaged_or_shortened_content_is_always_refused(outcomes):
    # LiteRT would crash on some of it, so it never sees content without the right sha256.
    for kind in ("content", "content_without_sha256", "length"):
        assert set(outcomes[kind]) == {REFUSED}


def test_each_kind_damages_what_it_says(dot_tflite, tmp_path):
    whole, spec = b"TFL3" * 100, read_spec(dot_tflite)
    for kind in KINDS[:-1]:  # the last one cuts anywhere
        path = tmp_path / kind.__name__
        kind(np.random.default_rng(0), whole, spec, path)
        assert path.read_bytes().startswith(whole) != kind.__name__.startswith("content")
