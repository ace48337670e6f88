"""What comes out of the decoder, and what is made of a batch of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from lookalike.errors import InferenceFailed
from lookalike.images.picture import Picture
from lookalike.ingest.embedding import embed_each
from lookalike.models.base import Embedder
from lookalike.stores.base import Indexed, Skipped

_MAX_WAIT_S = 2.0  # a decoded picture waits no longer than this for its batch to fill
_MAX_TROUBLES = 256  # outcomes without a picture that may wait for one


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture that waits for its vector."""

    key: int
    # Before the file was read, so that a change during it is noticed next time; None for uploads.
    mtime_ns: int | None
    picture: Picture


@dataclass(frozen=True, slots=True)
class Gone:
    """The file vanished before it was read."""

    key: int


@dataclass(frozen=True, slots=True)
class Left:
    """The file was not looked at after all; its asset stays pending."""

    key: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Decoding failed in a way that no file explains; the run must end."""

    error: BaseException


Outcome = Decoded | Skipped | Gone | Left | Broken


@dataclass(slots=True)
class Results:
    """What is saved together."""

    indexed: list[Indexed] = field(default_factory=list)
    thumbnails: dict[str, bytes] = field(default_factory=dict)  # by sha256 of the file
    skipped: list[Skipped] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    def add(self, other: Results) -> None:
        """Takes over what `other` holds."""
        self.indexed += other.indexed
        self.thumbnails |= other.thumbnails
        self.skipped += other.skipped
        self.missing += other.missing

    def __len__(self) -> int:
        return len(self.indexed) + len(self.skipped) + len(self.missing)


class Batch:
    """Gathers outcomes until it is worth running the model."""

    def __init__(self, embedder: Embedder, size: int) -> None:
        self._embedder = embedder
        self._size = size
        self._decoded: list[Decoded] = []
        self._results = Results()
        self._since_s = time.monotonic()

    def add(self, outcome: Outcome) -> None:
        """Takes one outcome. Raises the error of a Broken one."""
        if not self._decoded and not self._results:
            self._since_s = time.monotonic()
        match outcome:
            case Decoded():
                self._decoded.append(outcome)
            case Skipped():
                self._results.skipped.append(outcome)
            case Gone():
                self._results.missing.append(outcome.key)
            case Broken():
                raise outcome.error
            case Left():
                pass

    def is_ripe(self) -> bool:
        """Whether it is full, or something in it has waited long enough."""
        if len(self._decoded) >= self._size or len(self._results) >= _MAX_TROUBLES:
            return True
        waiting = bool(self._decoded or self._results)
        return waiting and time.monotonic() - self._since_s > _MAX_WAIT_S

    def embed(self) -> Results:
        """Runs the model on what is there and empties the batch. Raises InferenceFailed."""
        results, self._results = self._results, Results()
        decoded, self._decoded = self._decoded, []
        if not decoded:
            return results
        images = np.stack([one.picture.pixels for one in decoded])
        for one, vector in zip(decoded, embed_each(self._embedder, images), strict=True):
            if isinstance(vector, InferenceFailed):
                results.skipped.append(
                    Skipped(
                        key=one.key,
                        reason=vector.code,
                        detail=str(vector),
                        sha256=one.picture.sha256,
                    )
                )
                continue
            picture = one.picture
            results.thumbnails[picture.sha256] = picture.thumbnail
            results.indexed.append(
                Indexed(
                    key=one.key,
                    size_bytes=picture.size_bytes,
                    mtime_ns=one.mtime_ns,
                    mime=picture.mime,
                    width_px=picture.width_px,
                    height_px=picture.height_px,
                    sha256=picture.sha256,
                    phash64=picture.phash64,
                    phash256=picture.phash256,
                    taken_at=picture.taken_at,
                    vector=vector,
                    palette=picture.palette,
                    signature=picture.signature,
                    facts=picture.facts,
                )
            )
        return results
