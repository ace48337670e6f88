"""Links to a copy that a decision put in the trash lead to the picture that was kept."""

from __future__ import annotations

from lookalike.errors import AssetNotFound
from lookalike.library import Library
from lookalike.types import Asset, State

_LEAST_LETTERS = 8  # of a version


def lead_on(library: Library, id: str, version: str | None = None) -> Asset | None:
    """The asset that was kept instead of this one; None when a link to it is to be answered.

    `version`: the start of a content hash, as in `?v=`. A file in the trash is sent to whoever
    names its very content.
    """
    try:
        asset = library.asset(id)
    except AssetNotFound:
        return library.successor(id)
    if asset.state is not State.TRASHED or names_version(asset, version):
        return None
    return library.successor(asset.id)


def names_version(asset: Asset, version: str | None) -> bool:
    """Whether this is the content that an asset has."""
    if not version or len(version) < _LEAST_LETTERS or asset.sha256 is None:
        return False
    return asset.sha256.startswith(version)
