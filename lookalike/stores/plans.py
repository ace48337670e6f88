"""Plans of the embedded store: what a rule would change, and how far it has come."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lookalike.decisions import (
    Change,
    Keeping,
    Merge,
    Plan,
    ReviewFilter,
    Rule,
    Savings,
)
from lookalike.errors import PlanNotFound
from lookalike.stores.connected import Connected
from lookalike.stores.grouped import SQL
from lookalike.stores.records import read_clock_us, to_json
from lookalike.stores.review import PLANS_KEPT_S, PlannedChange
from lookalike.stores.rows import to_datetime
from lookalike.types import Relation


class Plans(Connected):
    """The plans of `ReviewStore`."""

    def add_plan(
        self, who: str, rule: Rule, changes: Sequence[Change], savings: Savings, passed_by: int
    ) -> Plan:
        """Keeps a dry run; old ones that were not carried out are forgotten."""
        now_us = read_clock_us()
        values = {
            "now_us": now_us,
            "who": who,
            "rule": _rule_to_json(rule),
            "trashed": sum(len(change.trashed) for change in changes),
            "size_bytes": savings.size_bytes,
            "freed_bytes": savings.freed_bytes,
            "linked_bytes": savings.linked_bytes,
            "passed_by": passed_by,
        }
        with self._connections.writing() as connection:
            old = {"before_us": now_us - round(PLANS_KEPT_S * 1e6)}
            connection.execute(SQL["forget_plans"], old)
            id = connection.execute(SQL["add_plan"], values).lastrowid
            assert id is not None
            connection.executemany(
                SQL["add_plan_change"],
                [
                    {"plan_id": id, "place": place, "change": _change_to_json(change)}
                    for place, change in enumerate(changes)
                ],
            )
        return self.get_plan(id)

    def get_plan(self, id: int) -> Plan:
        """Raises PlanNotFound."""
        with self._connections.reading() as connection:
            row = connection.execute(SQL["get_plan"], {"id": id}).fetchone()
        if row is None:
            raise PlanNotFound(f"There is no plan with the number {id}; make a new dry run.")
        return _to_plan(row)

    def list_planned(self, id: int, first: int, limit: int) -> list[PlannedChange]:
        """Changes of a plan from place `first` on."""
        values = {"id": id, "first": first, "limit": limit}
        with self._connections.reading() as connection:
            return [
                _to_change(place, change, outcome)
                for place, change, outcome in connection.execute(SQL["list_plan_changes"], values)
            ]

    def waiting_changes(self, id: int, limit: int) -> list[PlannedChange]:
        """Changes of a plan that are neither done nor passed by."""
        values = {"id": id, "limit": limit}
        with self._connections.reading() as connection:
            return [
                _to_change(place, change, None)
                for place, change in connection.execute(SQL["waiting_changes"], values)
            ]

    def start_plan(self, id: int) -> bool:
        """Notes that a plan is carried out; False when it was before."""
        values = {"id": id, "now_us": read_clock_us()}
        with self._connections.writing() as connection:
            return connection.execute(SQL["start_plan"], values).rowcount == 1

    def pass_by(self, id: int, place: int) -> None:
        """Notes that a change of a plan did not fit any more."""
        values = {"id": id, "place": place, "outcome": "passed_by"}
        with self._connections.writing() as connection:
            connection.execute(SQL["end_change"], values)

    def plan_outcomes(self, id: int) -> Mapping[str, int]:
        """'done', 'passed_by' and '' (waits) -> number of changes."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["plan_outcomes"], {"id": id})
            return {outcome or "": count for outcome, count in rows}

    def freed_bytes(self, keys: Sequence[int]) -> int:
        """Bytes of uploads among these assets that no other asset outside of the trash has."""
        with self._connections.reading() as connection:
            row = connection.execute(SQL["freed_bytes"], {"keys": to_json(keys)}).fetchone()
        return int(row[0])


def _rule_to_json(rule: Rule) -> str:
    return json.dumps(
        {
            "keep": rule.keep.value,
            "folder": rule.folder,
            "merge": rule.merge,
            "relations": sorted(rule.only.relations),
            "min_confidence": rule.only.min_confidence,
            "groups": rule.groups,
        }
    )


def _to_rule(text: str) -> Rule:
    values = json.loads(text)
    return Rule(
        keep=Keeping(values["keep"]),
        folder=values["folder"],
        merge=values["merge"],
        only=ReviewFilter(
            relations=frozenset(map(Relation, values["relations"])),
            min_confidence=values["min_confidence"],
        ),
        groups=tuple(values["groups"]),
    )


def _change_to_json(change: Change) -> str:
    return json.dumps(
        {
            "kept": change.kept.key,
            "trashed": [asset.key for asset in change.trashed],
            "tags": change.merge.tags,
            "description": change.merge.description,
            "metadata": dict(change.merge.metadata),
            "left_out": change.merge.left_out,
        }
    )


def _to_change(place: int, text: str, outcome: str | None) -> PlannedChange:
    values = json.loads(text)
    return PlannedChange(
        place=place,
        kept_key=values["kept"],
        trashed_keys=tuple(values["trashed"]),
        merge=Merge(
            tags=tuple(values["tags"]),
            description=values["description"],
            metadata=values["metadata"],
            left_out=tuple(values["left_out"]),
        ),
        outcome=outcome,
    )


def _to_plan(row: tuple[Any, ...]) -> Plan:
    return Plan(
        id=row[0],
        at=to_datetime(row[1]),
        who=row[2],
        rule=_to_rule(row[3]),
        trashed=row[4],
        savings=Savings(size_bytes=row[5], freed_bytes=row[6], linked_bytes=row[7]),
        passed_by=row[8],
        applied_at=None if row[9] is None else to_datetime(row[9]),
        groups=row[10],
    )
