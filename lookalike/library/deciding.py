"""What people decide about duplicates: written to a journal with all that it did, and undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.decisions import Entry, Merge, Pairing, Suggestion, Verdict
from lookalike.errors import AssetNotFound, EntryNotFound, InputError
from lookalike.library.core import Core
from lookalike.types import Asset, Decision

if TYPE_CHECKING:
    from lookalike.stores.review import NewEntry

MAX_DECIDED = 1000  # pictures of one decision


class Deciding(Core):
    """The decisions of `Library`. Each is one transaction: it is there with all its effects, or
    not at all. `by` names who asked, for the journal."""

    def keep(
        self,
        kept: Asset | str | Path,
        others: Iterable[Asset | str | Path],
        *,
        merge: bool = False,
        by: str = "",
    ) -> Entry:
        """Keeps a picture and puts its copies in the trash; links to them lead to it from then on.

        `merge`: tags, descriptions and custom metadata of the copies that are new to it go to the
        kept one. Linked files are marked in the library only. Raises AssetNotFound, InputError.
        """
        from lookalike.search import keeping
        from lookalike.stores.review import NewEntry

        first, copies = self._resolve(kept), self._each(others)
        if not copies or first.key in {copy.key for copy in copies}:
            raise InputError("Name a picture to keep, and others that go to the trash.")
        return self._decide(
            NewEntry(
                who=by,
                verdict=Verdict.TRASH,
                detail=f"Kept {first.name}; to the trash: {_named(copies)}",
                kept=first,
                trashed=tuple(copies),
                judged=_between([first], copies),
                merge=keeping.merge(first, copies) if merge else Merge(),
            )
        )

    def keep_all(self, assets: Iterable[Asset | str | Path], *, by: str = "") -> Entry:
        """Remembers that these are copies and that all of them stay. Raises AssetNotFound,
        InputError."""
        found = self._several(assets)
        return self._set_apart(found, Verdict.KEEP_ALL, f"Kept all: {_named(found)}", by)

    def set_apart(
        self,
        assets: Iterable[Asset | str | Path],
        others: Iterable[Asset | str | Path] = (),
        *,
        by: str = "",
    ) -> Entry:
        """Remembers that no two of these are duplicates, or with `others` that none of these is a
        duplicate of any of those: whatever happens to their files' names, the index or the model.
        Raises AssetNotFound, InputError."""
        from lookalike.stores.review import NewEntry

        rest = self._each(others)
        if not rest:
            found = self._several(assets)
            return self._set_apart(
                found, Verdict.NOT_DUPLICATES, f"Not duplicates: {_named(found)}", by
            )
        found = self._each(assets)
        pairs = _between(found, rest)
        return self._decide(
            NewEntry(
                who=by,
                verdict=Verdict.NOT_DUPLICATES,
                detail=f"Not duplicates: {_named(found)} and {_named(rest)}",
                pairs=pairs,
                judged=pairs,
            )
        )

    def decide_not_duplicates(
        self, assets: Iterable[Asset | str | Path], *, by: str = ""
    ) -> list[Decision]:
        """As `set_apart`; returns what is remembered of these."""
        found = self._each(assets)
        self.set_apart(found, by=by)
        wanted = set(_among(found))
        return [d for d in self._store.list_decisions() if (d.one, d.other) in wanted]

    def undo_not_duplicates(self, assets: Iterable[Asset | str | Path]) -> int:
        """Takes such words back; returns how many there were. Raises AssetNotFound."""
        return self._store.remove_decisions(_among(self._each(assets)))

    def decisions(self) -> list[Decision]:
        """Pairs that are shown no more, the oldest first."""
        return self._store.list_decisions()

    # --- the journal ----------------------------------------------------------------------

    def journal(
        self, limit: int = 50, before: int | None = None, *, open_only: bool = False
    ) -> list[Entry]:
        """What was decided, newest first; `before`: the id of the last one of the page before;
        `open_only`: without what was undone."""
        return self._store.list_entries(limit, before, open_only=open_only)

    def undo(self, entry: int, *, by: str = "") -> Entry:
        """Takes a decision back, with all that it did, but for what somebody changed since.
        Raises EntryNotFound, and UndoImpossible once the trash was emptied."""
        if not 0 <= entry < 2**63:
            raise EntryNotFound(f"The journal has no decision with the number {entry}.")
        undone = self._store.undo(entry)
        self.note("undo", undone.detail, by=by)
        return undone

    def last_decision(self) -> Entry:
        """The newest one that holds. Raises EntryNotFound."""
        found = self._store.list_entries(1, open_only=True)
        if not found:
            raise EntryNotFound("Nothing was decided that could be undone.")
        return found[0]

    def successor(self, asset_id: str) -> Asset | None:
        """Where a link to a copy leads: the asset that was kept when this one was put in the
        trash, even after that was emptied."""
        seen = {asset_id}
        last = asset_id
        while (after := self._store.successor(last)) is not None and after not in seen:
            seen.add(after)
            last = after
        try:
            return None if last == asset_id else self._store.find_asset(last)
        except AssetNotFound:
            return None

    def suggest_confidence(self) -> Suggestion | None:
        """The confidence that fits what was decided so far; None before 30 decisions."""
        from lookalike.search import threshold

        return threshold.suggest(self._store.judgements())

    # --------------------------------------------------------------------------------------

    def _set_apart(self, found: list[Asset], verdict: Verdict, detail: str, by: str) -> Entry:
        from lookalike.stores.review import NewEntry

        return self._decide(
            NewEntry(
                who=by,
                verdict=verdict,
                detail=detail,
                pairs=_among(found),
                judged=_between(found[:1], found[1:]),
            )
        )

    def _decide(self, new: NewEntry) -> Entry:
        entry = self._store.decide(new)
        self.note(f"duplicates_{entry.verdict}", entry.detail, by=entry.who)
        return entry

    def _several(self, assets: Iterable[Asset | str | Path]) -> list[Asset]:
        found = self._each(assets)
        if len(found) < 2:
            raise InputError("Name at least two pictures.")
        return found

    def _each(self, assets: Iterable[Asset | str | Path]) -> list[Asset]:
        """Each once. Raises AssetNotFound, InputError."""
        found = list({asset.key: asset for asset in map(self._resolve, assets)}.values())
        if len(found) > MAX_DECIDED:
            raise InputError(f"At most {MAX_DECIDED:,} pictures can be decided at once.")
        return found


def _among(assets: Sequence[Asset]) -> list[Pairing]:
    """Every two contents; one with itself where several files have it."""
    names = sorted(asset.sha256 for asset in assets if asset.sha256 is not None)
    return sorted({(one, other) for i, one in enumerate(names) for other in names[i + 1 :]})


def _between(some: Sequence[Asset], others: Sequence[Asset]) -> list[Pairing]:
    """Every content of the one with every content of the other."""
    pairs = {
        (min(one.sha256, other.sha256), max(one.sha256, other.sha256))
        for one in some
        for other in others
        if one.sha256 is not None and other.sha256 is not None
    }
    return sorted(pairs)


def _named(assets: Sequence[Asset]) -> str:
    """'a.jpg, b.jpg and 3 more'."""
    names = [asset.name for asset in assets[:3]]
    more = f" and {len(assets) - 3:,} more" if len(assets) > 3 else ""
    return ", ".join(names) + more
