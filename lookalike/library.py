"""A library: one folder that knows pictures and finds them by what they look like."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lookalike.errors import (
    AssetNotFound,
    ModelMismatch,
    StoreUnavailable,
    TooManyBytes,
    VisualSearchDisabled,
)
from lookalike.layout import Layout, count_bytes
from lookalike.parts import Part
from lookalike.settings import Settings
from lookalike.types import Asset, Filters, Found, IndexReport, Progress, Status, Term

if TYPE_CHECKING:
    from lookalike.blobs.local import LocalBlobs
    from lookalike.fetch import Fetcher
    from lookalike.images.decode import Limits
    from lookalike.images.picture import Picture
    from lookalike.images.sandbox import DecodePool
    from lookalike.live_index import LiveIndex
    from lookalike.models.base import Embedder
    from lookalike.search.query import Ask
    from lookalike.stores.base import Store

_MODEL_SETTING = "model_id"


class Library:
    """Opened with `Library.open`, used from any thread, closed at the end of a `with` block.

    The model, the index and the decoding processes are made when they are first needed.
    """

    def __init__(
        self, layout: Layout, store: Store, settings: Settings, embedder: Embedder | None = None
    ) -> None:
        """Use `open`."""
        self.folder = layout.folder
        self.settings = settings
        self._layout = layout
        self._store = store
        self._given_embedder = embedder
        self._embedder: Part[Embedder] = Part(self._load_embedder)
        self._pool: Part[DecodePool] = Part(self._make_pool, lambda pool: pool.close())
        self._fetcher: Part[Fetcher] = Part(self._make_fetcher)
        self._thumbnails: Part[LocalBlobs] = Part(self._make_thumbnails)
        self._index: Part[LiveIndex] = Part(self._make_index, lambda index: index.close())

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        create: bool = True,
        settings: Settings | None = None,
        embedder: Embedder | None = None,
    ) -> Self:
        """The library in the folder `path`; see `Layout.find` for the default.

        `settings`: else those of the library's settings.toml and the environment. `embedder`:
        else the model that comes with Lookalike. Raises StoreUnavailable, SchemaTooNew,
        BadSetting, and ModelMismatch when `embedder` is not the model of the library's vectors.
        """
        from lookalike.stores.sqlite import SqliteStore

        layout = Layout.find(path, create=create)
        settings = settings or Settings.load(layout.folder)
        store = SqliteStore.open(layout.database)
        try:
            if embedder is not None:
                _check_model(store, embedder)
            return cls(layout, store, settings, embedder)
        except BaseException:
            store.close()
            raise

    # --- finding --------------------------------------------------------------------------

    def search(
        self,
        query: Ask,
        *,
        filters: Filters | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Found:
        """The pictures that fit `query` best: a text, a `Term`, or several of either.

        `cursor` is `next_cursor` of the page before, with the same query and filters. Raises
        VisualSearchDisabled, EmptyQuery, BadFilter, BadCursor, AssetNotFound, ImageError,
        UrlRejected, FetchError.
        """
        from lookalike.search import engine
        from lookalike.search.query import Sources, read_terms
        from lookalike.search.ranking import Corpus

        self._check_enabled()
        terms = [self._located(term) for term in read_terms(query)]
        embedder = self._embedder.get()
        return engine.search(
            terms,
            Sources(
                store=self._store,
                embedder=embedder,
                decode=self._decode,
                fetch=lambda url: self._fetcher.get().fetch(url),
                read_thumbnail=self.thumbnail,
                max_upload_bytes=self.settings.max_query_upload_bytes,
            ),
            Corpus(
                store=self._store,
                model_id=embedder.model_id,
                index=lambda: self._index.get().current(),
                exact_below=self.settings.exact_below,
            ),
            filters=filters,
            limit=limit,
            cursor=cursor,
            shortlist=self.settings.shortlist,
        )

    def similar(
        self,
        asset: Asset | str | Path,
        *,
        filters: Filters | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Found:
        """Pictures like one of the library; itself and its copies come first, labelled."""
        term = Term.like(asset.id if isinstance(asset, Asset) else str(asset))
        return self.search(term, filters=filters, limit=limit, cursor=cursor)

    def image_term(self, path: str | Path, *, weight: float = 1.0) -> Term:
        """A query term from an image file. Raises TooManyBytes before a large one is read."""
        file = Path(path).expanduser()
        size_bytes, most = file.stat().st_size, self.settings.max_query_upload_bytes
        if size_bytes > most:
            raise TooManyBytes(
                f"{file} is {size_bytes:,} bytes; as a query it may be at most {most:,} bytes."
            )
        return Term.image(file.read_bytes(), weight=weight)

    def asset(self, id_or_path: str | Path) -> Asset:
        """One asset, by its id or the path of its file. Raises AssetNotFound."""
        text = str(id_or_path)
        path = Path(text).expanduser()
        for name in (text, os.path.abspath(path), os.path.realpath(path)):  # noqa: PTH100
            try:
                return self._store.find_asset(name)
            except AssetNotFound:
                continue
        raise AssetNotFound(
            f"{text} is not in this library; index its folder first, or search with the file."
        )

    def thumbnail(self, asset: Asset) -> bytes | None:
        """A small WebP version; None for an asset that was never decoded."""
        return self._thumbnails.get().get(asset.sha256) if asset.sha256 else None

    # --- changing -------------------------------------------------------------------------

    def index(
        self,
        folders: Sequence[str | Path] = (),
        *,
        progress: Callable[[Progress], None] | None = None,
        wait: bool = False,
        stop: threading.Event | None = None,
    ) -> IndexReport:
        """Brings the library up to date with `folders`, else with all that it knows.

        Ctrl-C or `stop` ends it early, and the next run goes on from there. While another process
        indexes, this waits with `wait`, else raises LibraryBusy. Raises FolderNotFound,
        StoreUnavailable, ModelMismatch.
        """
        from lookalike.images.sandbox import DecodePool
        from lookalike.ingest import run
        from lookalike.ingest.lock import hold_lock

        settings = self.settings
        with hold_lock(self._layout.lock, wait=wait, progress=progress, stop=stop):
            embedder = self._embedder.get()
            if self._store.get_setting(_MODEL_SETTING) is None:
                self._store.put_setting(_MODEL_SETTING, embedder.model_id)
            with DecodePool(
                processes=settings.decode_processes,
                limits=self._limits(settings.max_file_bytes),
                side_px=embedder.image_size_px,
                timeout_s=settings.decode_timeout_s,
            ) as pool:
                report = run.index(
                    self._store,
                    embedder,
                    pool,
                    self._thumbnails.get(),
                    [*(folders or self._store.list_roots())],
                    max_bytes=settings.max_file_bytes,
                    own_folder=self.folder,
                    ignore=settings.ignore,
                    hidden=settings.hidden_files,
                    batch_size=settings.batch_size,
                    progress=progress,
                    stop=stop,
                )
            self._index.get().current()
            self._index.get().save()
        return report

    def remove(self, assets: Iterable[Asset | str | Path]) -> list[Asset]:
        """Forgets these assets, all or, when one is unknown, none; their files stay.

        Returns what was removed. Raises AssetNotFound.
        """
        found = [a if isinstance(a, Asset) else self.asset(a) for a in assets]
        removed = list({asset.key: asset for asset in found}.values())
        self._store.remove_assets([asset.key for asset in removed])
        for sha256 in {asset.sha256 for asset in removed if asset.sha256}:
            if not self._store.find_by_sha256(sha256):
                self._thumbnails.get().delete(sha256)
        return removed

    def rebuild(self) -> int:
        """Drops the index and builds it from the database. Returns how many vectors it holds.

        Raises LibraryBusy while another process indexes.
        """
        from lookalike.ingest.lock import hold_lock

        with hold_lock(self._layout.lock):
            self._index.drop()
            self._layout.index.unlink(missing_ok=True)
            index = self._index.get()
            index.save()
            return len(index.current())

    # --- looking --------------------------------------------------------------------------

    def status(self) -> Status:
        """What the library holds and what it takes on disk."""
        layout = self._layout
        return Status(
            folder=str(layout.folder),
            coverage=self._store.coverage(),
            model_id=self._store.get_setting(_MODEL_SETTING),
            generation=self._store.generation(),
            roots=tuple(self._store.list_roots()),
            database_bytes=sum(
                count_bytes(layout.database.with_name(layout.database.name + end))
                for end in ("", "-wal", "-shm")
            ),
            index_bytes=count_bytes(layout.index),
            thumbnails_bytes=count_bytes(layout.thumbnails),
        )

    def skipped(self, *, each: int | None = None) -> list[Asset]:
        """Assets that are not searchable, at most `each` of every reason."""
        return [
            asset
            for reason in self._store.coverage().skipped
            for asset in self._store.list_skipped(reason, each)
        ]

    # --- life -----------------------------------------------------------------------------

    def close(self) -> None:
        """Ends processes and releases files; calling it again does nothing."""
        for part in (self._pool, self._fetcher, self._index, self._thumbnails, self._embedder):
            part.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # --- parts ----------------------------------------------------------------------------

    def _load_embedder(self) -> Embedder:
        if self._given_embedder is not None:
            return self._given_embedder
        from lookalike.models.registry import load

        embedder = load(None, threads=self.settings.model_threads or os.cpu_count() or 1)
        _check_model(self._store, embedder)
        return embedder

    def _make_pool(self) -> DecodePool:
        """For queries; indexing has a pool of its own, with other limits."""
        from lookalike.images.sandbox import DecodePool

        settings = self.settings
        return DecodePool(
            processes=settings.decode_processes,
            limits=self._limits(max(settings.max_query_upload_bytes, settings.max_fetch_bytes)),
            side_px=self._embedder.get().image_size_px,
            timeout_s=settings.decode_timeout_s,
        )

    def _limits(self, max_bytes: int) -> Limits:
        from lookalike.images.decode import Limits

        return Limits(
            max_bytes=max_bytes,
            max_pixels=self.settings.max_pixels,
            max_avif_pixels=self.settings.max_avif_pixels,
        )

    def _make_fetcher(self) -> Fetcher:
        from lookalike.fetch import Fetcher

        return Fetcher(
            max_bytes=self.settings.max_fetch_bytes,
            timeout_s=self.settings.fetch_timeout_s,
            max_redirects=self.settings.fetch_max_redirects,
            any_port=self.settings.fetch_any_port,
        )

    def _make_thumbnails(self) -> LocalBlobs:
        from lookalike.blobs.local import LocalBlobs

        return LocalBlobs(self._layout.thumbnails, durable=False)

    def _make_index(self) -> LiveIndex:
        from lookalike.live_index import LiveIndex

        embedder = self._embedder.get()
        return LiveIndex(self._layout.index, self._store, embedder.model_id, embedder.dim)

    # --- queries --------------------------------------------------------------------------

    def _check_enabled(self) -> None:
        if not self.settings.visual_search:
            raise VisualSearchDisabled(
                "Visual search is switched off for this library; set visual_search = true in "
                f"{self.folder / 'settings.toml'}, or LOOKALIKE_VISUAL_SEARCH=true."
            )

    def _located(self, term: Term) -> Term:
        """With the id of its asset, so that a path may be given in any form."""
        if term.asset_value is None:
            return term
        return replace(term, asset_value=self.asset(term.asset_value).id)

    def _decode(self, data: bytes) -> Picture:
        try:
            return self._pool.get().prepare(data)
        except CancelledError as error:
            raise StoreUnavailable("The library was closed during the search.") from error


def _check_model(store: Store, embedder: Embedder) -> None:
    known = store.get_setting(_MODEL_SETTING)
    if known is not None and known != embedder.model_id:
        raise ModelMismatch(
            f"This library was indexed with the model {known}, not {embedder.model_id}; open it "
            "with that model, or index the folders into a new library."
        )
