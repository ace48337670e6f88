"""What the arrangement of a library shows: groups, groups inside groups, and points on a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.errors import BadName, GroupNotFound
from lookalike.library.arranging import Arranging
from lookalike.library.editing import Editing
from lookalike.library.names import clean_folder, clean_tags
from lookalike.types import (
    Asset,
    Filed,
    GroupBrief,
    GroupOverview,
    SimilarGroup,
    SimilarGroups,
    Source,
)

if TYPE_CHECKING:
    from lookalike.arrays import Int64s
    from lookalike.stores.base import ArrangedGroup, Arrangement, Places

MIN_SIZE = 3
_NEAREST = 4
# Of a larger group, so many pictures nearest to its middle are looked at for groups inside it.
_MOST_INSIDE = 6000
_MOST_LABEL = 80


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """An arrangement, sorted by group."""

    mark: tuple[int, int]  # stamp of the arrangement, generation of the library
    arrangement: Arrangement
    members: dict[int, Int64s]  # id of a group -> keys, the cover first


class Likeness(Arranging, Editing):
    """The groups and the map of `Library`."""

    _snapshot: _Snapshot | None = None
    _inside: tuple[tuple[tuple[int, int], int], GroupOverview] | None = None

    def groups(self, *, min_size: int = MIN_SIZE) -> SimilarGroups:
        """Pictures that look alike, with all their assets; what is new is arranged first."""
        if not self.is_arranged():
            self.arrange()
        overview = self.group_overview(min_size=min_size, nearest=0)
        found = []
        for group in overview.groups:
            assets = self._store.get_assets(group.keys)
            if assets:
                found.append(
                    SimilarGroup(
                        id=group.id, label=group.label, cover=assets[0], assets=tuple(assets)
                    )
                )
        return SimilarGroups(
            groups=tuple(found), single=overview.single, coverage=self._store.coverage()
        )

    def group_overview(self, *, min_size: int = MIN_SIZE, nearest: int = _NEAREST) -> GroupOverview:
        """The groups as they were last arranged, each with its `nearest` pictures; answered at
        once. Raises VisualSearchDisabled."""
        self._check_enabled()
        indexed = self._store.coverage().indexed
        snapshot = self._take_snapshot()
        if snapshot is None:
            return GroupOverview(groups=(), single=0, waiting=indexed)
        shown = [
            (group, snapshot.members[group.id or 0])
            for group in snapshot.arrangement.groups
            if len(snapshot.members.get(group.id or 0, ())) >= min_size
        ]
        shown.sort(key=lambda item: (-len(item[1]), item[0].id))
        placed = len(snapshot.arrangement.places.keys)
        return GroupOverview(
            groups=tuple(self._briefs(shown, nearest)),
            single=placed - sum(len(keys) for _, keys in shown),
            waiting=max(0, indexed - placed),
            arranged_at=snapshot.arrangement.arranged_at,
        )

    def group(self, id: int, *, nearest: int = _NEAREST) -> GroupBrief:
        """One group. Raises GroupNotFound, VisualSearchDisabled."""
        self._check_enabled()
        snapshot = self._take_snapshot()
        groups = [] if snapshot is None else snapshot.arrangement.groups
        group = next((group for group in groups if group.id == id), None)
        if group is None or snapshot is None or id not in snapshot.members:
            raise GroupNotFound("This group is there no more; look at the groups as they are now.")
        return self._briefs([(group, snapshot.members[id])], nearest)[0]

    def groups_inside(self, id: int) -> GroupOverview:
        """The groups inside a group, of the pictures nearest to its middle where it is very
        large. Raises GroupNotFound, VisualSearchDisabled."""
        group = self.group(id, nearest=0)
        mark = (self._mark(), id)
        if self._inside is None or self._inside[0] != mark:
            found = self.group_among(group.keys[:_MOST_INSIDE])
            is_split = len(found.groups) > 1
            self._inside = (mark, found if is_split else GroupOverview(groups=(), single=0))
        return self._inside[1]

    def group_among(self, keys: Sequence[int], *, nearest: int = _NEAREST) -> GroupOverview:
        """The groups among some pictures, such as the results of a search. Raises
        VisualSearchDisabled."""
        import numpy as np

        from lookalike.search import arranging
        from lookalike.stores.base import ArrangedGroup

        self._check_enabled()
        embedder = self._embedder.get()
        wanted = np.unique(np.array(keys, np.int64))
        known, vectors = self._store.vectors(embedder.model_id, wanted)
        if not len(known):
            return GroupOverview(groups=(), single=0)
        clusters = arranging.find_among(vectors)
        members = np.full(len(known), -1, np.int64)
        for number, cluster in enumerate(clusters):
            members[cluster.rows] = number
        names = arranging.name_all(vectors, members, len(clusters), embedder)
        found = [
            (ArrangedGroup(None, name, cluster.middle.astype(np.float16), 0), known[cluster.rows])
            for name, cluster in zip(names, clusters, strict=True)
        ]
        grouped = sum(len(keys) for _, keys in found)
        return GroupOverview(
            groups=tuple(self._briefs(found, nearest)), single=len(known) - grouped
        )

    def assets_by_key(self, keys: Sequence[int]) -> list[Asset]:
        """Those that exist, in this order."""
        return self._store.get_assets(keys)

    def name_group(self, id: int, label: str, *, by: str = "") -> None:
        """Gives a group a name of one's own, which it keeps. Raises GroupNotFound, BadName."""
        name = " ".join(label.split())
        if not name or len(name) > _MOST_LABEL or not name.isprintable():
            raise BadName(f"The name of a group has 1 to {_MOST_LABEL} letters.")
        self._store.name_group(id, name)
        self.note("name_group", name, by=by)

    def file_away(
        self, assets: Iterable[Asset | str | Path], folder: str, *, by: str = ""
    ) -> Filed:
        """Moves what was uploaded into a folder. Files in linked folders stay where they are and
        get the folder's name as a tag instead. Raises AssetNotFound, BadName."""
        target = clean_folder(folder)
        if not target:
            raise BadName("Name the folder that the pictures go to.")
        (tag,) = clean_tags([target.rsplit("/", 1)[-1]])
        found = [self._resolve(asset) for asset in assets]
        uploads = [asset for asset in found if asset.source is Source.UPLOAD]
        linked = [asset for asset in found if asset.source is Source.LINKED]
        edits = [self.move(uploads, target, by=by).id] if uploads else []
        edits += [self.tag(linked, add=[tag], by=by).id] if linked else []
        return Filed(
            folder=target, moved=len(uploads), tag=tag, tagged=len(linked), edits=tuple(edits)
        )

    def places(self) -> Places | None:
        """Where the pictures are on the map, by key; None before the first time. Raises
        VisualSearchDisabled."""
        self._check_enabled()
        snapshot = self._take_snapshot()
        return None if snapshot is None else snapshot.arrangement.places

    # --------------------------------------------------------------------------------------

    def _briefs(
        self, groups: Sequence[tuple[ArrangedGroup, Int64s]], nearest: int
    ) -> list[GroupBrief]:
        wanted = [int(key) for _, keys in groups for key in keys[:nearest]]
        assets = {asset.key: asset for asset in self._store.get_assets(wanted)}
        return [
            GroupBrief(
                id=group.id,
                label=group.label,
                size=len(keys),
                keys=tuple(keys.tolist()),
                nearest=tuple(assets[int(key)] for key in keys[:nearest] if int(key) in assets),
            )
            for group, keys in groups
        ]

    def _mark(self) -> tuple[int, int]:
        return self._store.arrangement_stamp()[0], self._store.generation()

    def _take_snapshot(self) -> _Snapshot | None:
        """The arrangement, read again when it or the library has changed."""
        mark = self._mark()
        known = self._snapshot
        if known is not None and known.mark == mark:
            return known
        arrangement = self._store.arrangement()
        if arrangement is None:
            return None
        self._snapshot = _Snapshot(mark, arrangement, _members(arrangement))
        return self._snapshot


def _members(arrangement: Arrangement) -> dict[int, Int64s]:
    """The pictures of each group, the nearest to its middle first, but for its cover."""
    import numpy as np

    places = arrangement.places
    order = np.lexsort((places.keys, -places.nearness, places.groups))
    order = order[places.groups[order] >= 0]
    ids, starts = np.unique(places.groups[order], return_index=True)
    parts = np.split(places.keys[order], starts[1:]) if len(ids) else []
    found = dict(zip(ids.tolist(), parts, strict=True))
    for group in arrangement.groups:
        keys = found.get(group.id or 0)
        if keys is not None and group.cover_key in keys:
            found[group.id or 0] = np.concatenate(
                [[group.cover_key], keys[keys != group.cover_key]]
            )
    return found
