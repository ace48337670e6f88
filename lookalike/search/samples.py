"""The pictures at hand while many are compared."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor

from lookalike.errors import CorruptImage
from lookalike.images.signature import Size
from lookalike.images.signed import SIGNED_BYTES, Signed
from lookalike.images.thumbnails import decode_thumbnail
from lookalike.search.relations import Sample
from lookalike.stores.base import Contents, Store

_SAMPLES = 1500  # decoded pictures: about 150 MB
_SIGNED = 30_000  # about 100 MB; the store has all


class Samples:
    """By content hash; the oldest give way. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        contents: Contents,
        read_thumbnail: Callable[[str], bytes | None],
    ) -> None:
        self._store = store
        self._contents = contents
        self._read_thumbnail = read_thumbnail
        self._row_of = {name: row for row, name in reversed([*enumerate(contents.sha256)])}
        self._samples: OrderedDict[str, Sample] = OrderedDict()
        self._signed: OrderedDict[str, Signed | None] = OrderedDict()
        self._lock = threading.Lock()

    def size(self, name: str) -> Size:
        """Width and height of the full picture, px."""
        width_px, height_px = self._contents.sizes_px[self._row_of[name]].tolist()
        return width_px, height_px

    def sample(self, name: str) -> Sample:
        """One picture, ready to be compared."""
        with self._lock:
            sample = self._samples.get(name)
            if sample is not None:
                self._samples.move_to_end(name)
                return sample
        row = self._row_of[name]
        width_px, height_px = self.size(name)
        sample = Sample(
            key=int(self._contents.keys[row]),
            sha256=name,
            width_px=width_px,
            height_px=height_px,
            phash64=self._contents.phash64[row].tobytes(),
            phash256=self._contents.phash256[row].tobytes(),
            thumbnail=self._read_thumbnail(name),
        )
        with self._lock:
            self._samples[name] = sample
            if len(self._samples) > _SAMPLES:
                self._samples.popitem(last=False)
        return sample

    def decoded(self, name: str) -> Sample:
        """The same, with its frame at hand."""
        sample = self.sample(name)
        _ = sample.frame  # from now on it is an attribute
        return sample

    def signed(self, names: Iterable[str], readers: Executor) -> dict[str, Signed]:
        """What each is screened by: from the store, else made from the thumbnail. Those that have
        neither, or a damaged one, are left out."""
        wanted = sorted(set(names))
        with self._lock:
            found = {name: self._signed[name] for name in wanted if name in self._signed}
        missing = [name for name in wanted if name not in found]
        found.update(self._read_signed(missing, readers))
        with self._lock:
            self._signed.update(found)
            for name in wanted:
                self._signed.move_to_end(name)
            while len(self._signed) > _SIGNED:
                self._signed.popitem(last=False)
        return {name: sign for name in wanted if (sign := found[name]) is not None}

    def _read_signed(self, names: Sequence[str], readers: Executor) -> dict[str, Signed | None]:
        """What the store does not have yet is made from thumbnails, once."""
        kept = self._store.get_signatures(names)
        found: dict[str, Signed | None] = {
            name: Signed.from_bytes(data)
            for name, data in kept.items()
            if len(data) == SIGNED_BYTES
        }
        missing = [name for name in names if name not in found]
        if missing:
            made = dict(zip(missing, readers.map(self._sign, missing), strict=True))
            self._store.put_signatures({n: s.to_bytes() for n, s in made.items() if s is not None})
            found |= made
        return found

    def _sign(self, name: str) -> Signed | None:
        thumbnail = self._read_thumbnail(name)
        if thumbnail is None:
            return None
        try:
            return Signed.of(decode_thumbnail(thumbnail))
        except CorruptImage:
            return None
