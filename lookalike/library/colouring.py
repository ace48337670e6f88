"""The colours of the pictures in a library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lookalike.errors import CorruptImage
from lookalike.library.core import Core
from lookalike.types import Asset, Progress, Swatch

if TYPE_CHECKING:
    import numpy as np

_PAGE = 500  # palettes that are saved together


class Colouring(Core):
    """The palettes of `Library`."""

    def palette(self, asset: Asset) -> tuple[Swatch, ...]:
        """The colours that a picture consists of, the largest share first; none while unknown."""
        from lookalike.palettes import lab_to_srgb, unpack

        packed = self._store.get_palettes([asset.key]).get(asset.key)
        if packed is None:
            return ()
        lab, shares = unpack(packed)
        return tuple(
            Swatch(colour=_to_hex(rgb), share=float(share))
            for rgb, share in zip(lab_to_srgb(lab), shares, strict=True)
        )

    def tints(self, assets: Iterable[Asset]) -> dict[str, str]:
        """Asset id -> the colour with the largest share, as '#rrggbb'; none while unknown. For
        what is shown in a picture's place until it is there."""
        from lookalike.palettes import first_colours

        ids = {asset.key: asset.id for asset in assets}
        packed = self._store.get_palettes(list(ids))
        return {ids[key]: colour for key, colour in first_colours(packed).items()}

    def has_unseen_colours(self) -> bool:
        """Whether some pictures were indexed before Lookalike looked at colours."""
        return bool(self._store.without_palette(1))

    def fill_palettes(
        self,
        *,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> int:
        """Looks at the colours of pictures that were indexed before that was done; returns how
        many. They come from the thumbnails, so nothing is read or embedded again."""
        from lookalike.ingest.meter import Meter

        meter = Meter("colours", progress)
        done, after_key = 0, 0
        while stop is None or not stop.is_set():
            assets = self._store.without_palette(_PAGE, after_key)
            if not assets:
                break
            self._store.put_palettes({asset.key: self._look(asset) for asset in assets})
            done, after_key = done + len(assets), assets[-1].key
            meter.update(done)
        meter.update(done, last=True)
        return done

    def _look(self, asset: Asset) -> bytes:
        """A picture whose thumbnail is gone has no colours, so that it is not asked for again."""
        from lookalike.images.palette import extract_palette
        from lookalike.images.thumbnails import decode_thumbnail
        from lookalike.palettes import NO_PALETTE

        data = self.thumbnail(asset)
        if data is None:
            return NO_PALETTE
        try:
            return extract_palette(decode_thumbnail(data))
        except CorruptImage:
            return NO_PALETTE


def _to_hex(rgb: np.ndarray) -> str:
    return "#" + bytes(rgb.tolist()).hex()
