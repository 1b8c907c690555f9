"""Following faces through frames whose truth is known, with a real aligner and tracker.

The frames are colour ramps: a pixel's red is its x and its green its y, so the model made up here
knows where in the frame its crop was cut, whether it was mirrored, and from which frame (blue). It
answers with the true landmarks plus noise, and off a face with a shape that means nothing.
"""

import numpy as np
import pytest

from tf_facealign import face_crop, geometry, get_scheme
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.inference.face_aligner import FaceAligner
from tf_facealign.inference.mirror_check import mirror_disagreement
from tf_facealign.inference.tracker import CHECK_EVERY, LOST_ABOVE, FaceTracker
from tf_facealign.model_spec import ModelSpec

SCHEME = get_scheme("ibug68")
SIZE_PX, RATE, NOISE = 60, 30, 0.005


class World:
    """Frames of moving faces, and the model and detector that look at them.

    Args:
        faces: for each frame its shapes (K, 68, 2) in pixels.
    """

    stages = ("shape_2",)

    def __init__(self, faces):
        self.faces = faces
        self.detections = 0
        self.crops = 0
        self._random = np.random.default_rng(0)

    def frame(self, index):
        x, y = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
        return np.stack([x, y, np.full_like(x, index)], axis=-1)

    def detect(self, image_rgb):
        self.detections += 1
        shapes = self.faces[image_rgb[0, 0, 2]]
        boxes = [face_crop.landmarks_box(shape) for shape in shapes]
        return np.reshape(boxes, (-1, 4)), np.full(len(boxes), 0.75)

    def __call__(self, crops):
        self.crops += len(crops)
        return {"shape_2": np.stack([self._predict(crop) for crop in crops])}

    def _predict(self, crop):
        x_px_to_unit = slope_and_start(crop[..., 0].mean(0))
        y_px_to_unit = slope_and_start(crop[..., 1].mean(1))
        scale, start = np.stack([x_px_to_unit, y_px_to_unit], axis=1)
        shapes = [shape * scale + start for shape in self.faces[int(crop[56, 56, 2])]]
        near = [shape for shape in shapes if np.abs(shape.mean(0) - 0.5).max() < 0.4]
        if not near:
            return self._random.uniform(0.1, 0.9, (68, 2)).astype(np.float32)
        noise = self._random.normal(0, NOISE * SIZE_PX / np.sqrt(2), (68, 2)) * np.abs(scale)
        mirrored = scale[0] < 0
        order = list(SCHEME.flip_permutation) if mirrored else slice(None)
        return (near[0][order] + noise).astype(np.float32)

    def tracker(self, **options):
        aligner = FaceAligner(self, ModelSpec("ramp", "ibug68", 112, (0.1,) * 4))
        return FaceTracker(aligner, self.detect, **options)

    def run(self, **options):
        """For each frame its tracked faces."""
        tracker = self.tracker(**options)
        return [tracker(self.frame(i), i / RATE) for i in range(len(self.faces))]


def slope_and_start(ramp):
    """The line from a pixel's colour to its unit coordinate, where the frame is not left."""
    unit = (np.arange(112) + 0.5) / 112
    inside = (ramp > 1) & (ramp < 254)
    return np.polyfit(ramp[inside], unit[inside], 1)


@pytest.fixture(scope="module")
def still():
    landmarks = synthetic_faces(1, SCHEME, seed=0)[0].landmarks_px
    centred = landmarks - (landmarks.min(0) + landmarks.max(0)) / 2
    return centred * SIZE_PX / np.ptp(centred, axis=0).max()


def at(shape, x, y):
    return shape + np.array([x, y])


def swaying(still, seconds):
    phase = 2 * np.pi * 0.25 * seconds
    shift = np.array([15 * np.sin(phase), 7 * np.sin(1.3 * phase)]) + 128
    zoom = geometry.scale_and_shift(1 + 0.1 * np.sin(0.9 * phase + 1), shift)
    turn = geometry.rotation(8 * np.sin(0.7 * phase))
    return geometry.apply_affine(geometry.compose_affines(zoom, turn), still)


