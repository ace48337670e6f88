"""How a larger model takes pictures and words: values read from the catalog or a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from lookalike.types import Fitting

_MOST_PIXELS_ASIDE = 1024
_MOST_TOKENS = 1024
_MOST_NUMBERS = 8192  # of a vector


class Wire(StrEnum):
    """How the files are called and what comes out of them."""

    CLIP = "clip"  # text_model.onnx, vision_model.onnx: text_embeds, image_embeds
    SIGLIP = "siglip"  # the same files: pooler_output
    SPLIT = "split"  # textual/model.onnx, visual/model.onnx: one output each

    @property
    def text_file(self) -> str:
        """The word network, below the model's folder."""
        return "textual/model.onnx" if self is Wire.SPLIT else "text_model.onnx"

    @property
    def image_file(self) -> str:
        """The picture network."""
        return "visual/model.onnx" if self is Wire.SPLIT else "vision_model.onnx"

    @property
    def tokenizer_file(self) -> str:
        """What cuts texts into tokens."""
        return "textual/tokenizer.json" if self is Wire.SPLIT else "tokenizer.json"

    @property
    def text_output(self) -> str | None:
        """Name of the vector that comes out; None: there is only one."""
        return {Wire.CLIP: "text_embeds", Wire.SIGLIP: "pooler_output"}.get(self)

    @property
    def image_output(self) -> str | None:
        """The same of the picture network."""
        return {Wire.CLIP: "image_embeds", Wire.SIGLIP: "pooler_output"}.get(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageInput:
    """From an RGB picture to the numbers that the network takes."""

    size_px: int
    fit: str  # 'crop' or 'squash'
    resample: str
    mean: tuple[float, float, float]  # of values from 0 to 1
    std: tuple[float, float, float]

    @property
    def fitting(self) -> Fitting:
        """What the decoding processes do of it."""
        return Fitting(crop=self.fit == "crop", resample=self.resample)


@dataclass(frozen=True, kw_only=True, slots=True)
class TextInput:
    """From a text to the tokens that the network takes."""

    length: int  # every text is cut and padded to it
    end: str  # the token behind every text
    pad: str  # '': token 0
    lower_case: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """All that is needed to use a model's files."""

    wire: Wire
    dim: int
    image: ImageInput
    text: TextInput

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Raises ValueError, KeyError, TypeError: such data may come from anywhere."""
        image, text = data["image"], data["text"]
        return cls(
            wire=Wire(data["wire"]),
            dim=_whole(data["dim"], _MOST_NUMBERS),
            image=ImageInput(
                size_px=_whole(image["size_px"], _MOST_PIXELS_ASIDE),
                fit=_one_of(image["fit"], ("crop", "squash")),
                resample=_one_of(image["resample"], Fitting.RESAMPLES),
                mean=_colour(image["mean"]),
                std=_colour(image["std"], above=0),
            ),
            text=TextInput(
                length=_whole(text["length"], _MOST_TOKENS),
                end=str(text["end"]),
                pad=str(text["pad"]),
                lower_case=bool(text.get("lower_case", False)),
            ),
        )

    def to_data(self) -> dict[str, Any]:
        """What `from_data` reads, fit for JSON."""
        return asdict(self) | {"wire": self.wire.value}


def _whole(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"{value!r} is not a whole number from 1 to {most}")
    return value


def _one_of(value: object, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise ValueError(f"{value!r} is not one of {', '.join(choices)}")
    return str(value)


def _colour(values: Any, *, above: float = -10) -> tuple[float, float, float]:
    red, green, blue = (float(value) for value in values)
    if not all(above < value <= 10 for value in (red, green, blue)):
        raise ValueError(f"{values!r} are not a value for red, green and blue")
    return red, green, blue
