"""Changing what a library says about its assets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lookalike.errors import BadName, Conflict, EditNotFound, InputError
from lookalike.library.core import Core
from lookalike.library.names import clean_folder, clean_name, clean_tags, is_unicode
from lookalike.types import Asset, BulkEdit

_MAX_TEXT = 100_000  # letters of a description, and of custom metadata as JSON


class Editing(Core):
    """The edits of `Library`. `by` names who asked, for the list of activity."""

    def edit(
        self,
        asset: Asset | str | Path,
        *,
        tags: Sequence[str] | None = None,
        description: str | None = None,
        metadata: Mapping[str, object] | None = None,
        name: str | None = None,
        folder: str | None = None,
        by: str = "",
    ) -> Asset:
        """The asset with these values; None leaves one as it is.

        `metadata` takes the place of all custom metadata. A linked asset keeps its name and
        folder, which are those of its file: LinkedAsset. Raises AssetNotFound, AlreadyExists,
        BadName, InputError.
        """
        from lookalike.stores.base import Edit

        key = self._resolve(asset).key
        edit = Edit(
            name=None if name is None else clean_name(name),
            folder=None if folder is None else clean_folder(folder),
            tags=None if tags is None else clean_tags(tags),
            description=None if description is None else _checked_text(description),
            metadata=None if metadata is None else _checked_metadata(metadata),
        )
        self._store.edit_asset(key, edit)
        changed = self._store.get_assets([key])[0]
        self.note("edit", changed.name, by=by)
        return changed

    def tag(
        self,
        assets: Iterable[Asset | str | Path],
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        by: str = "",
    ) -> BulkEdit:
        """Gives and takes tags of many assets at once. Raises AssetNotFound, BadName; then nothing
        is changed."""
        keys = self._keys(assets)
        edit = self._store.change_tags(keys, clean_tags(add), tuple(remove))
        self.note("tag", f"{len(keys):,} assets", by=by)
        return BulkEdit(id=edit, count=len(keys))

    def move(self, assets: Iterable[Asset | str | Path], folder: str, *, by: str = "") -> BulkEdit:
        """Moves uploaded assets to another folder; a name that is taken there gets a suffix.
        Raises LinkedAsset, AssetNotFound, BadName; then none is moved."""
        keys = self._keys(assets)
        target = clean_folder(folder)
        edit = self._store.move_uploads(keys, target)
        self.note("move", f"{len(keys):,} assets to {target or 'the top'}", by=by)
        return BulkEdit(id=edit, count=len(keys))

    def undo_edit(self, edit: int, *, by: str = "") -> int:
        """Takes what `tag` or `move` did back, within 30 days, but for what somebody changed since.
        Returns how many assets that changed. Raises EditNotFound, UndoImpossible."""
        if not 0 <= edit < 2**63:
            raise EditNotFound(f"There is no edit with the number {edit}.")
        count = self._store.undo_edit(edit)
        self.note("undo", f"an edit of {count:,} assets", by=by)
        return count

    def make_folder(self, path: str, *, by: str = "") -> str:
        """Makes an empty folder and returns its path. Raises BadName."""
        folder = clean_folder(path)
        if folder:
            self._store.make_folder(folder)
            self.note("make_folder", folder, by=by)
        return folder

    def rename_folder(self, path: str, new_path: str, *, by: str = "") -> str:
        """Gives a folder, with the uploads in it and all below, another path, which is returned.
        Raises FolderNotFound, LinkedAsset, AlreadyExists, Conflict, BadName."""
        folder, target = clean_folder(path), clean_folder(new_path)
        if not folder or not target:
            raise BadName("The top of the library has no name; name a folder in it.")
        if folder != target:
            self._store.rename_folder(folder, target)
            self.note("rename_folder", f"{folder} to {target}", by=by)
        return target

    def remove_folder_if_empty(self, path: str, *, by: str = "") -> None:
        """Forgets a folder that was made here. Raises Conflict while there are assets in it."""
        folder = clean_folder(path)
        inside = [
            count.path
            for count in self._store.list_folders()
            if count.path.startswith(f"{folder}/") or (count.path == folder and count.assets)
        ]
        if inside:
            raise Conflict(f"The folder {folder} is not empty; move or trash what is in it first.")
        self._store.forget_folder(folder)
        self.note("remove_folder", folder, by=by)


def _checked_text(text: str) -> str:
    if not is_unicode(text):
        raise InputError("A description may hold no half of a character (a lone surrogate).")
    if len(text) > _MAX_TEXT:
        raise InputError(f"A description may be at most {_MAX_TEXT:,} letters long.")
    return text


def _checked_metadata(metadata: Mapping[str, object]) -> Mapping[str, object]:
    try:
        text = json.dumps(dict(metadata), allow_nan=False)
        plain = json.dumps(dict(metadata), ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise InputError("Custom metadata must be values of JSON under texts.") from error
    if not is_unicode(plain):
        raise InputError("Custom metadata may hold no half of a character (a lone surrogate).")
    if len(text) > _MAX_TEXT or not all(isinstance(name, str) for name in metadata):
        raise InputError(f"Custom metadata may be at most {_MAX_TEXT:,} letters of JSON.")
    return metadata
