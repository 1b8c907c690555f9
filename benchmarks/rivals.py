"""The same augmentations by albumentations and imgaug, with the nearest operations they have.

Both get the surroundings of every face cut out beforehand, untimed, and so large that no placement
shows their rim. In their middle lies the padded box, `BOX_SIZE` wide; it is as large in 300-W's
pictures as we have them, and larger in a drawn one of 400 pixels. Grey is all grey in
albumentations, and occlusion is always noise.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_facealign import face_crop, geometry
from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.data.face_sample import FaceSample

SIZE = face_crop.CROP_SIZE
BOX_SIZE = 256
# A crop turned by 45 degrees, 1.2 times as large and shifted by 10 % reaches 0.95 from the centre.
REGION_SIZE = round(1.9 * BOX_SIZE)
Augment = Callable[[Sequence[int]], Any]


def albumentations(faces: Sequence[FaceSample], config: AugmentationConfig) -> Augment:
    """Placed at the picture's own size, then cut and averaged down."""
    return _albumentations(faces, config, REGION_SIZE)


def albumentations_small(faces: Sequence[FaceSample], config: AugmentationConfig) -> Augment:
    """Cut and shrunk first."""
    return _albumentations(faces, config, BOX_SIZE)


def imgaug(faces: Sequence[FaceSample], config: AugmentationConfig) -> Augment:
    """Placed at the picture's own size, then cut and averaged down."""
    return _imgaug(faces, config, REGION_SIZE)


def imgaug_small(faces: Sequence[FaceSample], config: AugmentationConfig) -> Augment:
    """Cut and shrunk first."""
    return _imgaug(faces, config, BOX_SIZE)


def _albumentations(faces: Sequence[FaceSample], c: AugmentationConfig, size: int) -> Augment:
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # or it asks the network
    import albumentations as A

    shift = c.translate * BOX_SIZE / size
    placement = [
        A.Affine(
            scale=(1 / c.scale[1], 1 / c.scale[0]),
            translate_percent=(-shift, shift),
            rotate=(-c.rotate_degrees, c.rotate_degrees),
            border_mode=cv2.BORDER_REPLICATE,
            keep_ratio=True,
            p=1.0,
        )
    ]
    if size == REGION_SIZE:
        cut = A.CenterCrop(BOX_SIZE, BOX_SIZE)
        placement = [*placement, cut, A.Resize(SIZE, SIZE, interpolation=cv2.INTER_AREA)]
    else:
        placement = [A.Resize(SIZE, SIZE), *placement]
    operations = [
        A.HorizontalFlip(p=c.flip),
        A.Erasing(c.occlusion_area, (0.5, 2.0), fill="random", p=c.occlusion),
        A.MedianBlur(c.median_blur_side_px, p=c.median_blur),
        A.GaussianBlur(0, c.gaussian_blur_sigma_px, p=c.gaussian_blur),
        A.Blur(c.average_blur_side_px, p=c.average_blur),
        A.Sharpen(c.sharpen_amount, (1.0, 1.0), p=c.sharpen),
        A.Emboss(c.emboss_amount, (1.0, 1.0), p=c.emboss),
        A.GaussNoise((0.0, c.noise_sigma[1] / 255), p=c.noise),
        A.RGBShift(c.add_levels, c.add_levels, c.add_levels, p=c.add),
        A.HueSaturationValue(10, 60, 0, p=c.hue_saturation),  # half degrees, levels
        A.RandomBrightnessContrast(0.0, c.contrast_factor[1] - 1, p=c.contrast),
        A.ToGray(p=c.greyscale),
    ]
    keypoints = A.KeypointParams("xy", remove_invisible=False)
    transform = A.Compose([*placement, *operations], keypoint_params=keypoints, seed=0)
    regions = [_region(face, size) for face in faces]

    def augment(numbers: Sequence[int]) -> Any:
        return [transform(image=regions[i][0], keypoints=regions[i][1]) for i in numbers]

    return augment


def _imgaug(faces: Sequence[FaceSample], c: AugmentationConfig, size: int) -> Augment:
    _let_imgaug_run()
    import imgaug.augmenters as iaa
    from imgaug.augmentables import KeypointsOnImage

    shift = c.translate * BOX_SIZE / size
    placement = [
        iaa.Affine(
            scale=(1 / c.scale[1], 1 / c.scale[0]),
            translate_percent={"x": (-shift, shift), "y": (-shift, shift)},
            rotate=(-c.rotate_degrees, c.rotate_degrees),
            mode="edge",
            backend="cv2",
        )
    ]
    if size == REGION_SIZE:
        cut = iaa.CenterCropToFixedSize(BOX_SIZE, BOX_SIZE)
        placement = [*placement, cut, iaa.Resize(SIZE, interpolation="area")]
    else:
        placement = [iaa.Resize(SIZE, interpolation="linear"), *placement]
    half = c.hue_degrees[1] * 255 / 360
    operations = [
        iaa.Sometimes(c.occlusion, iaa.Cutout(size=(0.14, 0.45), fill_mode="gaussian")),
        iaa.Sometimes(c.median_blur, iaa.MedianBlur(k=c.median_blur_side_px)),
        iaa.Sometimes(c.gaussian_blur, iaa.GaussianBlur(c.gaussian_blur_sigma_px)),
        iaa.Sometimes(c.average_blur, iaa.AverageBlur(k=c.average_blur_side_px)),
        iaa.Sometimes(c.sharpen, iaa.Sharpen(c.sharpen_amount, lightness=1.0)),
        iaa.Sometimes(c.emboss, iaa.Emboss(c.emboss_amount, strength=1.0)),
        iaa.Sometimes(c.noise, iaa.AdditiveGaussianNoise(scale=c.noise_sigma, per_channel=True)),
        iaa.Sometimes(c.add, iaa.Add(tuple(map(int, c.add_levels)), per_channel=0.5)),
        iaa.Sometimes(c.hue_saturation, iaa.AddToHueAndSaturation((-int(half), int(half)))),
        iaa.Sometimes(c.contrast, iaa.LinearContrast(c.contrast_factor)),
        iaa.Sometimes(c.greyscale, iaa.Grayscale(c.greyscale_amount)),
    ]
    transform = iaa.Sequential([*placement, iaa.Fliplr(c.flip), *operations], seed=0)
    regions = [_region(face, size) for face in faces]
    shapes = [KeypointsOnImage.from_xy_array(points, (size, size)) for _, points in regions]

    def augment(numbers: Sequence[int]) -> Any:
        # A whole batch at once is its fastest way.
        images = [regions[i][0] for i in numbers]
        return transform(images=images, keypoints=[shapes[i] for i in numbers])

    return augment


def _let_imgaug_run() -> None:
    """Its last release, 0.4, reads a table that NumPy 2 no longer has."""
    types = {
        "float": [np.float16, np.float32, np.float64],
        "int": [np.int8, np.int16, np.int32, np.int64],
        "uint": [np.uint8, np.uint16, np.uint32, np.uint64],
    }
    np.__dict__.setdefault("sctypes", types)


def _region(face: FaceSample, size: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The padded box in the middle of a square of `size` pixels, and the landmarks there."""
    affine = face_crop.crop_affine(face.box_px, face_crop.Padding())
    grown = geometry.scale_and_shift(size / BOX_SIZE, 0.5 - 0.5 * size / BOX_SIZE)
    affine = geometry.compose_affines(affine, grown)
    points = geometry.unit_to_px(
        face_crop.landmarks_to_unit(face.landmarks_px, affine), (size, size)
    )
    return face_crop.cut(face.image_rgb(), affine, size), points
