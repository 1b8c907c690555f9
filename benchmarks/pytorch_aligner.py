"""The cascade in plain PyTorch, as fast as its eager mode gets, to measure our training step by.

The same layers with the same number of trainable parameters, for channels_last tensors. Strided
convolutions are padded on both sides where TensorFlow pads one, at the same cost. Patches are
gathered and blended as ours are.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CROP_SIZE = 112
PATCH = 5


def _channels(at_width_1: int, width: float) -> int:
    return max(16, round(at_width_1 * width / 4) * 4)


class _Block(nn.Module):
    """Basic block of ResNet-18; a strided one projects its shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride > 1:
            project = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(project, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.norm2(self.conv2(y))
        return F.relu(y.add_(self.shortcut(x)), inplace=True)


class _LRefNet(nn.Module):
    """(L, B, P·P·C) patches → (B, L, 2) increment."""

    def __init__(self, landmarks: int, channels: int) -> None:
        super().__init__()
        inputs = PATCH * PATCH * channels
        kernel = torch.randn(landmarks, inputs, 4) * math.sqrt(2 / inputs)
        self.kernel = nn.Parameter(kernel)
        self.bias = nn.Parameter(torch.zeros(landmarks, 1, 4))
        self.dense = nn.Linear(4 * landmarks, 2 * landmarks)
        _small(self.dense, 0.0)

    def forward(self, patches: Tensor) -> Tensor:
        hidden = F.relu(torch.baddbmm(self.bias, patches, self.kernel)).transpose(0, 1).flatten(1)
        return (self.dense(hidden) / CROP_SIZE).unflatten(1, (-1, 2))


class Aligner(nn.Module):
    """GRegNet and two refinements.

    Args:
        landmarks: n.
        width: scales the channels.

    """

    def __init__(self, landmarks: int, width: float) -> None:
        super().__init__()
        self.landmarks = landmarks
        stem, *stages = (_channels(c, width) for c in (64, 64, 128, 256, 512))
        self.conv1 = nn.Conv2d(3, stem, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(stem)
        inputs = [stem, *stages[:-1]]
        self.stages = nn.ModuleList(
            nn.Sequential(_Block(i, o, 2), _Block(o, o, 1))
            for i, o in zip(inputs, stages, strict=True)
        )
        self.gdconv = nn.Conv2d(stages[-1], stages[-1], 7, groups=stages[-1], bias=False)
        self.gdconv_norm = nn.BatchNorm2d(stages[-1])
        self.fc = nn.Linear(stages[-1], stages[-1])
        self.head = nn.Linear(stages[-1], 2 * landmarks)
        _small(self.head, CROP_SIZE / 2)
        self.lrefnets = nn.ModuleList(_LRefNet(landmarks, c) for c in (stages[0], stem))

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """S⁰, S¹, S² (B, n, 2) in unit coordinates of images (B, 3, 112, 112), RGB in 0..255."""
        x = conv1 = F.relu(self.norm1(self.conv1(image / 127.5 - 1)), inplace=True)
        x = res1 = self.stages[0](x)
        for stage in self.stages[1:]:
            x = stage(x)
        x = F.relu(self.fc(self.gdconv_norm(self.gdconv(x)).flatten(1)))
        shapes = [(self.head(x) / CROP_SIZE).unflatten(1, (-1, 2)).float()]
        for features, lrefnet in zip((res1, conv1), self.lrefnets, strict=True):
            before = shapes[-1].detach()
            shapes.append(before + lrefnet(patches(features, before)))
        return tuple(shapes)


def patches(features: Tensor, shape: Tensor) -> Tensor:
    """SIFC: (B, C, H, W) channels_last features and (B, L, 2) points → (L, B, P·P·C)."""
    batch, channels, height, width = features.shape
    corner = shape * torch.tensor([width, height]) - 0.5
    corner = corner.clamp(-PATCH, max(width, height) + PATCH) - (PATCH - 1) / 2
    whole = corner.floor()
    steps = torch.arange(PATCH + 1)
    columns = (whole[..., 0, None].long() + steps).clamp(0, width - 1)
    rows = (whole[..., 1, None].long() + steps).clamp(0, height - 1)
    rows = torch.arange(batch)[:, None, None] * height + rows
    indices = rows[..., :, None] * width + columns[..., None, :]
    # An embedding is a gather whose gradient runs on all threads.
    pixels = F.embedding(indices.flatten(2), features.permute(0, 2, 3, 1).reshape(-1, channels))
    return torch.matmul(_blend(corner - whole), pixels).flatten(2).transpose(0, 1)


def _blend(fraction: Tensor) -> Tensor:
    """Bilinear weights (B, L, P·P, (P+1)²) of a window's pixels."""
    distance = torch.arange(PATCH + 1) - torch.arange(PATCH)[:, None]
    x, y = (F.relu(1 - (distance - f[..., None]).abs()) for f in fraction[..., None].unbind(2))
    weights = y[..., :, None, :, None] * x[..., None, :, None, :]
    return weights.flatten(4, 5).flatten(2, 3)


def _small(dense: nn.Linear, bias: float) -> None:
    nn.init.normal_(dense.weight, std=1e-2)
    nn.init.constant_(dense.bias, bias)
