"""Groups of duplicates of the embedded store: a cache, kept up to date by triggers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from lookalike.decisions import ReviewFilter, ReviewGroup, ReviewPlace
from lookalike.stores.connected import Connected
from lookalike.stores.records import read_assets, to_json
from lookalike.stores.review import GroupSums, Sorter
from lookalike.stores.rows import to_datetime
from lookalike.stores.statements import load_statements
from lookalike.types import Asset, Decision, Duplicate, DuplicateGroup, Pair, Relation, State

SQL = load_statements("review.sql")
_SEARCHABLE = frozenset({State.INDEXED, State.PENDING})
_FIRST = ReviewPlace(2**63 - 1, 0)  # before all groups


class Grouped(Connected):
    """The groups of `ReviewStore`."""

    def regroup(self, sort: Sorter, limit: int) -> int:
        """Sorts at most `limit` contents that changed, and all that is related to them, into
        groups. Returns how many are left."""
        with self._connections.reading() as connection:
            if not connection.execute(SQL["count_stale"]).fetchone()[0]:
                return 0  # without waiting for whoever writes
        with self._connections.writing() as connection:
            rows = connection.execute(SQL["stale_contents"], {"limit": limit}).fetchall()
            stale = _to_json(row[0] for row in rows)
            related = connection.execute(SQL["related_contents"], {"names": stale}).fetchall()
            names = _to_json(row[0] for row in related)
            groups = sort(*_read(connection, names))
            for name in ("drop_groups", "settle_contents"):
                connection.execute(SQL[name], {"names": names})
            for group in groups:
                _save(connection, group)
            return int(connection.execute(SQL["count_stale"]).fetchone()[0])

    def list_groups(
        self, only: ReviewFilter, limit: int, after: ReviewPlace | None = None
    ) -> list[ReviewGroup]:
        """Groups with a copy that passes, those with the most bytes to gain first."""
        place = after or _FIRST
        values = _to_values(only) | {
            "gain_bytes": place.gain_bytes,
            "id": place.id,
            "limit": limit,
        }
        with self._connections.reading() as connection:
            return _load(connection, connection.execute(SQL["list_groups"], values).fetchall())

    def groups_of(self, keys: Sequence[int]) -> list[ReviewGroup]:
        """The groups that these assets are in, in the same order."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["groups_of_assets"], {"keys": to_json(keys)}).fetchall()
            return _load(connection, rows)

    def sum_groups(self, only: ReviewFilter) -> GroupSums:
        """How many groups `list_groups` has, and what is in them."""
        with self._connections.reading() as connection:
            return GroupSums(*connection.execute(SQL["sum_groups"], _to_values(only)).fetchone())


def _read(
    connection: sqlite3.Connection, names: str
) -> tuple[list[Pair], dict[str, list[Asset]], list[Decision]]:
    """What the groups of some contents are made from."""
    keys = [row[0] for row in connection.execute(SQL["assets_of_contents"], {"names": names})]
    assets: dict[str, list[Asset]] = {}
    for asset in read_assets(connection, keys):
        assets.setdefault(str(asset.sha256), []).append(asset)
    pairs = [
        Pair(one=one, other=other, relation=Relation(relation), confidence=confidence, copy=copy)
        for one, other, relation, confidence, copy in connection.execute(
            SQL["pairs_among"], {"names": names}
        )
        if one in assets and other in assets
    ]
    kept = [
        Decision(one=one, other=other, decided_at=to_datetime(at_us))
        for one, other, at_us in connection.execute(SQL["kept_contents"], {"names": names})
    ]
    return pairs, assets, kept


def _save(connection: sqlite3.Connection, group: DuplicateGroup) -> None:
    values = {
        "gain_bytes": sum(d.asset.size_bytes for d in group.duplicates[1:]),
        "reason": group.reason,
        "note": group.note,
    }
    id = connection.execute(SQL["add_group"], values).lastrowid
    connection.executemany(
        SQL["add_member"],
        [
            {
                "group_id": id,
                "place": place,
                "asset_key": duplicate.asset.key,
                "sha256": duplicate.asset.sha256,
                "relation": duplicate.relation.value if duplicate.relation else None,
                "confidence": duplicate.confidence,
                "size_bytes": duplicate.asset.size_bytes,
            }
            for place, duplicate in enumerate(group.duplicates)
        ],
    )


def _load(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> list[ReviewGroup]:
    """`rows`: of groups. Members that are gone are left out, and what is no group then."""
    members: dict[int, list[tuple[int, str | None, float]]] = {}
    found = connection.execute(SQL["members"], {"ids": to_json([row[0] for row in rows])})
    for id, key, relation, confidence in found:
        members.setdefault(id, []).append((key, relation, confidence))
    keys = [key for each in members.values() for key, _, _ in each]
    assets = {asset.key: asset for asset in read_assets(connection, keys)}
    groups = []
    for id, gain_bytes, reason, note in rows:
        duplicates = tuple(
            Duplicate(
                asset=assets[key],
                relation=Relation(relation) if relation else None,
                confidence=confidence,
            )
            for key, relation, confidence in members.get(id, ())
            if key in assets and assets[key].state in _SEARCHABLE
        )
        if len(duplicates) > 1 and duplicates[0].relation is None:
            group = DuplicateGroup(
                duplicates=duplicates,
                confidence=min(duplicate.confidence for duplicate in duplicates),
                reason=reason,
                note=note,
            )
            groups.append(ReviewGroup(id=id, group=group, gain_bytes=gain_bytes))
    return groups


def _to_values(only: ReviewFilter) -> dict[str, object]:
    return {
        "relations": json.dumps(sorted(only.relations)),
        "min_confidence": only.min_confidence,
    }


def _to_json(names: Iterable[str]) -> str:
    return json.dumps(list(names))
