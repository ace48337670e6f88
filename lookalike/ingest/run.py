"""One indexing run: scan the folders, then work through what is pending."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lookalike.errors import FolderNotFound
from lookalike.ingest.base import Decoder, Thumbnails
from lookalike.ingest.interrupt import stop_on_interrupt
from lookalike.ingest.meter import Meter, ProgressCallback
from lookalike.ingest.opening import Locate, locate_linked
from lookalike.ingest.pipeline import Pipeline, PipelineCounts
from lookalike.ingest.refusals import BAD_NAME, UNREADABLE_FOLDER
from lookalike.ingest.scan import Scan, ScanCounts, is_inside
from lookalike.ingest.walk import Walk
from lookalike.models.base import Embedder
from lookalike.stores.base import Store
from lookalike.types import Asset, IndexReport

_PAGE = 1000  # pending assets read at a time
_LOOK_FOR_UPLOADS_EVERY = 50  # assets, so that an upload is searchable soon, even in a long run


def index(
    store: Store,
    embedder: Embedder,
    decoder: Decoder,
    thumbnails: Thumbnails,
    roots: Sequence[str | os.PathLike[str]],
    *,
    max_bytes: int,
    own_folder: Path | None = None,
    ignore: Sequence[str] = (),
    hidden: bool = False,
    batch_size: int = 16,
    in_flight: int | None = None,
    retry_skipped: bool = False,
    locate: Locate = locate_linked,
    progress: ProgressCallback | None = None,
    stop: threading.Event | None = None,
) -> IndexReport:
    """Brings what the library knows of the folders `roots` up to date with what is in them.

    A folder inside one that is linked already is taken as a part of it; any other becomes a
    linked folder. Files larger than `max_bytes` are listed only. `own_folder`: the library's,
    which is never indexed. `ignore`: patterns as in .gitignore, relative to the linked folder.
    `in_flight`: files in the decoder at a time, by default enough for its processes and two
    batches. `retry_skipped` looks again at every file that was skipped. `locate`: where the file
    of an asset is; uploads that wait go first. Ctrl-C or `stop` ends the run early; what was done
    stays, and the next run goes on from there. One run at a time: callers hold the lock of
    `ingest.lock`.

    Raises FolderNotFound, before anything is changed, when a root is not a folder that can be
    read, and whatever the store, the model or the thumbnails raise.
    """
    started_s = time.monotonic()
    stop = stop or threading.Event()
    folders = _outermost([check_folder(root) for root in roots])
    linked = _link(store, folders)
    walk = Walk(folders, linked=linked, ignore=ignore, hidden=hidden, own_folder=own_folder)
    with stop_on_interrupt(stop):
        scan = Scan(
            store,
            walk,
            folders,
            linked,
            max_bytes=max_bytes,
            retry_skipped=retry_skipped,
            meter=Meter("scan", progress),
            stop=stop,
        )
        found = scan.run()
        done = PipelineCounts()
        pending = store.coverage().pending
        if pending and not stop.is_set():
            pipeline = Pipeline(
                store,
                embedder,
                decoder,
                thumbnails,
                folders=linked,
                max_bytes=max_bytes,
                locate=locate,
                batch_size=batch_size,
                in_flight=in_flight or _default_in_flight(batch_size),
            )
            meter = Meter("index", progress, total=pending)
            done = pipeline.run(_pending(store, folders, meter), meter, stop)
    return _report(found, done, walk, interrupted=stop.is_set(), started_s=started_s)


def check_folder(root: str | os.PathLike[str]) -> str:
    """The absolute path of a folder that can be listed. Raises FolderNotFound."""
    try:
        path = os.path.abspath(Path(root).expanduser())  # noqa: PTH100 - links are kept as they are
    except (RuntimeError, ValueError) as error:  # no such home
        raise FolderNotFound(f"{root} is not a folder: {error}") from error
    try:
        path.encode()
        with os.scandir(path):
            return path
    except UnicodeEncodeError as error:
        raise FolderNotFound(f"{path!r} cannot be linked: its name is not valid text.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FolderNotFound(
            f"{path} is not a folder that can be read ({reason}); is its disk mounted?"
        ) from error


def _outermost(folders: Sequence[str]) -> list[str]:
    """`folders` without repetitions and without those that lie inside another."""
    unique = list(dict.fromkeys(folders))
    return [
        folder
        for folder in unique
        if not any(other != folder and is_inside(folder, other) for other in unique)
    ]


def _link(store: Store, folders: Sequence[str]) -> list[str]:
    """All linked folders of the library, with those of `folders` that no other covers."""
    linked = store.list_roots()
    for folder in folders:
        if not any(is_inside(folder, root) for root in linked):
            store.add_root(folder)
            linked.append(folder)
    return linked


def index_uploads(
    store: Store,
    embedder: Embedder,
    decoder: Decoder,
    thumbnails: Thumbnails,
    locate: Locate,
    *,
    max_bytes: int,
    batch_size: int = 16,
    progress: ProgressCallback | None = None,
    stop: threading.Event | None = None,
) -> PipelineCounts:
    """Works through the uploads that wait, and those that arrive meanwhile; as `index` does, and
    under the same lock."""
    pipeline = Pipeline(
        store,
        embedder,
        decoder,
        thumbnails,
        folders=(),
        max_bytes=max_bytes,
        locate=locate,
        batch_size=batch_size,
        in_flight=_default_in_flight(batch_size),
    )
    meter = Meter("index", progress)
    return pipeline.run(_Uploads(store), meter, stop or threading.Event())


class _Uploads:
    """The uploads that wait; each is given out once, those that arrive meanwhile too."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._given: set[int] = set()

    def __iter__(self) -> Iterator[Asset]:
        after_key = 0
        while page := self._store.pending_uploads(_PAGE, after_key):
            after_key = page[-1].key
            for asset in page:
                if asset.key not in self._given:
                    self._given.add(asset.key)
                    yield asset


def _pending(store: Store, folders: Sequence[str], meter: Meter) -> Iterator[Asset]:
    """Uploads, among them those that arrive meanwhile, before what is pending in `folders`; the
    rest, which waits for its own run, is not counted."""
    after_key = 0
    uploads = _Uploads(store)
    while page := store.pending(_PAGE, after_key):
        after_key = page[-1].key
        for number, asset in enumerate(page):
            if number % _LOOK_FOR_UPLOADS_EVERY == 0:
                yield from uploads
            if asset.path is not None and any(is_inside(asset.path, f) for f in folders):
                yield asset
            elif asset.path is not None and meter.total is not None:
                meter.total -= 1


def _default_in_flight(batch_size: int) -> int:
    """Enough for the decoder's processes and two batches."""
    return 2 * batch_size + 2 * (os.cpu_count() or 1)


def _report(
    found: ScanCounts, done: PipelineCounts, walk: Walk, *, interrupted: bool, started_s: float
) -> IndexReport:
    skipped = Counter(done.skipped)
    skipped[BAD_NAME] += len(walk.bad_names)
    skipped[UNREADABLE_FOLDER] += len(walk.unreadable)
    return IndexReport(
        seen=found.seen,
        added=found.added,
        updated=found.updated,
        moved=found.moved,
        restored=found.restored,
        unchanged=found.unchanged,
        missing=found.missing + done.missing,
        indexed=done.indexed,
        skipped=dict(+skipped),
        interrupted=interrupted,
        took_s=time.monotonic() - started_s,
    )
