"""The plain deep baseline: ResNet-18 that ends in coordinates, in PyTorch.

It sees the crops that our networks see, placed at random as theirs are. Adam with decoupled decay,
a short linear rise and a cosine to zero that ends when the minutes do.
"""

import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import resnet18

from tf_facealign import face_crop, get_scheme
from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops, training_batches
from tf_facealign.evaluation.evaluate import Predict

SETTINGS = {"batch": 32, "learning_rate": 2e-3, "weight_decay": 0.05, "warm_up": 0.02, "seed": 0}
SCHEME = get_scheme("ibug68")
PADDING = face_crop.Padding()


def train(faces: Sequence[FaceSample], file: Path, minutes: float) -> dict[str, Any]:
    """Train for so long, and save; returns the settings and what came of them."""
    torch.manual_seed(SETTINGS["seed"])
    crops = FaceCrops(faces, SCHEME, PADDING)
    network = build()
    nn.init.normal_(network.fc.weight, std=1e-2)
    network.fc.bias.data = torch.from_numpy(crops.mean_shape().ravel()).float()
    optimizer = torch.optim.AdamW(
        network.parameters(), weight_decay=SETTINGS["weight_decay"], fused=True
    )
    started, seconds, steps = time.perf_counter(), 60 * minutes, 0
    for image, shape in batches(crops):
        done = (time.perf_counter() - started) / seconds
        if done >= 1:
            break
        optimizer.param_groups[0]["lr"] = SETTINGS["learning_rate"] * schedule(done)
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            found = network(image)
        loss = (found.float() - shape).abs().mean() * face_crop.CROP_SIZE
        loss.backward()
        optimizer.step()
        steps += 1
        if steps % 100 == 0:
            print(f"step {steps}  {100 * done:.0f} %  loss {loss.item():.3f} px", flush=True)
    torch.save(network.state_dict(), file)
    return {"settings": SETTINGS, "epochs": steps * SETTINGS["batch"] / len(crops)}


def build() -> nn.Module:
    """(B, 3, 112, 112) in -1..1 → (B, 2·L) unit coordinates."""
    network = resnet18(num_classes=2 * SCHEME.num_landmarks)
    return network.to(memory_format=torch.channels_last)


def schedule(done: float) -> float:
    """Factor of the learning rate after this share of the training."""
    return min(done / SETTINGS["warm_up"], 0.5 + 0.5 * math.cos(math.pi * done))


def batches(crops: FaceCrops) -> Iterator[tuple[Tensor, Tensor]]:
    """The endless stream on which our networks train."""
    augmentation = Augmentation.from_config(AugmentationConfig())
    stream = training_batches(crops, augmentation, ["shape"], SETTINGS["batch"], SETTINGS["seed"])
    for image, targets in stream.as_numpy_iterator():
        yield to_input(image), torch.tensor(targets["shape"]).flatten(1)


def to_input(image: NDArray[np.float32]) -> Tensor:
    """(B, 112, 112, 3) in 0..255 → what the network takes, channels last in memory."""
    return torch.from_numpy(image / 127.5 - 1).permute(0, 3, 1, 2)


def load(file: Path) -> Predict:
    """The network, as our own are called."""
    network = build()
    network.load_state_dict(torch.load(file, weights_only=True))
    network.eval()

    @torch.inference_mode()
    def one(image_rgb: NDArray[np.uint8], box: NDArray[np.float64]) -> NDArray[np.float64]:
        affine = face_crop.crop_affine(box, PADDING)
        crop = face_crop.cut(image_rgb, affine)[None].astype(np.float32)
        unit = network(to_input(crop)).numpy().reshape(-1, 2).astype(np.float64)
        return face_crop.landmarks_to_px(unit, affine)

    return lambda image_rgb, boxes: np.stack([one(image_rgb, box) for box in boxes])
