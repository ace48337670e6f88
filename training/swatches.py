"""Plain fields of colour, which no photograph is: whoever types "blue" may mean one."""

from __future__ import annotations

import numpy as np

from training.data import CaptionedSet
from training.icons import COLOURS

_EACH = 40  # pictures of each colour, half as many with another one beside it
_SPREAD = 28  # of the channels around the named colour
_GRAIN = 10


def load_swatches(side_px: int, seed: int = 0) -> CaptionedSet:
    """Each of COLOURS in many shades; captions are its name, and its neighbour's."""
    chance = np.random.default_rng(seed)
    names = list(COLOURS)
    captions, fields = [], []
    for name in names:
        for number in range(_EACH):
            other = str(chance.choice([n for n in names if n != name])) if number % 2 else name
            field = np.empty((side_px, side_px, 3))
            split = side_px // 2
            field[:, :split], field[:, split:] = _shade(name, chance), _shade(other, chance)
            if other == name:
                field[:] = field[0, 0]
            field += chance.integers(-_GRAIN, _GRAIN + 1, field.shape)
            fields.append(np.clip(field, 0, 255).astype(np.uint8))
            captions.append([name if other == name else f"{name} and {other}"])
    files = [f"{number}.png" for number in range(len(fields))]
    return CaptionedSet("swatches", files, np.stack(fields), captions)


def _shade(name: str, chance: np.random.Generator) -> np.ndarray:
    colour = [int(COLOURS[name][at : at + 2], 16) for at in (1, 3, 5)]
    return np.array(colour) + chance.integers(-_SPREAD, _SPREAD + 1, 3)
