"""From pending assets to saved vectors: decoding, embedding and writing at the same time.

    caller's thread        decode processes        'embed' thread         'write' thread
    pending assets   ->    Path -> Picture   ->    batches -> vectors ->  thumbnails, store

Each arrow is bounded, so memory stays flat however large the library is. A picture that fails
costs its own asset. A stage that fails ends the run: the others are let go, what was saved
stays saved, and the error is raised to the caller.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lookalike.ingest.base import Decoder, ResultStore, Thumbnails
from lookalike.ingest.batch import Batch, Outcome, Results
from lookalike.ingest.meter import Meter
from lookalike.ingest.opening import Locate, Opener, locate_linked
from lookalike.models.base import Embedder
from lookalike.types import Asset, State

_POLL_S = 0.1  # how soon a waiting stage notices that the run is over
_MAX_RESULTS = 4  # batches that may wait for the writer, which saves all that wait as one


@dataclass(slots=True)
class PipelineCounts:
    """What a pipeline did, in files that were saved."""

    done: int = 0
    indexed: int = 0
    missing: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _End:
    """The caller's thread has nothing more."""

    expected: int  # outcomes in all
    at_once: bool  # whether to leave those that have not arrived


class Pipeline:
    """One pass over pending assets. Make a new one for each pass."""

    def __init__(
        self,
        store: ResultStore,
        embedder: Embedder,
        decoder: Decoder,
        thumbnails: Thumbnails,
        *,
        folders: Iterable[str],
        max_bytes: int,
        locate: Locate = locate_linked,
        batch_size: int = 16,
        in_flight: int = 32,
    ) -> None:
        """`folders`: the linked folders that the assets come from. `locate`: where the file of an
        asset is. `in_flight`: files that are
        being decoded, or are decoded and not yet taken by the model."""
        self.counts = PipelineCounts()
        self._store = store
        self._embedder = embedder
        self._thumbnails = thumbnails
        self._batch_size = batch_size
        self._opener = Opener(decoder, folders=tuple(folders), locate=locate, max_bytes=max_bytes)
        self._slots = threading.Semaphore(in_flight)
        self._arrived: queue.SimpleQueue[Outcome | _End] = queue.SimpleQueue()
        self._to_save: queue.Queue[Results | None] = queue.Queue(_MAX_RESULTS)
        self._over = threading.Event()
        self._failure: BaseException | None = None

    def run(self, assets: Iterable[Asset], meter: Meter, stop: threading.Event) -> PipelineCounts:
        """Works through `assets`. When `stop` is set, what has been decoded is still embedded and
        saved; the rest stays pending. Raises what a stage raised."""
        threads = [
            threading.Thread(target=self._guard, args=(work,), name=f"lookalike-{name}")
            for name, work in (("embed", self._embed_all), ("write", self._write_all))
        ]
        for thread in threads:
            thread.start()
        try:
            self._feed(assets, meter, stop)
            self._wait(threads, meter, stop)
        finally:
            self._over.set()
            self._opener.cancel()
            for thread in threads:
                thread.join()
        if self._failure is not None:
            raise self._failure
        meter.update(self.counts.done, last=True)
        return self.counts

    # --- the caller's thread ------------------------------------------------------------------

    def _feed(self, assets: Iterable[Asset], meter: Meter, stop: threading.Event) -> None:
        """Hands assets to the decoder as fast as the later stages take them."""
        handed = 0
        for asset in assets:
            while not self._slots.acquire(timeout=_POLL_S):
                meter.update(self.counts.done, asset.folder)
                if stop.is_set() or self._over.is_set():
                    break
            if stop.is_set() or self._over.is_set():
                break
            self._opener.open(asset, self._arrived.put)
            handed += 1
            meter.update(self.counts.done, asset.folder)
        self._arrived.put(_End(expected=handed, at_once=False))

    def _wait(self, threads: list[threading.Thread], meter: Meter, stop: threading.Event) -> None:
        """Waits for the later stages, and cuts that short when `stop` is set."""
        told = False
        while any(thread.is_alive() for thread in threads):
            if stop.is_set() and not told:
                told = True
                self._opener.cancel()
                self._arrived.put(_End(expected=0, at_once=True))
            threads[-1].join(_POLL_S)
            meter.update(self.counts.done)

    # --- the 'embed' thread -------------------------------------------------------------------

    def _embed_all(self) -> None:
        """Takes what arrives from the decoder and hands on what is to be saved."""
        batch = Batch(self._embedder, self._batch_size)
        arrived = 0
        expected: int | None = None
        while not self._over.is_set() and (expected is None or arrived < expected):
            try:
                item = self._arrived.get(timeout=_POLL_S)
            except queue.Empty:
                item = None
            if isinstance(item, _End):
                expected = item.expected
                if item.at_once:
                    break
            elif item is not None:
                self._slots.release()
                arrived += 1
                batch.add(item)
            if batch.is_ripe():
                self._hand_on(batch.embed())
        self._hand_on(batch.embed())
        self._hand_on(None)

    def _hand_on(self, results: Results | None) -> None:
        """Waits for a place in the writer's queue; gives up when the run is over."""
        while not self._over.is_set():
            try:
                self._to_save.put(results, timeout=_POLL_S)
            except queue.Full:
                continue
            return

    # --- the 'write' thread -------------------------------------------------------------------

    def _write_all(self) -> None:
        """Saves results, all that are waiting in one transaction."""
        more = True
        while more and not self._over.is_set():
            try:
                first = self._to_save.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            results = Results()
            for part in [first, *self._waiting_results()]:
                if part is None:
                    more = False
                else:
                    results.add(part)
            if results:
                self._save(results)

    def _waiting_results(self) -> list[Results | None]:
        parts: list[Results | None] = []
        while True:
            try:
                parts.append(self._to_save.get_nowait())
            except queue.Empty:
                return parts

    def _save(self, results: Results) -> None:
        """Thumbnails first: an indexed asset always has one."""
        for sha256, data in results.thumbnails.items():
            self._thumbnails.put(sha256, data)
        if results.indexed or results.skipped:
            self._store.save_results(self._embedder.model_id, results.indexed, results.skipped)
        if results.missing:
            self._store.set_state(results.missing, State.MISSING)
        self.counts.indexed += len(results.indexed)
        self.counts.missing += len(results.missing)
        self.counts.skipped.update(skipped.reason for skipped in results.skipped)
        self.counts.done += len(results)

    def _guard(self, work: Callable[[], None]) -> None:
        """Runs one stage; its failure is kept for the caller and ends the other stages."""
        try:
            work()
        except BaseException as error:
            if self._failure is None:
                self._failure = error
            self._over.set()
