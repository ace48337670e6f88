"""Pictures that are no assets: images to search by, and parts of pictures."""

from __future__ import annotations

from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.errors import AssetNotFound, StoreUnavailable
from lookalike.library.uploading import Uploading
from lookalike.types import Asset

if TYPE_CHECKING:
    from lookalike.images.picture import Picture, Region


class Looking(Uploading):
    """Decodes and fetches what a person searches by, without keeping it."""

    def inspect(self, data: bytes, *, region: tuple[int, int, int, int] | None = None) -> Picture:
        """What the bytes of an image file show; `region` is a part of it: x, y, width and height
        in thousandths of its sides. Raises ImageError."""
        return self._prepare(data, region)

    def inspect_asset(
        self, asset: Asset, *, region: tuple[int, int, int, int] | None = None
    ) -> Picture:
        """The same of an asset's own file. Raises AssetNotFound, ImageError."""
        try:
            return self._prepare(self.original(asset), region)
        except OSError as error:
            raise AssetNotFound(f"The file of {asset.name} cannot be read any more.") from error

    def fetch(self, url: str) -> bytes:
        """The image behind an address that a stranger may have given. Raises UrlRejected,
        FetchError, TooManyBytes."""
        return self._fetcher.get().fetch(url)

    def _prepare(self, source: bytes | Path, region: tuple[int, int, int, int] | None) -> Picture:
        from lookalike.images.picture import Region

        part: Region | None = Region(*region) if region else None
        try:
            return self._pool.get().prepare(source, part)
        except CancelledError as error:
            raise StoreUnavailable("The library was closed during the search.") from error
