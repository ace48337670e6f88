"""Taking in files: their bytes go to the blob store, and indexing follows by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.errors import (
    AlreadyHere,
    AssetNotFound,
    BadName,
    InputError,
    TooManyBytes,
    UnsupportedType,
)
from lookalike.library.core import Core
from lookalike.library.names import clean_folder, clean_name
from lookalike.types import Asset, Source

if TYPE_CHECKING:
    from lookalike.blobs.staging import Readable, Staged


class Uploading(Core):
    """The uploads of `Library`."""

    def upload(
        self,
        source: bytes | Readable | Iterable[bytes],
        *,
        name: str,
        folder: str = "",
        on_collision: str = "suffix",
        unless_here: bool = False,
        by: str = "",
    ) -> Asset:
        """Adds a file; when this returns, it survives a crash. It is pending, and searchable
        once the background work or `work` has seen it.

        `source` is read as it comes, so that its size does not matter. `on_collision`, when the
        folder has an asset of this name: 'suffix', 'replace' or 'error'. `unless_here`: raises
        AlreadyHere, and stores nothing, when a file with the same bytes is in the library and not
        in the trash. Raises TooManyBytes, UnsupportedType, BadName, AlreadyExists, LinkedAsset,
        BlobUnavailable.
        """
        from lookalike.blobs.staging import stage
        from lookalike.stores.base import Collision, NewAsset

        try:
            collision = Collision(on_collision)
        except ValueError:
            choices = ", ".join(Collision)
            raise InputError(f"on_collision must be one of {choices}.") from None
        place = (clean_name(name), clean_folder(folder))
        max_bytes = self.settings.max_upload_bytes
        with stage(source, self._layout.incoming, max_bytes=max_bytes) as staged:
            _check_kind(place[0], staged.path)
            with self._collecting(), self._originals_locked():
                if unless_here:
                    self._refuse_known(staged)
                self._keep(staged)
                asset = self._store.add_upload(
                    NewAsset(
                        name=place[0],
                        folder=place[1],
                        path=None,
                        source=Source.UPLOAD,
                        size_bytes=staged.size_bytes,
                        mtime_ns=None,
                        sha256=staged.sha256,
                    ),
                    collision,
                )
        self.note("upload", asset.name, by=by)
        self._wake()
        return asset

    def replace(
        self,
        asset: Asset | str | Path,
        source: bytes | Readable | Iterable[bytes],
        *,
        by: str = "",
    ) -> Asset:
        """Gives an uploaded asset other bytes, under the same id and name. Raises as `upload`,
        and AssetNotFound."""
        from lookalike.blobs.staging import stage

        before = self._resolve(asset)
        max_bytes = self.settings.max_upload_bytes
        with stage(source, self._layout.incoming, max_bytes=max_bytes) as staged:
            _check_kind(before.name, staged.path)
            with self._collecting(), self._originals_locked():
                self._keep(staged)
                self._store.replace_upload(before.key, staged.sha256, staged.size_bytes)
        self.note("replace", before.name, by=by)
        self._wake()
        return self._store.get_assets([before.key])[0]

    def original(self, asset: Asset) -> Path:
        """The file of an asset, for reading only. Raises AssetNotFound when it is gone."""
        path = self._locate(asset)
        if path is None or not path.is_file():
            raise AssetNotFound(f"The file of {asset.name} is not there any more.")
        return path

    def check_upload(self, name: str, size_bytes: int | None) -> None:
        """Whether an upload could be taken, before its bytes are sent. Raises TooManyBytes,
        BadName."""
        clean_name(name)
        most = self.settings.max_upload_bytes
        if size_bytes is not None and size_bytes > most:
            raise TooManyBytes(f"{name} has {size_bytes:,} bytes; at most {most:,} are taken.")

    def taken_names(self, folder: str, names: Iterable[str]) -> list[str]:
        """Those of these names that an asset of the folder has. Raises BadName for the folder; a
        name that no file may have is not taken."""
        cleaned = {}
        for name in names:
            with suppress(BadName):
                cleaned[name] = clean_name(name)
        taken = self._store.taken_names(clean_folder(folder), list(cleaned.values()))
        return [name for name, known in cleaned.items() if known in taken]

    def find_here(self, sha256s: Iterable[str]) -> dict[str, Asset]:
        """Of these contents (SHA-256 in hex) those that the library has, trash aside, each with
        an asset: what `upload` with `unless_here` would refuse, before its bytes are sent."""
        return self._store.here_by_sha256(list(sha256s))

    def sizes_here(self, sizes: Iterable[int]) -> set[int]:
        """Those of these sizes in bytes that a file of the library has, trash aside; a file of
        another size need not be hashed to know that it is not here."""
        return self._store.sizes_here(list(sizes))

    def collect_blobs(self) -> int:
        """Deletes uploaded bytes that no asset has any more; returns how many files. Under a
        lock, because an upload of the same bytes may be on its way in."""
        if not self._store.unneeded_blobs():
            return 0
        with self._originals_locked():
            unneeded = self._store.unneeded_blobs()
            for sha256 in unneeded:
                self._originals.get().delete(sha256)
            self._store.forget_blobs(unneeded)
        self._drop_thumbnails(unneeded)
        return len(unneeded)

    def _refuse_known(self, staged: Staged) -> None:
        """Under the lock, so that of two uploads at once the later one is refused."""
        asset = self._store.here_by_sha256([staged.sha256]).get(staged.sha256)
        if asset is not None:
            place = f"{asset.folder}/{asset.name}" if asset.folder else asset.name
            raise AlreadyHere(f"The library has this file already: {place}.", asset.id)

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        """Bytes that nothing needs in the end, because an upload was refused or took the place of
        another, do not stay."""
        try:
            yield
        finally:
            self.collect_blobs()

    def _keep(self, staged: Staged) -> None:
        """Bytes that are there already are not written again, unless they were spoilt. Loose until
        an asset has them, so that a crash in between leaves nothing behind for good."""
        blobs = self._originals.get()
        kept = blobs.path_of(staged.sha256)
        if kept is None or not _holds(kept, staged.sha256):
            self._store.loosen_blob(staged.sha256)
            blobs.put_file(staged.sha256, staged.path)


def _holds(path: Path, sha256: str) -> bool:
    """Whether a file can be read and is what it is said to be."""
    with suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    return False


def _check_kind(name: str, path: Path) -> None:
    from lookalike.ingest.kinds import Kind, kind_of
    from lookalike.ingest.refusals import is_picture

    kind = kind_of(name)
    if (kind is None or kind is Kind.UNKNOWN) and not is_picture(str(path)):
        raise UnsupportedType(
            f"{name} is no picture, video, sound or document that the library takes."
        )