def test_follows_without_the_detector_smooths_and_does_not_lag(still):
    seconds = np.arange(120) / RATE
    truth = np.stack([swaying(still, time) for time in seconds])
    world = World(truth[:, None])
    found, raw = world.run(), World(truth[:, None]).run(smoothing=False)
    assert {[track for track, _ in faces] == [1] for faces in found} == {True}
    assert world.detections == 4  # once a second in 4 seconds
    # 120 frames, a mirrored one in five of them, and the first look when the face was found.
    assert world.crops == 120 + 120 // CHECK_EVERY + 1
    smooth_px = np.stack([faces[0].face.landmarks_px for faces in found])[30:]
    raw_px = np.stack([faces[0].face.landmarks_px for faces in raw])[30:]
    assert jitter(smooth_px) < 0.5 * jitter(raw_px)
    lags = np.arange(0, 4, 0.1)
    late = [np.stack([swaying(still, t - lag / RATE) for t in seconds[30:]]) for lag in lags]
    assert lags[np.argmin([np.mean((points - smooth_px) ** 2) for points in late])] < 2
    # Without smoothing they are the model's own: true, but for its noise and the ramps' rounding.
    np.testing.assert_allclose(raw_px, truth[30:], atol=6 * NOISE * SIZE_PX)


def jitter(points):
    return np.sqrt(np.mean(np.sum(np.diff(points, 2, axis=0) ** 2, axis=-1)))


def test_a_fast_face_is_not_lost(still):
    """0.4 of its size between frames: 12 sizes a second."""
    world = World([[at(still, 40 + 24 * i, 128)] for i in range(6)])
    assert [[track for track, _ in faces] for faces in world.run()] == [[1]] * 6
    assert world.detections == 1


def test_a_face_that_leaves_is_dropped_and_found_again_as_a_new_one(still):
    here, nobody = [at(still, 128, 128)], []
    world = World([here] * 10 + [nobody] * 20 + [here] * 10)
    tracks = [[track for track, _ in faces] for faces in world.run()]
    assert tracks[:10] == [[1]] * 10
    # A lost face is noticed at the next check.
    assert tracks[10 + CHECK_EVERY : 30] == [[]] * (20 - CHECK_EVERY)
    assert tracks[30:] == [[2]] * 10


def test_where_nobody_is_the_detector_looks_in_every_frame():
    world = World([[]] * 7)
    assert world.run() == [[]] * 7
    assert world.detections == 7


def test_many_faces_and_a_late_one(still):
    centres = [(64, 64), (192, 64), (64, 192), (192, 192)]
    first = [at(still * 0.8, *centre) for centre in centres[:3]]
    world = World([first] * 5 + [[at(still * 0.8, *centres[3]), *first]] * 40)
    found = world.run()
    assert [track for track, _ in found[0]] == [1, 2, 3]
    # The newcomer is seen a second after the detector's last look.
    assert [len(faces) for faces in found] == [3] * 30 + [4] * 15
    for track, face in found[-1]:
        middle = face_crop.landmarks_box(face.landmarks_px).reshape(2, 2).mean(0)
        np.testing.assert_allclose(middle, centres[track - 1], atol=1)
        assert face.score == 0.75


def test_two_tracks_that_meet_on_one_face_become_the_older_one(still):
    apart = [at(still, 80, 128), at(still, 170, 128)]
    together = [at(still, 125, 128)]
    closing = [[at(still, 80 + 6 * i, 128), at(still, 170 - 6 * i, 128)] for i in range(7)]
    found = World([apart, *closing, *[together] * 8]).run()
    assert [track for track, _ in found[0]] == [1, 2]
    assert [track for track, _ in found[-1]] == [1]


def test_a_false_alarm_of_the_detector_is_no_face(still):
    world = World([[at(still, 128, 128)]] * 3)
    truth = world.detect
    wrong = np.array([[10, 10, 50, 50.0]])
    world.detect = lambda image: (np.concatenate([wrong, truth(image)[0]]), np.array([1, 0.75]))
    assert [len(faces) for faces in world.run()] == [1, 1, 1]


def test_disagreement_on_a_face_is_the_noise_and_off_it_far_more(still):
    world = World([[at(still, 100, 128)]])
    aligner = FaceAligner(world, ModelSpec("ramp", "ibug68", 112, (0.1,) * 4))
    boxes = [face_crop.landmarks_box(at(still, *centre)) for centre in ((100, 128), (210, 40))]
    faces = aligner(world.frame(0), boxes)
    on_face, off_face = mirror_disagreement(aligner, world.frame(0), faces)
    # The mean length of the difference of two normal vectors with E|n|² = NOISE² each.
    assert on_face == pytest.approx(NOISE * np.sqrt(np.pi / 2), rel=0.3)
    assert off_face > 0.2
    assert on_face < LOST_ABOVE < off_face
    assert mirror_disagreement(aligner, world.frame(0), []).shape == (0,)


@pytest.mark.parametrize("later", [1.0, 0.0, np.nan])
def test_refuses_a_frame_that_is_not_later(later):
    world = World([[]])
    tracker = world.tracker()
    tracker(world.frame(0), 1.0)
    with pytest.raises(BadInput, match="cannot follow"):
        tracker(world.frame(0), later)
