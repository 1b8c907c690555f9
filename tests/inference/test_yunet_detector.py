"""YuNet's adapter, through OpenCV's own FaceDetectorYN, on a network of YuNet's form made here."""

import math
import struct

import numpy as np
import pytest

from tf_facealign.errors import BadInput
from tf_facealign.inference.box_calibration import BoxCalibration
from tf_facealign.inference.detectors import get_detector
from tf_facealign.inference.face_detector import HaarDetector
from tf_facealign.inference.yunet_detector import YuNetDetector, boxes_of_five_points

# Of a cell of 32 pixels: where the five points lie in it, in cells.
POINTS = ((0.2, 0.3), (0.8, 0.25), (0.5, 0.5), (0.3, 0.9), (0.75, 0.95))


def field(number, value):
    """A field of a protobuf message: an int, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    value &= 2**64 - 1
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def tensor(name, array):
    kind = {"f": 1, "i": 7}[array.dtype.kind]  # TensorProto.DataType: FLOAT, INT64
    dims = b"".join(field(1, size) for size in array.shape)
    return field(5, dims + field(2, kind) + field(8, name) + field(9, array.tobytes()))


def node(operator, inputs, output, **attributes):
    fields = b"".join(field(1, name) for name in inputs) + field(2, output)
    fields += field(3, output + "_node") + field(4, operator)
    for name, numbers in attributes.items():
        ints = b"".join(field(8, number) for number in numbers)
        fields += field(5, field(1, name) + ints + field(20, 7))  # AttributeType INTS
    return field(1, fields)


def value_info(number, name, dims):
    shape = b"".join(field(1, field(1, size)) for size in dims)
    return field(number, field(1, name) + field(2, field(1, field(1, 1) + field(2, shape))))


def head(name, stride, weight, bias):
    """Cells of `stride` pixels: `weight` times their mean level plus a bias for each channel."""
    bias = np.asarray(bias, np.float32)
    kernel = np.full((len(bias), 3, stride, stride), weight / (3 * stride**2), np.float32)
    return b"".join(
        [
            tensor(f"{name}_w", kernel),
            tensor(f"{name}_b", bias),
            tensor(f"{name}_s", np.array([1, -1, len(bias)])),
            node(
                *("Conv", ["input", f"{name}_w", f"{name}_b"], f"{name}_c"),
                kernel_shape=[stride] * 2,
                strides=[stride] * 2,
            ),
            node("Transpose", [f"{name}_c"], f"{name}_t", perm=[0, 2, 3, 1]),
            node("Reshape", [f"{name}_t", f"{name}_s"], name),
        ]
    )


def white_cell_detector():
    """An ONNX model that calls every white cell of 32 pixels a face, with `POINTS` in it."""
    graph, outputs = b"", b""
    for stride in (8, 16, 32):
        cells = (320 // stride) ** 2
        heads = {
            "cls": (1 / 255 if stride == 32 else 0, [0]),
            "obj": (0, [1]),
            "bbox": (0, [0.5, 0.5, math.log(2), math.log(2)]),
            "kps": (0, np.ravel(POINTS)),
        }
        for name, (weight, bias) in heads.items():
            graph += head(f"{name}_{stride}", stride, weight, bias)
            outputs += value_info(12, f"{name}_{stride}", (1, cells, len(bias)))
    graph += field(2, "cells") + value_info(11, "input", (1, 3, 320, 320)) + outputs
    return field(1, 8) + field(8, field(1, "") + field(2, 13)) + field(7, graph)


@pytest.fixture(scope="module")
def onnx_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("yunet") / "cells.onnx"
    path.write_bytes(white_cell_detector())
    return path


def image_with_cells(size, *cells):
    image = np.zeros((*size, 3), np.uint8)
    for row, column in cells:
        image[32 * row : 32 * (row + 1), 32 * column : 32 * (column + 1)] = 255
    return image


def test_the_points_of_each_face_make_its_box(onnx_file):
    detector = YuNetDetector(onnx_file)
    boxes, scores = detector(image_with_cells((160, 224), (1, 2), (4, 5)))
    np.testing.assert_allclose(scores, [1, 1], atol=1e-3)
    # Edges of pixels in OpenCV, centres here: half a pixel less.
    expected = [np.array(POINTS) * 32 + (32 * x, 32 * y) - 0.5 for x, y in ((2, 1), (5, 4))]
    boxes = boxes[np.argsort(boxes[:, 0])]
    calibration = detector._calibration
    np.testing.assert_allclose(
        boxes, boxes_of_five_points(np.stack(expected), calibration), atol=0.02
    )


def test_a_large_image_is_shrunk_and_its_boxes_are_not(onnx_file):
    small = image_with_cells((320, 640), (3, 7))
    large = np.repeat(np.repeat(small, 3, 0), 3, 1)
    detector = YuNetDetector(onnx_file)
    (of_small,), (of_large,) = detector(small)[0], detector(large)[0]
    np.testing.assert_allclose(of_large + 0.5, 3 * (of_small + 0.5), atol=0.1)


@pytest.mark.parametrize("size", [(1, 1), (33, 100), (700, 500)])
def test_nothing_in_a_black_image(onnx_file, size):
    boxes, scores = YuNetDetector(onnx_file)(np.zeros((*size, 3), np.uint8))
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_a_box_from_five_points_by_hand():
    # Mean (2, 1); squares of the distances 2, 2, 0, 2, 2 with the mean 1.6.
    points = np.array([[[1.0, 0], [3, 0], [2, 1], [1, 2], [3, 2]]])
    size = math.sqrt(1.6)
    (box,) = boxes_of_five_points(points, BoxCalibration(0.5, (2.0, 4.0)))
    middle = 1 + 0.5 * size
    expected = [2 - size, middle - 2 * size, 2 + size, middle + 2 * size]
    np.testing.assert_allclose(box, expected)


def test_detectors_by_name(onnx_file):
    assert isinstance(get_detector("haar"), HaarDetector)
    assert isinstance(get_detector(f"yunet:{onnx_file}"), YuNetDetector)
    for name in ("yunet", "yunet:", "mtcnn", ""):
        with pytest.raises(BadInput, match="known: haar, yunet:FILE"):
            get_detector(name)


@pytest.mark.parametrize("content", [None, b"", b"no network", struct.pack("<100Q", *range(100))])
def test_refuses_a_file_that_is_no_network(tmp_path, content):
    path = tmp_path / "bad.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=r"bad\.onnx"):
        YuNetDetector(path)
