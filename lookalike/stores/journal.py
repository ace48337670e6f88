"""The journal of decisions of the embedded store: each with all that it did, and back again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from lookalike.decisions import Entry, Judgement, UndoExtent, Verdict
from lookalike.errors import AssetNotFound, EntryNotFound, UndoImpossible
from lookalike.stores import merges
from lookalike.stores.connected import Connected
from lookalike.stores.grouped import SQL as REVIEW
from lookalike.stores.pairs import to_rows
from lookalike.stores.records import SQL, read_clock_us, to_json
from lookalike.stores.review import NewEntry
from lookalike.stores.rows import to_bytes, to_datetime
from lookalike.types import State


class Journal(Connected):
    """The journal of `ReviewStore`."""

    def decide(self, new: NewEntry) -> Entry:
        """Carries a decision out and writes it down. Raises AssetNotFound."""
        now_us = read_clock_us()
        with self._connections.writing() as connection:
            _check_present(connection, new)
            values = {
                "now_us": now_us,
                "who": new.who,
                "verdict": new.verdict.value,
                "detail": to_bytes(new.detail),
                "kept_id": new.kept.id if new.kept else None,
                "plan_id": new.plan[0] if new.plan else None,
            }
            id = connection.execute(REVIEW["add_entry"], values).lastrowid
            assert id is not None
            _trash(connection, id, [asset.key for asset in new.trashed], now_us)
            _set_apart(connection, id, new, now_us)
            if new.merge is not None and new.kept is not None and not new.merge.is_empty():
                merges.merge(connection, id, new.kept.key, new.merge)
            if new.plan is not None:
                plan, place = new.plan
                values = {"id": plan, "place": place, "outcome": "done"}
                connection.execute(REVIEW["end_change"], values)
            return _get(connection, id)

    def undo(self, entry_id: int) -> Entry:
        """Takes back all that an entry did, but for what a person changed since. Raises
        EntryNotFound, UndoImpossible."""
        values = {"entry_id": entry_id, "now_us": read_clock_us()}
        with self._connections.writing() as connection:
            entry = _get(connection, entry_id)
            if entry.undone_at is not None:
                raise UndoImpossible("This decision was undone already.")
            rows = connection.execute(REVIEW["trashed_by"], values).fetchall()
            if any(state is None for _, _, state in rows):
                raise UndoImpossible(
                    "The trash was emptied since, so this decision cannot be undone any more."
                )
            keys = to_json([key for key, _, state in rows if state == State.TRASHED])
            connection.execute(SQL["set_back"], {"keys": keys, "now_us": values["now_us"]})
            connection.execute(REVIEW["take_back_pairs"], values)
            merges.take_back(connection, entry_id)
            connection.execute(REVIEW["set_undone"], values)
            return _get(connection, entry_id)

    def get_entry(self, entry_id: int) -> Entry:
        """Raises EntryNotFound."""
        with self._connections.reading() as connection:
            return _get(connection, entry_id)

    def list_entries(
        self,
        limit: int,
        before_id: int | None = None,
        *,
        plan: int | None = None,
        open_only: bool = False,
    ) -> list[Entry]:
        """Newest first; `plan`: only those of this plan; `open_only`: those not undone."""
        values = {"limit": limit, "before": before_id, "plan": plan}
        condition = "(:before IS NULL OR j.id < :before)"
        condition += "" if plan is None else " AND j.plan_id = :plan"
        condition += " AND j.undone_at_us IS NULL" if open_only else ""
        with self._connections.reading() as connection:
            return _select(connection, f"{condition} ORDER BY j.id DESC LIMIT :limit", values)

    def successor(self, asset_id: str) -> str | None:
        """Id of the asset that was kept when this one was put in the trash as its copy."""
        with self._connections.reading() as connection:
            row = connection.execute(REVIEW["successor"], {"id": to_bytes(asset_id)}).fetchone()
        return None if row is None else row[0]

    def count_led_here(self, asset_id: str) -> int:
        """How many copies have this asset as their successor."""
        with self._connections.reading() as connection:
            row = connection.execute(REVIEW["count_led_here"], {"id": to_bytes(asset_id)})
            return int(row.fetchone()[0])

    def measure_undo(self, plan: int) -> UndoExtent:
        """What undoing all that holds of a plan would do."""
        with self._connections.reading() as connection:
            row = connection.execute(REVIEW["measure_undo"], {"plan": plan}).fetchone()
        return UndoExtent(*row)

    def judgements(self) -> list[Judgement]:
        """What people said about pairs that were called copies, by confidence."""
        with self._connections.reading() as connection:
            return [
                Judgement(confidence, bool(is_copy))
                for confidence, is_copy in connection.execute(REVIEW["judgements"])
            ]


def _check_present(connection: sqlite3.Connection, new: NewEntry) -> None:
    """Nobody keeps a picture that is in the trash."""
    wanted = [*new.trashed, *([new.kept] if new.kept else [])]
    keys = to_json([asset.key for asset in wanted])
    rows = connection.execute(
        "SELECT key FROM assets WHERE state NOT IN ('trashed') "
        "AND key IN (SELECT value FROM json_each(?))",
        (keys,),
    )
    here = {row[0] for row in rows}
    for asset in wanted:
        if asset.key not in here:
            raise AssetNotFound(f"{asset.name} is not in the library any more; look again.")


def _trash(connection: sqlite3.Connection, id: int, keys: Sequence[int], now_us: int) -> None:
    values = {"keys": to_json(keys), "entry_id": id, "now_us": now_us}
    connection.execute(REVIEW["add_trashed"], values)
    connection.execute(SQL["set_trashed"], values)


def _set_apart(connection: sqlite3.Connection, id: int, new: NewEntry, now_us: int) -> None:
    """What is to be shown no more, and what that says about the confidence."""
    rows = [row | {"entry_id": id} for row in to_rows(new.pairs, now_us)]
    connection.executemany(REVIEW["add_journal_pair"], rows)
    connection.executemany(SQL["add_decision"], rows)
    is_copy = new.verdict is not Verdict.NOT_DUPLICATES
    connection.executemany(
        REVIEW["add_judgement"],
        [row | {"entry_id": id, "is_copy": is_copy} for row in to_rows(new.judged, now_us)],
    )


def _get(connection: sqlite3.Connection, id: int) -> Entry:
    found = _select(connection, "j.id = :id", {"id": id})
    if not found:
        raise EntryNotFound(f"The journal has no decision with the number {id}.")
    return found[0]


def _select(connection: sqlite3.Connection, condition: str, values: dict[str, Any]) -> list[Entry]:
    return [
        Entry(
            id=row[0],
            at=to_datetime(row[1]),
            who=row[2],
            verdict=Verdict(row[3]),
            detail=row[4],
            kept_id=row[5],
            plan=row[6],
            undone_at=None if row[7] is None else to_datetime(row[7]),
            trashed=row[8],
        )
        for row in connection.execute(f"{REVIEW['select_entries']} {condition}", values)
    ]
