"""What the report draws is where it should be: read back from the SVG and compared."""

import base64
import re

import cv2
import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb

from tf_facealign import metrics
from tf_facealign.benchmark_schemes import SCHEMES, get_scheme
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.synthetic.anatomy import Anatomy, sample_anatomy
from tf_facealign.data.synthetic.head import Head
from tf_facealign.evaluation.page.ced_plot import Curve, ced_plot
from tf_facealign.evaluation.page.landmark_plot import landmark_plot, number_places
from tf_facealign.evaluation.page.worst_faces import COUNT, VIEW, worst_faces
from tf_facealign.evaluation.page.yaw_plot import running_median, yaw_plot
from tf_facealign.head_pose import head_pose

IBUG68 = get_scheme("ibug68")
RNG = np.random.default_rng(5)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_yaw_of_other_heads_seen_by_a_near_camera(scheme):
    """Heads of other proportions, with expressions, at 4 face widths: right to some degrees."""
    anatomies = [sample_anatomy(RNG) for _ in range(40)]
    shapes = [_shape(Head(anatomy), scheme) for anatomy in anatomies]
    truth = np.array([anatomy.yaw_degrees for anatomy in anatomies])
    found = np.array([head_pose(shape, scheme).yaw for shape in shapes])
    assert np.corrcoef(found, truth)[0, 1] > 0.98
    assert np.abs(found - truth).mean() < 4


def _shape(head, scheme):
    named = head.landmarks()
    return head.project(np.array([named[name] for name in scheme.landmark_names]))


