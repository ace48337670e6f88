"""Groups of similar pictures and the map of a library: made in the background, kept up to date."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from lookalike.errors import LibraryBusy
from lookalike.library.finding import Finding
from lookalike.types import ArrangeReport, Filters, Job, JobKind, Progress

if TYPE_CHECKING:
    from lookalike.arrays import Int64s
    from lookalike.search.arranging import Workshop
    from lookalike.stores.base import Arrangement

ANEW = "anew"  # argument of a job that arranges everything from the start
LEAST = 20  # pictures that are worth arranging
# Arranged anew when there are so many times more pictures than last time, or so many fewer.
_GROWN, _SHRUNK = 1.3, 0.5
_PAGE = 16_384  # changes read at once


class Arranging(Finding):
    """The arranging of `Library`. It has a lock of its own: nothing waits for it."""

    def arrange(
        self,
        *,
        anew: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> ArrangeReport:
        """Finds the groups of the library and lays out its map; waits while another process does.

        What is new joins the groups that are there and moves nothing; with `anew`, or when the
        library grew by a third, everything is arranged from the start, and groups that come out
        mostly the same keep their number, name and cover. When `stop` is set nothing is changed.
        Raises LibraryBusy while the model is renewed.
        """
        from lookalike.ingest.lock import hold_lock

        if self._former_id() is not None:
            raise LibraryBusy("The model is being renewed; groups are found anew after that.")
        lock = hold_lock(self._layout.arrange_lock, wait=True, progress=progress, stop=stop)
        with lock:
            return self._arrange(anew=anew, progress=progress, stop=stop)

    def arrange_later(self, *, anew: bool = False, by: str = "") -> Job:
        """Queues it."""
        job = self._store.add_job(JobKind.ARRANGE, ANEW if anew else "", by)
        self._wake()
        return job

    def is_arranged(self) -> bool:
        """Whether groups and map show the library as it is now, or as it was before a renewal of
        the model that is going on; answered at once."""
        is_now = self._store.arrangement_stamp()[1] == self._store.generation()
        return is_now or self._former_id() is not None

    def _arrange(
        self,
        *,
        anew: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> ArrangeReport:
        """Callers hold the lock of arranging."""
        from lookalike.search import arranging

        started_s = time.perf_counter()
        stop = stop or threading.Event()
        before = self._store.arrangement()
        if before is not None and before.model_id != self._embedder.get().model_id:
            before = None
        keys = self._store.filter_keys(Filters())
        new = None if anew or before is None else self._changed_since(before, len(keys))
        shop = self._workshop(progress, stop)
        if new is None or before is None:
            places = arranging.arrange_anew(shop, self._with_vectors(keys), before)
        else:
            places = arranging.join(shop, new, before)
        after = self._store.arrangement()
        return ArrangeReport(
            pictures=0 if places is None else len(places.keys),
            groups=0 if after is None else len(after.groups),
            anew=new is None,
            interrupted=places is None,
            took_s=time.perf_counter() - started_s,
        )

    def _arrange_for(
        self, job: Job, progress: Callable[[Progress], None], stop: threading.Event
    ) -> str:
        """Carries out a job; says what came of it. Callers hold the lock."""
        report = self._arrange(anew=job.argument == ANEW, progress=progress, stop=stop)
        return f"{report.pictures:,} pictures arranged, {report.groups:,} groups."

    def _join_or_queue(self, stop: threading.Event) -> None:
        """Lets what is new join at once; queues a job where everything is to be arranged anew.
        Callers hold the lock."""
        from lookalike.library.core import MODEL_SETTING

        count = self._store.coverage().indexed
        if count < LEAST:
            return
        before = self._store.arrangement()
        is_other = before is not None and before.model_id != self._store.get_setting(MODEL_SETTING)
        if before is None or is_other or self._changed_since(before, count) is None:
            self._store.add_job(JobKind.ARRANGE, "", "")
        else:
            self._arrange(stop=stop)

    def _changed_since(self, before: Arrangement, count: int) -> Int64s | None:
        """Searchable pictures that are new or changed; None when they are too many to join.
        `count`: how many there are in all."""
        import numpy as np

        if count > _GROWN * before.counted or count < _SHRUNK * before.counted:
            return None
        found = [np.empty(0, np.int64)]
        generation, more = before.generation, True
        while more:
            changes = self._store.changes(before.model_id, generation, _PAGE)
            found.append(changes.keys)
            generation, more = changes.generation, changes.more
        return np.unique(np.concatenate(found))

    def _with_vectors(self, keys: Int64s) -> Int64s:
        """Those of `keys` that have a vector of the model in use."""
        import numpy as np

        model_id = self._embedder.get().model_id
        parts = [
            self._store.vectors(model_id, keys[i : i + _PAGE])[0]
            for i in range(0, len(keys), _PAGE)
        ]
        return np.concatenate([np.empty(0, np.int64), *parts])

    def _workshop(
        self, progress: Callable[[Progress], None] | None, stop: threading.Event
    ) -> Workshop:
        from lookalike.ingest.meter import Meter
        from lookalike.search.arranging import Workshop

        meters: dict[str, Meter] = {}

        def tell(stage: str, done: int, total: int) -> None:
            meter = meters.setdefault(stage, Meter(stage, progress, total=total))
            meter.update(done)

        return Workshop(
            store=self._store,
            index=self._index.get().current(),
            embedder=self._embedder.get(),
            threads=max(1, (os.cpu_count() or 2) - 1),  # one is left for searches
            tell=tell,
            stop=stop,
        )
