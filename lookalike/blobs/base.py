"""What a blob store is to the rest of Lookalike: bytes under a key."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Blobs(Protocol):
    """Keeps bytes under keys such as a sha256. Safe to call from several threads.

    A key is 8 to 128 letters, digits, `-`, `_` and inner dots; anything else is a ValueError,
    because keys are made by Lookalike, never by a stranger.
    """

    def put(self, key: str, data: bytes) -> None:
        """Keeps `data`, in place of what was there. Readers see the old bytes or the new.
        Raises BlobUnavailable."""

    def put_file(self, key: str, file: Path) -> None:
        """Keeps the content of a staged file, which is gone afterwards. Raises BlobUnavailable."""

    def path_of(self, key: str) -> Path | None:
        """A file on this machine with the bytes, for reading only; None when there are none."""

    def get(self, key: str) -> bytes | None:
        """The bytes, or None when there are none. Raises BlobUnavailable."""

    def exists(self, key: str) -> bool:
        """Whether there are bytes under `key`. Raises BlobUnavailable."""

    def delete(self, key: str) -> None:
        """Forgets the bytes, if there are any. Raises BlobUnavailable."""
