"""What every part of a library stands on: its files, its store and its costly parts."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lookalike.errors import (
    AssetNotFound,
    ModelMismatch,
)
from lookalike.layout import Layout
from lookalike.library.active import ActiveModel, ActivePart, ModelSource
from lookalike.library.names import is_unicode
from lookalike.parts import Part
from lookalike.settings import Settings
from lookalike.types import Asset, Coverage, Term

if TYPE_CHECKING:
    from lookalike.blobs.local import LocalBlobs
    from lookalike.fetch import Fetcher
    from lookalike.images.decode import Limits
    from lookalike.images.sandbox import DecodePool
    from lookalike.live_index import LiveIndex
    from lookalike.models.base import Embedder
    from lookalike.stores.service import ServiceStore
    from lookalike.types import Tuning

MODEL_SETTING = "model_id"
_USUAL_BATCH = 16


class Core:
    """Opens and closes a library, and finds single assets in it."""

    def __init__(
        self,
        layout: Layout,
        store: ServiceStore,
        settings: Settings,
        embedder: Embedder | None = None,
    ) -> None:
        """Use `open`."""
        self.folder = layout.folder
        self.settings = settings
        self._layout = layout
        self._store = store
        self._given_embedder = embedder
        self._originals_mutex = threading.Lock()
        self.searches_at_once = (os.cpu_count() or 1) + 1  # others wait for their turn
        self._turns = threading.BoundedSemaphore(self.searches_at_once)
        self._models = ModelSource(lambda: store.get_setting(MODEL_SETTING), self._activate)
        self._embedder = ActivePart(self._models, lambda model: model.embedder)
        self._pool = ActivePart(self._models, lambda model: model.pool)
        self._ingest_pool = ActivePart(self._models, lambda model: model.ingest_pool)
        self._index = ActivePart(self._models, lambda model: model.index)
        self._fetcher: Part[Fetcher] = Part(self._make_fetcher)
        self._thumbnails: Part[LocalBlobs] = Part(self._make_thumbnails)
        self._originals: Part[LocalBlobs] = Part(self._make_originals)

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
            opened = cls(layout, store, settings, embedder)
            opened._renew_when_needed()
            return opened
        except BaseException:
            store.close()
            raise

    def asset(self, id_or_path: str | Path) -> Asset:
        """One asset, by its id or the path of its file. Raises AssetNotFound."""
        text = str(id_or_path)
        try:
            path = Path(text).expanduser()
            names = [text, os.path.abspath(path), os.path.realpath(path)]  # noqa: PTH100
        except (RuntimeError, ValueError):  # no such home, or no path at all
            names = [text] if is_unicode(text) else []
        for name in names:
            try:
                return self._store.find_asset(name)
            except AssetNotFound:
                continue
        raise AssetNotFound(
            f"{text} is not in this library; index its folder first, or search with the file."
        )

    def assets(self, ids: Iterable[str]) -> list[Asset]:
        """Those of these ids that are known, in order."""
        return self._store.find_assets([id for id in ids if is_unicode(id)])

    def thumbnail(self, asset: Asset) -> bytes | None:
        """A small WebP version; None for an asset that was never decoded."""
        return self._thumbnails.get().get(asset.sha256) if asset.sha256 else None

    def generation(self) -> int:
        """Number of the last change to what can be found; grows, never repeats."""
        return self._store.generation()

    def note(self, what: str, detail: str, *, by: str) -> None:
        """Adds to the list of activity."""
        self._store.note_activity(by, what, detail)

    def _resolve(self, asset: Asset | str | Path) -> Asset:
        return asset if isinstance(asset, Asset) else self.asset(asset)

    def _keys(self, assets: Iterable[Asset | str | Path]) -> list[int]:
        """Each once. Raises AssetNotFound when one is unknown."""
        return list(dict.fromkeys(self._resolve(asset).key for asset in assets))

    def _locate(self, asset: Asset) -> Path | None:
        """Where an asset's bytes are, or should be."""
        if asset.path is not None:
            return Path(asset.path)
        return self._originals.get().path_of(asset.sha256) if asset.sha256 else None

    @contextmanager
    def _originals_locked(self) -> Iterator[None]:
        """While no other thread or process adds or deletes uploaded bytes; for moments only."""
        from lookalike.ingest.lock import hold_lock

        with self._originals_mutex, hold_lock(self._layout.originals_lock, wait=True):
            yield

    def _drop_thumbnails(self, sha256s: Iterable[str | None]) -> None:
        """Of bytes that no asset has any more."""
        for sha256 in {sha256 for sha256 in sha256s if sha256}:
            if not self._store.find_by_sha256(sha256):
                self._thumbnails.get().delete(sha256)

    def _wake(self) -> None:
        """Tells the background work, if there is any, that something waits."""

    # --- what `Renewing` says otherwise -----------------------------------------------------

    def coverage(self) -> Coverage:
        """How much of the library can be found by looks; answered at once."""
        return self._store.coverage()

    def _former_id(self) -> str | None:
        """What was searched with before a renewal that is going on."""
        return None

    def _renew_when_needed(self) -> None:
        """Changes over to a new generation of the model that ships."""

    def _model_for(self, _terms: Sequence[Term]) -> ActiveModel:
        """The model to search with."""
        return self._models.get()

    def _complete_model(self) -> ActiveModel:
        """The model that all indexed pictures have a vector of."""
        return self._models.get()

    def _covered(self, coverage: Coverage, _model: ActiveModel) -> Coverage:
        """That of an answer: what the model has seen."""
        return coverage

    # --- life -----------------------------------------------------------------------------

    def close(self) -> None:
        """Ends processes and releases files; calling it again does nothing."""
        # An index that is not searched any more may lack what was computed since; it is not kept.
        self._index.drop_earlier()
        for part in (
            self._originals,
            self._pool,
            self._ingest_pool,
            self._fetcher,
            self._index,
            self._thumbnails,
            self._embedder,
        ):
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

    def _activate(self, model_id: str | None) -> ActiveModel:
        """Makes a model ready; None: the one that was given, else the one that ships."""
        settings = self.settings
        query_bytes = max(settings.max_query_upload_bytes, settings.max_fetch_bytes)
        return ActiveModel(
            self._load_embedder(model_id),
            make_pool=lambda embedder: self._make_pool(embedder, query_bytes),
            make_ingest_pool=lambda embedder: self._make_pool(embedder, settings.max_file_bytes),
            make_index=self._make_index,
        )

    def _load_embedder(self, model_id: str | None) -> Embedder:
        """The model of these vectors; None: the one that was given, else the one that ships.
        Raises ModelError, MissingExtra."""
        from lookalike.library.backing import back
        from lookalike.library.models import open_shelf
        from lookalike.models.registry import load, load_by_id

        given = self._given_embedder
        if given is not None and model_id in {None, given.model_id}:
            return given
        provider, shelf = self.settings.model_provider, open_shelf(self.settings)
        tuning = self._tuning(model_id or load(None).model_id)
        threads = self.settings.model_threads or (tuning.threads if tuning else _cores())
        if model_id is None:
            return load(None, threads=threads, provider=provider)
        embedder = load_by_id(model_id, threads=threads, provider=provider, shelf=shelf)
        return back(self._store, embedder)

    def _tuning(self, model_id: str | None) -> Tuning | None:
        """What `lookalike models tune` found out about a model on this machine."""
        from lookalike.library.models import open_shelf
        from lookalike.models.tuning import find_tuning

        if model_id is None:
            return None
        return find_tuning(open_shelf(self.settings).folder, model_id, self.settings.model_provider)

    def _batch_size(self, model_id: str) -> int:
        """Pictures that the model takes at a time."""
        tuning = self._tuning(model_id) if not self.settings.batch_size else None
        return self.settings.batch_size or (tuning.batch_size if tuning else _USUAL_BATCH)

    def _make_pool(self, embedder: Embedder, max_bytes: int) -> DecodePool:
        """Decoding processes that prepare pictures for this model."""
        from lookalike.images.sandbox import DecodePool

        return DecodePool(
            processes=self.settings.decode_processes,
            limits=self._limits(max_bytes),
            side_px=embedder.image_size_px,
            fitting=embedder.fitting,
            timeout_s=self.settings.decode_timeout_s,
            positions=self.settings.keep_positions,
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

    def _make_originals(self) -> LocalBlobs:
        from lookalike.blobs.local import LocalBlobs

        return LocalBlobs(self._layout.originals)

    def _make_index(self, embedder: Embedder) -> LiveIndex:
        from lookalike.live_index import LiveIndex

        path = self._layout.index_of(embedder.model_id)
        return LiveIndex(path, self._store, embedder.model_id, embedder.dim)


def _cores() -> int:
    return os.cpu_count() or 1


def _check_model(store: ServiceStore, embedder: Embedder) -> None:
    known = store.get_setting(MODEL_SETTING)
    if known is not None and known != embedder.model_id:
        raise ModelMismatch(
            f"This library was indexed with the model {known}, not {embedder.model_id}; open it "
            "with that model, or index the folders into a new library."
        )
