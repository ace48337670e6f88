"""From whatever a file holds to eight-bit sRGB on white.

`convert("RGB")` alone would clip 16-bit greys, ignore colour profiles and show the colour that
lies hidden under transparency.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from lookalike.arrays import UInt8s

# Printer profiles reach 3 MB; what is larger is not worth reading.
_MAX_PROFILE_BYTES = 4 * 1024 * 1024
_MODE_BY_COLOUR_SPACE = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}


def to_flat(image: Image.Image) -> Image.Image:
    """An eight-bit picture in mode L, RGB, CMYK or RGBA, which can be reduced without error."""
    if image.mode.startswith("I"):
        return _from_16_bit(image)
    if "transparency" in image.info or image.mode in {"LA", "PA", "La", "RGBa", "RGBA"}:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def to_srgb_on_white(image: Image.Image, icc_profile: bytes | None) -> Image.Image:
    """`image`: as `to_flat` gives it. A profile that is broken or does not fit is ignored."""
    if image.mode != "RGBA":
        return _to_srgb(image, icc_profile)
    white = Image.new("RGB", image.size, "white")
    white.paste(_to_srgb(image.convert("RGB"), icc_profile), mask=image.getchannel("A"))
    return white


def _from_16_bit(image: Image.Image) -> Image.Image:
    """65535 becomes 255; the one grey that PNG may declare transparent becomes so."""
    grey = np.asarray(image)
    scaled: UInt8s = (np.clip(grey, 0, 65535) // 257).astype(np.uint8)
    transparent = image.info.get("transparency")
    if not isinstance(transparent, int):
        return Image.fromarray(scaled)
    alpha = np.where(grey == transparent, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([scaled, scaled, scaled, alpha]))


def _to_srgb(image: Image.Image, icc_profile: bytes | None) -> Image.Image:
    if icc_profile and len(icc_profile) <= _MAX_PROFILE_BYTES:
        try:
            transform = _transform(icc_profile, image.mode)
            if transform is not None:
                mode, apply = transform
                source = image if image.mode == mode else image.convert(mode)
                return apply.apply(source)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


# Pictures of one camera share a profile, and preparing a transform costs as much as using it.
@lru_cache(maxsize=8)
def _transform(
    icc_profile: bytes, image_mode: str
) -> tuple[str, ImageCms.ImageCmsTransform] | None:
    """The mode that the transform takes, and the transform; None when there is nothing to do."""
    profile = ImageCms.ImageCmsProfile(BytesIO(icc_profile))
    mode = _MODE_BY_COLOUR_SPACE.get(profile.profile.xcolor_space.strip())
    if mode is None or (mode == "CMYK") != (image_mode == "CMYK"):
        return None
    if "srgb" in (profile.profile.profile_description or "").lower():
        return None
    return mode, ImageCms.ImageCmsTransform(profile, _srgb(), mode, "RGB")


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