@pytest.mark.parametrize("count", [0, 1, 20, 31, 400])
def test_running_median_against_a_loop(count):
    x, y = RNG.normal(size=(2, count))
    middles, medians = running_median(x, y)
    window = min(max(count // 10, 31), count)
    order = sorted(range(count), key=lambda index: x[index])
    expected = [
        [np.median([values[index] for index in order[start : start + window]]) for values in (x, y)]
        for start in range(count - window + 1 if count else 0)
    ]
    np.testing.assert_allclose(np.stack([middles, medians], 1).tolist(), expected, rtol=1e-15)


def paths(svg, colour):
    """Vertices (K, 2) of every path stroked in that colour of the page."""
    found = re.findall(rf'<path d="([^"]*)"[^>]*?stroke: var\(--{colour}\)', svg)
    return [np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", path), float) for path in found]


def scale(svg, axis):
    """(drawn, data) of two ticks of an axis, 0 is x: what turns coordinates back into data."""
    ticks = re.findall(r'text-anchor: (\w+)[^>]*? x="([\d.]+)" y="([\d.]+)"[^>]*>([\d.]+)<', svg)
    # The numbers of the x axis are centred, those of the y axis end at it.
    own = [tick for tick in ticks if tick[0] == ("middle", "end")[axis]]
    drawn = [float(tick[1 + axis]) for tick in own]
    return np.array([[drawn[0], float(own[0][3])], [drawn[-1], float(own[-1][3])]])


def in_data(points, svg):
    """Drawn points → data. A y tick's text hangs a constant below its tick, which cancels."""
    columns = []
    for axis in (0, 1):
        (drawn_0, data_0), (drawn_1, data_1) = scale(svg, axis)
        slope = (data_1 - data_0) / (drawn_1 - drawn_0)
        columns.append(slope * (points[:, axis] - drawn_0) + data_0)
    return np.stack(columns, 1)


def test_the_drawn_ced_is_the_ced():
    nme = np.concatenate([100 * RNG.gamma(4, 0.015, 200), [np.inf, np.inf]])
    svg = ced_plot([Curve("one", nme), Curve("two", nme / 2, answer=False)], threshold=10.0)
    curve = in_data(max(paths(svg, "series-0"), key=len), svg)
    curve[:, 1] -= curve[0, 1]  # it begins at no face
    assert curve[-1] == pytest.approx([11.0, 100 * (nme <= 11).mean()], abs=0.1)
    before = curve[curve[:, 0] <= 10]
    x, y = np.append(before[:, 0], 10.0), np.append(before[:, 1], before[-1, 1])
    # Matplotlib drops what changes a curve by less than 1/9 of a pixel; here 1 % is 3 pixels.
    assert np.trapezoid(y, x) / 1000 == pytest.approx(metrics.auc(nme / 100), abs=5e-4)
    assert len(paths(svg, "series-1")) == 1
    assert "failed beyond 10 %" in svg


def test_yaw_plot_has_a_dot_for_each_predicted_face():
    nme = np.array([1.0, 2.0, np.inf, 4.0, 0.0])
    svg = yaw_plot(np.linspace(-40, 40, 5), [Curve("one", nme)], threshold=10.0)
    assert len(re.findall(r"<use [^>]*var\(--series-0\)", svg)) == 3  # a logarithm has no zero


def test_landmarks_are_coloured_by_their_error():
    errors = np.arange(68.0) % 7 + 1.5
    svg = landmark_plot(_shape(Head(Anatomy()), IBUG68), errors, IBUG68)
    dots = re.findall(r"<use [^>]*fill: (#\w+); stroke: var\(--ink\)", svg)
    assert len(dots) == 68
    levels = np.floor(errors) - 1  # steps of 1 from 1 to 8: 7 colours, spread over the whole map
    expected = colormaps["viridis_r"](np.rint(levels * 255 / 6).astype(int))[:, :3]
    np.testing.assert_allclose([to_rgb(dot) for dot in dots], expected, atol=1.5 / 255)
    assert [text for text in re.findall(r">(\d+)</text>", svg)][:68] == [str(i) for i in range(68)]


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_numbers_keep_clear_of_dots_and_of_each_other(scheme):
    shape = _shape(Head(Anatomy(mouth_open=0.2)), scheme)
    points = (shape - shape.min(0)) / np.ptp(shape, axis=0).max() * 480
    places = number_places(points, scheme)
    others = np.concatenate([points, places])
    apart = np.linalg.norm(places[:, None] - others, axis=2)
    apart[np.arange(len(places)), len(points) + np.arange(len(places))] = np.inf
    assert apart.min() > 7  # a digit is about 6 wide and 7 high


def spotted_face(name, spot):
    """A black picture with a bright dot at its 9th landmark (the chin)."""
    image = np.zeros((90, 120, 3), np.uint8)
    cv2.circle(image, spot, 2, (255, 255, 255), cv2.FILLED)
    points = RNG.uniform(20, 60, (68, 2))
    points[8] = spot
    return FaceSample(name, points, np.array([20.0, 20, 60, 60]), pixels=image)


def test_worst_faces_are_the_worst_and_drawn_in_place():
    faces = [spotted_face(f"face {n}", (30 + n, 50)) for n in range(COUNT + 3)]
    nme = np.linspace(0.01, 0.2, len(faces))
    nme[-1] = np.inf
    predicted = np.stack([face.landmarks_px + np.array([5.0, 0.0]) for face in faces])
    shown = worst_faces(faces, predicted, nme, IBUG68)
    assert [face.name for face in shown] == [f"face {n}" for n in range(COUNT + 1, 1, -1)]
    assert shown[0].nme == pytest.approx(100 * nme[-2])
    data = np.frombuffer(base64.b64decode(shown[0].picture.partition(",")[2]), np.uint8)
    grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    (x, y), (guess_x, guess_y) = (
        chin(drawn.dots) for drawn in (shown[0].truth, shown[0].predicted)
    )
    rows, columns = np.nonzero(grey > 128)
    size = VIEW / len(grey)  # of a pixel; its centre is half a pixel in
    assert ((columns.mean() + 0.5) * size, (rows.mean() + 0.5) * size) == pytest.approx(
        (x, y), abs=size
    )
    # The crop is 40 pixels and a quarter more on each side, so 5 pixels are a 12th of it.
    assert (guess_x - x, guess_y - y) == pytest.approx((VIEW * 5 / 60, 0), abs=0.011)


def chin(dots):
    return np.array(re.findall(r"M([-\d.]+) ([-\d.]+)h0", dots), float)[8]
