"""Sees every picture a few times through the frozen bottom of the picture network, once for all.

The bottom does not learn, so what it makes of a picture need not be computed at every step: each
picture is cut and lit at random a few times, and the results wait in memory as float16. ONNX
Runtime does this about four times as fast as torch on a processor.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from training.augmentation import augment
from training.networks import Bottom, ImageTower
from training.progress import Progress

_PART = 32  # pictures at a time


@dataclass(frozen=True)
class Views:
    """`count` looks at each of n pictures."""

    maps: Tensor  # float16 [n, count, channels, height, width]
    pooled: Tensor  # float16 [n, count, k]: what skips the rest of the network

    def draw(self, rows: Tensor) -> Bottom:
        """A random look at each of these pictures."""
        look = torch.randint(self.maps.shape[1], (len(rows),), device=rows.device)
        return Bottom(self.maps[rows, look].float(), self.pooled[rows, look].float())

    def to(self, device: torch.device) -> Views:
        """The same, there."""
        return Views(self.maps.to(device), self.pooled.to(device))


@dataclass(frozen=True)
class Pool:
    """A set whose pictures were looked at, and wait on the device."""

    views: Views
    captions: list[list[str]]

    def draw(self, count: int, chance: random.Random) -> tuple[Bottom, list[str]]:
        """Some pictures, and one caption of each."""
        rows = chance.sample(range(len(self.captions)), min(count, len(self.captions)))
        index = torch.tensor(rows, device=self.views.maps.device)
        return self.views.draw(index), [chance.choice(self.captions[r]) for r in rows]


class FrozenBottom:
    """The bottom of a picture network outside of torch."""

    def __init__(self, image: ImageTower, side_px: int) -> None:
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "bottom.onnx"
            torch.onnx.export(
                _Parts(image).eval().cpu().float(),
                (torch.zeros(2, 3, side_px, side_px),),
                str(file),
                input_names=["pixels"],
                output_names=["maps", "pooled"],
                dynamic_axes={name: {0: "n"} for name in ("pixels", "maps", "pooled")},
                opset_version=17,
                dynamo=False,
            )
            self._session = onnxruntime.InferenceSession(
                str(file), providers=["CPUExecutionProvider"]
            )

    def look(self, pictures: np.ndarray, count: int, crop_min: float, progress: Progress) -> Views:
        """Each picture as it is and `count` - 1 times at random; uint8 [n, side, side, 3]."""
        side_px = pictures.shape[1]
        looks = []
        for number in range(count):
            parts = []
            for part in _in_parts(pictures):
                seen = augment(part, side_px, crop_min) if number else part.float()
                parts.append(self._run(seen))
                progress.add(len(part))
            looks.append([torch.cat(kind) for kind in zip(*parts, strict=True)])
        return Views(*(torch.stack(kind, dim=1) for kind in zip(*looks, strict=True)))

    def whole(self, pictures: np.ndarray) -> Iterator[Bottom]:
        """Pictures as they are, a few at a time."""
        for part in _in_parts(pictures):
            maps, pooled = self._run(part.float())
            yield Bottom(maps.float(), pooled.float())

    def _run(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Floats 0 to 255 [n, 3, side, side] -> maps and pooled values, float16."""
        maps, pooled = self._session.run(None, {"pixels": pixels.numpy()})
        return torch.from_numpy(maps).half(), torch.from_numpy(pooled).half()


def _in_parts(pictures: np.ndarray) -> Iterator[Tensor]:
    """uint8 [n, side, side, 3] -> uint8 [_PART, 3, side, side] each."""
    for start in range(0, len(pictures), _PART):
        part = pictures[start : start + _PART].transpose(0, 3, 1, 2)
        yield torch.from_numpy(np.ascontiguousarray(part))


class _Parts(nn.Module):
    def __init__(self, image: ImageTower) -> None:
        super().__init__()
        self.image = image

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        bottom = self.image.bottom(pixels)
        return bottom.maps, bottom.pooled
