"""Reference outputs of tensorflow-addons 0.23 (TensorFlow 2.15, Python 3.11), the last release.

Run in an environment of its own:
    pip install "tensorflow-cpu==2.15.1" "tensorflow-addons==0.23.0" "numpy<2"
Writes tfa_golden.npz beside this file: for every case `NAME/args` (JSON), arrays of inputs and
`NAME/out`.
"""

import json
import pathlib

import numpy as np
import tensorflow as tf
import tensorflow_addons as tfa

rng = np.random.default_rng(2026)
noise = rng.uniform(0, 255, (2, 7, 6, 3))
smooth = tf.image.resize(noise, (28, 24), method="bicubic").numpy().clip(0, 255).astype("float32")
unit = (smooth / 255).astype("float32")
cases = {}


def case(name, out, args, **inputs):
    cases[name + "/args"] = json.dumps(args)
    for key, value in inputs.items():
        cases[f"{name}/{key}"] = np.asarray(value)
    cases[name + "/out"] = np.asarray(out)


angles = np.array([0.35, -0.5], "float32")
case(
    "rotate",
    tfa.image.rotate(smooth, angles, interpolation="bilinear"),
    {"unit": "radians, counter-clockwise, about the image centre, fill 0"},
    image=smooth,
    angles=angles,
)
matrix = np.array(
    [[1.1, 0.2, -3, -0.15, 0.9, 2.5, 0, 0], [0.8, -0.1, 1.5, 0.2, 1.2, -4, 0, 0]], "float32"
)
case(
    "transform",
    tfa.image.transform(smooth, matrix, interpolation="bilinear"),
    {"unit": "8 numbers mapping OUTPUT pixels to input pixels, fill 0"},
    image=smooth,
    matrix=matrix,
)
shift = np.array([[2.25, -1.5], [-3.75, 4.0]], "float32")
case(
    "translate",
    tfa.image.translate(smooth, shift, interpolation="bilinear"),
    {"unit": "pixels (dx, dy), fill 0"},
    image=smooth,
    shift=shift,
)
for size, sigma in ((3, 0.8), (5, 1.5)):
    case(
        f"gaussian_blur_{size}",
        tfa.image.gaussian_filter2d(smooth, (size, size), sigma, padding="REFLECT"),
        {"size": size, "sigma": sigma, "padding": "REFLECT"},
        image=smooth,
    )
case(
    "average_blur_3",
    tfa.image.mean_filter2d(smooth, 3, padding="REFLECT"),
    {"size": 3, "padding": "REFLECT"},
    image=smooth,
)
case(
    "median_blur_3",
    tfa.image.median_filter2d(smooth, 3, padding="REFLECT"),
    {"size": 3, "padding": "REFLECT"},
    image=smooth,
)
eight = smooth.round().astype("uint8")
for factor in (0.4, 1.8):
    case(
        f"sharpness_{factor}",
        tfa.image.sharpness(eight, factor),
        {"factor": factor},
        image=eight,
    )
case(
    "hue_saturation",
    tfa.image.adjust_hsv_in_yiq(unit, 0.3, 1.2, 0.9),
    {"delta_hue": 0.3, "scale_saturation": 1.2, "scale_value": 0.9, "range": "0..1"},
    image=unit,
)
features = rng.normal(size=(2, 9, 11, 4)).astype("float32")
points = np.stack([rng.uniform(0, 10, (2, 40)), rng.uniform(0, 8, (2, 40))], -1).astype("float32")
case(
    "interpolate_bilinear",
    tfa.image.interpolate_bilinear(features, points, indexing="xy"),
    {"unit": "pixels (x, y), inside the map"},
    features=features,
    points=points,
)
path = pathlib.Path(__file__).with_name("tfa_golden.npz")
np.savez_compressed(path, **cases)
print(path.name, path.stat().st_size, sorted({k.split("/")[0] for k in cases}))
