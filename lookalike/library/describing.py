"""What the files of a library say about their pictures: camera, place, title, whose they are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from lookalike.errors import ImageError
from lookalike.library.core import Core
from lookalike.photo_facts import NO_FACTS, PhotoFacts
from lookalike.types import Asset, Progress

if TYPE_CHECKING:
    from concurrent.futures import Future

_PAGE = 100  # files that are read at a time, and saved together


class Describing(Core):
    """The photo facts of `Library`."""

    def photo_facts(self, asset: Asset) -> PhotoFacts:
        """What the file of an asset says; nothing while nobody has looked."""
        facts = self._store.get_photo_facts([asset.key]).get(asset.key, NO_FACTS)
        return facts if self.settings.keep_positions else facts.without_position()

    def has_unread_facts(self) -> bool:
        """Whether some pictures were indexed before Lookalike looked at what files say."""
        return bool(self._store.without_photo_facts(1))

    def fill_photo_facts(
        self,
        *,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> int:
        """Reads what the files say of pictures that were indexed before that was done; returns how
        many. Their pixels are not decoded, and nothing is embedded again. A file that cannot be
        read now is tried another time."""
        from lookalike.ingest.meter import Meter

        total = self._store.count_without_photo_facts()
        if not total:
            return 0
        meter = Meter("facts", progress, total=total)
        done, after_key = 0, 0
        while stop is None or not stop.is_set():
            assets = self._store.without_photo_facts(_PAGE, after_key)
            if not assets:
                break
            self._store.put_photo_facts(self._read_facts(assets))
            done, after_key = done + len(assets), assets[-1].key
            meter.update(done)
        meter.update(done, last=True)
        return done

    def _read_facts(self, assets: list[Asset]) -> list[tuple[int, str, PhotoFacts]]:
        pool = self._ingest_pool.get()
        asked: list[tuple[Asset, Future[PhotoFacts]]] = []
        for asset in assets:
            path = self._locate(asset)
            if path is not None:
                asked.append((asset, pool.submit_facts(path)))
        found = []
        for asset, answer in asked:
            try:
                facts = answer.result()
            except ImageError:
                facts = NO_FACTS
            except OSError:
                continue
            found.append((asset.key, asset.sha256 or "", facts))
        return found

    def _forget_positions(self) -> None:
        """When they are not to be kept any more."""
        if not self.settings.keep_positions:
            self._store.forget_positions()
