"""Makers of the files that the tests are about."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from lookalike.images.decode import Limits


@pytest.fixture(scope="session")
def limits() -> Limits:
    return Limits(max_bytes=25 * 1024**2, max_pixels=50_000_000, max_avif_pixels=25_000_000)


@pytest.fixture(scope="session")
def make():
    return Maker()


class Maker:
    """Pictures as bytes. All of them are made here; none comes from elsewhere."""

    TYPES = ("jpeg", "png", "webp", "gif", "avif", "svg")

    def photo(self, width_px: int = 96, height_px: int = 64, seed: int = 0) -> Image.Image:
        """A smooth, colourful picture without symmetry."""
        noise = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
        return Image.fromarray(noise).resize((width_px, height_px), Image.Resampling.BICUBIC)

    def encode(self, image: Image.Image, format: str, **options) -> bytes:
        buffer = BytesIO()
        image.save(buffer, format, **options)
        return buffer.getvalue()

    def file(self, kind: str, width_px: int = 96, height_px: int = 64) -> bytes:
        """A valid file of one of the six types."""
        if kind == "svg":
            return self.svg(
                '<rect width="50%" height="100%" fill="red"/><circle cx="70" cy="30" r="20"/>',
                f'width="{width_px}" height="{height_px}"',
            )
        return self.encode(self.photo(width_px, height_px), kind.upper())

    def svg(self, body: str, attributes: str = 'width="100" height="50"', head: str = "") -> bytes:
        return f'{head}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'.encode()

    def busy_svg(self) -> bytes:
        """A small drawing that takes a minute: filters that look at wide surroundings."""
        filters = '<feMorphology operator="dilate" radius="200"/>' * 100
        body = f'<filter id="f">{filters}</filter><rect width="9" height="9" filter="url(#f)"/>'
        return self.svg(f'{body}<rect width="999" height="999" filter="url(#f)"/>')

    def png(
        self,
        width_px: int,
        height_px: int,
        *chunks: tuple[bytes, bytes],
        depth: int = 8,
        colour_type: int = 0,
        pixels: bytes = b"",
    ) -> bytes:
        """A PNG written chunk by chunk; `pixels` as they are before compression."""
        header = struct.pack(">IIBBBBB", width_px, height_px, depth, colour_type, 0, 0, 0)
        written = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(self.chunk(*chunk) for chunk in written)

    def chunk(self, name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
